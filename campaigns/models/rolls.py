"""Red and black lists (红黑榜): which units of a roster are praised or named, as of a day."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Basis, Campaign, Indicator
from campaigns.models.rulebook import Grouped, Rule, RuleQuerySet
from campaigns.numbers import ExactField, plain


class RollQuerySet(RuleQuerySet):
    """Words for lists: everybody reads on what condition a unit is listed."""

    def for_list(self):
        """Load what a page shows: red before black."""
        return self.select_related("campaign__organiser", "indicator").order_by("-kind", "order", "pk")


class Roll(Grouped, models.Model):
    """A red or a black list of a campaign: a unit is on it as of a day where all its conditions hold.

    Only figures of standings, the quotas and the vetoes on record decide. A list asks at least one thing.
    """

    class Kind(models.TextChoices):
        """Praise or blame."""

        RED = "red", _("红榜")
        BLACK = "black", _("黑榜")

    class Quota(models.TextChoices):
        """What the quotas of the unit must be like."""

        MET = "met", _("目标任务全部完成")
        UNMET = "unmet", _("有目标任务未完成")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rolls", verbose_name=_("战役"))
    kind = models.CharField(_("榜别"), max_length=10, choices=Kind)
    name = models.CharField(_("榜单名称"), max_length=50)
    order = models.PositiveIntegerField(_("顺序"), default=0)
    subject = models.CharField(_("看什么数"), max_length=10, choices=Rule.Subject, default=Rule.Subject.OVERALL)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指标")
    )
    groups = models.CharField(_("适用组别"), max_length=500, blank=True)  # one a line; empty: all
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, blank=True)  # empty: each line's own
    first = models.PositiveIntegerField(_("列本组前几位"), null=True, blank=True)
    last = models.PositiveIntegerField(_("列本组后几位"), null=True, blank=True)
    at_least = ExactField(_("完成率不低于（%）"), null=True, blank=True)
    below = ExactField(_("完成率低于（%）"), null=True, blank=True)
    quota = models.CharField(_("目标任务"), max_length=10, choices=Quota, blank=True)
    no_result = models.BooleanField(_("没有实绩"), default=False)
    vetoed = models.BooleanField(_("被一票否决"), default=False)
    clause = models.CharField(_("依据"), max_length=200)
    from_on = models.DateField(_("起用日期"))
    until_on = models.DateField(_("停用日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RollQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("红黑榜")
        ordering = ["-kind", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="roll_once_per_campaign_and_name",
                violation_error_message=_("本战役已有同名榜单"),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="roll_ends_after_it_starts",
                violation_error_message=_("停用日期不能早于起用日期"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(first__isnull=False, first__gte=1)
                    | Q(last__isnull=False, last__gte=1)
                    | Q(at_least__isnull=False, at_least__gt=Decimal(0))
                    | Q(below__isnull=False, below__gt=Decimal(0))
                    | ~Q(quota="")
                    | Q(no_result=True)
                    | Q(vetoed=True)
                ),
                name="roll_asks_something",
                violation_error_message=_("至少设一个上榜条件"),
            ),
            models.CheckConstraint(
                condition=(
                    Q(subject="one", indicator__isnull=False) | Q(subject__in=["overall", "each"], indicator=None)
                ),
                name="roll_names_the_indicator_it_looks_at",
                violation_error_message=_("指定一项指标的榜单须选指标，其他不选"),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page it stands on."""
        return reverse("campaigns:rolls", args=[self.campaign_id])

    def holds_on(self, day):
        """Say whether it is in force on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    @property
    def conditions(self):
        """What it asks, in words."""
        share = tell("综合完成率（综合得分÷满分）") if self.subject == Rule.Subject.OVERALL else tell("完成率")
        asked = (
            (self.first, tell("列本组前 %s 位") % self.first),
            (self.last, tell("列本组后 %s 位") % self.last),
            (self.at_least, f"{share}{tell('不低于 %s%%') % plain(self.at_least or Decimal(0))}"),
            (self.below, f"{share}{tell('低于 %s%%') % plain(self.below or Decimal(0))}"),
            (self.quota, str(self.get_quota_display())),
            (self.no_result, tell("没有实绩")),
            (self.vetoed, tell("被一票否决")),
        )
        return [words for wanted, words in asked if wanted]

    @property
    def in_words(self):
        """The list as one sentence: who, on which figure, on what conditions."""
        what = {Rule.Subject.ONE: str(self.indicator or ""), Rule.Subject.EACH: tell("任一考核指标")}
        basis = tell("（按%s数）") % self.get_basis_display() if self.basis else ""
        return tell("%(who)s，%(what)s%(conditions)s%(basis)s的，列入%(kind)s。") % {
            "who": "、".join(self.group_names) or tell("各参战单位"), "what": what.get(self.subject, ""),
            "conditions": tell("，且").join(self.conditions), "basis": basis, "kind": self.get_kind_display(),
        }  # fmt: skip
