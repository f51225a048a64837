"""Days as the commands take them."""

from datetime import date

from django.core.management.base import CommandError
from django.utils.translation import gettext as _


def read_day(value: str | date | None) -> date | None:
    """Read a day written 2026-09-30; None stays None. Anything else exits 2."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise CommandError(_("“%s”不是日期，请写成 2026-09-30 这样") % value, returncode=2) from None
