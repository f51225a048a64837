"""Writing the thresholds that flags and claims read."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects.models import Threshold
from units import audit, versions
from units.models import Role, User


@transaction.atomic
def set_threshold(*, name: str, value: Decimal | None, by: User, version: int | None = None) -> None:
    """Set a threshold; None brings its default back. The version of one that was never set is 0."""
    if not by.is_system and Role.EDITOR not in by.roles:
        raise PermissionDenied("only editors set thresholds")
    row = Threshold.objects.select_for_update().filter(name=name).first()
    default = Threshold.DEFAULTS[Threshold.Name(name)]
    held = row or Threshold(name=name, value=default, version=0)
    versions.check(held, version)
    back = _("%(n)s（默认）") % {"n": plain(default)}
    changes = {str(held): [plain(row.value) if row else str(back), str(back) if value is None else plain(value)]}
    if value is not None:
        held.value = value
        versions.bump(held)
        held.full_clean()
        held.save()
    if held.pk:
        audit.record(by, "threshold.changed", held, changes=changes)
    if row and value is None:
        row.delete()
