"""Writing the land of projects."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.models import Parcel, Project
from units import audit, versions
from units.access import require_promiser
from units.models import User


@transaction.atomic
def record_parcel(*, project: Project, by: User, **facts) -> Parcel:
    """Write down a piece of land of a project."""
    require_promiser(by, project.introducer)
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
    require_promiser(by, parcel.project.introducer)
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
