"""What does not fit together between fields and facts: every check with what it finds and what it lets pass."""

from datetime import date
from decimal import Decimal

import pytest

from projects.crosschecks import CHECKS, Case, case_of, hints
from projects.models import Milestone, Project
from projects.stages import Kind
from tests.projects.factories import make_contract, make_desk, make_milestone

EARLY, LATE = date(2026, 3, 1), date(2026, 3, 11)


def project(**facts):
    """Return a project with some fields, not saved."""
    amounts = {"investment", "first_phase", "registered_capital", "land", "local_share", "tax_expected", "output"}
    return Project(**{name: Decimal(value) if name in amounts else value for name, value in facts.items()})


def found(case):
    """Return {name: words} of the hints."""
    return {hint.name: hint.words for hint in hints(case)}


@pytest.mark.parametrize(
    ("facts", "name", "words"),
    [
        (
            {"investment": 10000, "first_phase": 12000},
            "first_phase",
            "一期投资 1.2亿元 大于计划总投资 1亿元，多 2000万元",
        ),
        (
            {"investment": 500, "registered_capital": 800},
            "capital",
            "注册资本 800万元 大于计划总投资 500万元，多 300万元",
        ),
        ({"investment": 1000001}, "huge", "计划总投资 100.0001亿元，超过 100 亿元，请核对单位是否为万元"),
        ({"local_share": "12.5"}, "partner_unnamed", "填了本地投资占比 12.5%，没有填本地投资方"),
        ({"local_partner": "城投公司"}, "share_unnamed", "填了本地投资方 城投公司，没有填占比"),
        (
            {"investment": 5000, "land": 80},
            "thin",
            "计划总投资 5000万元 ÷ 用地 80 亩 = 每亩 62 万元，不足 100 万元",
        ),
        (
            {"tax_expected": 900, "output": 800},
            "output_low",
            "预计年税收 900万元 大于达产年产值 800万元，多 100万元",
        ),
        ({"is_key": True}, "key_untended", "重点项目还没有挂包领导"),
    ],
)  # fmt: skip
def test_fields_that_do_not_fit_are_told_with_their_arithmetic(facts, name, words):
    assert found(Case(project(**facts))) == {name: words}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"investment": 10000, "first_phase": 10000, "registered_capital": 10000},
        {"first_phase": 10},
        {"investment": 1000000},
        {"local_share": 20, "local_partner": "城投公司"},
        {"investment": 10000, "land": 100},
        {"investment": 100, "land": 100, "sector": "services"},
        {"tax_expected": 800, "output": 800},
        {"is_key": True, "leader": "区长"},
        {"outside": "市高新区"},
    ],
)
def test_fields_that_fit_are_not_told(facts):
    assert found(Case(project(**facts))) == {}


@pytest.mark.parametrize(
    ("later", "first", "name"),
    [
        (Kind.CONTRACT, Kind.INTENT, "contract_before_intent"),
        (Kind.GROUNDBREAKING, Kind.CONTRACT, "ground_before_contract"),
        (Kind.GROUNDBREAKING, Kind.FILING, "ground_before_filing"),
        (Kind.FUNDING, Kind.CONTRACT, "funds_before_contract"),
        (Kind.PRODUCTION, Kind.GROUNDBREAKING, "production_before_ground"),
        (Kind.COMPLETION, Kind.GROUNDBREAKING, "completion_before_ground"),
        (Kind.ABOVE_SCALE, Kind.PRODUCTION, "above_scale_before_production"),
    ],
)
def test_days_in_the_wrong_order_are_told(later, first, name):
    wrong = found(Case(project(), days={later: EARLY, first: LATE}, fair_on=EARLY))
    assert list(wrong) == [name]
    assert "2026-03-01 早于" in wrong[name]
    assert "早 10 天" in wrong[name]
    assert found(Case(project(), days={later: LATE, first: LATE}, fair_on=EARLY)) == {}
    assert found(Case(project(), days={later: LATE}, fair_on=EARLY)) == {}


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        (1200, {}),
        (800, {}),
        (1201, {"contract_sum": "合同金额 1201万元 与计划总投资 1000万元 相差 20.1%"}),
        (790, {"contract_sum": "合同金额 790万元 与计划总投资 1000万元 相差 21%"}),
    ],
)
def test_contract_far_from_the_plan_is_told(signed, told):
    case = Case(project(investment=1000), sums={Kind.CONTRACT: Decimal(signed)})
    assert found(case) == told
    assert found(Case(project(investment=0), sums={Kind.CONTRACT: Decimal(signed)})) == {}


def test_industry_built_on_no_land_is_told():
    days = {Kind.GROUNDBREAKING: EARLY}
    assert list(found(Case(project(land=0), days=days))) == ["no_land"]
    assert found(Case(project(land=0), days={})) == {}
    assert found(Case(project(land=0, sector="services"), days=days)) == {}
    assert found(Case(project(), days=days)) == {}


def test_landing_unit_of_a_project_outside_is_told():
    assert found(Case(project(outside="市高新区"), lands_inside=True)) == {
        "lands_both": "落在区外（市高新区），归属里却有区内落地单位"
    }
    assert found(Case(project(), lands_inside=True)) == {}


def test_signature_after_the_contract_is_told():
    days = {Kind.CONTRACT: EARLY}
    assert found(Case(project(), days=days, fair_on=LATE)) == {
        "fair_late": "公平竞争审查 2026-03-11 才签字，晚于正式合同 2026-03-01，晚 10 天"
    }
    assert found(Case(project(), days=days, fair_on=EARLY)) == {}
    assert found(Case(project(), days={Kind.CONTRACT: date(2024, 7, 31)}, fair_on=LATE)) == {}


def test_contract_without_a_signature_is_told():
    assert found(Case(project(), days={Kind.CONTRACT: EARLY})) == {
        "fair_missing": "正式合同 2026-03-01 已登记，公平竞争审查还没有签字"
    }
    assert found(Case(project(), days={Kind.CONTRACT: date(2024, 7, 31)})) == {}


def test_contract_in_spite_of_a_failed_gate_is_told():
    days = {Kind.CONTRACT: EARLY}
    assert found(Case(project(), days=days, fair_on=EARLY, failed_gates=("用地评估", "初审"))) == {
        "gate_failed": "用地评估、初审 不通过，正式合同 2026-03-01 已签"
    }
    assert found(Case(project(), failed_gates=("用地评估",))) == {}


def test_every_check_has_a_name_of_its_own():
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.django_db
def test_case_is_put_together_from_live_facts():
    desk = make_desk()
    contract = make_contract(desk, on=EARLY, amount=7000)
    make_milestone(desk, contract.project, "funding", on=LATE, amount=Decimal(100))
    make_milestone(desk, contract.project, "funding", on=EARLY, amount=Decimal(50))
    make_milestone(desk, contract.project, "groundbreaking", due_on=EARLY)
    case = case_of(contract.project, list(Milestone.objects.all()), [])
    assert (case.days, case.sums) == (
        {Kind.CONTRACT: EARLY, Kind.FUNDING: EARLY},
        {Kind.CONTRACT: Decimal(7000), Kind.FUNDING: Decimal(150)},
    )
    assert (case.fair_on, case.lands_inside, case.failed_gates) == (desk.today, False, ())
