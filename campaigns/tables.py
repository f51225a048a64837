"""Tables of the campaigns room."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Indicator
from units.models import Role
from units.tables import NUMBER, pill

STATES = {"running": (_("进行中"), "ok"), "over": (_("已结束"), "muted"), "ahead": (_("未开始"), "info")}


class CampaignTable(tables.Table):
    """Campaigns with their dates and state, and where one goes from there."""

    name = tables.Column(verbose_name=_("战役"), linkify=True, attrs={"td": {"class": "zs-two"}})
    state = tables.Column(verbose_name=_("状态"), accessor="starts_on", order_by=("starts_on", "pk"))
    days = tables.Column(verbose_name=_("起止"), accessor="starts_on", orderable=False)
    day = tables.Column(verbose_name=_("进程"), accessor="starts_on", orderable=False)
    clock = tables.Column(verbose_name=_("时序"))
    organiser = tables.Column(verbose_name=_("组织单位"), order_by="organiser__name")
    units = tables.Column(verbose_name=_("参战单位"), accessor="unit_count", attrs=NUMBER)
    links = tables.Column(verbose_name=_("查看"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta:
        model = Campaign
        fields = ("name", "state", "days", "day", "clock", "organiser", "units", "links")

    def state_of(self, record):
        """Return running, over or ahead, as of today."""
        today = timezone.localdate()
        if today < record.starts_on:
            return "ahead"
        return "over" if today > record.ends_on else "running"

    def render_name(self, record):
        """Name the year below a round."""
        if record.year is None:
            return record.name
        return format_html("└ {}<small>{}</small>", record.name, _("属于 %s") % record.year)

    def value_name(self, record):
        """Name it alone in a sheet."""
        return record.name

    def value_state(self, record):
        """Say the state."""
        return str(STATES[self.state_of(record)][0])

    def render_state(self, record):
        """Show the state as a pill."""
        label, tone = STATES[self.state_of(record)]
        return pill(tone, label)

    def render_days(self, record):
        """Show the first and the last day."""
        return f"{record.starts_on.isoformat()} 至 {record.ends_on.isoformat()}"

    def render_day(self, record):
        """Say which day of how many it is."""
        day = record.day_number(timezone.localdate())
        return _("第 %(n)s 天 / 共 %(m)s 天") % {"n": day, "m": record.days}

    def render_links(self, record):
        """Lead to overview and ranking; an editor of the organiser also to the set-up."""
        may_set_up = self.request.user.holds(Role.EDITOR, record.organiser)
        context = {"record": record, "may_set_up": may_set_up}
        return render_to_string("campaigns/_campaign_links.html", context)


class IndicatorTable(tables.Table):
    """Indicators and what feeds them."""

    name = tables.Column(verbose_name=_("指标"), linkify=("campaigns:indicator_change", {"pk": tables.A("pk")}))
    dimension = tables.Column(verbose_name=_("计量"), accessor="measure_word", order_by="dimension")
    kind = tables.Column(verbose_name=_("类型"))
    fed_by = tables.Column(verbose_name=_("来源"))
    part_of = tables.Column(verbose_name=_("其中项，属于"), default="—", order_by="part_of__name")
    campaigns = tables.Column(verbose_name=_("用于战役"), accessor="campaign_count", attrs=NUMBER)

    class Meta:
        model = Indicator
        fields = ("name", "dimension", "kind", "fed_by", "part_of", "campaigns")
