"""The overview and a unit's page as rows a template can print. Knows no request; every text is finished here."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.clock import month_end, next_month, time_progress, year_before
from campaigns.courses import running_years
from campaigns.explaining import explanation
from campaigns.lines import Line, Standings
from campaigns.models import Basis, Campaign
from campaigns.numbers import amount_text, in_measure, percent_text, plain, points_text, round_half_up
from campaigns.ranking import needed_text
from reports import charts

TONES = {"green": "ok", "yellow": "warn", "red": "bad", "": "muted"}
WORDS = {"green": gettext_lazy("正常"), "yellow": gettext_lazy("偏慢"), "red": gettext_lazy("滞后"), "": "—"}
NAMES_SHOWN = 5
TODOS_SHOWN = 8  # notices that stand open


@dataclass(frozen=True)
class Kpi:
    """One indicator of the organiser, or of a unit, as a card."""

    name: str
    number: str
    measure: str
    basis: str
    url: str
    tone: str
    word: str
    bar: str
    target: str
    percent: str
    lead: str
    spark: str
    gap: str = ""
    pace_needed: str = ""
    rank: str = ""
    stretch: str = ""
    other: str = ""


@dataclass(frozen=True)
class Todo:
    """One thing that needs attention."""

    tone: str
    word: str
    text: str
    detail: str
    url: str


def state_of(line: Line) -> tuple[str, str]:
    """Return tone and word of a line: 完成, 正常, 偏慢, 滞后, or "—" without a quota."""
    if line.is_met:
        return "ok", _("完成")
    return TONES[line.light], str(WORDS[line.light])


def shown(line: Line, value) -> str:
    """Print an amount of a line in its measure, "—" where there is none."""
    return "—" if value is None else plain(in_measure(value, line.column.measure))


def kpi(state: Standings, line: Line, url: str, *, spark: str = "") -> Kpi:
    """Return one card."""
    tone, word = state_of(line)
    measure = line.column.measure
    share = min(line.completion, Fraction(1)) if line.completion is not None else None
    return Kpi(
        name=line.column.name,
        number=_("未报") if line.done is None else shown(line, line.done),
        measure="" if line.done is None else measure,
        basis=str(Basis(line.basis).label),
        url=url,
        tone=tone,
        word=word,
        bar=charts.progress_bar(share, state.time_progress, tone=tone) if line.target else "",
        target=_("目标 %s") % amount_text(line.target, measure, space=True) if line.target else _("未下达目标"),
        percent=percent_text(line.completion),
        lead=points_text(line.lead) if line.lead is not None else "",
        spark=spark,
        gap=gap_text(line),
        pace_needed=needed_text(state, line),
        rank=rank_text(line.rank, line.tied),
        stretch=_("力争 %s") % amount_text(line.stretch, measure, space=True) if line.stretch is not None else "",
        other=other_text(line),
    )


def other_text(line: Line) -> str:
    """Print the figure on the other basis."""
    if line.other is None:
        return ""
    basis = Basis.RECOGNISED if line.basis == Basis.REPORTED else Basis.REPORTED
    return f"{basis.label} {amount_text(line.other, line.column.measure, space=True)}"


def gap_text(line: Line) -> str:
    """Say what is missing to the quota: 还差 3 个; 已完成 where nothing is."""
    if not line.target:
        return ""
    if line.is_met:
        return _("已完成")
    return _("还差 %s") % amount_text(line.gap, line.column.measure, space=True)


def rank_text(rank: int | None, tied: bool) -> str:
    """Print a place: 第 3 位（并列）."""
    if rank is None:
        return "—"
    return _("第 %s 位") % rank + (_("（并列）") if tied else "")


def course_days(campaign: Campaign, until: date) -> list[date]:
    """Return the days a course is drawn at: weekly from the start, by the month clock the ends of months."""
    days = []
    day = campaign.starts_on
    if campaign.clock == Campaign.Clock.MONTH:
        while month_end(day) < until:
            days.append(month_end(day))
            day = next_month(day)
    else:
        day += timedelta(days=6)
        while day < until:
            days.append(day)
            day += timedelta(days=7)
    return [*days, until]


def day_label(campaign: Campaign, day: date) -> str:
    """Print a day of a course: 9月 by the month clock, else 9-30."""
    if campaign.clock == Campaign.Clock.MONTH and day == month_end(day):
        return _("%s月") % day.month
    return f"{day.month}-{day.day}"


@dataclass(frozen=True)
class Courses:
    """What courses are drawn from: figures at the days to now, and a year earlier at all days to the end."""

    days: tuple[date, ...]
    all_days: tuple[date, ...]  # to the end of the campaign
    now: dict[int, list[Decimal]]  # by line id
    past: dict[int, list[Decimal]]


def courses(state: Standings) -> Courses:
    """Return the organiser's courses on all indicators: one query."""
    campaign = state.campaign
    days = course_days(campaign, state.as_of)
    all_days = [*days, *(day for day in course_days(campaign, campaign.ends_on) if day > days[-1])]
    now, past = running_years(state, days, [year_before(day) for day in all_days])
    return Courses(tuple(days), tuple(all_days), now, past)


@dataclass(frozen=True)
class CourseRow:
    """One day of an indicator's course, as the table behind the picture prints it."""

    day: str
    done: str
    target: str
    past: str


def course_lines(state: Standings, line_id: int, found: Courses):
    """Return the points of this year, of the time progress and of last year; none of what there is not."""
    line, campaign = state.totals[line_id], state.campaign
    measure, labels = line.column.measure, [day_label(state.campaign, day) for day in found.all_days]
    points = [(label, in_measure(value, measure)) for label, value in zip(labels, found.now[line_id], strict=False)]
    target = []
    if line.target and not line.column.is_level:
        owed = Fraction(in_measure(line.target, measure))
        target = [
            (label, owed * time_progress(campaign, day)) for label, day in zip(labels, found.all_days, strict=True)
        ]
    values = found.past.get(line_id, ())
    return points, target, [(label, in_measure(value, measure)) for label, value in zip(labels, values, strict=False)]


