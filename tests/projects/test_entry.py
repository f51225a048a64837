"""The clerk's page: what it shows, the new total before saving, one save for several figures."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import close_month
from campaigns.models import Entry, Tally
from campaigns.standings import standings
from tests.factories import make_unit, make_user
from tests.projects.factories import (
    NONSENSE,
    make_campaign,
    make_company,
    make_desk,
    make_lines,
    make_tally,
    make_visit,
)
from units.models import Role, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_desk()


@pytest.fixture
def page(client, desk):
    """Return a function that sends the page with some fields filled in."""
    client.force_login(desk.clerk)

    def send(step="save", nonce="n1", on=None, unit=None, **typed):
        data = {"campaign": desk.campaign.pk, "unit": (unit or desk.unit).pk, "step": step, "nonce": nonce}
        data["on"] = on if on is not None else desk.today.isoformat()
        return client.post("/entry/", data | typed)

    return send


def field(desk, name, prefix="amount"):
    """Return the name of an indicator's field."""
    return f"{prefix}_{desk.lines[name].pk}"


def test_page_shows_what_is_owed_done_and_missing(client, desk):
    make_tally(desk, amount=6)
    client.force_login(desk.clerk)
    text = client.get("/entry/").content.decode()
    for told in ("目标 10 条", "6 条", "60%", "还差 4 条", "目标 2 亿元", "登记走访", "登记签约"):
        assert told in text
    assert "/visits/new/?direction=outbound" in text
    assert f"<title>进度填报 · {desk.unit} · {desk.campaign.name}" in text


def test_check_shows_the_new_total_and_stores_nothing(page, desk):
    make_tally(desk, amount=6)
    response = page("check", **{field(desk, "招商信息"): "2", field(desk, "到位资金"): "5000万"})
    text = response.content.decode()
    assert "6 条 → <b>8 条</b>" in text
    assert "未填报 → <b>0.5 亿元</b>" in text
    assert 'value="save"' in text
    assert Tally.objects.count() == 1


def test_total_typed_in_place_of_new_figures_shows_the_difference(page, desk):
    make_tally(desk, amount=6)
    typed = {field(desk, "招商信息"): "9", field(desk, "招商信息", "kind"): "total"}
    assert "6 条 → <b>9 条</b>" in page("check", **typed).content.decode()
    page("save", **typed)
    assert Tally.objects.get(is_reading=True).amount == 9
    shown = standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["招商信息"].pk]
    assert shown.done == 9


def test_new_figure_before_a_later_total_changes_nothing_and_says_so(page, desk):
    make_tally(desk, amount=9, is_reading=True)
    earlier = (desk.today - timedelta(days=1)).isoformat()
    text = page("check", on=earlier, **{field(desk, "招商信息"): "2"}).content.decode()
    assert "9 条 → <b>9 条</b>" in text


def test_several_figures_are_saved_together_and_the_message_names_totals_and_place(client, page, desk):
    response = page(
        "save",
        **{field(desk, "招商信息"): "2", field(desk, "到位资金"): "1.25", field(desk, "满意度"): "96.5"},
    )
    assert response.status_code == 302
    figures = {row.indicator.name: (row.amount, row.is_reading) for row in Tally.objects.select_related("indicator")}
    assert figures == {
        "招商信息": (Decimal(2), False),
        "到位资金": (Decimal(12500), False),
        "满意度": (Decimal("96.5"), True),
    }
    text = client.get(response.url).content.decode()
    assert "已保存 3 项：招商信息累计 2 条、到位资金累计 1.25 亿元、满意度 96.5 %" in text
    assert "综合排名 部门" in text
    assert "第 1 名" in text


def test_one_bad_figure_keeps_all_from_being_saved(page, desk):
    make_tally(desk, amount=9, is_reading=True)
    response = page("save", **{field(desk, "招商信息"): "2", field(desk, "到位资金"): "1"})
    assert response.status_code == 200
    assert "这一天已报累计数" in response.context["form"].errors[field(desk, "招商信息")][0]
    assert Tally.objects.count() == 1
    assert Entry.objects.filter(indicator=desk.lines["到位资金"].indicator).count() == 0


def test_form_sent_twice_is_saved_once(page, desk):
    first = page("save", **{field(desk, "招商信息"): "2"})
    second = page("save", **{field(desk, "招商信息"): "2"})
    assert first.url == second.url
    assert Tally.objects.count() == 1


def test_nothing_new_writes_a_zero_where_none_stands(client, page, desk):
    make_tally(desk, amount=2)
    page("none")
    rows = Tally.objects.filter(amount=0)
    assert [row.indicator.name for row in rows] == ["到位资金"]
    shown = standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["到位资金"].pk]
    assert (shown.done, shown.count) == (Decimal(0), 1)
    again = page("none", nonce="n2")
    assert "不必再报" in again.content.decode()


def test_nothing_new_beside_a_figure_is_refused(page, desk):
    response = page("none", **{field(desk, "招商信息"): "2"})
    assert "已填了数" in response.content.decode()
    assert Tally.objects.count() == 0


def test_empty_page_is_refused(page):
    assert "还没有填数" in page("save").content.decode()


def test_closed_month_says_why(client, page, desk):
    reason = "月通报已印发"
    close_month(month=desk.today.replace(day=1), reason=reason, by=User.objects.system())
    assert reason in client.get("/entry/").content.decode()
    response = page("save", **{field(desk, "招商信息"): "2"})
    assert "已封账" in str(response.context["form"].errors["on"])
    assert Tally.objects.count() == 0


@pytest.mark.parametrize("days", [-400, 1, 400])
def test_day_outside_the_campaign_or_after_today_is_refused(page, desk, days):
    response = page("save", on=(desk.today + timedelta(days=days)).isoformat(), **{field(desk, "招商信息"): "2"})
    assert response.status_code == 200
    assert "on" in response.context["form"].errors
    assert Tally.objects.count() == 0


