"""Fairs and signing events: the list, a new one, the page of one, changing it."""

from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from campaigns.numbers import spaced_money
from projects import actions, project_page
from projects.models import Attendance, Event
from projects.stages import Kind
from projects.trip_forms import AttendanceForm
from projects.visit_filters import EventFilter
from projects.visit_forms import EventChangeForm, EventForm
from projects.visit_tables import EventTable
from units import audit
from units.lists import ListPage
from units.models import Role, Unit
from units.pages import ActionView

SHOWN = 200  # milestones on the page of an event
MOST_UNITS = 200  # lines of the form of an event's attendance


class EventList(ListPage):
    """All events; what was signed there shows to those whose projects it is."""

    model, table_class, filterset_class = Event, EventTable, EventFilter
    title = _("招商活动")
    sub = _("签约活动、推介会、博览会；登记签约时可选所在的活动。")
    empty_text = _("还没有招商活动")
    empty_hint = _("登记后，签约等节点可以挂到活动上")
    empty_action = (_("登记活动"), "projects:event_create")
    actions = ((_("登记活动"), "projects:event_create", "plus"),)
    export_name = "events"


class EventCreate(ActionView):
    """Enter an event."""

    template_name = "projects/record_form.html"
    form_class = EventForm
    title = _("登记活动")
    cancel_url = reverse_lazy("projects:event_list")
    extra_context = {"crumbs": ((_("招商活动"), reverse_lazy("projects:event_list")),)}

    def perform(self, form):
        """Enter it."""
        return actions.create_event(by=self.request.user, **form.cleaned_data)


class EventScope:
    """A page about one event."""

    @cached_property
    def event(self):
        """The event; 404 for who has no business with any."""
        return get_object_or_404(Event.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [(_("招商活动"), reverse("projects:event_list"))]
        if isinstance(self, ActionView):
            crumbs.append((self.event, self.event.get_absolute_url()))
        return super().get_context_data(**{"event": self.event, "crumbs": crumbs, **kwargs})


class EventDetail(EventScope, TemplateView):
    """An event with what happened at it, as far as the user may see it."""

    template_name = "projects/event.html"

    def get_context_data(self, **kwargs):
        """Add the milestones, and their number and amount by kind: intents stand apart from contracts."""
        live = self.event.milestones.visible_to(self.request.user).live()
        sums = live.done().order_by().values_list("kind").annotate(n=Count("pk"), total=Sum("amount_cny"))
        rows = [(row, project_page.amount_text_of(row)) for row in live.for_list()[:SHOWN]]
        return super().get_context_data(
            title=self.event.name,
            rows=rows,
            figures=[figure(kind, count, total) for kind, count, total in sorted(sums, key=place)],
            **attendance_of(self.event, self.request.user),
            may_change=Role.EDITOR in self.request.user.roles,
            history=audit.history(self.event),
            **kwargs,
        )


def place(row):
    """Sort kinds as the stage table lists them."""
    return list(Kind.values).index(row[0])


def figure(kind, count, total):
    """Print one kind: its name, how many, how much."""
    return Kind(kind).label, str(count), "" if total is None else spaced_money(total)


class EventChange(EventScope, ActionView):
    """Change an event; its level decides what its milestones count toward."""

    template_name = "projects/record_form.html"
    form_class = EventChangeForm
    title = _("修改活动")

    def get_initial(self):
        """Show the event as it stands."""
        return {name: getattr(self.event, name) for name in EventChangeForm.base_fields}

    def get_cancel_url(self):
        """Lead back to the event."""
        return self.event.get_absolute_url()

    def perform(self, form):
        """Change it."""
        return actions.change_event(event=self.event, by=self.request.user, **form.cleaned_data)


class AttendanceRow(View):
    """One unit's attendance at an event: shown on the event's page."""

    def get(self, request, pk):
        """Lead there; 404 where it is another unit's."""
        row = get_object_or_404(Attendance.objects.visible_to(request.user).select_related("event"), pk=pk)
        return redirect(f"{row.event.get_absolute_url()}#attendance")


class EventAttendance(EventScope, ActionView):
    """Say with how many people one's units were at an event."""

    template_name = "projects/event_attendance.html"
    form_class = AttendanceForm
    title = _("登记参会")
    lead = _("填参会人数；留空或填 0 表示没有参会。")
    success_message = _("参会情况已保存")

    def get_form_kwargs(self):
        """Give the form the units the user enters for, and what stands there."""
        units = Unit.objects.within(self.request.user.paths(Role.CLERK, Role.EDITOR)).order_by("path")[:MOST_UNITS]
        rows = self.event.attendance.filter(unit__in=[unit.pk for unit in units])
        standing = {row.unit_id: (row.heads, row.leader) for row in rows}
        return {**super().get_form_kwargs(), "units": list(units), "standing": standing}

    def get_cancel_url(self):
        """Lead back to the event."""
        return self.event.get_absolute_url()

    def perform(self, form):
        """Save the lines that were changed."""
        for unit, heads, leader in form.cleaned_data["changed"]:
            actions.set_attendance(event=self.event, unit=unit, heads=heads, leader=leader, by=self.request.user)
        return f"{self.event.get_absolute_url()}#attendance"


def attendance_of(event, user):
    """Return who was there, as far as the user may see it, and where the user may say so: one query."""
    rows = Attendance.objects.visible_to(user).filter(event=event).select_related("unit")
    rows = list(rows.order_by("-heads", "unit__path"))
    may = not user.roles.isdisjoint({Role.CLERK, Role.EDITOR})
    return {
        "attendance": rows,
        "attended": sum(row.heads for row in rows),
        "attendance_url": reverse("projects:event_attendance", args=[event.pk]) if may else "",
    }
