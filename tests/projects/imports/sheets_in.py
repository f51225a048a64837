"""Workbooks that tests bring in, and the steps of an import in one call."""

import csv
import io
import json

from django.utils import timezone

from projects.imports import batches, outlines, undoing

PROJECT_HEADINGS = (
    "项目名称",
    "投资方",
    "统一社会信用代码",
    "产业类别",
    "总投资（亿元）",
    "签约时间",
    "协议投资(万元)",
    "开工时间",
    "备注",
    "建设地点",
    "用地（亩）",
)
READY = ("某某园区", "30")  # what must stand before a contract and before the start


def csv_of(headings, rows):
    """Return a CSV file in UTF-8 as bytes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def ledger_of(rows):
    """Return a project ledger as CSV: rows hold the first nine columns."""
    return csv_of(PROJECT_HEADINGS, [(*row, *READY) for row in rows])


def upload(desk, content, *, kind="project", name="台账.csv", by=None, unit=None):
    """Return the batch of an uploaded file."""
    return batches.upload(
        kind=kind, unit=unit or desk.unit, name=name, content=content,
        outline=outlines.read_outline(content, name, kind), by=by or desk.clerk,
    )  # fmt: skip


def preview(desk, content, *, by=None, today=None, mapping=None, **facts):
    """Return the batch of a file whose columns were taken as they were recognised."""
    batch = upload(desk, content, by=by, **facts)
    return batches.map_columns(
        batch=batch, sheet=batch.sheet, mapping=mapping or batches.suggested(batch), by=by or desk.clerk,
        today=today or timezone.localdate(),
    )  # fmt: skip


def confirm(desk, batch, *, by=None, **facts):
    """Confirm a batch."""
    return batches.confirm(batch=batch, by=by or desk.clerk, today=timezone.localdate(), **facts)


def undo(desk, batch, *, by=None):
    """Undo a batch as its page shows it."""
    seen = undoing.digest(undoing.plan(batch))
    return batches.undo(batch=batch, by=by or desk.clerk, today=timezone.localdate(), seen=seen)


def counts(batch):
    """Return (new, changed, unchanged, refused)."""
    return batch.new_count, batch.changed_count, batch.unchanged_count, batch.refused_count


def reasons(batch):
    """Return {row number: [(address, reason)]} of the refused rows."""
    return {
        row.number: [tuple(reason) for reason in json.loads(row.told)["reasons"]]
        for row in batch.rows.filter(outcome="refused")
    }
