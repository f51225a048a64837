"""Tables of the lists of the desk: one's own figures, counting rules."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.models import Tally
from projects.models import CountingRule
from projects.recognition import TONES
from units.tables import pill


class TallyTable(tables.Table):
    """Figures a clerk's units entered, with what became of them and what may be done."""

    indicator = tables.Column(verbose_name=_("指标"), linkify=True, order_by="indicator__name")
    on = tables.DateColumn(verbose_name=_("日期"), format="Y-m-d")
    unit = tables.Column(verbose_name=_("单位"), order_by="unit__path")
    amount = tables.Column(
        verbose_name=_("数值"), attrs={"td": {"class": "zs-num"}, "th": {"class": "zs-num"}}, empty_values=()
    )
    recognition = tables.Column(verbose_name=_("认定"), attrs={"td": {"class": "zs-two"}})
    recorded_by = tables.Column(verbose_name=_("填报人"), orderable=False)
    campaign = tables.Column(verbose_name=_("战役"), orderable=False, attrs={"td": {"class": "zs-phone-hide"}})
    actions = tables.TemplateColumn(
        verbose_name=_("操作"),
        template_name="projects/_tally_actions.html",
        orderable=False,
        exclude_from_export=True,
    )

    class Meta:
        model = Tally
        fields = ("indicator", "on", "unit", "amount", "recognition", "recorded_by", "campaign", "actions")

    def render_amount(self, record):
        """Say whether it is new, in all, or the day's."""
        return f"{record.kind_name} {record.told(record.amount)}"

    def render_recognition(self, record):
        """Show the state as a pill, with what was recognised or why it was not."""
        if record.is_withdrawn:
            return pill("muted", _("已撤回"))
        return format_html(
            "{}{}",
            pill(TONES[record.recognition], record.get_recognition_display()),
            format_html("<small>{}</small>", told) if (told := self.decided(record)) else "",
        )

    def decided(self, record):
        """Say what was recognised, and why less or nothing."""
        parts = [record.told(record.recognised_amount)] if record.is_recognised else []
        return "：".join([*parts, record.recognition_reason] if record.recognition_reason else parts)

    def value_recognition(self, record):
        """Write the state, and what was decided, as text."""
        if record.is_withdrawn:
            return str(_("已撤回"))
        return " ".join([str(record.get_recognition_display()), self.decided(record)]).strip()


class RuleTable(tables.Table):
    """Counting rules in words."""

    indicator = tables.Column(verbose_name=_("指标"), order_by="indicator__name")
    in_words = tables.Column(verbose_name=_("口径"), orderable=False, attrs={"td": {"class": "zs-two"}})
    from_on = tables.DateColumn(verbose_name=_("起用"), format="Y-m-d")
    until_on = tables.DateColumn(verbose_name=_("停用"), format="Y-m-d", default="—")
    actions = tables.TemplateColumn(
        verbose_name=_("操作"), template_name="projects/_rule_actions.html", orderable=False, exclude_from_export=True
    )

    class Meta:
        model = CountingRule
        fields = ("indicator", "in_words", "from_on", "until_on", "actions")

    def render_indicator(self, record):
        """Mark an indicator whose facts are being counted anew."""
        if record.indicator.recounting:
            return format_html("{} {}", record.indicator, pill("warn", _("重算中")))
        return str(record.indicator)

    def value_indicator(self, record):
        """Write its name."""
        return str(record.indicator)
