"""Standings as rows a template can print: places, scores, heat cells. Knows no request and no query.

The heat of a cell is the distance of completion from the time progress, in percentage points:

    zs-heat-1  −30 or less       zs-heat-4  0 to below 10
    zs-heat-2  below −10         zs-heat-5  10 to below 30
    zs-heat-3  below 0           zs-heat-6  30 or more
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.clock import weeks_left
from campaigns.lines import Line, Score, Standings, light
from campaigns.links import leader_url
from campaigns.models import Basis
from campaigns.numbers import amount_text, in_measure, percent_text, plain, points_text, round_half_up
from campaigns.yearly import YearRow

HEAT_LIMITS = (Fraction(-30, 100), Fraction(-10, 100), Fraction(0), Fraction(10, 100), Fraction(30, 100))
NO_HEAT = "zs-heat-none"
TONES = {"green": "ok", "yellow": "warn", "red": "bad", "": "muted"}
PLACES_SHOWN = 4  # most digits behind the point that a score is printed with

RowsUrl = Callable[[Line], str]  # where a figure opens
UnitUrl = Callable[[int], str]  # where a unit's name leads
YearsOf = Callable[[Line], YearRow]  # a figure beside last year's


@dataclass(frozen=True)
class Bar:
    """A progress bar with a notch at the time progress, for components/_progress.html."""

    width: str
    pace: str
    ahead: bool
    tone: str
    text: str


@dataclass(frozen=True)
class Cell:
    """One unit on one indicator, as a heat cell."""

    text: str
    title: str
    heat: str
    url: str


@dataclass(frozen=True)
class Head:
    """One indicator as a column's head."""

    line_id: int
    name: str
    measure: str
    basis: str
    note: str


@dataclass(frozen=True)
class Move:
    """How many places a unit went up or down, in sign, colour and words."""

    sign: str
    css: str
    told: str


@dataclass(frozen=True)
class RankingRow:
    """One unit in the overall ranking of its group."""

    unit_id: int
    unit: str
    leader: str
    url: str
    place: str
    is_tied: bool
    is_top: bool
    is_mine: bool
    score: str
    bar: Bar
    move: Move
    gained: str
    met: str
    cells: tuple[Cell, ...]
    reason: str = ""  # why there is no place
    leader_url: str = ""


@dataclass(frozen=True)
class LineRow:
    """One unit in the ranking on one indicator."""

    unit_id: int
    unit: str
    url: str
    place: str
    is_tied: bool
    is_top: bool
    is_mine: bool
    target: str
    done: str
    cell: Cell
    move: Move
    lead: str
    gap: str
    pace_needed: str
    year: YearRow | None
    reason: str = ""


@dataclass(frozen=True)
class TotalRow:
    """The organiser on one indicator: what the units add up to against its own quota."""

    line_id: int
    name: str
    measure: str
    basis: str
    target: str
    quota_sum: str
    done: str
    url: str
    cell: Cell
    lead: str
    met: str
    off_roster: str
    pace_needed: str


@dataclass(frozen=True)
class Group:
    """The rows of one group, in the order of their places."""

    name: str
    label: str
    rows: tuple


def heat_class(lead: Fraction | None) -> str:
    """Return the colour of a distance from the time progress; that of an empty cell without one."""
    if lead is None:
        return NO_HEAT
    # −30 itself belongs to the coldest step, every other limit to the warmer one
    passed = sum(lead >= limit for limit in HEAT_LIMITS[1:]) + (lead > HEAT_LIMITS[0])
    return f"zs-heat-{passed + 1}"


def group_label(name: str) -> str:
    """Return what a group is called; the one without a name is all units."""
    return name or _("参战单位")


def amount(line: Line, value) -> str:
    """Print an amount of a line in its measure, "—" where there is none."""
    return "—" if value is None else plain(in_measure(value, line.column.measure))


def heat_cell(line: Line, url: str) -> Cell:
    """Return a line as a heat cell: its completion, or its figure where nobody owes anything on the indicator."""
    measure = line.column.measure
    done = _("未填报") if line.done is None else _("完成 %s") % amount_text(line.done, measure)
    if line.target is None:
        text = "—" if line.column.has_quota or line.done is None else amount(line, line.done)
        return Cell(text, _("未下达此项目标，%s") % done, NO_HEAT, url if line.done is not None else "")
    owed = _("目标 %s") % amount_text(line.target, measure)
    if line.done is None:
        return Cell(_("未报"), f"{owed}，{done}", NO_HEAT, "")
    if line.completion is None:
        return Cell("—", f"{owed}，{done}", NO_HEAT, url)
    told = f"{done} / {owed}，{points_text(line.lead)}"
    return Cell(percent_text(line.completion), told, heat_class(line.lead), url)


