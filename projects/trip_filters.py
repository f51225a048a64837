"""Filters and ready-made views of the lists of delegations, trips and planned contacts."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from projects.models import Company, Delegation, PlannedContact, Stop, Trip, TripState
from projects.outings import month_of
from projects.project_filters import YES, units_of
from units.forms import day_input
from units.search import matching

STANDING = (("1", _("在编")), ("0", _("已撤销")))
CONTACT_STATES = (
    ("open", _("待联系")),
    ("overdue", _("超期")),
    ("done", _("已完成")),
    ("dropped", _("已取消")),
)


def this_month(today, user):
    """Return the query of the trips that start this month."""
    first, last = month_of(today)
    return f"since={first}&until={last}"


ALL = ("all", _("全部"), "")
DELEGATIONS = (
    ALL,
    ("standing", _("在编"), "standing=1"),
    ("team", _("小分队"), "kind=team"),
    ("task_force", _("专班"), "kind=task_force"),
    ("office", _("驻点办事处"), "kind=office"),
)
TRIPS = (
    ALL,
    *(
        (state.value, state.label, f"state={state.value}")
        for state in (TripState.UPCOMING, TripState.OUT, TripState.DUE)
    ),
    ("month", _("本月"), this_month),
    ("top", _("党政主要领导带队"), "led_by_top=1"),
)
PLANNED = (
    ALL,
    ("open", _("待联系"), "state=open"),
    ("mine", _("由我联系"), "mine=1&state=open"),
    ("overdue", _("超期"), "state=overdue"),
    ("done", _("已完成"), "state=done"),
)


def campaigns_seen(request):
    """Return the campaigns the user may see."""
    return (
        Campaign.objects.visible_to(request.user).order_by("-starts_on", "-pk")
        if request
        else Campaign.objects.none()
    )


def delegations_seen(request):
    """Return the delegations the user may see."""
    return Delegation.objects.visible_to(request.user).for_list() if request else Delegation.objects.none()


class OfUnit:
    """Narrows to a unit and the units below it."""

    def of_unit(self, queryset, name, unit):
        """Narrow to the records of a unit and the units below it."""
        return queryset.filter(unit__path__startswith=unit.path)


class DelegationFilter(OfUnit, django_filters.FilterSet):
    """Delegations by name, leader or place, kind, unit, campaign, and whether they stand today."""

    q = django_filters.CharFilter(method="named", label=_("名称、带队领导、驻地"))
    kind = django_filters.ChoiceFilter(choices=Delegation.Kind, label=_("类别"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    campaign = django_filters.ModelChoiceFilter(queryset=campaigns_seen, label=_("战役"), empty_label=_("全部"))
    standing = django_filters.ChoiceFilter(method="stands", choices=STANDING, label=_("在编"), empty_label=_("全部"))

    class Meta:
        model = Delegation
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the name, the leader or the place, their pinyin or initials."""
        return matching(queryset, value, "search")

    def stands(self, queryset, name, value):
        """Narrow to what exists today, or does not."""
        standing = Delegation.objects.order_by().standing(self.today).values("pk")
        return queryset.filter(pk__in=standing) if value == "1" else queryset.exclude(pk__in=standing)


class TripFilter(OfUnit, django_filters.FilterSet):
    """Trips by purpose, leader or place, how far they are, unit, team, days, and who led them."""

    q = django_filters.CharFilter(method="named", label=_("目的、带队人、地点"))
    state = django_filters.ChoiceFilter(method="in_state", choices=TripState, label=_("状态"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    delegation = django_filters.ModelChoiceFilter(queryset=delegations_seen, label=_("小分队"), empty_label=_("全部"))
    led_by_top = django_filters.ChoiceFilter(choices=YES, label=_("党政主要领导带队"), empty_label=_("不限"))
    since = django_filters.DateFilter(
        field_name="starts_on", lookup_expr="gte", label=_("出发自"), widget=day_input()
    )
    until = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte", label=_("至"), widget=day_input())

    class Meta:
        model = Trip
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the purpose or the leader, their pinyin or initials; or a place of the itinerary."""
        own = matching(Trip.objects.order_by(), value, "search").values("pk")
        there = Stop.objects.order_by().filter(place__icontains=value).values("trip")
        return queryset.filter(Q(pk__in=own) | Q(pk__in=there))

    def in_state(self, queryset, name, value):
        """Narrow to how far they are today."""
        return queryset.in_state(value, self.today)


class PlannedFilter(OfUnit, django_filters.FilterSet):
    """Planned contacts by company, state, unit, way, day, and whether they are one's own."""

    q = django_filters.CharFilter(method="named", label=_("企业"))
    state = django_filters.ChoiceFilter(
        method="in_state", choices=CONTACT_STATES, label=_("状态"), empty_label=_("全部")
    )
    way = django_filters.ChoiceFilter(choices=PlannedContact.Way, label=_("方式"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    mine = django_filters.ChoiceFilter(method="own", choices=YES, label=_("由我联系"), empty_label=_("不限"))
    since = django_filters.DateFilter(field_name="due_on", lookup_expr="gte", label=_("自"), widget=day_input())
    until = django_filters.DateFilter(field_name="due_on", lookup_expr="lte", label=_("至"), widget=day_input())

    class Meta:
        model = PlannedContact
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the company's name, its pinyin or initials."""
        return queryset.filter(company__in=matching(Company.objects.order_by(), value, "search").values("pk"))

    def in_state(self, queryset, name, value):
        """Narrow to a state."""
        if value == "open":
            return queryset.open()
        if value == "overdue":
            return queryset.overdue(self.today)
        return queryset.filter(done_on__isnull=False) if value == "done" else queryset.exclude(dropped="")

    def own(self, queryset, name, value):
        """Narrow to what the user is to do."""
        return queryset.filter(user=self.request.user)
