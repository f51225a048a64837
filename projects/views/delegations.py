"""Delegations: the list, a new one, the page of one, its members, their leaves."""

from django.db.models import OuterRef, Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, conversion_page, outings
from projects.models import Delegation, Leave, Posting, Stop, Trip, Visit
from projects.models.trips import FEWEST, counted
from projects.trip_filters import DELEGATIONS, DelegationFilter
from projects.trip_forms import DelegationChangeForm, DelegationForm, LeaveForm, PostingEndForm, PostingForm
from projects.trip_resources import DelegationResource
from projects.trip_tables import TONES, DelegationTable
from units import access, audit
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView

SHOWN = 50  # trips on the page of a delegation


class DelegationList(ListPage):
    """Delegations of the user's units, and who has filed nothing for the campaign that runs."""

    template_name = "projects/delegation_list.html"
    model, table_class, filterset_class = Delegation, DelegationTable, DelegationFilter
    title = _("小分队")
    sub = _("招商小分队、专班和驻点办事处；成员少于 3 人的会提示。")
    empty_text = _("还没有小分队")
    empty_hint = _("组建后，外出行程可以编到小分队名下")
    empty_action = (_("组建小分队"), "projects:delegation_create")
    actions = ((_("组建小分队"), "projects:delegation_create", "plus"),)
    export_name = "delegations"
    resource_class = DelegationResource
    presets = DELEGATIONS
    counted = _("支")
    filters_first = ("kind", "unit", "campaign", "standing")

    def get_queryset(self):
        """Count the members of today and the trips made."""
        return super().get_queryset().with_counts(self.today)

    def get_context_data(self, **kwargs):
        """Add who has filed nothing."""
        return super().get_context_data(unfiled=outings.unfiled(self.request.user, self.today), **kwargs)


class DelegationCreate(ActionView):
    """Set up a delegation."""

    template_name = "projects/record_form.html"
    form_class = DelegationForm
    title = _("组建小分队")
    cancel_url = reverse_lazy("projects:delegation_list")
    success_message = _("已组建，请添加成员")
    extra_context = {"crumbs": ((_("小分队"), cancel_url),), "two_columns": True}

    def get_initial(self):
        """Today, for the user's own unit."""
        return {"formed_on": timezone.localdate(), "unit": self.request.user.first_unit(Role.CLERK)}

    def perform(self, form):
        """Set it up."""
        return actions.create_delegation(by=self.request.user, **form.cleaned_data)


class DelegationScope:
    """A page about one delegation that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def today(self):
        """The day its members are those of."""
        return timezone.localdate()

    @cached_property
    def delegation(self):
        """The delegation; 404 where it is another unit's."""
        rows = Delegation.objects.visible_to(self.request.user).for_list().with_counts(self.today)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def own_delegation(self):
        """The delegation, if the user may change it; 403 where one may only read it."""
        access.require(self.request.user, Role.CLERK, self.delegation.unit)
        return self.delegation

    def get_cancel_url(self):
        """Lead back to the delegation."""
        return self.delegation.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [(_("小分队"), reverse("projects:delegation_list"))]
        if isinstance(self, ActionView):
            crumbs.append((self.own_delegation, self.get_cancel_url()))
        return super().get_context_data(**{"delegation": self.delegation, "crumbs": crumbs, **kwargs})


class DelegationDetail(DelegationScope, TemplateView):
    """A delegation with its people, their leaves, its trips and where it has been."""

    template_name = "projects/delegation.html"

    def get_context_data(self, **kwargs):
        """Add its people and trips, and what the user may do."""
        row, user = self.delegation, self.request.user
        return super().get_context_data(
            title=row.name,
            stands=row.is_standing(self.today),
            fewest=FEWEST,
            people=people_of(row, self.today),
            trips=trips_of(row, user, self.today),
            places=places_of(row),
            conversion=conversion_page.block(user, self.today, trip__delegation=row),
            may_change=user.holds(Role.CLERK, row.unit),
            history=audit.history(row),
            **kwargs,
        )


