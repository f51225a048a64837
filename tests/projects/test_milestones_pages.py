"""Recording milestones, the page of one, correcting, withdrawing, promises that come true."""

from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns.models import Entry
from projects import actions
from projects.models import Milestone
from tests.projects.factories import make_contract, make_desk, make_milestone, make_project
from tests.projects.forms import nonsense_in_every_field, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def contract_form(desk, **changed):
    """Return a filled-in form of a contract."""
    filled = {
        "on": desk.today.isoformat(), "amount": "5000", "currency": "CNY", "rate": "", "event": "", "note": "一期",
    }  # fmt: skip
    return filled | changed


def correction(milestone, **changed):
    """Return a filled-in correction of a contract."""
    filled = {
        "on": milestone.on.isoformat(), "amount": "6000", "currency": "CNY", "rate": "", "event": "", "note": "",
        "reason": "补充协议", "version": milestone.version,
    }  # fmt: skip
    return filled | changed


def test_without_a_kind_the_page_asks_for_one(client, desk):
    project = make_project(desk)
    for path in ("", "?kind=nonsense"):
        response = client.get(f"/projects/{project.pk}/milestones/new/{path}")
        assert "登记什么" in response.content.decode()
        assert ("正式合同", f"/projects/{project.pk}/milestones/new/?kind=contract") in response.context["choices"]
    assert send(client, f"/projects/{project.pk}/milestones/new/", on="x").status_code == 200
    assert Milestone.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("talks", ["on", "note"]),
        ("intent", ["on", "currency", "amount", "rate", "event", "note"]),
        ("contract", ["on", "currency", "amount", "rate", "event", "note"]),
        (
            "funding",
            ["on", "currency", "amount", "rate", "in_cash", "form", "nature", "source_origin", "note"],
        ),
        ("groundbreaking", ["on", "note"]),
        ("tax", ["on", "currency", "amount", "rate", "note"]),
        ("termination", ["on", "responsible_unit", "note"]),
    ],
)
def test_form_asks_only_for_what_the_kind_needs(client, desk, kind, fields):
    project = make_project(desk)
    form = client.get(f"/projects/{project.pk}/milestones/new/?kind={kind}").context["form"]
    assert list(form.fields) == fields
    form = client.get(f"/projects/{project.pk}/milestones/new/?kind={kind}&promised=1").context["form"]
    promise = ["due_on", "promised_amount", "nature", "note"]
    left_out = {"promised_amount"} if "amount" not in fields else set()
    left_out |= {"nature"} - set(fields)
    assert list(form.fields) == [name for name in promise if name not in left_out]


@pytest.mark.parametrize(
    ("typed", "currency", "rate", "kept"),
    [
        ("5000", "CNY", "", (Decimal(5000), Decimal(5000))),
        ("1.4亿", "CNY", "", (Decimal(14000), Decimal(14000))),
        ("9,290万元", "CNY", "", (Decimal(9290), Decimal(9290))),
        ("0.3亿美元", "USD", "7.1", (Decimal(3000), Decimal(21300))),
        ("３０００", "USD", "7", (Decimal(3000), Decimal(21000))),
    ],
)
def test_amount_is_read_in_its_currency(client, desk, typed, currency, rate, kept):
    project = make_project(desk)
    url = f"/projects/{project.pk}/milestones/new/?kind=contract"
    response = send(client, url, **contract_form(desk, amount=typed, currency=currency, rate=rate))
    milestone = Milestone.objects.get()
    assert response.url == f"/milestones/{milestone.pk}/"
    assert (milestone.amount, milestone.amount_cny) == kept


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"amount": "3亿美元"}, "amount", "不是同一种计量"),
        ({"amount": ""}, "amount", "这个字段是必填项"),
        ({"amount": "0"}, "amount", "金额须大于 0"),
        ({"amount": "-5"}, "amount", "金额须大于 0"),
        ({"currency": "USD"}, "rate", "汇率表里没有"),
        ({"currency": "USD", "rate": "7元"}, "rate", "不是同一种计量"),
        ({"on": "2999-01-01"}, "on", "2000 年至 2100 年"),
        ({"on": "2026-13-45"}, "on", "看不懂的日期"),
    ],
)
def test_bad_input_is_told_beside_its_field(client, desk, changed, field, told):
    project = make_project(desk)
    url = f"/projects/{project.pk}/milestones/new/?kind=contract"
    response = send(client, url, **contract_form(desk, **changed))
    assert told in " ".join(response.context["form"].errors[field])
    assert (Milestone.objects.count(), Entry.objects.count()) == (0, 0)


def test_tomorrow_is_for_promises(client, desk):
    project = make_project(desk)
    tomorrow = (desk.today + timedelta(days=1)).isoformat()
    url = f"/projects/{project.pk}/milestones/new/?kind=contract"
    response = send(client, url, **contract_form(desk, on=tomorrow))
    assert "请填承诺日期" in response.content.decode()
    send(client, f"{url}&promised=1", due_on=tomorrow, promised_amount="1亿", note="")
    milestone = Milestone.objects.get()
    assert (milestone.on, milestone.promised_amount, milestone.amount) == (None, Decimal(10000), None)


@pytest.mark.parametrize("kind", ["contract", "talks"])
@pytest.mark.parametrize("promised", [False, True])
def test_nonsense_in_a_milestone_never_breaks_the_page(client, desk, kind, promised):
    project = make_project(desk)
    url = f"/projects/{project.pk}/milestones/new/?kind={kind}{'&promised=1' if promised else ''}"
    filled = contract_form(desk, due_on=desk.today.isoformat(), promised_amount="5")
    assert nonsense_in_every_field(client, url, filled) == []


