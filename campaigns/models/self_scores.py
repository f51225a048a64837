"""What units give themselves by a scheme (自评分): one sheet a unit and day, one row for each clause asked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.scheme import Scheme, SchemeRow
from campaigns.numbers import ExactField
from units.models import BUSINESS_ROLES, Role, Unit, under


class SelfSheetQuerySet(models.QuerySet):
    """Words for sheets."""

    def visible_to(self, user):
        """Narrow to the sheets of the user's units, and those that the user's units ask for."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(under(paths) | under(paths, "scheme__campaign__organiser__"))

    def with_scheme(self):
        """Load the scheme, its campaign, the unit and who handed it in."""
        return self.select_related("scheme__campaign__organiser", "unit", "submitted_by")


class SelfSheet(models.Model):
    """The sheet on which one unit assesses itself by a scheme in force, as of a day, between two days.

    A unit has one sheet for a scheme and a day. It is open until it is handed in; until due_on it may be changed.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="self_sheets", verbose_name=_("考核办法"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.CharField(_("责任领导"), max_length=50, blank=True)
    as_of = models.DateField(_("考核截止日"))
    opens_on = models.DateField(_("自评开始"))
    due_on = models.DateField(_("自评截止"))
    submitted_on = models.DateField(_("报送日期"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报送人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SelfSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("自评表")
        ordering = ["-as_of", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "unit", "as_of"], name="self_sheet_once_for_a_day"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="self_sheet_is_due_after_it_opens",
                violation_error_message=_("自评截止不能早于自评开始"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} 自评表（截至 {self.as_of.isoformat()}）"

    def get_absolute_url(self):
        """Return the page of the sheet."""
        return reverse("campaigns:self_sheet", args=[self.pk])

    def is_open(self, day):
        """Say whether the unit may write on it on a day."""
        return self.opens_on <= day <= self.due_on

    def may_fill(self, user, day):
        """Say whether the user writes on it for the unit on a day."""
        return self.is_open(day) and user.holds(Role.CLERK, self.unit)

    def may_review(self, user):
        """Say whether the user writes down what the assessor says to it."""
        return self.submitted_on is not None and user.holds(Role.EDITOR, self.scheme.campaign.organiser)


class SelfScore(models.Model):
    """The points a unit gives itself on one clause, on what evidence, and what the assessor says to it."""

    sheet = models.ForeignKey(SelfSheet, models.CASCADE, related_name="scores", verbose_name=_("自评表"))
    row = models.ForeignKey(SchemeRow, models.PROTECT, related_name="+", verbose_name=_("条款"))
    points = ExactField(_("自评分"))
    evidence = models.CharField(_("自评依据"), max_length=500)
    opinion = models.CharField(_("审核意见"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("自评分")
        constraints = [models.UniqueConstraint(fields=["sheet", "row"], name="self_score_once_on_a_clause")]

    def __str__(self):
        return f"{self.row} {self.points}"
