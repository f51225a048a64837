"""First-report claims (首报首谈): which unit registered its contact with a company first."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.companies import Company
from projects.models.owned import OwnedQuerySet
from projects.models.projects import Credit, Milestone
from projects.models.visits import Visit
from projects.stages import Kind
from units.models import Unit

NO_CONTACT = (Kind.LEAD, Kind.TERMINATION)  # milestones that show no contact with a company
SOON = 15  # days before a claim lapses within which a list says so


class ClaimQuerySet(OwnedQuerySet):
    """Words for claims; that a company is claimed shows to all who may see it."""

    def open(self):
        """Narrow to the claims that were neither given up nor decided against; they may have lapsed."""
        return self.filter(state__in=(Claim.State.STANDING, Claim.State.UPHELD))

    def with_contact(self, as_of):
        """Add last_on, the day of the last real contact: the claim's own, a visit, or talks about a project (I8).

        Visits and projects are those of the unit that claims and of the units below it.
        """
        visits = Visit.objects.live().filter(unit__path__startswith=OuterRef("unit__path"))
        introduced = Credit.objects.filter(
            project=OuterRef("project"),
            role=Credit.Role.INTRODUCING,
            unit__path__startswith=OuterRef(OuterRef("unit__path")),
        )
        talks = Milestone.objects.live().exclude(kind__in=NO_CONTACT).filter(Exists(introduced))
        met = visits.filter(company=OuterRef("company"), on__lte=as_of).order_by("-on").values("on")[:1]
        talked = talks.filter(project__company=OuterRef("company"), on__lte=as_of).order_by("-on").values("on")[:1]
        return self.annotate(last_on=Greatest("on", Coalesce(Subquery(met), "on"), Coalesce(Subquery(talked), "on")))

    def holding(self, as_of, days):
        """Narrow to the open claims that a contact of the last days keeps alive."""
        return self.open().with_contact(as_of).filter(last_on__gte=as_of - timedelta(days=int(days)))

    def lapsed(self, as_of, days):
        """Narrow to the open claims that nothing keeps alive."""
        return self.open().with_contact(as_of).filter(last_on__lt=as_of - timedelta(days=int(days)))

    def lapsing(self, as_of, days):
        """Narrow to the claims that lapse soon."""
        return self.holding(as_of, days).filter(last_on__lte=as_of - timedelta(days=int(days) - SOON))

    def with_rivals(self, as_of, days):
        """Add is_disputed: another unit's claim on the same company holds, and the bureau has not decided yet."""
        others = Claim.objects.holding(as_of, days).filter(company=OuterRef("company")).exclude(pk=OuterRef("pk"))
        return self.annotate(is_disputed=Q(state=Claim.State.STANDING) & Exists(others))

    def disputed(self, as_of, days):
        """Narrow to the claims the bureau has to decide on."""
        return self.holding(as_of, days).with_rivals(as_of, days).filter(is_disputed=True)

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("company", "unit", "recorded_by", "decided_by").order_by("-on", "-pk")


class Claim(models.Model):
    """A unit says that it was the first to be in touch with a company (I8).

    It lapses after a set number of days without a visit or talks; on is the day of the contact it rests on. The
    bureau decides between the claims of two units, with a reason.
    """

    class State(models.TextChoices):
        """What became of it."""

        STANDING = "standing", _("有效")
        UPHELD = "upheld", _("裁定有效")
        OVERRULED = "overruled", _("裁定无效")
        RELEASED = "released", _("已放弃")

    company = models.ForeignKey(Company, models.PROTECT, related_name="claims", verbose_name=_("企业"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("首报单位"))
    on = models.DateField(_("首次接触日期"))
    contact = models.CharField(_("对接人"), max_length=50, blank=True)
    note = models.CharField(_("接触情况"), max_length=300)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.STANDING, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("裁定人"),
    )
    decided_at = models.DateTimeField(_("裁定时间"), null=True, editable=False)
    decision = models.CharField(_("裁定理由"), max_length=500, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("首报首谈")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "unit"],
                condition=Q(state__in=("standing", "upheld")),
                name="claim_once_per_company_and_unit",
                violation_error_message=_("本单位已登记这家企业的首报首谈"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("standing", "released")) | (Q(decided_by__isnull=False) & ~Q(decision="")),
                name="decided_claim_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.company} · {self.unit}"

    def get_absolute_url(self):
        """Return the page of the claims on the company."""
        return reverse("projects:claims", args=[self.company_id])
