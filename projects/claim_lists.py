"""The table and the filter of the list of first-report claims."""

import django_filters
import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from projects import claiming
from projects.models import Claim
from projects.project_filters import units_of
from units.search import matching
from units.tables import pill

STATES = (
    ("holding", _("有效")),
    ("lapsing", _("即将失效")),
    ("lapsed", _("已失效")),
    ("disputed", _("争议")),
    ("closed", _("已放弃或裁定无效")),
)


class ClaimFilter(django_filters.FilterSet):
    """Claims by company, what they are worth today (set by the page), and unit."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("企业"))
    state = django_filters.ChoiceFilter(method="in_state", choices=STATES, label=_("状态"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="of_unit", queryset=units_of, label=_("首报单位"), empty_label=_("全部")
    )

    class Meta:
        model = Claim
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the company's name, its pinyin or its credit code."""
        return matching(queryset, value, "company__search")

    def in_state(self, queryset, name, value):
        """Narrow to what a claim is worth today."""
        if value == "closed":
            return queryset.filter(state__in=(Claim.State.RELEASED, Claim.State.OVERRULED))
        narrowed = getattr(Claim.objects, value)(self.today, claiming.claim_days())
        return queryset.filter(pk__in=narrowed.order_by().values("pk"))

    def of_unit(self, queryset, name, unit):
        """Narrow to the claims of a unit and the units below it."""
        return queryset.filter(unit__path__startswith=unit.path)


class ClaimTable(tables.Table):
    """Claims: on whom, by whom, since when, until when."""

    company = tables.Column(
        verbose_name=_("企业"), order_by=("company__name", "pk"), attrs={"td": {"class": "zs-two"}}
    )
    unit = tables.Column(verbose_name=_("首报单位"), order_by=("unit__path", "pk"))
    on = tables.DateColumn(verbose_name=_("首次接触"), format="Y-m-d", order_by=("on", "pk"))
    last_on = tables.DateColumn(verbose_name=_("最近接触"), format="Y-m-d", order_by=("last_on", "pk"))
    lapses_on = tables.Column(verbose_name=_("失效日期"), empty_values=(), order_by=("last_on", "pk"))
    contact = tables.Column(verbose_name=_("对接人"), orderable=False, default="")
    state = tables.Column(verbose_name=_("状态"), order_by=("state", "pk"))

    class Meta:
        model = Claim
        fields = ("company", "unit", "on", "last_on", "lapses_on", "contact", "state")

    def __init__(self, *args, today=None, days=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.days = today, days

    def standing(self, record):
        """Return what a claim is worth today."""
        return claiming.standing_of(record, self.today, self.days)

    def render_company(self, record):
        """Link the company's name to its claims, above what happened."""
        return format_html(
            '<a href="{}">{}</a><small>{}</small>', record.get_absolute_url(), record.company, record.note[:60]
        )

    def value_company(self, record):
        """Write the name alone."""
        return record.company.name

    def render_lapses_on(self, record):
        """Print the day; nothing for what was given up or decided against."""
        return self.value_lapses_on(record) or "—"

    def value_lapses_on(self, record):
        """Write the day."""
        if record.state in (Claim.State.RELEASED, Claim.State.OVERRULED):
            return ""
        return self.standing(record).lapses_on.isoformat()

    def render_state(self, record):
        """Show what it is worth as a pill."""
        row = self.standing(record)
        return pill(row.tone, row.text)

    def value_state(self, record):
        """Write what it is worth."""
        return self.standing(record).text
