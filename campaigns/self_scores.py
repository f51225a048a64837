"""What a unit is asked to give itself by a scheme, between which limits, and both columns beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from campaigns.appraisal import plain_row
from campaigns.explaining import PLACES, apart, points_of, signed
from campaigns.models import SchemeRow, SelfScore, SelfSheet
from campaigns.scoring.plain_data import row_of
from campaigns.scoring.scheme import KINDS, SIGNS, Kind, Result, printed
from campaigns.scoring.values import ZERO
from campaigns.standings import standings
from units.models import Role


@dataclass(frozen=True)
class Asked:
    """One clause that a unit gives itself points on, with the least and the most it can give; None has no limit."""

    row: SchemeRow
    low: Fraction | None
    high: Fraction | None
    worth: Fraction | None


def asked(sheet: SelfSheet) -> list[Asked]:
    """Return the clauses of a sheet: those that give points by themselves, for the unit, on the day; two queries."""
    rows = list(sheet.scheme.rows.select_related("indicator", "item"))
    added = [row for row in rows if row.kind != SchemeRow.Kind.PENALTY]  # deductions raise no limit
    headed = {row.within for row in added if row.within}
    seat = sheet.scheme.campaign.roster.filter(unit=sheet.unit_id).values_list("group", flat=True).first() or ""
    holds_for = {seat, str(sheet.unit.get_kind_display())}
    made = []
    for row in rows:
        rule = row_of(plain_row(row))
        stands_alone = not row.within and rule.kind != Kind.RULE
        if stands_alone and rule.holds_on(sheet.as_of) and (not row.scope or holds_for.intersection(row.scope)):
            low, high = limits(rule, row.code in headed)
            made.append(Asked(row, low, high, rule.worth or high))
    return made


def limits(rule, is_head: bool) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the most a clause can give, weighted; rows below it leave it to its own limits."""
    low, high = (None, None) if is_head else rule.method.bounds
    low = rule.low if rule.low is not None else low
    high = rule.high if rule.high is not None else high
    if rule.kind == Kind.PENALTY:
        low = ZERO
    return tuple(None if value is None else value * rule.weight for value in (low, high))


def sheets_of(campaign_id: int, unit_id: int, user) -> list[SelfSheet]:
    """Return the unit's sheets in a campaign that the user may see, the newest first, their scores loaded."""
    found = SelfSheet.objects.visible_to(user).filter(scheme__campaign=campaign_id, unit=unit_id)
    return list(found.prefetch_related("scores__row").order_by("-as_of", "-pk"))


def given_themselves(sheets: Iterable[SelfSheet], as_of) -> dict[tuple[int, int], dict[str, Fraction]]:
    """Return {(scheme id, unit id): {code: points}} of the sheets that were handed in for a day."""
    return {
        (sheet.scheme_id, sheet.unit_id): {score.row.code: Fraction(score.points) for score in sheet.scores.all()}
        for sheet in sheets
        if sheet.as_of == as_of and sheet.submitted_on is not None
    }


@dataclass(frozen=True)
class SheetLine:
    """One clause with both columns: what the unit gives itself and why, what it is given, what apart they are."""

    row: SchemeRow
    kind: str
    worth: str
    read: str
    own: str
    evidence: str
    given: str
    difference: str
    opinion: str


@dataclass(frozen=True)
class SheetTotals:
    """Both totals, and what apart they are."""

    own: str
    given: str
    difference: str


def assessed(sheet: SelfSheet) -> Result | None:
    """Return the unit's result by the sheet's scheme as of its day; None where it is not on the roster."""
    state = standings(sheet.scheme.campaign, sheet.as_of, tried=sheet.scheme_id)
    return state.results.get(sheet.unit_id)


def shown_scores(sheet: SelfSheet, user) -> list[SelfScore]:
    """Return what a unit gives itself; what it has not handed in only its own clerks read."""
    may = sheet.submitted_on is not None or user.holds(Role.CLERK, sheet.unit)
    return list(sheet.scores.all()) if may else []


def sheet_lines(sheet: SelfSheet, result: Result | None, user) -> list[SheetLine]:
    """Return both columns of a sheet, clause by clause."""
    scores = {score.row_id: score for score in shown_scores(sheet, user)}
    given = {found.row.code: found for found in result.rows} if result else {}
    lines = []
    for part in asked(sheet):
        score, found = scores.get(part.row.pk), given.get(part.row.code)
        own = None if score is None else Fraction(score.points)
        points, kind = found.points if found else None, Kind(part.row.kind)
        difference = None if own is None or points is None else points - own
        lines.append(
            SheetLine(
                row=part.row,
                kind=KINDS[kind],
                worth=printed(part.worth, PLACES),
                read=found.read if found else "—",
                own=signed(own, kind),
                evidence=score.evidence if score else "",
                given=points_of(found) if found else "—",
                difference=apart(difference, kind),
                opinion=score.opinion if score else "",
            )
        )
    return lines


def own_total(scores: Iterable[SelfScore]) -> Fraction | None:
    """Return what a unit gives itself altogether: items and bonuses, less penalties; None without any."""
    marks = [Fraction(score.points) * SIGNS.get(Kind(score.row.kind), 1) for score in scores]
    return sum(marks, ZERO) if marks else None


def totals(sheet: SelfSheet, given: Fraction | None, user) -> SheetTotals:
    """Return both totals of a sheet whose scores are loaded with their rows."""
    own = own_total(shown_scores(sheet, user))
    difference = None if own is None or given is None else given - own
    return SheetTotals(printed(own, PLACES), printed(given, PLACES), apart(difference))
