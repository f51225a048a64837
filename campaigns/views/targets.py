"""Quotas of a campaign: unit × indicator in one plain grid."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns import actions
from campaigns.forms import TargetsForm
from campaigns.models import Target
from campaigns.numbers import amount_text
from campaigns.views.setup import SetUpForm


class CampaignTargets(SetUpForm):
    """What each unit and the organiser itself owe; ?stretch=1 shows 力争 beside 确保."""

    form_class = TargetsForm
    template_name = "campaigns/campaign_targets.html"
    here = _("目标任务")
    success_message = _("目标任务已保存")

    @property
    def stretch(self):
        """Whether the stretch targets are shown."""
        return self.request.GET.get("stretch") == "1"

    @cached_property
    def held(self):
        """The saved targets: {(line id, unit id): (floor, stretch)}."""
        rows = Target.objects.working(self.campaign)
        return {(row.line_id, row.unit_id): (row.amount, row.stretch) for row in rows}

    def get_form_kwargs(self):
        """Give the grid what is saved."""
        return {**super().get_form_kwargs(), "held": self.held, "stretch": self.stretch}

    def get_context_data(self, **kwargs):
        """Add the grid."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        switch = "?" if self.stretch else "?stretch=1"
        return {**context, "stretch": self.stretch, "switch_url": switch, "grid": form.grid(), "sums": form.sums()}

    def perform(self, form):
        """Set them; one stays on the grid, which now shows the new sums."""
        data = form.cleaned_data
        actions.set_targets(
            campaign=self.campaign, targets=data["targets"], version=data["version"], by=self.request.user
        )
        url = reverse("campaigns:campaign_targets", args=[self.campaign.pk])
        return f"{url}?stretch=1" if self.stretch else url

    def compare(self, form):
        """Compare cell by cell."""
        measures = {line.pk: line.measure for line in form.lines}
        told = []
        for (kind, line_id, unit_id), cell in form.cells.items():
            saved = form.held.get((line_id, unit_id), (None, None))[kind == "s"]
            mine, theirs = (
                "" if amount is None else amount_text(amount, measures[line_id]) for amount in (cell.amount, saved)
            )
            told.append((cell.label, mine, theirs))
        return told
