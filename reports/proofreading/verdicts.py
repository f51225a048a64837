"""What becomes of a claim when it is recomputed: it matches, was rounded otherwise, does not follow, is unreadable.

A percentage is compared at its own number of decimals, half-up (R105); what follows from none of the known ways of
rounding is wrong. Nothing is corrected: a suggestion names each reading that would make the sentence true.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.numbers import plain
from campaigns.rounding import half_up
from reports.proofreading.claims import EXTREME, GROWTH, PACE, RATE, SHARE, TOTAL, Found, decimals_of, found_in
from reports.proofreading.quantities import Quantity


class Verdict(StrEnum):
    """How a claim compares with its recomputation."""

    MATCH = "match"
    ROUNDING = "rounding"
    WRONG = "wrong"
    UNREADABLE = "unreadable"


TOLD = {  # verdict → colour, word
    "match": ("ok", gettext_lazy("相符")),
    "rounding": ("warn", gettext_lazy("尾数")),
    "wrong": ("bad", gettext_lazy("不符")),
    "unreadable": ("info", gettext_lazy("待核")),
}


@dataclass(frozen=True)
class Claim:
    """A claim of a text, recomputed.

    start and end are places in the text; actual, target and stated are as written; exact is in the unit of what is
    stated (percent, points, or the measure of a total), a fraction; printed is exact at the text's own decimals.
    """

    kind: str
    text: str
    start: int
    end: int
    actual: str | None
    target: str | None
    stated: str
    exact: Fraction | None
    printed: str | None
    verdict: Verdict
    suggestion: str
    formula: str = ""

    @property
    def is_right(self) -> bool:
        """Whether nothing is to be done."""
        return self.verdict == Verdict.MATCH


def claims_of(text: str) -> list[Claim]:
    """Return every claim of a text in its order, recomputed from the figures beside it."""
    claims, ratios, read = [], [], {}
    for found in found_in(text):
        if found.kind == EXTREME:
            claims.append(_extreme(text, found, ratios))
            continue
        if found.kind == PACE and found.actual is not None:
            found_ratio = read.get(found.start)
            claims.append(_pace(text, found, found_ratio))
            continue
        claim = _recomputed(text, found)
        if found.kind in (SHARE, RATE) and claim.exact is not None and claim.verdict != Verdict.UNREADABLE:
            ratios.append(claim)
            read[found.start] = claim.exact
        claims.append(claim)
    return claims


def _recomputed(text, found):
    exact = exact_of(found)
    if exact is None:
        return _unread(text, found)
    verdict = judged(exact, found)
    doubtful = not found.is_certain or any(q.about for q in _operands(found))
    if verdict != Verdict.MATCH and doubtful:
        return _unread(text, found, _("数字带“余”“约”或对应关系不唯一，请人工核对"))
    return _claim(text, found, exact, verdict, _suggestion(found, exact, verdict))


def exact_of(found: Found) -> Fraction | None:
    """Return what a claim's operands come to: a fraction, a total in its base measure, None where one is missing."""
    actual, target, more = found.actual, found.target, found.difference
    if found.kind == TOTAL:
        return sum((q.value for q in found.parts), Fraction(0))
    if found.kind == GROWTH:
        grown = more and (-more.value if found.value < 0 else more.value)
        if target is None and actual is not None and more is not None:
            was = actual.value - grown
            return grown / was if was > 0 else None
        if target is None or not target.value:
            return None
        if actual is not None:
            return (actual.value - target.value) / target.value
        return grown / target.value if more is not None else None
    if found.kind in (SHARE, RATE) and actual is not None and target is not None and target.value:
        return actual.value / target.value
    return None


# --- rounding -----------------------------------------------------------------------------------


def _down(value, places):
    cut = Fraction(int(abs(value) * 10**places), 10**places)
    return cut if value >= 0 else -cut


def _up(value, places):
    cut = _down(value, places)
    step = Fraction(1, 10**places)
    return cut if cut == value else cut + (step if value > 0 else -step)


def _half_down(value, places):
    cut = _down(value, places)
    return _up(value, places) if abs(value - cut) * 2 * 10**places > 1 else cut


