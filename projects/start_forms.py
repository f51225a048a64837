"""Forms of beginning a campaign, and of filing plans for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.evidence_forms import FilesField
from projects.record_fields import DayField
from units.forms import RecordForm
from units.models import Role, Unit


class TemplateForm(RecordForm):
    """A campaign from a template."""

    name = forms.CharField(label=_("名称"), max_length=100)
    organiser = forms.ModelChoiceField(label=_("组织单位"), queryset=Unit.objects.none())
    starts_on = DayField(label=_("开始日期"))
    with_targets = forms.BooleanField(
        label=_("带上示例目标"), required=False, help_text=_("示例数只供参考，下达前逐项核改；不勾选则目标留空。")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organiser"].queryset = Unit.objects.within(self.user.paths(Role.EDITOR)).order_by("path")


class RatioForm(RecordForm):
    """From when on the indicators of a ratio count, where they are new."""

    since = DayField(
        label=_("起用日期"), help_text=_("新建的分子、分母指标从这一天的事实起计数；已有的指标口径不变。")
    )


class PlanForm(RecordForm):
    """A plan with its files."""

    on = DayField(label=_("报送日期"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    files = FilesField(label=_("方案文件"), help_text=_("PDF、JPG、PNG、XLSX、DOCX、OFD，每个不超过 20 MB。"))
