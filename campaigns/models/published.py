"""What others publish about the district: its own place among districts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Indicator
from units.models import BUSINESS_ROLES, Role, Unit, under


class DistrictPlaceQuerySet(models.QuerySet):
    """Words for published places."""

    def visible_to(self, user):
        """Narrow to the places of units that the user works in, above or below."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        above = {int(part) for path in paths for part in path.strip("/").split("/")}
        return self.filter(under(paths) | Q(unit__in=above))

    def editable_by(self, user):
        """Narrow to the places that an editor of the unit writes."""
        return self.filter(under(user.paths(Role.EDITOR))) if user.is_authenticated else self.none()

    def for_list(self):
        """Load what a list shows, the newest period first."""
        return self.select_related("unit", "indicator").order_by("-until", "unit__path", "indicator__name", "pk")


class DistrictPlace(models.Model):
    """The place that a superior body published for a unit among its like, in one period (R82).

    A unit has one place for a period on an indicator, and one composite place, which names no indicator.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="published_places", verbose_name=_("单位"))
    since = models.DateField(_("期间自"))
    until = models.DateField(_("期间至"))
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    place = models.PositiveIntegerField(_("位次"))
    of_how_many = models.PositiveIntegerField(_("参加排名个数"))
    source = models.CharField(_("来源"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )

    objects = DistrictPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("公布位次")
        ordering = ["-until", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "since", "until", "indicator"],
                name="place_published_once_a_period",
                violation_error_message=_("这个单位此期间此项指标的位次已登记"),
            ),
            models.UniqueConstraint(  # in an index no empty value equals another
                fields=["unit", "since", "until"],
                condition=Q(indicator__isnull=True),
                name="composite_published_once_a_period",
                violation_error_message=_("这个单位此期间的综合位次已登记"),
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="published_period_ends_after_it_starts",
                violation_error_message=_("期间止日不能早于起日"),
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=F("of_how_many")),
                name="published_place_is_one_of_how_many",
                violation_error_message=_("位次须在 1 与参加排名个数之间"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.since} 至 {self.until} {self.indicator or _('综合')}"
