"""The list of one's own figures: what it shows, filters, and what it costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import recognise_tally, withdraw_tally
from projects import actions
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_tally, make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def test_list_shows_own_figures_with_their_state_and_reason(client, desk):
    waiting = make_tally(desk, amount=2)
    reduced = make_tally(desk, "到位资金", 12500)
    recognise_tally(
        tally=reduced, verdict="reduced", amount=Decimal(10000), on=desk.today, reason="凭证不全", by=desk.verifier
    )
    make_tally(desk, amount=7, unit=desk.units[1], by=desk.other_clerk)
    text = client.get("/entry/mine/").content.decode()
    for told in (
        "新增 2 条",
        "待认定",
        "新增 1.25 亿元",
        "核减认定",
        "1 亿元：凭证不全",
        f"/tallies/{waiting.pk}/correct/",
    ):
        assert told in text
    assert "7 条" not in text
    assert f"/tallies/{reduced.pk}/correct/" not in text


def test_what_was_cut_or_refused_stands_on_top_with_its_reason(client, desk):
    visit = make_visit(desk)
    actions.recognise_visit(visit=visit, verdict="refused", on=None, reason="未见照片", by=desk.verifier)
    milestone = make_contract(desk)
    make_visit(desk, company=make_company(desk, "白云公司"))
    response = client.get("/entry/mine/")
    assert [(item.what, item.state, item.reason) for item in response.context["cut"]] == [
        ("走出去 · 蓝天公司", "不予认定", "未见照片")
    ]
    assert {item.what for item in response.context["waiting"]} == {"蓝天一期 · 正式合同", "走出去 · 白云公司"}
    text = response.content.decode()
    assert "理由：未见照片" in text
    assert milestone.get_absolute_url() in text


def test_list_filters_by_campaign_indicator_state_and_days(client, desk):
    first = make_tally(desk, amount=1, on=desk.today - timedelta(days=3))
    second = make_tally(desk, "到位资金", 100)
    gone = make_tally(desk, amount=5)
    withdraw_tally(tally=gone, reason="填错", by=desk.clerk)

    def found(**query):
        return {row.pk for row in client.get("/entry/mine/", query).context["table"].data.data}

    assert found() == {first.pk, second.pk, gone.pk}
    assert found(state="waiting") == {first.pk, second.pk}
    assert found(state="withdrawn") == {gone.pk}
    assert found(indicator=second.indicator_id) == {second.pk}
    assert found(until=(desk.today - timedelta(days=1)).isoformat()) == {first.pk}
    assert found(since=desk.today.isoformat()) == {second.pk, gone.pk}
    assert found(campaign=desk.campaign.pk) == {first.pk, second.pk, gone.pk}


def test_nonsense_in_the_filters_shows_a_message(client, desk):
    for name in ("campaign", "indicator", "state", "since", "until", "page"):
        for junk in NONSENSE:
            response = client.get("/entry/mine/", {name: junk})
            assert response.status_code == 200 or (name == "page" and response.status_code == 404)


def test_export_holds_no_markup(client, desk):
    make_tally(desk, amount=2)
    table = client.get("/entry/mine/").context["table"]
    rows = list(table.as_values())
    assert rows[0] == ["指标", "日期", "单位", "数值", "认定", "填报人", "战役"]
    assert rows[1][3:5] == ["新增 2 条", "待认定"]
    assert client.get("/entry/mine/?export=xlsx").status_code == 200


def test_empty_list_leads_to_entry(client, desk):
    text = client.get("/entry/mine/").content.decode()
    assert "还没有填报" in text
    assert 'href="/entry/"' in text


def test_list_costs_the_same_at_any_length(client, desk):
    """Fourteen: three for the user, count, rows, two choices of the filter, two short lists and what they show."""

    def more(start, stop):
        for number in range(start, stop):
            make_tally(desk, on=desk.today - timedelta(days=number), amount=1)
            for name in ("甲", "乙"):
                visit = make_visit(desk, company=make_company(desk, f"{name}{number}"))
                contract = make_contract(desk, name=f"{name}{number}", company=make_company(desk, f"{name}{number}"))
                if name == "乙":
                    facts = {"verdict": "refused", "on": None, "reason": "无", "by": desk.verifier}
                    actions.recognise_visit(visit=visit, **facts)
                    actions.recognise_milestone(milestone=contract, **facts)

    more(0, 1)
    client.get("/entry/mine/")
    with CaptureQueriesContext(connection) as few:
        client.get("/entry/mine/")
    more(1, 30)
    with CaptureQueriesContext(connection) as many:
        client.get("/entry/mine/")
    assert len(many) <= len(few) <= 14
