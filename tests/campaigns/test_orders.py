"""Supervision orders and instructions: who may do what in which order, and what happens to what is overdue."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from campaigns import actions
from campaigns.escalation import ladders
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


@pytest.fixture
def chain(drive):
    """Return an overdue order of an office below 乙镇, with a leader in the town and one in the district."""
    office = make_unit("办公室", parent=drive.units["乙镇"])
    drive.mayor = make_user("zhen", Role.LEADER, drive.units["乙镇"], name="镇长")
    drive.order = issue(drive, finding=None, unit="乙镇")
    Order.objects.filter(pk=drive.order.pk).update(unit=office)
    drive.order.refresh_from_db()
    return drive


def told(drive):
    """Return the chain of leaders in words, and what is wrong with it."""
    (ladder,) = ladders(list(Order.objects.with_parts()))
    return ladder.in_words, ladder.trouble


def raised_on(*days):
    """Return whose leaders are told on each day."""
    found = []
    for on in days:
        actions.raise_orders(as_of=on, by=User.objects.system())
        found.append(str(Order.objects.get().raised_to or ""))
    return found


def test_overdue_order_goes_to_the_next_of_two_leaders_a_week_later(chain):
    assert told(chain) == ("逾期次日起，每满一周依次升级：乙镇（镇长） → 示范区（ld 科员）", "")
    days = day(8, 22), day(8, 23), day(8, 29), day(8, 30), day(9, 20)
    assert raised_on(*days) == ["", "乙镇", "乙镇", "示范区", "示范区"]
    trail = AuditEntry.objects.filter(action="order.raised").order_by("pk")
    assert [row.label for row in trail] == [str(chain.order)] * 2


def test_unit_without_a_leader_is_passed_over_and_said(chain):
    chain.mayor.members.all().delete()
    assert told(chain) == ("逾期次日起，每满一周依次升级：示范区（ld 科员）", "乙镇没有登记领导账号，升级时跳过")
    assert raised_on(day(8, 23), day(8, 30)) == ["示范区", "示范区"]


def test_leader_whose_account_is_disabled_leads_nobody(chain):
    User.objects.filter(pk=chain.mayor.pk).update(is_active=False)
    assert told(chain)[1] == "乙镇没有登记领导账号，升级时跳过"


def test_chain_without_any_leader_says_that_nobody_can_be_told(chain):
    chain.mayor.members.all().delete()
    chain.leader.members.all().delete()
    assert told(chain) == ("", "乙镇、示范区没有登记领导账号，逾期无法升级；请安全管理员授予领导角色")
    assert raised_on(day(8, 23)) == [""]
    out = StringIO()
    call_command("evaluate_rules", as_of="2026-08-23", stdout=out)
    assert "督办〔2026〕1号（办公室）：乙镇、示范区没有登记领导账号，逾期无法升级" in out.getvalue()


def test_order_to_the_organiser_or_out_of_its_tree_says_why_it_goes_nowhere(chain):
    Order.objects.update(unit=chain.organiser)
    assert told(chain)[1] == "承办单位就是组织单位，没有更上一级可升级"
    Order.objects.update(unit=make_unit("邻区"))
    assert told(chain)[1] == "承办单位已不在组织单位之下，无法升级"
    assert raised_on(day(8, 23)) == [""]


def test_page_of_an_order_shows_its_chain_until_it_is_replied_to(client, chain):
    client.force_login(chain.editor)
    url = chain.order.get_absolute_url()
    assert "乙镇（镇长） → 示范区（ld 科员）" in client.get(url).content.decode()
    Order.objects.update(signed_on=HALF, replied_on=HALF, reply="已办")
    assert "乙镇（镇长）" not in client.get(url).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_chains_cost_the_same_however_many_orders(drive, count, django_assert_num_queries):
    for _number in range(count):
        issue(drive, finding=None)
    orders = list(Order.objects.with_parts())
    with django_assert_num_queries(2):
        assert len(ladders(orders)) == count
