"""The list of campaigns."""

from django.utils.translation import gettext_lazy as _

from campaigns.filters import CampaignFilter
from campaigns.models import Campaign
from campaigns.tables import CampaignTable
from units.lists import ListPage


class CampaignList(ListPage):
    """Campaigns whose standings the user may see."""

    model, table_class, filterset_class = Campaign, CampaignTable, CampaignFilter
    title = _("战役")
    sub = _("有起止日期的专项行动或年度目标；参战单位都能看到名次。")
    empty_text = _("还没有您可以看到的战役")
    actions = ((_("新建战役"), "projects:start", "plus"),)
    export_name = "campaigns"

    def get_queryset(self):
        """Put rounds below their year; add the number of units."""
        return super().get_queryset().by_year().with_unit_count()

    def get_context_data(self, **kwargs):
        """Say what to do where there is none."""
        hint = _("编报员新建战役、列入参战单位后，各单位即可查看；应当看到而看不到的，请联系组织单位核对参战名单。")
        return super().get_context_data(empty_hint=hint, **kwargs)
