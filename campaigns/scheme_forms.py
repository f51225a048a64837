"""Forms of the rules of scoring: a scheme, one row by its method's parameters, counts and marks."""

from decimal import Decimal
from fractions import Fraction

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.appraisal import figure_key, figure_source, indicator_of
from campaigns.forms import DayField, VersionForm
from campaigns.models import Indicator, Scheme, SchemeRow, ScoreItem
from campaigns.numbers import ExactFormField, exact
from campaigns.scoring.methods import METHODS, OP_CHOICES, Shortfall, Tiers
from campaigns.scoring.parameters import ParameterError, build, exact_fraction, number_text, parameters_of
from campaigns.scoring.values import AGAINST, OF_CASES, OF_FIGURES, OF_ITEMS, READS, Reads
from campaigns.scoring.words import reads_ratio, typed, value_text
from units.forms import ReasonForm, RecordForm, RecordsField
from units.models import Unit

PARAMETER = "p_"  # in front of the name of a method's parameter
SPLIT = str.maketrans("，、；\t", ",,,,")
COMPARED = {Reads.RATE, Reads.SIZE, Reads.EXCESS, Reads.GAP, Reads.PACE, Reads.CASE_RATE}  # with a quota
SECTIONS = (
    (_("取什么数"), ("code", "label", "kind", "reads", "indicator", "more", "item")),
    (_("怎么取"), ("against", "unreported", "at_least", "doubled", "raters")),
    (_("权重和限额"), ("weight", "within", "low", "high", "decimals")),
    (
        _("对谁、何时、什么前提"),
        ("scope", "starts_on", "ends_on", "need_indicator", "need_reads", "need_op", "need_at"),
    ),
    (_("条款"), ("clause",)),
)
NEEDED = [(kind.value, READS[kind]) for kind in (Reads.RATE, Reads.DONE)]  # what a condition may compare


def cells(line):
    """Return the cells of a typed line, separated by commas or tabs."""
    return [cell.strip() for cell in line.translate(SPLIT).split(",")]


class Lines(forms.CharField):
    """Rows of a small table, one a line, cells separated by commas."""

    widget = forms.Textarea(attrs={"rows": 4})
    wide = True

    def clean(self, value):
        """Return the lines as lists of cells."""
        return [cells(line) for line in super().clean(value).splitlines() if line.strip()]

    def prepare_value(self, value):
        """Print stored rows the way they are typed."""
        if isinstance(value, (list, tuple)):
            return "\n".join("，".join("" if cell is None else str(cell) for cell in row) for row in value)
        return value


class Words(forms.CharField):
    """Some words, separated by commas."""

    def clean(self, value):
        """Return the words."""
        return [word for word in cells(super().clean(value)) if word]

    def prepare_value(self, value):
        """Print stored words."""
        return "，".join(value) if isinstance(value, (list, tuple)) else value


