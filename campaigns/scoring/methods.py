"""The methods a row may be scored by: each a frozen value with its parameters and one pure function.

score(own, group) takes what was read of the unit and of all units of its group that the row holds for.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import trunc
from typing import ClassVar

from campaigns.places import competition_ranks
from campaigns.rounding import percentage_text
from campaigns.scoring.parameters import choice, number, switch, table
from campaigns.scoring.trace import Step, shown
from campaigns.scoring.values import OF_CASES, OF_FIGURES, OF_ITEMS, ONE, ZERO, Reading, Reads

VALUES = frozenset(OF_FIGURES | OF_CASES | OF_ITEMS)
HUNDRED = Fraction(100)
OPS = {
    ">=": ("不低于", lambda a, b: a >= b),
    ">": ("高于", lambda a, b: a > b),
    "<=": ("不高于", lambda a, b: a <= b),
    "<": ("低于", lambda a, b: a < b),
    "=": ("等于", lambda a, b: a == b),
}
OP_CHOICES = tuple((op, word) for op, (word, _test) in OPS.items())


@dataclass(frozen=True)
class Outcome:
    """What a method gives: points, the formula in words, the values in between, whether a condition holds."""

    points: Fraction
    formula: str
    steps: tuple[Step, ...] = ()
    holds: bool = False


def clamp(value, low=None, high=None):
    """Hold a value between two limits, either of which may be missing."""
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value


def limits(low, high):
    """Say the limits of a value in words."""
    told = [f"最低 {shown(low)} 分"] if low is not None else []
    told += [f"最高 {shown(high)} 分"] if high is not None else []
    return f"，{'、'.join(told)}" if told else ""


def reckoned(arithmetic, raw, points, label="得分"):
    """Return the step that ends in the points; where a limit held the result, it says so."""
    if raw == points:
        return Step(label, arithmetic, points)
    return Step(label, f"{arithmetic} = {shown(raw)}，按限计 {shown(points)}")


@dataclass(frozen=True)
class Method:
    """A way to make points of a value."""

    name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    told: ClassVar[str] = ""  # one line for the list that an editor chooses from
    reads: ClassVar[frozenset] = VALUES
    condition: ClassVar[bool] = False  # gives no points, only says whether something holds

    @property
    def worth(self):
        """Full points of an item scored by this method; None where there are none."""
        return None

    @property
    def bounds(self):
        """The least and the most it can give; None where it has no limit."""
        return None, None

    @property
    def rises(self):
        """Whether a greater value, the group else unchanged, never gives the unit less nor another unit more."""
        return False

    def problem(self):
        """Say what is wrong with the parameters together; "" if nothing is."""
        return ""

    def score(self, own: Reading, group: tuple[Reading, ...]) -> Outcome:
        """Return the points of one unit."""
        raise NotImplementedError


@dataclass(frozen=True)
class Linear(Method):
    """Full points × the value held between 0 and a cap."""

    name, label = "linear", "按比例（封顶保底）"
    told = "满分 × 完成率，完成率高于上限按上限、低于下限按下限计"

    full: Fraction = number("满分")
    cap: Fraction | None = number(
        "完成率上限", ONE, help="100% 即最多得满分；200% 即最多得两倍；留空不封顶", may_be_empty=True, of_value=True
    )
    floor: Fraction = number("完成率下限", ZERO, of_value=True)

    @property
    def worth(self):
        return self.full

    @property
    def rises(self):
        return self.full >= 0

    @property
    def bounds(self):
        return self.full * self.floor, None if self.cap is None else self.full * self.cap

    def problem(self):
        return "完成率上限不能低于下限" if self.cap is not None and self.cap < self.floor else ""

    def score(self, own, group):
        value = clamp(own.value, self.floor, self.cap)
        points = self.full * value
        top = "" if self.cap is None else f"，最高按 {percentage_text(self.cap)} 计"
        low = f"，最低按 {percentage_text(self.floor)} 计"
        told = f"{shown(self.full)} × {percentage_text(value)}"
        return Outcome(points, f"满分 {shown(self.full)} 分 × 完成率{top}{low}", (Step("得分", told, points),))


@dataclass(frozen=True)
class Cliff(Method):
    """All or nothing at a threshold."""

    name, label = "cliff", "达标得分（不达标不得分）"
    told = "达到界线得满分，达不到得固定分（通常为 0）"

    full: Fraction = number("达标得分")
    at: Fraction = number("达标界线", ONE, help="完成率写 100% 或 1；数量直接写数", of_value=True)
    below: Fraction = number("不达标得分", ZERO)

    @property
    def worth(self):
        return self.full

    @property
    def rises(self):
        return self.full >= self.below

    @property
    def bounds(self):
        return min(self.full, self.below), max(self.full, self.below)

    def score(self, own, group):
        met = own.value >= self.at
        limit = shown(self.at, own.measure, own.is_ratio)
        told = f"{own.text}{'达到' if met else '未达到'} {limit}"
        points = self.full if met else self.below
        formula = f"不低于 {limit} 得 {shown(self.full)} 分，否则得 {shown(self.below)} 分"
        return Outcome(points, formula, (Step("判断", f"{told}，得 {shown(points)} 分"),))


@dataclass(frozen=True)
class Steps(Method):
    """The points of the highest step that is reached."""

    name, label = "steps", "分档得分"
    told = "按完成率、数量或规模分档，每档固定分"

    rows: tuple = table("分档", (("value", "不低于"), ("number", "得分")), help="如 100% 得 100 分，80% 得 75 分")
    below: Fraction = number("低于最低档得分", ZERO)

    @property
    def worth(self):
        return max(points for _at, points in self.rows)

    @property
    def rises(self):
        points = [self.below, *(points for _at, points in sorted(self.rows))]
        return points == sorted(points)

    @property
    def bounds(self):
        all_points = [self.below, *(points for _at, points in self.rows)]
        return min(all_points), max(all_points)

    def problem(self):
        limits = [at for at, _points in self.rows]
        return "分档界线不能重复" if len(set(limits)) < len(limits) else ""

    def score(self, own, group):
        ordered = sorted(self.rows, reverse=True)
        at, points = next(((at, points) for at, points in ordered if own.value >= at), (None, self.below))
        told = [f"不低于 {shown(at, own.measure, own.is_ratio)} 得 {shown(won)} 分" for at, won in ordered]
        reached = "低于最低档" if at is None else f"达到“不低于 {shown(at, own.measure, own.is_ratio)}”档"
        formula = "；".join([*told, f"再低得 {shown(self.below)} 分"])
        return Outcome(points, formula, (Step("判断", f"{own.text} {reached}，得 {shown(points)} 分"),))


def counted(value, step, whole):
    """Return how many steps are in a distance: whole ones toward zero, or in proportion."""
    units = value / step
    return Fraction(trunc(units)) if whole else units


@dataclass(frozen=True)
class PerUnit(Method):
    """So many points for every step above a base, others for every step below it."""

    name, label = "per_unit", "每增减一个单位加减分"
    told = "以基数为界，每超一个单位加分、每欠一个单位减分；不足一个单位可不计或按比例"

    points: Fraction = number("每超一个单位得分")
    step: Fraction = number("超额的一个单位", help="如 10%、1（个）、100（万元）", of_value=True)
    base: Fraction = number("基数", ZERO, help="完成率通常为 100%；个数通常为 0", of_value=True)
    start: Fraction = number("达到基数得分", ZERO)
    minus: Fraction | None = number("每欠一个单位减分", None, help="留空则不减")
    minus_step: Fraction | None = number("欠额的一个单位", None, help="留空与超额相同", of_value=True)
    whole: bool = switch("不足一个单位不计", True)
    minus_exact: bool = switch("欠额按比例减分", help="超额仍按上一项")
    low: Fraction | None = number("最低分", None)
    high: Fraction | None = number("最高分", None)

    @property
    def worth(self):
        return self.start or self.high

    @property
    def rises(self):
        return self.points >= 0 and (self.minus or ZERO) >= 0

    @property
    def bounds(self):
        return self.low, self.high

    def problem(self):
        if self.step <= 0 or (self.minus_step is not None and self.minus_step <= 0):
            return "一个单位必须大于 0"
        return "最高分不能低于最低分" if None not in (self.low, self.high) and self.high < self.low else ""

    def score(self, own, group):
        over = own.value - self.base
        each, step = (self.points, self.step) if over >= 0 else (self.minus or ZERO, self.minus_step or self.step)
        steps = counted(over, step, self.whole and not (over < 0 and self.minus_exact))
        points = clamp(self.start + each * steps, self.low, self.high)
        unit = shown(step, own.measure, own.is_ratio)
        base = shown(self.base, own.measure, own.is_ratio)
        over_unit = shown(self.step, own.measure, own.is_ratio)
        formula = f"达到 {base} 得 {shown(self.start)} 分，每超 {over_unit} 加 {shown(self.points)} 分"
        if self.minus is not None:
            under_unit = shown(self.minus_step or self.step, own.measure, own.is_ratio)
            formula += f"，每欠 {under_unit} 减 {shown(self.minus)} 分"
            formula += "（按比例）" if self.minus_exact and self.whole else ""
        formula += ("（不足一个单位不计）" if self.whole else "（按比例折算）") + limits(self.low, self.high)
        word = "超" if over >= 0 else "欠"
        distance = shown(abs(over), own.measure, own.is_ratio)
        sign = "+" if over >= 0 else "−"
        apart = Step(f"{word}基数", f"{own.text} 与 {base} 相差 {distance}，折 {shown(abs(steps))} 个 {unit}")
        told = f"{shown(self.start)} {sign} {shown(each)} × {shown(abs(steps))}"
        return Outcome(points, formula, (apart, reckoned(told, self.start + each * steps, points)))


@dataclass(frozen=True)
class Band(Method):
    """Points for every step above a base, at a coefficient that the size of the quota chooses."""

    name, label = "band", "按任务大小分档计系数"
    told = "任务越大，每超一个单位加分越多"
    reads = frozenset({Reads.RATE})

    rows: tuple = table("任务分档", (("number", "任务不低于"), ("number", "每个单位得分")))
    step: Fraction = number("一个单位", Fraction(1, 100), help="如 1%", of_value=True)
    base: Fraction = number("基数", ONE, of_value=True)
    whole: bool = switch("不足一个单位不计", True)
    low: Fraction | None = number("最低分", ZERO, may_be_empty=True)
    high: Fraction | None = number("最高分", None)

    @property
    def rises(self):
        return all(points >= 0 for _at, points in self.rows)

    @property
    def bounds(self):
        return self.low, self.high

    def problem(self):
        return "一个单位必须大于 0" if self.step <= 0 else ""

    def score(self, own, group):
        ordered = sorted(self.rows, reverse=True)
        at, each = next(((at, points) for at, points in ordered if own.size >= at), (None, ZERO))
        steps = counted(own.value - self.base, self.step, self.whole)
        points = clamp(each * steps, self.low, self.high)
        told = "；".join(f"任务不低于 {shown(at)} 的每个 {shown(each)} 分" for at, each in ordered)
        band = "低于最低档，系数 0" if at is None else f"属“不低于 {shown(at)}”档，系数 {shown(each)}"
        unit = percentage_text(self.step)
        formula = f"完成率超 {percentage_text(self.base)} 的，每个 {unit}：{told}{limits(self.low, self.high)}"
        chosen = Step("系数", f"任务 {shown(own.size)} {band}")
        arithmetic = f"{shown(each)} × {shown(steps)} 个 {unit}"
        return Outcome(points, formula, (chosen, reckoned(arithmetic, each * steps, points)))


@dataclass(frozen=True)
class MinMax(Method):
    """The best of the group gets the most, the worst the least, the others in proportion (功效系数法)."""

    name, label = "min_max", "功效系数法"
    told = "组内最好得最高分、最差得最低分，其余按比例；组内只有一个单位或都相同的得最高分"

    best: Fraction = number("最好单位得分", HUNDRED)
    worst: Fraction = number("最差单位得分", Fraction(60))
    less_is_better: bool = switch("数值越小越好")

    @property
    def worth(self):
        return self.best

    @property
    def rises(self):
        return not self.less_is_better

    @property
    def bounds(self):
        return self.worst, self.best

    def problem(self):
        return "最好单位得分不能低于最差单位得分" if self.best < self.worst else ""

    def score(self, own, group):
        values = [reading.value for reading in group if reading.value is not None]
        low, high = min(values), max(values)
        over = "组内最高 − 本单位" if self.less_is_better else "本单位 − 组内最低"
        formula = f"（{over}）÷（组内最高 − 组内最低）× {shown(self.best - self.worst)} + {shown(self.worst)}"
        span = f"组内 {len(values)} 个单位，最低 {shown(low, own.measure, own.is_ratio)}，"
        span += f"最高 {shown(high, own.measure, own.is_ratio)}"
        if low == high:
            told = f"各单位相同，得 {shown(self.best)} 分"
            return Outcome(self.best, formula, (Step("组内", span), Step("得分", told)))
        above = high - own.value if self.less_is_better else own.value - low
        points = above / (high - low) * (self.best - self.worst) + self.worst
        told = f"{shown(above)} ÷ {shown(high - low)} × {shown(self.best - self.worst)} + {shown(self.worst)}"
        return Outcome(points, formula, (Step("组内", span), Step("得分", told, points)))


def places(values, less_is_better=False):
    """Return the (place, tied) of each value in its order: 1, 2, 2, 4; None where there is no value."""
    ranks = competition_ranks(
        {n: -value if less_is_better else value for n, value in enumerate(values) if value is not None}
    )
    return [ranks.get(n, (None, False)) for n in range(len(values))]


def place_of(own, group, attribute="value", less_is_better=False):
    """Return the (place, how many share it) of a unit in its group."""
    values = [getattr(reading, attribute) for reading in group]
    mine = getattr(own, attribute)
    if mine is None:
        return None, 0
    place = places(values, less_is_better)[values.index(mine)][0]
    return place, values.count(mine)


@dataclass(frozen=True)
class RankPoints(Method):
    """Points by place within the group; units that are level share the place."""

    name, label = "rank_points", "按名次得分"
    told = "组内排名，每个名次固定分；并列的同分，或平均所占名次的分"

    rows: tuple = table("名次得分", (("number", "名次"), ("number", "得分")))
    rest: Fraction = number("其余名次得分", ZERO)
    averaged: bool = switch("并列平均所占名次的分")
    less_is_better: bool = switch("数值越小越好")

    @property
    def worth(self):
        return max(points for _place, points in self.rows)

    @property
    def rises(self):
        table = dict(self.rows)
        points = [table.get(Fraction(n), self.rest) for n in range(1, int(max(table)) + 1)]
        return not self.less_is_better and [*points, self.rest] == sorted([*points, self.rest], reverse=True)

    @property
    def bounds(self):
        every = [self.rest, *(points for _place, points in self.rows)]
        return min(every), max(every)

    def problem(self):
        numbers = [place for place, _points in self.rows]
        if any(place.denominator != 1 or place < 1 for place in numbers):
            return "名次须为 1、2、3 这样的整数"
        return "名次不能重复" if len(set(numbers)) < len(numbers) else ""

    def score(self, own, group):
        table = {int(place): points for place, points in self.rows}
        place, sharing = place_of(own, group, less_is_better=self.less_is_better)
        taken = [table.get(place + n, self.rest) for n in range(sharing)]
        points = sum(taken, ZERO) / sharing if self.averaged else taken[0]
        told = "；".join(f"第 {place} 名 {shown(won)} 分" for place, won in sorted(table.items()))
        tied = f"（{sharing} 个单位并列）" if sharing > 1 else ""
        won = Step("名次", f"列组内第 {place} 名{tied}，得 {shown(points)} 分")
        return Outcome(points, f"{told}；其余 {shown(self.rest)} 分", (won,))


@dataclass(frozen=True)
class PlaceShift(Method):
    """Points for places gained since the earlier result, in proportion to the place before."""

    name, label = "place_shift", "名次进退位得分"
    told = "（上次名次 − 本次名次）÷ 上次名次 × 系数；需有上年同期数"
    reads = frozenset({Reads.DONE, Reads.GROWTH, Reads.INCREASE})

    factor: Fraction = number("系数")
    low: Fraction | None = number("最低分", None)
    high: Fraction | None = number("最高分", None)

    @property
    def worth(self):
        return self.high

    @property
    def rises(self):
        return self.factor >= 0

    @property
    def bounds(self):
        return self.low, self.high

    def score(self, own, group):
        now, _sharing = place_of(own, group)
        before, _sharing = place_of(own, group, "previous")
        formula = f"（上次名次 − 本次名次）÷ 上次名次 × {shown(self.factor)}{limits(self.low, self.high)}"
        if before is None:
            return Outcome(clamp(ZERO, self.low, self.high), formula, (Step("名次", "没有上次名次，不进不退"),))
        shift = Fraction(before - now, before) * self.factor
        points = clamp(shift, self.low, self.high)
        told = reckoned(f"（{before} − {now}）÷ {before} × {shown(self.factor)}", shift, points)
        return Outcome(points, formula, (Step("名次", f"上次第 {before} 名，本次第 {now} 名"), told))


@dataclass(frozen=True)
class Shortfall(Method):
    """Full points less a deduction for every missing one of each class; a surplus elsewhere does not help."""

    name, label = "shortfall", "分类缺额扣分（不互抵）"
    told = "每类缺一个扣若干分，一类超额不能补另一类"
    reads = frozenset({Reads.DONE})

    full: Fraction = number("满分")
    each: Fraction = number("每缺一个扣分")

    @property
    def worth(self):
        return self.full

    @property
    def rises(self):
        return self.each >= 0

    @property
    def bounds(self):
        return ZERO, self.full

    def score(self, own, group):
        classes = own.classes or (("", own.size or ZERO, own.value),)
        parts = [(label, max(ZERO, need - (have or ZERO)), need, have) for label, need, have in classes]
        missing = sum((short for _label, short, _need, _have in parts), ZERO)
        left = self.full - self.each * missing
        points = clamp(left, ZERO)
        steps = [
            Step(
                label or "缺额",
                f"应 {shown(need)}，{'未填报' if have is None else f'实 {shown(have)}'}，缺 {shown(short)}",
            )
            for label, short, need, have in parts
        ]
        told = f"{shown(self.full)} − {shown(self.each)} × {shown(missing)}"
        last = reckoned(told, left, points)
        formula = f"满分 {shown(self.full)} 分，每类每缺 1 扣 {shown(self.each)} 分，各类不互抵"
        return Outcome(points, formula, (*steps, last))


@dataclass(frozen=True)
class Tiers(Method):
    """A bonus for each project by tier; a project counts in its highest tier only (不重复加分)."""

    name, label = "tiers", "按项目档次加分（就高不重复）"
    told = "每个项目只按最高一档加分；每档、总数都可封顶"
    reads = frozenset({Reads.CASE_COUNT})

    rows: tuple = table(
        "档次",
        (
            ("text", "档次名称"),
            ("optional", "金额不低于"),
            ("text", "属于"),
            ("number", "每个得分"),
            ("optional", "本档最高"),
        ),
        help="“属于”写另一项指标的名称，如 世界500强项目：同一笔也计入那项指标的才算；金额和“属于”都填的须同时满足",
    )
    high: Fraction | None = number("合计最高分", None)

    @property
    def worth(self):
        return self.high

    @property
    def bounds(self):
        return ZERO, self.high

    def problem(self):
        return "档次得分不能为负" if any(points < 0 for _l, _a, _t, points, _c in self.rows) else ""

    def score(self, own, group):
        won, ordered = {}, sorted(self.rows, key=lambda row: -row[3])
        for case in own.cases:
            for row in ordered:
                _label, at_least, tag, _points, _cap = row
                if (at_least is None or case.amount >= at_least) and (not tag or tag in case.tags):
                    won.setdefault(row, []).append(case)
                    break
        total, steps, told = ZERO, [], []
        for row in ordered:
            label, _at_least, _tag, points, cap = row
            told.append(f"{label}每个 {shown(points)} 分" + (f"（最高 {shown(cap)} 分）" if cap is not None else ""))
            if row not in won:
                continue
            count = sum((case.share for case in won[row]), ZERO)
            got = clamp(points * count, None, cap)
            total += got
            names = "、".join(case.label or case.key for case in won[row])
            steps.append(reckoned(f"{shown(points)} × {shown(count)} 个（{names}）", points * count, got, label))
        points = clamp(total, None, self.high)
        if points != total:
            steps.append(Step("合计", f"{shown(total)} 分，封顶为 {shown(points)} 分"))
        formula = "；".join(told) + "；每个项目只按最高一档计" + limits(None, self.high)
        return Outcome(points, formula, tuple(steps) or (Step("项目", "没有符合条件的项目"),))


@dataclass(frozen=True)
class PerCount(Method):
    """So many points a time, to a limit; for deductions as for bonuses."""

    name, label = "per_count", "按次计分（到限为止）"
    told = "每次（每个、每条）若干分，最多到上限；扣分项扣完为止"
    reads = frozenset({Reads.COUNT, Reads.DONE, Reads.CASE_COUNT})

    each: Fraction = number("每次分值")
    high: Fraction | None = number("最高分", None)

    @property
    def worth(self):
        return self.high

    @property
    def rises(self):
        return True

    @property
    def bounds(self):
        return ZERO, self.high

    def problem(self):
        return "每次分值不能为负；扣分请选“扣分项”" if self.each < 0 else ""

    def score(self, own, group):
        points = clamp(self.each * own.value, ZERO, self.high)
        told = f"{shown(self.each)} × {shown(own.value)}"
        step = reckoned(told, self.each * own.value, points)
        return Outcome(points, f"每次 {shown(self.each)} 分{limits(None, self.high)}", (step,))


@dataclass(frozen=True)
class Marked(Method):
    """The mark itself, out of what it is marked by, made into the item's points."""

    name, label = "marked", "评分折算"
    told = "评分 ÷ 评分满分 × 本项分值"
    reads = frozenset({Reads.MARK})

    full: Fraction = number("本项分值")
    out_of: Fraction = number("评分满分", HUNDRED)

    @property
    def worth(self):
        return self.full

    @property
    def bounds(self):
        return ZERO, self.full

    def problem(self):
        return "评分满分必须大于 0" if self.out_of <= 0 else ""

    def score(self, own, group):
        points = clamp(own.value / self.out_of * self.full, ZERO, self.full)
        told = f"{shown(own.value)} ÷ {shown(self.out_of)} × {shown(self.full)}"
        return Outcome(points, f"评分 ÷ {shown(self.out_of)} × {shown(self.full)}", (Step("得分", told, points),))


