"""What the lists of delegations, trips and planned contacts export."""

from django.db.models import Case, OuterRef, Subquery, When
from django.utils.translation import gettext_lazy as _

from projects.models import Delegation, PlannedContact, Posting, Stop, Trip, TripState
from projects.resources import joined
from projects.trip_tables import contact_state
from units.resources import Cell, ListResource, labelled, numbered, text, yes_or_nothing


class DelegationResource(ListResource):
    """Delegations as the list shows them; members and trips are those of the list's day."""

    number = Cell(_("编号"), "pk", numbered("D"))
    name = Cell(_("名称"), "name")
    kind = Cell(_("类别"), "kind", labelled(Delegation.Kind))
    unit = Cell(_("单位"), "unit__name")
    leader = Cell(_("带队领导"), "leader")
    leader_title = Cell(_("领导职务"), "leader_title")
    place = Cell(_("驻地"), "place")
    focus = Cell(_("主攻方向"), "focus")
    members = Cell(_("成员"), "members")
    people = Cell(_("成员姓名"), gathered="people_told", shown=text)
    trip_count = Cell(_("外出（次）"), "trip_count")
    campaign = Cell(_("战役"), "campaign__name", text)
    formed_on = Cell(_("组建日期"), "formed_on")
    dissolved_on = Cell(_("撤销日期"), "dissolved_on")

    columns = {
        "name": ("name", "kind", "focus"), "leader": ("leader", "leader_title"),
        "members": ("members", "people"), "state": ("formed_on", "dissolved_on"),
    }  # fmt: skip

    class Meta:
        model = Delegation

    def people_told(self, keys):
        """Name those who belong to delegations on the list's day."""
        rows = Posting.objects.holding_on(self.today).filter(delegation__in=keys).order_by("pk")
        return joined(rows.values_list("delegation", "person"))


class TripResource(ListResource):
    """Trips with where they led first, whom they met and what came of them."""

    number = Cell(_("编号"), "pk", numbered("T"))
    purpose = Cell(_("出行目的"), "purpose")
    delegation = Cell(_("小分队"), "delegation__name", text)
    unit = Cell(_("单位"), "unit__name")
    leader = Cell(_("带队人"), "leader")
    people = Cell(_("同行人员"), "people")
    led_by_top = Cell(_("党政主要领导带队"), "led_by_top", yes_or_nothing)
    starts_on = Cell(_("出发日期"), "starts_on")
    ends_on = Cell(_("返回日期"), "ends_on")
    first_place = Cell(_("首站"), "first_place", text)
    days_out = Cell(_("在外天数"), "days_out")
    heads = Cell(_("人数"), "heads")
    cost = Cell(_("费用（万元）"), "cost")
    met = Cell(_("会见企业"), "met")
    results = Cell(_("成果"), "results")
    state = Cell(_("状态"), "state_now", labelled(TripState))

    columns = {
        "purpose": ("purpose", "delegation"), "leader": ("leader", "people", "led_by_top"),
        "starts_on": ("starts_on", "ends_on", "first_place"), "heads": ("heads", "cost"), "met": ("met", "results"),
    }  # fmt: skip

    class Meta:
        model = Trip

    def annotated(self, queryset):
        """Add where the journey led first."""
        first = Stop.objects.filter(trip=OuterRef("pk")).order_by("on", "pk").values("place")[:1]
        return queryset.annotate(first_place=Subquery(first))


class PlannedResource(ListResource):
    """Planned contacts; a project is named where `shows_project` (of the list) says that the user may see it."""

    number = Cell(_("编号"), "pk", numbered("N"))
    company = Cell(_("企业"), "company__name")
    project = Cell(_("有关项目"), "named_project", text)
    way = Cell(_("方式"), "way", labelled(PlannedContact.Way))
    due_on = Cell(_("计划日期"), "due_on")
    person = Cell(_("由谁联系"), "person")
    unit = Cell(_("单位"), "unit__name")
    note = Cell(_("事由"), "note")
    state = Cell(_("状态"), gathered="stands", shown=text)
    done_on = Cell(_("完成日期"), "done_on")
    dropped = Cell(_("取消理由"), "dropped")
    recorded_by = Cell(_("登记人"), "recorded_by__name", text)

    columns = {"company": ("company", "project"), "state": ("state", "done_on", "dropped"), "actions": ()}

    class Meta:
        model = PlannedContact

    def annotated(self, queryset):
        """Name the project that may be seen."""
        return queryset.annotate(named_project=Case(When(shows_project=True, then="project__name")))

    def stands(self, keys):
        """Say what became of planned contacts."""
        rows = PlannedContact.objects.filter(pk__in=keys)
        return {row.pk: contact_state(row, self.today) for row in rows}
