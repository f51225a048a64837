"""Papers that prove a milestone or a visit."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from projects.models.projects import Milestone
from projects.models.visits import Visit


class EvidenceQuerySet(models.QuerySet):
    """Words for evidence."""

    def with_elsewhere(self):
        """Say of each file whether another record holds the same one: a flag for the verifier, no refusal."""
        others = (
            Evidence.objects.annotate(m=Coalesce("milestone_id", 0), v=Coalesce("visit_id", 0))
            .filter(sha256=models.OuterRef("sha256"))
            .exclude(m=Coalesce(models.OuterRef("milestone_id"), 0), v=Coalesce(models.OuterRef("visit_id"), 0))
        )
        return self.annotate(is_elsewhere=models.Exists(others))

    def visible_to(self, user):
        """Narrow to the files of records the user may see."""
        return self.filter(
            Q(milestone__in=Milestone.objects.visible_to(user)) | Q(visit__in=Visit.objects.visible_to(user))
        )


class Evidence(models.Model):
    """One file on one milestone or one visit, kept under a random name."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, related_name="evidence")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="evidence")
    file = models.FileField(upload_to="evidence")
    name = models.CharField(_("文件名"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("凭证")
        constraints = [
            models.CheckConstraint(
                condition=Q(milestone__isnull=False, visit__isnull=True)
                | Q(milestone__isnull=True, visit__isnull=False),
                name="evidence_of_one_record",
            )
        ]

    def __str__(self):
        return self.name
