"""Meetings with companies: going out and inviting in."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognised, RecognisedQuerySet
from campaigns.numbers import ExactField
from projects.models.companies import Company
from projects.models.owned import OwnedQuerySet
from projects.models.projects import Project
from projects.models.trips import Trip
from units.models import Unit


def counted_rows(visits):
    """Return the number of some visits to one company as a subquery."""
    return models.Subquery(visits.order_by().values("company").annotate(n=models.Count("pk")).values("n"))


class VisitQuerySet(OwnedQuerySet, RecognisedQuerySet):
    """Words for visits."""

    def for_list(self):
        """Load what a list shows, the latest first: the nth of so many times that the unit met the company."""
        own = Visit.objects.live().filter(unit=models.OuterRef("unit"), company=models.OuterRef("company"))
        earlier = Q(on__lt=models.OuterRef("on")) | Q(on=models.OuterRef("on"), pk__lte=models.OuterRef("pk"))
        return (
            self.select_related("unit", "company", "project", "recorded_by")
            .annotate(times_met=counted_rows(own), nth_met=counted_rows(own.filter(earlier)))
            .order_by("-on", "-pk")
        )


class Visit(Recognised):
    """One meeting of a unit with one company: outbound 走出去 or inbound 请进来; it counts 1.

    heads is how many of ours went out, or of theirs came in.
    """

    class Direction(models.TextChoices):
        """Who came to whom."""

        OUTBOUND = "outbound", _("走出去")
        INBOUND = "inbound", _("请进来")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="visits", verbose_name=_("企业"))
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("有关项目")
    )
    trip = models.ForeignKey(
        Trip, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("外出招商")
    )
    direction = models.CharField(_("方向"), max_length=10, choices=Direction, default=Direction.OUTBOUND)
    on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=50, blank=True)
    heads = ExactField(_("人数"), default=Decimal(1))
    led_by_top = models.BooleanField(_("党政主要领导带队"), default=False)
    note = models.CharField(_("洽谈情况"), max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta(Recognised.Meta):
        verbose_name = verbose_name_plural = _("走访来访")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["unit", "company"], name="visit_of_unit_to_company")]
        constraints = [
            *Recognised.Meta.constraints,
            models.CheckConstraint(
                condition=Q(heads__gte=Decimal(1)),
                name="visit_has_somebody",
                violation_error_message=_("人数至少为 1"),
            ),
        ]

    def __str__(self):
        return f"{self.get_direction_display()} {self.company} {self.on}"

    def get_absolute_url(self):
        """Return the page of the visit."""
        return reverse("projects:visit", args=[self.pk])

    @property
    def company_name(self):
        """The company's name, as its form field is called."""
        return self.company.name
