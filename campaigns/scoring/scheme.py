"""A scheme: rows with scope, clause and dates; evaluated into each unit's score, place, grade and trace."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from campaigns.places import ranks_within_groups
from campaigns.rounding import half_up
from campaigns.scoring.methods import OPS, Fixed, Method, Veto, clamp
from campaigns.scoring.trace import Step, Trace, shown
from campaigns.scoring.values import ZERO, Facts, Missing, Source, read


class Kind(StrEnum):
    """What becomes of a row's points."""

    ITEM = "item"
    BONUS = "bonus"
    PENALTY = "penalty"
    RULE = "rule"  # veto and promotion: no points


KINDS = {Kind.ITEM: "计分项", Kind.BONUS: "加分项", Kind.PENALTY: "扣分项", Kind.RULE: "否决与晋档"}

SIGNS = {Kind.PENALTY: -1}  # how the points of a row enter the score, where they are not added


class SchemeError(ValueError):
    """A scheme that contradicts itself; the text says what to do."""


@dataclass(frozen=True)
class Condition:
    """A row counts only where another value compares so with a limit; without a value it does not hold."""

    source: Source
    op: str
    at: Fraction

    def check(self, facts):
        """Return (whether it holds, the comparison in words)."""
        found = read(self.source, facts)
        holds = found.value is not None and OPS[self.op][1](found.value, self.at)
        limit = shown(self.at, found.measure, found.is_ratio)
        return holds, f"{self.source.told} {found.text}，{'' if holds else '未'}满足“{OPS[self.op][0]} {limit}”"


@dataclass(frozen=True)
class Row:
    """One clause of the rules.

    Its points are weight × (what the method gives, plus and less the rows below it), held between low and high
    before they are weighted. within names the row it stands below; a penalty below an item never takes more than
    the item has. unreported says what a figure owed and not reported counts: zero points, or nothing at all (na).
    """

    code: str
    label: str
    method: Method
    source: Source = field(default_factory=Source)
    kind: Kind = Kind.ITEM
    clause: str = ""
    scope: frozenset[str] = frozenset()
    weight: Fraction = Fraction(1)
    low: Fraction | None = None
    high: Fraction | None = None
    within: str = ""
    needs: tuple[Condition, ...] = ()
    unreported: str = "zero"
    decimals: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def holds_on(self, day):
        """Say whether the clause is in effect on a day; without a day it is."""
        if day is None:
            return True
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    @property
    def sources(self):
        """What it reads: its own value, and those that its conditions compare."""
        return (self.source, *(need.source for need in self.needs))

    @property
    def is_head(self):
        """Whether it only adds up the rows below it."""
        return isinstance(self.method, Fixed) and not self.method.points

    @property
    def worth(self):
        """What the row is worth at full marks, weighted; None where it has no full marks."""
        return None if self.method.worth is None else self.method.worth * self.weight


@dataclass(frozen=True)
class Scheme:
    """The rules of one appraisal.

    decimals is how many places the total is rounded to (half-up); None leaves it exact. Places and grades read the
    unrounded total, unless rank_rounded says that the rules round first. rescaled spreads the items a unit does not
    owe over those it does. grades are (from, name), barred_after is how many demotions bar a unit from awards,
    promotions_most how many grades it may go up, tie_break names the rows whose values decide between equal scores.
    """

    name: str
    rows: tuple[Row, ...]
    version: str = "1"
    decimals: int | None = 2
    rank_rounded: bool = False
    low: Fraction | None = ZERO
    high: Fraction | None = None
    rescaled: bool = False
    bonus_cap: Fraction | None = None
    penalty_cap: Fraction | None = None
    grades: tuple[tuple[Fraction, str], ...] = ()
    promotions_most: int = 1
    barred_after: int | None = None
    tie_break: tuple[str, ...] = ()
    excluded: tuple[tuple[object, str], ...] = ()  # (unit, reason)

    def __post_init__(self):
        rows = {row.code: row for row in self.rows}
        if len(rows) < len(self.rows):
            raise SchemeError("各行的编号不能重复")
        if unknown := [code for code in self.tie_break if code not in rows]:
            raise SchemeError(f"同分比较里的“{unknown[0]}”不是本办法的一行")
        if self.low is not None and self.high is not None and self.high < self.low:
            raise SchemeError("总分上限不能低于下限")
        for row in self.rows:
            seen, above = {row.code}, row.within
            while above:
                if above not in rows:
                    raise SchemeError(f"“{row.label}”的上级“{above}”不是本办法的一行")
                if above in seen:
                    raise SchemeError(f"“{row.label}”的上级绕成了圈")
                seen.add(above)
                above = rows[above].within
            if (row.kind == Kind.RULE) != row.method.condition:
                raise SchemeError(f"“{row.label}”：否决与晋档方法只能用于“否决与晋档”行")
            if row.source.reads not in row.method.reads:
                raise SchemeError(f"“{row.label}”：“{row.method.label}”不能按所选的取数方式计算")


