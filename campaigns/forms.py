"""Forms of the campaigns room."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign, FurtherUnit, Indicator
from campaigns.numbers import ExactFormField, measure_of
from units.forms import RecordForm, day_input
from units.models import Role, Unit

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
MEASURE_WORD = re.compile(r"(?![万亿]+$)[^\W\d_]{1,20}|[%‰]")
EMPTY_ROWS = 3  # blank rows below the indicators that are there


class DayField(forms.DateField):
    """A day of this century; outside of it, dates cannot be reckoned with."""

    widget = day_input()

    def validate(self, value):
        """Refuse slips such as the year 0226."""
        super().validate(value)
        if value and not EARLIEST <= value <= LATEST:
            raise ValidationError(_("年份须在 2000 至 2099 之间"))


class VersionForm(RecordForm):
    """A form that knows on which version of the campaign it was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TermForm(VersionForm):
    """A clause that holds from a day, until another where one is given."""

    def clean(self):
        """Refuse an end before the start."""
        data = self.cleaned_data
        if data.get("from_on") and data.get("until_on") and data["until_on"] < data["from_on"]:
            self.add_error("until_on", _("停用日期不能早于起用日期"))
        return data

    def facts(self):
        """Return what the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


# --- campaign -------------------------------------------------------------------------------------


class CampaignForm(VersionForm):
    """Name, organiser, dates, clock and thresholds of a campaign."""

    name = forms.CharField(label=_("名称"), max_length=100)
    organiser = forms.ModelChoiceField(label=_("组织单位"), queryset=Unit.objects.none())
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"))
    clock = forms.ChoiceField(
        label=_("时序进度"),
        choices=Campaign.Clock,
        help_text=_(
            "按日：已过天数 ÷ 总天数；按工作日：不计周末和节假日；按月：月末过后才计一个月，适合年度目标；"
            "按阶段表：以本战役阶段表中已到期阶段的应完成比例为准。"
        ),
    )
    year = forms.ModelChoiceField(
        label=_("所属年度战役"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label=_("（不属于）"),
        help_text=_("一年几轮的，各轮选同一个年度战役，列表和总览上放在一起。"),
    )
    slogan = forms.CharField(label=_("口号"), max_length=100, required=False)
    themes = forms.CharField(
        label=_("主题标签"), max_length=100, required=False, help_text=_("如 产业招商突破年；几个用顿号隔开。")
    )
    leading_group = forms.CharField(
        label=_("领导小组"), max_length=300, required=False, help_text=_("组长、副组长、成员单位。")
    )
    office = forms.CharField(
        label=_("活动办公室"), max_length=200, required=False, help_text=_("设在哪里，主任，联系电话。")
    )
    plans_due_on = DayField(
        label=_("方案报送期限"), required=False, help_text=_("各单位在此日前报送方案和小分队行程；不填则不催报。")
    )
    full_score = ExactFormField(label=_("综合得分满分"), min_value=Decimal(1), initial=Decimal(100))
    score_cap = ExactFormField(
        label=_("单项完成率计分上限"),
        min_value=Decimal("0.01"),
        initial=Decimal(1),
        help_text=_("1 表示最多按 100% 计分，1.2 表示最多按 120%。"),
    )
    green_at = ExactFormField(
        label=_("绿灯界线"),
        min_value=Decimal(0),
        initial=Decimal(1),
        help_text=_("完成率 ÷ 时序进度，不低于此数为正常。"),
    )
    yellow_at = ExactFormField(
        label=_("黄灯界线"),
        min_value=Decimal(0),
        initial=Decimal("0.7"),
        help_text=_("不低于此数为偏慢，再低为滞后。"),
    )

    def __init__(self, *args, user=None, fixed=None, own=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        years = Campaign.objects.editable_by(user).filter(year__isnull=True).for_list()
        self.fields["year"].queryset = years.exclude(pk=own.pk) if own else years
        organiser = self.fields["organiser"]
        organiser.queryset = Unit.objects.within(user.paths(Role.EDITOR)).order_by("path")
        organiser.initial = user.first_unit(Role.EDITOR)
        if fixed is not None:  # the organiser of a campaign that exists
            organiser.disabled, organiser.initial = True, fixed

    def clean(self):
        """Refuse an end before the start, and a green light below the yellow one."""
        data = self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("结束日期不能早于开始日期"))
        if data.get("plans_due_on") and data.get("ends_on") and data["ends_on"] < data["plans_due_on"]:
            self.add_error("plans_due_on", _("方案报送期限不能晚于战役结束日期"))
        green, yellow = data.get("green_at"), data.get("yellow_at")
        if green is not None and yellow is not None and green < yellow:
            self.add_error("green_at", _("绿灯界线不能低于黄灯界线"))
        return data


# --- the dated table of a campaign ----------------------------------------------------------------


class StageForm(forms.Form):
    """One stage: by which day, which share of every quota."""

    on = DayField(label=_("截止日期"), required=False)
    share = ExactFormField(label=_("应完成比例"), measure="%", min_value=Decimal(0), required=False)
    name = forms.CharField(label=_("阶段"), max_length=50, required=False)

    def clean(self):
        """Ask for day and share together; an empty row is none."""
        data = self.cleaned_data
        if not self.errors and (data["on"] is None) != (data["share"] is None):
            raise ValidationError(_("请同时填写截止日期和应完成比例"))
        return data


class StagesForm(VersionForm):
    """The dated table of a campaign, a row each; a row without a day is not kept."""

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        initial = [
            {"on": stage.on, "share": stage.share * 100, "name": stage.name} for stage in campaign.stages.all()
        ]
        formset = forms.formset_factory(StageForm, extra=EMPTY_ROWS, max_num=60, absolute_max=100)
        self.rows = formset(self.data if self.is_bound else None, prefix="rows", initial=initial)

    def clean(self):
        """Collect the stages that name a day."""
        if not self.rows.is_valid():
            problems = [str(error) for error in self.rows.non_form_errors()]
            raise ValidationError(problems or _("请更正表中标红的内容"))
        self.cleaned_data["stages"] = [
            (row["on"], row["share"] / 100, row["name"])
            for row in (form.cleaned_data for form in self.rows.forms)
            if row.get("on")
        ]
        return self.cleaned_data


class CopyForm(RecordForm):
    """A campaign like an earlier one."""

    name = forms.CharField(label=_("名称"), max_length=100)
    starts_on = DayField(
        label=_("开始日期"), help_text=_("与往期同样长；各阶段随开始日期顺延，考核办法作为草案带来。")
    )
    with_targets = forms.BooleanField(
        label=_("目标任务也带过来"), required=False, help_text=_("不勾选则目标留空，另行下达。")
    )


TABLE_BYTES = 2**20  # a table goes along with its preview, so it must be small


class TableForm(RecordForm):
    """A published table of a day, and the campaign it is of; the file is kept in the form while it is looked at."""

    name = forms.CharField(label=_("战役名称"), max_length=100)
    organiser = forms.ModelChoiceField(label=_("组织单位"), queryset=Unit.objects.none())
    starts_on = DayField(label=_("开始日期"))
    ends_on = DayField(label=_("结束日期"))
    as_of = DayField(label=_("表中数字截至"))
    clock = forms.ChoiceField(label=_("时序进度"), choices=Campaign.Clock)
    basis = forms.ChoiceField(
        label=_("表中数字算"),
        choices=[("both", _("上报和认定")), *Basis.choices],
        help_text=_("通报数一般两者都算。"),
    )
    file = forms.FileField(
        label=_("通报表"),
        help_text=_("XLSX 或 CSV，不超过 1 MB，须有 单位、指标、计量单位 三列，可有 组别、合计、目标、完成。"),
    )  # fmt: skip
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        organiser = self.fields["organiser"]
        organiser.queryset = Unit.objects.within(self.user.paths(Role.EDITOR)).order_by("path")
        organiser.initial = self.user.first_unit(Role.EDITOR)
        if self.is_bound and self.data.get("kept"):
            self.ask_for_another_file()

    def ask_for_another_file(self):
        """Say that the file is there already."""
        self.fields["file"].required = False
        self["file"].help_text = _("已读入；要换一个文件或改好后重传，请重新选择。")

    def clean_name(self):
        """Refuse the name of a campaign that somebody else sets up."""
        name = self.cleaned_data["name"].strip()
        mine = Campaign.objects.editable_by(self.user).filter(name=name)
        if Campaign.objects.filter(name=name).exists() and not mine.exists():
            raise ValidationError(_("已有同名战役，请换一个名称"))
        return name

    def clean(self):
        """Read the file that was sent, or that is kept from the preview."""
        data = self.cleaned_data
        if file := data.get("file"):
            if file.size > TABLE_BYTES:
                raise ValidationError({"file": _("文件超过 1 MB，请只留需要的一张表")})
            data["content"] = file.read()
            self.keep(data["content"])
        elif data.get("kept"):
            try:
                data["content"] = urlsafe_b64decode(data["kept"])
            except (ValueError, UnicodeError):
                raise ValidationError({"file": _("请重新选择文件")}) from None
        return data

    @property
    def what(self):
        """What load_table() is asked for."""
        data = self.cleaned_data
        bases = tuple(Basis.values) if data["basis"] == "both" else (data["basis"],)
        names = ("name", "organiser", "starts_on", "ends_on", "as_of", "clock")
        return {**{name: data[name] for name in names}, "bases": bases}

    def keep(self, content):
        """Keep the file in the form, whatever else is wrong: a browser would ask for it again."""
        self.data = self.data.copy()
        self.data["kept"] = urlsafe_b64encode(content).decode()
        self.ask_for_another_file()


# --- phases ---------------------------------------------------------------------------------------


class PhaseForm(RecordForm):
    """One demand of a phase."""

    name = forms.CharField(label=_("阶段"), max_length=50, required=False)
    starts_on = DayField(label=_("开始"), required=False)
    ends_on = DayField(label=_("结束"), required=False)
    demand = forms.CharField(label=_("要求"), max_length=300, required=False)
    due_on = DayField(label=_("时限"), required=False)
    remove = forms.BooleanField(label=_("移除"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.empty_permitted = False

    def clean(self):
        """Ask for everything but the day it is due, which is the phase's last where none is given."""
        data = self.cleaned_data
        if not self.is_wanted or self.errors:
            return data
        for name in ("name", "starts_on", "ends_on", "demand"):
            if not data.get(name):
                self.add_error(name, _("请填写"))
        data["due_on"] = data.get("due_on") or data.get("ends_on")
        if not self.errors and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("结束日期不能早于开始日期"))
        if not self.errors and not data["starts_on"] <= data["due_on"] <= data["ends_on"]:
            self.add_error("due_on", _("时限须在阶段起止日期之内"))
        return data

    @property
    def is_wanted(self):
        """Whether the row says anything and is not to go."""
        data = self.cleaned_data
        return not data.get("remove") and any(value for name, value in data.items() if name != "remove")


