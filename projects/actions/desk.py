"""Writing what is owed by a day: problems, meetings and their decisions, procedures, complaints; land, holidays."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects import todos
from projects.models import (
    Company,
    Complaint,
    Decision,
    Extension,
    Holiday,
    Meeting,
    Parcel,
    Problem,
    Procedure,
    Project,
    Rhythm,
    Step,
)
from units import audit, versions
from units.models import Role, Unit, User

LONGEST = 250  # working days of a step


def require_either(by, *units):
    """Refuse who is neither clerk nor editor of one of some units."""
    if by.is_system:
        return
    if not any(by.holds(role, unit) for unit in units if unit for role in (Role.CLERK, Role.EDITOR)):
        raise PermissionDenied("neither clerk nor editor of a unit concerned")


def require_editor(by):
    """Refuse who is no editor."""
    if not by.is_system and Role.EDITOR not in by.roles:
        raise PermissionDenied("only editors do this")


def _reason(text, field="reason", message=None):
    if not text.strip():
        raise ValidationError({field: message or _("请写明理由")})
    return text.strip()


# --- problems -------------------------------------------------------------------------------------


@transaction.atomic
def raise_problem(
    *, project: Project, unit: Unit, title: str, found_on: date, due_on: date, by: User, **facts
) -> Problem:
    """Put a difficulty of a project on the list, with the unit that promised to clear it and by when."""
    require_either(by, project.introducer, unit)
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
    """Change what a problem says; its day moves by an extension alone."""
    problem = _locked(problem, by, version)
    before = audit.snapshot(problem)
    for name, value in facts.items():
        setattr(problem, name, value)
    versions.bump(problem)
    problem.full_clean()
    problem.save()
    audit.record(by, "problem.changed", problem, before=before)
    return problem


# --- every promise --------------------------------------------------------------------------------


RELATED = {  # what a promise's words need
    Problem: ("unit", "project", "meeting"),
    Decision: ("unit", "meeting__unit", "project"),
    Step: ("unit", "procedure__project"),
    Complaint: ("unit", "company__entered_for", "project"),
}


def _locked(row, by, version):
    """Return a promise's locked row; refuses who has nothing to do with it."""
    model = type(row)
    row = model.objects.select_for_update(of=("self",)).select_related(*RELATED[model]).get(pk=row.pk)
    require_either(by, row.unit, *_concerned(row))
    versions.check(row, version)
    return row


def _concerned(row):
    """Return the units beside the owing one that may write on a promise."""
    if isinstance(row, Decision):
        return (row.meeting.unit,)
    if isinstance(row, Complaint):
        return (row.company.entered_for, row.project.introducer if row.project else None)
    project = row.procedure.project if isinstance(row, Step) else row.project
    return (project.introducer,) if project else ()


def may_write_promise(by, row) -> bool:
    """Say whether a user may settle a promise or put it off: clerk or editor of the unit that owes it or asked."""
    try:
        require_either(by, row.unit, *_concerned(row))
    except PermissionDenied:
        return False
    return True


def name_of(row):
    """Return what the trail calls a promise's kind."""
    return type(row).__name__.lower()


@transaction.atomic
def put_off(
    *, promise, to_on: date, reason: str, allowed_by: str, by: User, today: date, version: int | None = None
) -> Extension:
    """Put a promise off: the first day stays on record, the new one holds; a step that ran out stays run out."""
    row = _locked(promise, by, version)
    if row.done_on:
        raise ValidationError(_("已办结，不能再延期"))
    if isinstance(row, Step) and todos.result_of(row, today):
        raise ValidationError(_("该环节已有结论或已超时默认，不能再延期"))
    extension = Extension(
        **{name_of(row): row}, from_on=row.due_on, to_on=to_on, reason=reason.strip(),
        allowed_by=allowed_by.strip(), recorded_by=by,
    )  # fmt: skip
    extension.full_clean(exclude=["milestone", "problem", "decision", "step", "complaint"])
    before = audit.snapshot(row)
    extension.save()
    row.due_on = to_on
    versions.bump(row)
    row.save(update_fields=["due_on", "version"])
    audit.record(by, f"{name_of(row)}.extended", row, before=before, reason=reason)
    return extension


@transaction.atomic
def settle(*, promise, on: date, outcome: str, by: User, today: date, version: int | None = None):
    """Say that a promise was kept, on which day and with what outcome; a complaint has to be answered first."""
    row = _locked(promise, by, version)
    outcome = check_settling(row, on=on, outcome=outcome, today=today)
    before = audit.snapshot(row)
    row.done_on, row.outcome = on, outcome
    versions.bump(row)
    row.full_clean()
    row.save()
    audit.record(by, f"{name_of(row)}.settled", row, before=before)
    return row


