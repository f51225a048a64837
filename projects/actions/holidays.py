"""Writing the table of holidays; open steps get the last day that follows from it."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from campaigns.models import Holiday
from projects import todos
from projects.models import Step
from units import audit, versions
from units.access import require_role
from units.models import Role, User


@transaction.atomic
def set_holiday(*, on: date, works: bool, name: str, by: User, today: date) -> int:
    """Say that a day is free, or worked in exchange; return how many steps moved."""
    return set_holidays(days=[(on, works, name)], by=by, today=today)


@transaction.atomic
def set_holidays(*, days: Sequence[tuple[date, bool, str]], by: User, today: date) -> int:
    """Take a list of days (day, whether it is worked, name) into the table; return how many steps moved.

    Open steps get the last day that follows from the table; a step that has run out by today stays so.
    """
    for on, works, name in days:
        _set_holiday(on, works, name, by)
    return _move_steps([on for on, _works, _name in days], by, today)


def _set_holiday(on, works, name, by):
    """Write one day of the table."""
    require_role(by, Role.EDITOR)
    holiday = Holiday.objects.select_for_update().filter(on=on).first() or Holiday(on=on)
    before = audit.snapshot(holiday) if holiday.pk else {}
    holiday.works, holiday.name = works, name.strip()
    holiday.full_clean()
    holiday.save()
    audit.record(by, "holiday.changed", holiday, before=before)
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User, today: date) -> int:
    """Take a day out of the table; return how many steps moved."""
    require_role(by, Role.EDITOR)
    holiday = Holiday.objects.select_for_update().get(pk=holiday.pk)
    audit.record(by, "holiday.removed", holiday, changes={str(holiday): ["有", ""]})
    on = holiday.on
    holiday.delete()
    return _move_steps([on], by, today)


def _move_steps(days, by, today):
    """Work out anew the last day of the steps open today that run over some days; what was put off by hand stays.

    Nobody is left behind by it: a last day that would lie before today is today.
    """
    if not days:
        return 0
    table, moved = Holiday.objects.table(), 0
    rows = Step.objects.select_for_update(of=("self",))
    rows = rows.filter(result="", starts_on__lt=max(days), due_on__gte=today, extensions__isnull=True)
    for step in rows.select_related("procedure__project", "unit").order_by("pk"):
        due_on = max(todos.due_by(step.starts_on, step.working_days, table), today)
        if due_on != step.due_on:
            before = audit.snapshot(step)
            step.due_on = step.first_due_on = due_on
            versions.bump(step)
            step.save()
            audit.record(by, "step.changed", step, before=before)
            moved += 1
    return moved
