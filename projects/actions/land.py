"""Writing the land of projects."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.models import Parcel, Project
from units import audit, versions
from units.access import require_promiser
from units.models import User


@transaction.atomic
def record_parcel(*, project: Project, by: User, today: date | None = None, **facts) -> Parcel:
    """Write down a piece of land of a project; where today is given, nothing has happened to it on a later day."""
    require_promiser(by, project.introducer)
    parcel = Parcel(project=project, **facts)
    parcel.full_clean()
    _in_order(parcel, today)
    parcel.save()
    audit.record(by, "parcel.created", parcel, before={})
    return parcel


def _in_order(parcel, today):
    """Refuse land that is built on, used or taken back before it was handed over, or some day to come."""
    began = parcel.handed_over_on
    if began and today and began > today:
        raise ValidationError({"handed_over_on": _("交地日期不能晚于今天")})
    for name in ("built_on", "used_on", "reclaimed_on"):
        on = getattr(parcel, name)
        if on and today and on > today:
            raise ValidationError({name: _("日期不能晚于今天")})
        if on and not began:
            raise ValidationError({"handed_over_on": _("先填写交地日期")})
        if on and on < began:
            raise ValidationError({name: _("不能早于交地日期")})
    if parcel.built_on and parcel.used_on and parcel.used_on < parcel.built_on:
        raise ValidationError({"used_on": _("投用日期不能早于开工日期")})


@transaction.atomic
def change_parcel(
    *, parcel: Parcel, by: User, version: int | None = None, today: date | None = None, **facts
) -> Parcel:
    """Change a piece of land: handed over, built on, used, reclaimed; see record_parcel()."""
    parcel = Parcel.objects.select_for_update(of=("self",)).select_related("project").get(pk=parcel.pk)
    require_promiser(by, parcel.project.introducer)
    versions.check(parcel, version)
    before = audit.snapshot(parcel)
    for name, value in facts.items():
        setattr(parcel, name, value)
    versions.bump(parcel)
    parcel.full_clean()
    _in_order(parcel, today)
    parcel.save()
    audit.record(by, "parcel.changed", parcel, before=before)
    return parcel
