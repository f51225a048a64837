"""The ranking page: places, scores, heat, switches, sheets, who may see it, what it costs."""

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from campaigns import actions
from campaigns.ranking import heat_class, line_rows, ranking_rows, total_rows
from campaigns.standings import standings
from tests.campaigns.factories import (
    count,
    make_campaign,
    make_indicator,
    make_units,
    owe,
    report,
    seat,
    seat_many,
)
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import Role, Unit, User

DAY = date(2026, 8, 15)  # the 46th of 92 days: half the time is over


@pytest.fixture
def drive(db):
    """Return a drive of four units in two groups, with one indicator owed and one that nobody owes."""
    top = make_unit("示范区", Unit.Kind.DISTRICT)
    first, second, third, fourth = make_units(4, top)
    campaign = make_campaign(top)
    seat(campaign, (first, "一组"), (second, "一组"), (third, "一组"), (fourth, "二组"))
    leads, signed = count(campaign, make_indicator("招商信息"), make_indicator("新签项目", "个"))
    owe(campaign, leads, {top: 20, first: 10, second: 10, third: 4})
    report(campaign, leads, {first: 9, second: 2}, on=date(2026, 8, 1))
    report(campaign, leads, {third: 2, second: 0}, on=date(2026, 8, 12))
    report(campaign, signed, {first: 3, fourth: 5})
    campaign.units = [first, second, third, fourth]
    campaign.leads, campaign.signed = leads, signed
    return campaign


@pytest.fixture
def leader(drive, client):
    """Return a signed-in leader of the organiser."""
    user = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(user)
    return user


def page(client, campaign, **query):
    return client.get(f"/campaigns/{campaign.pk}/ranking/", {"as_of": DAY.isoformat(), **query})


@pytest.mark.parametrize(
    ("points", "css"),
    [
        (-100, 1), (-31, 1), (-30, 1), (-29, 2), (-11, 2), (-10, 3), (-1, 3),
        (0, 4), (9, 4), (10, 5), (29, 5), (30, 6), (300, 6),
    ],
)  # fmt: skip
def test_heat_follows_the_distance_from_the_time_progress(points, css):
    assert heat_class(Fraction(points, 100)) == f"zs-heat-{css}"


def test_heat_reads_the_exact_distance_and_none():
    assert heat_class(Fraction(-1, 10**9)) == "zs-heat-3"
    assert heat_class(Fraction(-30, 100) + Fraction(1, 10**9)) == "zs-heat-2"
    assert heat_class(None) == "zs-heat-none"


def test_rows_hold_places_scores_changes_and_cells(drive):
    read = standings(drive, DAY)
    groups = ranking_rows(read, lambda line: f"/rows/{line.unit_id}", lambda unit_id: f"/unit/{unit_id}")
    assert [(group.name, [row.unit for row in group.rows]) for group in groups] == [
        ("一组", ["单位01", "单位03", "单位02"]),
        ("二组", ["单位04"]),
    ]
    first, third, second = groups[0].rows
    assert (first.place, first.score, first.met, first.bar.tone, first.bar.ahead) == ("1", "90", "0/1", "ok", True)
    assert (first.bar.width, first.bar.pace) == ("90", "50")
    assert (first.cells[0].text, first.cells[0].heat) == ("90%", "zs-heat-6")
    assert first.cells[0].title == "完成 9条 / 目标 10条，超序时 40 个百分点"
    assert (first.cells[1].text, first.cells[1].heat) == ("3", "zs-heat-none")
    assert (third.place, third.score, third.move.sign, third.move.css) == ("2", "50", "▲1", "zs-up")
    assert (second.place, second.score, second.move.sign, second.move.told) == ("3", "20", "▼1", "下降 1 位")
    fourth = groups[1].rows[0]
    assert (fourth.place, fourth.score, fourth.met, fourth.move.told) == ("—", "—", "—", "无可比名次")
    assert (fourth.cells[0].text, fourth.cells[0].title) == ("—", "未下达此项目标，未填报")
    assert fourth.cells[0].url == ""


