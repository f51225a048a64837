"""The issues of a bulletin, from the draft to the files that went out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis, Campaign, Order
from reports.models.kinds import OutlineRow, ReportKind
from units.access import DESKS
from units.models import Role, under


class ReportQuerySet(models.QuerySet):
    """Words for reports."""

    def visible_to(self, user):
        """Issued reports are for everyone who sees the campaign; drafts for editors and leaders of its organiser."""
        if not user.is_authenticated:
            return self.none()
        campaigns = Campaign.objects.visible_to(user)
        return self.filter(
            Q(status=Report.Status.ISSUED, campaign__in=campaigns)
            | under(user.paths(*DESKS), "campaign__organiser__")
        )

    def editable_by(self, user):
        """Narrow to the drafts an editor of the organiser writes."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.EDITOR), "campaign__organiser__"))

    def for_list(self):
        """Load what a list shows, without the files, the latest first."""
        return self.select_related("campaign", "kind", "issued_by").defer("frozen").order_by("-as_of", "-pk")


class Report(models.Model):
    """One issue of a bulletin about a campaign as of a day.

    A draft keeps what people typed, section by section, and draws its figures anew each time. An issued one keeps
    the frozen text that it was rendered from, its hash, and its files; it never changes again, which the database
    itself sees to (reports/seals.py).
    """

    class Status(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("草稿")
        ISSUED = "issued", _("已印发")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reports", verbose_name=_("战役"))
    kind = models.ForeignKey(ReportKind, models.PROTECT, related_name="reports", verbose_name=_("种类"))
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="letters",
        verbose_name=_("督办事项"),
    )
    title = models.CharField(_("标题"), max_length=120)
    from_on = models.DateField(_("本期起"))
    as_of = models.DateField(_("数据截至"))
    basis = models.CharField(_("计数依据"), max_length=10, choices=Basis, blank=True)
    is_final = models.BooleanField(_("最终数据"), default=False)
    issuer = models.CharField(_("印发单位"), max_length=60)
    number = models.CharField(_("文号或期号"), max_length=60, blank=True)
    addressee = models.CharField(_("主送"), max_length=120, blank=True)
    cc = models.CharField(_("抄送"), max_length=200, blank=True)
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
            ),
            models.CheckConstraint(condition=Q(from_on__lte=models.F("as_of")), name="report_begins_before_its_day"),
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


class ReportSection(OutlineRow):
    """A row of a report's outline with what people wrote there, in the light markup of reports.markup."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="sections", verbose_name=_("期次"))
    text = models.TextField(_("撰写"), blank=True)
    is_stale = models.BooleanField(_("旧稿"), default=False)  # taken over from the last issue, touched by nobody yet

    class Meta(OutlineRow.Meta):
        verbose_name = verbose_name_plural = _("段落")


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