def check_settling(row, *, on, outcome, today) -> str:
    """Refuse to settle a promise too early, too late, twice or without a word; return the outcome tidied."""
    if row.done_on:
        raise ValidationError(_("已办结"))
    if isinstance(row, Step):
        raise ValidationError(_("会审和证照的环节请登记结论"))
    if on > today:
        raise ValidationError({"on": _("办结日期不能晚于今天")})
    if on < _began(row):
        raise ValidationError({"on": _("办结日期不能早于 %(day)s") % {"day": _began(row).isoformat()}})
    if isinstance(row, Complaint) and not row.answered_on:
        raise ValidationError(_("须先答复企业，才能办结"))
    return _reason(outcome, "outcome", _("请写明办理结果"))


def _began(row) -> date:
    """Return the day before which a promise cannot have been kept."""
    if isinstance(row, Decision):
        return row.meeting.on
    return row.found_on if isinstance(row, Problem) else row.answered_on or row.received_on


@transaction.atomic
def reopen(*, promise, reason: str, by: User, version: int | None = None):
    """Take back that a promise was kept, or what was said in a step; its day stays what it was."""
    row = _locked(promise, by, version)
    if not row.done_on:
        raise ValidationError(_("尚未办结"))
    before = audit.snapshot(row)
    row.done_on, row.outcome = None, ""
    if isinstance(row, Step):
        row.result = ""
    versions.bump(row)
    row.save()
    audit.record(by, f"{name_of(row)}.resumed", row, before=before, reason=_reason(reason))
    return row


# --- meetings -------------------------------------------------------------------------------------


@transaction.atomic
def create_meeting(
    *,
    unit: Unit,
    by: User,
    units: Sequence[Unit] = (),
    projects: Sequence[Project] = (),
    taken_up: Sequence[Problem] = (),
    **facts,
) -> Meeting:
    """Call a meeting: who takes part, which projects and problems are taken up; a record says that it was held."""
    require_either(by, unit)
    meeting = Meeting(unit=unit, recorded_by=by, **facts)
    meeting.held = bool(meeting.record.strip())
    meeting.full_clean()
    meeting.save()
    meeting.units.set(units)
    meeting.projects.set(projects)
    meeting.taken_up.set(taken_up)
    audit.record(by, "meeting.created", meeting, changes=audit.difference({}, _meeting_told(meeting)))
    return meeting


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, by: User, version: int | None = None, units=None, projects=None, taken_up=None, **facts
) -> Meeting:
    """Change a meeting; writing its record says that it was held."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("unit").get(pk=meeting.pk)
    require_either(by, meeting.unit)
    versions.check(meeting, version)
    before = _meeting_told(meeting)
    for name, value in facts.items():
        setattr(meeting, name, value)
    meeting.held = bool(meeting.record.strip())
    versions.bump(meeting)
    meeting.full_clean()
    meeting.save()
    if units is not None:
        meeting.units.set(units)
    if projects is not None:
        meeting.projects.set(projects)
    if taken_up is not None:
        meeting.taken_up.set(taken_up)
    audit.record(by, "meeting.changed", meeting, changes=audit.difference(before, _meeting_told(meeting)))
    return meeting


def _meeting_told(meeting):
    told = audit.snapshot(meeting)
    told["units"] = (str(_("参会单位")), "、".join(str(unit) for unit in meeting.units.all()))
    told["projects"] = (str(_("议题项目")), "、".join(str(project) for project in meeting.projects.all()))
    told["taken_up"] = (str(_("议题问题")), "、".join(str(problem) for problem in meeting.taken_up.all()))
    return told


@transaction.atomic
def decide(*, meeting: Meeting, unit: Unit, text: str, due_on: date, by: User, **facts) -> Decision:
    """Write down what a meeting decided that a unit does by a day."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("unit").get(pk=meeting.pk)
    require_either(by, meeting.unit)
    decision = Decision(
        meeting=meeting, unit=unit, text=text.strip(), due_on=due_on, first_due_on=due_on, recorded_by=by, **facts
    )
    decision.full_clean()
    if due_on < meeting.on:
        raise ValidationError({"due_on": _("期限不能早于会议日期")})
    decision.save()
    audit.record(by, "decision.created", decision, before={})
    return decision


