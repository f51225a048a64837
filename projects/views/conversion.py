"""What came of meeting companies: conversions by team and by unit."""

from datetime import date

from django.contrib import messages
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from projects import conversion_page
from projects.views.attendance import day_asked
from projects.views.companies import number
from units.sheets import workbook_response

LONGEST = 36  # months one may look ahead


class ConversionTable(TemplateView):
    """Companies met, leads, contracts and funds within some months, by team or unit."""

    template_name = "projects/conversion.html"

    @cached_property
    def asked(self):
        """What the address asks for: this year's meetings by team, six months, as of today."""
        query, today = self.request.GET, timezone.localdate()
        as_of = min(day_asked(query.get("as_of"), today), today)
        since = day_asked(query.get("since"), date(as_of.year, 1, 1))
        until = day_asked(query.get("until"), as_of)
        return {
            "by": query.get("by") if query.get("by") in dict(conversion_page.WAYS) else conversion_page.TEAM,
            "since": min(since, until), "until": max(since, until), "months": self.months, "as_of": as_of,
        }  # fmt: skip

    @property
    def months(self):
        """The months asked for; says so where they cannot be meant."""
        asked = self.request.GET.get("months", "")
        months = number(asked)
        if months is not None and 1 <= months <= LONGEST:
            return months
        if asked:
            messages.warning(self.request, _("观察期须为 1 至 %d 个月，已按 6 个月显示。") % LONGEST)
        return conversion_page.MONTHS

    @cached_property
    def table(self):
        """The lines."""
        return conversion_page.table(self.request.user, **self.asked)

    def get(self, request, *args, **kwargs):
        """Answer with the page, or with the same table as a workbook."""
        if request.GET.get("export") != "xlsx":
            return super().get(request, *args, **kwargs)
        return workbook_response("conversion", str(_("走访转化")), self.sheet())

    def sheet(self):
        """Return the rows of the workbook, each share in a column of its own."""
        heads = []
        for place, head in enumerate(conversion_page.HEADS):
            heads += [str(head), _("%s占比") % head] if place in conversion_page.SHARED else [str(head)]
        yield [str(_("名称")), *heads, str(_("说明"))]
        for line in (*self.table.lines, self.table.total):
            cells = []
            for place, cell in enumerate(line.cells):
                cells.append(int(cell.text) if cell.text.isdigit() else cell.text)
                cells += [cell.share] if place in conversion_page.SHARED else []
            yield [line.name, *cells, line.note]

    def picked(self):
        """Return (name, step, companies) of the figure that was opened; nothing where none was."""
        query = self.request.GET
        line = self.table.line(query.get("pick", ""))
        step = query.get("step", "0")
        if line is None or step not in {"0", "1", "2", "3", "new"}:
            return {"picked": None}
        name = _("新面孔") if step == "new" else conversion_page.STEPS[int(step)]
        companies = conversion_page.companies_of(line.found, step, self.request.user)
        return {"picked": line, "picked_step": name, "companies": companies}

    def get_context_data(self, **kwargs):
        """Add the table, the companies of the figure that was opened, and what may be asked instead."""
        query = self.request.GET.copy()
        for name in ("pick", "step"):
            query.pop(name, None)
        ways = []
        for way, label in conversion_page.WAYS:
            query["by"] = way
            ways.append((label, f"?{query.urlencode()}", way == self.asked["by"]))
        query["by"], query["export"] = self.asked["by"], "xlsx"
        within = sorted({*conversion_page.WITHIN, self.asked["months"]})
        return super().get_context_data(
            title=_("走访转化"),
            **self.asked,
            ways=ways,
            within=within,
            table=self.table,
            heads=conversion_page.HEADS,
            **self.picked(),
            export_url=f"?{query.urlencode()}",
            **kwargs,
        )
