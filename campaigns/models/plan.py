"""What is counted, for which drive, by whom, and how much of it each unit owes."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns.models.calendar import Holiday
from campaigns.numbers import ExactField, measures_of
from units.models import BUSINESS_ROLES, Role, Unit, under


class Basis(models.TextChoices):
    """Reported by the unit, or recognised by a verifier: two numbers with two dates (R72)."""

    REPORTED = "reported", _("上报")
    RECOGNISED = "recognised", _("认定")


class IndicatorQuerySet(models.QuerySet):
    """Words for indicators."""

    def visible_to(self, user):
        """Narrow to the indicators an editor may read and change: all or none, they belong to no unit."""
        return self.all() if user.is_authenticated and Role.EDITOR in user.roles else self.none()

    def for_list(self):
        """Load what a list shows: the whole of a part, and how many campaigns use it."""
        uses = CampaignIndicator.objects.filter(indicator=models.OuterRef("pk")).order_by().values("indicator")
        count = models.Subquery(uses.annotate(n=models.Count("pk")).values("n"))
        return (
            self.select_related("part_of").annotate(campaign_count=Coalesce(count, 0)).order_by("name", "dimension")
        )


class Indicator(models.Model):
    """Something that is counted, known by name and dimension, kept once for all campaigns.

    It is fed by tallies or by facts, never by both. A level is never added up; a ratio is made of two others.
    """

    class Kind(models.TextChoices):
        """How figures of several days and units come together."""

        SUM = "sum", _("累加")
        LEVEL = "level", _("水平值")
        RATIO = "ratio", _("比率")

    class Feed(models.TextChoices):
        """Where its figures come from; without an entry a tally is not reported, a fact is zero."""

        TALLY = "tally", _("填报")
        FACTS = "facts", _("台账事实")

    name = models.CharField(_("名称"), max_length=100)
    dimension = models.CharField(_("量纲"), max_length=20)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind, default=Kind.SUM)
    fed_by = models.CharField(_("来源"), max_length=10, choices=Feed, default=Feed.TALLY)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("其中项，属于")
    )
    numerator = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分子指标")
    )
    denominator = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("分母指标")
    )
    recounting = models.BooleanField(_("重算中"), default=False, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标")
        ordering = ["name", "dimension"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "dimension"],
                name="indicator_once_per_name_and_dimension",
                violation_error_message=_("已有同名同量纲的指标"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="ratio", numerator__isnull=False, denominator__isnull=False)
                    | (~Q(kind="ratio") & Q(numerator__isnull=True, denominator__isnull=True))
                ),
                name="indicator_ratio_has_both_parts",
                violation_error_message=_("比率指标须有分子和分母，其他指标不得有"),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def measures(self):
        """The measure words its figures may be printed in, the usual one first."""
        return measures_of(self.dimension)

    @property
    def measure_word(self):
        """The usual measure word of its dimension."""
        return self.measures[0]


class CampaignQuerySet(models.QuerySet):
    """Words for campaigns."""

    def visible_to(self, user):
        """Narrow to the campaigns whose standings the user may see: on whose roster one's own tree line is."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        if not paths:
            return self.none()
        above = {int(part) for path in paths for part in path.strip("/").split("/")}
        mine = under(paths, "unit__") | Q(unit__in=above)
        rosters = CampaignUnit.objects.filter(mine).values("campaign")
        joined = FurtherUnit.objects.filter(mine).values("campaign")
        return self.filter(Q(pk__in=rosters) | Q(pk__in=joined) | under(paths, "organiser__"))

    def editable_by(self, user):
        """Narrow to the campaigns an editor of the organiser sets up."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.EDITOR), "organiser__"))

    def for_list(self):
        """Load what a list of campaigns shows, the one started last first."""
        return self.select_related("organiser").order_by("-starts_on", "-pk")

    def by_year(self):
        """Put the rounds of a year below its campaign, the year started last first (R3)."""
        return (
            self.select_related("year")
            .annotate(
                year_starts_on=Coalesce("year__starts_on", "starts_on"),
                year_key=Coalesce("year", "pk"),
                is_round=models.Case(models.When(year__isnull=True, then=0), default=1),
            )
            .order_by("-year_starts_on", "-year_key", "is_round", "-starts_on", "-pk")
        )

    def with_unit_count(self):
        """Add how many units are on the roster."""
        return self.annotate(unit_count=models.Count("roster"))


class Campaign(models.Model):
    """A time-boxed drive, or a year of targets; its name is unique, its dates decide, not its name.

    It may be one round of a year's campaign, which is itself no round of another (R3).
    """

    class Clock(models.TextChoices):
        """How time progress runs (时序进度)."""

        DAY = "day", _("按日")
        WORKDAY = "workday", _("按工作日")
        MONTH = "month", _("按月")
        STAGES = "stages", _("按阶段表")

    name = models.CharField(
        _("名称"), max_length=100, unique=True, error_messages={"unique": _("已有同名战役，请换一个名称")}
    )
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    clock = models.CharField(_("时序"), max_length=10, choices=Clock, default=Clock.DAY)
    organiser = models.ForeignKey(Unit, models.PROTECT, related_name="organised", verbose_name=_("组织单位"))
    green_at = ExactField(_("绿灯：进度比不低于"), default=Decimal(1))
    yellow_at = ExactField(_("黄灯：进度比不低于"), default=Decimal("0.7"))
    score_cap = ExactField(_("单项完成率计分上限"), default=Decimal(1))
    full_score = ExactField(_("综合得分满分"), default=Decimal(100))
    slogan = models.CharField(_("口号"), max_length=100, blank=True)
    themes = models.CharField(_("主题标签"), max_length=100, blank=True)
    leading_group = models.CharField(_("领导小组"), max_length=300, blank=True)
    office = models.CharField(_("活动办公室"), max_length=200, blank=True)
    year = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("所属年度战役")
    )
    plans_due_on = models.DateField(_("方案报送期限"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("战役")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_it_starts",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(
                condition=Q(plans_due_on__isnull=True) | Q(plans_due_on__lte=F("ends_on")),
                name="plans_are_due_before_the_campaign_ends",
                violation_error_message=_("方案报送期限不能晚于战役结束日期"),
            ),
            models.CheckConstraint(
                condition=Q(green_at__gte=F("yellow_at")),
                name="campaign_green_is_not_below_yellow",
                violation_error_message=_("绿灯界线不能低于黄灯界线"),
            ),
            models.CheckConstraint(
                condition=~Q(year=F("pk")),
                name="campaign_is_no_round_of_itself",
                violation_error_message=_("战役不能属于它自己"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the overview page."""
        return reverse("reports:overview", args=[self.pk])

    def clean(self):
        """Refuse rounds of rounds, and a year of another organiser (R3)."""
        if self.year_id is None:
            return
        if self.year.year_id is not None:
            raise ValidationError({"year": _("「%s」自己就是一轮，请选它所属的年度战役") % self.year})
        if self.pk and self.rounds.exists():
            raise ValidationError({"year": _("本战役下面已有各轮，不能再属于别的战役")})
        if self.organiser.lineage[0] != self.year.organiser.lineage[0]:
            raise ValidationError({"year": _("年度战役须属于同一个组织")})

    @property
    def days(self):
        """The number of days, both ends included."""
        return (self.ends_on - self.starts_on).days + 1

    def day_number(self, as_of):
        """Return which day of the campaign a date is, held between 0 and its length."""
        return max(0, min(self.days, (as_of - self.starts_on).days + 1))

    @cached_property
    def holiday_table(self):
        """The days that are not what their weekday says, for the clock of working days: one query."""
        return Holiday.objects.table()

    @cached_property
    def stage_table(self):
        """(Day, share of every quota due by it) of the campaign's own dated table, in order: one query."""
        return tuple(self.stages.order_by("on").values_list("on", "share"))

    def default_day(self, today):
        """Return the day pages open on: today, or the last day of a campaign that is over."""
        return max(self.starts_on, min(today, self.ends_on))


