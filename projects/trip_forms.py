"""Forms of delegations, trips, planned contacts and attendance at events."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.numbers import ExactFormField
from projects.models import Delegation, PlannedContact, Project
from projects.record_fields import CompanyNameField, DayField, ProjectField, WarnsOfDuplicates
from units.forms import ReasonForm, RecordForm
from units.models import Unit

NOTE = {"rows": 2}
ROWS, MOST_ROWS = 4, 40  # lines of an itinerary that a form shows at least, and takes at most
STOP = re.compile(r"stop_(\d{1,2})_(?:on|place|plan)")
HEADS = {"measure": "人", "min_value": Decimal(1)}


def wide(field):
    """Let a field take both columns."""
    field.wide = True
    return field


class DelegationForm(RecordForm):
    """A team, a task force or an office away from home."""

    kind = forms.ChoiceField(label=_("类别"), choices=Delegation.Kind)
    name = forms.CharField(label=_("名称"), max_length=100)
    unit = forms.ModelChoiceField(label=_("所属单位"), queryset=Unit.objects.none(), empty_label=None)
    campaign = forms.ModelChoiceField(
        label=_("为哪次战役组建"), queryset=Campaign.objects.none(), required=False, empty_label=_("常设"),
        help_text=_("选了战役，本单位即算已报备方案"),
    )  # fmt: skip
    leader = forms.CharField(label=_("带队领导"), max_length=50)
    leader_title = forms.CharField(label=_("领导职务"), max_length=50, required=False)
    place = forms.CharField(
        label=_("驻地"), max_length=100, required=False, help_text=_("驻点办事处须填，如：深圳市南山区")
    )
    focus = forms.CharField(label=_("主攻方向"), max_length=200, required=False)
    formed_on = DayField(label=_("组建日期"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(self.user).order_by("-starts_on", "-pk")


class DelegationChangeForm(DelegationForm):
    """The same, with its last day, at the version it was opened at; its unit stays."""

    dissolved_on = DayField(label=_("撤销日期"), required=False, help_text=_("撤销后不再列为在编，记录保留"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, delegation, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["unit"]
        if delegation.campaign_id:
            self.fields["campaign"].queryset |= Campaign.objects.filter(pk=delegation.campaign_id)


class PostingForm(RecordForm):
    """A person who joins a delegation, or is posted to an office."""

    person = forms.CharField(label=_("姓名"), max_length=50)
    title = forms.CharField(label=_("职务"), max_length=50, required=False)
    from_on = DayField(label=_("起始日期"))
    until_on = DayField(label=_("截止日期"), required=False, help_text=_("还没有定的留空"))


class PostingEndForm(RecordForm):
    """Until which day a person belongs to a delegation."""

    until_on = DayField(label=_("截止日期"))


class LeaveForm(RecordForm):
    """Days away from the post, why, and who allowed it."""

    from_on = DayField(label=_("起始日期"))
    until_on = DayField(label=_("截止日期"))
    reason = forms.CharField(label=_("离岗事由"), max_length=200)
    allowed_by = forms.CharField(label=_("批准人"), max_length=50)


class HasStops:
    """A form with the lines of an itinerary: as many as stand there and some more; empty lines are left out."""

    def add_stops(self):
        """Add the fields of every line."""
        sent = [int(found[1]) for name in self.data if (found := STOP.fullmatch(name))]
        count = max(sent, default=-1) + 1 if self.is_bound else len(self.initial.get("stops", ())) + ROWS
        for n in range(min(count, MOST_ROWS)):
            self.fields[f"stop_{n}_on"] = DayField(label=_("日期"), required=False)
            self.fields[f"stop_{n}_place"] = forms.CharField(
                label=_("地点"), max_length=100, required=False,
                widget=forms.TextInput(attrs={"placeholder": _("地点")}),
            )  # fmt: skip
            self.fields[f"stop_{n}_plan"] = forms.CharField(
                label=_("安排"), max_length=200, required=False,
                widget=forms.TextInput(attrs={"placeholder": _("安排")}),
            )  # fmt: skip
        for n, stop in enumerate(self.initial.get("stops", ())):
            self.initial |= {f"stop_{n}_{name}": stop[name] for name in ("on", "place", "plan")}

    @property
    def stop_rows(self):
        """The lines as bound fields: day, place, plan."""
        count = sum(name.endswith("_on") for name in self.fields if name.startswith("stop_"))
        return [[self[f"stop_{n}_{name}"] for name in ("on", "place", "plan")] for n in range(count)]

    @property
    def plain_fields(self):
        """The other fields."""
        return [field for field in self.visible_fields() if not STOP.fullmatch(field.name)]

    def clean(self):
        """Gather the lines; one that names a place or a plan needs a day, one with a day a place."""
        values = super().clean() or self.cleaned_data
        stops = []
        for n in range(len(self.stop_rows)):
            line = {name: values.pop(f"stop_{n}_{name}", None) for name in ("on", "place", "plan")}
            if not any(line.values()):
                continue
            for name, word in (("on", _("请填日期")), ("place", _("请填地点"))):
                if not line[name] and f"stop_{n}_{name}" not in self.errors:
                    self.add_error(f"stop_{n}_{name}", word)
            stops.append(line)
        return values | {"stops": stops}


class TripForm(HasStops, RecordForm):
    """A trip with its plan and itinerary, filed before it starts."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    delegation = forms.ModelChoiceField(
        label=_("小分队"), queryset=Delegation.objects.none(), required=False, empty_label=_("未编入小分队")
    )
    purpose = wide(forms.CharField(label=_("出行目的"), max_length=200, help_text=_("如：赴江南拜访三家装备企业")))
    leader = forms.CharField(label=_("带队人"), max_length=50)
    people = forms.CharField(
        label=_("同行人员"), max_length=300, required=False, help_text=_("姓名用顿号隔开；出勤表按人统计")
    )
    starts_on = DayField(label=_("出发日期"))
    ends_on = DayField(label=_("返回日期"))
    heads = ExactFormField(label=_("人数"), help_text=_("含带队人"), **HEADS)
    cost = ExactFormField(label=_("费用"), measure="万元", min_value=Decimal(0), required=False)
    led_by_top = forms.BooleanField(label=_("党政主要领导带队"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        rows = Delegation.objects.editable_by(self.user).filter(dissolved_on__isnull=True)
        self.fields["delegation"].queryset = rows.for_list()
        self.add_stops()


class TripChangeForm(TripForm):
    """The same at the version it was opened at; its unit stays, what came of it is there once it was ended."""

    results = wide(forms.CharField(label=_("成果"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, trip, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["unit"]
        if not trip.ended_at:
            del self.fields["results"]
        own = Delegation.objects.filter(unit=trip.unit_id)
        rows = own.filter(dissolved_on__isnull=True) | own.filter(pk=trip.delegation_id)
        self.fields["delegation"].queryset = rows.for_list()


class TripEndForm(RecordForm):
    """What came of a trip, and what was different from the plan."""

    results = forms.CharField(
        label=_("成果"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("见了谁、谈成什么、下一步；没有成果写“无”并说明情况"),
    )  # fmt: skip
    ends_on = DayField(label=_("实际返回日期"))
    heads = ExactFormField(label=_("实际人数"), help_text=_("含带队人"), **HEADS)
    people = forms.CharField(label=_("同行人员"), max_length=300, required=False)
    cost = ExactFormField(label=_("费用"), measure="万元", min_value=Decimal(0), required=False)
    led_by_top = forms.BooleanField(label=_("党政主要领导带队"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PlannedForm(WarnsOfDuplicates, RecordForm):
    """Who calls or visits a company next, by which day."""

    way = forms.ChoiceField(label=_("方式"), choices=PlannedContact.Way, widget=forms.RadioSelect)
    company_name = CompanyNameField(label=_("企业"), help_text=_("填企业全称；登记过的会有提示。"))
    due_on = DayField(label=_("计划日期"))
    person = forms.CharField(label=_("由谁联系"), max_length=50)
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    project = ProjectField(label=_("有关项目"), required=False, help_text=_("输入几个字即有提示；还没有项目的留空"))
    note = forms.CharField(label=_("事由"), max_length=200, required=False, widget=forms.Textarea(attrs=NOTE))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        self.fields["project"].offer(Project.objects.visible_to(self.user))
        self.fields["company_name"].suggest_to(self.user)


class PlannedDoneForm(RecordForm):
    """On which day a planned contact took place."""

    on = DayField(label=_("完成日期"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class PlannedDropForm(RecordForm):
    """Why a planned contact is dropped."""

    dropped = forms.CharField(label=_("取消理由"), max_length=200, widget=forms.Textarea(attrs=NOTE))
    version = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(ReasonForm):
    """Why a trip is called off, at the version that was opened."""

    reason = forms.CharField(label=_("取消理由"), max_length=300, widget=forms.Textarea(attrs=NOTE))
    version = forms.IntegerField(widget=forms.HiddenInput)


class AttendanceForm(RecordForm):
    """With how many people each unit was at an event; a line that was not touched stays what it is."""

    def __init__(self, *args, units, standing, **kwargs):
        super().__init__(*args, **kwargs)
        self.units, self.standing = units, standing
        for unit in units:
            heads, leader = standing.get(unit.pk, (0, ""))
            self.fields[f"heads_{unit.pk}"] = forms.IntegerField(
                label=_("%(unit)s 人数") % {"unit": unit}, min_value=0, max_value=9999, required=False,
                initial=heads or None, widget=forms.NumberInput(attrs={"class": "zs-input zs-short"}),
            )  # fmt: skip
            self.fields[f"leader_{unit.pk}"] = forms.CharField(
                label=_("%(unit)s 带队人") % {"unit": unit}, max_length=50, required=False, initial=leader,
                widget=forms.TextInput(attrs={"class": "zs-input"}),
            )  # fmt: skip
            self.fields[f"was_{unit.pk}"] = forms.CharField(
                max_length=80, required=False, initial=f"{heads}|{leader}", widget=forms.HiddenInput
            )

    @property
    def rows(self):
        """The lines of the page: unit, number of people, leader, what stood there."""
        names = ("heads", "leader", "was")
        return [(unit, *(self[f"{name}_{unit.pk}"] for name in names)) for unit in self.units]

    def clean(self):
        """Keep the lines that were changed; a line that somebody else changed meanwhile is shown, not overwritten."""
        values, changed = super().clean() or self.cleaned_data, []
        for unit in self.units:
            heads, leader = values.get(f"heads_{unit.pk}") or 0, values.get(f"leader_{unit.pk}") or ""
            typed, was = f"{heads}|{leader}", values.get(f"was_{unit.pk}")
            stands = "{}|{}".format(*self.standing.get(unit.pk, (0, "")))
            if typed in {was, stands}:
                continue
            if was != stands:
                self.add_error(f"heads_{unit.pk}", told_of_others(stands))
            elif leader and not heads:
                self.add_error(f"heads_{unit.pk}", _("填了带队人，请填人数"))
            else:
                changed.append((unit, heads, leader))
        return {"changed": changed}


def told_of_others(stands):
    """Say what somebody else saved meanwhile."""
    heads, _bar, leader = stands.partition("|")
    return ValidationError(
        _("他人刚改为 %(n)s 人%(who)s，请刷新后再改") % {"n": heads, "who": f"（{leader}）" if leader else ""}
    )
