"""Files that take long to make, made outside the request."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reports.models.issues import Report


class RenderingQuerySet(models.QuerySet):
    """Words for renderings."""

    def visible_to(self, user):
        """Narrow to what the user asked for, of reports that are still the user's to see."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(asked_by=user, report__in=Report.objects.visible_to(user))

    def open(self):
        """Narrow to those that are not through."""
        return self.filter(state__in=(Rendering.State.WAITING, Rendering.State.RUNNING))

    def for_page(self):
        """Load what the page of one shows, without what went in and came out."""
        return self.select_related("report__campaign").defer("source", "content", "report__frozen")


class Rendering(models.Model):
    """A file somebody asked for which takes long to make: what it is made from, how far it is, what came out.

    It is made from the text kept in it, so that figures that change meanwhile do not change it.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("生成中")
        DONE = "done", _("已生成")
        FAILED = "failed", _("未能生成")
        CANCELLED = "cancelled", _("已取消")

    report = models.ForeignKey(Report, models.CASCADE, related_name="renderings", verbose_name=_("期次"))
    kind = models.CharField(_("格式"), max_length=10)
    is_traditional = models.BooleanField(_("繁体"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    pages = models.PositiveIntegerField(_("已排页数"), default=0)
    pages_expected = models.PositiveIntegerField(_("预计页数"), default=0)
    problem = models.CharField(_("未能生成的原因"), max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    beat_at = models.DateTimeField(_("最近进展"), null=True, blank=True)  # the worker's last sign of life
    source = models.TextField(_("内容"))
    content = models.BinaryField(_("文件"), null=True)
    sha256 = models.CharField(_("文件指纹"), max_length=64, blank=True)

    objects = RenderingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("后台生成的文件")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", content__isnull=False) | (~Q(state="done") & Q(content__isnull=True)),
                name="rendering_has_a_file_when_done",
            )
        ]

    def __str__(self):
        return f"{self.report} · {self.kind.upper()}{_('（繁体）') if self.is_traditional else ''}"

    def get_absolute_url(self):
        """Return the page that says how far it is."""
        return reverse("reports:rendering", args=[self.pk])

    @property
    def is_open(self):
        """Whether it is waited for."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self):
        """How much is laid out, as far as was expected; never all before it is through."""
        return min(99, 100 * self.pages // self.pages_expected) if self.pages_expected else 0