@dataclass(frozen=True)
class RowResult:
    """One row for one unit; points None is "not applicable", which is not 0."""

    row: Row
    points: Fraction | None
    trace: Trace
    below: tuple["RowResult", ...] = ()
    value: Fraction | None = None
    holds: bool = False
    self_score: Fraction | None = None
    read: str = "—"  # the value as it is printed

    @property
    def difference(self):
        """Assessed less self-assessed; None where either is missing."""
        return None if None in (self.points, self.self_score) else self.points - self.self_score


@dataclass(frozen=True)
class Result:
    """A unit's score with everything that explains it; score None has its reason in why.

    ranked is the total that its place comes from: unrounded, unless the scheme rounds first.
    """

    unit: object
    name: str
    group: str
    score: Fraction | None
    why: str = ""
    rows: tuple[RowResult, ...] = ()
    steps: tuple[Step, ...] = ()
    rank: int | None = None
    tied: bool = False
    grade: str = ""
    barred: tuple[str, ...] = ()
    promoted: tuple[str, ...] = ()
    ranked: Fraction | None = None

    def all_rows(self):
        """Walk all rows, each followed by those below it."""
        waiting = list(reversed(self.rows))
        while waiting:
            found = waiting.pop()
            yield found
            waiting += reversed(found.below)

    @property
    def self_score(self):
        """The sum of the self-assessed points as they would be added up; None where nothing was self-assessed."""
        marks = [row.self_score * SIGNS.get(row.row.kind, 1) for row in self.all_rows() if row.self_score is not None]
        return sum(marks, ZERO) if marks else None

    @property
    def difference(self):
        """The score less what the unit gave itself; None where either is missing."""
        own = self.self_score
        return None if self.score is None or own is None else self.score - own


def evaluate(scheme: Scheme, units: Sequence[Facts], on: date | None = None) -> dict[object, Result]:
    """Return {unit: result} by the clauses in effect on a day; the order of units and of rows does not matter."""
    excluded = dict(scheme.excluded)
    taking_part = [facts for facts in units if facts.unit not in excluded]
    rows = [row for row in scheme.rows if row.holds_on(on)]
    readings = {row.code: _readings(row, taking_part) for row in rows}
    desk = _Desk(scheme, rows, readings)
    drafts = {facts.unit: desk.result(facts) for facts in taking_part}
    for facts in units:
        if facts.unit in excluded:
            why = f"不参加考核：{excluded[facts.unit]}"
            drafts[facts.unit] = Result(facts.unit, facts.name, facts.group, None, why)
    places = _places(scheme, drafts)
    return {facts.unit: _placed(drafts[facts.unit], *places.get(facts.unit, (None, False))) for facts in units}


def _placed(result, rank, tied):
    return Result(**{**result.__dict__, "rank": rank, "tied": tied})


def _readings(row, units):
    """Return {group: {unit: what the row reads}} of the units it holds for."""
    by_group = defaultdict(dict)
    for facts in units:
        if facts.in_scope(row.scope):
            by_group[facts.group][facts.unit] = read(row.source, facts)
    return by_group


def _places(scheme, results):
    """Return {unit: (place, tied)} within the groups, equal scores told apart by the rows of the tie-break."""
    keys = {}
    for unit, result in results.items():
        if result.score is not None:
            values = {row.row.code: row.value for row in result.all_rows()}
            decisive = [values.get(code) for code in scheme.tie_break]
            keys[unit] = (result.ranked, *((value is not None, value or ZERO) for value in decisive))
    order = {key: Fraction(n) for n, key in enumerate(sorted(set(keys.values())))}
    return ranks_within_groups(
        {unit: order[key] for unit, key in keys.items()}, {unit: result.group for unit, result in results.items()}
    )


