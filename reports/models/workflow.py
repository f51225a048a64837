"""What stands around an issue: the text pinned for objections, the objections, who it went to, what is drafted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from reports.models.issues import Report
from reports.models.kinds import ReportKind
from units.models import Role, Unit, under

DESK = (Role.EDITOR, Role.LEADER)  # who decides in the organiser's name
VOICES = (Role.CLERK, Role.LEADER)  # who speaks for a unit


class Pin(models.Model):
    """What a bulletin said when it was laid open to objections, or when its figures were read anew since.

    The last one is what will be issued; change says in words what it changed of the one before.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="pins", verbose_name=_("期次"))
    text = models.TextField(editable=False)
    sha256 = models.CharField(_("公示稿指纹"), max_length=64)
    change = models.TextField(_("与上一次的差异"), blank=True)
    pinned_at = models.DateTimeField(_("取数时间"))
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("取数人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("公示稿")
        ordering = ["report", "pk"]

    def __str__(self):
        return f"{self.report} · {self.sha256[:12]}"


class ObjectionQuerySet(models.QuerySet):
    """Words for objections."""

    def visible_to(self, user):
        """Narrow to those of one's own units, and to those filed with one's own desk."""
        if not user.is_authenticated:
            return self.none()
        own = under(user.paths(Role.CLERK, Role.LEADER, Role.EDITOR))
        return self.filter(own | under(user.paths(*DESK), "report__campaign__organiser__"))

    def open(self):
        """Narrow to those nobody has decided."""
        return self.filter(state=Objection.State.OPEN)

    def for_list(self):
        """Load what a page shows, without the files."""
        return self.select_related("unit", "filed_by", "decided_by").defer("file").order_by("pk")


class Objection(models.Model):
    """What a unit says is wrong in its own row of a bulletin that is laid open, with one file as proof.

    It is accepted or refused with a reason, by somebody of the organiser, before the bulletin is issued.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("待处理")
        ACCEPTED = "accepted", _("采纳")
        REFUSED = "refused", _("不予采纳")

    report = models.ForeignKey(Report, models.CASCADE, related_name="objections", verbose_name=_("期次"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    about = models.CharField(_("指标或内容"), max_length=100)
    wrong = models.TextField(_("哪里不对"), max_length=1000)
    right = models.CharField(_("认为应为"), max_length=100, blank=True)
    file_name = models.CharField(_("凭证"), max_length=150, blank=True)
    file_type = models.CharField(max_length=100, blank=True, editable=False)
    file_sha256 = models.CharField(_("凭证指纹"), max_length=64, blank=True, editable=False)
    file = models.BinaryField(null=True, editable=False)
    filed_at = models.DateTimeField(_("提出时间"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    state = models.CharField(_("结果"), max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("异议")
        ordering = ["report", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True, reason="")
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
                name="decided_objection_says_who_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.unit} · {self.about}"

    def get_absolute_url(self):
        """Return where it is read: the page of its report."""
        return f"{self.report.get_absolute_url()}#objection-{self.pk}"

    @property
    def is_open(self):
        """Whether it waits for an answer."""
        return self.state == self.State.OPEN


class DeliveryQuerySet(models.QuerySet):
    """Words for deliveries."""

    def for_list(self):
        """Load what a page shows: units in the order of the tree, those without an account last."""
        return self.select_related("unit", "user", "opened_by").order_by(
            models.F("unit__path").asc(nulls_last=True), "pk"
        )

    def unread(self):
        """Narrow to those that somebody here should have opened and has not."""
        return self.filter(opened_at=None).exclude(unit=None, user=None)

    def read_for(self, user):
        """Narrow to those that count as opened when a user opens the bulletin: one's own, or of a unit above."""
        above = {key for member in user.memberships for key in member.unit.lineage}
        return self.filter(Q(user=user) | Q(unit__in=above))


class Delivery(models.Model):
    """To whom an issued bulletin went: a unit, a person, or somebody outside by name; and who opened it first."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries", verbose_name=_("期次"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("个人")
    )
    name = models.CharField(_("系统外单位"), max_length=100, blank=True)
    opened_at = models.DateTimeField(_("首次打开"), null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("打开人")
    )
    reminded_on = models.DateField(_("催阅日期"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("分发")
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "unit"], name="delivery_once_to_a_unit"),
            models.UniqueConstraint(fields=["report", "user"], name="delivery_once_to_a_person"),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, user__isnull=True, name="")
                | Q(unit__isnull=True, user__isnull=False, name="")
                | (Q(unit__isnull=True, user__isnull=True) & ~Q(name="")),
                name="delivery_goes_to_one",
            ),
        ]

    def __str__(self):
        return f"{self.report} → {self.receiver}"

    def get_absolute_url(self):
        """Return where it is opened."""
        return reverse("reports:report", args=[self.report_id])

    @property
    def receiver(self):
        """To whom it went."""
        return str(self.unit or self.user or self.name)


class NotDrafted(models.Model):
    """A kind of bulletin that a campaign does not want drafted by its rhythm."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", verbose_name=_("战役"))
    kind = models.ForeignKey(ReportKind, models.CASCADE, related_name="+", verbose_name=_("种类"))

    class Meta:
        verbose_name = verbose_name_plural = _("不按期起草的种类")
        constraints = [models.UniqueConstraint(fields=["campaign", "kind"], name="kind_left_out_once")]

    def __str__(self):
        return f"{self.campaign} · {self.kind}"
