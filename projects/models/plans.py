"""Plans that units file for a campaign (R1)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignUnit
from units.models import BUSINESS_ROLES, Unit, under


class PlanQuerySet(models.QuerySet):
    """Words for plans."""

    def visible_to(self, user):
        """Narrow to the plans of the user's units, and the own plans of campaigns whose standings the user sees.

        The units of one line of a roster (招商小组) read each other's.
        """
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        line = CampaignUnit.objects.filter(Q(unit=OuterRef("unit")) | Q(further__unit=OuterRef("unit")))
        line = line.filter(under(paths) | under(paths, "further__unit__"), campaign=OuterRef("campaign"))
        own = Q(unit=F("campaign__organiser"), campaign__in=Campaign.objects.visible_to(user).values("pk"))
        return self.filter(under(paths) | own | Exists(line))


class Plan(models.Model):
    """A unit's plan for a campaign, kept in files; the organiser's is the plan of the campaign. One for each unit."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="plans", verbose_name=_("战役"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    on = models.DateField(_("报送日期"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("报送人")
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("工作方案")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="plan_once_per_campaign_and_unit",
                violation_error_message=_("该单位已报送方案"),
            )
        ]

    def __str__(self):
        return f"{self.campaign} · {self.unit}{_('工作方案')}"

    def get_absolute_url(self):
        """Return the page with all plans of the campaign."""
        return reverse("projects:plan_list", args=[self.campaign_id])
