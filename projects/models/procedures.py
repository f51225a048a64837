"""Joint reviews and licences, and their steps."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.models.promises import ProjectPromiseQuerySet, Promise
from units.models import BUSINESS_ROLES, under

LONGEST = 250  # working days of a step


class StepQuerySet(ProjectPromiseQuerySet):
    """Words for steps of procedures."""

    project_path = "procedure__project"


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

    ABOUT = ("procedure__project",)

    def __str__(self):
        return f"{self.procedure} · {self.name}"

    @property
    def concerned(self):
        """The department asked, and the unit that introduced the project."""
        return (self.unit, self.procedure.project.introducer)

    def get_absolute_url(self):
        """Return the page of its procedure."""
        return reverse("projects:procedure", args=[self.procedure_id])
