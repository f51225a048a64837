"""Places and comparisons as rows a template can print: what would lift a unit, bands, two sides. No query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.clock import time_progress
from campaigns.lifts import Lift
from campaigns.lines import Line, Place, Standings
from campaigns.models import Campaign
from campaigns.numbers import amount_text, percent_text, plain, round_half_up
from reports import charts
from reports.overview import day_label, rank_text

BANDS = (Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))  # of the quota, from the top


@dataclass(frozen=True)
class LiftRow:
    """What one indicator alone would need."""

    name: str
    weight: str
    target: str
    done: str
    more: str
    then: str
    score: str
    place: str
    reaches: bool


def lift_row(lift: Lift) -> LiftRow:
    """Return a lift in words."""
    line, measure = lift.line, lift.line.column.measure
    reached = lift.amount is not None
    more, then = _("仅靠此项到不了"), _("做到计分上限")
    if reached:
        more, then = amount_text(lift.amount, measure), amount_text((line.done or Decimal(0)) + lift.amount, measure)
    elif lift.tried is not None:
        then = _("做到 %s 也不够") % amount_text((line.done or Decimal(0)) + lift.tried, measure)
    elif lift.why:
        more, then = _("不作测算"), lift.why
    return LiftRow(
        name=line.column.name,
        weight="—" if lift.worth is None else plain(round_half_up(lift.worth, 2)),
        target="—" if line.target is None else amount_text(line.target, measure),
        done=_("未报") if line.done is None else amount_text(line.done, measure),
        more=more,
        then=then,
        score=plain(round_half_up(lift.score, 2)),
        place=rank_text(lift.place, False),
        reaches=reached,
    )


def points(value: Fraction | None, decimals: int = 1) -> str:
    """Print a difference with its sign; "—" where there is none to tell."""
    if value is None:
        return "—"
    shown = round_half_up(value, decimals)
    return ("+" if shown > 0 else "−" if shown < 0 else "") + plain(abs(shown))


def place_chart(campaign: Campaign, course: list[Place], size: int) -> tuple[str, str]:
    """Return (wide drawing, narrow drawing) of a unit's places."""
    spots = [(day_label(campaign, place.on), place.rank) for place in course]
    # a phone has room for fewer rings
    return charts.places(spots[-26:], size, label=_("历次名次"), width=760), charts.places(
        spots[-10:], size, label=_("历次名次"), width=340
    )


def course_rows(course: list[Place]) -> list[tuple[date, str, str, str]]:
    """Return (day, place, score, change of place since the day before) from the newest down."""
    rows = []
    for before, now in zip([None, *course], course, strict=False):
        known = before is not None and before.rank and now.rank
        change = before.rank - now.rank if known else None
        score = "—" if now.score is None else plain(round_half_up(now.score, 2))
        sign = "–" if not change else f"▲{change}" if change > 0 else f"▼{-change}"
        rows.append((now.on, rank_text(now.rank, now.tied), score, sign))
    return rows[::-1]


# --- distribution ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """Units whose completion lies in one band."""

    name: str
    units: tuple[str, ...]


def bands(lines: list[Line]) -> list[Band]:
    """Return the units of an indicator by bands of completion, from the top; who owes nothing is left out."""
    owing = [line for line in lines if line.target]
    found = [Band(_("未填报"), tuple(line.unit for line in owing if line.completion is None))]
    told = [line for line in owing if line.completion is not None]
    upper = None
    made = []
    for lower in (*BANDS, None):
        if upper is None:
            name = _("%s以上") % percent_text(lower)
        elif lower is None:
            name = _("不到%s") % percent_text(upper)
        else:
            name = f"{percent_text(lower)}–{percent_text(upper)}"
        inside = [
            line for line in told
            if (lower is None or line.completion >= lower) and (upper is None or line.completion < upper)
        ]  # fmt: skip
        inside.sort(key=lambda line: line.completion, reverse=True)
        made.append(Band(name, tuple(line.unit for line in inside)))
        upper = lower
    return made + (found if found[0].units else [])


def band_chart(found: list[Band], label: str) -> tuple[str, str]:
    """Return (wide drawing, narrow drawing) of how many units lie in each band."""
    steps = [(band.name, len(band.units), _("%s 个") % len(band.units)) for band in found]
    return tuple(charts.funnel(steps, label=label, width=width) for width in (560, 340))


def middle(lines: list[Line]) -> Fraction | None:
    """Return the median completion: half of the units are at or above it; None without any."""
    known = sorted(line.completion for line in lines if line.completion is not None)
    if not known:
        return None
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2


