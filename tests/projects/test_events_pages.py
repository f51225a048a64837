"""Fairs and signing events through their pages."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Entry
from projects import actions
from projects.models import CountingRule, Event
from tests.factories import make_user
from tests.projects.factories import NONSENSE, make_desk, make_project
from tests.projects.forms import list_rows
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def typed(desk, **more):
    """Return a filled-in form."""
    return {
        "name": "秋季集中签约", "on": desk.today.isoformat(), "place": "会展中心", "level": "city", "nonce": "n1",
    } | more  # fmt: skip


def make_event(desk, name="秋季集中签约", **facts):
    """Return an event."""
    return actions.create_event(name=name, on=facts.pop("on", desk.today), by=User.objects.system(), **facts)


def sign(desk, event, *, name="蓝天一期", unit=None, by=None, amount=5000, kind="contract", **facts):
    """Return a milestone that happened at an event."""
    by = by or desk.clerk
    project = make_project(desk, name=name, unit=unit, by=by)
    facts = facts or {"on": desk.today, "amount": Decimal(amount)}
    return actions.record_milestone(project=project, kind=kind, event=event, by=by, **facts)


@pytest.mark.parametrize("who", ["clerk", "editor"])
def test_event_is_entered(client, desk, who):
    client.force_login(getattr(desk, who))
    response = client.post("/events/new/", typed(desk))
    event = Event.objects.get()
    assert (response.url, event.name, event.level) == (event.get_absolute_url(), "秋季集中签约", "city")
    assert AuditEntry.objects.filter(action="event.created").count() == 1
    text = client.get(response.url).content.decode()
    for told in ("市级", "会展中心", "还没有发生的节点", "在项目页登记签约时选择这个活动", "<title>秋季集中签约"):
        assert told in text


def test_form_sent_twice_stores_one_event(client, desk):
    assert client.post("/events/new/", typed(desk)).url == client.post("/events/new/", typed(desk)).url
    assert Event.objects.count() == 1


def test_taken_name_is_refused_beside_the_field(client, desk):
    make_event(desk)
    response = client.post("/events/new/", typed(desk))
    assert "已有同名活动" in str(response.context["form"].errors["name"])
    assert Event.objects.count() == 1


@pytest.mark.parametrize("who", ["leader", "verifier"])
def test_others_read_only(client, desk, who):
    event = make_event(desk)
    client.force_login(getattr(desk, who))
    assert client.get(event.get_absolute_url()).status_code == 200
    assert "/events/new/" not in client.get("/events/").content.decode()
    for url in ("/events/new/", f"/events/{event.pk}/change/"):
        assert client.get(url).status_code == 403
        assert client.post(url, typed(desk, name="别的")).status_code == 403
    assert list(Event.objects.values_list("name", "version")) == [("秋季集中签约", 1)]


def test_only_editors_change_an_event(client, desk):
    event = make_event(desk)
    url = f"/events/{event.pk}/change/"
    assert url not in client.get(event.get_absolute_url()).content.decode()
    assert client.post(url, typed(desk, name="别的")).status_code == 403
    client.force_login(desk.editor)
    assert url in client.get(event.get_absolute_url()).content.decode()
    client.post(url, typed(desk, place="新会场", version=1))
    event.refresh_from_db()
    assert (event.place, event.version) == ("新会场", 2)
    assert "<ins>新会场</ins>" in client.get(event.get_absolute_url()).content.decode()


def test_changed_level_counts_its_contracts_anew(client, desk):
    CountingRule.objects.filter(fact="milestone.contract").update(conditions={"event_levels": ["province"]})
    event = make_event(desk, level="city")
    sign(desk, event)
    standing = Entry.objects.live().filter(source_kind="projects.milestone", basis="reported")
    assert standing.count() == 0
    client.force_login(desk.editor)
    client.post(f"/events/{event.pk}/change/", typed(desk, level="province", version=1))
    assert standing.count() == 1


def test_second_of_two_editors_sees_both_values(client, desk):
    event = make_event(desk, place="会展中心")
    colleague = Client()
    colleague.force_login(make_user("colleague", Role.EDITOR, desk.district))
    url = f"/events/{event.pk}/change/"
    colleague.post(url, typed(desk, level="district", place="体育馆", version=1))
    client.force_login(desk.editor)
    response = client.post(url, typed(desk, level="nation", version=1))
    shown = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert shown == {"地点": ("会展中心", "体育馆"), "级别": ("国家级", "区级")}
    event.refresh_from_db()
    assert (event.place, event.level) == ("体育馆", "district")


def test_page_adds_up_what_was_signed_as_far_as_one_may_see(client, desk):
    event = make_event(desk)
    sign(desk, event, amount=14000)
    sign(desk, event, name="他人项目", unit=desk.units[1], by=desk.other_clerk, amount=6000)
    sign(desk, event, name="意向项目", kind="intent", on=desk.today)
    sign(desk, event, name="承诺项目", due_on=desk.today, promised_amount=Decimal(90000))
    gone = sign(desk, event, name="撤回项目", amount=70000)
    actions.withdraw_milestone(milestone=gone, reason="填错", by=desk.clerk)
    response = client.get(event.get_absolute_url())
    assert response.context["figures"] == [("意向协议", "1", ""), ("正式合同", "1", "1.4 亿元")]
    text = response.content.decode()
    assert "意向项目" in text
    assert f"承诺 {desk.today.isoformat()}" in text
    for hidden in ("他人项目", "撤回项目"):
        assert hidden not in text
    client.force_login(desk.leader)
    response = client.get(event.get_absolute_url())
    assert response.context["figures"] == [("意向协议", "1", ""), ("正式合同", "2", "2 亿元")]


def test_list_filters_sorts_and_exports_without_formulas(client, desk):
    make_event(desk, "=1+1", level="nation", on=desk.today.replace(month=1, day=1), place="-2")
    make_event(desk, "春季签约")

    def found(**query):
        return [row.name for row in client.get("/events/", query).context["table"].data.data]

    assert found() == ["春季签约", "=1+1"]
    assert found(q="春季") == ["春季签约"]
    assert found(level="nation") == ["=1+1"]
    assert found(sort="on") == ["=1+1", "春季签约"]
    for column in ("name", "place", "level"):
        assert set(found(sort=f"-{column}")) == {"=1+1", "春季签约"}
    response = client.get("/events/?level=nation&export=xlsx")
    _heads, *rows = list_rows(response)
    assert rows == [["'=1+1", f"{desk.today.year}-01-01", "国家级", "'-2", None, None]]


def test_empty_list_names_the_next_step(client, desk):
    text = client.get("/events/").content.decode()
    assert "还没有招商活动" in text
    assert "/events/new/" in text


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_in_any_field_gets_a_message(client, desk, junk):
    client.force_login(desk.editor)
    event = make_event(desk, "老活动")
    for number, name in enumerate(typed(desk, version="")):
        nonce = {"nonce": f"{junk[:3]}{number}"}
        response = client.post("/events/new/", typed(desk, **{**nonce, "name": f"活动{number}", name: junk}))
        assert response.status_code == 302 or response.context["form"].errors, (name, junk)
        nonce = {"nonce": f"c{junk[:3]}{number}"}
        fresh = {"version": Event.objects.get(pk=event.pk).version, "name": "老活动"}
        response = client.post(f"/events/{event.pk}/change/", typed(desk, **{**nonce, **fresh, name: junk}))
        assert response.status_code == 302 or response.context["form"].errors, (name, junk)
        assert client.get(event.get_absolute_url()).status_code == 200
    for name in ("q", "level", "page", "per_page", "sort"):
        assert client.get("/events/", {name: junk}).status_code == 200


def queries(client, url):
    """Return how many queries a page takes, and that it is shown."""
    client.get(url)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


def test_list_and_page_cost_the_same_with_one_row_and_with_thirty(client, desk):
    event = make_event(desk)
    sign(desk, event)
    few = queries(client, "/events/"), queries(client, event.get_absolute_url())
    for number in range(30):
        make_event(desk, f"活动{number}")
        sign(desk, event, name=f"项目{number}")
    assert (queries(client, "/events/"), queries(client, event.get_absolute_url())) == few
    assert max(few) <= 8
