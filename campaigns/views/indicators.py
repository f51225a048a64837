"""Indicators: kept once for all campaigns."""

from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns import actions
from campaigns.filters import IndicatorFilter
from campaigns.forms import IndicatorChange as IndicatorChangeForm
from campaigns.forms import IndicatorForm
from campaigns.models import Indicator
from campaigns.tables import IndicatorTable
from units import audit
from units.lists import ListPage
from units.pages import ActionView

LIST = reverse_lazy("campaigns:indicator_list")


class IndicatorList(ListPage):
    """All indicators."""

    model, table_class, filterset_class = Indicator, IndicatorTable, IndicatorFilter
    title = _("指标")
    sub = _("所有战役共用一套指标；同名同计量的只有一个。")
    empty_text = _("还没有指标")
    actions = (
        (_("新建指标"), "campaigns:indicator_create", "plus"),
        (_("常用比率"), "projects:ratio_list", "target"),
    )
    export_name = "indicators"

    def get_context_data(self, **kwargs):
        """Say what comes after."""
        return super().get_context_data(empty_hint=_("新建后即可在战役的考核指标中选用"), **kwargs)


class IndicatorCreate(ActionView):
    """A new indicator."""

    form_class = IndicatorForm
    template_name = "campaigns/campaign_form.html"
    title = _("新建指标")
    lead = _("填报的指标由单位填数；台账事实的指标还要在“口径”中说明哪些事实计入。")
    cancel_url = LIST
    success_message = _("指标已新建，可在战役的考核指标中选用")

    def get_context_data(self, **kwargs):
        """Add where one is."""
        return super().get_context_data(crumbs=[(_("指标"), LIST)], here=self.title, **kwargs)

    def perform(self, form):
        """Add it."""
        facts = {name: value for name, value in form.cleaned_data.items() if name != "measure"}
        actions.create_indicator(**facts, by=self.request.user)
        return reverse("campaigns:indicator_list")


class IndicatorChange(ActionView):
    """Name and whole of an indicator; what it counts and where its figures come from stay."""

    form_class = IndicatorChangeForm
    template_name = "campaigns/indicator_form.html"
    cancel_url = LIST
    success_message = _("指标已更正")

    @cached_property
    def indicator(self):
        """The indicator, if the user may change it."""
        return get_object_or_404(Indicator.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_title(self):
        """Name it."""
        return f"{_('指标')}：{self.indicator}（{self.indicator.measure_word}）"

    def get_form_kwargs(self):
        """Give the form its indicator."""
        return {**super().get_form_kwargs(), "indicator": self.indicator}

    def get_initial(self):
        """Show what is saved."""
        return {"name": self.indicator.name, "part_of": self.indicator.part_of_id}

    def get_context_data(self, **kwargs):
        """Add where one is, what stays, and the history."""
        return super().get_context_data(
            crumbs=[(_("指标"), LIST)],
            here=self.indicator.name,
            indicator=self.indicator,
            history=audit.history(self.indicator),
            **kwargs,
        )

    def perform(self, form):
        """Change it."""
        actions.change_indicator(indicator=self.indicator, by=self.request.user, **form.cleaned_data)
        return reverse("campaigns:indicator_list")
