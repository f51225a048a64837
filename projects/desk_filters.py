"""Filters of the lists of the desk: one's own figures, counting rules."""

import django_filters
from django.utils.translation import gettext_lazy as _

from campaigns.filters import campaigns_seen
from campaigns.models import Indicator, Recognition, Tally
from projects.models.rules import FACTS, CountingRule
from units.forms import day_input

WITHDRAWN = "withdrawn"


def indicators_typed(request):
    """Return the indicators that are fed by hand."""
    return Indicator.objects.filter(fed_by=Indicator.Feed.TALLY).exclude(kind=Indicator.Kind.RATIO)


class TallyFilter(django_filters.FilterSet):
    """Figures by campaign, indicator, what became of them, and days."""

    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    indicator = django_filters.ModelChoiceFilter(queryset=indicators_typed, label=_("指标"), empty_label=_("全部"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=[*Recognition.choices, (WITHDRAWN, _("已撤回"))],
        label=_("状态"),
        empty_label=_("全部"),
    )
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("从"), widget=day_input())
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("到"), widget=day_input())

    class Meta:
        model = Tally
        fields = ()

    def in_state(self, queryset, name, value):
        """Narrow to what was taken back, or to what stands in one state."""
        if value == WITHDRAWN:
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset.live().filter(recognition=value)


class RuleFilter(django_filters.FilterSet):
    """Rules by indicator and kind of fact."""

    indicator = django_filters.ModelChoiceFilter(
        queryset=Indicator.objects.filter(fed_by=Indicator.Feed.FACTS), label=_("指标"), empty_label=_("全部指标")
    )
    fact = django_filters.ChoiceFilter(choices=FACTS, label=_("事实"), empty_label=_("全部事实"))

    class Meta:
        model = CountingRule
        fields = ()
