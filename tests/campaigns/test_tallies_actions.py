"""Entering figures, correcting them, taking them back, recognising them: who may, when, and what is posted."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Entry, Tally
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit, make_user
from units.actions import grant_role
from units.models import AuditEntry, Role, Unit, User
from units.versions import Conflict

pytestmark = pytest.mark.django_db
END = day(9, 30)


@pytest.fixture
def drive(db):
    return make_drive()


@pytest.fixture
def clerk(drive):
    return make_user("chen", Role.CLERK, drive.units["甲镇"])


@pytest.fixture
def verifier(drive):
    return make_user("ren", Role.VERIFIER, drive.organiser)


def both(drive, as_of=END, unit="甲镇"):
    """Return the figure on each basis."""
    return drive.done("招商信息", unit, as_of), drive.done("招商信息", unit, as_of, "recognised")


def trail(tally):
    """Return the newest row of the trail about a figure."""
    return AuditEntry.objects.filter(object_id=tally.pk, action__startswith="tally").latest("pk")


def stored():
    """Count what a refused write must leave alone."""
    return Tally.objects.count(), Entry.objects.count(), AuditEntry.objects.filter(action__startswith="tally").count()


# --- entering -----------------------------------------------------------------------------------


def test_a_clerk_enters_for_the_own_unit_and_those_below(drive, clerk):
    drive.units["甲镇招商办"] = make_unit("甲镇招商办", Unit.Kind.DEPARTMENT, drive.units["甲镇"])
    tally = drive.add("招商信息", "甲镇", day(7, 3), 5, clerk, note="园区来访", today=day(7, 3))
    drive.add("招商信息", "甲镇招商办", day(7, 4), 2, clerk)
    assert both(drive) == (7, None)
    assert (tally.recognition, tally.recorded_by, tally.note) == ("waiting", clerk, "园区来访")
    row = trail(tally)
    assert (row.action, row.by) == ("tally.created", clerk)
    assert ("数值", "", "5") in row.lines


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.EDITOR, Role.LEADER, Role.SYSTEM_ADMIN])
def test_other_roles_store_nothing(drive, role):
    other = make_user("bie", role, drive.organiser)
    with pytest.raises(PermissionDenied):
        drive.add("招商信息", "甲镇", day(7, 3), 5, other)
    assert stored() == (0, 0, 0)


def test_a_clerk_of_another_unit_stores_nothing(drive, clerk):
    tally = drive.add("招商信息", "乙镇", day(7, 3), 5)
    before = stored()
    with pytest.raises(PermissionDenied):
        drive.add("招商信息", "乙镇", day(7, 3), 5, clerk)
    with pytest.raises(PermissionDenied):
        actions.correct_tally(tally=tally, amount=Decimal(1), on=day(7, 3), reason="改", by=clerk)
    with pytest.raises(PermissionDenied):
        actions.withdraw_tally(tally=tally, reason="撤", by=clerk)
    with pytest.raises(PermissionDenied):
        actions.recognise_tally(tally=tally, verdict="full", on=day(7, 3), by=clerk)
    assert stored() == before


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"on": day(6, 30)}, "2026-07-01 至 2026-09-30"),
        ({"on": day(10, 1)}, "2026-07-01 至 2026-09-30"),
        ({"on": day(7, 4), "today": day(7, 3)}, "不能晚于今天"),
        ({"on": day(7, 3), "amount": -1}, "不能为负"),
        ({"on": day(8, 3)}, "2026年08月 已封账"),
        ({"on": day(7, 3), "unit": "外镇"}, "不在该战役的参战名单"),
        ({"on": day(7, 3), "indicator": "别的"}, "不是该战役的考核指标"),
        ({"on": day(7, 3), "indicator": "签约"}, "台账事实"),
        ({"on": day(7, 3), "indicator": "增速"}, "水平值"),
        ({"on": day(7, 9)}, "这一天已报累计数 9"),
        ({"on": day(7, 9), "is_reading": True}, "这一天已有累计数"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(facts, reason):
    drive = make_drive(
        indicators={"招商信息": "条", "签约": "个", "增速": "%"},
        kinds={"签约": {"fed_by": "facts"}, "增速": {"kind": "level"}},
    )
    by = make_user("chen", Role.CLERK, drive.organiser)
    drive.units["外镇"] = make_unit("外镇", Unit.Kind.TOWNSHIP, drive.organiser)
    drive.indicators["别的"] = actions.create_indicator(name="别的", dimension="条", by=User.objects.system())
    drive.read("招商信息", day(7, 9), 甲镇=9)
    actions.close_month(month=day(8), reason="已通报", by=User.objects.system())
    before = stored()
    with pytest.raises(ValidationError) as caught:
        drive.add(**{"indicator": "招商信息", "unit": "甲镇", "amount": 5, "by": by, **facts})
    assert reason in "".join(caught.value.messages)
    assert stored() == before


def test_nothing_new_may_be_reported_on_a_day_with_a_reading(drive, clerk):
    drive.read("招商信息", day(7, 9), 甲镇=9)
    drive.add("招商信息", "甲镇", day(7, 9), 0, clerk)
    assert drive.done("招商信息", "甲镇", day(7, 9)) == 9


def test_a_person_s_reading_counts_from_the_start_and_absorbs_what_comes_before(drive, clerk):
    drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    drive.add("招商信息", "甲镇", day(7, 9), 10, clerk, is_reading=True)
    drive.add("招商信息", "甲镇", day(7, 5), 2, clerk)
    drive.add("招商信息", "甲镇", day(7, 12), 1, clerk)
    assert [drive.done("招商信息", "甲镇", day(7, n)) for n in (3, 5, 8, 9, 12)] == [4, 6, 6, 10, 11]


# --- correcting and taking back -----------------------------------------------------------------


def test_a_correction_moves_the_figure_and_keeps_both_in_the_trail(drive, clerk):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    drive.add("招商信息", "甲镇", day(7, 9), 10, clerk, is_reading=True)
    corrected = actions.correct_tally(
        tally=tally, amount=Decimal(6), on=day(7, 5), reason="漏报", by=clerk, version=1
    )
    assert (corrected.version, corrected.amount, corrected.on) == (2, 6, day(7, 5))
    assert [drive.done("招商信息", "甲镇", day(7, n)) for n in (3, 5, 9)] == [None, 6, 10]
    row = trail(tally)
    assert (row.action, row.reason) == ("tally.changed", "漏报")
    assert ("数值", "4", "6") in row.lines
    assert ("日期", "2026-07-03", "2026-07-05") in row.lines


def test_an_older_version_is_refused_with_the_record_as_it_stands(drive, clerk):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    change = {"tally": tally, "on": day(7, 3), "reason": "改", "by": clerk, "version": 1}
    actions.correct_tally(amount=Decimal(6), **change)
    with pytest.raises(Conflict) as caught:
        actions.correct_tally(amount=Decimal(7), **change)
    assert caught.value.current.amount == 6
    with pytest.raises(Conflict):
        actions.withdraw_tally(tally=tally, reason="撤", by=clerk, version=1)
    assert both(drive) == (6, None)


def test_corrections_and_withdrawals_need_a_reason(drive, clerk):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    with pytest.raises(ValidationError, match="更正理由"):
        actions.correct_tally(tally=tally, amount=Decimal(6), on=day(7, 3), reason=" ", by=clerk)
    with pytest.raises(ValidationError, match="撤回理由"):
        actions.withdraw_tally(tally=tally, reason="", by=clerk)
    assert both(drive) == (4, None)


def test_a_withdrawn_figure_is_reported_no_more_and_cannot_be_touched(drive, clerk, verifier):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    actions.withdraw_tally(tally=tally, reason="重复", by=clerk)
    assert both(drive) == (None, None)
    with pytest.raises(ValidationError, match="已撤回"):
        actions.correct_tally(tally=tally, amount=Decimal(6), on=day(7, 3), reason="改", by=clerk)
    with pytest.raises(ValidationError, match="已撤回"):
        actions.withdraw_tally(tally=tally, reason="再撤", by=clerk)
    with pytest.raises(ValidationError, match="已撤回"):
        actions.recognise_tally(tally=tally, verdict="full", on=day(7, 4), by=verifier)
    assert [entry.sign for entry in Entry.objects.order_by("pk")] == [1, -1]


# --- recognising --------------------------------------------------------------------------------


def test_recognised_in_full_counts_from_its_own_day(drive, clerk, verifier):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    tally = actions.recognise_tally(tally=tally, verdict="full", on=day(7, 20), number=" 第3期 ", by=verifier)
    assert both(drive, day(7, 19)) == (4, None)
    assert both(drive, day(7, 20)) == (4, 4)
    assert (tally.recognised_by, tally.recognised_number, tally.recognised_amount) == (verifier, "第3期", 4)


def test_recognised_for_less_or_not_at_all_needs_a_reason(drive, clerk, verifier):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    settle = {"tally": tally, "on": day(7, 20), "by": verifier}
    for verdict in ("reduced", "refused", "waiting"):
        with pytest.raises(ValidationError, match="须写明理由"):
            actions.recognise_tally(verdict=verdict, amount=Decimal(1), **settle)
    for amount in (Decimal(4), Decimal(5), Decimal(-1)):
        with pytest.raises(ValidationError, match="须小于上报数 4"):
            actions.recognise_tally(verdict="reduced", amount=amount, reason="重复", **settle)
    with pytest.raises(ValidationError, match="核减后的认定数"):
        actions.recognise_tally(verdict="reduced", reason="重复", **settle)
    actions.recognise_tally(verdict="reduced", amount=Decimal("2.5"), reason="重复", **settle)
    assert both(drive) == (4, Decimal("2.5"))
    actions.recognise_tally(verdict="refused", reason="不实", **settle)
    assert both(drive) == (4, None)


def test_recognition_has_a_day_not_before_the_fact(drive, clerk, verifier):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    with pytest.raises(ValidationError, match="认定日期"):
        actions.recognise_tally(tally=tally, verdict="full", on=None, by=verifier)
    with pytest.raises(ValidationError, match="不能早于发生日期 2026-07-03"):
        actions.recognise_tally(tally=tally, verdict="full", on=day(7, 2), by=verifier)
    assert both(drive) == (4, None)


def test_four_eyes_bind_people_and_not_the_system(drive):
    person = make_user("shuang", Role.CLERK, drive.organiser)
    system = User.objects.system()
    grant_role(user=person, unit=drive.organiser, role=Role.VERIFIER, by=system)
    person = User.objects.get(pk=person.pk)
    own = drive.add("招商信息", "甲镇", day(7, 3), 4, person)
    with pytest.raises(ValidationError, match="本人"):
        actions.recognise_tally(tally=own, verdict="full", on=day(7, 3), by=person)
    theirs = drive.add("招商信息", "乙镇", day(7, 3), 4)
    actions.recognise_tally(tally=theirs, verdict="full", on=day(7, 3), by=system)
    actions.recognise_tally(tally=theirs, verdict="refused", on=None, reason="不实", by=person)
    actions.correct_tally(tally=theirs, amount=Decimal(5), on=day(7, 3), reason="改", by=person)
    with pytest.raises(ValidationError, match="本人"):
        actions.recognise_tally(tally=theirs, verdict="full", on=day(7, 3), by=person)
    assert both(drive, unit="乙镇") == (5, None)


def test_what_is_recognised_is_settled_until_the_verifier_takes_it_back(drive, clerk, verifier):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    actions.recognise_tally(tally=tally, verdict="full", on=day(7, 4), by=verifier)
    with pytest.raises(ValidationError, match="已认定"):
        actions.correct_tally(tally=tally, amount=Decimal(6), on=day(7, 3), reason="改", by=clerk)
    with pytest.raises(ValidationError, match="已认定"):
        actions.withdraw_tally(tally=tally, reason="撤", by=clerk)
    actions.recognise_tally(tally=tally, verdict="waiting", on=None, reason="认错了", by=verifier)
    tally = actions.correct_tally(tally=tally, amount=Decimal(6), on=day(7, 3), reason="改", by=clerk)
    assert both(drive) == (6, None)
    assert (tally.recognition, tally.recognised_by, tally.recognised_on) == ("waiting", None, None)


def test_a_refused_figure_waits_again_once_it_is_corrected(drive, clerk, verifier):
    tally = drive.add("招商信息", "甲镇", day(7, 3), 4, clerk)
    actions.recognise_tally(tally=tally, verdict="refused", on=None, reason="无佐证", by=verifier)
    tally = actions.correct_tally(tally=tally, amount=Decimal(3), on=day(7, 3), reason="补充佐证", by=clerk)
    assert (tally.recognition, tally.recognised_by, tally.recognition_reason) == ("waiting", None, "")


def test_a_figure_known_only_as_recognised_has_nothing_to_recognise(drive, verifier):
    drive.read("招商信息", day(7, 3), bases=("recognised",), 甲镇=4)
    for verdict in ("full", "reduced", "refused", "waiting"):
        with pytest.raises(ValidationError, match="没有上报数"):
            actions.recognise_tally(
                tally=Tally.objects.get(), verdict=verdict, on=day(7, 4), amount=Decimal(1), reason="x", by=verifier
            )
    assert both(drive) == (None, 4)


def test_readings_are_published_by_an_editor_of_the_organiser_and_leave_one_row(drive, clerk):
    with pytest.raises(PermissionDenied):
        actions.write_readings(campaign=drive.campaign, on=day(7, 3), readings={}, by=clerk)
    assert drive.read("招商信息", day(7, 3), 甲镇=4, 乙镇=0) == 2
    assert drive.read("招商信息", day(7, 3), 甲镇=4, 乙镇=0) == 0
    assert drive.read("招商信息", day(7, 3), 甲镇=5, 乙镇=0) == 1
    rows = list(AuditEntry.objects.filter(action="campaign.readings_written"))
    assert len(rows) == 2
    assert "上报 4 认定 4" in rows[0].changes
    assert "乙镇" not in rows[0].changes
