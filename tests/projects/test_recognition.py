"""The verifier's desk: what waits, four eyes, less with a reason, several at once."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from campaigns.models import Entry, Tally
from campaigns.standings import standings
from projects.models import Visit
from tests.factories import make_user
from tests.projects.factories import (
    NONSENSE,
    make_company,
    make_contract,
    make_desk,
    make_tally,
    make_visit,
)
from units.lists import XLSX
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.verifier)
    return made


def verdict(fact, **changed):
    """Return a filled-in verdict: in full, on the fact's day."""
    filled = {
        "version": fact.version, "recognition": "full", "recognised_amount": "", "recognised_number": "通报1号",
        "recognised_on": fact.on.isoformat(), "recognition_reason": "", "nonce": "v1",
    }  # fmt: skip
    return filled | changed


def page_of(fact):
    """Return the address where a fact is decided."""
    return f"/recognition/{fact._meta.model_name}/{fact.pk}/"


def whats(response):
    """Return what the list shows."""
    return [item.what for item in response.context["items"]]


def test_list_unites_the_three_kinds_latest_day_first(client, desk):
    make_tally(desk, amount=2, on=desk.today - timedelta(days=2))
    make_visit(desk, on=desk.today - timedelta(days=1))
    make_contract(desk)
    response = client.get("/recognition/")
    assert whats(response) == ["蓝天一期 · 正式合同", "走出去 · 蓝天公司", "招商信息 · 新增"]
    assert [item.amount for item in response.context["items"]] == ["5000 万元", "3 人", "2 条"]
    assert {item.unit for item in response.context["items"]} == {"商务局"}


def test_list_shows_only_the_verifiers_units(client, desk):
    make_tally(desk, amount=2)
    make_tally(desk, amount=3, unit=desk.units[1], by=desk.other_clerk)
    client.force_login(make_user("near", Role.VERIFIER, desk.units[1]))
    response = client.get("/recognition/")
    assert [item.amount for item in response.context["items"]] == ["3 条"]
    first = Tally.objects.get(amount=2)
    assert client.get(page_of(first)).status_code == 404
    assert client.post(page_of(first), verdict(first)).status_code == 404


def test_list_filters_and_keeps_the_filter_in_its_links(client, desk):
    make_tally(desk, amount=2)
    make_visit(desk)
    make_visit(desk, unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "白云公司"))
    make_visit(desk, on=desk.today - timedelta(days=400), company=make_company(desk, "往年公司"))
    assert whats(client.get("/recognition/?kind=tally")) == ["招商信息 · 新增"]
    assert whats(client.get(f"/recognition/?unit={desk.units[1].pk}")) == ["走出去 · 白云公司"]
    assert len(whats(client.get(f"/recognition/?campaign={desk.campaign.pk}"))) == 3
    text = client.get("/recognition/?kind=visit").content.decode()
    assert "?kind=visit" in text
    assert 'name="kind" value="visit"' in text


def test_nonsense_in_the_filter_shows_a_message(client, desk):
    make_tally(desk, amount=2)
    for name in ("kind", "unit", "campaign", "state", "page"):
        for junk in NONSENSE:
            assert client.get("/recognition/", {name: junk}).status_code == 200
    for junk in NONSENSE:
        assert client.get("/recognition/batch/", {"fact": junk}).status_code == 200
    assert client.get("/recognition/event/1/").status_code == 404


def test_full_recognition_posts_the_entry_on_its_own_day(client, desk):
    tally = make_tally(desk, amount=4, on=desk.today - timedelta(days=5))
    day = desk.today - timedelta(days=1)
    response = client.post(f"{page_of(tally)}?kind=tally", verdict(tally, recognised_on=day.isoformat()))
    assert response.url == "/recognition/?kind=tally"
    entry = Entry.objects.live().get(basis="recognised")
    assert (entry.amount, entry.fact_on, entry.unit) == (Decimal(4), day, desk.unit)
    tally.refresh_from_db()
    assert (tally.recognised_number, tally.recognised_by) == ("通报1号", desk.verifier)
    assert "全额认定：招商信息 · 新增" in client.get(response.url).content.decode()
    assert whats(client.get("/recognition/?state=decided")) == ["招商信息 · 新增"]


def test_who_entered_a_figure_does_not_recognise_it(client, desk):
    both = make_user("both", Role.CLERK, desk.unit)
    both.members.create(unit=desk.unit, role=Role.VERIFIER)
    tally = make_tally(desk, amount=2, by=both)
    client.force_login(both)
    assert "本人填报，须由他人认定" in client.get("/recognition/").content.decode()
    page = client.get(page_of(tally)).content.decode()
    assert "本人填报，须由他人认定" in page
    assert 'name="recognition"' not in page
    response = client.post(page_of(tally), verdict(tally))
    assert "不能由本人认定" in str(response.context["form"].errors)
    assert Entry.objects.filter(basis="recognised").count() == 0


