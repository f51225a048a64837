"""Figures beside the same days last year, and what they will have come to at the end (R103)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from campaigns import clock, links
from campaigns.lines import Line, Standings
from campaigns.models import Basis
from campaigns.numbers import base_word, in_measure, measure_of, percent_text, plain, round_half_up
from campaigns.outlook import outlook, said_forecasts
from campaigns.outlook import told as told_outlook
from campaigns.yearly import YearOnYear, year_on_year
from reports.figures.campaign import done_number
from reports.figures.month import told
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class YearFigure:
    """One figure of a unit (of the organiser "") beside last year's; before is None where the ledger knows none."""

    name: str
    measure: str
    unit: str
    group: str
    now: Number | None
    before: Number | None
    before_value: Decimal | None
    change: Decimal | None
    change_text: str  # without sign, "" where unknown
    growth: Fraction | None  # None from nothing or from below zero
    cell: str = "—"  # last year's figure, in the measure of the indicator, without it


@dataclass(frozen=True)
class Years:
    """The organiser's figures beside last year's, and its units'."""

    rows: tuple[YearFigure, ...]
    units: tuple[YearFigure, ...]

    @property
    def known(self) -> tuple[YearFigure, ...]:
        """Those of the organiser of which the ledger knows last year."""
        return tuple(row for row in self.rows if row.before is not None)

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {招商信息·去年同期}, {招商信息·同比增减}, {招商信息·同比增幅}."""
        for row in (*self.rows, *self.units):
            if row.before is None:
                continue
            name = f"{row.unit}·{row.name}" if row.unit else row.name
            yield f"{name}·去年同期", row.before
            if row.change is None:
                continue
            of = replace(row.now, denominator=row.before.text)
            yield f"{name}·同比增减", replace(of, text=signed(row.change, row.change_text))
            if row.growth is not None:
                yield f"{name}·同比增幅", replace(of, text=signed(row.growth, percent_text(abs(row.growth))))


def signed(value, text: str) -> str:
    """Print a number with its sign: 增12条, 减3条; 持平 where there is none."""
    return "持平" if not value else f"{'增' if value > 0 else '减'}{text}"


def read_years(state: Standings, window: Window) -> Years:
    """Read the figures of the same days a year earlier: one query."""
    found = year_on_year(state)
    return Years(
        rows=tuple(
            _year(state, state.totals[line_id], row) for (unit, line_id), row in found.items() if unit is None
        ),
        units=tuple(_year(state, state.lines[key], row) for key, row in found.items() if key[0] is not None),
    )


def _year(state, line: Line, found: YearOnYear) -> YearFigure:
    measure, unit_id = line.column.measure, "" if line.is_total else line.unit_id
    before = None
    if found.before is not None:
        first, last = (clock.year_before(day).isoformat() for day in (state.campaign.starts_on, state.as_of))
        href = links.rows_url(
            state.campaign.pk, line.column.line_id, unit_id, line.basis, state.as_of, last_year=True
        )
        text = told(found.before, measure)
        before = Number(text, href, line.column.name, str(Basis(line.basis).label), first, last)
    return YearFigure(
        name=line.column.name,
        measure=measure,
        unit="" if line.is_total else line.unit,
        group=line.group,
        now=None if found.now is None else done_number(state, line),
        before=before,
        before_value=found.before,
        change=found.change,
        change_text="" if found.change is None else told(abs(found.change), measure),
        growth=found.growth,
        cell="—" if found.before is None else plain(in_measure(found.before, measure)),
    )


@dataclass(frozen=True)
class Forecast:
    """What the organiser's figure on an indicator will come to; by is who said so, "" where it is reckoned."""

    name: str
    amount: Number
    share: Fraction | None
    percent: str
    by: str
    on: str


@dataclass(frozen=True)
class Forecasts:
    """What is expected at the end; nothing of what cannot be reckoned and nobody said, nothing once it is over."""

    rows: tuple[Forecast, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {招商信息·期末预计}, {招商信息·期末预计完成率}."""
        for row in self.rows:
            yield f"{row.name}·期末预计", row.amount
            if row.share is not None:
                yield f"{row.name}·期末预计完成率", replace(row.amount, text=row.percent)


def read_forecasts(state: Standings, window: Window) -> Forecasts:
    """Read what was said of the end and reckon the rest: one query."""
    if state.as_of >= state.campaign.ends_on:
        return Forecasts(())
    said = said_forecasts(state.campaign, state.as_of)
    return Forecasts(tuple(row for line in state.totals.values() if (row := _forecast(state, line, said))))


def expected(amount: Fraction, measure: str) -> str:
    """Print an expectation: what is counted one by one in whole numbers, from one on."""
    if measure_of(measure).factor == 1 and abs(amount) >= 1 and base_word(measure_of(measure).dimension) != "万元":
        return f"{plain(round_half_up(amount, 0))}{measure}"
    return f"{told_outlook(amount, measure)}{measure}"


def _forecast(state, line, said):
    found = outlook(state, line, said.get((line.unit_id, line.column.line_id)))
    if found.amount is None or line.done is None:
        return None
    measure = line.column.measure
    amount = replace(
        done_number(state, line), text=expected(found.amount, measure),
        last=state.campaign.ends_on.isoformat(),
    )  # fmt: skip
    by = found.said.said_by if found.said else ""
    on = found.said.on.isoformat() if found.said else ""
    return Forecast(line.column.name, amount, found.share, percent_text(found.share), str(by), on)
