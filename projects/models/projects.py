"""Projects, who shares them, and what happened to them."""

from datetime import datetime, time
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognised, RecognisedQuerySet
from campaigns.numbers import ExactField
from projects.models.companies import Company, Event, Origin
from projects.models.exclusive import one_of
from projects.models.rates import Currency, ExchangeRate
from projects.stages import KINDS, ONCE, ORDER, Kind, Stage
from units.models import BUSINESS_ROLES, Role, Unit, under
from units.search import SearchField


class Sector(models.TextChoices):
    """The three sectors that rules speak of."""

    INDUSTRY = "industry", _("工业")
    AGRICULTURE = "agriculture", _("农业")
    SERVICES = "services", _("服务业")


class Nature(models.TextChoices):
    """Whether a project is built new."""

    NEW = "new", _("新建")
    EXPANSION = "expansion", _("改扩建")
    UPGRADE = "upgrade", _("技改")
    MOVE = "move", _("搬迁")
    CAPITAL = "capital", _("增资扩股")


class Lands(models.TextChoices):
    """Whether a project lands in the district that counts it (R25)."""

    INSIDE = "inside", _("区内落地")
    OUTSIDE = "outside", _("区外落地")


class Introducer(models.TextChoices):
    """Who introduced a project without being a unit (R52)."""

    ADVISER = "adviser", _("投资顾问")
    CHAMBER = "chamber", _("商会协会")
    AGENCY = "agency", _("中介机构")
    COMPANY = "company", _("企业")
    PERSON = "person", _("个人")


class TagQuerySet(models.QuerySet):
    """Words for tags."""

    def visible_to(self, user):
        """Everyone in a business role may see the tags."""
        return self.all() if user.is_authenticated and user.paths(*BUSINESS_ROLES) else self.none()

    def for_list(self):
        """Load what a list shows."""
        return self.annotate(project_count=models.Count("projects")).order_by("group", "name", "pk")


class Tag(models.Model):
    """A free label on projects, in a group of its own filter: 136, 六区, 产业集群 (R6)."""

    group = models.CharField(_("分组"), max_length=30)
    name = models.CharField(_("标签"), max_length=30)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("标签")
        ordering = ["group", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "name"], name="tag_once_in_its_group", violation_error_message=_("该组已有同名标签")
            )
        ]

    def __str__(self):
        return f"{self.group}·{self.name}"


def shared_under(paths):
    """Return the keys of the projects that the units at the paths, or units below them, share."""
    return Credit.objects.filter(under(paths)).order_by().values("project")


def introducing_unit(project, what="unit__name"):
    """Return the unit that introduced a project, by name, as a subquery; project names the key of the outer row."""
    rows = Credit.objects.filter(project=models.OuterRef(project), role=Credit.Role.INTRODUCING).order_by()
    return models.Subquery(rows.values(what)[:1])


class ProjectQuerySet(models.QuerySet):
    """Words for projects."""

    def visible_to(self, user):
        """Narrow to the projects that a unit of the user's, or one below it, shares or shared on former days."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(pk__in=Credit.ever.filter(under(paths)).values("project"))

    def editable_by(self, user):
        """Narrow to the projects that a clerk's units introduced."""
        if not user.is_authenticated:
            return self.none()
        mine = Credit.objects.filter(under(user.paths(Role.CLERK)), role=Credit.Role.INTRODUCING)
        return self.filter(pk__in=mine.values("project"))

    def with_stage_number(self):
        """Add the place of the stage in the pipeline, to sort by."""
        places = [models.When(stage=stage, then=place) for stage, place in ORDER.items()]
        return self.annotate(stage_place=models.Case(*places, output_field=models.IntegerField()))

    def for_list(self):
        """Load what a list shows, the one touched last first."""
        done = Milestone.objects.live().filter(project=models.OuterRef("pk"), on__isnull=False).order_by()
        return (
            self.select_related("company")
            .prefetch_related(models.Prefetch("credits", Credit.objects.select_related("unit")))
            .annotate(
                contracted=models.Subquery(
                    done.filter(kind=Kind.CONTRACT).values("project").annotate(s=models.Sum("amount_cny")).values("s")
                ),
                arrived=models.Subquery(
                    done.filter(kind=Kind.FUNDING).values("project").annotate(s=models.Sum("amount_cny")).values("s")
                ),
            )
            .order_by("-updated_at", "-pk")
        )


