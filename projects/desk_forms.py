"""Forms of the clerk's and the verifier's desk: entry, tallies, recognition, counting rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Indicator, Recognition
from campaigns.numbers import ExactFormField, exact, plain
from projects import recognition
from projects.entry import Figure
from projects.models import Currency, Event, Lands, Listing, Origin, Sector
from projects.models.rules import AFTER, FACTS, SWITCHES, TELLS, CountingRule
from units.forms import ReasonForm, RecordForm, day_input
from units.models import Role, Unit

ADD, TOTAL = "add", "total"
LISTS = ("sectors", "origins", "event_levels", "lands", "charts")  # conditions of a rule of which one must be met


class EntryForm(RecordForm):
    """Figures of one unit on one day, a field per indicator that is fed by hand."""

    campaign = forms.IntegerField(widget=forms.HiddenInput)
    unit = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("日期"))

    def __init__(self, *args, cards=(), first=None, last=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.cards = [card for card in cards if card.is_typed]
        bounds = {"min": first.isoformat(), "max": last.isoformat()} if first and last else {}
        self.fields["on"].widget = day_input(**bounds)
        for card in self.cards:
            if card.how == "add":
                self.fields[f"kind_{card.line_id}"] = forms.ChoiceField(
                    label=_("填法"), choices=((ADD, _("新增")), (TOTAL, _("累计"))), required=False,
                    widget=forms.RadioSelect,
                )  # fmt: skip
            amount = ExactFormField(label=card.name, measure=card.measure, required=False)
            amount.widget.attrs["class"] = "zs-input"
            self.fields[f"amount_{card.line_id}"] = amount

    @property
    def wants_zeros(self):
        """Whether the button 本期无新增 was pressed."""
        return self.data.get("step") == "none"

    def rows(self, cards, previews):
        """Yield (card, kind field, amount field, preview) for each card in its order."""
        for card in cards:
            typed = card.is_typed
            kind = self[f"kind_{card.line_id}"] if card.how == "add" else None
            yield card, kind, self[f"amount_{card.line_id}"] if typed else None, previews.get(card.line_id)

    def figure(self, card):
        """Return what was typed into a card, None where it was left empty."""
        amount = self.cleaned_data.get(f"amount_{card.line_id}")
        if amount is None:
            return None
        kind = self.cleaned_data.get(f"kind_{card.line_id}") or ADD
        return Figure(card, amount, card.how == "level" or kind == TOTAL)

    def figures(self):
        """Return everything that was typed."""
        return [figure for card in self.cards if (figure := self.figure(card))]

    def clean(self):
        """Refuse a page without a figure, and figures beside 本期无新增."""
        if self.wants_zeros and self.figures():
            raise forms.ValidationError(_("已填了数，请点「核对」后保存；「本期无新增」只在没有数可填时用"))
        if not self.wants_zeros and not self.figures() and not self.errors:
            raise forms.ValidationError(_("还没有填数。没有新增的，请点「本期无新增」"))
        return self.cleaned_data


class TallyForm(RecordForm):
    """A figure corrected: how much, of which day, new or in all, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    amount = ExactFormField(label=_("数值"))
    is_reading = forms.TypedChoiceField(
        label=_("填法"),
        choices=((False, _("新增")), (True, _("累计至该日"))),
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label=_("日期"), widget=day_input())
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
    reason = forms.CharField(label=_("更正理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, tally=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].measure = tally.word
        if tally.indicator.kind == Indicator.Kind.LEVEL:
            self.fields["is_reading"].choices = ((True, _("当日数值")),)


class WithdrawForm(ReasonForm):
    """A reason for taking a figure back, with the version that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class VerdictForm(RecordForm):
    """What a verifier decides; named like the fields of the record, so that a conflict shows both values."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    recognition = forms.ChoiceField(label=_("认定意见"), widget=forms.RadioSelect)
    recognised_amount = ExactFormField(label=_("认定数"), required=False, help_text=_("只在核减时填写"))
    recognised_on = forms.DateField(label=_("认定日期"), required=False, widget=day_input())
    recognised_number = forms.CharField(
        label=_("认定通报号"), max_length=50, required=False, help_text=_("如 招商通报〔2026〕12 号")
    )
    recognition_reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("核减、不予认定或退回须写明，填报人会看到"),
    )

    def __init__(self, *args, fact=None, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(Recognition.FULL, _("全额认定"))]
        if recognition.reported(fact) is not None:
            choices.append((Recognition.REDUCED, _("核减认定")))
        choices.append((Recognition.REFUSED, _("不予认定")))
        if fact.recognition != Recognition.WAITING:
            choices.append((Recognition.WAITING, _("退回待认定")))
        self.fields["recognition"].choices = choices
        self.fields["recognised_amount"].measure = recognition.measure_of(fact)
        self.no_change = {None, recognition.reported(fact), fact.recognised_amount}

    def clean(self):
        """Refuse an amount beside a verdict that does not use it: it would be lost without a word."""
        data = self.cleaned_data
        verdict = data.get("recognition", Recognition.REDUCED)
        if verdict != Recognition.REDUCED and data.get("recognised_amount") not in self.no_change:
            self.add_error("recognised_amount", _("填了认定数，意见却不是核减认定。请改选核减认定，或清空认定数"))
        return data


class BatchForm(RecordForm):
    """One day and one bulletin number for everything that was chosen."""

    fact = forms.MultipleChoiceField(
        label=_("所选记录"),
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": _("没有选中记录。请返回列表勾选"),
            "invalid_choice": _("所选记录中有的已由他人处理或更正。请返回列表重新勾选"),
        },
    )
    on = forms.DateField(label=_("认定日期"), widget=day_input())
    number = forms.CharField(
        label=_("认定通报号"), max_length=50, required=False, help_text=_("如 招商通报〔2026〕12 号")
    )

    def __init__(self, *args, keys=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = [(key, key) for key in keys]


class RecognitionFilter(forms.Form):
    """Which of what waits is shown."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), required=False, empty_label=_("全部单位")
    )
    campaign = forms.ModelChoiceField(
        label=_("战役"), queryset=Campaign.objects.none(), required=False, empty_label=_("不限")
    )

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("全部")), *recognition.KIND_NAMES.items()]
        self.fields["unit"].queryset = Unit.objects.within(user.paths(Role.VERIFIER)).order_by("path")
        self.fields["campaign"].queryset = Campaign.objects.visible_to(user).for_list()


class RuleForm(RecordForm):
    """Which facts count toward an indicator, from when on, and with which conditions."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    indicator = forms.ModelChoiceField(label=_("指标"), queryset=Indicator.objects.none())
    fact = forms.ChoiceField(label=_("事实"), choices=FACTS)
    measure = forms.ChoiceField(
        label=_("计量"),
        choices=CountingRule.Measure,
        help_text=_("企业户数：当年累计达到金额门槛的企业，达到之日计一户，如纳税 500 万元以上企业"),
    )
    from_on = forms.DateField(label=_("起用日期"), widget=day_input(), help_text=_("事实的日期在起止之间才计数"))
    until_on = forms.DateField(label=_("停用日期"), required=False, widget=day_input())
    sectors = forms.MultipleChoiceField(
        label=_("产业"), choices=Sector, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不勾选为不限，下同"),
    )  # fmt: skip
    origins = forms.MultipleChoiceField(
        label=_("资金来源"), choices=Origin, required=False, widget=forms.CheckboxSelectMultiple
    )
    event_levels = forms.MultipleChoiceField(
        label=_("招商活动级别"), choices=Event.Level, required=False, widget=forms.CheckboxSelectMultiple
    )
    lands = forms.MultipleChoiceField(
        label=_("落地"), choices=Lands, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("项目资料填了区外落地点的，为区外落地"),
    )  # fmt: skip
    charts = forms.MultipleChoiceField(
        label=_("榜单企业"), choices=Listing.Chart, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("企业在事实当年或以前上过所选任一榜单"),
    )  # fmt: skip
    min_cny = ExactFormField(label=_("金额不低于（人民币）"), measure="万元", min_value=0, required=False)
    min_usd = ExactFormField(
        label=_("金额不低于（美元）"), measure="万美元", min_value=0, required=False,
        help_text=_("外币合同先看本币门槛，没有本币门槛的折人民币比较；按企业户数计时，只填人民币，比较企业当年累计"),
    )  # fmt: skip
    in_cash = forms.BooleanField(label=_("只计现汇"), required=False)
    led_by_top = forms.BooleanField(label=_("只计党政主要领导带队"), required=False)
    filed = forms.BooleanField(
        label=_("只计已立项备案的项目"), required=False, help_text=_("这三项在条件都满足之日计数")
    )
    funds_arrived = forms.BooleanField(label=_("只计已有资金到位的项目"), required=False)
    in_base = forms.BooleanField(label=_("只计已纳统入库的项目"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fed = Indicator.objects.filter(fed_by=Indicator.Feed.FACTS).exclude(kind=Indicator.Kind.RATIO)
        self.fields["indicator"].queryset = fed.order_by("name", "dimension")

    def clean(self):
        """Refuse conditions that no fact of the kind can meet."""
        data = self.cleaned_data
        kind = data.get("fact", "").partition(".")[0]
        for name in (*LISTS, "min_cny", "min_usd", *SWITCHES, *AFTER):
            condition = "min_amount" if name.startswith("min_") else name
            if data.get(name) and kind and condition not in TELLS[kind]:
                told = {"fact": dict(FACTS)[data["fact"]]}
                self.add_error(name, _("「%(fact)s」没有这一项，设了就一件也不计") % told)
        return data

    def facts(self, rule=None):
        """Return the fields of the rule; a threshold in a currency that the form does not show is kept."""
        data = self.cleaned_data
        conditions = {name: data[name] for name in LISTS if data[name]}
        conditions |= {name: True for name in (*SWITCHES, *AFTER) if data[name]}
        shown = {Currency.CNY.value: data["min_cny"], Currency.USD.value: data["min_usd"]}
        held = rule.conditions.get("min_amount", {}) if rule else {}
        minimum = {key: value for key, value in held.items() if key not in shown}
        minimum |= {key: plain(value) for key, value in shown.items() if value is not None}
        if minimum:
            conditions["min_amount"] = minimum
        names = ("indicator", "fact", "measure", "from_on", "until_on")
        return {name: data[name] for name in names} | {"conditions": conditions}


def rule_initial(rule):
    """Return what the form shows of a rule."""
    conditions = rule.conditions
    minimum = {key: exact(value) for key, value in conditions.get("min_amount", {}).items()}
    return {
        "version": rule.version,
        "indicator": rule.indicator_id,
        "fact": rule.fact,
        "measure": rule.measure,
        "from_on": rule.from_on,
        "until_on": rule.until_on,
        "min_cny": minimum.get("CNY"),
        "min_usd": minimum.get("USD"),
        **{name: conditions.get(name) for name in (*LISTS, *SWITCHES, *AFTER)},
    }
