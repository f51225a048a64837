"""An issue is corrected by another that revises it: the same number, 修订n, its own draft, approval and files."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reports.models import Report, ReportSection
from units import audit
from units.access import require
from units.models import Role, User

KEPT = ("campaign", "kind", *Report.FACTS)


@transaction.atomic
def start_revision(*, report: Report, by: User, reason: str) -> Report:
    """Start a correction with the texts of what it corrects; an issue is revised once, then its revision is."""
    old = (
        Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser", "kind").get(pk=report.pk)
    )
    require(by, Role.EDITOR, old.campaign.organiser)
    if not old.is_issued:
        raise ValidationError(_("没有印发的期次直接改，不必修订"))
    if Report.objects.filter(revises=old).exists():
        raise ValidationError(_("这一期已有修订，请修改那一份"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明为什么修订")})
    new = Report(revises=old, revision=old.revision + 1, **{name: getattr(old, name) for name in KEPT})
    new.full_clean()
    new.save()
    ReportSection.objects.bulk_create(
        ReportSection(report=new, text=row.text, **row.told) for row in old.sections.all()
    )
    audit.record(by, "report.created", new, before={}, reason=reason.strip())
    return new
