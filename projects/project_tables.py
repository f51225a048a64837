"""The tables of projects and of milestones."""

from fractions import Fraction

import django_tables2 as tables
from django.db.models import F, OuterRef, Prefetch, Subquery
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import in_measure, percent_text, plain
from projects import flags
from projects.models import Credit, Duty, Milestone, Project
from projects.project_filters import STALE
from projects.project_page import bar_of
from projects.recognition import TONES
from projects.stages import KINDS, ORDER, Kind
from units.resources import numbered
from units.tables import NUMBER, pill

project_number = numbered("P")


def empty_last(name):
    """Return how a column sorts: by a field, rows without a value last either way, in a total order."""

    def order(self, queryset, is_descending):
        value = F(name)
        value = value.desc(nulls_last=True) if is_descending else value.asc(nulls_last=True)
        return queryset.order_by(value, "-pk"), True

    return order


class ProjectTable(tables.Table):
    """Projects: who invests, how far it is, what was agreed and what has arrived."""

    name = tables.Column(verbose_name=_("项目 / 投资方"), order_by=("name", "pk"), attrs={"td": {"class": "zs-two"}})
    industry = tables.Column(
        verbose_name=_("产业"), empty_values=(), order_by=("sector", "industry", "pk"),
        attrs={"td": {"class": "zs-phone-hide"}},
    )  # fmt: skip
    origin = tables.Column(
        verbose_name=_("资金来源"), accessor="company__get_origin_display", order_by=("company__origin", "pk"),
        attrs={"td": {"class": "zs-phone-hide"}},
    )  # fmt: skip
    stage = tables.Column(verbose_name=_("阶段"))
    contracted = tables.Column(verbose_name=_("协议投资(亿元)"), attrs=NUMBER, default="—")
    arrived = tables.Column(verbose_name=_("到位(亿元)"), attrs=NUMBER, default="—")
    unit = tables.Column(verbose_name=_("招引单位"), accessor="introducer", orderable=False)
    flags = tables.Column(verbose_name=_("预警"), empty_values=(), orderable=False, default="")
    updated_at = tables.Column(verbose_name=_("最近更新"), order_by=("updated_at", "pk"))
    # --- shown where they are chosen
    investment = tables.Column(verbose_name=_("计划总投资(亿元)"), attrs=NUMBER, default="—", visible=False)
    contract_on = tables.DateColumn(
        verbose_name=_("签约时间"), accessor="pk", orderable=False, format="Y-m-d", visible=False, default="—"
    )
    leader = tables.Column(verbose_name=_("挂包领导"), order_by=("leader", "pk"), visible=False, default="—")
    lead_unit = tables.Column(verbose_name=_("牵头单位"), accessor="pk", orderable=False, visible=False, default="—")
    landing_unit = tables.Column(
        verbose_name=_("落地单位"), accessor="credits", orderable=False, visible=False, default="—"
    )
    tags = tables.Column(verbose_name=_("标签"), accessor="tags", orderable=False, visible=False, default="—")
    is_key = tables.Column(verbose_name=_("重点项目"), order_by=("-is_key", "pk"), visible=False)
    nature = tables.Column(verbose_name=_("项目性质"), order_by=("nature", "pk"), visible=False, default="—")
    chain = tables.Column(verbose_name=_("所属产业链"), order_by=("chain", "pk"), visible=False, default="—")
    place = tables.Column(verbose_name=_("建设地点"), order_by=("place", "pk"), visible=False, default="—")
    land = tables.Column(verbose_name=_("项目用地(亩)"), attrs=NUMBER, visible=False, default="—")
    jobs = tables.Column(
        verbose_name=_("预计用工(人)"), attrs=NUMBER, order_by=("jobs", "pk"), visible=False, default="—"
    )
    team = tables.Column(verbose_name=_("工作专班"), order_by=("team", "pk"), visible=False, default="—")
    introducer_name = tables.Column(
        verbose_name=_("引荐方"), order_by=("introducer_name", "pk"), visible=False, default="—"
    )
    recorded_at = tables.DateTimeColumn(
        verbose_name=_("登记时间"), format="Y-m-d", order_by=("recorded_at", "pk"), visible=False
    )

    class Meta:
        model = Project
        fields = (
            "name", "industry", "origin", "stage", "contracted", "arrived", "unit", "flags", "updated_at",
            "investment", "contract_on", "leader", "lead_unit", "landing_unit", "tags", "is_key", "nature", "chain",
            "place", "land", "jobs", "team", "introducer_name", "recorded_at",
        )  # fmt: skip

    def __init__(self, *args, today=None, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today, self.user, self.raised = today, user, None

    def render_name(self, record):
        """Link the project's name above the company's."""
        return format_html(
            '<a href="{}">{}</a><small>{} {}</small>',
            record.get_absolute_url(),
            record.name,
            project_number(record.pk),
            record.company,
        )

    def render_industry(self, record):
        """Name the industry, else the sector."""
        return record.industry or record.get_sector_display()

    def render_stage(self, record):
        """Draw how far the project is, with the word."""
        steps = format_html_join(
            "", '<i class="{}"></i>', (("on" if n < record.stage_number else "",) for n in range(len(ORDER)))
        )
        return format_html('<span class="zs-meter">{}<span>{}</span></span>', steps, self.value_stage(record))

    def value_stage(self, record):
        """Name the stage."""
        return str(_("已终止") if record.terminated else record.get_stage_display())

    def order_stage(self, queryset, is_descending):
        """Sort by the pipeline, not by the alphabet."""
        queryset = queryset.with_stage_number()
        return queryset.order_by("-stage_place" if is_descending else "stage_place", "-pk"), True

    def render_contracted(self, value):
        """Print 万元 as 亿元."""
        return plain(in_measure(value, "亿元"))

    render_investment = render_contracted

    def render_land(self, value):
        """Print the number."""
        return plain(value)

    def render_contract_on(self, record):
        """Show the day of the contract."""
        return f"{record.contract_on:%Y-%m-%d}" if record.contract_on else "—"

    def render_lead_unit(self, record):
        """Name the unit, else the person, that leads."""
        lead = next((duty for duty in record.duties.all() if duty.kind == Duty.Kind.LEAD), None)
        return (lead.unit or lead.person) if lead else "—"

    def render_landing_unit(self, record):
        """Name the units where it lands."""
        landing = [row.unit.name for row in record.credits.all() if row.role == Credit.Role.LANDING]
        return "、".join(landing) or "—"

    def render_tags(self, record):
        """Name the tags."""
        return "、".join(tag.name for tag in record.tags.all()) or "—"

    def render_is_key(self, value):
        """Say yes, or nothing."""
        return _("是") if value else ""

    def render_arrived(self, record, value):
        """Print 万元 as 亿元 above a bar of what was agreed."""
        number = plain(in_measure(value, "亿元"))
        if not record.contracted:
            return number
        ratio = Fraction(value) / Fraction(record.contracted)
        bar = bar_of(ratio, _("到位率 %(p)s") % {"p": percent_text(ratio)})
        return format_html("{}{}", number, render_to_string("components/_progress.html", {"bar": bar}))

    order_contracted, order_arrived = empty_last("contracted"), empty_last("arrived")
    order_investment, order_land = empty_last("investment"), empty_last("land")

    def flags_of(self, record):
        """Return the flags of a project; those of all the rows shown are read at once."""
        if self.raised is None:
            shown = [row.record.pk for row in self.page.object_list]
            projects = Project.objects.filter(pk__in=shown)
            self.raised = flags.of_projects(projects, self.user, self.today)
        return self.raised.get(record.pk, ())

    def render_flags(self, record):
        """Show the first flag as a pill with its arithmetic, the others as a number."""
        raised = self.flags_of(record)
        if not raised:
            return ""
        shown = {"tone": raised[0].tone, "text": raised[0].label, "title": "；".join(one.words for one in raised)}
        more = f" +{len(raised) - 1}" if len(raised) > 1 else ""
        return format_html("{}{}", render_to_string("components/_pill.html", shown), more)

    def render_updated_at(self, value):
        """Say how many days ago; a long silence in amber."""
        days = (self.today - timezone.localdate(value)).days
        if days <= 0:
            return _("今天")
        text = _("%(n)s 天前") % {"n": days}
        return format_html('<span class="zs-warn">{}</span>', text) if days > STALE else text


def with_columns(queryset, columns):
    """Load what columns need that are shown only where they are chosen."""
    if "contract_on" in columns:
        contracts = Milestone.objects.live().done().filter(project=OuterRef("pk"), kind=Kind.CONTRACT)
        queryset = queryset.annotate(contract_on=Subquery(contracts.order_by().values("on")[:1]))
    if "lead_unit" in columns:
        queryset = queryset.prefetch_related(Prefetch("duties", Duty.objects.select_related("unit")))
    return queryset.prefetch_related("tags") if "tags" in columns else queryset


class MilestoneTable(tables.Table):
    """Milestones: which project, what happened or is promised, when, how much, what became of it."""

    project = tables.Column(
        verbose_name=_("项目 / 投资方"), order_by=("project__name", "pk"), attrs={"td": {"class": "zs-two"}}
    )
    kind = tables.Column(verbose_name=_("节点"), order_by=("kind", "pk"))
    on = tables.DateColumn(verbose_name=_("发生日期"), format="Y-m-d", default="—")
    due_on = tables.DateColumn(verbose_name=_("承诺日期"), format="Y-m-d", default="—")
    state = tables.Column(verbose_name=_("状态"), accessor="pk", orderable=False)
    amount_cny = tables.Column(verbose_name=_("折合人民币(万元)"), attrs=NUMBER, default="—")
    unit = tables.Column(verbose_name=_("招引单位"), accessor="project__introducer", orderable=False)
    recognition = tables.Column(verbose_name=_("认定"), order_by=("recognition", "pk"))
    # --- shown where they are chosen
    promised_amount = tables.Column(verbose_name=_("承诺金额(万元)"), attrs=NUMBER, default="—", visible=False)
    amount = tables.Column(verbose_name=_("金额(万)"), attrs=NUMBER, default="—", visible=False)
    currency = tables.Column(verbose_name=_("币种"), order_by=("currency", "pk"), visible=False)
    form = tables.Column(verbose_name=_("出资方式"), order_by=("form", "pk"), visible=False, default="—")
    nature = tables.Column(verbose_name=_("资金性质"), order_by=("nature", "pk"), visible=False, default="—")
    event = tables.Column(verbose_name=_("招商活动"), order_by=("event__name", "pk"), visible=False, default="—")
    note = tables.Column(verbose_name=_("说明"), orderable=False, visible=False, default="—")

    class Meta:
        model = Milestone
        fields = (
            "project", "kind", "on", "due_on", "state", "amount_cny", "unit", "recognition", "promised_amount",
            "amount", "currency", "form", "nature", "event", "note",
        )  # fmt: skip

    def __init__(self, *args, today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def render_project(self, record):
        """Link the project's name to the milestone, above the company's."""
        return format_html(
            '<a href="{}">{}</a><small>{} {}</small>',
            record.get_absolute_url(),
            record.project.name,
            project_number(record.project_id),
            record.project.company,
        )

    def render_state(self, record):
        """Say whether it happened, is promised, or is late by how many days."""
        if record.on:
            return pill("ok", _("已发生"))
        late = (self.today - record.due_on).days
        if late > 0 and not record.project.terminated:
            return pill("bad", _("超期 %(n)s 天") % {"n": late})
        return pill("muted", _("承诺"))

    def render_amount_cny(self, value):
        """Print 万元."""
        return plain(value)

    render_promised_amount = render_amount = render_amount_cny

    def render_recognition(self, record):
        """Show the state of what is recognised as a pill."""
        if not KINDS[record.kind].recognise or not record.on:
            return "—"
        return pill(TONES[record.recognition], record.get_recognition_display())

    order_on, order_due_on = empty_last("on"), empty_last("due_on")
    order_amount_cny, order_amount = empty_last("amount_cny"), empty_last("amount")
    order_promised_amount = empty_last("promised_amount")
