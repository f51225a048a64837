"""Writing joint reviews and licences, and what each department said."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects import todos
from projects.actions.promises import locked_promise
from projects.models import Procedure, Project, Step
from projects.models.procedures import LONGEST
from units import audit, versions
from units.access import require_promiser
from units.models import Unit, User
from units.reasons import stated


@transaction.atomic
def start_procedure(
    *,
    project: Project,
    kind: str,
    name: str,
    started_on: date,
    by: User,
    steps: Sequence[dict] = (),
    today: date | None = None,
    **facts,
) -> Procedure:
    """Start a joint review or the licences of a project: steps [{name, unit, working_days, person}].

    The departments of a joint review begin on the same day; licences, too: what comes later is added later.
    """
    require_promiser(by, project.introducer)
    procedure = Procedure(
        project=project, kind=kind, name=name.strip(), started_on=started_on, recorded_by=by, **facts
    )
    procedure.full_clean()
    procedure.save()
    audit.record(by, "procedure.created", procedure, before={})
    for step in steps:
        add_step(procedure=procedure, by=by, today=today, starts_on=started_on, **step)
    return procedure


@transaction.atomic
def change_procedure(*, procedure: Procedure, by: User, version: int | None = None, **facts) -> Procedure:
    """Change what a procedure is called, or its agent."""
    procedure = Procedure.objects.select_for_update(of=("self",)).select_related("project").get(pk=procedure.pk)
    require_promiser(by, procedure.project.introducer)
    versions.check(procedure, version)
    before = audit.snapshot(procedure)
    for name, value in facts.items():
        setattr(procedure, name, value)
    versions.bump(procedure)
    procedure.full_clean()
    procedure.save()
    audit.record(by, "procedure.changed", procedure, before=before)
    return procedure


@transaction.atomic
def add_step(
    *,
    procedure: Procedure,
    unit: Unit,
    name: str,
    starts_on: date,
    working_days: int,
    by: User,
    person: str = "",
    today: date | None = None,
) -> Step:
    """Ask a department for its say within so many working days from a day on (that day not counted).

    Nobody is asked so late that silence would have agreed already; without today that is not checked (commands).
    """
    procedure = Procedure.objects.select_for_update(of=("self",)).select_related("project").get(pk=procedure.pk)
    require_promiser(by, procedure.project.introducer)
    if not 1 <= working_days <= LONGEST:
        raise ValidationError({"working_days": _("时限须在 1 至 %(n)s 个工作日之间") % {"n": LONGEST}})
    if starts_on < procedure.started_on:
        raise ValidationError({"starts_on": _("受理日期不能早于启动日期")})
    due_on = todos.due_by(starts_on, working_days)
    if today and due_on < today:
        told = _("期限 %(day)s 已过，%(unit)s来不及表态，请改受理日期") % {"day": due_on.isoformat(), "unit": unit}
        raise ValidationError({"starts_on": told})
    step = Step(
        procedure=procedure, unit=unit, name=name.strip(), starts_on=starts_on, working_days=working_days,
        due_on=due_on, first_due_on=due_on, person=person.strip(), recorded_by=by,
    )  # fmt: skip
    step.full_clean()
    step.save()
    audit.record(by, "step.created", step, before={})
    return step


@transaction.atomic
def conclude_step(
    *, step: Step, result: str, on: date, by: User, today: date, outcome: str = "", version: int | None = None
) -> Step:
    """Write down what a department said, or that it was absent and so agreed (缺席默认).

    After its last day nothing more is to be said: the step counts as agreed (超时默认, R94).
    """
    step = locked_promise(step, by, version)
    if step.result:
        raise ValidationError(_("该环节已有结论"))
    if result == Step.Result.SILENT:
        raise ValidationError({"result": _("超时默认由系统按期限判定，不用登记")})
    if on > today:
        raise ValidationError({"on": _("日期不能晚于今天")})
    if on < step.starts_on:
        raise ValidationError({"on": _("日期不能早于受理日期")})
    if max(on, today) > step.due_on:
        raise ValidationError(
            {"on": _("期限 %(day)s 已过，按超时默认处理，不能再登记结论") % {"day": step.due_on.isoformat()}}
        )
    if result == Step.Result.ABSENT and step.procedure.kind != Procedure.Kind.REVIEW:
        raise ValidationError({"result": _("缺席默认只用于联合会审")})
    if result in (Step.Result.CONDITIONAL, Step.Result.REFUSED):
        outcome = stated(outcome, "outcome", _("附条件同意和不同意须写明意见"))
    before = audit.snapshot(step)
    step.result, step.done_on, step.outcome = result, on, outcome.strip()
    versions.bump(step)
    step.full_clean()
    step.save()
    audit.record(by, "step.settled", step, before=before)
    return step
