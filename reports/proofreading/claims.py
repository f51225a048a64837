"""Where a text claims a percentage that its own figures can confirm: shares, rates, growth, paces, extremes, sums."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from re import Match

from campaigns.numbers import NumberError, read_number
from reports.proofreading.quantities import BEHIND, NUMBER, Quantity, folded, quantities_of

SHARE, RATE, GROWTH, PACE, EXTREME, TOTAL = "share", "rate", "growth", "pace", "extreme", "total"

PERCENT = re.compile(
    rf"(?<![\d.,A-Za-z])(?P<number>{NUMBER})\s*%|百分之(?P<spoken>[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?)"
)
STOPS = "。!?;\n"
REACH = 800  # characters within which the operands of a claim are looked for
STATEMENT = re.compile(r"(?:不?低于|不?高于|不足|不到|超过|不超过|大于|小于|≥|≤|>|<)\s*$")
QUOTA = re.compile(r"目标|任务|计划|应完成|下达|指标")
OPERATOR = re.compile(r"占|完成|相当于|实现|达到?|为|是")
OF = re.compile(r"[)\]”\"』」]*[^,\d占]{0,14}?的?\s*(?:约|近|比例为?|比重为?)?\s*")
UNNAMED = re.compile(
    r"(?:占|完成|为|达到?|实现)[^,。;\d]{0,16}?(?:目标|任务|计划)[^,。;\d]{0,6}?的?\s*(?:约|近)?\s*$"
)
RATE_NAME = re.compile(
    r"(?P<name>[一-龥]{0,8}?(?:率|比例|比重|占比|进度|程度))\s*(?:只有|仅有|仅为|仅|为|是|达到?|约|:)?\s*$"
)
COMPLETION = re.compile(r"完成率|完成比例|完成进度|达成率|完成度|完成程度|任务率|目标率")
BARE_SHARE = re.compile(r"占(?:了|总数的?|全部的?|总量的?|其中的?|全区的?|全市的?)?(?:约|近)?\s*$")
CLOCK_NAME = re.compile(r"(?:序时|时序|时间)进度")
CLOCK = re.compile(rf"(?:序时|时序|时间)进度[^,。;\d]{{0,8}}?(?P<number>{NUMBER})\s*%")
GROWS = (
    r"(?P<way>增长|增加|增幅|增速|上升|提高|提升|增|下降|减少|降低|下滑|降幅|减幅|回落|降|减)(?:了|率|幅)?"
    r"(?:约|为|达到?|近)?\s*"
)
GROWTH_NAME = re.compile(GROWS + "$")
FALLS = ("下降", "减少", "降低", "下滑", "降幅", "减幅", "回落", "降", "减")
BASE_LABEL = re.compile(r"(?:(?:上年|去年|前年|上月|上期|上季度?|同期)[^,;。\d]{0,10}|由|从|基数[^,;。\d]{0,4})$")
MORE_LABEL = re.compile(r"(?:增加|增长|净增|增|多|提高|上升|减少|下降|净减|少|降低|减)(?:了|额)?$")
AHEAD = ("超", "高于", "快于", "超前", "领先")
PACES = re.compile(
    r"(?P<way>超前|超|欠|高于|快于|领先|低于|慢于|落后|滞后)于?[^,。;\d%]{0,6}?(?:序时|时序|时间)进度[^,。;\d%]{0,4}?"
    rf"(?P<number>{NUMBER})\s*个?百分点"
)
EXTREMES = re.compile(
    r"最(?P<way>高|低|大|小)(?:的|者)?(?:一项)?(?:也)?(?:只有|仅有|仅为|仅是|仅|只|才|不过|为|是|达到?)?\s*$"
)
TOTALS = re.compile(r"(?:合计|共计|总计|小计)[^,。;、\d]{0,8}$")


@dataclass(frozen=True)
class Found:
    """A claim as the text makes it, with the operands it names; what is missing is None.

    For a pace actual is a completion and target the clock, as fractions; for an extreme there are no operands.
    """

    kind: str
    start: int
    end: int
    stated: str  # as written, without %
    value: Fraction  # what is stated: a fraction, or points ÷ 100; signed for growth and pace
    actual: Quantity | Fraction | None = None
    target: Quantity | Fraction | None = None
    parts: tuple[Quantity, ...] = ()
    difference: Quantity | None = None  # by how much it grew, where that is told instead of the base
    others: tuple[Quantity, ...] = ()  # what else the denominator could have been
    which: str = ""  # 高 or 低
    is_certain: bool = True  # whether the operands can only be these


def found_in(text: str) -> list[Found]:
    """Return the claims of a text in its order; start and end are places in the text as given."""
    return sorted(_Reader(folded(text)).read(), key=lambda found: (found.end, found.start))


def decimals_of(stated: str) -> int:
    """Return how many decimals a number is written with; spoken ones count their digits."""
    _whole, _point, behind = stated.replace("点", ".").partition(".")
    return len(behind)


class _Reader:
    """One folded text, its quantities, and the claims that were read from it."""

    def __init__(self, text):
        self.text = text
        self.quantities = quantities_of(text)
        self.denominators = set()  # starts of quantities that were a whole already
        self.shares = []

    def read(self) -> Iterator[Found]:
        for match in PERCENT.finditer(self.text):
            start = match.start()
            if BEHIND.match(self.text, match.end()) or STATEMENT.search(self.text, max(0, start - 6), start):
                continue
            value = _percent(match)
            if value is None:
                continue
            stated = match["number"] or match["spoken"]
            found = self._one(start, match.end(), stated, value)
            if found is not None:
                if isinstance(found.target, Quantity):
                    self.denominators.add(found.target.start)
                if found.kind in (SHARE, RATE):
                    self.shares.append(found)
                yield found
        yield from self._paces()
        yield from self._totals()

    def _one(self, start, end, stated, value):
        clause = self._begin(start)
        before = self.text[clause:start]
        if match := EXTREMES.search(before):
            return Found(EXTREME, clause + match.start(), end, stated, value, which=_bound(match["way"]))
        if match := GROWTH_NAME.search(before):
            return self._growth(clause, clause + match.start(), end, stated, value, match["way"] in FALLS)
        if share := self._share(clause, start, end, stated, value):
            return share
        if (match := RATE_NAME.search(before)) and not CLOCK_NAME.search(match["name"]):
            return self._rate(clause, start, end, stated, value, clause + match.start(), match["name"])
        if match := BARE_SHARE.search(before):
            found = self._rate(clause, start, end, stated, value, clause + match.start(), "")
            return replace(found, is_certain=False)
        return None

    # --- places

    def _begin(self, place, stops=STOPS):
        """Return where the clause begins in which a place stands."""
        earliest = max(0, place - REACH)
        return max([earliest - 1, *(self.text.rfind(stop, earliest, max(place, 0)) for stop in stops)]) + 1

    def _finish(self, place, stops=STOPS):
        furthest = min(len(self.text), place + REACH)
        return min([furthest, *(end for stop in stops if (end := self.text.find(stop, place, furthest)) >= 0)])

    def _within(self, start, end):
        return [q for q in self.quantities if start <= q.start and q.end <= end and not q.threshold]

    def _label(self, quantity):
        """Return the text between a quantity and the one before it, or its comma."""
        begin = max(self._begin(quantity.start), max(self.text.rfind(c, 0, quantity.start) for c in ",、") + 1)
        ends = [q.end for q in self.quantities if begin <= q.end <= quantity.start]
        return self.text[max([begin, *ends]) : quantity.start]

    # --- A 占 B 的 P%

    def _share(self, clause, start, end, stated, value):
        near = self._within(clause, start)
        operator = None
        if near and OF.fullmatch(self.text, near[-1].end, start):
            whole = near[-1]
            begin = near[-2].end if len(near) > 1 else clause
            operator = _last(OPERATOR, self.text, begin, whole.start)
            if operator is None or (
                operator[0] not in ("占", "完成", "相当于") and not self.text[whole.end : start].strip(")] 」")
            ):
                operator = _last(re.compile("占|完成|相当于"), self.text, begin, whole.start)
        if operator is not None:
            place = operator.start()
            actual = self._nearest(place, whole.dimension, clause)
            others = self._others(clause, start, whole, actual)
            begin = actual.start if actual else place
            return Found(SHARE, begin, end, stated, value, actual, whole, others=others)
        return self._unnamed_share(clause, start, end, stated, value)

    def _unnamed_share(self, clause, start, end, stated, value):
        """Read 占年度目标的P%, whose whole was named before, or nowhere."""
        match = _last(UNNAMED, self.text, clause, start)
        if match is None:
            return None
        paragraph = self._begin(start, "\n")
        named = [q for q in self._within(paragraph, match.start()) if QUOTA.search(self._label(q))]
        for actual in reversed(self._within(clause, match.start())):
            whole = next((q for q in reversed(named) if q.dimension == actual.dimension and q != actual), None)
            if whole is not None and actual.start not in self.denominators and actual not in named:
                return Found(SHARE, actual.start, end, stated, value, actual, whole, is_certain=False)
        last = next((q for q in reversed(self._within(clause, match.start()))), None)
        return Found(SHARE, last.start if last else match.start(), end, stated, value, last, None)

    def _nearest(self, place, dimension, clause):
        """Return the nearest figure before a place in a dimension, first in the clause, then in the sentence."""
        for begin in (clause, self._begin(clause - 1, "。\n") if clause else 0):
            for q in reversed(self._within(begin, place)):
                if q.dimension == dimension and q.start not in self.denominators:
                    return q
        return None

    def _others(self, clause, start, whole, actual):
        paragraph = self._begin(start, "\n")
        near = [q for q in self._within(paragraph, self._finish(start, "\n")) if q.dimension == whole.dimension]
        return tuple(q for q in near if q not in (whole, actual) and abs(q.start - start) < 300)

    # --- …率 P%

    def _rate(self, clause, start, end, stated, value, begin, name):
        floor = max([clause, *(found.end for found in self.shares if clause < found.end <= start)])
        near = [q for q in self._within(floor, start) if q.start not in self.denominators]
        if COMPLETION.search(name):
            return self._completion(near, begin, end, stated, value)
        for q in reversed(near):
            same = [other for other in near if other.dimension == q.dimension]
            if len(same) > 1:
                part, whole = sorted(same[-2:], key=lambda each: each.value)
                first = min(part.start, whole.start)
                return Found(RATE, first, end, stated, value, part, whole, is_certain=len(same) == 2)
        return Found(RATE, begin, end, stated, value)

    def _completion(self, near, begin, end, stated, value):
        quotas = [q for q in near if self._is_quota(q)]
        for actual in reversed([q for q in near if q not in quotas]):
            same = [q for q in quotas if q.dimension == actual.dimension]
            if same:
                first = min(actual.start, same[-1].start)
                certain = len(same) == 1
                return Found(RATE, first, end, stated, value, actual, same[-1], is_certain=certain)
        if len(near) == 2 and near[0].dimension == near[1].dimension and not quotas:
            part, whole = sorted(near, key=lambda q: q.value)
            return Found(RATE, near[0].start, end, stated, value, part, whole, is_certain=False)
        return Found(RATE, near[-1].start if near else begin, end, stated, value, near[-1] if near else None)

    def _is_quota(self, quantity):
        label = self._label(quantity)
        last = _last(re.compile(r"目标|任务|计划|应完成|下达|指标|完成|实际|实现|已"), label, 0, len(label))
        return bool(QUOTA.search(label)) and last[0] in ("目标", "任务", "计划", "应完成", "下达", "指标")

    # --- growth

    def _growth(self, clause, place, end, stated, value, falls):
        sentence, finish = self._begin(place, "。\n"), self._finish(end)
        base = difference = actual = None
        for q in reversed(self._within(sentence, place)):
            label = self.text[max(sentence, q.start - 16) : q.start]
            if MORE_LABEL.search(label):
                difference = difference or q
            elif BASE_LABEL.search(label):
                base = base or q
            elif actual is None and q.start >= clause and q.start not in self.denominators:
                actual = q
        for q in self._within(end, finish):
            if base is None and BASE_LABEL.search(self.text[max(end, q.start - 16) : q.start]):
                base = q
        dimension = actual.dimension if actual else base.dimension if base else None
        base = base if base and base.dimension == dimension else None
        difference = (
            difference if difference and difference.dimension == dimension and difference.start >= clause else None
        )
        begin = min([q.start for q in (actual, base, difference) if q is not None] + [place])
        return Found(GROWTH, begin, end, stated, -value if falls else value, actual, base, difference=difference)

    # --- paces, extremes, totals

    def _paces(self):
        for match in PACES.finditer(self.text):
            sentence = self._begin(match.start(), "。\n")
            paragraph = self._begin(match.start(), "\n")
            clocks = [
                *CLOCK.finditer(self.text, paragraph, match.start()),
                *CLOCK.finditer(self.text, match.end(), self._finish(match.end(), "。\n")),
            ]
            done = next((found for found in reversed(self.shares) if sentence <= found.end <= match.start()), None)
            value = Fraction(match["number"].replace(",", "")) / 100
            yield Found(
                PACE,
                done.start if done else match.start(),
                match.end(),
                match["number"],
                value if match["way"] in AHEAD else -value,
                done and done.value,
                Fraction(clocks[-1]["number"].replace(",", "")) / 100 if clocks else None,
                is_certain=False,
            )

    def _totals(self):
        for i, total in enumerate(self.quantities):
            begin = self._begin(total.start)
            if total.threshold or not TOTALS.search(self.text, begin, total.start):
                continue
            parts = []
            for q in reversed(self.quantities[:i]):
                joint = self.text[q.end : parts[0].start] if parts else "、"
                if q.start < begin or q.measure != total.measure or q.threshold or "、" not in joint or "," in joint:
                    break
                parts.insert(0, q)
            if len(parts) > 1:
                yield Found(
                    TOTAL, parts[0].start, total.end, total.number, total.value, total, None, tuple(parts)
                )  # fmt: skip


def _percent(match):
    if match["number"]:
        return Fraction(match["number"].replace(",", "")) / 100
    whole, _point, behind = match["spoken"].partition("点")
    try:
        value = Fraction(read_number(whole))
    except NumberError:
        return None
    digits = "".join(str("〇一二三四五六七八九".index(c.replace("零", "〇"))) for c in behind)
    return (value + (Fraction(int(digits), 10 ** len(digits)) if digits else 0)) / 100


def _last(pattern, text, start, end):
    """Return the last match of a pattern within bounds."""
    return max(pattern.finditer(text, start, end), key=Match.start, default=None)


def _bound(way):
    return "高" if way in ("高", "大") else "低"
