"""What the lists export, under headings that an import reads back."""

from functools import partial

from django.db.models import Case, Count, OuterRef, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition
from projects import flags
from projects.models import (
    Contact,
    Credit,
    Currency,
    Duty,
    FundForm,
    FundNature,
    Introducer,
    Milestone,
    Nature,
    Origin,
    Project,
    Sector,
    Visit,
)
from projects.models.projects import introducing_unit
from projects.stages import Kind, Stage
from units.resources import Cell, ListResource, labelled, numbered, text, yes_or_nothing


def day_of(moment):
    """Return the day of a moment, here."""
    return None if moment is None else timezone.localdate(moment)


def masked(phone):
    """Hide the middle of a phone number."""
    return Contact(phone=phone).masked_phone if phone else ""


def joined(rows):
    """Return {key: texts joined} of (key, text) pairs."""
    found = {}
    for key, name in rows:
        found.setdefault(key, []).append(name)
    return {key: "、".join(names) for key, names in found.items()}


def units_in(role, projects):
    """Name the units that share projects in a role."""
    rows = Credit.objects.filter(project__in=projects, role=role).order_by("pk")
    return joined(rows.values_list("project", "unit__name"))


def lead_units(projects):
    """Name the unit that leads each project."""
    rows = Duty.objects.filter(project__in=projects, kind=Duty.Kind.LEAD, unit__isnull=False)
    return dict(rows.values_list("project", "unit__name"))


def tags(projects):
    """Name the tags of projects."""
    rows = Project.tags.through.objects.filter(project__in=projects).order_by("tag__group", "tag__name")
    return joined(rows.values_list("project", "tag__name"))


def days_of(kind, projects):
    """Return the day on which a milestone of a kind happened."""
    rows = Milestone.objects.live().done().filter(project__in=projects, kind=kind).order_by("on", "pk")
    return dict(reversed(rows.values_list("project", "on")))


def contacts(field, companies):
    """Return a field of the first contact of companies."""
    rows = Contact.objects.filter(company__in=companies).order_by("-pk").values_list("company", field)
    return dict(rows)


def of_company(field, projects):
    """Return a field of the first contact of the companies of projects."""
    first = Contact.objects.filter(company=OuterRef("company")).order_by("pk").values(field)[:1]
    rows = Project.objects.filter(pk__in=projects).order_by().annotate(found=Subquery(first))
    return dict(rows.values_list("pk", "found"))


def counted(rows):
    """Count rows by company."""
    return dict(rows.order_by().values_list("company").annotate(n=Count("pk")))


def or_zero(number):
    """Return a number; 0 where there is none."""
    return number or 0


def happened(kind, heading):
    """Return the cell of the day on which a milestone of a kind happened."""
    return Cell(heading, gathered=partial(days_of, kind))


class ProjectResource(ListResource):
    """Projects (of for_list): what they are, who does what for them, when what happened."""

    number = Cell(_("编号"), "pk", numbered("P"))
    name = Cell(_("项目名称"), "name")
    company = Cell(_("投资方"), "company__name")
    credit_code = Cell(_("统一社会信用代码"), "company__credit_code")
    origin = Cell(_("资金来源"), "company__origin", labelled(Origin))
    sector = Cell(_("产业类别"), "sector", labelled(Sector))
    industry = Cell(_("细分产业"), "industry")
    chain = Cell(_("所属产业链"), "chain")
    nature = Cell(_("项目性质"), "nature", labelled(Nature))
    investment = Cell(_("计划总投资(万元)"), "investment")
    first_phase = Cell(_("一期投资(万元)"), "first_phase")
    place = Cell(_("建设地点"), "place")
    summary = Cell(_("建设内容"), "summary")
    land = Cell(_("项目用地(亩)"), "land")
    built_years = Cell(_("建设年限"), "built_years")
    registered_name = Cell(_("注册名称"), "registered_name")
    registered_capital = Cell(_("注册资本(万元)"), "registered_capital")
    legal_person = Cell(_("法人代表"), "legal_person")
    business_scope = Cell(_("经营范围"), "business_scope")
    local_partner = Cell(_("本地投资方"), "local_partner")
    local_share = Cell(_("本地投资占比(%)"), "local_share")
    capacity = Cell(_("新增生产能力"), "capacity")
    output = Cell(_("达产年产值(万元)"), "output")
    tax_expected = Cell(_("预计年税收(万元)"), "tax_expected")
    jobs = Cell(_("预计用工(人)"), "jobs")
    leader = Cell(_("挂包领导"), "leader")
    lead_unit = Cell(_("牵头单位"), gathered=lead_units)
    team = Cell(_("工作专班"), "team")
    plan = Cell(_("推进计划"), "plan")
    unit = Cell(_("招引单位"), gathered=partial(units_in, Credit.Role.INTRODUCING))
    landing_unit = Cell(_("落地单位"), gathered=partial(units_in, Credit.Role.LANDING))
    outside = Cell(_("区外落地点"), "outside")
    introducer_kind = Cell(_("引荐方类型"), "introducer_kind", labelled(Introducer))
    introducer_name = Cell(_("引荐方"), "introducer_name")
    contact = Cell(_("联系人"), gathered=partial(of_company, "name"), shown=text)
    contact_title = Cell(_("职务"), gathered=partial(of_company, "title"), shown=text)
    phone = Cell(_("联系电话"), gathered=partial(of_company, "phone"), shown=masked)
    tags = Cell(_("标签"), gathered=tags, shown=text)
    is_key = Cell(_("重点项目"), "is_key", yes_or_nothing)
    note = Cell(_("备注"), "note")
    lead_on = happened(Kind.LEAD, _("线索日期"))
    intent_on = happened(Kind.INTENT, _("意向签约日期"))
    contract_on = happened(Kind.CONTRACT, _("签约时间"))
    contract_amount = Cell(_("协议投资(万元)"), "contracted")
    filing_on = happened(Kind.FILING, _("立项备案日期"))
    registration_on = happened(Kind.REGISTRATION, _("注册时间"))
    groundbreaking_on = happened(Kind.GROUNDBREAKING, _("开工时间"))
    completion_on = happened(Kind.COMPLETION, _("竣工时间"))
    production_on = happened(Kind.PRODUCTION, _("投产时间"))
    arrived = Cell(_("累计到位(万元)"), "arrived")
    stage = Cell(_("阶段"), "stage", labelled(Stage))
    terminated = Cell(_("已终止"), "terminated", yes_or_nothing)
    flags = Cell(_("预警"), gathered="flags_told", shown=text)
    recorded_at = Cell(_("登记时间"), "recorded_at", day_of)
    updated_at = Cell(_("最近更新"), "updated_at", day_of)

    columns = {
        "name": ("name", "company"),
        "industry": ("sector", "industry"),
        "stage": ("stage", "terminated"),
        "contracted": ("contract_amount",),
    }

    def flags_told(self, projects):
        """Write every flag of projects with its arithmetic."""
        raised = flags.of_projects(Project.objects.filter(pk__in=projects), self.user, self.today)
        return {key: "；".join(f"{one.label}：{one.words}" for one in found) for key, found in raised.items()}


