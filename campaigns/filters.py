"""Filters of the lists of the campaigns room."""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Indicator


def campaigns_seen(request):
    """Return the campaigns the user may see."""
    return Campaign.objects.visible_to(request.user).for_list()


class CampaignFilter(django_filters.FilterSet):
    """Campaigns by name and state."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("战役名称"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=(("running", _("进行中")), ("over", _("已结束")), ("ahead", _("未开始"))),
        label=_("状态"),
        empty_label=_("全部状态"),
    )

    class Meta:
        model = Campaign
        fields = ()

    def in_state(self, queryset, name, value):
        """Narrow to what runs, is over, or lies ahead, as of today."""
        today = timezone.localdate()
        states = {
            "running": {"starts_on__lte": today, "ends_on__gte": today},
            "over": {"ends_on__lt": today},
            "ahead": {"starts_on__gt": today},
        }
        return queryset.filter(**states[value])


class IndicatorFilter(django_filters.FilterSet):
    """Indicators by name, kind and feed."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("指标名称"))
    kind = django_filters.ChoiceFilter(choices=Indicator.Kind, label=_("类型"), empty_label=_("全部类型"))
    fed_by = django_filters.ChoiceFilter(choices=Indicator.Feed, label=_("来源"), empty_label=_("全部来源"))

    class Meta:
        model = Indicator
        fields = ()