@transaction.atomic
def set_rhythm(*, kind: str, every: str, times: int, by: User) -> Rhythm:
    """Say how often a kind of meeting is expected; 0 times takes the expectation away."""
    require_editor(by)
    rhythm = Rhythm.objects.select_for_update().filter(kind=kind).first() or Rhythm(kind=kind)
    before = audit.snapshot(rhythm) if rhythm.pk else {}
    if times == 0:
        if rhythm.pk:
            audit.record(by, "rhythm.removed", rhythm, changes={str(rhythm): ["有", ""]})
            rhythm.delete()
        return rhythm
    rhythm.every, rhythm.times = every, times
    rhythm.full_clean()
    rhythm.save()
    audit.record(by, "rhythm.changed", rhythm, before=before)
    return rhythm


# --- joint reviews and licences -------------------------------------------------------------------


@transaction.atomic
def start_procedure(
    *, project: Project, kind: str, name: str, started_on: date, by: User, steps: Sequence[dict] = (), **facts
) -> Procedure:
    """Start a joint review or the licences of a project: steps [{name, unit, working_days, person}].

    The departments of a joint review begin on the same day; licences, too: what comes later is added later.
    """
    require_either(by, project.introducer)
    procedure = Procedure(
        project=project, kind=kind, name=name.strip(), started_on=started_on, recorded_by=by, **facts
    )
    procedure.full_clean()
    procedure.save()
    audit.record(by, "procedure.created", procedure, before={})
    for step in steps:
        add_step(procedure=procedure, by=by, starts_on=started_on, **step)
    return procedure


@transaction.atomic
def change_procedure(*, procedure: Procedure, by: User, version: int | None = None, **facts) -> Procedure:
    """Change what a procedure is called, or its agent."""
    procedure = Procedure.objects.select_for_update(of=("self",)).select_related("project").get(pk=procedure.pk)
    require_either(by, procedure.project.introducer)
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
    *, procedure: Procedure, unit: Unit, name: str, starts_on: date, working_days: int, by: User, person: str = ""
) -> Step:
    """Ask a department for its say within so many working days from a day on (that day not counted)."""
    procedure = Procedure.objects.select_for_update(of=("self",)).select_related("project").get(pk=procedure.pk)
    require_either(by, procedure.project.introducer)
    if not 1 <= working_days <= LONGEST:
        raise ValidationError({"working_days": _("时限须在 1 至 %(n)s 个工作日之间") % {"n": LONGEST}})
    if starts_on < procedure.started_on:
        raise ValidationError({"starts_on": _("受理日期不能早于启动日期")})
    due_on = todos.due_by(starts_on, working_days)
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
    step = _locked(step, by, version)
    if step.result:
        raise ValidationError(_("该环节已有结论"))
    if result == Step.Result.SILENT:
        raise ValidationError({"result": _("超时默认由系统按期限判定，不用登记")})
    if on > today:
        raise ValidationError({"on": _("日期不能晚于今天")})
    if on < step.starts_on:
        raise ValidationError({"on": _("日期不能早于受理日期")})
    if on > step.due_on:
        raise ValidationError(
            {"on": _("期限 %(day)s 已过，按超时默认处理，不能再登记结论") % {"day": step.due_on.isoformat()}}
        )
    if result == Step.Result.ABSENT and step.procedure.kind != Procedure.Kind.REVIEW:
        raise ValidationError({"result": _("缺席默认只用于联合会审")})
    if result in (Step.Result.CONDITIONAL, Step.Result.REFUSED):
        outcome = _reason(outcome, "outcome", _("附条件同意和不同意须写明意见"))
    before = audit.snapshot(step)
    step.result, step.done_on, step.outcome = result, on, outcome.strip()
    versions.bump(step)
    step.full_clean()
    step.save()
    audit.record(by, "step.settled", step, before=before)
    return step


@transaction.atomic
def set_holiday(*, on: date, works: bool, name: str, by: User, today: date) -> Holiday:
    """Say that a day is free, or worked in exchange; open steps get the last day that follows from it.

    A step that has run out by today stays so.
    """
    holiday = _set_holiday(on, works, name, by)
    _move_steps([on], by, today)
    return holiday


@transaction.atomic
def set_holidays(*, days: Sequence[tuple[date, bool, str]], by: User, today: date) -> int:
    """Take a list of days (day, whether it is worked, name) into the table; return how many steps moved."""
    for on, works, name in days:
        _set_holiday(on, works, name, by)
    return _move_steps([on for on, _works, _name in days], by, today)


