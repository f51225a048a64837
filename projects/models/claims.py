"""First-report claims (首报首谈): which unit registered its contact with a company first."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.companies import Company
from units.models import BUSINESS_ROLES, Role, Unit, under


class ClaimQuerySet(models.QuerySet):
    """Words for claims."""

    def visible_to(self, user):
        """Narrow to the claims of the user's units; that a company is claimed shows to all who may see it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*BUSINESS_ROLES)))

    def editable_by(self, user):
        """Narrow to the claims of a clerk's units."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.CLERK)))

    def open(self):
        """Narrow to the claims that were neither given up nor decided against; they may have lapsed."""
        return self.filter(state__in=(Claim.State.STANDING, Claim.State.UPHELD))

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
