"""Forms of projects, their shares and their milestones."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.evidence_forms import files_field
from projects.ledger_groups import BY_KEY, GROUPS
from projects.models import (
    Credit,
    Currency,
    Duty,
    Event,
    FundForm,
    FundNature,
    Introducer,
    Nature,
    Origin,
    Sector,
    Tag,
)
from projects.record_fields import AmountField, CompanyNameField, DayField, WarnsOfDuplicates
from projects.stages import KINDS
from units.forms import RecordForm
from units.models import BUSINESS_ROLES, Unit

TEXT = forms.Textarea(attrs={"rows": 3})
FORM_NAMES = {"company": "company_name"}  # fields of the ledger that forms call otherwise
RATE_HELP = _('外币不填则按<a href="{url}">汇率表</a>当日的汇率折算；另有约定的才填：1 外币折合人民币多少元')
SPARE = 3  # empty rows under the units that share a project already


def money_field(label, **kwargs):
    """Return an optional amount of money in 万元."""
    return ExactFormField(label=label, measure="万元", min_value=Decimal(0), required=False, **kwargs)


class LeadForm(WarnsOfDuplicates, RecordForm):
    """A new project: six fields, the rest comes later."""

    name = forms.CharField(label=_("项目名称"), max_length=120)
    company_name = CompanyNameField(label=_("投资方"), help_text=_("填企业全称；已登记过的企业会沿用原来的资料。"))
    origin = forms.ChoiceField(
        label=_("资金来源"),
        choices=Origin,
        initial=Origin.COUNTRY,
        help_text=_("新企业按此登记；已有企业不改。"),
    )
    sector = forms.ChoiceField(label=_("产业类别"), choices=Sector)
    unit = forms.ModelChoiceField(label=_("招引单位"), queryset=Unit.objects.none(), empty_label=None)
    investment = ExactFormField(
        label=_("计划总投资"), measure="万元", min_value=Decimal(0), required=False, help_text=_("可写 1.2亿元")
    )
    summary = forms.CharField(label=_("建设内容"), max_length=500, required=False, widget=TEXT)
    on = DayField(label=_("线索日期"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        self.fields["company_name"].suggest_to(self.user)


class ProjectForm(WarnsOfDuplicates, RecordForm):
    """Everything about a project that is not a milestone, or one group of it; forms and page follow one table."""

    name = forms.CharField(label=_("项目名称"), max_length=120)
    company_name = CompanyNameField(label=_("投资方"))
    sector = forms.ChoiceField(label=_("产业类别"), choices=Sector, help_text=_("改动后，计入的指标随之重算。"))
    industry = forms.CharField(label=_("细分产业"), max_length=50, required=False)
    investment = money_field(_("计划总投资"))
    summary = forms.CharField(label=_("建设内容"), max_length=500, required=False, widget=TEXT)
    introducer_kind = forms.ChoiceField(
        label=_("引荐方类别"), choices=[("", _("没有引荐方")), *Introducer.choices], required=False
    )
    introducer_name = forms.CharField(
        label=_("引荐方"),
        max_length=100,
        required=False,
        help_text=_("不是参战单位的引荐人或机构，如投资顾问、商会。"),
    )
    place = forms.CharField(label=_("建设地点"), max_length=100, required=False)
    outside = forms.CharField(
        label=_("区外落地点"), max_length=100, required=False, help_text=_("落在区外才填，如市高新区；台账单独列示。")
    )
    chain = forms.CharField(label=_("所属产业链"), max_length=50, required=False)
    nature = forms.ChoiceField(label=_("项目性质"), choices=[("", "—"), *Nature.choices], required=False)
    first_phase = money_field(_("一期投资"))
    local_partner = forms.CharField(label=_("本地投资方"), max_length=120, required=False)
    local_share = ExactFormField(label=_("本地投资占比"), measure="%", min_value=Decimal(0), required=False)
    registered_name = forms.CharField(label=_("注册名称"), max_length=120, required=False)
    registered_capital = money_field(_("注册资本"))
    legal_person = forms.CharField(label=_("法定代表人"), max_length=50, required=False)
    business_scope = forms.CharField(label=_("经营范围"), max_length=500, required=False, widget=TEXT)
    land = ExactFormField(
        label=_("项目用地"), measure="亩", min_value=Decimal(0), required=False, help_text=_("租用厂房不供地的填 0。")
    )
    built_years = forms.CharField(label=_("建设年限"), max_length=50, required=False)
    capacity = forms.CharField(label=_("新增生产能力"), max_length=200, required=False)
    output = money_field(_("达产年产值"))
    tax_expected = money_field(_("预计年税收"))
    jobs = forms.IntegerField(label=_("预计用工"), min_value=0, max_value=1_000_000, required=False)
    leader = forms.CharField(label=_("挂包领导"), max_length=50, required=False)
    team = forms.CharField(label=_("工作专班"), max_length=200, required=False)
    plan = forms.CharField(label=_("推进计划"), max_length=500, required=False, widget=TEXT)
    is_key = forms.BooleanField(label=_("重点项目"), required=False)
    note = forms.CharField(label=_("备注"), max_length=500, required=False, widget=TEXT)
    chosen_tags = forms.TypedMultipleChoiceField(
        label=_("标签"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, group=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = (group,) if group else GROUPS
        kept = {FORM_NAMES.get(name, name) for each in self.groups for name in each.fields} | {"version"}
        kept |= {"as_new"} if "company_name" in kept else set()
        if any(each.key == "other" for each in self.groups):
            kept.add("chosen_tags")
            self.tags = {tag.pk: tag for tag in Tag.objects.visible_to(self.user)}
            self.fields["chosen_tags"].choices = [(key, str(tag)) for key, tag in self.tags.items()]
        for name in set(self.fields) - kept:
            del self.fields[name]
        if "company_name" in self.fields:
            self.fields["company_name"].suggest_to(self.user)
        if "jobs" in self.fields:
            self.fields["jobs"].measure = _("人")

    def sections(self):
        """Return (name, fields) of each group."""
        sections = []
        for group in self.groups:
            names = [FORM_NAMES.get(name, name) for name in group.fields]
            names += ["chosen_tags"] if group.key == "other" else []
            if "company_name" in names and not self["as_new"].is_hidden:
                names.insert(names.index("company_name") + 1, "as_new")
            sections.append((group.name, [self[name] for name in names]))
        return sections

    def clean_chosen_tags(self):
        """Give the tags, not their keys."""
        return [self.tags[key] for key in self.cleaned_data["chosen_tags"]]

    def clean(self):
        """An introducer has a kind and a name."""
        values = super().clean()
        kind, name = values.get("introducer_kind"), values.get("introducer_name")
        if kind and name == "":
            self.add_error("introducer_name", _("选了类别，请填引荐方名称"))
        if name and kind == "":
            self.add_error("introducer_kind", _("请选引荐方类别"))
        return values


class DutiesForm(ProjectForm):
    """Who does what for a project: leader, team and plan, and a unit or a person for each duty (R47, R74, R92)."""

    def __init__(self, *args, units=(), **kwargs):
        super().__init__(*args, group=BY_KEY["duty"], **kwargs)
        self.units = {unit.pk: unit for unit in units}
        choices = [("", "—"), *((unit.pk, unit.name) for unit in units)]
        for kind in Duty.Kind:
            self.fields[f"unit_{kind}"] = forms.TypedChoiceField(
                label=kind.label, choices=choices, coerce=int, empty_value=None, required=False
            )
            self.fields[f"person_{kind}"] = forms.CharField(
                label=_("%(duty)s · 责任人") % {"duty": kind.label}, max_length=50, required=False
            )

    def duty_rows(self):
        """Return (what it is, unit, person) of each duty."""
        return [(kind.label, self[f"unit_{kind}"], self[f"person_{kind}"]) for kind in Duty.Kind]

    def duties(self):
        """Take the duties out of what was typed: (kind, unit, person) of those that somebody has."""
        rows = [
            (
                kind.value,
                self.units.get(self.cleaned_data.pop(f"unit_{kind}")),
                self.cleaned_data.pop(f"person_{kind}"),
            )
            for kind in Duty.Kind
        ]
        return [row for row in rows if row[1] or row[2]]


class SharesForm(RecordForm):
    """Who shares a project: rows of unit, role and percent, which add up to 100; an empty row is left out."""

    from_on = DayField(
        label=_("起算日期"), required=False,
        help_text=_("从这天起发生的事实按新份额计，之前的仍按原份额；不填为自始。与现行起算日期相同，即为更正现行归属。"),
    )  # fmt: skip
    document = forms.CharField(
        label=_("依据文件"), max_length=200, help_text=_("文号或会议纪要，如 招商领导小组会议纪要〔2026〕3 号")
    )
    reason = forms.CharField(label=_("说明"), max_length=500, required=False, widget=TEXT)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, credits=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.size = len(credits) + SPARE
        units = [("", "—"), *((unit.pk, unit.name) for unit in Unit.objects.visible_to(self.user))]
        for row, credit in enumerate([*credits, *[None] * SPARE]):
            self.fields |= share_fields(row, credit, units)

    def facts(self):
        """Return what the action asks for."""
        return {name: self.cleaned_data[name] for name in ("shares", "from_on", "document", "reason", "version")}

    def rows(self):
        """Return the fields of each row."""
        return [[self[f"{name}_{row}"] for name in ("unit", "role", "share")] for row in range(self.size)]

    def clean(self):
        """Put the rows together; a half-filled one is refused."""
        values, shares = super().clean(), []
        for row in range(self.size):
            unit, share = values.get(f"unit_{row}"), values.get(f"share_{row}")
            if unit and share is None and f"share_{row}" not in self.errors:
                self.add_error(f"share_{row}", _("请填份额"))
            if share is not None and not unit and f"unit_{row}" not in self.errors:
                self.add_error(f"unit_{row}", _("请选单位"))
            if unit and share is not None:
                shares.append((unit, values.get(f"role_{row}"), share))
        if not self.errors:
            found = Unit.objects.in_bulk([unit for unit, _role, _share in shares])
            values["shares"] = [(found[unit], role, share) for unit, role, share in shares]
        return values


def share_fields(row, credit, units):
    """Return the three fields of one row."""
    role = Credit.Role.INTRODUCING if row == 0 else Credit.Role.LANDING
    share = ExactFormField(
        label=_("份额"), measure="%", min_value=Decimal(0), required=False, initial=credit and credit.share
    )
    share.widget.attrs["placeholder"] = "%"
    return {
        f"unit_{row}": forms.TypedChoiceField(
            label=_("单位"), choices=units, coerce=int, empty_value=None, required=False,
            initial=credit and credit.unit_id,
        ),
        f"role_{row}": forms.ChoiceField(
            label=_("职责"), choices=Credit.Role, initial=credit.role if credit else role
        ),
        f"share_{row}": share,
    }  # fmt: skip


class MilestoneForm(RecordForm):
    """One kind of milestone, done or promised; asks only for what the stage table names."""

    on = DayField(label=_("发生日期"))
    due_on = DayField(label=_("承诺日期"))
    promised_amount = ExactFormField(label=_("承诺金额"), measure="万元", min_value=Decimal(0), required=False)
    currency = forms.ChoiceField(label=_("币种"), choices=Currency, initial=Currency.CNY)
    amount = AmountField(label=_("金额"), required=False, help_text=_("可写 1.2亿；外币按原币填"))
    rate = ExactFormField(label=_("折算汇率"), measure="元/外币", required=False)
    in_cash = forms.BooleanField(label=_("现汇"), required=False)
    form = forms.ChoiceField(label=_("出资方式"), choices=[("", _("未注明")), *FundForm.choices], required=False)
    nature = forms.ChoiceField(label=_("到资性质"), choices=[("", _("未注明")), *FundNature.choices], required=False)
    source_origin = forms.ChoiceField(
        label=_("资金来自"), choices=[("", _("同投资方")), *Origin.choices], required=False,
        help_text=_("资金不是从投资方所在地来的才选；「其中省外到资」等口径按它计"),
    )  # fmt: skip
    responsible_unit = forms.ModelChoiceField(
        label=_("责任单位"), queryset=Unit.objects.none(), required=False, empty_label=_("未注明")
    )
    event = forms.ModelChoiceField(
        label=_("招商活动"), queryset=Event.objects.none(), required=False, empty_label=_("不在活动上")
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False, widget=TEXT)

    def __init__(self, *args, kind, promised=False, keeps_promise=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.rule, self.promised = KINDS[kind], promised
        offered = set(self.rule.needs) | set(self.rule.may)
        for name in self.left_out(offered, keeps_promise):
            del self.fields[name]
        if "amount" in self.fields:
            self.fields["amount"].required = "amount" in self.rule.needs
        if "rate" in self.fields:
            self.fields["rate"].help_text = format_html(RATE_HELP, url=reverse("projects:rate_list"))
        if "note" in self.rule.needs:
            self.fields["note"].required = True
        if keeps_promise and "on" in self.fields:
            self.fields["due_on"].required = False
        if "event" in self.fields:
            self.fields["event"].queryset = Event.objects.visible_to(self.user).for_list()
        if "responsible_unit" in self.fields:  # any unit of the district may be to blame
            tops = {f"/{path.split('/')[1]}/" for path in self.user.paths(*BUSINESS_ROLES)}
            self.fields["responsible_unit"].queryset = Unit.objects.within(tops).order_by("path")

    def left_out(self, offered, keeps_promise):
        """Return the fields that this kind, done or promised, has no use for."""
        unwanted = {"in_cash", "event", "form", "nature", "source_origin", "responsible_unit"} - offered
        if self.promised:  # why money will come is known before it comes
            unwanted |= {"on", "amount", "currency", "rate", "in_cash", "event", "form", "source_origin"}
            unwanted |= {"responsible_unit"}
        elif not keeps_promise:
            unwanted |= {"due_on", "promised_amount"}
        if "amount" not in offered:
            unwanted |= {"amount", "currency", "rate", "promised_amount"}
        return unwanted

    def clean(self):
        """Read the amount in its currency."""
        values = super().clean()
        if "amount" in values and "currency" in values:
            try:
                values["amount"] = AmountField.read(values["amount"], values["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        return values


class MoveForm(MilestoneForm):
    """A milestone that moves a card of the board, with its paper if it is at hand."""

    file = files_field(_("凭证"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.rule.evidence:
            self.fields["file"].label = _("凭证：%(paper)s") % {"paper": self.rule.evidence}


class MilestoneCorrectForm(MilestoneForm):
    """The same, with the reason and the version it was opened at."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)
