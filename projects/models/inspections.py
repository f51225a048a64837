"""Inspections (督查): which team looked at which units, what it found wanting, whom it commended (R91)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Order
from projects.models.trips import counted
from units.models import BUSINESS_ROLES, Unit, under


class InspectionQuerySet(models.QuerySet):
    """Words for inspections."""

    def visible_to(self, user):
        """Narrow to the inspections of campaigns that the user's units organise, and those of the user's units."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        visited = Inspection.units.through.objects.filter(under(paths)).values("inspection")
        return self.filter(under(paths, "campaign__organiser__") | Q(pk__in=visited))

    def for_list(self):
        """Load what a list shows, the latest first; what was found and who was commended is counted."""
        found = Shortcoming.objects.filter(inspection=models.OuterRef("pk"))
        visited = Inspection.units.through.objects.filter(inspection=models.OuterRef("pk"))
        praised = Commendation.objects.filter(inspection=models.OuterRef("pk"))
        return (
            self.select_related("campaign__organiser")
            .annotate(
                unit_count=counted(visited, "inspection"),
                found_count=counted(found, "inspection"),
                closed_count=counted(found.filter(order__closed_on__isnull=False), "inspection"),
                praised_count=counted(praised, "inspection"),
            )
            .order_by("-starts_on", "-pk")
        )


class Inspection(models.Model):
    """A team looks at how units do in a campaign, from a day to a day; what it finds becomes orders."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="inspections", verbose_name=_("战役"))
    title = models.CharField(_("督查名称"), max_length=100)
    team = models.CharField(_("督查组"), max_length=200)
    members = models.CharField(_("成员"), max_length=300, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    units = models.ManyToManyField(Unit, related_name="+", verbose_name=_("受检单位"))
    summary = models.CharField(_("督查情况"), max_length=2000, blank=True)
    document = models.CharField(_("通报文号"), max_length=100, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督查")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="inspection_ends_after_it_starts",
                violation_error_message=_("结束日期不能早于开始日期"),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page of the inspection."""
        return reverse("projects:inspection", args=[self.pk])


class ShortcomingQuerySet(models.QuerySet):
    """Words for what inspections found wanting."""

    def visible_to(self, user):
        """Narrow to what was found of the user's units, or by the organisers they belong to."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(under(paths) | under(paths, "inspection__campaign__organiser__"))

    def for_list(self):
        """Load what the page of an inspection shows, unit by unit."""
        return self.select_related("unit", "order__campaign").order_by("unit__path", "pk")


class Shortcoming(models.Model):
    """What an inspection found wanting at a unit; the order issued for it says by when and what became of it."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="shortcomings", verbose_name=_("督查"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    text = models.CharField(_("发现的问题"), max_length=200)
    order = models.OneToOneField(Order, models.PROTECT, related_name="+", verbose_name=_("督办单"))

    objects = ShortcomingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督查发现")
        ordering = ["pk"]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        """Return the page of its inspection."""
        return f"{reverse('projects:inspection', args=[self.inspection_id])}#shortcoming-{self.pk}"


class CommendationQuerySet(models.QuerySet):
    """Words for commendations: they are public to who takes part."""

    def visible_to(self, user):
        """Narrow to the commendations in the campaigns the user may see."""
        return self.filter(inspection__campaign__in=Campaign.objects.visible_to(user).values("pk"))

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("unit", "inspection__campaign__organiser").order_by("-on", "-pk")


class Commendation(models.Model):
    """A unit, or a person in it, commended in a bulletin after an inspection (通报表扬)."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="commendations", verbose_name=_("督查"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.CharField(_("个人"), max_length=50, blank=True)
    deed = models.CharField(_("表扬事项"), max_length=300)
    document = models.CharField(_("通报文号"), max_length=100, blank=True)
    on = models.DateField(_("通报日期"))

    objects = CommendationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通报表扬")
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"{self.unit} {self.person}".strip()
