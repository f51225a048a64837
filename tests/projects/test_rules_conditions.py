"""Rules that look beyond one fact: another milestone of the project (R32, R76), a company's year (R29); the trial."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.models import Entry, Indicator
from projects import actions
from projects.models import CountingRule
from projects.reconciling import differences
from tests.campaigns.drives import undone
from tests.projects.factories import (
    add_rule,
    make_company,
    make_contract,
    make_desk,
    make_indicator,
    make_milestone,
    make_project,
    make_visit,
)
from tests.projects.test_rules_pages import filled
from units.models import User

pytestmark = pytest.mark.django_db
YEAR = 2025


@pytest.fixture
def desk():
    return make_desk()


def on(month, day=1, year=YEAR):
    return date(year, month, day)


def standing(indicator, basis="reported"):
    """Return [(day, amount)] of the live entries of an indicator."""
    rows = Entry.objects.live().filter(indicator=indicator, basis=basis).order_by("on", "pk")
    return [(row.on, row.amount) for row in rows]


def pay(desk, project, amount, day):
    """Return a payment of taxes."""
    return make_milestone(desk, project, "tax", on=day, amount=Decimal(amount))


def taxpayers(threshold="500"):
    """Return the indicator that counts companies with so many 万元 of tax in the year."""
    return add_rule(
        "纳税500万元以上企业", "户", fact="milestone.tax", measure="companies", min_amount={"CNY": threshold}
    )


# --- another milestone of the project ---------------------------------------------------------------


def test_contract_that_asks_for_funds_counts_on_the_day_they_arrive(desk):
    funded, signed = add_rule("有到资的签约", funds_arrived=True), add_rule("签约")
    project = make_project(desk)
    make_milestone(desk, project, "contract", on=on(3), amount=Decimal(5000))
    assert (standing(funded), standing(signed)) == ([], [(on(3), 1)])
    second = make_milestone(desk, project, "funding", on=on(6, 9), amount=Decimal(10))
    first = make_milestone(desk, project, "funding", on=on(5, 2), amount=Decimal(10))
    assert standing(funded) == [(on(5, 2), 1)]
    actions.withdraw_milestone(milestone=first, reason="误登", by=desk.clerk)
    assert standing(funded) == [(on(6, 9), 1)]
    actions.withdraw_milestone(milestone=second, reason="误登", by=desk.clerk)
    assert standing(funded) == []
    assert list(differences()) == []


def test_recognised_contract_waits_for_recognised_funds(desk):
    funded = add_rule("有到资的签约", funds_arrived=True)
    project = make_project(desk)
    contract = make_milestone(desk, project, "contract", on=on(3), amount=Decimal(5000))
    funding = make_milestone(desk, project, "funding", on=on(4), amount=Decimal(10))
    actions.recognise_milestone(milestone=contract, verdict="full", on=on(5), by=desk.verifier)
    assert standing(funded, "recognised") == []
    actions.recognise_milestone(milestone=funding, verdict="full", on=on(7), by=desk.verifier)
    assert standing(funded, "recognised") == [(on(7), 1)]
    assert standing(funded) == [(on(4), 1)]


def test_filed_and_in_the_base_are_conditions_of_a_milestone(desk):
    filed, based = add_rule("已备案签约", filed=True), add_rule("已入库签约", in_base=True)
    project = make_project(desk)
    make_milestone(desk, project, "contract", on=on(3), amount=Decimal(5000))
    make_milestone(desk, project, "filing", on=on(4))
    assert (standing(filed), standing(based)) == ([(on(4), 1)], [])


def test_rule_of_a_visit_cannot_ask_for_a_milestone(desk):
    with pytest.raises(ValidationError, match="只有项目节点能要求"):
        add_rule("走访", fact="visit.outbound", filed=True)


# --- companies of a year ----------------------------------------------------------------------------


def test_company_counts_on_the_day_its_year_passes_the_threshold_once(desk):
    counted = taxpayers()
    one, two = make_project(desk, name="一期"), make_project(desk, name="二期")
    pay(desk, one, 300, on(2))
    pay(desk, two, 199, on(3))
    assert standing(counted) == []
    pay(desk, two, 1, on(4))  # 500 exactly
    pay(desk, one, 900, on(9))
    assert standing(counted) == [(on(4), 1)]
    pay(desk, one, 400, on(1, year=YEAR + 1))
    assert standing(counted) == [(on(4), 1)]  # another year begins anew
    pay(desk, one, 100, on(2, year=YEAR + 1))
    assert standing(counted) == [(on(4), 1), (on(2, year=YEAR + 1), 1)]


def test_payment_entered_late_moves_the_day(desk):
    counted = taxpayers()
    one, two = make_project(desk, name="一期"), make_project(desk, name="二期")
    pay(desk, one, 300, on(2))
    pay(desk, one, 300, on(8))
    assert standing(counted) == [(on(8), 1)]
    early = pay(desk, two, 250, on(5))
    assert standing(counted) == [(on(5), 1)]
    actions.withdraw_milestone(milestone=early, reason="误登", by=desk.clerk)
    assert standing(counted) == [(on(8), 1)]


def test_two_companies_are_two(desk):
    counted = taxpayers()
    for name in ("甲公司", "乙公司"):
        pay(desk, make_project(desk, name=name, company=make_company(desk, name)), 600, on(6))
    assert standing(counted) == [(on(6), 1), (on(6), 1)]


def test_project_given_to_another_company_counts_there(desk):
    counted = taxpayers()
    one = make_project(desk, name="一期")
    pay(desk, one, 300, on(2))
    two = make_project(desk, name="二期")
    pay(desk, two, 300, on(3))
    assert standing(counted) == [(on(3), 1)]
    actions.change_project(project=two, company=make_company(desk, "乙公司"), by=desk.clerk)
    assert standing(counted) == []
    assert list(differences()) == []


@settings(max_examples=15)
@given(
    payments=st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 400), st.integers(1, 12), st.integers(0, 1)),
        min_size=1,
        max_size=7,
    ),
    order=st.randoms(use_true_random=False),
)
def test_order_of_entry_does_not_matter(payments, order):
    found = []
    for shuffled in (False, True):
        with undone():
            desk = make_desk()
            counted = taxpayers()
            projects = [make_project(desk, name=name) for name in ("一期", "二期")]
            rows = list(payments)
            if shuffled:
                order.shuffle(rows)
            for which, amount, month, later in rows:
                pay(desk, projects[which], amount, on(month, year=YEAR - later))
            found.append([(day.year, day.month, amount) for day, amount in standing(counted)])
            assert list(differences()) == []
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"fact": "visit.outbound"}, "只有项目节点能按企业户数计"),
        ({"conditions": {}}, "须填当年累计的人民币金额门槛"),
        ({"conditions": {"min_amount": {"CNY": "500", "USD": "70"}}}, "须填当年累计的人民币金额门槛"),
        ({"conditions": {"min_amount": {"CNY": "500"}, "filed": True}}, "不能再要求项目的其他节点"),
    ],
)
def test_rule_of_companies_says_what_it_needs(desk, facts, told):
    facts = {"fact": "milestone.tax", "conditions": {"min_amount": {"CNY": "500"}}} | facts
    indicator = make_indicator("企业户数", "户", fed_by=Indicator.Feed.FACTS)
    with pytest.raises(ValidationError, match=told):
        actions.create_rule(
            indicator=indicator, measure="companies", from_on=on(1), by=User.objects.system(), **facts
        )


def test_rule_says_its_conditions_in_words(desk):
    rule = CountingRule.objects.get(indicator=taxpayers())
    assert rule.in_words == "纳税，按企业户数计（企业当年累计 ≥ 500 万元）"


# --- the trial --------------------------------------------------------------------------------------


def tried(client, desk, address="/rules/new/", **changed):
    """Return what the page shows before a rule is saved."""
    client.force_login(desk.editor)
    return client.post(address, filled(desk, step="preview", **changed)).context


def test_trial_says_of_each_fact_whether_it_counts_and_why_not(client, desk):
    make_contract(desk, name="大项目", amount=6000)
    make_contract(desk, name="小项目", amount=4999)
    indicator = make_indicator("大项目数", "个", fed_by=Indicator.Feed.FACTS)
    shown = tried(client, desk, indicator=indicator.pk, filed="on", min_usd="")["tried"]
    assert (shown.counting_many, shown.left_out_many) == (0, 2)
    assert {row.title: row.reasons for row in shown.left_out} == {
        "大项目 · 正式合同": ("项目已立项备案：还没有",),
        "小项目 · 正式合同": ("金额：要求 ≥ 5000 万元，实为 4999 万元", "项目已立项备案：还没有"),
    }
    shown = tried(client, desk, indicator=indicator.pk, min_usd="")["tried"]
    assert [(row.title, row.adds) for row in shown.counting] == [("大项目 · 正式合同", "1 个")]


def test_trial_says_what_moves_and_writes_nothing(client, desk):
    make_contract(desk, name="大项目", amount=6000)
    make_contract(desk, name="小项目", amount=4999)
    rule = CountingRule.objects.get(indicator=desk.lines["签约项目"].indicator)
    entries = Entry.objects.count()
    shown = tried(client, desk, f"/rules/{rule.pk}/", version=rule.version)["tried"]
    assert [(row.unit, row.basis, row.before, row.after, row.difference) for row in shown.changes] == [
        (desk.unit.name, "上报", "2 个", "1 个", "-1 个")
    ]
    assert Entry.objects.count() == entries
    rule.refresh_from_db()
    assert rule.conditions == {}
    page = client.get(f"/rules/{rule.pk}/remove/").context["tried"]
    assert [(row.unit, row.before, row.after) for row in page.changes] == [(desk.unit.name, "2 个", "0 个")]


def test_trial_knows_what_another_rule_counts_already_and_days_out_of_force(client, desk):
    make_contract(desk, amount=6000)
    shown = tried(client, desk)["tried"]
    assert [row.reasons for row in shown.left_out] == [("该指标的另一条口径已经计入",)]
    later = (desk.today + timedelta(days=1)).isoformat()
    assert [row.reasons for row in tried(client, desk, from_on=later)["tried"].left_out] == [("不在起止日期内",)]


def test_trial_of_many_facts_waits_until_it_is_asked_for(client, desk, monkeypatch):
    monkeypatch.setattr("projects.rule_page.LIVE", 0)
    make_contract(desk, amount=6000)
    assert tried(client, desk)["tried"].changes is None
    client.force_login(desk.editor)
    assert client.post("/rules/new/", filled(desk, step="moves")).context["tried"].changes == []


def test_trial_refuses_what_could_not_be_saved(client, desk):
    context = tried(client, desk, measure="companies", min_usd="7")
    assert "须填当年累计的人民币金额门槛" in str(context["form"].errors)
    assert not context["tried"]


def test_trips_led_by_the_top_can_be_asked_for_in_the_browser(client, desk):
    shown = tried(client, desk, fact="trip.made", led_by_top="on", sectors=[], min_cny="", min_usd="")["tried"]
    assert "党政主要领导带队" in shown.words


def test_trial_costs_the_same_at_any_number_of_facts(client, desk):
    tried(client, desk)
    costs = []
    for number in range(12):
        make_contract(desk, name=f"项目{number}", amount=6000)
        make_visit(desk)
        if number in {0, 11}:
            with CaptureQueriesContext(connection) as queries:
                tried(client, desk)
            costs.append(len(queries))
    assert costs[0] == costs[1]


def test_check_ledger_agrees_with_rules_beyond_one_fact(desk):
    taxpayers()
    add_rule("有到资的签约", funds_arrived=True)
    project = make_project(desk)
    make_milestone(desk, project, "contract", on=on(3), amount=Decimal(5000))
    make_milestone(desk, project, "funding", on=on(4), amount=Decimal(10))
    pay(desk, project, 700, on(5))
    call_command("check_ledger", stdout=StringIO())


# --- what a company is, where and by whom (R41, event level, who leads) ---------------------------


def list_company(company, chart="world", year=YEAR):
    return actions.add_listing(company=company, chart=chart, year=year, by=User.objects.system())


def test_top_500_counts_from_the_year_of_the_list_on(desk):
    rule = add_rule("500强项目", charts=["world", "china"])
    company = make_company(desk)
    early, late = (make_contract(desk, name=name, company=company, on=on(5, 1, year)) for name, year in (
        ("一期", YEAR - 1), ("二期", YEAR + 1)))  # fmt: skip
    assert standing(rule) == []
    listing = list_company(company)
    assert standing(rule) == [(late.on, Decimal(1))]
    list_company(company, chart="listed", year=YEAR - 3)
    assert standing(rule) == [(late.on, Decimal(1))]
    list_company(company, chart="china", year=YEAR - 1)
    assert standing(rule) == [(early.on, Decimal(1)), (late.on, Decimal(1))]
    actions.remove_listing(listing=listing, by=User.objects.system())
    assert len(standing(rule)) == 2
    assert list(differences()) == []


def test_visits_of_top_500_companies_are_counted(desk):
    rule = add_rule("走访500强", "家", fact="visit.outbound", charts=["private"])
    company = make_company(desk)
    visit = make_visit(desk, company=company)
    assert standing(rule) == []
    list_company(company, "private", visit.on.year)
    assert standing(rule) == [(visit.on, Decimal(1))]


def test_event_level_and_top_leader_are_conditions(desk):
    shown = add_rule("省级活动签约", event_levels=["province", "nation"])
    led = add_rule("主要领导走访", "家", fact="visit.outbound", led_by_top=True)
    by = User.objects.system()
    fair = actions.create_event(name="推介会", on=desk.today, level="province", by=by)
    contract = make_contract(desk)
    visit = make_visit(desk)
    assert (standing(shown), standing(led)) == ([], [])
    actions.correct_milestone(milestone=contract, event=fair, reason="会上签的", by=by)
    actions.correct_visit(visit=visit, led_by_top=True, reason="带队", by=by)
    assert (standing(shown), standing(led)) == ([(contract.on, Decimal(1))], [(visit.on, Decimal(1))])


def test_trial_says_which_list_a_company_stands_on(client, desk):
    company = make_company(desk)
    list_company(company, "listed", desk.today.year)
    make_contract(desk, company=company)
    indicator = make_indicator("榜单项目", "个", fed_by=Indicator.Feed.FACTS)
    form = {"indicator": indicator.pk, "charts": ["world", "hmt"], "sectors": [], "min_cny": "", "min_usd": ""}
    shown = tried(client, desk, **form)["tried"]
    assert shown.words == "正式合同，按个数计（世界500强、港台100大）"
    assert [row.reasons for row in shown.left_out] == [("榜单企业：要求 世界500强、港台100大，实为 上市公司",)]
    assert [len(row.reasons) for row in tried(client, desk, **form | {"charts": ["listed"]})["tried"].counting] == [0]


def test_trial_shows_which_payment_brings_a_company_over_the_sum(client, desk):
    project = make_project(desk)
    first = pay(desk, project, 300, desk.today - timedelta(days=2))
    second = pay(desk, project, 300, desk.today - timedelta(days=1))
    form = {"fact": "milestone.tax", "measure": "companies", "sectors": [], "min_cny": "500", "min_usd": ""}
    shown = tried(client, desk, **form)["tried"]
    if first.on.year == second.on.year:
        assert [row.on for row in shown.counting] == [second.on]
        assert [row.reasons for row in shown.left_out] == [("企业当年累计不在这一笔达到门槛",)]
    assert shown.words == "纳税，按企业户数计（企业当年累计 ≥ 500 万元）"