def heads(standings: Standings) -> tuple[Head, ...]:
    """Return the heads of the indicators' columns."""
    labels = dict(Basis.choices)
    return tuple(
        Head(
            column.line_id,
            column.name,
            column.measure,
            str(labels[standings.basis or column.basis]),
            _("重算中") if column.recounting else "",
        )
        for column in standings.columns
    )


def score_texts(standings: Standings) -> dict[int, str]:
    """Print every score with one digit, or with more where two different ones of a group would look alike."""
    full, texts = Fraction(standings.campaign.full_score), {}
    for scores in standings.groups.values():
        exact = {score.score for score in scores if score.score is not None}
        for decimals in range(1, PLACES_SHOWN + 1):
            shown = {round_half_up(value, decimals) for value in exact} | {full}
            if len(shown) == len(exact | {full}):
                break
        for score in scores:
            texts[score.unit_id] = "—" if score.score is None else plain(round_half_up(score.score, decimals))
    return texts


def bar_of(standings: Standings, score: Score, text: str) -> Bar:
    """Return a score as a bar of the full score."""
    full = Fraction(standings.campaign.full_score)
    progress = standings.time_progress
    share = score.score / full if score.score is not None and full > 0 else None
    pace = share / progress if share is not None and progress else None
    return Bar(
        width=_percent(share or Fraction(0)),
        pace=_percent(min(max(progress, Fraction(1, 100)), Fraction(99, 100))),
        ahead=share is not None and share >= progress,
        tone=TONES[light(standings.campaign, pace)],
        text=_("得分 %(score)s，时序进度 %(pace)s") % {"score": text, "pace": percent_text(progress)},
    )


def _percent(share):
    return plain(round_half_up(min(max(share, Fraction(0)), Fraction(1)) * 100, 1))


def move_of(found: Score | Line) -> Move:
    """Return the change of place; a dash where it stayed or where there is nothing to compare with."""
    change = found.change
    if change is None:
        return Move("–", "zs-flat", _("无可比名次"))
    if not change:
        return Move("–", "zs-flat", _("名次未变"))
    if change > 0:
        return Move(f"▲{change}", "zs-up", _("上升 %d 位") % change)
    return Move(f"▼{-change}", "zs-down", _("下降 %d 位") % -change)


def needed_text(standings: Standings, line: Line) -> str:
    """Say how much a week is needed to reach the quota by the end; nothing where it is reached."""
    if not line.target or line.is_met or line.column.is_level or line.column.ratio_of:
        return ""
    weeks = weeks_left(standings.campaign, standings.as_of)
    if weeks <= 0:
        return _("活动已结束")
    gap = Fraction(in_measure(line.gap, line.column.measure))
    if weeks < 1:
        return _("不足一周，须全部完成")
    rate = gap / weeks
    places = 1 if rate >= Fraction(1, 10) else 2
    while not (needed := round_half_up(rate, places)):  # what is still needed never prints as nothing
        places += 1
    return _("每周需 %(n)s %(measure)s") % {"n": plain(needed), "measure": line.column.measure}


def gained_text(score: Score) -> str:
    """Print by how much the score rose or fell since the earlier day: +1.5, −0.2; "—" where unknown."""
    if score.gained is None:
        return "—"
    gained = round_half_up(score.gained, 1)
    return ("+" if gained > 0 else "−" if gained < 0 else "") + plain(abs(gained))


def no_place(line: Line | None = None) -> str:
    """Say why a unit has no place: overall, or on an indicator."""
    if line is None:
        return _("未下达任务，不排名")
    if not line.column.has_quota or line.target:
        return _("未填报，不排名")
    return _("目标为 0，不排名") if line.target is not None else _("未下达此项目标，不排名")


def met_text(lines: list[Line]) -> str:
    """Print how many of the quotas above 0 are reached."""
    owing = [line for line in lines if line.target]
    return f"{sum(line.is_met for line in owing)}/{len(owing)}" if owing else "—"


