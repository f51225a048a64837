"""Wall screens: their addresses for leaders and editors, and what is seen under them without signing in."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from campaigns.models import Basis, Entry
from campaigns.pages import CampaignPage
from campaigns.standings import standings
from reports import overview, screens, wall
from reports.forms import WallForm
from reports.models import WallScreen
from units import access
from units.forms import RecordForm
from units.pages import ActionView, add_errors

SECONDS = 20  # a page stays


class WallList(CampaignPage, FormView):
    """The wall screens of a campaign; a new one's address is shown once, when it is made."""

    template_name = "reports/wall_list.html"
    form_class = WallForm

    @cached_property
    def campaign(self):
        """The campaign; 403 for who may not put it on a wall."""
        campaign = super().campaign
        if not access.may_screen(self.request.user, campaign.organiser):
            raise PermissionDenied("neither leader nor editor of the organiser")
        return campaign

    def get_form_kwargs(self):
        """Give the form its user and its campaign."""
        return {**super().get_form_kwargs(), "user": self.request.user, "campaign": self.campaign}

    def form_valid(self, form):
        """Make the address and answer with the page that shows it."""
        try:
            token = screens.make_wall(campaign=self.campaign, by=self.request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        url = self.request.build_absolute_uri(reverse("reports:wall", args=[token]))
        return self.render_to_response(self.get_context_data(address=url, form=None))

    def get_context_data(self, **kwargs):
        """Add the screens there are."""
        kwargs["form"] = kwargs.get("form") or self.form_class(user=self.request.user, campaign=self.campaign)
        walls = WallScreen.objects.visible_to(self.request.user).filter(campaign=self.campaign).for_list()
        return super().get_context_data(
            title=_("大屏"), walls=walls, labels=dict([("", _("各指标依据")), *Basis.choices]), **kwargs
        )


class WallRevoke(ActionView):
    """Let the address of a wall screen open nothing any more."""

    form_class = RecordForm
    title = _("停用大屏地址")
    submit_label = _("停用")
    success_message = _("大屏地址已停用")

    @cached_property
    def wall(self):
        """The screen; 404 where it is not the user's to see."""
        rows = WallScreen.objects.visible_to(self.request.user).select_related("campaign")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_lead(self):
        """Say which, and what comes of it."""
        told = tell("%(wall)s。停用后正在播放的屏幕在一分钟内停止显示；要再用须重新生成地址。")
        return told % {"wall": self.wall}

    def get_cancel_url(self):
        """Go back to the campaign's screens."""
        return reverse("reports:wall_list", args=[self.wall.campaign_id])

    def perform(self, form):
        """Revoke it."""
        screens.revoke_wall(wall=self.wall, by=self.request.user)
        return self.get_cancel_url()


class Wall(TemplateView):
    """The screen that a secret address opens; 404 for any other."""

    template_name = "reports/wall.html"

    def get_context_data(self, **kwargs):
        """Line up the page asked for (?page=), after the last the first again."""
        screen = WallScreen.objects.opened_by(self.kwargs["token"]).first()
        if screen is None:
            raise Http404("no such screen")
        campaign, now = screen.campaign, timezone.localtime()
        as_of = campaign.default_day(now.date())
        state = standings(campaign, as_of, basis=screen.basis or None)
        asked = self.request.GET.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        ids = [column.indicator_id for column in state.columns]
        newest = Entry.objects.filter(indicator_id__in=ids).aggregate(at=Max("recorded_at"))["at"]
        fresh, is_old = wall.freshness(newest and timezone.localtime(newest), now)
        return super().get_context_data(
            campaign=campaign,
            as_of=as_of,
            day_number=campaign.day_number(as_of),
            view=wall.page(state, overview.courses(state), number, screen.groups),
            now=now,
            fresh=fresh,
            is_old=is_old and now.date() <= campaign.ends_on,
            seconds=SECONDS,
            part_url=reverse("reports:wall_part", args=[self.kwargs["token"]]),
            **kwargs,
        )


class WallPart(Wall):
    """The next page of a screen alone, fetched by static/js/wall.js."""

    template_name = "reports/_wall_page.html"
