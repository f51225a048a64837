"""Pictures of a campaign: matrix and course, history of places; and the days of its issued bulletins."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import ranking
from campaigns.clock import days_back
from campaigns.courses import place_courses
from campaigns.models import DistrictPlace
from campaigns.numbers import percent_text
from campaigns.pages import CampaignPage
from campaigns.standings import standings
from reports import history, overview
from reports.models import Report
from reports.views.overview import StandingsPage

EARLIER = 3  # rounds before this one that the history goes back
OFFERED = 12  # bulletins to compare places with


class GroupedPage(StandingsPage):
    """A page with a picture for each group, or for the one of ?group=."""

    @cached_property
    def groups(self):
        """The names of the groups that are shown."""
        asked = self.request.GET.get("group")
        names = list(self.standings.groups)
        return [asked] if asked in names else names

    def address(self, **changes):
        """Return the address of this page with something changed."""
        asked = {name: self.request.GET.get(name, "") for name in ("as_of", "basis", "group", "line")}
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})

    def group_tabs(self):
        """Return the links to one group or all, each [label, url, active]; none where there is one group."""
        names = list(self.standings.groups)
        if len(names) < 2:
            return []
        tabs = [(_("全部组别"), "", len(self.groups) > 1)]
        tabs += [(ranking.group_label(name), name, self.groups == [name]) for name in names]
        return [{"label": label, "url": self.address(group=name), "active": active} for label, name, active in tabs]


class Charts(GroupedPage):
    """The matrix of units and indicators, and the course of one indicator against the clock and last year."""

    template_name = "reports/charts.html"

    @cached_property
    def line_id(self):
        """The indicator of ?line=, else the first with a quota."""
        known = {str(line_id): line_id for line_id in self.standings.totals}
        owed = [line_id for line_id, line in self.standings.totals.items() if line.target]
        return known.get(self.request.GET.get("line", "")) or next(iter([*owed, *known.values()]), None)

    def get_context_data(self, **kwargs):
        """Line up the pictures and the tables behind them."""
        state, courses = self.standings, overview.courses(self.standings)
        wide, narrow = overview.course(state, self.line_id, courses, wide=history.WIDE) if self.line_id else ("", "")
        return super().get_context_data(
            title=_("%(name)s 矩阵与走势") % {"name": self.campaign.name},
            pictures=[history.matrix(state, name) for name in self.groups],
            group_tabs=self.group_tabs(),
            line_tabs=[
                {"label": row.name, "url": self.address(line=row.line_id), "active": row.line_id == self.line_id}
                for row in state.columns
            ],
            trend=wide,
            trend_narrow=narrow,
            course=overview.course_rows(state, self.line_id, courses) if self.line_id else [],
            measure=state.totals[self.line_id].column.measure if self.line_id else "",
            time_progress=percent_text(state.time_progress),
            **kwargs,
        )


class History(GroupedPage):
    """Where every unit stood week by week, and in earlier rounds of the campaign."""

    template_name = "reports/history.html"

    def earlier(self):
        """Return the final standings of earlier campaigns of the same kind, the latest first."""
        rounds = [row for row in self.campaigns if history.same_kind(self.campaign, row)][:EARLIER]
        return [standings(row, row.ends_on, basis=self.basis) for row in rounds]

    def published(self):
        """Return the composite places published for the organiser up to the day, the oldest first: one query."""
        rows = DistrictPlace.objects.visible_to(self.request.user)
        rows = rows.filter(unit=self.campaign.organiser, indicator=None, until__lte=self.as_of)
        return list(rows.order_by("until", "since"))

    def get_context_data(self, **kwargs):
        """Line up the histories."""
        state, earlier = self.standings, self.earlier()
        courses = place_courses(state, days_back(self.campaign, self.as_of))
        return super().get_context_data(
            title=_("%(name)s 名次历史") % {"name": self.campaign.name},
            weeks=[history.weeks(state, courses, name) for name in self.groups],
            years=[history.years(state, earlier, name) for name in self.groups] if earlier else [],
            published=history.published(self.published()),
            group_tabs=self.group_tabs(),
            **kwargs,
        )


class IssuedDays(CampaignPage, TemplateView):
    """The issued bulletins of a campaign, each as a day that places are compared with; for htmx the links alone."""

    template_name = "reports/issued_days.html"

    def get_template_names(self):
        """Answer a click within the ranking with the links alone."""
        return ["reports/_issued_days.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **kwargs):
        """Line up the bulletins before the day that is shown, the newest first."""
        known = Report.objects.visible_to(self.request.user).in_force()
        known = known.filter(campaign=self.campaign, as_of__lt=self.as_of)
        asked = {name: self.request.GET.get(name, "") for name in ("as_of", "basis", "group", "line")}
        ranking_url = reverse("campaigns:ranking", args=[self.campaign.pk])

        def url(day):
            kept = {**asked, "since": day.isoformat() if day else ""}
            return f"{ranking_url}?{urlencode({name: value for name, value in kept.items() if value})}"

        issues = known.order_by("-as_of", "-pk").values_list("number", "title", "as_of")[:OFFERED]
        return super().get_context_data(
            title=_("选比较的期次"),
            issues=[{"label": number or title, "day": day, "url": url(day)} for number, title, day in issues],
            back_url=url(None),
            **kwargs,
        )
