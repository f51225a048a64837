"""Every unit on every indicator, in the order of places, and what each unit still lacks: what annex tables print."""

from dataclasses import dataclass

from campaigns.lines import Standings
from campaigns.models import Basis
from campaigns.numbers import amount_text, in_measure, percent_text, plain, points_text
from campaigns.ranking import group_label
from reports.figures.values import Window

NONE, SILENT = "—", "未报"


@dataclass(frozen=True)
class UnitLine:
    """One unit on one indicator, printed in its measure; "—" where nothing is owed, 未报 where nothing was said."""

    group: str
    place: str
    unit: str
    target: str
    done: str
    percent: str
    lead: str
    gap: str


@dataclass(frozen=True)
class IndicatorLines:
    """One indicator with its units, group by group, the best place first; those without a place last."""

    name: str
    measure: str
    basis: str
    has_quota: bool
    rows: tuple[UnitLine, ...]


@dataclass(frozen=True)
class Unfinished:
    """A unit that has not reached all it owes: how many of how many, and what is missing on each."""

    group: str
    unit: str
    missed: int
    owed: int
    told: str


@dataclass(frozen=True)
class UnitLines:
    """All indicators, and the units that have not reached everything, in roster order."""

    indicators: tuple[IndicatorLines, ...]
    unfinished: tuple[Unfinished, ...]


def read(state: Standings, window: Window) -> UnitLines:
    """Line up the units; no query."""
    return UnitLines(
        tuple(_indicator(state, column) for column in state.columns),
        tuple(row for unit_id in state.unit_ids if (row := _unfinished(state, unit_id))),
    )


def _indicator(state, column):
    lines = state.of_column(column.line_id)
    groups = {group: place for place, group in enumerate(state.groups)}
    ordered = sorted(lines, key=lambda line: (groups[line.group], line.rank is None, line.rank or 0))
    return IndicatorLines(
        name=column.name,
        measure=column.measure,
        basis=str(Basis(state.totals[column.line_id].basis).label),
        has_quota=column.has_quota,
        rows=tuple(_line(line) for line in ordered),
    )


def _line(line):
    tied = "（并列）" if line.tied else ""
    return UnitLine(
        group=str(group_label(line.group)),
        place=NONE if line.rank is None else f"{line.rank}{tied}",
        unit=line.unit,
        target=shown(line, line.target),
        done=SILENT if line.done is None else shown(line, line.done),
        percent=percent_text(line.completion),
        lead=lead_text(line.lead),
        gap=shown(line, line.gap) if line.target else NONE,
    )


def lead_text(lead) -> str:
    """Print how far ahead or (with a minus) behind in a cell, in points as the head says; never 0 for a little."""
    if not lead:
        return NONE if lead is None else "0"
    points = points_text(abs(lead), word="", space=False).removeprefix("超").removesuffix("个百分点")
    return points if lead > 0 else f"-{points}"


def shown(line, value) -> str:
    """Print an amount of a line without its measure."""
    return NONE if value is None else plain(in_measure(value, line.column.measure))


def _unfinished(state, unit_id):
    owed = [line for line in state.of_unit(unit_id) if line.target]
    missed = [line for line in owed if not line.is_met]
    if not missed:
        return None
    score = state.scores[unit_id]
    told = "；".join(
        f"{line.column.name}{'未报数' if line.done is None else '差' + amount_text(line.gap, line.column.measure)}"
        for line in missed
    )
    return Unfinished(str(group_label(score.group)), score.unit, len(missed), len(owed), told)
