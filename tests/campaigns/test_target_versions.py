"""Quotas in versions: draft, issued, in force on a day with their weights and stages; thrown away."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Campaign, CampaignIndicator, Target, TargetStage, TargetVersion
from campaigns.standings import standings
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.audit import history
from units.models import Role, User


@pytest.fixture
def drive(db):
    """Return a drive by its first version: 甲镇 owes 10 and 10, 乙镇 20 and 10; both have done 6 and 5."""
    drive = make_drive("百日会战", indicators={"招商信息": "条", "签约": "个"}, starts=day(7), ends=day(9, 30))
    drive.owe("招商信息", 示范区=30, 甲镇=10, 乙镇=20)
    drive.owe("签约", 甲镇=10, 乙镇=10)
    drive.read("招商信息", day(7, 2), 甲镇=6, 乙镇=6)
    drive.read("签约", day(7, 2), 甲镇=5, 乙镇=5)
    issue(drive, day(7), "区招组〔2026〕1号")
    return drive


def issue(drive, holds_from, document="", **more):
    return actions.issue_targets(
        campaign=drive.campaign, holds_from=holds_from, today=day(8), document=document,
        **{"by": User.objects.system(), **more},
    )  # fmt: skip


def weigh(drive, **weights):
    lines = [
        {"indicator": indicator, "weight": Decimal(weights.get(name, 1))}
        for name, indicator in drive.indicators.items()
    ]
    actions.set_lines(campaign=drive.campaign, lines=lines, by=User.objects.system())


def scores(drive, as_of):
    """Return {unit: exact score} as of a day, and the target of 甲镇 for leads."""
    state = drive.standings(as_of)
    owed = state.lines[drive.units["甲镇"].pk, drive.lines["招商信息"]].target
    return owed, {score.unit: score.score for score in state.scores.values()}


FIRST = (Decimal(10), {"甲镇": Fraction(55), "乙镇": Fraction(40)})


def test_draft_holds_until_the_first_version_is_issued(db):
    drive = make_drive("会战", indicators={"招商信息": "条"}, starts=day(7), ends=day(9, 30))
    drive.owe("招商信息", 甲镇=10)
    assert scores(drive, day(7, 5))[0] == 10
    issue(drive, day(8))
    assert scores(drive, day(7, 5))[0] is None
    assert scores(drive, day(8))[0] == 10


def test_day_reads_the_targets_in_force_on_it(drive):
    drive.owe("招商信息", 甲镇=12)
    assert scores(drive, day(7, 31)) == scores(drive, day(8, 1)) == FIRST
    issue(drive, day(8), "区招组〔2026〕7号", note="年中调整")
    assert scores(drive, day(7, 31)) == FIRST
    assert scores(drive, day(8, 1)) == (Decimal(12), {"甲镇": Fraction(50), "乙镇": Fraction(40)})
    told = TargetVersion.objects.values_list("number", "document", "holds_from", "issued_on", "note")
    assert list(told) == [
        (2, "区招组〔2026〕7号", date(2026, 8, 1), date(2026, 8, 1), "年中调整"),
        (1, "区招组〔2026〕1号", date(2026, 7, 1), date(2026, 8, 1), ""),
    ]
    assert [row.what for row in history(drive.campaign)[:2]] == ["下达目标任务", "设定目标任务"]
    assert ("文号", "", "区招组〔2026〕7号") in history(drive.campaign)[0].lines


def test_day_reads_the_weights_in_force_on_it(drive):
    weigh(drive, 招商信息=3)
    assert scores(drive, day(8, 1)) == FIRST
    issue(drive, day(8))
    assert scores(drive, day(7, 31)) == FIRST
    assert scores(drive, day(8, 1))[1] == {"甲镇": Fraction(230, 4), "乙镇": Fraction(140, 4)}


def test_thrown_away_draft_gives_targets_and_weights_back(drive):
    drive.owe("招商信息", 甲镇=12)
    weigh(drive, 招商信息=3)
    actions.discard_targets(campaign=drive.campaign, by=User.objects.system())
    assert set(CampaignIndicator.objects.values_list("weight", flat=True)) == {Decimal(1)}
    assert Target.objects.working(drive.campaign).get(line=drive.lines["招商信息"], unit__name="甲镇").amount == 10
    assert TargetVersion.objects.count() == 1
    with pytest.raises(ValidationError, match="没有可以放弃的修改"):
        actions.discard_targets(campaign=drive.campaign, by=User.objects.system())


def test_change_of_nothing_opens_no_draft(drive):
    drive.owe("招商信息", 甲镇=10)
    assert TargetVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("holds_from", "reason"),
    [(day(6, 30), "须在战役期间内"), (day(10), "须在战役期间内"), (day(7, 31), "不能早于第 2 版的 2026-08-01")],
)
def test_version_that_cannot_hold_is_refused(drive, holds_from, reason):
    drive.owe("招商信息", 甲镇=12)
    issue(drive, day(8))
    drive.owe("招商信息", 甲镇=13)
    with pytest.raises(ValidationError, match=reason):
        issue(drive, holds_from)
    assert TargetVersion.objects.filter(issued_on=None).count() == 1


def test_nothing_changed_is_not_issued(drive):
    with pytest.raises(ValidationError, match="没有待下达的修改"):
        issue(drive, day(8))


def test_versions_are_issued_and_thrown_away_by_the_organiser_alone(drive):
    clerk = make_user("clerk", Role.CLERK, drive.organiser)
    drive.owe("招商信息", 甲镇=12)
    with pytest.raises(PermissionDenied):
        issue(drive, day(8), by=clerk)
    with pytest.raises(PermissionDenied):
        actions.discard_targets(campaign=drive.campaign, by=clerk)


def test_indicator_of_an_issued_version_stays(drive):
    drive.owe("签约", 甲镇=None, 乙镇=None)
    only = [{"indicator": drive.indicators["招商信息"]}]
    with pytest.raises(ValidationError, match="已在第 1 版下达过目标"):
        actions.set_lines(campaign=drive.campaign, lines=only, by=User.objects.system())


def test_clock_of_stages_measures_a_target_by_its_own(drive):
    actions.change_campaign(campaign=drive.campaign, clock=Campaign.Clock.STAGES, by=User.objects.system())
    stages = [(day(7, 31), Decimal("0.4"), "")]
    actions.set_stages(campaign=drive.campaign, stages=stages, by=User.objects.system())
    target = Target.objects.get(line=drive.lines["招商信息"], unit__name="甲镇")
    TargetStage.objects.create(target=target, on=day(7, 31), amount=Decimal(8))
    drive.owe("招商信息", 乙镇=22)
    issue(drive, day(8))
    assert list(TargetStage.objects.values_list("target__version__number", "amount").order_by("pk")) == [
        (1, 8),
        (2, 8),
    ]
    drive.campaign.refresh_from_db()
    for as_of, first, second in (
        (day(7, 30), (Fraction(0), ""), (Fraction(0), "")),
        (day(7, 31), (Fraction(8, 10), "yellow"), (Fraction(4, 10), "yellow")),
        (day(9, 30), (Fraction(1), "red"), (Fraction(1), "red")),
    ):
        state = standings(drive.campaign, as_of)
        lines = [state.lines[drive.units[name].pk, drive.lines["招商信息"]] for name in ("甲镇", "乙镇")]
        assert [(line.time_progress, line.light) for line in lines] == [first, second]


@pytest.mark.parametrize("many", [1, 8])
def test_standings_cost_the_same_with_many_versions(drive, many, django_assert_num_queries):
    for number in range(many):
        drive.owe("招商信息", 甲镇=11 + number)
        issue(drive, day(8, 1 + number))
    campaign = Campaign.objects.select_related("organiser").get()
    with django_assert_num_queries(3):
        assert standings(campaign, day(9)).lines[drive.units["甲镇"].pk, drive.lines["招商信息"]].target == 10 + many