@pytest.mark.parametrize("junk", NONSENSE)
@pytest.mark.parametrize("step", ["check", "save"])
def test_nonsense_gives_a_message_or_a_saved_figure(page, desk, junk, step):
    names = [field(desk, name) for name in ("招商信息", "到位资金", "满意度")]
    fine = dict.fromkeys(names, "1")
    for number, name in enumerate([*names, field(desk, "招商信息", "kind"), "on"]):
        response = page(step, nonce=f"n{number}", **{**fine, name: junk})
        assert response.status_code in {200, 302}
        if response.status_code == 200 and step == "save":
            assert response.context["form"].errors
    for step_junk in ("", "😀"):
        assert page(step_junk, nonce="x", **fine).status_code == 200


def test_nonsense_in_the_hidden_fields_is_not_found(client, page, desk):
    for name in ("campaign", "unit"):
        for junk in NONSENSE:
            data = {"campaign": desk.campaign.pk, "unit": desk.unit.pk, "on": "2026-01-01", name: junk}
            assert client.post("/entry/", data).status_code in {404, 200}
            assert client.get("/entry/", {name: junk}).status_code in {404, 200}
    assert Tally.objects.count() == 0


def test_clerk_of_another_unit_cannot_enter_here(client, page, desk):
    assert page("save", unit=desk.units[1], **{field(desk, "招商信息"): "2"}).status_code == 404
    client.force_login(desk.leader)
    assert client.get("/entry/").status_code == 403


def test_clerk_of_the_district_chooses_among_all_units(client, desk):
    client.force_login(make_user("chief", Role.CLERK, desk.district))
    response = client.get(f"/entry/?unit={desk.units[2].pk}")
    assert [str(seat.unit) for seat in response.context["seats"]] == ["商务局", "工信局", "文旅局", "示范区"]
    assert "进度填报 · 文旅局" in response.content.decode()


def test_clerk_below_a_roster_unit_adds_to_its_line(client, desk):
    office = make_unit("招商科", Unit.Kind.DEPARTMENT, desk.unit)
    client.force_login(make_user("office", Role.CLERK, office))
    data = {"campaign": desk.campaign.pk, "unit": office.pk, "on": desk.today.isoformat(), "step": "save"}
    assert client.post("/entry/", data | {field(desk, "招商信息"): "3"}).status_code == 302
    assert standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["招商信息"].pk].done == 3


def test_without_a_campaign_the_page_says_what_to_do(client):
    district = make_unit("示范区")
    client.force_login(make_user("clerk", Role.CLERK, district))
    assert "还没有您单位参加的战役" in client.get("/entry/").content.decode()
    other = make_unit("商务局", Unit.Kind.DEPARTMENT, district)
    far = make_unit("文旅局", Unit.Kind.DEPARTMENT, district)
    make_campaign(district, [other])
    client.force_login(make_user("far", Role.CLERK, far))
    assert "还没有您单位参加的战役" in client.get("/entry/").content.decode()


def test_campaign_asked_for_is_shown(client, desk):
    past = make_campaign(
        desk.district, desk.units, name="百日会战",
        start=desk.today - timedelta(days=300), end=desk.today - timedelta(days=200),
    )  # fmt: skip
    make_lines(past, desk.units)
    client.force_login(desk.clerk)
    response = client.get(f"/entry/?campaign={past.pk}")
    assert response.context["form"].initial["on"] == past.ends_on
    assert client.get("/entry/").context["campaign"] == desk.campaign


def test_fragment_shows_the_new_total_or_what_is_wrong(client, desk):
    make_tally(desk, amount=6)
    client.force_login(desk.clerk)
    line = desk.lines["招商信息"]

    def ask(value, **more):
        query = {"campaign": desk.campaign.pk, "unit": desk.unit.pk, "on": desk.today, "line": line.pk}
        return client.get("/entry/preview/", query | {f"amount_{line.pk}": value} | more).content.decode()

    assert "6 条 → <b>8 条</b>" in ask("2")
    assert 'value="save"' in ask("2")
    assert "6 条 → <b>7 条</b>" in ask("7", **{f"kind_{line.pk}": "total"})
    assert "zs-bad" in ask("abc")
    assert 'value="save"' not in ask("abc")
    assert "zs-bad" in ask("2", on="2026-13-45")
    assert ask("").strip() == ""
    assert "本次新增不能为负" in ask("-5")
    for junk in NONSENSE:
        ask(junk)


def test_fragment_of_a_line_that_is_none_is_not_found(client, desk):
    client.force_login(desk.clerk)
    for line in ("", "x", "999999", str(desk.lines["外出走访"].pk)):
        assert client.get("/entry/preview/", {"line": line}).status_code == 404


def test_recognised_basis_shows_both_figures(client, desk):
    line = desk.lines["招商信息"]
    line.basis = "recognised"
    line.save()
    make_tally(desk, amount=6)
    client.force_login(desk.clerk)
    text = client.get("/entry/").content.decode()
    assert "按认定计数；已上报 6 条" in text
    assert "未填报" in text


def test_page_costs_the_same_at_any_length(client, desk):
    client.force_login(desk.clerk)
    client.get("/entry/")
    with CaptureQueriesContext(connection) as few:
        client.get("/entry/")
    for number in range(30):
        make_tally(desk, on=desk.today - timedelta(days=number % 20), amount=1)
        make_visit(desk, company=make_company(desk, f"公司{number}"))
    with CaptureQueriesContext(connection) as many:
        client.get("/entry/")
    assert len(many) == len(few)
    assert len(few) <= 12
