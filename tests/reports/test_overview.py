"""The overview of a campaign: cards, ranking, matrix, course, what needs attention, and what it costs."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions as campaign_actions
from campaigns.models import Campaign
from campaigns.ranking import Group
from projects import actions
from reports import glance, overview
from tests.campaigns.drives import day, make_drive
from tests.campaigns.factories import make_units, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_told_drive, sign
from units.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def leader(drive, client):
    """Return a signed-in leader of the organiser."""
    user = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(user)
    return user


def page(client, drive, **query):
    return client.get(f"/campaigns/{drive.campaign.pk}/", {"as_of": END.isoformat(), **query})


def said(response):
    """Return the text of a page without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- figures ------------------------------------------------------------------------------------


def test_cards_print_the_organisers_lines(client, leader, drive):
    response = page(client, drive)
    cards = [
        (card.name, card.number, card.measure, card.target, card.percent, card.word, card.lead)
        for card in response.context["kpis"]
    ]
    assert cards == [
        ("招商信息", "14", "条", "目标 20 条", "70%", "偏慢", "欠序时 30 个百分点"),
        ("到位资金", "4.2", "亿元", "目标 10 亿元", "42%", "滞后", "欠序时 58 个百分点"),
        ("新签项目", "0", "个", "未下达目标", "—", "—", ""),
    ]
    line = drive.lines["招商信息"]
    assert response.context["kpis"][0].url == (
        f"/campaigns/{drive.campaign.pk}/rows/?line={line}&unit=&basis=reported&as_of=2026-09-30"
    )
    assert client.get(response.context["kpis"][0].url).status_code == 200
    assert response.context["title"] == "百日会战 总览"


def test_a_figure_that_nobody_reported_is_not_a_nought(client, leader, drive):
    card = page(client, drive, as_of="2026-07-10").context["kpis"][1]
    assert (card.number, card.percent, card.word) == ("未报", "—", "—")


def test_any_day_and_basis_can_be_asked_for(client, leader, drive):
    assert page(client, drive, as_of="2026-08-15").context["kpis"][0].number == "9"
    drive.add("招商信息", "甲镇", day(9, 25), 3)
    assert page(client, drive).context["kpis"][0].number == "17"
    assert page(client, drive, basis="recognised").context["kpis"][0].number == "14"
    switch = page(client, drive, basis="recognised", group="园区").context["basis_switch"]
    assert [(row["label"], row["active"]) for row in switch] == [
        ("各指标依据", False), ("上报", False), ("认定", True)
    ]  # fmt: skip
    assert switch[1]["url"] == "?as_of=2026-09-30&basis=reported&group=%E5%9B%AD%E5%8C%BA"


def test_groups_are_ranked_one_at_a_time(client, leader, drive):
    response = page(client, drive)
    assert [row["label"] for row in response.context["group_tabs"]] == ["乡镇", "园区"]
    assert [(row.unit, row.place) for row in response.context["part"].rows] == [("甲镇", "1"), ("乙镇", "2")]
    assert [row.unit for row in page(client, drive, group="园区").context["part"].rows] == ["丙园区"]


def test_the_own_group_comes_first_and_the_own_row_is_marked(client, drive):
    office = make_unit("丙园区商务办", "department", drive.units["丙园区"])
    for number, unit in enumerate((drive.units["丙园区"], office)):
        client.force_login(make_user(f"clerk{number}", Role.CLERK, unit))
        rows = page(client, drive).context["part"].rows
        assert [(row.unit, row.is_mine) for row in rows] == [("丙园区", True)]


def test_the_course_is_drawn_for_the_indicator_asked_for(client, leader, drive):
    assert 'aria-label="招商信息走势' in page(client, drive).content.decode() or "招商信息走势" in said(
        page(client, drive)
    )
    money = drive.lines["到位资金"]
    response = page(client, drive, line=money)
    assert response.context["line_id"] == money
    assert "到位资金走势" in response.content.decode()
    assert "4.2亿元" in response.context["trend"]


def test_course_days_are_weeks_or_ends_of_months():
    days = overview.course_days(Campaign(starts_on=day(7, 1), ends_on=day(9, 30), clock="day"), day(7, 20))
    assert days == [day(7, 7), day(7, 14), day(7, 20)]
    months = Campaign(starts_on=day(1, 1), ends_on=day(12, 31), clock="month")
    assert overview.course_days(months, day(3, 15)) == [day(1, 31), day(2, 28), day(3, 15)]
    assert overview.course_days(months, day(3, 31)) == [day(1, 31), day(2, 28), day(3, 31)]
    assert overview.course_days(months, day(1, 1)) == [day(1, 1)]


