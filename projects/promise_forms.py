"""Forms of what is owed by a day: problems, procedures and steps, complaints, land, meetings, holidays."""

import re
from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, When
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.days import FIRST, LAST
from projects.models import Meeting, Problem, Procedure, Project, Rhythm, Step
from projects.models.procedures import LONGEST
from projects.record_fields import CompanyNameField, DayField, ProjectField
from projects.schedule_forms import ExtensionForm
from units.forms import ReasonForm, RecordForm, RecordsField
from units.models import Role, Unit

TEXT = forms.Textarea(attrs={"rows": 3})
LONG = forms.Textarea(attrs={"rows": 8})
SPAN = 40  # days that one line of a list of holidays may name
STEP_LINE = re.compile(r"(\S+)\s+(\S.*?)\s+(\d{1,3})\s*(?:个?工作日|天)?")
DAY = r"(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})日?"
HOLIDAY_LINE = re.compile(rf"{DAY}(?:\s*(?:至|到|~|—|-)+\s*{DAY})?\s+(放假|休|上班|补班)\s*(\S.{{0,49}})?")


def version_field():
    """Return the hidden field of the version that was opened."""
    return forms.IntegerField(widget=forms.HiddenInput)


def chosen_first(rows, chosen):
    """Put what is chosen already on top, each part in the order it was in."""
    if not chosen:
        return rows
    later = Case(When(pk__in=chosen.values("pk"), then=0), default=1, output_field=IntegerField())
    return rows.order_by(later, *rows.query.order_by)


