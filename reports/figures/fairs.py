"""The fairs and signing events at which a campaign's units were: leaflets, projects published, what was signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from campaigns.lines import Standings
from campaigns.numbers import money_text
from projects.models import Attendance, Event, Milestone
from projects.stages import Kind
from reports.figures.campaign import of_roster, roster_units
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Fair:
    """One event: who led the way there, what was handed out and published, which contracts were signed there."""

    name: str
    href: str
    on: date
    place: str
    level: str
    is_own: bool  # held by the district itself
    leader: str
    heads: int
    leaflets: int | None
    published: int | None
    projects: tuple[str, ...]  # signed there, the largest first
    amount: str  # of the contracts, "" without any
    frameworks: int


@dataclass(frozen=True)
class Fairs:
    """The events of a window in the order of their days."""

    fairs: tuple[Fair, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        yield "招商活动", Number(f"{len(self.fairs)}场")
        for fair in self.fairs:
            told = {"href": fair.href, "first": fair.on.isoformat(), "last": fair.on.isoformat()}
            if fair.leaflets:
                yield f"{fair.name}·发放资料", Number(f"{fair.leaflets}份", **told)
            if fair.published:
                yield f"{fair.name}·发布项目", Number(f"{fair.published}个", **told)
            if fair.projects:
                yield f"{fair.name}·签约项目", Number(f"{len(fair.projects)}个", **told)
                yield f"{fair.name}·签约金额", Number(fair.amount, **told)


def read(state: Standings, window: Window) -> Fairs:
    """Read the events that the roster attended or signed at: four queries."""
    days = (window.first, window.last)
    here = Attendance.objects.filter(unit__in=roster_units(state), event__on__range=days).order_by("pk")
    attended: dict[int, list[Attendance]] = {}
    for row in here:
        attended.setdefault(row.event_id, []).append(row)
    done = Milestone.objects.live().done().filter(kind__in=[Kind.CONTRACT, Kind.FRAMEWORK], event__on__range=days)
    agreed: dict[int, list[Milestone]] = {}
    for row in of_roster(state, done):
        agreed.setdefault(row.event_id, []).append(row)
    events = Event.objects.filter(Q(pk__in=attended) | Q(pk__in=agreed)).order_by("on", "pk")
    return Fairs(tuple(_fair(event, attended.get(event.pk, []), agreed.get(event.pk, [])) for event in events))


def _fair(event, attended, agreed) -> Fair:
    signed = [row for row in agreed if row.kind == Kind.CONTRACT]
    signed.sort(key=lambda row: (-(row.amount_cny or 0), row.pk))
    return Fair(
        name=event.name,
        href=event.get_absolute_url(),
        on=event.on,
        place=event.place,
        level=str(event.get_level_display()),
        is_own=event.level == Event.Level.DISTRICT,
        leader=next((row.leader for row in attended if row.leader), ""),
        heads=sum(row.heads for row in attended),
        leaflets=event.leaflets,
        published=event.published,
        projects=tuple(row.project.name for row in signed),
        amount=money_text(sum((row.amount_cny for row in signed), Decimal(0))) if signed else "",
        frameworks=len(agreed) - len(signed),
    )
