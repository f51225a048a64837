"""What was said: the issues of a bulletin, from the draft to the files that went out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign
from units.access import SCREENERS
from units.models import AuditEntry, Role, under
from units.tokens import hashed


class ReportQuerySet(models.QuerySet):
    """Words for reports."""

    def visible_to(self, user):
        """Issued reports are for everyone who sees the campaign; drafts for the editors of its organiser."""
        if not user.is_authenticated:
            return self.none()
        campaigns = Campaign.objects.visible_to(user)
        return self.filter(
            Q(status=Report.Status.ISSUED, campaign__in=campaigns)
            | under(user.paths(Role.EDITOR), "campaign__organiser__")
        )

    def editable_by(self, user):
        """Narrow to the drafts an editor of the organiser writes."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.EDITOR), "campaign__organiser__"))

    def for_list(self):
        """Load what a list shows, without the files, the latest first."""
        return self.select_related("campaign", "issued_by").defer("frozen").order_by("-as_of", "-pk")


class Report(models.Model):
    """One issue of a bulletin about a campaign as of a day.

    A draft keeps what people typed and draws its figures anew each time. An issued one keeps the frozen text that
    it was rendered from, its hash, and its files; it never changes again, which the database itself sees to
    (reports/seals.py).
    """

    class Status(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("草稿")
        ISSUED = "issued", _("已印发")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reports", verbose_name=_("战役"))
    title = models.CharField(_("标题"), max_length=120)
    as_of = models.DateField(_("数据截至"))
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, blank=True)
    issuer = models.CharField(_("印发单位"), max_length=60)
    number = models.CharField(_("文号或期号"), max_length=60, blank=True)
    measures = models.TextField(_("二、主要做法"), blank=True)
    problems = models.TextField(_("三、存在问题（补充）"), blank=True)
    plans = models.TextField(_("四、下一步打算"), blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    issued_on = models.DateField(_("成文日期"), null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("印发人"),
    )
    frozen = models.TextField(editable=False, blank=True)
    sha256 = models.CharField(_("数据指纹"), max_length=64, editable=False, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("期次")
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", issued_on__isnull=True)
                | (Q(status="issued", issued_on__isnull=False) & ~Q(frozen="") & ~Q(sha256="")),
                name="issued_report_keeps_what_it_said",
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page of the report."""
        return reverse("reports:report", args=[self.pk])

    @property
    def is_issued(self):
        """Whether it went out."""
        return self.status == self.Status.ISSUED


class IssuedFile(models.Model):
    """One file of an issued report as it went out, of the kinds of reports.documents."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="files", verbose_name=_("期次"))
    kind = models.CharField(_("格式"), max_length=10)
    content = models.BinaryField(_("内容"))
    sha256 = models.CharField(_("文件指纹"), max_length=64, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("印发文件")
        ordering = ["report", "pk"]
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="file_once_per_report_and_kind")]

    def __str__(self):
        return f"{self.report} · {self.kind}"


class WallScreenQuerySet(models.QuerySet):
    """Words for wall screens."""

    def visible_to(self, user):
        """Narrow to the screens of campaigns that an editor or leader of the organiser puts on a wall."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*SCREENERS), "campaign__organiser__"))

    def opened_by(self, token):
        """Narrow to the screen that a token opens; to none once it was revoked."""
        rows = self.filter(token_hash=hashed(token), revoked_at=None)
        return rows.select_related("campaign__organiser")

    def for_list(self):
        """Load what a list shows, those in use first."""
        return self.select_related("made_by", "revoked_by").order_by("revoked_at", "-made_at", "-pk")


class WallScreen(models.Model):
    """A secret address under which a campaign is shown on a wall without signing in, until it is revoked.

    Only the hash of its token is kept. It shows standings of one campaign, of all groups or some, and opens nothing.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="walls", verbose_name=_("战役"))
    name = models.CharField(_("放在哪里"), max_length=50)
    groups = models.JSONField(_("显示的组别"), default=list, blank=True)  # none of them named: all
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("生成人"))
    made_at = models.DateTimeField(_("生成时间"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("停用人")
    )
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = WallScreenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("大屏")
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="wall_is_revoked_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.campaign} · {self.name}"


class Reading(models.Model):
    """A line of the trail that a user has seen in the inbox; what has no row of the user's is unread."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("用户"))
    entry = models.ForeignKey(AuditEntry, models.CASCADE, related_name="+", verbose_name=_("消息"))

    class Meta:
        verbose_name = verbose_name_plural = _("已读消息")
        constraints = [models.UniqueConstraint(fields=["user", "entry"], name="entry_read_once_by_a_user")]

    def __str__(self):
        return f"{self.user_id} {self.entry_id}"
