"""What every page about a campaign shares: which campaign, as of which day, on which basis."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns import links
from campaigns.lines import Standings
from campaigns.models import Basis, Campaign, current
from campaigns.outlook import outlook_row, said_forecasts
from campaigns.standings import standings
from campaigns.yearly import year_on_year, year_row
from units import stamps
from units.access import require
from units.models import Role
from units.pages import ActionView


def kept_standings(campaign: Campaign, as_of: date, *, basis: str | None = None) -> Standings:
    """Return the standings of a campaign as of a day, for reading only; they are kept until the next write."""
    return stamps.kept("standings", (campaign.pk, as_of, basis), lambda: standings(campaign, as_of, basis=basis))


class EditorPage:
    """A page about one campaign for an editor of its organiser: 404 not mine to see, 403 not mine to do."""

    @cached_property
    def campaign(self):
        """The campaign, if the user sets it up."""
        campaign = get_object_or_404(Campaign.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])
        require(self.request.user, Role.EDITOR, campaign.organiser)
        return campaign


class TrialPage(EditorPage, ActionView):
    """What the rule book would find in a campaign as of a day; sent, it is kept. A day to come is only tried.

    A subclass gives keep(as_of), which calls the action and returns the address to go to, and crumb.
    """

    crumb = ()

    @cached_property
    def as_of(self):
        """The day asked for, else the usual one; nonsense is the latter."""
        asked = self.request.POST.get("as_of") or self.request.GET.get("as_of", "")
        try:
            return max(date.fromisoformat(asked), self.campaign.starts_on)
        except ValueError:
            return self.usual_day(timezone.localdate())

    def usual_day(self, today):
        """Return the day that pages of the campaign open on."""
        return self.campaign.default_day(today)

    def get_initial(self):
        """Keep the day that the trial is of."""
        return {"as_of": self.as_of}

    def get_context_data(self, **kwargs):
        """Say of which day it is, and why it cannot be kept, if so."""
        refused = tell("今天以后的日期只能试算") if self.as_of > timezone.localdate() else self.refused()
        told = {"crumbs": (self.crumb,), "campaign": self.campaign, "as_of": self.as_of, "refused": refused}
        return super().get_context_data(**{**told, "cancel_url": str(self.crumb[1]), **kwargs})

    def refused(self):
        """Say why the day may not be kept; "" where it may."""
        raise NotImplementedError(f"{type(self).__name__} has no refused()")

    def perform(self, form):
        """Keep it; a day still to come is not judged."""
        as_of = form.cleaned_data["as_of"]
        if as_of > timezone.localdate():
            raise ValidationError(_("今天以后的日期只能试算"))
        return self.keep(as_of)


class CampaignPage:
    """A page about one campaign as of a day (?as_of=) and on a basis (?basis=, each line's own by default).

    The campaign is the one whose key the address names (pk), else the one of ?campaign=, else the current one.
    """

    @cached_property
    def campaigns(self):
        """The campaigns the user may see, the one started last first: one query for all of a page."""
        return list(Campaign.objects.visible_to(self.request.user).for_list())

    @property
    def rounds(self):
        """The year's campaign and its rounds, of those the user may see, where the campaign is one of them (R3)."""
        year = self.campaign.year_id or self.campaign.pk
        found = [row for row in self.campaigns if year in (row.pk, row.year_id)]
        found.sort(key=lambda row: (row.pk != year, row.starts_on, row.pk))
        return found if len(found) > 1 else []

    @cached_property
    def campaign(self):
        """The campaign of the page; 404 where it is not the user's to see, None where there is none at all."""
        wanted = self.kwargs.get("pk") or self.request.GET.get("campaign") or self.request.POST.get("campaign")
        if wanted is None or wanted == "":
            return current(self.campaigns, self.today)
        for campaign in self.campaigns:
            if str(campaign.pk) == str(wanted):
                return campaign
        raise Http404("no such campaign for this user")

    @cached_property
    def today(self):
        """Today in Shanghai; only views ask the clock."""
        return timezone.localdate()

    @cached_property
    def as_of(self):
        """The day the page is shown as of, within the campaign."""
        return self.day_asked("as_of", self.campaign.default_day(self.today), self.campaign.ends_on)

    def day_asked(self, name, default, last):
        """Return the day of ?name=, held between the campaign's start and a last day; says so where it was moved."""
        text = self.request.GET.get(name, "").strip()
        if not text:
            return default
        try:
            day = date.fromisoformat(text)
        except ValueError:
            messages.warning(self.request, _("看不懂的日期「%(text)s」，已按默认日期显示。") % {"text": text[:20]})
            return default
        if not self.campaign.starts_on <= day <= last:
            messages.warning(
                self.request,
                _("日期须在 %(first)s 至 %(last)s 之间，已改为最近的一天。")
                % {"first": self.campaign.starts_on.isoformat(), "last": last.isoformat()},
            )
        return max(self.campaign.starts_on, min(day, last))

    @cached_property
    def basis(self):
        """The basis asked for, None for each line's own."""
        basis = self.request.GET.get("basis", "")
        return basis if basis in Basis.values else None

    @cached_property
    def standings(self):
        """The standings of the page: three queries, none where they are kept."""
        return kept_standings(self.campaign, self.as_of, basis=self.basis)

    @cached_property
    def years(self):
        """Every summed figure of the page beside last year's: one query."""
        return year_on_year(self.standings)

    def year_row(self, line):
        """Print one figure beside last year's, with where that opens to its rows."""
        key = (None if line.is_total else line.unit_id, line.column.line_id)
        unit_id = "" if line.is_total else line.unit_id
        before = (self.campaign.pk, line.column.line_id, unit_id, line.basis, self.as_of)
        return year_row(line, self.years.get(key), links.rows_url(*before, last_year=True))

    @cached_property
    def forecasts(self):
        """What holds of what was said of the campaign's end: one query."""
        return said_forecasts(self.campaign, self.as_of)

    def outlook_row(self, line):
        """Print what a figure will come to at the end."""
        said = self.forecasts.get((line.unit_id, line.column.line_id))
        return outlook_row(self.standings, line, said)

    def get_context_data(self, **kwargs):
        """Add what the head of a campaign page shows."""
        if self.campaign is None:
            return super().get_context_data(campaign=None, campaigns=(), **kwargs)
        return super().get_context_data(
            **{
                "campaign": self.campaign,
                "campaigns": self.campaigns,
                "rounds": self.rounds,
                "as_of": self.as_of,
                "basis": self.basis or "",
                "bases": Basis.choices,
                "campaign_line": _("第 %(n)s 天 / 共 %(m)s 天")
                % {
                    "n": self.campaign.day_number(self.as_of),
                    "m": self.campaign.days,
                },
                **kwargs,
            }
        )