def test_less_needs_a_reason_and_an_amount_below_what_was_reported(client, desk):
    tally = make_tally(desk, "到位资金", 20000)

    def send(**changed):
        return client.post(page_of(tally), verdict(tally, recognition="reduced", **changed))

    assert "recognition_reason" in send(recognised_amount="1").context["form"].errors
    assert "recognised_amount" in send(recognition_reason="凭证不全").context["form"].errors
    assert "recognised_amount" in send(recognised_amount="2", recognition_reason="同").context["form"].errors
    assert Entry.objects.filter(basis="recognised").count() == 0
    assert send(recognised_amount="1.5亿", recognition_reason="凭证不全").status_code == 302
    assert Entry.objects.live().get(basis="recognised").amount == 15000
    client.force_login(desk.clerk)
    text = client.get("/entry/mine/").content.decode()
    assert "理由：凭证不全" in text
    assert "认定 1.5 亿元" in text


def test_amount_beside_full_recognition_is_not_lost_without_a_word(client, desk):
    tally = make_tally(desk, amount=5)
    response = client.post(page_of(tally), verdict(tally, recognised_amount="3"))
    assert "核减认定" in response.context["form"].errors["recognised_amount"][0]
    assert client.post(page_of(tally), verdict(tally, recognised_amount="5", nonce="v2")).status_code == 302


def test_refusal_needs_a_reason_and_posts_nothing(client, desk):
    visit = make_visit(desk)
    sent = verdict(visit, recognition="refused", recognised_on="")
    assert "recognition_reason" in client.post(page_of(visit), sent).context["form"].errors
    assert client.post(page_of(visit), sent | {"recognition_reason": "未见照片"}).status_code == 302
    assert Visit.objects.get().recognition == "refused"
    assert Entry.objects.filter(basis="recognised").count() == 0


def test_verdict_taken_back_waits_again_and_reverses_the_entry(client, desk):
    milestone = make_contract(desk)
    client.post(page_of(milestone), verdict(milestone))
    assert Entry.objects.live().filter(basis="recognised").count() == 1
    milestone.refresh_from_db()
    back = verdict(milestone, recognition="waiting", recognised_on="", nonce="v2")
    assert "recognition_reason" in client.post(page_of(milestone), back).context["form"].errors
    assert client.post(page_of(milestone), back | {"recognition_reason": "合同有误"}).status_code == 302
    assert Entry.objects.live().filter(basis="recognised").count() == 0
    assert whats(client.get("/recognition/")) == ["蓝天一期 · 正式合同"]


def test_day_before_the_fact_is_refused(client, desk):
    tally = make_tally(desk, amount=2)
    early = (desk.today - timedelta(days=1)).isoformat()
    response = client.post(page_of(tally), verdict(tally, recognised_on=early))
    assert "recognised_on" in response.context["form"].errors


def test_second_of_two_verifiers_sees_both_values(client, desk):
    tally = make_tally(desk, amount=2)
    old = verdict(tally, recognised_number="通报9号", nonce="x")
    client.post(page_of(tally), verdict(tally))
    response = client.post(page_of(tally), old)
    assert {"label": "认定通报号", "mine": "通报9号", "theirs": "通报1号"} in response.context["conflict"]
    tally.refresh_from_db()
    assert tally.recognised_number == "通报1号"


def test_page_leads_to_the_next_one_of_the_list(client, desk):
    first, second = make_tally(desk, amount=2), make_tally(desk, "到位资金", 100)
    assert client.get(page_of(second)).context["next_url"].startswith(page_of(first))
    assert client.get(page_of(first)).context["next_url"].startswith(page_of(second)) is False


def test_verdict_sent_twice_is_taken_once(client, desk):
    tally = make_tally(desk, amount=2)
    client.post(page_of(tally), verdict(tally))
    client.post(page_of(tally), verdict(tally))
    assert Entry.objects.filter(basis="recognised").count() == 1
    tally.refresh_from_db()
    assert tally.version == 2


def keys_of(*facts):
    """Return what a batch sends for some facts."""
    return [f"{fact._meta.model_name}-{fact.pk}-{fact.version}" for fact in facts]


def test_several_are_recognised_at_once(client, desk):
    facts = [make_tally(desk, amount=2), make_visit(desk), make_contract(desk)]
    keys = keys_of(*facts)
    page = client.get("/recognition/batch/", {"fact": keys})
    assert len(page.context["items"]) == 3
    sent = {"fact": keys, "on": desk.today.isoformat(), "number": "通报2号", "nonce": "b"}
    assert client.post("/recognition/batch/", sent).status_code == 302
    for fact in facts:
        fact.refresh_from_db()
        assert (fact.recognition, fact.recognised_number, fact.recognised_on) == ("full", "通报2号", desk.today)
    assert whats(client.get("/recognition/")) == []


