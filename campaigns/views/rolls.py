"""Red and black lists: who is on them as of a day, why, who was let off; writing their conditions."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.models import Roll
from campaigns.pages import CampaignPage, EditorPage
from campaigns.roll_forms import RollForm, roll_initial
from campaigns.rolls import sheets
from units.access import require
from units.models import Role
from units.pages import ActionView

TONES = {Roll.Kind.RED: "ok", Roll.Kind.BLACK: "bad"}  # praise is no alarm


class Rolls(CampaignPage, TemplateView):
    """The lists of a campaign as of a day: open to everybody who takes part, printable."""

    template_name = "campaigns/rolls.html"

    def get_context_data(self, **kwargs):
        """Add the lists, and what an editor may do."""
        campaign, user = self.campaign, self.request.user
        may_write = user.holds(Role.EDITOR, campaign.organiser)
        return super().get_context_data(
            title=_("红黑榜"), may_write=may_write,
            sheets=[(sheet, TONES[sheet.roll.kind]) for sheet in sheets(campaign, self.as_of)],
            idle=[row for row in campaign.rolls.for_list() if not row.holds_on(self.as_of)] if may_write else (),
            ranking_url=f"{reverse('campaigns:ranking', args=[campaign.pk])}?as_of={self.as_of.isoformat()}",
            **kwargs,
        )  # fmt: skip


class RollWriting(ActionView):
    """A form of a list."""

    template_name = "campaigns/campaign_form.html"
    form_class = RollForm
    lead = _("填了的条件须同时具备；榜单按未取整的数随时重算，经批准豁免的不列入黑榜，在榜下公示。")
    success_message = _("榜单已保存")

    def get_form_kwargs(self):
        """Give the form its campaign."""
        return {**super().get_form_kwargs(), "campaign": self.campaign}

    def get_cancel_url(self):
        """Lead back to the lists."""
        return reverse("campaigns:rolls", args=[self.campaign.pk])

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = ((_("%s 红黑榜") % self.campaign, self.get_cancel_url()),)
        return super().get_context_data(**{"crumbs": crumbs, "here": self.title, "two_columns": True, **kwargs})


class RollCreate(EditorPage, RollWriting):
    """A new list of a campaign that the user sets up."""

    title = _("新建榜单")

    def get_initial(self):
        """From the campaign's first day on."""
        return {"from_on": self.campaign.starts_on, "kind": Roll.Kind.RED}

    def perform(self, form):
        """Add it."""
        return actions.write_roll(campaign=self.campaign, by=self.request.user, **form.facts())


class RollChange(RollWriting):
    """Change a list, or end it."""

    title = _("修改榜单")

    @cached_property
    def roll(self):
        """The list; 404 not mine to see, 403 not mine to do."""
        row = get_object_or_404(Roll.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])
        require(self.request.user, Role.EDITOR, row.campaign.organiser)
        return row

    @cached_property
    def campaign(self):
        """The campaign of the list."""
        return self.roll.campaign

    def get_initial(self):
        """Show it as it stands."""
        return roll_initial(self.roll)

    def perform(self, form):
        """Change it."""
        version = form.cleaned_data["version"]
        return actions.change_roll(roll=self.roll, version=version, by=self.request.user, **form.facts())
