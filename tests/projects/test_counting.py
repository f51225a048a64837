"""What a fact counts toward: thresholds in two currencies, origins, events, shares, dates of rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.models import Entry
from campaigns.numbers import split
from projects import actions
from projects.counting import mismatches, reaches
from tests.projects.factories import (
    add_rule,
    make_company,
    make_desk,
    make_milestone,
    make_project,
    make_visit,
)

pytestmark = pytest.mark.django_db
TWO = {"CNY": "5000", "USD": "700"}


@pytest.fixture
def desk():
    return make_desk()


def standing(indicator, basis="reported"):
    """Return {unit name: amount} of the live entries of an indicator."""
    rows = Entry.objects.live().filter(indicator=indicator, basis=basis).order_by("unit__name")
    return {entry.unit.name: entry.amount for entry in rows.select_related("unit")}


def sign(desk, amount, *, currency="CNY", rate=None, name="蓝天一期", on=None, **facts):
    """Return a contract over an amount."""
    project = make_project(desk, name=name)
    return make_milestone(
        desk, project, "contract", on=on, amount=Decimal(amount), currency=currency,
        rate=rate and Decimal(rate), **facts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "rate", "counts"),
    [
        ("5000", "CNY", None, True),  # at the threshold exactly
        ("4999.999999", "CNY", None, False),
        ("700", "USD", "7", True),  # 4900 万元, but 700 万美元 is the threshold of its own currency
        ("699.999999", "USD", "8", False),  # worth more than 5000 万元, but short in its own currency
        ("650", "EUR", "7.8", True),  # no threshold of its own: 5070 万元
        ("640", "EUR", "7.8", False),  # 4992 万元
    ],
)
def test_threshold_is_read_in_the_contracts_own_currency(desk, amount, currency, rate, counts):
    large = add_rule("五千万以上", min_amount=TWO)
    sign(desk, amount, currency=currency, rate=rate)
    assert standing(large) == ({"商务局": Decimal(1)} if counts else {})


def test_threshold_is_not_met_without_an_amount():
    said = {"amount": None, "own_amount": None, "currency": "CNY"}
    assert reaches(TWO, said) is False


def test_recognition_below_the_threshold_does_not_count_on_that_basis(desk):
    large, money = add_rule("五千万以上", min_amount=TWO), add_rule("签约金额", "money", measure="amount")
    contract = sign(desk, "5000")
    actions.recognise_milestone(
        milestone=contract,
        verdict="reduced",
        amount=Decimal("4999.9"),
        on=desk.today,
        reason="核减",
        by=desk.verifier,
    )
    assert (standing(large), standing(large, "recognised")) == ({"商务局": Decimal(1)}, {})
    assert standing(money, "recognised") == {"商务局": Decimal("4999.9")}


def test_reduced_recognition_is_less_in_its_own_currency_too(desk):
    large = add_rule("五千万以上", min_amount=TWO)
    contract = sign(desk, "800", currency="USD", rate="7")
    actions.recognise_milestone(
        milestone=contract, verdict="reduced", amount=Decimal(4900), on=desk.today, reason="核减", by=desk.verifier
    )
    assert standing(large, "recognised") == {"商务局": Decimal(1)}  # 4900 / 7 = 700 万美元 exactly
    actions.recognise_milestone(
        milestone=contract, verdict="reduced", amount=Decimal("4899.999999"), on=desk.today, reason="再核减",
        by=desk.verifier,
    )  # fmt: skip
    assert standing(large, "recognised") == {}


def test_refused_milestone_stands_only_as_reported(desk):
    contract = sign(desk, "5000")
    indicator = desk.lines["签约项目"].indicator
    actions.recognise_milestone(milestone=contract, verdict="refused", on=None, reason="无合同", by=desk.verifier)
    assert (standing(indicator), standing(indicator, "recognised")) == ({"商务局": Decimal(1)}, {})


def test_kind_without_recognition_stands_on_both_bases(desk):
    leads = add_rule("线索", fact="milestone.lead")
    make_milestone(desk, make_project(desk), "lead")
    assert (standing(leads), standing(leads, "recognised")) == ({"商务局": Decimal(1)}, {"商务局": Decimal(1)})


@pytest.mark.parametrize(
    ("origin", "counts"), [("country", 1), ("hmt", 1), ("abroad", 1), ("province", 0), ("city", 0)]
)
def test_origin_of_the_company_decides(desk, origin, counts):
    outside = add_rule("省外", origins=["country", "hmt", "abroad"])
    company = make_company(desk)
    actions.change_company(company=company, origin=origin, by=desk.clerk)
    sign(desk, "1")
    assert len(standing(outside)) == counts


@pytest.mark.parametrize(
    ("level", "counts"), [("province", 1), ("nation", 1), ("city", 0), ("district", 0), (None, 0)]
)
def test_level_of_the_event_decides(desk, level, counts):
    platform = add_rule("省级以上平台", event_levels=["province", "nation"])
    event = level and actions.create_event(name="推介会", on=desk.today, level=level, by=desk.clerk)
    sign(desk, "1", event=event)
    assert len(standing(platform)) == counts


def test_cash_and_leaders_are_switches(desk):
    cash = add_rule("现汇", "money", fact="milestone.funding", measure="amount", in_cash=True)
    led = add_rule("领导带队", fact="visit.outbound", led_by_top=True)
    project = sign(desk, "9000").project
    make_milestone(desk, project, "funding", amount=Decimal(10), in_cash=True)
    make_milestone(desk, project, "funding", amount=Decimal(20))
    make_visit(desk)
    assert (standing(cash), standing(led)) == ({"商务局": Decimal(10)}, {})


def test_persons_of_a_visit_are_added(desk):
    heads = add_rule("走访人次", "人次", fact="visit.outbound", measure="persons")
    visit = make_visit(desk, heads=7)
    actions.recognise_visit(
        visit=visit, verdict="reduced", amount=Decimal(5), on=desk.today, reason="重复", by=desk.verifier
    )
    assert (standing(heads), standing(heads, "recognised")) == ({"商务局": Decimal(7)}, {"商务局": Decimal(5)})


def test_shares_split_by_the_largest_remainder(desk):
    money = add_rule("签约金额", "money", measure="amount")
    contract = sign(desk, "0.000001")
    shares = (("introducing", "33"), ("landing", "33"), ("leading", "34"))
    rows = [(unit, role, Decimal(share)) for unit, (role, share) in zip(desk.units, shares, strict=True)]
    actions.set_shares(project=contract.project, shares=rows, document="x", by=desk.editor)
    assert standing(money) == {"文旅局": Decimal("0.000001")}
    assert split(Decimal(100), [Decimal(1)] * 3) == [Decimal("33.333334"), Decimal("33.333333"), Decimal("33.333333")]


@pytest.mark.parametrize(
    ("since", "until", "counts"), [(0, None, True), (0, 0, True), (1, None, False), (-9, -1, False), (-9, 0, True)]
)
def test_rule_holds_from_its_first_day_to_its_last(desk, since, until, counts):
    day = date(2026, 5, 20)
    dated = add_rule(
        "有期限的口径",
        since=day + timedelta(days=since),
        until=None if until is None else day + timedelta(days=until),
    )
    sign(desk, "1", on=day)
    assert bool(standing(dated)) is counts


def test_recognised_basis_asks_for_the_rule_of_the_recognition_day(desk):
    day = desk.today - timedelta(days=10)
    dated = add_rule("有期限的口径", since=day, until=day + timedelta(days=3))
    contract = sign(desk, "1", on=day)
    actions.recognise_milestone(milestone=contract, verdict="full", on=desk.today, by=desk.verifier)
    assert (standing(dated), standing(dated, "recognised")) == ({"商务局": Decimal(1)}, {})


def test_fact_counts_once_toward_an_indicator_that_two_rules_feed(desk):
    add_rule("签约或大项目")
    twice = add_rule("签约或大项目", min_amount={"CNY": "1"})
    sign(desk, "5000")
    assert standing(twice) == {"商务局": Decimal(1)}


def test_mismatches_name_the_conditions_missed():
    said = {
        "sectors": "services", "origins": "city", "event_levels": None, "in_cash": False, "led_by_top": True,
        "amount": Decimal(1), "own_amount": None, "currency": "CNY",
    }  # fmt: skip
    conditions = {
        "sectors": ["industry"], "origins": [], "in_cash": True, "led_by_top": True, "min_amount": {"CNY": "2"},
    }  # fmt: skip
    assert mismatches(conditions, said) == ["sectors", "in_cash", "min_amount"]


def test_visits_have_no_sector_without_a_project(desk):
    industrial = add_rule("走访工业", fact="visit.outbound", sectors=["industry"])
    make_visit(desk)
    assert standing(industrial) == {}