class Project(models.Model):
    """One investment project; its stage is the furthest its milestones and visits lead to."""

    name = models.CharField(_("项目名称"), max_length=120)
    company = models.ForeignKey(Company, models.PROTECT, related_name="projects", verbose_name=_("投资方"))
    sector = models.CharField(_("产业类别"), max_length=12, choices=Sector, default=Sector.INDUSTRY)
    industry = models.CharField(_("细分产业"), max_length=50, blank=True)
    investment = ExactField(_("计划总投资（万元）"), null=True, blank=True)
    place = models.CharField(_("建设地点"), max_length=100, blank=True)
    leader = models.CharField(_("挂包领导"), max_length=50, blank=True)
    summary = models.CharField(_("建设内容"), max_length=500, blank=True)
    chain = models.CharField(_("所属产业链"), max_length=50, blank=True)
    nature = models.CharField(_("项目性质"), max_length=10, choices=Nature, blank=True)
    first_phase = ExactField(_("一期投资（万元）"), null=True, blank=True)
    land = ExactField(_("项目用地（亩）"), null=True, blank=True)
    built_years = models.CharField(_("建设年限"), max_length=50, blank=True)
    registered_name = models.CharField(_("注册名称"), max_length=120, blank=True)
    registered_capital = ExactField(_("注册资本（万元）"), null=True, blank=True)
    legal_person = models.CharField(_("法定代表人"), max_length=50, blank=True)
    business_scope = models.CharField(_("经营范围"), max_length=500, blank=True)
    local_partner = models.CharField(_("本地投资方"), max_length=120, blank=True)
    local_share = ExactField(_("本地投资占比（%）"), null=True, blank=True)
    capacity = models.CharField(_("新增生产能力"), max_length=200, blank=True)
    output = ExactField(_("达产年产值（万元）"), null=True, blank=True)
    tax_expected = ExactField(_("预计年税收（万元）"), null=True, blank=True)
    jobs = models.PositiveIntegerField(_("预计用工（人）"), null=True, blank=True)
    outside = models.CharField(_("区外落地点"), max_length=100, blank=True)
    introducer_kind = models.CharField(_("引荐方类别"), max_length=12, choices=Introducer, blank=True)
    introducer_name = models.CharField(_("引荐方"), max_length=100, blank=True)
    team = models.CharField(_("工作专班"), max_length=200, blank=True)
    plan = models.CharField(_("推进计划"), max_length=500, blank=True)
    is_key = models.BooleanField(_("重点项目"), default=False)
    note = models.CharField(_("备注"), max_length=500, blank=True)
    search = SearchField(sources=("name", "registered_name"))
    tags = models.ManyToManyField("Tag", blank=True, related_name="projects", verbose_name=_("标签"))
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage, default=Stage.LEAD, editable=False)
    terminated = models.BooleanField(_("已终止"), default=False, editable=False)
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("最近更新"), auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("项目")
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="project_once_per_company_and_name",
                violation_error_message=_("该企业已有同名项目"),
            ),
            models.CheckConstraint(
                condition=Q(investment__isnull=True) | Q(investment__gte=Decimal(0)),
                name="investment_is_not_negative",
                violation_error_message=_("计划总投资不能为负"),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": Decimal(0)}),
                    name=f"project_{name}_is_not_negative",
                    violation_error_message=_("%(label)s不能为负") % {"label": label},
                )
                for name, label in (
                    ("first_phase", _("一期投资")),
                    ("land", _("项目用地")),
                    ("registered_capital", _("注册资本")),
                    ("output", _("达产年产值")),
                    ("tax_expected", _("预计年税收")),
                )
            ),
            models.CheckConstraint(
                condition=Q(local_share__isnull=True) | Q(local_share__gte=Decimal(0), local_share__lte=Decimal(100)),
                name="project_local_share_is_a_percentage",
                violation_error_message=_("本地投资占比须在 0 到 100 之间"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page of the project."""
        return reverse("projects:project", args=[self.pk])

    @property
    def stage_number(self):
        """The place of the stage in the pipeline, from 1."""
        return ORDER[self.stage] + 1

    @property
    def company_name(self):
        """The investor's name, as its form field is called."""
        return self.company.name

    @property
    def lands(self):
        """Whether it lands in the district or outside of it."""
        return Lands.OUTSIDE if self.outside else Lands.INSIDE

    @property
    def introducer(self):
        """The unit that introduced the project."""
        return next((row.unit for row in self.credits.all() if row.role == Credit.Role.INTRODUCING), None)


class StandingCredits(models.Manager):
    """The shares in force: those that no later agreement has ended."""

    def get_queryset(self):
        """Leave out the shares of former days."""
        return super().get_queryset().filter(until_on__isnull=True)


class Credit(models.Model):
    """A unit's share of a project, in percent, from a day on; the shares of a day add up to 100.

    Shares without from_on hold from the beginning, those without until_on hold still. `objects` and a project's
    `credits` are the shares in force; `ever` has those of former days as well.
    """

    class Role(models.TextChoices):
        """What the unit did for the project."""

        INTRODUCING = "introducing", _("招引单位")
        LANDING = "landing", _("落地单位")
        LEADING = "leading", _("牵头单位")

    project = models.ForeignKey(Project, models.CASCADE, related_name="credits", verbose_name=_("项目"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    role = models.CharField(_("职责"), max_length=12, choices=Role, default=Role.INTRODUCING)
    share = ExactField(_("份额（%）"))
    from_on = models.DateField(_("起算日期"), null=True, blank=True)
    until_on = models.DateField(_("止算日期"), null=True, blank=True)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)

    ever = models.Manager()
    objects = StandingCredits()

    class Meta:
        default_manager_name = "objects"
        verbose_name = verbose_name_plural = _("归属")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "unit"],
                condition=Q(until_on__isnull=True),
                name="credit_once_per_unit",
                violation_error_message=_("同一单位只能有一份"),
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(role="introducing", until_on__isnull=True),
                name="one_introducing_unit",
                violation_error_message=_("一个项目只有一个招引单位"),
            ),
            models.CheckConstraint(
                condition=Q(share__gte=Decimal(0), share__lte=Decimal(100)),
                name="share_is_a_percentage",
                violation_error_message=_("份额须在 0 到 100 之间"),
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=models.F("from_on")),
                name="share_ends_after_it_starts",
                violation_error_message=_("止算日期不能早于起算日期"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.share}%"

    def holds_on(self, day):
        """Say whether the share is in force on a day."""
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)