class PhasesForm(VersionForm):
    """The phases of a campaign, a row for each demand."""

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        fields = ("name", "starts_on", "ends_on", "demand", "due_on")
        formset = forms.formset_factory(PhaseForm, extra=EMPTY_ROWS, max_num=60, absolute_max=100)
        self.rows = formset(
            self.data if self.is_bound else None, prefix="rows", initial=list(campaign.phases.values(*fields))
        )

    def clean(self):
        """Collect the rows that are filled in."""
        if not self.rows.is_valid():
            problems = [str(error) for error in self.rows.non_form_errors()]
            raise ValidationError(problems or _("请更正表中标红的内容"))
        fields = ("name", "starts_on", "ends_on", "demand", "due_on")
        self.cleaned_data["phases"] = [
            {name: row.cleaned_data[name] for name in fields} for row in self.rows.forms if row.is_wanted
        ]
        return self.cleaned_data


# --- indicators of a campaign ---------------------------------------------------------------------


class LineForm(forms.Form):
    """One indicator of a campaign."""

    indicator = forms.ChoiceField(label=_("指标"), required=False)
    measure = forms.ChoiceField(label=_("计量单位"), required=False)
    basis = forms.ChoiceField(label=_("计数依据"), choices=Basis, required=False, initial=Basis.REPORTED)
    weight = ExactFormField(label=_("权重"), min_value=Decimal(0), required=False, initial=Decimal(1))
    order = forms.IntegerField(label=_("顺序"), min_value=0, max_value=9999, required=False)
    remove = forms.BooleanField(label=_("移出"), required=False)

    def __init__(self, *args, indicators=(), measures=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.empty_permitted = False
        self.known = {str(indicator.pk): indicator for indicator in indicators}
        self.fields["indicator"].choices = [
            ("", _("（不选）")),
            *((row.pk, f"{row.name}（{row.measure_word}）") for row in indicators),
        ]
        self.fields["measure"].choices = [("", _("按指标")), *((word, word) for word in measures)]

    def clean_indicator(self):
        """Return the indicator from the rows already loaded."""
        return self.known.get(self.cleaned_data["indicator"])

    def clean(self):
        """Ask for a measure of the indicator's dimension; the usual one, where none is chosen."""
        data = self.cleaned_data
        indicator = data.get("indicator")
        if indicator is None or data.get("remove"):
            return data
        data["measure"] = data.get("measure") or indicator.measure_word
        if measure_of(data["measure"]).dimension != indicator.dimension:
            words = "、".join(indicator.measures)
            self.add_error("measure", _("须与指标的计量一致，可选：%(words)s") % {"words": words})
        data["basis"] = data.get("basis") or Basis.REPORTED
        if data.get("weight") is None and "weight" not in self.errors:
            data["weight"] = Decimal(1)
        return data


class LinesForm(VersionForm):
    """The indicators of a campaign, a row each."""

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        lines = list(campaign.lines.select_related("indicator"))
        indicators = list(Indicator.objects.order_by("name", "dimension"))
        words = dict.fromkeys(word for indicator in indicators for word in indicator.measures)
        words |= dict.fromkeys(line.measure for line in lines)
        rows = [
            {
                "indicator": line.indicator_id,
                "measure": line.measure,
                "basis": line.basis,
                "weight": line.weight,
                "order": order,
            }
            for order, line in enumerate(lines, start=1)
        ]
        formset = forms.formset_factory(LineForm, extra=EMPTY_ROWS, max_num=200, absolute_max=300)
        self.rows = formset(
            self.data if self.is_bound else None,
            prefix="rows",
            initial=rows,
            form_kwargs={"indicators": indicators, "measures": list(words)},
        )

    def clean(self):
        """Collect the rows that name an indicator, in their order; refuse one named twice."""
        if not self.rows.is_valid():
            problems = [str(error) for error in self.rows.non_form_errors()]
            raise ValidationError(problems or _("请更正表中标红的内容"))
        kept = []
        for place, row in enumerate(self.rows.forms):
            data = row.cleaned_data
            if data.get("indicator") is None or data.get("remove"):
                continue
            order = data["order"] if data.get("order") is not None else 10**4
            kept.append(((order, place), {name: data[name] for name in ("indicator", "measure", "basis", "weight")}))
        self.cleaned_data["lines"] = [line for _key, line in sorted(kept, key=lambda pair: pair[0])]
        return self.cleaned_data


# --- roster ---------------------------------------------------------------------------------------

GROUP = forms.CharField(max_length=50, required=False)
LEADER = forms.CharField(max_length=50, required=False)
ORDER = forms.IntegerField(min_value=0, max_value=9999, required=False)
TITLE = forms.CharField(max_length=50, required=False)
JOIN = forms.CharField(max_length=100, required=False)
SEAT_FIELDS = {"group": GROUP, "leader": LEADER, "order": ORDER, "title": TITLE, "join": JOIN}
OF_A_LINE = ("group", "leader", "order", "title")  # only a line of the roster has them


@dataclass
class SeatRow:
    """One unit on the roster form, as typed or as saved."""

    unit: Unit
    depth: int
    on: bool
    group: str = ""
    leader: str = ""
    order: str = ""
    title: str = ""
    join: str = ""  # the unit whose line it counts on
    is_forgotten: bool = False  # filled in, but neither ticked nor on the roster before
    cleaned: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)


