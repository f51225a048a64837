"""A world for properties of what happens on the road: visits, trips, attendance at events, and what follows."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st

from campaigns.models import Indicator
from projects import actions
from projects.models import Event, Milestone, Project, Trip, Visit
from tests.factories import make_unit, make_user
from tests.projects.factories import READY, add_rule, sign_off
from units.models import Role, Unit, User

FIRST = date(2026, 5, 1)
AFTER = FIRST + timedelta(days=120)  # nothing happens later
DAYS = st.integers(0, 89).map(lambda number: FIRST + timedelta(days=number))
PLACE = st.integers(0, 5)  # of a visit, unit or company; taken modulo how many there are
DIRECTION = st.sampled_from(Visit.Direction.values)
HEADS = st.integers(1, 40).map(Decimal)
VERDICT = st.sampled_from(["full", "reduced", "refused", "waiting"])
LENGTH = st.integers(0, 6)  # days from the first of a trip to its last
LATER = st.sampled_from(["talks", "contract", "contract", "funding", "funding", "groundbreaking", "termination"])

VISITS = (
    st.tuples(st.just("record"), PLACE, PLACE, DIRECTION, DAYS, HEADS, st.booleans()),
    st.tuples(st.just("record_on_trip"), PLACE, PLACE, LENGTH, HEADS),
    st.tuples(st.just("correct"), PLACE, PLACE, DIRECTION, DAYS, HEADS, st.booleans()),
    st.tuples(st.just("recognise"), PLACE, VERDICT, DAYS),
    st.tuples(st.just("withdraw"), PLACE),
)
TRIPS = (
    st.tuples(st.just("file"), PLACE, DAYS, LENGTH, HEADS, st.booleans()),
    st.tuples(st.just("end"), PLACE, LENGTH, HEADS, st.booleans()),
    st.tuples(st.just("change"), PLACE, DAYS, LENGTH, HEADS),
    st.tuples(st.just("cancel"), PLACE),
)
EVENTS = (
    st.tuples(st.just("attend"), PLACE, PLACE, st.integers(0, 30)),
    st.tuples(st.just("move_event"), PLACE, DAYS, st.sampled_from(Event.Level.values)),
)
ORDER = ("talks", "contract", "funding", "groundbreaking", "termination")
PROJECTS = (
    st.tuples(st.just("story"), PLACE, PLACE, DAYS, st.integers(-5, 20), st.integers(0, 5), st.integers(0, 20)),
    st.tuples(st.just("lead"), PLACE, PLACE, DAYS),
    st.tuples(st.just("go_on"), PLACE, LATER, DAYS),
    st.tuples(st.just("take_back"), PLACE),
    st.tuples(st.just("share"), PLACE, PLACE, DAYS),
)


class World:
    """Three units, one below another, each with a team on a trip; companies, events; a method for each operation."""

    def __init__(self, rules=()):
        """Make it with indicators fed by rules: {name: (dimension, facts of the rule)}."""
        self.by = User.objects.system()
        for name in rules:
            dimension, facts = rules[name]
            add_rule(name, dimension, **facts)
        Indicator.objects.update(recounting=False)
        self.district = make_unit("示范区")
        first, second = (make_unit(name, Unit.Kind.TOWNSHIP, self.district) for name in ("甲镇", "乙镇"))
        self.units = [first, second, make_unit("甲镇招商办", Unit.Kind.DEPARTMENT, first)]
        self.leader = make_user("leader", Role.LEADER, self.district)
        self.companies = [
            actions.create_company(name=name, unit=first, by=self.by) for name in ("子公司", "丑公司", "寅公司")
        ]
        self.teams = [
            actions.create_delegation(
                unit=unit, kind="team", name=f"{unit}小分队", leader="镇长", formed_on=FIRST, by=self.by
            )
            for unit in self.units
        ]
        self.events = [
            actions.create_event(name=name, on=FIRST, level="city", by=self.by) for name in ("推介会", "展会")
        ]
        for place in range(3):
            self.file(place, FIRST + timedelta(days=20 * place), 4, Decimal(2), with_team=True)
            self.record_on_trip(place, place, 1, Decimal(2))

    def run(self, operations):
        """Do what may be done, in order."""
        for name, *arguments in operations:
            with suppress(ValidationError), transaction.atomic():
                getattr(self, name)(*arguments)

    def one_of(self, rows, place):
        """Return one of the rows written so far."""
        found = list(rows.order_by("pk"))
        if not found:
            raise ValidationError("nothing was recorded")
        return found[place % len(found)]

    # --- visits

    def record(self, unit, company, direction, on, heads, led):
        """Record a visit."""
        actions.record_visit(
            unit=self.units[unit % 3], company=self.companies[company % 3], direction=direction, on=on, heads=heads,
            led_by_top=led, by=self.by,
        )  # fmt: skip

    def record_on_trip(self, place, company, later, heads):
        """Record a visit on a trip, some days after its first."""
        trip = self.one_of(Trip.objects.select_related("unit"), place)
        actions.record_visit(
            unit=trip.unit, company=self.companies[company % 3], direction="outbound", trip=trip, heads=heads,
            on=trip.starts_on + timedelta(days=later), by=self.by,
        )  # fmt: skip

    def correct(self, place, company, direction, on, heads, led):
        """Correct a visit."""
        actions.correct_visit(
            visit=self.one_of(Visit.objects, place), company=self.companies[company % 3], direction=direction, on=on,
            heads=heads, led_by_top=led, reason="核对", by=self.by,
        )  # fmt: skip

    def recognise(self, place, verdict, on):
        """Recognise a visit in full, in part or not at all."""
        visit = self.one_of(Visit.objects, place)
        amount = {"full": visit.heads, "reduced": visit.heads - 1}.get(verdict)
        reason = "" if verdict == "full" else "依据不足"
        actions.recognise_visit(visit=visit, verdict=verdict, on=on, amount=amount, reason=reason, by=self.by)

    def withdraw(self, place):
        """Take a visit back."""
        actions.withdraw_visit(visit=self.one_of(Visit.objects, place), reason="重复", by=self.by)

    # --- trips and events

    def file(self, unit, starts_on, length, heads, with_team):
        """File a trip, perhaps of a team."""
        actions.file_trip(
            unit=self.units[unit % 3], delegation=self.teams[unit % 3] if with_team else None, purpose="拜访企业",
            leader="镇长", starts_on=starts_on, ends_on=starts_on + timedelta(days=length), heads=heads, by=self.by,
        )  # fmt: skip

    def end(self, place, length, heads, led):
        """Say what came of a trip, and how it was really."""
        trip = self.one_of(Trip.objects, place)
        ends_on = trip.starts_on + timedelta(days=length)
        actions.end_trip(
            trip=trip, results="有", ends_on=ends_on, heads=heads, led_by_top=led, today=AFTER, by=self.by
        )

    def change(self, place, starts_on, length, heads):
        """Change a trip."""
        ends_on = starts_on + timedelta(days=length)
        actions.change_trip(
            trip=self.one_of(Trip.objects, place), starts_on=starts_on, ends_on=ends_on, heads=heads, today=AFTER,
            by=self.by,
        )  # fmt: skip

    def cancel(self, place):
        """Call a trip off."""
        actions.cancel_trip(trip=self.one_of(Trip.objects, place), reason="改期", by=self.by)

    def attend(self, event, unit, heads):
        """Say with how many people a unit was at an event; 0 takes it back."""
        actions.set_attendance(event=self.events[event % 2], unit=self.units[unit % 3], heads=heads, by=self.by)

    def move_event(self, event, on, level):
        """Put an event on another day and level."""
        actions.change_event(event=self.events[event % 2], on=on, level=level, by=self.by)

    # --- what follows

    def story(self, unit, company, on, after, length, pace):
        """Visit a company, hear of a project some days later (or before), and record so many steps of its way."""
        self.record(unit, company, "outbound", on, Decimal(2), led=False)
        project = self.lead(unit, company, on + timedelta(days=after))
        for number, kind in enumerate(ORDER[:length], 1):
            self.happen(project, kind, on + timedelta(days=after + number * pace))

    def lead(self, unit, company, on):
        """Register a project that was heard of on a day."""
        count = Project.objects.count()
        project = actions.create_project(
            name=f"项目{count}", company=self.companies[company % 3], unit=self.units[unit % 3], by=self.by, **READY
        )
        sign_off(project)
        self.happen(project, "lead", on)
        return project

    def go_on(self, place, kind, on):
        """Record what happened to one of the projects."""
        self.happen(self.one_of(Project.objects, place), kind, on)

    def happen(self, project, kind, on):
        """Record what happened to a project, if it may have happened."""
        facts = {"amount": Decimal(100)} if kind in {"contract", "funding"} else {}
        facts |= {"note": "企业放弃"} if kind == "termination" else {}
        with suppress(ValidationError), transaction.atomic():
            actions.record_milestone(project=project, kind=kind, on=on, by=self.by, **facts)

    def take_back(self, place):
        """Take a milestone back."""
        milestone = self.one_of(Milestone.objects, place)
        actions.withdraw_milestone(milestone=milestone, reason="误报", by=self.by)

    def share(self, place, unit, since):
        """Give a project to another unit from a day on."""
        shares = [(self.units[unit % 3], "introducing", Decimal(100))]
        project = self.one_of(Project.objects, place)
        actions.set_shares(project=project, shares=shares, from_on=since, document="纪要", by=self.by)
