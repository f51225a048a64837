"""Rewards: what each kind of clause earns, never proposed twice, approved by a document, paid or refused."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from projects.actions.rewards import Proposed
from projects.models import Reward
from projects.rewards import try_rewards
from tests.projects.factories import (
    NONSENSE,
    make_company,
    make_contract,
    make_desk,
    make_milestone,
    make_project,
)
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """Return a district with a running drive and people in each role."""
    return make_desk()


def clause(desk, **facts):
    """Write a clause of the drive; on what was reported, unless said otherwise."""
    base = {
        "name": "大额到资奖", "fact": "injection", "threshold": Decimal(5000), "formula": "fixed",
        "prize": Decimal(10), "basis": "reported", "clause": "奖励办法第四条", "from_on": desk.campaign.starts_on,
    }  # fmt: skip
    return actions.write_reward_rule(campaign=desk.campaign, by=desk.editor, **(base | facts))


def fund(desk, amount, *, project=None, on=None, **facts):
    """Record money that arrived on a signed project."""
    if project is None:
        project = make_contract(desk, on=desk.today - timedelta(days=20)).project
    return make_milestone(desk, project, "funding", amount=Decimal(amount), on=on or desk.today, **facts)


def propose(desk, on=None):
    return actions.propose_rewards(campaign=desk.campaign, as_of=on or desk.today, by=desk.editor)


def earned(desk):
    """Return what a trial earns: (project, payee, amount, arithmetic)."""
    return [
        (str(row.project), row.payee, row.amount, row.arithmetic)
        for row in try_rewards(desk.campaign, desk.today).earned
    ]


def test_single_injection_earns_from_its_threshold_on(desk):
    clause(desk)
    project = fund(desk, "4999.999999").project
    assert earned(desk) == []
    fund(desk, 5000, project=project)
    assert earned(desk) == [("蓝天一期", "商务局", Decimal(10), "5000 万元（不低于 5000），定额奖 10 万元")]


def test_clause_is_one_sentence(desk):
    tiers = [["5000", "10"], ["10000", "20"]]
    row = clause(desk, formula="tiers", prize=None, tiers=tiers, cap=Decimal(15))
    assert row.in_words == (
        "单笔到位资金不低于 5000 万元（按上报数，一个项目只奖一次）的，"
        "满 5000 万元奖 10 万元，满 10000 万元奖 20 万元，取最高一档，最高 15 万元，奖给招引单位。"
    )


def test_project_earns_once_by_the_fact_that_earns_most(desk):
    clause(desk, formula="tiers", prize=None, tiers=[["5000", "10"], ["10000", "20"]])
    project = fund(desk, 6000, on=desk.today - timedelta(days=3)).project
    fund(desk, 12000, project=project, on=desk.today - timedelta(days=2))
    fund(desk, 7000, project=project)
    told = "12000 万元（不低于 5000），达到 10000 万元一档，奖 20 万元"
    assert earned(desk) == [("蓝天一期", "商务局", Decimal(20), told)]


def test_cash_earns_by_the_dollar_up_to_the_cap_and_each_time(desk):
    facts = {"fact": "cash", "currency": "USD", "threshold": None, "formula": "rate", "prize": None}
    clause(desk, name="现汇补贴", rate=Decimal("0.07"), cap=Decimal(50), each_fact=True, **facts)
    money = {"currency": "USD", "rate": Decimal(7)}
    project = fund(desk, 375, in_cash=True, on=desk.today - timedelta(days=2), **money).project
    fund(desk, 900, project=project, in_cash=True, on=desk.today - timedelta(days=1), **money)
    fund(desk, 375, project=project, in_cash=False, **money)
    assert [(row[2], row[3]) for row in earned(desk)] == [
        (Decimal("26.25"), "375 万美元 × 每 1 美元 0.07 元 = 26.25 万元"),
        (Decimal(50), "900 万美元 × 每 1 美元 0.07 元 = 63 万元，超过最高 50 万元，按最高奖"),
    ]
    assert (propose(desk).proposed, propose(desk).proposed) == (2, 0)


def test_registered_capital_is_paid_to_the_team(desk):
    clause(desk, fact="capital", threshold=Decimal(2000), payee="team")
    project = make_project(desk, registered_capital=Decimal(2024), team="装备专班")
    make_milestone(desk, project, "contract", amount=Decimal(100))
    make_milestone(desk, project, "registration")
    assert earned(desk) == [("蓝天一期", "装备专班", Decimal(10), "2024 万元（不低于 2000），定额奖 10 万元")]


def test_top_company_that_signs_earns_an_honour(desk):
    company = make_company(desk)
    clause(
        desk, fact="top", threshold=None, charts=["world", "private"], formula="honour", prize=None,
        honour="优先提拔使用",
    )  # fmt: skip
    make_contract(desk, company=company)
    assert earned(desk) == []
    actions.add_listing(company=company, chart="private", year=2025, place=318, by=desk.clerk)
    told = "引进世界500强、民营企业500强企业并签订正式合同：5000 万元，优先提拔使用"
    assert earned(desk) == [("蓝天一期", "商务局", None, told)]
    propose(desk)
    assert Reward.objects.get().amount_text == "优先提拔使用"


def test_quick_start_of_building_earns(desk):
    clause(desk, fact="speed", threshold=Decimal(3000), days=30)
    project = make_contract(desk, on=desk.today - timedelta(days=30), amount=5000).project
    make_milestone(desk, project, "groundbreaking")
    (row,) = try_rewards(desk.campaign, desk.today).earned
    assert dict(row.inputs)["开工用时"].endswith("隔 30 日")
    actions.change_reward_rule(rule=row.rule, days=29, by=desk.editor)
    assert earned(desk) == []


def test_helper_is_paid_only_where_the_project_names_one(desk):
    clause(desk, fact="size", threshold=Decimal(5000), payee="helper")
    project = make_contract(desk).project
    trial = try_rewards(desk.campaign, desk.today)
    assert (trial.earned, [str(row.project) for row in trial.payless]) == ((), ["蓝天一期"])
    assert propose(desk).payless == 1
    actions.change_project(project=project, introducer_kind="chamber", introducer_name="示范商会", by=desk.clerk)
    assert [row[1] for row in earned(desk)] == ["示范商会（商会协会）"]


def test_recognised_basis_waits_for_the_verifier(desk):
    clause(desk, basis="recognised")
    row = fund(desk, 6000)
    assert earned(desk) == []
    facts = {"on": desk.today, "amount": Decimal(5200), "verdict": "reduced", "by": desk.verifier}
    actions.recognise_milestone(milestone=row, reason="凭证不足", **facts)
    assert [entry[3] for entry in earned(desk)] == ["5200 万元（不低于 5000），定额奖 10 万元"]


def test_facts_outside_of_the_campaign_and_of_other_units_earn_nothing(desk):
    clause(desk, from_on=desk.today)
    fund(desk, 6000, on=desk.today - timedelta(days=1))
    assert earned(desk) == []


def test_evaluation_proposes_once_and_says_undecided_figures_anew(desk):
    clause(desk)
    row = fund(desk, 6000)
    assert propose(desk) == Proposed(1, 0, 0, 0)
    actions.correct_milestone(milestone=row, reason="录错", by=desk.clerk, amount=Decimal(8000), on=row.on)
    assert propose(desk) == Proposed(0, 1, 0, 0)
    reward = Reward.objects.get()
    assert (reward.state, reward.arithmetic) == ("proposed", "8000 万元（不低于 5000），定额奖 10 万元")
    actions.correct_milestone(milestone=row, reason="录错", by=desk.clerk, amount=Decimal(100), on=row.on)
    assert propose(desk) == Proposed(0, 0, 1, 0)
    assert Reward.objects.get().state == "lapsed"
    actions.correct_milestone(milestone=row, reason="录错", by=desk.clerk, amount=Decimal(6000), on=row.on)
    propose(desk)
    assert Reward.objects.get().state == "proposed"
    with pytest.raises(ValidationError, match="只能试算"):
        propose(desk, desk.today - timedelta(days=1))


def decided(desk, **facts):
    """Return the one reward, proposed and approved."""
    propose(desk)
    base = {"approved": True, "document": "示府函〔2026〕3号", "on": desk.today, "by": desk.leader}
    return actions.decide_reward(reward=Reward.objects.get(), **(base | facts))


def test_leader_approves_by_a_document_and_editor_pays_no_more_than_approved(desk):
    clause(desk)
    fund(desk, 6000)
    propose(desk)
    with pytest.raises(ValidationError, match="批准文号"):
        decided(desk, document=" ")
    with pytest.raises(PermissionDenied):
        decided(desk, by=desk.clerk)
    row = decided(desk)
    facts = {"reward": row, "on": desk.today, "today": desk.today, "by": desk.editor}
    with pytest.raises(ValidationError, match="不超过批准的 10 万元"):
        actions.pay_reward(amount=Decimal("10.000001"), **facts)
    with pytest.raises(ValidationError, match="不能早于审批日期"):
        actions.pay_reward(amount=Decimal(10), **(facts | {"on": desk.today - timedelta(days=1)}))
    with pytest.raises(PermissionDenied):
        actions.pay_reward(amount=Decimal(10), **(facts | {"by": desk.leader}))
    paid = actions.pay_reward(amount=Decimal(10), **facts)
    assert (paid.state, paid.paid_amount, paid.paid_by) == ("paid", Decimal(10), desk.editor)
    with pytest.raises(ValidationError, match="待兑现"):
        actions.pay_reward(amount=Decimal(10), **facts)
    told = [row.action for row in AuditEntry.objects.filter(model="projects.reward").order_by("pk")]
    assert told == ["reward.created", "reward.approved", "reward.paid"]


def test_refused_reward_names_its_reason_and_is_not_proposed_again(desk):
    clause(desk)
    fund(desk, 6000)
    with pytest.raises(ValidationError, match="理由"):
        decided(desk, approved=False)
    row = decided(desk, approved=False, reason="已按专项办法奖励")
    assert (row.state, row.reason, propose(desk).proposed) == ("refused", "已按专项办法奖励", 0)


def test_approved_reward_keeps_its_sum_and_notes_a_doubt(desk):
    clause(desk)
    fact = fund(desk, 6000)
    row = decided(desk)
    actions.correct_milestone(milestone=fact, reason="录错", by=desk.clerk, amount=Decimal(10), on=fact.on)
    propose(desk)
    row.refresh_from_db()
    assert (row.state, row.amount, row.doubt) == ("approved", Decimal(10), "依据的事实已变动，现在不符合条款")


def test_how_often_a_clause_pays_stays_once_it_has_paid(desk):
    rule = clause(desk)
    fund(desk, 6000)
    propose(desk)
    with pytest.raises(ValidationError, match="另立一条"):
        actions.change_reward_rule(rule=rule, each_fact=True, by=desk.editor)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"threshold": None}, "threshold"),
        ({"fact": "top", "charts": []}, "charts"),
        ({"fact": "speed", "days": None}, "days"),
        ({"formula": "tiers", "prize": None}, "tiers"),
        ({"currency": "USD"}, "currency"),
    ],
)
def test_clause_that_lacks_something_is_refused(desk, facts, field):
    with pytest.raises(ValidationError) as error:
        clause(desk, **facts)
    assert list(error.value.message_dict) == [field]


def test_command_judges_rewards_with_the_rule_book(desk):
    clause(desk)
    fund(desk, 6000)
    out = StringIO()
    call_command("evaluate_rules", as_of=desk.today.isoformat(), dry_run=True, stdout=out)
    assert "新增 蓝天一期 大额到资奖 商务局：6000 万元（不低于 5000），定额奖 10 万元" in out.getvalue()
    assert Reward.objects.count() == 0
    call_command("evaluate_rules", as_of=desk.today.isoformat(), stdout=out)
    assert "新提出奖励 1 项，已在册 0 项，不再成立 0 项，缺奖励对象 0 项" in out.getvalue()
    assert Reward.objects.get().state == "proposed"


@pytest.mark.parametrize("clauses", [1, 6])
def test_judging_costs_the_same_however_many_clauses(desk, clauses):
    for number in range(clauses):
        clause(desk, name=f"奖{number}")
    fund(desk, 6000)
    with CaptureQueriesContext(connection) as queries:
        assert len(try_rewards(desk.campaign, desk.today).earned) == clauses
    assert len(queries) == 5


# --- pages


TYPED = {
    "name": "大额到资奖", "fact": "injection", "threshold": "5000", "currency": "CNY", "basis": "reported",
    "formula": "tiers", "tiers": "5000 10\n1亿 20", "payee": "unit", "clause": "办法第四条",
}  # fmt: skip


def send(client, url, **data):
    """Post a form; return what is wrong with it by field, or None where it was taken."""
    response = client.post(url, {"nonce": f"n{url}{sorted(data.items())}"[:60], **data})
    return None if response.status_code == 302 else response.context["form"].errors


def test_editor_writes_a_clause_tries_it_and_proposes(client, desk):
    fund(desk, 12000)
    client.force_login(desk.editor)
    typed = TYPED | {"from_on": desk.campaign.starts_on.isoformat()}
    assert send(client, "/reward-rules/new/", **typed) is None
    rule = desk.campaign.reward_rules.get()
    assert rule.tiers == [["5000", "10"], ["10000", "20"]]
    assert (
        send(client, f"/reward-rules/{rule.pk}/change/", **(typed | {"tiers": "5000 10\n10000 20", "version": "1"}))
        is None
    )
    url = f"/campaigns/{desk.campaign.pk}/rewards/"
    assert "达到 10000 万元一档，奖 20 万元" in client.get(url).content.decode()
    assert Reward.objects.count() == 0
    assert send(client, url, as_of=desk.today.isoformat()) is None
    page = client.get("/rewards/").content.decode()
    assert "蓝天一期" in page
    assert "1 项 20 万元" in page
    later = (desk.today + timedelta(days=1)).isoformat()
    assert "今天以后" in str(send(client, url, as_of=later))


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"tiers": ""}, "tiers", "请填分档"),
        ({"tiers": "五千"}, "tiers", "第 1 行看不懂"),
        ({"tiers": "5000 10\n5000 20"}, "tiers", "不能相同"),
        ({"tiers": "5000 10\n8000 9"}, "tiers", "更高"),
        ({"threshold": ""}, None, ""),
        ({"formula": "rate", "rate": "0"}, "rate", "大于 0"),
        ({"formula": "honour"}, "honour", "请填奖励内容"),
        ({"fact": "speed"}, "days", "几日内"),
        ({"until_on": "2020-01-01"}, "until_on", "不能早于"),
        ({"clause": ""}, "clause", "必填"),
    ],
)
def test_clause_form_says_what_is_wrong_beside_its_field(client, desk, changes, field, told):
    client.force_login(desk.editor)
    typed = TYPED | {"from_on": desk.campaign.starts_on.isoformat(), "tiers": "5000 10"} | changes
    errors = send(client, "/reward-rules/new/", **typed)
    assert errors is None if field is None else (list(errors) == [field] and told in str(errors[field]))


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_every_field_of_a_clause_is_no_failure(client, desk, value):
    client.force_login(desk.editor)
    response = client.post(
        "/reward-rules/new/", dict.fromkeys([*TYPED, "from_on", "until_on", "days", "rate"], value)
    )
    assert response.status_code == 200
    assert desk.campaign.reward_rules.count() == 0


def test_reward_is_decided_and_paid_on_its_pages(client, desk):
    clause(desk)
    fact = fund(desk, 6000)
    propose(desk)
    row = Reward.objects.get()
    client.force_login(desk.clerk)
    page = client.get(f"/rewards/{row.pk}/").content.decode()
    assert fact.get_absolute_url() in page
    assert "审批</a>" not in page
    client.force_login(desk.other_clerk)
    assert client.get(f"/rewards/{row.pk}/").status_code == 404
    client.force_login(desk.leader)
    url = f"/rewards/{row.pk}/decide/"
    assert list(send(client, url, approved="yes", version="1")) == ["document"]
    assert send(client, url, approved="yes", document="示府函〔2026〕3号", version="1") is None
    client.force_login(desk.editor)
    assert list(send(client, f"/rewards/{row.pk}/pay/", on=desk.today.isoformat(), amount="99", version="2")) == [
        "amount"
    ]
    assert send(client, f"/rewards/{row.pk}/pay/", on=desk.today.isoformat(), amount="10", version="2") is None
    assert "已兑现" in client.get(f"/rewards/{row.pk}/").content.decode()
    assert client.get("/rewards/?export=xlsx").status_code == 200


def test_list_of_rewards_costs_the_same_at_any_length(client, desk):
    clause(desk)
    client.force_login(desk.editor)
    costs = []
    for count in (1, 30):
        while Reward.objects.count() < count:
            number = Reward.objects.count()
            project = make_contract(desk, name=f"项目{number}", by=User.objects.system()).project
            fund(desk, 6000, project=project)
            propose(desk)
        client.get("/rewards/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/rewards/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
