"""Exchange rates: the table, what takes its rate from it, and what a later rate moves."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from campaigns import actions as campaign_actions
from campaigns.models import Entry
from projects import actions
from projects.actions import rates as converting
from projects.models import ExchangeRate, Milestone
from tests.factories import make_user
from tests.projects.factories import NONSENSE, add_rule, make_desk, make_milestone, make_project
from tests.projects.forms import nonsense_in_every_field, send
from units.models import AuditEntry, Role, User
from units.versions import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    made = make_desk()
    made.money = add_rule("签约金额", "money", measure="amount")
    return made


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """Run what follows a commit at the end of a block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def table(rate="6.48", *, currency="USD", since=date(2020, 1, 1), until=None, **facts):
    """Return a rate of the table, as the system wrote it."""
    return actions.create_rate(
        currency=currency, rate=Decimal(rate), from_on=since, until_on=until, by=User.objects.system(), **facts
    )


def sign(desk, *, name="蓝天一期", amount=1000, **facts):
    """Return a contract in dollars; its rate is left to the table."""
    facts = {"currency": "USD", **facts}
    return make_milestone(desk, make_project(desk, name=name), "contract", amount=Decimal(amount), **facts)


def standing(indicator, basis="reported"):
    """Return what the ledger holds of an indicator."""
    return Entry.objects.filter(indicator=indicator, basis=basis).aggregate(total=Sum("amount", default=0))["total"]


def check():
    """Fail unless sources and ledger agree."""
    call_command("check_ledger", stdout=StringIO())


# --- what a milestone takes


def test_blank_rate_is_the_table_s_of_the_day(desk):
    table("6.9", since=desk.today - timedelta(days=9))
    row = table("6.48", since=desk.today - timedelta(days=20))
    contract = sign(desk, on=desk.today - timedelta(days=10))
    contract.refresh_from_db()
    assert (contract.rate, contract.rate_row, contract.amount, contract.amount_cny) == (
        Decimal("6.48"), row, Decimal(1000), Decimal(6480),
    )  # fmt: skip
    assert standing(desk.money) == 6480


def test_rate_fixed_for_the_year_goes_before_a_dated_one(desk):
    year = desk.today.year
    table("7.1", since=desk.today - timedelta(days=1))
    fixed = table("6.48", since=date(year, 1, 1), until=date(year, 12, 31))
    assert sign(desk).rate_row == fixed
    assert (fixed.in_words, table("7", since=date(2021, 3, 1), until=date(2021, 6, 30)).in_words) == (
        f"{year} 年固定汇率", "2021-03-01 至 2021-06-30 固定汇率",
    )  # fmt: skip


def test_typed_rate_is_kept_and_hangs_on_no_table(desk, at_once):
    row = table()
    contract = sign(desk, rate=Decimal("7.3"))
    with at_once():
        actions.change_rate(row=row, rate=Decimal("6.6"), by=desk.editor)
    contract.refresh_from_db()
    assert (contract.rate, contract.rate_row, contract.amount_cny) == (Decimal("7.3"), None, Decimal(7300))


def test_without_a_rate_in_the_table_one_is_asked_for(desk):
    table(currency="EUR")
    table(since=desk.today + timedelta(days=1))
    with pytest.raises(ValidationError) as caught:
        sign(desk)
    assert caught.value.message_dict == {
        "rate": [
            f"汇率表里没有 {desk.today.isoformat()} 的美元汇率。请在这里填折算汇率，或请编报员先在「设置→汇率」中登记"
        ]
    }


