"""Filters of the lists of the units room."""

from datetime import datetime, time

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from units.audit import ACTIONS, model_names
from units.forms import day_input
from units.models import AuditEntry, Member, Role, Unit, User

ROOMS = ("units.", "campaigns.", "projects.", "reports.")


def units_near(request):
    """Return the units of the user's district."""
    return Unit.objects.near(request.user).order_by("path")


class UnitFilter(django_filters.FilterSet):
    """Units by name and kind."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("名称"))
    kind = django_filters.ChoiceFilter(choices=Unit.Kind, label=_("类别"), empty_label=_("全部类别"))

    class Meta:
        model = Unit
        fields = ()


class UserFilter(django_filters.FilterSet):
    """Accounts by name, role and state."""

    q = django_filters.CharFilter(method="named", label=_("姓名或用户名"))
    role = django_filters.ChoiceFilter(
        field_name="members__role", choices=Role, label=_("角色"), empty_label=_("全部角色"), distinct=True
    )
    active = django_filters.ChoiceFilter(
        method="in_state",
        choices=(("yes", _("启用")), ("no", _("停用"))),
        label=_("状态"),
        empty_label=_("全部状态"),
    )

    class Meta:
        model = User
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the name or the user name."""
        return queryset.filter(Q(name__icontains=value) | Q(username__icontains=value))

    def in_state(self, queryset, name, value):
        """Narrow to accounts that may, or may not, sign in."""
        return queryset.filter(is_active=value == "yes")


class MemberFilter(django_filters.FilterSet):
    """Roles by person or unit, and by role."""

    q = django_filters.CharFilter(method="named", label=_("用户或单位"))
    role = django_filters.ChoiceFilter(choices=Role, label=_("角色"), empty_label=_("全部角色"))

    class Meta:
        model = Member
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the person's or the unit's name."""
        return queryset.filter(
            Q(user__name__icontains=value) | Q(user__username__icontains=value) | Q(unit__name__icontains=value)
        )


def models_with_a_trail():
    """Return the kinds of record that leave a trail, as choices."""
    return [(label, name) for label, name in model_names().items() if label.startswith(ROOMS)]


class AuditFilter(django_filters.FilterSet):
    """The trail by person, action, kind of record, days and text."""

    who = django_filters.CharFilter(method="done_by", label=_("操作人"))
    action = django_filters.ChoiceFilter(
        method="of_kind", choices=list(ACTIONS.items()), label=_("动作"), empty_label=_("全部动作")
    )
    model = django_filters.ChoiceFilter(choices=models_with_a_trail, label=_("对象类型"), empty_label=_("全部类型"))
    since = django_filters.DateFilter(method="from_day", label=_("起始日期"), widget=day_input())
    until = django_filters.DateFilter(method="to_day", label=_("截止日期"), widget=day_input())
    q = django_filters.CharFilter(method="containing", label=_("内容"))

    class Meta:
        model = AuditEntry
        fields = ()

    def done_by(self, queryset, name, value):
        """Find a part of the person's name or user name."""
        return queryset.filter(Q(by__name__icontains=value) | Q(by__username__icontains=value))

    def of_kind(self, queryset, name, value):
        """Narrow to actions whose name ends so, of whatever record."""
        return queryset.filter(action__endswith=f".{value}")

    def from_day(self, queryset, name, value):
        """Leave out what happened before the day began."""
        return queryset.filter(at__gte=timezone.make_aware(datetime.combine(value, time.min)))

    def to_day(self, queryset, name, value):
        """Leave out what happened after the day ended."""
        return queryset.filter(at__lte=timezone.make_aware(datetime.combine(value, time.max)))

    def containing(self, queryset, name, value):
        """Find a part of the record's name, the reason or a value."""
        return queryset.filter(Q(label__icontains=value) | Q(reason__icontains=value) | Q(changes__icontains=value))
