"""What a unit brings to its score, and how a row reads one value out of it; what is missing is never 0."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from campaigns.scoring.trace import Input, Step, shown

ZERO, ONE = Fraction(0), Fraction(1)


# --- what there is ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """What one unit owes and did on an indicator; done None was not reported, a target None is not owed."""

    done: Fraction | None = None
    target: Fraction | None = None
    stretch: Fraction | None = None
    phase: Fraction | None = None  # the quota due by now
    previous: Fraction | None = None  # the same figure a year (or an issue) earlier


@dataclass(frozen=True)
class Case:
    """One fact behind an indicator, as a rule: a project. amount is the whole fact's, share the unit's part of it."""

    key: str
    amount: Fraction = ONE
    share: Fraction = ONE
    role: str = ""
    tags: frozenset[str] = frozenset()
    invested: Fraction | None = None  # how much of the amount is in the ground
    label: str = ""


@dataclass(frozen=True)
class Entry:
    """One count or mark of an item that is no indicator, with who gave it."""

    value: Fraction
    rater: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything a scheme may read of one unit; keys of figures, cases and items are those of the sources."""

    unit: object
    name: str = ""
    group: str = ""
    classes: frozenset[str] = frozenset()
    time: Fraction | None = None  # time progress
    figures: Mapping[str, Figure] = field(default_factory=dict)
    cases: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)
    items: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    self_scores: Mapping[str, Fraction] = field(default_factory=dict)  # by row code: 自评分

    def in_scope(self, scope):
        """Say whether a row that holds for some groups or classes holds for this unit."""
        return not scope or self.group in scope or not self.classes.isdisjoint(scope)


# --- what a row reads -------------------------------------------------------------------------------


class Reads(StrEnum):
    """What a source reads."""

    RATE = "rate"
    DONE = "done"
    SIZE = "size"
    EXCESS = "excess"
    GAP = "gap"
    PACE = "pace"
    GROWTH = "growth"
    INCREASE = "increase"
    CASE_COUNT = "case_count"
    CASE_AMOUNT = "case_amount"
    CASE_RATE = "case_rate"
    COUNT = "count"
    MARK = "mark"
    NOTHING = "nothing"


READS = {
    Reads.RATE: "完成率",
    Reads.DONE: "完成数",
    Reads.SIZE: "任务数",
    Reads.EXCESS: "超欠任务数",
    Reads.GAP: "超欠时序",
    Reads.PACE: "进度比",
    Reads.GROWTH: "同比增幅",
    Reads.INCREASE: "同比增量",
    Reads.CASE_COUNT: "笔数",
    Reads.CASE_AMOUNT: "金额合计",
    Reads.CASE_RATE: "金额合计占任务",
    Reads.COUNT: "次数",
    Reads.MARK: "评分",
    Reads.NOTHING: "不取数",
}
OF_FIGURES = {
    Reads.RATE, Reads.DONE, Reads.SIZE, Reads.EXCESS, Reads.GAP, Reads.PACE, Reads.GROWTH, Reads.INCREASE,
}  # fmt: skip
OF_CASES = {Reads.CASE_COUNT, Reads.CASE_AMOUNT, Reads.CASE_RATE}
OF_ITEMS = {Reads.COUNT, Reads.MARK}
RATIOS = {Reads.RATE, Reads.GAP, Reads.GROWTH, Reads.CASE_RATE}
AGAINST = {"target": "目标", "stretch": "力争目标", "phase": "阶段目标"}  # the phased quota is what is due by the day


class Missing(StrEnum):
    """Why there is no value."""

    NOT_OWED = "没有任务，不计此项"
    NOT_REPORTED = "未填报"
    NO_BASE = "没有上年数，无法比较"
    NO_CLOCK = "战役尚未开始"
    NOT_MARKED = "尚未评分"


@dataclass(frozen=True)
class Source:
    """Where a row's value comes from.

    Amounts are divided by factor to be read in measure. A case counts by the unit's share; doubled counts it in full
    for each unit (双计, in scores only); roles give each part in it a coefficient of its own.
    """

    reads: Reads = Reads.NOTHING
    key: str = ""
    label: str = ""
    against: str = "target"
    measure: str = ""
    factor: Fraction = ONE
    more: tuple[tuple[str, str], ...] = ()  # further (key, label): the classes of a shortfall
    doubled: bool = False
    roles: tuple[tuple[str, Fraction], ...] = ()
    at_least: Fraction | None = None
    tags: tuple[str, ...] = ()
    invested_at_least: Fraction | None = None
    raters: tuple[tuple[str, Fraction], ...] = ()

    @property
    def keys(self):
        """The keys of all it reads."""
        return {self.key, *(key for key, _label in self.more)} - {""}

    @property
    def told(self):
        """The value in words: 签约额完成率."""
        return f"{self.label}{READS[self.reads]}" if self.reads != Reads.NOTHING else ""


