"""Tables of the reports room."""

import django_tables2 as tables
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from reports.models import Report


class ReportTable(tables.Table):
    """Issues of the bulletin."""

    title = tables.Column(linkify=True)
    campaign = tables.Column(order_by="campaign__name")
    as_of = tables.DateColumn(format="Y-m-d")
    status = tables.Column()
    issued_on = tables.DateColumn(format="Y-m-d")
    number = tables.Column(verbose_name=_("文号或期号"), empty_values=())

    class Meta:
        model = Report
        fields = ("title", "campaign", "number", "as_of", "status", "issued_on")
        order_by = ("-as_of",)

    def value_number(self, record):
        """Return the number with its revision."""
        return record.full_number

    def value_status(self, record):
        """Say how far it is, and whether it was revised since."""
        told = record.get_status_display()
        return f"{told} · {tell('已被修订')}" if record.is_revised else told

    render_number, render_status = value_number, value_status
