"""Milestones of a project: recording what happened or is promised, the page of one, correcting, withdrawing."""

from django.db.models import Case, Prefetch, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.numbers import ExactField, money_parts, spaced_money
from projects import actions, papers, picking, presets, project_facts, project_page, promises, recognition
from projects.desk_forms import WithdrawForm
from projects.models import Credit, Milestone
from projects.project_filters import MilestoneFilter
from projects.project_forms import MilestoneCorrectForm, MilestoneForm
from projects.project_tables import MilestoneTable
from projects.readiness import gaps
from projects.resources import MilestoneResource
from projects.rows import counted
from projects.stages import KINDS, RECOGNISED, Kind
from projects.views.projects import ProjectScope
from units import access, audit
from units.lists import DatedList
from units.models import Role
from units.pages import ActionView


class MilestonePick(TemplateView):
    """Choose the project that a milestone of one kind (?kind=) happened to, or register a new one first."""

    template_name = "projects/milestone_pick.html"

    def get_context_data(self, **kwargs):
        """Add the projects that such a milestone may be recorded for: one query."""
        wanted, words = self.request.GET.get("kind", ""), self.request.GET.get("q", "").replace("\x00", "").strip()
        if wanted not in Kind.values:
            raise Http404("no such kind of milestone")
        kind = Kind(wanted)
        rows = picking.projects_for(kind, self.request.user, words[:100])
        return super().get_context_data(
            title=_("登记%(kind)s：选择项目") % {"kind": kind.label},
            sub=_("只列可以登记%(kind)s的本单位项目，最近更新的在前") % {"kind": kind.label},
            kind=kind,
            words=words,
            choices=picking.choices_of(kind, rows[: picking.SHOWN]),
            has_more=len(rows) > picking.SHOWN,
            create_url="" if KINDS[kind].after else f"{reverse('projects:project_create')}?next={kind.value}",
            crumbs=((_("项目台账"), reverse("projects:project_list")),),
            **kwargs,
        )


class MilestoneList(DatedList):
    """Milestones of the projects that the user may see: what happened, what is promised, what is late."""

    model, table_class, filterset_class = Milestone, MilestoneTable, MilestoneFilter
    resource_class = MilestoneResource
    title = _("节点台账")
    empty_text = _("还没有节点")
    empty_hint = _("在项目页上登记签约、到资、开工等进展，就会列在这里")
    empty_action = (_("登记项目"), "projects:project_create")
    export_name = "milestones"
    brings_in = ("projects:import_create", "kind=instalment")
    presets = presets.MILESTONES
    counted = _("个节点")
    sums = (
        (_("签约"), "signed_amount", money_parts),
        (_("到位"), "arrived_amount", money_parts),
    )
    filters_first = ("kind", "state", "unit", "recognition")

    def get_queryset(self):
        """Leave out what was withdrawn; add up contracts and funds that happened, each apart."""
        credits = Prefetch("project__credits", Credit.objects.select_related("unit"))
        done = {
            name: Case(When(kind=kind, on__isnull=False, then="amount_cny"), output_field=ExactField())
            for name, kind in (("signed_amount", Kind.CONTRACT), ("arrived_amount", Kind.FUNDING))
        }
        return super().get_queryset().live().prefetch_related(credits).annotate(**done)


class MilestoneCreate(ProjectScope, ActionView):
    """Record a milestone of the kind that a button chose, done or (?promised=1) promised."""

    template_name = "projects/milestone_form.html"
    form_class = MilestoneForm

    @property
    def offline(self):
        """What waits while the line is down: a milestone of a kind that was chosen."""
        return f"{self.get_title()} · {self.project}" if self.kind else ""

    @cached_property
    def kind(self):
        """The kind asked for; None until one was chosen."""
        wanted = self.request.GET.get("kind", "")
        return Kind(wanted) if wanted in Kind.values else None

    @cached_property
    def promised(self):
        """Whether it is only promised."""
        return self.request.GET.get("promised") == "1"

    def get_title(self):
        """Name the kind."""
        if self.kind is None:
            return _("填报进展")
        return (_("承诺%(kind)s") if self.promised else _("登记%(kind)s")) % {"kind": self.kind.label}

    def get_initial(self):
        """Today, for what has happened."""
        return {} if self.promised else {"on": timezone.localdate()}

    def get_form_kwargs(self):
        """Give the form its kind; without one it is not shown."""
        return {**super().get_form_kwargs(), "kind": self.kind or Kind.TALKS, "promised": self.promised}

    def post(self, request, *args, **kwargs):
        """Ask for the kind first."""
        return super().post(request, *args, **kwargs) if self.kind else self.get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the kinds that may be recorded next."""
        milestones, _visits = project_page.facts_of(self.own_project, self.request.user)
        page = f"?kind={self.kind}" if self.kind else ""
        modes = ((_("已发生"), page, not self.promised), (_("只是承诺"), f"{page}&promised=1", self.promised))
        missing = gaps(self.project, self.kind, timezone.localdate()) if self.kind and not self.promised else ()
        return super().get_context_data(
            kind=self.kind,
            choices=project_page.buttons(self.project, milestones),
            modes=modes,
            missing=project_facts.missing_links(self.project, missing),
            **kwargs,
        )

    def perform(self, form):
        """Record it."""
        return actions.record_milestone(
            project=self.own_project, kind=self.kind, by=self.request.user, today=timezone.localdate(),
            **form.cleaned_data,
        )  # fmt: skip

    def get_success_message(self):
        """Name what was recorded."""
        return _("已登记：%(kind)s") % {"kind": self.kind.label}


class MilestoneScope:
    """A page about one milestone of a project that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def milestone(self):
        """The milestone; 404 where no unit of the user's shares its project."""
        credits = Prefetch("project__credits", Credit.objects.select_related("unit"))
        rows = Milestone.objects.visible_to(self.request.user).for_list()
        rows = rows.select_related("recognised_by", "responsible_unit").prefetch_related(credits, "extensions")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def own_milestone(self):
        """The milestone, if the user may change it; 403 for a unit that only shares its project."""
        access.require(self.request.user, Role.CLERK, self.milestone.project.introducer)
        return self.milestone

    def get_cancel_url(self):
        """Lead back to the milestone."""
        return self.milestone.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        project = self.milestone.project
        crumbs = [(_("项目台账"), reverse("projects:project_list")), (project, project.get_absolute_url())]
        if isinstance(self, ActionView):
            crumbs.append((self.milestone.get_kind_display(), self.milestone.get_absolute_url()))
        return super().get_context_data(**{"milestone": self.milestone, "crumbs": crumbs, **kwargs})


