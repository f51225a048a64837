"""What a wall screen shows: the pages it goes through, each finished for print; no request, no link, no person."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _

from campaigns import ranking
from campaigns.lines import Standings
from campaigns.numbers import percent_text
from reports import charts, overview

UNITS, COLUMNS, CARDS = 16, 8, 4  # as many as a page of 1920 × 1080 holds without scrolling
FEW = 9  # units on a page, up to which its rows are taller
ENOUGH = 5  # units on a page, from which its rows take all the room
NOTICES = 3
SILENT_DAYS = 3  # without an entry: the data is called old


@dataclass(frozen=True)
class Met:
    """How many units reached their quota on one indicator."""

    name: str
    text: str
    bar: str


@dataclass(frozen=True)
class WallPage:
    """One page of the screen."""

    number: int
    count: int
    label: str
    cards: tuple[overview.Kpi, ...]
    heads: tuple[ranking.Head, ...]
    rows: tuple[ranking.RankingRow, ...]
    course_of: str
    course: str
    met: tuple[Met, ...]
    notices: tuple[overview.Todo, ...]
    progress: str

    @property
    def is_sparse(self):
        """Whether there is room for taller rows."""
        return len(self.rows) <= FEW

    @property
    def fills(self):
        """Whether the rows are enough to take all the room there is."""
        return len(self.rows) >= ENOUGH


def parts(rows, size):
    """Cut rows into parts of nearly one size, none longer than `size`; one empty part, if there are none."""
    count = max(1, ceil(len(rows) / size))
    each = ceil(len(rows) / count)
    return [rows[n * each : (n + 1) * each] for n in range(count)] if rows else [rows]


def views_of(state: Standings, groups: Collection[str]):
    """Return (label, rows, columns) of every page: group by group, long ones and wide ones in parts."""
    shown = [
        part
        for part in ranking.ranking_rows(state, lambda line: "", lambda unit_id: "")
        if not groups or part.name in groups
    ]
    columns = list(range(len(state.columns)))
    views = []
    for part in shown:
        cut = [(rows, some) for rows in parts(part.rows, UNITS) for some in parts(columns, COLUMNS)]
        for n, (rows, some) in enumerate(cut, start=1):
            label = part.label if len(cut) == 1 else _("%(group)s（%(n)s/%(of)s）") % {
                "group": part.label, "n": n, "of": len(cut),
            }  # fmt: skip
            views.append((label, rows, some))
    return views or [(_("参战单位"), (), columns[:COLUMNS])]


def page(state: Standings, courses: overview.Courses, number: int, groups: Collection[str] = ()) -> WallPage:
    """Return a page by its number; after the last comes the first again."""
    views = views_of(state, groups)
    number %= len(views)
    label, rows, columns = views[number]
    heads = ranking.heads(state)
    cards = parts(list(state.totals.values()), CARDS)
    drawn = [line_id for line_id, line in state.totals.items() if line_id in courses.now and line.target]
    drawn = drawn or list(courses.now)
    course_of = drawn[number % len(drawn)] if drawn else None
    return WallPage(
        number=number,
        count=len(views),
        label=label,
        cards=tuple(overview.kpi(state, line, "") for line in cards[number % len(cards)]),
        heads=tuple(heads[n] for n in columns),
        rows=tuple(replace(row, cells=tuple(row.cells[n] for n in columns)) for row in rows),
        course_of=next((head.name for head in heads if head.line_id == course_of), ""),
        course=overview.course(state, course_of, courses)[1] if course_of else "",
        met=tuple(met_rows(state)),
        notices=tuple(overview.attention(state, lambda line: "", {}, {"ranking": ""})[:NOTICES]),
        progress=percent_text(state.time_progress),
    )


def met_rows(state: Standings):
    """Return how many units reached their quota, on each indicator that any of them owes."""
    for row in ranking.total_rows(state, lambda line: ""):
        met, owing = state.met(row.line_id)
        if owing:
            told = _("%(met)s 个单位完成，共 %(owing)s 个") % {"met": met, "owing": owing}
            yield Met(row.name, row.met, charts.progress_bar(Fraction(met, owing), None, text=told))


def freshness(newest: datetime | None, now: datetime) -> tuple[str, bool]:
    """Say when the newest entry came in, and whether that is too long ago."""
    if newest is None:
        return _("还没有数据"), True
    days = (now - newest) // timedelta(days=1)
    if days >= SILENT_DAYS:
        return _("已 %s 天没有新数据") % days, True
    return _("最近入账 %s") % newest.strftime("%m-%d %H:%M"), False
