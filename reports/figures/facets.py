"""Further figures, read in the same snapshot by those parts of a report that speak of them.

A facet is a frozen dataclass. `read(state, window)` reads it; where it has `numbers()`, that yields (name, Number)
for what may be cited in typed text.
"""

from collections.abc import Callable

from campaigns.lines import Standings
from reports.figures import (
    attention,
    breakdown,
    cautions,
    deals,
    dues,
    fairs,
    forces,
    land,
    lists,
    major,
    meetings,
    month,
    moves,
    next_year,
    order,
    outings,
    pace,
    promises,
    quotas,
    unit_lines,
    year,
    years,
    zero,
)
from reports.figures.values import Window

FACETS: dict[str, Callable[[Standings, Window], object]] = {
    "outings": outings.read_outings,
    "receptions": outings.read_receptions,
    "fairs": fairs.read,
    "deals": deals.read_deals,
    "shape": deals.read_shape,
    "quotas": quotas.read,
    "dues": dues.read,
    "cautions": cautions.read,
    "forces": forces.read,
    "land": land.read,
    "major": major.read,
    "meetings": meetings.read,
    "next_year": next_year.read,
    "promises": promises.read,
    "year": year.read,
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
