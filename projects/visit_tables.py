"""Tables of visits, companies and events."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects.models import Company, Event, Visit
from projects.recognition import TONES
from units.tables import HIDE, NUMBER, pill


class VisitTable(tables.Table):
    """Visits, with how often the unit has met the company."""

    company = tables.Column(
        verbose_name=_("企业"), order_by=("company__name", "pk"), attrs={"td": {"class": "zs-two"}}
    )
    direction = tables.Column(verbose_name=_("方向"), order_by=("direction", "pk"))
    on = tables.DateColumn(verbose_name=_("日期"), format="Y-m-d", order_by=("on", "pk"))
    unit = tables.Column(verbose_name=_("单位"), order_by=("unit__path", "pk"))
    place = tables.Column(verbose_name=_("地点"), default="", orderable=False, attrs=HIDE)
    heads = tables.Column(verbose_name=_("人数"), attrs=NUMBER, order_by=("heads", "pk"))
    led_by_top = tables.Column(verbose_name=_("主要领导带队"), orderable=False, attrs=HIDE)
    met = tables.Column(verbose_name=_("会面"), empty_values=(), orderable=False)
    recognition = tables.Column(verbose_name=_("认定"), order_by=("recognition", "pk"))
    # --- shown where they are chosen
    note = tables.Column(verbose_name=_("洽谈情况"), orderable=False, visible=False, default="—")
    recorded_by = tables.Column(verbose_name=_("填报人"), order_by=("recorded_by__name", "pk"), visible=False)

    class Meta:
        model = Visit
        fields = (
            "company", "direction", "on", "unit", "place", "heads", "led_by_top", "met", "recognition",
            "note", "recorded_by",
        )  # fmt: skip

    def render_company(self, record):
        """Link the company's name to the visit, above the project."""
        return format_html(
            '<a href="{}">{}</a><small>{}</small>',
            record.get_absolute_url(),
            record.company,
            self.project_name(record),
        )

    def project_name(self, record):
        """Write the project's name, unless it went to units whose records the user may not see."""
        return record.project.name if record.shows_project else ""

    def render_heads(self, value):
        """Print a whole number."""
        return plain(value)

    def render_led_by_top(self, value):
        """Say yes, or nothing."""
        return _("是") if value else ""

    def render_met(self, record):
        """Say which of how many meetings of the unit with the company it is."""
        if record.is_withdrawn:
            return "—"
        return _("第 %(n)s 次 / 共 %(m)s 次") % {"n": record.nth_met, "m": record.times_met}

    def render_recognition(self, record):
        """Show the state as a pill."""
        tone = "muted" if record.is_withdrawn else TONES[record.recognition]
        return pill(tone, self.value_recognition(record))

    def value_recognition(self, record):
        """Write the state."""
        return str(_("已撤回") if record.is_withdrawn else record.get_recognition_display())


class CompanyTable(tables.Table):
    """Companies; the phone number keeps its middle hidden, on the page and in a spreadsheet."""

    name = tables.Column(verbose_name=_("企业名称"), linkify=True, order_by=("name", "pk"))
    origin = tables.Column(verbose_name=_("资金来源"), order_by=("origin", "pk"))
    place = tables.Column(verbose_name=_("所在地"), default="—", order_by=("place", "pk"))
    contact = tables.Column(verbose_name=_("联系人"), default="—", orderable=False)
    phone = tables.Column(verbose_name=_("联系电话"), accessor="masked_phone", default="—", orderable=False)
    project_count = tables.Column(verbose_name=_("项目"), attrs=NUMBER, order_by=("project_count", "pk"))
    visit_count = tables.Column(verbose_name=_("走访来访"), attrs=NUMBER, order_by=("visit_count", "pk"))
    # --- shown where they are chosen
    credit_code = tables.Column(
        verbose_name=_("统一社会信用代码"), order_by=("credit_code", "pk"), visible=False, default="—"
    )
    entered_for = tables.Column(verbose_name=_("登记单位"), order_by=("entered_for__path", "pk"), visible=False)

    class Meta:
        model = Company
        fields = (
            "name", "origin", "place", "contact", "phone", "project_count", "visit_count", "credit_code",
            "entered_for",
        )  # fmt: skip


class EventTable(tables.Table):
    """Fairs and signing events."""

    name = tables.Column(verbose_name=_("活动名称"), linkify=True, order_by=("name", "pk"))
    on = tables.DateColumn(verbose_name=_("日期"), format="Y-m-d", order_by=("on", "pk"))
    level = tables.Column(verbose_name=_("级别"), order_by=("level", "pk"))
    place = tables.Column(verbose_name=_("地点"), default="—", order_by=("place", "pk"))
    published = tables.Column(verbose_name=_("发布项目"), default="—", attrs=NUMBER, order_by=("published", "pk"))
    leaflets = tables.Column(verbose_name=_("发放资料"), default="—", attrs=NUMBER, order_by=("leaflets", "pk"))

    class Meta:
        model = Event
        fields = ("name", "on", "level", "place", "published", "leaflets")
