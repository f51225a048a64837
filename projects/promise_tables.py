"""Tables of problems, procedures, complaints, land and meetings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects import promise_page
from projects.models import Complaint, Meeting, Parcel, Problem, Procedure
from units.tables import DAY, HIDE, NUMBER, TWO, DatedTable, pill, two_lines


class OwedTable(DatedTable):
    """Promises: whose, by when, and how they stand."""

    unit = tables.Column(verbose_name=_("责任单位"), order_by=("unit__path", "pk"))
    person = tables.Column(verbose_name=_("责任人"), default="—", orderable=False, visible=False)
    due_on = tables.DateColumn(verbose_name=_("承诺期限"), format=DAY, order_by=("due_on", "pk"))
    first_due_on = tables.DateColumn(
        verbose_name=_("最初期限"), format=DAY, order_by=("first_due_on", "pk"), visible=False
    )
    done_on = tables.DateColumn(
        verbose_name=_("办结日期"), format=DAY, order_by=("done_on", "pk"), default="—", visible=False
    )
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)

    def render_state(self, record):
        """Show how it stands."""
        return pill(*promise_page.clock(record, self.today))


class ProblemTable(OwedTable):
    """Problems of projects."""

    title = tables.Column(verbose_name=_("问题 / 项目"), order_by=("title", "pk"), attrs=TWO)
    meeting = tables.Column(verbose_name=_("承诺于"), default="—", orderable=False, attrs=HIDE)
    found_on = tables.DateColumn(verbose_name=_("提出日期"), format=DAY, order_by=("found_on", "pk"), visible=False)
    outcome = tables.Column(verbose_name=_("办理结果"), default="—", orderable=False, visible=False)

    class Meta:
        model = Problem
        fields = (
            "title", "unit", "due_on", "meeting", "state", "person", "found_on", "first_due_on", "done_on", "outcome",
        )  # fmt: skip
        sequence = fields

    def render_title(self, record):
        """Name the problem above its project."""
        return two_lines(record, record.title, record.project)


class ComplaintTable(OwedTable):
    """Complaints of companies."""

    title = tables.Column(verbose_name=_("诉求 / 企业"), order_by=("title", "pk"), attrs=TWO)
    unit = tables.Column(verbose_name=_("答复单位"), order_by=("unit__path", "pk"))
    due_on = tables.DateColumn(verbose_name=_("答复期限"), format=DAY, order_by=("due_on", "pk"))
    received_on = tables.DateColumn(verbose_name=_("受理日期"), format=DAY, order_by=("received_on", "pk"))
    answered_on = tables.DateColumn(
        verbose_name=_("答复日期"), format=DAY, order_by=("answered_on", "pk"), default="未答复"
    )
    outcome = tables.Column(verbose_name=_("办理结果"), default="—", orderable=False, visible=False)

    class Meta:
        model = Complaint
        fields = (
            "title", "unit", "received_on", "answered_on", "due_on", "state", "person", "first_due_on", "done_on",
            "outcome",
        )  # fmt: skip
        sequence = fields

    def render_title(self, record):
        """Name the complaint above the company."""
        return two_lines(record, record.title, record.company)


class ProcedureTable(DatedTable):
    """Joint reviews and licences."""

    name = tables.Column(verbose_name=_("事项 / 项目"), order_by=("name", "pk"), attrs=TWO)
    kind = tables.Column(verbose_name=_("类别"), order_by=("kind", "pk"))
    agent = tables.Column(verbose_name=_("代办员"), default="—", order_by=("agent", "pk"))
    started_on = tables.DateColumn(verbose_name=_("启动日期"), format=DAY, order_by=("started_on", "pk"))
    progress = tables.Column(verbose_name=_("进度"), empty_values=(), orderable=False)
    next_due = tables.Column(verbose_name=_("最近期限"), empty_values=(), orderable=False)

    class Meta:
        model = Procedure
        fields = ("name", "kind", "agent", "started_on", "progress", "next_due")

    def render_name(self, record):
        """Name it above its project."""
        return two_lines(record, record.name, record.project)

    def render_progress(self, record):
        """Say how many steps are settled."""
        return pill(*promise_page.progress(record, self.today))

    def render_next_due(self, record):
        """Name the first day that somebody still has to keep, and who."""
        waiting = [step for step in record.steps.all() if not step.result and step.due_on >= self.today]
        first = min(waiting, key=lambda step: step.due_on, default=None)
        return f"{first.due_on:%Y-%m-%d} {first.unit}" if first else "—"


class ParcelTable(DatedTable):
    """Land of projects; amounts are 万元 a mu."""

    name = tables.Column(verbose_name=_("地块 / 项目"), order_by=("name", "pk"), attrs=TWO)
    unit = tables.Column(verbose_name=_("招引单位"), accessor="project__introducer", orderable=False, attrs=HIDE)
    area = tables.Column(verbose_name=_("面积(亩)"), attrs=NUMBER, order_by=("area", "pk"))
    cost_per_mu = tables.Column(
        verbose_name=_("成本(万元/亩)"), attrs=NUMBER, order_by=("cost_per_mu", "pk"), default="—"
    )
    price_per_mu = tables.Column(
        verbose_name=_("出让价(万元/亩)"), attrs=NUMBER, order_by=("price_per_mu", "pk"), default="—"
    )
    subsidy = tables.Column(
        verbose_name=_("补贴(万元/亩)"), accessor="subsidy_per_mu", attrs=NUMBER, orderable=False, default="—"
    )
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)
    handed_over_on = tables.DateColumn(
        verbose_name=_("交地日期"), format=DAY, order_by=("handed_over_on", "pk"), default="—", visible=False
    )
    build_by = tables.DateColumn(
        verbose_name=_("约定开工期限"), format=DAY, order_by=("build_by", "pk"), default="—", visible=False
    )
    use_by = tables.DateColumn(
        verbose_name=_("约定投用期限"), format=DAY, order_by=("use_by", "pk"), default="—", visible=False
    )

    class Meta:
        model = Parcel
        fields = (
            "name", "unit", "area", "cost_per_mu", "price_per_mu", "subsidy", "state", "handed_over_on", "build_by",
            "use_by",
        )  # fmt: skip

    def render_name(self, record):
        """Name the land above its project."""
        return two_lines(record, record.name, record.project)

    def render_area(self, value):
        """Print the number."""
        return plain(value)

    render_cost_per_mu = render_price_per_mu = render_subsidy = render_area

    def render_state(self, record):
        """Say what became of it, with the days over the deadline."""
        return pill(*promise_page.land_state(record, self.today))


class MeetingTable(DatedTable):
    """Meetings."""

    title = tables.Column(verbose_name=_("会议"), linkify=True, order_by=("title", "pk"))
    kind = tables.Column(verbose_name=_("类别"), order_by=("kind", "pk"))
    on = tables.DateColumn(verbose_name=_("日期"), format=DAY, order_by=("on", "pk"))
    unit = tables.Column(verbose_name=_("召集单位"), order_by=("unit__path", "pk"))
    chair = tables.Column(verbose_name=_("主持人"), order_by=("chair", "pk"))
    project_count = tables.Column(verbose_name=_("议题项目"), attrs=NUMBER, orderable=False)
    decided = tables.Column(
        verbose_name=_("议定事项"), accessor="decision_count", empty_values=(), attrs=NUMBER, orderable=False
    )
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)
    place = tables.Column(verbose_name=_("地点"), default="—", orderable=False, visible=False)

    class Meta:
        model = Meeting
        fields = ("title", "kind", "on", "unit", "chair", "project_count", "decided", "state", "place")

    def render_decided(self, record):
        """Count the decisions and those of them that are settled."""
        if not record.decision_count:
            return "—"
        return _("%(done)s / %(all)s 办结") % {"done": record.decisions_done, "all": record.decision_count}

    def render_state(self, record):
        """Say whether it was held."""
        if record.held:
            return pill("ok", _("已召开"))
        return pill("info", _("未开")) if record.on >= self.today else pill("warn", _("待补纪要"))