def course(state: Standings, line_id: int, found: Courses, *, wide: int = 760):
    """Return (wide drawing, narrow drawing) of an indicator's course against clock and last year; "" for a ratio."""
    if line_id not in found.now:
        return "", ""
    line = state.totals[line_id]
    measure = line.column.measure
    text = amount_text(line.done, measure) if line.done is not None else ""
    told = {"label": _("%(name)s走势") % {"name": line.column.name}, "unit": measure, "last_text": text}
    lines = course_lines(state, line_id, found)
    return tuple(charts.trend(*lines, days=found.all_days, width=width, **told) for width in (wide, 340))


def course_rows(state: Standings, line_id: int, found: Courses) -> list[CourseRow]:
    """Return the course as rows, a day each; "—" where a line has no figure."""
    if line_id not in found.now:
        return []
    lines = course_lines(state, line_id, found)

    def text(line, n):
        return plain(round_half_up(Fraction(line[n][1]), 2)) if n < len(line) else "—"

    return [CourseRow(day.isoformat(), *(text(line, n) for line in lines)) for n, day in enumerate(found.all_days)]


def attention(state: Standings, url_for, pending: dict[str, tuple[int, date | None]], links) -> list[Todo]:
    """Return what needs attention: indicators behind, units at zero or silent, overdue promises, what waits.

    pending is {"overdue": (how many, earliest day), "waiting": …, "unfiled": …} of what the reader may see; links
    gives the addresses of the lists.
    """
    todos = []
    for line in state.totals.values():
        if line.light in {"red", "yellow"} and not line.is_met:
            tone, word = state_of(line)
            text = _("%(name)s完成 %(percent)s") % {
                "name": line.column.name,
                "percent": percent_text(line.completion),
            }
            detail = f"{points_text(line.lead)}，{gap_text(line)}"
            todos.append(Todo(tone, word, text, detail, url_for(line)))
    todos.sort(key=lambda todo: todo.tone != "bad")
    overdue, earliest = pending.get("overdue", (0, None))
    if overdue:
        todos.append(
            Todo(
                "warn",
                _("超期"),
                _("%d 个承诺节点已过期") % overdue,
                _("最早应于 %s 兑现") % earliest.isoformat() if earliest else "",
                links["overdue"],
            )
        )
    waiting = pending.get("waiting", (0, None))[0]
    if waiting:
        text = _("%d 条待认定") % waiting
        todos.append(Todo("info", _("待认定"), text, _("认定后计入认定数"), links["waiting"]))
    unfiled = pending.get("unfiled", (0, None))[0]
    if unfiled:
        text = _("%d 个单位没有报齐工作方案和行程") % unfiled
        detail = _("应于 %s 前报送") % state.campaign.plans_due_on.isoformat()
        todos.append(Todo("warn", _("未报"), text, detail, links["unfiled"]))
    for column in state.columns:
        owing = [line for line in state.of_column(column.line_id) if line.target]
        silent = [line.unit for line in owing if line.done is None]
        zero = [line.unit for line in owing if line.done == 0 and not column.is_level]
        for names, word in ((silent, _("未报")), (zero, _("零进展"))):
            if names:
                text = _("%(name)s：%(n)s 个单位%(word)s") % {
                    "name": column.name,
                    "n": len(names),
                    "word": word,
                }
                more = _("等") if len(names) > NAMES_SHOWN else ""
                todos.append(
                    Todo(
                        "muted" if word == _("零进展") else "warn",
                        word,
                        text,
                        "、".join(names[:NAMES_SHOWN]) + more,
                        f"{links['ranking']}&line={column.line_id}",
                    )
                )
    return todos


@dataclass(frozen=True)
class Part:
    """One indicator's part of a unit's score."""

    name: str
    percent: str
    weight: str
    points: str
    note: str


def score_parts(state: Standings, unit_id: int) -> list[Part]:
    """Return how a unit's score comes about: the rows of the scheme in force, else weight × completion held."""
    if unit_id in state.results:
        return [
            Part(line.label, line.read, line.worth, line.points, line.note)
            for line in explanation(state.results[unit_id]).lines
            if not line.depth
        ]
    cap = Fraction(state.campaign.score_cap)
    parts = []
    for line_id, weight, points in state.scores[unit_id].parts:
        line = state.lines[unit_id, line_id]
        note = ""
        if line.done is None:
            note = _("未报按 0 计")
        elif line.completion > cap:
            note = _("超过上限，按 %s 计") % percent_text(cap)
        elif line.completion < 0:
            note = _("负数按 0 计")
        parts.append(
            Part(
                line.column.name,
                percent_text(line.completion),
                plain(round_half_up(weight, 2)),
                plain(round_half_up(points, 2)),
                note,
            )
        )
    return parts


def next_place(state: Standings, unit_id: int) -> str:
    """Say what stands between a unit and the place above; "" for the first and for who has no place."""
    own = state.scores[unit_id]
    if own.rank is None:
        return _("没有下达任务，不参加排位") if own.score is None else ""
    above = [row for row in state.groups[own.group] if row.rank is not None and row.score > own.score]
    if not above:
        return _("目前列本组第一")
    nearest = min(above, key=lambda row: row.score)
    return _("距上一位%(unit)s（第 %(rank)s 位）差 %(n)s 分") % {
        "unit": nearest.unit,
        "rank": nearest.rank,
        "n": plain(round_half_up(nearest.score - own.score, 2)),
    }
