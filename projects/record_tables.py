"""Tables of visits, companies and events."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition
from campaigns.numbers import plain
from projects.models import Company, Event, Visit
from projects.project_page import TONES
from projects.tables import NUMBER


class VisitTable(tables.Table):
    """Visits, each with how often the unit met the company."""

    company = tables.Column(
        verbose_name=_("企业 / 方向"), attrs={"td": {"class": "zs-two"}}, order_by="company__name"
    )
    on = tables.DateColumn(verbose_name=_("日期"), format="Y-m-d")
    unit = tables.Column(verbose_name=_("单位"), order_by="unit__path")
    place = tables.Column(verbose_name=_("地点"), default="—")
    heads = tables.Column(verbose_name=_("人数"), attrs=NUMBER)
    times_met = tables.Column(verbose_name=_("共见面"), attrs=NUMBER, default="—")
    project = tables.Column(verbose_name=_("有关项目"), default="—", order_by="project__name")
    recognition = tables.Column(verbose_name=_("认定情况"))

    class Meta:
        model = Visit
        fields = ("company", "on", "unit", "place", "heads", "times_met", "project", "recognition")

    def render_company(self, record):
        """Name the company, the direction below."""
        top = f" · {_('党政主要领导带队')}" if record.led_by_top else ""
        return format_html(
            '<a href="{}">{}</a><small>{}{}</small>',
            record.get_absolute_url(),
            record.company.name,
            record.get_direction_display(),
            top,
        )

    def value_company(self, record):
        """Name company and direction in one cell of a sheet."""
        return f"{record.company.name} / {record.get_direction_display()}"

    def render_project(self, record):
        """Name the project, unless it belongs to others by now."""
        return str(record.project) if record.shows_project else "—"

    def render_heads(self, value):
        """Print a plain number."""
        return plain(value)

    def render_times_met(self, value):
        """Say how often; repeat visits stand beside the count, they are no figure of the ledger."""
        return _("%d 次") % value

    def render_recognition(self, record):
        """Say what became of it, in colour and word."""
        if record.is_withdrawn:
            return format_html('<span class="zs-pill zs-pill-muted">{}</span>', self.value_recognition(record))
        return format_html(
            '<span class="zs-pill zs-pill-{}" title="{}">{}</span>',
            TONES[record.recognition],
            record.recognition_reason,
            self.value_recognition(record),
        )

    def value_recognition(self, record):
        """Say it in words."""
        return str(_("已撤回") if record.is_withdrawn else Recognition(record.recognition).label)


class CompanyTable(tables.Table):
    """Companies; phone numbers stay masked, on the page and in the sheet."""

    name = tables.Column(verbose_name=_("企业名称"), linkify=True)
    origin = tables.Column(verbose_name=_("资金来源"))
    place = tables.Column(verbose_name=_("所在地"), default="—")
    contact = tables.Column(verbose_name=_("联系人"), default="—")
    phone = tables.Column(verbose_name=_("联系电话"), accessor="masked_phone", orderable=False, default="—")
    project_count = tables.Column(verbose_name=_("项目"), attrs=NUMBER)
    visit_count = tables.Column(verbose_name=_("走访来访"), attrs=NUMBER)

    class Meta:
        model = Company
        fields = ("name", "origin", "place", "contact", "phone", "project_count", "visit_count")


class EventTable(tables.Table):
    """Fairs and signing events."""

    name = tables.Column(verbose_name=_("活动名称"), linkify=True)
    on = tables.DateColumn(verbose_name=_("日期"), format="Y-m-d")
    place = tables.Column(verbose_name=_("地点"), default="—")
    level = tables.Column(verbose_name=_("级别"))

    class Meta:
        model = Event
        fields = ("name", "on", "place", "level")
