"""Land of projects: handed over, built on, used, taken back."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactField
from projects.models.projects import Project


class ParcelQuerySet(models.QuerySet):
    """Words for land."""

    def visible_to(self, user):
        """Narrow to the land of projects the user may see."""
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def not_built(self, as_of):
        """Narrow to what was handed over but not built on by the agreed day (圈而不建)."""
        held = self.filter(handed_over_on__lte=as_of, build_by__lt=as_of).kept(as_of)
        return held.filter(Q(built_on__isnull=True) | Q(built_on__gt=as_of))

    def not_used(self, as_of):
        """Narrow to what was handed over and not used by the agreed day (占而不用); 圈而不建 is left out."""
        held = self.filter(handed_over_on__lte=as_of, use_by__lt=as_of).kept(as_of)
        occupied = Q(built_on__lte=as_of) | Q(build_by__isnull=True) | Q(build_by__gte=as_of)
        return held.filter(occupied, Q(used_on__isnull=True) | Q(used_on__gt=as_of))

    def kept(self, as_of):
        """Leave out what was taken back."""
        return self.filter(Q(reclaimed_on__isnull=True) | Q(reclaimed_on__gt=as_of))

    def for_list(self):
        """Load what a list shows."""
        rows = self.select_related("project__company").prefetch_related("project__credits__unit")
        return rows.order_by("project", "pk")


class Parcel(models.Model):
    """Land of a project: how much, what it cost and was sold for, when it was handed over, built on, used (R42, R57).

    The subsidy per mu is cost less price; nothing stores it.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="parcels", verbose_name=_("项目"))
    name = models.CharField(_("地块"), max_length=100)
    area = ExactField(_("面积（亩）"))
    cost_per_mu = ExactField(_("每亩成本（万元）"), null=True, blank=True)
    price_per_mu = ExactField(_("每亩出让价（万元）"), null=True, blank=True)
    handed_over_on = models.DateField(_("交地日期"), null=True, blank=True)
    build_by = models.DateField(_("约定开工期限"), null=True, blank=True)
    built_on = models.DateField(_("实际开工日期"), null=True, blank=True)
    use_by = models.DateField(_("约定投用期限"), null=True, blank=True)
    used_on = models.DateField(_("实际投用日期"), null=True, blank=True)
    reclaimed_on = models.DateField(_("收回日期"), null=True, blank=True)
    reclaim_reason = models.CharField(_("收回依据"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("地块")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="parcel_once_per_project", violation_error_message=_("该地块已登记")
            ),
            models.CheckConstraint(
                condition=Q(area__gt=Decimal(0)),
                name="parcel_has_an_area",
                violation_error_message=_("面积须大于 0"),
            ),
            models.CheckConstraint(
                condition=Q(reclaimed_on__isnull=True) | ~Q(reclaim_reason=""),
                name="reclaim_has_a_reason",
                violation_error_message=_("收回须写明依据"),
            ),
        ]

    def __str__(self):
        return f"{self.project} · {self.name}"

    def get_absolute_url(self):
        """Return the land on the page of its project."""
        return f"{reverse('projects:project', args=[self.project_id])}#land"

    @property
    def subsidy_per_mu(self):
        """Cost less price in 万元 a mu, None where either is unknown."""
        if self.cost_per_mu is None or self.price_per_mu is None:
            return None
        return self.cost_per_mu - self.price_per_mu
