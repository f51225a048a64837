"""Targets by industry below a unit's target: set apart, and who is how far in each (R40)."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions as campaign_actions
from campaigns.models import Campaign, IndustryTarget
from campaigns.standings import standings
from projects.industries import industry_lines
from tests.factories import make_user
from tests.projects.factories import make_contract, make_desk, make_visit
from units.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """Return a desk where 商务局 owes signings, and three of them: two of industry (one in the 新能源 chain)."""
    desk = make_desk()
    desk.deals = desk.lines["签约项目"]
    owed = {(desk.deals.pk, desk.unit.pk): Decimal(5), (desk.deals.pk, desk.district.pk): Decimal(12)}
    campaign_actions.set_targets(campaign=desk.campaign, targets=owed, by=User.objects.system())
    for name, sector, chain in (("一期", "industry", "新能源"), ("二期", "industry", ""), ("三期", "services", "")):
        contract = make_contract(desk, name=name)
        contract.project.sector, contract.project.chain = sector, chain
        contract.project.save()
    return desk


@pytest.fixture
def editor(desk, client):
    user = make_user("targeteditor", Role.EDITOR, desk.district)
    client.force_login(user)
    return user


def fresh(desk):
    return Campaign.objects.select_related("organiser").get(pk=desk.campaign.pk)


def owe(desk, unit=None, **industries):
    """Set what a unit owes in industries of the signings."""
    campaign_actions.set_industry_targets(
        campaign=desk.campaign, unit=unit or desk.unit, by=User.objects.system(),
        targets={(desk.deals.pk, name): Decimal(amount) for name, amount in industries.items()},
    )  # fmt: skip


def told(desk, **more):
    state = standings(fresh(desk), desk.today)
    return [(row.unit, row.industry, row.target, row.done) for row in industry_lines(state, **more)]


def test_unit_is_measured_in_each_industry_by_its_projects(desk):
    owe(desk, 工业=3, 服务业=2, 新能源=2)
    owe(desk, unit=desk.district, 工业=10)
    make_visit(desk)
    assert told(desk) == [
        ("示范区", "工业", Decimal(10), Decimal(2)),
        ("商务局", "工业", Decimal(3), Decimal(2)),
        ("商务局", "服务业", Decimal(2), Decimal(1)),
        ("商务局", "新能源", Decimal(2), Decimal(1)),
    ]
    assert told(desk, unit_ids=[desk.district.pk]) == [("示范区", "工业", Decimal(10), Decimal(2))]


def test_industry_targets_go_with_the_version(desk):
    owe(desk, 工业=3)
    by = User.objects.system()
    campaign_actions.issue_targets(campaign=fresh(desk), holds_from=desk.campaign.starts_on, today=desk.today, by=by)
    owe(desk, 工业=4)
    assert told(desk)[0][2] == Decimal(3)
    assert IndustryTarget.objects.count() == 2


def test_industry_target_needs_a_target_and_is_not_negative(desk):
    with pytest.raises(ValidationError, match="没有目标的指标不能设产业目标"):
        campaign_actions.set_industry_targets(
            campaign=desk.campaign, unit=desk.unit, targets={(0, "工业"): Decimal(1)}, by=User.objects.system()
        )
    with pytest.raises(ValidationError, match="目标不能为负"):
        owe(desk, 工业=-1)


def page(desk):
    return f"/campaigns/{desk.campaign.pk}/targets/{desk.unit.pk}/industries/"


def test_editor_sets_industries_apart(client, desk, editor):
    form = client.get(page(desk)).context["form"]
    assert [str(line) for line in form.lines] == ["外出走访", "签约项目"]  # what is counted from facts
    assert form.options == ["工业", "农业", "服务业", "新能源"]
    body = {"version": fresh(desk).version, "nonce": "i", "k-0": "工业", f"p-0-{desk.deals.pk}": "3", "k-1": "采矿业"}
    response = client.post(page(desk), body)
    assert "没有“采矿业”这个产业" in response.content.decode()
    assert client.post(page(desk), body | {"k-1": "新能源", f"p-1-{desk.deals.pk}": "1"}).url == page(desk)
    assert told(desk) == [
        ("商务局", "工业", Decimal(3), Decimal(2)), ("商务局", "新能源", Decimal(1), Decimal(1)),
    ]  # fmt: skip
    shown = client.get(page(desk)).context["sums"]
    assert ("5", "4，还有 1 没有分到产业", "warn") in shown


def test_pages_show_who_is_how_far(client, desk, editor):
    owe(desk, 工业=4)
    rows = client.get(f"/campaigns/{desk.campaign.pk}/industries/").context["rows"]
    assert [(row["unit"], row["industry"], row["target"], row["done"], row["percent"]) for row in rows] == [
        ("商务局", "工业", "4 个", "2 个", "50%")
    ]
    assert "sector=industry" in rows[0]["projects_url"]
    unit = client.get(f"/campaigns/{desk.campaign.pk}/units/{desk.unit.pk}/")
    assert [row["industry"] for row in unit.context["industries"]] == ["工业"]


def test_progress_by_industry_costs_two_queries(desk):
    owe(desk, 工业=4)
    state = standings(fresh(desk), desk.today)
    for targets in ({"工业": 4}, {"工业": 4, "服务业": 1, "农业": 0, "新能源": 3}):
        owe(desk, **targets)
        with CaptureQueriesContext(connection) as caught:
            industry_lines(state)
        assert len(caught) == 2