def test_totals_print_the_organisers_line(drive):
    read = standings(drive, DAY)
    leads, signed = total_rows(read, lambda line: "/rows/")
    assert (leads.target, leads.quota_sum, leads.done, leads.met) == ("20", "24", "13", "0/3")
    assert (leads.cell.text, leads.lead, leads.off_roster) == ("65%", "超序时 15 个百分点", "")
    assert (signed.target, signed.done, signed.lead, signed.met) == ("—", "8", "—", "—")


@pytest.mark.parametrize(
    ("as_of", "first", "second", "total"),
    [
        (DAY, "每周需 0.2 条", "每周需 1.2 条", "每周需 1.1 条"),  # 46 days are left: 1, 8 and 7 are missing
        (date(2026, 9, 25), "不足一周，须全部完成", "不足一周，须全部完成", "不足一周，须全部完成"),
        (date(2026, 9, 30), "活动已结束", "活动已结束", "活动已结束"),
    ],
)
def test_ranking_on_an_indicator_says_what_is_needed_a_week(drive, as_of, first, second, total):
    read = standings(drive, as_of)
    groups = line_rows(read, drive.leads.pk, lambda line: "", lambda unit: "")
    needed = {row.unit: row.pace_needed for group in groups for row in group.rows}
    assert (needed["单位01"], needed["单位02"], needed["单位04"]) == (first, second, "")
    leads, signed = total_rows(read, lambda line: "")
    assert (leads.pace_needed, signed.pace_needed) == (total, "")


def test_what_is_still_needed_never_prints_as_nothing(drive):
    owe(drive, drive.leads, {drive.units[0]: Decimal("9.01")})
    rows = line_rows(standings(drive, DAY), drive.leads.pk, lambda line: "", lambda unit: "")[0].rows
    assert next(row.pace_needed for row in rows if row.unit == "单位01") == "每周需 0.002 条"  # 0.01 in 46 days


def test_different_scores_never_look_alike(drive):
    first, second, third, _ = drive.units
    owe(drive, drive.leads, {first: 30000, second: 30000, third: 30000})
    read = standings(drive, DAY)
    shown = [row.score for row in ranking_rows(read, lambda line: "", lambda unit: "")[0].rows]
    assert shown == ["0.03", "0.01", "0.01"]


def test_page_shows_both_groups_and_names_ties(client, drive, leader):
    first, second, _, _ = drive.units
    report(drive, drive.leads, {second: 7}, on=date(2026, 8, 3))
    response = page(client, drive)
    text = response.content.decode()
    assert response.status_code == 200
    assert "<title>百日会战 · 排名 · 招商战报</title>" in text
    assert "并列" in text
    assert "较 2026-08-08" in text
    assert "按有任务的指标加权、折算为满分" in text
    assert f"/campaigns/{drive.pk}/units/{first.pk}/?as_of=2026-08-15" in text
    assert (
        f"/campaigns/{drive.pk}/rows/?line={drive.leads.pk}&amp;unit={first.pk}&amp;basis=reported&amp;as_of=2026-08-15"
        in text
    )


def test_basis_switch_reads_the_other_basis_and_stays_in_the_links(client, drive, leader):
    response = page(client, drive, basis="recognised")
    text = response.content.decode()
    assert [row.score for group in response.context["groups"] for row in group.rows] == ["0", "0", "0", "—"]
    assert "basis=recognised&amp;as_of=2026-08-15" in text
    assert [item["label"] for item in response.context["basis_switch"] if item["active"]] == ["认定"]


def test_group_tabs_show_one_group(client, drive, leader):
    response = page(client, drive, group="二组")
    assert [group.name for group in response.context["groups"]] == ["二组"]
    assert [tab["label"] for tab in response.context["group_tabs"]] == ["全部组别", "一组", "二组"]
    assert [tab["label"] for tab in response.context["group_tabs"] if tab["active"]] == ["二组"]


def test_indicator_view_ranks_by_completion(client, drive, leader):
    response = page(client, drive, line=drive.leads.pk)
    rows = [
        (row.place, row.unit, row.target, row.done, row.cell.text, row.gap)
        for row in response.context["groups"][0].rows
    ]
    assert rows == [
        ("1", "单位01", "10", "9", "90%", "1"),
        ("2", "单位03", "4", "2", "50%", "2"),
        ("3", "单位02", "10", "2", "20%", "8"),
    ]
    assert "按完成率排名" in response.content.decode()


