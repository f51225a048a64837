"""Who is ahead of the time progress and who is behind, group by group, and what is needed to arrive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from campaigns.lines import Standings
from campaigns.numbers import amount_text, percent_text, points_text
from campaigns.ranking import group_label, needed_text
from reports.figures.campaign import done_number
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class UnitPace:
    """How far one unit is ahead of or behind the time progress on an indicator."""

    unit: str
    lead: Fraction
    text: str  # 超序时进度3个百分点
    percent: str


@dataclass(frozen=True)
class PaceRow:
    """One indicator in one group: who keeps pace, who is behind (the farthest first), who has not reported."""

    name: str
    keeping: tuple[UnitPace, ...]
    behind: tuple[UnitPace, ...]
    silent: tuple[str, ...]

    @property
    def owing(self) -> int:
        """How many units have a quota."""
        return len(self.keeping) + len(self.behind) + len(self.silent)


@dataclass(frozen=True)
class GroupPace:
    """One group: its indicators, the units that keep pace on all they owe, and those behind on all of it."""

    group: str
    rows: tuple[PaceRow, ...]
    all_keeping: tuple[str, ...]
    all_behind: tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """What the organiser still lacks on an indicator: the gap, and how much a week it takes until the end."""

    name: str
    gap: Number
    a_week: str  # 每周需 3 条; "" where there is no such rate
    is_behind: bool


@dataclass(frozen=True)
class Pace:
    """The groups of the roster, and what the organiser still lacks."""

    progress: Number
    is_over: bool
    days_left: int
    groups: tuple[GroupPace, ...]
    needs: tuple[Need, ...]
    numbers_of: tuple[tuple[str, Number], ...] = ()

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {甲镇·招商信息·超欠序时}, {剩余天数}."""
        yield "剩余天数", Number(f"{self.days_left}天")
        yield from self.numbers_of


def read(state: Standings, window: Window) -> Pace:
    """Sort the units of every group by the time progress; no query."""
    campaign, numbers = state.campaign, []
    for line in state.lines.values():
        if line.lead is not None and not line.column.is_level:
            text = points_text(line.lead, word="序时进度", space=False)
            number = replace(done_number(state, line), text=text)
            numbers.append((f"{line.unit}·{line.column.name}·超欠序时", number))
    return Pace(
        progress=Number(percent_text(state.time_progress)),
        is_over=state.as_of >= campaign.ends_on,
        days_left=max((campaign.ends_on - state.as_of).days, 0),
        groups=tuple(_group(state, name, scores) for name, scores in state.groups.items()),
        needs=tuple(_needs(state)),
        numbers_of=tuple(numbers),
    )


def _group(state, name, scores):
    unit_ids = [score.unit_id for score in scores]
    columns = [column for column in state.columns if not column.is_level]
    rows = [_row(state, column, unit_ids) for column in columns]
    owed = {
        score.unit: [line for line in state.of_unit(score.unit_id) if line.target and not line.column.is_level]
        for score in scores
    }
    return GroupPace(
        group=str(group_label(name)),
        rows=tuple(row for row in rows if row.owing),
        all_keeping=tuple(unit for unit, lines in owed.items() if lines and all(keeps(line) for line in lines)),
        all_behind=tuple(unit for unit, lines in owed.items() if lines and not any(keeps(line) for line in lines)),
    )


def keeps(line) -> bool:
    """Say whether a unit is not behind the time progress; what was not reported is behind."""
    return line.lead is not None and line.lead >= 0


def _row(state, column, unit_ids):
    lines = [state.lines[unit_id, column.line_id] for unit_id in unit_ids]
    owing = [line for line in lines if line.target]
    told = [_unit(line) for line in owing if line.lead is not None]
    return PaceRow(
        name=column.name,
        keeping=tuple(sorted((row for row in told if row.lead >= 0), key=lambda row: -row.lead)),
        behind=tuple(sorted((row for row in told if row.lead < 0), key=lambda row: row.lead)),
        silent=tuple(line.unit for line in owing if line.lead is None),
    )


def _unit(line):
    return UnitPace(
        unit=line.unit,
        lead=line.lead,
        text=points_text(line.lead, word="序时进度", space=False),
        percent=percent_text(line.completion),
    )


def _needs(state):
    for line in state.totals.values():
        if not line.target or line.is_met or line.done is None or line.column.is_level or line.column.ratio_of:
            continue
        number = replace(done_number(state, line), text=amount_text(line.gap, line.column.measure))
        a_week = "" if state.as_of >= state.campaign.ends_on else needed_text(state, line).replace(" ", "")
        yield Need(line.column.name, number, a_week, not keeps(line))
