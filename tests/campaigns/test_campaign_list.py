"""The list of campaigns: who sees which, what it says of each, where it leads, what it costs."""

from datetime import date

import pytest
import time_machine

from tests.campaigns.factories import make_campaign, make_units, seat
from tests.factories import make_unit, make_user
from units.models import Role, Unit


@pytest.fixture
def top(db):
    return make_unit("示范区", Unit.Kind.DISTRICT)


@pytest.fixture(autouse=True)
def in_august():
    with time_machine.travel("2026-08-15 12:00+08:00", tick=True):
        yield


def rows(response):
    """Return name and what the page says of each campaign."""
    table = response.context["table"]
    return [[str(row.get_cell_value(name)) for name in ("name", "state", "organiser", "units")] for row in table.rows]


def test_list_says_state_days_and_units(client, top):
    running = make_campaign(top)
    seat(running, *make_units(2, top))
    make_campaign(top, "已过", date(2026, 1, 1), date(2026, 3, 31))
    make_campaign(top, "将来", date(2026, 10, 1), date(2026, 12, 31))
    client.force_login(make_user("leader", Role.LEADER, top))
    response = client.get("/campaigns/")
    assert rows(response) == [
        ["将来", "未开始", "示范区", "0"],
        ["百日会战", "进行中", "示范区", "2"],
        ["已过", "已结束", "示范区", "0"],
    ]
    text = response.content.decode()
    assert "第 46 天 / 共 92 天" in text
    assert "2026-07-01 至 2026-09-30" in text
    assert f"/campaigns/{running.pk}/ranking/" in text
    assert "<title>战役 · 招商战报</title>" in text


@pytest.mark.parametrize(("role", "leads"), [(Role.EDITOR, True), (Role.LEADER, False), (Role.CLERK, False)])
def test_only_editors_of_the_organiser_are_led_to_the_set_up(client, top, role, leads):
    campaign = make_campaign(top)
    client.force_login(make_user("user", role, top))
    text = client.get("/campaigns/").content.decode()
    assert (f"/campaigns/{campaign.pk}/setup/" in text) == leads
    assert ("/campaigns/start/" in text) == leads


def test_unit_sees_the_campaigns_on_whose_roster_it_is(client, top):
    first, second = make_units(2, top)
    seat(make_campaign(top), first)
    seat(make_campaign(top, "别的"), second)
    client.force_login(make_user("clerk", Role.CLERK, first))
    assert [row[0] for row in rows(client.get("/campaigns/"))] == ["百日会战"]


def test_empty_list_names_the_next_step(client, top):
    client.force_login(make_user("editor", Role.EDITOR, top))
    text = client.get("/campaigns/").content.decode()
    assert "还没有您可以看到的战役" in text
    assert 'href="/campaigns/start/"' in text


@pytest.mark.parametrize(
    ("state", "names"), [("running", ["百日会战"]), ("over", ["已过"]), ("ahead", []), ("x", None)]
)
def test_list_narrows_to_a_state(client, top, state, names):
    make_campaign(top)
    make_campaign(top, "已过", date(2026, 1, 1), date(2026, 3, 31))
    client.force_login(make_user("leader", Role.LEADER, top))
    response = client.get("/campaigns/", {"state": state})
    assert response.status_code == 200
    assert names is None or [row[0] for row in rows(response)] == names


def test_list_costs_the_same_with_one_campaign_and_with_thirty(client, top, django_assert_max_num_queries):
    client.force_login(make_user("editor", Role.EDITOR, top))
    seat(make_campaign(top), *make_units(3, top))
    client.get("/campaigns/")
    with django_assert_max_num_queries(8) as few:
        client.get("/campaigns/")
    for number in range(29):
        make_campaign(top, f"战役{number}")
    with django_assert_max_num_queries(8) as many:
        response = client.get("/campaigns/?per_page=30")
    assert len(many) == len(few)
    assert len(response.context["table"].page.object_list) >= 25


def test_export_holds_no_links(client, top):
    make_campaign(top)
    client.force_login(make_user("leader", Role.LEADER, top))
    assert client.get("/campaigns/?export=xlsx").status_code == 200
