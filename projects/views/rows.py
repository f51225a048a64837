"""The drill-down page: a figure and the entries it is the sum of."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Basis
from campaigns.numbers import percent_text
from campaigns.pages import CampaignPage
from campaigns.yearly import is_summed
from projects.rows import OFF, Drill
from units.access import may
from units.lists import workbook_response

PER_PAGE = 50


class Rows(CampaignPage, TemplateView):
    """One figure of a campaign (?line=, ?unit=, ?basis=, ?as_of=) with its entries; ?year=before a year earlier.

    ?since= opens what was added from that day on.
    """

    template_name = "projects/rows.html"

    @cached_property
    def column(self):
        """The indicator asked for, else the first; 404 where the campaign has no such line."""
        wanted = self.request.GET.get("line", "")
        for column in self.standings.columns:
            if wanted in {"", str(column.line_id)}:
                return column
        raise Http404("no such line in this campaign")

    @cached_property
    def unit(self):
        """The roster unit asked for; None for the organiser, OFF for what is off the roster; 404 for others."""
        wanted = self.request.GET.get("unit", "")
        if wanted in {"", str(self.campaign.organiser_id)} and wanted not in map(str, self.standings.scores):
            return None
        if wanted == OFF and not self.column.is_level:
            return OFF
        for unit_id in self.standings.scores:
            if str(unit_id) == wanted:
                return unit_id
        raise Http404("no such unit on the roster")

    @cached_property
    def drill(self):
        """The figure and its entries."""
        asked = {"last_year": self.last_year, "since": self.since}
        return Drill(self.standings, self.column, self.unit, self.request.user, **asked)

    @property
    def last_year(self):
        """Whether ?year=before asks for the same days a year earlier; only what is added up has such a figure."""
        return self.request.GET.get("year") == "before" and is_summed(self.column) and self.unit != OFF

    @cached_property
    def since(self):
        """The day of ?since=, of what is added up; None for the whole of the campaign to the day."""
        if not is_summed(self.column) or self.last_year:
            return None
        return self.day_asked("since", None, self.as_of)

    def get(self, request, *args, **kwargs):
        """Answer with the page, or with a workbook of all its rows."""
        if request.GET.get("export") == "xlsx":
            return workbook_response("rows", self.column.name, self.drill.sheet())
        return super().get(request, *args, **kwargs)

    def address(self, **changes):
        """Return the address of this page with some parameters changed."""
        unit = "" if self.unit is None else self.unit
        year = {"year": "before"} if self.last_year else {}
        year |= {"since": self.since.isoformat()} if self.since else {}
        here = year | {
            "line": self.column.line_id,
            "unit": unit,
            "basis": self.basis or "",
            "as_of": self.as_of.isoformat(),
        }
        return f"{reverse('projects:rows', args=[self.campaign.pk])}?{urlencode(here | changes)}"

    def get_context_data(self, **kwargs):
        """Add the figure, a page of its entries, the other units' sums, and what may be chosen."""
        drill = self.drill
        page = Paginator(range(drill.own_count), PER_PAGE).get_page(self.request.GET.get("page"))
        start = (page.number - 1) * PER_PAGE
        rows = [] if self.column.ratio_of else drill.rows(start, start + PER_PAGE)
        return super().get_context_data(
            **{
                "title": f"{self.column.name} · {drill.unit_name}",
                "drill": drill,
                "column": self.column,
                "rows": rows,
                "page": page,
                "page_url": self.address(),
                "export_url": self.address(export="xlsx"),
                "entry_url": reverse("projects:entry") if may(self.request.user, "projects:entry", "GET") else "",
                "total": drill.told(drill.total) if drill.total is not None else _("未填报"),
                "own_total": drill.told(drill.own_sum),
                "basis_name": Basis(drill.basis).label,
                "basis_links": [(name, self.address(basis=key), key == drill.basis) for key, name in Basis.choices],
                "facts": self.facts(drill.line),
                "last_year": self.last_year,
                "since": self.since,
                "other_year": self.other_year(),
                "parts": self.parts(),
                "columns": self.standings.columns,
                "units": [(str(row.unit_id), row.unit) for row in self.standings.scores.values()],
                "unit_value": "" if self.unit is None else str(self.unit),
                "organiser": self.campaign.organiser.name,
                "has_off_roster": not self.column.is_level and self.column.line_id in self.standings.off_roster,
                **kwargs,
            }
        )

    def other_year(self):
        """Return the address of the same figure in the other year; "" where it has none."""
        if not is_summed(self.column) or self.unit == OFF:
            return ""
        return self.address(year="" if self.last_year else "before", since="")

    def facts(self, line):
        """Return (label, text) of what stands beside the figure."""
        if line is None:
            return []
        if self.last_year:
            days = f"{self.drill.first.isoformat()} 至 {self.drill.last.isoformat()}"
            now = _("未填报") if line.done is None else self.drill.told(line.done)
            return [(_("去年同样的日子"), days), (_("今年"), now)]
        if self.since:
            days = f"{self.drill.first.isoformat()} 至 {self.drill.last.isoformat()}"
            whole = _("未填报") if line.done is None else self.drill.told(line.done)
            return [(_("本期"), days), (_("累计"), whole)]
        found = [(_("目标"), self.drill.told(line.target)), (_("完成率"), percent_text(line.completion))]
        if line.gap:
            found.append((_("还差"), self.drill.told(line.gap)))
        return found

    def parts(self):
        """Return (name, address) of the two figures a ratio is made of, where the campaign has them."""
        wanted = self.column.ratio_of or ()
        return [
            (row.name, self.address(line=row.line_id)) for row in self.standings.columns if row.indicator_id in wanted
        ]