def _half_even(value, places):
    return Fraction(round(value * 10**places), 10**places)


def _twice(value, places):
    return Fraction(half_up(Fraction(half_up(value, places + 1)), places))


WAYS: dict[str, Callable[[Fraction, int], Fraction]] = {
    gettext_lazy("舍去尾数"): _down,
    gettext_lazy("进一"): _up,
    gettext_lazy("五舍六入"): _half_down,
    gettext_lazy("四舍六入五成双"): _half_even,
    gettext_lazy("连续两次四舍五入"): _twice,
}


def scaled(exact: Fraction, found: Found) -> Fraction:
    """Return an exact value in the unit of what is stated: percent, points, or a total's own measure."""
    if found.kind == TOTAL:
        whole = found.actual
        return exact / (whole.value / Fraction(whole.number.replace(",", ""))) if whole.value else exact
    return exact * 100


def judged(exact: Fraction, found: Found) -> Verdict:
    """Compare what is stated with an exact value at the text's own decimals."""
    places = decimals_of(found.stated)
    stated, value = scaled(found.value, found), scaled(exact, found)
    if Fraction(half_up(value, places)) == stated:
        return Verdict.MATCH
    if found.kind != TOTAL and way_of(value, stated, places):
        return Verdict.ROUNDING
    return Verdict.WRONG


def way_of(value: Fraction, stated: Fraction, places: int) -> str:
    """Name the way of rounding by which a value becomes what is stated; empty where none does."""
    return next((str(name) for name, way in WAYS.items() if way(value, places) == stated), "")


# --- suggestions --------------------------------------------------------------------------------


def _suggestion(found, exact, verdict):
    if verdict == Verdict.MATCH:
        return ""
    places = decimals_of(found.stated)
    value = scaled(exact, found)
    printed = _printed(value, places)
    sign = "" if found.kind == TOTAL else _("个百分点") if found.kind == PACE else "%"
    if verdict == Verdict.ROUNDING:
        return _("四舍五入应为 %(printed)s%(sign)s（文中是%(way)s的结果）") % {
            "printed": printed, "sign": sign, "way": way_of(value, scaled(found.value, found), places),
        }  # fmt: skip
    ways = [_("应为 %(printed)s%(sign)s") % {"printed": printed, "sign": sign}]
    if found.kind == GROWTH and (exact < 0) != (found.value < 0) and exact:
        ways = [_("应为%(way)s %(printed)s%%") % {"way": _("增长") if exact > 0 else _("下降"), "printed": printed}]
    ways += [
        _("若“%(old)s”是“%(new)s”之误（数字颠倒），则 %(stated)s%(sign)s 成立")
        % {"old": old, "new": new, "stated": found.stated, "sign": sign}
        for old, new in transposed(found)
    ]
    ways += [
        _("若分母是 %(other)s，则 %(stated)s%(sign)s 成立")
        % {"other": q.written, "stated": found.stated, "sign": sign}
        for q in other_denominators(found)
    ]
    if found.stated != printed and any(swap == printed for swap in swaps(found.stated)):
        ways.append(_("百分比本身可能数字颠倒"))
    return "；".join(ways)


def swaps(number: str) -> list[str]:
    """Return a number with each two neighbouring digits exchanged; the point stays where it is."""
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    found = []
    for i, j in zip(digits, digits[1:], strict=False):
        letters = list(number)
        letters[i], letters[j] = letters[j], letters[i]
        swapped = "".join(letters)
        if swapped != number and not (swapped.startswith("0") and not swapped.startswith("0.")):
            found.append(swapped)
    return found


def transposed(found: Found) -> list[tuple[str, str]]:
    """Return (as written, with two digits exchanged) for each operand that would make the claim true."""
    ways = []
    for name in ("actual", "target"):
        quantity = getattr(found, name)
        if not isinstance(quantity, Quantity) or not quantity.value or found.kind == TOTAL:
            continue
        factor = quantity.value / Fraction(quantity.number.replace(",", ""))
        for other in swaps(quantity.number):
            value = Fraction(other.replace(",", "")) * factor
            changed = _with(found, name, quantity, value)
            exact = exact_of(changed)
            if exact is not None and judged(exact, changed) == Verdict.MATCH:
                ways.append((quantity.number, other))
    return ways


