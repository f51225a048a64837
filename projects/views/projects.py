"""The project ledger: list, page, and the forms that write it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Entry
from campaigns.numbers import ExactField, money_text, plain
from projects import actions, project_page
from projects.filters import ProjectFilter
from projects.forms import ProjectForm, SharesForm
from projects.models import Evidence, Project, Visit
from projects.stages import Kind, next_kinds
from projects.tables import ProjectTable
from units import access, audit
from units.lists import ListPage
from units.models import Role, Unit
from units.pages import ActionView

FACTS = ("name", "sector", "investment", "industry", "place", "leader", "summary")


class ProjectList(ListPage):
    """All projects the user's units share."""

    model, table_class, filterset_class = Project, ProjectTable, ProjectFilter
    title = _("项目台账")
    empty_text = _("还没有项目")
    actions = ((_("登记项目"), "projects:project_create", "plus"),)
    export_name = "projects"

    def get_context_data(self, **kwargs):
        """Say how many the filter leaves, and what they add up to: one query."""
        sums = self.object_list.order_by().aggregate(
            contracted=Sum("contracted", default=0, output_field=ExactField()),
            arrived=Sum("arrived", default=0, output_field=ExactField()),
        )
        sub = _("协议投资 %(contracted)s · 到位 %(arrived)s") % {
            name: money_text(value or 0) for name, value in sums.items()
        }
        return super().get_context_data(**{"sub": sub, **kwargs})


class ProjectObject:
    """A page about one project that the user may see."""

    @cached_property
    def project(self):
        """The project; 404 if it is not the user's to see."""
        rows = (
            Project.objects.visible_to(self.request.user).select_related("company").prefetch_related("credits__unit")
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def may_edit(self):
        """Whether the user is a clerk of the unit that introduced the project."""
        return self.request.user.holds(Role.CLERK, self.project.introducer)

    @cached_property
    def may_share(self):
        """Whether the user is an editor of the bureau that decides on shares."""
        return any(self.project.introducer.path.startswith(path) for path in self.request.user.paths(Role.EDITOR))

    def get_cancel_url(self):
        """Back to the project."""
        return self.project.get_absolute_url()


class ProjectPage(ProjectObject, TemplateView):
    """One project: stages, money, timeline, facts, shares, what it counts toward, history."""

    template_name = "projects/project.html"

    def get_context_data(self, **kwargs):
        """Line up what happened."""
        project, today = self.project, timezone.localdate()
        milestones = list(project.milestones.select_related("event"))
        for row in milestones:
            row.project = project
        visits = list(Visit.objects.visible_to(self.request.user).filter(project=project).select_related("company"))
        done = {row.kind for row in milestones if row.on and not row.is_withdrawn}
        promised = {row.kind for row in milestones if not row.on and not row.is_withdrawn}
        return super().get_context_data(
            title=project.name,
            project=project,
            steps=project_page.steps(project.stage, milestones, visits, today),
            money=project_page.money(milestones),
            timeline=project_page.timeline(milestones, visits, today),
            credits=[(credit, plain(credit.share)) for credit in project.credits.all()],
            investment=money_text(project.investment) if project.investment is not None else "—",
            counted=self.counted(milestones),
            next_kinds=[(kind.value, kind.label) for kind in map(Kind, next_kinds(done)) if kind not in promised]
            if self.may_edit
            else (),
            evidence=Evidence.objects.filter(milestone__project=project).select_related("milestone", "uploaded_by"),
            may_edit=self.may_edit,
            may_share=self.may_share and access.may(self.request.user, "projects:project_shares", "POST"),
            history=audit.history(project),
            **kwargs,
        )

    def counted(self, milestones):
        """Return the names of the indicators that the project counts toward: one query."""
        entries = Entry.objects.live().filter(
            source_kind="projects.milestone", source_id__in=[row.pk for row in milestones]
        )
        return sorted(set(entries.values_list("indicator__name", flat=True)))


class ProjectCreate(ActionView):
    """Register a lead."""

    form_class = ProjectForm
    title = _("登记项目")
    lead = _("线索先填前六项，其余随阶段补齐。")
    cancel_url = reverse_lazy("projects:project_list")
    success_message = _("已登记项目，可接着登记洽谈、签约等节点。")

    def get_initial(self):
        """Choose the unit of a clerk who has only one."""
        units = list(Unit.objects.writable_by(self.request.user)[:2])
        return {"unit": units[0]} if len(units) == 1 else {}

    def get_context_data(self, **kwargs):
        """Two columns on a wide screen."""
        return super().get_context_data(two_columns=True, **kwargs)

    def perform(self, form):
        """Find or enter the company, then the project."""
        data, by = form.cleaned_data, self.request.user
        with transaction.atomic():
            company = actions.find_company(name=data["company_name"], unit=data["unit"], by=by, origin=data["origin"])
            facts = {name: data[name] for name in FACTS if name != "name"}
            return actions.create_project(name=data["name"], company=company, unit=data["unit"], by=by, **facts)


class ProjectChange(ProjectObject, ActionView):
    """Change a project; only by the unit that introduced it."""

    form_class = ProjectForm
    title = _("修改项目")

    def get_form_kwargs(self):
        """The unit stays."""
        if not self.may_edit:
            raise PermissionDenied("only the introducing unit edits a project")
        return {**super().get_form_kwargs(), "project": self.project}

    def get_context_data(self, **kwargs):
        """Two columns on a wide screen."""
        return super().get_context_data(two_columns=True, **kwargs)

    def get_initial(self):
        """Show what is known."""
        known = {name: getattr(self.project, name) for name in (*FACTS, "version")}
        return {**known, "company_name": self.project.company.name}

    def perform(self, form):
        """Save it; a new company name changes the investor."""
        data, by = form.cleaned_data, self.request.user
        with transaction.atomic():
            company = self.project.company
            if data["company_name"].strip() != company.name:
                company = actions.find_company(name=data["company_name"], unit=self.project.introducer, by=by)
            facts = {name: data[name] for name in FACTS}
            return actions.change_project(
                project=self.project, company=company, version=data["version"], by=by, **facts
            )


class ProjectShares(ProjectObject, ActionView):
    """Set who shares a project; the bureau decides."""

    form_class = SharesForm
    title = _("设置份额")
    lead = _("份额合计须为 100%。改动后，该项目在各单位的计数按新份额重算；已封账月份的差额记入开放账期。")

    def get_form_kwargs(self):
        """Start from the shares as they are."""
        if not self.may_share:
            raise PermissionDenied("only the bureau sets shares")
        return {**super().get_form_kwargs(), "project": self.project}

    def get_initial(self):
        """Carry the version."""
        return {"version": self.project.version}

    def get_context_data(self, **kwargs):
        """Show the rows three fields wide."""
        return super().get_context_data(three_columns=True, **kwargs)

    def perform(self, form):
        """Save the shares."""
        return actions.set_shares(
            project=self.project,
            shares=form.shares,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
            by=self.request.user,
        )