@dataclass(frozen=True)
class Fixed(Method):
    """Points that everybody in the scope gets: a base, or the head of rows that stand below it."""

    name, label = "fixed", "固定分（或子项合计）"
    told = "固定给分；写 0 则只合计它下面的子项"
    reads = frozenset({Reads.NOTHING})

    points: Fraction = number("分值", ZERO)

    @property
    def worth(self):
        return self.points or None

    @property
    def bounds(self):
        return self.points, self.points

    def score(self, own, group):
        return Outcome(self.points, f"固定 {shown(self.points)} 分" if self.points else "子项合计")


@dataclass(frozen=True)
class Condition(Method):
    """Compares the value with a limit; what follows from it is the subclass's."""

    condition = True

    op: str = choice("条件", OP_CHOICES, "<")
    at: Fraction = number("界线", ONE, of_value=True)

    def holds_for(self, own):
        """Say whether the condition holds; without a value it does not."""
        return own.value is not None and OPS[self.op][1](own.value, self.at)

    def told_condition(self, own):
        """Say the condition in words."""
        return f"{OPS[self.op][0]} {shown(self.at, own.measure, own.is_ratio)}"


EFFECTS = (
    ("barred", "取消评先资格"),
    ("fail", "评为最低等次"),
    ("limit", "总分不超过限额"),
    ("demote", "降一个等次"),
)


