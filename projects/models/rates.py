"""Currencies, and the rates that foreign amounts are converted at."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactField
from units.models import BUSINESS_ROLES


class Currency(models.TextChoices):
    """Currencies that contracts are made in; amounts are kept in 万 of them (R64)."""

    CNY = "CNY", _("人民币")
    USD = "USD", _("美元")
    EUR = "EUR", _("欧元")
    HKD = "HKD", _("港元")
    JPY = "JPY", _("日元")


class RateQuerySet(models.QuerySet):
    """Words for exchange rates."""

    def visible_to(self, user):
        """Everyone in a business role may see the rates."""
        return self.all() if user.is_authenticated and user.paths(*BUSINESS_ROLES) else self.none()

    def for_list(self):
        """Load what a list shows, the newest first."""
        return self.annotate(used=models.Count("milestones")).order_by("currency", "-from_on", "-pk")

    def in_force(self, currency, day):
        """Return the rate of a currency on a day, None without one; a rate fixed for a time goes first."""
        rows = self.filter(currency=currency, from_on__lte=day)
        fixed = rows.filter(until_on__gte=day).order_by("-from_on", "-pk").first()
        return fixed or rows.filter(until_on__isnull=True).order_by("-from_on", "-pk").first()


class ExchangeRate(models.Model):
    """How many yuan one unit of a currency is worth: fixed from a day until a day (a year), or from a day on."""

    currency = models.CharField(_("币种"), max_length=3, choices=Currency)
    rate = ExactField(_("汇率（1 外币折合人民币元）"))
    from_on = models.DateField(_("起用日期"))
    until_on = models.DateField(_("固定至"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("汇率")
        ordering = ["currency", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "from_on"],
                condition=Q(until_on__isnull=True),
                name="dated_rate_once_a_day",
                violation_error_message=_("该币种这一天已有汇率"),
            ),
            models.UniqueConstraint(
                fields=["currency", "from_on"],
                condition=Q(until_on__isnull=False),
                name="fixed_rate_once_from_a_day",
                violation_error_message=_("该币种从这一天起已有固定汇率"),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=Decimal(0)),
                name="rate_is_positive",
                violation_error_message=_("汇率须大于 0"),
            ),
            models.CheckConstraint(
                condition=~Q(currency="CNY"), name="rate_is_foreign", violation_error_message=_("人民币不需要汇率")
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="rate_ends_after_it_starts",
                violation_error_message=_("固定至的日期不能早于起用日期"),
            ),
        ]

    def __str__(self):
        return f"{self.get_currency_display()} {self.from_on}"

    def get_absolute_url(self):
        """Return the list it stands in."""
        return reverse("projects:rate_list")

    @property
    def in_words(self):
        """Which rate it is: that of a year, of some days, or from a day on."""
        if self.until_on is None:
            return _("%(day)s 起的汇率") % {"day": self.from_on.isoformat()}
        first, last = self.from_on, self.until_on
        if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
            return _("%(year)s 年固定汇率") % {"year": first.year}
        return _("%(first)s 至 %(last)s 固定汇率") % {"first": first.isoformat(), "last": last.isoformat()}
