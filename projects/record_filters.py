"""Filters of visits, companies and events."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition
from projects.filters import DAY, units_of
from projects.models import Company, Event, Origin, Visit


class VisitFilter(django_filters.FilterSet):
    """Visits by company, direction, unit, day, and what became of them."""

    q = django_filters.CharFilter(method="named", label=_("企业、地点"))
    direction = django_filters.ChoiceFilter(choices=Visit.Direction, label=_("方向"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        queryset=units_of, method="of_unit", label=_("单位"), empty_label=_("全部")
    )
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("自"), widget=DAY)
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("至"), widget=DAY)
    recognition = django_filters.ChoiceFilter(
        method="in_state",
        choices=[*Recognition.choices, ("withdrawn", _("已撤回"))],
        label=_("认定情况"),
        empty_label=_("全部"),
    )

    class Meta:
        model = Visit
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the company's name or the place."""
        return queryset.filter(Q(company__name__icontains=value) | Q(place__icontains=value))

    def of_unit(self, queryset, name, value):
        """Narrow to a unit and the units below it."""
        return queryset.filter(unit__path__startswith=value.path)

    def in_state(self, queryset, name, value):
        """Narrow to what became of a visit; what was withdrawn waits for nothing."""
        if value == "withdrawn":
            return queryset.filter(withdrawn_at__isnull=False)
        return queryset.live().filter(recognition=value)


class CompanyFilter(django_filters.FilterSet):
    """Companies by name or credit code, and origin."""

    q = django_filters.CharFilter(method="named", label=_("企业名称、信用代码"))
    origin = django_filters.ChoiceFilter(choices=Origin, label=_("资金来源"), empty_label=_("全部"))

    class Meta:
        model = Company
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the name or of the code."""
        return queryset.filter(Q(name__icontains=value) | Q(credit_code__icontains=value))


class EventFilter(django_filters.FilterSet):
    """Events by name and level."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("活动名称"))
    level = django_filters.ChoiceFilter(choices=Event.Level, label=_("级别"), empty_label=_("全部"))

    class Meta:
        model = Event
        fields = ()
