"""What a user has seen of the trail."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from units.models import AuditEntry


class Reading(models.Model):
    """A line of the trail that a user has seen in the inbox; what has no row of the user's is unread."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("用户"))
    entry = models.ForeignKey(AuditEntry, models.CASCADE, related_name="+", verbose_name=_("消息"))

    class Meta:
        verbose_name = verbose_name_plural = _("已读消息")
        constraints = [models.UniqueConstraint(fields=["user", "entry"], name="entry_read_once_by_a_user")]

    def __str__(self):
        return f"{self.user_id} {self.entry_id}"