class _Desk:
    """Works one scheme out for one unit after the other, from the same readings."""

    def __init__(self, scheme, rows, readings):
        self.scheme, self.readings = scheme, readings
        self.below = defaultdict(list)
        codes = {row.code for row in rows}
        for row in rows:
            if not row.within or row.within in codes:
                self.below[row.within].append(row)

    def result(self, facts):
        """Return the unit's score and its making, without a place."""
        rows = tuple(filter(None, (self.row(row, facts) for row in self.below[""])))
        items = [row for row in rows if row.row.kind == Kind.ITEM and row.points is not None]
        if not items:
            return Result(facts.unit, facts.name, facts.group, None, "没有可计分的项目", rows)
        base, steps = self.items(items, [row for row in rows if row.row.kind == Kind.ITEM])
        for kind, cap, sign in ((Kind.BONUS, self.scheme.bonus_cap, 1), (Kind.PENALTY, self.scheme.penalty_cap, -1)):
            extra = [row.points for row in rows if row.row.kind == kind and row.points is not None]
            if extra:
                total = clamp(sum(extra, ZERO), None, cap)
                told = " + ".join(shown(points) for points in extra)
                capped = "" if total == sum(extra, ZERO) else f"，最多 {shown(cap)} 分"
                steps.append(Step(f"{KINDS[kind][:2]}合计", f"{told}{capped}", None if capped else total))
                base += sign * total
        return self.finished(facts, rows, base, steps)

    def items(self, items, all_items):
        """Return the sum of the items, rescaled to those that are owed where the scheme says so."""
        total = sum((row.points for row in items), ZERO)
        steps = [Step("计分项合计", " + ".join(shown(row.points) for row in items), total)]
        if self.scheme.rescaled:
            worth = [row.row.worth for row in all_items if row.row.worth]
            owed = [row.row.worth for row in items if row.row.worth]
            whole, held = sum(worth, ZERO), sum(owed, ZERO)
            if held and whole != held:
                told = f"{shown(total)} ÷ {shown(held)} × {shown(whole)}"
                total = total / held * whole
                steps.append(Step("按应计分值折算", told, total))
        return total, steps

    def finished(self, facts, rows, total, steps):
        """Return the result: total held, limited by vetoes and rounded, then grade and awards."""
        scheme = self.scheme
        steps.append(Step("得分", "计分项 + 加分 − 扣分", total))
        held = clamp(total, scheme.low, scheme.high)
        if held != total:
            steps.append(Step("总分限额", f"{shown(total)} 按限计 {shown(held)}"))
        holding = [row for row in self.walk(rows) if row.holds]
        vetoes = [row for row in holding if isinstance(row.row.method, Veto)]
        for row in vetoes:
            method = row.row.method
            if method.effect == "limit" and held > method.limit:
                steps.append(Step(row.row.label, f"{shown(held)} 限为 {shown(method.limit)}"))
                held = method.limit
        rounded = held if scheme.decimals is None else Fraction(half_up(held, scheme.decimals))
        if rounded != held:
            steps.append(Step(f"保留 {scheme.decimals} 位小数", f"{shown(held)} 四舍五入为 {shown(rounded)}"))
            told = f"按取整后的 {shown(rounded)}" if scheme.rank_rounded else f"按未取整的 {shown(held)}"
            steps.append(Step("名次和等次", told))
        ranked = rounded if scheme.rank_rounded else held
        promoted = [row for row in holding if row not in vetoes]
        grade, barred = self.award(ranked, vetoes, promoted)
        names = tuple(row.row.label for row in promoted)
        return Result(
            facts.unit,
            facts.name,
            facts.group,
            rounded,
            "",
            rows,
            tuple(steps),
            grade=grade,
            barred=barred,
            promoted=names,
            ranked=ranked,
        )

    def walk(self, rows):
        """Return rows and all below them."""
        return [found for row in rows for found in (row, *self.walk(row.below))]

    def award(self, score, vetoes, promoted):
        """Return (grade, why awards are barred): by score, up by promotions, down by demotions, last by failures."""
        effects = [row.row.method.effect for row in vetoes]
        barred = [row.row.label for row in vetoes if row.row.method.effect == "barred"]
        demotions = effects.count("demote")
        if self.scheme.barred_after is not None and demotions >= self.scheme.barred_after:
            barred.append(f"{demotions} 项不达标")
        names = [name for _at, name in sorted(self.scheme.grades, key=lambda pair: -pair[0])]
        if not names:
            return "", tuple(barred)
        place = sum(score < at for at, _name in self.scheme.grades)
        up = sum(int(row.row.method.grades) for row in promoted)
        place = min(place, len(names) - 1) - min(up, self.scheme.promotions_most) + demotions
        place = len(names) - 1 if "fail" in effects else max(0, min(place, len(names) - 1))
        return names[place], tuple(barred)

    def row(self, row, facts):
        """Return a row for a unit; None where it does not hold for the unit at all."""
        if not facts.in_scope(row.scope):
            return None
        group = self.readings[row.code][facts.group]
        own = group[facts.unit]
        below = tuple(filter(None, (self.row(part, facts) for part in self.below[row.code])))
        mine = facts.self_scores.get(row.code)
        failed = [told for holds, told in (need.check(facts) for need in row.needs) if not holds]
        if failed:
            trace = Trace(own.inputs, "", own.steps, "；".join(failed) + "，不计")
            return RowResult(
                row, None if row.method.condition else ZERO, trace, (), own.value, self_score=mine, read=own.text
            )
        return self.scored(row, own, tuple(group.values()), below, mine)

    def scored(self, row, own, group, below, mine):
        """Return a row by its method, with the rows below it added, held, weighted and rounded."""
        missing = own.missing
        if missing is not None and not row.method.condition:
            zero = missing == Missing.NOT_REPORTED and row.unreported == "zero"
            note = f"{missing}，按 0 分计" if zero else str(missing)
            if row.kind != Kind.ITEM and not zero:
                note = f"{missing}，不加不扣" if missing != Missing.NOT_OWED else str(missing)
            return RowResult(
                row, ZERO if zero else None, Trace(own.inputs, "", own.steps, note), below, self_score=mine
            )
        outcome = row.method.score(own, group)
        steps = [*own.steps, *outcome.steps]
        points = None if row.method.condition else self.total(row, outcome.points, below, steps)
        trace = Trace(own.inputs, outcome.formula, tuple(steps))
        return RowResult(row, points, trace, below, own.value, outcome.holds, mine, own.text)

    def total(self, row, points, below, steps):
        """Return the row's points: own and those below it, held between its limits, weighted, rounded."""
        known = [part for part in below if part.points is not None]
        if below and not known and row.is_head:
            return None
        for part in known:
            points += -part.points if part.row.kind == Kind.PENALTY else part.points
        low, high = row.low, row.high
        penalised = any(part.row.kind == Kind.PENALTY for part in known)
        if low is None and penalised:
            low = ZERO  # taken off until the item is exhausted
        if known:
            told = "各子项" if row.is_head else "本项与各子项"
            steps.append(Step("子项合计", told, points))
        held = clamp(points, low, high)
        if held != points:
            why = "，扣完为止" if penalised and held == low else ""
            steps.append(Step("本项限额", f"{shown(points)} 按限计 {shown(held)}{why}"))
        weighted = held * row.weight
        if row.weight != 1:
            steps.append(Step("权重", f"{shown(held)} × {shown(row.weight, is_ratio=True)}", weighted))
        if row.decimals is not None:
            rounded = Fraction(half_up(weighted, row.decimals))
            if rounded != weighted:
                told = f"{shown(weighted)} 保留 {row.decimals} 位小数为 {shown(rounded)}"
                steps.append(Step("四舍五入", told))
            weighted = rounded
        return weighted


def printed(score: Fraction | None, decimals: int | None = 2) -> str:
    """Print points half-up, trailing zeros dropped; "—" where there are none."""
    if score is None:
        return "—"
    return shown(Fraction(half_up(score, 2 if decimals is None else decimals)))
