"""The leaders of a campaign, and the page of one."""

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.views.generic import TemplateView

from campaigns import links, ranking
from campaigns.models import Campaign
from campaigns.numbers import in_measure, percent_text, plain
from campaigns.rulebook_tables import LEVELS, demand_state, finding_state
from campaigns.standings import standings
from projects import promises
from reports import leaders
from reports.views.overview import StandingsPage

SHOWN = 12  # lines of what is due on a leader's page
PROJECTS = 50


class LeaderList(StandingsPage):
    """Who heads which units of a campaign, and how these stand together."""

    template_name = "reports/leader_list.html"

    def get_context_data(self, **kwargs):
        """Line the leaders up."""
        state = self.standings
        return super().get_context_data(
            title=tell("领导挂帅"),
            leaders=leaders.headed(state, self.rows_url, self.unit_url),
            unled=leaders.unled(state),
            heads=ranking.heads(state),
            time_progress=percent_text(state.time_progress),
            **kwargs,
        )


class LeaderPage(TemplateView):
    """One leader: units in every running campaign, projects, teams, what is due next, what is open."""

    template_name = "reports/leader.html"

    @cached_property
    def name(self):
        """The name asked for, exactly as it was typed."""
        return self.request.GET.get("name", "").replace("\x00", "")

    @cached_property
    def today(self):
        """Today in Shanghai; only views ask the clock."""
        return timezone.localdate()

    @cached_property
    def seats(self):
        """The roster lines the leader heads in campaigns the user may see."""
        return leaders.seats_of(self.name, list(Campaign.objects.visible_to(self.request.user).for_list()))

    @cached_property
    def running(self):
        """Campaigns of today in which the leader heads a unit, the one started last first."""
        found = {
            seat.campaign for seat in self.seats if seat.campaign.starts_on <= self.today <= seat.campaign.ends_on
        }
        return sorted(found, key=lambda row: (row.starts_on, row.pk), reverse=True)

    @cached_property
    def units(self):
        """The units headed today, each once."""
        return list({seat.unit_id: seat.unit for seat in self.seats if seat.campaign in self.running}.values())

    def drives(self):
        """Yield each running campaign with the leader's units in it: three queries a campaign."""
        for campaign in self.running:
            state = standings(campaign, self.today)

            def rows_url(line, campaign=campaign):
                return links.rows_url(campaign.pk, line.column.line_id, line.unit_id, line.basis, self.today)

            def unit_url(unit_id, campaign=campaign):
                return links.unit_url(campaign.pk, unit_id, None, self.today)

            (row,) = leaders.headed(state, rows_url, unit_url, names=[self.name])
            yield {
                "campaign": campaign,
                "headed": row,
                "heads": ranking.heads(state),
                "time_progress": percent_text(state.time_progress),
                "sizes": [(unit, self.of_how_many(state, unit.unit_id)) for unit in row.units],
            }

    def of_how_many(self, state, unit_id):
        """Name the group of a unit and how many are ranked in it."""
        group = state.scores[unit_id].group
        ranked = sum(score.rank is not None for score in state.groups[group])
        return tell("%(group)s，共 %(n)s 个") % {"group": ranking.group_label(group), "n": ranked}

    def get_context_data(self, **kwargs):
        """Line up what the leader heads, what is due and what is open."""
        user, name, today = self.request.user, self.name, self.today
        if not name or not (self.seats or leaders.is_known(name, user)):
            raise Http404("nobody is called so where the user may look")
        projects = leaders.projects_of(name, user, today)
        due = leaders.due_of(name, self.units, user, today)
        asked = leaders.asked_of(name, self.units, user)
        drives = list(self.drives())
        return super().get_context_data(
            title=name,
            name=name,
            today=today,
            drives=drives,
            past=[seat for seat in self.seats if seat.campaign.ends_on < today],
            projects=[
                (row, leaders.introducer_name(row.project), invested(row.project)) for row in projects[:PROJECTS]
            ],
            project_count=len(projects),
            late_count=sum(row.state(today) == "overdue" for row in due),
            unit_count=len(self.units),
            due=[(row, *days_left(row, today)) for row in due[:SHOWN]],
            due_count=len(due),
            findings=[(row, LEVELS[row.rule.level], *finding_state(row, today)) for row in asked["findings"]],
            demands=[(row, *demand_state(row, today)) for row in asked["orders"] + asked["instructions"]],
            teams=leaders.teams_of(name, user, today),
            postings=list(leaders.postings(user, today, person=name)),
            **kwargs,
        )


def days_left(row, as_of):
    """Return (tone, words) for the days until what is open falls due, or since."""
    late = (as_of - row.due_on).days
    return promises.words(late, late, is_done=False)


def invested(project):
    """Print the planned investment in 亿元; a dash where it is not known."""
    return "—" if project.investment is None else plain(in_measure(project.investment, tell("亿元")))