def test_correction_goes_back_to_the_table_follows_the_day_or_is_typed(desk):
    table("6.48")
    later = table("6.6", since=desk.today - timedelta(days=3))
    contract = sign(desk, on=desk.today - timedelta(days=5), rate=Decimal("7.3"))
    correct = {"reason": "更正", "by": desk.clerk}
    contract = actions.correct_milestone(milestone=contract, rate=None, **correct)
    assert (contract.rate, contract.amount_cny) == (Decimal("6.48"), Decimal(6480))
    contract = actions.correct_milestone(milestone=contract, on=desk.today, **correct)
    assert (contract.rate_row, contract.amount_cny) == (later, Decimal(6600))
    contract = actions.correct_milestone(milestone=contract, rate=Decimal("7"), **correct)
    assert (contract.rate_row, contract.amount_cny) == (None, Decimal(7000))
    contract = actions.correct_milestone(milestone=contract, currency="CNY", **correct)
    assert (contract.rate, contract.rate_row, contract.amount_cny) == (None, None, Decimal(1000))
    check()


def test_correction_in_a_closed_month_keeps_the_rate_it_took(desk, at_once):
    table("6.48")
    day = desk.today.replace(day=1) - timedelta(days=1)
    contract = sign(desk, on=day)
    campaign_actions.close_month(month=day, reason="已通报", by=User.objects.system())
    with at_once():
        table("7", since=date(2021, 1, 1))
    contract.refresh_from_db()
    contract = actions.correct_milestone(milestone=contract, rate=None, note="补充", reason="更正", by=desk.clerk)
    assert (contract.rate, contract.amount_cny) == (Decimal("6.48"), Decimal(6480))
    contract = actions.correct_milestone(milestone=contract, on=desk.today, reason="更正", by=desk.clerk)
    assert (contract.rate, contract.amount_cny) == (Decimal("7"), Decimal(7000))
    check()


@pytest.mark.parametrize("rate", ["0", "-7", "1000"])
def test_rate_nobody_means_is_refused(desk, rate):
    with pytest.raises(ValidationError) as caught:
        table(rate)
    assert "rate" in caught.value.message_dict or "汇率须大于 0" in caught.value.messages
    with pytest.raises(ValidationError) as caught:
        sign(desk, rate=Decimal(rate))
    assert list(caught.value.message_dict) == ["rate"]
    assert ExchangeRate.objects.count() == 0


# --- what a changed table moves


def test_changed_rate_converts_anew_and_the_trails_tell(desk, at_once):
    row = table("6.48")
    first, second = sign(desk, name="甲"), sign(desk, name="乙", amount=500)
    sign(desk, name="丙", currency="CNY")
    with at_once():
        actions.change_rate(row=row, rate=Decimal("7"), by=desk.editor)
    first.refresh_from_db()
    assert (first.rate, first.rate_row, first.amount_cny, first.version) == (Decimal("7"), row, Decimal(7000), 2)
    assert standing(desk.money) == 7000 + 3500 + 1000
    told = AuditEntry.objects.get(action="rate.converted")
    assert (told.object_id, json.loads(told.changes)) == (row.pk, {"重新折算的节点": ["", "2 个"]})
    told = AuditEntry.objects.get(action="milestone.converted", object_id=second.pk)
    assert json.loads(told.changes) == {"折算汇率": ["6.48", "7"], "折合人民币（万元）": ["3240", "3500"]}
    check()


def test_source_alone_converts_nothing(desk, at_once):
    row = table("6.48")
    sign(desk)
    with at_once():
        actions.change_rate(row=row, source="中国外汇交易中心", by=desk.editor)
    assert not AuditEntry.objects.filter(action__endswith=".converted").exists()


def test_new_rate_takes_over_from_its_day_on(desk, at_once):
    table("6.48")
    before, after = (sign(desk, name=str(n), on=desk.today - timedelta(days=n)) for n in (2, 1))
    with at_once():
        table("7", since=desk.today - timedelta(days=1))
    rates = dict(Milestone.objects.values_list("pk", "rate"))
    assert rates == {before.pk: Decimal("6.48"), after.pk: Decimal("7")}
    assert standing(desk.money) == 6480 + 7000
    check()


