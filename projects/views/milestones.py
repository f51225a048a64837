"""Milestones of a project: record, page, correct, withdraw."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, project_page, rows
from projects.forms import MilestoneForm
from projects.models import Milestone
from projects.stages import KINDS, Kind
from projects.views.projects import ProjectObject
from units import audit
from units.forms import ReasonForm
from units.models import Role
from units.pages import ActionView

FACTS = ("on", "due_on", "amount", "currency", "rate", "promised_amount", "event", "in_cash", "note")


class MilestoneCreate(ProjectObject, ActionView):
    """Record what happened to a project, or what is promised; ?kind= says which."""

    form_class = MilestoneForm

    @cached_property
    def kind(self):
        """The kind of milestone; 404 for one that the stage table does not know."""
        if self.request.GET.get("kind") not in Kind.values:
            raise Http404("no such kind of milestone")
        return Kind(self.request.GET["kind"])

    def get_title(self):
        """Name the kind."""
        return _("登记%(kind)s") % {"kind": self.kind.label}

    def get_lead(self):
        """Name the project and the paper that is wanted."""
        paper = KINDS[self.kind].evidence
        asked = _("；请备好%(paper)s") % {"paper": paper} if paper else ""
        return f"{self.project}（{self.project.company}）{asked}"

    def get_form_kwargs(self):
        """Only the unit that introduced the project writes it."""
        if not self.may_edit:
            raise PermissionDenied("only the introducing unit records milestones")
        return {**super().get_form_kwargs(), "kind": self.kind}

    def get_initial(self):
        """Today, and the kind."""
        return {"kind": self.kind.value, "on": timezone.localdate()}

    def perform(self, form):
        """Record it."""
        facts = {name: form.cleaned_data[name] for name in FACTS if name in form.cleaned_data}
        return actions.record_milestone(
            project=self.project, kind=self.kind.value, by=self.request.user, today=timezone.localdate(), **facts
        ).project


class MilestoneObject:
    """A page about one milestone of a project that the user may see."""

    @cached_property
    def milestone(self):
        """The milestone; 404 if its project is not the user's to see."""
        rows = Milestone.objects.visible_to(self.request.user).select_related(
            "project__company", "event", "recorded_by", "recognised_by"
        )
        return get_object_or_404(rows.prefetch_related("project__credits__unit"), pk=self.kwargs["pk"])

    @cached_property
    def may_edit(self):
        """Whether the user is a clerk of the unit that introduced the project."""
        return self.request.user.holds(Role.CLERK, self.milestone.project.introducer)

    def get_cancel_url(self):
        """Back to the milestone."""
        return self.milestone.get_absolute_url()


class MilestonePage(MilestoneObject, TemplateView):
    """One milestone: what it says, what became of it, what it counts toward."""

    template_name = "projects/milestone.html"

    def get_context_data(self, **kwargs):
        """Line up the fact, what it counts toward and its history."""
        row, today = self.milestone, timezone.localdate()
        tone, word = project_page.state_of(row, today)
        is_open = not row.is_withdrawn and not row.is_recognised
        return super().get_context_data(
            title=str(row),
            row=row,
            tone=tone,
            word=word,
            amount=project_page.amount_of(row),
            verdict=project_page.reduced_text(row),
            counted=rows.counted(row, self.request.user),
            evidence=row.evidence.with_elsewhere().select_related("uploaded_by"),
            may_edit=self.may_edit and is_open,
            may_add=self.may_edit and not row.is_withdrawn,
            history=audit.history(row),
            **kwargs,
        )


class MilestoneCorrect(MilestoneObject, ActionView):
    """Correct a milestone, or say that what was promised has happened."""

    form_class = MilestoneForm

    def get_title(self):
        """Name what is done."""
        return _("更正") if self.milestone.on else _("登记已发生")

    def get_lead(self):
        """Name the milestone."""
        return str(self.milestone)

    def get_form_kwargs(self):
        """Only the unit that introduced the project writes it."""
        if not self.may_edit:
            raise PermissionDenied("only the introducing unit corrects milestones")
        return {**super().get_form_kwargs(), "kind": Kind(self.milestone.kind), "milestone": self.milestone}

    def get_initial(self):
        """Show what is recorded."""
        return {name: getattr(self.milestone, name) for name in (*FACTS, "kind", "version")}

    def perform(self, form):
        """Save the correction."""
        facts = {name: form.cleaned_data[name] for name in FACTS if name in form.cleaned_data}
        return actions.correct_milestone(
            milestone=self.milestone,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
            by=self.request.user,
            today=timezone.localdate(),
            **facts,
        )


class MilestoneWithdraw(MilestoneObject, ActionView):
    """Take a milestone back."""

    form_class = ReasonForm
    title = _("撤回节点")
    submit_label = _("撤回")
    success_message = _("已撤回，计数已冲销")

    def get_lead(self):
        """Say what happens."""
        return _("撤回「%(row)s」：它的计数会冲销，记录仍保留在历史中。") % {"row": self.milestone}

    def get_form_kwargs(self):
        """Only the unit that introduced the project writes it."""
        if not self.may_edit:
            raise PermissionDenied("only the introducing unit withdraws milestones")
        return super().get_form_kwargs()

    def perform(self, form):
        """Withdraw it."""
        return actions.withdraw_milestone(
            milestone=self.milestone, reason=form.cleaned_data["reason"], by=self.request.user
        ).project
