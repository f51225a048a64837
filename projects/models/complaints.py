"""What companies complain of."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Project
from projects.models.promises import Promise, PromiseQuerySet
from units.models import BUSINESS_ROLES, under
from units.search import SearchField


class ComplaintQuerySet(PromiseQuerySet):
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

    ABOUT = ("company__entered_for", "project")

    def __str__(self):
        return self.title

    @property
    def concerned(self):
        """The unit that answers, the one that entered the company, and the one that introduced the project."""
        return (self.unit, self.company.entered_for, self.project.introducer if self.project else None)

    @property
    def began_on(self):
        """The day before which it cannot be closed: that of the answer."""
        return self.answered_on or self.received_on

    def get_absolute_url(self):
        """Return the page of the complaint."""
        return reverse("projects:complaint", args=[self.pk])
