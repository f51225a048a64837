"""Forms of the reports room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign
from units.forms import RecordForm, day_input

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
