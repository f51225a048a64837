"""A unit's page: what is due by which day and what comes next, and who of the unit takes on how much."""

from decimal import Decimal

import pytest

from campaigns import actions
from campaigns.models import Campaign, CampaignUnit
from reports.unit_plan import PersonRow, StageRow, person_table, stage_rows
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from tests.reports.factories import make_told_drive
from units.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive():
    """Return a drive where 甲镇 owes 10 条 and 5 亿元, of which it has 9 and 4.2."""
    return make_told_drive()


def due(drive, unit, **amounts):
    """Set stages: month and day as m8_31=amount, of 招商信息."""
    stages = {
        (drive.lines["招商信息"], day(*(int(part) for part in name[1:].split("_")))): Decimal(amount)
        for name, amount in amounts.items()
    }
    campaign = Campaign.objects.get(pk=drive.campaign.pk)
    actions.set_target_stages(campaign=campaign, unit=drive.unit(unit), stages=stages, by=User.objects.system())


def test_stages_say_what_is_reached_what_is_late_and_what_comes_next(drive):
    due(drive, "甲镇", m8_31=9, m9_10=10, m9_25=11, m9_30=14)
    rows = stage_rows(drive.standings(day(9, 16)), drive.units["甲镇"].pk)
    assert rows == [
        StageRow("招商信息", day(8, 31), "9 条", "9 条", "已达到", "ok", False),
        StageRow("招商信息", day(9, 10), "10 条", "9 条", "已到期，差 1 条", "bad", False),
        StageRow("招商信息", day(9, 25), "11 条", "9 条", "还有 9 天，差 2 条", "warn", True),
        StageRow("招商信息", day(9, 30), "14 条", "9 条", "未到期，差 5 条", "muted", False),
    ]


def test_unit_without_stages_shows_none(drive):
    due(drive, "甲镇", m8_31=9)
    assert stage_rows(drive.standings(day(9, 16)), drive.units["乙镇"].pk) == []


def test_campaigns_own_table_stands_in_for_stages(db):
    drive = make_drive(clock="stages")
    drive.owe("招商信息", 甲镇=10)
    drive.add("招商信息", "甲镇", day(7, 10), 4)
    stages = [(day(7, 31), Decimal("0.3"), ""), (day(8, 31), Decimal("0.6"), "")]
    actions.set_stages(campaign=drive.campaign, stages=stages, by=User.objects.system())
    rows = stage_rows(drive.standings(day(8, 1)), drive.units["甲镇"].pk)
    assert [(row.on, row.due, row.told, row.is_next) for row in rows] == [
        (day(7, 31), "3 条", "已达到", False),
        (day(8, 31), "6 条", "还有 30 天，差 2 条", True),
    ]


def take_on(drive, **targets):
    seat = CampaignUnit.objects.get(campaign=drive.campaign, unit=drive.units["甲镇"])
    wanted = {(drive.lines["招商信息"], person): Decimal(amount) for person, amount in targets.items()}
    actions.set_person_targets(seat=seat, targets=wanted, by=User.objects.system())


def test_persons_stand_with_what_they_take_on_and_the_sum(drive):
    take_on(drive, 周凯=4, 陈芸=3)
    heads, people, sums = person_table(drive.standings(day(9, 16)), drive.units["甲镇"].pk)
    assert heads == ("招商信息（条）",)
    assert people == [PersonRow("周凯", ("4",)), PersonRow("陈芸", ("3",))]
    assert sums == PersonRow("合计", ("7 / 任务 10（70%）",))


def test_page_shows_both_and_persons_only_to_the_units_own(client, drive):
    due(drive, "甲镇", m9_25=11)
    take_on(drive, 周凯=4)
    page = f"/campaigns/{drive.campaign.pk}/units/{drive.units['甲镇'].pk}/"
    for unit, people in (("甲镇", 1), ("乙镇", 0), ("示范区", 1)):
        client.force_login(make_user(f"leader{unit}", Role.LEADER, drive.unit(unit)))
        response = client.get(page, {"as_of": "2026-09-16"})
        assert [row.told for row in response.context["stages"]] == ["还有 9 天，差 2 条"]
        assert len(response.context["people"][1]) == people
        assert ("周凯" in response.content.decode()) == bool(people)
