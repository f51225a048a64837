"""Starting a campaign: the ways to begin, from a template; plans filed for it."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Campaign, CampaignUnit
from campaigns.numbers import plain
from projects import campaign_templates, outings
from projects.actions import file_plan, start_campaign
from projects.models import Plan
from projects.start_forms import PlanForm, TemplateForm
from units.access import may_promise, require_promiser
from units.models import Role, Unit
from units.pages import ActionView

CRUMB = (_("战役"), reverse_lazy("campaigns:campaign_list"))


class Start(TemplateView):
    """The ways to begin a campaign: a template, an earlier campaign, a published table, a blank sheet."""

    template_name = "projects/start.html"

    def get_context_data(self, **kwargs):
        """Add the templates and the campaigns that may be copied."""
        earlier = Campaign.objects.editable_by(self.request.user).for_list()[:20]
        templates = campaign_templates.all_templates()
        return super().get_context_data(title=_("新建战役"), templates=templates, earlier=earlier, **kwargs)


class StartTemplate(ActionView):
    """Begin from a template; what comes along is shown below."""

    form_class = TemplateForm
    template_name = "projects/start_template.html"
    success_message = _("战役已新建，请逐步核对")
    submit_label = _("新建")
    cancel_url = reverse_lazy("projects:start")

    @cached_property
    def template(self):
        """The template of the address."""
        if self.kwargs["slug"] not in campaign_templates.ORDER:
            raise Http404("no such template")
        return campaign_templates.load(self.kwargs["slug"])

    def get_title(self):
        """Name the template."""
        return _("从模板新建：%(name)s") % {"name": self.template.name}

    def get_lead(self):
        """Say what it is for."""
        return self.template.about

    def get_initial(self):
        """Suggest a name, today or the first day of the year, and the user's own unit."""
        today = timezone.localdate()
        starts_on = today if self.template.days else today.replace(month=1, day=1)
        name = f"{starts_on.year}年{self.template.name.removeprefix('年')}"  # 2026年度招商目标
        return {"name": name, "starts_on": starts_on, "organiser": self.request.user.first_unit(Role.EDITOR)}

    def get_context_data(self, **kwargs):
        """Add what comes along."""
        lines = [
            (row.name, row.measure.word, plain(row.weight), _("事实自动计数") if row.rules else _("单位填报"))
            for row in self.template.indicators
        ]
        return super().get_context_data(template=self.template, lines=lines, crumbs=(CRUMB,), **kwargs)

    def perform(self, form):
        """Start it."""
        campaign = start_campaign(template=self.template, by=self.request.user, **form.cleaned_data)
        return reverse("campaigns:campaign_setup", args=[campaign.pk])


COMPLETE = 2  # plan and itineraries


class PlanScope:
    """A page about the plans of one campaign that the user may see."""

    @cached_property
    def campaign(self):
        """The campaign; 404 where it is not the user's to see."""
        return get_object_or_404(Campaign.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        """Say where one is."""
        overview = (self.campaign.name, self.campaign.get_absolute_url())
        return super().get_context_data(**{"campaign": self.campaign, "crumbs": (CRUMB, overview), **kwargs})


class PlanList(PlanScope, TemplateView):
    """The campaign's own plan, and who has filed plan, teams and trips, and who has not (R1)."""

    template_name = "projects/plan_list.html"

    def get_context_data(self, **kwargs):
        """Add the plans."""
        user, campaign = self.request.user, self.campaign
        filed = sorted(outings.filings(user, campaign), key=lambda row: row.filed)  # who filed neither on top
        own = Plan.objects.visible_to(user).filter(campaign=campaign, unit=campaign.organiser)
        rows = [(row, next((unit for unit in row.units if may_promise(user, unit)), None)) for row in filed]
        return super().get_context_data(
            title=_("工作方案"),
            own=own.prefetch_related(outings.live_papers()).first(),
            may_file_own=may_promise(user, campaign.organiser),
            rows=rows,
            missing=sum(row.filed < COMPLETE for row in filed),
            neither=sum(not row.filed for row in filed),
            is_late=campaign.plans_due_on is not None and campaign.plans_due_on < timezone.localdate(),
            **kwargs,
        )


class PlanCreate(PlanScope, ActionView):
    """File the plan of a unit, or more files of it."""

    form_class = PlanForm
    template_name = "projects/plan_form.html"
    title = _("报送工作方案")
    submit_label = _("报送")
    success_message = _("工作方案已报送")

    @cached_property
    def unit(self):
        """The organiser or a unit of the roster; 404 for others, 403 where it is not the user's to write."""
        seated = CampaignUnit.objects.filter(campaign=self.campaign).values_list("unit", "further__unit")
        known = {self.campaign.organiser_id, *(unit for pair in seated for unit in pair)}
        if self.kwargs["unit"] not in known:
            raise Http404("no such unit in this campaign")
        unit = Unit.objects.get(pk=self.kwargs["unit"])
        require_promiser(self.request.user, unit)
        return unit

    def get_lead(self):
        """Name campaign and unit."""
        return f"{self.campaign} · {self.unit}"

    def get_initial(self):
        """Suggest today."""
        return {"on": timezone.localdate()}

    def get_cancel_url(self):
        """Lead back to the plans."""
        return reverse("projects:plan_list", args=[self.campaign.pk])

    def perform(self, form):
        """File it."""
        return file_plan(
            campaign=self.campaign, unit=self.unit, by=self.request.user, today=timezone.localdate(),
            **form.cleaned_data,
        )  # fmt: skip
