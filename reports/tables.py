"""Tables of the reports room."""

import django_tables2 as tables
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from reports.models import CityForm, Report, ReportKind
from units.tables import NUMBER, ON, TWO, pill


class ReportTable(tables.Table):
    """Issues of the bulletin."""

    title = tables.Column(linkify=True)
    campaign = tables.Column(order_by="campaign__name")
    kind = tables.Column(order_by="kind__position")
    as_of = tables.DateColumn(format="Y-m-d")
    status = tables.Column()
    issued_on = tables.DateColumn(format="Y-m-d")
    number = tables.Column(verbose_name=_("文号或期号"), empty_values=())

    class Meta:
        model = Report
        fields = ("title", "kind", "campaign", "number", "as_of", "status", "issued_on")
        order_by = ("-as_of",)

    def value_number(self, record):
        """Return the number with its revision."""
        return record.full_number

    def value_status(self, record):
        """Say how far it is, and whether it was revised since."""
        told = record.get_status_display()
        return f"{told} · {tell('已被修订')}" if record.is_revised else told

    render_number, render_status = value_number, value_status


class CityFormTable(tables.Table):
    """Forms of a higher office with what may be done to them."""

    name = tables.Column(attrs=TWO)
    unit = tables.Column(order_by="unit__path")
    marks = tables.Column(attrs=NUMBER)
    uploaded_at = tables.DateTimeColumn(format="Y-m-d H:i", attrs=ON)
    uploaded_by = tables.Column(order_by="uploaded_by__name")
    state = tables.Column(verbose_name=_("状态"), accessor="withdrawn_at", empty_values=())
    actions = tables.TemplateColumn(
        verbose_name=_("操作"),
        template_name="reports/_cityform_actions.html",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta:
        model = CityForm
        fields = ("name", "unit", "marks", "uploaded_at", "uploaded_by", "state", "actions")

    def value_state(self, record):
        """Say whether it is in use."""
        return str(_("已停用") if record.withdrawn_at else _("在用"))

    def render_state(self, record):
        """Show it as a pill."""
        return pill("muted" if record.withdrawn_at else "ok", self.value_state(record))


class KindTable(tables.Table):
    """Kinds of bulletin."""

    name = tables.Column(linkify=True)
    about = tables.Column(default="—")
    rhythm = tables.Column()
    head = tables.Column()
    number_form = tables.Column(default="—")
    is_active = tables.Column(verbose_name=_("状态"))
    is_own = tables.Column(verbose_name=_("来源"), accessor="is_own")

    class Meta:
        model = ReportKind
        fields = ("name", "about", "rhythm", "head", "number_form", "is_active", "is_own")

    def render_is_active(self, value):
        """Say whether new issues may be of it."""
        return _("在用") if value else _("已停用")

    def render_is_own(self, value):
        """Say whose it is."""
        return _("本单位") if value else _("系统自带")