def test_closed_month_keeps_rates_amounts_and_sums(desk, at_once):
    row = table("6.48")
    old = desk.today.replace(day=1) - timedelta(days=1)
    closed, opened = sign(desk, name="旧", on=old), sign(desk, name="新")
    campaign_actions.close_month(month=old, reason="已通报", by=User.objects.system())
    month = Entry.objects.filter(indicator=desk.money, on__lte=old)
    before = month.aggregate(total=Sum("amount"), signs=Sum("sign"))
    with at_once():
        actions.change_rate(row=row, rate=Decimal("7"), by=desk.editor)
    closed.refresh_from_db()
    opened.refresh_from_db()
    assert (closed.rate, closed.amount_cny) == (Decimal("6.48"), Decimal(6480))
    assert (opened.rate, opened.amount_cny) == (Decimal("7"), Decimal(7000))
    assert month.all().aggregate(total=Sum("amount"), signs=Sum("sign")) == before
    told = json.loads(AuditEntry.objects.get(action="rate.converted").changes)
    assert told == {"重新折算的节点": ["", "1 个"], "月份已封账而不变的节点": ["", "1 个"]}
    check()


@pytest.mark.parametrize(("verdict", "amount", "kept"), [("full", None, 6480), ("reduced", Decimal(6000), 6000)])
def test_recognised_amount_is_a_verdict_and_stays(desk, at_once, verdict, amount, kept):
    row = table("6.48")
    contract = sign(desk)
    actions.recognise_milestone(
        milestone=contract, verdict=verdict, amount=amount, reason="核减", on=desk.today, by=desk.verifier
    )
    with at_once():
        actions.change_rate(row=row, rate=Decimal("7"), by=desk.editor)
    assert (standing(desk.money), standing(desk.money, "recognised")) == (7000, kept)
    check()


def test_threshold_in_dollars_does_not_move_with_the_rate_of_what_was_recognised(desk, at_once):
    big = add_rule("千万美元项目", min_amount={"USD": "1000"})
    row = table("6.48")
    contract = sign(desk)
    actions.recognise_milestone(milestone=contract, verdict="full", on=desk.today, by=desk.verifier)
    with at_once():
        actions.change_rate(row=row, rate=Decimal("7"), by=desk.editor)
    assert (standing(big), standing(big, "recognised")) == (1, 1)
    check()


def test_withdrawn_milestone_is_left_as_it_was(desk, at_once):
    row = table("6.48")
    contract = sign(desk)
    actions.withdraw_milestone(milestone=contract, reason="未签", by=desk.clerk)
    with at_once():
        actions.change_rate(row=row, rate=Decimal("7"), by=desk.editor)
    contract.refresh_from_db()
    assert contract.rate == Decimal("6.48")
    check()


def test_conversion_runs_in_batches_of_projects(desk, at_once, monkeypatch):
    row = table("6.48")
    for number in range(5):
        sign(desk, name=str(number))
    monkeypatch.setattr(converting, "BATCH", 2)
    with at_once():
        actions.change_rate(row=row, rate=Decimal("7"), by=desk.editor)
    assert standing(desk.money) == 5 * 7000
    told = AuditEntry.objects.filter(action="rate.converted").order_by("pk").values_list("changes", flat=True)
    assert [json.loads(text)["重新折算的节点"][1] for text in told] == ["2 个", "2 个", "1 个"]


