"""What stands beside a year's figures: the other basis, the same days of last year, what is expected by the end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from campaigns.lines import Column, Line, Standings
from campaigns.models import Basis, Indicator
from campaigns.numbers import amount_text, measure_of, percent_text, plain, round_half_up
from campaigns.outlook import Outlook, outlook, said_forecasts
from campaigns.yearly import YearOnYear, year_on_year
from projects.models.rates import Currency
from reports.figures.campaign import done_number
from reports.figures.values import Number, Window

OTHER = {Basis.REPORTED: Basis.RECOGNISED, Basis.RECOGNISED: Basis.REPORTED}


@dataclass(frozen=True)
class Beside:
    """What stands beside one indicator's figure; "" where nothing is known."""

    name: str
    done: Number
    is_money: bool
    is_foreign: bool  # counted in a foreign currency
    is_drafted: bool  # owed, or counted from facts: a tally that nobody owes is left to those who write
    basis: str
    other: str  # the figure on the other basis
    other_basis: str
    before: str  # of the same days last year
    trend: int  # 1 more than last year, -1 less, 0 as much
    change: str  # by how much, without sign
    growth: str  # by which share, without sign; "" from nothing
    expected: str  # what somebody expects by the end
    will_meet: bool
    to_come: str  # what of it is still to come

    @property
    def differs(self) -> bool:
        """Whether the other basis has another figure."""
        return bool(self.other) and self.other != self.done.text


@dataclass(frozen=True)
class Year:
    """What stands beside each indicator, in the order of the indicators."""

    rows: tuple[Beside, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for row in self.rows:
            told = {
                row.basis: row.done.text if row.differs else "",
                row.other_basis: row.other if row.differs else "",
                "预计全年": row.expected,
                "预计还可完成": row.to_come,
            }
            for name, text in told.items():
                if text:
                    yield f"{row.name}·{name}", replace(row.done, text=text)


def read(state: Standings, window: Window) -> Year:
    """Read last year's figures and what was said of the end: two queries beside the standings."""
    last_year, said = year_on_year(state), said_forecasts(state.campaign, state.as_of)
    rows = []
    for column in state.columns:
        line = state.totals[column.line_id]
        end = outlook(state, line, said.get((state.campaign.organiser_id, column.line_id)))
        rows.append(_beside(state, line, last_year.get((None, column.line_id)), end))
    return Year(tuple(rows))


def _beside(state: Standings, line: Line, years: YearOnYear | None, end: Outlook) -> Beside:
    column = line.column
    dimension = measure_of(column.measure).dimension
    is_foreign = dimension in Currency.values
    known = years is not None and years.change is not None
    is_said = end.said is not None
    ahead = is_said and end.said.amount > line.done
    return Beside(
        name=column.name,
        done=done_number(state, line),
        is_money=dimension == "money" or is_foreign,
        is_foreign=is_foreign,
        is_drafted=bool(line.target) or column.fed_by == Indicator.Feed.FACTS,
        basis=str(Basis(line.basis).label),
        other="" if line.other is None else amount_text(line.other, column.measure),
        other_basis=str(OTHER[Basis(line.basis)].label),
        before=amount_text(years.before, column.measure) if known else "",
        trend=(years.change > 0) - (years.change < 0) if known else 0,
        change=amount_text(abs(years.change), column.measure) if known else "",
        growth=percent_text(abs(years.growth)) if known and years.growth is not None else "",
        expected=_rounded(end.said.amount, column) if is_said else "",
        will_meet=is_said and end.share is not None and end.share >= 1,
        to_come=_rounded(end.said.amount - line.done, column) if ahead else "",
    )


def _rounded(value: Decimal, column: Column) -> str:
    """Print an expectation with at most two places."""
    factor = measure_of(column.measure).factor
    return plain(round_half_up(value / factor, 2)) + column.measure
