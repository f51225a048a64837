"""Rewards: what a fact of a project earns by which clause, who gets it, and how far it came (R67, R71, R89, R90)."""

import json
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign
from campaigns.models.rulebook import RuleQuerySet
from campaigns.numbers import ExactField, exact, plain, spaced_money
from projects.models.companies import Listing
from projects.models.projects import Milestone, Project
from projects.models.rates import Currency
from projects.stages import Kind
from units.models import BUSINESS_ROLES, Unit, under


class RewardRuleQuerySet(RuleQuerySet):
    """Words for the clauses of rewards: everybody knows what is rewarded."""

    def for_list(self):
        """Load what a list shows: the clauses of the campaign started last on top."""
        return (
            self.select_related("campaign__organiser")
            .annotate(earned=models.Count("rewards", filter=~Q(rewards__state="lapsed")))
            .order_by("-campaign__starts_on", "-campaign", "order", "pk")
        )


class RewardRule(models.Model):
    """A clause of a campaign's rule book: which fact of a project is rewarded with how much, and who gets it.

    Amounts are in 万元, rate is yuan for each unit of the sum (0.07 a dollar). A project earns a clause once, by the
    fact that earns most, or with each fact where each_fact says so.
    """

    class Fact(models.TextChoices):
        """What is rewarded."""

        INJECTION = "injection", _("单笔到位资金")
        CASH = "cash", _("现汇到位")
        CAPITAL = "capital", _("注册资本")
        SIZE = "size", _("签约合同额")
        TOP = "top", _("500强企业落户")
        SPEED = "speed", _("签约后限期开工")
        TAX = "tax", _("单笔纳税")

    class Formula(models.TextChoices):
        """How much."""

        FIXED = "fixed", _("定额")
        RATE = "rate", _("按金额比例")
        TIERS = "tiers", _("分档，取最高一档")
        HONOUR = "honour", _("不发奖金（提拔、表彰等）")

    class Payee(models.TextChoices):
        """Who gets it (R52, R89)."""

        UNIT = "unit", _("招引单位")
        HELPER = "helper", _("引荐方（顾问、商会、中介等）")
        TEAM = "team", _("工作专班")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reward_rules", verbose_name=_("战役"))
    name = models.CharField(_("条款名称"), max_length=50)
    order = models.PositiveIntegerField(_("顺序"), default=0)
    fact = models.CharField(_("奖励什么"), max_length=10, choices=Fact)
    threshold = ExactField(_("不低于（万）"), null=True, blank=True)
    currency = models.CharField(_("币种"), max_length=3, choices=Currency, default=Currency.CNY)
    charts = models.JSONField(_("榜单"), default=list, blank=True)
    days = models.PositiveIntegerField(_("限几日内"), null=True, blank=True)
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, default=Basis.RECOGNISED)
    each_fact = models.BooleanField(_("每笔都奖"), default=False)
    formula = models.CharField(_("怎么奖"), max_length=10, choices=Formula)
    prize = ExactField(_("奖金（万元）"), null=True, blank=True)
    rate = ExactField(_("每 1 元奖多少元"), null=True, blank=True)
    tiers = models.JSONField(_("分档"), default=list, blank=True)  # [["5000", "10"], …] both in 万, from low to high
    cap = ExactField(_("最高奖（万元）"), null=True, blank=True)
    honour = models.CharField(_("奖励内容"), max_length=200, blank=True)
    payee = models.CharField(_("奖给谁"), max_length=10, choices=Payee, default=Payee.UNIT)
    clause = models.CharField(_("依据"), max_length=200)
    from_on = models.DateField(_("起用日期"))
    until_on = models.DateField(_("停用日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RewardRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("奖励条款")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="reward_rule_once_per_campaign_and_name",
                violation_error_message=_("本战役已有同名条款"),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="reward_rule_ends_after_it_starts",
                violation_error_message=_("停用日期不能早于起用日期"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(formula="fixed", prize__isnull=False, prize__gt=Decimal(0))
                    | Q(formula="rate", rate__isnull=False, rate__gt=Decimal(0))
                    | Q(formula="tiers")
                    | (Q(formula="honour") & ~Q(honour=""))
                ),
                name="reward_rule_says_how_much",
                violation_error_message=_("须填奖金、比例、分档或奖励内容"),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the list of what it earned."""
        return f"{reverse('projects:reward_list')}?rule={self.pk}"

    @property
    def money(self):
        """What the sum is counted in."""
        return tell("元") if self.currency == Currency.CNY else str(Currency(self.currency).label)

    @property
    def condition_text(self):
        """What is rewarded, in words."""
        least = tell("不低于 %(n)s 万%(money)s") % {"n": plain(self.threshold), "money": self.money} if (
            self.threshold
        ) else ""  # fmt: skip
        if self.fact == self.Fact.TOP:
            charts = "、".join(str(Listing.Chart(name).label) for name in self.charts)
            return tell("引进%(charts)s企业并签订正式合同%(least)s") % {
                "charts": charts, "least": f"（{tell('合同额')}{least}）" if least else "",
            }  # fmt: skip
        if self.fact == self.Fact.SPEED:
            return tell("签订正式合同后 %(days)s 日内开工%(least)s") % {
                "days": self.days, "least": f"（{tell('合同额')}{least}）" if least else "",
            }  # fmt: skip
        return f"{self.get_fact_display()}{least}"

    @property
    def amount_text(self):
        """How much, in words."""
        cap = tell("，最高 %s") % spaced_money(self.cap) if self.cap else ""
        if self.formula == self.Formula.FIXED:
            return tell("奖 %s") % spaced_money(self.prize)
        if self.formula == self.Formula.RATE:
            told = {"money": self.money, "rate": plain(self.rate), "cap": cap}
            return tell("每 1 %(money)s奖 %(rate)s 元%(cap)s") % told
        if self.formula == self.Formula.TIERS:
            steps = [
                tell("满 %(n)s 万%(money)s奖 %(sum)s")
                % {"n": floor, "money": self.money, "sum": spaced_money(exact(sum_))}
                for floor, sum_ in self.tiers
            ]
            return "，".join(steps) + tell("，取最高一档") + cap
        return self.honour

    @property
    def in_words(self):
        """The clause as one sentence: which fact, how often, how much, to whom."""
        often = tell("每笔都奖") if self.each_fact else tell("一个项目只奖一次")
        return tell("%(fact)s（按%(basis)s数，%(often)s）的，%(amount)s，奖给%(payee)s。") % {
            "fact": self.condition_text, "basis": self.get_basis_display(), "often": often,
            "amount": self.amount_text, "payee": self.get_payee_display(),
        }  # fmt: skip

    @property
    def milestone_kind(self):
        """The kind of milestone that earns it."""
        return MILESTONES[self.fact]


MILESTONES = {
    RewardRule.Fact.INJECTION: Kind.FUNDING,
    RewardRule.Fact.CASH: Kind.FUNDING,
    RewardRule.Fact.CAPITAL: Kind.REGISTRATION,
    RewardRule.Fact.SIZE: Kind.CONTRACT,
    RewardRule.Fact.TOP: Kind.CONTRACT,
    RewardRule.Fact.SPEED: Kind.GROUNDBREAKING,
    RewardRule.Fact.TAX: Kind.TAX,
}


class RewardQuerySet(models.QuerySet):
    """Words for rewards."""

    def visible_to(self, user):
        """Narrow to what the user's units earned, and to the campaigns that the user's units organise."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(under(paths) | under(paths, "rule__campaign__organiser__"))

    def with_parts(self):
        """Load what the words of a reward need."""
        return self.select_related(
            "rule__campaign__organiser", "project__company", "fact", "unit", "decided_by", "paid_by"
        )

    def for_list(self):
        """Load what a list shows: what waits on top, the latest first."""
        waits = models.Case(
            *(models.When(state=state, then=place) for place, state in enumerate(Reward.State)),
            output_field=models.IntegerField(),
        )
        return self.with_parts().order_by(waits, "-proposed_on", "unit__path", "pk")


class Reward(models.Model):
    """What a project earned by a clause: proposed by evaluation, approved or refused, paid.

    The same reward of a project is on record once, whatever became of it. Until it is decided on, evaluations say
    its figures anew, or lets it lapse; afterwards its figures stay and a doubt is written beside them.
    """

    class State(models.TextChoices):
        """What became of it, what waits first."""

        PROPOSED = "proposed", _("待审批")
        APPROVED = "approved", _("待兑现")
        PAID = "paid", _("已兑现")
        REFUSED = "refused", _("不予奖励")
        LAPSED = "lapsed", _("依据已不成立")

    rule = models.ForeignKey(RewardRule, models.PROTECT, related_name="rewards", verbose_name=_("条款"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="rewards", verbose_name=_("项目"))
    fact = models.ForeignKey(Milestone, models.PROTECT, related_name="rewards", verbose_name=_("依据的节点"))
    each_fact = models.BooleanField(
        _("每笔都奖"), default=False, editable=False
    )  # as the clause said when it was proposed
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("招引单位"))
    payee = models.CharField(_("奖励对象"), max_length=200)
    amount = ExactField(_("奖金（万元）"), null=True, blank=True)  # None: an honour
    sentence = models.CharField(_("条款原文"), max_length=1000)
    inputs = models.TextField(_("依据的数"), default="[]")
    arithmetic = models.CharField(_("计算"), max_length=1000)
    proposed_on = models.DateField(_("提出日期"))
    judged_on = models.DateField(_("最近评定日"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    doubt = models.CharField(_("存疑"), max_length=500, blank=True)
    document = models.CharField(_("批准文号"), max_length=100, blank=True)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    decided_on = models.DateField(_("审批日期"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    paid_on = models.DateField(_("兑现日期"), null=True, blank=True)
    paid_amount = ExactField(_("兑现金额（万元）"), null=True, blank=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("奖励")
        ordering = ["-proposed_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "project"], condition=Q(each_fact=False), name="reward_once_per_project"
            ),
            models.UniqueConstraint(
                fields=["rule", "fact"], condition=Q(each_fact=True), name="reward_once_per_fact"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_on__isnull=False),
                name="reward_paid_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "paid"]) | (Q(decided_on__isnull=False) & ~Q(document="")),
                name="reward_approved_names_its_document",
                violation_error_message=_("须填批准文号"),
            ),
        ]

    def __str__(self):
        return f"{self.project} · {self.rule}"

    def get_absolute_url(self):
        """Return the page of the reward."""
        return reverse("projects:reward", args=[self.pk])

    @property
    def figures(self):
        """The figures it rests on, as [label, text]."""
        return json.loads(self.inputs)

    @property
    def paid_text(self):
        """The sum paid as it is printed."""
        return spaced_money(self.paid_amount)

    @property
    def amount_text(self):
        """The sum as it is printed; an honour by its words."""
        return self.rule.honour if self.amount is None else spaced_money(self.amount)
