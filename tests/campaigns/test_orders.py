"""Supervision orders and instructions: who may do what in which order, and what happens to what is overdue."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import actions
from campaigns.models import Finding, Instruction, Order
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_rulebook import HALF, judge, rule_of
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, User


@pytest.fixture
def drive(db):
    """Return a drive with a finding of 乙镇, its clerk, and the organiser's editor and leader."""
    made = make_drive()
    made.owe("招商信息", 甲镇=10, 乙镇=10)
    made.read("招商信息", day(8, 1), 甲镇=9, 乙镇=1)
    rule_of(made)
    judge(made)
    made.finding = Finding.objects.get()
    made.clerk = make_user("yi", Role.CLERK, made.units["乙镇"])
    made.editor = make_user("ed", Role.EDITOR, made.organiser)
    made.leader = make_user("ld", Role.LEADER, made.organiser)
    return made


def issue(drive, unit="乙镇", **facts):
    base = {
        "title": "限期赶上进度", "demand": "一周内报送整改方案", "issued_on": HALF, "due_on": day(8, 22),
        "by": drive.editor, "finding": drive.finding,
    }  # fmt: skip
    return actions.issue_order(campaign=drive.campaign, unit=drive.unit(unit), **(base | facts))


def test_order_turns_its_finding_and_is_numbered_within_the_campaign(drive):
    order = issue(drive)
    assert (order.number, order.label, order.first_due_on) == (1, "督办〔2026〕1号", day(8, 22))
    assert Finding.objects.get().state == "ordered"
    assert issue(drive, unit="甲镇", finding=None).number == 2
    judge(drive, day(8, 16))
    assert Finding.objects.get().state == "ordered"


def test_order_is_signed_for_replied_to_and_reviewed_in_that_order(drive):
    order = issue(drive)
    with pytest.raises(ValidationError, match="先签收"):
        actions.reply_to_order(order=order, reply="已整改", on=HALF, by=drive.clerk)
    with pytest.raises(PermissionDenied):
        actions.sign_for_order(order=order, on=HALF, by=drive.editor)
    actions.sign_for_order(order=order, on=HALF, by=drive.clerk)
    with pytest.raises(ValidationError, match="还没有回复"):
        actions.review_order(order=order, passed=True, review="好", on=HALF, by=drive.editor)
    actions.reply_to_order(order=order, reply="已整改", on=day(8, 20), by=drive.clerk)
    with pytest.raises(PermissionDenied):
        actions.review_order(order=order, passed=True, review="好", on=day(8, 21), by=drive.clerk)
    with pytest.raises(ValidationError, match="新期限"):
        actions.review_order(order=order, passed=False, review="不实", on=day(8, 21), by=drive.editor)
    back = actions.review_order(
        order=order, passed=False, review="不实", on=day(8, 21), due_on=day(8, 28), by=drive.editor
    )
    assert (back.replied_on, back.due_on, back.first_due_on) == (None, day(8, 28), day(8, 22))
    actions.reply_to_order(order=order, reply="再整改", on=day(8, 27), by=drive.clerk)
    done = actions.review_order(order=order, passed=True, review="属实", on=day(8, 28), by=drive.editor)
    assert (done.closed_on, done.review) == (day(8, 28), "属实")
    told = [row.action.partition(".")[2] for row in AuditEntry.objects.filter(model="campaigns.order").order_by("pk")]
    assert told == ["issued", "signed_for", "replied", "sent_back", "replied", "settled"]


def test_order_of_a_cleared_finding_or_another_unit_is_refused(drive):
    with pytest.raises(ValidationError, match="被认定的单位"):
        issue(drive, unit="甲镇")
    drive.read("招商信息", day(8, 16), 乙镇=9)
    judge(drive, day(8, 16))
    with pytest.raises(ValidationError, match="已解除"):
        issue(drive)
    with pytest.raises(PermissionDenied):
        issue(drive, by=drive.clerk)
    assert Order.objects.count() == 0


def test_overdue_order_is_raised_unit_by_unit_up_to_the_organiser(drive):
    office = make_unit("办公室", parent=drive.units["乙镇"])
    make_user("zhen", Role.LEADER, drive.units["乙镇"])
    order = issue(drive, finding=None)
    actions.issue_order(
        campaign=drive.campaign, unit=office, title="台账", demand="补齐", issued_on=HALF, due_on=day(8, 22),
        by=drive.editor,
    )  # fmt: skip
    raise_on = lambda on: [  # noqa: E731
        (row.unit.name, row.raised_to.name) for row in actions.raise_orders(as_of=on, by=User.objects.system())
    ]
    assert raise_on(day(8, 22)) == []
    assert raise_on(day(8, 23)) == [("乙镇", "示范区"), ("办公室", "乙镇")]
    assert raise_on(day(8, 23)) == []
    assert raise_on(day(8, 29)) == []
    assert raise_on(day(8, 30)) == [("办公室", "示范区")]
    assert raise_on(day(9, 30)) == []
    actions.sign_for_order(order=order, on=day(9, 30), by=drive.clerk)
    assert Order.objects.get(pk=order.pk).days_late(day(9, 30)) == 39


def instruct(drive, by=None, **facts):
    base = {
        "leader": "区政府主要负责人", "text": "请乙镇尽快补上", "given_on": HALF, "due_on": day(8, 25),
        "from_unit": drive.organiser, "unit": drive.units["乙镇"],
    }  # fmt: skip
    return actions.give_instruction(by=by or drive.leader, **(base | facts))


def test_instruction_is_given_replied_to_and_closed(drive):
    row = instruct(drive)
    with pytest.raises(PermissionDenied):
        instruct(drive, by=drive.clerk)
    with pytest.raises(ValidationError, match="不能早于批示日期"):
        instruct(drive, due_on=HALF - timedelta(days=1))
    with pytest.raises(ValidationError, match="还没有回复"):
        actions.close_instruction(instruction=row, outcome="阅", on=HALF, by=drive.editor)
    with pytest.raises(PermissionDenied):
        actions.reply_to_instruction(instruction=row, reply="已办", on=HALF, by=drive.leader)
    actions.reply_to_instruction(instruction=row, reply="已办", on=day(8, 20), by=drive.clerk)
    closed = actions.close_instruction(instruction=row, outcome="阅", on=day(8, 21), by=drive.leader)
    assert (closed.replied_on, closed.closed_on, closed.outcome) == (day(8, 20), day(8, 21), "阅")


def test_orders_and_instructions_are_seen_by_who_asks_and_who_is_asked(drive):
    issue(drive)
    instruct(drive)
    other = make_user("jia", Role.CLERK, drive.units["甲镇"])
    for model in (Order, Instruction):
        counts = [model.objects.visible_to(user).count() for user in (drive.clerk, drive.editor, drive.leader, other)]
        assert counts == [1, 1, 1, 0]
