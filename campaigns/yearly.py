"""This year beside last (同比): what the ledger holds of the same days a year earlier, and how that is told."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns import clock
from campaigns.lines import Column, Line, Standings, quotient
from campaigns.models import Campaign, Indicator
from campaigns.numbers import from_millionths, in_measure, percent_text, plain
from campaigns.standings import OFF_ROSTER, ORGANISER, figure, load_columns, load_units, rolled_up, roster_owner

Figures = dict[tuple[int | None, int], Decimal | None]  # by (unit id, None for the organiser; line id)


@dataclass(frozen=True)
class YearOnYear:
    """A figure beside that of the same days a year earlier; before is None where the ledger knows nothing of them."""

    now: Decimal | None
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """How much more (positive) or less it is; None where either is unknown."""
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def growth(self) -> Fraction | None:
        """By which share it grew; None from nothing, from below zero, and where either is unknown."""
        return None if self.change is None or self.before <= 0 else quotient(self.change, self.before)


@dataclass(frozen=True)
class YearRow:
    """One figure's comparison with last year, printed; note says why there is no percentage."""

    before: str
    url: str
    change: str
    growth: str
    css: str
    note: str = ""


def is_summed(column: Column) -> bool:
    """Say whether an indicator is compared with last year: one that is added up, no level and no ratio."""
    return column.kind == Indicator.Kind.SUM


def year_on_year(state: Standings) -> dict[tuple[int | None, int], YearOnYear]:
    """Return every summed figure beside last year's, by (unit id, None for the organiser; line id): one query."""
    columns = [column for column in state.columns if is_summed(column)]
    if not columns:
        return {}
    found = _figures(state.campaign, columns, state.owner, state.as_of, state.basis)
    lines = {None: state.totals} | {
        unit_id: {column.line_id: state.lines[unit_id, column.line_id] for column in columns}
        for unit_id in state.unit_ids
    }
    return {
        (unit_id, column.line_id): YearOnYear(lines[unit_id][column.line_id].done, found[unit_id, column.line_id])
        for unit_id in lines
        for column in columns
    }


def results_of_last_year(campaign: Campaign) -> Figures:
    """Return what each unit had reached a year before the campaign's end, levels too: what growth is stated over."""
    columns = [column for column in load_columns(campaign, campaign.ends_on)[0] if not column.ratio_of]
    units = load_units(campaign)
    roster = {unit["id"] for unit in units if unit["seat__id"] is not None}
    owner = roster_owner(units, roster, campaign.organiser_id)
    return _figures(campaign, columns, owner, campaign.ends_on, None)


def _figures(campaign, columns, owner, as_of, basis) -> Figures:
    """Return the figures of the same days a year earlier; None where the ledger has nothing of them.

    An indicator that is fed by facts is known of last year where any unit has one: only then is nothing a zero.
    """
    first, last = (clock.year_before(day) for day in (campaign.starts_on, as_of))
    sums, _before = rolled_up(campaign, columns, owner, last, None, first)
    everyone = list(dict.fromkeys(owner.values()))
    roster = [holder for holder in everyone if holder != OFF_ROSTER]
    found = {}
    for column in columns:
        used = basis or column.basis
        known = any(sums.of([holder], column.indicator_id, used)[1] for holder in everyone)
        whole = [ORGANISER] if column.is_level else roster
        for unit_id, holders in ((None, whole), *((holder, [holder]) for holder in roster if holder != ORGANISER)):
            amount, count = figure(sums, column, holders, used)
            silent = column.is_level and not count
            found[unit_id, column.line_id] = (
                from_millionths(amount) if known and amount is not None and not silent else None
            )
    return found


def signed(value: Decimal) -> str:
    """Print a number with its sign: +12, −3, 0."""
    return ("+" if value > 0 else "−" if value < 0 else "") + plain(abs(value))


def year_row(line: Line, beside: YearOnYear | None, url: str) -> YearRow:
    """Print one comparison; a dash with its reason where there is nothing to compare, words where it was zero."""
    if beside is None:
        return YearRow("—", "", "—", "—", "zs-flat", _("水平值和比率不作同比"))
    if beside.before is None:
        return YearRow("—", "", "—", "—", "zs-flat", _("台账无去年同期记录"))
    before = plain(in_measure(beside.before, line.column.measure))
    if beside.change is None:
        return YearRow(before, url, "—", "—", "zs-flat", _("今年未填报"))
    change = signed(in_measure(beside.change, line.column.measure))
    css = "zs-up" if beside.change > 0 else "zs-down" if beside.change < 0 else "zs-flat"
    if beside.growth is not None:
        growth = percent_text(abs(beside.growth))
        sign = "+" if beside.growth > 0 else "−" if beside.growth < 0 else ""
        return YearRow(before, url, change, _("持平") if not beside.growth else sign + growth, css)
    if beside.before < 0:
        return YearRow(before, url, change, "—", css, _("去年同期为负，不算增幅"))
    words = _("从零起步") if beside.change > 0 else _("降到零以下") if beside.change < 0 else _("两年都是零")
    return YearRow(before, url, change, words, css)
