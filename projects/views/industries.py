"""Targets by industry: set apart below a unit's target, and who is how far in each (R40)."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.models import IndustryTarget, Target
from campaigns.numbers import percent_text
from campaigns.pages import CampaignPage
from campaigns.views.targets import PartsPage, TargetStages, targets_url
from projects.industries import industry_lines, industry_rows
from projects.industry_forms import IndustriesForm
from units.models import Role


class TargetIndustries(PartsPage):
    """How much of a unit's targets is owed in which industries, in the draft."""

    form_class = IndustriesForm
    here = _("产业目标")
    lead = _(
        "按三次产业或产业链设目标，不必加起来等于单位的任务；完成数按项目所属产业从台账计。填报的指标没有产业，不在此列。"
    )
    success_message = _("产业目标已保存为草稿")
    unit = TargetStages.unit

    @cached_property
    def held(self):
        """The industry targets of the working version."""
        targets = Target.objects.working(self.campaign).filter(unit=self.unit)
        rows = IndustryTarget.objects.filter(target__in=targets).values_list("target__line", "industry", "amount")
        return {(line, industry): amount for line, industry, amount in rows}

    def get_context_data(self, **kwargs):
        """Say why there may be nothing to set apart."""
        empty = {"empty_text": _("该单位没有由台账事实计数的目标"), "empty_hint": _("先在目标任务表中填写")}
        return super().get_context_data(**empty, **kwargs)

    def get_cancel_url(self):
        """Lead back to the grid."""
        return targets_url(self.campaign)

    def perform(self, form):
        """Replace them."""
        data = form.cleaned_data
        actions.set_industry_targets(
            campaign=self.campaign,
            unit=self.unit,
            targets=data["parts"],
            version=data["version"],
            by=self.request.user,
        )
        return self.request.path


class IndustryList(CampaignPage, TemplateView):
    """Who is how far in which industry, by indicator."""

    template_name = "projects/industry_list.html"

    def get_context_data(self, **kwargs):
        """Line up the industries of every unit that owes some."""
        state = self.standings
        return super().get_context_data(
            title=_("%(name)s 产业目标") % {"name": self.campaign.name},
            rows=list(industry_rows(state, industry_lines(state))),
            time_progress=percent_text(state.time_progress),
            may_set=self.request.user.holds(Role.EDITOR, self.campaign.organiser),
            **kwargs,
        )
