"""Forms of the reports room."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign
from reports.cityforms.filling import LARGEST, check_form
from reports.composing import name_of
from reports.drafting import LONGEST
from reports.kinds import FORMS, LETTER
from reports.models import Report, ReportKind
from reports.proofreading.texts import MOST, TextError, text_of
from reports.sentences.parts import PARTS
from units.forms import RecordForm, day_input
from units.models import Role, Unit

MOST_BYTES = 20 * 2**20  # of a file whose issue is asked for


class ReportFacts(RecordForm):
    """What an issue is called, which days it speaks of, to whom it goes."""

    title = forms.CharField(label=_("标题"), max_length=120)
    from_on = forms.DateField(label=_("本期起"), widget=day_input(), required=False, help_text=_("不填为战役第一天"))
    as_of = forms.DateField(label=_("数据截至"), widget=day_input())
    basis = forms.ChoiceField(label=_("计数依据"), choices=[("", _("各指标依据")), *Basis.choices], required=False)
    is_final = forms.BooleanField(label=_("最终数据（否则印「初步」）"), required=False)
    issuer = forms.CharField(label=_("印发单位"), max_length=60)
    number = forms.CharField(label=_("文号或期号"), max_length=60, required=False)
    addressee = forms.CharField(label=_("主送"), max_length=120, required=False)
    cc = forms.CharField(label=_("抄送"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].wide = True

    @property
    def facts(self):
        """What the report is, without what was typed."""
        return {name: value for name, value in self.cleaned_data.items() if name in Report.FACTS}


class ReportForm(ReportFacts):
    """A new issue: of which campaign and kind, and whether it starts from what was typed in the last one."""

    campaign = forms.ModelChoiceField(label=_("战役"), queryset=Campaign.objects.none())
    kind = forms.ModelChoiceField(label=_("种类"), queryset=ReportKind.objects.none(), empty_label=None)
    carry = forms.BooleanField(
        label=_("沿用上期撰写的段落"),
        required=False,
        help_text=_("同一战役、同一种类的上一期；沿用的段落标为旧稿，修改或确认沿用后才能印发"),
    )
    field_order = ("campaign", "kind", "title", "from_on", "as_of", "basis", "is_final")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.editable_by(self.user)
        # a letter begins on the page of the order that it serves
        self.fields["kind"].queryset = ReportKind.objects.in_use().exclude(code=LETTER)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("不填则按种类的格式取名")
        self.fields["from_on"].help_text = _("不填则按种类的周期：周报从周一，月通报从 1 日，其余从战役第一天")


class OutlineFields:
    """Mixed into a form: heading, drafted part and the like of every row of an outline; what was not sent stays."""

    def add_rows(self, rows, *, hints=False):
        """Add the fields of the rows."""
        for row in rows:
            self.fields[f"heading_{row.pk}"] = forms.CharField(
                label=_("标题"), max_length=60, required=False, initial=row.heading
            )
            choices = [("", _("不起草")), *((code, part.label) for code, part in PARTS.items())]
            if row.part and row.part not in PARTS:
                choices.append((row.part, row.part))
            self.fields[f"part_{row.pk}"] = forms.ChoiceField(
                label=_("系统起草"), choices=choices, required=False, initial=row.part
            )
            self.fields[f"written_{row.pk}"] = forms.BooleanField(
                label=_("须撰写"), required=False, initial=row.is_written
            )
            if hints:
                self.fields[f"hint_{row.pk}"] = forms.CharField(
                    label=_("撰写提示"), max_length=200, required=False, initial=row.hint
                )
        self.rows = list(rows)

    @property
    def settings(self):
        """What was sent of the rows, by their number."""
        sent = {}
        for row in self.rows:
            if f"heading_{row.pk}" not in self.data:
                continue
            names = {"heading": "heading", "part": "part", "is_written": "written", "hint": "hint"}
            values = {name: self.cleaned_data.get(f"{short}_{row.pk}") for name, short in names.items()}
            sent[row.pk] = {name: value for name, value in values.items() if value is not None}
        return sent


class DraftForm(OutlineFields, ReportFacts):
    """A draft: facts, outline, and what people write in each section."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, report=None, **kwargs):
        super().__init__(*args, **kwargs)
        sections = list(report.sections.all())
        self.add_rows(sections)
        for row in sections:
            if row.is_annex and row.part:
                continue
            self.fields[f"section_{row.pk}"] = forms.CharField(
                label=name_of(row),
                required=False,
                max_length=LONGEST,
                strip=False,
                widget=forms.Textarea(
                    attrs={
                        "rows": 8 if row.is_written or row.text else 2,
                        "placeholder": _("在系统起草的内容之后补充") if row.part else "",
                    }
                ),
                initial=row.text,
            )

    @property
    def texts(self):
        """What was typed, by the number of its section; what was not sent is left alone."""
        data = self.cleaned_data
        return {
            int(name.removeprefix("section_")): data[name]
            for name in data
            if name.startswith("section_") and name in self.data
        }


