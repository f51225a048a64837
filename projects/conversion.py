"""What came of meeting companies on trips: leads, contracts and funds within some months (I15). Knows no request.

A company that a unit met counts with its first meeting in question. It became a lead if a project of the unit's with
it became known from that day on, within so many months; signed, if one of those projects was contracted; funded, if
funds of one of the contracted arrived – all within the same months and up to the day one looks from. So each step is
a part of the one before. A project known before the meeting is nobody's catch on that trip and stands apart.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from projects.courses import Course, Step, courses_of, months_after
from projects.models import Project, Trip, Visit


@dataclass(frozen=True)
class Meeting:
    """One live meeting of a unit with a company, as read."""

    visit_id: int
    unit_id: int
    unit_path: str
    company_id: int
    company: str
    on: date
    trip_id: int | None = None
    team_id: int | None = None
    is_first: bool = True  # the unit had never met the company before


@dataclass(frozen=True)
class Catch:
    """One project that became known after a meeting, and the days of its next steps; None where not yet."""

    course: Course
    lead_on: date
    signed_on: date | None
    funded_on: date | None


@dataclass(frozen=True)
class Case:
    """A company that a unit met, and what came of it."""

    unit_id: int
    company_id: int
    company: str
    met_on: date
    times: int
    is_new: bool
    was_known: bool  # the unit had a project with it before
    is_open: bool  # its months are not over yet
    catches: tuple[Catch, ...]

    @property
    def reached(self) -> int:
        """How far it came: 0 met, 1 lead, 2 signed, 3 funded."""
        return max(
            (1 + bool(row.signed_on) + bool(row.signed_on and row.funded_on) for row in self.catches), default=0
        )


@dataclass(frozen=True)
class Conversion:
    """What came of some meetings; companies are keys, so that a company met by two teams is one in a sum."""

    cases: tuple[Case, ...] = ()
    meetings: int = 0
    repeats: int = 0  # meetings with a company that the unit had met before
    trips: int = 0
    days_out: int = 0
    cost: Decimal | None = None  # of the trips whose cost is known
    without_cost: int = 0
    by_step: tuple[frozenset[int], ...] = field(default=(frozenset(),) * 4)

    @property
    def met(self) -> frozenset[int]:
        """The companies met."""
        return self.by_step[0]

    @property
    def new_faces(self) -> frozenset[int]:
        """The companies that a unit met for the first time."""
        return frozenset(case.company_id for case in self.cases if case.is_new)

    @property
    def known_before(self) -> frozenset[int]:
        """The companies with which the unit had a project already."""
        return frozenset(case.company_id for case in self.cases if case.was_known)

    @property
    def still_open(self) -> frozenset[int]:
        """The companies whose months are not over yet."""
        return frozenset(case.company_id for case in self.cases if case.is_open)


def convert(meetings: Iterable[Meeting], courses: dict[int, list[Course]], trips: Iterable[dict], *, months: int,
            as_of: date) -> Conversion:  # fmt: skip
    """Count what came of some meetings; courses by company, trips as rows with days_out and cost."""
    pairs: dict[tuple[int, int], list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        pairs[meeting.unit_id, meeting.company_id].append(meeting)
    cases = tuple(
        case_of(sorted(rows, key=lambda row: (row.on, row.visit_id)), courses.get(company_id, ()), months, as_of)
        for (_unit_id, company_id), rows in pairs.items()
    )
    trips = list(trips)
    costs = [trip["cost"] for trip in trips if trip["cost"] is not None]
    return Conversion(
        cases=cases,
        meetings=sum(case.times for case in cases),
        repeats=sum(not row.is_first for rows in pairs.values() for row in rows),
        trips=len(trips),
        days_out=sum(trip["days_out"] for trip in trips),
        cost=sum(costs, Decimal(0)) if costs else None,
        without_cost=len(trips) - len(costs),
        by_step=tuple(frozenset(case.company_id for case in cases if case.reached >= step) for step in range(4)),
    )


def case_of(meetings: list[Meeting], courses: Iterable[Course], months: int, as_of: date) -> Case:
    """Return what came of the meetings of one unit with one company, given by day."""
    first = meetings[0]
    ends_on = months_after(first.on, months)
    until = min(ends_on, as_of)
    own = [course for course in courses if course.is_of(first.unit_path)]
    return Case(
        unit_id=first.unit_id,
        company_id=first.company_id,
        company=first.company,
        met_on=first.on,
        times=len(meetings),
        is_new=any(row.is_first for row in meetings),
        was_known=any(course.known_on < first.on for course in own),
        is_open=ends_on > as_of,
        catches=tuple(
            caught(course, first.on, until)
            for course in sorted(own, key=lambda row: (row.known_on, row.project_id))
            if first.on <= course.known_on <= until
        ),
    )


def caught(course: Course, since: date, until: date) -> Catch:
    """Return the days of a project's next steps between two days."""

    def day(step):
        return next((on for on in course.days.get(step, ()) if since <= on <= until), None)

    signed_on = day(Step.SIGNED)
    return Catch(course, course.known_on, signed_on, day(Step.FUNDED) if signed_on else None)


