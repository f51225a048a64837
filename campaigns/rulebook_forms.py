"""Forms of the rule book: rules, the day they are judged, answers, exemptions, orders, instructions."""

from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.forms import DayField, TermForm, VersionForm
from campaigns.models import Basis, Campaign, Exemption, Indicator, Roll, Rule
from campaigns.models.rulebook import SPANS
from campaigns.numbers import ExactFormField
from units.forms import ReasonForm, RecordForm
from units.models import Role, Unit, under

TEXT = forms.Textarea(attrs={"rows": 3})
WITH_LIMIT = {Rule.Kind.PACE, Rule.Kind.BEHIND, Rule.Kind.LAST}
DUE_DAYS = 7  # an order or an instruction is due so many days after, unless another day is chosen


def group_choices(campaign):
    """Return the groups of a campaign's roster to tick."""
    names = dict.fromkeys(campaign.roster.exclude(group="").values_list("group", flat=True))
    return [(name, name) for name in names]


def indicators_of(campaign):
    """Return the indicators of a campaign to choose from."""
    lines = campaign.lines.values("indicator")
    return Indicator.objects.filter(pk__in=lines).order_by("name", "dimension")


class RuleForm(TermForm):
    """A rule: what follows from which figure, of whom, on whose authority, from when to when."""

    name = forms.CharField(label=_("规则名称"), max_length=50, help_text=_("如 黄牌警告、末位检讨、一票否决"))
    kind = forms.ChoiceField(label=_("情形"), choices=Rule.Kind)
    threshold = ExactFormField(
        label=_("界线"),
        required=False,
        help_text=_(
            "低于时序进度：填百分数，70 即低于时序进度的 70%，100 即低于时序进度；欠时序：百分点；末位：位数"
        ),
    )
    subject = forms.ChoiceField(label=_("看什么数"), choices=Rule.Subject)
    indicator = forms.ModelChoiceField(
        label=_("指标"),
        queryset=Indicator.objects.none(),
        required=False,
        empty_label=_("（不选）"),
        help_text=_("只用于“指定的一项指标”"),
    )
    basis = forms.ChoiceField(
        label=_("计数依据"), choices=[("", _("按各指标自己的设置")), *Basis.choices], required=False
    )
    groups = forms.MultipleChoiceField(
        label=_("适用组别"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "zs-ticks"}),
        help_text=_("都不勾选即适用全部组别"),
    )
    window = forms.ChoiceField(label=_("考察期"), choices=Rule.Window)
    running = forms.IntegerField(
        label=_("连续几个"),
        min_value=1,
        max_value=12,
        required=False,
        help_text=_("用于月末、季度末、半年末；月末至少 2 个，不填即 2 个；季度末、半年末不填即每次都评"),
    )
    earlier = forms.ModelChoiceField(
        label=_("上期战役"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label=_("（不选）"),
        help_text=_("只用于“连续两期”，取其期末的数"),
    )
    at_end = forms.BooleanField(label=_("只在期末评定"), required=False)
    spare_met = forms.BooleanField(label=_("已完成任务的不计（如末位但已完成任务）"), required=False)
    level = forms.ChoiceField(label=_("等级"), choices=Rule.Level)
    consequence = forms.CharField(label=_("处理"), max_length=300, help_text=_("如 约谈主要负责人并作书面检讨"))
    clause = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称、文号和条款"))
    answer_days = forms.IntegerField(
        label=_("限几日内说明"), min_value=0, max_value=90, initial=5, help_text=_("自然日，列入被认定单位的待办")
    )
    from_on = DayField(label=_("起用日期"))
    until_on = DayField(label=_("停用日期"), required=False, help_text=_("过了这天不再评定，已认定的保留"))
    consequence.wide = clause.wide = groups.wide = True

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["indicator"].queryset = indicators_of(campaign)
        self.fields["earlier"].queryset = (
            Campaign.objects.visible_to(self.user).filter(ends_on__lt=campaign.ends_on).exclude(pk=campaign.pk)
        )
        self.fields["groups"].choices = group_choices(campaign)

    def clean(self):
        """Ask for what the kind, the subject and the window need; leave out what they do not."""
        data = super().clean()
        if data.get("kind") not in WITH_LIMIT:
            data["threshold"] = None
        elif "threshold" in data and not (data["threshold"] and data["threshold"] > 0):
            self.add_error("threshold", _("请填大于 0 的界线"))
        elif data["kind"] == Rule.Kind.LAST and data.get("threshold") and data["threshold"] % 1:
            self.add_error("threshold", _("位数须是整数"))
        if data.get("subject") != Rule.Subject.ONE:
            data["indicator"] = None
        elif data.get("indicator") is None:
            self.add_error("indicator", _("请选指标"))
        if data.get("window") == Rule.Window.MONTHS:
            data["running"] = data.get("running") or 2
            if data["running"] < 2:
                self.add_error("running", _("连续月末至少填 2；只看一天的，考察期选“截至评定日”"))
        elif data.get("window") in SPANS:
            data["running"] = data.get("running") or 1
        else:
            data["running"] = 1
        if data.get("window") != Rule.Window.CAMPAIGNS:
            data["earlier"] = None
        elif data.get("earlier") is None:
            self.add_error("earlier", _("请选上期战役"))
        data["groups"] = "\n".join(data.get("groups", ()))
        return data


def rule_initial(rule):
    """Return a rule as its form shows it."""
    values = {name: getattr(rule, name) for name in RuleForm.base_fields if name != "groups"}
    values |= {"indicator": rule.indicator_id, "earlier": rule.earlier_id, "groups": rule.group_names}
    return values | {"running": rule.running if rule.running > 1 else None}


class JudgeForm(RecordForm):
    """The day that rules are judged as of."""

    as_of = DayField(label=_("截至日期"), widget=forms.HiddenInput)


class AcknowledgeForm(RecordForm):
    """Nothing but the button."""


class AnswerForm(VersionForm):
    """What a unit says to a finding."""

    answer = forms.CharField(
        label=_("情况说明"), max_length=1000, widget=TEXT, help_text=_("原因、已采取的措施、预计何时赶上")
    )


class ExemptionForm(RecordForm):
    """Who is let off which rule, why, on whose signature, for how long."""

    campaign = forms.ModelChoiceField(label=_("战役"), queryset=Campaign.objects.none())
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    rule = forms.ModelChoiceField(
        label=_("规则"), queryset=Rule.objects.none(), required=False, empty_label=_("全部规则")
    )
    roll = forms.ModelChoiceField(
        label=_("黑榜"),
        queryset=Roll.objects.none(),
        required=False,
        empty_label=_("（不选）"),
        help_text=_("只免列某一黑榜时选；规则和黑榜都不选，即全部规则和黑榜"),
    )
    ground = forms.ChoiceField(label=_("事由"), choices=Exemption.Ground)
    reason = forms.CharField(label=_("理由"), max_length=500, widget=TEXT, help_text=_("对参战单位公示"))
    signer = forms.CharField(label=_("签批人"), max_length=50)
    document = forms.CharField(label=_("批准文号"), max_length=100, required=False)
    from_on = DayField(label=_("起始日期"))
    until_on = DayField(label=_("截止日期"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.editable_by(self.user)
        self.fields["campaign"].queryset = campaigns.for_list()
        self.fields["unit"].queryset = Unit.objects.filter(seats__campaign__in=campaigns).distinct().order_by("path")
        rules = Rule.objects.filter(campaign__in=campaigns).select_related("campaign")
        self.fields["rule"].queryset = rules.order_by("-campaign__starts_on", "order", "pk")
        rolls = Roll.objects.filter(campaign__in=campaigns, kind=Roll.Kind.BLACK).select_related("campaign")
        self.fields["roll"].queryset = rolls.order_by("-campaign__starts_on", "order", "pk")
        for name in ("rule", "roll"):
            self.fields[name].label_from_instance = lambda row: f"{row.campaign} · {row}"

    def clean(self):
        """Refuse an end before the start, and a rule and a list at once."""
        data = self.cleaned_data
        if data.get("rule") and data.get("roll"):
            self.add_error("roll", _("规则和黑榜只选一个；都不选即全部"))
        if data.get("from_on") and data.get("until_on") and data["until_on"] < data["from_on"]:
            self.add_error("until_on", _("截止日期不能早于起始日期"))
        return data


class ExemptionEndForm(ReasonForm):
    """From which day on a unit is not let off any more, and why."""

    on = DayField(label=_("豁免至"), help_text=_("这一天仍在豁免期内，次日起恢复评定"))
    field_order = ("on", "reason")


class OrderForm(RecordForm):
    """What a unit has to do by when."""

    campaign = forms.ModelChoiceField(label=_("战役"), queryset=Campaign.objects.none())
    unit = forms.ModelChoiceField(label=_("承办单位"), queryset=Unit.objects.none())
    person = forms.CharField(label=_("责任人"), max_length=50, required=False)
    title = forms.CharField(label=_("督办事项"), max_length=200)
    demand = forms.CharField(label=_("要求"), max_length=1000, widget=TEXT)
    due_on = DayField(label=_("办理期限"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        desks = self.user.paths(Role.EDITOR, Role.LEADER)
        self.fields["campaign"].queryset = Campaign.objects.filter(under(desks, "organiser__")).for_list()
        self.fields["unit"].queryset = Unit.objects.within(desks).order_by("path")


class ReplyForm(VersionForm):
    """What a unit did."""

    reply = forms.CharField(label=_("办理情况"), max_length=1000, widget=TEXT)


class ReviewForm(VersionForm):
    """Whether what a unit replied will do."""

    passed = forms.TypedChoiceField(
        label=_("复核结果"),
        choices=(("yes", _("属实，办结")), ("no", _("退回重办"))),
        coerce=lambda value: value == "yes",
    )
    review = forms.CharField(label=_("复核意见"), max_length=500, widget=TEXT)
    due_on = DayField(label=_("新期限"), required=False, help_text=_("退回重办时必填"))


class InstructionForm(RecordForm):
    """A leader's instruction."""

    from_unit = forms.ModelChoiceField(label=_("批示单位"), queryset=Unit.objects.none())
    leader = forms.CharField(label=_("批示领导"), max_length=50)
    text = forms.CharField(label=_("批示内容"), max_length=1000, widget=TEXT)
    given_on = DayField(label=_("批示日期"))
    unit = forms.ModelChoiceField(label=_("承办单位"), queryset=Unit.objects.none())
    person = forms.CharField(label=_("责任人"), max_length=50, required=False)
    due_on = DayField(label=_("办理期限"))
    campaign = forms.ModelChoiceField(
        label=_("有关战役"), queryset=Campaign.objects.none(), required=False, empty_label=_("不限")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        desks = Unit.objects.within(self.user.paths(Role.EDITOR, Role.LEADER)).order_by("path")
        self.fields["from_unit"].queryset = self.fields["unit"].queryset = desks
        self.fields["campaign"].queryset = Campaign.objects.visible_to(self.user).for_list()

    def clean(self):
        """Refuse a day that is past before it is given."""
        data = self.cleaned_data
        if data.get("given_on") and data.get("due_on") and data["due_on"] < data["given_on"]:
            self.add_error("due_on", _("办理期限不能早于批示日期"))
        return data


class CloseForm(VersionForm):
    """What was decided on a reply."""

    outcome = forms.CharField(label=_("办结意见"), max_length=500, widget=TEXT)


def due_after(today: date) -> date:
    """Return the usual last day of what is asked today."""
    return today + timedelta(days=DUE_DAYS)


EXAMPLES = {  # what a new rule starts with, by ?like=
    "yellow": {
        "name": _("黄牌警告"), "kind": Rule.Kind.PACE, "threshold": Decimal(70), "subject": Rule.Subject.OVERALL,
        "level": Rule.Level.YELLOW, "consequence": _("对主要负责人给予黄牌警告"),
    },
    "zero": {
        "name": _("没有实绩"), "kind": Rule.Kind.ZERO, "subject": Rule.Subject.OVERALL, "level": Rule.Level.RED,
        "at_end": True, "consequence": _("主要负责人引咎辞职"),
    },
    "last": {
        "name": _("末位检讨"), "kind": Rule.Kind.LAST, "threshold": Decimal(1), "subject": Rule.Subject.OVERALL,
        "level": Rule.Level.RED, "at_end": True, "consequence": _("作出书面检讨"),
    },
    "years": {
        "name": _("连续两年末位"), "kind": Rule.Kind.LAST, "threshold": Decimal(1), "subject": Rule.Subject.OVERALL,
        "window": Rule.Window.CAMPAIGNS, "level": Rule.Level.RED, "at_end": True,
        "consequence": _("提出调整主要负责人的建议"),
    },
    "veto": {
        "name": _("一票否决"), "kind": Rule.Kind.MISSED, "subject": Rule.Subject.OVERALL, "level": Rule.Level.VETO,
        "consequence": _("单位和主要负责人取消当年评先评优资格"),
    },
    "light": {
        "name": _("红灯"), "kind": Rule.Kind.BEHIND, "threshold": Decimal(10), "subject": Rule.Subject.EACH,
        "level": Rule.Level.RED, "consequence": _("亮红灯，在通报中点名"),
    },
    "leave": {
        "name": _("离岗招商"), "kind": Rule.Kind.PACE, "threshold": Decimal(100), "subject": Rule.Subject.OVERALL,
        "level": Rule.Level.NOTICE, "window": Rule.Window.MONTHS, "running": 2,
        "consequence": _("分管负责人离岗专职招商"),
    },
}  # fmt: skip
EXAMPLE_LABELS = {name: values["name"] for name, values in EXAMPLES.items()}
