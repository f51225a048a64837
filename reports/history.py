"""Matrix and history of places as grids a template can print, each with the table behind it. No query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns import ranking
from campaigns.lines import Line, Place, Score, Standings, places_gained
from campaigns.models import Campaign, DistrictPlace
from campaigns.numbers import percent_text, plain, round_half_up
from reports import charts
from reports.grids import DOWN, UP, GridCell, GridRow, grid
from reports.overview import day_label, rank_text

WEEKS, NARROW_WEEKS = 26, 9  # columns that a desk and a phone have room for
WIDE, NARROW = 1160, 340
TOP = 3


@dataclass(frozen=True)
class Picture:
    """One group: its drawings for a desk and a phone, and the same as a table."""

    label: str
    wide: str
    narrow: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def matrix(state: Standings, group: str) -> Picture:
    """Return completion of the units of a group by indicator, warm where behind the time progress."""
    heads = [f"{column.name}" for column in state.columns]
    scores, texts = state.groups[group], ranking.score_texts(state)
    rows = [
        GridRow(score.unit, (*map(matrix_cell, state.of_unit(score.unit_id)), GridCell(texts[score.unit_id])))
        for score in scores
    ]
    label = _("%(group)s各单位各项指标完成率") % {"group": ranking.group_label(group)}
    return picture(ranking.group_label(group), [*heads, _("得分")], rows, label, 0)


def matrix_cell(line: Line) -> GridCell:
    """Return a line as a cell, without the percent sign; ▲ ten points ahead of the clock or more, ▼ behind."""
    found = ranking.heat_cell(line, "")
    if line.lead is None:
        return GridCell(found.text, None, "", found.title)
    tone = int(found.heat[-1]) - 1
    mark = UP if tone >= 4 else DOWN if tone <= 1 else ""
    return GridCell(percent_text(line.completion).removesuffix("%"), tone, mark, f"{line.column.name}：{found.title}")


def weeks(state: Standings, courses: dict[int, list[Place]], group: str) -> Picture:
    """Return where the units of a group stood at the end of each week (or month), the newest at the right."""
    scores = state.groups[group]
    kept = {score.unit_id: courses[score.unit_id][-WEEKS:] for score in scores}
    first = kept[scores[0].unit_id] if scores else []
    heads = [day_label(state.campaign, place.on) for place in first]
    lasts = [worst(places) for places in zip(*kept.values(), strict=True)]
    rows = []
    for score in scores:
        course = kept[score.unit_id]
        cells = [
            place_cell(head, place, before.rank if before else None, last)
            for head, place, before, last in zip(heads, course, [None, *course], lasts, strict=False)
        ]
        rows.append(GridRow(score.unit, tuple(cells)))
    label = _("%(group)s各单位历次名次") % {"group": ranking.group_label(group)}
    return picture(ranking.group_label(group), heads, rows, label, NARROW_WEEKS)


def years(state: Standings, earlier: list[Standings], group: str) -> Picture:
    """Return the final places of a group's units in earlier campaigns of the same kind, and their place now."""
    scores = state.groups[group]
    states = [*earlier[::-1], state]
    heads = [str(found.campaign) for found in states]
    rows = []
    for score in scores:
        cells, before = [], None
        for head, found in zip(heads, states, strict=True):
            own = found.scores.get(score.unit_id)
            cells.append(place_cell(head, own, before, worst(found.groups[own.group]) if own else 0))
            before = own.rank if own else None
        rows.append(GridRow(score.unit, tuple(cells)))
    label = _("%(group)s各单位历期最终名次") % {"group": ranking.group_label(group)}
    return picture(ranking.group_label(group), heads, rows, label, 0, last_twice(states, group))


def last_twice(states: list[Standings], group: str) -> str:
    """Name the units that are last of the group in this campaign and were in the one before; "" without any."""
    if len(states) < 2:
        return ""
    lasts = []
    for found in states[-2:]:
        rows = found.groups.get(group, ())
        last = worst(rows)
        lasts.append({row.unit_id: row.unit for row in rows if row.rank == last and last > 1})
    both = [name for unit_id, name in lasts[1].items() if unit_id in lasts[0]]
    return _("连续两期列末位：%s") % "、".join(both) if both else ""


def worst(rows: Iterable[Place | Score]) -> int:
    """Return the last place that anybody has; 0 where nobody has one."""
    return max((row.rank for row in rows if row.rank is not None), default=0)


def same_kind(campaign: Campaign, other: Campaign) -> bool:
    """Say whether another campaign is an earlier round of one: the same organiser, over before, about as long."""
    near = 10 * abs(campaign.days - other.days) <= campaign.days
    return other.organiser_id == campaign.organiser_id and other.ends_on < campaign.starts_on and near


def place_cell(head: str, found: Place | Score | None, before: int | None, last: int) -> GridCell:
    """Return a place: the first three that have points cool, the last warm, ▲ or ▼ against the column before."""
    if found is None or found.rank is None:
        return GridCell("—", None, "", f"{head} —")
    change = places_gained(before, found.rank)
    mark = UP if change and change > 0 else DOWN if change else ""
    tone = 4 if found.rank <= TOP and found.score > 0 else 1 if found.rank == last and last > TOP else None
    place, points = rank_text(found.rank, found.tied), plain(round_half_up(found.score, 2))
    full = f"{found.rank}" + (_("（并列）") if found.tied else "")
    return GridCell(str(found.rank), tone, mark, _("%(day)s %(place)s，得分 %(points)s") % {
        "day": head, "place": place, "points": points,
    }, full)  # fmt: skip


def picture(name, heads, rows, label, narrow_columns, note="") -> Picture:
    """Return a grid drawn twice, with its table; a phone shows the last columns only, where it is told how many."""
    few = [GridRow(row.name, row.cells[-narrow_columns:]) for row in rows]
    wide = grid(heads, rows, label=label, width=WIDE)
    narrow = grid(heads[-narrow_columns:], few, label=label, width=NARROW, first=84)
    table = tuple((row.name, *(cell.full or cell.text for cell in row.cells)) for row in rows)
    return Picture(name, wide, narrow, (_("单位"), *heads), table, note)


def published(places: Sequence[DistrictPlace]) -> Picture | None:
    """Return the composite places published for the organiser, the newest at the right; None without any."""
    if not places:
        return None
    label = _("公布的综合位次")
    size = max(row.of_how_many for row in places)
    points = [(f"{row.until.year % 100}-{row.until.month}", row.place) for row in places]
    wide, narrow = (
        charts.places(points[-many:], size, label=label, width=width) for many, width in ((24, WIDE), (9, NARROW))
    )
    rows = tuple(
        (
            _("%(since)s 至 %(until)s") % {"since": row.since.isoformat(), "until": row.until.isoformat()},
            f"{row.place}/{row.of_how_many}",
            row.source,
        )
        for row in reversed(places)
    )
    return Picture(label, wide, narrow, (_("期间"), _("位次"), _("来源")), rows)
