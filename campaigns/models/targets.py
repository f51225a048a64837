"""What each unit owes: quotas in dated versions, their parts by day, industry and person; what is expected."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Campaign, CampaignIndicator
from campaigns.numbers import ExactField
from units.models import Unit


class TargetVersionQuerySet(models.QuerySet):
    """Words for versions of quotas."""

    def in_force(self, campaign, as_of):
        """Narrow to the one version that a day reads, if any: the last issued one that holds by then.

        Until a campaign issues its first version, the draft is what every day reads.
        """
        issued = Q(issued_on__isnull=False, holds_from__lte=as_of)
        return self.filter(issued | Q(issued_on__isnull=True, number=1), campaign=campaign).order_by("-number")[:1]

    def working(self, campaign):
        """Narrow to the one version that the quota grid shows: the draft, else the last issued one."""
        return self.filter(campaign=campaign).order_by("-number")[:1]


class TargetVersion(models.Model):
    """All quotas of a campaign as one document set them: a draft, or issued (下达) and never changed again.

    Numbers count up; a later one never holds from an earlier day; a campaign has at most one draft, its last.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="target_versions", verbose_name=_("战役"))
    number = models.PositiveIntegerField(_("版本"))
    document = models.CharField(_("文号"), max_length=100, blank=True)
    holds_from = models.DateField(_("生效日期"), null=True, blank=True)
    issued_on = models.DateField(_("下达日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = TargetVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("目标版本")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="target_version_once_per_number"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(issued_on__isnull=True),
                name="campaign_has_one_draft_of_targets",
                violation_error_message=_("已有一份未下达的草稿"),
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(holds_from__isnull=False),
                name="issued_targets_hold_from_a_day",
                violation_error_message=_("下达须有生效日期"),
            ),
        ]

    def __str__(self):
        return _("第 %d 版") % self.number

    @property
    def is_draft(self):
        """Whether it was not issued yet."""
        return self.issued_on is None


class LineWeight(models.Model):
    """The weight of an indicator in an issued version; the indicator's own is the one that issues next."""

    version = models.ForeignKey(TargetVersion, models.CASCADE, related_name="weights", verbose_name=_("目标版本"))
    line = models.ForeignKey(CampaignIndicator, models.CASCADE, related_name="weights", verbose_name=_("考核指标"))
    weight = ExactField(_("权重"))

    class Meta:
        verbose_name = verbose_name_plural = _("指标权重")
        constraints = [models.UniqueConstraint(fields=["version", "line"], name="weight_once_per_version_and_line")]

    def __str__(self):
        return f"{self.version} · {self.line}"


class TargetQuerySet(models.QuerySet):
    """Words for targets."""

    def working(self, campaign):
        """Narrow to the targets of the version that the quota grid shows."""
        return self.filter(version=models.Subquery(TargetVersion.objects.working(campaign).values("pk")))

    def in_force(self, campaign, as_of):
        """Narrow to the targets that a day reads."""
        return self.filter(version=models.Subquery(TargetVersion.objects.in_force(campaign, as_of).values("pk")))


class Target(models.Model):
    """What a roster unit, or the organiser itself, owes on one indicator of a campaign, in one version.

    A unit has at most one target on a line of a version. The organiser's own need not equal the sum of the units'
    (加压). growth and base say what the amount was made of, where it was stated as growth over last year (R38).
    """

    version = models.ForeignKey(TargetVersion, models.CASCADE, related_name="targets", verbose_name=_("目标版本"))
    line = models.ForeignKey(CampaignIndicator, models.CASCADE, related_name="targets", verbose_name=_("考核指标"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    amount = ExactField(_("确保目标"))
    stretch = ExactField(_("力争目标"), null=True, blank=True)
    growth = ExactField(_("比去年增长"), null=True, blank=True)  # percent; of a level in %, percentage points
    base = ExactField(_("去年实绩"), null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("目标任务")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "line", "unit"],
                name="target_once_per_version_unit_line",
                violation_error_message=_("该单位已有此项指标的目标"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal(0)),
                name="target_is_not_negative",
                violation_error_message=_("目标不能为负"),
            ),
            models.CheckConstraint(
                condition=Q(stretch__isnull=True) | Q(stretch__gte=F("amount")),
                name="stretch_is_not_below_the_floor",
                violation_error_message=_("力争目标不能低于确保目标"),
            ),
            models.CheckConstraint(
                condition=Q(growth__isnull=True, base__isnull=True) | Q(growth__isnull=False, base__isnull=False),
                name="target_growth_is_over_a_base",
                violation_error_message=_("按增长下达的目标须有去年实绩"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.line}"


class TargetStage(models.Model):
    """How much of one target is due by a day; by the clock of stages it is what the line is measured against."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="stages", verbose_name=_("目标任务"))
    on = models.DateField(_("截止日期"))
    amount = ExactField(_("阶段目标"))

    class Meta:
        verbose_name = verbose_name_plural = _("阶段目标")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "on"],
                name="target_stage_once_per_day",
                violation_error_message=_("同一天只能有一个阶段目标"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal(0)),
                name="target_stage_is_not_negative",
                violation_error_message=_("目标不能为负"),
            ),
        ]

    def __str__(self):
        return f"{self.target} {self.on}"


class IndustryTarget(models.Model):
    """How much of one target is owed in one industry, a sector or a chain by its name (R40); need not add up."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="industries", verbose_name=_("目标任务"))
    industry = models.CharField(_("产业"), max_length=50)
    amount = ExactField(_("产业目标"))

    class Meta:
        verbose_name = verbose_name_plural = _("产业目标")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "industry"],
                name="industry_target_once_per_industry",
                violation_error_message=_("该产业已有此项指标的目标"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal(0)),
                name="industry_target_is_not_negative",
                violation_error_message=_("目标不能为负"),
            ),
        ]

    def __str__(self):
        return f"{self.target} {self.industry}"


class PersonTarget(models.Model):
    """What one person of a unit takes on of its quota (责任到人); the rows need not add up to it."""

    line = models.ForeignKey(CampaignIndicator, models.CASCADE, related_name="+", verbose_name=_("考核指标"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.CharField(_("责任人"), max_length=50)
    amount = ExactField(_("责任目标"))

    class Meta:
        verbose_name = verbose_name_plural = _("责任到人")
        ordering = ["person", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "unit", "person"],
                name="person_target_once_per_person",
                violation_error_message=_("该责任人已有此项指标的目标"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=Decimal(0)),
                name="person_target_is_not_negative",
                violation_error_message=_("目标不能为负"),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.line}"


class ForecastQuerySet(models.QuerySet):
    """Words for forecasts."""

    def known(self, campaign, as_of):
        """Narrow to what was said of a campaign by a day, the newest first."""
        return self.filter(line__campaign=campaign, on__lte=as_of).order_by("-on", "-pk")


class Forecast(models.Model):
    """What somebody says that a unit, or the organiser, will have reached at the campaign's end (R39).

    The newest by a day holds; one without an amount takes the earlier ones back, and the figure is computed again.
    """

    line = models.ForeignKey(CampaignIndicator, models.CASCADE, related_name="forecasts", verbose_name=_("考核指标"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    on = models.DateField(_("预计日期"))
    amount = ExactField(_("预计期末"), null=True, blank=True)
    said_by = models.CharField(_("谁说的"), max_length=50)
    note = models.CharField(_("依据"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    objects = ForecastQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("期末预计")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["line", "unit", "on"], name="forecast_of_a_figure")]

    def __str__(self):
        return f"{self.unit} · {self.line} {self.on}"