def test_indicator_nobody_owes_ranks_by_value(client, drive, leader):
    response = page(client, drive, line=drive.signed.pk)
    rows = [(row.place, row.unit, row.done) for group in response.context["groups"] for row in group.rows]
    assert rows == [("1", "单位01", "3"), ("—", "单位02", "未报"), ("—", "单位03", "未报"), ("1", "单位04", "5")]
    assert "按完成值排名" in response.content.decode()


def test_own_unit_is_marked(client, drive):
    client.force_login(make_user("clerk", Role.CLERK, drive.units[2]))
    response = page(client, drive)
    assert [row.unit for group in response.context["groups"] for row in group.rows if row.is_mine] == ["单位03"]
    assert '<tr class="zs-mine">' in response.content.decode()


@pytest.mark.parametrize("name", ["as_of", "since", "basis", "group", "line", "export"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_the_address_shows_the_page(client, drive, leader, name, value):
    response = client.get(f"/campaigns/{drive.pk}/ranking/", {name: value})
    assert response.status_code == 200
    assert "综合排名" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-06-30", "2026-10-01"])
def test_day_outside_the_campaign_shows_the_nearest(client, drive, leader, day):
    response = client.get(f"/campaigns/{drive.pk}/ranking/", {"as_of": day})
    assert response.context["as_of"] in {drive.starts_on, drive.ends_on}
    assert "日期须在 2026-07-01 至 2026-09-30 之间" in response.content.decode()


def test_workbook_holds_what_the_page_shows(client, drive, leader):
    response = page(client, drive, export="xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == [
        "组别", "名次", "并列", "单位", "领导", "综合得分", "较上期名次变化", "招商信息目标（条）",
        "招商信息完成（条，上报）", "招商信息完成率",
        "新签项目目标（个）", "新签项目完成（个，上报）", "新签项目完成率",
    ]  # fmt: skip
    assert rows[1][:10] == ["一组", 1, None, "单位01", None, 90, 0, 10, 9, "90%"]
    assert len(rows) == 5
    assert "2026-08-15" in response.headers["Content-Disposition"]


def test_csv_opens_in_excel_and_holds_no_formula(client, drive, leader):
    evil = make_unit("=cmd|' /C calc'!A0", Unit.Kind.TOWNSHIP, drive.organiser)
    seat(drive, evil, group="二组")
    response = page(client, drive, export="csv", line=drive.signed.pk)
    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert rows[0][5:] == ["较上期名次变化", "新签项目目标（个）", "新签项目完成（个，上报）", "新签项目完成率"]
    assert rows[1] == ["一组", "1", "", "单位01", "", "0", "", "3", ""]
    assert rows[-1][3] == "'=cmd|' /C calc'!A0"


def test_campaign_of_others_is_not_there(client, drive):
    stranger = make_unit("邻区", Unit.Kind.DISTRICT)
    client.force_login(make_user("stranger", Role.LEADER, stranger))
    assert page(client, drive).status_code == 404


def test_administrators_see_no_figures(client, drive):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN, drive.organiser))
    assert page(client, drive).status_code == 403


def test_empty_roster_names_the_next_step(client, db):
    top = make_unit()
    campaign = make_campaign(top)
    client.force_login(make_user("editor", Role.EDITOR, top))
    text = client.get(f"/campaigns/{campaign.pk}/ranking/").content.decode()
    assert f'href="/campaigns/{campaign.pk}/roster/"' in text


@pytest.mark.parametrize("size", [5, 200])
def test_page_costs_the_same_at_any_size(client, db, size, django_assert_max_num_queries):
    top = make_unit("示范区", Unit.Kind.DISTRICT)
    units = Unit.objects.bulk_create(
        Unit(pk=key, name=f"单位{key}", kind=Unit.Kind.PARK, parent=top, path=f"{top.path}{key}/")
        for key in range(top.pk + 1, top.pk + 1 + size)
    )
    campaign = make_campaign(top)
    seat_many(campaign, units)
    lines = count(campaign, *(make_indicator(f"指标{n}") for n in range(5)))
    for line in lines:
        owe(campaign, line, dict.fromkeys(units, Decimal(10)))
    report(campaign, lines[0], dict.fromkeys(units[:5], 3))
    client.force_login(make_user("leader", Role.LEADER, top))
    client.get("/campaigns/")  # the sign-in's own writes are over
    with django_assert_max_num_queries(8) as queries:
        response = page(client, campaign)
    assert len(queries) == 7
    assert len(response.context["groups"][0].rows) == size


