"""Overview of a campaign, and one unit in it."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, DateField, Min, Value
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import links, ranking
from campaigns.models import Basis, Campaign, Recognition, Tally, current
from campaigns.numbers import percent_text
from campaigns.pages import CampaignPage
from projects import cohorts, coming, todos
from projects.industries import industry_lines, industry_rows
from projects.models import Milestone, PlanDue, Visit
from projects.stages import RECOGNISED
from reports import glance, leaders, overview, pipeline, unit_plan
from reports.charts import sparkline
from units import access
from units.models import BUSINESS_ROLES, Role, Unit
from units.views import administrators_home


def home(request):
    """Go to where one works: the current campaign's overview, or an administrator's own page."""
    place = administrators_home(request.user)
    if place:
        return redirect(place)
    campaigns = Campaign.objects.visible_to(request.user)
    campaign = current(campaigns, timezone.localdate())
    if campaign is not None:
        return redirect("reports:overview", campaign.pk)
    if request.user.roles & BUSINESS_ROLES:
        return redirect("campaigns:campaign_list")
    messages.info(request, _("账号还没有角色，请联系安全管理员。"))
    return redirect("units:password")


class StandingsPage(CampaignPage, TemplateView):
    """A page that reads the standings and opens every number to its rows."""

    def rows_url(self, line):
        """Return where a line opens to its rows."""
        unit_id = "" if line.is_total else line.unit_id
        return links.rows_url(self.campaign.pk, line.column.line_id, unit_id, line.basis, self.as_of)

    def unit_url(self, unit_id):
        """Return the page of a unit as of the same day."""
        return links.unit_url(self.campaign.pk, unit_id, self.basis, self.as_of)

    def beside(self, line):
        """Print one figure beside last year's, and what it will come to at the end."""
        return {
            "name": line.column.name,
            "measure": line.column.measure,
            "done": _("未报") if line.done is None else overview.shown(line, line.done),
            "year": self.year_row(line),
            "outlook": self.outlook_row(line),
        }

    @cached_property
    def own_units(self):
        """Ids of roster units in whose line the user's own units count."""
        paths = self.request.user.paths(*BUSINESS_ROLES)
        owner = self.standings.owner
        return {owner.get(int(path.strip("/").split("/")[-1])) for path in paths} & set(self.standings.unit_ids)

    def pipeline(self, unit):
        """Return where a unit's projects stand: one query; nothing for those who may not see its projects."""
        if unit is None:
            return {"steps": (), "apart": ()}
        found = cohorts.standing_of(unit, self.as_of)
        query = {"unit": unit.pk, "until": self.as_of.isoformat()}

        def url_of(cohort):
            return f"{reverse('projects:project_list')}?{urlencode(query | {'cohort': cohort})}"

        return {"steps": pipeline.side_by_side(found, url_of), "apart": pipeline.apart(found, url_of)}