class FractionField(forms.CharField):
    """An exact number, also as a percentage; gives the text that is stored."""

    def __init__(self, **kwargs):
        super().__init__(max_length=30, **kwargs)

    def clean(self, value):
        """Return the number as plain text, None where it was left empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return number_text(exact_fraction(text))
        except ParameterError as error:
            raise ValidationError(str(error)) from error


class SchemeForm(VersionForm):
    """Name, source, limits, grades and exclusions of a scheme."""

    name = forms.CharField(label=_("名称"), max_length=100)
    document = forms.CharField(
        label=_("依据文件"), max_length=200, required=False, help_text=_("文号或文件名；施行时必须写明")
    )
    decimals = forms.IntegerField(label=_("总分保留小数位数"), min_value=0, max_value=6, initial=2)
    rank_rounded = forms.BooleanField(
        label=_("名次和等次按取整后的得分"),
        required=False,
        help_text=_("不勾选：按未取整的得分排名、定等次，只在显示时取整。"),
    )
    low = ExactFormField(label=_("总分下限"), required=False, initial=Decimal(0))
    high = ExactFormField(label=_("总分上限"), required=False)
    bonus_cap = ExactFormField(label=_("加分合计上限"), required=False, min_value=Decimal(0))
    penalty_cap = ExactFormField(label=_("扣分合计上限"), required=False, min_value=Decimal(0))
    rescaled = forms.BooleanField(label=_("没有任务的计分项按其余项折算"), required=False)
    tie_break = Words(
        label=_("同分比较"), max_length=200, required=False, help_text=_("依次比较哪些编号的原值，如 1，3")
    )
    promotions_most = forms.IntegerField(label=_("最多晋升等次"), min_value=0, max_value=9, initial=1)
    barred_after = forms.IntegerField(label=_("几项降等即取消评先"), min_value=1, max_value=99, required=False)
    grades = Lines(
        label=_("等次"), max_length=500, required=False, help_text=_("每行一个：分数线，等次。如 90，优秀")
    )
    excluded = Lines(
        label=_("不参加考核的单位"), max_length=2000, required=False, help_text=_("每行一个：单位名称，原因")
    )

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.seats = {seat.unit.name: seat.unit_id for seat in campaign.roster.select_related("unit")}
        names = {unit_id: name for name, unit_id in self.seats.items()}
        held = self.initial.get("excluded")
        if held:
            self.initial["excluded"] = [[names.get(unit_id, unit_id), reason] for unit_id, reason in held]

    def clean_grades(self):
        """Read (from, name) of each grade."""
        made = []
        for row in self.cleaned_data["grades"]:
            if len(row) != 2 or not row[1]:
                raise ValidationError(_("每行写分数线和等次两项，如 90，优秀"))
            try:
                made.append([number_text(exact_fraction(row[0])), row[1]])
            except ParameterError as error:
                raise ValidationError(str(error)) from error
        return made

    def clean_excluded(self):
        """Read (unit, reason) of each excluded unit."""
        made = []
        for row in self.cleaned_data["excluded"]:
            if row[0] not in self.seats:
                raise ValidationError(_("参战名单中没有「%(name)s」") % {"name": row[0][:50]})
            if len(row) != 2 or not row[1]:
                raise ValidationError(_("请写明「%(name)s」不参加考核的原因") % {"name": row[0]})
            made.append([self.seats[row[0]], row[1]])
        return made


class SchemeCreateForm(SchemeForm):
    """A new scheme, empty or with the rows of another."""

    copy_of = forms.ModelChoiceField(
        label=_("复制条款自"),
        queryset=Scheme.objects.none(),
        required=False,
        help_text=_("留空则从空白开始；只能复制您看得到的战役的办法。"),
    )
    field_order = ("name", "copy_of", "document")

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, campaign=campaign, **kwargs)
        found = (
            Scheme.objects.visible_to(self.user)
            .select_related("campaign")
            .order_by("-campaign__starts_on", "-number")
        )
        self.fields["copy_of"].queryset = found
        self.fields["copy_of"].label_from_instance = lambda row: f"{row.campaign} · {row}"


class RowForm(VersionForm):
    """One row: what it reads, the parameters of its method, for whom, from which clause."""

    code = forms.CharField(label=_("编号"), max_length=10)
    label = forms.CharField(label=_("项目"), max_length=50)
    kind = forms.ChoiceField(label=_("类别"), choices=SchemeRow.Kind)
    reads = forms.ChoiceField(label=_("取什么数"))
    indicator = forms.ModelChoiceField(
        label=_("指标"),
        queryset=Indicator.objects.none(),
        required=False,
        error_messages={"required": _("请选择指标")},
    )
    item = forms.ModelChoiceField(
        label=_("考核事项"), queryset=ScoreItem.objects.none(), required=False,
        error_messages={"required": _("请选择考核事项")},
    )  # fmt: skip
    against = forms.ChoiceField(label=_("与哪个目标比"), choices=AGAINST.items(), required=False)
    more = RecordsField(
        label=_("另外几类指标"),
        queryset=Indicator.objects.none(),
        required=False,
        help_text=_("与上面的指标各算各的缺额，互不抵补；计量单位须相同。"),
    )
    doubled = forms.BooleanField(
        label=_("双计：共有的一笔给各单位都按全额计"), required=False, help_text=_("只影响得分，不影响任何合计。")
    )
    at_least = FractionField(label=_("只计金额不低于"), required=False)
    raters = Lines(
        label=_("评分方权重"), max_length=500, required=False, help_text=_("每行一个：评分方，权重。如 园区，70%")
    )
    unreported = forms.ChoiceField(label=_("有任务而未填报"), choices=SchemeRow.Unreported, required=False)
    weight = FractionField(label=_("权重"), initial="100%", help_text=_("100% 即得多少计多少"))
    low = ExactFormField(label=_("本项最低分"), required=False)
    high = ExactFormField(label=_("本项最高分"), required=False)
    decimals = forms.IntegerField(
        label=_("本项保留小数位数"), min_value=0, max_value=6, required=False, help_text=_("留空不取整；四舍五入")
    )
    within = forms.ChoiceField(label=_("属于哪一项"), required=False, help_text=_("子项先限定、加权，再并入上级"))
    scope = Words(
        label=_("适用组别或单位类别"), max_length=200, required=False, help_text=_("留空适用全部；如 乡镇，街道")
    )
    need_indicator = forms.ModelChoiceField(
        label=_("前提：指标"), queryset=Indicator.objects.none(), required=False, help_text=_("前提不成立，本行不计")
    )
    need_reads = forms.ChoiceField(label=_("前提：取数"), choices=NEEDED, required=False)
    need_op = forms.ChoiceField(label=_("前提：比较"), choices=OP_CHOICES, required=False)
    need_at = FractionField(label=_("前提：界线"), required=False)
    starts_on = DayField(label=_("条款自"), required=False)
    ends_on = DayField(label=_("条款至"), required=False)
    clause = forms.CharField(
        label=_("条款原文"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, scheme, method, row=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scheme, self.method, self.row = scheme, METHODS[method], row
        self.fields["clause"].wide = True
        self.choose()
        self.leave_out()
        for parameter in parameters_of(self.method):
            self.fields[PARAMETER + parameter.name] = parameter_field(parameter)
        self.order_fields(["code", "label", "kind", "reads", "indicator", "item", *self.parameter_names()])

    def parameter_names(self):
        """Return the names of the fields that are parameters of the method."""
        return [PARAMETER + parameter.name for parameter in parameters_of(self.method)]

    def choose(self):
        """Fill the choices: what the method may read, the campaign's indicators, the other rows."""
        campaign = self.scheme.campaign
        used = Indicator.objects.filter(pk__in=campaign.lines.values("indicator")).order_by("name")
        for name in ("indicator", "need_indicator", "more"):
            self.fields[name].queryset = used
        self.fields["item"].queryset = ScoreItem.objects.order_by("name")
        self.fields["reads"].choices = [(kind.value, READS[kind]) for kind in Reads if kind in self.method.reads]
        others = self.scheme.rows.exclude(pk=self.row.pk) if self.row else self.scheme.rows.all()
        self.fields["within"].choices = [("", _("（不属于）")), *((row.code, str(row)) for row in others)]
        rules = [(SchemeRow.Kind.RULE.value, SchemeRow.Kind.RULE.label)]
        points = [choice for choice in SchemeRow.Kind.choices if choice[0] != SchemeRow.Kind.RULE]
        self.fields["kind"].choices = rules if self.method.condition else points

    def leave_out(self):
        """Take away the fields that the method never reads."""
        reads, gone = self.method.reads, set()
        if not reads & (OF_FIGURES | OF_CASES):
            gone |= {"indicator", "against", "unreported"}
        if not (reads & COMPARED or self.method is Shortfall):
            gone |= {"against"}
        if not reads & (OF_FIGURES | {Reads.CASE_RATE}):
            gone |= {"unreported"}
        if not reads & OF_CASES:
            gone |= {"doubled", "at_least"}
        if not reads & OF_ITEMS:
            gone |= {"item"}
        if Reads.MARK not in reads:
            gone |= {"raters"}
        if self.method is not Shortfall:
            gone |= {"more"}
        if self.method.condition:
            gone |= {"weight", "low", "high", "decimals", "within", "unreported"}
        for name in gone:
            del self.fields[name]
        if not reads & OF_ITEMS and "indicator" in self.fields:
            self.fields["indicator"].required = True
        if reads <= OF_ITEMS:
            self.fields["item"].required = True

    def sections(self):
        """Return (title, fields) in the order in which a row is thought of: what is read, how it makes points."""
        first, *rest = [(title, [self[name] for name in names if name in self.fields]) for title, names in SECTIONS]
        parameters = (_("计分参数"), [self[name] for name in self.parameter_names()])
        return [(title, fields) for title, fields in (first, parameters, *rest) if fields]

    def clean(self):
        """Collect the parameters as the method takes them; ask for what the value is read from."""
        data = self.cleaned_data
        given = {
            parameter.name: data.get(PARAMETER + parameter.name)
            for parameter in parameters_of(self.method)
            if parameter.may_be_empty or data.get(PARAMETER + parameter.name) is not None
        }
        if not self.errors:
            try:
                build(self.method, given)
            except ParameterError as error:
                self.add_error(PARAMETER + error.name if PARAMETER + error.name in self.fields else None, str(error))
        data["parameters"] = given
        self.clean_source(data)
        if (data.get("need_indicator") is None) != (data.get("need_at") is None):
            self.add_error("need_at", _("前提要同时选指标、写界线"))
        self.clean_classes(data)
        self.clean_tags(data)
        return data

    def clean_classes(self, data):
        """Refuse further classes that are counted in something else."""
        first = data.get("indicator")
        strange = [row for row in data.get("more", ()) if first and row.dimension != first.dimension]
        if strange:
            self.add_error(
                "more", _("「%(name)s」的计量单位与「%(first)s」不同") % {"name": strange[0], "first": first}
            )

    def clean_tags(self, data):
        """Refuse a tier of projects that belong to an indicator which the campaign does not have."""
        if self.method is not Tiers:
            return
        names = set(self.fields["indicator"].queryset.values_list("name", flat=True))
        for row in data.get(f"{PARAMETER}rows") or ():
            if len(row) > 2 and row[2] and row[2] not in names:
                told = _("“属于”写本战役的指标名称，没有「%(name)s」") % {"name": row[2][:50]}
                self.add_error(f"{PARAMETER}rows", told)
                return

    def clean_source(self, data):
        """Ask for the indicator or the item, whichever the value is read from, and drop the other."""
        reads = Reads(data["reads"]) if data.get("reads") else None
        wanted = "indicator" if reads in OF_FIGURES | OF_CASES else "item" if reads in OF_ITEMS else ""
        for name, label in (("indicator", _("请选择指标")), ("item", _("请选择考核事项"))):
            if name != wanted:
                data[name] = None
            elif data.get(name) is None and name not in self.errors:
                self.add_error(name, label)
        item = data.get("item")
        if item is not None and item.kind != {Reads.COUNT: "count", Reads.MARK: "mark"}[reads]:
            self.add_error(
                "item", _("「%(name)s」是%(kind)s的事项") % {"name": item, "kind": item.get_kind_display()}
            )
        indicator = data.get("indicator")
        if reads in OF_CASES and indicator is not None and indicator.kind != Indicator.Kind.SUM:
            self.add_error("indicator", _("水平值和比率没有单笔，不能按笔数或金额取数"))

    def clean_raters(self):
        """Read (rater, weight) of each kind of rater."""
        made = []
        for row in self.cleaned_data["raters"]:
            if len(row) != 2 or not row[0]:
                raise ValidationError(_("每行写评分方和权重两项，如 园区，70%"))
            try:
                made.append([row[0], number_text(exact_fraction(row[1]))])
            except ParameterError as error:
                raise ValidationError(str(error)) from error
        if made and sum(Fraction(part) for _rater, part in made) != 1:
            raise ValidationError(_("各评分方的权重合计须为 100%"))
        return made

    def facts(self):
        """Return the row as the action takes it."""
        data = self.cleaned_data
        names = (
            "code",
            "label",
            "kind",
            "scope",
            "clause",
            "starts_on",
            "ends_on",
            "parameters",
            "indicator",
            "item",
        )
        made = {name: data[name] for name in names} | {"method": self.method.name}
        made |= {name: data[name] for name in ("low", "high", "decimals", "within", "unreported") if name in data}
        if data.get("weight") is not None:
            made["weight"] = exact(data["weight"])
        return {**made, "source": self.source(data), "needs": self.needs(data)}

    def source(self, data):
        """Return what is read beside the indicator or item, as plain data."""
        reads = Reads(data["reads"])
        made = {"reads": reads.value}
        if reads in OF_FIGURES | OF_CASES and data.get("against"):
            made["against"] = data["against"]
        if reads in OF_CASES:
            made |= {"doubled": data["doubled"], "at_least": data["at_least"]}
        if reads == Reads.MARK:
            made["raters"] = data["raters"]
        if further := [row for row in data.get("more", ()) if row != data["indicator"]]:
            made["more"] = [[figure_key(row.pk), row.name] for row in further]
        return made

    def needs(self, data):
        """Return the condition as plain data; it compares an indicator's completion, or its figure in its measure."""
        indicator = data.get("need_indicator")
        if indicator is None:
            return []
        measure = self.scheme.campaign.lines.get(indicator=indicator).measure
        source = {"reads": data.get("need_reads") or Reads.RATE.value, **figure_source(indicator, measure)}
        return [{"source": source, "op": data["need_op"], "at": data["need_at"]}]


