"""A scheme tried on, and what a unit's score is made of (考核得分说明), to read, to print and as a workbook."""

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import links
from campaigns.explaining import compared, explanation
from campaigns.models import Scheme
from campaigns.pages import CampaignPage
from campaigns.self_scores import given_themselves, sheets_of
from campaigns.standings import standings
from campaigns.views.schemes import SchemePage
from units.models import Role
from units.sheets import workbook_response

SHEETS = 3  # of the unit's self-assessments, the newest
SCORE_HEADS = (
    gettext_lazy("编号"),
    gettext_lazy("项目"),
    gettext_lazy("类别"),
    gettext_lazy("条款"),
    gettext_lazy("取数"),
    gettext_lazy("算法"),
    gettext_lazy("过程"),
    gettext_lazy("自评分"),
    gettext_lazy("考核分"),
    gettext_lazy("考核分减自评分"),
)


class SchemeTry(SchemePage, CampaignPage, TemplateView):
    """The scheme worked out on a campaign and a day, beside what holds there: nothing is kept."""

    template_name = "campaigns/scheme_try.html"
    here = gettext_lazy("试算")

    @cached_property
    def campaign(self):
        """The campaign of ?campaign=, else the one whose rules they are."""
        asked = self.request.GET.get("campaign") or self.scheme.campaign_id
        for campaign in self.campaigns:
            if str(campaign.pk) == str(asked):
                return campaign
        raise Http404("no such campaign for this user")

    def get_context_data(self, **kwargs):
        """Add both tables, lined up."""
        has_rows = self.scheme.row_count > 0
        tried = standings(self.campaign, self.as_of, tried=self.scheme.pk) if has_rows else None
        return super().get_context_data(
            title=self.get_title(),
            groups=compared(self.standings, tried) if tried and tried.results else [],
            **kwargs,
        )


class ScorePage(CampaignPage, TemplateView):
    """What one unit's score is made of (考核得分说明), for the unit to check and to print."""

    template_name = "campaigns/score.html"

    def links_of(self, state):
        """Return where what was read opens: the rows behind an indicator's figure."""
        by_key = {f"indicator-{column.indicator_id}": column for column in state.columns}

        def url_for(key):
            column = by_key.get(key)
            if column is None:
                return ""
            basis = self.basis or column.basis
            return links.rows_url(self.campaign.pk, column.line_id, self.kwargs["unit_pk"], basis, self.as_of)

        return url_for

    @cached_property
    def tried(self):
        """The scheme of ?scheme=, which its editor tries on; None for the one in force."""
        asked = self.request.GET.get("scheme", "")
        if not asked.isdigit() or len(asked) > 18:
            return None
        scheme = Scheme.objects.visible_to(self.request.user).for_list().filter(pk=asked).first()
        may = scheme is not None and self.request.user.holds(Role.EDITOR, scheme.campaign.organiser)
        return scheme if may else None

    @cached_property
    def standings(self):
        """The standings of the day by the rules in force, or by those that are tried."""
        tried = self.tried.pk if self.tried else None
        own = given_themselves(self.sheets, self.as_of)
        return standings(self.campaign, self.as_of, basis=self.basis, tried=tried, self_scores=own)

    @cached_property
    def sheets(self):
        """The unit's self-assessments in the campaign that the user may see."""
        return sheets_of(self.campaign.pk, self.kwargs["unit_pk"], self.request.user)

    @cached_property
    def told(self):
        """The explanation; None where no scheme scores the day."""
        state, unit_id = self.standings, self.kwargs["unit_pk"]
        if unit_id not in state.scores:
            raise Http404("not on the roster")
        result = state.results.get(unit_id)
        return explanation(result, self.links_of(state)) if result else None

    def get(self, request, *args, **kwargs):
        """Show the page, or the same rows as a workbook."""
        if request.GET.get("export") and self.told:
            return self.workbook()
        return super().get(request, *args, **kwargs)

    def workbook(self):
        """Return the rows as a workbook, the score last."""
        told = self.told
        rows = [
            [line.code, line.label, line.kind, line.clause, line.read, line.formula or line.note,
             told_steps(line.steps), line.self_score, line.points, line.difference]
            for line in told.lines
        ]  # fmt: skip
        total = ["", _("总分"), "", "", "", "", told_steps(told.steps)]
        rows.append([*total, told.self_score, told.score, told.difference])
        return workbook_response(
            "score", _("%(unit)s 考核得分说明") % {"unit": told.unit}, [[*map(str, SCORE_HEADS)], *rows]
        )

    def get_context_data(self, **kwargs):
        """Add the explanation; a campaign without a scheme says how its score comes about."""
        state, unit_id, told = self.standings, self.kwargs["unit_pk"], self.told
        query = self.request.GET.copy()
        query["export"] = "xlsx"
        return super().get_context_data(
            title=_("%(unit)s 考核得分说明") % {"unit": state.scores[unit_id].unit},
            told=told,
            export_url=f"?{query.urlencode()}",
            sheets=self.sheets[:SHEETS],
            held=state.scheme,
            is_tried=self.tried is not None,
            unit_url=links.unit_url(self.campaign.pk, unit_id, self.basis, self.as_of),
            **kwargs,
        )


def told_steps(steps):
    """Return values in between as one text."""
    return "；".join(f"{label}：{text}" for label, text in steps)