def small_multiples(state: Standings, courses: dict[int, list[Place]], url_of: Callable[[int], str]):
    """Return (unit, place, url, drawing) of every unit: its score over the days against the clock."""
    campaign, full = state.campaign, Fraction(state.campaign.full_score)
    for score in (score for scores in state.groups.values() for score in scores):
        course = [place for place in courses[score.unit_id] if place.score is not None]
        if not course:
            continue
        spots = [(day_label(campaign, place.on), place.score) for place in course]
        pace = [(day_label(campaign, place.on), full * time_progress(campaign, place.on)) for place in course]
        label = _("%s的得分走势") % score.unit
        last = plain(round_half_up(course[-1].score, 1))
        yield (
            score.unit,
            rank_text(score.rank, score.tied),
            url_of(score.unit_id),
            charts.trend(
                spots, pace, days=[place.on for place in course], label=label, unit=_("分"), width=300, height=150,
                last_text=last, legend=False,
            ),
        )  # fmt: skip


# --- two sides ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One line of one side of a comparison."""

    target: str
    done: str
    percent: str
    place: str
    completion: Fraction | None
    rank: int | None


@dataclass(frozen=True)
class Pair:
    """One indicator, or the whole, on both sides; first less second."""

    name: str
    first: Side
    second: Side
    difference: str
    places: str


NOBODY = Side("—", "—", "—", "—", None, None)


def side(line: Line | None) -> Side:
    """Return a line as a side; dashes where the other campaign has no such line."""
    if line is None:
        return NOBODY
    measure = line.column.measure
    return Side(
        target="—" if line.target is None else amount_text(line.target, measure),
        done=_("未报") if line.done is None else amount_text(line.done, measure),
        percent=percent_text(line.completion),
        place=rank_text(line.rank, line.tied),
        completion=line.completion,
        rank=line.rank,
    )


def score_side(score) -> Side:
    """Return the composite of a unit as a side; its completion is the score in hundredths."""
    if score is None:
        return NOBODY
    value = None if score.score is None else score.score / 100
    text = "—" if score.score is None else plain(round_half_up(score.score, 2))
    return Side("—", "—", text, rank_text(score.rank, score.tied), value, score.rank)


def pair(name: str, first: Side, second: Side) -> Pair:
    """Set two sides beside each other: the difference in points, and how many places the first stands better."""
    known = first.completion is not None and second.completion is not None
    ranked = first.rank is not None and second.rank is not None
    return Pair(
        name,
        first,
        second,
        points((first.completion - second.completion) * 100) if known else "—",
        points(Fraction(second.rank - first.rank), 0) if ranked else "—",
    )


def units_beside(state: Standings, first: int, second: int) -> list[Pair]:
    """Return two units of one campaign beside each other; places only where they are ranked together."""
    rows = [pair(_("综合得分"), score_side(state.scores[first]), score_side(state.scores[second]))]
    for column in state.columns:
        sides = (side(state.lines[unit_id, column.line_id]) for unit_id in (first, second))
        rows.append(pair(column.name, *sides))
    if state.scores[first].group != state.scores[second].group:
        rows = [Pair(row.name, row.first, row.second, row.difference, "—") for row in rows]
    return rows


def same_day_of_course(campaign: Campaign, as_of: date, other: Campaign) -> date:
    """Return the day on which another campaign had run as long: the same day of a year that starts a year before."""
    if (campaign.starts_on.month, campaign.starts_on.day) == (other.starts_on.month, other.starts_on.day):
        years = campaign.starts_on.year - other.starts_on.year
        day = as_of.replace(year=as_of.year - years, day=min(as_of.day, 28) if as_of.month == 2 else as_of.day)
    else:
        day = other.starts_on + timedelta(days=(as_of - campaign.starts_on).days)
    return min(day, other.ends_on)


def campaigns_beside(state: Standings, other: Standings, unit_id: int | None) -> list[Pair]:
    """Return one unit, or the organisers, in two campaigns beside each other, by indicator."""
    by_indicator = {column.indicator_id: column.line_id for column in other.columns}
    rows = []
    if unit_id is not None:
        rows.append(pair(_("综合得分"), score_side(state.scores.get(unit_id)), score_side(other.scores.get(unit_id))))
    for column in state.columns:
        line_id = by_indicator.get(column.indicator_id)
        if unit_id is None:
            first, second = state.totals[column.line_id], other.totals.get(line_id)
        else:
            first, second = state.lines.get((unit_id, column.line_id)), other.lines.get((unit_id, line_id))
        rows.append(pair(column.name, side(first), side(second)))
    return rows