class MilestoneDetail(MilestoneScope, TemplateView):
    """A milestone: what it says, what became of it, what it counts toward, its papers and its history."""

    template_name = "projects/milestone.html"

    def get_context_data(self, **kwargs):
        """Add everything about it and what the user may do."""
        row, user, today = self.milestone, self.request.user, timezone.localdate()
        is_settled = row.is_withdrawn or row.is_recognised
        is_recognisable = row.kind in RECOGNISED and row.on is not None
        tone, state = project_page.state_of(row, today)
        return super().get_context_data(
            title=f"{row.get_kind_display()} · {row.project}",
            tone=tone,
            state=state,
            amount=project_page.amount_text_of(row),
            rate=project_page.rate_text_of(row),
            promised="" if row.promised_amount is None else spaced_money(row.promised_amount),
            item=recognition.item_of(row, user, today) if is_recognisable else None,
            counted=counted(row, user),
            extensions=row.extensions.select_related("recorded_by"),
            stood=promises.standing(row, today),
            said=promises.nature_of(row),
            may_extend=row.on is None
            and row.due_on is not None
            and not is_settled
            and not row.project.terminated
            and user.holds(Role.CLERK, row.project.introducer),
            papers=papers.gallery_of(row, user),
            happened_url=project_page.happened_url(row),
            may_change=not is_settled and user.holds(Role.CLERK, row.project.introducer),
            may_add=papers.may_add(row, user),
            may_recognise=is_recognisable
            and not row.is_withdrawn
            and user.holds(Role.VERIFIER, row.project.introducer),
            history=audit.history(row),
            **kwargs,
        )


class MilestoneCorrect(MilestoneScope, ActionView):
    """Correct a milestone, or (?happened=1) say that what was promised has happened."""

    form_class = MilestoneCorrectForm
    submit_label = _("保存更正")
    success_message = _("已保存，前后值已记入历史")

    @cached_property
    def happened(self):
        """Whether a promise came true."""
        return self.request.GET.get("happened") == "1" and self.milestone.on is None

    def get_title(self):
        """Say what is done."""
        kind = self.milestone.get_kind_display()
        return (_("%(kind)s已发生") if self.happened else _("更正%(kind)s")) % {"kind": kind}

    def get_initial(self):
        """Show the milestone as it stands; a promise come true starts with what was promised."""
        row = self.own_milestone
        values = {name: getattr(row, name) for name in MilestoneCorrectForm.base_fields if name != "reason"}
        if row.rate_row_id:  # left blank it stays the table's
            values["rate"] = None
        if self.happened:
            promised = {"on": timezone.localdate(), "amount": row.promised_amount, "reason": _("承诺的事项已发生")}
            return {**values, **promised}
        return values

    def get_form_kwargs(self):
        """Give the form its kind and whether it stays a promise."""
        row = self.own_milestone
        is_promise = row.on is None and not self.happened
        keeps = row.due_on is not None and not self.happened
        return {**super().get_form_kwargs(), "kind": row.kind, "promised": is_promise, "keeps_promise": keeps}

    def perform(self, form):
        """Correct it."""
        return actions.correct_milestone(
            milestone=self.own_milestone, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )


class MilestoneWithdraw(MilestoneScope, ActionView):
    """Take a milestone back; it stays readable, its entries are reversed."""

    form_class = WithdrawForm
    title = _("撤回节点")
    lead = _("撤回后不再计数，记录和历史仍可查看。")
    submit_label = _("撤回")
    success_message = _("已撤回，计入的数已冲回")

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.own_milestone.version}

    def perform(self, form):
        """Withdraw it."""
        return actions.withdraw_milestone(milestone=self.own_milestone, by=self.request.user, **form.cleaned_data)
