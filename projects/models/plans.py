"""Plans that units file for a campaign (R1)."""

from django.conf import settings
from django.db import models
from django.db.models import Case, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignUnit, FurtherUnit
from projects.models.trips import Delegation, Trip
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


class PlanDueQuerySet(models.QuerySet):
    """Words for the plans that are due."""

    def visible_to(self, user):
        """Narrow to the roster lines of the user's units."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*BUSINESS_ROLES)))

    def owed(self):
        """Narrow to what has a last day; add it as due_on, and as kept the day it was filed.

        It is filed with the day of the plan, once a team was formed or a trip within the campaign was filed, too, by
        the unit or one below it, or by one that stands on the same line.
        """
        mine = Q(unit=OuterRef("unit")) | Q(
            unit__in=FurtherUnit.objects.filter(seat=OuterRef(OuterRef("pk"))).values("unit")
        )
        plans = Plan.objects.filter(
            mine, campaign=OuterRef("campaign"), evidence__isnull=False, evidence__withdrawn_at__isnull=True
        )
        days = (OuterRef("campaign__starts_on"), OuterRef("campaign__ends_on"))
        teams = of_line(Delegation.objects.filter(campaign=OuterRef("campaign")))
        trips = of_line(Trip.objects.live().filter(starts_on__range=days))
        filed_on = Subquery(plans.order_by("on", "pk").values("on")[:1])
        return self.filter(campaign__plans_due_on__isnull=False).annotate(
            due_on=F("campaign__plans_due_on"),
            kept=Case(
                When(Exists(teams) | Exists(trips), then=filed_on), default=Value(None), output_field=DateField()
            ),
        )


def of_line(rows):
    """Narrow rows of units to those of the roster line outside: its unit, those on the same line, all below."""
    further = FurtherUnit.objects.filter(seat=OuterRef(OuterRef("pk")))
    further = further.annotate(below=ExpressionWrapper(OuterRef("unit__path"), output_field=models.CharField()))
    joined = Exists(further.filter(below__startswith=F("unit__path")))
    return rows.filter(Q(unit__path__startswith=OuterRef("unit__path")) | joined)


class PlanDue(CampaignUnit):
    """The plan and the itineraries that a line of a roster owes its campaign by the campaign's day (R1)."""

    objects = PlanDueQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = _("方案报送")

    def get_absolute_url(self):
        """Return the page with all plans of the campaign."""
        return reverse("projects:plan_list", args=[self.campaign_id])