def people_of(delegation, today):
    """Return [(posting, whether it holds today, the leave that runs today)]: two queries."""
    rows = delegation.postings.order_by("until_on", "pk").prefetch_related(Prefetch("leaves", Leave.objects.all()))
    people = [(row, row.holds_on(today), away(row, today)) for row in rows]
    return sorted(people, key=lambda person: not person[1])


def away(posting, today):
    """Return the leave that a person is on; None for who is at the post."""
    return next((leave for leave in posting.leaves.all() if leave.from_on <= today <= leave.until_on), None)


def trips_of(delegation, user, today):
    """Return [(trip, tone, state)] of its last trips with the number of companies they met: one query."""
    met = counted(Visit.objects.live().filter(trip=OuterRef("pk")), "trip", "company")
    rows = Trip.objects.visible_to(user).filter(delegation=delegation).for_list().annotate(met=met)[:SHOWN]
    return [(row, TONES[row.state(today)], row.state(today).label) for row in rows]


def places_of(delegation):
    """Return the places its trips went to, each once, the latest first: one query."""
    rows = Stop.objects.filter(trip__delegation=delegation, trip__cancelled_at__isnull=True).order_by("-on", "-pk")
    return list(dict.fromkeys(rows.values_list("place", flat=True)))


class DelegationChange(DelegationScope, ActionView):
    """Change a delegation, or dissolve it."""

    form_class = DelegationChangeForm
    title = _("修改小分队")
    extra_context = {"two_columns": True}

    def get_form_kwargs(self):
        """Give the form its delegation."""
        return {**super().get_form_kwargs(), "delegation": self.own_delegation}

    def get_initial(self):
        """Show the delegation as it stands."""
        names = [name for name in DelegationChangeForm.base_fields if name != "unit"]
        return {name: getattr(self.own_delegation, name) for name in names}

    def perform(self, form):
        """Change it."""
        return actions.change_delegation(delegation=self.own_delegation, by=self.request.user, **form.cleaned_data)


class PostingCreate(DelegationScope, ActionView):
    """Put a person into a delegation."""

    form_class = PostingForm
    title = _("添加成员")
    success_message = _("成员已添加")

    def get_initial(self):
        """From the day it was formed, or today."""
        return {"from_on": max(self.own_delegation.formed_on, self.today)}

    def perform(self, form):
        """Put the person in."""
        actions.add_posting(delegation=self.own_delegation, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class PostingScope(DelegationScope):
    """A form about one person of a delegation."""

    @cached_property
    def posting(self):
        """The person; 404 where the delegation is another unit's."""
        rows = Posting.objects.filter(delegation__in=Delegation.objects.visible_to(self.request.user))
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def delegation(self):
        """The delegation of the person."""
        return Delegation.objects.for_list().get(pk=self.posting.delegation_id)

    def get_lead(self):
        """Name the person."""
        until = self.posting.until_on.isoformat() if self.posting.until_on else _("至今")
        told = {"who": self.posting, "first": self.posting.from_on.isoformat(), "last": until}
        return _("%(who)s，%(first)s—%(last)s 在队") % told


class PostingEnd(PostingScope, ActionView):
    """Say until which day a person belongs to a delegation."""

    form_class = PostingEndForm
    title = _("成员离队")
    success_message = _("已登记，原记录保留")

    def get_initial(self):
        """Today, or the day that stands."""
        return {"until_on": self.posting.until_on or self.today}

    def perform(self, form):
        """Say so."""
        actions.end_posting(posting=self.posting, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class LeaveCreate(PostingScope, ActionView):
    """Record that a posted person left the post for some days."""

    form_class = LeaveForm
    title = _("登记离岗")
    success_message = _("离岗已登记")

    def get_initial(self):
        """Today."""
        return {"from_on": self.today, "until_on": self.today}

    def perform(self, form):
        """Record it."""
        actions.record_leave(posting=self.posting, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()