# --- what needs attention -----------------------------------------------------------------------


def todos(response):
    return [(todo.word, todo.text, todo.detail) for todo in response.context["todos"]]


def test_what_needs_attention(client, leader, drive):
    drive.add("招商信息", "甲镇", day(9, 25), 1)
    contract = sign(drive, "甲镇", "大项目", 14000, day(9, 1))
    by = contract.recorded_by
    actions.record_milestone(project=contract.project, kind="groundbreaking", due_on=day(9, 15), by=by)
    response = page(client, drive)
    assert todos(response) == [
        ("滞后", "到位资金完成 42%", "欠序时 58 个百分点，还差 5.8 亿元"),
        ("偏慢", "招商信息完成 75%", "欠序时 25 个百分点，还差 5 条"),
        ("超期", "1 个承诺节点已过期", "最早应于 2026-09-15 兑现"),
        ("待认定", "2 条待认定", "认定后计入认定数"),
        ("零进展", "招商信息：1 个单位零进展", "乙镇"),
        ("未报", "到位资金：1 个单位未报", "乙镇"),
    ]
    for todo in response.context["todos"]:
        assert not todo.url or client.get(todo.url).status_code == 200


def test_others_records_are_not_counted_for_a_clerk(client, drive):
    drive.add("招商信息", "甲镇", day(9, 25), 1)
    client.force_login(make_user("other", Role.CLERK, drive.units["乙镇"]))
    assert "待认定" not in [word for word, _text, _detail in todos(page(client, drive))]
    client.force_login(make_user("own", Role.CLERK, drive.units["甲镇"]))
    todo = next(todo for todo in page(client, drive).context["todos"] if todo.word == "待认定")
    assert todo.url == "/entry/mine/?state=waiting"
    assert client.get(todo.url).status_code == 200


def test_a_verifier_is_led_to_what_waits_and_a_leader_to_nothing_closed(client, drive):
    drive.add("招商信息", "甲镇", day(9, 25), 1)
    for role, url in ((Role.VERIFIER, "/recognition/"), (Role.LEADER, "")):
        client.force_login(make_user(role, role, drive.organiser))
        assert next(todo.url for todo in page(client, drive).context["todos"] if todo.word == "待认定") == url


def test_a_reached_quota_needs_no_attention(client, leader, drive):
    drive.read("招商信息", day(9, 28), 甲镇=12, 乙镇=10, 丙园区=4)
    drive.read("到位资金", day(9, 28), 甲镇=50000, 乙镇=50000)
    response = page(client, drive)
    assert todos(response) == []
    assert "没有需要关注的事项" in said(response)


def test_a_level_at_nought_is_no_standstill(client):
    drive = make_drive(indicators={"增速": "%"}, kinds={"增速": {"kind": "level"}})
    drive.owe("增速", 示范区=5, 甲镇=5)
    drive.read("增速", day(8, 1), 示范区=5, 甲镇=0)
    client.force_login(make_user("leader", Role.LEADER, drive.organiser))
    assert todos(page(client, drive)) == []


# --- empty and odd ------------------------------------------------------------------------------


def test_a_campaign_without_indicators_names_the_next_step(client):
    drive = make_drive(groups={"": []}, indicators={"招商信息": "条"})
    drive.campaign.lines.all().delete()
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    response = page(client, drive)
    assert "这个战役还没有考核指标" in said(response)
    assert f"/campaigns/{drive.campaign.pk}/setup/" in response.content.decode()


def test_a_campaign_without_units_says_so(client):
    drive = make_drive(groups={"": []})
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    assert "参战名单还是空的" in said(page(client, drive))


def test_a_campaign_before_its_first_day(client, leader, drive):
    response = page(client, drive, as_of="2026-07-01")
    assert response.status_code == 200
    assert response.context["previous"] is None


@pytest.mark.parametrize("name", ["as_of", "basis", "group", "line", "page"])
def test_nonsense_in_the_address(client, leader, drive, name):
    for value in NONSENSE:
        assert page(client, drive, **{name: value}).status_code == 200


def test_the_overview_of_others_is_not_found(client, drive):
    client.force_login(make_user("stranger", Role.EDITOR, make_unit("外区")))
    assert page(client, drive).status_code == 404


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_see_no_business_data(client, drive, role):
    client.force_login(make_user("admin", role, drive.organiser))
    assert page(client, drive).status_code == 403


# --- what it costs ------------------------------------------------------------------------------


def cost(client, drive):
    with CaptureQueriesContext(connection) as queries:
        assert page(client, drive).status_code == 200
    return len(queries)


