"""The calendar on its page and as a feed: what is in it, whose it is, how it is written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from projects import actions, agenda, ics
from projects.models import CalendarFeed, Meeting
from tests.projects.factories import NONSENSE, make_company, make_desk, make_milestone, make_project, make_visit
from tests.projects.test_events_pages import queries
from units.models import AuditEntry

STAMP = datetime(2026, 11, 3, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def desk(client, db, monkeypatch):
    monkeypatch.setattr(Meeting, "get_absolute_url", lambda meeting: f"/meetings/{meeting.pk}/")
    made = make_desk()
    client.force_login(made.clerk)
    return made


def everything(desk, number=0):
    """Enter one thing of each kind, on today."""
    day, company = desk.today, make_company(desk, f"企业{number}")
    actions.file_trip(
        unit=desk.unit, purpose=f"赴江南{number}", leader="局长", starts_on=day, ends_on=day + timedelta(days=1),
        heads=Decimal(2), by=desk.clerk,
    )  # fmt: skip
    make_visit(desk, company=company)
    actions.create_event(name=f"推介会{number}", on=day, level="city", by=desk.editor)
    Meeting.objects.create(
        kind="push", title=f"推进会{number}", on=day, chair="区长", unit=desk.unit, recorded_by=desk.clerk
    )
    actions.plan_contact(unit=desk.unit, company=company, person="科员", due_on=day, by=desk.clerk)
    make_milestone(desk, make_project(desk, name=f"项目{number}", company=company), "contract", due_on=day,
                   promised_amount=Decimal(10))  # fmt: skip


def kinds(desk, user, **asked):
    """Return the kinds of what a user sees of today."""
    return [item.kind for item in agenda.items(user, desk.today, desk.today, as_of=desk.today, **asked)]


def test_calendar_holds_one_of_each_kind_for_those_who_may_see_it(desk):
    everything(desk)
    assert kinds(desk, desk.clerk) == ["trip", "visit", "event", "meeting", "contact", "promise"]
    assert kinds(desk, desk.leader) == ["trip", "visit", "event", "meeting", "contact", "promise"]
    assert kinds(desk, desk.other_clerk) == ["event"]
    assert kinds(desk, desk.leader, kind="visit") == ["visit"]
    assert kinds(desk, desk.leader, unit=desk.units[1]) == []


def test_month_shows_a_journey_on_each_of_its_days():
    item = agenda.Item(
        "trip-1", "trip", date(2026, 10, 30), date(2026, 11, 2), "赴江南", "商务局", "/trips/1/", "info"
    )
    weeks = agenda.grid(date(2026, 11, 1), [item], date(2026, 11, 2))
    assert (weeks[0][0].on, weeks[-1][-1].on) == (date(2026, 10, 26), date(2026, 12, 6))
    assert [day.on.day for week in weeks for day in week if day.items] == [30, 31, 1, 2]
    assert [day.on for week in weeks for day in week if day.is_today] == [date(2026, 11, 2)]
    many = agenda.grid(date(2026, 11, 1), [replace(item, key=str(n)) for n in range(9)], date(2026, 11, 2))
    day = next(day for week in many for day in week if day.items)
    assert (len(day.shown), day.more) == (3, 6)


def test_page_costs_the_same_at_any_length(client, desk):
    everything(desk)
    month = f"/calendar/?month={desk.today:%Y-%m}"
    few = queries(client, month), queries(client, f"{month}&view=list")
    for number in range(1, 12):
        everything(desk, number)
    assert (queries(client, month), queries(client, f"{month}&view=list")) == few


def test_page_takes_nonsense_for_the_present_month(client, desk):
    for junk in (*NONSENSE, "2026-13", "0000-01", "99999999-1", "2026-11-03"):
        for name in ("month", "kind", "unit", "view"):
            assert client.get("/calendar/", {name: junk}).status_code == 200
    assert client.get("/calendar/?month=2026-13").context["month"] == desk.today.replace(day=1)
    assert "这个月没有日程" in client.get("/calendar/?month=2031-02").content.decode()


def test_feed_is_shown_once_renewed_and_revoked(client, desk):
    everything(desk)
    assert "还没有地址" in client.get("/calendar/subscription/").content.decode()
    address = client.post("/calendar/subscription/").context["address"]
    assert CalendarFeed.objects.get().token_hash not in address
    assert address not in client.get("/calendar/subscription/").content.decode()
    anyone = Client()
    response = anyone.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert response.content.count(b"BEGIN:VEVENT") == 6
    renewed = client.post("/calendar/subscription/").context["address"]
    assert [anyone.get(url).status_code for url in (address, renewed)] == [404, 200]
    client.post("/calendar/subscription/revoke/", {"nonce": "n"})
    assert anyone.get(renewed).status_code == 404
    told = AuditEntry.objects.filter(action__startswith="calendar.").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["calendar.address_made", "calendar.address_made", "calendar.address_revoked"]
    assert address.split("/")[-2] not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


def test_feed_holds_what_its_member_may_see_and_dies_with_the_account(client, desk):
    everything(desk)
    client.force_login(desk.other_clerk)
    address = client.post("/calendar/subscription/").context["address"]
    text = Client().get(address).content.decode()
    assert "推介会0" in text
    assert "企业0" not in text
    desk.other_clerk.is_active = False
    desk.other_clerk.save()
    assert Client().get(address).status_code == 404
    assert Client().get("/calendar/none/feed.ics").status_code == 404


def written(**facts):
    """Return the lines of a feed of one item, unfolded."""
    facts = {"key": "trip-1", "kind": "trip", "on": date(2026, 11, 30), "until": date(2026, 12, 2), "title": "赴江南",
             "unit": "商务局", "url": "/trips/1/", "tone": "info"} | facts  # fmt: skip
    content = ics.calendar(
        "日程", [agenda.Item(**facts)], stamp=STAMP, host="example.org", address=lambda url: "https://x" + url
    )
    return content, content.decode().replace("\r\n ", "").split("\r\n")


def test_feed_is_written_to_the_letter():
    content, lines = written(place="江南; 会展, 中心\n二楼")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for line in (
        "X-WR-TIMEZONE:Asia/Shanghai", "UID:trip-1@example.org", "DTSTAMP:20261103T010203Z",
        "DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261203", "SUMMARY:[外出] 赴江南",
        "LOCATION:江南\\; 会展\\, 中心\\n二楼", "DESCRIPTION:商务局", "URL:https://x/trips/1/",
    ):  # fmt: skip
        assert line in lines


@pytest.mark.parametrize("number", ["13812345678", "138 1234 5678", "+86-138-1234-5678", "0571-87654321", "6543210"])
def test_feed_gives_no_phone_number_away(number):
    _content, lines = written(title=f"拜访王总{number}，2026-11-30 出发")
    (summary,) = [line for line in lines if line.startswith("SUMMARY")]
    assert summary == "SUMMARY:[外出] 拜访王总****，2026-11-30 出发"


@given(title=st.text(max_size=300))
def test_lines_hold_75_octets_and_nothing_breaks_out_of_its_property(title):
    content, lines = written(title=title)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert [line.partition(":")[0] for line in lines] == [line.partition(":")[0] for line in written()[1]]
    assert "\r" not in content.decode().replace("\r\n", "")


def test_keys_of_two_steps_of_one_name_differ(desk):
    asked = [{"name": "意见", "unit": unit, "working_days": 1} for unit in desk.units[1:]]
    actions.start_procedure(
        project=make_project(desk), kind="review", name="联合会审", started_on=desk.today, steps=asked, by=desk.clerk
    )
    until = desk.today + timedelta(days=10)
    found = agenda.items(desk.clerk, desk.today, until, as_of=desk.today, kind="promise")
    assert len({item.title for item in found}) == 1
    assert len({item.key for item in found}) == 2