def ranking_rows(
    standings: Standings, url_for: RowsUrl, unit_url: UnitUrl, *, mine: Collection[int] = ()
) -> tuple[Group, ...]:
    """Return the overall ranking, a group after the other in roster order; mine are the units to mark."""
    texts = score_texts(standings)

    def row(score):
        lines = standings.of_unit(score.unit_id)
        return RankingRow(
            unit_id=score.unit_id,
            unit=score.unit,
            leader=score.leader,
            url=unit_url(score.unit_id),
            place=str(score.rank or "—"),
            is_tied=score.tied,
            is_top=score.rank is not None and score.rank <= 3,
            is_mine=score.unit_id in mine,
            score=texts[score.unit_id],
            bar=bar_of(standings, score, texts[score.unit_id]),
            move=move_of(score),
            gained=gained_text(score),
            met=met_text(lines),
            cells=tuple(heat_cell(line, url_for(line)) for line in lines),
            reason="" if score.rank else no_place(),
            leader_url=leader_url(score.leader),
        )

    return tuple(
        Group(name, group_label(name), tuple(row(score) for score in scores))
        for name, scores in standings.groups.items()
    )


def line_rows(
    standings: Standings,
    line_id: int,
    url_for: RowsUrl,
    unit_url: UnitUrl,
    *,
    years: YearsOf | None = None,
    mine: Collection[int] = (),
) -> tuple[Group, ...]:
    """Return the ranking on one indicator, by completion, or by value where no unit owes anything on it.

    years prints a line beside last year's, where that is wanted.
    """
    by_group = {name: [] for name in standings.groups}
    for line in standings.of_column(line_id):
        by_group[line.group].append(line)

    def row(line):
        return LineRow(
            unit_id=line.unit_id,
            unit=line.unit,
            url=unit_url(line.unit_id),
            place=str(line.rank or "—"),
            is_tied=line.tied,
            is_top=line.rank is not None and line.rank <= 3,
            is_mine=line.unit_id in mine,
            target=amount(line, line.target),
            done=_("未报") if line.done is None else amount(line, line.done),
            cell=heat_cell(line, url_for(line)),
            move=move_of(line),
            lead=points_text(line.lead),
            gap=amount(line, line.gap),
            pace_needed=needed_text(standings, line),
            year=years(line) if years else None,
            reason="" if line.rank else no_place(line),
        )

    return tuple(
        Group(
            name,
            group_label(name),
            tuple(row(line) for line in sorted(lines, key=lambda line: (line.rank is None, line.rank or 0))),
        )
        for name, lines in by_group.items()
    )


def total_rows(standings: Standings, url_for: RowsUrl) -> tuple[TotalRow, ...]:
    """Return the organiser's line on each indicator, with how many units met their quota."""
    labels = dict(Basis.choices)

    def row(column):
        line = standings.totals[column.line_id]
        met, owing = standings.met(column.line_id)
        apart = standings.off_roster.get(column.line_id)
        return TotalRow(
            line_id=column.line_id,
            name=column.name,
            measure=column.measure,
            basis=str(labels[line.basis]),
            target=amount(line, line.target),
            quota_sum="—" if column.is_level else amount(line, standings.quota_sum(column.line_id)),
            done=_("未报") if line.done is None else amount(line, line.done),
            url=url_for(line) if line.done is not None else "",
            cell=heat_cell(line, url_for(line)),
            lead=points_text(line.lead),
            met=f"{met}/{owing}" if owing else "—",
            off_roster=amount_text(apart, column.measure) if apart is not None else "",
            pace_needed=needed_text(standings, line),
        )

    return tuple(row(column) for column in standings.columns)


def score_trace(standings: Standings) -> str:
    """Say in one sentence how the score comes about."""
    campaign = standings.campaign
    if standings.scheme is not None:
        told = {"scheme": standings.scheme, "document": standings.scheme.document or _("草案试算")}
        return _("综合得分：按%(scheme)s计算（%(document)s）；不适用的项目为“—”，不是 0 分。") % told
    return _(
        "综合得分：按有任务的指标加权、折算为满分 %(full)s 分；"
        "单项完成率最高按 %(cap)s 计，未填报按 0 计；没有任务的单位不排名。"
    ) % {"full": plain(campaign.full_score), "cap": percent_text(campaign.score_cap)}
