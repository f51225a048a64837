"""The meetings held in a window, by kind."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.lines import Standings
from projects.models import Meeting
from reports.figures.values import Number, Window
from units.models import under


@dataclass(frozen=True)
class Meetings:
    """How many meetings were held, of each kind."""

    kinds: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(count for _label, count in self.kinds)

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited; a kind that was not held is cited as 0."""
        yield "会议", Number(f"{self.count}次")
        held = dict(self.kinds)
        for kind in Meeting.Kind:
            yield str(kind.label), Number(f"{held.get(str(kind.label), 0)}次")


def read(state: Standings, window: Window) -> Meetings:
    """Count the meetings that the organiser, or a unit below it, held in the window: one query."""
    held = Meeting.objects.filter(under([state.campaign.organiser.path]), held=True)
    found = Counter(held.filter(on__range=(window.first, state.as_of)).order_by().values_list("kind", flat=True))
    return Meetings(tuple((str(kind.label), found[kind]) for kind in Meeting.Kind if found[kind]))