def row_initial(row):
    """Return what the form of a stored row shows."""
    made = {
        name: getattr(row, name)
        for name in (
            "code",
            "label",
            "kind",
            "scope",
            "clause",
            "starts_on",
            "ends_on",
            "low",
            "high",
            "decimals",
            "within",
            "unreported",
        )
    }
    made |= {"indicator": row.indicator_id, "item": row.item_id, "weight": row.told_weight}
    made |= {name: value for name, value in row.source.items() if name not in {"key", "label", "more"}}
    made["raters"] = [[rater, value_text(part, is_ratio=True)] for rater, part in row.source.get("raters") or ()]
    made["more"] = [indicator_of(key) for key, _name in row.source.get("more", ())]
    for need in row.needs:
        made |= {"need_op": need["op"], "need_at": value_text(need["at"], reads_ratio(need["source"]))}
        made["need_reads"] = need["source"]["reads"]
        made["need_indicator"] = indicator_of(need["source"]["key"])
    known = {parameter.name: parameter for parameter in parameters_of(METHODS[row.method])}
    is_ratio = reads_ratio(row.source)
    return made | {
        PARAMETER + name: typed(known[name], value, is_ratio)
        for name, value in row.parameters.items()
        if name in known
    }


def parameter_field(parameter):
    """Return the form field of one parameter."""
    told = {"label": parameter.label, "help_text": parameter.help}
    if parameter.kind == "switch":
        return forms.BooleanField(required=False, initial=parameter.default, **told)
    if parameter.kind == "choice":
        return forms.ChoiceField(choices=parameter.choices, initial=parameter.default, **told)
    if parameter.kind == "table":
        columns = "，".join(label for _kind, label in parameter.columns)
        told["help_text"] = _("每行一档：%(columns)s。%(help)s") % {"columns": columns, "help": parameter.help}
        return Lines(max_length=2000, required=parameter.required, **told)
    default = None if parameter.default is None else number_text(parameter.default)
    return FractionField(required=parameter.required, initial=default, **told)


