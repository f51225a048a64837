"""Trips: the list, a new one, the page of one, changing, ending and calling it off."""

from django.db.models import Case, Exists, IntegerField, OuterRef, When
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.numbers import ExactField, plain
from projects import actions, conversion_page, outings, papers, recognition
from projects.models import Delegation, Project, Trip, TripState, Visit
from projects.models.trips import counted as counted_in
from projects.rows import counted
from projects.trip_filters import TRIPS, TripFilter
from projects.trip_forms import CancelForm, TripChangeForm, TripEndForm, TripForm
from projects.trip_resources import TripResource
from projects.trip_tables import TONES, TripTable
from projects.views.companies import number
from units import access, audit
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView


def persons(value):
    """Print a number of person-times."""
    return plain(value), _("人次")


def days(value):
    """Print a number of days."""
    return str(value), _("天")


class TripList(ListPage):
    """Trips of the user's units."""

    template_name = "projects/trip_list.html"
    model, table_class, filterset_class = Trip, TripTable, TripFilter
    title = _("外出招商")
    sub = _("出发前报备行程，回来后销差；销差后计数。")
    empty_text = _("还没有外出行程")
    empty_hint = _("出发前报备，走访就能挂到行程上")
    empty_action = (_("报备行程"), "projects:trip_create")
    actions = ((_("报备行程"), "projects:trip_create", "plus"),)
    export_name = "trips"
    brings_in = ("projects:import_create", "kind=trip")
    resource_class = TripResource
    presets = TRIPS
    count_tabs = True
    counted = _("次外出")
    sums = ((_("外出"), "live_heads", persons), (_("在外"), "live_days", days))
    filters_first = ("state", "unit", "since", "until")

    def get_queryset(self):
        """Add whom they met and how far they are; add up nothing of what was called off."""
        met = counted_in(Visit.objects.live().filter(trip=OuterRef("pk")), "trip", "company")
        is_live = When(cancelled_at__isnull=True, then="heads"), When(cancelled_at__isnull=True, then="days_out")
        heads, days_out = Case(is_live[0], output_field=ExactField()), Case(is_live[1], output_field=IntegerField())
        rows = super().get_queryset().annotate(met=met, live_heads=heads, live_days=days_out)
        return rows.with_state(self.today)

    def get_context_data(self, **kwargs):
        """Add who has filed nothing."""
        return super().get_context_data(unfiled=outings.unfiled(self.request.user, self.today), **kwargs)


class TripCreate(ActionView):
    """File a trip before it starts."""

    template_name = "projects/trip_form.html"
    form_class = TripForm
    title = _("报备行程")
    lead = _("出发前报备；回来销差、写明成果后才计数。")
    submit_label = _("报备")
    cancel_url = reverse_lazy("projects:trip_list")
    success_message = _("已报备")
    extra_context = {"crumbs": ((_("外出招商"), cancel_url),)}

    def get_initial(self):
        """The user's own unit; the team that a link names, with its leader."""
        user, today = self.request.user, timezone.localdate()
        initial = {"unit": user.first_unit(Role.CLERK), "starts_on": today, "ends_on": today}
        rows = Delegation.objects.editable_by(user)
        if (pk := number(self.request.GET.get("delegation"))) and (row := rows.filter(pk=pk).first()):
            initial |= {"delegation": row.pk, "unit": row.unit_id, "leader": row.leader}
        return initial

    def perform(self, form):
        """File it."""
        return actions.file_trip(by=self.request.user, **form.cleaned_data)