class CompanyResource(ListResource):
    """Companies; phone numbers keep their middle hidden."""

    number = Cell(_("编号"), "pk", numbered("C"))
    name = Cell(_("企业名称"), "name")
    credit_code = Cell(_("统一社会信用代码"), "credit_code")
    origin = Cell(_("资金来源"), "origin", labelled(Origin))
    place = Cell(_("所在地"), "place")
    contact = Cell(_("联系人"), gathered=partial(contacts, "name"), shown=text)
    phone = Cell(_("联系电话"), gathered=partial(contacts, "phone"), shown=masked)
    entered_for = Cell(_("登记单位"), "entered_for__name")
    project_count = Cell(_("项目数"), gathered="projects_seen", shown=or_zero)
    visit_count = Cell(_("走访来访次数"), gathered="visits_seen", shown=or_zero)

    def projects_seen(self, companies):
        """Count the projects of companies that the user may see."""
        return counted(Project.objects.visible_to(self.user).filter(company__in=companies))

    def visits_seen(self, companies):
        """Count the visits to companies that the user may see."""
        return counted(Visit.objects.live().visible_to(self.user).filter(company__in=companies))


class MilestoneResource(ListResource):
    """Milestones; the project they belong to stands under its own number."""

    number = Cell(_("编号"), "pk", numbered("M"))
    project_number = Cell(_("项目编号"), "project_id", numbered("P"))
    project = Cell(_("项目名称"), "project__name")
    company = Cell(_("投资方"), "project__company__name")
    unit = Cell(_("招引单位"), "introducing")
    kind = Cell(_("节点"), "kind", labelled(Kind))
    on = Cell(_("发生日期"), "on")
    due_on = Cell(_("承诺日期"), "due_on")
    promised_amount = Cell(_("承诺金额(万元)"), "promised_amount")
    amount = Cell(_("金额(万)"), "amount")
    currency = Cell(_("币种"), "currency", labelled(Currency))
    rate = Cell(_("汇率"), "rate")
    amount_cny = Cell(_("折合人民币(万元)"), "amount_cny")
    form = Cell(_("出资方式"), "form", labelled(FundForm))
    nature = Cell(_("资金性质"), "nature", labelled(FundNature))
    event = Cell(_("招商活动"), "event__name", text)
    recognition = Cell(_("认定情况"), "recognition", labelled(Recognition))
    note = Cell(_("说明"), "note")

    columns = {
        "project": ("project_number", "project", "company"),
        "amount": ("amount", "currency", "rate"),
        "currency": ("currency", "rate"),
        "state": (),
    }

    def annotated(self, queryset):
        """Name the unit that introduced the project."""
        return queryset.annotate(introducing=introducing_unit("project"))


class VisitResource(ListResource):
    """Visits; a project is named where `shows_project` (of the list) says that the user may see it."""

    number = Cell(_("编号"), "pk", numbered("V"))
    unit = Cell(_("单位"), "unit__name")
    company = Cell(_("企业"), "company__name")
    direction = Cell(_("方向"), "direction", labelled(Visit.Direction))
    on = Cell(_("日期"), "on")
    place = Cell(_("地点"), "place")
    heads = Cell(_("人数"), "heads")
    led_by_top = Cell(_("党政主要领导带队"), "led_by_top", yes_or_nothing)
    project = Cell(_("有关项目"), "named_project", text)
    trip = Cell(_("外出行程"), "trip__purpose", text)
    note = Cell(_("洽谈情况"), "note")
    recorded_by = Cell(_("填报人"), "recorded_by__name", text)
    recognition = Cell(_("认定情况"), "state", labelled(Recognition))

    columns = {"company": ("company", "project", "trip"), "met": ()}

    def annotated(self, queryset):
        """Name the project that may be seen; a withdrawn visit is in no state."""
        named = Case(When(shows_project=True, then="project__name"))
        return queryset.annotate(named_project=named, state=Case(When(withdrawn_at__isnull=True, then="recognition")))
