"""Writing first-report claims."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.claiming import claim_days
from projects.models import Claim, Company
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User


@transaction.atomic
def register_claim(
    *, company: Company, unit: Unit, on: date, note: str, by: User, contact: str = "", today: date | None = None
) -> Claim:
    """Register that a unit was in touch with a company first; its own claim that has lapsed gives way."""
    require(by, Role.CLERK, unit)
    company = Company.objects.select_for_update().get(pk=company.pk)
    if company.merged_into_id:
        raise ValidationError({"company_name": _("这家企业已并入另一家，请按现名登记")})
    if today is not None and on > today:
        raise ValidationError({"on": _("日期不能晚于今天")})
    own = company.claims.filter(unit=unit)
    if held := own.holding(today or on, days := claim_days()).first():
        told = {"on": held.on.isoformat()}
        raise ValidationError({"company_name": _("本单位已于 %(on)s 登记首报，仍然有效，不必重复登记") % told})
    for old in own.lapsed(today or on, days).select_for_update(of=("self",)):
        close(old, Claim.State.RELEASED, _("已失效，重新登记"), by, "claim.released")
    claim = Claim(company=company, unit=unit, on=on, note=note, contact=contact, recorded_by=by)
    claim.full_clean()
    claim.save()
    audit.record(by, "claim.created", claim, before={})
    return claim


def close(claim, state, reason, by, action):
    """Give a locked claim another state, with a reason, and write the trail."""
    before = audit.snapshot(claim)
    claim.state, claim.decision = state, str(reason)
    versions.bump(claim)
    claim.save()
    audit.record(by, action, claim, before=before, reason=str(reason))


@transaction.atomic
def release_claim(*, claim: Claim, reason: str, by: User, version: int | None = None) -> Claim:
    """Give a claim up."""
    claim = Claim.objects.select_for_update(of=("self",)).select_related("unit", "company").get(pk=claim.pk)
    require(by, Role.CLERK, claim.unit)
    versions.check(claim, version)
    if claim.state not in (Claim.State.STANDING, Claim.State.UPHELD):
        raise ValidationError(_("这条首报已不在有效状态，不必放弃"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明理由")})
    close(claim, Claim.State.RELEASED, reason, by, "claim.released")
    return claim


@transaction.atomic
def decide_claims(*, company: Company, upheld: Claim, reason: str, by: User, now, seen: str | None = None) -> Claim:
    """Decide between the open claims on a company: one is upheld, the others are overruled.

    seen is the stamp of the claims that the bureau decided on.
    """
    company = Company.objects.select_for_update().get(pk=company.pk)
    claims = list(company.claims.open().select_related("unit").select_for_update(of=("self",)).order_by("pk"))
    for claim in claims:
        require(by, Role.EDITOR, claim.unit)
    if seen is not None and seen != stamp_of_claims(claims):
        raise ValidationError(_("打开本页后，这家企业的首报有了变化。请核对后再裁定。"))
    if len(claims) < 2:
        raise ValidationError(_("这家企业没有需要裁定的首报：至少要有两个单位的首报"))
    if upheld.pk not in {claim.pk for claim in claims}:
        raise ValidationError({"upheld": _("请选一条仍然有效的首报")})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明裁定理由")})
    changes = {}
    for claim in claims:
        old = str(claim.get_state_display())
        claim.state = Claim.State.UPHELD if claim.pk == upheld.pk else Claim.State.OVERRULED
        claim.decided_by, claim.decided_at, claim.decision = by, now, reason
        versions.bump(claim)
        claim.save()
        changes[str(claim.unit)] = [old, str(claim.get_state_display())]
    audit.record(by, "company.claims_decided", company, changes=changes, reason=reason)
    return next(claim for claim in claims if claim.pk == upheld.pk)


def stamp_of_claims(claims) -> str:
    """Return what tells one state of a company's open claims from another."""
    return " ".join(f"{claim.pk}:{claim.version}" for claim in sorted(claims, key=lambda claim: claim.pk))