class Phase(models.Model):
    """One demand of a phase of a campaign, with the day it is due (R11); a phase with several has a row for each."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases", verbose_name=_("战役"))
    name = models.CharField(_("阶段"), max_length=50)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    demand = models.CharField(_("要求"), max_length=300)
    due_on = models.DateField(_("时限"))

    class Meta:
        verbose_name = verbose_name_plural = _("阶段要求")
        ordering = ["starts_on", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="phase_ends_after_it_starts",
                violation_error_message=_("阶段的结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on"), due_on__lte=F("ends_on")),
                name="demand_is_due_within_its_phase",
                violation_error_message=_("时限须在阶段起止日期之内"),
            ),
        ]

    def __str__(self):
        return f"{self.name}：{self.demand}"


def current(campaigns, today):
    """Pick the campaign pages open on: the running one started last, otherwise the last one."""
    running = [row for row in campaigns if row.starts_on <= today <= row.ends_on]
    started = [row for row in campaigns if row.starts_on <= today]
    pool = running or started or list(campaigns)
    return max(pool, key=lambda row: (row.starts_on, row.pk), default=None)


class CampaignUnit(models.Model):
    """A line of a campaign's roster: its unit, the group it is ranked within, and who leads it there.

    A line may stand for further units, whose facts add up to it (招商小组); it may have a name of its own then.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="roster", verbose_name=_("战役"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="seats", verbose_name=_("单位"))
    group = models.CharField(_("组别"), max_length=50, blank=True)
    leader = models.CharField(_("领导"), max_length=50, blank=True)
    title = models.CharField(_("小组名称"), max_length=50, blank=True)
    order = models.PositiveIntegerField(_("顺序"), default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("参战单位")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="roster_lists_a_unit_once",
                violation_error_message=_("该单位已在参战名单中"),
            )
        ]

    def __str__(self):
        return self.title or str(self.unit)


