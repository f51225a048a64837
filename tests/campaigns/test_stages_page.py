"""The dated table of a campaign: typed, refused, read by the clock; free days read by the clock of working days."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Campaign, Holiday, Stage
from campaigns.standings import standings
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, owe, report, seat
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User


@pytest.fixture
def drive(db):
    """Return a drive of 92 days by its dated table, with two units that owe 50 and 50."""
    top = make_unit("示范区", Unit.Kind.DISTRICT)
    campaign = make_campaign(top, clock="stages")
    units = make_units(2, top)
    seat(campaign, *units)
    (campaign.line,) = count(campaign, make_indicator("招商信息"))
    owe(campaign, campaign.line, {top: 100, units[0]: 50, units[1]: 50})
    report(campaign, campaign.line, {units[0]: 30})
    campaign.refresh_from_db()
    return campaign


def table(client, drive, *rows, **more):
    """Send the table: rows of (day, percent, name)."""
    data = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
    for place, (on, share, name) in enumerate(rows):
        data |= {f"rows-{place}-on": on, f"rows-{place}-share": share, f"rows-{place}-name": name}
    version = Campaign.objects.get(pk=drive.pk).version
    return client.post(f"/campaigns/{drive.pk}/stages/", {"version": version, "nonce": "n1", **data, **more})


def test_table_is_typed_and_the_clock_follows_it(client, drive):
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    rows = [("2026-08-31", "60%", "第二阶段"), ("2026-07-31", "25", "第一阶段"), ("", "", "")]
    assert table(client, drive, *rows).url == f"/campaigns/{drive.pk}/setup/"
    assert list(Stage.objects.values_list("on", "share", "name")) == [
        (date(2026, 7, 31), Decimal("0.25"), "第一阶段"),
        (date(2026, 8, 31), Decimal("0.6"), "第二阶段"),
    ]
    assert AuditEntry.objects.get(action="campaign.stages_set").lines == [
        ("2026-07-31", "", "25% 第一阶段"),
        ("2026-08-31", "", "60% 第二阶段"),
    ]
    drive = Campaign.objects.select_related("organiser").get()
    for as_of, progress in ((date(2026, 8, 30), Fraction(1, 4)), (date(2026, 8, 31), Fraction(3, 5))):
        state = standings(drive, as_of)
        assert (state.time_progress, state.totals[state.columns[0].line_id].lead) == (
            progress,
            Fraction(30, 100) - progress,
        )
    assert "2026-07-31 前 25% 第一阶段" in client.get(f"/campaigns/{drive.pk}/setup/").content.decode()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("2026-06-30", "10", "")], "不在战役期间内"),
        ([("2026-07-31", "101", "")], "须在 0 至 100% 之间"),
        ([("2026-07-31", "60", ""), ("2026-08-31", "50", "")], "低于前一阶段"),
        ([("2026-07-31", "60", ""), ("2026-07-31", "60", "")], "同一天只能有一个"),
        ([("2026-07-31", "", "")], "请同时填写截止日期和应完成比例"),
        ([("2026-07-31", "甲", "")], "请更正表中标红的内容"),
    ],
)
def test_table_that_cannot_be_is_refused_and_nothing_is_stored(client, drive, rows, reason):
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    assert reason in table(client, drive, *rows).content.decode()
    assert not Stage.objects.exists()


def test_table_is_set_by_the_organiser_alone(drive):
    stages = [(date(2026, 7, 31), Decimal("0.5"), "")]
    with pytest.raises(PermissionDenied):
        actions.set_stages(campaign=drive, stages=stages, by=make_user("clerk", Role.CLERK, drive.organiser))
    actions.set_stages(campaign=drive, stages=stages, by=User.objects.system())
    with pytest.raises(ValidationError, match="不在战役期间内"):
        actions.set_stages(campaign=drive, stages=[(date(2027, 1, 1), Decimal(1), "")], by=User.objects.system())
    assert Stage.objects.count() == 1


def test_second_editor_of_the_table_sees_both_sides(client, drive):
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    actions.set_stages(campaign=drive, stages=[(date(2026, 7, 31), Decimal("0.5"), "")], by=User.objects.system())
    response = table(client, drive, ("2026-07-31", "40", ""), version=drive.version)
    assert response.context["conflict"] == [{"label": "2026-07-31", "mine": "40%", "theirs": "50%"}]


def test_clock_of_working_days_reads_the_table_of_holidays(drive, django_assert_num_queries):
    Holiday.objects.create(on=date(2026, 9, 25), works=False, name="中秋节")
    drive = Campaign.objects.select_related("organiser").get()
    drive.clock = "workday"
    with django_assert_num_queries(4):
        state = standings(drive, date(2026, 9, 25))
    assert state.time_progress == Fraction(62, 65)
