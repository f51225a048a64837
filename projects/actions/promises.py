"""Writing what every promise has in common: putting it off, settling it, reopening it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects import todos
from projects.models import Complaint, Extension, Step
from projects.models.projects import PROMISES
from units import audit, versions
from units.access import may_promise, require_promiser
from units.models import User
from units.reasons import stated


def locked_promise(row, by, version):
    """Return a promise's locked row; refuses who has nothing to do with it."""
    row = type(row).objects.select_for_update(of=("self",)).with_concerned().get(pk=row.pk)
    require_promiser(by, *row.concerned)
    versions.check(row, version)
    return row


def may_write_promise(by, row) -> bool:
    """Say whether a user may settle a promise or put it off: clerk or editor of the unit that owes it or asked."""
    return may_promise(by, *row.concerned)


@transaction.atomic
def put_off(
    *, promise, to_on: date, reason: str, allowed_by: str, by: User, today: date, version: int | None = None
) -> Extension:
    """Put a promise off: the first day stays on record, the new one holds; a step that ran out stays run out."""
    row = locked_promise(promise, by, version)
    if row.done_on:
        raise ValidationError(_("已办结，不能再延期"))
    if isinstance(row, Step) and todos.result_of(row, today):
        raise ValidationError(_("该环节已有结论或已超时默认，不能再延期"))
    extension = Extension(
        **{row._meta.model_name: row}, from_on=row.due_on, to_on=to_on, reason=reason.strip(),
        allowed_by=allowed_by.strip(), recorded_by=by,
    )  # fmt: skip
    extension.full_clean(exclude=PROMISES)
    before = audit.snapshot(row)
    extension.save()
    row.due_on = to_on
    versions.bump(row)
    row.save(update_fields=["due_on", "version"])
    audit.record(by, f"{row._meta.model_name}.extended", row, before=before, reason=reason)
    return extension


@transaction.atomic
def settle(*, promise, on: date, outcome: str, by: User, today: date, version: int | None = None):
    """Say that a promise was kept, on which day and with what outcome; a complaint has to be answered first."""
    row = locked_promise(promise, by, version)
    outcome = check_settling(row, on=on, outcome=outcome, today=today)
    before = audit.snapshot(row)
    row.done_on, row.outcome = on, outcome
    versions.bump(row)
    row.full_clean()
    row.save()
    audit.record(by, f"{row._meta.model_name}.settled", row, before=before)
    return row


def check_settling(row, *, on: date, outcome: str, today: date) -> str:
    """Refuse to settle a promise too early, too late, twice or without a word; return the outcome tidied."""
    if row.done_on:
        raise ValidationError(_("已办结"))
    if isinstance(row, Step):
        raise ValidationError(_("会审和证照的环节请登记结论"))
    if on > today:
        raise ValidationError({"on": _("办结日期不能晚于今天")})
    if on < row.began_on:
        raise ValidationError({"on": _("办结日期不能早于 %(day)s") % {"day": row.began_on.isoformat()}})
    if isinstance(row, Complaint) and not row.answered_on:
        raise ValidationError(_("须先答复企业，才能办结"))
    return stated(outcome, "outcome", _("请写明办理结果"))


@transaction.atomic
def reopen(*, promise, reason: str, by: User, today: date, version: int | None = None):
    """Take back that a promise was kept, or what was said in a step; its day stays what it was.

    What was said in a step stays said once its last day is over: taken back, a refusal would be agreed by silence.
    """
    row = locked_promise(promise, by, version)
    if not row.done_on:
        raise ValidationError(_("尚未办结"))
    if isinstance(row, Step) and row.due_on < today:
        raise ValidationError(_("期限 %(day)s 已过，结论不能再收回") % {"day": row.due_on.isoformat()})
    before = audit.snapshot(row)
    row.done_on, row.outcome = None, ""
    if isinstance(row, Step):
        row.result = ""
    versions.bump(row)
    row.save()
    audit.record(by, f"{row._meta.model_name}.resumed", row, before=before, reason=stated(reason))
    return row
