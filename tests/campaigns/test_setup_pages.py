"""Setting a campaign up: basics, indicators, roster; who may, what is missing, what goes wrong."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from campaigns import actions
from campaigns.models import Campaign, CampaignIndicator, CampaignUnit
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe, report, seat
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User

PAGES = ["setup", "change", "indicators", "roster", "targets"]
FORMS = PAGES[1:]
BASICS = {
    "name": "年度目标", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "clock": "month",
    "full_score": "100", "score_cap": "1.2", "green_at": "1", "yellow_at": "0.7", "nonce": "n1",
}  # fmt: skip


@pytest.fixture
def top(db):
    return make_unit("示范区", Unit.Kind.DISTRICT)


@pytest.fixture
def drive(top):
    """Return a drive of three units with two indicators."""
    campaign = make_campaign(top)
    campaign.units = make_units(3, top)
    seat(campaign, *campaign.units[:2], group="一组")
    campaign.kept = count(campaign, make_indicator("招商信息"), make_indicator("到位资金", "money"))
    return Campaign.objects.select_related("organiser").get(pk=campaign.pk)


@pytest.fixture
def editor(client, top):
    user = make_user("editor", Role.EDITOR, top)
    client.force_login(user)
    return user


def lines_form(campaign, *rows, **more):
    """Return the indicators form as a browser sends it; rows are dicts."""
    campaign.refresh_from_db()
    data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, "version": campaign.version, "nonce": "n1"}
    for number, row in enumerate(rows):
        data |= {f"rows-{number}-{name}": value for name, value in row.items()}
    return data | more


def roster_form(campaign, *rows, **more):
    """Return the roster form as a browser sends it; rows are (unit, group, leader, order)."""
    campaign.refresh_from_db()
    data = {"version": campaign.version, "nonce": "n1"}
    for unit, group, leader, order in rows:
        data |= {f"on-{unit.pk}": "1", f"group-{unit.pk}": group}
        data |= {f"leader-{unit.pk}": leader, f"order-{unit.pk}": order}
    return data | more


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_set_up_of_another_organiser_is_not_there(client, drive, page):
    client.force_login(make_user("stranger", Role.EDITOR, make_unit("邻区", Unit.Kind.DISTRICT)))
    assert client.get(f"/campaigns/{drive.pk}/{page}/").status_code == 404
    if page in FORMS:
        assert client.post(f"/campaigns/{drive.pk}/{page}/", {"nonce": "n"}).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_editor_of_a_unit_on_the_roster_may_look_at_standings_but_not_set_up(client, drive, page):
    seated = drive.roster.first().unit
    client.force_login(make_user("seated", Role.EDITOR, seated))
    assert client.get(f"/campaigns/{drive.pk}/{page}/").status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.VERIFIER, Role.LEADER, Role.SYSTEM_ADMIN])
@pytest.mark.parametrize("page", PAGES)
def test_only_editors_set_up(client, drive, page, role):
    client.force_login(make_user("user", role, drive.organiser))
    assert client.get(f"/campaigns/{drive.pk}/{page}/").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_page_says_where_one_is(client, drive, editor, page):
    response = client.get(f"/campaigns/{drive.pk}/{page}/")
    assert response.status_code == 200
    assert "<title>百日会战 · " in response.content.decode()


# --- steps ----------------------------------------------------------------------------------------


def test_steps_of_a_new_campaign_name_what_is_missing(client, top, editor):
    campaign = make_campaign(top)
    response = client.get(f"/campaigns/{campaign.pk}/setup/")
    assert [(step.label, step.state, step.missing) for step in response.context["steps"]] == [
        ("基本信息", "已完成", ()),
        ("考核指标", "待完善", ("还没有考核指标",)),
        ("参战名单", "待完善", ("还没有参战单位",)),
        ("目标任务", "待完善", ("还没有下达目标任务",)),
    ]


def test_steps_name_units_and_indicators_without_a_target(client, drive, editor):
    owe(drive, drive.lines.first(), {drive.roster.first().unit: 5})
    steps = client.get(f"/campaigns/{drive.pk}/setup/").context["steps"]
    assert steps[3].missing == (
        "没有任何目标的单位：单位02",
        "没有目标的指标（只显示完成值）：到位资金",
        "组织单位自己的目标还没有填",
    )
    assert steps[1].told[1] == "到位资金（万元，上报，权重 1）"


def test_indicator_without_weight_needs_no_target(client, drive, editor):
    owe(
        drive,
        drive.lines.first(),
        {drive.organiser: 9} | dict.fromkeys((seat.unit for seat in drive.roster.all()), 5),
    )
    drive.lines.filter(indicator__name="到位资金").update(weight=0)
    assert client.get(f"/campaigns/{drive.pk}/setup/").context["steps"][3].missing == ()


def test_last_step_is_to_issue_the_draft(client, drive, editor):
    owed = dict.fromkeys((drive.organiser, *(seat.unit for seat in drive.roster.all())), 5)
    for line in drive.lines.all():
        owe(drive, line, owed)
    context = client.get(f"/campaigns/{drive.pk}/setup/").context
    assert (context["steps"][3].state, context["steps"][3].missing) == ("待下达", ())
    assert (context["next_step"].label, context["next_step"].url) == (
        "下达目标任务",
        f"/campaigns/{drive.pk}/targets/issue/",
    )
    actions.issue_targets(
        campaign=drive, holds_from=drive.starts_on, today=drive.starts_on, by=User.objects.get(username="editor")
    )
    context = client.get(f"/campaigns/{drive.pk}/setup/").context
    assert (context["steps"][3].state, context["next_step"]) == ("已完成", None)


def test_steps_label_slogan_and_office(client, drive, editor):
    Campaign.objects.filter(pk=drive.pk).update(slogan="项目为王", office="设在招商局")
    told = client.get(f"/campaigns/{drive.pk}/setup/").context["steps"][0].told
    assert told[3:] == ("口号：项目为王", "活动办公室：设在招商局")


def test_set_up_costs_the_same_at_any_size(client, drive, editor, django_assert_max_num_queries):
    client.get("/campaigns/")
    with django_assert_max_num_queries(9) as few:
        client.get(f"/campaigns/{drive.pk}/setup/")
    more = [make_unit(f"园区{n}", Unit.Kind.PARK, drive.organiser) for n in range(30)]
    seat(drive, *more)
    owe(drive, drive.lines.first(), dict.fromkeys(more, 3))
    with django_assert_max_num_queries(9) as many:
        response = client.get(f"/campaigns/{drive.pk}/setup/")
    assert len(many) == len(few)
    assert "<ins>20 项</ins>" in response.content.decode()


# --- basics ---------------------------------------------------------------------------------------


def test_editor_makes_a_campaign(client, top, editor):
    response = client.post("/campaigns/new/", BASICS | {"organiser": top.pk})
    campaign = Campaign.objects.get()
    assert response.url == f"/campaigns/{campaign.pk}/setup/"
    assert (campaign.name, campaign.clock, campaign.score_cap, campaign.organiser) == (
        "年度目标", "month", Decimal("1.2"), top,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="campaign.created", by=editor).count() == 1


def test_double_submit_makes_one_campaign(client, top, editor):
    first = client.post("/campaigns/new/", BASICS | {"organiser": top.pk})
    second = client.post("/campaigns/new/", BASICS | {"organiser": top.pk})
    assert Campaign.objects.count() == 1
    assert second.url == first.url


def test_organiser_is_chosen_among_the_units_one_edits(client, top, editor):
    other = make_unit("邻区", Unit.Kind.DISTRICT)
    response = client.post("/campaigns/new/", BASICS | {"organiser": other.pk})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"organiser"}
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"ends_on": "2025-12-31"}, "ends_on", "结束日期不能早于开始日期"),
        ({"starts_on": "0226-01-01"}, "starts_on", "年份须在 2000 至 2099 之间"),
        ({"green_at": "0.5"}, "green_at", "绿灯界线不能低于黄灯界线"),
        ({"full_score": "0"}, "full_score", "不能小于 1"),
        ({"name": "百日会战"}, "name", "已有同名战役，请换一个名称"),
        ({"name": ""}, "name", "这个字段是必填项。"),
    ],
)
def test_wrong_basics_say_so_beside_the_field(client, drive, editor, changes, field, message):
    response = client.post("/campaigns/new/", BASICS | {"organiser": drive.organiser_id} | changes)
    assert response.context["form"].errors[field] == [message]
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("field", [*BASICS, "organiser", "version"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_basics_never_fails(client, top, editor, field, value):
    response = client.post("/campaigns/new/", BASICS | {"organiser": top.pk} | {field: value})
    assert response.status_code in {200, 302}
    assert response.status_code == 302 or "未保存，请更正以下内容" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_change_shows_both_sides_of_a_conflict(client, drive, editor):
    version = drive.version
    actions.change_campaign(campaign=drive, ends_on=date(2026, 10, 8), by=User.objects.system())
    data = BASICS | {"starts_on": "2026-07-01", "ends_on": "2026-09-15", "version": version}
    response = client.post(f"/campaigns/{drive.pk}/change/", data)
    sides = {str(row["label"]): (row["mine"], str(row["theirs"])) for row in response.context["conflict"]}
    assert sides["结束日期"] == ("2026-09-15", "2026-10-08")
    assert "在您填写期间，他人已保存过这条记录" in response.content.decode()
    drive.refresh_from_db()
    assert drive.ends_on == date(2026, 10, 8)
    again = client.post(f"/campaigns/{drive.pk}/change/", data | {"version": drive.version, "nonce": "n2"})
    assert again.status_code == 302


@pytest.mark.parametrize(("first", "last"), [("2026-08-02", "2026-09-30"), ("2026-07-01", "2026-07-31")])
def test_dates_cannot_leave_figures_outside(client, drive, editor, first, last):
    report(drive, drive.lines.first(), {drive.roster.first().unit: 3}, on=date(2026, 8, 1))
    data = BASICS | {"starts_on": first, "ends_on": last, "version": drive.version}
    response = client.post(f"/campaigns/{drive.pk}/change/", data)
    assert "已有 2026-08-01 的填报" in response.content.decode()
    drive.refresh_from_db()
    assert (drive.starts_on, drive.ends_on) == (date(2026, 7, 1), date(2026, 9, 30))


def test_dates_cannot_make_readings_of_two_campaigns_overlap(drive):
    line, unit = drive.lines.first(), drive.roster.first().unit
    later = make_campaign(drive.organiser, "四季度", date(2026, 10, 1), date(2026, 12, 31))
    seat(later, unit)
    count(later, line.indicator)
    facts = {"indicator": line.indicator, "unit": unit, "amount": Decimal(3), "is_reading": True}
    actions.record_tally(campaign=drive, on=date(2026, 8, 1), by=User.objects.system(), **facts)
    actions.record_tally(campaign=later, on=date(2026, 10, 9), by=User.objects.system(), **facts)
    with pytest.raises(ValidationError, match="时间重叠"):
        actions.change_campaign(campaign=drive, ends_on=date(2026, 10, 8), by=User.objects.system())


# --- indicators of a campaign ---------------------------------------------------------------------


def test_lines_are_replaced_in_their_order(client, drive, editor):
    leads, money = (line.indicator for line in drive.lines.all())
    visits = make_indicator("外出走访", "家")
    rows = [
        {"indicator": leads.pk, "remove": "on"},
        {"indicator": money.pk, "measure": "亿元", "basis": "recognised", "weight": "2.5", "order": "2"},
        {"indicator": visits.pk, "measure": "", "basis": "reported", "weight": "", "order": "1"},
        {"indicator": "", "basis": "reported", "weight": "1", "order": ""},
    ]
    response = client.post(f"/campaigns/{drive.pk}/indicators/", lines_form(drive, *rows))
    assert response.url == f"/campaigns/{drive.pk}/setup/"
    kept = CampaignIndicator.objects.filter(campaign=drive).values_list("indicator", "measure", "basis", "weight")
    assert list(kept) == [
        (visits.pk, "家", "reported", Decimal(1)),
        (money.pk, "亿元", "recognised", Decimal("2.5")),
    ]


def test_measure_has_to_fit_the_indicator(client, drive, editor):
    leads = drive.lines.first().indicator
    response = client.post(
        f"/campaigns/{drive.pk}/indicators/", lines_form(drive, {"indicator": leads.pk, "measure": "亿元"})
    )
    text = response.content.decode()
    assert "须与指标的计量一致，可选：条、万条" in text
    assert "请更正表中标红的内容" in text
    assert drive.lines.count() == 2


def test_line_with_targets_stays(client, drive, editor):
    line = drive.lines.first()
    owe(drive, line, {drive.organiser: 5})
    response = client.post(
        f"/campaigns/{drive.pk}/indicators/", lines_form(drive, {"indicator": line.indicator_id, "remove": "on"})
    )
    assert "招商信息 还有目标任务，请先清空再移出" in response.content.decode()
    assert drive.lines.count() == 2


def test_lines_show_both_sides_of_a_conflict(client, drive, editor):
    leads, money = (line.indicator for line in drive.lines.all())
    data = lines_form(drive, {"indicator": leads.pk, "weight": "3"}, {"indicator": money.pk})
    count(drive, leads, money, weight=Decimal(7))
    response = client.post(f"/campaigns/{drive.pk}/indicators/", data)
    sides = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert sides["招商信息"] == ("条 · 上报 · 权重 3", "条 · 上报 · 权重 7")
    assert drive.lines.first().weight == 7


@pytest.mark.parametrize("field", ["indicator", "measure", "basis", "weight", "order", "remove"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_a_line_never_fails(client, drive, editor, field, value):
    row = {"indicator": drive.lines.first().indicator_id, "measure": "条", "basis": "reported", "weight": "1"}
    response = client.post(f"/campaigns/{drive.pk}/indicators/", lines_form(drive, row | {field: value}))
    assert response.status_code in {200, 302}
    assert response.status_code == 302 or "未保存，请更正以下内容" in response.content.decode()


@pytest.mark.parametrize("field", ["rows-TOTAL_FORMS", "rows-INITIAL_FORMS", "version", "nonce"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_what_the_browser_adds_never_fails(client, drive, editor, field, value):
    row = {"indicator": drive.lines.first().indicator_id, "measure": "条", "basis": "reported", "weight": "1"}
    data = lines_form(drive, row) | {field: value}
    assert client.post(f"/campaigns/{drive.pk}/indicators/", data).status_code in {200, 302}


@pytest.mark.parametrize("page", ["indicators", "roster", "targets"])
def test_grids_cost_the_same_at_any_size(client, drive, editor, page, django_assert_max_num_queries):
    client.get("/campaigns/")
    with django_assert_max_num_queries(8) as few:
        client.get(f"/campaigns/{drive.pk}/{page}/")
    seat(drive, *(make_unit(f"园区{n}", Unit.Kind.PARK, drive.organiser) for n in range(30)))
    count(drive, *(make_indicator(f"指标{n}") for n in range(10)), *(line.indicator for line in drive.lines.all()))
    with django_assert_max_num_queries(8) as many:
        client.get(f"/campaigns/{drive.pk}/{page}/")
    assert len(many) == len(few)


# --- roster ---------------------------------------------------------------------------------------


def test_roster_is_replaced_in_its_order(client, drive, editor):
    first, second, third = Unit.objects.filter(parent=drive.organiser)
    data = roster_form(drive, (third, "甲组", "王主任", "1"), (first, "乙组", "", ""))
    response = client.post(f"/campaigns/{drive.pk}/roster/", data)
    assert response.url == f"/campaigns/{drive.pk}/setup/"
    seats = CampaignUnit.objects.filter(campaign=drive).values_list("unit", "group", "leader")
    assert list(seats) == [(third.pk, "甲组", "王主任"), (first.pk, "乙组", "")]


def test_roster_offers_the_whole_tree_below_the_organiser(client, drive, editor):
    first = Unit.objects.filter(parent=drive.organiser).first()
    make_unit("招商专班", Unit.Kind.TEAM, first)
    make_unit("邻区", Unit.Kind.DISTRICT)
    response = client.get(f"/campaigns/{drive.pk}/roster/")
    assert [(str(row.unit), row.depth, row.on, row.group) for row in response.context["form"].rows] == [
        ("单位01", 0, True, "一组"),
        ("招商专班", 1, False, ""),
        ("单位02", 0, True, "一组"),
        ("单位03", 0, False, ""),
    ]


def test_unit_of_another_tree_is_not_listed_and_not_taken(client, drive, editor):
    other = make_unit("邻区", Unit.Kind.DISTRICT)
    client.post(f"/campaigns/{drive.pk}/roster/", roster_form(drive, (other, "", "", "")))
    assert not CampaignUnit.objects.filter(unit=other).exists()


def test_unit_with_targets_stays(client, drive, editor):
    first = drive.roster.first().unit
    owe(drive, drive.lines.first(), {first: 5})
    response = client.post(f"/campaigns/{drive.pk}/roster/", roster_form(drive))
    assert "单位01 还有目标任务，请先清空其目标再移出名单" in response.content.decode()
    assert drive.roster.count() == 2


def test_roster_keeps_what_was_typed_beside_the_message(client, drive, editor):
    first = drive.roster.first().unit
    response = client.post(f"/campaigns/{drive.pk}/roster/", roster_form(drive, (first, "组" * 51, "王主任", "一")))
    text = response.content.decode()
    row = response.context["form"].rows[0]
    assert set(row.errors) == {"group", "order"}
    assert 'value="王主任"' in text
    assert row.errors["order"] in text


def test_roster_asks_about_a_line_that_was_filled_in_but_not_ticked(client, drive, editor):
    first, second, third = Unit.objects.filter(parent=drive.organiser)
    data = roster_form(drive, (first, "一组", "", "1"), (second, "一组", "", "2"), (third, "二组", "", ""))
    del data[f"on-{third.pk}"]
    response = client.post(f"/campaigns/{drive.pk}/roster/", data)
    assert "填了内容但没有勾选" in response.content.decode()
    assert drive.roster.count() == 2
    del data[f"on-{second.pk}"]  # one that was on the roster may simply be taken off
    data[f"group-{third.pk}"] = ""
    client.post(f"/campaigns/{drive.pk}/roster/", data | {"nonce": "again"})
    assert [seat.unit for seat in drive.roster.all()] == [first]


def test_roster_shows_both_sides_of_a_conflict(client, drive, editor):
    first, second, third = Unit.objects.filter(parent=drive.organiser)
    data = roster_form(drive, (first, "甲组", "", "1"))
    seat(drive, third)
    response = client.post(f"/campaigns/{drive.pk}/roster/", data)
    sides = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert sides == {
        "单位01": ("列入 · 甲组", "列入 · 一组"),
        "单位02": ("（无）", "列入 · 一组"),
        "单位03": ("（无）", "列入"),
    }
    assert drive.roster.count() == 3


@pytest.mark.parametrize("field", ["on", "group", "leader", "order"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_the_roster_never_fails(client, drive, editor, field, value):
    first = drive.roster.first().unit
    data = roster_form(drive, (first, "一组", "", "1")) | {f"{field}-{first.pk}": value}
    response = client.post(f"/campaigns/{drive.pk}/roster/", data)
    assert response.status_code in {200, 302}
    assert "<script>alert" not in response.content.decode()
