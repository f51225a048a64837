"""Meetings: the list with the rhythm, calling one, its page, its decisions; how often each kind is expected."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, papers, presets, promise_page, rhythms
from projects.models import Meeting, Problem, Project, Rhythm
from projects.promise_filters import MeetingFilter
from projects.promise_forms import DecisionForm, MeetingChangeForm, MeetingForm, RhythmForm
from projects.promise_resources import MeetingResource
from projects.promise_tables import MeetingTable
from units import access, audit
from units.lists import DatedList
from units.models import BUSINESS_ROLES
from units.pages import ActionView

LIST = (_("会议"), reverse_lazy("projects:meeting_list"))


class MeetingList(DatedList):
    """Meetings that the user's units called or took part in, with the rhythm on top."""

    template_name = "projects/meeting_list.html"
    model, table_class, filterset_class = Meeting, MeetingTable, MeetingFilter
    resource_class = MeetingResource
    title = _("会议")
    sub = _("会上议定的事项有责任单位和期限，进入待办。")
    empty_text = _("还没有会议")
    empty_hint = _("推进会、现场办公会、调度会开之前登记，可打印一页议程")
    actions = ((_("登记会议"), "projects:meeting_create", "plus"),)
    export_name = "meetings"
    presets = presets.MEETINGS
    filters_first = ("kind", "unit", "state")
    counted = _("次会议")

    def get_context_data(self, **kwargs):
        """Add how often each kind was held against how often it should be."""
        may_set = access.may(self.request.user, "projects:rhythm_change", "POST")
        beats = rhythms.beats(self.request.user, self.today)
        return super().get_context_data(beats=beats, may_set=may_set, **kwargs)


class MeetingCreate(ActionView):
    """Call a meeting."""

    template_name = "projects/record_form.html"
    form_class = MeetingForm
    title = _("登记会议")
    cancel_url = reverse_lazy("projects:meeting_list")
    extra_context = {"crumbs": (LIST,), "two_columns": True}

    def get_initial(self):
        """Today, the user's unit, and the kind the link came from."""
        kind = self.request.GET.get("kind", "")
        initial = {"on": timezone.localdate(), "unit": self.request.user.first_unit(*access.PROMISERS)}
        return initial | ({"kind": kind} if kind in Meeting.Kind.values else {})

    def perform(self, form):
        """Call it."""
        return actions.create_meeting(by=self.request.user, **form.facts())