class FurtherUnit(models.Model):
    """A unit whose facts count on another unit's line of a campaign's roster (R44); on one line at most."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", verbose_name=_("战役"))
    seat = models.ForeignKey(CampaignUnit, models.CASCADE, related_name="further", verbose_name=_("名单行"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="joined", verbose_name=_("单位"))

    class Meta:
        verbose_name = verbose_name_plural = _("小组成员单位")
        ordering = ["unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="roster_counts_a_further_unit_once",
                violation_error_message=_("该单位已编入另一小组"),
            )
        ]

    def __str__(self):
        return f"{self.unit} → {self.seat}"


class CampaignIndicator(models.Model):
    """An indicator in a campaign: its order, weight, basis, and the measure it is printed in."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="lines", verbose_name=_("战役"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name=_("指标"))
    order = models.PositiveIntegerField(_("顺序"), default=0)
    weight = ExactField(_("权重"), default=Decimal(1))
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, default=Basis.REPORTED)
    measure = models.CharField(_("计量单位"), max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = _("考核指标")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "indicator"],
                name="campaign_lists_an_indicator_once",
                violation_error_message=_("该指标已在此战役中"),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=Decimal(0)),
                name="weight_is_not_negative",
                violation_error_message=_("权重不能为负"),
            ),
        ]

    def __str__(self):
        return str(self.indicator)


class Stage(models.Model):
    """A day of a campaign, and which share of every quota is due by it (阶段目标); the day itself counts."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="stages", verbose_name=_("战役"))
    on = models.DateField(_("截止日期"))
    share = ExactField(_("应完成比例"))
    name = models.CharField(_("阶段"), max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("阶段")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "on"],
                name="stage_once_per_day",
                violation_error_message=_("同一天只能有一个阶段"),
            ),
            models.CheckConstraint(
                condition=Q(share__gte=Decimal(0), share__lte=Decimal(1)),
                name="stage_share_is_between_0_and_1",
                violation_error_message=_("应完成比例须在 0 至 100% 之间"),
            ),
        ]

    def __str__(self):
        return f"{self.campaign} {self.on}"
