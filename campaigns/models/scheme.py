"""The bureau's own rules (考核办法): schemes and their rows, and what is counted or marked that is no indicator."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Campaign, Indicator
from campaigns.numbers import ExactField, amount_text
from campaigns.scoring import words
from campaigns.scoring.methods import METHODS
from campaigns.scoring.values import OF_CASES
from units.models import Unit


class SchemeQuerySet(models.QuerySet):
    """Words for schemes."""

    def for_list(self):
        """Load what lists show, the newest version first."""
        return self.select_related("campaign__organiser").annotate(row_count=models.Count("rows")).order_by("-number")

    def visible_to(self, user):
        """Narrow to the schemes of campaigns whose standings the user may see."""
        return self.filter(campaign__in=Campaign.objects.visible_to(user))

    def in_force(self, day):
        """Narrow to what holds on a day, the version put in force last first."""
        still = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        return self.filter(still, starts_on__lte=day).order_by("-starts_on", "-number")


class Scheme(models.Model):
    """One version of a campaign's rules; it holds from starts_on, without which it is a draft.

    A version in force is never changed: what changes is a new version. A later start takes over from an earlier one.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="schemes", verbose_name=_("战役"))
    number = models.PositiveIntegerField(_("版本"))
    name = models.CharField(_("名称"), max_length=100)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)
    starts_on = models.DateField(_("施行日期"), null=True, blank=True, editable=False)
    ends_on = models.DateField(_("停止施行日期"), null=True, blank=True, editable=False)
    decimals = models.PositiveSmallIntegerField(_("总分保留小数位数"), default=2)
    rank_rounded = models.BooleanField(_("名次和等次按取整后的得分"), default=False)
    low = ExactField(_("总分下限"), null=True, blank=True, default=Decimal(0))
    high = ExactField(_("总分上限"), null=True, blank=True)
    rescaled = models.BooleanField(_("没有任务的项目按比例折算"), default=False)
    bonus_cap = ExactField(_("加分合计上限"), null=True, blank=True)
    penalty_cap = ExactField(_("扣分合计上限"), null=True, blank=True)
    promotions_most = models.PositiveSmallIntegerField(_("最多晋升等次"), default=1)
    barred_after = models.PositiveSmallIntegerField(_("几项降等即取消评先"), null=True, blank=True)
    grades = models.JSONField(_("等次"), default=list, blank=True)  # [[from, name]]
    tie_break = models.JSONField(_("同分比较"), default=list, blank=True)  # codes of rows
    excluded = models.JSONField(_("不参加考核"), default=list, blank=True)  # [[unit id, reason]]
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("考核办法")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="scheme_number_once_per_campaign"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
                name="scheme_ends_after_it_starts",
                violation_error_message=_("停止施行日期不能早于施行日期"),
            ),
        ]

    def __str__(self):
        return f"{self.name}（第 {self.number} 版）"

    def get_absolute_url(self):
        """Return the page of the scheme."""
        return reverse("campaigns:scheme", args=[self.pk])

    @property
    def is_draft(self):
        """Whether it was not yet put in force."""
        return self.starts_on is None

    @property
    def told_grades(self):
        """The grades in words."""
        return "；".join(f"{at} 分及以上 {name}" for at, name in self.grades)

    @property
    def told_tie_break(self):
        """The rows that decide between equal scores, in words."""
        return "、".join(f"第 {code} 条" for code in self.tie_break)

    @property
    def told_excluded(self):
        """The units left out, each with the reason."""
        names = dict(Unit.objects.filter(pk__in=[pk for pk, _reason in self.excluded]).values_list("pk", "name"))
        return "；".join(f"{names.get(pk, pk)}（{reason}）" for pk, reason in self.excluded)


class ScoreItem(models.Model):
    """Something that is scored and is no indicator, kept once for all: late reports, falsifications, peer marks."""

    class Kind(models.TextChoices):
        """Counted (no entry is 0), or marked (no entry is no mark)."""

        COUNT = "count", _("计次")
        MARK = "mark", _("评分")

    name = models.CharField(_("事项"), max_length=50, unique=True, error_messages={"unique": _("已有同名事项")})
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)

    class Meta:
        verbose_name = verbose_name_plural = _("考核事项")
        ordering = ["name"]

    def __str__(self):
        return self.name


