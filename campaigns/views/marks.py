"""Dated counts and marks of items that are no indicator (考核记录), for editors of the organiser."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.models import Campaign, Mark
from campaigns.scheme_forms import ItemForm, MarkForm
from campaigns.views.setup import SetUpForm, SetUpPage
from units.access import require
from units.forms import ReasonForm
from units.models import Role
from units.pages import ActionView


def list_url(campaign):
    """Return the page with a campaign's counts and marks."""
    return reverse("campaigns:mark_list", args=[campaign.pk])


class MarkList(SetUpPage, TemplateView):
    """The counts and marks of a campaign, the newest first."""

    template_name = "campaigns/mark_list.html"
    here = gettext_lazy("考核记录")

    def get_context_data(self, **kwargs):
        """Add the records."""
        marks = self.campaign.marks.live().for_list()
        return super().get_context_data(title=self.get_title(), marks=marks, **kwargs)


class MarkAction(SetUpForm):
    """What the forms about a campaign's records share."""

    template_name = "campaigns/campaign_form.html"
    show_conflict = ActionView.show_conflict

    def get_initial(self):
        """Offer today, within the campaign."""
        return {"on": self.campaign.default_day(timezone.localdate())}

    def get_cancel_url(self):
        """Lead back to the records."""
        return list_url(self.campaign)


class MarkCreate(MarkAction):
    """A new count or mark."""

    form_class = MarkForm
    here = gettext_lazy("登记考核记录")
    lead = gettext_lazy("迟报、造假、评议等没有指标的事项在这里逐条登记，写明依据；得分按日期计入。")

    def perform(self, form):
        """Record it."""
        actions.record_mark(campaign=self.campaign, by=self.request.user, **form.cleaned_data)
        return list_url(self.campaign)


class ItemCreate(MarkAction):
    """A new item that is counted or marked."""

    form_class = ItemForm
    here = gettext_lazy("新建考核事项")

    def get_form_kwargs(self):
        """An item belongs to no campaign."""
        kwargs = super().get_form_kwargs()
        del kwargs["campaign"]
        return kwargs

    def perform(self, form):
        """Add it."""
        actions.create_item(by=self.request.user, **form.cleaned_data)
        return reverse("campaigns:mark_create", args=[self.campaign.pk])


class MarkWithdraw(ActionView):
    """Take a count or mark back."""

    form_class = ReasonForm
    template_name = "campaigns/campaign_form.html"
    submit_label = gettext_lazy("撤回")
    title = gettext_lazy("撤回考核记录")

    @cached_property
    def mark(self):
        """The record, if the user keeps it."""
        seen = Campaign.objects.visible_to(self.request.user)
        found = Mark.objects.live().filter(campaign__in=seen).select_related("campaign__organiser", "item", "unit")
        mark = get_object_or_404(found, pk=self.kwargs["pk"])
        require(self.request.user, Role.EDITOR, mark.campaign.organiser)
        return mark

    def get_lead(self):
        """Say what goes."""
        return f"{self.mark.on.isoformat()} {self.mark}：{self.mark.evidence}"

    def get_cancel_url(self):
        """Lead back to the records."""
        return list_url(self.mark.campaign)

    def get_context_data(self, **kwargs):
        """Add where one is."""
        crumbs = [(_("考核记录"), self.get_cancel_url())]
        return super().get_context_data(crumbs=crumbs, here=self.title, **kwargs)

    def perform(self, form):
        """Withdraw it."""
        actions.withdraw_mark(mark=self.mark, reason=form.cleaned_data["reason"], by=self.request.user)
        return self.get_cancel_url()
