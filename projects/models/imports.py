"""Workbooks that came in: the file, what it was read as, what each row became, and how it can be undone."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from units.access import IMPORTERS
from units.models import Unit, under


class ImportQuerySet(models.QuerySet):
    """Words for imports."""

    def visible_to(self, user):
        """Narrow to the imports into units for which the user may import."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*IMPORTERS)))

    def for_list(self):
        """Load what a list shows, the latest first."""
        rows = self.select_related("unit", "uploaded_by", "undoes", "undone_as__done_by")
        return rows.defer("outline", "notices", "undoes__outline", "undone_as__outline").order_by("-pk")


class ImportBatch(models.Model):
    """One sheet of a workbook that a unit brought in, from the upload to the receipt; or the undoing of one.

    Nothing of it is in the ledger unless it is done, and then all of it. While it is `running` the work named by
    `work` waits for the worker or is under way; it has written nothing until it is through.
    """

    class Kind(models.TextChoices):
        """What a row of the sheet is."""

        PROJECT = "project", _("项目台账")
        VISIT = "visit", _("走访来访")
        TRIP = "trip", _("外出招商")
        INSTALMENT = "instalment", _("到资明细")
        PROBLEM = "problem", _("问题清单")
        COMPANY = "company", _("企业")

    class State(models.TextChoices):
        """How far it is."""

        UPLOADED = "uploaded", _("待核对列")
        PREVIEWED = "previewed", _("待确认")
        RUNNING = "running", _("处理中")
        DONE = "done", _("已导入")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("未能读取")

    class Work(models.TextChoices):
        """What the worker does with it."""

        PREVIEW = "preview", _("预览")
        CONFIRM = "confirm", _("导入")
        UNDO = "undo", _("撤销")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    file = models.FileField(upload_to="imports")
    name = models.CharField(_("文件名"), max_length=150)
    sha256 = models.CharField(_("文件指纹"), max_length=64, db_index=True)
    outline = models.TextField(default="[]")  # what its sheets hold: projects.imports.outlines
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    mapping = models.TextField(default="{}")  # {column of the sheet: key of the column}
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.UPLOADED)
    work = models.CharField(_("处理"), max_length=10, choices=Work, blank=True)
    problem = models.TextField(_("未能完成的原因"), blank=True)
    notices = models.TextField(default="[]")  # [[cell address, what was skipped or filled in and why]]
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("变更"), default=0)
    unchanged_count = models.PositiveIntegerField(_("无变化"), default=0)
    refused_count = models.PositiveIntegerField(_("不能导入"), default=0)
    receipt = models.CharField(_("回执号"), max_length=20, blank=True)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="undone_as", verbose_name=_("撤销的批次")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("导入人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    undo_seen = models.CharField(max_length=64, blank=True)  # the digest of what was shown before it was undone
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人")
    )
    done_at = models.DateTimeField(_("完成时间"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["receipt"], condition=~Q(receipt=""), name="receipt_is_of_one_import")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.name}"

    def get_absolute_url(self):
        """Return the page of the import."""
        return reverse("projects:import_preview", args=[self.pk])

    @property
    def columns(self):
        """The mapping as {column of the sheet, counted from 0: key}."""
        return {int(place): key for place, key in json.loads(self.mapping).items()}

    @property
    def told(self):
        """The notices as [(cell address, text)]."""
        return [tuple(notice) for notice in json.loads(self.notices)]

    @property
    def row_count(self):
        """How many rows were read."""
        return self.new_count + self.changed_count + self.unchanged_count + self.refused_count

    @property
    def written_count(self):
        """How many rows it writes."""
        return self.new_count + self.changed_count


class ImportRow(models.Model):
    """What became of one row of the sheet.

    cells are its texts as they were read, values what they mean (both by key), told what a page says of it, undo
    what was there before; all four are JSON, written once and never searched.
    """

    class Outcome(models.TextChoices):
        """What a row does to the ledger; the last two are of the rows of an undoing."""

        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        UNCHANGED = "unchanged", _("无变化")
        REFUSED = "refused", _("不能导入")
        UNDONE = "undone", _("已撤销")
        KEPT = "kept", _("保留")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name=_("导入批次"))
    number = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    cells = models.TextField(default="{}")
    values = models.TextField(default="{}")
    told = models.TextField(default="{}")
    undo = models.TextField(default="[]")
    record_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入行")
        ordering = ["number", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_by_outcome")]

    def __str__(self):
        return f"{self.batch_id}:{self.number}"


class ColumnMapping(models.Model):
    """How a unit mapped the headings of one kind of workbook last time; the next one starts from it."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name=_("单位"))
    kind = models.CharField(_("类别"), max_length=12, choices=ImportBatch.Kind)
    signature = models.CharField(_("列标题指纹"), max_length=64)
    mapping = models.TextField(default="{}")
    saved_at = models.DateTimeField(_("保存时间"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("列对应")
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "signature"], name="mapping_once_per_unit_and_headings")
        ]

    def __str__(self):
        return f"{self.unit} {self.get_kind_display()}"
