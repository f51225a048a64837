"""Attendance of teams away as bureaus publish it: trips, days out, people, companies met; who has filed nothing."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignUnit
from campaigns.numbers import percent_text, plain
from projects.models import Delegation, Evidence, Plan, Trip, Visit
from units.models import Unit, User

UNIT, TEAM, PERSON = "unit", "team", "person"
WAYS = ((UNIT, _("按单位")), (TEAM, _("按小分队")), (PERSON, _("按人员")))
ALONE = _("未编入小分队")
ALL = "all"
HEADS = (
    _("外出次数"), _("主要领导带队（次）"), _("带队占比"), _("外出人数"), _("外出人次"), _("外出天数"), _("人天数"),
    _("会见企业（家）"), _("会见（次）"),
)  # fmt: skip


@dataclass
class Line:
    """What a unit, a team or a person did away in a period; a company met twice is one company."""

    key: str
    name: str
    note: str = ""
    rows: list[Trip] = field(default_factory=list)
    led: int = 0  # of them by the top leaders of party and government
    names: set = field(default_factory=set)  # people known by name
    unnamed: Decimal = Decimal(0)  # the most people without a name on one trip
    heads: Decimal = Decimal(0)  # person-times
    days: int = 0
    person_days: Decimal = Decimal(0)
    companies: set = field(default_factory=set)
    meetings: int = 0

    def add(self, trip, met, people=None):
        """Add one trip and the companies met on it; people are those of the line, where it is one person's."""
        names = people or trip.names
        heads = Decimal(1) if people else trip.heads
        self.rows.append(trip)
        self.led += trip.led_by_top
        self.names |= set(names)
        self.unnamed = max(self.unnamed, heads - len(names))
        self.heads += heads
        self.days += trip.days_out
        self.person_days += heads * trip.days_out
        self.companies |= set(met)
        self.meetings += len(met)

    @property
    def people(self) -> Decimal:
        """How many people went: those known by name, and the most that went unnamed at a time."""
        return len(self.names) + self.unnamed

    @property
    def trips(self) -> int:
        """How many trips."""
        return len(self.rows)

    @property
    def share(self) -> str:
        """The share of trips led by the top."""
        return percent_text(Fraction(self.led, self.trips)) if self.trips else "—"

    @property
    def cells(self) -> list:
        """What stands in the columns, in the order of HEADS."""
        return [
            self.trips, self.led, self.share, plain(self.people), plain(self.heads), self.days,
            plain(self.person_days), len(self.companies), self.meetings,
        ]  # fmt: skip

    @property
    def sheet_cells(self) -> list:
        """The same for a spreadsheet: numbers as numbers."""
        return [
            self.trips, self.led, self.share, self.people, self.heads, self.days, self.person_days,
            len(self.companies), self.meetings,
        ]  # fmt: skip

    @property
    def labelled(self) -> list:
        """The columns with their headings, for the cards of a phone."""
        return list(zip(HEADS, self.cells, strict=True))


@dataclass(frozen=True)
class Table:
    """The figures of a period, each line under a key: of attendance, or of what came of it (conversion_page)."""

    lines: tuple
    total: Any

    def line(self, key: str) -> Any:
        """Return the line of a key, the total for its own."""
        return next((line for line in (self.total, *self.lines) if line.key == key), None)


def attendance(user: User, since: date, until: date, *, by: str = UNIT, unit: Unit | None = None) -> Table:
    """Return who was away in a period: three queries, however many trips.

    A trip belongs to the period it started in, with all its days, as the ledger counts it.
    """
    trips = Trip.objects.visible_to(user).made().filter(starts_on__range=(since, until))
    if unit is not None:
        trips = trips.filter(unit__path__startswith=unit.path)
    met = companies_met(trips)
    lines, total = {}, Line(ALL, str(_("合计")))
    for trip in trips.select_related("unit", "delegation").order_by("unit__path", "starts_on", "pk"):
        companies = met.get(trip.pk, ())
        total.add(trip, companies)
        for key, name, note, people in keys_of(trip, by):
            lines.setdefault(key, Line(key, name, note)).add(trip, companies, people)
    ordered = sorted(lines.values(), key=lambda line: (-line.trips, -line.days))
    return Table(tuple(ordered), total)