def test_page_shows_amount_entries_and_history(client, desk):
    contract = make_milestone(
        desk, make_project(desk), "contract", amount=Decimal(3000), currency="USD", rate=Decimal("7.1")
    )
    response = client.get(f"/milestones/{contract.pk}/")
    text = response.content.decode()
    for told in ("3000 万美元（折 2.13 亿元）", "待认定", "签约项目", "应有：正式合同", "上传凭证", "更正", "撤回"):
        assert told in text, told
    assert [row.indicator for row in response.context["counted"]] == ["签约项目"]
    assert [row.what for row in response.context["history"]] == ["登记"]


def test_correction_shows_before_and_after(client, desk):
    contract = make_contract(desk)
    form = client.get(f"/milestones/{contract.pk}/correct/").context["form"]
    assert form["amount"].value() == "5000"
    send(client, f"/milestones/{contract.pk}/correct/", **correction(contract))
    text = client.get(f"/milestones/{contract.pk}/").content.decode()
    for told in ("补充协议", "<del>5000</del>", "<ins>6000</ins>"):
        assert told in text, told


def test_correction_needs_a_reason(client, desk):
    contract = make_contract(desk)
    response = send(client, f"/milestones/{contract.pk}/correct/", **correction(contract, reason=" "))
    assert response.context["form"].errors["reason"]
    contract.refresh_from_db()
    assert contract.amount == Decimal(5000)


def test_correction_on_an_older_version_shows_both_values(client, desk):
    contract = make_contract(desk)
    actions.correct_milestone(milestone=contract, amount=Decimal(7777), reason="他人先改", by=desk.clerk)
    response = send(client, f"/milestones/{contract.pk}/correct/", **correction(contract))
    rows = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert rows["金额"] == ("6000", "7777")


def test_promise_comes_true(client, desk):
    project = make_project(desk)
    promise = make_milestone(
        desk, project, "contract", due_on=desk.today - timedelta(days=2), promised_amount=Decimal(8000)
    )
    assert "逾期 2 天" in client.get(f"/milestones/{promise.pk}/").content.decode()
    url = f"/milestones/{promise.pk}/correct/?happened=1"
    form = client.get(url).context["form"]
    assert (form["amount"].value(), form["reason"].value()) == ("8000", "承诺的事项已发生")
    send(client, url, **correction(promise_as_done(promise, desk)))
    promise.refresh_from_db()
    assert (promise.on, promise.due_on, promise.amount) == (desk.today, desk.today - timedelta(days=2), Decimal(6000))
    project.refresh_from_db()
    assert project.stage == "signed"


def promise_as_done(promise, desk):
    """Return the promise with today as its day, unsaved."""
    promise.on = desk.today
    return promise


def test_promise_is_put_off(client, desk):
    promise = make_milestone(desk, make_project(desk), "contract", due_on=desk.today)
    form = client.get(f"/milestones/{promise.pk}/correct/").context["form"]
    assert list(form.fields) == ["due_on", "promised_amount", "note", "reason", "version"]
    later = desk.today + timedelta(days=30)
    send(
        client, f"/milestones/{promise.pk}/correct/", due_on=later.isoformat(), promised_amount="", note="",
        reason="企业推迟", version=1,
    )  # fmt: skip
    promise.refresh_from_db()
    assert (promise.due_on, promise.on) == (later, None)


@pytest.mark.parametrize("path", ["correct", "withdraw"])
def test_nonsense_in_a_correction_never_breaks_the_page(client, desk, path):
    contract = make_contract(desk)
    assert nonsense_in_every_field(client, f"/milestones/{contract.pk}/{path}/", correction(contract)) == []


def test_withdrawal_reverses_and_says_so(client, desk):
    contract = make_contract(desk)
    assert send(client, f"/milestones/{contract.pk}/withdraw/", reason="误报", version=1).status_code == 302
    text = client.get(f"/milestones/{contract.pk}/").content.decode()
    assert "已撤回" in text
    assert "没有计入任何指标" in text
    assert f"/milestones/{contract.pk}/correct/" not in text


def test_milestone_of_another_unit_is_not_found(client, desk):
    contract = make_contract(desk)
    client.force_login(desk.other_clerk)
    for path in ("", "correct/", "withdraw/"):
        assert client.get(f"/milestones/{contract.pk}/{path}").status_code == 404
    assert send(client, f"/milestones/{contract.pk}/withdraw/", reason="x", version=1).status_code == 404
    contract.refresh_from_db()
    assert not contract.is_withdrawn


def test_sharing_unit_may_not_correct_or_withdraw(client, desk):
    contract = make_contract(desk)
    rows = [(desk.units[0], "introducing", Decimal(50)), (desk.units[1], "landing", Decimal(50))]
    actions.set_shares(project=contract.project, shares=rows, document="x", by=desk.editor)
    client.force_login(desk.other_clerk)
    assert client.get(f"/milestones/{contract.pk}/").status_code == 200
    for path in ("correct/", "withdraw/"):
        assert client.get(f"/milestones/{contract.pk}/{path}").status_code == 403
    assert send(client, f"/milestones/{contract.pk}/correct/", **correction(contract)).status_code == 403
    contract.refresh_from_db()
    assert contract.amount == Decimal(5000)


def test_verifier_finds_the_way_to_recognition(client, desk):
    contract = make_contract(desk)
    client.force_login(desk.verifier)
    assert f"/recognition/milestone/{contract.pk}/" in client.get(f"/milestones/{contract.pk}/").content.decode()
