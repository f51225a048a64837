"""Papers that prove a milestone, a visit, a tally or a review."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Tally
from projects.models.complaints import Complaint
from projects.models.exclusive import one_of
from projects.models.gates import Review
from projects.models.inspections import Shortcoming
from projects.models.meetings import Meeting
from projects.models.plans import Plan
from projects.models.problems import Problem
from projects.models.projects import Milestone
from projects.models.trips import Trip
from projects.models.visits import Visit

# what a file may prove
RECORDS = (
    "milestone", "visit", "tally", "review", "trip", "problem", "complaint", "meeting", "plan", "shortcoming",
)  # fmt: skip


def clerk_unit_of(record):
    """Return the unit whose clerks add papers to a record: its own, or the one that introduced its project."""
    return record.project.introducer if isinstance(record, Milestone | Review) else record.unit


class EvidenceQuerySet(models.QuerySet):
    """Words for evidence."""

    def visible_to(self, user):
        """Narrow to the files of records the user may see."""
        return self.filter(
            Q(milestone__in=Milestone.objects.visible_to(user))
            | Q(visit__in=Visit.objects.visible_to(user))
            | Q(tally__in=Tally.objects.visible_to(user))
            | Q(review__in=Review.objects.visible_to(user))
            | Q(trip__in=Trip.objects.visible_to(user))
            | Q(problem__in=Problem.objects.visible_to(user))
            | Q(complaint__in=Complaint.objects.visible_to(user))
            | Q(meeting__in=Meeting.objects.visible_to(user))
            | Q(plan__in=Plan.objects.visible_to(user))
            | Q(shortcoming__in=Shortcoming.objects.visible_to(user))
        )

    def live(self):
        """Narrow to the files that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def standing(self):
        """Narrow to the files that prove something still: neither they nor their records were taken back."""
        return self.live().filter(
            *(Q(**{name: None}) | Q(**{f"{name}__withdrawn_at": None}) for name in ("milestone", "visit", "tally"))
        )

    def of(self, record):
        """Narrow to the files of one record."""
        return self.filter(**{record._meta.model_name: record})

    def for_list(self):
        """Load what a record shows of its files; others is on how many other records the same file stands."""
        same = Evidence.objects.standing().filter(sha256=models.OuterRef("sha256")).exclude(pk=models.OuterRef("pk"))
        others = same.order_by().values("sha256").annotate(n=models.Count("pk")).values("n")
        return (
            self.select_related("uploaded_by", "withdrawn_by")
            .annotate(others=Coalesce(models.Subquery(others), 0))
            .order_by("pk")
        )


class Evidence(models.Model):
    """One file on one milestone, visit, tally or review, kept under a random name.

    A wrong file is taken back with a reason; its row and its bytes stay.
    """

    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, related_name="evidence")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="evidence")
    tally = models.ForeignKey(Tally, models.PROTECT, null=True, related_name="evidence")
    review = models.ForeignKey(Review, models.PROTECT, null=True, related_name="evidence")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, related_name="evidence")
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, related_name="evidence")
    complaint = models.ForeignKey(Complaint, models.PROTECT, null=True, related_name="evidence")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="evidence")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="evidence")
    shortcoming = models.ForeignKey(Shortcoming, models.PROTECT, null=True, related_name="evidence")
    file = models.FileField(upload_to="evidence")
    name = models.CharField(_("文件名"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    withdraw_reason = models.CharField(_("撤回理由"), max_length=500, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("凭证")
        constraints = [
            models.CheckConstraint(
                condition=one_of(RECORDS),
                name="evidence_of_one_record",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason="")),
                name="withdrawn_evidence_says_who_and_why",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address it is downloaded from."""
        return reverse("projects:evidence", args=[self.pk])

    @property
    def record(self):
        """What it proves."""
        return next(record for name in RECORDS if (record := getattr(self, name)) is not None)

    @property
    def is_withdrawn(self):
        """Whether it was taken back."""
        return self.withdrawn_at is not None

    @property
    def size_text(self):
        """Its size in words."""
        return filesizeformat(self.size)
