"""Filters of the lists of the rule book; today is set by the page."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.filters import campaigns_seen
from campaigns.models import Exemption, Finding, Instruction, Order, Rule
from units.filters import units_near
from units.models import Role

OPEN, LATE, CLOSED, UNSIGNED, WAITING, RAISED = "open", "late", "closed", "unsigned", "waiting", "raised"


def rules_seen(request):
    """Return the rules the user may see."""
    return Rule.objects.visible_to(request.user).order_by("-campaign__starts_on", "order", "pk")


class RuleFilter(django_filters.FilterSet):
    """Rules by campaign, kind and whether they hold today."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("名称、处理或依据"))
    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    kind = django_filters.ChoiceFilter(choices=Rule.Kind, label=_("情形"), empty_label=_("全部"))
    level = django_filters.ChoiceFilter(choices=Rule.Level, label=_("等级"), empty_label=_("全部"))
    state = django_filters.ChoiceFilter(
        method="in_state", choices=(("now", _("有效")), ("past", _("已停用")), ("ahead", _("未起用"))),
        label=_("状态"), empty_label=_("全部"),
    )  # fmt: skip

    class Meta:
        model = Rule
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of what it says."""
        return queryset.filter(
            Q(name__icontains=value) | Q(consequence__icontains=value) | Q(clause__icontains=value)
        )

    def in_state(self, queryset, name, value):
        """Narrow to what holds, is over, or lies ahead."""
        if value == "now":
            return queryset.in_force(self.today)
        return (
            queryset.filter(until_on__lt=self.today) if value == "past" else queryset.filter(from_on__gt=self.today)
        )


class FindingFilter(django_filters.FilterSet):
    """Findings by campaign, rule, unit and what became of them."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("单位或规则"))
    campaign = django_filters.ModelChoiceFilter(
        field_name="rule__campaign", queryset=campaigns_seen, label=_("战役"), empty_label=_("全部")
    )
    rule = django_filters.ModelChoiceFilter(queryset=rules_seen, label=_("规则"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_near, label=_("单位"), empty_label=_("全部")
    )
    level = django_filters.ChoiceFilter(
        field_name="rule__level", choices=Rule.Level, label=_("等级"), empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        method="in_state", choices=[(OPEN, _("未解除")), (LATE, _("逾期未说明")), *Finding.State.choices],
        label=_("状态"), empty_label=_("全部"),
    )  # fmt: skip

    class Meta:
        model = Finding
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the names."""
        return queryset.filter(Q(unit__name__icontains=value) | Q(rule__name__icontains=value))

    def of_unit(self, queryset, name, unit):
        """Narrow to a unit and the units below it."""
        return queryset.filter(unit__path__startswith=unit.path)

    def in_state(self, queryset, name, value):
        """Narrow to what holds, what is late, or one state."""
        if value == OPEN:
            return queryset.open()
        if value == LATE:
            return queryset.filter(settled_on__isnull=True, due_on__lt=self.today)
        return queryset.filter(state=value)


class ExemptionFilter(django_filters.FilterSet):
    """Exemptions by campaign, unit and whether they hold today."""

    today = None

    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(queryset=units_near, label=_("单位"), empty_label=_("全部"))
    ground = django_filters.ChoiceFilter(choices=Exemption.Ground, label=_("事由"), empty_label=_("全部"))
    state = django_filters.ChoiceFilter(
        method="in_state", choices=(("now", _("豁免期内")), ("over", _("已过期"))), label=_("状态"),
        empty_label=_("全部"),
    )  # fmt: skip

    class Meta:
        model = Exemption
        fields = ()

    def in_state(self, queryset, name, value):
        """Narrow to what holds or is over."""
        return queryset.in_force(self.today) if value == "now" else queryset.filter(until_on__lt=self.today)


class DemandFilter(django_filters.FilterSet):
    """What is asked of units: by campaign, unit and what became of it."""

    today = None
    STATES = (
        (OPEN, _("未办结")), (LATE, _("逾期未回复")), (WAITING, _("已回复待办结")), (CLOSED, _("已办结")),
    )  # fmt: skip

    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_near, label=_("承办单位"), empty_label=_("全部")
    )

    def of_unit(self, queryset, name, unit):
        """Narrow to a unit and the units below it."""
        return queryset.filter(unit__path__startswith=unit.path)

    def in_state(self, queryset, name, value):
        """Narrow to what stands so."""
        found = {
            OPEN: queryset.open, LATE: lambda: queryset.overdue(self.today),
            WAITING: lambda: queryset.open().filter(replied_on__isnull=False),
            CLOSED: lambda: queryset.filter(closed_on__isnull=False),
            UNSIGNED: lambda: queryset.filter(signed_on__isnull=True), RAISED: lambda: self.raised(queryset),
        }  # fmt: skip
        return found[value]()

    def raised(self, queryset):
        """Narrow to what was raised to the leaders of the user's own units."""
        mine = [row.unit_id for row in self.request.user.memberships if row.role in {Role.LEADER, Role.EDITOR}]
        return queryset.open().filter(raised_to__in=mine)


class OrderFilter(DemandFilter):
    """Orders, also by whether they were signed for or raised."""

    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("督办事项"))
    state = django_filters.ChoiceFilter(
        method="in_state", label=_("状态"), empty_label=_("全部"),
        choices=(*DemandFilter.STATES, (UNSIGNED, _("待签收")), (RAISED, _("升级到本单位领导"))),
    )  # fmt: skip

    class Meta:
        model = Order
        fields = ()


class InstructionFilter(DemandFilter):
    """Instructions."""

    q = django_filters.CharFilter(field_name="text", lookup_expr="icontains", label=_("批示内容"))
    state = django_filters.ChoiceFilter(
        method="in_state", choices=DemandFilter.STATES, label=_("状态"), empty_label=_("全部")
    )

    class Meta:
        model = Instruction
        fields = ()
