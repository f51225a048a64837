"""The plan and the itineraries a unit owes its campaign by a day: to-do, list, reminder (R1)."""

from datetime import timedelta

import pytest

from campaigns import actions as campaign_actions
from campaigns.models import Campaign
from projects import todos
from projects.actions import cancel_trip, file_plan
from projects.models import PlanDue
from tests.factories import make_unit
from tests.projects.factories import make_desk
from tests.projects.test_starting import paper
from tests.projects.test_trips_pages import make_trip
from units.models import Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db):
    """Return a district whose campaign wanted the plans yesterday."""
    desk = make_desk()
    desk.due_on = desk.today - timedelta(days=1)
    campaign_actions.change_campaign(campaign=desk.campaign, plans_due_on=desk.due_on, by=desk.editor)
    desk.campaign.refresh_from_db()
    return desk


def owed(user, as_of, **which):
    """Return (unit, day, whether it is done) of the plans on a user's to-do list."""
    rows = [row for row in todos.todos(user, as_of, **which) if row.kind == "方案报送"]
    return [(row.unit, row.due_on, row.done_on is not None) for row in rows]


def file(desk, unit=None):
    return file_plan(
        campaign=desk.campaign, unit=unit or desk.unit, on=desk.today, files=[paper()], by=User.objects.system()
    )


def test_clerk_has_a_todo_until_plan_and_itinerary_are_filed(client, desk):
    assert owed(desk.clerk, desk.today) == [("商务局", desk.due_on, False)]
    assert todos.digest(desk.clerk, desk.today).late == 1
    file(desk)
    assert owed(desk.clerk, desk.today) == [("商务局", desk.due_on, False)]
    trip = make_trip(desk)
    assert owed(desk.clerk, desk.today) == []
    assert owed(desk.clerk, desk.today, since=desk.today) == [("商务局", desk.due_on, True)]
    cancel_trip(trip=trip, reason="改期", by=desk.clerk)
    assert owed(desk.clerk, desk.today) == [("商务局", desk.due_on, False)]
    client.force_login(desk.clerk)
    assert f'href="/campaigns/{desk.campaign.pk}/plans/"' in client.get("/todos/").content.decode()


def test_editor_sees_who_owes_and_a_stranger_nothing(desk):
    assert [unit for unit, _on, _done in owed(desk.editor, desk.today)] == ["商务局", "工信局", "文旅局"]
    assert [unit for unit, _on, _done in owed(desk.other_clerk, desk.today)] == ["工信局"]


def test_what_stands_on_the_same_line_files_for_it(desk):
    below = make_unit("招商科", Unit.Kind.DEPARTMENT, desk.unit)
    helper = make_unit("投促中心", Unit.Kind.DEPARTMENT, desk.district)
    office = make_unit("投促中心一部", Unit.Kind.DEPARTMENT, helper)
    seats = [
        {"unit": row.unit, "group": row.group, "further": [helper] if row.unit == desk.unit else []}
        for row in desk.campaign.roster.select_related("unit")
    ]
    campaign_actions.set_roster(campaign=desk.campaign, seats=seats, by=desk.editor)
    file(desk, helper)
    trip = make_trip(desk, unit=office, by=User.objects.system())
    assert owed(desk.clerk, desk.today) == []
    cancel_trip(trip=trip, reason="改期", by=User.objects.system())
    assert len(owed(desk.clerk, desk.today)) == 1
    make_trip(desk, unit=below)
    assert owed(desk.clerk, desk.today) == []


def test_nobody_is_asked_without_a_day_or_after_the_campaign(desk):
    over = desk.campaign.ends_on + timedelta(days=1)
    assert owed(desk.clerk, over) == []
    Campaign.objects.update(plans_due_on=None)
    assert not PlanDue.objects.owed().exists()
    assert owed(desk.clerk, desk.today) == []


def test_list_names_who_filed_neither_first(client, desk):
    file(desk)
    client.force_login(desk.editor)
    page = client.get(f"/campaigns/{desk.campaign.pk}/plans/")
    assert [(row.name, row.filed) for row, _ in page.context["rows"]] == [("工信局", 0), ("文旅局", 0), ("商务局", 1)]
    text = page.content.decode()
    assert (text.count("都没有报"), text.count("无小分队和行程")) == (3, 1)  # once in the head
    assert f'期限 <b class="zs-bad">{desk.due_on.isoformat()}</b>' in text


def test_day_is_set_with_the_campaign_and_not_after_its_end(client, desk):
    client.force_login(desk.editor)
    address = f"/campaigns/{desk.campaign.pk}/change/"
    form = client.get(address).context["form"]
    data = {name: field for name, field in form.initial.items() if field is not None} | {"nonce": "n"}
    late = (desk.campaign.ends_on + timedelta(days=1)).isoformat()
    refused = client.post(address, data | {"plans_due_on": late})
    assert refused.context["form"].errors == {"plans_due_on": ["方案报送期限不能晚于战役结束日期"]}
    client.post(address, data | {"plans_due_on": desk.today.isoformat(), "nonce": "m"})
    desk.campaign.refresh_from_db()
    assert desk.campaign.plans_due_on == desk.today
