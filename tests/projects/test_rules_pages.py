"""Setting what counts: the list in words, the form, the recount."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Indicator
from campaigns.standings import standings
from projects.actions import create_rule
from projects.models import CountingRule
from tests.factories import make_user
from tests.projects.factories import NONSENSE, make_contract, make_desk, make_indicator, make_visit
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.editor)
    return made


def filled(desk, **changed):
    """Return a filled-in rule: industrial contracts from 50 million yuan or 10 million dollars."""
    sent = {
        "indicator": desk.lines["签约项目"].indicator_id, "fact": "milestone.contract", "measure": "count",
        "from_on": "2020-01-01", "until_on": "", "sectors": ["industry"], "origins": [], "event_levels": [],
        "min_cny": "5000", "min_usd": "1000", "nonce": "r1",
    }  # fmt: skip
    return sent | changed


def done(desk, name):
    """Return the organiser's figure."""
    return standings(desk.campaign, desk.today).totals[desk.lines[name].pk].done


def rule_of(desk, name):
    """Return the rule of an indicator."""
    return CountingRule.objects.get(indicator=desk.lines[name].indicator)


def test_list_says_every_rule_in_words(client, desk):
    indicator = desk.lines["签约项目"].indicator
    Indicator.objects.filter(pk=indicator.pk).update(recounting=True)
    text = client.get("/rules/").content.decode()
    assert "正式合同，按个数计" in text
    assert "走出去，按个数计" in text
    assert "重算中" in text
    assert "/rules/new/" in text


def test_new_rule_is_kept_with_its_conditions(client, desk, django_capture_on_commit_callbacks):
    rule_of(desk, "签约项目").delete()
    make_contract(desk, amount=6000)
    make_contract(desk, name="小项目", amount=4999)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/rules/new/", filled(desk)).url == "/rules/"
    rule = rule_of(desk, "签约项目")
    assert rule.conditions == {"sectors": ["industry"], "min_amount": {"CNY": "5000", "USD": "1000"}}
    assert "≥ 5000 万元或≥ 1000 万美元" in client.get("/rules/").content.decode()
    assert done(desk, "签约项目") == 1
    assert not Indicator.objects.get(pk=rule.indicator_id).recounting
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/rules/new/", filled(desk))
    assert CountingRule.objects.filter(indicator=rule.indicator_id).count() == 1


def test_changed_rule_recounts_and_keeps_what_the_form_does_not_show(
    client, desk, django_capture_on_commit_callbacks
):
    rule = rule_of(desk, "签约项目")
    rule.conditions = {"min_amount": {"EUR": "300", "CNY": "100"}}
    rule.save()
    make_contract(desk, amount=6000)
    assert done(desk, "签约项目") == 1
    page = client.get(f"/rules/{rule.pk}/")
    assert "现行口径" in page.content.decode()
    assert page.context["form"]["min_cny"].value() == "100"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/rules/{rule.pk}/", filled(desk, min_cny="1亿", min_usd="", sectors=[], version=rule.version))
    rule.refresh_from_db()
    assert rule.conditions == {"min_amount": {"EUR": "300", "CNY": "10000"}}
    assert done(desk, "签约项目") == 0


def test_removed_rule_takes_back_what_it_counted_and_needs_a_reason(client, desk, django_capture_on_commit_callbacks):
    make_visit(desk)
    rule = rule_of(desk, "外出走访")
    assert done(desk, "外出走访") == 1
    assert "reason" in client.post(f"/rules/{rule.pk}/remove/", {"reason": ""}).context["form"].errors
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/rules/{rule.pk}/remove/", {"reason": "口径取消", "nonce": "x"}).status_code == 302
    assert done(desk, "外出走访") == 0
    assert AuditEntry.objects.filter(action="rule.removed").get().reason == "口径取消"
    assert client.get(f"/rules/{rule.pk}/").status_code == 404


def test_indicator_says_it_is_recounting_until_the_recount_is_done(client, desk):
    rule = rule_of(desk, "签约项目")
    client.post(f"/rules/{rule.pk}/", filled(desk, version=rule.version))
    assert Indicator.objects.get(pk=rule.indicator_id).recounting


def test_second_of_two_editors_sees_both_rules(client, desk):
    rule = rule_of(desk, "签约项目")
    old = filled(desk, version=rule.version)
    CountingRule.objects.filter(pk=rule.pk).update(version=5, measure="amount")
    response = client.post(f"/rules/{rule.pk}/", old)
    assert {"label": "计量", "mine": "个数", "theirs": "金额"} in response.context["conflict"]
    assert "正式合同，按金额计" in response.content.decode()
    rule.refresh_from_db()
    assert rule.version == 5


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"until_on": "2019-01-01"}, None),
        ({"measure": "persons"}, "measure"),
        ({"fact": "visit.outbound"}, "min_cny"),
        ({"led_by_top": "on"}, "led_by_top"),
        ({"min_cny": "-5"}, "min_cny"),
        ({"indicator": ""}, "indicator"),
    ],
)
def test_rule_that_could_not_hold_is_refused(client, desk, changed, field):
    response = client.post("/rules/new/", filled(desk, **changed))
    errors = response.context["form"].errors
    assert (field in errors) if field else errors
    assert CountingRule.objects.count() == 2


def test_indicator_fed_by_hand_is_no_choice(client, desk):
    typed = desk.lines["招商信息"].indicator_id
    assert "indicator" in client.post("/rules/new/", filled(desk, indicator=typed)).context["form"].errors


def test_only_editors_set_rules(client, desk):
    for role in (Role.CLERK, Role.VERIFIER, Role.LEADER):
        client.force_login(make_user(f"not-{role}", role, desk.district))
        assert client.get("/rules/").status_code == 403
        assert client.post("/rules/new/", filled(desk)).status_code == 403


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_gives_a_message_or_a_saved_rule(client, desk, junk):
    rule = rule_of(desk, "签约项目")
    for number, name in enumerate([*filled(desk), "in_cash", "led_by_top", "version"]):
        rule.refresh_from_db()
        sent = filled(desk, version=rule.version, nonce=f"n{number}") | {name: junk}
        response = client.post(f"/rules/{rule.pk}/", sent)
        assert response.status_code in {200, 302}
        if response.status_code == 200:
            assert response.context["form"].errors
    for name in ("indicator", "fact", "page"):
        assert client.get("/rules/", {name: junk}).status_code in {200, 404}


def test_list_costs_the_same_at_any_length(client, desk):
    client.get("/rules/")
    with CaptureQueriesContext(connection) as few:
        client.get("/rules/")
    for number in range(30):
        indicator = make_indicator(f"指标{number}", "个", fed_by=Indicator.Feed.FACTS)
        create_rule(
            indicator=indicator, fact="milestone.contract", measure="amount", from_on=date(2020, 1, 1),
            conditions={"min_amount": {"CNY": str(Decimal(number + 1))}}, by=User.objects.system(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get("/rules/")
    assert len(many) == len(few)
    assert len(few) <= 8
