"""Why a unit stands where it stands, how the field is spread, and two sides beside each other."""

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns import ranking
from campaigns.clock import days_back
from campaigns.courses import place_courses
from campaigns.lifts import lifts
from campaigns.lines import Standings
from campaigns.models import CampaignUnit
from campaigns.numbers import percent_text
from campaigns.standings import standings
from reports import comparing, overview
from reports.views.overview import StandingsPage

EARLIER = 4  # campaigns of earlier years shown with a unit's final place


def key_of(text):
    """Return a key of an address as a number, None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


class PlacePage(StandingsPage):
    """A unit's place: what would lift it, where it stood over the weeks and in earlier campaigns."""

    template_name = "reports/place.html"

    def wanted(self, rank):
        """Return the place to come to: the one of ?to=, if it is a better one, else the next."""
        asked = key_of(self.request.GET.get("to"))
        return asked if asked and asked < rank else rank - 1

    def earlier(self, unit_id):
        """Return (campaign, score, of how many, url) of the unit's final places: three queries a campaign."""
        before = [row for row in self.campaigns if row.ends_on < self.campaign.starts_on]
        seats = CampaignUnit.objects.filter(unit=unit_id, campaign__in=before).values_list("campaign", flat=True)
        known = set(seats)
        for campaign in [row for row in before if row.pk in known][:EARLIER]:
            state: Standings = standings(campaign, campaign.ends_on, basis=self.basis)
            score = state.scores[unit_id]
            ranked = sum(row.rank is not None for row in state.groups[score.group])
            yield {
                "campaign": campaign,
                "group": ranking.group_label(score.group),
                "place": overview.rank_text(score.rank, score.tied),
                "ranked": ranked,
                "score": ranking.score_texts(state)[unit_id],
                "url": reverse("reports:place", args=[campaign.pk, unit_id]),
            }

    def get_context_data(self, **kwargs):
        """Line up place, lifts and course."""
        state, unit_id = self.standings, self.kwargs["unit_pk"]
        if unit_id not in state.scores:
            raise Http404("not on the roster")
        score = state.scores[unit_id]
        to = self.wanted(score.rank) if score.rank else None
        course = place_courses(state, days_back(self.campaign, self.as_of), group=score.group)[unit_id]
        ranked = sum(row.rank is not None for row in state.groups[score.group])
        wide, narrow = comparing.place_chart(self.campaign, course, ranked) if score.rank else ("", "")
        return super().get_context_data(
            title=_("%(unit)s的位次") % {"unit": score.unit},
            score=score,
            score_text=ranking.score_texts(state)[unit_id],
            rank_text=overview.rank_text(score.rank, score.tied),
            reason="" if score.rank else ranking.no_place(),
            group_label=ranking.group_label(score.group),
            ranked=ranked,
            next_place=overview.next_place(state, unit_id),
            to=to,
            choices=range(score.rank - 1, 0, -1) if score.rank else (),
            lifts=[comparing.lift_row(row) for row in lifts(state, unit_id, to)] if to else (),
            chart=wide,
            chart_narrow=narrow,
            course=comparing.course_rows(course),
            earlier=list(self.earlier(unit_id)),
            unit_url=self.unit_url(unit_id),
            score_trace=ranking.score_trace(state),
            **kwargs,
        )


class Spread(StandingsPage):
    """How the units are spread on an indicator, and each unit's course in small."""

    template_name = "reports/spread.html"

    @cached_property
    def column(self):
        """The indicator of ?line=, else the first that units owe."""
        asked = key_of(self.request.GET.get("line"))
        columns = {column.line_id: column for column in self.standings.columns}
        owed = [column for column in columns.values() if self.standings.met(column.line_id)[1]]
        return columns.get(asked) or next(iter(owed or columns.values()), None)

    def address(self, **changes):
        """Return the address of this page with something changed."""
        asked = {name: self.request.GET.get(name, "") for name in ("as_of", "basis", "line")}
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})

    def place_url(self, unit_id):
        """Return where a unit's place is explained."""
        query = {"as_of": self.as_of.isoformat()} | ({"basis": self.basis} if self.basis else {})
        return f"{reverse('reports:place', args=[self.campaign.pk, unit_id])}?{urlencode(query)}"

    def get_context_data(self, **kwargs):
        """Line up the bands by group, and the small drawings."""
        state, column = self.standings, self.column
        parts = []
        for name in state.groups if column else ():
            lines = [line for line in state.of_column(column.line_id) if line.group == name]
            found = comparing.bands(lines)
            wide, narrow = comparing.band_chart(found, _("完成率分布"))
            parts.append({
                "label": ranking.group_label(name), "bands": found, "chart": wide, "chart_narrow": narrow,
                "middle": percent_text(comparing.middle(lines)),
                "owing": sum(bool(line.target) for line in lines),
            })  # fmt: skip
        courses = place_courses(state, days_back(self.campaign, self.as_of))
        return super().get_context_data(
            title=_("%(name)s 分布") % {"name": self.campaign.name},
            column=column,
            parts=parts,
            multiples=list(comparing.small_multiples(state, courses, self.place_url)),
            tabs=[
                {"label": row.name, "url": self.address(line=row.line_id), "active": row == column}
                for row in state.columns
            ],
            time_progress=percent_text(state.time_progress),
            **kwargs,
        )


class Compare(StandingsPage):
    """Two units of a campaign, or this campaign and another on the same day of its course."""

    template_name = "reports/compare.html"

    def unit_asked(self, name):
        """Return the roster unit of an address's part; None where it names none."""
        unit_id = key_of(self.request.GET.get(name))
        return unit_id if unit_id in self.standings.scores else None

    @cached_property
    def other(self):
        """The other campaign of ?other=, of those the user may see; None for two units."""
        wanted = key_of(self.request.GET.get("other"))
        return next((row for row in self.campaigns if row.pk == wanted and row != self.campaign), None)

    def beside(self):
        """Return the rows and the names of both sides."""
        state = self.standings
        first = self.unit_asked("a")
        if self.other:
            day = comparing.same_day_of_course(self.campaign, self.as_of, self.other)
            other = standings(self.other, day, basis=self.basis)
            who = state.scores[first].unit if first else self.campaign.organiser.name
            names = (
                f"{row.name}（{on.isoformat()}）" for row, on in ((self.campaign, self.as_of), (self.other, day))
            )
            return comparing.campaigns_beside(state, other, first), who, *names
        ranked = list(state.scores)
        first = first or next(iter(ranked), None)
        second = self.unit_asked("b") or next((unit_id for unit_id in ranked if unit_id != first), None)
        if second is None:
            return [], "", "", ""
        rows = comparing.units_beside(state, first, second)
        return rows, self.campaign.name, state.scores[first].unit, state.scores[second].unit

    def get_context_data(self, **kwargs):
        """Line up both sides and what may be chosen."""
        rows, who, first, second = self.beside()
        return super().get_context_data(
            title=_("%(name)s 对比") % {"name": self.campaign.name},
            rows=rows,
            who=who,
            first=first,
            second=second,
            units=[(score.unit_id, score.unit) for score in self.standings.scores.values()],
            others=[row for row in self.campaigns if row != self.campaign],
            other=self.other,
            a=self.unit_asked("a"),
            b=self.unit_asked("b"),
            **kwargs,
        )