class Duty(models.Model):
    """What a unit or a person does for a project beside its shares: 五个一, 部门分工, 重点项目 (R47, R74, R92)."""

    class Kind(models.TextChoices):
        """The duties that documents name."""

        LEAD = "lead", _("牵头单位")
        APPROVING = "approving", _("审批责任部门")
        STATISTICS = "statistics", _("统计责任部门")
        TRACKING = "tracking", _("重点跟踪")
        SERVING = "serving", _("重点服务")
        SUPERVISING = "supervising", _("重点督查")

    project = models.ForeignKey(Project, models.CASCADE, related_name="duties", verbose_name=_("项目"))
    kind = models.CharField(_("职责"), max_length=12, choices=Kind)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    person = models.CharField(_("责任人"), max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("责任分工")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind"], name="duty_once_per_project", violation_error_message=_("该职责已有安排")
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | ~Q(person=""),
                name="duty_is_somebodys",
                violation_error_message=_("责任单位和责任人至少填一个"),
            ),
        ]

    def __str__(self):
        return "·".join(part for part in (self.get_kind_display(), str(self.unit or ""), self.person) if part)


def who(row):
    """Name the unit and the person that a row names, a duty or a review."""
    return " ".join(part for part in (str(row.unit or ""), row.person) if part)


