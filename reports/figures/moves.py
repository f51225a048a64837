"""Where units stand now beside where the last issued bulletin left them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from campaigns.lines import Standings, places_gained
from campaigns.ranking import group_label
from reports.figures.campaign import places_of
from reports.figures.values import Number, Place, Window


@dataclass(frozen=True)
class Move:
    """One unit's place, and its place in the bulletin before; None where it had none in the same group."""

    place: Place
    before: int | None

    @property
    def change(self) -> int | None:
        """How many places it went up (positive) or down; None where unknown."""
        return places_gained(self.before, self.place.rank or None)


@dataclass(frozen=True)
class GroupMoves:
    """The units of a group by place, those without a place last."""

    group: str
    rows: tuple[Move, ...]

    @property
    def ranked(self) -> tuple[Move, ...]:
        """Those that have a place."""
        return tuple(row for row in self.rows if row.place.rank)


@dataclass(frozen=True)
class Moves:
    """All groups, and the issue that places are compared with; without one title is "" and nothing moved."""

    title: str
    number: str
    as_of: date | None
    groups: tuple[GroupMoves, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {甲镇·上期位次}, {甲镇·位次升降}."""
        for group in self.groups:
            for row in group.ranked:
                if row.before is not None:
                    yield f"{row.place.unit}·上期位次", Number(f"第{row.before}位")
                    change = row.change
                    word = "上升" if change > 0 else "下降"
                    yield f"{row.place.unit}·位次升降", Number(f"{word}{abs(change)}位" if change else "持平")


def read(state: Standings, window: Window) -> Moves:
    """Set the places of the standings beside those that the last issue froze; no query."""
    previous = window.previous
    known = {(place.unit_id, place.group): place.rank for place in previous.places} if previous else {}
    groups: dict[str, list[Move]] = {}
    for place in places_of(state):
        before = known.get((place.unit_id, place.group)) or None
        groups.setdefault(place.group, []).append(Move(place, before))
    return Moves(
        title=previous.title if previous else "",
        number=previous.number if previous else "",
        as_of=previous.as_of if previous else None,
        groups=tuple(GroupMoves(str(group_label(name)), tuple(rows)) for name, rows in groups.items()),
    )
