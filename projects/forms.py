"""Forms of the project ledger: projects, shares, milestones."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.models import Company, Credit, Currency, Event, Origin, Sector
from projects.stages import KINDS, NEED_NAMES, Kind
from units.forms import RecordForm
from units.models import Unit


def day_field(label, *, required=True, **more):
    """Return a date field with the browser's date input."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **more)


def version_field():
    """Return the hidden version that a second clerk's form fails on."""
    return forms.IntegerField(required=False, widget=forms.HiddenInput)


class SuggestedName(forms.TextInput):
    """A text input with the names one has met already."""

    template_name = "projects/suggested_name.html"

    def __init__(self, attrs=None, names=()):
        super().__init__(attrs)
        self.names = names

    def get_context(self, name, value, attrs):
        """Add the names."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-names"
        context["widget"]["attrs"]["autocomplete"] = "off"
        context["names"] = self.names
        return context


def company_names(user):
    """Return the names of the companies a user may see, the first 500 of them."""
    return Company.objects.visible_to(user).order_by("name").values_list("name", flat=True)[:500]


class ProjectForm(RecordForm):
    """A lead takes six fields; the rest may come with the stages."""

    name = forms.CharField(label=_("项目名称"), max_length=120)
    company_name = forms.CharField(
        label=_("投资方"), max_length=120, help_text=_("输入企业全称；台账里已有的企业会直接使用")
    )
    origin = forms.ChoiceField(
        label=_("资金来源"), choices=Origin, initial=Origin.COUNTRY, help_text=_("只对新企业起作用")
    )
    sector = forms.ChoiceField(label=_("产业类别"), choices=Sector)
    unit = forms.ModelChoiceField(label=_("招引单位"), queryset=Unit.objects.none())
    investment = ExactFormField(label=_("计划总投资"), measure="亿元", required=False, min_value=Decimal(0))
    industry = forms.CharField(label=_("细分产业"), max_length=50, required=False)
    place = forms.CharField(label=_("建设地点"), max_length=100, required=False)
    leader = forms.CharField(label=_("挂包领导"), max_length=50, required=False)
    summary = forms.CharField(
        label=_("建设内容"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = version_field()

    def __init__(self, *args, user=None, project=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(user)
        self.fields["company_name"].widget = SuggestedName(names=company_names(user))
        self.fields["summary"].wide = True
        if project is not None:
            del self.fields["unit"], self.fields["origin"]


class SharesForm(RecordForm):
    """Who shares a project: up to five units, their roles and percents, and the paper that fixed them."""

    ROWS = range(5)
    reason = forms.CharField(label=_("依据"), max_length=500, help_text=_("如会议纪要、协议的名称和文号"))
    version = version_field()

    def __init__(self, *args, user=None, project=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        top = f"/{project.introducer.lineage[0]}/"
        held = list(project.credits.select_related("unit"))
        for place in self.ROWS:
            row = held[place] if place < len(held) else None
            self.fields[f"unit_{place}"] = forms.ModelChoiceField(
                label=_("单位 %d") % (place + 1),
                queryset=Unit.objects.filter(path__startswith=top),
                required=False,
                initial=row and row.unit_id,
            )
            self.fields[f"role_{place}"] = forms.ChoiceField(
                label=_("职责"), choices=Credit.Role, required=False, initial=row.role if row else Credit.Role.LANDING
            )
            self.fields[f"share_{place}"] = ExactFormField(
                label=_("份额"), measure="%", required=False, initial=row and row.share, min_value=Decimal(0)
            )
        last = ["reason", "version"]
        self.order_fields([*(name for name in self.fields if name not in last), *last])
        self.fields["reason"].wide = True

    def clean(self):
        """Refuse half a row; more than the sum is for the action to say."""
        data = self.cleaned_data
        for place in self.ROWS:
            unit, share = data.get(f"unit_{place}"), data.get(f"share_{place}")
            if (unit is None) != (share is None) and f"share_{place}" not in self.errors:
                name = f"share_{place}" if unit else f"unit_{place}"
                self.add_error(name, _("单位和份额须一起填"))
        return data

    @property
    def shares(self):
        """The rows that are filled in: (unit, role, percent)."""
        data = self.cleaned_data
        return [
            (data[f"unit_{place}"], data[f"role_{place}"] or Credit.Role.LANDING, data[f"share_{place}"])
            for place in self.ROWS
            if data.get(f"unit_{place}") is not None
        ]


class MilestoneForm(RecordForm):
    """What happened, or is promised; only the fields that the stage table has a use for."""

    kind = forms.ChoiceField(label=_("节点"), choices=Kind)
    on = day_field(_("发生日期"), required=False, help_text=_("还没有发生的留空，填承诺日期"))
    due_on = day_field(_("承诺日期"), required=False)
    amount = ExactFormField(label=_("金额"), measure="万元", required=False)
    currency = forms.ChoiceField(label=_("币种"), choices=Currency, initial=Currency.CNY, required=False)
    rate = ExactFormField(label=_("折算汇率"), required=False, help_text=_("外币必填：1 外币折合人民币多少元"))
    promised_amount = ExactFormField(label=_("承诺金额"), measure="万元", required=False)
    event = forms.ModelChoiceField(
        label=_("在哪个招商活动上"), queryset=Event.objects.none(), required=False, empty_label=_("不在活动上")
    )
    in_cash = forms.BooleanField(label=_("现汇"), required=False)
    note = forms.CharField(label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(label=_("更正理由"), max_length=500)
    version = version_field()

    def __init__(self, *args, user=None, kind=None, milestone=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["kind"].disabled = True
        self.fields["event"].queryset = Event.objects.visible_to(user)
        self.fields["note"].wide = True
        rule = KINDS[kind]
        money = "amount" in rule.needs or kind in {Kind.INTENT, Kind.FRAMEWORK, Kind.FILING}
        if not money:
            for name in ("amount", "currency", "rate", "promised_amount", "in_cash"):
                del self.fields[name]
        elif kind not in {Kind.FUNDING}:
            del self.fields["in_cash"]
        if milestone is None:
            del self.fields["reason"], self.fields["version"]
        else:
            self.fields["reason"].wide = True
        if "amount" in self.fields:
            self.fields["amount"].help_text = _("按所选币种以万为单位，也可直接写 1.2亿")
            if "amount" in rule.needs:
                self.fields["amount"].help_text = _("发生时必填；按所选币种以万为单位，也可直接写 1.2亿")
        for name in rule.needs:
            if name == "note":
                self.fields["note"].required = True
                self.fields["note"].label = NEED_NAMES[name]

    def clean(self):
        """Ask for one of the two days, and fill in the currency where the field was left empty."""
        data = super().clean() or self.cleaned_data
        if not data.get("on") and not data.get("due_on") and not {"on", "due_on"} & set(self.errors):
            self.add_error("on", _("发生日期和承诺日期至少填一个"))
        if "currency" in self.fields and not data.get("currency"):
            data["currency"] = Currency.CNY
        return data