def _set_holiday(on, works, name, by):
    """Write one day of the table."""
    require_editor(by)
    holiday = Holiday.objects.select_for_update().filter(on=on).first() or Holiday(on=on)
    before = audit.snapshot(holiday) if holiday.pk else {}
    holiday.works, holiday.name = works, name.strip()
    holiday.full_clean()
    holiday.save()
    audit.record(by, "holiday.changed", holiday, before=before)
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User, today: date) -> None:
    """Take a day out of the table."""
    require_editor(by)
    holiday = Holiday.objects.select_for_update().get(pk=holiday.pk)
    audit.record(by, "holiday.removed", holiday, changes={str(holiday): ["有", ""]})
    on = holiday.on
    holiday.delete()
    _move_steps([on], by, today)


def _move_steps(days, by, today):
    """Work out anew the last day of the steps open today that run over some days; what was put off by hand stays."""
    if not days:
        return 0
    table, moved = todos.holidays(), 0
    rows = Step.objects.select_for_update(of=("self",))
    rows = rows.filter(result="", starts_on__lt=max(days), due_on__gte=today, extensions__isnull=True)
    for step in rows.select_related("procedure__project", "unit").order_by("pk"):
        due_on = todos.due_by(step.starts_on, step.working_days, table)
        if due_on != step.due_on:
            before = audit.snapshot(step)
            step.due_on = step.first_due_on = due_on
            versions.bump(step)
            step.save()
            audit.record(by, "step.changed", step, before=before)
            moved += 1
    return moved


# --- complaints -----------------------------------------------------------------------------------


@transaction.atomic
def file_complaint(
    *, company: Company, unit: Unit, title: str, received_on: date, due_on: date, by: User, **facts
) -> Complaint:
    """Take in what a company complains of, with the unit that answers and by when (R95)."""
    require_either(by, unit, company.entered_for)
    complaint = Complaint(
        company=company, unit=unit, title=title.strip(), received_on=received_on, due_on=due_on,
        first_due_on=due_on, recorded_by=by, **facts,
    )  # fmt: skip
    complaint.full_clean()
    if due_on < received_on:
        raise ValidationError({"due_on": _("期限不能早于受理日期")})
    complaint.save()
    audit.record(by, "complaint.created", complaint, before={})
    return complaint


@transaction.atomic
def answer_complaint(
    *, complaint: Complaint, answer: str, on: date, by: User, today: date, version: int | None = None
) -> Complaint:
    """Write down what the company was answered, and when."""
    complaint = _locked(complaint, by, version)
    if complaint.done_on:
        raise ValidationError(_("已办结"))
    if on > today:
        raise ValidationError({"on": _("答复日期不能晚于今天")})
    if on < complaint.received_on:
        raise ValidationError({"on": _("答复日期不能早于受理日期")})
    before = audit.snapshot(complaint)
    complaint.answer = _reason(answer, "answer", _("请写明答复内容"))
    complaint.answered_on = on
    versions.bump(complaint)
    complaint.full_clean()
    complaint.save()
    audit.record(by, "complaint.answered", complaint, before=before)
    return complaint


# --- land -----------------------------------------------------------------------------------------


@transaction.atomic
def record_parcel(*, project: Project, by: User, **facts) -> Parcel:
    """Write down a piece of land of a project."""
    require_either(by, project.introducer)
    parcel = Parcel(project=project, **facts)
    parcel.full_clean()
    _in_order(parcel)
    parcel.save()
    audit.record(by, "parcel.created", parcel, before={})
    return parcel


def _in_order(parcel):
    """Refuse land that is built on, used or taken back before it was handed over."""
    began = parcel.handed_over_on
    for name in ("built_on", "used_on", "reclaimed_on"):
        on = getattr(parcel, name)
        if on and not began:
            raise ValidationError({"handed_over_on": _("先填写交地日期")})
        if on and on < began:
            raise ValidationError({name: _("不能早于交地日期")})
    if parcel.built_on and parcel.used_on and parcel.used_on < parcel.built_on:
        raise ValidationError({"used_on": _("投用日期不能早于开工日期")})


@transaction.atomic
def change_parcel(*, parcel: Parcel, by: User, version: int | None = None, **facts) -> Parcel:
    """Change a piece of land: handed over, built on, used, reclaimed."""
    parcel = Parcel.objects.select_for_update(of=("self",)).select_related("project").get(pk=parcel.pk)
    require_either(by, parcel.project.introducer)
    versions.check(parcel, version)
    before = audit.snapshot(parcel)
    for name, value in facts.items():
        setattr(parcel, name, value)
    versions.bump(parcel)
    parcel.full_clean()
    _in_order(parcel)
    parcel.save()
    audit.record(by, "parcel.changed", parcel, before=before)
    return parcel
