"""Who is set on the task beside the teams: task forces, the smallest team, where journeys led and what is ahead."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.lines import Standings
from projects.models import Delegation, Stop, Trip, Visit
from reports.figures.campaign import roster_units
from reports.figures.values import Number, Window
from units.models import under


@dataclass(frozen=True)
class Forces:
    """The district's task forces and teams on the last day; the roster's trips of a window, and those behind it."""

    task_forces: int
    fewest: int | None  # members of the smallest team; None without a team
    months: tuple[int, ...]  # in which trips began
    places: tuple[str, ...]  # where they went, in the order of their days
    projects: int  # different ones that were talked about away
    ahead: int  # trips that begin after the last day
    places_ahead: tuple[str, ...]
    href: str

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited; months and places as a list."""
        yield "招商专班", Number(f"{self.task_forces}个", reverse("projects:delegation_list"))
        if self.fewest:
            yield "小分队·最少人数", Number(f"{self.fewest}名", reverse("projects:delegation_list"))
        if self.months:
            yield "外出招商·月份", Number(_listed(f"{month}月" for month in self.months), self.href)
        if self.places:
            yield "外出招商·去向", Number("、".join(self.places[:MOST]), self.href)
        yield "外出招商·对接项目", Number(f"{self.projects}个", self.href)
        yield "待行外出", Number(f"{self.ahead}次", reverse("projects:trip_list"))
        if self.places_ahead:
            yield (
                "待行外出·去向",
                Number(
                    f"{len(self.places_ahead)}个省份（{'、'.join(self.places_ahead)}）", reverse("projects:trip_list")
                ),
            )


MOST = 5  # places named


def _listed(words) -> str:
    *most, last = words
    return f"{'、'.join(most)}和{last}" if most else last


def read(state: Standings, window: Window) -> Forces:
    """Read teams, trips, the visits on them and their stops: five queries."""
    below = under([state.campaign.organiser.path])
    teams = list(Delegation.objects.standing(window.last).filter(below).with_counts(window.last))
    sizes = [row.members for row in teams if row.kind == Delegation.Kind.TEAM]
    units = roster_units(state)
    made = Trip.objects.made().filter(unit__in=units, starts_on__range=(window.first, window.last))
    planned = Trip.objects.live().filter(unit__in=units, starts_on__gt=window.last)
    met = Visit.objects.live().filter(trip__in=made.values("pk"), project__isnull=False)
    days = {"since": window.first.isoformat(), "until": window.last.isoformat()}
    began = made.order_by("starts_on", "pk").values_list("starts_on", flat=True)
    return Forces(
        task_forces=sum(row.kind == Delegation.Kind.TASK_FORCE for row in teams),
        fewest=min(sizes, default=None),
        months=tuple(dict.fromkeys(day.month for day in began)),
        places=_places(made),
        projects=met.order_by().values("project").distinct().count(),
        ahead=planned.count(),
        places_ahead=_places(planned),
        href=f"{reverse('projects:trip_list')}?{urlencode(days)}",
    )


def _places(trips) -> tuple[str, ...]:
    """Return the places of some trips, each once, in the order of their days."""
    rows = Stop.objects.filter(trip__in=trips.order_by().values("pk")).order_by("on", "pk")
    return tuple(dict.fromkeys(rows.values_list("place", flat=True)))
