"""What belongs to a draft beside its sections: its versions, and what others remark on it."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.issues import Report, ReportSection


class ReportVersionQuerySet(models.QuerySet):
    """Words for versions."""

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("by").order_by("-pk")


class ReportVersion(models.Model):
    """A draft as a person left it: facts, outline and texts. Saves of one person within minutes are one version."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="versions", verbose_name=_("期次"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("保存人"))
    began_at = models.DateTimeField(_("开始时间"))
    saved_at = models.DateTimeField(_("保存时间"))
    told = models.CharField(_("说明"), max_length=60, blank=True)  # what it was, where it was no plain writing
    content = models.TextField(_("内容"), editable=False)

    objects = ReportVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("草稿版本")
        ordering = ["report", "-pk"]

    def __str__(self):
        return f"{self.report} · {self.pk}"

    @property
    def plain(self):
        """What it holds: {"facts": {…}, "sections": [{…}]}."""
        return json.loads(self.content)


class RemarkQuerySet(models.QuerySet):
    """Words for remarks."""

    def open(self):
        """Narrow to those that nobody settled."""
        return self.filter(state=Remark.State.OPEN)

    def for_list(self):
        """Load what a panel shows: those still open first, in the order they were made."""
        return self.select_related("by", "settled_by", "section").prefetch_related("answers__by").order_by("pk")


class Remark(models.Model):
    """What an editor or a leader says to a section of a draft, on some words of it.

    A suggestion holds the words that would stand there instead; it is accepted or declined. A comment is resolved.
    Its section may go; what was remarked stays, with the heading it stood under.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("待处理")
        RESOLVED = "resolved", _("已办结")
        ACCEPTED = "accepted", _("已采纳")
        DECLINED = "declined", _("未采纳")

    report = models.ForeignKey(Report, models.CASCADE, related_name="remarks", verbose_name=_("期次"))
    section = models.ForeignKey(
        ReportSection, models.SET_NULL, null=True, blank=True, related_name="remarks", verbose_name=_("段落")
    )
    heading = models.CharField(_("段落标题"), max_length=60, blank=True, editable=False)
    quote = models.CharField(_("所引文字"), max_length=500, blank=True)
    text = models.CharField(_("意见"), max_length=1000, blank=True)
    is_suggestion = models.BooleanField(_("修改建议"), default=False)
    replacement = models.CharField(_("改为"), max_length=1000, blank=True)  # of a suggestion; empty: to be left out
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    made_at = models.DateTimeField(_("提出时间"))
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("草稿意见")
        ordering = ["report", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_suggestion=False, replacement="") | (Q(is_suggestion=True) & ~Q(quote="")),
                name="suggestion_names_the_words_it_replaces",
                violation_error_message=_("修改建议须写明要改的原文"),
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_by__isnull=True, settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="remark_is_settled_by_somebody",
            ),
        ]

    def __str__(self):
        return self.text[:40] or f"{self.quote[:20]}→{self.replacement[:20]}"

    @property
    def is_open(self):
        """Whether it waits for somebody."""
        return self.state == self.State.OPEN


class RemarkAnswer(models.Model):
    """An answer to a remark."""

    remark = models.ForeignKey(Remark, models.CASCADE, related_name="answers", verbose_name=_("意见"))
    text = models.CharField(_("回复"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("回复人"))
    made_at = models.DateTimeField(_("回复时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("意见回复")
        ordering = ["remark", "pk"]

    def __str__(self):
        return self.text[:40]