def test_the_overview_costs_the_same_for_five_units_and_a_hundred(client, leader, drive):
    page(client, drive)
    few = cost(client, drive)
    units = make_units(97, drive.organiser)
    seat_many(drive.campaign, units, group="部门")
    line = drive.campaign.lines.get(pk=drive.lines["招商信息"])
    campaign_actions.set_targets(
        campaign=drive.campaign, targets={(line.pk, unit.pk): Decimal(5) for unit in units}, by=User.objects.system()
    )
    for unit in units[:10]:
        campaign_actions.record_tally(
            campaign=drive.campaign, indicator=drive.indicators["招商信息"], unit=unit, on=day(9, 1),
            amount=Decimal(1), by=User.objects.system(),
        )  # fmt: skip
    assert cost(client, drive) == few
    # session, user, roles, campaigns; units, indicators, sums; course; what waits; reminder; what comes; how far;
    # last year; forecasts
    assert few <= 14


# --- one glance ---------------------------------------------------------------------------------


def test_one_glance_says_who_leads_and_who_lags(client, leader, drive):
    ends = page(client, drive).context["ends"]
    assert ([row.unit for row in ends.first], [row.unit for row in ends.last]) == (["甲镇"], ["乙镇"])
    alone = page(client, drive, group="园区").context["ends"]
    assert ([row.unit for row in alone.first], alone.last) == (["丙园区"], ())


def test_one_glance_says_what_comes_in_seven_days(client, leader, drive):
    by = User.objects.system()
    project = sign(drive, "甲镇", "蓝天", 5000, day(8, 20)).project
    for on, kind, amount in ((day(9, 2), "funding", 1200), (day(9, 8), "funding", 800), (day(9, 9), "funding", 1)):
        actions.record_milestone(project=project, kind=kind, due_on=on, promised_amount=Decimal(amount), by=by)
    actions.record_milestone(project=project, kind="groundbreaking", due_on=day(9, 1), by=by)  # of the day itself
    for first in (day(9, 3), day(8, 30)):
        actions.file_trip(
            unit=drive.unit("乙镇"), purpose="赴江南", leader="镇长", heads=Decimal(3), starts_on=first,
            ends_on=day(9, 5), by=by,
        )  # fmt: skip
    week = page(client, drive, as_of="2026-09-01").context["week"]
    assert week.sums == ("资金到位 2 项，2000 万元", "外出招商 1 项")
    assert [(row.on, row.word, row.text, row.detail) for row in week.lines] == [
        (day(9, 2), "资金到位", "蓝天", "甲镇 · 1200 万元"),
        (day(9, 3), "外出招商", "赴江南", "乙镇"),
        (day(9, 8), "资金到位", "蓝天", "甲镇 · 800 万元"),
    ]
    assert [client.get(row.url).status_code for row in week.lines] == [200] * 3
    client.force_login(make_user("clerk", Role.CLERK, drive.unit("丙园区")))
    assert page(client, drive, as_of="2026-09-01").context["week"].lines == ()


def test_how_far_projects_came_shows_to_those_who_may_see_them(client, leader, drive):
    sign(drive, "甲镇", "蓝天", 5000, day(8, 20))
    flow = page(client, drive).context["flow"]
    assert [(row.name, row.count, row.bar.width) for row in flow] == [
        ("意向（未签约）", 0, "0"),
        ("本年签约", 1, "100"),
        ("其中有资金到位", 0, "0"),
        ("其中已开工", 0, "0"),
    ]
    client.force_login(make_user("clerk", Role.CLERK, drive.unit("甲镇")))
    assert page(client, drive).context["flow"] == []


def test_a_long_ranking_is_folded_around_its_ends_and_ones_own_units(client, leader, drive):
    part = page(client, drive).context["part"]
    names = [f"第{number}" for number in range(1, 31)]
    rows = tuple(replace(part.rows[0], unit=name, is_mine=name == "第20") for name in names)
    shown = glance.folded(Group("", "", rows))
    assert [(row.unit if row else None, left) for row, left in shown] == [
        *((name, 0) for name in names[:10]), (None, 9), ("第20", 0), (None, 6), *((name, 0) for name in names[26:]),
    ]  # fmt: skip
    assert len(glance.folded(Group("", "", rows[:16]))) == 16
    assert glance.ends_of(None) == glance.Ends((), ())


def test_who_has_not_filed_plans_in_time_needs_attention(client, leader, drive):
    campaign_actions.change_campaign(campaign=drive.campaign, plans_due_on=day(7, 10), by=User.objects.system())
    assert ("未报", "3 个单位没有报齐工作方案和行程", "应于 2026-07-10 前报送") in todos(page(client, drive))
    assert "没有报齐" not in said(page(client, drive, as_of="2026-07-09"))
