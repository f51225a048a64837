"""The form of a red or black list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.forms import DayField, TermForm
from campaigns.models import Basis, Indicator, Roll, Rule
from campaigns.numbers import ExactFormField
from campaigns.rulebook_forms import group_choices, indicators_of

LIMITS = ("first", "last", "at_least", "below")


class RollForm(TermForm):
    """On what conditions a unit is listed; all that are filled in have to hold."""

    kind = forms.ChoiceField(label=_("榜别"), choices=Roll.Kind)
    name = forms.CharField(label=_("榜单名称"), max_length=50, help_text=_("如 红榜、进度黑榜"))
    subject = forms.ChoiceField(label=_("看什么数"), choices=Rule.Subject)
    indicator = forms.ModelChoiceField(
        label=_("指标"),
        queryset=Indicator.objects.none(),
        required=False,
        empty_label=_("（不选）"),
        help_text=_("只用于“指定的一项指标”"),
    )
    first = forms.IntegerField(label=_("列本组前几位"), min_value=1, max_value=999, required=False)
    last = forms.IntegerField(
        label=_("列本组后几位"), min_value=1, max_value=999, required=False, help_text=_("并列末位都算，并列第一不算")
    )
    at_least = ExactFormField(
        label=_("完成率不低于（%）"), required=False, help_text=_("按未取整的数比较；看综合时为综合得分÷满分")
    )
    below = ExactFormField(label=_("完成率低于（%）"), required=False)
    quota = forms.ChoiceField(
        label=_("目标任务"), choices=[("", _("（不作要求）")), *Roll.Quota.choices], required=False
    )
    basis = forms.ChoiceField(
        label=_("计数依据"), choices=[("", _("按各指标自己的设置")), *Basis.choices], required=False
    )
    no_result = forms.BooleanField(label=_("没有实绩"), required=False)
    vetoed = forms.BooleanField(label=_("被一票否决（以已认定的为准）"), required=False)
    groups = forms.MultipleChoiceField(
        label=_("适用组别"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "zs-ticks"}),
        help_text=_("都不勾选即适用全部组别"),
    )
    clause = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称、文号和条款"))
    from_on = DayField(label=_("起用日期"))
    until_on = DayField(label=_("停用日期"), required=False)
    clause.wide = groups.wide = True

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = indicators_of(campaign)
        self.fields["groups"].choices = group_choices(campaign)

    def clean(self):
        """Ask for a condition at least, and for what the subject needs."""
        data = super().clean()
        for name in ("at_least", "below"):
            if data.get(name) is not None and not 0 < data[name] <= 1000:
                self.add_error(name, _("请填大于 0、不超过 1000 的百分数"))
        if data.get("subject") != Rule.Subject.ONE:
            data["indicator"] = None
        elif data.get("indicator") is None and "indicator" not in self.errors:
            self.add_error("indicator", _("请选指标"))
        asked = any(data.get(name) for name in (*LIMITS, "quota", "no_result", "vetoed"))
        if not asked and not any(name in self.errors for name in LIMITS):
            self.add_error(None, _("至少设一个上榜条件：前几位、后几位、完成率、目标任务、没有实绩或一票否决"))
        data["groups"] = "\n".join(data.get("groups", ()))
        return data


def roll_initial(roll):
    """Return a list as its form shows it."""
    values = {name: getattr(roll, name) for name in RollForm.base_fields if name != "groups"}
    return values | {"indicator": roll.indicator_id, "groups": roll.group_names}
