"""Setting up: who may, what is refused, what the trail keeps."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Campaign, CampaignUnit, Indicator, Target
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit, make_user
from units.audit import history
from units.models import AuditEntry, Role, Unit, User
from units.versions import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    return make_drive()


@pytest.fixture
def editor(drive):
    return make_user("bian", Role.EDITOR, drive.organiser)


def seats(drive):
    """Return the roster as it would be set."""
    return [
        {"unit": seat.unit, "group": seat.group, "leader": seat.leader}
        for seat in drive.campaign.roster.select_related("unit")
    ]


def trail():
    """Return the actions that the trail holds, the newest first."""
    return list(AuditEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("role", [Role.CLERK, Role.VERIFIER, Role.LEADER, Role.SYSTEM_ADMIN])
def test_only_editors_of_the_organiser_set_up(drive, role):
    other = make_user("bie", role, drive.organiser)
    outside = make_user("wai", Role.EDITOR, drive.units["甲镇"])
    before = trail()
    for by in (other, outside):
        for write in (
            lambda by: actions.create_campaign(
                organiser=drive.organiser, name="新", starts_on=day(1), ends_on=day(2), by=by
            ),
            lambda by: actions.change_campaign(campaign=drive.campaign, name="新", by=by),
            lambda by: actions.set_roster(campaign=drive.campaign, seats=[], by=by),
            lambda by: actions.set_lines(campaign=drive.campaign, lines=[], by=by),
            lambda by: actions.set_targets(campaign=drive.campaign, targets={}, by=by),
        ):
            with pytest.raises(PermissionDenied):
                write(by)
    with pytest.raises(PermissionDenied):
        actions.create_indicator(name="新", dimension="条", by=other)
    assert trail() == before
    assert Campaign.objects.count() == 1


def test_an_editor_sets_up_a_campaign(drive, editor):
    campaign = actions.create_campaign(
        organiser=drive.organiser, name="活动月", starts_on=day(10), ends_on=day(10, 31), by=editor
    )
    assert (campaign.clock, campaign.score_cap, campaign.green_at, campaign.yellow_at) == (
        "day",
        1,
        1,
        Decimal("0.7"),
    )
    assert trail()[0] == "campaign.created"


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "百日会战"},
        {"name": ""},
        {"name": "新", "ends_on": day(6, 30)},
        {"name": "新", "green_at": Decimal("0.5")},
        {"name": "新", "clock": "hour"},
    ],
)
def test_a_campaign_that_cannot_be_is_refused(drive, editor, facts):
    with pytest.raises(ValidationError):
        actions.create_campaign(
            **{"organiser": drive.organiser, "starts_on": day(7, 1), "ends_on": day(9, 30), **facts}, by=editor
        )
    assert Campaign.objects.count() == 1


def test_dates_that_leave_figures_outside_are_refused_and_a_new_start_keeps_every_reading(drive, editor):
    drive.add("招商信息", "甲镇", day(7, 3), 4)
    drive.read("招商信息", day(7, 9), 甲镇=10)
    with pytest.raises(ValidationError, match="2026-07-03"):
        actions.change_campaign(campaign=drive.campaign, starts_on=day(7, 5), by=editor)
    year = make_drive("全年", starts=day(1), ends=day(12, 31))
    year.add("招商信息", "甲镇", day(6, 15), 3)
    actions.change_campaign(campaign=drive.campaign, starts_on=day(6, 1), by=editor)
    assert drive.done("招商信息", "甲镇", day(7, 8)) == 7
    assert drive.done("招商信息", "甲镇", day(7, 9)) == 10
    assert year.done("招商信息", "甲镇", day(7, 9)) == 10


def test_dates_that_overlap_another_campaign_s_readings_are_refused(drive, editor):
    drive.read("招商信息", day(7, 9), 甲镇=10)
    autumn = make_drive("金秋", starts=day(10), ends=day(10, 31))
    autumn.read("招商信息", day(10, 9), 甲镇=1)
    with pytest.raises(ValidationError, match="金秋"):
        actions.change_campaign(campaign=drive.campaign, ends_on=day(10, 15), by=editor)
    assert Campaign.objects.get(name="百日会战").ends_on == day(9, 30)


def test_a_second_editor_with_an_older_version_is_refused(drive, editor):
    version = Campaign.objects.get().version
    actions.change_campaign(campaign=drive.campaign, score_cap=Decimal(2), version=version, by=editor)
    for write, facts in (
        (actions.change_campaign, {"score_cap": Decimal(3)}),
        (actions.set_roster, {"seats": []}),
        (actions.set_lines, {"lines": []}),
        (actions.set_targets, {"targets": {}}),
    ):
        with pytest.raises(Conflict):
            write(campaign=drive.campaign, version=version, by=editor, **facts)
    assert Campaign.objects.get().score_cap == 2


# --- roster -------------------------------------------------------------------------------------


def test_the_roster_is_set_in_order_and_its_changes_are_told(drive, editor):
    new = make_unit("丁镇", Unit.Kind.TOWNSHIP, drive.organiser)
    held = seats(drive)
    actions.set_roster(
        campaign=drive.campaign,
        seats=[{"unit": new, "group": "园区", "leader": "书记"}, {**held[0], "group": "园区"}],
        by=editor,
    )
    rows = CampaignUnit.objects.values_list("unit__name", "group", "leader", "order")
    assert list(rows) == [("丁镇", "园区", "书记", 1), ("甲镇", "园区", "", 2)]
    assert sorted(history(Campaign.objects.get())[0].lines) == [
        ("丁镇", "", "园区 书记"),
        ("乙镇", "列入", "移出"),
        ("甲镇", "乡镇", "园区"),
    ]


def test_a_roster_that_does_not_change_leaves_no_trail(drive, editor):
    before, version = trail(), Campaign.objects.get().version
    actions.set_roster(campaign=drive.campaign, seats=seats(drive), by=editor)
    assert (trail(), Campaign.objects.get().version) == (before, version)


def test_a_unit_twice_one_that_owes_and_one_of_another_tree_are_refused(drive, editor):
    held = seats(drive)
    drive.owe("招商信息", 乙镇=3)
    foreign = make_unit("外区")
    for wanted, reason in (
        ([*held, held[0]], "出现了两次"),
        (held[:1], "乙镇 还有目标任务"),
        ([*held, {"unit": foreign}], "不在同一个组织树"),
    ):
        with pytest.raises(ValidationError, match=reason):
            actions.set_roster(campaign=drive.campaign, seats=wanted, by=editor)
    assert seats(drive) == held


# --- lines and targets --------------------------------------------------------------------------


def test_an_indicator_that_is_owed_stays_and_what_is_not_told_is_kept(drive, editor):
    drive.owe("招商信息", 甲镇=3)
    new = actions.create_indicator(name="走访", dimension="家", by=editor)
    with pytest.raises(ValidationError, match="还有目标任务"):
        actions.set_lines(campaign=drive.campaign, lines=[{"indicator": new, "measure": "家"}], by=editor)
    actions.set_lines(
        campaign=drive.campaign,
        lines=[
            {"indicator": new, "measure": "家", "weight": Decimal(3), "basis": "recognised"},
            {"indicator": drive.indicators["招商信息"]},
        ],
        by=editor,
    )
    rows = drive.campaign.lines.values_list("indicator__name", "measure", "weight", "basis")
    assert list(rows) == [("走访", "家", 3, "recognised"), ("招商信息", "条", 1, "reported")]
    assert history(Campaign.objects.get())[0].lines == [("走访", "", "家 认定 3")]
    with pytest.raises(ValidationError):
        actions.set_lines(
            campaign=drive.campaign,
            lines=[{"indicator": drive.indicators["招商信息"], "weight": Decimal(-1)}],
            by=editor,
        )


def test_targets_are_set_changed_and_taken_away(drive, editor):
    line, unit, other = drive.lines["招商信息"], drive.units["甲镇"].pk, drive.units["乙镇"].pk

    def put(**more):
        return actions.set_targets(campaign=drive.campaign, by=editor, **more)

    assert put(targets={(line, unit): (Decimal(5), Decimal(8)), (line, other): Decimal(2)}) == 2
    assert put(targets={(line, unit): (Decimal(5), Decimal(8)), (line, other): Decimal(2)}) == 0
    assert put(targets={(line, unit): Decimal(6), (line, other): None, (line, drive.organiser.pk): Decimal(9)}) == 3
    rows = set(Target.objects.values_list("unit__name", "amount", "stretch"))
    assert rows == {("甲镇", 6, None), ("示范区", 9, None)}
    assert sorted(history(Campaign.objects.get())[0].lines) == [
        ("乙镇 · 招商信息", "2条", ""),
        ("甲镇 · 招商信息", "5条，力争 8条", "6条"),
        ("示范区 · 招商信息", "", "9条"),
    ]


def test_indicators_of_one_name_are_told_apart_in_the_trail(editor):
    drive = make_drive("签约月", indicators={"签约": "个"}, starts=day(10), ends=day(10, 31))
    money = actions.create_indicator(name="签约", dimension="money", by=editor)
    lines = [{"indicator": drive.indicators["签约"]}, {"indicator": money, "measure": "亿元"}]
    actions.set_lines(campaign=drive.campaign, lines=lines, by=editor)
    unit = drive.units["甲镇"].pk
    targets = {(line.pk, unit): Decimal(3) for line in drive.campaign.lines.all()}
    assert actions.set_targets(campaign=drive.campaign, targets=targets, by=editor) == 2
    assert sorted(row[0] for row in history(drive.campaign)[0].lines) == ["甲镇 · 签约", "甲镇 · 签约（亿元）"]


def test_targets_that_cannot_be_are_refused_and_nothing_is_stored(drive, editor):
    line, unit = drive.lines["招商信息"], drive.units["甲镇"].pk
    stranger = make_unit("外镇", Unit.Kind.TOWNSHIP, drive.organiser)
    for place, value, reason in (
        ((line, unit), Decimal(-1), "不能为负"),
        ((line, unit), (Decimal(5), Decimal(4)), "力争目标不能低于确保目标"),
        ((line, stranger.pk), Decimal(1), "参战单位"),
        ((line + 999, unit), Decimal(1), "考核指标"),
        ((line, unit), Decimal("0.0000001"), "6 位小数"),
    ):
        with pytest.raises(ValidationError, match=reason):
            actions.set_targets(
                campaign=drive.campaign, targets={(line, drive.organiser.pk): Decimal(1), place: value}, by=editor
            )
    assert not Target.objects.exists()


def test_an_indicator_is_known_by_name_and_dimension(drive, editor):
    with pytest.raises(ValidationError, match="已有同名同量纲"):
        actions.create_indicator(name="招商信息", dimension="条", by=editor)
    with pytest.raises(ValidationError, match="分子和分母"):
        actions.create_indicator(name="开工率", dimension="%", kind="ratio", by=editor)
    with pytest.raises(ValidationError, match="自己的其中项"):
        actions.change_indicator(
            indicator=drive.indicators["招商信息"], part_of=drive.indicators["招商信息"], by=editor
        )
    assert Indicator.objects.count() == 1


def test_what_feeds_an_indicator_stays_once_it_has_figures(drive, editor):
    indicator = drive.indicators["招商信息"]
    actions.change_indicator(indicator=indicator, fed_by="facts", by=editor)
    actions.change_indicator(indicator=indicator, fed_by="tally", by=editor)
    drive.add("招商信息", "甲镇", day(7, 3), 4)
    for facts in ({"fed_by": "facts"}, {"kind": "level"}, {"dimension": "家"}):
        with pytest.raises(ValidationError, match="不能再改"):
            actions.change_indicator(indicator=indicator, by=editor, **facts)
    assert actions.change_indicator(indicator=indicator, name="线索", by=User.objects.system()).name == "线索"
