"""What the pages of an import show, put into words."""

import json
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from projects.imports import batches, outlines, progress
from projects.imports.table_rows import by_name
from projects.models import ImportBatch, ImportRow

TONES = {
    "new": "ok", "changed": "info", "unchanged": "muted", "refused": "bad", "undone": "ok", "kept": "warn",
}  # fmt: skip
STATE_TONES = {
    "uploaded": "warn", "previewed": "warn", "running": "info", "done": "ok", "undone": "muted", "failed": "bad",
}  # fmt: skip
PAGES = {
    ImportBatch.Kind.PROJECT: "projects:project",
    ImportBatch.Kind.VISIT: "projects:visit",
    ImportBatch.Kind.TRIP: "projects:trip",
    ImportBatch.Kind.PROBLEM: "projects:problem",
    ImportBatch.Kind.INSTALMENT: "projects:milestone",
    ImportBatch.Kind.COMPANY: "projects:company",
}


@dataclass(frozen=True)
class RowLine:
    """One row as the preview shows it; changes are (label, old, new), reasons and notes (address, text)."""

    number: int
    title: str
    url: str
    outcome: str
    tone: str
    changes: list
    reasons: list
    notes: list


def row_lines(batch, rows):
    """Return the rows of a page; one links to its record where there is one still."""
    gone = batch.state == ImportBatch.State.UNDONE or batch.undoes_id
    lines = []
    for row in rows:
        told = json.loads(row.told)
        url = reverse(PAGES[batch.kind], args=[row.record_id]) if row.record_id and not gone else ""
        lines.append(
            RowLine(
                row.number, told["title"], url, row.get_outcome_display(), TONES[row.outcome],
                told["changes"], told["reasons"], told["notes"],
            )
        )  # fmt: skip
    return lines


def views(batch, chosen):
    """Return the tabs of a batch's rows: all, and each outcome it has."""
    outcome = ImportRow.Outcome
    if batch.undoes_id:
        counted = ((outcome.UNDONE, batch.changed_count), (outcome.KEPT, batch.refused_count))
    else:
        counted = (
            (outcome.NEW, batch.new_count),
            (outcome.CHANGED, batch.changed_count),
            (outcome.UNCHANGED, batch.unchanged_count),
            (outcome.REFUSED, batch.refused_count),
        )
    tabs = [{"label": _("全部"), "url": "?", "count": batch.row_count, "active": not chosen}]
    tabs += [
        {"label": kind.label, "url": f"?outcome={kind}", "count": count, "active": chosen == kind}
        for kind, count in counted
    ]
    return tabs


def state_of(batch):
    """Return (tone, words) of how far a batch is."""
    if batch.undoes_id:
        return "muted", _("撤销")
    if batch.state == ImportBatch.State.RUNNING:
        dead = batches.is_cut_off(batch)
        return ("bad", _("中断")) if dead else ("info", _("%s中") % batch.get_work_display())
    return STATE_TONES[batch.state], batch.get_state_display()


def cut_off(batch):
    """Say whether its work was cut off; looks twice, since work may end while one looks."""
    if not batches.is_cut_off(batch):
        return False
    fresh = ImportBatch.objects.values_list("version", "state").get(pk=batch.pk)
    return fresh == (batch.version, batch.state) and batches.is_cut_off(batch)


def work_of(batch):
    """Return what the progress page says of work in the queue: words, percent, and whether it was cut off."""
    if cut_off(batch):
        return {"text": _("处理中断，没有写入任何内容，可以重试"), "percent": 0, "cut_off": True}
    found = progress.look(batch)
    if found is None:
        return {"text": _("正在排队，等待后台处理"), "percent": 0, "cut_off": False}
    text = _("正在%(work)s，已完成 %(n)d%%") % {"work": batch.get_work_display(), "n": found.percent}
    return {"text": text, "percent": found.percent, "cut_off": False}


def column_lines(form, batch, sheet):
    """Return the columns of a sheet, each with its select and how sure the recognition is."""
    known = by_name(batch.kind)
    lines = []
    for column in sheet["columns"]:
        bound = form[f"column_{column['place']}"]
        chosen = bound.value() or ""
        lines.append(
            {
                "letter": column["place"],
                "heading": column["heading"],
                "measure": column["measure"],
                "samples": "　".join(column["samples"]),
                "field": bound,
                **_sureness(column, chosen, known),
            }
        )
    return lines


def _sureness(column, chosen, known):
    if column["problem"]:
        return {"tone": "bad", "sure": column["problem"]}
    if chosen and chosen == column["key"]:
        return {"tone": "ok", "sure": _("已识别")}
    if chosen:
        return {"tone": "info", "sure": _("按上次的选择")}
    if column["suggestions"]:
        near = "、".join(known[key].heading for key, _score in column["suggestions"] if key in known)
        return {"tone": "warn", "sure": _("可能是 %s") % near}
    return {"tone": "muted", "sure": _("不认识，不导入")}


def sheet_links(batch, chosen):
    """Return the sheets of a workbook, for switching between them."""
    return [
        {
            "label": sheet["name"],
            "url": f"?sheet={number}",
            "count": sheet["rows"],
            "active": sheet["name"] == chosen["name"],
        }
        for number, sheet in enumerate(json.loads(batch.outline))
    ]


def sheet_asked(batch, asked):
    """Return the sheet of the number asked for, else the import's own."""
    found = json.loads(batch.outline)
    if asked.isascii() and asked.isdigit() and len(asked) < 4 and int(asked) < len(found):
        return found[int(asked)]
    return outlines.sheet_of(batch)
