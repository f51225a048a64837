"""The funnel of a campaign: where its leads are lost, against another campaign."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.pages import CampaignPage
from campaigns.standings import standings
from projects.funnel import ORDER, funnel_of, leads_of
from projects.models import Project
from reports import charts, funnel

LISTED = 200  # projects listed below a figure


class FunnelPage(CampaignPage, TemplateView):
    """Leads by the furthest step they came to: all of them, by month and by unit; and the plain counts."""

    template_name = "reports/funnel.html"

    @cached_property
    def leads(self):
        """The cohort of the campaign."""
        return leads_of(self.campaign, self.as_of)

    @cached_property
    def other(self):
        """The campaign that is compared; None where none was asked for or it is not the user's to see."""
        asked = self.request.GET.get("against", "")
        return next((row for row in self.campaigns if str(row.pk) == asked and row != self.campaign), None)

    @cached_property
    def other_day(self):
        """The day of the other campaign as far from its start."""
        return funnel.same_day(self.campaign, self.as_of, self.other, self.today)

    @property
    def query(self):
        """What every link of the page keeps."""
        kept = {"as_of": self.as_of.isoformat()}
        return kept | ({"against": self.other.pk} if self.other else {})

    def pictures(self, whole, other):
        """Return the picture for a wide and for a narrow place."""
        steps = [(str(step.label), *told) for step, told in zip(ORDER, funnel.bars(whole), strict=True)]
        beside = funnel.bars(other) if other else ()
        names = (self.campaign.name, self.other.name if self.other else "")
        label = _("%(name)s线索漏斗") % {"name": self.campaign.name}
        return [charts.funnel(steps, beside, label=label, names=names, width=width) for width in (760, 340)]

    def opened(self):
        """Return the projects behind the figure that was opened: those the user may see, and how many more."""
        found = funnel.chosen(self.leads, self.standings, self.request.GET)
        keys = [lead.project_id for lead in found]
        seen = set(Project.objects.visible_to(self.request.user).filter(pk__in=keys).values_list("pk", flat=True))
        shown = [lead for lead in found if lead.project_id in seen]
        rows = [(lead, ORDER[lead.reached].label) for lead in shown[:LISTED]]
        return {"opened": rows, "opened_count": len(found), "hidden_count": len(found) - len(rows)}

    def get_context_data(self, **kwargs):
        """Line up the pictures, the tables and the projects of a figure."""
        whole = funnel_of(self.leads)
        other = funnel_of(leads_of(self.other, self.other_day)) if self.other else None
        counts = funnel.shape(self.standings, standings(self.other, self.other_day) if self.other else None)
        wide, narrow = self.pictures(whole, other)
        return super().get_context_data(
            title=_("%(name)s 线索漏斗") % {"name": self.campaign.name},
            steps=[step.label for step in ORDER],
            total=funnel.row(_("合计"), whole, self.query, other),
            months=funnel.by_month(self.leads, self.query),
            units=funnel.by_unit(self.leads, self.standings, self.query),
            narrowest=funnel.narrowest_text(whole),
            counts=counts,
            oddities=funnel.oddities(counts),
            other=self.other,
            other_day=self.other_day if self.other else None,
            wide=wide,
            narrow=narrow,
            **self.opened(),
            **kwargs,
        )