def companies_met(trips) -> dict[int, list[int]]:
    """Return {trip: companies of its live visits, one for each visit}: one query."""
    met = defaultdict(list)
    rows = Visit.objects.live().filter(trip__in=trips.order_by().values("pk"))
    for trip_id, company_id in rows.order_by("pk").values_list("trip", "company"):
        met[trip_id].append(company_id)
    return met


def keys_of(trip: Trip, by: str) -> Iterator[tuple]:
    """Yield (key, name, note, people) of each line that a trip belongs to."""
    if by == TEAM:
        if trip.delegation:
            yield f"team-{trip.delegation_id}", trip.delegation.name, trip.unit.name, None
        else:
            yield f"alone-{trip.unit_id}", str(ALONE), trip.unit.name, None
    elif by == PERSON:
        for name in trip.names:
            yield f"{trip.unit_id}-{name}", name, trip.unit.name, [name]
    else:
        yield f"unit-{trip.unit_id}", trip.unit.name, "", None


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


# --- who has filed nothing (R1)


@dataclass(frozen=True)
class Filing:
    """What one line of a campaign's roster has filed: plans of its units, teams, trips within the campaign's days."""

    units: tuple[Unit, ...]
    name: str
    papers: tuple[Evidence, ...]
    teams: int
    trips: int

    @property
    def has_itinerary(self) -> bool:
        """Whether it formed a team or filed a trip."""
        return bool(self.teams or self.trips)

    @property
    def filed(self) -> int:
        """How much of the two it has filed, plan and itineraries."""
        return bool(self.papers) + self.has_itinerary


@dataclass(frozen=True)
class Unfiled:
    """The units of a campaign's roster that formed no team and filed no trip for it, and those without a plan."""

    campaign: Campaign
    units: tuple[str, ...]
    planless: tuple[str, ...]
    roster: int  # units of the roster that the reader may see


def filings(user: User, campaign: Campaign) -> list[Filing]:
    """Return what each line of the roster that the user may see has filed: six queries."""
    mine = Unit.objects.visible_to(user).values("pk")
    seats = CampaignUnit.objects.filter(Q(unit__in=mine) | Q(further__unit__in=mine), campaign=campaign).distinct()
    seats = seats.select_related("unit").prefetch_related("further__unit").order_by("order", "pk")
    teams = list(Delegation.objects.filter(campaign=campaign).values_list("unit__path", flat=True))
    made = Trip.objects.live().filter(starts_on__range=(campaign.starts_on, campaign.ends_on))
    trips = list(made.order_by().values_list("unit__path", flat=True))
    plans = Plan.objects.filter(campaign=campaign).prefetch_related(live_papers())
    papers = {plan.unit_id: plan.papers for plan in plans}
    found = []
    for seat in seats:
        units = (seat.unit, *(row.unit for row in seat.further.all()))
        paths = tuple(unit.path for unit in units)
        filed = tuple(paper for unit in units for paper in papers.get(unit.pk, ()))
        counts = [sum(path.startswith(paths) for path in each) for each in (teams, trips)]
        found.append(Filing(units, str(seat), filed, *counts))
    return found


def live_papers() -> Prefetch:
    """Return the prefetch that gives a plan its `papers`: the files that were not taken back."""
    return Prefetch("evidence", Evidence.objects.live().order_by("pk"), to_attr="papers")


def unfiled(user: User, as_of: date) -> Unfiled | None:
    """Return who has filed nothing for the campaign that runs on a day; None where none runs. Seven queries."""
    running = Campaign.objects.visible_to(user).filter(starts_on__lte=as_of, ends_on__gte=as_of)
    campaign = running.order_by("-starts_on", "-pk").first()
    if campaign is None:
        return None
    rows = filings(user, campaign)
    silent = tuple(row.name for row in rows if not row.has_itinerary)
    return Unfiled(campaign, silent, tuple(row.name for row in rows if not row.papers), len(rows))
