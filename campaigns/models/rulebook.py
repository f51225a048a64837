"""The rule book: what follows from which figures, whom it has found, who was let off and by whom."""

import json
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Basis, Campaign, Indicator
from campaigns.numbers import ExactField, plain
from units.models import BUSINESS_ROLES, Role, Unit, under

SPANS = {  # window → months of a span, each of its ends, one of its ends
    "months": (1, _("每月末"), _("月末")),
    "quarters": (3, _("每季度末"), _("季度末")),
    "halves": (6, _("每半年末"), _("半年末")),
}


class RuleQuerySet(models.QuerySet):
    """Words for rules."""

    def visible_to(self, user):
        """Narrow to the rules of the campaigns whose standings the user may see: everybody knows the rules."""
        return self.filter(campaign__in=Campaign.objects.visible_to(user).values("pk"))

    def editable_by(self, user):
        """Narrow to the rules that an editor of the organiser writes."""
        return self.filter(campaign__in=Campaign.objects.editable_by(user).values("pk"))

    def in_force(self, on):
        """Narrow to the rules that hold on a day."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)

    def for_list(self):
        """Load what a list shows: the rules of the campaign started last on top."""
        open_findings = Finding.objects.filter(rule=models.OuterRef("pk")).open().order_by().values("rule")
        count = models.Subquery(open_findings.annotate(n=models.Count("pk")).values("n"))
        return (
            self.select_related("campaign__organiser", "indicator", "earlier")
            .annotate(open_count=Coalesce(count, 0))
            .order_by("-campaign__starts_on", "-campaign", "order", "pk")
        )


class Grouped:
    """Mixed into what holds for some groups of a roster, named one a line in `groups`."""

    @property
    def group_names(self):
        """The groups it holds for; none for all."""
        return tuple(name for name in self.groups.split("\n") if name)


class Rule(Grouped, models.Model):
    """A rule of a campaign's rule book: which figure of a unit has which consequence, from when to when.

    threshold is a percentage of the time progress (pace), percentage points (behind) or a number of places (last).
    A rule over several ends of months, quarters or half-years holds only where its condition held at each of them;
    one over two campaigns, at the end of the earlier one, too.
    """

    class Kind(models.TextChoices):
        """The condition."""

        PACE = "pace", _("低于时序进度的一定比例")
        BEHIND = "behind", _("欠时序进度若干个百分点")
        ZERO = "zero", _("没有实绩")
        LAST = "last", _("列本组末位（后几位）")
        MISSED = "missed", _("期末未完成目标任务（一票否决）")

    class Subject(models.TextChoices):
        """Whose figure is looked at."""

        OVERALL = "overall", _("综合得分")
        EACH = "each", _("每一项考核指标")
        ONE = "one", _("指定的一项指标")

    class Window(models.TextChoices):
        """At how many moments the condition must hold."""

        NOW = "now", _("截至评定日")
        MONTHS = "months", _("连续几个月末")
        QUARTERS = "quarters", _("每季度末，或连续几个季度末")
        HALVES = "halves", _("每半年末，或连续几个半年末")
        CAMPAIGNS = "campaigns", _("连续两期（本期与上期）")

    class Level(models.TextChoices):
        """How grave it is."""

        NOTICE = "notice", _("提醒")
        YELLOW = "yellow", _("黄牌")
        RED = "red", _("红牌")
        VETO = "veto", _("一票否决")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rules", verbose_name=_("战役"))
    name = models.CharField(_("规则名称"), max_length=50)
    order = models.PositiveIntegerField(_("顺序"), default=0)
    kind = models.CharField(_("情形"), max_length=10, choices=Kind)
    subject = models.CharField(_("看什么数"), max_length=10, choices=Subject, default=Subject.OVERALL)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    groups = models.CharField(_("适用组别"), max_length=500, blank=True)  # one a line; empty: all
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, blank=True)  # empty: each line's own
    threshold = ExactField(_("界线"), null=True, blank=True)
    spare_met = models.BooleanField(_("已完成任务的不计"), default=False)
    at_end = models.BooleanField(_("只在期末评定"), default=False)
    window = models.CharField(_("考察期"), max_length=10, choices=Window, default=Window.NOW)
    running = models.PositiveIntegerField(_("连续几个"), default=1)
    earlier = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上期战役")
    )
    level = models.CharField(_("等级"), max_length=10, choices=Level, default=Level.YELLOW)
    consequence = models.CharField(_("处理"), max_length=300)
    clause = models.CharField(_("依据"), max_length=200)
    answer_days = models.PositiveIntegerField(_("限几日内说明"), default=5)
    from_on = models.DateField(_("起用日期"))
    until_on = models.DateField(_("停用日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("奖惩规则")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="rule_once_per_campaign_and_name",
                violation_error_message=_("本战役已有同名规则"),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="rule_of_the_book_ends_after_it_starts",
                violation_error_message=_("停用日期不能早于起用日期"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind__in=["pace", "behind", "last"], threshold__isnull=False, threshold__gt=Decimal(0))
                    | Q(kind__in=["zero", "missed"], threshold__isnull=True)
                ),
                name="rule_has_the_threshold_of_its_kind",
                violation_error_message=_("此类情形须填大于 0 的界线；没有实绩、未完成任务不填界线"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(subject="one", indicator__isnull=False) | Q(subject__in=["overall", "each"], indicator=None)
                ),
                name="rule_names_the_indicator_it_looks_at",
                violation_error_message=_("指定一项指标的规则须选指标，其他规则不选"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(window="now", running=1, earlier=None)
                    | Q(window="months", running__gte=2, running__lte=12, earlier=None)
                    | Q(window__in=["quarters", "halves"], running__gte=1, running__lte=12, earlier=None)
                    | Q(window="campaigns", running=1, earlier__isnull=False)
                ),
                name="rule_names_the_span_of_its_window",
                violation_error_message=_("连续月末须填 2 至 12，季度末、半年末须填 1 至 12，连续两期须选上期战役"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page of the rule."""
        return reverse("campaigns:rule", args=[self.pk])

    @property
    def only_at_end(self):
        """Whether it is judged only once the campaign is over; a quota is missed no sooner."""
        return self.at_end or self.kind == self.Kind.MISSED

    @property
    def condition_text(self):
        """The condition in words."""
        overall = self.subject == self.Subject.OVERALL
        limit = plain(self.threshold) if self.threshold is not None else ""
        share = tell("综合完成率（综合得分÷满分）") if overall else tell("完成率")
        if self.kind == self.Kind.PACE:
            of_pace = tell("低于时序进度") if limit == "100" else tell("低于时序进度的 %s%%") % limit
            return share + of_pace
        if self.kind == self.Kind.BEHIND:
            return tell("%(share)s欠时序进度 %(n)s 个百分点及以上") % {"share": share, "n": limit}
        if self.kind == self.Kind.LAST:
            return tell("列本组末位") if limit == "1" else tell("列本组后 %s 位") % limit
        if self.kind == self.Kind.ZERO:
            return tell("各项考核指标均没有实绩") if overall else tell("没有实绩")
        return tell("有目标任务未完成") if overall else tell("未完成目标任务")

    @property
    def subject_text(self):
        """What it looks at, in words; nothing where the condition says so itself."""
        if self.subject == self.Subject.ONE:
            return str(self.indicator)
        if self.subject == self.Subject.EACH:
            return tell("任一考核指标")
        return tell("综合得分") if self.kind == self.Kind.LAST else ""

    @property
    def span_months(self):
        """How many months lie between the moments it is judged at; 0 where it looks at one day."""
        return SPANS[self.window][0] if self.window in SPANS else 0

    @property
    def span_text(self):
        """At which ends it is judged: 连续 2 个月末, 每季度末."""
        _months, each, end = SPANS[self.window]
        return str(each) if self.running == 1 else tell("连续 %(n)d 个%(end)s") % {"n": self.running, "end": end}

    @property
    def in_words(self):
        """The rule as one sentence: when, who, which figure, what follows."""
        when = [tell("期末")] if self.only_at_end else []
        if self.window in SPANS:
            when.append(self.span_text)
        elif self.window == self.Window.CAMPAIGNS:
            when.append(tell("与上期（%s）期末连续两期") % self.earlier)
        who = "、".join(self.group_names) or tell("各参战单位")
        basis = tell("（按%s数）") % self.get_basis_display() if self.basis else ""
        spared = tell("（已完成任务的不计）") if self.spare_met else ""
        return tell("%(who)s%(when)s%(subject)s%(condition)s%(basis)s%(spared)s的，%(level)s：%(consequence)s。") % {
            "who": who, "when": "，" + "".join(when) if when else "，", "subject": self.subject_text,
            "condition": self.condition_text, "basis": basis, "spared": spared, "level": self.get_level_display(),
            "consequence": self.consequence.rstrip("。"),
        }  # fmt: skip


