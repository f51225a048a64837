"""What one glance at a drive says: who leads, who lags, what is promised next, how far projects came.

Rows a template can print; knows no request and no query.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.numbers import plain, round_half_up, spaced_money
from campaigns.ranking import Bar, Group, RankingRow
from projects.coming import NAMES, TRIP, Coming
from reports.pipeline import Step

NAMED = 3  # units named as leading and as lagging
AHEAD = 7  # days that are looked ahead
ROWS = 16  # rows of a ranking that are shown whole
FIRST, LAST = 10, 4  # of a longer one: how many from the top, how many from the bottom
LISTED = 6  # lines of what comes


@dataclass(frozen=True)
class Ends:
    """The units at the top and at the bottom of a group; none twice, and nobody without a place."""

    first: tuple[RankingRow, ...]
    last: tuple[RankingRow, ...]


def ends_of(part: Group | None) -> Ends:
    """Return who leads and who lags in a group; in a small one each half names as many."""
    placed = [row for row in part.rows if not row.reason] if part else []
    each = min(NAMED, len(placed) // 2)
    return Ends(tuple(placed[:each] or placed[:1]), tuple(placed[len(placed) - each :] if each else ()))


def folded(part: Group) -> list[tuple[RankingRow | None, int]]:
    """Return the rows of a group that the overview shows; (None, n) stands for n rows left out between them.

    A long ranking shows its top, its bottom and the reader's own units.
    """
    rows = part.rows
    if len(rows) <= ROWS:
        return [(row, 0) for row in rows]
    made: list[tuple[RankingRow | None, int]] = []
    for place, row in enumerate(rows):
        if place < FIRST or place >= len(rows) - LAST or row.is_mine:
            made.append((row, 0))
        elif made[-1][0] is None:
            made[-1] = (None, made[-1][1] + 1)
        else:
            made.append((None, 1))
    return made


@dataclass(frozen=True)
class Due:
    """One thing of the days to come, printed."""

    on: date
    word: str
    text: str
    detail: str
    url: str


@dataclass(frozen=True)
class Week:
    """What the days to come hold: sums by kind, the first lines, and how many more there are."""

    sums: tuple[str, ...]
    lines: tuple[Due, ...]
    more: int


def week_of(found: Collection[Coming]) -> Week:
    """Print what is promised: 资金到位 2 笔 1.2 亿元, 开工 3 个, 外出招商 2 批."""
    groups: dict[str, list[Coming]] = {}
    for row in found:
        groups.setdefault(row.what, []).append(row)
    sums = []
    for what in [*NAMES, TRIP]:
        if rows := groups.get(what):
            amounts = [row.amount for row in rows if row.amount is not None]
            worth = f"，{spaced_money(sum(amounts, Decimal(0)))}" if amounts else ""
            sums.append(_("%(what)s %(n)d 项") % {"what": name_of(what), "n": len(rows)} + worth)
    lines = [due_of(row) for row in list(found)[:LISTED]]
    return Week(tuple(sums), tuple(lines), len(found) - len(lines))


def name_of(what: str) -> str:
    """Name a kind of what is to come."""
    return _("外出招商") if what == TRIP else NAMES[what]


def due_of(row: Coming) -> Due:
    """Print one line."""
    told = [part for part in (row.unit, spaced_money(row.amount) if row.amount is not None else "") if part]
    return Due(row.on, name_of(row.what), row.title, " · ".join(told), row.url)


@dataclass(frozen=True)
class Flow:
    """One step of the projects of the year as a bar against the widest."""

    name: str
    count: int
    sums: tuple[str, ...]
    url: str
    bar: Bar


def flow_of(steps: Collection[Step]) -> list[Flow]:
    """Return the steps with their bars."""
    most = max([1, *(step.count for step in steps)])
    made = []
    for step in steps:
        width = plain(round_half_up(Fraction(100 * step.count, most), 1))
        bar = Bar(width, "", False, "ok", f"{step.name} {step.count}")
        made.append(Flow(step.name, step.count, step.sums, step.url, bar))
    return made
