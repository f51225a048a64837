"""Filters of the project ledger."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFilter
from projects.models import Credit, Milestone, Origin, Project, Sector
from projects.stages import Kind, Stage
from units.models import Unit

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def units_of(request):
    """Return the units whose records the user may read."""
    return Unit.objects.visible_to(request.user)


class ProjectFilter(django_filters.FilterSet):
    """Projects by name, stage, sector, origin, unit, day of signing, size, and what is overdue."""

    q = django_filters.CharFilter(method="named", label=_("项目、企业"))
    stage = django_filters.ChoiceFilter(choices=Stage, label=_("阶段"), empty_label=_("全部"))
    sector = django_filters.ChoiceFilter(choices=Sector, label=_("产业"), empty_label=_("全部"))
    origin = django_filters.ChoiceFilter(
        field_name="company__origin", choices=Origin, label=_("资金来源"), empty_label=_("全部")
    )
    unit = django_filters.ModelChoiceFilter(
        queryset=units_of, method="shared_by", label=_("单位"), empty_label=_("全部")
    )
    signed_from = django_filters.DateFilter(method="signed", label=_("签约自"), widget=DAY)
    signed_until = django_filters.DateFilter(method="signed", label=_("签约至"), widget=DAY)
    at_least = ExactFilter(field_name="contracted", lookup_expr="gte", label=_("协议投资不低于"), measure="亿元")
    overdue = django_filters.ChoiceFilter(
        method="is_overdue", choices=(("1", _("有超期承诺")),), label=_("承诺"), empty_label=_("全部")
    )

    class Meta:
        model = Project
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the project's or the company's name."""
        return queryset.filter(Q(name__icontains=value) | Q(company__name__icontains=value))

    def shared_by(self, queryset, name, value):
        """Narrow to projects that a unit or one below it shares."""
        return queryset.filter(pk__in=Credit.objects.filter(unit__path__startswith=value.path).values("project"))

    def signed(self, queryset, name, value):
        """Narrow to projects whose contract lies in the days asked for."""
        bound = "on__gte" if name == "signed_from" else "on__lte"
        contracts = Milestone.objects.live().filter(kind=Kind.CONTRACT, **{bound: value})
        return queryset.filter(pk__in=contracts.values("project"))

    def is_overdue(self, queryset, name, value):
        """Narrow to projects with a promise whose day is past."""
        return queryset.filter(pk__in=Milestone.objects.overdue(timezone.localdate()).values("project"))
