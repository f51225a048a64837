"""Money that is still to arrive: promised instalments with their days, in their own currencies (R64–R66)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from campaigns.lines import Standings
from projects.models import Milestone
from projects.stages import Kind
from reports.figures.campaign import money_of, of_roster
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Due:
    """One promised instalment."""

    project: str
    href: str
    amount: str  # in its own currency
    due_on: date
    nature: str  # 分期出资, 增资, 补缴欠资
    note: str
    is_late: bool


@dataclass(frozen=True)
class Dues:
    """The instalments that had not arrived by the last day, the nearest first."""

    dues: tuple[Due, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        yield "待到位资金", Number(f"{len(self.dues)}笔")
        count = Counter()
        for due in self.dues:
            count[due.project] += 1
            place = f"·第{count[due.project]}笔" if count[due.project] > 1 else ""
            yield f"{due.project}·待到位{place}", Number(due.amount, due.href, last=due.due_on.isoformat())


def read(state: Standings, window: Window) -> Dues:
    """Read the promises of money with a sum and a day: two queries."""
    promised = Milestone.objects.outstanding(window.last).filter(
        kind=Kind.FUNDING, promised_amount__isnull=False, project__terminated=False
    )
    rows = sorted(of_roster(state, promised, window.last), key=lambda row: (row.due, row.pk))
    return Dues(
        tuple(
            Due(
                project=row.project.name,
                href=row.project.get_absolute_url(),
                amount=money_of(row, row.promised_amount),
                due_on=row.due,
                nature=str(row.get_nature_display()) if row.nature else "",
                note=row.note,
                is_late=row.due < window.last,
            )
            for row in rows
        )
    )
