"""What a project has to pass before it is signed or lands: reviews and the fair-competition check."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from units.models import Unit


class ReviewQuerySet(models.QuerySet):
    """Words for reviews."""

    def visible_to(self, user):
        """Narrow to the reviews of projects the user may see."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def for_list(self):
        """Load what the page of the gates shows, each with the number of its files that were not taken back."""
        live = Q(evidence__withdrawn_at__isnull=True)
        return self.select_related("unit").annotate(papers=models.Count("evidence", filter=live)).order_by("pk")


class Review(models.Model):
    """One gate a project passed or failed: who said so, when, with which opinion (R54)."""

    class Gate(models.TextChoices):
        """The gates, in their order."""

        INDUSTRY = "industry", _("产业评估")
        PLANNING = "planning", _("规划评估")
        LAND = "land", _("用地评估")
        ENVIRONMENT = "environment", _("环境评估")
        INTENSITY = "intensity", _("投资强度评估")
        FIRST = "first", _("初审")
        SECTOR = "sector", _("行业审查")
        LEGAL = "legal", _("法制审查")
        DECISION = "decision", _("决策")

    class Result(models.TextChoices):
        """What came of it."""

        PASSED = "passed", _("通过")
        CONDITIONAL = "conditional", _("有条件通过")
        FAILED = "failed", _("不通过")

    project = models.ForeignKey(Project, models.CASCADE, related_name="reviews", verbose_name=_("项目"))
    gate = models.CharField(_("关口"), max_length=12, choices=Gate)
    result = models.CharField(_("结论"), max_length=12, choices=Result)
    on = models.DateField(_("日期"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审查单位")
    )
    person = models.CharField(_("审查人"), max_length=50, blank=True)
    opinion = models.CharField(_("意见"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("审查关口")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "gate"], name="review_once_per_gate", violation_error_message=_("这一关口已有结论")
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | ~Q(person=""),
                name="review_is_somebodys",
                violation_error_message=_("审查单位和审查人至少填一个"),
            ),
        ]

    def __str__(self):
        return f"{self.project} · {self.get_gate_display()}"

    def get_absolute_url(self):
        """Return its line on the page of the project's gates."""
        return f"{reverse('projects:project_reviews', args=[self.project_id])}#{self.gate}"


class FairCompetition(models.Model):
    """The fair-competition check of a project's terms before its contract, signed off by a named person (I20).

    answers holds {item: "no" | "yes" | "exempt"}: whether the terms hold what the item forbids.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="fair_competition", verbose_name=_("项目"))
    answers = models.JSONField(_("审查事项"), default=dict)
    opinion = models.CharField(_("审查意见"), max_length=500, blank=True)
    signed_by = models.CharField(_("签字人"), max_length=50, blank=True)
    signed_on = models.DateField(_("签字日期"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("公平竞争审查")
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by="", signed_on__isnull=True) | (~Q(signed_by="") & Q(signed_on__isnull=False)),
                name="sign_off_has_a_name_and_a_day",
                violation_error_message=_("签字人和签字日期须一并填写"),
            )
        ]

    def __str__(self):
        return f"{self.project} · 公平竞争审查"

    def get_absolute_url(self):
        """Return the page of the check."""
        return reverse("projects:fair_competition", args=[self.project_id])
