"""Writing inspections: who looked at whom, what was found wanting and is to be put right, who is commended."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.actions import issue_order
from campaigns.models import Campaign
from projects.actions.evidence import keep_papers
from projects.models import Commendation, Inspection, Shortcoming
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User
from units.reasons import stated


def told(row):
    """Return what the trail keeps of an inspection: its fields and the units looked at."""
    said = audit.snapshot(row)
    said["units"] = (str(_("受检单位")), "、".join(str(unit) for unit in row.units.order_by("path")))
    return said


def check_units(campaign, units):
    """Refuse an inspection of nobody, and of units that are not the organiser's."""
    if not units:
        raise ValidationError({"units": _("请选受检单位")})
    if strange := [unit for unit in units if not unit.path.startswith(campaign.organiser.path)]:
        raise ValidationError({"units": _("“%s”不是组织单位的下属单位") % strange[0]})


@transaction.atomic
def record_inspection(*, campaign: Campaign, units: Sequence[Unit], by: User, **facts) -> Inspection:
    """Write down an inspection of a campaign; an editor of its organiser does."""
    require(by, Role.EDITOR, campaign.organiser)
    check_units(campaign, units)
    row = Inspection(campaign=campaign, recorded_by=by, **facts)
    row.full_clean()
    row.save()
    row.units.set(units)
    audit.record(by, "inspection.created", row, changes=audit.difference({}, told(row)))
    return row


def locked_inspection(inspection, by, version=None):
    """Return the locked row of an inspection; refuses who is no editor of the organiser."""
    row = (
        Inspection.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=inspection.pk)
    )
    require(by, Role.EDITOR, row.campaign.organiser)
    versions.check(row, version)
    return row


@transaction.atomic
def change_inspection(
    *, inspection: Inspection, units: Sequence[Unit], by: User, version: int | None = None, **facts
) -> Inspection:
    """Change an inspection; a unit that something was found of, or that was commended, stays on it."""
    row = locked_inspection(inspection, by, version)
    check_units(row.campaign, units)
    kept = {*row.shortcomings.values_list("unit", flat=True), *row.commendations.values_list("unit", flat=True)}
    if missing := kept - {unit.pk for unit in units}:
        name = Unit.objects.filter(pk__in=missing).order_by("path").first()
        raise ValidationError({"units": _("“%s”已有督查发现或通报表扬，不能去掉") % name})
    before = told(row)
    for name, value in facts.items():
        setattr(row, name, value)
    versions.bump(row)
    row.full_clean()
    row.save()
    row.units.set(units)
    audit.record(by, "inspection.changed", row, changes=audit.difference(before, told(row)))
    return row


def check_visited(inspection, unit):
    """Refuse a unit that the inspection did not look at."""
    if not inspection.units.filter(pk=unit.pk).exists():
        raise ValidationError({"unit": _("该单位不在这次督查的受检单位中")})


@transaction.atomic
def find_shortcoming(
    *, inspection: Inspection, unit: Unit, text: str, due_on: date, on: date, by: User, demand: str = "",
    person: str = "", files: Sequence[File] = (),
) -> Shortcoming:  # fmt: skip
    """Write down what an inspection found wanting at a unit, with papers; an order is issued to put it right."""
    row = locked_inspection(inspection, by)
    check_visited(row, unit)
    text = stated(text, "text", _("请写明发现的问题"))
    if on < row.starts_on:
        raise ValidationError(_("督查还没有开始"))
    order = issue_order(
        campaign=row.campaign, unit=unit, person=person, title=text, issued_on=on, due_on=due_on, by=by,
        demand=demand.strip() or tell("%(title)s发现：%(text)s。请按期整改并回复。") % {"title": row, "text": text},
    )  # fmt: skip
    shortcoming = Shortcoming(inspection=row, unit=unit, text=text, order=order)
    shortcoming.full_clean()
    shortcoming.save()
    audit.record(by, "shortcoming.created", shortcoming, before={})
    if files:
        keep_papers(shortcoming, files, by)
    return shortcoming


@transaction.atomic
def commend(*, inspection: Inspection, unit: Unit, deed: str, on: date, by: User, **facts) -> Commendation:
    """Commend a unit, or a person in it, that an inspection looked at."""
    row = locked_inspection(inspection, by)
    check_visited(row, unit)
    if on < row.starts_on:
        raise ValidationError({"on": _("通报日期不能早于督查开始日期")})
    deed = stated(deed, "deed", _("请写明表扬事项"))
    commendation = Commendation(inspection=row, unit=unit, deed=deed, on=on, **facts)
    commendation.full_clean()
    commendation.save()
    audit.record(by, "commendation.commended", commendation, before={})
    return commendation