@dataclass(frozen=True)
class Reading:
    """One unit's value on a row: exact, or None with the reason; inputs and steps go into the trace."""

    value: Fraction | None = None
    missing: Missing | None = None
    previous: Fraction | None = None
    size: Fraction | None = None
    inputs: tuple[Input, ...] = ()
    steps: tuple[Step, ...] = ()
    cases: tuple[Case, ...] = ()
    classes: tuple[tuple[str, Fraction, Fraction | None], ...] = ()  # (class, need, have; None not reported)
    is_ratio: bool = False
    measure: str = ""

    @property
    def text(self):
        """The value as it is printed."""
        return shown(self.value, self.measure, self.is_ratio)


def read(source: Source, facts: Facts) -> Reading:
    """Return what a source reads of a unit."""
    if source.reads == Reads.NOTHING:
        return Reading()
    if source.more:
        return _classes(source, facts)
    if source.reads in OF_ITEMS:
        return _item(source, facts)
    figure = facts.figures.get(source.key, Figure())
    if source.reads in OF_CASES:
        return _cases(source, facts, figure)
    return _figure(source, facts, figure)


def _amount(value, source):
    return None if value is None else value / source.factor


def _figure(source, facts, figure):
    done, owed = _amount(figure.done, source), _amount(getattr(figure, source.against), source)
    before = _amount(figure.previous, source)
    did = Input(source.key, f"{source.label}完成数", done, source.measure)
    due = Input(source.key, f"{source.label}{AGAINST[source.against]}", owed, source.measure)
    base = {"previous": before, "size": owed, "is_ratio": source.reads in RATIOS}
    base["measure"] = "" if source.reads == Reads.PACE or source.reads in RATIOS else source.measure
    if source.reads == Reads.DONE:
        return Reading(done, Missing.NOT_REPORTED if done is None else None, inputs=(did,), **base)
    if source.reads == Reads.SIZE:
        return Reading(owed or None, None if owed else Missing.NOT_OWED, inputs=(due,), **base)
    if source.reads in (Reads.GROWTH, Reads.INCREASE):
        return _compared(source, done, before, did, base)
    inputs = (did, due)
    if not owed:
        return Reading(None, Missing.NOT_OWED, inputs=inputs, **base)
    if done is None:
        return Reading(None, Missing.NOT_REPORTED, inputs=inputs, **base)
    if source.reads == Reads.EXCESS:
        step = Step("超欠任务数", f"{shown(done)} − {shown(owed)}", done - owed)
        return Reading(done - owed, inputs=inputs, steps=(step,), **base)
    rate = done / owed
    steps = (Step("完成率", f"{shown(done)} ÷ {shown(owed)} = {shown(rate, is_ratio=True)}"),)
    if source.reads == Reads.RATE:
        return Reading(rate, inputs=inputs, steps=steps, **base)
    time = facts.time
    inputs += (Input("", "时序进度", time, is_ratio=True),)
    if not time:
        return Reading(None, Missing.NO_CLOCK, inputs=inputs, steps=steps, **base)
    sign, value = ("−", rate - time) if source.reads == Reads.GAP else ("÷", rate / time)
    told = f"{shown(rate, is_ratio=True)} {sign} {shown(time, is_ratio=True)}"
    told += f" = {shown(value, is_ratio=source.reads == Reads.GAP)}"
    return Reading(value, inputs=inputs, steps=(*steps, Step(READS[source.reads], told)), **base)


def _compared(source, done, before, did, base):
    inputs = (did, Input(source.key, f"{source.label}上年同期", before, source.measure))
    if done is None:
        return Reading(None, Missing.NOT_REPORTED, inputs=inputs, **base)
    if before is None or (source.reads == Reads.GROWTH and before <= 0):
        return Reading(None, Missing.NO_BASE, inputs=inputs, **base)
    difference, told = done - before, f"{shown(done)} − {shown(before)}"
    if source.reads == Reads.INCREASE:
        return Reading(difference, inputs=inputs, steps=(Step("同比增量", told, difference),), **base)
    growth = difference / before
    told = f"（{told}）÷ {shown(before)} = {shown(growth, is_ratio=True)}"
    return Reading(growth, inputs=inputs, steps=(Step("同比增幅", told),), **base)