class OwedForm(RecordForm):
    """Which unit owes it, who there, by when."""

    unit = forms.ModelChoiceField(label=_("责任单位"), queryset=Unit.objects.none())
    person = forms.CharField(label=_("责任人"), max_length=50, required=False)
    due_on = DayField(label=_("承诺期限"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.near(self.user).order_by("path")


class SettleForm(RecordForm):
    """When a promise was kept and what came of it."""

    on = DayField(label=_("办结日期"))
    outcome = forms.CharField(label=_("办理结果"), max_length=500, widget=TEXT)
    version = version_field()


class PutOffForm(ExtensionForm):
    """The same as of a milestone."""


class ReopenForm(ReasonForm):
    """Why a promise is not kept after all."""

    version = version_field()


# --- problems


class ProblemForm(OwedForm):
    """A difficulty of a project, who clears it by when, and at which meeting that was promised."""

    project = ProjectField(label=_("项目"), help_text=_("输入几个字即有提示"))
    title = forms.CharField(label=_("问题"), max_length=200, help_text=_("一句话说清卡在哪里"))
    detail = forms.CharField(label=_("具体情况"), max_length=1000, required=False, widget=TEXT)
    found_on = DayField(label=_("提出日期"))
    meeting = forms.ModelChoiceField(
        label=_("在哪次会议承诺"), queryset=Meeting.objects.none(), required=False, empty_label=_("不是在会上承诺的")
    )
    field_order = ("project", "title", "detail", "unit", "person", "found_on", "due_on", "meeting")

    def __init__(self, *args, problem=None, **kwargs):
        super().__init__(*args, **kwargs)
        meetings = Meeting.objects.visible_to(self.user)
        if problem:
            meetings = meetings | Meeting.objects.filter(pk=problem.meeting_id)
        self.fields["meeting"].queryset = meetings.order_by("-on", "-pk")
        self.fields["meeting"].label_from_instance = lambda row: f"{row.on} {row.title}"
        if "project" in self.fields:
            self.fields["project"].offer(Project.objects.visible_to(self.user))


class ProblemChangeForm(ProblemForm):
    """What a problem says; its project and its days stay."""

    project = found_on = due_on = None
    version = version_field()
    field_order = ("title", "detail", "unit", "person", "meeting")


# --- procedures


class ProcedureChangeForm(RecordForm):
    """What is to be got for a project, and who runs the errands."""

    name = forms.CharField(label=_("事项"), max_length=100, help_text=_("如 用地规划联合会审、施工许可证"))
    agent = forms.CharField(
        label=_("代办员"), max_length=50, required=False, help_text=_("招引单位的全程代办人员，签约起负责到办结")
    )
    version = version_field()


class ProcedureForm(ProcedureChangeForm):
    """The same with its kind, its first day and the departments asked."""

    version = None
    project = ProjectField(label=_("项目"), help_text=_("输入几个字即有提示"))
    kind = forms.ChoiceField(label=_("类别"), choices=Procedure.Kind, widget=forms.RadioSelect)
    started_on = DayField(label=_("启动日期"), help_text=_("各部门从这一天受理，当天不计入时限"))
    steps = forms.CharField(
        label=_("环节"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("每行一个：单位 环节 工作日数，如「自然资源局 用地意见 5」。也可以建好后逐个添加。"),
    )  # fmt: skip
    field_order = ("project", "kind", "name", "started_on", "agent", "steps")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].offer(Project.objects.visible_to(self.user))

    def clean_steps(self):
        """Read a step from each line."""
        units = {}
        for unit in Unit.objects.near(self.user).order_by("path"):
            units.setdefault(unit.name, unit)
        lines = [line.strip() for line in self.cleaned_data["steps"].splitlines() if line.strip()]
        return [self.step_of(number, line, units) for number, line in enumerate(lines, start=1)]

    def step_of(self, number, line, units):
        """Read one line."""
        found = STEP_LINE.fullmatch(line)
        if found is None:
            raise ValidationError(
                _("第 %(n)s 行看不懂，请写成「单位 环节 工作日数」") % {"n": number}
            )  # fmt: skip
        name, step, days = found.groups()
        if name not in units:
            raise ValidationError(_("第 %(n)s 行：没有「%(name)s」这个单位") % {"n": number, "name": name[:30]})
        if not 1 <= int(days) <= LONGEST or len(step) > 100:
            raise ValidationError(_("第 %(n)s 行：时限须在 1 至 250 个工作日之间，环节不超过 100 字") % {"n": number})
        return {"unit": units[name], "name": step, "working_days": int(days)}


class StepForm(RecordForm):
    """A department asked for its say."""

    unit = forms.ModelChoiceField(label=_("受邀单位"), queryset=Unit.objects.none())
    name = forms.CharField(label=_("环节"), max_length=100, help_text=_("如 用地意见、环评意见"))
    person = forms.CharField(label=_("责任人"), max_length=50, required=False)
    starts_on = DayField(label=_("受理日期"))
    working_days = forms.IntegerField(
        label=_("时限（工作日）"), min_value=1, max_value=LONGEST, help_text=_("受理当天不计；节假日按节假日表跳过")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.near(self.user).order_by("path")


class ConcludeForm(RecordForm):
    """What a department said in time, or that it was absent."""

    result = forms.ChoiceField(label=_("结论"), widget=forms.RadioSelect)
    on = DayField(label=_("日期"))
    outcome = forms.CharField(
        label=_("意见"), max_length=500, required=False, widget=TEXT, help_text=_("附条件同意和不同意的必填")
    )
    version = version_field()

    def __init__(self, *args, step=None, **kwargs):
        super().__init__(*args, **kwargs)
        left_out = {Step.Result.SILENT}
        if step.procedure.kind != Procedure.Kind.REVIEW:
            left_out.add(Step.Result.ABSENT)
        self.fields["result"].choices = [(one.value, one.label) for one in Step.Result if one not in left_out]


# --- holidays


class HolidayForm(RecordForm):
    """A day that is not what its weekday says."""

    on = DayField(label=_("日期"))
    works = forms.TypedChoiceField(
        label=_("这一天"), choices=((False, _("放假")), (True, _("上班（调休）"))), widget=forms.RadioSelect,
        coerce=lambda value: value == "True", initial=False,
    )  # fmt: skip
    name = forms.CharField(label=_("名称"), max_length=50, help_text=_("如 国庆节"))


class HolidayPasteForm(RecordForm):
    """A year's list, one line a day or span."""

    days = forms.CharField(
        label=_("节假日安排"), max_length=4000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("每行一天或一段：2026-10-01至2026-10-07 放假 国庆节；2026-10-10 上班 国庆节调休"),
    )  # fmt: skip

    def clean_days(self):
        """Read every line; refuses the list with the first line that cannot be read."""
        made = {}
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), start=1):
            if line.strip():
                made |= {day[0]: day for day in self.read(number, line.strip())}
        return list(made.values())

    def read(self, number, line):
        """Return the days of one line."""
        found = HOLIDAY_LINE.fullmatch(line)
        try:
            first = date(*map(int, found.groups()[:3]))
            last = date(*map(int, found.groups()[3:6])) if found[4] else first
        except (TypeError, ValueError, AttributeError):
            raise ValidationError(_("第 %(n)s 行看不懂，请写成「2026-10-01 放假 国庆节」") % {"n": number}) from None
        if not FIRST <= first <= last <= LAST or (last - first).days > SPAN:
            raise ValidationError(_("第 %(n)s 行：日期须由早到晚，一段不超过 40 天") % {"n": number})
        works = found[7] in {"上班", "补班"}
        name = found[8] or found[7]
        return [(first + timedelta(days=n), works, name) for n in range((last - first).days + 1)]


# --- complaints


class ComplaintForm(OwedForm):
    """What a company complains of, who answers by when."""

    company_name = CompanyNameField(label=_("投诉企业"))
    project = ProjectField(label=_("有关项目"), required=False, help_text=_("没有的留空"))
    title = forms.CharField(label=_("诉求"), max_length=200)
    detail = forms.CharField(label=_("具体情况"), max_length=1000, required=False, widget=TEXT)
    received_on = DayField(label=_("受理日期"))
    field_order = ("company_name", "project", "title", "detail", "unit", "person", "received_on", "due_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = _("答复单位")
        self.fields["due_on"].label = _("答复期限")
        self.fields["company_name"].suggest_to(self.user)
        self.fields["project"].offer(Project.objects.visible_to(self.user))


class AnswerForm(RecordForm):
    """What the company was answered."""

    on = DayField(label=_("答复日期"))
    answer = forms.CharField(label=_("答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5}))
    version = version_field()


# --- land


class ParcelForm(RecordForm):
    """A piece of land: how much, at which cost and price, with its days agreed and real."""

    name = forms.CharField(label=_("地块"), max_length=100, help_text=_("如 园区 3 号地块"))
    area = ExactFormField(label=_("面积"), measure="亩", min_value=Decimal(0))
    cost_per_mu = ExactFormField(label=_("每亩成本"), measure="万元", min_value=Decimal(0), required=False)
    price_per_mu = ExactFormField(
        label=_("每亩出让价"), measure="万元", min_value=Decimal(0), required=False,
        help_text=_("成本减出让价为每亩补贴，由系统算出"),
    )  # fmt: skip
    handed_over_on = DayField(label=_("交地日期"), required=False)
    build_by = DayField(label=_("约定开工期限"), required=False, help_text=_("过期未开工为圈而不建"))
    built_on = DayField(label=_("实际开工日期"), required=False)
    use_by = DayField(label=_("约定投用期限"), required=False, help_text=_("过期未投用为占而不用"))
    used_on = DayField(label=_("实际投用日期"), required=False)


class ParcelChangeForm(ParcelForm):
    """The same, with taking it back."""

    reclaimed_on = DayField(label=_("收回日期"), required=False)
    reclaim_reason = forms.CharField(
        label=_("收回依据"), max_length=300, required=False, help_text=_("收回的必填：文件、协议条款或会议纪要")
    )
    version = version_field()


# --- meetings


class MeetingForm(RecordForm):
    """A meeting called: when, who chairs, who comes, what is taken up."""

    kind = forms.ChoiceField(label=_("会议类别"), choices=Meeting.Kind)
    title = forms.CharField(label=_("会议名称"), max_length=100)
    on = DayField(label=_("日期"))
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    chair = forms.CharField(label=_("主持人"), max_length=50, help_text=_("写职务，如 区政府主要领导"))
    unit = forms.ModelChoiceField(label=_("召集单位"), queryset=Unit.objects.none(), empty_label=None)
    attending = RecordsField(label=_("参会单位"), queryset=Unit.objects.none(), required=False)
    project_rows = RecordsField(label=_("议题项目"), queryset=Project.objects.none(), required=False)
    problem_rows = RecordsField(
        label=_("议题问题"), queryset=Problem.objects.none(), required=False, help_text=_("未办结的问题")
    )
    agenda = forms.CharField(
        label=_("议程"),
        max_length=2000,
        required=False,
        widget=TEXT,
        help_text=_("每行一项；打印一页为宜，写不下自动续页"),
    )

    def __init__(self, *args, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.within(self.user.paths(Role.CLERK, Role.EDITOR)).order_by("path")
        units = Unit.objects.near(self.user).order_by("path")
        projects = Project.objects.visible_to(self.user).filter(terminated=False)
        problems = Problem.objects.visible_to(self.user).open()
        if meeting:
            projects = projects | Project.objects.filter(pk__in=meeting.projects.values("pk"))
            problems = problems | Problem.objects.filter(pk__in=meeting.taken_up.values("pk"))
        problems = problems.select_related("project").order_by("due_on", "pk")
        self.fields["attending"].queryset = chosen_first(units, meeting and meeting.units)
        self.fields["project_rows"].queryset = chosen_first(
            projects.order_by("name", "pk"), meeting and meeting.projects
        )
        self.fields["problem_rows"].queryset = chosen_first(problems, meeting and meeting.taken_up)
        self.fields["problem_rows"].label_from_instance = lambda row: f"{row.project}：{row.title}（{row.due_on}）"
        for name in ("attending", "project_rows", "problem_rows"):
            self.fields[name].widget.attrs["class"] = "zs-long"
            if not self.fields[name].queryset.exists():
                del self.fields[name]  # there is nothing to tick

    def facts(self):
        """Return the facts as the actions take them."""
        data = dict(self.cleaned_data)
        names = {"attending": "units", "project_rows": "projects", "problem_rows": "taken_up"}
        return {names.get(name, name): value for name, value in data.items()}


class MeetingChangeForm(MeetingForm):
    """The same with the record; who called it stays."""

    record = forms.CharField(
        label=_("会议纪要"),
        max_length=4000,
        required=False,
        widget=LONG,
        help_text=_("写了纪要即算已召开；打印一页为宜，写不下自动续页"),
    )
    version = version_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["unit"]


class DecisionForm(OwedForm):
    """What a meeting decided that a unit does by a day."""

    text = forms.CharField(label=_("议定事项"), max_length=500, widget=TEXT)
    project = forms.ModelChoiceField(
        label=_("有关项目"), queryset=Project.objects.none(), required=False, empty_label=_("不涉及具体项目")
    )
    field_order = ("text", "unit", "person", "due_on", "project")

    def __init__(self, *args, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        visible = Project.objects.visible_to(self.user)
        self.fields["project"].queryset = visible.filter(pk__in=meeting.projects.values("pk")).order_by("name", "pk")


class RhythmForm(RecordForm):
    """How often a kind of meeting is expected."""

    every = forms.ChoiceField(label=_("周期"), choices=Rhythm.Every, widget=forms.RadioSelect)
    times = forms.IntegerField(
        label=_("次数"), min_value=0, max_value=60, help_text=_("一个周期内应召开几次；填 0 取消频次要求")
    )
