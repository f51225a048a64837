"""Which facts count toward which indicator (口径)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Indicator
from campaigns.numbers import exact
from projects.models.companies import Event, Origin
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
}
SWITCHES = {"in_cash", "led_by_top"}


class RuleQuerySet(models.QuerySet):
    """Words for counting rules."""

    def for_list(self):
        """Load what a list shows."""
        return self.select_related("indicator").order_by("indicator__name", "from_on", "pk")


class CountingRule(models.Model):
    """Facts of one kind, from a day on, count toward an indicator by number, amount or persons, if they match.

    conditions holds lists (sectors, origins, event_levels, lands), switches (in_cash, led_by_top), and min_amount
    {currency: at least this many 万 of it}. A fact counts at most once toward an indicator.
    """

    class Measure(models.TextChoices):
        """What of the fact is added."""

        COUNT = "count", _("个数")
        AMOUNT = "amount", _("金额")
        PERSONS = "persons", _("人数")
        DAYS = "days", _("天数")

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
        for name, value in self.conditions.items():
            if name in CHOICES and isinstance(value, list) and set(value) <= CHOICES[name]:
                continue
            if name in SWITCHES and isinstance(value, bool):
                continue
            if name == "min_amount" and isinstance(value, dict) and set(value) <= set(Currency.values):
                for amount in value.values():
                    exact(amount)
                continue
            raise ValidationError({"conditions": _("看不懂的条件：%(name)s") % {"name": name}})

    @property
    def in_words(self):
        """The rule as a sentence: what counts, with which conditions."""
        parts = []
        labels = {"sectors": dict(Sector.choices), "origins": dict(Origin.choices)}
        labels |= {"event_levels": dict(Event.Level.choices), "lands": dict(Lands.choices)}
        for name, names in labels.items():
            if self.conditions.get(name):
                parts.append("、".join(str(names[value]) for value in self.conditions[name]))
        minimum = self.conditions.get("min_amount")
        if minimum:
            units = {**dict(Currency.choices), "CNY": "元"}
            parts.append("或".join(f"≥ {amount} 万{units[currency]}" for currency, amount in minimum.items()))
        if self.conditions.get("in_cash"):
            parts.append(str(_("现汇")))
        if self.conditions.get("led_by_top"):
            parts.append(str(_("党政主要领导带队")))
        told = f"{self.get_fact_display()}，按{self.get_measure_display()}计"
        return f"{told}（{'；'.join(parts)}）" if parts else told
