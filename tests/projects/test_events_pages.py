"""The list of events, a new one, the page of one, changing it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from projects.models import Event
from tests.projects.factories import NONSENSE, make_company, make_desk, make_milestone, make_project
from tests.projects.forms import nonsense_in_every_field, rows_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    made.event = actions.create_event(name="推介会", on=made.today, level="city", place="深圳", by=made.clerk)
    return made


def event_form(desk, **changed):
    """Return a filled-in event."""
    return {"name": "签约仪式", "on": desk.today.isoformat(), "place": "会议中心", "level": "province"} | changed


def test_list_filters_sorts_and_exports(client, desk):
    send(client, "/events/new/", **event_form(desk))
    for query, found in (("q=签约", ["签约仪式"]), ("level=city", ["推介会"]), ("until=2020-01-01", [])):
        assert [row.record.name for row in client.get(f"/events/?{query}").context["table"].rows] == found
    for column in ("name", "on", "level", "place"):
        assert len(client.get(f"/events/?sort=-{column}").context["table"].rows) == 2
    assert rows_of(client.get("/events/?level=city&export=xlsx"))[1][0] == "推介会"


@pytest.mark.parametrize("field", ["q", "level", "since", "until", "sort"])
def test_list_bears_nonsense_in_its_address(client, desk, field):
    for text in NONSENSE:
        assert client.get("/events/", {field: text}).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_any_length(client, desk, rows, django_assert_num_queries):
    for number in range(rows):
        actions.create_event(name=f"活动{number}", on=desk.today, by=desk.clerk)
    client.get("/events/")
    with django_assert_num_queries(5):  # session, user, roles, count, rows
        client.get("/events/")


def test_event_is_entered_once_by_its_name(client, desk):
    assert send(client, "/events/new/", **event_form(desk)).status_code == 302
    response = send(client, "/events/new/", **event_form(desk))
    assert "已有同名活动" in response.content.decode()
    assert Event.objects.filter(name="签约仪式").count() == 1


def test_nonsense_in_an_event_never_breaks_the_page(client, desk):
    assert nonsense_in_every_field(client, "/events/new/", event_form(desk)) == []


def test_page_adds_up_what_one_may_see_and_keeps_intents_apart(client, desk):
    for number, amount in enumerate((9000, 6000)):
        project = make_project(desk, name=f"项目{number}")
        make_milestone(desk, project, "contract", amount=Decimal(amount), event=desk.event)
    make_milestone(desk, project, "intent", amount=Decimal(300000), event=desk.event)
    hidden = make_project(
        desk, name="别家项目", unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "乙公司")
    )
    make_milestone(desk, hidden, "contract", amount=Decimal(70000), event=desk.event, by=desk.other_clerk)
    response = client.get(f"/events/{desk.event.pk}/")
    assert response.context["figures"] == [("意向协议", "1", "30 亿元"), ("正式合同", "2", "1.5 亿元")]
    assert "别家项目" not in response.content.decode()
    client.force_login(desk.leader)
    assert client.get(f"/events/{desk.event.pk}/").context["figures"][1] == ("正式合同", "3", "8.5 亿元")


def test_withdrawn_milestones_are_left_out(client, desk):
    contract = make_milestone(desk, make_project(desk), "contract", amount=Decimal(9000), event=desk.event)
    actions.withdraw_milestone(milestone=contract, reason="未签", by=desk.clerk)
    response = client.get(f"/events/{desk.event.pk}/")
    assert (response.context["figures"], response.context["rows"]) == ([], [])
    assert "还没有项目节点" in response.content.decode()


def test_page_costs_the_same_with_many_milestones(client, desk):
    counts = []
    for first, last in ((0, 1), (1, 25)):
        for number in range(first, last):
            project = make_project(desk, name=f"项目{number}")
            make_milestone(desk, project, "contract", amount=Decimal(1), event=desk.event)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/events/{desk.event.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_only_editors_change_an_event(client, desk):
    url = f"/events/{desk.event.pk}/change/"
    assert client.get(url).status_code == 403
    assert send(client, url, **event_form(desk, version=1)).status_code == 403
    client.force_login(desk.editor)
    assert send(client, url, **event_form(desk, version=1)).status_code == 302
    desk.event.refresh_from_db()
    assert (desk.event.name, desk.event.level, desk.event.version) == ("签约仪式", "province", 2)
    again = send(client, url, **event_form(desk, place="别处", version=1))
    assert [row["label"] for row in again.context["conflict"]] == ["地点"]


def test_nonsense_in_a_change_never_breaks_the_page(client, desk):
    client.force_login(desk.editor)
    filled = event_form(desk, version=1)
    assert nonsense_in_every_field(client, f"/events/{desk.event.pk}/change/", filled) == []
