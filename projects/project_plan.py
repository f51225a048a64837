"""What one project promised beside what it did: its chart, its milestones, its instalments, why it ended."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from projects import promises, schedule
from projects.models import Milestone, Project
from projects.project_page import amount_text_of, last_day, spaced, total
from projects.stages import Kind


@dataclass(frozen=True)
class Line:
    """One milestone, promised and done side by side, printed."""

    name: str
    url: str
    promised: str
    promised_amount: str
    done: str
    done_amount: str
    tone: str
    text: str
    notes: tuple[str, ...]
    extend_url: str


@dataclass(frozen=True)
class Plan:
    """A project's promises and what came of them; svg and head are empty where nothing can be drawn."""

    svg: SafeString
    head: SafeString
    lines: tuple[Line, ...]
    instalments: tuple[Line, ...]
    instalment_line: str
    line: str
    ended: tuple[tuple[str, str], ...]

    @property
    def has_amounts(self):
        """Whether some milestone beside the instalments has an amount."""
        return any(line.promised_amount or line.done_amount for line in self.lines)


def plan_of(project: Project, milestones, as_of: date, may_change: bool) -> Plan:
    """Return what a project promised and did; its milestones come with their extensions."""
    as_of = last_day(milestones, as_of)
    live = sorted((row for row in milestones if not row.is_withdrawn), key=day_of)
    items = [item for row in live if (item := schedule.item_of(row, as_of))]
    promised = [row for row in live if row.due_on]
    days = [day for item in items for day in (item.first, item.due, item.on) if day]
    window = schedule.Window.over(days, as_of) if promised else None
    may_extend = may_change and not project.terminated
    funds = [row for row in live if row.kind == Kind.FUNDING]
    return Plan(
        svg=schedule.chart(items, window, as_of) if window else SafeString(""),
        head=schedule.head(window, as_of) if window else SafeString(""),
        lines=tuple(line_of(row, as_of, may_extend) for row in promised if row.kind != Kind.FUNDING),
        instalments=tuple(instalment_of(row, n, as_of, may_extend) for n, row in enumerate(funds, start=1))
        if any(row.due_on for row in funds)
        else (),
        instalment_line=instalment_line(funds, as_of),
        line=plan_line(promised, as_of),
        ended=ended([row for row in live if row.kind == Kind.TERMINATION and row.on]),
    )


def day_of(row: Milestone):
    """Return what a milestone is sorted by: the promised day, else its own."""
    return row.due_on or row.on, row.pk


def instalment_of(row: Milestone, number: int, as_of: date, may_extend: bool) -> Line:
    """Print one instalment by its number and what arrived."""
    words = (str(_("第 %(n)s 笔") % {"n": number}), *map(str, promises.nature_of(row)))
    return replace(line_of(row, as_of, may_extend), name=" · ".join(words))


def line_of(row: Milestone, as_of: date, may_extend: bool) -> Line:
    """Print one milestone."""
    stood = promises.standing(row, as_of)
    promised = ""
    if stood:
        promised = stood.due.isoformat()
        if stood.is_extended:
            promised = f"{stood.first.isoformat()} → {promised}"
    is_open = row.on is None
    return Line(
        name=str(row.get_kind_display()),
        url=row.get_absolute_url(),
        promised=promised,
        promised_amount="" if row.promised_amount is None else spaced(row.promised_amount),
        done="" if is_open else row.on.isoformat(),
        done_amount="" if is_open else str(amount_text_of(row)),
        tone=stood.tone if stood else "",
        text=stood.text if stood else "",
        notes=tuple(promises.history(row)),
        extend_url=reverse("projects:milestone_extend", args=[row.pk]) if stood and is_open and may_extend else "",
    )


def instalment_line(rows, as_of: date) -> str:
    """Say what should have arrived by a day, what has, and what is missing."""
    owed = [row for row in rows if row.promised_amount is not None]
    if not owed:
        return ""
    promised = total(row.promised_amount for row in owed)
    due = total(row.promised_amount for row in owed if promises.standing(row, as_of).due <= as_of)
    arrived = total(row.amount_cny for row in rows if row.on is not None and row.on <= as_of)
    said = _("承诺分期 %(promised)s，应到 %(due)s，已到 %(arrived)s") % {
        "promised": spaced(promised), "due": spaced(due), "arrived": spaced(arrived),
    }  # fmt: skip
    short = due - arrived
    if short > Decimal(0):
        return str(_("%(said)s，欠 %(short)s") % {"said": said, "short": spaced(short)})
    return str(said)


def plan_line(promised, as_of: date) -> str:
    """Count a project's promises: kept, overdue, put off."""
    if not promised:
        return ""
    stood = [promises.standing(row, as_of) for row in promised]
    parts = [
        _("承诺 %(n)s 项") % {"n": len(stood)},
        _("完成 %(n)s 项") % {"n": sum(one.on is not None for one in stood)},
    ]
    for text, count in (
        (_("逾期 %(n)s 项"), sum(one.is_overdue for one in stood)),
        (_("延期过 %(n)s 项"), sum(one.is_extended for one in stood)),
    ):
        if count:
            parts.append(text % {"n": count})
    return "，".join(str(part) for part in parts)


def ended(rows) -> tuple[tuple[str, str], ...]:
    """Say when and why a project ended and which unit answers for it (R96)."""
    said = []
    for row in rows:
        said += [
            (str(_("终止日期")), row.on.isoformat()),
            (str(_("终止原因")), row.note),
            (str(_("责任单位")), str(row.responsible_unit or _("未认定责任单位"))),
        ]
    return tuple(said)


def carried_text(milestones, as_of: date) -> str:
    """Say that a project was signed in an earlier year and is still followed to production (R56)."""
    done = {row.kind: row.on for row in milestones if not row.is_withdrawn and row.on and row.on <= as_of}
    signed = done.get(Kind.CONTRACT)
    if signed is None or signed.year >= as_of.year or done.keys() & {Kind.PRODUCTION, Kind.TERMINATION}:
        return ""
    return str(_("往年结转 · %(year)s 年签约") % {"year": signed.year})
