"""Filters of the reports room."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from reports.models import CityForm, Report, ReportKind


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


class CityFormFilter(django_filters.FilterSet):
    """By name and whether it is in use."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("名称"))
    gone = django_filters.BooleanFilter(
        field_name="withdrawn_at",
        lookup_expr="isnull",
        exclude=True,
        label=_("状态"),
        widget=forms.Select(choices=[("", _("全部")), ("false", _("在用")), ("true", _("已停用"))]),
    )

    class Meta:
        model = CityForm
        fields = ()


class KindFilter(django_filters.FilterSet):
    """By name, and whether they are in use."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("名称"))
    is_active = django_filters.ChoiceFilter(
        choices=((True, _("在用")), (False, _("已停用"))), label=_("状态"), empty_label=_("全部")
    )

    class Meta:
        model = ReportKind
        fields = ("q", "is_active")
