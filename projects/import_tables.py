"""The table and the filter of imports."""

import django_filters
import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from projects.import_page import state_of
from projects.models import ImportBatch
from units.tables import NUMBER


class ImportFilter(django_filters.FilterSet):
    """By kind and state."""

    kind = django_filters.ChoiceFilter(label=_("类别"), choices=ImportBatch.Kind, empty_label=_("全部"))
    state = django_filters.ChoiceFilter(label=_("状态"), choices=ImportBatch.State, empty_label=_("全部"))

    class Meta:
        model = ImportBatch
        fields = ("kind", "state")


class ImportTable(tables.Table):
    """Imports: the file, for whom, how far, what it wrote."""

    name = tables.Column(verbose_name=_("文件"), order_by=("name", "pk"), attrs={"td": {"class": "zs-two"}})
    unit = tables.Column(verbose_name=_("单位"))
    state = tables.Column(verbose_name=_("状态"))
    new_count = tables.Column(verbose_name=_("新增"), attrs=NUMBER)
    changed_count = tables.Column(verbose_name=_("变更"), attrs=NUMBER)
    refused_count = tables.Column(verbose_name=_("不能导入"), attrs=NUMBER)
    receipt = tables.Column(verbose_name=_("回执号"), default="—")
    uploaded_by = tables.Column(verbose_name=_("导入人"), attrs={"td": {"class": "zs-phone-hide"}})
    uploaded_at = tables.Column(verbose_name=_("上传时间"), order_by=("uploaded_at", "pk"))

    class Meta:
        model = ImportBatch
        fields = (
            "name", "unit", "state", "new_count", "changed_count", "refused_count", "receipt", "uploaded_by",
            "uploaded_at",
        )  # fmt: skip

    def render_name(self, record):
        """Link the file's name above what it holds."""
        kind = record.get_kind_display()
        if record.undoes_id:
            kind = _("撤销 %(receipt)s · %(kind)s") % {"receipt": record.undoes.receipt, "kind": kind}
        return format_html('<a href="{}">{}</a><small>{}</small>', record.get_absolute_url(), record.name, kind)

    def value_name(self, record):
        """Write the file's name alone."""
        return record.name

    def render_state(self, record):
        """Show the state in colour and word."""
        tone, text = state_of(record)
        return render_to_string("components/_pill.html", {"tone": tone, "text": text})

    def value_state(self, record):
        """Write the state."""
        return str(state_of(record)[1])

    def render_uploaded_at(self, value):
        """Write day and time."""
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
