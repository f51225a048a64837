"""What the issue's own period brought, beside the figure to date and beside the period before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from campaigns import links
from campaigns.courses import sums_on
from campaigns.lines import Line, Standings
from campaigns.numbers import amount_text, base_word, in_measure, measure_of, money_text, plain
from campaigns.yearly import is_summed
from reports import periods
from reports.figures.campaign import done_number
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Gain:
    """What one unit (of the organiser "") added to an indicator in the period; done is the figure to date."""

    unit: str
    group: str
    gained: Number | None  # None: nothing was reported since the campaign began
    value: Decimal | None
    done: Number | None
    cell: str = "—"  # what was added, in the measure of the indicator, without it


@dataclass(frozen=True)
class GainRow:
    """One indicator in the period: the organiser and its units, and what the period before brought."""

    name: str
    measure: str
    whole: Gain
    before: Number | None  # None: there is no period before within the campaign, or nothing was reported in it
    before_value: Decimal | None
    more: str  # how far the two are apart, "" where they are level or one is unknown
    units: tuple[Gain, ...]

    @property
    def top(self) -> tuple[Gain, ...]:
        """The units that added most; none where nobody added anything."""
        added = [row for row in self.units if row.value is not None and row.value > 0]
        most = max((row.value for row in added), default=None)
        return tuple(row for row in added if row.value == most)


@dataclass(frozen=True)
class Month:
    """The period of the issue, by the word it goes by (本周, 本月, 本期), with every indicator that is added up."""

    word: str
    first: date
    last: date
    before_word: str  # "" without a period before within the campaign
    is_whole: bool  # whether it is the campaign so far, so that it says nothing that the figures to date do not
    rows: tuple[GainRow, ...]

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return len(self.rows[0].units) if self.rows else 0

    @property
    def idle(self) -> tuple[str, ...]:
        """The units that added nothing to any indicator."""
        columns = zip(*(row.units for row in self.rows), strict=True)
        return tuple(units[0].unit for units in columns if not any(unit.value for unit in units))

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {招商信息·本期}, {招商信息·上期}, {甲镇·招商信息·本期}."""
        for row in self.rows:
            if row.whole.gained is not None:
                yield f"{row.name}·本期", row.whole.gained
            if row.before is not None:
                yield f"{row.name}·上期", row.before
            for unit in row.units:
                if unit.gained is not None:
                    yield f"{unit.unit}·{row.name}·本期", unit.gained


def told(value: Decimal, measure: str) -> str:
    """Print an amount that was added; money in 亿元 or 万元, whichever reads better."""
    if base_word(measure_of(measure).dimension) == "万元":
        return money_text(value)
    return amount_text(value, measure)


def read(state: Standings, window: Window) -> Month:
    """Read what was added in the window and in the period before: one query for all days."""
    campaign = state.campaign
    eve = window.first - timedelta(days=1)
    span = periods.span_before(window.rhythm, window.first, window.last)
    span = span if span and span.first >= campaign.starts_on else None
    days = {eve} | ({span.first - timedelta(days=1), span.last} if span else set())
    sums = sums_on(state, sorted(day for day in days if day >= campaign.starts_on))
    columns = [column for column in state.columns if is_summed(column)]
    return Month(
        word=periods.word_of(window.rhythm),
        first=window.first,
        last=window.last,
        before_word=span.word if span else "",
        is_whole=periods.first_of_period(window.rhythm, window.last) is None and window.first <= campaign.starts_on,
        rows=tuple(_row(state, column, window.first, span, sums) for column in columns),
    )


def _row(state, column, first, span, sums):
    total, lines = state.totals[column.line_id], state.of_column(column.line_id)
    whole = _gain(state, total, first, sums)
    before, number = None, None
    if span:
        eve = span.first - timedelta(days=1)
        upto = sums[span.last][None, column.line_id]
        begun = sums[eve][None, column.line_id] if eve in sums else None
        before = None if upto is None else upto - (begun or Decimal(0))
    if before is not None:
        href = links.rows_url(state.campaign.pk, column.line_id, "", total.basis, span.last, since=span.first)
        number = replace(
            done_number(state, total), text=told(before, column.measure), href=href, first=span.first.isoformat(),
            last=span.last.isoformat(), denominator="",
        )  # fmt: skip
    apart = whole.value - before if before is not None and whole.value is not None else Decimal(0)
    return GainRow(
        name=column.name,
        measure=column.measure,
        whole=whole,
        before=number,
        before_value=before,
        more=told(abs(apart), column.measure) if apart else "",
        units=tuple(_gain(state, line, first, sums) for line in lines),
    )


def _gain(state, line: Line, first, sums) -> Gain:
    unit, group = ("", "") if line.is_total else (line.unit, line.group)
    if line.done is None:
        return Gain(unit, group, None, None, None)
    eve = first - timedelta(days=1)
    begun = sums[eve][None if line.is_total else line.unit_id, line.column.line_id] if eve in sums else None
    value, done = line.done - (begun or Decimal(0)), done_number(state, line)
    href = links.rows_url(
        state.campaign.pk,
        line.column.line_id,
        "" if line.is_total else line.unit_id,
        line.basis,
        state.as_of,
        since=first,
    )
    gained = replace(done, text=told(value, line.column.measure), href=href, first=first.isoformat(), denominator="")
    return Gain(unit, group, gained, value, done, plain(in_measure(value, line.column.measure)))
