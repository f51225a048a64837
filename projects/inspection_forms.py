"""Forms of inspections: who looked at whom, what was found wanting, who is commended."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from projects.evidence_forms import files_field
from projects.record_fields import DayField
from units.forms import RecordForm, RecordsField
from units.models import Role, Unit

TEXT = forms.Textarea(attrs={"rows": 3})
TICKS = "zs-long zs-ticks"  # many boxes side by side, scrolling


class InspectionForm(RecordForm):
    """Which team looked at which units, from when to when, and what it says in general."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    campaign = forms.ModelChoiceField(label=_("战役"), queryset=Campaign.objects.none())
    title = forms.CharField(label=_("督查名称"), max_length=100, help_text=_("如 三季度招商引资联合督查"))
    team = forms.CharField(
        label=_("督查组"), max_length=200, help_text=_("如 区委督查室、区政府督查室、区商务局联合督查组")
    )
    members = forms.CharField(label=_("成员"), max_length=300, required=False, help_text=_("用顿号隔开"))
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"))
    document = forms.CharField(label=_("通报文号"), max_length=100, required=False)
    summary = forms.CharField(label=_("督查情况"), max_length=2000, required=False, widget=TEXT)
    units = RecordsField(
        label=_("受检单位"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple({"class": TICKS})
    )
    units.wide = summary.wide = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.editable_by(self.user).for_list()
        self.fields["units"].queryset = Unit.objects.standing().within(self.user.paths(Role.EDITOR)).order_by("path")

    def clean(self):
        """Refuse an end before the start."""
        data = self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("结束日期不能早于开始日期"))
        return data


class InspectionChangeForm(InspectionForm):
    """The same; the campaign stays."""

    campaign = None

    def __init__(self, *args, **kwargs):
        super(InspectionForm, self).__init__(*args, **kwargs)
        self.fields["units"].queryset = Unit.objects.within(self.user.paths(Role.EDITOR)).order_by("path")


class VisitedForm(RecordForm):
    """One of the units that an inspection looked at."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())

    def __init__(self, *args, inspection, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = inspection.units.order_by("path")


class ShortcomingForm(VisitedForm):
    """What was found wanting, what is asked, by when; photographs and papers with it."""

    person = forms.CharField(label=_("责任人"), max_length=50, required=False)
    text = forms.CharField(label=_("发现的问题"), max_length=200, help_text=_("一事一条，写清事实"))
    demand = forms.CharField(
        label=_("整改要求"), max_length=1000, required=False, widget=TEXT, help_text=_("不填即“请按期整改并回复”")
    )
    due_on = DayField(label=_("整改期限"))
    files = files_field(_("照片和材料"), required=False)


class CommendationForm(VisitedForm):
    """Who is commended for what, in which bulletin."""

    person = forms.CharField(label=_("个人"), max_length=50, required=False, help_text=_("表扬单位的不填"))
    deed = forms.CharField(label=_("表扬事项"), max_length=300, widget=TEXT)
    document = forms.CharField(label=_("通报文号"), max_length=100, required=False)
    on = DayField(label=_("通报日期"))
