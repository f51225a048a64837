"""The facts of the supervision order that a letter serves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from campaigns.lines import Standings
from campaigns.models import Order
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class OrderFacts:
    """What is asked of whom by when, and the finding of the rule book that it comes from, if any."""

    label: str
    title: str
    unit: str
    person: str
    demand: str
    issued_on: date
    due_on: date
    is_extended: bool
    sentence: str = ""
    arithmetic: str = ""
    remedy: str = ""
    judged_on: date | None = None
    inputs: tuple[tuple[str, str], ...] = ()

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {督办期限} and the figures of the finding."""
        yield "督办期限", Number(f"{self.due_on.year}年{self.due_on.month}月{self.due_on.day}日")
        for label, text in self.inputs:
            yield f"督办·{label}", Number(text)


def matter_of(order: Order) -> str:
    """Say what is supervised: as it was typed, or which rule found the unit on what."""
    finding = order.finding
    if finding is None or order.title != str(finding):
        return order.title.rstrip("。")
    on = finding.subject if finding.indicator_id else ""
    return f"{finding.unit.name}{on}触发“{finding.rule.name}”规则"


def read(state: Standings, window: Window) -> OrderFacts | None:
    """Read the order of the letter: one query; None for an issue that serves none."""
    if window.order_id is None:
        return None
    row = Order.objects.with_parts().get(pk=window.order_id)
    finding = row.finding
    told = {}
    if finding is not None:
        told = {
            "sentence": finding.sentence, "arithmetic": finding.arithmetic, "remedy": finding.remedy,
            "judged_on": finding.judged_on, "inputs": tuple((label, text) for label, text in finding.figures),
        }  # fmt: skip
    return OrderFacts(
        label=row.label, title=matter_of(row), unit=row.unit.name, person=row.person, demand=row.demand,
        issued_on=row.issued_on, due_on=row.due_on, is_extended=row.due_on != row.first_due_on, **told,
    )  # fmt: skip
