"""Keeping forms of a higher office: who may upload and withdraw them."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.cityforms.filling import Checked
from reports.models import CityForm
from units import audit
from units.access import require
from units.models import Role, Unit, User


@transaction.atomic
def keep_form(*, unit: Unit, name: str, file: Checked, by: User) -> CityForm:
    """Keep a workbook that was checked as a form that the campaigns of a unit are told in."""
    require(by, Role.EDITOR, unit)
    form = CityForm(
        unit=unit,
        name=name.strip(),
        filename=file.filename,
        content=file.content,
        sha256=hashlib.sha256(file.content).hexdigest(),
        marks=len(file.marks),
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )
    form.full_clean()
    form.save()
    audit.record(by, "cityform.created", form, before={})
    return form


@transaction.atomic
def withdraw_form(*, form: CityForm, by: User) -> CityForm:
    """Put a form out of use; its file stays on record."""
    form = CityForm.objects.select_for_update(of=("self",)).select_related("unit").get(pk=form.pk)
    require(by, Role.EDITOR, form.unit)
    if form.withdrawn_at:
        raise ValidationError(_("这份模板已经停用"))
    before = audit.snapshot(form)
    form.withdrawn_by, form.withdrawn_at = by, timezone.now()
    form.save(update_fields=["withdrawn_by", "withdrawn_at"])
    audit.record(by, "cityform.withdrawn", form, before=before)
    return form
