"""Projects, who shares them, and what happened to them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognised, RecognisedQuerySet
from campaigns.numbers import ExactField
from projects.models.companies import Company, Event
from projects.stages import KINDS, ONCE, ORDER, Kind, Stage
from units.models import BUSINESS_ROLES, Role, Unit, under


class Sector(models.TextChoices):
    """The three sectors that rules speak of."""

    INDUSTRY = "industry", _("工业")
    AGRICULTURE = "agriculture", _("农业")
    SERVICES = "services", _("服务业")


class Currency(models.TextChoices):
    """Currencies that contracts are made in; amounts are kept in 万 of them (R64)."""

    CNY = "CNY", _("人民币")
    USD = "USD", _("美元")
    EUR = "EUR", _("欧元")
    HKD = "HKD", _("港元")
    JPY = "JPY", _("日元")


class ProjectQuerySet(models.QuerySet):
    """Words for projects."""

    def visible_to(self, user):
        """Narrow to the projects that one of the user's units, or a unit below it, shares."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(pk__in=Credit.objects.filter(under(paths)).values("project"))

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
    def introducer(self):
        """The unit that introduced the project."""
        return next((row.unit for row in self.credits.all() if row.role == Credit.Role.INTRODUCING), None)


class Credit(models.Model):
    """A unit's share of a project, in percent; the shares of a project add up to 100, so a total counts it once."""

    class Role(models.TextChoices):
        """What the unit did for the project."""

        INTRODUCING = "introducing", _("招引单位")
        LANDING = "landing", _("落地单位")
        LEADING = "leading", _("牵头单位")

    project = models.ForeignKey(Project, models.CASCADE, related_name="credits", verbose_name=_("项目"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    role = models.CharField(_("职责"), max_length=12, choices=Role, default=Role.INTRODUCING)
    share = ExactField(_("份额（%）"))

    class Meta:
        verbose_name = verbose_name_plural = _("归属")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "unit"],
                name="credit_once_per_unit",
                violation_error_message=_("同一单位只能有一份"),
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(role="introducing"),
                name="one_introducing_unit",
                violation_error_message=_("一个项目只有一个招引单位"),
            ),
            models.CheckConstraint(
                condition=Q(share__gte=Decimal(0), share__lte=Decimal(100)),
                name="share_is_a_percentage",
                violation_error_message=_("份额须在 0 到 100 之间"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.share}%"


class MilestoneQuerySet(RecognisedQuerySet):
    """Words for milestones."""

    def visible_to(self, user):
        """Narrow to the milestones of projects the user may see."""
        return self.filter(project__in=Project.objects.visible_to(user))

    def done(self):
        """Narrow to what happened."""
        return self.filter(on__isnull=False)

    def overdue(self, as_of):
        """Narrow to promises of open projects whose day is past."""
        return self.live().filter(on__isnull=True, due_on__lt=as_of, project__terminated=False)

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("project__company", "event", "recorded_by").order_by("-on", "-pk")


class Milestone(Recognised):
    """One dated thing in a project's life: promised (due_on, promised_amount), done (on, amount), or both.

    amount is in 万 of its currency; amount_cny is it in 万元 at the rate kept beside it.
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
    in_cash = models.BooleanField(_("现汇"), default=False)
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
        indexes = [models.Index(fields=["kind", "on"], name="milestone_by_kind_and_day")]

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
