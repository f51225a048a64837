"""Trips and attendance at events: filed, ended, called off, and what they count toward."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from campaigns.models import Entry
from projects import actions
from projects.models import Attendance
from projects.reconciling import differences, rebuild
from tests.projects.factories import add_rule, make_desk
from units.models import AuditEntry


@pytest.fixture
def desk(db):
    return make_desk()


def a_trip(desk, **facts):
    """Return a trip of three days that ended yesterday, not yet reported on."""
    start = desk.today - timedelta(days=3)
    return actions.file_trip(
        **{
            "unit": desk.unit, "purpose": "赴江南拜访装备企业", "leader": "局长", "starts_on": start,
            "ends_on": start + timedelta(days=2), "heads": Decimal(4), "by": desk.clerk,
            "stops": [{"on": start, "place": "江南市", "plan": "拜访三家"}], **facts,
        }
    )  # fmt: skip


def live(indicator):
    """Return the live amounts of an indicator by basis."""
    return {entry.basis: entry.amount for entry in Entry.objects.live().filter(indicator=indicator)}


def test_trip_counts_once_it_was_ended_and_no_more_when_called_off(desk):
    trips, days = (
        add_rule("外出次数", "次", fact="trip.made"),
        add_rule("外出天数", "天", fact="trip.made", measure="days"),
    )
    trip = a_trip(desk)
    assert live(trips) == {}
    trip = actions.end_trip(trip=trip, results="达成意向一个", by=desk.clerk, today=desk.today)
    assert live(trips) == {"reported": Decimal(1), "recognised": Decimal(1)}
    assert live(days)["reported"] == Decimal(3)
    actions.cancel_trip(trip=trip, reason="登记错误", by=desk.clerk)
    assert live(trips) == live(days) == {}
    assert list(differences()) == []


def test_trips_led_by_the_top_are_counted_apart(desk):
    led = add_rule("党政主要领导外出", "次", fact="trip.made", led_by_top=True)
    for purpose, by_top in (("一", True), ("二", False)):
        trip = a_trip(desk, purpose=purpose, led_by_top=by_top)
        actions.end_trip(trip=trip, results="有", by=desk.clerk, today=desk.today)
    assert live(led)["reported"] == Decimal(1)
    assert Entry.objects.live().filter(indicator=led, basis="reported").count() == 1


def test_rule_made_later_counts_trips_that_were_made_before(desk, django_capture_on_commit_callbacks):
    actions.end_trip(trip=a_trip(desk), results="有", by=desk.clerk, today=desk.today)
    with django_capture_on_commit_callbacks(execute=True):
        trips = add_rule("外出人次", "人次", fact="trip.made", measure="persons")
    assert live(trips)["reported"] == Decimal(4)
    assert rebuild() == 0


def test_trip_is_not_ended_before_it_is_over(desk):
    trip = a_trip(desk, starts_on=desk.today, ends_on=desk.today + timedelta(days=1), stops=())
    with pytest.raises(ValidationError, match="还没有返回"):
        actions.end_trip(trip=trip, results="有", by=desk.clerk, today=desk.today)


def test_itinerary_outside_the_trip_is_refused_and_nothing_is_kept(desk):
    with pytest.raises(ValidationError, match="行程日期须在出发和返回之间"):
        a_trip(desk, stops=[{"on": desk.today + timedelta(days=30), "place": "某地"}])
    assert not AuditEntry.objects.filter(action="trip.filed").exists()


def test_attendance_counts_on_the_events_day_and_0_takes_it_back(desk):
    heads = add_rule("参会人数", "人次", fact="attendance.event", measure="persons")
    event = actions.create_event(name="招商推介会", on=date(2026, 9, 1), level="city", by=desk.editor)
    actions.set_attendance(event=event, unit=desk.unit, heads=6, by=desk.clerk)
    assert live(heads)["reported"] == Decimal(6)
    actions.set_attendance(event=event, unit=desk.unit, heads=4, by=desk.clerk)
    assert live(heads)["reported"] == Decimal(4)
    actions.set_attendance(event=event, unit=desk.unit, heads=0, by=desk.clerk)
    assert live(heads) == {}
    assert not Attendance.objects.exists()
    assert list(differences()) == []


def test_posted_person_leaves_only_while_posted_and_not_twice(desk):
    office = actions.create_delegation(
        unit=desk.unit, kind="office", name="驻江南办事处", leader="主任", place="江南市", formed_on=date(2026, 1, 1),
        by=desk.clerk,
    )  # fmt: skip
    posting = actions.add_posting(delegation=office, person="专员甲", from_on=date(2026, 3, 1), by=desk.clerk)
    leave = {"posting": posting, "reason": "开会", "allowed_by": "局长", "by": desk.clerk}
    actions.record_leave(from_on=date(2026, 4, 1), until_on=date(2026, 4, 3), **leave)
    for start in (date(2026, 2, 1), date(2026, 4, 3)):
        with pytest.raises(ValidationError):
            actions.record_leave(from_on=start, until_on=start, **leave)
    assert posting.leaves.count() == 1


def test_office_without_a_place_is_refused(desk):
    with pytest.raises(ValidationError, match="须填驻地"):
        actions.create_delegation(
            unit=desk.unit, kind="office", name="办事处", leader="主任", formed_on=date(2026, 1, 1), by=desk.clerk
        )
