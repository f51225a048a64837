"""Trips, their visits and the attendance table through their pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.models import Entry
from projects import actions, outings
from projects.models import Trip, Visit
from tests.projects.factories import NONSENSE, add_rule, make_company, make_desk, make_visit
from tests.projects.forms import nonsense_in_every_field, rows_of, send
from tests.projects.test_events_pages import queries
from units.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def typed(desk, **more):
    """Return a filled-in form of a trip of three days from today."""
    last = desk.today + timedelta(days=2)
    return {
        "unit": desk.unit.pk, "delegation": "", "purpose": "赴江南拜访装备企业", "leader": "局长",
        "people": "张三、李四", "starts_on": desk.today.isoformat(), "ends_on": last.isoformat(), "heads": "4",
        "cost": "1.2",
        "stop_0_on": desk.today.isoformat(), "stop_0_place": "江南市", "stop_0_plan": "拜访三家",
        "stop_1_on": "", "stop_1_place": "", "stop_1_plan": "",
    } | more  # fmt: skip


def make_trip(desk, *, start=-3, days=3, by=None, unit=None, **facts):
    """Return a trip that starts some days after today."""
    starts_on = desk.today + timedelta(days=start)
    facts = {"purpose": "赴江南", "leader": "局长", "heads": Decimal(3)} | facts
    return actions.file_trip(
        unit=unit or desk.unit, starts_on=starts_on, ends_on=starts_on + timedelta(days=days - 1),
        by=by or desk.clerk, **facts,
    )  # fmt: skip


def visited(desk, trip, name="蓝天公司", **facts):
    """Return a visit on a trip, on its first day."""
    return actions.record_visit(
        unit=trip.unit, company=make_company(desk, name), direction="outbound", on=trip.starts_on, trip=trip,
        heads=Decimal(2), by=facts.pop("by", desk.clerk), **facts,
    )  # fmt: skip


def ended(desk, trip, **facts):
    """Return a trip with its report."""
    return actions.end_trip(trip=trip, results="谈成一项", by=desk.clerk, today=desk.today, **facts)


def test_trip_is_filed_with_its_itinerary_changed_and_called_off(client, desk):
    response = send(client, "/trips/new/", **typed(desk))
    trip = Trip.objects.get()
    assert response.url == trip.get_absolute_url()
    assert [(row.on, row.place, row.plan) for row in trip.stops.all()] == [(desk.today, "江南市", "拜访三家")]
    text = client.get(response.url).content.decode()
    for told in ("赴江南拜访装备企业", "江南市", "在外", "张三、李四", "1.2 万元", "登记走访"):
        assert told in text
    change = f"/trips/{trip.pk}/change/"
    shown = client.get(change).content.decode()
    assert 'value="江南市"' in shown
    more = {"stop_1_on": (desk.today + timedelta(days=1)).isoformat(), "stop_1_place": "河西市"}
    send(client, change, **typed(desk, version=1, leader="副局长", **more))
    trip.refresh_from_db()
    assert (trip.leader, trip.version, trip.stops.count()) == ("副局长", 2, 2)
    send(client, f"/trips/{trip.pk}/cancel/", reason="企业改期", version=2)
    text = client.get(trip.get_absolute_url()).content.decode()
    assert "企业改期" in text
    assert change not in text
    assert AuditEntry.objects.filter(action="trip.cancelled").count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"stop_0_place": ""}, "请填地点"),
        ({"stop_0_on": ""}, "请填日期"),
        ({"stop_0_on": "2001-01-01"}, "行程日期须在出发和返回之间"),
        ({"ends_on": "2001-01-01"}, "返回日期不能早于出发日期"),
        ({"heads": "2"}, "写明姓名的有 3 人"),
        ({"heads": "4.5"}, "人数须为整数"),
        ({"ends_on": "2099-01-01"}, "一次外出不超过"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(client, desk, wrong, told):
    response = send(client, "/trips/new/", **typed(desk, **wrong))
    assert told in response.content.decode()
    assert not Trip.objects.exists()


def test_trip_is_ended_only_when_it_is_over_and_counts_then(client, desk):
    trips = add_rule("外出次数", "次", fact="trip.made")
    trip = make_trip(desk)
    page = client.get(trip.get_absolute_url()).content.decode()
    assert f"/trips/{trip.pk}/end/" in page
    facts = {
        "results": "谈成一项",
        "ends_on": trip.ends_on.isoformat(),
        "heads": "3",
        "people": "",
        "cost": "",
        "version": 1,
    }
    early = send(
        client, f"/trips/{trip.pk}/end/", **{**facts, "ends_on": (desk.today + timedelta(days=9)).isoformat()}
    )
    assert "还没有返回" in early.content.decode()
    send(client, f"/trips/{trip.pk}/end/", **facts)
    assert Entry.objects.live().filter(indicator=trips, basis="reported").count() == 1
    text = client.get(trip.get_absolute_url()).content.decode()
    assert "外出次数" in text
    assert "已销差" in text


def test_what_came_of_a_trip_is_told_once_and_mended_where_the_trip_is_changed(client, desk):
    trip = ended(desk, make_trip(desk))
    facts = {"results": "又谈成一项", "ends_on": trip.ends_on.isoformat(), "heads": "3", "people": "", "cost": ""}
    again = send(client, f"/trips/{trip.pk}/end/", **facts, version=2)
    assert "已经销差" in again.content.decode()
    change = f"/trips/{trip.pk}/change/"
    assert client.get(change).context["form"].initial["results"] == "谈成一项"
    days = {name: getattr(trip, name).isoformat() for name in ("starts_on", "ends_on")}
    days["stop_0_on"] = days["starts_on"]
    assert "这个字段是必填项" in send(client, change, **typed(desk, version=2, **days)).content.decode()
    send(client, change, **typed(desk, version=2, results="谈成两项", **days))
    trip.refresh_from_db()
    assert (trip.results, trip.version) == ("谈成两项", 3)


def test_visit_on_a_trip_is_prefilled_and_belongs_to_it(client, desk):
    trip = make_trip(desk, start=-1, stops=[{"on": desk.today, "place": "江南市"}], led_by_top=True)
    url = f"/visits/new/?trip={trip.pk}"
    initial = client.get(url).context["form"].initial
    told = {name: initial[name] for name in ("trip", "unit", "on", "place", "led_by_top", "direction")}
    assert told == {
        "trip": trip.pk, "unit": desk.unit.pk, "on": desk.today, "place": "江南市", "led_by_top": True,
        "direction": "outbound",
    }  # fmt: skip
    values = {"direction": "outbound", "company_name": "蓝天公司", "on": desk.today.isoformat(), "unit": desk.unit.pk,
              "heads": "3", "trip": trip.pk}  # fmt: skip
    send(client, url, **values)
    assert Visit.objects.get().trip == trip
    assert "蓝天公司" in client.get(trip.get_absolute_url()).content.decode()
    for wrong, why in (({"on": (desk.today - timedelta(days=20)).isoformat()}, "会面日期不在这次外出"),
                       ({"direction": "inbound"}, "请进来的会面不挂外出行程")):  # fmt: skip
        assert why in send(client, url, **{**values, **wrong}).content.decode()
    assert Visit.objects.count() == 1


def test_dates_that_leave_a_visit_outside_are_refused(client, desk):
    trip = make_trip(desk)
    visited(desk, trip)
    later = (desk.today - timedelta(days=1)).isoformat()
    response = send(client, f"/trips/{trip.pk}/change/", **typed(desk, starts_on=later, stop_0_on=later, version=1))
    assert "走访会落在日期之外" in response.content.decode()


def test_another_units_trip_takes_no_visit_and_is_hidden(client, desk):
    theirs = make_trip(desk, unit=desk.units[1], by=desk.other_clerk)
    for name in ("", "change/", "end/", "cancel/"):
        assert client.get(f"/trips/{theirs.pk}/{name}").status_code == 404
    assert client.get(f"/visits/new/?trip={theirs.pk}").context["form"].initial.get("trip") is None
    client.force_login(desk.leader)
    assert client.get(theirs.get_absolute_url()).status_code == 200
    assert client.get(f"/trips/{theirs.pk}/change/").status_code == 403


def test_list_has_presets_sums_and_an_export(client, desk):
    ended(desk, make_trip(desk, start=-9, led_by_top=True))
    make_trip(desk)
    make_trip(desk, start=-1)
    make_trip(desk, start=5)
    actions.cancel_trip(trip=make_trip(desk, start=7, heads=Decimal(50)), reason="改期", by=desk.clerk)

    def found(**query):
        return len(client.get("/trips/", query).context["table"].data.data)

    counts = [found(state=state) for state in ("upcoming", "out", "due", "ended", "cancelled")]
    assert (counts, found(led_by_top="1"), found(q="江南"), found()) == ([1, 1, 1, 1, 1], 1, 5, 5)
    assert "外出 <b>12</b> 人次" in client.get("/trips/").content.decode()
    heads, *rows = [
        row for row in rows_of(client.get("/trips/?state=ended&export=xlsx")) if len([c for c in row if c]) > 3
    ]
    assert {"出行目的", "带队人", "成果", "首站", "党政主要领导带队"} <= set(heads)
    assert dict(zip(heads, rows[0], strict=True))["成果"] == "谈成一项"


def test_attendance_counts_people_once_and_the_top_apart(client, desk):
    first = make_trip(desk, start=-9, led_by_top=True, people="张三")
    second = make_trip(desk, start=-5, people="李四、张三", heads=Decimal(4))
    for trip in (first, second):
        visited(desk, trip)
        ended(desk, trip)
    visited(desk, second, "白云公司")
    make_trip(desk)  # not reported on: it does not count
    since, until = desk.today - timedelta(days=30), desk.today
    table = outings.attendance(desk.clerk, since, until)
    (line,) = table.lines
    assert line.cells == [2, 1, "50%", "4", "7", 6, "21", 2, 3]
    assert table.total.cells == line.cells
    people = {
        row.name: (row.trips, row.days) for row in outings.attendance(desk.clerk, since, until, by="person").lines
    }
    assert people == {"局长": (2, 6), "张三": (2, 6), "李四": (1, 3)}
    teams = outings.attendance(desk.clerk, since, until, by="team").lines
    assert [row.name for row in teams] == ["未编入小分队"]
    assert outings.attendance(desk.other_clerk, since, until).lines == ()
    url = f"/trips/attendance/?since={since}&until={until}"
    for by, key in (("unit", "all"), ("unit", line.key), ("person", f"{desk.unit.pk}-张三"), ("team", teams[0].key)):
        opened = client.get(url, {"since": since, "until": until, "by": by, "pick": key}).context["trips"]
        assert opened == [(second, "4"), (first, "3")]
    assert client.get(f"{url}&pick=unit-0").context["picked"] is None
    assert "50%" in client.get(url).content.decode()
    sheet = rows_of(client.get(f"{url}&export=xlsx"))
    assert sheet[1][:4] == [1, "商务局", None, 2] or sheet[1][:4] == [1, "商务局", "", 2]
    assert sheet[-1][1] == "合计"


def test_units_without_a_team_or_a_trip_are_named(client, desk):
    client.force_login(desk.leader)
    make_trip(desk)
    team = {"kind": "team", "name": "小分队", "leader": "局长", "formed_on": desk.today}
    actions.create_delegation(unit=desk.units[1], campaign=desk.campaign, by=desk.other_clerk, **team)
    told = outings.unfiled(desk.leader, desk.today)
    assert (told.campaign, told.units, told.roster) == (desk.campaign, ("文旅局",), 3)
    assert outings.unfiled(desk.clerk, desk.today).units == ()
    assert outings.unfiled(desk.leader, date(2001, 1, 1)) is None
    for url in ("/trips/", "/delegations/"):
        assert "尚未报备" in client.get(url).content.decode()


def test_a_trip_may_be_proved_by_papers(client, desk):
    trip = make_trip(desk)
    assert f"/evidence/add/trip/{trip.pk}/" in client.get(trip.get_absolute_url()).content.decode()
    assert client.get(f"/evidence/add/trip/{trip.pk}/").status_code == 200
    client.force_login(desk.other_clerk)
    assert client.get(f"/evidence/add/trip/{trip.pk}/").status_code == 404


def test_nonsense_in_any_field_gets_a_message(client, desk):
    trip = make_trip(desk)
    fields = [name for name in typed(desk) if not name.startswith("stop_1")]
    assert nonsense_in_every_field(client, "/trips/new/", typed(desk), fields) == []
    facts = {
        "results": "有",
        "ends_on": trip.ends_on.isoformat(),
        "heads": "3",
        "people": "",
        "cost": "",
        "version": "99",
    }
    assert nonsense_in_every_field(client, f"/trips/{trip.pk}/end/", facts) == []
    assert nonsense_in_every_field(client, f"/trips/{trip.pk}/cancel/", {"reason": "", "version": "99"}) == []
    for junk in NONSENSE:
        for name in ("q", "state", "unit", "delegation", "led_by_top", "since", "until", "sort", "page"):
            assert client.get("/trips/", {name: junk}).status_code == 200
        for name in ("since", "until", "unit", "by", "export"):
            assert client.get("/trips/attendance/", {name: junk}).status_code == 200
        for name in ("trip", "planned", "delegation"):
            assert client.get("/visits/new/", {name: junk}).status_code == 200
            assert client.get("/trips/new/", {name: junk}).status_code == 200


def test_pages_cost_the_same_with_one_row_and_with_thirty(client, desk):
    trip = make_trip(desk, stops=[{"on": desk.today - timedelta(days=3), "place": "江南市"}])
    visited(desk, trip)
    urls = ["/trips/", trip.get_absolute_url(), f"/trips/{trip.pk}/change/", "/visits/new/", "/trips/attendance/"]
    ended(desk, make_trip(desk, start=-3))
    few = [queries(client, url) for url in urls]
    for number in range(30):
        visited(desk, trip, f"企业{number}")
        ended(desk, make_trip(desk, start=-3, purpose=f"赴第{number}地", people=f"甲{number}"))
    make_visit(desk)
    assert [queries(client, url) for url in urls] == few
