"""Forms of rewards: their clauses, the day they are judged as of, what is decided and paid."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.forms import TermForm
from campaigns.models import Basis
from campaigns.numbers import ExactFormField, NumberError, plain, read_number
from projects.models import Currency, Listing, RewardRule
from projects.record_fields import DayField
from units.forms import RecordForm

TEXT = forms.Textarea(attrs={"rows": 3})
MOST_TIERS = 12
LARGEST = 100_000_000  # 万: no reward and no threshold is larger


def sum_field(label, help_text="", **more):
    """Return the field of a sum in 万元."""
    return ExactFormField(label=label, measure="万元", required=False, help_text=help_text, **more)


class TiersField(forms.CharField):
    """Tiers a line each: from which sum, how much; 5000 10."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value):
        """Show saved tiers as they are typed."""
        return "\n".join(" ".join(pair) for pair in value) if isinstance(value, list) else value

    def clean(self, value):
        """Return [[from, reward], …] as text, from low to high; says which line cannot be read."""
        tiers = []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            if not (parts := line.replace("，", " ").replace(",", " ").split()):
                continue
            try:
                floor, prize = (read_number(part, measure="万元") for part in parts)
            except (ValueError, NumberError):
                raise ValidationError(_("第 %(n)d 行看不懂，应写成“5000 10”") % {"n": number}) from None
            if not 0 < floor <= LARGEST or not 0 < prize <= LARGEST:
                raise ValidationError(_("第 %(n)d 行：两个数都须大于 0，且不过大") % {"n": number})
            tiers.append((floor, prize))
        if len(tiers) > MOST_TIERS:
            raise ValidationError(_("最多 %d 档") % MOST_TIERS)
        tiers.sort()
        for (low, less), (high, more) in zip(tiers, tiers[1:], strict=False):
            if low == high or less >= more:
                raise ValidationError(_("各档的金额不能相同，金额高的一档奖金也须更高"))
        return [[plain(floor), plain(prize)] for floor, prize in tiers]


class RewardRuleForm(TermForm):
    """What is rewarded, with how much, and who gets it."""

    name = forms.CharField(label=_("条款名称"), max_length=50, help_text=_("如 大额到资奖、现汇补贴"))
    fact = forms.ChoiceField(label=_("奖励什么"), choices=RewardRule.Fact)
    threshold = ExactFormField(
        label=_("不低于（万）"), required=False, help_text=_("单笔到资、注册资本、合同额、纳税的门槛；现汇按所选币种")
    )
    charts = forms.MultipleChoiceField(
        label=_("榜单"),
        choices=Listing.Chart,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "zs-ticks"}),
        help_text=_("只用于“500强企业落户”，企业资料中登记了榜单的才算"),
    )
    days = forms.IntegerField(
        label=_("签约后几日内开工"), min_value=1, max_value=3650, required=False, help_text=_("只用于“限期开工”")
    )
    currency = forms.ChoiceField(label=_("币种"), choices=Currency, help_text=_("只有“现汇到位”可选外币"))
    basis = forms.ChoiceField(label=_("计数依据"), choices=Basis)
    each_fact = forms.BooleanField(label=_("每笔都奖（不勾选即一个项目只奖一次）"), required=False)
    formula = forms.ChoiceField(label=_("怎么奖"), choices=RewardRule.Formula)
    prize = sum_field(_("定额奖金"))
    rate = ExactFormField(
        label=_("每 1 元（或 1 美元）奖多少元"), required=False, help_text=_("每美元 7 分填 0.07；千分之二填 0.002")
    )
    tiers = TiersField(
        label=_("分档"), required=False, help_text=_("每行一档：满多少万、奖多少万元，如 5000 10；取最高一档")
    )
    cap = sum_field(_("最高奖"), _("按比例或分档时可填"))
    honour = forms.CharField(
        label=_("奖励内容"), max_length=200, required=False, help_text=_("不发奖金的，如 优先提拔使用")
    )
    payee = forms.ChoiceField(
        label=_("奖给谁"), choices=RewardRule.Payee, help_text=_("引荐方、工作专班以项目资料中登记的为准")
    )
    clause = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称、文号和条款"))
    from_on = DayField(label=_("起用日期"), help_text=_("事实的日期在起止之间才奖"))
    until_on = DayField(label=_("停用日期"), required=False)
    charts.wide = clause.wide = tiers.wide = honour.wide = True

    NEEDED = {
        RewardRule.Formula.FIXED: ("prize", _("请填奖金")),
        RewardRule.Formula.RATE: ("rate", _("请填比例")),
        RewardRule.Formula.TIERS: ("tiers", _("请填分档")),
        RewardRule.Formula.HONOUR: ("honour", _("请填奖励内容")),
    }

    def clean(self):
        """Ask for what the formula needs, leave out what it does not."""
        data = super().clean()
        for name in ("threshold", "prize", "rate", "cap"):
            if data.get(name) is not None and not 0 < data[name] <= LARGEST:
                self.add_error(name, _("须大于 0，且不过大"))
        formula = data.get("formula")
        for kind, (name, message) in self.NEEDED.items():
            if kind != formula:
                data[name] = [] if name == "tiers" else "" if name == "honour" else None
            elif not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if formula not in {RewardRule.Formula.RATE, RewardRule.Formula.TIERS}:
            data["cap"] = None
        if data.get("fact") != RewardRule.Fact.TOP:
            data["charts"] = []
        if data.get("fact") != RewardRule.Fact.SPEED:
            data["days"] = None
        return data


def reward_rule_initial(rule):
    """Return a clause as its form shows it."""
    return {name: getattr(rule, name) for name in RewardRuleForm.base_fields}


class DecideForm(RecordForm):
    """Whether a reward is approved, by which document, or why not."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    approved = forms.TypedChoiceField(
        label=_("审批意见"),
        choices=(("yes", _("同意奖励")), ("no", _("不予奖励"))),
        coerce=lambda value: value == "yes",
    )
    document = forms.CharField(label=_("批准文号"), max_length=100, required=False, help_text=_("同意的必填"))
    reason = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=TEXT, help_text=_("不予奖励的必填")
    )


class PayForm(RecordForm):
    """When a reward was paid, and how much."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    on = DayField(label=_("兑现日期"))
    amount = sum_field(_("兑现金额"))

    def __init__(self, *args, has_sum=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_sum:
            del self.fields["amount"]
