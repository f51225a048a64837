"""The table of projects."""

from fractions import Fraction

import django_tables2 as tables
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import in_measure, percent_text, plain
from projects import flags
from projects.models import Project
from projects.project_page import bar_of
from projects.stages import ORDER

NUMBER = {"td": {"class": "zs-num"}, "th": {"class": "zs-num"}}
STALE = 30  # days without news after which the last change is shown in amber


class ProjectTable(tables.Table):
    """Projects: who invests, how far it is, what was agreed and what has arrived."""

    name = tables.Column(verbose_name=_("项目 / 投资方"), order_by=("name", "pk"), attrs={"td": {"class": "zs-two"}})
    company = tables.Column(verbose_name=_("投资方"), visible=False, order_by=("company__name", "pk"))
    industry = tables.Column(
        verbose_name=_("产业"), empty_values=(), order_by=("sector", "industry", "pk"),
        attrs={"td": {"class": "zs-phone-hide"}},
    )  # fmt: skip
    origin = tables.Column(
        verbose_name=_("资金来源"), accessor="company__get_origin_display", order_by=("company__origin", "pk"),
        attrs={"td": {"class": "zs-phone-hide"}},
    )  # fmt: skip
    stage = tables.Column(verbose_name=_("阶段"))
    contracted = tables.Column(verbose_name=_("协议投资(亿元)"), attrs=NUMBER, default="—")
    arrived = tables.Column(verbose_name=_("到位(亿元)"), attrs=NUMBER, default="—")
    unit = tables.Column(verbose_name=_("招引单位"), accessor="introducer", orderable=False)
    flags = tables.Column(verbose_name=_("预警"), empty_values=(), orderable=False, default="")
    updated_at = tables.Column(verbose_name=_("最近更新"), order_by=("updated_at", "pk"))

    class Meta:
        model = Project
        fields = (
            "name",
            "company",
            "industry",
            "origin",
            "stage",
            "contracted",
            "arrived",
            "unit",
            "flags",
            "updated_at",
        )

    def __init__(self, *args, today=None, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.user, self.raised = today, user, None
        self.exports = False

    def as_values(self, exclude_columns=None):
        """Put the company into a column of its own in a spreadsheet."""
        self.columns.show("company")
        self.exports, self.raised = True, None
        return super().as_values(exclude_columns)

    def render_name(self, record):
        """Link the project's name above the company's."""
        return format_html(
            '<a href="{}">{}</a><small>{}</small>', record.get_absolute_url(), record.name, record.company
        )

    def value_name(self, record):
        """Write the name alone."""
        return record.name

    def value_company(self, record):
        """Write the company's name."""
        return record.company.name

    def render_industry(self, record):
        """Name the industry, else the sector."""
        return record.industry or record.get_sector_display()

    def render_stage(self, record):
        """Draw how far the project is, with the word."""
        steps = format_html_join(
            "", '<i class="{}"></i>', (("on" if n < record.stage_number else "",) for n in range(len(ORDER)))
        )
        return format_html('<span class="zs-meter">{}<span>{}</span></span>', steps, self.value_stage(record))

    def value_stage(self, record):
        """Name the stage."""
        return str(_("已终止") if record.terminated else record.get_stage_display())

    def order_stage(self, queryset, is_descending):
        """Sort by the pipeline, not by the alphabet."""
        queryset = queryset.with_stage_number()
        return queryset.order_by("-stage_place" if is_descending else "stage_place", "-pk"), True

    def render_contracted(self, value):
        """Print 万元 as 亿元."""
        return plain(in_measure(value, "亿元"))

    def value_contracted(self, value):
        """Write the number in 亿元."""
        return in_measure(value, "亿元")

    def render_arrived(self, record, value):
        """Print 万元 as 亿元 above a bar of what was agreed."""
        number = plain(in_measure(value, "亿元"))
        if not record.contracted:
            return number
        ratio = percent_text(Fraction(value) / Fraction(record.contracted))
        bar = bar_of(value, record.contracted, _("到位率 %(p)s") % {"p": ratio})
        return format_html("{}{}", number, render_to_string("components/_progress.html", {"bar": bar}))

    value_arrived = value_contracted

    def order_contracted(self, queryset, is_descending):
        """Keep projects without an agreed amount at the end."""
        return by_amount(queryset, "contracted", is_descending), True

    def order_arrived(self, queryset, is_descending):
        """Keep projects without money at the end."""
        return by_amount(queryset, "arrived", is_descending), True

    def flags_of(self, record):
        """Return the flags of a project; those of all the rows shown are read at once."""
        if self.raised is None:
            page = getattr(self, "page", None)
            is_page = page is not None and not self.exports
            shown = [row.record for row in page.object_list] if is_page else self.data.data
            projects = Project.objects.filter(pk__in=[project.pk for project in shown])
            self.raised = flags.of_projects(projects, self.user, self.today)
        return self.raised.get(record.pk, ())

    def render_flags(self, record):
        """Show the first flag as a pill with its arithmetic, the others as a number."""
        raised = self.flags_of(record)
        if not raised:
            return ""
        pill = {"tone": raised[0].tone, "text": raised[0].label, "title": "；".join(one.words for one in raised)}
        more = f" +{len(raised) - 1}" if len(raised) > 1 else ""
        return format_html("{}{}", render_to_string("components/_pill.html", pill), more)

    def value_flags(self, record):
        """Write every flag with its arithmetic."""
        return "；".join(f"{one.label}：{one.words}" for one in self.flags_of(record))

    def render_updated_at(self, value):
        """Say how many days ago; a long silence in amber."""
        days = (self.today - timezone.localdate(value)).days
        if days <= 0:
            return _("今天")
        text = _("%(n)s 天前") % {"n": days}
        return format_html('<span class="zs-warn">{}</span>', text) if days > STALE else text

    def value_updated_at(self, value):
        """Write the day."""
        return timezone.localdate(value).isoformat()


def by_amount(queryset, name, is_descending):
    """Sort by an amount, rows without one last, in a total order."""
    amount = F(name)
    return queryset.order_by(amount.desc(nulls_last=True) if is_descending else amount.asc(nulls_last=True), "-pk")