class RosterForm(VersionForm):
    """The units of the organiser's tree, which of them take part, in which group, led by whom, on whose line.

    The inputs are on-<unit>, group-<unit>, leader-<unit>, order-<unit>, title-<unit> and join-<unit>: a tree of
    hundreds of units would be slow as that many form fields.
    """

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        seats = {seat.unit_id: seat for seat in campaign.roster.select_related("unit")}
        self.joined = {
            row.unit_id: row for row in FurtherUnit.objects.filter(campaign=campaign).select_related("unit", "seat")
        }
        tree = Unit.objects.standing().within([campaign.organiser.path]).exclude(pk=campaign.organiser_id)
        units = {unit.pk: unit for unit in tree} | {seat.unit_id: seat.unit for seat in seats.values()}
        units |= {row.unit_id: row.unit for row in self.joined.values()}
        self.names = {unit.pk: unit.name for unit in units.values()}
        base = campaign.organiser.path.count("/") + 1
        places = {unit_id: place for place, unit_id in enumerate(seats, start=1)}
        self.rows = [
            self.row(unit, seats.get(unit.pk), places.get(unit.pk), max(0, unit.path.count("/") - base))
            for unit in sorted(units.values(), key=lambda unit: unit.lineage)
        ]

    def row(self, unit, seat, place, depth):
        """Return a unit as typed, or as saved where nothing was sent."""
        if not self.is_bound:
            saved = {"group": seat.group, "leader": seat.leader, "order": str(place)} if seat else {}
            saved |= {"title": seat.title} if seat else {}
            if unit.pk in self.joined:
                saved["join"] = self.names[self.joined[unit.pk].seat.unit_id]
            return SeatRow(unit, depth, seat is not None, **saved)
        row = SeatRow(unit, depth, f"on-{unit.pk}" in self.data)
        for name, cleaner in SEAT_FIELDS.items():
            setattr(row, name, self.data.get(f"{name}-{unit.pk}", ""))
            try:
                row.cleaned[name] = cleaner.clean(getattr(row, name))
            except ValidationError as error:
                row.errors[name] = "；".join(error.messages)
        row.is_forgotten = seat is None and not row.on and any(getattr(row, name) for name in OF_A_LINE)
        if row.is_forgotten:
            row.errors["group"] = str(_("填了内容但没有勾选；要列入请勾选，不列入请清空"))
        return row

    def clean(self):
        """Collect the seats in their order, each with the units that count on its line."""
        chosen = [(place, row) for place, row in enumerate(self.rows) if row.on]
        further = self.further([row for _place, row in chosen])
        if any(row.errors for row in self.rows if row.on or row.join or row.is_forgotten):
            raise ValidationError(_("请更正表中标红的内容"))
        orders = {place: row.cleaned["order"] for place, row in chosen}
        chosen.sort(key=lambda pair: (orders[pair[0]] is None, orders[pair[0]] or 0, pair[0]))
        self.cleaned_data["seats"] = [
            {
                **{name: row.cleaned[name] for name in ("group", "leader", "title")},
                "unit": row.unit,
                "further": further.get(row.unit.pk, []),
            }
            for _place, row in chosen
        ]
        return self.cleaned_data

    def further(self, chosen):
        """Return {seat's unit id: units that count on its line}; mark whose line cannot be told."""
        lines = defaultdict(list)
        for row in chosen:
            for name in {row.unit.name, row.cleaned.get("title") or row.unit.name}:
                lines[name].append(row.unit.pk)
        further = defaultdict(list)
        for row in self.rows:
            name = row.cleaned.get("join")
            if not name:
                continue
            if row.on:
                row.errors["join"] = str(_("已单独列入名单，不能再编入别的单位"))
            elif len(lines[name]) != 1:
                row.errors["join"] = str(_("名单中没有（或不止一个）「%(name)s」") % {"name": name})
            else:
                further[lines[name][0]].append(row.unit)
        return further


