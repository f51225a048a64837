"""Writing the difficulties of projects."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.actions.promises import locked_promise
from projects.models import Problem, Project
from units import audit, versions
from units.access import require_promiser
from units.models import Unit, User


@transaction.atomic
def raise_problem(
    *, project: Project, unit: Unit, title: str, found_on: date, due_on: date, by: User, **facts
) -> Problem:
    """Put a difficulty of a project on the list, with the unit that promised to clear it and by when."""
    require_promiser(by, project.introducer, unit)
    problem = Problem(
        project=project, unit=unit, title=title.strip(), found_on=found_on, due_on=due_on, first_due_on=due_on,
        recorded_by=by, **facts,
    )  # fmt: skip
    problem.full_clean()
    problem.save()
    audit.record(by, "problem.created", problem, before={})
    return problem


@transaction.atomic
def change_problem(*, problem: Problem, by: User, version: int | None = None, **facts) -> Problem:
    """Change what a problem says; its day moves by an extension alone.

    To whom it falls is said by the unit that introduced the project: nobody hands his own promise to another.
    """
    problem = locked_promise(problem, by, version)
    if problem.done_on:
        raise ValidationError(_("已办结，要改请先重新办理"))
    if facts.get("unit", problem.unit) != problem.unit:
        require_promiser(by, problem.project.introducer)
    before = audit.snapshot(problem)
    for name, value in facts.items():
        setattr(problem, name, value)
    versions.bump(problem)
    problem.full_clean()
    problem.save()
    audit.record(by, "problem.changed", problem, before=before)
    return problem
