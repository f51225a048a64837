"""Who went out and who came: teams, their leaders and trips, the companies met away and at home (R58, R60)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from campaigns.lines import Standings
from campaigns.models import Basis
from campaigns.numbers import plain
from projects.models import Delegation, Stop, Trip, Visit
from reports.figures.campaign import SETTLED, basis_of, roster_units
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Outings:
    """The teams of a campaign and the trips that began in a window; a company met twice is one company."""

    first: date
    last: date
    teams: int
    team_units: int  # units that set up a team
    leaders: int  # different people who lead a team
    titles: tuple[tuple[str, int], ...]  # of the leaders, by what they are, as it was typed
    trips: int
    led_by_top: int
    heads: str
    days: int
    places: tuple[str, ...]  # the most frequent first
    visited: int
    calls: int  # meetings away; the same company may be met again

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        days = {"since": self.first.isoformat(), "until": self.last.isoformat()}
        trips = f"{reverse('projects:trip_list')}?{urlencode(days)}"
        visits = f"{reverse('projects:visit_list')}?{urlencode(days | {'direction': 'outbound'})}"
        span = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        yield "小分队", Number(f"{self.teams}支", reverse("projects:delegation_list"), **span)
        yield "带队领导", Number(f"{self.leaders}名", reverse("projects:delegation_list"), **span)
        for title, count in self.titles:
            yield f"带队领导·{title}", Number(f"{count}名", reverse("projects:delegation_list"), **span)
        yield "外出招商·批次", Number(f"{self.trips}批次", trips, **span)
        yield "外出招商·主要领导带队", Number(f"{self.led_by_top}批次", f"{trips}&led_by_top=1", **span)
        yield "外出招商·人次", Number(f"{self.heads}人次", trips, **span)
        yield "外出招商·天数", Number(f"{self.days}天", trips, **span)
        yield "外出走访·企业", Number(f"{self.visited}家", visits, **span)
        yield "外出走访·次数", Number(f"{self.calls}次", visits, **span)


@dataclass(frozen=True)
class Receptions:
    """Who was received in a window, and by how many units."""

    first: date
    last: date
    basis: str
    batches: int
    heads: str
    companies: int
    units: int

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        query = {"direction": "inbound", "since": self.first.isoformat(), "until": self.last.isoformat()}
        told = {
            "href": f"{reverse('projects:visit_list')}?{urlencode(query)}",
            "basis": self.basis,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }
        yield "来访接待·批次", Number(f"{self.batches}批次", **told)
        yield "来访接待·人数", Number(f"{self.heads}人", **told)
        yield "来访接待·企业", Number(f"{self.companies}家", **told)


def read_outings(state: Standings, window: Window) -> Outings:
    """Read the teams, the trips and the visits away: four queries."""
    units, days = roster_units(state), (window.first, window.last)
    standing = Delegation.objects.standing(window.last).filter(unit__in=units, kind=Delegation.Kind.TEAM)
    own = Q(campaign=state.campaign) | Q(campaign=None)
    teams = list(standing.filter(own).values_list("unit", "leader", "leader_title"))
    titles = Counter(title for _leader, title in {(leader, title) for _unit, leader, title in teams} if title)
    trips = list(Trip.objects.made().filter(unit__in=units, starts_on__range=days))
    away, _basis = visits_of(state, window, Visit.Direction.OUTBOUND)
    return Outings(
        first=window.first,
        last=window.last,
        teams=len(teams),
        team_units=len({unit for unit, _leader, _title in teams}),
        leaders=len({leader for _unit, leader, _title in teams}),
        titles=tuple(titles.most_common()),
        trips=len(trips),
        led_by_top=sum(trip.led_by_top for trip in trips),
        heads=plain(sum((trip.heads for trip in trips), Decimal(0))),
        days=sum(trip.days_out for trip in trips),
        places=places_of_trips(trips),
        visited=len({visit.company_id for visit in away}),
        calls=len(away),
    )


def read_receptions(state: Standings, window: Window) -> Receptions:
    """Read the visits at home: one query."""
    home, basis = visits_of(state, window, Visit.Direction.INBOUND)
    recognised = basis == Basis.RECOGNISED
    heads = sum(((row.recognised_amount if recognised else row.heads) or 0 for row in home), Decimal(0))
    return Receptions(
        first=window.first,
        last=window.last,
        basis=str(basis.label),
        batches=len(home),
        heads=plain(heads),
        companies=len({visit.company_id for visit in home}),
        units=len({visit.unit_id for visit in home}),
    )


def visits_of(state: Standings, window: Window, direction: str) -> tuple[list[Visit], Basis]:
    """Return the roster's visits of a window and the basis they stand on: recognised where all figures do."""
    basis = basis_of(state)
    rows = Visit.objects.live().filter(unit__in=roster_units(state), direction=direction)
    days = (window.first, window.last)
    if basis == Basis.RECOGNISED:
        return list(rows.filter(recognition__in=SETTLED, recognised_on__range=days)), basis
    return list(rows.filter(on__range=days)), basis


def places_of_trips(trips) -> tuple[str, ...]:
    """Return where the trips went, the most frequent first."""
    counts: dict[str, set[int]] = {}
    for trip_id, place in (
        Stop.objects.filter(trip__in=trips).order_by("trip", "on", "pk").values_list("trip", "place")
    ):
        counts.setdefault(place, set()).add(trip_id)
    return tuple(sorted(counts, key=lambda place: -len(counts[place])))
