"""Forms of a bulletin's way: approval, objections, who it goes to, the masked edition, what is drafted by rhythm."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.evidence_forms import ACCEPTED
from reports import masking
from reports.models import Objection, ReportKind
from reports.scheduling import scheduled_kinds
from units.forms import RecordForm, RecordsField
from units.models import Unit, User


class ReviewForm(RecordForm):
    """Approve what was handed in, or send it back in words."""

    decision = forms.ChoiceField(
        label=_("审核"), choices=(("approve", _("通过")), ("back", _("退回修改"))), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退回时必填，编报员会看到"),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, approves=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not approves:
            self.fields["decision"].choices = (("back", _("退回修改")),)


class ObjectionForm(RecordForm):
    """What a unit says is wrong in its own row."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    about = forms.CharField(label=_("指标或内容"), max_length=100, help_text=_("如：签约金额"))
    wrong = forms.CharField(label=_("哪里不对"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    right = forms.CharField(label=_("认为应为"), max_length=100, required=False, help_text=_("数字连同计量单位"))
    file = forms.FileField(
        label=_("凭证"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED["accept"]}),
        help_text=_("一份，不超过 20 MB；PDF、JPG、PNG、XLSX、DOCX、OFD"),
    )  # fmt: skip

    def __init__(self, *args, units=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path")


class DecisionForm(RecordForm):
    """Accept an objection or refuse it, with a reason."""

    decision = forms.ChoiceField(label=_("处理"), choices=Objection.State.choices[1:], widget=forms.RadioSelect)
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ReceiversForm(RecordForm):
    """Further units and persons that an issue goes to."""

    units = RecordsField(label=_("单位"), queryset=Unit.objects.none(), required=False)
    users = RecordsField(label=_("个人"), queryset=User.objects.none(), required=False)

    def __init__(self, *args, units=None, users=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset, self.fields["users"].queryset = units, users

    def clean(self):
        """Ask for somebody."""
        data = self.cleaned_data
        if not self.errors and not data.get("units") and not data.get("users"):
            raise forms.ValidationError(_("请选择要分发的单位或个人"))
        return data


class MaskForm(RecordForm):
    """How the public edition is masked."""

    sign = forms.ChoiceField(
        label=_("名称改为"), choices=((masking.CROSSES, "XX"), (masking.STARS, "**")), required=False
    )
    figures = forms.ChoiceField(
        label=_("数字"), required=False,
        choices=((masking.KEEP, _("保留")), (masking.ROUND, _("取约数")), (masking.MASK, _("隐去"))),
    )  # fmt: skip
    words = forms.CharField(
        label=_("另外隐去"), required=False, max_length=1000,
        help_text=_("系统里没有登记的名称，用顿号或空格隔开"),
    )  # fmt: skip

    @property
    def mask(self):
        """The mask that was asked for."""
        data = self.cleaned_data
        return masking.Mask(
            sign=data["sign"] or masking.CROSSES,
            figures=data["figures"] or masking.KEEP,
            words=tuple(dict.fromkeys(masking.BETWEEN.split(data["words"].strip()))) if data["words"].strip() else (),
        )


class ScheduleForm(RecordForm):
    """Which kinds a campaign wants drafted by their rhythm."""

    kinds = RecordsField(label=_("按期起草"), queryset=ReportKind.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        keys = [kind.pk for kind in scheduled_kinds()]
        self.fields["kinds"].queryset = ReportKind.objects.filter(pk__in=keys).for_list()
        self.fields["kinds"].label_from_instance = lambda kind: f"{kind.name}（{kind.get_rhythm_display()}）"


class FlowForm(RecordForm):
    """How a kind goes its way."""

    objection_days = forms.IntegerField(
        label=_("公示工作日"), min_value=0, max_value=30, help_text=_("0 为不公示，审核后直接印发")
    )
    is_scheduled = forms.BooleanField(label=_("按周期自动起草"), required=False)