# --- reading the rows


@dataclass(frozen=True)
class Readings:
    """All rows of a page: meetings, courses by company, trips by key."""

    meetings: tuple[Meeting, ...]
    courses: dict[int, list[Course]]
    trips: dict[int, dict]

    def conversion(self, chosen: Iterable[Meeting], *, months: int, as_of: date, trips=None) -> Conversion:
        """Count what came of some of the meetings, with the trips they were on or those given."""
        chosen = list(chosen)
        if trips is None:
            named = {row.trip_id for row in chosen if row.trip_id}
            trips = [self.trips[key] for key in sorted(named & self.trips.keys())]
        return convert(chosen, self.courses, trips, months=months, as_of=as_of)


FIELDS = ("pk", "unit_id", "unit__path", "company_id", "company__name", "on", "trip_id", "trip__delegation_id")


def read(user, as_of: date, *, since: date | None = None, until: date | None = None, **narrow) -> Readings:
    """Read the meetings that went out, of the user's units, between two days, and what they are judged by.

    narrow are conditions on visits (trip, trip__delegation). Six queries whatever the size.
    """
    last = min(until or as_of, as_of)
    live = Visit.objects.live().visible_to(user).filter(direction=Visit.Direction.OUTBOUND, on__lte=last)
    rows = live.filter(**narrow)
    if since is not None:
        rows = rows.filter(on__gte=since)
    known = Visit.objects.live().visible_to(user).filter(company__in=rows.order_by().values("company"))
    firsts: dict[tuple[int, int], int] = {}
    for unit_id, company_id, pk in known.order_by("on", "pk").values_list("unit_id", "company_id", "pk"):
        firsts.setdefault((unit_id, company_id), pk)
    meetings = tuple(
        Meeting(*row, is_first=firsts[row[1], row[3]] == row[0])
        for row in rows.order_by("on", "pk").values_list(*FIELDS)
    )
    projects = Project.objects.visible_to(user).filter(company__in=rows.order_by().values("company"))
    courses: dict[int, list[Course]] = defaultdict(list)
    for course in courses_of(projects, as_of):
        courses[course.company_id].append(course)
    return Readings(meetings, dict(courses), read_trips(user, since, last, meetings))


def read_trips(user, since, last, meetings) -> dict[int, dict]:
    """Return the trips that began between two days or that the meetings were on: one query."""
    named = {row.trip_id for row in meetings if row.trip_id}
    rows = Trip.objects.live().visible_to(user).filter(starts_on__lte=last)
    if since is not None:
        rows = rows.filter(ends_on__gte=since)
    else:
        rows = rows.filter(pk__in=named)
    fields = ("pk", "unit_id", "delegation_id", "days_out", "cost", "purpose", "starts_on")
    return {row["pk"]: row for row in rows.order_by("starts_on", "pk").values(*fields)}
