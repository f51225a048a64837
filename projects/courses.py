"""What happened to projects and when, step by step: the rows that conversions and funnels are counted from."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Credit, Milestone
from projects.stages import Kind


class Step(models.TextChoices):
    """One step of a project from the first hint to the first spade; the order is that of the way."""

    LEAD = "lead", _("线索")
    MET = "met", _("走访来访")
    TALKS = "talks", _("洽谈")
    SIGNED = "signed", _("签约")
    FUNDED = "funded", _("到资")
    STARTED = "started", _("开工")


STEP_OF = {
    Kind.TALKS: Step.TALKS,
    Kind.INTENT: Step.TALKS,
    Kind.FRAMEWORK: Step.TALKS,
    Kind.CONTRACT: Step.SIGNED,
    Kind.FUNDING: Step.FUNDED,
    Kind.GROUNDBREAKING: Step.STARTED,
}
SETTLED = frozenset({Step.SIGNED, Step.FUNDED, Step.STARTED})  # what a termination takes back


@dataclass(frozen=True)
class Course:
    """One project: since when it is known, and the days of each step up to a day."""

    project_id: int
    name: str
    company_id: int
    known_on: date
    unit_paths: tuple[str, ...]  # of all units that ever shared it
    introducer_id: int | None  # the unit that introduces it now
    days: dict[Step, tuple[date, ...]]

    def is_of(self, path: str) -> bool:
        """Say whether a unit, or one below it, shares or shared the project."""
        return any(own.startswith(path) for own in self.unit_paths)


def months_after(day: date, months: int) -> date:
    """Return the day so many months later: the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def courses_of(projects, as_of: date) -> list[Course]:
    """Return the courses of some projects as of a day, those known by then: three queries.

    A project is known from its first milestone (the lead, as a rule) or from its registration, whichever came first.
    What was terminated was never signed, funded or started (R77); it stays a lead.
    """
    keys = projects.order_by().values("pk")
    happened: dict[int, list[tuple[str, date]]] = {}
    done = Milestone.objects.live().filter(project__in=keys, on__lte=as_of).order_by("on", "pk")
    for project_id, kind, on in done.values_list("project_id", "kind", "on"):
        happened.setdefault(project_id, []).append((kind, on))
    shared: dict[int, list[tuple[str, int, bool]]] = {}
    credits = Credit.ever.filter(project__in=keys).order_by("pk")
    for project_id, path, unit_id, role, until in credits.values_list(
        "project_id", "unit__path", "unit_id", "role", "until_on"
    ):
        introduces = role == Credit.Role.INTRODUCING and until is None
        shared.setdefault(project_id, []).append((path, unit_id, introduces))
    made = []
    for pk, name, company_id, recorded_at in projects.order_by("pk").values_list(
        "pk", "name", "company_id", "recorded_at"
    ):
        facts = happened.get(pk, [])
        known_on = min([timezone.localdate(recorded_at), *(on for _kind, on in facts)])
        if known_on > as_of:
            continue
        rows = shared.get(pk, [])
        made.append(
            Course(
                pk,
                name,
                company_id,
                known_on,
                tuple(path for path, _unit, _introduces in rows),
                next((unit_id for _path, unit_id, introduces in rows if introduces), None),
                days_of(facts),
            )
        )
    return made


def days_of(facts: list[tuple[str, date]]) -> dict[Step, tuple[date, ...]]:
    """Return {step: its days} of what happened to a project, given by day."""
    ended = any(kind == Kind.TERMINATION for kind, _on in facts)
    days: dict[Step, list[date]] = {}
    for kind, on in facts:
        step = STEP_OF.get(kind)
        if step is not None and not (ended and step in SETTLED):
            days.setdefault(step, []).append(on)
    return {step: tuple(found) for step, found in days.items()}
