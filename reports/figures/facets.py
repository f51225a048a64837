"""Further figures, read in the same snapshot by those parts of a report that speak of them.

A facet is a frozen dataclass. `read(state, window)` reads it; where it has `numbers()`, that yields (name, Number)
for what may be cited in typed text.
"""

from collections.abc import Callable

from campaigns.lines import Standings
from reports.figures import attention, breakdown, lists, month, moves, order, pace, unit_lines, years, zero
from reports.figures.values import Window

FACETS: dict[str, Callable[[Standings, Window], object]] = {
    "month": month.read,
    "moves": moves.read,
    "pace": pace.read,
    "zero": zero.read,
    "year_on_year": years.read_years,
    "forecast": years.read_forecasts,
    "breakdown": breakdown.read,
    "lists": lists.read,
    "attention": attention.read,
    "lines": unit_lines.read,
    "order": order.read,
}
