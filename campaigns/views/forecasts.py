"""What figures will have come to at a campaign's end: reckoned by the clock, or said by somebody (R39)."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions, links, ranking
from campaigns.forecast_forms import ForecastForm
from campaigns.models import Forecast
from campaigns.numbers import amount_text, percent_text
from campaigns.pages import CampaignPage
from campaigns.views.setup import SetUpForm
from units.models import Role
from units.pages import ActionView

SHOWN = 20  # sayings of an indicator, the newest


def list_url(campaign, line_id=None):
    """Return the page with the expectations of a campaign, on an indicator."""
    page = reverse("campaigns:forecast_list", args=[campaign.pk])
    return f"{page}?line={line_id}" if line_id else page


class ForecastList(CampaignPage, TemplateView):
    """What each unit and the organiser will have reached at the end, on the indicator of ?line=."""

    template_name = "campaigns/forecast_list.html"

    @cached_property
    def column(self):
        """The indicator asked for, else the first that somebody owes; None without any."""
        columns = self.standings.columns
        asked = next((row for row in columns if str(row.line_id) == self.request.GET.get("line", "")), None)
        return asked or next((row for row in columns if row.has_quota), None) or next(iter(columns), None)

    def address(self, **changes):
        """Return the address of this page with something changed."""
        asked = {name: self.request.GET.get(name, "") for name in ("as_of", "basis", "line")}
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})

    def row(self, line):
        """Print one unit's figure and what it will come to."""
        unit_id = "" if line.is_total else line.unit_id
        query = urlencode({"line": line.column.line_id, "unit": line.unit_id})
        return {
            "unit": line.unit,
            "unit_url": "" if line.is_total else links.unit_url(
                self.campaign.pk, line.unit_id, self.basis, self.as_of
            ),
            "is_total": line.is_total,
            "target": ranking.amount(line, line.target),
            "done": _("未报") if line.done is None else ranking.amount(line, line.done),
            "url": links.rows_url(self.campaign.pk, line.column.line_id, unit_id, line.basis, self.as_of),
            "percent": percent_text(line.completion),
            "outlook": self.outlook_row(line),
            "say_url": f"{reverse('campaigns:forecast_create', args=[self.campaign.pk])}?{query}",
        }  # fmt: skip

    def said(self):
        """Return what was said of the indicator by the day, the newest first: (forecast, amount in words)."""
        rows = Forecast.objects.known(self.campaign, self.as_of).filter(line=self.column.line_id)
        return [
            (row, _("撤回") if row.amount is None else amount_text(row.amount, self.column.measure, space=True))
            for row in rows.select_related("unit", "recorded_by")[:SHOWN]
        ]

    def get_context_data(self, **kwargs):
        """Line up the rows of the indicator."""
        state, column = self.standings, self.column
        lines = [state.totals[column.line_id], *state.of_column(column.line_id)] if column else []
        return super().get_context_data(
            title=f"{self.campaign} · {_('期末预计')}",
            column=column,
            rows=[self.row(line) for line in lines],
            said=self.said() if column else [],
            tabs=[
                {"label": row.name, "url": self.address(line=row.line_id), "active": row == column}
                for row in state.columns
            ],
            time_progress=percent_text(state.time_progress),
            may_say=self.request.user.holds(Role.EDITOR, self.campaign.organiser),
            **kwargs,
        )


class ForecastCreate(SetUpForm):
    """What somebody expects of a unit on an indicator at the end."""

    form_class = ForecastForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("填写期末预计")
    lead = gettext_lazy("填了预计的，页面显示预计数、谁说的和日期；不填数保存即撤回，改回按进度推算。")
    success_message = gettext_lazy("期末预计已登记")
    show_conflict = ActionView.show_conflict

    def get_initial(self):
        """Offer what the address names, and today within the campaign."""
        asked = {name: self.request.GET.get(name, "") for name in ("line", "unit")}
        return asked | {"on": self.campaign.default_day(timezone.localdate())}

    def get_cancel_url(self):
        """Lead back to the expectations."""
        line_id = self.request.GET.get("line", "")
        return list_url(self.campaign, line_id if line_id.isdigit() else None)

    def perform(self, form):
        """Write it down."""
        data = form.cleaned_data
        actions.say_forecast(by=self.request.user, today=timezone.localdate(), **data)
        return list_url(self.campaign, data["line"].pk)