class TripScope:
    """A page about one trip that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def today(self):
        """The day its state is that of."""
        return timezone.localdate()

    @cached_property
    def trip(self):
        """The trip; 404 where it is another unit's."""
        return get_object_or_404(Trip.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    @cached_property
    def own_trip(self):
        """The trip, if the user may change it; 403 where one may only read it."""
        access.require(self.request.user, Role.CLERK, self.trip.unit)
        return self.trip

    def get_cancel_url(self):
        """Lead back to the trip."""
        return self.trip.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [(_("外出招商"), reverse("projects:trip_list"))]
        if isinstance(self, ActionView):
            crumbs.append((self.own_trip.purpose, self.get_cancel_url()))
        return super().get_context_data(**{"trip": self.trip, "crumbs": crumbs, **kwargs})


class TripDetail(TripScope, TemplateView):
    """A trip: plan and itinerary, companies met, results, papers, what it counts toward, its history."""

    template_name = "projects/trip.html"

    def get_context_data(self, **kwargs):
        """Add everything about it and what the user may do."""
        row, user = self.trip, self.request.user
        visits = visits_of(row, user)
        state, is_clerk = row.state(self.today), user.holds(Role.CLERK, row.unit)
        return super().get_context_data(
            title=row.purpose,
            state=state.label,
            tone=TONES[state],
            heads=plain(row.heads),
            cost="" if row.cost is None else plain(row.cost),
            stops=row.stops.all(),
            visits=visits,
            meetings=sum(not visit.is_withdrawn for visit, _tone in visits),
            conversion=conversion_page.block(user, self.today, trip=row),
            papers=papers.gallery_of(row, user),
            may_add=papers.may_add(row, user),
            counted=counted(row, user),
            may_change=is_clerk and not row.cancelled_at,
            may_end=is_clerk and state == TripState.DUE,
            may_visit=is_clerk and state not in {TripState.UPCOMING, TripState.CANCELLED},
            trip_query=f"?trip={row.pk}",
            history=audit.history(row),
            **kwargs,
        )


def visits_of(trip, user):
    """Return [(visit, tone)] of the companies met, the first on top; names only projects one may see: one query."""
    seen = Project.objects.visible_to(user).filter(pk=OuterRef("project"))
    rows = Visit.objects.visible_to(user).filter(trip=trip).for_list().annotate(shows_project=Exists(seen))
    return [(row, recognition.TONES[row.recognition]) for row in rows.order_by("on", "pk")]


class TripChange(TripScope, ActionView):
    """Change a trip and its itinerary."""

    template_name = "projects/trip_form.html"
    form_class = TripChangeForm
    title = _("修改行程")

    def get_form_kwargs(self):
        """Give the form its trip."""
        return {**super().get_form_kwargs(), "trip": self.own_trip}

    def get_initial(self):
        """Show the trip as it stands."""
        names = [name for name in TripChangeForm.base_fields if name != "unit"]
        stops = list(self.own_trip.stops.values("on", "place", "plan"))
        return {name: getattr(self.own_trip, name) for name in names} | {"stops": stops}

    def perform(self, form):
        """Change it."""
        return actions.change_trip(trip=self.own_trip, by=self.request.user, today=self.today, **form.cleaned_data)


class TripEnd(TripScope, ActionView):
    """Say what came of a trip that is over."""

    form_class = TripEndForm
    title = _("销差")
    lead = _("写明成果后，这次外出按出发日计数。")
    submit_label = _("销差")
    success_message = _("已销差，已按口径计数")

    def get_initial(self):
        """Show what was planned."""
        return {name: getattr(self.own_trip, name) for name in TripEndForm.base_fields}

    def perform(self, form):
        """End it."""
        return actions.end_trip(trip=self.own_trip, by=self.request.user, today=self.today, **form.cleaned_data)


class TripCancel(TripScope, ActionView):
    """Call a trip off."""

    form_class = CancelForm
    title = _("取消行程")
    lead = _("取消后不再计数，行程和已登记的走访仍可查看。")
    submit_label = _("取消行程")
    success_message = _("行程已取消")

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.own_trip.version}

    def perform(self, form):
        """Call it off."""
        return actions.cancel_trip(trip=self.own_trip, by=self.request.user, **form.cleaned_data)
