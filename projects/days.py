"""The days that a record may carry: those of this century; another is a slip of the pen."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


def check_day(day: date) -> None:
    """Refuse a day that nobody means."""
    if not FIRST <= day <= LAST:
        raise ValidationError(_("日期须在 2000 年至 2100 年之间"))
