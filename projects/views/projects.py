"""Projects: the list, a new lead, the page of one, changing it, its shares."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.numbers import money_parts
from projects import (
    actions,
    chain,
    flags,
    presets,
    project_facts,
    project_page,
    project_plan,
    promise_page,
    share_page,
)
from projects.ledger_groups import BY_KEY
from projects.models import Project
from projects.project_bulk import PROJECT_EDITS
from projects.project_filters import ProjectFilter
from projects.project_forms import DutiesForm, LeadForm, ProjectForm, SharesForm
from projects.project_tables import ProjectTable, with_columns
from projects.resources import ProjectResource
from projects.stages import Kind
from projects.views.companies import warn_of_claims
from units import access, audit
from units.bulk import BulkPage
from units.lists import ListPage
from units.models import Role, Unit
from units.pages import ActionView, add_errors


class ProjectList(ListPage):
    """The ledger of projects with the sums of what the filter leaves."""

    model, table_class, filterset_class = Project, ProjectTable, ProjectFilter
    resource_class = ProjectResource
    template_name = "projects/project_list.html"
    title = _("项目台账")
    empty_text = _("还没有项目")
    empty_hint = _("有了线索就可登记，六项内容一分钟填完")
    empty_action = (_("登记项目"), "projects:project_create")
    actions = ((_("登记项目"), "projects:project_create", "plus"),)
    export_name = "projects"
    brings_in = ("projects:import_create", "kind=project")
    presets = presets.PROJECTS
    count_tabs = True
    counted = _("个项目")
    sums = (
        (_("协议投资"), "contracted", money_parts),
        (_("到位"), "arrived", money_parts),
    )
    filters_first = ("stage", "sector", "unit", "origin")
    bulk_name = "projects:project_bulk"
    bulk_edits = PROJECT_EDITS

    def get_queryset(self):
        """Load what the columns chosen need."""
        return with_columns(super().get_queryset(), self.columns)

    def get_table_kwargs(self):
        """Give the table the day that "3 days ago" counts from, and who reads it."""
        return {**super().get_table_kwargs(), "today": self.today, "user": self.request.user}


class ProjectBulk(BulkPage):
    """Leader, leading unit or tags of many projects."""

    list_page = ProjectList
    list_name = "projects:project_list"


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
        unit = self.request.user.first_unit(Role.CLERK)
        return {"on": timezone.localdate(), "unit": unit}

    def perform(self, form):
        """Find the company, register the project and its lead."""
        facts, by = dict(form.cleaned_data), self.request.user
        on, unit = facts.pop("on"), facts["unit"]
        company = company_named(facts.pop("company_name"), unit=unit, by=by, origin=facts.pop("origin"))
        project = actions.create_project(company=company, by=by, **facts)
        actions.record_milestone(project=project, kind=Kind.LEAD, on=on, today=timezone.localdate(), by=by)
        warn_of_claims(self.request, company, unit)
        following = self.request.GET.get("next", "")
        if following in Kind.values:  # one came to record more than the lead
            return f"{reverse('projects:milestone_create', args=[project.pk])}?kind={following}"
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
            ledger=project_facts.ledger_of(
                project, milestones, last_day(milestones, visits), today, may_change=may_change
            ),
            steps=project_page.stage_line(project, milestones, visits, today),
            money=project_page.money_of(milestones),
            moments=project_page.timeline(milestones, visits, today, may_change),
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
            desk=promise_page.desk_of(project, user, today),
            history=audit.history(project),
            **kwargs,
        )


def last_day(milestones, visits):
    """Return the day of the last thing that happened."""
    return max((row.on for row in (*milestones, *visits) if row.on and not row.is_withdrawn), default=None)


class ProjectChange(ProjectScope, ActionView):
    """Change what a project is, all of it or (?group=…) what one stage brings; the ledger follows."""

    template_name = "projects/project_form.html"
    form_class = ProjectForm

    @cached_property
    def group(self):
        """The group asked for; None for all of them."""
        return BY_KEY.get(self.request.GET.get("group", ""))

    def get_form_class(self):
        """Who does what has a form of its own."""
        return DutiesForm if self.group == BY_KEY["duty"] else ProjectForm

    def get_title(self):
        """Name the group."""
        return _("修改项目：%(group)s") % {"group": self.group.name} if self.group else _("修改项目")

    def get_form_kwargs(self):
        """Give the form its group, or the units that may have duties."""
        kwargs, top = super().get_form_kwargs(), self.own_project.introducer.lineage[0]
        if self.get_form_class() is DutiesForm:
            return {**kwargs, "units": Unit.objects.filter(path__startswith=f"/{top}/").for_list()}
        return {**kwargs, "group": self.group}

    def get_initial(self):
        """Show the project as it stands."""
        project = self.own_project
        values = {name: getattr(project, name) for name in ProjectForm.base_fields if name != "chosen_tags"}
        for duty in project.duties.all() if self.group == BY_KEY["duty"] else ():
            values |= {f"unit_{duty.kind}": duty.unit_id, f"person_{duty.kind}": duty.person}
        return values | {"chosen_tags": [tag.pk for tag in project.tags.all()]}

    def perform(self, form):
        """Change it; a new investor is entered on the way."""
        by, project = self.request.user, self.own_project
        duties = form.duties() if isinstance(form, DutiesForm) else None
        facts = dict(form.cleaned_data)
        tags = facts.pop("chosen_tags", None)
        if "company_name" in facts:
            facts["company"] = company_named(facts.pop("company_name"), unit=project.introducer, by=by)
        project = actions.change_project(project=project, by=by, **facts)
        if duties is not None:
            actions.set_duties(project=project, duties=duties, by=by)
        return project if tags is None else actions.set_tags(project=project, tags=tags, by=by)


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
