"""The table of holidays that working days are counted by."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HolidayQuerySet(models.QuerySet):
    """Words for holidays."""

    def table(self):
        """Return {day: whether it is worked}, as campaigns.workdays reads it: one query."""
        return dict(self.values_list("on", "works"))


class Holiday(models.Model):
    """A day that is not what its weekday says: free, or worked in exchange; the bureau edits the table."""

    on = models.DateField(_("日期"), unique=True, error_messages={"unique": _("这一天已在表中")})
    works = models.BooleanField(_("上班"), default=False)
    name = models.CharField(_("名称"), max_length=50)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("节假日")
        ordering = ["-on"]

    def __str__(self):
        return f"{self.on} {self.name}"