class SchemeRow(models.Model):
    """One clause of a scheme: what is read, by which method it makes points, for whom, from when.

    Its code is unique in the scheme; parameters, source and needs are plain data that campaigns.scoring has accepted.
    """

    class Kind(models.TextChoices):
        """What becomes of the points."""

        ITEM = "item", _("计分项")
        BONUS = "bonus", _("加分项")
        PENALTY = "penalty", _("扣分项")
        RULE = "rule", _("否决与晋档")

    class Unreported(models.TextChoices):
        """What a figure counts that is owed and not reported."""

        ZERO = "zero", _("按 0 分计")
        SKIP = "na", _("不计此项")

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="rows", verbose_name=_("考核办法"))
    code = models.CharField(_("编号"), max_length=10)
    label = models.CharField(_("项目"), max_length=50)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.ITEM)
    method = models.CharField(_("计分方法"), max_length=20)
    parameters = models.JSONField(_("参数"), default=dict, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    measure = models.CharField(_("计量单位"), max_length=20, blank=True)
    item = models.ForeignKey(
        ScoreItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("考核事项")
    )
    source = models.JSONField(_("取数"), default=dict, blank=True)
    needs = models.JSONField(_("前提"), default=list, blank=True)
    scope = models.JSONField(_("适用组别或类别"), default=list, blank=True)
    weight = ExactField(_("权重"), default=Decimal(1))
    low = ExactField(_("本项最低分"), null=True, blank=True)
    high = ExactField(_("本项最高分"), null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(_("本项保留小数位数"), null=True, blank=True)
    within = models.CharField(_("属于"), max_length=10, blank=True)
    unreported = models.CharField(_("未填报"), max_length=10, choices=Unreported, default=Unreported.ZERO)
    clause = models.TextField(_("条款"), max_length=1000, blank=True)
    starts_on = models.DateField(_("条款自"), null=True, blank=True)
    ends_on = models.DateField(_("条款至"), null=True, blank=True)
    order = models.PositiveIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("考核条款")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code"],
                name="scheme_row_code_once",
                violation_error_message=_("本办法已有同编号的一行"),
            ),
            models.CheckConstraint(
                condition=Q(indicator__isnull=True) | Q(item__isnull=True),
                name="scheme_row_reads_indicator_or_item",
                violation_error_message=_("指标和考核事项只能选一个"),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.label}"

    @property
    def method_label(self):
        """The method in words."""
        return METHODS[self.method].label if self.method in METHODS else self.method

    @property
    def lines(self):
        """The parameters of the method as (label, words)."""
        return words.told_parameters(self.method, self.parameters, self.source)

    @property
    def told_method(self):
        """The method by its name in Chinese."""
        return self.method_label

    @property
    def told_parameters(self):
        """The parameters in words."""
        return "；".join(f"{label} {told}" for label, told in self.lines)

    @property
    def told_source(self):
        """What is read, in words."""
        told = words.told_source(str(self.indicator or self.item or ""), self.source)
        return told + (f"，金额以{self.measure}计" if self.source.get("reads") in OF_CASES and self.measure else "")

    @property
    def told_needs(self):
        """The conditions in words."""
        return words.told_needs(self.needs)

    @property
    def told_scope(self):
        """For whom it holds, in words."""
        return "、".join(self.scope)

    @property
    def told_weight(self):
        """The weight as a percentage."""
        return words.told_weight(self.weight)


class MarkQuerySet(models.QuerySet):
    """Words for counts and marks."""

    def live(self):
        """Narrow to what was not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def for_list(self):
        """Load what lists show, the newest first."""
        return self.select_related("item", "unit", "recorded_by").order_by("-on", "-pk")


class Mark(models.Model):
    """One dated count or mark of a unit on an item in a campaign, with who gave it and the evidence in words.

    It is never changed: a wrong one is withdrawn with a reason.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="marks", verbose_name=_("战役"))
    item = models.ForeignKey(ScoreItem, models.PROTECT, related_name="marks", verbose_name=_("考核事项"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    on = models.DateField(_("日期"))
    value = ExactField(_("次数或评分"))
    rater = models.CharField(_("评分方"), max_length=50, blank=True)
    evidence = models.CharField(_("依据"), max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True, editable=False)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("考核记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=Decimal(0)),
                name="mark_is_not_negative",
                violation_error_message=_("次数或评分不能为负"),
            )
        ]
        indexes = [models.Index(fields=["campaign", "on"], name="marks_of_a_campaign")]

    def __str__(self):
        return f"{self.unit} · {self.item} {self.text}"

    @property
    def text(self):
        """The value with its word."""
        return amount_text(self.value, "次" if self.item.kind == ScoreItem.Kind.COUNT else "分")
