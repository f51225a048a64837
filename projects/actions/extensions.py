"""Writing that a promised day was put off."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.actions.projects import locked
from projects.models import Extension, Milestone
from units import audit, versions
from units.models import User


@transaction.atomic
def extend_promise(
    *, milestone: Milestone, to_on: date, reason: str, allowed_by: str, by: User, version: int | None = None
) -> Extension:
    """Put off the day of a promise that has not come true; the former day, the reason and who allowed it stay."""
    project = locked(milestone.project, by)
    milestone = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
    milestone.project = project
    versions.check(milestone, version)
    if milestone.is_withdrawn:
        raise ValidationError(_("这项承诺已撤回，不能延期"))
    if milestone.on is not None:
        raise ValidationError(_("这项承诺已经完成，不用延期"))
    if project.terminated:
        raise ValidationError(_("项目已终止，不能再延期"))
    if to_on <= milestone.due_on:
        raise ValidationError(
            {"to_on": _("延期后的日期须晚于现承诺日期 %(day)s") % {"day": milestone.due_on.isoformat()}}
        )
    extension = Extension(
        milestone=milestone, from_on=milestone.due_on, to_on=to_on, reason=reason.strip(),
        allowed_by=allowed_by.strip(), recorded_by=by,
    )  # fmt: skip
    extension.full_clean()
    before = audit.snapshot(milestone)
    milestone.due_on = to_on
    versions.bump(milestone)
    milestone.save()
    extension.save()
    words = _("%(reason)s（%(who)s批准）") % {"reason": extension.reason, "who": extension.allowed_by}
    audit.record(by, "milestone.extended", milestone, before=before, reason=str(words))
    return extension
