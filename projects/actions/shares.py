"""Writing who shares a project, from which day on, and by which document."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects import counting
from projects.actions.projects import lock_visits, repost
from projects.models import Credit, Project
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User

Shares = Sequence[tuple[Unit, str, Decimal]]  # unit, role, percent


@transaction.atomic
def set_shares(
    *,
    project: Project,
    shares: Shares,
    document: str,
    by: User,
    from_on: date | None = None,
    reason: str = "",
    version: int | None = None,
    today: date | None = None,
) -> Project:
    """Set who shares a project from a day on (None: from the beginning); the bureau decides, the entries follow.

    The present shares are kept as those of former days; with the day from which they hold they are corrected.
    Shares add up to exactly 100, and one unit introduced the project.
    """
    lock_visits(project)
    project = Project.objects.select_for_update().get(pk=project.pk)
    versions.check(project, version)
    held, fresh = draft_shares(
        project=project, shares=shares, document=document, from_on=from_on, by=by, today=today
    )  # fmt: skip
    present = list(project.credits.select_related("unit"))
    if held:
        project.credits.update(until_on=held[0].until_on)
    else:
        project.credits.all().delete()
    for credit in fresh:
        credit.full_clean()
        credit.save()
    versions.bump(project)
    project.save(update_fields=["version", "updated_at"])
    repost(project)
    audit.record(by, "project.shares_set", project, changes=_changes(present, fresh), reason=reason)
    return project


def draft_shares(
    *,
    project: Project,
    shares: Shares,
    document: str,
    by: User,
    from_on: date | None = None,
    today: date | None = None,
) -> tuple[list[Credit], list[Credit]]:
    """Return (what is left of the present shares, the new ones) as set_shares would save them, checked and unsaved.

    Nothing is left of the present shares where they are corrected.
    """
    present = list(project.credits.select_related("unit"))
    _require(present, shares, by)
    _check_day(present, from_on, today)
    if not document.strip():
        raise ValidationError({"document": _("请写明依据文件（文号或会议纪要）")})
    if len({unit for unit, _role, _share in shares}) != len(shares):
        raise ValidationError(_("同一单位只能有一份"))
    if sum(1 for _unit, role, _share in shares if role == Credit.Role.INTRODUCING) != 1:
        raise ValidationError(_("须有且只有一个招引单位"))
    total = sum((share for _unit, _role, share in shares), Decimal(0))
    if total != counting.WHOLE:
        raise ValidationError(_("各单位份额合计须为 100%%，现为 %(n)s%%") % {"n": plain(total)})
    fresh = [
        Credit(project=project, unit=unit, role=role, share=share, from_on=from_on, document=document.strip())
        for unit, role, share in shares
    ]
    for credit in fresh:  # whether it is the only one of its unit is known once the present ones have ended
        credit.full_clean(exclude=["project", "unit"])
    if from_on == _since(present):
        return [], fresh
    for credit in present:
        credit.until_on = from_on - timedelta(days=1)
    return present, fresh


def _require(present, shares, by):
    """Refuse who is no editor of the district, and units of another one."""
    top = present[0].unit.lineage[0]
    if not by.is_system:
        require(by, Role.EDITOR, Unit.objects.get(pk=top))
    for unit, _role, _share in shares:
        if unit.lineage[0] != top:
            raise ValidationError(_("%(unit)s不是本区的单位，不能分享本区的项目") % {"unit": unit})


def _since(present):
    """Return the day from which the present shares hold; None: from the beginning."""
    return present[0].from_on


def _check_day(present, from_on, today):
    since = _since(present)
    if from_on is not None and today is not None and from_on > today:
        raise ValidationError({"from_on": _("起算日期不能晚于今天；到了那一天再设定")})
    if since is not None and (from_on is None or from_on < since):
        told = {"day": since.isoformat()}
        raise ValidationError(
            {
                "from_on": _(
                    "现行归属自 %(day)s 起算，新归属不能更早。要更正现行归属，请填同一天；要改动，请填之后的日期"
                )
                % told
            }
        )


def _changes(present, fresh):
    """Return what the trail says: each unit's share, the day and the document, before and after."""
    old = {str(credit.unit): _told(credit) for credit in present} | _told_of_all(present)
    new = {str(credit.unit): _told(credit) for credit in fresh} | _told_of_all(fresh)
    return {name: [old.get(name, ""), new.get(name, "")] for name in {**old, **new} if old.get(name) != new.get(name)}


def _told(credit):
    return f"{credit.get_role_display()} {plain(credit.share)}%"


def _told_of_all(credits):
    since = _since(credits)
    day = since.isoformat() if since else str(_("自始"))
    return {str(_("起算日期")): day, str(_("依据文件")): credits[0].document}
