"""Filters of the lists of visits, companies and events."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition
from projects.models import Company, CompanyName, Event, Listing, Origin, Project, Visit
from projects.project_filters import DAY, YES, clerks_paths, units_of
from units.models import under
from units.search import matching

GONE = "gone"
ANY = "any"


class VisitFilter(django_filters.FilterSet):
    """Visits by company, direction, unit, days and what became of them."""

    q = django_filters.CharFilter(method="named", label=_("企业、项目"))
    direction = django_filters.ChoiceFilter(choices=Visit.Direction, label=_("方向"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("自"), widget=DAY)
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("至"), widget=DAY)
    recognition = django_filters.ChoiceFilter(
        method="in_state", choices=[*Recognition.choices, (GONE, _("已撤回"))], label=_("认定"), empty_label=_("全部")
    )

    mine = django_filters.ChoiceFilter(
        method="of_clerk", choices=YES, label=_("本人单位的走访"), empty_label=_("不限")
    )

    class Meta:
        model = Visit
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the company's name, its pinyin or its initials; of a project's, where one may see it."""
        seen = matching(Project.objects.visible_to(self.request.user), value, "search").values("pk")
        companies = matching(Company.objects.order_by(), value, "search").values("pk")
        return queryset.filter(Q(company__in=companies) | Q(project__in=seen))

    def of_clerk(self, queryset, name, value):
        """Narrow to the visits of units the user enters figures for."""
        return queryset.filter(under(clerks_paths(self.request.user)))

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

    q = django_filters.CharFilter(method="named", label=_("企业、别名、信用代码"))
    origin = django_filters.ChoiceFilter(choices=Origin, label=_("资金来源"), empty_label=_("全部"))
    chart = django_filters.ChoiceFilter(
        method="on_chart",
        choices=[(ANY, _("任一榜单")), *Listing.Chart.choices],
        label=_("榜单"),
        empty_label=_("不限"),
    )
    is_claimed = django_filters.ChoiceFilter(
        choices=[(True, _("有")), (False, _("无"))], label=_("首报"), empty_label=_("不限")
    )

    mine = django_filters.ChoiceFilter(method="of_clerk", choices=YES, label=_("本人单位登记"), empty_label=_("不限"))

    class Meta:
        model = Company
        fields = ()

    def of_clerk(self, queryset, name, value):
        """Narrow to the companies entered for units the user enters figures for."""
        return queryset.filter(under(clerks_paths(self.request.user), "entered_for__"))

    def named(self, queryset, name, value):
        """Find a part of any of its names, its pinyin or its initials, or of the credit code."""
        others = matching(CompanyName.objects.all(), value, "search").values("company")
        own = matching(Company.objects.order_by(), value, "search").values("pk")
        return queryset.filter(Q(pk__in=own) | Q(pk__in=others))

    def on_chart(self, queryset, name, value):
        """Narrow to the companies on a top-500 list of any year."""
        rows = Listing.objects.order_by() if value == ANY else Listing.objects.order_by().filter(chart=value)
        return queryset.filter(pk__in=rows.values("company"))


class EventFilter(django_filters.FilterSet):
    """Events by name, level and days."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("活动名称"))
    level = django_filters.ChoiceFilter(choices=Event.Level, label=_("级别"), empty_label=_("全部"))
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("自"), widget=DAY)
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("至"), widget=DAY)

    class Meta:
        model = Event
        fields = ()