def test_places_compare_with_any_earlier_day(client, drive, leader):
    first, second, third, _ = drive.units
    response = page(client, drive, since="2026-08-11")
    rows = [(row.unit, row.place, row.move.sign, row.gained) for row in response.context["groups"][0].rows]
    assert rows == [("单位01", "1", "–", "0"), ("单位03", "2", "▲1", "+50"), ("单位02", "3", "▼1", "0")]
    text = response.content.decode()
    assert "名次变化较 2026-08-11" in text
    assert "since=2026-08-11" in text
    assert [row.move.sign for row in page(client, drive, since="2026-08-13").context["groups"][0].rows] == ["–"] * 3


def test_who_has_no_place_reads_why(client, drive, leader):
    zero, silent = (make_unit(name, Unit.Kind.TOWNSHIP, drive.organiser) for name in ("单位05", "单位06"))
    seat(drive, zero, silent, group="一组")
    owe(drive, drive.leads, {zero: 0, silent: 3})
    overall = page(client, drive).context["groups"]
    reasons = {row.unit: row.reason for group in overall for row in group.rows}
    assert reasons == {
        "单位01": "", "单位03": "", "单位02": "", "单位06": "",
        "单位05": "未下达任务，不排名", "单位04": "未下达任务，不排名",
    }  # fmt: skip
    single = page(client, drive, line=drive.leads.pk).context["groups"]
    reasons = {row.unit: row.reason for group in single for row in group.rows if row.reason}
    assert reasons == {
        "单位05": "目标为 0，不排名", "单位06": "未填报，不排名", "单位04": "未下达此项目标，不排名",
    }  # fmt: skip
    assert "未下达任务，不排名" in page(client, drive).content.decode()


def test_places_on_an_indicator_compare_with_the_earlier_day_too(client, drive, leader):
    response = page(client, drive, line=drive.leads.pk)
    rows = [(row.unit, row.place, row.move.sign) for row in response.context["groups"][0].rows]
    # a week before only two had reported: 90 % and 20 %
    assert rows == [("单位01", "1", "–"), ("单位03", "2", "–"), ("单位02", "3", "▼1")]
    assert response.context["groups"][0].rows[1].move.told == "无可比名次"
    assert "名次变化较 2026-08-08" in response.content.decode()
    later = page(client, drive, line=drive.leads.pk, since="2026-08-13")
    assert [row.move.told for row in later.context["groups"][0].rows] == ["名次未变"] * 3


def test_page_offers_the_usual_day_and_ends_of_months(client, drive, leader):
    days = [(row["label"], row["day"], row["active"]) for row in page(client, drive).context["days_offered"]]
    assert days == [("默认", date(2026, 8, 8), True), ("7月末", date(2026, 7, 31), False)]
    response = page(client, drive, since="2026-07-31")
    assert [row["active"] for row in response.context["days_offered"]] == [False, True]
    issues = f"/campaigns/{drive.pk}/issued-days/?as_of=2026-08-15&amp;since=2026-07-31"
    assert issues in response.content.decode()


@pytest.mark.parametrize("size", [1, 30])
def test_page_under_a_scheme_costs_the_same_at_any_size(client, drive, leader, size, django_assert_num_queries):
    seat_many(drive, make_units(size, make_unit("产业园", Unit.Kind.PARK, drive.organiser)), group="三组")
    by = User.objects.system()
    scheme = actions.create_scheme(campaign=drive, name="考核办法", by=by)
    actions.set_row(
        scheme=scheme, code="1", label="招商信息", indicator=drive.leads.indicator, method="linear", clause="见办法",
        parameters={"full": "60"}, source={"reads": "rate"}, by=by,
    )  # fmt: skip
    actions.enforce_scheme(scheme=scheme, starts_on=drive.starts_on, document="考核〔2026〕1号", by=by)
    client.get("/campaigns/")
    with django_assert_num_queries(8):  # one more than without: the rows of the scheme
        response = page(client, drive)
    assert [row.score for row in response.context["groups"][0].rows] == ["54", "30", "12"]
