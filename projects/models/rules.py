"""Which facts count toward which indicator (口径)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Indicator
from campaigns.numbers import exact
from projects.models.companies import Event, Listing, Origin
from projects.models.projects import Lands, Sector
from projects.models.rates import Currency
from projects.models.visits import Visit
from projects.stages import Kind

FACTS = (
    [(f"milestone.{kind.value}", kind.label) for kind in Kind]
    + [(f"visit.{direction.value}", direction.label) for direction in Visit.Direction]
    + [("trip.made", _("外出招商")), ("attendance.event", _("参加活动"))]
)
CHOICES = {  # condition → what its list may hold
    "sectors": set(Sector.values),
    "origins": set(Origin.values),
    "event_levels": set(Event.Level.values),
    "lands": set(Lands.values),
    "charts": set(Listing.Chart.values),
}
SWITCHES = {"in_cash", "led_by_top"}
AFTER = {  # condition → the milestone that must have happened on the project as well; it counts on the later day
    "filed": Kind.FILING,
    "funds_arrived": Kind.FUNDING,
    "in_base": Kind.ABOVE_SCALE,
}
NAMES = {  # condition → what it is called
    "sectors": _("产业"),
    "origins": _("资金来源"),
    "event_levels": _("招商活动级别"),
    "lands": _("落地"),
    "charts": _("榜单企业"),
    "min_amount": _("金额"),
    "in_cash": _("现汇"),
    "led_by_top": _("党政主要领导带队"),
    "filed": _("已立项备案"),
    "funds_arrived": _("已有资金到位"),
    "in_base": _("已纳统入库"),
}


TELLS = {  # what kinds of fact can meet which conditions
    "milestone": set(NAMES) - {"led_by_top"},
    "visit": {"sectors", "origins", "lands", "charts", "led_by_top"},
    "trip": {"led_by_top"},
    "attendance": {"event_levels"},
}
LABELS = {  # condition → what its values are called
    "sectors": dict(Sector.choices),
    "origins": dict(Origin.choices),
    "event_levels": dict(Event.Level.choices),
    "lands": dict(Lands.choices),
    "charts": dict(Listing.Chart.choices),
}


class RuleQuerySet(models.QuerySet):
    """Words for counting rules."""

    def for_list(self):
        """Load what a list shows."""
        return self.select_related("indicator").order_by("indicator__name", "from_on", "pk")


class CountingRule(models.Model):
    """Facts of one kind, from a day on, count toward an indicator by number, amount or persons, if they match.

    conditions holds lists (sectors, origins, event_levels, lands; charts asks whether the company stood on a top-500
    list by the fact's year, R41), switches (in_cash, led_by_top; filed,
    funds_arrived, in_base ask for another milestone of the project, R32 and R76), and min_amount {currency: at least
    this many 万 of it}. A fact counts at most once toward an indicator.
    By companies, min_amount is what a company's facts of a calendar year come to together: it counts once, on the
    day the sum gets there (R29).
    """

    class Measure(models.TextChoices):
        """What of the fact is added."""

        COUNT = "count", _("个数")
        AMOUNT = "amount", _("金额")
        PERSONS = "persons", _("人数")
        DAYS = "days", _("天数")
        COMPANIES = "companies", _("企业户数")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="rules", verbose_name=_("指标"))
    fact = models.CharField(_("事实"), max_length=40, choices=FACTS)
    measure = models.CharField(_("计量"), max_length=10, choices=Measure, default=Measure.COUNT)
    from_on = models.DateField(_("起用日期"))
    until_on = models.DateField(_("停用日期"), null=True, blank=True)
    conditions = models.JSONField(_("条件"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("口径")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="rule_ends_after_it_starts",
                violation_error_message=_("停用日期不能早于起用日期"),
            )
        ]

    def __str__(self):
        return f"{self.indicator}：{self.get_fact_display()}"

    def get_absolute_url(self):
        """Return the list it stands in."""
        return reverse("projects:rule_list")

    def clean(self):
        """Refuse conditions nobody could read, and rules for what is entered by hand."""
        if self.indicator_id and self.indicator.fed_by != Indicator.Feed.FACTS:
            raise ValidationError({"indicator": _("该指标由填报计数，不能设口径")})
        is_milestone = self.fact.startswith("milestone.")
        if self.measure == self.Measure.PERSONS and is_milestone:
            raise ValidationError({"measure": _("只有走访、来访、外出招商和参加活动能按人数计")})
        if self.measure == self.Measure.AMOUNT and not is_milestone:
            raise ValidationError({"measure": _("只有项目节点能按金额计")})
        if self.measure == self.Measure.DAYS and self.fact != "trip.made":
            raise ValidationError({"measure": _("只有外出招商能按天数计")})
        if self.measure == self.Measure.COMPANIES:
            if not is_milestone:
                raise ValidationError({"measure": _("只有项目节点能按企业户数计")})
            if set(self.conditions.get("min_amount", {})) != {Currency.CNY.value}:
                raise ValidationError({"measure": _("按企业户数计，须填当年累计的人民币金额门槛，不填其他币种")})
            if set(AFTER) & set(self.conditions):
                raise ValidationError({"measure": _("按企业户数计，不能再要求项目的其他节点")})
        elif set(AFTER) & set(self.conditions) and not is_milestone:
            raise ValidationError({"fact": _("只有项目节点能要求项目已备案、已到资或已入库")})
        for name, value in self.conditions.items():
            if name in CHOICES and isinstance(value, list) and set(value) <= CHOICES[name]:
                continue
            if (name in SWITCHES or name in AFTER) and isinstance(value, bool):
                continue
            if name == "min_amount" and isinstance(value, dict) and set(value) <= set(Currency.values):
                for amount in value.values():
                    exact(amount)
                continue
            raise ValidationError({"conditions": _("看不懂的条件：%(name)s") % {"name": name}})

    @property
    def after(self):
        """The conditions that ask for another milestone of the project."""
        return [name for name in AFTER if self.conditions.get(name)]

    @property
    def by_company(self):
        """Whether it counts companies whose facts of a year come to a sum."""
        return self.measure == self.Measure.COMPANIES

    @property
    def in_words(self):
        """The rule as a sentence: what counts, with which conditions."""
        parts = [told for name in NAMES if (told := self.condition_in_words(name))]
        told = f"{self.get_fact_display()}，按{self.get_measure_display()}计"
        return f"{told}（{'；'.join(parts)}）" if parts else told

    def condition_in_words(self, name):
        """Return what one condition asks for, "" where the rule does not have it."""
        wanted = self.conditions.get(name)
        if not wanted:
            return ""
        if name == "min_amount":
            units = {**dict(Currency.choices), "CNY": "元"}
            told = "或".join(f"≥ {amount} 万{units[currency]}" for currency, amount in wanted.items())
            return str(_("企业当年累计 %(told)s") % {"told": told}) if self.by_company else told
        if name in LABELS:
            return "、".join(str(LABELS[name][value]) for value in wanted)
        return str(NAMES[name])