def other_denominators(found: Found) -> list[Quantity]:
    """Return the figures nearby by which the claim would be true."""
    if found.kind != SHARE or not isinstance(found.actual, Quantity):
        return []
    return [q for q in found.others if q.value and judged(found.actual.value / q.value, found) == Verdict.MATCH][:2]


def _with(found, name, quantity, value):
    return replace(found, **{name: replace(quantity, value=value)})


# --- the other kinds ----------------------------------------------------------------------------


def _extreme(text, found, ratios):
    """Check 最高、最低 against the claims before it."""
    if not ratios:
        return _unread(text, found, _("前文没有可比的百分比"))
    pick = max if found.which == "高" else min
    best = pick(ratios, key=lambda claim: claim.exact)
    exact = best.exact / 100
    verdict = judged(exact, found)
    suggestion = _suggestion(found, exact, verdict)
    if verdict != Verdict.MATCH and best.formula:
        suggestion += _("（前文 %s）") % best.formula
    return _claim(
        text, found, exact, verdict, suggestion, actual=best.actual, target=best.target, formula=best.formula
    )


def _pace(text, found, ratio):
    """Check a pace against the completion before it and the clock the text names."""
    if found.target is None:
        return _unread(text, found, _("文中没有写明序时进度"))
    exacts = [found.actual - found.target]
    if ratio is not None:
        exacts.append(ratio / 100 - found.target)
    exact = next((value for value in exacts if judged(value, found) == Verdict.MATCH), exacts[-1])
    told = {"done": _printed(found.actual * 100, 4), "clock": _printed(found.target * 100, 4)}
    return _claim(
        text, found, exact, judged(exact, found), _suggestion(found, exact, judged(exact, found)),
        actual=told["done"], target=told["clock"], formula=_("%(done)s − %(clock)s") % told,
    )  # fmt: skip


def _operands(found):
    return [q for q in (found.actual, found.target, found.difference, *found.parts) if isinstance(q, Quantity)]


def _printed(value, places):
    return plain(half_up(abs(value), places))


def _formula(found):
    if found.kind == TOTAL:
        return " + ".join(q.number for q in found.parts)
    actual, target, more = found.actual, found.target, found.difference
    if found.kind == GROWTH and target is None:
        return f"{more.written} ÷ ({actual.written} {'+' if found.value < 0 else '−'} {more.written})"
    if found.kind == GROWTH and actual is not None:
        return f"({actual.written} − {target.written}) ÷ {target.written}"
    if found.kind == GROWTH:
        return f"{more.written} ÷ {target.written}"
    return f"{actual.written} ÷ {target.written}"


def _claim(text, found, exact, verdict, suggestion, *, actual=None, target=None, formula=None):
    def told(quantity):
        return quantity.number if isinstance(quantity, Quantity) else None

    formula = _formula(found) if formula is None else formula
    value = scaled(exact, found)
    return Claim(
        kind=found.kind,
        text=text[found.start : found.end],
        start=found.start,
        end=found.end,
        actual=actual if actual is not None else told(found.actual),
        target=target if target is not None else told(found.target),
        stated=found.stated,
        exact=value,
        printed=_printed(value, decimals_of(found.stated)),
        verdict=verdict,
        suggestion=suggestion,
        formula=formula,
    )


def _unread(text, found, reason=None):
    def told(quantity):
        return quantity.number if isinstance(quantity, Quantity) else None

    return Claim(
        kind=found.kind,
        text=text[found.start : found.end],
        start=found.start,
        end=found.end,
        actual=told(found.actual),
        target=told(found.target),
        stated=found.stated,
        exact=None,
        printed=None,
        verdict=Verdict.UNREADABLE,
        suggestion=reason or _("没有找到可供复算的数字，请补上完成数和目标数（或上年同期数）"),
    )
