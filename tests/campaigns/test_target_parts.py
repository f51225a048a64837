"""A unit's targets shared out among persons, and due by stages."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Campaign, CampaignUnit, PersonTarget, TargetStage, TargetVersion
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe, seat
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User


@pytest.fixture
def drive(db):
    """Return a drive whose first of two townships owes 10 个 and 3 亿元."""
    top = make_unit("示范区", Unit.Kind.DISTRICT)
    campaign = make_campaign(top)
    campaign.towns = make_units(2, top)
    seat(campaign, *campaign.towns)
    count(
        campaign, make_indicator("签约项目", "个"), make_indicator("到位资金", "money"), measures={"到位资金": "亿元"}
    )
    campaign.deals, campaign.money = campaign.lines.all()
    owe(campaign, campaign.deals, {campaign.towns[0]: 10})
    owe(campaign, campaign.money, {campaign.towns[0]: 30000})
    return campaign


def url(drive, page, unit=None):
    return f"/campaigns/{drive.pk}/targets/{(unit or drive.towns[0]).pk}/{page}/"


def send(client, drive, page, *rows, unit=None, **more):
    """Send rows of (person or day, deals, money)."""
    data = {}
    for place, (key, deals, money) in enumerate(rows):
        data |= {f"k-{place}": key, f"p-{place}-{drive.deals.pk}": deals, f"p-{place}-{drive.money.pk}": money}
    version = client.get(url(drive, page, unit)).context["form"]["version"].value()
    return client.post(url(drive, page, unit), {"version": version, "nonce": "n1", **data, **more})


@pytest.mark.parametrize("role", [Role.CLERK, Role.EDITOR])
def test_unit_shares_its_targets_out_and_sees_what_is_left(client, drive, role):
    client.force_login(make_user("own", role, drive.towns[0]))
    rows = [("柳青", "4", "1.5"), ("松岭", "3", "1.5"), ("", "", "")]
    assert send(client, drive, "persons", *rows).url == url(drive, "persons")
    assert list(PersonTarget.objects.order_by("pk").values_list("line__indicator__name", "person", "amount")) == [
        ("签约项目", "柳青", 4),
        ("到位资金", "柳青", 15000),
        ("签约项目", "松岭", 3),
        ("到位资金", "松岭", 15000),
    ]
    assert client.get(url(drive, "persons")).context["sums"] == [
        ("10", "7，还有 3 没有分到人", "warn"),
        ("3", "3，与任务一致", "ok"),
    ]
    assert ("单位01 柳青 · 到位资金（亿元）", "", "1.5亿元") in AuditEntry.objects.get(
        action="campaign.persons_set"
    ).lines
    rows = [("柳青", "14", "")]
    assert send(client, drive, "persons", *rows, nonce="n2").status_code == 302
    assert PersonTarget.objects.values_list("person", "amount").get() == ("柳青", 14)
    assert client.get(url(drive, "persons")).context["sums"][0][1] == "14，超任务 4"


@pytest.mark.parametrize(
    ("page", "rows", "reason"),
    [
        ("persons", [("", "4", "")], "请填责任人"),
        ("persons", [("柳青", "4", ""), ("柳青", "3", "")], "责任人重复"),
        ("persons", [("柳青", "abc", "")], "无法读出“abc”"),
        ("persons", [("柳青", "-1", "")], "目标不能为负"),
        ("stages", [("2026-06-30", "1", "")], "不在战役期间内"),
        ("stages", [("甲", "1", "")], "输入一个有效的日期"),
        ("stages", [("2026-07-31", "1", ""), ("2026-07-31", "2", "")], "截止日期重复"),
    ],
)
def test_parts_that_cannot_be_are_marked_and_nothing_is_stored(client, drive, page, rows, reason):
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    assert reason in send(client, drive, page, *rows).content.decode()
    assert not PersonTarget.objects.exists()
    assert not TargetStage.objects.exists()


def test_stages_of_a_target_are_set_in_the_draft(client, drive):
    actions.issue_targets(
        campaign=drive, holds_from=date(2026, 7, 1), today=date(2026, 7, 1), by=User.objects.system()
    )
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    rows = [("2026-08-31", "6", "2亿"), ("2026-07-31", "3", "")]
    assert send(client, drive, "stages", *rows).url == url(drive, "stages")
    stages = TargetStage.objects.order_by("on", "pk")
    assert list(stages.values_list("target__version__number", "target__line__indicator__name", "on", "amount")) == [
        (2, "签约项目", date(2026, 7, 31), 3),
        (2, "签约项目", date(2026, 8, 31), 6),
        (2, "到位资金", date(2026, 8, 31), 20000),
    ]
    assert send(client, drive, "stages", *rows, nonce="n2").status_code == 302
    assert TargetVersion.objects.count() == 2
    assert AuditEntry.objects.filter(action="campaign.target_stages_set").count() == 1
    shown = client.get(url(drive, "stages")).content.decode()
    assert 'type="date" name="k-0" value="2026-07-31"' in shown


def test_second_clerk_sees_both_sides(client, drive):
    client.force_login(make_user("own", Role.CLERK, drive.towns[0]))
    seat_ = CampaignUnit.objects.get(unit=drive.towns[0])
    targets = {(drive.deals.pk, "柳青"): Decimal(5)}
    actions.set_person_targets(seat=seat_, targets=targets, by=User.objects.system())
    response = send(client, drive, "persons", ("柳青", "4", ""), version=1)
    assert response.context["conflict"] == [{"label": "柳青", "mine": "4个", "theirs": "5个"}]


def test_other_units_and_leaders_do_not_share_out(client, drive):
    client.force_login(make_user("neighbour", Role.CLERK, drive.towns[1]))
    assert client.get(url(drive, "persons")).status_code == 404
    assert client.get(url(drive, "stages")).status_code == 403
    client.force_login(make_user("leader", Role.LEADER, drive.towns[0]))
    assert client.get(url(drive, "persons")).status_code == 403
    clerk = make_user("clerk", Role.CLERK, drive.towns[1])
    with pytest.raises(PermissionDenied):
        actions.set_person_targets(seat=CampaignUnit.objects.get(unit=drive.towns[0]), targets={}, by=clerk)
    with pytest.raises(PermissionDenied):
        actions.set_target_stages(campaign=drive, unit=drive.towns[1], stages={}, by=clerk)


def test_parts_belong_to_targets_of_the_campaign(drive):
    by, held = User.objects.system(), CampaignUnit.objects.get(unit=drive.towns[0])
    with pytest.raises(ValidationError, match="考核指标"):
        actions.set_person_targets(seat=held, targets={(drive.money.pk + 99, "柳青"): Decimal(1)}, by=by)
    stages = {(drive.deals.pk, date(2026, 8, 1)): Decimal(1)}
    with pytest.raises(ValidationError, match="没有目标的指标"):
        actions.set_target_stages(campaign=drive, unit=drive.towns[1], stages=stages, by=by)


@pytest.mark.parametrize("page", ["persons", "stages"])
def test_parts_cost_the_same_at_any_length(client, drive, page, django_assert_max_num_queries):
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    client.get(url(drive, page))
    with django_assert_max_num_queries(10) as few:
        client.get(url(drive, page))
    by, unit = User.objects.system(), drive.towns[0]
    people = {(drive.deals.pk, f"责任人{n}"): Decimal(n) for n in range(30)}
    actions.set_person_targets(seat=CampaignUnit.objects.get(unit=unit), targets=people, by=by)
    days = {(drive.deals.pk, date(2026, 7, 1 + n)): Decimal(n) for n in range(30)}
    actions.set_target_stages(campaign=Campaign.objects.get(pk=drive.pk), unit=unit, stages=days, by=by)
    with django_assert_max_num_queries(10) as many:
        client.get(url(drive, page))
    assert len(many) == len(few)