class ExemptionQuerySet(models.QuerySet):
    """Words for exemptions."""

    def visible_to(self, user):
        """Narrow to the exemptions of the campaigns the user may see: they are public to who takes part."""
        return self.filter(campaign__in=Campaign.objects.visible_to(user).values("pk"))

    def in_force(self, on):
        """Narrow to those that hold on a day."""
        return self.filter(from_on__lte=on, until_on__gte=on)

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("campaign__organiser", "unit", "rule", "roll", "recorded_by").order_by(
            "-from_on", "-pk"
        )


class Exemption(models.Model):
    """A unit let off a rule or a black list (or, without either, all of them) for a term, by whom and why (I19)."""

    class Ground(models.TextChoices):
        """Why."""

        FORCE_MAJEURE = "force_majeure", _("不可抗力")
        NO_QUOTA = "no_quota", _("未承担此项任务")
        OTHER = "other", _("其他")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="exemptions", verbose_name=_("战役"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    rule = models.ForeignKey(
        Rule, models.PROTECT, null=True, blank=True, related_name="exemptions", verbose_name=_("规则")
    )
    roll = models.ForeignKey(
        "campaigns.Roll", models.PROTECT, null=True, blank=True, related_name="exemptions", verbose_name=_("榜单")
    )
    ground = models.CharField(_("事由"), max_length=20, choices=Ground)
    reason = models.CharField(_("理由"), max_length=500)
    signer = models.CharField(_("签批人"), max_length=50)
    document = models.CharField(_("批准文号"), max_length=100, blank=True)
    from_on = models.DateField(_("起始日期"))
    until_on = models.DateField(_("截止日期"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("豁免")
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="exemption_ends_after_it_starts",
                violation_error_message=_("截止日期不能早于起始日期"),
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=True) | Q(roll__isnull=True),
                name="exemption_of_a_rule_or_a_list",
                violation_error_message=_("规则和榜单只选一个；都不选即全部"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.subject}"

    def get_absolute_url(self):
        """Return the list of exemptions."""
        return reverse("campaigns:exemption_list")

    @property
    def subject(self):
        """What the unit is let off."""
        return str(self.rule or self.roll or tell("全部规则"))

    @property
    def in_words(self):
        """The exemption as it is printed: who, of what, why, by whom, how long."""
        text = tell("%(unit)s免予适用“%(rule)s”：%(ground)s，%(reason)s。%(signer)s签批，%(first)s 至 %(last)s")
        told = text % {
            "unit": self.unit, "rule": self.subject, "ground": self.get_ground_display(),
            "reason": self.reason.rstrip("。"), "signer": self.signer, "first": self.from_on.isoformat(),
            "last": self.until_on.isoformat(),
        }  # fmt: skip
        return f"{told}（{self.document}）" if self.document else told


class FindingQuerySet(models.QuerySet):
    """Words for findings."""

    def visible_to(self, user):
        """Narrow to what was found of the user's units, and in the campaigns that the user's units organise."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(under(paths) | under(paths, "rule__campaign__organiser__"))

    def open(self):
        """Narrow to what still holds."""
        return self.filter(cleared_on__isnull=True)

    def held_on(self, day):
        """Narrow to what had been found by a day and was not cleared on it, nor let off."""
        held = self.filter(Q(cleared_on__isnull=True) | Q(cleared_on__gt=day), found_on__lte=day)
        return held.exclude(state=Finding.State.EXEMPTED)

    def with_rule(self):
        """Load the rule, its campaign, the unit and the indicator."""
        return self.select_related(
            "rule__campaign__organiser", "rule__indicator", "rule__earlier", "unit", "indicator", "exemption__rule",
            "exemption__roll", "exemption__unit", "answered_by",
        )  # fmt: skip

    def for_list(self):
        """Load what a list shows: what still holds on top, what is due first before the rest."""
        over = models.ExpressionWrapper(Q(cleared_on__isnull=False), output_field=models.BooleanField())
        return self.with_rule().order_by(over, "-found_on", "unit__path", "pk")


class Finding(models.Model):
    """A unit that a rule has found, with the sentence, the figures and the arithmetic as of the day last judged.

    A rule finds a unit on an indicator once at a time. What no longer holds is cleared, never deleted.
    """

    class State(models.TextChoices):
        """What became of it."""

        FOUND = "found", _("待说明")
        ACKNOWLEDGED = "acknowledged", _("已知悉")
        ANSWERED = "answered", _("已说明")
        EXEMPTED = "exempted", _("已豁免")
        ORDERED = "ordered", _("已转督办")
        CLEARED = "cleared", _("已解除")

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="findings", verbose_name=_("规则"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    state = models.CharField(_("状态"), max_length=20, choices=State, default=State.FOUND)
    person = models.CharField(_("责任领导"), max_length=50, blank=True)
    found_on = models.DateField(_("认定日期"))
    judged_on = models.DateField(_("最近评定日"))
    sentence = models.CharField(_("规则原文"), max_length=1000)
    inputs = models.TextField(_("依据的数"), default="[]")
    arithmetic = models.CharField(_("计算"), max_length=1500)
    remedy = models.CharField(_("如何解除"), max_length=500)
    due_on = models.DateField(_("说明期限"))
    settled_on = models.DateField(_("了结日期"), null=True, blank=True)
    answer = models.CharField(_("单位说明"), max_length=1000, blank=True)
    answered_on = models.DateField(_("说明日期"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("说明人")
    )
    exemption = models.ForeignKey(
        Exemption, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("豁免")
    )
    cleared_on = models.DateField(_("解除日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("规则触发")
        ordering = ["-found_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "unit", "indicator"],
                condition=Q(cleared_on__isnull=True, indicator__isnull=False),
                name="finding_holds_once_on_an_indicator",
            ),
            models.UniqueConstraint(
                fields=["rule", "unit"],
                condition=Q(cleared_on__isnull=True, indicator__isnull=True),
                name="finding_holds_once_overall",
            ),
            models.CheckConstraint(
                condition=Q(state="cleared", cleared_on__isnull=False)
                | (~Q(state="cleared") & Q(cleared_on__isnull=True)),
                name="finding_cleared_has_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.rule}" + (f" · {self.indicator}" if self.indicator_id else "")

    def get_absolute_url(self):
        """Return the page of the finding."""
        return reverse("campaigns:finding", args=[self.pk])

    @property
    def subject(self):
        """What was looked at."""
        return str(self.indicator) if self.indicator_id else tell("综合")

    @property
    def figures(self):
        """The figures it rests on, as [label, text]."""
        return json.loads(self.inputs)

    def may_acknowledge(self, user):
        """Say whether the user may say for the unit that it knows: its clerk or leader, as long as nobody did."""
        if self.state != self.State.FOUND:
            return False
        return user.holds(Role.CLERK, self.unit) or user.holds(Role.LEADER, self.unit)

    def may_answer(self, user):
        """Say whether the user answers for the unit, while there is something to answer."""
        return self.state not in {self.State.CLEARED, self.State.EXEMPTED} and user.holds(Role.CLERK, self.unit)
