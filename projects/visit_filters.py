"""Filters of the lists of visits, companies and events."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition
from projects.models import Company, Event, Origin, Visit
from projects.project_filters import DAY, units_of

GONE = "gone"


class VisitFilter(django_filters.FilterSet):
    """Visits by company, direction, unit, days and what became of them."""

    q = django_filters.CharFilter(field_name="company__name", lookup_expr="icontains", label=_("企业"))
    direction = django_filters.ChoiceFilter(choices=Visit.Direction, label=_("方向"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("自"), widget=DAY)
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("至"), widget=DAY)
    recognition = django_filters.ChoiceFilter(
        method="in_state", choices=[*Recognition.choices, (GONE, _("已撤回"))], label=_("认定"), empty_label=_("全部")
    )

    class Meta:
        model = Visit
        fields = ()

    def of_unit(self, queryset, name, unit):
        """Narrow to the visits of a unit and the units below it."""
        return queryset.filter(unit__path__startswith=unit.path)

    def in_state(self, queryset, name, value):
        """Narrow to a state; what was withdrawn has one of its own."""
        if value == GONE:
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset.filter(recognition=value, withdrawn_at__isnull=True)


class CompanyFilter(django_filters.FilterSet):
    """Companies by name or credit code, and by origin."""

    q = django_filters.CharFilter(method="named", label=_("企业、信用代码"))
    origin = django_filters.ChoiceFilter(choices=Origin, label=_("资金来源"), empty_label=_("全部"))

    class Meta:
        model = Company
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the name or of the credit code."""
        return queryset.filter(Q(name__icontains=value) | Q(credit_code__icontains=value))


class EventFilter(django_filters.FilterSet):
    """Events by name, level and days."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("活动名称"))
    level = django_filters.ChoiceFilter(choices=Event.Level, label=_("级别"), empty_label=_("全部"))
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("自"), widget=DAY)
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("至"), widget=DAY)

    class Meta:
        model = Event
        fields = ()
