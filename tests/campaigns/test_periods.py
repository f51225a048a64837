"""Months that close and open again."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from campaigns import actions, periods
from campaigns.actions.months import may_close
from campaigns.models import Period
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.audit import history
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    return make_drive()


@pytest.fixture
def editor(drive):
    return make_user("bian", Role.EDITOR, drive.organiser)


def test_an_editor_of_a_top_unit_closes_and_reopens_with_a_reason(editor):
    period = actions.close_month(month=day(8, 15), reason=" 通报已发 ", by=editor)
    assert (period.month, period.closed, period.reason) == (day(8), True, "通报已发")
    with pytest.raises(ValidationError, match="该月已封账"):
        actions.close_month(month=day(8), reason="再封", by=editor)
    period = actions.reopen_month(month=day(8), reason="补报", by=editor)
    assert not Period.objects.get().closed
    with pytest.raises(ValidationError, match="本来就是开放"):
        actions.reopen_month(month=day(8), reason="再开", by=editor)
    assert [row.reason for row in history(period)] == ["补报", " 通报已发 "]


def test_without_a_reason_or_the_role_a_month_stays_open(drive, editor):
    with pytest.raises(ValidationError, match="理由"):
        actions.close_month(month=day(8), reason="  ", by=editor)
    others = [
        make_user("chen", Role.CLERK, drive.organiser),
        make_user("ren", Role.VERIFIER, drive.organiser),
        make_user("zhen", Role.EDITOR, drive.units["甲镇"]),
    ]
    for other in others:
        assert not may_close(other)
        with pytest.raises(PermissionDenied):
            actions.close_month(month=day(8), reason="封", by=other)
    assert not Period.objects.filter(closed=True).exists()


def test_the_first_open_day_is_the_day_itself_or_the_next_open_month(editor):
    for month in (7, 8, 12):
        actions.close_month(month=day(month), reason="封", by=editor)
    with transaction.atomic():
        days = periods.OpenDays([day(6, 30), day(7, 31), day(9, 9), day(12, 5)])
        assert days.first_open(day(6, 30)) == day(6, 30)
        assert days.first_open(day(7, 31)) == day(9, 1)
        assert days.first_open(day(9, 9)) == day(9, 9)
        assert days.first_open(day(12, 5)) == day(1, year=2027)


def test_reopening_lets_a_figure_stand_on_its_own_day_again(drive, editor):
    actions.close_month(month=day(7), reason="封", by=editor)
    drive.add("招商信息", "甲镇", day(7, 3), 4)
    assert drive.done("招商信息", "甲镇", day(7, 31)) is None
    assert drive.done("招商信息", "甲镇", day(8, 1)) == 4
    actions.reopen_month(month=day(7), reason="补报", by=editor)
    drive.add("招商信息", "乙镇", day(7, 3), 4)
    assert drive.done("招商信息", "乙镇", day(7, 3)) == 4
