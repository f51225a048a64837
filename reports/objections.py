"""Objections to a bulletin that lies open: filed by a unit on its own row, accepted or refused with a reason."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.actions.evidence import TYPES, check_content, extension_of, read_whole, safe_name
from reports.models import Objection, Report
from reports.models.workflow import VOICES
from reports.workflow import hash_of, require_desk
from units import audit
from units.models import Unit, User


def units_of(report: Report, user: User) -> list[Unit]:
    """Return the units of the roster for which a user may object."""
    rows = Unit.objects.filter(seats__campaign=report.campaign_id).order_by("path")
    return [unit for unit in rows if any(user.holds(role, unit) for role in VOICES)]


@transaction.atomic
def file_objection(
    *,
    report: Report,
    unit: Unit,
    about: str,
    wrong: str,
    by: User,
    today: date,
    right: str = "",
    file: File | None = None,
) -> Objection:
    """Say for a unit what is wrong in its row of a bulletin that lies open, with a file as proof."""
    report = _open_report(report)
    if unit not in units_of(report, by):
        raise PermissionDenied(f"{by} does not speak for {unit}")
    if today > report.objections_until:
        raise ValidationError(_("公示已于 %(day)s 截止") % {"day": report.objections_until.isoformat()})
    objection = Objection(
        report=report, unit=unit, about=about.strip(), wrong=wrong.strip(), right=right.strip(),
        filed_at=timezone.now(), filed_by=by,
    )  # fmt: skip
    if file is not None:
        objection.file_name = safe_name(file.name)
        extension = extension_of(objection.file_name)
        objection.file = read_whole(file)
        check_content(objection.file, extension)
        objection.file_type, objection.file_sha256 = TYPES[extension], hash_of(objection.file)
    objection.full_clean(exclude=["file"])
    objection.save()
    audit.record(by, "objection.created", objection, before={})
    return objection


@transaction.atomic
def decide_objection(*, objection: Objection, accepted: bool, reason: str, by: User) -> Objection:
    """Accept or refuse an objection with a reason; figures follow the ledger, which is corrected there."""
    report = _open_report(objection.report)
    require_desk(by, report)
    objection = Objection.objects.select_for_update(of=("self",)).select_related("unit").get(pk=objection.pk)
    if not objection.is_open:
        raise ValidationError(_("这件异议已经处理"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明理由")})
    before = audit.snapshot(objection)
    objection.state = Objection.State.ACCEPTED if accepted else Objection.State.REFUSED
    objection.reason, objection.decided_at, objection.decided_by = reason.strip(), timezone.now(), by
    objection.full_clean(exclude=["file"])
    objection.save()
    audit.record(by, "objection.decided", objection, before=before, reason=objection.reason)
    return objection


def _open_report(report):
    """Lock a report that lies open: it is not issued meanwhile."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser")
    report = rows.get(pk=report.pk)
    if not report.is_open:
        raise ValidationError(_("这一期不在公示中"))
    return report