# --- indicators -----------------------------------------------------------------------------------


class IndicatorChange(RecordForm):
    """What may change about an indicator: its name, and the whole it is a part of."""

    name = forms.CharField(label=_("名称"), max_length=100)
    part_of = forms.ModelChoiceField(
        label=_("其中项，属于"),
        queryset=Indicator.objects.none(),
        required=False,
        help_text=_("如“其中省外资金”属于“到位资金”；其中项不与整体相加。"),
    )

    def __init__(self, *args, indicator=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        wholes = Indicator.objects.visible_to(self.user).order_by("name", "dimension")
        if indicator is not None:
            wholes = wholes.filter(dimension=indicator.dimension).exclude(pk=indicator.pk)
        self.fields["part_of"].queryset = wholes

    def clean_part_of(self):
        """Refuse a circle: a whole that is itself a part of this indicator."""
        whole = above = self.cleaned_data["part_of"]
        seen = set()
        while self.indicator is not None and above is not None and above.pk not in seen:
            seen.add(above.pk)
            if above.part_of_id == self.indicator.pk:
                raise ValidationError(_("「%(name)s」已是本指标的其中项") % {"name": whole.name})
            above = above.part_of
        return whole


class IndicatorForm(IndicatorChange):
    """A new indicator."""

    measure = forms.CharField(
        label=_("计量单位"),
        max_length=10,
        help_text=_("如 条、家、个、亿元、人次、%。同一量纲的单位（元、万元、亿元）可互换。"),
    )
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=Indicator.Kind,
        help_text=_("累加：各日、各单位可以相加；水平值：增长率、得分等，取最近一次；比率：由两个指标相除。"),
    )
    fed_by = forms.ChoiceField(
        label=_("来源"),
        choices=Indicator.Feed,
        help_text=_("填报：由单位填数；台账事实：由项目节点、走访按口径自动计数。"),
    )
    numerator = forms.ModelChoiceField(label=_("分子指标"), queryset=Indicator.objects.none(), required=False)
    denominator = forms.ModelChoiceField(label=_("分母指标"), queryset=Indicator.objects.none(), required=False)
    field_order = ("name", "measure", "kind", "fed_by", "part_of", "numerator", "denominator")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sums = Indicator.objects.visible_to(self.user).filter(kind=Indicator.Kind.SUM).order_by("name", "dimension")
        self.fields["numerator"].queryset = self.fields["denominator"].queryset = sums

    def clean_measure(self):
        """Take a word that can stand behind a figure."""
        word = "".join(self.cleaned_data["measure"].split())
        if not MEASURE_WORD.fullmatch(measure_of(word).word):
            raise ValidationError(_("计量单位只能是文字或 %，如 条、亿元、人次"))
        return word

    def clean(self):
        """Derive the dimension; ask for what the kind needs and refuse what it cannot have."""
        data = self.cleaned_data
        if "measure" not in data or "kind" not in data:
            return data
        measure, kind = measure_of(data["measure"]), data["kind"]
        data["dimension"] = measure.dimension
        if kind == Indicator.Kind.SUM and measure.level:
            self.add_error("kind", _("以 %(word)s 计量的指标不能累加，请选水平值或比率") % {"word": measure.word})
        self.clean_ratio(data, kind, measure)
        whole = data.get("part_of")
        if whole is not None and whole.dimension != measure.dimension:
            self.add_error("part_of", _("其中项须与整体同一种计量"))
        return data

    def clean_ratio(self, data, kind, measure):
        """A ratio has two different parts and is a percentage; nothing else has parts."""
        parts = {"numerator": data.get("numerator"), "denominator": data.get("denominator")}
        if kind != Indicator.Kind.RATIO:
            for name, part in parts.items():
                if part is not None:
                    self.add_error(name, _("只有比率指标才有分子、分母"))
            return
        for name, part in parts.items():
            if part is None and name not in self.errors:
                self.add_error(name, _("比率指标须选分子和分母"))
        if parts["numerator"] is not None and parts["numerator"] == parts["denominator"]:
            self.add_error("denominator", _("分母不能与分子相同"))
        if measure.dimension != "%":
            self.add_error("measure", _("比率指标的计量单位是 %"))
