"""Who is told of an order that is overdue: the leaders above its unit, in turn; what is wrong with their chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from campaigns.models import Order
from units.models import Member, Role, Unit

WEEK = 7  # days that a leader has before an overdue order goes to the next one


@dataclass(frozen=True)
class Ladder:
    """The units above an order's unit up to the organiser, the nearest first; who_leads names their leaders.

    A unit in which no account leads cannot be told, so it is passed over.
    """

    units: tuple[Unit, ...]
    who_leads: dict[int, tuple[str, ...]]
    is_outside: bool  # the unit does not stand below the organiser (any more)

    @property
    def steps(self) -> list[Unit]:
        """The units whose leaders are told, in turn."""
        return [unit for unit in self.units if self.who_leads.get(unit.pk)]

    def step_on(self, due_on: date, as_of: date) -> Unit | None:
        """Return whose leaders are told on a day of an order due on another; None where nobody can be, or need be."""
        if as_of <= due_on or not self.steps:
            return None
        weeks = (as_of - due_on - timedelta(days=1)).days // WEEK
        return self.steps[min(weeks, len(self.steps) - 1)]

    @property
    def trouble(self) -> str:
        """Say what is wrong with the chain of leaders; "" where every step has one."""
        if self.is_outside:
            return _("承办单位已不在组织单位之下，无法升级")
        if not self.units:
            return _("承办单位就是组织单位，没有更上一级可升级")
        silent = "、".join(unit.name for unit in self.units if not self.who_leads.get(unit.pk))
        if not self.steps:
            return _("%s没有登记领导账号，逾期无法升级；请安全管理员授予领导角色") % silent
        return _("%s没有登记领导账号，升级时跳过") % silent if silent else ""

    @property
    def in_words(self) -> str:
        """The chain in words: whom, in which order."""
        told = " → ".join(f"{unit.name}（{'、'.join(self.who_leads[unit.pk])}）" for unit in self.steps)
        return _("逾期次日起，每满一周依次升级：%s") % told if told else ""


def ladders(orders: Sequence[Order]) -> list[Ladder]:
    """Return the chain of leaders of each order: two queries, however many there are."""
    above = Unit.objects.in_bulk({pk for row in orders for pk in row.unit.lineage})
    leaders: dict[int, tuple[str, ...]] = {}
    members = Member.objects.filter(unit__in=above, role=Role.LEADER, user__is_active=True).select_related("user")
    for member in members.order_by("pk"):
        leaders[member.unit_id] = (*leaders.get(member.unit_id, ()), str(member.user))
    return [ladder(row, above, leaders) for row in orders]


def ladder(order, above, leaders):
    """Return the chain of one order."""
    top = order.campaign.organiser.path
    if not order.unit.path.startswith(top):
        return Ladder((), leaders, is_outside=True)
    units = [above[pk] for pk in order.unit.lineage[::-1][1:]]
    return Ladder(tuple(unit for unit in units if unit.path.startswith(top)), leaders, is_outside=False)