class RemarkForm(RecordForm):
    """Something said to a section of a draft, perhaps with the words that should stand there instead."""

    section = forms.TypedChoiceField(label=_("段落"), coerce=int)
    quote = forms.CharField(
        label=_("所引文字"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("在稿中选中文字，会自动填到这里"),
    )
    text = forms.CharField(label=_("意见"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_suggestion = forms.BooleanField(label=_("建议改为下面的文字"), required=False)
    replacement = forms.CharField(
        label=_("改为"), max_length=1000, required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, sections=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [(row.pk, name_of(row)) for row in sections]


class AnswerForm(RecordForm):
    """An answer to a remark."""

    text = forms.CharField(label=_("回复"), max_length=1000)


class KindCreateForm(RecordForm):
    """A new kind, blank or as a copy."""

    name = forms.CharField(label=_("名称"), max_length=40)
    copy_of = forms.ModelChoiceField(
        label=_("照抄"),
        queryset=ReportKind.objects.all(),
        required=False,
        empty_label=_("不照抄，从空白提纲开始"),
        help_text=_("版头、格式和提纲一并抄来，再逐项修改"),
    )


class KindForm(OutlineFields, RecordForm):
    """What a kind is, and the rows of its outline."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, kind=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ReportKind.FACTS:
            self.fields[name] = ReportKind._meta.get_field(name).formfield(initial=getattr(kind, name))
            if name in FORMS:
                self.fields[name].wide = True
                names = "、".join(f"{{{each}}}" for each in FORMS[name])
                self.fields[name].help_text = _("可写 %(names)s，由系统填入") % {"names": names}
        self.add_rows(kind.sections.all(), hints=True)

    @property
    def facts(self):
        """What the kind is."""
        return {name: self.cleaned_data[name] for name in ReportKind.FACTS}


class WallForm(RecordForm):
    """Where a screen hangs and what it shows of its campaign."""

    name = forms.CharField(label=_("放在哪里"), max_length=50, help_text=_("如：指挥部大厅"))
    groups = forms.MultipleChoiceField(
        label=_("显示的组别"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就轮播全部组别"),
    )
    basis = forms.ChoiceField(label=_("计数依据"), choices=[("", _("各指标依据")), *Basis.choices], required=False)

    def __init__(self, *args, user=None, campaign=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        names = dict.fromkeys(campaign.roster.values_list("group", flat=True))
        self.fields["groups"].choices = [(name, name) for name in names if name]


class ProofreadForm(RecordForm):
    """A text to be proofread, pasted or as a file; with a campaign it is compared with the ledger as well."""

    text = forms.CharField(
        label=_("文稿"),
        required=False,
        strip=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 12, "placeholder": _("把总结、通报、汇报稿粘贴在这里")}),
    )
    file = forms.FileField(label=_("或选择文本文件"), required=False, help_text=_("TXT，UTF-8 或 GB18030 编码"))
    campaign = forms.ModelChoiceField(
        label=_("核对台账"),
        required=False,
        queryset=Campaign.objects.none(),
        empty_label=_("只复算文中数字"),
        help_text=_("选了战役，就再核对完成数、目标和单位名称。"),
    )
    as_of = forms.DateField(label=_("台账截至"), required=False, widget=day_input(), help_text=_("不填为今天"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(self.user).order_by("-starts_on", "pk")
        self.fields["text"].wide = True

    def clean(self):
        """Take the file's text where one was sent."""
        data = self.cleaned_data
        if file := data.get("file"):
            if file.size > 4 * MOST:
                raise forms.ValidationError({"file": _("文件太大，请分段校对")})
            try:
                data["text"] = text_of(file.read())
            except TextError as error:
                raise forms.ValidationError({"file": error.messages}) from None
        elif not self.errors and not (data.get("text") or "").strip():
            raise forms.ValidationError({"text": _("请粘贴文稿，或选择文件")})
        return data


class VerifyForm(RecordForm):
    """A file, or the number of an issue, to be compared with what went out."""

    file = forms.FileField(
        label=_("文件"), required=False, help_text=_("收到的 PDF、Word、Excel 或网页文件，不会保存")
    )
    number = forms.CharField(label=_("或文号、期号、指纹"), required=False, max_length=64)

    def clean(self):
        """Ask for one of the two."""
        data = self.cleaned_data
        if file := data.get("file"):
            if file.size > MOST_BYTES:
                raise forms.ValidationError({"file": _("文件超过 20 MB，不会是本系统印发的")})
        elif not self.errors and not data.get("number", "").strip():
            raise forms.ValidationError({"file": _("请选择文件，或填写文号")})
        return data


class CityFormForm(RecordForm):
    """A form of a higher office."""

    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), help_text=_("该单位及其下级组织的战役可用")
    )
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("如：市招商引资月报表"))
    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("XLSX，不超过 2 MB，不含图表、图片和宏"),
        error_messages={"empty": _("文件是空的")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.within(self.user.paths(Role.EDITOR)).standing().order_by("path")
        self.fields["unit"].initial = self.user.first_unit(Role.EDITOR)

    def clean_file(self):
        """Look into the file, before anything is written; what is wrong with it stands beside it."""
        file = self.cleaned_data["file"]
        return check_form(file.read(LARGEST + 1), file.name)  # one byte more is too much
