"""Promises with a day: problems, steps of procedures, complaints, decisions of meetings; extensions; the land."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactField
from projects.models.projects import Project
from projects.models.trips import OwnedQuerySet
from units.models import BUSINESS_ROLES, Unit, under
from units.search import SearchField


class Holiday(models.Model):
    """A day that is not what its weekday says: free, or worked in exchange; the bureau edits the table."""

    on = models.DateField(_("日期"), unique=True, error_messages={"unique": _("这一天已在表中")})
    works = models.BooleanField(_("上班"), default=False)
    name = models.CharField(_("名称"), max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = _("节假日")
        ordering = ["-on"]

    def __str__(self):
        return f"{self.on} {self.name}"


class PromiseQuerySet(OwnedQuerySet):
    """Words for promises."""

    def open(self):
        """Narrow to what is not settled."""
        return self.filter(done_on__isnull=True)

    def overdue(self, as_of):
        """Narrow to what is not settled though its day is past."""
        return self.open().filter(due_on__lt=as_of)

    def for_list(self):
        """Load what a list shows, what is due first on top."""
        return self.select_related("unit", "recorded_by").order_by("due_on", "pk")


class Promise(models.Model):
    """What a unit owes by a day; first_due_on stays what it was, due_on moves with each extension."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    person = models.CharField(_("责任人"), max_length=50, blank=True)
    due_on = models.DateField(_("承诺期限"))
    first_due_on = models.DateField(_("最初期限"), editable=False)
    done_on = models.DateField(_("办结日期"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("办理结果"), max_length=500, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        abstract = True

    def days_late(self, as_of):
        """Return by how many days it is or was late; 0 where it is not."""
        return max(((self.done_on or as_of) - self.due_on).days, 0)


def counted(groups):
    """Return the number of rows of a grouped subquery; 0 where there are none."""
    return Coalesce(models.Subquery(groups.annotate(n=models.Count("pk")).values("n")), 0)


class Meeting(models.Model):
    """A meeting that took up projects and problems; its decisions are promises (R7, R9)."""

    class Kind(models.TextChoices):
        """The meetings that bureaus hold."""

        PUSH = "push", _("项目推进会")
        ON_SITE = "on_site", _("现场办公会")
        COORDINATION = "coordination", _("协调会")
        DISPATCH = "dispatch", _("调度会")
        ROUND_TABLE = "round_table", _("政银企联席会")
        LAGGARDS = "laggards", _("后进督办会")

    kind = models.CharField(_("会议类别"), max_length=12, choices=Kind)
    title = models.CharField(_("会议名称"), max_length=100)
    on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    chair = models.CharField(_("主持人"), max_length=50)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("召集单位"))
    units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name=_("参会单位"))
    projects = models.ManyToManyField(Project, blank=True, related_name="meetings", verbose_name=_("议题项目"))
    taken_up = models.ManyToManyField(
        "projects.Problem", blank=True, related_name="taken_up_at", verbose_name=_("议题问题")
    )
    agenda = models.CharField(_("议程"), max_length=2000, blank=True)
    record = models.CharField(_("会议纪要"), max_length=4000, blank=True)
    held = models.BooleanField(_("已召开"), default=False, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    search = SearchField(sources=("title", "chair"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Query(models.QuerySet):
        """Words for meetings."""

        def visible_to(self, user):
            """Narrow to the meetings that a unit of the user's, or one below it, called or took part in."""
            if not user.is_authenticated:
                return self.none()
            paths = user.paths(*BUSINESS_ROLES)
            invited = Meeting.units.through.objects.filter(under(paths)).values("meeting")
            return self.filter(under(paths) | Q(pk__in=invited))

        def for_list(self):
            """Load what a list shows, the latest first; projects and decisions are counted."""
            decided = Decision.objects.filter(meeting=models.OuterRef("pk")).order_by().values("meeting")
            projects = Meeting.projects.through.objects.filter(meeting=models.OuterRef("pk")).order_by()
            return (
                self.select_related("unit")
                .annotate(
                    project_count=counted(projects.values("meeting")),
                    decision_count=counted(decided),
                    decisions_done=counted(decided.filter(done_on__isnull=False)),
                )
                .order_by("-on", "-pk")
            )

    objects = Query.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("会议")
        ordering = ["-on", "-pk"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page of the meeting."""
        return reverse("projects:meeting", args=[self.pk])


class Rhythm(models.Model):
    """How often a kind of meeting is expected: so many times a month, a quarter or a year (R7, R9)."""

    class Every(models.TextChoices):
        """In which span."""

        WEEK = "week", _("每周")
        MONTH = "month", _("每月")
        QUARTER = "quarter", _("每季度")
        YEAR = "year", _("每年")

    kind = models.CharField(
        _("会议类别"), max_length=12, choices=Meeting.Kind, unique=True,
        error_messages={"unique": _("该类会议已定频次")},
    )  # fmt: skip
    every = models.CharField(_("周期"), max_length=10, choices=Every, default=Every.MONTH)
    times = models.PositiveSmallIntegerField(_("次数"), default=1)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("会议频次")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(times__gte=1), name="rhythm_is_at_least_once", violation_error_message=_("次数至少为 1")
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.get_every_display()} {self.times} 次"


class ProblemQuerySet(PromiseQuerySet):
    """Words for problems and complaints: whose project it is sees them, too."""

    project_path = "project"

    def visible_to(self, user):
        """Narrow to what a unit of the user's owes, and to what stands on a project the user may see."""
        if not user.is_authenticated:
            return self.none()
        projects = Project.objects.visible_to(user).values("pk")
        return self.filter(under(user.paths(*BUSINESS_ROLES)) | Q(**{f"{self.project_path}__in": projects}))


class StepQuerySet(ProblemQuerySet):
    """Words for steps of procedures."""

    project_path = "procedure__project"


class ComplaintQuerySet(ProblemQuerySet):
    """Words for complaints: the unit that took one in sees it, too."""

    def visible_to(self, user):
        """Narrow to what a unit of the user's answers, and what its projects and its companies complain of."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        projects = Project.objects.visible_to(user).values("pk")
        return self.filter(under(paths) | Q(project__in=projects) | under(paths, "company__entered_for__"))

    def unanswered(self):
        """Narrow to what the company has had no answer to."""
        return self.filter(answered_on__isnull=True)


class DecisionQuerySet(PromiseQuerySet):
    """Words for decisions: whoever sees the meeting sees them, too."""

    def visible_to(self, user):
        """Narrow to what a unit of the user's owes, and to what was decided at a meeting the user may see."""
        if not user.is_authenticated:
            return self.none()
        meetings = Meeting.objects.visible_to(user).values("pk")
        return self.filter(under(user.paths(*BUSINESS_ROLES)) | Q(meeting__in=meetings))


class Problem(Promise):
    """A difficulty of a project with the unit that promised to clear it, by when, at which meeting (R93, I10)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="problems", verbose_name=_("项目"))
    title = models.CharField(_("问题"), max_length=200)
    detail = models.CharField(_("具体情况"), max_length=1000, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name=_("在哪次会议承诺")
    )
    found_on = models.DateField(_("提出日期"))
    search = SearchField(sources=("title",))

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("问题")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_due_on__gte=F("found_on")),
                name="problem_is_due_after_it_was_found",
                violation_error_message=_("承诺期限不能早于提出日期"),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page of the problem."""
        return reverse("projects:problem", args=[self.pk])


class Decision(Promise):
    """What a meeting decided somebody does by a day."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name=_("会议"))
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("有关项目")
    )
    text = models.CharField(_("议定事项"), max_length=500)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("议定事项")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        """Return the page of its meeting."""
        return f"{reverse('projects:meeting', args=[self.meeting_id])}#decision-{self.pk}"


class Procedure(models.Model):
    """A joint review or the licences of a project, with the agent of the introducing unit (全程代办, R63, R94)."""

    class Kind(models.TextChoices):
        """What is to be got."""

        REVIEW = "review", _("联合会审")
        LICENCE = "licence", _("证照办理")

    project = models.ForeignKey(Project, models.PROTECT, related_name="procedures", verbose_name=_("项目"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("事项"), max_length=100)
    agent = models.CharField(_("代办员"), max_length=50, blank=True)
    started_on = models.DateField(_("启动日期"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Query(models.QuerySet):
        """Words for procedures."""

        def visible_to(self, user):
            """Narrow to those of projects the user may see, and those that ask a unit of the user's."""
            if not user.is_authenticated:
                return self.none()
            asked = Step.objects.filter(under(user.paths(*BUSINESS_ROLES))).order_by().values("procedure")
            return self.filter(Q(project__in=Project.objects.visible_to(user).values("pk")) | Q(pk__in=asked))

        def for_list(self):
            """Load what a list shows, the latest first."""
            rows = self.select_related("project").prefetch_related("steps__unit", "project__credits__unit")
            return rows.order_by("-started_on", "-pk")

    objects = Query.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("会审代办")
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="procedure_once_per_project",
                violation_error_message=_("该项目已有这一事项"),
            )
        ]

    def __str__(self):
        return f"{self.project} · {self.name}"

    def get_absolute_url(self):
        """Return the page of the procedure."""
        return reverse("projects:procedure", args=[self.pk])


class Step(Promise):
    """What one department has to say in a procedure within so many working days.

    Absent from the joint session means agreed (缺席默认); silent until the day is over means done (超时默认). What
    became of it by default follows from due_on and the day asked about; nobody has to write it.
    """

    class Result(models.TextChoices):
        """What became of it."""

        AGREED = "agreed", _("同意")
        CONDITIONAL = "conditional", _("附条件同意")
        REFUSED = "refused", _("不同意")
        ABSENT = "absent", _("缺席默认")
        SILENT = "silent", _("超时默认")

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="steps", verbose_name=_("事项"))
    name = models.CharField(_("环节"), max_length=100)
    starts_on = models.DateField(_("受理日期"))
    working_days = models.PositiveSmallIntegerField(_("时限（工作日）"))
    result = models.CharField(_("结论"), max_length=12, choices=Result, blank=True, editable=False)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("环节")
        ordering = ["procedure", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(working_days__gte=1),
                name="step_takes_a_day",
                violation_error_message=_("时限至少 1 个工作日"),
            )
        ]

    def __str__(self):
        return f"{self.procedure} · {self.name}"

    def get_absolute_url(self):
        """Return the page of its procedure."""
        return reverse("projects:procedure", args=[self.procedure_id])


