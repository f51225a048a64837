"""What every promise with a day has in common: who owes it, by when, what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.owned import OwnedQuerySet
from projects.models.projects import Project
from units.models import BUSINESS_ROLES, Unit, under


class PromiseQuerySet(OwnedQuerySet):
    """Words for promises."""

    def open(self):
        """Narrow to what is not settled."""
        return self.filter(done_on__isnull=True)

    def overdue(self, as_of):
        """Narrow to what is not settled though its day is past."""
        return self.open().filter(due_on__lt=as_of)

    def for_list(self):
        """Load what a list shows: what is open on top, what is due first before the rest."""
        settled = models.ExpressionWrapper(Q(done_on__isnull=False), output_field=models.BooleanField())
        return self.select_related("unit", "recorded_by").order_by(settled, "due_on", "pk")

    def with_concerned(self):
        """Load what the words of a promise need, and whose it is to write on it."""
        return self.select_related("unit", *self.model.ABOUT)


class ProjectPromiseQuerySet(PromiseQuerySet):
    """Words for promises about a project: whoever sees the project sees them, too."""

    project_path = "project"

    def visible_to(self, user):
        """Narrow to what a unit of the user's owes, and to what stands on a project the user may see."""
        if not user.is_authenticated:
            return self.none()
        projects = Project.objects.visible_to(user).values("pk")
        return self.filter(under(user.paths(*BUSINESS_ROLES)) | Q(**{f"{self.project_path}__in": projects}))


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

    ABOUT = ()  # the records that its words and the units concerned are read from

    @property
    def concerned(self):
        """The units that may write on it: the one that owes it, and those that asked for it."""
        return (self.unit,)

    def days_late(self, as_of):
        """Return by how many days it is or was late; 0 where it is not."""
        return max(((self.done_on or as_of) - self.due_on).days, 0)