def test_rates_are_for_editors_and_in_versions(desk):
    row = table()
    facts = {"currency": "EUR", "rate": Decimal(7), "from_on": desk.today}
    with pytest.raises(PermissionDenied):
        actions.create_rate(by=desk.clerk, **facts)
    with pytest.raises(PermissionDenied):
        actions.change_rate(row=row, by=desk.leader, rate=Decimal(7))
    actions.change_rate(row=row, by=desk.editor, rate=Decimal(7), currency="EUR", version=1)
    row.refresh_from_db()
    assert (row.currency, row.rate) == ("USD", Decimal(7))
    with pytest.raises(Conflict):
        actions.change_rate(row=row, by=desk.editor, rate=Decimal(8), version=1)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"currency": "CNY"}, "人民币不需要汇率"),
        ({"since": date(2020, 1, 1)}, "这一天已有汇率"),
        ({"until": date(2019, 1, 1)}, "不能早于起用日期"),
    ],
)
def test_table_holds_no_rate_twice_and_none_for_yuan(desk, facts, told):
    table()
    with pytest.raises(ValidationError, match=told):
        table(**facts)


# --- the pages


def filled(**changed):
    """Return a filled-in form."""
    days = {"from_on": "2026-01-01", "until_on": "2026-12-31"}
    return {"currency": "USD", "rate": "6.48", "source": "区财政局", **days, **changed}


def test_list_shows_the_rates_in_words_and_is_open_to_all_business_roles(client, desk):
    table("6.48", since=date(2026, 1, 1), until=date(2026, 12, 31), source="年初中间价")
    for user, may in ((desk.clerk, False), (desk.leader, False), (desk.verifier, False), (desk.editor, True)):
        client.force_login(user)
        text = client.get("/rates/").content.decode()
        assert ("2026 年固定汇率" in text, "年初中间价" in text) == (True, True)
        assert ("/rates/new/" in text, ">修改</a>" in text) == (may, may)
    client.force_login(make_user("admin", Role.SYSTEM_ADMIN, desk.district))
    assert client.get("/rates/").status_code == 403


def test_editor_adds_and_changes_a_rate_and_sees_its_history(client, desk, at_once):
    client.force_login(desk.editor)
    assert client.get("/rates/new/").context["form"].initial["from_on"].month == 1
    assert send(client, "/rates/new/", **filled(from_on="2020-01-01", until_on="")).url == "/rates/"
    row = ExchangeRate.objects.get()
    sign(desk)
    page = client.get(f"/rates/{row.pk}/")
    assert "现有 1 个节点用它折算" in page.content.decode()
    with at_once():
        sent = filled(from_on="2020-01-01", until_on="", rate="7", currency="EUR", version=row.version)
        assert send(client, f"/rates/{row.pk}/", **sent).status_code == 302
    row.refresh_from_db()
    assert (row.currency, row.rate, standing(desk.money)) == ("USD", Decimal(7), 7000)
    text = client.get(f"/rates/{row.pk}/").content.decode()
    assert "重新折算的节点" in text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rate": "0"}, None), ({"rate": "1000"}, "rate"), ({"rate": ""}, "rate"), ({"currency": "CNY"}, "currency"),
        ({"from_on": "2027-01-01"}, None), ({"until_on": "2026-13-01"}, "until_on"), ({"from_on": ""}, "from_on"),
    ],
)  # fmt: skip
def test_wrong_rate_is_told_beside_its_field(client, desk, changed, field):
    client.force_login(desk.editor)
    errors = send(client, "/rates/new/", **filled(**changed)).context["form"].errors
    assert (field or "__all__") in errors
    assert ExchangeRate.objects.count() == 0


def test_nonsense_never_breaks_the_pages(client, desk):
    client.force_login(desk.editor)
    row = table(since=date(2019, 1, 1))
    assert nonsense_in_every_field(client, "/rates/new/", filled()) == []
    assert (
        nonsense_in_every_field(client, f"/rates/{row.pk}/", filled(version=1), ("rate", "from_on", "version")) == []
    )
    for junk in NONSENSE:
        assert client.get("/rates/", {"currency": junk, "page": junk, "sort": junk}).status_code == 200


def test_only_editors_write_rates(client, desk):
    row = table()
    for user in (desk.clerk, desk.leader, desk.verifier):
        client.force_login(user)
        assert client.get("/rates/new/").status_code == 403
        assert send(client, "/rates/new/", **filled()).status_code == 403
        assert send(client, f"/rates/{row.pk}/", **filled(version=1)).status_code == 403
    assert ExchangeRate.objects.get().rate == Decimal("6.48")