class Complaint(Promise):
    """What a company complained of, who answers by when; closed only when it was answered (R95)."""

    company = models.ForeignKey(
        "projects.Company", models.PROTECT, related_name="complaints", verbose_name=_("投诉企业")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("有关项目")
    )
    title = models.CharField(_("诉求"), max_length=200)
    detail = models.CharField(_("具体情况"), max_length=1000, blank=True)
    received_on = models.DateField(_("受理日期"))
    answer = models.CharField(_("答复"), max_length=1000, blank=True, editable=False)
    answered_on = models.DateField(_("答复日期"), null=True, blank=True, editable=False)
    search = SearchField(sources=("title",))

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("投诉")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(answered_on__isnull=False),
                name="complaint_is_answered_before_it_closes",
                violation_error_message=_("须先答复才能办结"),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page of the complaint."""
        return reverse("projects:complaint", args=[self.pk])


class ParcelQuerySet(models.QuerySet):
    """Words for land."""

    def visible_to(self, user):
        """Narrow to the land of projects the user may see."""
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def not_built(self, as_of):
        """Narrow to what was handed over but not built on by the agreed day (圈而不建)."""
        held = self.filter(handed_over_on__lte=as_of, build_by__lt=as_of).kept(as_of)
        return held.filter(Q(built_on__isnull=True) | Q(built_on__gt=as_of))

    def not_used(self, as_of):
        """Narrow to what was handed over and not used by the agreed day (占而不用); 圈而不建 is left out."""
        held = self.filter(handed_over_on__lte=as_of, use_by__lt=as_of).kept(as_of)
        occupied = Q(built_on__lte=as_of) | Q(build_by__isnull=True) | Q(build_by__gte=as_of)
        return held.filter(occupied, Q(used_on__isnull=True) | Q(used_on__gt=as_of))

    def kept(self, as_of):
        """Leave out what was taken back."""
        return self.filter(Q(reclaimed_on__isnull=True) | Q(reclaimed_on__gt=as_of))

    def for_list(self):
        """Load what a list shows."""
        rows = self.select_related("project__company").prefetch_related("project__credits__unit")
        return rows.order_by("project", "pk")


class Parcel(models.Model):
    """Land of a project: how much, what it cost and was sold for, when it was handed over, built on, used (R42, R57).

    The subsidy per mu is cost less price; nothing stores it.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="parcels", verbose_name=_("项目"))
    name = models.CharField(_("地块"), max_length=100)
    area = ExactField(_("面积（亩）"))
    cost_per_mu = ExactField(_("每亩成本（万元）"), null=True, blank=True)
    price_per_mu = ExactField(_("每亩出让价（万元）"), null=True, blank=True)
    handed_over_on = models.DateField(_("交地日期"), null=True, blank=True)
    build_by = models.DateField(_("约定开工期限"), null=True, blank=True)
    built_on = models.DateField(_("实际开工日期"), null=True, blank=True)
    use_by = models.DateField(_("约定投用期限"), null=True, blank=True)
    used_on = models.DateField(_("实际投用日期"), null=True, blank=True)
    reclaimed_on = models.DateField(_("收回日期"), null=True, blank=True)
    reclaim_reason = models.CharField(_("收回依据"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("地块")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="parcel_once_per_project", violation_error_message=_("该地块已登记")
            ),
            models.CheckConstraint(
                condition=Q(area__gt=Decimal(0)),
                name="parcel_has_an_area",
                violation_error_message=_("面积须大于 0"),
            ),
            models.CheckConstraint(
                condition=Q(reclaimed_on__isnull=True) | ~Q(reclaim_reason=""),
                name="reclaim_has_a_reason",
                violation_error_message=_("收回须写明依据"),
            ),
        ]

    def __str__(self):
        return f"{self.project} · {self.name}"

    def get_absolute_url(self):
        """Return the land on the page of its project."""
        return f"{reverse('projects:project', args=[self.project_id])}#land"

    @property
    def subsidy_per_mu(self):
        """Cost less price in 万元 a mu, None where either is unknown."""
        if self.cost_per_mu is None or self.price_per_mu is None:
            return None
        return self.cost_per_mu - self.price_per_mu