class MeetingScope:
    """A page about one meeting that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def meeting(self):
        """The meeting; 404 where it is not the user's to see."""
        return get_object_or_404(Meeting.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    @cached_property
    def may_write(self):
        """Whether the user works for the unit that called it."""
        return access.may_promise(self.request.user, self.meeting.unit)

    @cached_property
    def own_meeting(self):
        """The meeting, if the user may change it."""
        if not self.may_write:
            raise PermissionDenied("not the unit that called the meeting")
        return self.meeting

    def get_cancel_url(self):
        """Lead back to the meeting."""
        return self.meeting.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [LIST]
        if isinstance(self, ActionView):
            crumbs.append((self.meeting, self.meeting.get_absolute_url()))
        return super().get_context_data(**{"meeting": self.meeting, "crumbs": crumbs, **kwargs})


class MeetingDetail(MeetingScope, TemplateView):
    """A meeting: who, what was taken up, what was promised and decided there, the record."""

    template_name = "projects/meeting.html"

    def get_context_data(self, **kwargs):
        """Print what hangs on it; projects and problems that the user may not see are left out.

        The history names them all: it is for the unit that called the meeting, and those above it.
        """
        row, user, today = self.meeting, self.request.user, timezone.localdate()
        loaded = ("unit", "project")
        taken = Problem.objects.visible_to(user).filter(taken_up_at=row).for_list().select_related("project")
        promised = Problem.objects.visible_to(user).filter(meeting=row).for_list().select_related("project")
        decisions = list(row.decisions.for_list().select_related(*loaded).prefetch_related("extensions"))
        is_own = row.unit.path.startswith(user.paths(*BUSINESS_ROLES))
        return super().get_context_data(
            title=row.title,
            units="、".join(unit.name for unit in row.units.order_by("path")),
            projects=Project.objects.visible_to(user).filter(meetings=row).order_by("name", "pk"),
            taken_up=[promise_page.line_of(one, today) for one in taken.prefetch_related("extensions")],
            promised=[promise_page.line_of(one, today) for one in promised.prefetch_related("extensions")],
            decisions=[self.decision(one, row, today) for one in decisions],
            may_write=self.may_write,
            papers=papers.gallery_of(row, user),
            may_add=papers.may_add(row, user),
            history=audit.history(row, decisions) if is_own else None,
            **kwargs,
        )

    def decision(self, one, meeting, today):
        """Print a decision with what the user may do."""
        one.meeting = meeting
        return promise_page.line_of(one, today, may_write=actions.may_write_promise(self.request.user, one))


class MeetingChange(MeetingScope, ActionView):
    """Change a meeting, or write its record."""

    form_class = MeetingChangeForm
    title = _("修改会议和纪要")
    extra_context = {"two_columns": True}

    def get_form_kwargs(self):
        """Give the form its meeting."""
        return {**super().get_form_kwargs(), "meeting": self.own_meeting}

    def get_initial(self):
        """Show it as it stands."""
        row = self.own_meeting
        names = ("kind", "title", "on", "place", "chair", "agenda", "record", "version")
        chosen = {"attending": row.units, "project_rows": row.projects, "problem_rows": row.taken_up}
        many = {name: list(rows.values_list("pk", flat=True)) for name, rows in chosen.items()}
        return {name: getattr(row, name) for name in names} | many

    def perform(self, form):
        """Change it."""
        facts = {**form.facts(), "by": self.request.user, "today": timezone.localdate()}
        return actions.change_meeting(meeting=self.own_meeting, **facts)


class DecisionCreate(MeetingScope, ActionView):
    """Write down what was decided."""

    form_class = DecisionForm
    title = _("登记议定事项")
    lead = _("写明谁、到哪一天、办成什么；登记后进入责任单位的待办。")
    success_message = _("已登记，责任单位的待办中可见")

    def get_form_kwargs(self):
        """Give the form its meeting."""
        return {**super().get_form_kwargs(), "meeting": self.own_meeting}

    def perform(self, form):
        """Write it down and go back to the meeting."""
        actions.decide(meeting=self.own_meeting, by=self.request.user, **form.cleaned_data)
        return self.own_meeting


class RhythmList(TemplateView):
    """How often each kind of meeting is expected."""

    template_name = "projects/rhythm_list.html"
    extra_context = {
        "title": _("会议频次"),
        "sub": _("按制度应召开的次数；会议页按此算本期已开、下次应在何时之前召开。"),
    }

    def get_context_data(self, **kwargs):
        """Name every kind with its rhythm: one query."""
        found = {row.kind: row for row in Rhythm.objects.all()}
        kinds = [
            (kind.label, found.get(kind.value), reverse("projects:rhythm_change", args=[kind.value]))
            for kind in Meeting.Kind
        ]
        may_set = access.may(self.request.user, "projects:rhythm_change", "POST")
        return super().get_context_data(kinds=kinds, may_set=may_set, crumbs=(LIST,), **kwargs)


class RhythmChange(ActionView):
    """Say how often one kind of meeting is expected."""

    template_name = "projects/record_form.html"
    form_class = RhythmForm
    cancel_url = reverse_lazy("projects:rhythm_list")
    extra_context = {"crumbs": ((_("会议频次"), reverse_lazy("projects:rhythm_list")),)}

    @cached_property
    def kind(self):
        """The kind named in the address."""
        if self.kwargs["kind"] not in Meeting.Kind.values:
            raise Http404("no such kind of meeting")
        return Meeting.Kind(self.kwargs["kind"])

    def get_title(self):
        """Name the kind."""
        return _("%(kind)s频次") % {"kind": self.kind.label}

    def get_initial(self):
        """Show the rhythm as it stands."""
        row = Rhythm.objects.filter(kind=self.kind).first()
        return {"every": row.every, "times": row.times} if row else {"every": Rhythm.Every.MONTH, "times": 1}

    def perform(self, form):
        """Set it."""
        actions.set_rhythm(kind=self.kind.value, by=self.request.user, **form.cleaned_data)
        return str(self.cancel_url)
