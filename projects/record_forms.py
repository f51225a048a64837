"""Forms of visits, companies, events and evidence."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.forms import SuggestedName, company_names, day_field, version_field
from projects.models import Event, Origin, Project, Visit
from units.forms import RecordForm
from units.models import Unit


class VisitForm(RecordForm):
    """A meeting with a company, on a phone in under a minute."""

    direction = forms.ChoiceField(label=_("方向"), choices=Visit.Direction, initial=Visit.Direction.OUTBOUND)
    company_name = forms.CharField(
        label=_("企业"), max_length=120, help_text=_("输入企业全称，台账里已有的可从候选中选")
    )
    on = day_field(_("日期"))
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    heads = ExactFormField(label=_("人数"), measure="人", min_value=Decimal(1), initial=Decimal(2))
    place = forms.CharField(label=_("地点"), max_length=50, required=False)
    project = forms.ModelChoiceField(
        label=_("有关项目"), queryset=Project.objects.none(), required=False, empty_label=_("不针对具体项目")
    )
    led_by_top = forms.BooleanField(label=_("党政主要领导带队"), required=False)
    origin = forms.ChoiceField(
        label=_("资金来源"), choices=Origin, initial=Origin.COUNTRY, help_text=_("只对新企业起作用")
    )
    note = forms.CharField(
        label=_("洽谈情况"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(label=_("更正理由"), max_length=500)
    version = version_field()

    def __init__(self, *args, user=None, visit=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(user)
        self.fields["project"].queryset = Project.objects.visible_to(user).order_by("-updated_at")
        self.fields["company_name"].widget = SuggestedName(names=company_names(user))
        self.fields["note"].wide = True
        if visit is None:
            del self.fields["reason"], self.fields["version"]
        else:
            self.fields["reason"].wide = True
            del self.fields["unit"], self.fields["direction"]
            seen = self.fields["project"].queryset.filter(pk=visit.project_id)
            if visit.project_id and not seen.exists():
                del self.fields["project"]  # others' by now: it stays as it is


class CompanyForm(RecordForm):
    """What is known of a company."""

    name = forms.CharField(label=_("企业名称"), max_length=120)
    credit_code = forms.RegexField(
        label=_("统一社会信用代码"),
        regex=r"^[0-9A-Za-z]{18}$",
        required=False,
        error_messages={"invalid": _("信用代码是 18 位数字和字母")},
    )
    origin = forms.ChoiceField(
        label=_("资金来源"), choices=Origin, help_text=_("改动后，该企业所有项目和走访的计数按新来源重算")
    )
    place = forms.CharField(label=_("所在地"), max_length=50, required=False)
    contact = forms.CharField(label=_("联系人"), max_length=50, required=False)
    phone = forms.RegexField(
        label=_("联系电话"),
        regex=r"^[0-9+\-() ]{5,30}$",
        required=False,
        error_messages={"invalid": _("电话只能有数字、空格和 + - ( )，5 到 30 位")},
        help_text=_("页面和导出默认只显示前三位和后四位"),
    )
    version = version_field()

    def clean_credit_code(self):
        """Keep the code in capitals."""
        return self.cleaned_data["credit_code"].upper()


class EventForm(RecordForm):
    """A fair or signing event."""

    name = forms.CharField(label=_("活动名称"), max_length=100)
    on = day_field(_("日期"))
    place = forms.CharField(label=_("地点"), max_length=50, required=False)
    level = forms.ChoiceField(label=_("级别"), choices=Event.Level)
    version = version_field()


class EvidenceForm(RecordForm):
    """A file that proves a record."""

    file = forms.FileField(
        label=_("凭证文件"),
        help_text=_("pdf、jpg、png、xlsx、docx、ofd，不超过 20 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.xlsx,.docx,.ofd"}),
        error_messages={"empty": _("文件是空的，请重新选择")},
    )
