"""Addresses under which a member's calendar can be read without signing in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from units.tokens import hashed


class CalendarFeedQuerySet(models.QuerySet):
    """Words for calendar addresses."""

    def opened_by(self, token):
        """Narrow to the address that a token opens, of a member who may still sign in."""
        return self.filter(token_hash=hashed(token), user__is_active=True).select_related("user")


class CalendarFeed(models.Model):
    """The one secret address of a member's calendar; only the hash of its token is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("账号")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("生成时间"))

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("日历订阅")

    def __str__(self):
        return str(self.user)
