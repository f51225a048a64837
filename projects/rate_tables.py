"""The table of the list of exchange rates, and its filter."""

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects.models import Currency, ExchangeRate
from units.tables import NUMBER


class RateFilter(django_filters.FilterSet):
    """Rates by currency."""

    currency = django_filters.ChoiceFilter(
        choices=[row for row in Currency.choices if row[0] != Currency.CNY], label=_("币种"), empty_label=_("全部")
    )

    class Meta:
        model = ExchangeRate
        fields = ()


class RateTable(tables.Table):
    """Exchange rates with the days they hold for and how many milestones took them."""

    currency = tables.Column(verbose_name=_("币种"))
    rate = tables.Column(verbose_name=_("1 外币折合人民币（元）"), attrs=NUMBER)
    in_words = tables.Column(verbose_name=_("适用"), order_by=("from_on", "until_on"))
    source = tables.Column(verbose_name=_("依据"), orderable=False, default="—")
    used = tables.Column(verbose_name=_("用它折算的节点"), attrs=NUMBER)
    actions = tables.TemplateColumn(
        verbose_name=_("操作"), template_name="projects/_rate_actions.html", orderable=False, exclude_from_export=True
    )

    class Meta:
        model = ExchangeRate
        fields = ("currency", "rate", "in_words", "source", "used", "actions")

    def render_rate(self, value):
        """Print it without zeros behind."""
        return plain(value)
