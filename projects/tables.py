"""Tables of the project ledger."""

from fractions import Fraction

import django_tables2 as tables
from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import in_measure, percent_text, plain
from projects.models import Project
from projects.stages import ORDER, Stage

NUMBER = {"td": {"class": "zs-num"}, "th": {"class": "zs-num"}}


def in_yi(value):
    """Print an amount of 万元 in 亿元; "" where there is none."""
    return "" if value is None else plain(in_measure(value, "亿元"))


class ProjectTable(tables.Table):
    """The project ledger."""

    name = tables.Column(verbose_name=_("项目名称 / 投资方"), attrs={"td": {"class": "zs-two"}})
    sector = tables.Column(verbose_name=_("产业"))
    origin = tables.Column(verbose_name=_("资金来源"), accessor="company__origin", order_by="company__origin")
    stage = tables.Column(verbose_name=_("阶段"))
    contracted = tables.Column(verbose_name=_("协议投资（亿元）"), attrs=NUMBER, default="—")
    arrived = tables.Column(verbose_name=_("到位资金（亿元）"), attrs=NUMBER, default="—")
    unit = tables.Column(verbose_name=_("招引单位"), accessor="introducer", orderable=False, default="—")
    updated_at = tables.DateTimeColumn(verbose_name=_("最近更新"), format="Y-m-d")

    class Meta:
        model = Project
        fields = ("name", "sector", "origin", "stage", "contracted", "arrived", "unit", "updated_at")

    def render_name(self, record):
        """Name the project, and its investor below."""
        return format_html(
            '<a href="{}">{}</a><small>{}</small>', record.get_absolute_url(), record.name, record.company.name
        )

    def value_name(self, record):
        """Name the project and its investor in one cell of a sheet."""
        return f"{record.name} / {record.company.name}"

    def render_sector(self, record):
        """Name the sector and the industry."""
        return f"{record.get_sector_display()}{f' · {record.industry}' if record.industry else ''}"

    def render_origin(self, record):
        """Name the origin and the place."""
        place = record.company.place
        return f"{record.company.get_origin_display()}{f' · {place}' if place else ''}"

    def render_stage(self, record):
        """Draw how far the project is, with the word."""
        if record.terminated:
            return format_html('<span class="zs-pill zs-pill-muted">{}</span>', _("已终止"))
        marks = format_html_join(
            "", '<i class="{}"></i>', (("on" if place < record.stage_number else "",) for place in range(len(ORDER)))
        )
        return format_html('<span class="zs-meter">{}<span>{}</span></span>', marks, self.value_stage(record))

    def order_stage(self, queryset, is_descending):
        """Order by the pipeline, not by the word."""
        place = Case(
            *(When(stage=stage, then=Value(number)) for stage, number in ORDER.items()), output_field=IntegerField()
        )
        ordered = queryset.annotate(place=place).order_by("-place" if is_descending else "place", "-pk")
        return ordered, True

    def value_stage(self, record):
        """Name the stage."""
        return str(_("已终止") if record.terminated else Stage(record.stage).label)

    def render_contracted(self, value):
        """Print in 亿元."""
        return in_yi(value)

    def render_arrived(self, record, value):
        """Print in 亿元 with its share of the contract as a tooltip."""
        share = Fraction(value) / Fraction(record.contracted) if record.contracted else None
        return format_html('<span title="{}">{}</span>', _("到位率 %s") % percent_text(share), in_yi(value))

    def value_arrived(self, value):
        """Print in 亿元."""
        return in_yi(value)

    def render_updated_at(self, value):
        """Say how long ago it was."""
        days = (timezone.localdate() - timezone.localtime(value).date()).days
        text = _("今天") if days <= 0 else _("%d 天前") % days
        return format_html('<span class="{}">{}</span>', "zs-warn" if days > 30 else "", text)

    def value_updated_at(self, value):
        """Print the day."""
        return timezone.localtime(value).date().isoformat()
