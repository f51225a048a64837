"""Projects: the list, a new lead, the page of one, changing it, its shares."""

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, chain, flags, project_page, project_plan, share_page
from projects.models import Milestone, Project
from projects.project_filters import ProjectFilter
from projects.project_forms import LeadForm, ProjectForm, SharesForm
from projects.project_tables import ProjectTable
from projects.stages import Kind
from projects.views.companies import warn_of_claims
from units import access, audit
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView, add_errors


class ProjectList(ListPage):
    """The ledger of projects with the sums of what the filter leaves."""

    model, table_class, filterset_class = Project, ProjectTable, ProjectFilter
    template_name = "projects/project_list.html"
    title = _("项目台账")
    empty_text = _("还没有项目")
    empty_hint = _("有了线索就可登记，六项内容一分钟填完")
    empty_action = (_("登记项目"), "projects:project_create")
    actions = ((_("登记项目"), "projects:project_create", "plus"),)
    export_name = "projects"

    def get_table_kwargs(self):
        """Give the table the day that "3 days ago" counts from, and who reads it."""
        return {**super().get_table_kwargs(), "today": timezone.localdate(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        """Add up what the filter leaves: one query."""
        context = super().get_context_data(**kwargs)
        facts = Milestone.objects.live().done().filter(project__in=self.object_list.order_by().values("pk"))
        sums = facts.filter(kind__in=(Kind.CONTRACT, Kind.FUNDING)).order_by().values_list("kind")
        amounts = dict(sums.annotate(total=Sum("amount_cny", default=0)))
        context["sums"] = {
            "count": context["table"].paginator.count,
            "contracted": project_page.number_and_measure(amounts.get(Kind.CONTRACT, 0)),
            "arrived": project_page.number_and_measure(amounts.get(Kind.FUNDING, 0)),
        }
        return context


def company_named(name, *, unit, by, **facts):
    """Find or enter a company; what is wrong with it stands beside its name."""
    try:
        return actions.find_company(name=name, unit=unit, by=by, **facts)
    except ValidationError as error:
        raise ValidationError({"company_name": error.messages}) from None


class ProjectCreate(ActionView):
    """Register a project with the fact that it was heard of."""

    template_name = "projects/record_form.html"
    form_class = LeadForm
    title = _("登记项目")
    lead = _("先填六项，其余内容和进展在项目页上补。")
    success_message = _("项目已登记，可接着填报进展或登记走访")
    cancel_url = reverse_lazy("projects:project_list")
    extra_context = {"crumbs": ((_("项目台账"), reverse_lazy("projects:project_list")),)}

    def get_initial(self):
        """Today, and the user's first unit."""
        unit = next((row.unit_id for row in self.request.user.memberships if row.role == Role.CLERK), None)
        return {"on": timezone.localdate(), "unit": unit}

    def perform(self, form):
        """Find the company, register the project and its lead."""
        facts, by = dict(form.cleaned_data), self.request.user
        on, unit = facts.pop("on"), facts["unit"]
        company = company_named(facts.pop("company_name"), unit=unit, by=by, origin=facts.pop("origin"))
        project = actions.create_project(company=company, by=by, **facts)
        actions.record_milestone(project=project, kind=Kind.LEAD, on=on, today=timezone.localdate(), by=by)
        warn_of_claims(self.request, company, unit)
        return project


class ProjectScope:
    """A page about one project that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def project(self):
        """The project; 404 where no unit of the user's shares it."""
        return get_object_or_404(Project.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    @cached_property
    def own_project(self):
        """The project, if the user may change it; 403 for a unit that only shares it."""
        access.require(self.request.user, Role.CLERK, self.project.introducer)
        return self.project

    def get_cancel_url(self):
        """Lead back to the project."""
        return self.project.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = ((_("项目台账"), reverse("projects:project_list")), (self.project, self.project.get_absolute_url()))
        return super().get_context_data(**{"project": self.project, "crumbs": crumbs, **kwargs})


class ProjectDetail(ProjectScope, TemplateView):
    """A project: stages, money, what happened, who shares it, what it counts toward, its history."""

    template_name = "projects/project.html"

    def get_context_data(self, **kwargs):
        """Print everything in Python: two queries for the facts, one for the indicators, one for the history."""
        project, user, today = self.project, self.request.user, timezone.localdate()
        milestones, visits = project_page.facts_of(project, user)
        may_change = user.holds(Role.CLERK, project.introducer)
        return super().get_context_data(
            title=project.name,
            steps=project_page.stage_line(project, milestones, visits, today),
            money=project_page.money_of(milestones),
            moments=project_page.timeline(milestones, visits, today, may_change),
            investment="" if project.investment is None else project_page.spaced(project.investment),
            shares=share_page.shared(project),
            plan=project_plan.plan_of(project, milestones, today, may_change),
            links=chain.links(chain.chain_of(milestones)),
            flags=flags.of_projects(Project.objects.filter(pk=project.pk), user, today).get(project.pk, ()),
            carried=project_plan.carried_text(milestones, today),
            counts_toward=project_page.counts_toward(milestones, visits),
            next_steps=project_page.buttons(project, milestones) if may_change else (),
            may_change=may_change,
            may_visit=Role.CLERK in user.roles,
            may_share=Role.EDITOR in user.roles,
            history=audit.history(project),
            **kwargs,
        )


class ProjectChange(ProjectScope, ActionView):
    """Change what a project is; its sector and investor decide what it counts toward."""

    form_class = ProjectForm
    title = _("修改项目")
    extra_context = {"two_columns": True}

    def get_initial(self):
        """Show the project as it stands."""
        return {name: getattr(self.own_project, name) for name in ProjectForm.base_fields}

    def perform(self, form):
        """Change it; a new investor is entered on the way."""
        facts, by = dict(form.cleaned_data), self.request.user
        company = company_named(facts.pop("company_name"), unit=self.own_project.introducer, by=by)
        return actions.change_project(project=self.own_project, company=company, by=by, **facts)


class ProjectShares(ProjectScope, ActionView):
    """Set who shares a project; the bureau decides."""

    template_name = "projects/project_shares.html"
    form_class = SharesForm
    title = _("设定归属")
    lead = _("各单位份额合计须为 100%，招引单位有且只有一个，区本级也可占一份。先预览，再保存。")
    success_message = _("归属已设定，计数已按新份额重算")

    @cached_property
    def present(self):
        """The shares as they stand."""
        return list(self.project.credits.all())

    def get_form_kwargs(self):
        """Give the form the shares as they stand."""
        return {**super().get_form_kwargs(), "credits": self.present}

    def get_initial(self):
        """Remember which version was opened; what the bureau set once changes from today on."""
        first = self.present[0]
        was_set = first.from_on or first.document
        return {"version": self.project.version, "from_on": timezone.localdate() if was_set else None}

    def get_context_data(self, **kwargs):
        """Add the rows of fields and the shares of all days."""
        context = super().get_context_data(**kwargs)
        return {**context, "rows": context["form"].rows(), "history": share_page.shared(self.project)}

    def form_valid(self, form):
        """Show what would change; save it once that was seen."""
        step = self.request.POST.get("step")
        if step == "save":
            return super().form_valid(form)
        return self.form_invalid(form) if step == "edit" else self.show_changes(form)

    def show_changes(self, form):
        """Show the new shares and what they change, with nothing written."""
        facts = {name: value for name, value in form.facts().items() if name not in {"reason", "version"}}
        try:
            drafted = actions.draft_shares(
                project=self.project, by=self.request.user, today=timezone.localdate(), **facts
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        changes = share_page.changes(self.project, *drafted)
        proposed = share_page.shared_on(drafted[1])
        return self.render_to_response(self.get_context_data(form=form, proposed=proposed, changes=changes))

    def perform(self, form):
        """Set them."""
        return actions.set_shares(
            project=self.project, by=self.request.user, today=timezone.localdate(), **form.facts()
        )
