"""Filters of the lists of rewards and of inspections."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.filters import campaigns_seen
from projects.models import Commendation, Inspection, Reward, RewardRule
from units.filters import units_near

DOUBT = "doubt"


def reward_rules_seen(request):
    """Return the clauses the user may see."""
    return RewardRule.objects.visible_to(request.user).order_by("-campaign__starts_on", "order", "pk")


class RewardRuleFilter(django_filters.FilterSet):
    """Clauses by campaign and by what they reward."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("名称或依据"))
    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    fact = django_filters.ChoiceFilter(choices=RewardRule.Fact, label=_("奖励什么"), empty_label=_("全部"))

    class Meta:
        model = RewardRule
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of what it says."""
        return queryset.filter(Q(name__icontains=value) | Q(clause__icontains=value))


class RewardFilter(django_filters.FilterSet):
    """Rewards by campaign, clause, unit and what became of them."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("项目、奖励对象或文号"))
    campaign = django_filters.ModelChoiceFilter(
        field_name="rule__campaign", queryset=campaigns_seen, label=_("战役"), empty_label=_("全部")
    )
    rule = django_filters.ModelChoiceFilter(queryset=reward_rules_seen, label=_("条款"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_near, label=_("招引单位"), empty_label=_("全部")
    )
    payee = django_filters.ChoiceFilter(
        field_name="rule__payee", choices=RewardRule.Payee, label=_("奖给谁"), empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        method="in_state", choices=[*Reward.State.choices, (DOUBT, _("存疑"))], label=_("状态"), empty_label=_("全部")
    )

    class Meta:
        model = Reward
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the names."""
        return queryset.filter(
            Q(project__name__icontains=value) | Q(payee__icontains=value) | Q(document__icontains=value)
        )

    def of_unit(self, queryset, name, unit):
        """Narrow to a unit and the units below it."""
        return queryset.filter(unit__path__startswith=unit.path)

    def in_state(self, queryset, name, value):
        """Narrow to one state, or to what is in doubt."""
        return queryset.exclude(doubt="") if value == DOUBT else queryset.filter(state=value)


class InspectionFilter(django_filters.FilterSet):
    """Inspections by campaign and unit."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("名称或督查组"))
    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        field_name="units", queryset=units_near, label=_("受检单位"), empty_label=_("全部")
    )

    class Meta:
        model = Inspection
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the names."""
        return queryset.filter(Q(title__icontains=value) | Q(team__icontains=value))


class CommendationFilter(django_filters.FilterSet):
    """Commendations by campaign and unit."""

    today = None

    q = django_filters.CharFilter(field_name="deed", lookup_expr="icontains", label=_("表扬事项"))
    campaign = django_filters.ModelChoiceFilter(
        field_name="inspection__campaign", queryset=campaigns_seen, label=_("战役"), empty_label=_("全部")
    )
    unit = django_filters.ModelChoiceFilter(queryset=units_near, label=_("单位"), empty_label=_("全部"))

    class Meta:
        model = Commendation
        fields = ()
