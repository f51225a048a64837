"""Issues that are started with one click from the page that shows their figures."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views import View

from campaigns.models import Campaign, Order
from reports import drafting
from reports.kinds import ONE_CLICK
from reports.models import ReportKind
from units.access import require
from units.models import Role


class StartingView(View):
    """Start an issue, or find the one that is there, and lead to it; a subclass gives start() and back()."""

    def post(self, request, *args, **kwargs):
        """Lead to the issue; a refusal names its reason on the page one came from."""
        try:
            report, is_new = self.start(request.user)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
            return redirect(self.back())
        messages.success(request, _("草稿已生成，数字来自台账。") if is_new else _("已有这一期，直接打开。"))
        return redirect(report)


class IssueStart(StartingView):
    """Start a bulletin of a kind about a campaign as of the day shown."""

    def start(self, user):
        """Start it, or find it."""
        campaign = get_object_or_404(Campaign.objects.visible_to(user).for_list(), pk=self.kwargs["pk"])
        require(user, Role.EDITOR, campaign.organiser)
        if self.kwargs["kind"] not in ONE_CLICK:
            raise Http404("no such kind to start with a click")
        kind = get_object_or_404(ReportKind.objects.in_use(), code=self.kwargs["kind"])
        return drafting.start_issue(campaign=campaign, kind=kind, as_of=self.day(campaign), by=user)

    def day(self, campaign):
        """Return the day that was shown, held within the campaign; the usual one where none is told."""
        try:
            day = date.fromisoformat(self.request.POST.get("as_of", ""))
        except ValueError:
            return campaign.default_day(timezone.localdate())
        return max(campaign.starts_on, min(day, campaign.ends_on))

    def back(self):
        """Lead back to the overview."""
        return Campaign.objects.get(pk=self.kwargs["pk"]).get_absolute_url()


class LetterStart(StartingView):
    """Start the letter that serves a supervision order."""

    def start(self, user):
        """Start it, or find it."""
        order = get_object_or_404(Order.objects.visible_to(user).with_parts(), pk=self.kwargs["pk"])
        require(user, Role.EDITOR, order.campaign.organiser)
        return drafting.start_letter(order=order, as_of=timezone.localdate(), by=user)

    def back(self):
        """Lead back to the order."""
        return Order.objects.get(pk=self.kwargs["pk"]).get_absolute_url()