class MilestoneQuerySet(RecognisedQuerySet):
    """Words for milestones."""

    def visible_to(self, user):
        """Narrow to the milestones of projects the user may see."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def done(self):
        """Narrow to what happened."""
        return self.filter(on__isnull=False)

    def with_due(self, as_of):
        """Add the day a promise was due at, as it stood on a day: what was put off later still counts as it was."""
        night = timezone.make_aware(datetime.combine(as_of, time.max))
        later = Extension.objects.filter(milestone=models.OuterRef("pk"), recorded_at__gt=night).order_by("pk")
        return self.annotate(due=Coalesce(models.Subquery(later.values("from_on")[:1]), models.F("due_on")))

    def outstanding(self, as_of):
        """Narrow to the promises that had not come true by a day."""
        return self.live().with_due(as_of).filter(Q(on__isnull=True) | Q(on__gt=as_of), due_on__isnull=False)

    def overdue(self, as_of):
        """Narrow to promises of open projects whose day is past."""
        return self.live().filter(on__isnull=True, due_on__lt=as_of, project__terminated=False)

    def for_list(self):
        """Load what a list shows, the latest first."""
        related = ("project__company", "event", "recorded_by", "rate_row", "responsible_unit")
        return self.select_related(*related).order_by("-on", "-pk")


class FundForm(models.TextChoices):
    """What money arrives as."""

    CASH = "cash", _("货币")
    IN_KIND = "in_kind", _("实物")
    EQUIPMENT = "equipment", _("设备")
    LAND = "land", _("土地厂房")
    INTANGIBLE = "intangible", _("无形资产")


class FundNature(models.TextChoices):
    """Why money arrives (R65, R66)."""

    INSTALMENT = "instalment", _("分期出资")
    INCREASE = "increase", _("增资")
    ARREARS = "arrears", _("补缴欠资")


class Milestone(Recognised):
    """One dated thing in a project's life: promised (due_on, promised_amount), done (on, amount), or both.

    amount is in 万 of its currency; amount_cny is it in 万元 at the rate kept beside it, which is rate_row's unless
    it was typed. source_origin is where the money comes from, where that is not where its company is from.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones", verbose_name=_("项目"))
    kind = models.CharField(_("节点"), max_length=20, choices=Kind)
    on = models.DateField(_("发生日期"), null=True, blank=True)
    due_on = models.DateField(_("承诺日期"), null=True, blank=True)
    promised_amount = ExactField(_("承诺金额（万元）"), null=True, blank=True)
    amount = ExactField(_("金额（万）"), null=True, blank=True)
    currency = models.CharField(_("币种"), max_length=3, choices=Currency, default=Currency.CNY)
    rate = ExactField(_("折算汇率"), null=True, blank=True)
    amount_cny = ExactField(_("折合人民币（万元）"), null=True, blank=True)
    rate_row = models.ForeignKey(
        ExchangeRate, models.PROTECT, null=True, blank=True, editable=False, related_name="milestones",
        verbose_name=_("汇率表"),
    )  # fmt: skip
    in_cash = models.BooleanField(_("现汇"), default=False)
    form = models.CharField(_("出资方式"), max_length=10, choices=FundForm, blank=True)
    nature = models.CharField(_("到资性质"), max_length=10, choices=FundNature, blank=True)
    source_origin = models.CharField(_("资金来自"), max_length=10, choices=Origin, blank=True)
    responsible_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("招商活动")
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta(Recognised.Meta):
        verbose_name = verbose_name_plural = _("节点")
        ordering = ["-on", "-pk"]
        constraints = [
            *Recognised.Meta.constraints,
            models.CheckConstraint(
                condition=Q(on__isnull=False) | Q(due_on__isnull=False),
                name="milestone_is_promised_or_done",
                violation_error_message=_("发生日期和承诺日期至少填一个"),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, amount_cny__isnull=True)
                | Q(amount__isnull=False, amount_cny__isnull=False),
                name="milestone_amount_is_converted",
            ),
            models.CheckConstraint(
                condition=Q(currency="CNY") | Q(amount__isnull=True) | Q(rate__isnull=False),
                name="foreign_amount_keeps_its_rate",
                violation_error_message=_("外币金额须填折算汇率"),
            ),
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=Q(kind__in=ONCE, withdrawn_at__isnull=True),
                name="milestone_once_per_project",
                violation_error_message=_("该项目已有这一节点，请更正原来的记录"),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "on"], name="milestone_by_kind_and_day"),
            models.Index(fields=["project", "kind"], name="milestone_of_project_and_kind"),  # sums of a list
        ]

    def __str__(self):
        return f"{self.project} · {self.get_kind_display()}"

    def get_absolute_url(self):
        """Return the page of the milestone."""
        return reverse("projects:milestone", args=[self.pk])

    @property
    def rule(self):
        """What holds for its kind."""
        return KINDS[self.kind]

    @property
    def is_overdue_on(self):
        """The promised day of what has not happened yet, None otherwise."""
        return self.due_on if self.on is None else None


PROMISES = ("milestone", "problem", "decision", "step", "complaint")  # what may be put off


class Extension(models.Model):
    """A promised day that was put off: from which day to which, why, and who allowed it."""

    milestone = models.ForeignKey(
        Milestone, models.CASCADE, null=True, blank=True, related_name="extensions", verbose_name=_("节点")
    )
    problem = models.ForeignKey(
        "projects.Problem", models.CASCADE, null=True, blank=True, related_name="extensions", verbose_name=_("问题")
    )
    decision = models.ForeignKey(
        "projects.Decision",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="extensions",
        verbose_name=_("议定事项"),
    )  # fmt: skip
    step = models.ForeignKey(
        "projects.Step", models.CASCADE, null=True, blank=True, related_name="extensions", verbose_name=_("环节")
    )
    complaint = models.ForeignKey(
        "projects.Complaint", models.CASCADE, null=True, blank=True, related_name="extensions", verbose_name=_("投诉")
    )
    from_on = models.DateField(_("原承诺日期"))
    to_on = models.DateField(_("延至"))
    reason = models.CharField(_("延期原因"), max_length=300)
    allowed_by = models.CharField(_("批准人"), max_length=50)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("延期")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gt=models.F("from_on")),
                name="extension_is_later",
                violation_error_message=_("延期后的日期须晚于原承诺日期"),
            ),
            models.CheckConstraint(condition=one_of(PROMISES), name="extension_of_one_promise"),
        ]

    def __str__(self):
        return f"{self.from_on} → {self.to_on}"
