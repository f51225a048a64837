"""Writing meetings, what they decided, and how often they are expected."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.models import Decision, Meeting, Problem, Project, Rhythm
from units import audit, versions
from units.access import require_promiser, require_role
from units.models import Role, Unit, User


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
    require_promiser(by, unit)
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
    *,
    meeting: Meeting,
    by: User,
    version: int | None = None,
    units=None,
    projects=None,
    taken_up=None,
    today: date | None = None,
    **facts,
) -> Meeting:
    """Change a meeting; writing its record says that it was held, on a day that is not to come."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("unit").get(pk=meeting.pk)
    require_promiser(by, meeting.unit)
    versions.check(meeting, version)
    before = _meeting_told(meeting)
    for name, value in facts.items():
        setattr(meeting, name, value)
    meeting.held = bool(meeting.record.strip())
    if meeting.held and today and meeting.on > today:
        raise ValidationError({"record": _("会议还没有到日子，开过以后再写纪要")})
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
    require_promiser(by, meeting.unit)
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
    require_role(by, Role.EDITOR)
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