def test_batch_with_an_own_figure_is_refused_whole_and_names_it(client, desk):
    both = make_user("both", Role.CLERK, desk.unit)
    both.members.create(unit=desk.unit, role=Role.VERIFIER)
    client.force_login(both)
    theirs, own = make_tally(desk, amount=2), make_tally(desk, "到位资金", 100, by=both)
    sent = {"fact": keys_of(theirs, own), "on": desk.today.isoformat(), "number": ""}
    response = client.post("/recognition/batch/", sent)
    (problem,) = response.context["form"].non_field_errors()
    assert problem.startswith("商务局 到位资金")
    assert "不能由本人认定" in problem
    assert Entry.objects.filter(basis="recognised").count() == 0


def test_batch_with_what_changed_meanwhile_is_refused_whole(client, desk):
    first, second = make_tally(desk, amount=2), make_tally(desk, "到位资金", 100)
    keys = keys_of(first, second)
    client.post(page_of(second), verdict(second))
    response = client.post("/recognition/batch/", {"fact": keys, "on": desk.today.isoformat()})
    assert "已由他人处理" in response.content.decode()
    first.refresh_from_db()
    assert first.recognition == "waiting"


def test_batch_of_foreign_facts_finds_nothing(client, desk):
    tally = make_tally(desk, amount=2)
    client.force_login(make_user("near", Role.VERIFIER, desk.units[1]))
    response = client.post("/recognition/batch/", {"fact": keys_of(tally), "on": desk.today.isoformat()})
    assert response.context["items"] == []
    assert Tally.objects.get().recognition == "waiting"


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_gives_a_message_or_a_verdict(client, desk, junk):
    tally = make_tally(desk, amount=5)
    for number, name in enumerate(verdict(tally)):
        tally.refresh_from_db()
        filled = verdict(
            tally, recognition="reduced", recognised_amount="3", recognition_reason="少", nonce=f"n{number}"
        )
        response = client.post(page_of(tally), filled | {name: junk})
        assert response.status_code in {200, 302}
        if response.status_code == 200 and name != "nonce":
            assert response.context["form"].errors
    other = make_visit(desk)
    for name in ("on", "number", "fact"):
        sent = {"fact": keys_of(other), "on": desk.today.isoformat(), "number": "", name: junk}
        assert client.post("/recognition/batch/", sent).status_code in {200, 302}


def test_list_costs_the_same_at_any_length(client, desk):
    """Twelve: three for the user, count and keys, three kinds and the shares of projects, two filter choices."""

    def more(start, stop):
        for number in range(start, stop):
            make_tally(desk, on=desk.today - timedelta(days=number), amount=1)
            company = make_company(desk, f"公司{number}")
            make_visit(desk, company=company)
            make_contract(desk, name=f"项目{number}", company=company)

    more(0, 1)
    client.get("/recognition/")
    with CaptureQueriesContext(connection) as few:
        client.get("/recognition/")
    more(1, 30)
    with CaptureQueriesContext(connection) as many:
        response = client.get("/recognition/")
    assert len(many) <= len(few) <= 12
    assert len(response.context["items"]) == 25
    assert response.context["page"].paginator.count == 90


def test_standings_follow_the_verdict(client, desk):
    tally = make_tally(desk, amount=4)
    client.post(page_of(tally), verdict(tally))
    line = standings(desk.campaign, desk.today, basis="recognised").lines[desk.unit.pk, desk.lines["招商信息"].pk]
    assert line.done == 4


def sheet_of(client, query=""):
    """Return the rows of the exported workbook."""
    response = client.get(f"/recognition/?export=xlsx{query}")
    assert response["Content-Type"] == XLSX
    return [list(row) for row in load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True)]


def test_export_holds_what_the_filter_leaves_with_numbers(client, desk):
    make_tally(desk, amount=2, on=desk.today - timedelta(days=2))
    make_contract(desk, amount=12000)
    heads, contract, tally = sheet_of(client)
    assert heads[:5] == ["事项", "类别", "单位", "日期", "上报数"]
    assert contract[:2] + contract[4:9] == [
        "蓝天一期 · 正式合同", "项目节点", 12000, "万元", "clerk 科员", 0, "待认定",
    ]  # fmt: skip
    assert (tally[4], tally[5], tally[9]) == (2, "条", None)
    assert [row[0] for row in sheet_of(client, "&kind=tally")[1:]] == ["招商信息 · 新增"]
    assert "export=xlsx" in client.get("/recognition/").content.decode()


def test_export_of_decided_facts_shows_what_was_recognised(client, desk):
    visit = make_visit(desk)
    client.post(
        page_of(visit), verdict(visit, recognition="reduced", recognised_amount="1", recognition_reason="=1+1")
    )
    ((*_facts, state, number, reason),) = sheet_of(client, "&state=decided")[1:]
    assert (state, number, reason) == ("核减认定", 1, "'=1+1")


def test_money_stands_in_yi_from_one_yi_up(client, desk):
    make_contract(desk, amount=12000)
    assert [item.amount for item in client.get("/recognition/").context["items"]] == ["1.2 亿元"]