class EnforceForm(VersionForm):
    """From which day on a scheme holds, and by which document."""

    starts_on = DayField(label=_("施行日期"), help_text=_("从这一天起，名次和得分按本办法计算；此前的日子不变。"))
    document = forms.CharField(label=_("依据文件"), max_length=200, help_text=_("如 考核〔2026〕1 号"))


class EndForm(ReasonForm):
    """With which day a scheme ends, and why."""

    ends_on = DayField(label=_("停止施行日期"), help_text=_("这一天仍按本办法；次日起按上一版，没有则按指标加权。"))
    field_order = ("ends_on", "reason")


class ItemForm(RecordForm):
    """Something that is counted or marked and is no indicator."""

    name = forms.CharField(label=_("事项"), max_length=50, help_text=_("如 迟报、数据造假、园区评议"))
    kind = forms.ChoiceField(
        label=_("类型"), choices=ScoreItem.Kind, help_text=_("计次：没有记录即 0 次；评分：没有记录即未评分，不计。")
    )


class MarkForm(RecordForm):
    """A dated count or mark of one unit, with the evidence."""

    item = forms.ModelChoiceField(label=_("考核事项"), queryset=ScoreItem.objects.order_by("name"))
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    on = DayField(label=_("日期"))
    value = ExactFormField(label=_("次数或评分"), min_value=Decimal(0))
    rater = forms.CharField(label=_("评分方"), max_length=50, required=False, help_text=_("评分时填，如 园区、乡镇"))
    evidence = forms.CharField(
        label=_("依据"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("凭什么记：文件、台账页、检查记录"),
    )

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(seats__campaign=campaign).order_by("seats__order")
        self.fields["evidence"].wide = True
