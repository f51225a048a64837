"""Difficulties of projects."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.meetings import Meeting
from projects.models.projects import Project
from projects.models.promises import ProjectPromiseQuerySet, Promise
from units.search import SearchField


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

    objects = ProjectPromiseQuerySet.as_manager()

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

    ABOUT = ("project", "meeting")

    def __str__(self):
        return self.title

    @property
    def concerned(self):
        """The unit that owes it, and the one that introduced the project."""
        return (self.unit, self.project.introducer)

    @property
    def began_on(self):
        """The day before which it cannot have been cleared."""
        return self.found_on

    def get_absolute_url(self):
        """Return the page of the problem."""
        return reverse("projects:problem", args=[self.pk])