def test_list_costs_the_same_at_any_length(client, desk):
    client.force_login(desk.editor)
    table()
    client.get("/rates/")
    with CaptureQueriesContext(connection) as few:
        client.get("/rates/")
    for number in range(30):
        table(since=date(2021, 1, 1) + timedelta(days=number))
    with CaptureQueriesContext(connection) as many:
        client.get("/rates/")
    assert len(many) == len(few)


def test_milestone_tells_both_amounts_the_rate_and_where_it_came_from(client, desk):
    year = desk.today.year
    table("6.48", since=date(year, 1, 1), until=date(year, 12, 31))
    contract, typed = sign(desk), sign(desk, name="乙", rate=Decimal("7.3"))
    client.force_login(desk.clerk)
    text = client.get(f"/milestones/{contract.pk}/").content.decode()
    assert "1000 万美元（折 6480 万元）" in text
    assert f"6.48（{year} 年固定汇率）" in text
    assert f"折算汇率 6.48（{year} 年固定汇率）" in client.get(f"/projects/{contract.project_id}/").content.decode()
    assert "7.3（登记时填写）" in client.get(f"/milestones/{typed.pk}/").content.decode()


def test_form_leaves_the_rate_to_the_table_and_says_where_it_is(client, desk):
    table("6.48")
    project = make_project(desk)
    client.force_login(desk.clerk)
    page = f"/projects/{project.pk}/milestones/new/?kind=contract"
    assert '<a href="/rates/">汇率表</a>' in client.get(page).content.decode()
    sent = {"on": desk.today.isoformat(), "currency": "USD", "amount": "1000", "rate": ""}
    assert send(client, page, **sent).status_code == 302
    contract = Milestone.objects.get()
    assert contract.amount_cny == 6480
    form = client.get(f"/milestones/{contract.pk}/correct/").context["form"]
    assert form["rate"].value() is None
    response = send(client, page, **{**sent, "currency": "JPY"})
    assert "汇率表里没有" in str(response.context["form"].errors["rate"])


def test_instalment_keeps_its_form_nature_and_source(client, desk):
    project = make_project(desk)
    make_milestone(desk, project, "contract", amount=Decimal(5000))
    client.force_login(desk.clerk)
    page = f"/projects/{project.pk}/milestones/new/?kind=funding"
    sent = {
        "on": desk.today.isoformat(), "currency": "CNY", "amount": "300", "rate": "", "form": "equipment",
        "nature": "arrears", "source_origin": "abroad", "note": "",
    }  # fmt: skip
    row = Milestone.objects.get(pk=send(client, page, **sent).url.strip("/").split("/")[-1])
    assert (row.form, row.nature, row.source_origin, row.in_cash) == ("equipment", "arrears", "abroad", False)
    text = client.get(f"/milestones/{row.pk}/").content.decode()
    assert ("设备" in text, "补缴欠资" in text, "国外" in text) == (True, True, True)
    response = send(client, page, **{**sent, "nature": "gift"})
    assert "nature" in response.context["form"].errors
    assert nonsense_in_every_field(client, page, sent, ("form", "nature", "source_origin", "in_cash")) == []


def test_any_unit_of_the_district_may_be_to_blame_for_a_termination(client, desk):
    project = make_project(desk)
    client.force_login(desk.clerk)
    page = f"/projects/{project.pk}/milestones/new/?kind=termination"
    sent = {"on": desk.today.isoformat(), "note": "用地未落实", "responsible_unit": desk.units[2].pk}
    assert send(client, page, **sent).status_code == 302
    row = Milestone.objects.get()
    assert row.responsible_unit == desk.units[2]
    assert "文旅局" in client.get(f"/milestones/{row.pk}/").content.decode()
