"""Forms of companies, what belongs to them, first-report claims and thresholds."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField, plain
from projects import duplicates
from projects.credit_code import read_credit_code
from projects.models import CompanyName, Listing, Origin, Threshold
from projects.record_fields import CompanyNameField, DayField, Suggest, WarnsOfDuplicates, show_similar
from units.forms import ReasonForm, RecordForm
from units.models import Unit

NOTE = forms.Textarea(attrs={"rows": 2})


class CreditCodeField(forms.CharField):
    """A credit code in any width, with or without blanks; a wrong check character is refused."""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)

    def clean(self, value):
        """Keep it in one form."""
        return read_credit_code(super().clean(value))


class CompanyForm(WarnsOfDuplicates, RecordForm):
    """What is known of a company; a name much like another company's wants a tick."""

    company_field = "name"
    confirm_label = _("名称无误，仍按此保存")
    name = forms.CharField(label=_("企业名称"), max_length=120, widget=Suggest)
    credit_code = CreditCodeField(
        label=_("统一社会信用代码"), required=False, help_text=_("18 位，最后一位是校验位，填错会指出是哪一位")
    )
    origin = forms.ChoiceField(
        label=_("资金来源"), choices=Origin, help_text=_("改动后，该企业项目计入的指标随之重算。")
    )
    place = forms.CharField(label=_("所在地"), max_length=50, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.company = company
        show_similar(self.fields["name"], exclude=company.pk)
        self.fields["name"].widget.attrs["hx-include"] = "[name=credit_code]"

    def is_known(self, name):
        """Ask only about a name that was changed; one that is taken is refused anyway."""
        return name == self.company.name or super().is_known(name)

    def likely(self, name, values):
        """Leave the company itself out."""
        return duplicates.similar(name, credit_code=values.get("credit_code", ""), exclude=self.company.pk)


class ContactForm(RecordForm):
    """A person to talk to; a number that is kept is never shown in a form."""

    name = forms.CharField(label=_("联系人"), max_length=50)
    title = forms.CharField(label=_("职务"), max_length=50, required=False)
    new_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args, contact=None, **kwargs):
        super().__init__(*args, **kwargs)
        if contact and contact.phone:
            self.fields["new_phone"].help_text = _("现为 %(phone)s；不改请留空") % {"phone": contact.masked_phone}
        if contact:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)

    def clean_new_phone(self):
        """Refuse what cannot be a phone number."""
        phone = self.cleaned_data["new_phone"]
        if phone and not re.fullmatch(r"[0-9+\-() ]{7,30}", phone):
            raise ValidationError(_("电话只能是数字、空格和 + - ( )，至少 7 位"))
        return phone


class NameForm(RecordForm):
    """A former or short name."""

    kind = forms.ChoiceField(label=_("类别"), choices=CompanyName.Kind)
    name = forms.CharField(label=_("名称"), max_length=120)


class ListingForm(RecordForm):
    """A place on a top-500 list."""

    chart = forms.ChoiceField(label=_("榜单"), choices=Listing.Chart)
    year = forms.IntegerField(label=_("年度"), min_value=1990, max_value=2100)
    place = forms.IntegerField(
        label=_("位次"), min_value=1, max_value=5000, required=False, help_text=_("不知道可不填")
    )


class MergeForm(ReasonForm):
    """Why two companies are one, at the versions that the preview showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    absorbed_version = forms.IntegerField(widget=forms.HiddenInput)


class MergePartnerForm(RecordForm):
    """The company that goes into the one of the page."""

    company_name = CompanyNameField(label=_("被并企业"), help_text=_("填企业全称；它的项目、走访等都转到本企业名下"))

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["company_name"].suggest_to(self.user)
        show_similar(self.fields["company_name"], exclude=company.pk, pick=1)


class ClaimForm(WarnsOfDuplicates, RecordForm):
    """A first-report claim on a company, known or new."""

    company_name = CompanyNameField(label=_("企业"), help_text=_("填企业全称；登记过的会有提示。"))
    origin = forms.ChoiceField(
        label=_("资金来源"), choices=Origin, initial=Origin.COUNTRY, help_text=_("新企业按此登记；已有企业不改。")
    )
    unit = forms.ModelChoiceField(label=_("首报单位"), queryset=Unit.objects.none(), empty_label=None)
    on = DayField(label=_("首次接触日期"))
    contact = forms.CharField(label=_("对接人"), max_length=50, required=False)
    note = forms.CharField(
        label=_("接触情况"), max_length=300, widget=NOTE, help_text=_("在哪里、与谁、谈了什么；裁定时作为依据")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        self.fields["company_name"].suggest_to(self.user)


class ReleaseForm(ReasonForm):
    """Why a claim is given up, at the version that was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DecideForm(ReasonForm):
    """Which of the open claims on a company is upheld, and why; seen is the state of them that was shown."""

    upheld = forms.TypedChoiceField(label=_("裁定归属"), coerce=int, widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ["upheld", "reason"]

    def __init__(self, *args, claims=(), **kwargs):
        super().__init__(*args, **kwargs)
        words = _("%(unit)s（%(on)s 首报）")
        self.fields["upheld"].choices = [
            (claim.pk, words % {"unit": claim.unit, "on": claim.on.isoformat()}) for claim in claims
        ]
        self.fields["reason"].label = _("裁定理由")


class ThresholdForm(RecordForm):
    """The value of one threshold; left empty, its default holds again."""

    value = ExactFormField(label=_("取值"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.measure = Threshold.MEASURES[name]
        default = plain(Threshold.DEFAULTS[name])
        self.fields["value"].measure = self.measure
        self.fields["value"].help_text = _("留空则恢复默认值 %(n)s %(m)s") % {"n": default, "m": self.measure}

    def clean_value(self):
        """Refuse what the measure does not allow."""
        value = self.cleaned_data["value"]
        if value is None:
            return None
        if value <= 0:
            raise ValidationError(_("阈值须大于 0"))
        if self.measure == "天" and (value != value.to_integral_value() or value > 3650):
            raise ValidationError(_("天数须为整数，不超过 3650"))
        if self.measure == "%" and value > 100:
            raise ValidationError(_("百分比不能超过 100"))
        if value > 10000:
            raise ValidationError(_("数值过大"))
        return value
