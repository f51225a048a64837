"""The chain signed → filed → arrived → built over many projects, and every flag they raise."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import chain, flags
from projects.models import Project, Threshold
from projects.project_filters import ProjectFilter
from projects.views.schedule import AsOf
from units.lists import workbook_response

FIRST = ("stage", "sector", "unit", "origin")  # filters in the bar; the others stand behind "more"
SHOWN = 20  # projects listed under a flag; the list of projects has them all


class ChainPage(TemplateView):
    """The four sums of the projects that a filter leaves, unit by unit and in total."""

    template_name = "projects/chain.html"

    def get_context_data(self, **kwargs):
        """Add the lines, each with the address of its projects: two queries for the figures."""
        user = self.request.user
        found = ProjectFilter(self.request.GET or None, Project.objects.visible_to(user), request=self.request)
        found.today = timezone.localdate()
        rows = chain.lines(found.qs)
        query = {name: kept for name, values in self.request.GET.lists() if (kept := [v for v in values if v])}
        return super().get_context_data(
            title=_("项目链条"),
            filter=found,
            filter_first=[found.form[name] for name in FIRST],
            filter_more=[row for row in found.form.visible_fields() if row.name not in (*FIRST, "q")],
            lines=[(row, chain.links(row.chain, row.counts), list_url(query, row.unit_id)) for row in rows],
            links=chain.links(chain.total(rows).chain, chain.total(rows).counts),
            total=chain.total(rows),
            list_url=list_url(query),
            is_filtered=bool(query),
            export_url=f"?{urlencode({**query, 'export': ['xlsx']}, doseq=True)}",
            rows=rows,
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a workbook of its lines."""
        if self.request.GET.get("export") == "xlsx":
            return workbook_response("chain", str(context["title"]), chain.sheet(context["rows"]))
        return super().render_to_response(context, **kwargs)


def list_url(query, unit_id=None):
    """Return the address of the list of projects under the same filter."""
    kept = {name: value for name, value in query.items() if name != "export"}
    if unit_id:
        kept["unit"] = unit_id
    return f"{reverse('projects:project_list')}?{urlencode(kept, doseq=True)}"


class FlagList(AsOf, TemplateView):
    """Every flag that projects of the user's units raise, grouped by flag."""

    template_name = "projects/flag_list.html"

    def get_context_data(self, **kwargs):
        """Add the groups: each flag with its rule, how many projects raise it, and the first of them."""
        user = self.request.user
        projects = Project.objects.visible_to(user)
        found = flags.of_projects(projects, user, self.as_of)
        piles = flags.piles(found)
        shown = {pk for rows in piles.values() for pk, _raised in rows[:SHOWN]}
        named = Project.objects.for_list().in_bulk(shown)
        page = reverse("projects:project_list")
        return super().get_context_data(
            title=_("预警"),
            groups=[
                (flag, len(piles[flag.name]), [(named[pk], one) for pk, one in piles[flag.name][:SHOWN]],
                 f"{page}?{urlencode({'flag': flag.name})}")
                for flag in flags.FLAGS
            ],
            count=len(found),
            thresholds=flags.thresholds_text(Threshold.values()),
            as_of=self.as_of,
            **kwargs,
        )  # fmt: skip
