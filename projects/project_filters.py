"""Filters of the list of projects."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import flags
from projects.models import Credit, Milestone, Origin, Project, Sector
from projects.stages import Kind, Stage
from units.models import Unit

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def units_of(request):
    """Return the units whose records the user may read."""
    return Unit.objects.visible_to(request.user) if request else Unit.objects.none()


class ProjectFilter(django_filters.FilterSet):
    """Projects by name or company, stage, sector, unit, origin and the days of their contracts."""

    q = django_filters.CharFilter(method="named", label=_("项目、企业"))
    stage = django_filters.ChoiceFilter(choices=Stage, label=_("阶段"), empty_label=_("全部"))
    sector = django_filters.ChoiceFilter(choices=Sector, label=_("产业"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="shared_by", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    origin = django_filters.ChoiceFilter(
        field_name="company__origin", choices=Origin, label=_("资金来源"), empty_label=_("全部")
    )
    signed_from = django_filters.DateFilter(method="signed", label=_("签约自"), widget=DAY, lookup_expr="gte")
    signed_to = django_filters.DateFilter(method="signed", label=_("签约至"), widget=DAY, lookup_expr="lte")
    overdue = django_filters.DateFilter(method="late", label=_("承诺超期，截至"), widget=DAY)

    carried = django_filters.ChoiceFilter(
        method="carried_over", choices=(("1", _("是")),), label=_("往年结转"), empty_label=_("全部")
    )
    flag = django_filters.ChoiceFilter(
        method="flagged", choices=(("any", _("任一预警")), *flags.CHOICES), label=_("预警"), empty_label=_("全部")
    )

    class Meta:
        model = Project
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the project's or the company's name."""
        return queryset.filter(Q(name__icontains=value) | Q(company__name__icontains=value))

    def shared_by(self, queryset, name, unit):
        """Narrow to the projects that the unit, or one below it, shares."""
        return queryset.filter(pk__in=Credit.objects.filter(unit__path__startswith=unit.path).values("project"))

    def signed(self, queryset, name, value):
        """Narrow to the projects whose contract was signed from, or up to, a day."""
        days = {"on__gte" if name == "signed_from" else "on__lte": value}
        contracts = Milestone.objects.live().done().filter(kind=Kind.CONTRACT, **days)
        return queryset.filter(pk__in=contracts.order_by().values("project"))

    def late(self, queryset, name, value):
        """Narrow to the projects with a promise that was due before a day and is not kept."""
        return queryset.filter(pk__in=Milestone.objects.overdue(value).order_by().values("project"))

    def carried_over(self, queryset, name, value):
        """Narrow to the projects of earlier years that are followed until production."""
        return queryset.filter(pk__in=Project.objects.carried(timezone.localdate()).order_by().values("pk"))

    def flagged(self, queryset, name, value):
        """Narrow to the projects that raise a flag, or any."""
        names = None if value == "any" else [value]
        found = flags.of_projects(queryset, self.request.user, timezone.localdate(), names)
        return queryset.filter(pk__in=list(found))
