"""Forms of the reports room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign
from reports.proofreading.texts import MOST, TextError, text_of
from units.forms import RecordForm, day_input

MOST_BYTES = 20 * 2**20  # of a file whose issue is asked for
PARAGRAPHS = _("一段一行；以（一）（二）开头的短行作小标题。")


class ReportForm(RecordForm):
    """What people write of a report; the figures come by themselves."""

    campaign = forms.ModelChoiceField(label=_("战役"), queryset=Campaign.objects.none())
    title = forms.CharField(label=_("标题"), max_length=120)
    as_of = forms.DateField(label=_("数据截至"), widget=day_input())
    basis = forms.ChoiceField(label=_("计数依据"), choices=[("", _("各指标依据")), *Basis.choices], required=False)
    issuer = forms.CharField(label=_("印发单位"), max_length=60)
    number = forms.CharField(label=_("文号或期号"), max_length=60, required=False)
    measures = forms.CharField(
        label=_("二、主要做法"),
        required=False,
        max_length=20000,
        help_text=PARAGRAPHS,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    problems = forms.CharField(
        label=_("三、存在问题（补充）"),
        required=False,
        max_length=20000,
        help_text=_("数字反映的问题由系统写出，这里只写数字以外的。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    plans = forms.CharField(
        label=_("四、下一步打算"),
        required=False,
        max_length=20000,
        help_text=PARAGRAPHS,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user=None, fixed=False, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.editable_by(user)
        self.fields["campaign"].disabled = fixed
        for name in ("measures", "problems", "plans", "title"):
            self.fields[name].wide = True


class WallForm(RecordForm):
    """Where a screen hangs and what it shows of its campaign."""

    name = forms.CharField(label=_("放在哪里"), max_length=50, help_text=_("如：指挥部大厅"))
    groups = forms.MultipleChoiceField(
        label=_("显示的组别"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就轮播全部组别"),
    )
    basis = forms.ChoiceField(label=_("计数依据"), choices=[("", _("各指标依据")), *Basis.choices], required=False)

    def __init__(self, *args, user=None, campaign=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        names = dict.fromkeys(campaign.roster.values_list("group", flat=True))
        self.fields["groups"].choices = [(name, name) for name in names if name]


class ProofreadForm(RecordForm):
    """A text to be proofread, pasted or as a file; with a campaign it is compared with the ledger as well."""

    text = forms.CharField(
        label=_("文稿"),
        required=False,
        strip=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 12, "placeholder": _("把总结、通报、汇报稿粘贴在这里")}),
    )
    file = forms.FileField(label=_("或选择文本文件"), required=False, help_text=_("TXT，UTF-8 或 GB18030 编码"))
    campaign = forms.ModelChoiceField(
        label=_("核对台账"),
        required=False,
        queryset=Campaign.objects.none(),
        empty_label=_("只复算文中数字"),
        help_text=_("选了战役，就再核对完成数、目标和单位名称。"),
    )
    as_of = forms.DateField(label=_("台账截至"), required=False, widget=day_input(), help_text=_("不填为今天"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(self.user).order_by("-starts_on", "pk")
        self.fields["text"].wide = True

    def clean(self):
        """Take the file's text where one was sent."""
        data = self.cleaned_data
        if file := data.get("file"):
            if file.size > 4 * MOST:
                raise forms.ValidationError({"file": _("文件太大，请分段校对")})
            try:
                data["text"] = text_of(file.read())
            except TextError as error:
                raise forms.ValidationError({"file": error.messages}) from None
        elif not self.errors and not (data.get("text") or "").strip():
            raise forms.ValidationError({"text": _("请粘贴文稿，或选择文件")})
        return data


class VerifyForm(RecordForm):
    """A file, or the number of an issue, to be compared with what went out."""

    file = forms.FileField(
        label=_("文件"), required=False, help_text=_("收到的 PDF、Word、Excel 或网页文件，不会保存")
    )
    number = forms.CharField(label=_("或文号、期号、指纹"), required=False, max_length=64)

    def clean(self):
        """Ask for one of the two."""
        data = self.cleaned_data
        if file := data.get("file"):
            if file.size > MOST_BYTES:
                raise forms.ValidationError({"file": _("文件超过 20 MB，不会是本系统印发的")})
        elif not self.errors and not data.get("number", "").strip():
            raise forms.ValidationError({"file": _("请选择文件，或填写文号")})
        return data
