"""Red and black lists as they are printed, with the exemptions that let units off."""

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns import rolls
from campaigns.lines import Standings
from campaigns.models import Roll
from campaigns.ranking import group_label
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Entered:
    """A unit that meets the conditions of a list, and the arithmetic in words."""

    unit: str
    group: str
    why: str


@dataclass(frozen=True)
class PrintedList:
    """One list: its condition as a sentence, who is on it, who was let off and by which exemption."""

    name: str
    is_red: bool
    condition: str
    clause: str
    rows: tuple[Entered, ...]
    spared: tuple[tuple[Entered, str], ...]
    exemptions: tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """The lists in force on the day, red before black."""

    lists: tuple[PrintedList, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {红榜·上榜单位}."""
        for row in self.lists:
            yield f"{row.name}·上榜单位", Number(f"{len(units_of(row))}个")


def units_of(sheet: PrintedList) -> tuple[str, ...]:
    """Return who is on a list, each once."""
    return tuple(dict.fromkeys(row.unit for row in sheet.rows))


def read(state: Standings, window: Window) -> Lists:
    """Read who is on which list: as many queries whatever the size."""
    return Lists(tuple(_printed(sheet) for sheet in rolls.sheets(state.campaign, state.as_of)))


def _printed(sheet) -> PrintedList:
    return PrintedList(
        name=sheet.roll.name,
        is_red=sheet.roll.kind == Roll.Kind.RED,
        condition=sheet.roll.in_words,
        clause=sheet.roll.clause,
        rows=tuple(_entered(row) for row in sheet.listed),
        spared=tuple((_entered(row), row.exemption.in_words) for row in sheet.spared),
        exemptions=tuple(row.in_words for row in sheet.exemptions),
    )


def _entered(row) -> Entered:
    return Entered(row.unit, str(group_label(row.group)), row.why)