def credited(source: Source, case: Case) -> Fraction:
    """Return how much of a case a unit is credited with in its score."""
    if source.roles:
        return dict(source.roles).get(case.role, ZERO)
    return ONE if source.doubled else case.share


def chosen(source: Source, facts: Facts) -> tuple[Case, ...]:
    """Return the cases that a source takes, each with the credited share and its amount in the measure."""
    taken = []
    for case in facts.cases.get(source.key, ()):
        amount = case.amount / source.factor
        if source.at_least is not None and amount < source.at_least:
            continue
        if source.tags and case.tags.isdisjoint(source.tags):
            continue
        least = source.invested_at_least
        if least is not None and (case.invested is None or case.invested < least * case.amount):
            continue
        taken.append(replace(case, amount=amount, share=credited(source, case)))
    return tuple(taken)


def _cases(source, facts, figure):
    cases = chosen(source, facts)
    inputs = tuple(
        Input(
            source.key,
            f"{case.label or case.key}（计 {shown(case.share, is_ratio=True)}）",
            case.amount,
            source.measure,
        )
        for case in cases
    )
    owed = _amount(getattr(figure, source.against), source)
    base = {"cases": cases, "size": owed}
    if source.reads == Reads.CASE_COUNT:
        value = sum((case.share for case in cases), ZERO)
        told = " + ".join(shown(case.share) for case in cases) or "0"
        return Reading(value, inputs=inputs, steps=(Step("笔数", told, value),), measure="个", **base)
    value = sum((case.amount * case.share for case in cases), ZERO)
    told = " + ".join(f"{shown(case.amount)} × {shown(case.share, is_ratio=True)}" for case in cases) or "0"
    steps = (Step("金额合计", told, value),)
    if source.reads == Reads.CASE_AMOUNT:
        return Reading(value, inputs=inputs, steps=steps, measure=source.measure, **base)
    inputs += (Input(source.key, f"{source.label}{AGAINST[source.against]}", owed, source.measure),)
    if not owed:
        return Reading(None, Missing.NOT_OWED, inputs=inputs, steps=steps, is_ratio=True, **base)
    told = f"{shown(value)} ÷ {shown(owed)} = {shown(value / owed, is_ratio=True)}"
    return Reading(value / owed, inputs=inputs, steps=(*steps, Step("完成率", told)), is_ratio=True, **base)


def _item(source, facts):
    entries = facts.items.get(source.key, ())
    if source.reads == Reads.COUNT:
        value = sum((entry.value for entry in entries), ZERO)
        return Reading(value, inputs=(Input(source.key, source.label, value, "次"),), measure="次")
    inputs = tuple(
        Input(source.key, f"{source.label}·{entry.rater}" if entry.rater else source.label, entry.value, "分")
        for entry in entries
    )
    if not entries:
        return Reading(None, Missing.NOT_MARKED, inputs=(Input(source.key, source.label, None, "分"),))
    if not source.raters:
        value = sum((entry.value for entry in entries), ZERO) / len(entries)
        told = f"{len(entries)} 个评分的平均数"
        return Reading(value, inputs=inputs, steps=(Step("平均分", told, value),), measure="分")
    value, parts = ZERO, []
    for rater, weight in source.raters:
        marks = [entry.value for entry in entries if entry.rater == rater]
        if not marks:
            return Reading(None, Missing.NOT_MARKED, inputs=(*inputs, Input(source.key, f"{rater}评分", None, "分")))
        mean = sum(marks, ZERO) / len(marks)
        value += mean * weight
        parts.append(f"{rater} {shown(mean)} × {shown(weight, is_ratio=True)}")
    return Reading(value, inputs=inputs, steps=(Step("加权平均分", " + ".join(parts), value),), measure="分")


def _classes(source, facts):
    classes, inputs = [], []
    for key, label in ((source.key, source.label), *source.more):
        figure = facts.figures.get(key, Figure())
        need = _amount(getattr(figure, source.against), source)
        have = _amount(figure.done, source)
        inputs += [
            Input(key, f"{label}{AGAINST[source.against]}", need, source.measure),
            Input(key, f"{label}完成数", have, source.measure),
        ]
        if need:
            classes.append((label, need, have))
    missing = None if classes else Missing.NOT_OWED
    short = sum((max(ZERO, need - (have or ZERO)) for _label, need, have in classes), ZERO)
    value = short if classes else None
    return Reading(value, missing, inputs=tuple(inputs), classes=tuple(classes), measure=source.measure)
