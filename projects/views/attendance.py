"""Who was away in a period."""

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.numbers import plain
from projects import outings
from projects.days import FIRST, LAST
from projects.views.companies import number
from units.models import Unit
from units.sheets import workbook_response


def day_asked(text, otherwise):
    """Read a day of an address; what cannot be meant is left out."""
    try:
        day = parse_date(text or "")
    except ValueError:  # a 31st of February
        day = None
    return day if day and FIRST <= day <= LAST else otherwise


class AttendanceTable(TemplateView):
    """The attendance of teams away: by unit, by team, by person."""

    template_name = "projects/attendance.html"

    @cached_property
    def asked(self):
        """What the address asks for: the period (this month), the way of grouping, the unit."""
        query, units = self.request.GET, Unit.objects.visible_to(self.request.user)
        since, until = outings.month_of(timezone.localdate())
        since, until = day_asked(query.get("since"), since), day_asked(query.get("until"), until)
        by = query.get("by") if query.get("by") in dict(outings.WAYS) else outings.UNIT
        pk = number(query.get("unit"))
        return {
            "since": min(since, until), "until": max(since, until), "by": by,
            "unit": units.filter(pk=pk).first() if pk else None,
        }  # fmt: skip

    def get(self, request, *args, **kwargs):
        """Answer with the page, or with the same table as a workbook."""
        if request.GET.get("export") != "xlsx":
            return super().get(request, *args, **kwargs)
        return workbook_response("attendance", str(_("外出出勤")), self.sheet())

    @cached_property
    def table(self):
        """The lines."""
        return outings.attendance(self.request.user, **self.asked)

    def sheet(self):
        """Return the rows of the workbook."""
        yield [str(_("序号")), str(_("名称")), str(_("单位")), *(str(head) for head in outings.HEADS)]
        for place, line in enumerate(self.table.lines, 1):
            yield [place, line.name, line.note, *line.sheet_cells]
        yield ["", self.table.total.name, "", *self.table.total.sheet_cells]

    def picked(self):
        """Return the line that was opened and its trips, the latest first; nothing where none was."""
        line = self.table.line(self.request.GET.get("pick", ""))
        if line is None:
            return {"picked": None}
        trips = sorted(line.rows, key=lambda trip: (trip.starts_on, trip.pk), reverse=True)
        return {"picked": line, "trips": [(trip, plain(trip.heads)) for trip in trips]}

    def get_context_data(self, **kwargs):
        """Add the table and what may be asked instead."""
        query = self.request.GET.copy()
        query.pop("pick", None)
        links = []
        for way, label in outings.WAYS:
            query["by"] = way
            links.append((label, f"?{query.urlencode()}", way == self.asked["by"]))
        query["by"] = self.asked["by"]
        open_url, query["export"] = f"?{query.urlencode()}", "xlsx"
        return super().get_context_data(
            title=_("外出出勤"),
            **self.asked,
            ways=links,
            table=self.table,
            heads=outings.HEADS,
            units=Unit.objects.visible_to(self.request.user).order_by("path"),
            export_url=f"?{query.urlencode()}",
            open_url=open_url,
            **self.picked(),
            **kwargs,
        )
