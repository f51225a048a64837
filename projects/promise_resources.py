"""What the lists of problems, procedures, complaints, land and meetings export."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from projects import promise_page, todos
from projects.models import Complaint, Credit, Decision, Extension, Meeting, Parcel, Problem, Procedure, Project, Step
from projects.resources import joined
from units.resources import Cell, ListResource, labelled, numbered, text, yes_or_nothing


def extensions(name, promises):
    """Say of each promise how often it was put off, and why."""
    rows = Extension.objects.filter(**{f"{name}__in": promises}).order_by("pk")
    told = {}
    for row in rows.values(name, "from_on", "to_on", "reason", "allowed_by"):
        line = f"{row['from_on']}→{row['to_on']} {row['reason']}（{row['allowed_by']}批准）"
        told.setdefault(row[name], []).append(line)
    return {key: "；".join(lines) for key, lines in told.items()}


class OwedResource(ListResource):
    """Promises: whose, by when, and how they stand today."""

    model = None
    columns = {"unit": ("unit", "person"), "state": ("state", "late", "done_on", "outcome")}
    always = ("number",)

    def stands(self, keys):
        """Say in words how promises stand."""
        rows = self.model.objects.filter(pk__in=keys)
        return {row.pk: promise_page.clock(row, self.today)[1] for row in rows}

    def days_late(self, keys):
        """Return by how many days promises are or were late."""
        return {row.pk: row.days_late(self.today) for row in self.model.objects.filter(pk__in=keys)}


class ProblemResource(OwedResource):
    """Problems under the headings of a problem list."""

    model = Problem
    number = Cell(_("编号"), "pk", numbered("W"))
    title = Cell(_("问题"), "title")
    detail = Cell(_("具体情况"), "detail")
    project = Cell(_("项目名称"), "project__name")
    company = Cell(_("投资方"), "project__company__name")
    unit = Cell(_("责任单位"), "unit__name")
    person = Cell(_("责任人"), "person")
    found_on = Cell(_("提出日期"), "found_on")
    meeting = Cell(_("承诺会议"), "meeting__title", text)
    first_due_on = Cell(_("最初期限"), "first_due_on")
    due_on = Cell(_("承诺期限"), "due_on")
    extensions = Cell(_("延期"), gathered=partial(extensions, "problem"), shown=text)
    done_on = Cell(_("办结日期"), "done_on")
    outcome = Cell(_("办理结果"), "outcome")
    state = Cell(_("状态"), gathered="stands", shown=text)
    late = Cell(_("逾期天数"), gathered="days_late")

    columns = OwedResource.columns | {"title": ("title", "detail", "project", "company"), "due_on": (
        "found_on", "first_due_on", "due_on", "extensions",
    )}  # fmt: skip


class ComplaintResource(OwedResource):
    """Complaints."""

    model = Complaint
    number = Cell(_("编号"), "pk", numbered("S"))
    title = Cell(_("诉求"), "title")
    detail = Cell(_("具体情况"), "detail")
    company = Cell(_("投诉企业"), "company__name")
    project = Cell(_("有关项目"), "project__name", text)
    unit = Cell(_("答复单位"), "unit__name")
    person = Cell(_("责任人"), "person")
    received_on = Cell(_("受理日期"), "received_on")
    first_due_on = Cell(_("最初期限"), "first_due_on")
    due_on = Cell(_("答复期限"), "due_on")
    extensions = Cell(_("延期"), gathered=partial(extensions, "complaint"), shown=text)
    answered_on = Cell(_("答复日期"), "answered_on")
    answer = Cell(_("答复"), "answer")
    done_on = Cell(_("办结日期"), "done_on")
    outcome = Cell(_("办理结果"), "outcome")
    state = Cell(_("状态"), gathered="stands", shown=text)
    late = Cell(_("逾期天数"), gathered="days_late")

    columns = OwedResource.columns | {
        "title": ("title", "detail", "company", "project"),
        "answered_on": ("answered_on", "answer"),
        "due_on": ("first_due_on", "due_on", "extensions"),
    }


class ProcedureResource(ListResource):
    """Procedures; their steps stand in one cell."""

    number = Cell(_("编号"), "pk", numbered("H"))
    name = Cell(_("事项"), "name")
    project = Cell(_("项目名称"), "project__name")
    kind = Cell(_("类别"), "kind", labelled(Procedure.Kind))
    agent = Cell(_("代办员"), "agent")
    started_on = Cell(_("启动日期"), "started_on")
    steps = Cell(_("环节"), gathered="steps_told", shown=text)

    columns = {"name": ("name", "project"), "progress": ("steps",), "next_due": ()}

    def steps_told(self, keys):
        """Say of every step who, by when, and what became of it."""
        rows = Step.objects.filter(procedure__in=keys).select_related("unit").order_by("pk")
        told = {}
        for row in rows:
            result = todos.result_of(row, self.today)
            state = Step.Result(result).label if result else _("未办结")
            told.setdefault(row.procedure_id, []).append(f"{row.unit} {row.name} {row.due_on} {state}")
        return {key: "；".join(lines) for key, lines in told.items()}


class ParcelResource(ListResource):
    """Land; amounts are 万元 a mu."""

    number = Cell(_("编号"), "pk", numbered("L"))
    name = Cell(_("地块"), "name")
    project = Cell(_("项目名称"), "project__name")
    company = Cell(_("投资方"), "project__company__name")
    unit = Cell(_("招引单位"), gathered="introducers", shown=text)
    area = Cell(_("面积(亩)"), "area")
    cost_per_mu = Cell(_("成本(万元/亩)"), "cost_per_mu")
    price_per_mu = Cell(_("出让价(万元/亩)"), "price_per_mu")
    subsidy = Cell(_("补贴(万元/亩)"), gathered="subsidies")
    handed_over_on = Cell(_("交地日期"), "handed_over_on")
    build_by = Cell(_("约定开工期限"), "build_by")
    built_on = Cell(_("实际开工日期"), "built_on")
    use_by = Cell(_("约定投用期限"), "use_by")
    used_on = Cell(_("实际投用日期"), "used_on")
    reclaimed_on = Cell(_("收回日期"), "reclaimed_on")
    reclaim_reason = Cell(_("收回依据"), "reclaim_reason")
    state = Cell(_("状态"), gathered="stands", shown=text)

    columns = {
        "name": ("name", "project", "company"),
        "state": ("state", "handed_over_on", "build_by", "built_on", "use_by", "used_on", "reclaimed_on",
                  "reclaim_reason"),
    }  # fmt: skip

    def introducers(self, keys):
        """Name the unit that introduced the project of each piece of land."""
        role = Credit.Role.INTRODUCING
        units = dict(
            Credit.objects.filter(role=role, project__in=Project.objects.filter(parcels__in=keys)).values_list(
                "project", "unit__name"
            )
        )
        rows = Parcel.objects.filter(pk__in=keys).values_list("pk", "project")
        return {key: units.get(project) for key, project in rows}

    def subsidies(self, keys):
        """Return cost less price of each piece of land."""
        return {row.pk: row.subsidy_per_mu for row in Parcel.objects.filter(pk__in=keys)}

    def stands(self, keys):
        """Say what became of each piece of land."""
        return {row.pk: promise_page.land_state(row, self.today)[1] for row in Parcel.objects.filter(pk__in=keys)}


class MeetingResource(ListResource):
    """Meetings with who took part, what they took up and decided; projects are those that the user may see."""

    number = Cell(_("编号"), "pk", numbered("Y"))
    title = Cell(_("会议"), "title")
    kind = Cell(_("类别"), "kind", labelled(Meeting.Kind))
    on = Cell(_("日期"), "on")
    place = Cell(_("地点"), "place")
    unit = Cell(_("召集单位"), "unit__name")
    chair = Cell(_("主持人"), "chair")
    units = Cell(_("参会单位"), gathered="units_told", shown=text)
    agenda = Cell(_("议程"), "agenda")
    record = Cell(_("会议纪要"), "record")
    projects = Cell(_("议题项目"), gathered="projects_told", shown=text)
    project_count = Cell(_("议题项目数"), "project_count")
    decisions = Cell(_("议定事项"), gathered="decisions_told", shown=text)
    decision_count = Cell(_("议定事项数"), "decision_count")
    decisions_done = Cell(_("已办结"), "decisions_done")
    held = Cell(_("已召开"), "held", yes_or_nothing)

    columns = {
        "unit": ("unit", "units"), "project_count": ("projects", "project_count"),
        "decided": ("decisions", "decision_count", "decisions_done"), "state": ("held", "agenda", "record"),
    }  # fmt: skip

    def units_told(self, keys):
        """Name the units that took part."""
        rows = Meeting.units.through.objects.filter(meeting__in=keys).order_by("unit__path")
        return joined(rows.values_list("meeting", "unit__name"))

    def projects_told(self, keys):
        """Name the projects taken up that the user may see."""
        rows = Meeting.projects.through.objects.filter(
            meeting__in=keys, project__in=Project.objects.visible_to(self.user).values("pk")
        )
        return joined(rows.order_by("project__name", "pk").values_list("meeting", "project__name"))

    def decisions_told(self, keys):
        """Say of every decision who does what by when, and how it stands."""
        told = {}
        for row in Decision.objects.filter(meeting__in=keys).select_related("unit").order_by("due_on", "pk"):
            line = f"{row.unit} {row.text} {row.due_on} {promise_page.clock(row, self.today)[1]}"
            told.setdefault(row.meeting_id, []).append(line)
        return {key: "；".join(lines) for key, lines in told.items()}
