"""What is drafted by itself, and how each kind of bulletin goes its way."""

from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Campaign
from reports import scheduling
from reports.models import NotDrafted, ReportKind
from reports.workflow_forms import FlowForm, ScheduleForm
from units.pages import ActionView


class Flows(TemplateView):
    """The kinds with their objection period and rhythm, and the campaigns that choose among them."""

    template_name = "reports/flows.html"

    def get_context_data(self, **kwargs):
        """List both."""
        campaigns = Campaign.objects.editable_by(self.request.user).for_list()
        return super().get_context_data(
            title=tell("公示与按期起草"), kinds=ReportKind.objects.in_use().for_list(), campaigns=campaigns, **kwargs
        )


class FlowChange(ActionView):
    """The objection period and the rhythm of a kind."""

    form_class = FlowForm
    template_name = "reports/flow_form.html"
    cancel_url = reverse_lazy("reports:flows")

    @cached_property
    def kind(self):
        """The kind."""
        return get_object_or_404(ReportKind, pk=self.kwargs["pk"])

    def get_title(self):
        """Name the kind."""
        return self.kind.name

    def get_initial(self):
        """Show what holds."""
        return {"objection_days": self.kind.objection_days, "is_scheduled": self.kind.is_scheduled}

    def perform(self, form):
        """Set it."""
        scheduling.set_flow(kind=self.kind, by=self.request.user, **form.cleaned_data)
        return str(self.cancel_url)


class ScheduleChange(ActionView):
    """Which kinds a campaign wants drafted."""

    form_class = ScheduleForm
    template_name = "reports/flow_form.html"
    cancel_url = reverse_lazy("reports:flows")
    lead = _("到期的当晚由系统起草，期间已有同种类的一期就不再起草；不选的不起草。")

    @cached_property
    def campaign(self):
        """The campaign, if the user sets it up."""
        return get_object_or_404(Campaign.objects.editable_by(self.request.user), pk=self.kwargs["pk"])

    def get_title(self):
        """Name the campaign."""
        return tell("%(campaign)s：按期起草") % {"campaign": self.campaign}

    def get_initial(self):
        """Tick what is drafted."""
        left_out = set(NotDrafted.objects.filter(campaign=self.campaign).values_list("kind", flat=True))
        return {"kinds": [kind.pk for kind in scheduling.scheduled_kinds() if kind.pk not in left_out]}

    def perform(self, form):
        """Set it."""
        scheduling.choose_kinds(campaign=self.campaign, by=self.request.user, **form.cleaned_data)
        return str(self.cancel_url)
