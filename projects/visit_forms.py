"""Forms of visits, companies and events."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.models import Event, Origin, Project, Visit
from projects.record_fields import CompanyNameField, DayField, ProjectField
from units.forms import RecordForm
from units.models import Unit

NOTE = forms.Textarea(attrs={"rows": 2})


class VisitForm(RecordForm):
    """A meeting with a company: under a minute on a phone."""

    direction = forms.ChoiceField(label=_("方向"), choices=Visit.Direction, widget=forms.RadioSelect)
    company_name = CompanyNameField(label=_("企业"), help_text=_("填企业全称；登记过的会有提示。"))
    on = DayField(label=_("日期"))
    heads = ExactFormField(
        label=_("人数"), measure="人", min_value=Decimal(1), help_text=_("走出去填我方人数，请进来填来客人数")
    )
    led_by_top = forms.BooleanField(label=_("党政主要领导带队"), required=False)
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    place = forms.CharField(label=_("地点"), max_length=50, required=False)
    project = ProjectField(label=_("有关项目"), required=False, help_text=_("输入几个字即有提示；还没有项目的留空"))
    note = forms.CharField(label=_("洽谈情况"), max_length=300, required=False, widget=NOTE)

    def __init__(self, *args, visit=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        projects = Project.objects.visible_to(self.user)
        self.fields["project"].offer(projects, keeps=visit.project_id if visit else None)
        if visit and visit.project_id and not projects.filter(pk=visit.project_id).exists():
            del self.fields["project"]  # it went to others: it stays as it is, unnamed
        self.fields["company_name"].suggest_to(self.user)


class VisitCorrectForm(VisitForm):
    """The same, with the reason and the version it was opened at; its unit stays."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=NOTE)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["unit"]


class CompanyForm(RecordForm):
    """What is known of a company; its phone number is never shown in a form."""

    name = forms.CharField(label=_("企业名称"), max_length=120)
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    origin = forms.ChoiceField(
        label=_("资金来源"), choices=Origin, help_text=_("改动后，该企业项目计入的指标随之重算。")
    )
    place = forms.CharField(label=_("所在地"), max_length=50, required=False)
    contact = forms.CharField(label=_("联系人"), max_length=50, required=False)
    new_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        if company.phone:
            self.fields["new_phone"].help_text = _("现为 %(phone)s；不改请留空") % {"phone": company.masked_phone}

    def clean_credit_code(self):
        """Refuse what cannot be a credit code."""
        code = self.cleaned_data["credit_code"].upper()
        if code and not re.fullmatch(r"[0-9A-Z]{18}", code):
            raise ValidationError(_("信用代码是 18 位数字和大写字母"))
        return code

    def clean_new_phone(self):
        """Refuse what cannot be a phone number."""
        phone = self.cleaned_data["new_phone"]
        if phone and not re.fullmatch(r"[0-9+\-() ]{7,30}", phone):
            raise ValidationError(_("电话只能是数字、空格和 + - ( )，至少 7 位"))
        return phone


class EventForm(RecordForm):
    """A fair or signing event."""

    name = forms.CharField(label=_("活动名称"), max_length=100)
    on = DayField(label=_("日期"))
    place = forms.CharField(label=_("地点"), max_length=50, required=False)
    level = forms.ChoiceField(label=_("级别"), choices=Event.Level)


class EventChangeForm(EventForm):
    """The same, at the version it was opened at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].help_text = _("改动后，在此活动上的项目计入的指标随之重算。")
