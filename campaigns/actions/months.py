"""Closing and reopening a month of the ledger."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import periods
from campaigns.models import Period
from units import audit
from units.models import Role, User


@transaction.atomic
def close_month(*, month: date, reason: str, by: User) -> Period:
    """Close a month: from now on what belongs to it is posted to the first open day."""
    return _set_closed(month, True, reason, by)


@transaction.atomic
def reopen_month(*, month: date, reason: str, by: User) -> Period:
    """Open a closed month again."""
    return _set_closed(month, False, reason, by)


def may_close(user: User) -> bool:
    """Say whether the user keeps the months: an editor of a top unit."""
    return user.is_system or any(path.count("/") == 2 for path in user.paths(Role.EDITOR))


def _set_closed(month, closed, reason, by):
    if not may_close(by):
        raise PermissionDenied("only an editor of a top unit keeps the months")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明理由")})
    month = month.replace(day=1)
    periods.lock([month])
    period = Period.objects.get(month=month)
    if period.closed == closed:
        raise ValidationError(_("该月已封账") if closed else _("该月本来就是开放的"))
    before = audit.snapshot(period)
    period.closed, period.reason = closed, reason.strip()
    period.save()
    audit.record(by, "period.closed" if closed else "period.reopened", period, before=before, reason=reason)
    return period
