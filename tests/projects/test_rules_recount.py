"""A rule that is added, changed or removed counts everything that happened anew."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from campaigns.models import Entry, Indicator
from projects import actions
from projects.actions import rules as recounting
from projects.models import CountingRule
from tests.projects.factories import make_contract, make_desk, make_indicator, make_visit
from units.models import User
from units.versions import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk():
    return make_desk()


def standing(indicator):
    """Return how many live entries an indicator has on the reported basis, and their sum."""
    amounts = Entry.objects.live().filter(indicator=indicator, basis="reported").values_list("amount", flat=True)
    return len(amounts), sum(amounts, Decimal(0))


def new_rule(desk, **facts):
    """Return a rule that the editor adds."""
    facts = {"fact": "milestone.contract", "measure": "count", "from_on": desk.today - timedelta(days=99)} | facts
    indicator = facts.pop("indicator", None) or make_indicator("大项目", "个", fed_by=Indicator.Feed.FACTS)
    return actions.create_rule(indicator=indicator, by=desk.editor, **facts)


def test_new_rule_counts_what_happened_before(desk):
    make_contract(desk, name="甲", amount=4000)
    make_contract(desk, name="乙", amount=6000)
    rule = new_rule(desk, conditions={"min_amount": {"CNY": "5000"}})
    assert standing(rule.indicator) == (1, Decimal(1))
    assert not Indicator.objects.filter(recounting=True).exists()
    call_command("check_ledger", stdout=StringIO())


def test_changed_rule_posts_the_difference_only(desk):
    make_contract(desk, name="甲", amount=4000)
    make_contract(desk, name="乙", amount=6000)
    rule = new_rule(desk, conditions={"min_amount": {"CNY": "5000"}})
    (kept,) = Entry.objects.live().filter(indicator=rule.indicator)
    actions.change_rule(rule=rule, conditions={"min_amount": {"CNY": "4000"}}, by=desk.editor)
    assert standing(rule.indicator) == (2, Decimal(2))
    assert Entry.objects.live().filter(pk=kept.pk).exists()
    assert not Entry.objects.filter(indicator=rule.indicator, sign=-1).exists()


def test_rule_moved_to_another_fact_reverses_the_old_and_counts_the_new(desk):
    make_contract(desk)
    make_visit(desk)
    rule = new_rule(desk)
    actions.change_rule(rule=rule, fact="visit.outbound", by=desk.editor)
    kinds = (
        Entry.objects.live().filter(indicator=rule.indicator, basis="reported").values_list("source_kind", flat=True)
    )
    assert list(kinds) == ["projects.visit"]
    call_command("check_ledger", stdout=StringIO())


def test_removed_rule_reverses_what_it_counted(desk):
    make_contract(desk)
    rule = new_rule(desk)
    indicator = rule.indicator
    actions.remove_rule(rule=rule, reason="口径废止", by=desk.editor)
    assert standing(indicator) == (0, Decimal(0))
    call_command("check_ledger", stdout=StringIO())


def test_facts_are_posted_in_batches(desk, monkeypatch):
    for number in range(5):
        make_contract(desk, name=f"项目{number}")
    monkeypatch.setattr(recounting, "BATCH", 2)
    rule = new_rule(desk)
    assert standing(rule.indicator) == (5, Decimal(5))


def test_rules_are_for_editors_and_for_indicators_that_facts_feed(desk):
    with pytest.raises(PermissionDenied):
        actions.create_rule(
            indicator=desk.lines["签约项目"].indicator, fact="milestone.contract", from_on=desk.today, by=desk.clerk
        )
    with pytest.raises(ValidationError, match="由填报计数"):
        new_rule(desk, indicator=desk.lines["招商信息"].indicator)
    with pytest.raises(ValidationError, match="看不懂的条件"):
        new_rule(desk, conditions={"sectors": ["mining"]})
    assert CountingRule.objects.count() == 2


def test_older_version_of_a_rule_is_refused(desk):
    rule = new_rule(desk)
    actions.change_rule(rule=rule, measure="amount", version=1, by=User.objects.system())
    with pytest.raises(Conflict):
        actions.change_rule(rule=rule, measure="count", version=1, by=desk.editor)
