"""A leader's page and the leaders of a campaign: exact names, standing together, what is due and open."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions as campaign_actions
from projects import actions
from projects.models import Delegation
from reports import leaders
from tests.campaigns.drives import day, make_drive
from tests.campaigns.factories import make_units
from tests.factories import make_unit, make_user
from tests.projects.factories import READY
from units.models import Role, User

pytestmark = pytest.mark.django_db
ON = "2026-08-15"  # half of the drive is over: 46 of 92 days


@pytest.fixture(autouse=True)
def today(time_machine):
    """Stop the clock in the middle of the drive."""
    time_machine.move_to("2026-08-15 10:00 +0800", tick=False)


@pytest.fixture
def drive(db):
    """Return two townships of one leader, one of another with a similar name, and one without; leads and a level."""
    drive = make_drive(
        groups={"乡镇": ["甲镇", "乙镇", "丙镇"], "园区": ["丁园区"]},
        indicators={"招商信息": "条", "满意度": "%"},
        kinds={"满意度": {"kind": "level"}},
    )
    named = {"甲镇": "王某", "乙镇": "王某", "丙镇": "王某某", "丁园区": ""}
    seats = [
        {"unit": row.unit, "group": row.group, "leader": named[row.unit.name]}
        for row in drive.campaign.roster.select_related("unit")
    ]
    campaign_actions.set_roster(campaign=drive.campaign, seats=seats, by=User.objects.system())
    drive.owe("招商信息", 示范区=40, 甲镇=10, 丙镇=10)
    drive.owe("满意度", 甲镇=95)
    drive.read("招商信息", day(8, 1), 甲镇=7, 乙镇=4, 丙镇=2)
    drive.read("满意度", day(8, 1), 甲镇=90)
    return drive


@pytest.fixture
def boss(drive, client):
    """Return the signed-in leader of the organiser."""
    user = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(user)
    return user


def make_project(drive, unit, name, leader, **facts):
    by = User.objects.system()
    company = actions.find_company(name=f"{name}公司", unit=drive.unit(unit), by=by)
    return actions.create_project(
        name=name, company=company, unit=drive.unit(unit), leader=leader, by=by, **{**READY, **facts}
    )


def shown(client, name="王某"):
    return client.get("/leaders/", {"name": name})


def test_leaders_of_a_campaign_stand_by_how_their_units_keep_pace(client, drive, boss):
    response = client.get(f"/campaigns/{drive.campaign.pk}/leaders/", {"as_of": ON})
    rows = [
        (row.name, [(unit.unit, unit.place) for unit in row.units], row.on_pace, row.owing,
         [cell.text for cell in row.cells])
        for row in response.context["leaders"]
    ]  # fmt: skip
    assert rows == [
        ("王某", [("甲镇", "1"), ("乙镇", "—")], 2, 2, ["70%", "—"]),
        ("王某某", [("丙镇", "2")], 0, 1, ["20%", "—"]),
    ]
    assert response.context["unled"] == 1
    assert "1 个单位未明确领导" in response.content.decode()


def test_units_together_are_one_division_of_what_those_that_owe_did(drive):
    state = drive.standings(date(2026, 8, 15))
    lines = [state.lines[drive.units[name].pk, drive.lines["招商信息"]] for name in ("甲镇", "乙镇", "丙镇")]
    added = leaders.together(lines, state.campaign)
    assert (added.target, added.done, added.completion) == (Decimal(20), Decimal(9), Decimal("0.45"))
    free = leaders.together(lines[1:2], state.campaign)
    assert (free.target, free.done, free.completion) == (None, Decimal(4), None)


def test_leader_page_shows_units_projects_and_what_is_next(client, drive, boss):
    project = make_project(drive, "甲镇", "蓝天一期", "王某")
    make_project(drive, "甲镇", "别人的项目", "王某某")
    ended = make_project(drive, "甲镇", "终止的项目", "王某")
    by = User.objects.system()
    actions.record_milestone(project=ended, kind="termination", on=day(8, 2), note="企业放弃", by=by)
    for due_on in (day(8, 10), day(8, 20)):
        actions.record_milestone(project=project, kind="funding", due_on=due_on, promised_amount=Decimal(100), by=by)
    response = shown(client)
    (part,) = response.context["drives"]
    assert part["campaign"] == drive.campaign
    assert [(row.unit, group) for row, group in part["sizes"]] == [
        ("甲镇", "乡镇，共 2 个"),
        ("乙镇", "乡镇，共 2 个"),
    ]
    assert [(str(row.project), row.next_kind, row.next_on, row.late, unit) for row, unit, _ in
            response.context["projects"]] == [("蓝天一期", "资金到位", day(8, 20), 1, "甲镇")]  # fmt: skip
    assert [(row.title, words) for row, _tone, words in response.context["due"]] == [
        ("蓝天一期 · 资金到位", "逾期 5 天"),
        ("蓝天一期 · 资金到位", "还有 5 天"),
    ]
    assert response.context["late_count"] == 1


def test_leader_page_shows_what_is_asked_of_the_units(client, drive, boss):
    editor = make_user("editor", Role.EDITOR, drive.organiser)
    order = campaign_actions.issue_order(
        campaign=drive.campaign, unit=drive.unit("乙镇"), title="加快进度", demand="一周内见效",
        issued_on=day(8, 1), due_on=day(8, 10), by=editor,
    )  # fmt: skip
    response = shown(client)
    assert [(row, words) for row, _tone, words in response.context["demands"]] == [(order, "逾期 5 天")]
    assert shown(client, "王某某").context["demands"] == []


def test_who_left_the_desk_for_promotion_shows_on_unit_and_leader_page(client, drive, boss):
    by = User.objects.system()
    team = actions.create_delegation(
        kind=Delegation.Kind.OFFICE, name="驻沪办", unit=drive.unit("甲镇"), leader="李某", place="上海",
        formed_on=day(7, 1), by=by,
    )  # fmt: skip
    actions.add_posting(delegation=team, person="王某", title="镇长", from_on=day(8, 1), until_on=day(9, 1), by=by)
    actions.add_posting(delegation=team, person="赵某", title="", from_on=day(7, 1), until_on=day(7, 20), by=by)
    assert [str(row) for row in shown(client).context["postings"]] == ["王某"]
    unit = client.get(f"/campaigns/{drive.campaign.pk}/units/{drive.unit('甲镇').pk}/", {"as_of": ON})
    assert [str(row) for row in unit.context["away"]] == ["王某"]
    assert "离岗招商" in unit.content.decode()
    assert [str(row) for row in shown(client, "李某").context["teams"]] == ["驻沪办"]


def test_a_clerk_sees_the_standing_but_only_own_projects(client, drive):
    make_project(drive, "甲镇", "蓝天一期", "王某")
    client.force_login(make_user("clerk", Role.CLERK, drive.unit("乙镇")))
    response = shown(client)
    assert [row.unit for row, _ in response.context["drives"][0]["sizes"]] == ["甲镇", "乙镇"]
    assert response.context["projects"] == []


@pytest.mark.parametrize("name", ["", "王", "王某 ", "没有此人", "\x00", "<b>", "长" * 500])
def test_a_name_that_nobody_bears_exactly_is_not_found(client, drive, boss, name):
    assert shown(client, name).status_code == 404


def test_a_leader_of_another_district_is_not_found(client, drive):
    client.force_login(make_user("stranger", Role.LEADER, make_unit("外区")))
    assert shown(client).status_code == 404


def test_names_lead_to_the_leader(client, drive, boss):
    address = 'href="/leaders/?name=%E7%8E%8B%E6%9F%90"'
    project = make_project(drive, "甲镇", "蓝天一期", "王某")
    own = f"/campaigns/{drive.campaign.pk}/"
    for page in (own, f"{own}ranking/", f"{own}units/{drive.unit('甲镇').pk}/", project.get_absolute_url()):
        assert address in client.get(page).content.decode(), page
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    assert address in client.get(f"{own}roster/").content.decode()


@pytest.mark.parametrize("many", [1, 30])
def test_leader_pages_cost_the_same_at_any_length(client, drive, boss, many):
    units = [*(drive.unit(name) for name in ("甲镇", "乙镇", "丙镇")), *make_units(many, drive.organiser)]
    seats = [{"unit": unit, "group": "乡镇", "leader": "王某"} for unit in units]
    campaign_actions.set_roster(campaign=drive.campaign, seats=seats, by=User.objects.system())
    for number in range(many):
        project = make_project(drive, "甲镇", f"项目{number}", "王某")
        actions.record_milestone(
            project=project, kind="funding", due_on=day(8, 16) + timedelta(days=number), promised_amount=Decimal(1),
            by=User.objects.system(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        assert len(shown(client).context["projects"]) == many
    assert len(queries) == 38
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/campaigns/{drive.campaign.pk}/leaders/", {"as_of": ON})
    assert len(queries) == 7
