"""Filters of the reports room."""

import django_filters
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from reports.models import Report


def campaigns_of(request):
    """Return the campaigns the user may see."""
    return Campaign.objects.visible_to(request.user)


class ReportFilter(django_filters.FilterSet):
    """By title, campaign and status."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("标题"))
    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_of, label=_("战役"), empty_label=_("全部"))
    status = django_filters.ChoiceFilter(choices=Report.Status, label=_("状态"), empty_label=_("全部"))

    class Meta:
        model = Report
        fields = ("q", "campaign", "status")
