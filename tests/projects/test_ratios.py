"""The usual ratios: added with the indicators they are made of, in templates as well (R36)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions as campaign_actions
from campaigns.models import Campaign, Indicator
from campaigns.standings import standings
from projects import campaign_templates
from projects.actions import create_event, set_attendance, start_campaign, start_ratio
from projects.models import CountingRule
from tests.factories import make_unit, make_user
from tests.projects.factories import make_contract, make_desk, make_milestone
from units.models import Role, User

pytestmark = pytest.mark.django_db
RATIOS = ("履约率", "开工率", "资金到位率", "投产率", "贡献率")


@pytest.fixture
def desk():
    return make_desk()


def test_ratio_is_added_with_its_parts_and_their_rules(client, desk, django_capture_on_commit_callbacks):
    client.force_login(make_user("ratioeditor", Role.EDITOR, desk.district))
    rows = client.get("/indicators/ratios/").context["rows"]
    assert tuple(row[0] for row in rows) == RATIOS
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/indicators/ratios/arrival/", {"since": "2020-01-01", "nonce": "r"})
    assert response.url == "/indicators/"
    ratio = Indicator.objects.get(name="资金到位率")
    assert (str(ratio.numerator), str(ratio.denominator)) == ("招商引资到位资金", "签约合同资金")
    assert CountingRule.objects.get(indicator=ratio.numerator).in_words == "资金到位，按金额计"
    again = client.post("/indicators/ratios/arrival/", {"since": "2020-01-01", "nonce": "r2"})
    assert "已有指标“资金到位率”" in again.content.decode()
    assert client.get("/indicators/ratios/etc/").status_code == 404


def test_fulfilment_divides_contracts_with_funds_by_all(desk, django_capture_on_commit_callbacks):
    by = User.objects.system()
    with django_capture_on_commit_callbacks(execute=True):
        ratio = start_ratio(ratio=campaign_templates.known_ratios()["履约率"], since=date(2020, 1, 1), by=by)
    kept, _broken = make_contract(desk, name="一期"), make_contract(desk, name="二期")
    make_milestone(desk, kept.project, "funding", amount=Decimal(100))
    held = [{"indicator": line.indicator, "measure": line.measure} for line in desk.lines.values()]
    campaign_actions.set_lines(campaign=desk.campaign, lines=[*held, {"indicator": ratio, "measure": "%"}], by=by)
    state = standings(Campaign.objects.select_related("organiser").get(pk=desk.campaign.pk), desk.today)
    line = desk.campaign.lines.get(indicator=ratio)
    assert state.totals[line.pk].done == Decimal(50)


def test_ratio_is_an_editors(desk):
    with pytest.raises(PermissionDenied):
        start_ratio(ratio=campaign_templates.known_ratios()["开工率"], since=date(2020, 1, 1), by=desk.clerk)
    campaign_actions.create_indicator(name="开工率", dimension="%", kind="level", by=User.objects.system())
    with pytest.raises(ValidationError, match="已有指标“开工率”"):
        start_ratio(
            ratio=campaign_templates.known_ratios()["开工率"], since=date(2020, 1, 1), by=User.objects.system()
        )


def test_templates_offer_every_ratio_and_attendance(desk):
    offered = {row.name for template in campaign_templates.all_templates() for row in template.indicators}
    assert {*RATIOS, "参加招商活动"} <= offered


def test_attendance_at_events_is_counted_by_a_template(django_capture_on_commit_callbacks):
    top = make_unit("示范区")
    town = make_unit("甲镇", "township", top)
    by = User.objects.system()
    with django_capture_on_commit_callbacks(execute=True):
        campaign = start_campaign(
            template=campaign_templates.load("activity_month"), name="活动月", organiser=top,
            starts_on=date(2026, 9, 1), with_targets=True, by=by,
        )  # fmt: skip
    event = create_event(name="秋季推介会", on=date(2026, 9, 10), by=by)
    set_attendance(event=event, unit=town, heads=3, by=by)
    line = campaign.lines.get(indicator__name="参加招商活动")
    state = standings(Campaign.objects.select_related("organiser").get(pk=campaign.pk), date(2026, 9, 30))
    assert state.lines[town.pk, line.pk].done == Decimal(1)
