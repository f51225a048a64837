"""Further figures, read in the same snapshot by those parts of a report that speak of them.

A facet is a frozen dataclass. `read(state, window)` reads it; where it has `numbers()`, that yields (name, Number)
for what may be cited in typed text.
"""

from collections.abc import Callable

from campaigns.lines import Standings
from reports.figures.values import Window

FACETS: dict[str, Callable[[Standings, Window], object]] = {}