class Overview(StandingsPage):
    """Where the drive stands, who leads, who lags, what needs attention."""

    template_name = "reports/overview.html"

    @cached_property
    def line_id(self):
        """The indicator whose course is drawn: the one asked for, else the first with a quota."""
        known = [column.line_id for column in self.standings.columns]
        asked = self.request.GET.get("line", "")
        if asked.isdigit() and int(asked) in known:
            return int(asked)
        owed = [line_id for line_id, line in self.standings.totals.items() if line.target]
        return next(iter(owed or known), None)

    def switches(self):
        """Return the links that change day, basis, group or indicator, the rest kept."""
        kept = {
            name: value for name in ("as_of", "basis", "group", "line") if (value := self.request.GET.get(name, ""))
        }

        def address(**changes):
            return "?" + urlencode({name: value for name, value in (kept | changes).items() if value})

        return {
            "basis_switch": [
                {"label": label, "url": address(basis=value), "active": value == (self.basis or "")}
                for value, label in [("", _("各指标依据")), *Basis.choices]
            ],
            "group_tabs": [
                {"label": ranking.group_label(name), "url": address(group=name), "active": name == self.group}
                for name in self.standings.groups
            ],
            "line_tabs": [
                {"label": column.name, "url": address(line=column.line_id), "active": column.line_id == self.line_id}
                for column in self.standings.columns
            ],
        }

    @cached_property
    def group(self):
        """The group that is shown: the one asked for, else one's own, else the first."""
        names = list(self.standings.groups)
        asked = self.request.GET.get("group")
        if asked in names:
            return asked
        own = [
            self.standings.scores[unit_id].group for unit_id in self.standings.unit_ids if unit_id in self.own_units
        ]
        return next(iter([*own, *names]), None)

    def pending(self):
        """Return how much waits and how much is overdue of what the user may see: one query."""
        user = self.request.user

        def counted(rows, word, day):
            return (
                rows.order_by()
                .annotate(what=Value(word))
                .values("what")
                .annotate(many=Count("pk"), earliest=Min(day, output_field=DateField()))
            )

        waiting = {"recognition": Recognition.WAITING, "on__lte": self.as_of}
        overdue = Milestone.objects.overdue(self.as_of).visible_to(user)
        unfiled = PlanDue.objects.filter(campaign=self.campaign).visible_to(user).owed()
        rows = counted(overdue, "overdue", "due_on").union(
            counted(unfiled.filter(kept__isnull=True, due_on__lte=self.as_of), "unfiled", "due_on"),
            counted(Tally.objects.live().visible_to(user).filter(**waiting), "waiting", "on"),
            counted(Visit.objects.live().visible_to(user).filter(**waiting), "waiting", "on"),
            counted(
                Milestone.objects.live().visible_to(user).filter(kind__in=RECOGNISED, **waiting), "waiting", "on"
            ),
            all=True,
        )
        found: dict[str, tuple[int, date | None]] = {}
        for row in rows:
            many, earliest = found.get(row["what"], (0, None))
            days = [day for day in (earliest, row["earliest"]) if day]
            found[row["what"]] = (many + row["many"], min(days, default=None))
        return found

    def list_links(self):
        """Return the addresses that the notices lead to; "" where this user has no such list."""
        user, query = self.request.user, f"?as_of={self.as_of.isoformat()}"
        if self.basis:
            query += f"&basis={self.basis}"
        if access.may(user, "projects:recognition_list", "GET"):
            waiting = reverse("projects:recognition_list")
        elif access.may(user, "projects:my_entries", "GET"):
            waiting = f"{reverse('projects:my_entries')}?state={Recognition.WAITING}"
        else:
            waiting = ""
        return {
            "overdue": f"{reverse('projects:project_list')}?overdue={self.as_of.isoformat()}",
            "waiting": waiting,
            "unfiled": reverse("projects:plan_list", args=[self.campaign.pk]),
            "ranking": reverse("campaigns:ranking", args=[self.campaign.pk]) + query,
        }

    @property
    def organiser(self):
        """The organiser, for those who may see its projects; else None."""
        organiser = self.campaign.organiser
        return organiser if organiser.path.startswith(self.request.user.paths(*BUSINESS_ROLES)) else None

    def week(self):
        """Return what is promised for the days after the one shown: one query."""
        days = (self.as_of + timedelta(days=1), self.as_of + timedelta(days=glance.AHEAD))
        return glance.week_of(coming.coming(self.request.user, self.as_of, *days))

    def get_context_data(self, **kwargs):
        """Line up cards, ranking, matrix, course and notices."""
        state = self.standings
        courses = overview.courses(state)
        wide, narrow = overview.course(state, self.line_id, courses) if self.line_id else ("", "")
        notices = overview.attention(state, self.rows_url, self.pending(), self.list_links())
        groups = ranking.ranking_rows(state, self.rows_url, self.unit_url, mine=self.own_units)
        part = next((group for group in groups if group.name == self.group), None)
        return super().get_context_data(
            title=_("%(name)s 总览") % {"name": self.campaign.name},
            time_progress=percent_text(state.time_progress),
            kpis=[
                overview.kpi(
                    state,
                    line,
                    self.rows_url(line),
                    spark=sparkline(courses.now.get(line_id, ()), label=line.column.name),
                )
                for line_id, line in state.totals.items()
            ],
            **self.switches(),
            part=part,
            rows=glance.folded(part) if part else (),
            ends=glance.ends_of(part),
            week=self.week(),
            flow=glance.flow_of(self.pipeline(self.organiser)["steps"]),
            firsts=notices[: overview.TODOS_SHOWN],
            rest=notices[overview.TODOS_SHOWN :],
            heads=ranking.heads(state),
            total_rows=ranking.total_rows(state, self.rows_url),
            beside=[self.beside(line) for line in state.totals.values()],
            score_trace=ranking.score_trace(state),
            line_id=self.line_id,
            trend=wide,
            trend_narrow=narrow,
            todos=notices,
            reminder=todos.digest(self.request.user, timezone.localdate()).text,
            previous=state.previous,
            ranking_url=self.list_links()["ranking"],
            may_screen=access.may_screen(self.request.user, self.campaign.organiser),
            may_start=self.request.user.holds(Role.EDITOR, self.campaign.organiser),
            **kwargs,
        )


class UnitPage(StandingsPage):
    """One unit: its figures, its gaps, what is needed a week, its place and why."""

    template_name = "reports/unit.html"

    def get_context_data(self, **kwargs):
        """Line up the unit's cards and the making of its score."""
        state, unit_id = self.standings, self.kwargs["unit_pk"]
        if unit_id not in state.scores:
            raise Http404("not on the roster")
        score = state.scores[unit_id]
        texts = ranking.score_texts(state)
        path = state.paths[unit_id]
        own = Unit(pk=unit_id, path=path) if path.startswith(self.request.user.paths(*BUSINESS_ROLES)) else None
        return super().get_context_data(
            title=_("%(unit)s 的进度") % {"unit": score.unit},
            unit_id=unit_id,
            score=score,
            score_text=texts[unit_id],
            rank_text=overview.rank_text(score.rank, score.tied),
            group_size=len(state.groups[score.group]),
            group_label=ranking.group_label(score.group),
            move=ranking.move_of(score),
            previous=state.previous,
            next_place=overview.next_place(state, unit_id),
            parts=overview.score_parts(state, unit_id),
            campaign_scheme=state.scheme,
            kpis=[overview.kpi(state, line, self.rows_url(line)) for line in state.of_unit(unit_id)],
            beside=[self.beside(line) for line in state.of_unit(unit_id)],
            stages=unit_plan.stage_rows(state, unit_id),
            people=unit_plan.person_table(state, unit_id) if own is not None else ((), [], None),
            industries=list(industry_rows(state, industry_lines(state, [unit_id]))),
            time_progress=percent_text(state.time_progress),
            score_trace=ranking.score_trace(state),
            is_own=own is not None,
            **self.pipeline(own),
            away=list(leaders.postings(self.request.user, self.as_of, delegation__unit__path__startswith=own.path))
            if own is not None
            else (),
            may_share_out=own is not None and access.may_promise(self.request.user, own),
            can_enter=own is not None and access.may(self.request.user, "projects:entry", "GET"),
            **kwargs,
        )
