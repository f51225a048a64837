"""Meetings, what they decided, and how often they are expected."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.models.promises import Promise, PromiseQuerySet
from projects.models.trips import counted
from units.models import BUSINESS_ROLES, Unit, under
from units.search import SearchField


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
            """Narrow to the meetings that a unit of the user's called, took part in, or was told what to do at."""
            if not user.is_authenticated:
                return self.none()
            paths = user.paths(*BUSINESS_ROLES)
            invited = Meeting.units.through.objects.filter(under(paths)).values("meeting")
            bound = Decision.objects.filter(under(paths)).order_by().values("meeting")
            return self.filter(under(paths) | Q(pk__in=invited) | Q(pk__in=bound))

        def for_list(self):
            """Load what a list shows, the latest first; projects and decisions are counted."""
            decided = Decision.objects.filter(meeting=models.OuterRef("pk"))
            projects = Meeting.projects.through.objects.filter(meeting=models.OuterRef("pk"))
            return (
                self.select_related("unit")
                .annotate(
                    project_count=counted(projects, "meeting"),
                    decision_count=counted(decided, "meeting"),
                    decisions_done=counted(decided.filter(done_on__isnull=False), "meeting"),
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


class DecisionQuerySet(PromiseQuerySet):
    """Words for decisions: whoever sees the meeting sees them, too."""

    def visible_to(self, user):
        """Narrow to what a unit of the user's owes, and to what was decided at a meeting the user may see."""
        if not user.is_authenticated:
            return self.none()
        meetings = Meeting.objects.visible_to(user).values("pk")
        return self.filter(under(user.paths(*BUSINESS_ROLES)) | Q(meeting__in=meetings))


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

    ABOUT = ("meeting__unit", "project")

    def __str__(self):
        return self.text

    @property
    def concerned(self):
        """The unit that owes it, and the one that called the meeting."""
        return (self.unit, self.meeting.unit)

    @property
    def began_on(self):
        """The day before which it cannot have been done."""
        return self.meeting.on

    def get_absolute_url(self):
        """Return the page of its meeting."""
        return f"{reverse('projects:meeting', args=[self.meeting_id])}#decision-{self.pk}"