@dataclass(frozen=True)
class Veto(Condition):
    """One-vote veto: bars from awards or sets grade or total; the score itself stays as it is."""

    name, label = "veto", "一票否决"
    told = "条件成立即取消评先、定为最低等次、限定总分或降等；本身不改变得分"

    effect: str = choice("后果", EFFECTS, "barred")
    limit: Fraction | None = number("总分限额", None, help="只在后果为“总分不超过限额”时填写")

    @property
    def rises(self):
        """Only a limit of the total touches a place; it must be the small values that it is for."""
        return self.effect != "limit" or self.op in {"<", "<="}

    def problem(self):
        return "请填写总分限额" if self.effect == "limit" and self.limit is None else ""

    def score(self, own, group):
        holds = self.holds_for(own)
        said = dict(EFFECTS)[self.effect] + (f" {shown(self.limit)} 分" if self.effect == "limit" else "")
        told = f"{own.text}，条件{'成立' if holds else '不成立'}"
        return Outcome(ZERO, f"{self.told_condition(own)}的，{said}", (Step("判断", told),), holds)


@dataclass(frozen=True)
class Promotion(Condition):
    """Goes up a grade directly (直接晋档) where the condition holds."""

    name, label = "promotion", "直接晋档"
    told = "条件成立的直接上升等次"

    op: str = choice("条件", OP_CHOICES, ">=")
    grades: Fraction = number("晋升等次", ONE)

    @property
    def rises(self):
        return True

    def problem(self):
        return "晋升等次须为正整数" if self.grades.denominator != 1 or self.grades < 1 else ""

    def score(self, own, group):
        holds = self.holds_for(own)
        told = f"{own.text}，条件{'成立' if holds else '不成立'}"
        formula = f"{self.told_condition(own)}的，晋升 {shown(self.grades)} 个等次"
        return Outcome(ZERO, formula, (Step("判断", told),), holds)


METHODS = {
    method.name: method
    for method in (
        Linear, Cliff, Steps, PerUnit, Band, MinMax, RankPoints, PlaceShift, Shortfall, Tiers, PerCount, Marked,
        Fixed, Veto, Promotion,
    )
}  # fmt: skip
