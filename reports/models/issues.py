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
        """What was issued or lies open is for everyone who sees the campaign; drafts for the organiser's desks."""
        if not user.is_authenticated:
            return self.none()
        campaigns = Campaign.objects.visible_to(user)
        return self.filter(
            Q(status__in=(Report.Status.ISSUED, Report.Status.OBJECTION), campaign__in=campaigns)
            | under(user.paths(*DESKS), "campaign__organiser__")
        )

    def issued(self):
        """Narrow to what went out."""
        return self.filter(status=Report.Status.ISSUED)

    def in_force(self):
        """Narrow to what went out and was not revised since."""
        return self.issued().exclude(pk__in=Report.objects.issued().exclude(revises=None).values("revises"))

    def editable_by(self, user):
        """Narrow to the drafts an editor of the organiser writes."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.EDITOR), "campaign__organiser__"))

    def for_list(self):
        """Load what a list shows, without the files, the latest first."""
        rows = self.select_related("campaign", "kind", "issued_by", "revised_by")
        return rows.defer("frozen", "revised_by__frozen").order_by("-as_of", "-pk")


class Report(models.Model):
    """One issue of a bulletin about a campaign as of a day.

    It is drafted, handed in, approved, laid open to objections where its kind asks for it, and issued. A draft
    keeps what people typed, section by section, and draws its figures anew each time. An issued one keeps the frozen
    text that it was rendered from, its hash, and its files; it never changes again, which the database itself sees to
    (reports/seals.py).
    """

    class Status(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("草稿")
        REVIEW = "review", _("送审")
        OBJECTION = "objection", _("公示")
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
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("送审人"),
    )  # fmt: skip
    excuse = models.CharField(_("校对不符的说明"), max_length=500, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("审核人"),
    )  # fmt: skip
    objections_until = models.DateField(_("公示截止"), null=True, blank=True, editable=False)
    number_year = models.PositiveSmallIntegerField(_("编号年度"), null=True, blank=True, editable=False)
    revises = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="revised_by",
        verbose_name=_("修订"),
    )  # fmt: skip
    revision = models.PositiveSmallIntegerField(_("修订次数"), default=0, editable=False)
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

    # what its editor says of it, beside the sections
    FACTS = ("title", "from_on", "as_of", "basis", "is_final", "issuer", "number", "addressee", "cc")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("期次")
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(status="issued") & Q(issued_on__isnull=True))
                | (Q(status="issued", issued_on__isnull=False) & ~Q(frozen="") & ~Q(sha256="")),
                name="issued_report_keeps_what_it_said",
            ),
            models.CheckConstraint(condition=Q(from_on__lte=models.F("as_of")), name="report_begins_before_its_day"),
            models.CheckConstraint(
                condition=Q(revision=0, revises__isnull=True) | Q(revision__gt=0, revises__isnull=False),
                name="revision_revises_something",
            ),
            models.UniqueConstraint(
                fields=["issuer", "kind", "number_year", "number", "revision"],
                condition=~Q(number="") & Q(number_year__isnull=False),
                name="number_once_a_year",
                violation_error_message=_("本年度已有这一文号"),
            ),
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

    @property
    def is_draft(self):
        """Whether it is still being written."""
        return self.status == self.Status.DRAFT

    @property
    def is_open(self):
        """Whether it lies open to objections."""
        return self.status == self.Status.OBJECTION

    @property
    def pinned(self):
        """What it says while it lies open to objections; None before and after."""
        return self.pins.order_by("pk").last() if self.is_open else None

    @property
    def is_revised(self):
        """Whether a revision of it went out; the row itself never says so."""
        later = getattr(self, "revised_by", None)
        return later is not None and later.is_issued

    @property
    def full_number(self):
        """Its number with its revision."""
        return f"{self.number}（修订{self.revision}）" if self.revision else self.number


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
