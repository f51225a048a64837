"""Where standings hang on a wall."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign
from units.access import SCREENERS
from units.models import under
from units.tokens import hashed


class WallScreenQuerySet(models.QuerySet):
    """Words for wall screens."""

    def visible_to(self, user):
        """Narrow to the screens of campaigns that an editor or leader of the organiser puts on a wall."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*SCREENERS), "campaign__organiser__"))

    def opened_by(self, token):
        """Narrow to the screen that a token opens; to none once it was revoked."""
        rows = self.filter(token_hash=hashed(token), revoked_at=None)
        return rows.select_related("campaign__organiser")

    def for_list(self):
        """Load what a list shows, those in use first."""
        return self.select_related("made_by", "revoked_by").order_by("revoked_at", "-made_at", "-pk")


class WallScreen(models.Model):
    """A secret address under which a campaign is shown on a wall without signing in, until it is revoked.

    Only the hash of its token is kept. It shows standings of one campaign, of all groups or some, and opens nothing.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="walls", verbose_name=_("战役"))
    name = models.CharField(_("放在哪里"), max_length=50)
    groups = models.JSONField(_("显示的组别"), default=list, blank=True)  # none of them named: all
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("生成人"))
    made_at = models.DateTimeField(_("生成时间"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("停用人")
    )
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = WallScreenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("大屏")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="wall_is_revoked_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.campaign} · {self.name}"
