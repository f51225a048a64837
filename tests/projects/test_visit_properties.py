"""Whatever is written: figures counted from visits, trips and attendance equal these, and so does every table."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Basis, Entry
from projects import outings
from projects.models import Attendance, Trip, Visit
from projects.reconciling import differences
from tests.campaigns.drives import undone
from tests.projects.roads import AFTER, EVENTS, FIRST, TRIPS, VISITS, World

pytestmark = pytest.mark.django_db

OPERATIONS = st.one_of(*VISITS, *TRIPS, *EVENTS)


def heads_of(visit, basis):
    """Return the heads of a visit on a basis: the verifier may have recognised fewer."""
    return visit.recognised_amount if basis == Basis.RECOGNISED else visit.heads


def one(fact, basis):
    """Return what a fact is worth that counts once."""
    return Decimal(1)


def one_if_led(fact, basis):
    """Return what a fact is worth that a top leader has to lead."""
    return Decimal(fact.led_by_top)


def days_of(trip, basis):
    """Return the days of a trip, the first and the last both counted."""
    return Decimal((trip.ends_on - trip.starts_on).days + 1)


def heads_in_province(attendance, basis):
    """Return the heads at an event of the province."""
    return Decimal(attendance.heads) if attendance.event.level == "province" else Decimal(0)


RULES = {  # indicator → (dimension, what its rule is given, what a fact that it counts is worth)
    "走访企业": ("家", {"fact": "visit.outbound"}, one),
    "走访人次": ("人次", {"fact": "visit.outbound", "measure": "persons"}, heads_of),
    "主要领导走访": ("家", {"fact": "visit.outbound", "led_by_top": True}, one_if_led),
    "邀请企业": ("家", {"fact": "visit.inbound"}, one),
    "来访人次": ("人次", {"fact": "visit.inbound", "measure": "persons"}, heads_of),
    "外出次数": ("次", {"fact": "trip.made"}, one),
    "外出天数": ("天", {"fact": "trip.made", "measure": "days"}, days_of),
    "外出人次": ("人次", {"fact": "trip.made", "measure": "persons"}, lambda trip, basis: trip.heads),
    "主要领导外出": ("次", {"fact": "trip.made", "led_by_top": True}, one_if_led),
    "参会家数": ("家", {"fact": "attendance.event"}, one),
    "省级活动参会": (
        "人次",
        {"fact": "attendance.event", "measure": "persons", "event_levels": ["province"]},
        heads_in_province,
    ),
}


def figures():
    """Return {(indicator, unit, basis): sum} of the ledger, without zeros."""
    rows = Entry.objects.values_list("indicator__name", "unit_id", "basis").annotate(total=Sum("amount"))
    return {tuple(key): total for *key, total in rows.order_by() if total}


def facts():
    """Yield (fact, name in a rule, bases it stands on) of all that stands."""
    for visit in Visit.objects.filter(withdrawn_at__isnull=True):
        yield visit, f"visit.{visit.direction}", Basis.values if visit.is_recognised else [Basis.REPORTED]
    for trip in Trip.objects.filter(ended_at__isnull=False, cancelled_at__isnull=True):
        yield trip, "trip.made", Basis.values
    for row in Attendance.objects.select_related("event"):
        yield row, "attendance.event", Basis.values


def truth():
    """Return the same sums from the facts themselves, reckoned without the counting of the product."""
    sums = {}
    for fact, kind, bases in facts():
        for basis in bases:
            for name, (_dimension, said, worth) in RULES.items():
                if said["fact"] == kind and (value := worth(fact, basis)):
                    key = (name, fact.unit_id, basis)
                    sums[key] = sums.get(key, Decimal(0)) + value
    return sums


def check_attendance(world, sums):
    """Assert that the attendance table says what the ledger says, by unit and as a whole, and the visits on trips."""
    names = ("外出次数", "主要领导外出", "外出人次", "外出天数")
    made = [
        [sums.get((name, unit.pk, Basis.REPORTED), Decimal(0)) for name in names]
        for unit in world.units
        if (names[0], unit.pk, Basis.REPORTED) in sums
    ]
    for way, _label in outings.WAYS:
        table = outings.attendance(world.leader, FIRST, AFTER, by=way)
        total = [table.total.trips, table.total.led, table.total.heads, table.total.days]
        assert total == [sum(row[place] for row in made) for place in range(len(names))]
        assert table.total.meetings == Visit.objects.live().filter(trip__in=Trip.objects.made()).count()
        if way == outings.UNIT:
            lines = [[line.trips, line.led, line.heads, line.days] for line in table.lines]
            assert sorted(lines) == sorted(made)


@settings(max_examples=40)
@given(operations=st.lists(OPERATIONS, min_size=4, max_size=20))
def test_figures_counted_from_the_road_equal_the_ledger_after_any_sequence(operations):
    with undone():
        world = World({name: (dimension, said) for name, (dimension, said, _worth) in RULES.items()})
        world.run(operations)
        assert figures() == truth()
        assert [row.text for row in differences()] == []
        check_attendance(world, figures())
