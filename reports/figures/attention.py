"""What is open as of the day: findings of the rule book, supervision orders, those overdue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from campaigns.lines import Standings
from campaigns.models import Finding, Order, Rule
from reports.figures.values import Number, Window

GRAVITY = (Rule.Level.VETO, Rule.Level.RED, Rule.Level.YELLOW, Rule.Level.NOTICE)


@dataclass(frozen=True)
class Found:
    """A unit that a rule found: how grave, by which rule, on what."""

    level: str
    rule: str
    unit: str
    subject: str


@dataclass(frozen=True)
class OpenOrder:
    """A supervision order that is not closed; days_late is 0 where its reply is not overdue."""

    label: str
    title: str
    unit: str
    due_on: date
    days_late: int
    is_replied: bool


@dataclass(frozen=True)
class Attention:
    """What is open, the gravest and the latest first."""

    findings: tuple[Found, ...]
    orders: tuple[OpenOrder, ...]

    @property
    def overdue(self) -> tuple[OpenOrder, ...]:
        """The orders whose reply is late."""
        return tuple(row for row in self.orders if row.days_late)

    @property
    def by_level(self) -> dict[str, tuple[Found, ...]]:
        """The findings by how grave they are."""
        levels = dict.fromkeys(row.level for row in self.findings)
        return {level: tuple(row for row in self.findings if row.level == level) for level in levels}

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {督办单·在办}, {督办单·逾期}, {黄牌·单位}."""
        yield "督办单·在办", Number(f"{len(self.orders)}件")
        yield "督办单·逾期", Number(f"{len(self.overdue)}件")
        for level, rows in self.by_level.items():
            yield f"{level}·单位", Number(f"{len({row.unit for row in rows})}个")


def read(state: Standings, window: Window) -> Attention:
    """Read what was open at the end of the day: two queries."""
    campaign, day = state.campaign, state.as_of
    held = Finding.objects.filter(rule__campaign=campaign).held_on(day).with_rule().order_by("unit__path", "pk")
    orders = Order.objects.filter(campaign=campaign, issued_on__lte=day).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    )
    found = sorted(held, key=lambda row: GRAVITY.index(row.rule.level))
    return Attention(
        findings=tuple(
            Found(str(row.rule.get_level_display()), row.rule.name, row.unit.name, row.subject) for row in found
        ),
        orders=tuple(_order(row, day) for row in orders.with_parts().order_by("due_on", "pk")),
    )


def _order(row, day):
    replied = row.replied_on is not None and row.replied_on <= day
    late = 0 if replied else max((day - row.due_on).days, 0)
    return OpenOrder(row.label, row.title, row.unit.name, row.due_on, late, replied)
