"""The actions of an import: upload, columns, preview, confirm, undo; small ones at once, others by the worker."""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.actions.evidence import safe_name
from projects.imports import collecting, outlines, progress, tasks, undoing
from projects.imports.lookups import importable_units
from projects.imports.plans import PLANNERS, Outcome
from projects.imports.reading import read
from projects.imports.table_rows import by_name, pack, read_rows, unpack
from projects.imports.writing import Writer
from projects.models import ColumnMapping, ImportBatch, ImportRow
from units import audit, versions
from units.models import Unit, User

State, Work = ImportBatch.State, ImportBatch.Work
CHUNK = 1000  # rows planned between two looks at the clock
NAMED = 10  # rows that a message names
BEFORE = {
    Work.PREVIEW: State.UPLOADED,
    Work.CONFIRM: State.PREVIEWED,
    Work.UNDO: State.DONE,
}  # what cut-off work leaves


def may_import(user: User, unit: Unit) -> bool:
    """Say whether a user may import for a unit: a clerk of it or an editor above it."""
    return importable_units(user).filter(pk=unit.pk).exists()


def _require(user, unit):
    if not may_import(user, unit):
        raise PermissionDenied(f"{user} may not import for {unit}")


def locked(batch: ImportBatch) -> ImportBatch:
    """Return the locked row of an import."""
    rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("unit", "uploaded_by")
    return rows.get(pk=batch.pk)


# --- upload and columns ---------------------------------------------------------------------------


@transaction.atomic
def upload(*, kind: str, unit: Unit, name: str, content: bytes, outline: list[dict], by: User) -> ImportBatch:
    """Keep an uploaded workbook, whose outline was read already, with the columns that are certain."""
    _require(by, unit)
    name = safe_name(name)
    batch = ImportBatch(
        kind=kind,
        unit=unit,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        outline=json.dumps(outline, ensure_ascii=False),
        sheet=outlines.main_sheet(outline)["name"],
        uploaded_by=by,
    )
    batch.mapping = json.dumps(suggested(batch))
    extension = name.rpartition(".")[2].lower()
    batch.file.save(f"{secrets.token_hex(16)}.{extension}", ContentFile(content), save=False)
    try:
        batch.save()
        audit.record(by, "import.uploaded", batch, changes={str(_("文件")): ["", f"{name}（{batch.sha256[:12]}）"]})
    except BaseException:  # also when the process is told to stop
        batch.file.storage.delete(batch.file.name)
        raise
    return batch


def suggested(batch: ImportBatch, sheet_name: str | None = None) -> dict[int, str]:
    """Return {column: key} for a sheet: what the unit chose for these headings last time, else what is certain."""
    sheet = outlines.sheet_of(batch, sheet_name)
    kept = ColumnMapping.objects.filter(unit=batch.unit, kind=batch.kind, signature=outlines.signature(sheet)).first()
    if kept:
        known = by_name(batch.kind)
        return {int(place): key for place, key in json.loads(kept.mapping).items() if key in known}
    return {column["place"]: column["key"] for column in sheet["columns"] if column["key"]}


def missing_columns(kind: str, keys) -> list[str]:
    """Return the headings without which no row of a kind can be read."""
    known, keys = by_name(kind), set(keys)
    if "project_code" in keys:
        keys |= {"name", "company", "project"}
    if keys & {"number", "company_code"}:
        return []
    return [column.heading for column in known.values() if column.needed and column.name not in keys | {"unit"}]


@transaction.atomic
def map_columns(
    *, batch: ImportBatch, sheet: str, mapping: Mapping[int, str], by: User, today: date, version: int | None = None
) -> ImportBatch:
    """Say which column is which, remember it for the unit, and preview: at once, or by the worker."""
    batch = locked(batch)
    _require(by, batch.unit)
    versions.check(batch, version)
    if batch.state not in {State.UPLOADED, State.PREVIEWED}:
        raise ValidationError(_("该批次已%(state)s，不能再改列") % {"state": batch.get_state_display()})
    found = outlines.sheet_of(batch, sheet)
    if found["name"] != sheet or not found["rows"]:
        raise ValidationError(_("工作表“%s”里没有数据") % sheet)
    if doubled := [key for key, n in Counter(mapping.values()).items() if n > 1]:
        heading = by_name(batch.kind)[doubled[0]].heading
        raise ValidationError(_("“%s”对应了不止一列，请只选一列") % heading)
    if missing := missing_columns(batch.kind, mapping.values()):
        raise ValidationError(_("还缺这些列：%s") % "、".join(missing))
    batch.sheet, batch.mapping = sheet, json.dumps({str(place): key for place, key in sorted(mapping.items())})
    ColumnMapping.objects.update_or_create(
        unit=batch.unit,
        kind=batch.kind,
        signature=outlines.signature(found),
        defaults={"mapping": batch.mapping},
    )
    headings = {column["place"]: column["heading"] for column in found["columns"]}
    known = by_name(batch.kind)
    changes = {headings[place]: ["", known[key].heading] for place, key in sorted(mapping.items())}
    audit.record(by, "import.mapped", batch, changes=changes)
    batch.rows.all().delete()
    return _begin(batch, Work.PREVIEW, by, found["rows"], today)


# --- work, at once or by the worker ---------------------------------------------------------------


def _begin(batch, work, by, rows, today):
    """Do some work at once where it is small, else put it into the worker's queue."""
    versions.bump(batch)
    batch.work, batch.problem = work, ""
    if rows <= tasks.at_once():
        batch.save()
        with progress.reporting(batch) as tell:
            DO[work](batch, by, today, tell)
        return batch
    batch.state = State.RUNNING
    batch.save()
    progress.forget(batch)
    tasks.work.enqueue(batch.pk, by.pk, today.isoformat())
    batch.refresh_from_db()
    return batch


def run(batch: ImportBatch, by: User, today: date) -> None:
    """Do the work that an import waits for, all of it or none; called by the worker."""
    with progress.reporting(batch) as tell:
        try:
            with transaction.atomic():
                batch = locked(batch)
                if batch.state == State.RUNNING:
                    DO[batch.work](batch, by, today, tell)
        except (ValidationError, PermissionDenied) as error:
            lines = error.messages if isinstance(error, ValidationError) else [_("没有导入该单位的权限")]
            _give_back(batch, "\n".join(str(line) for line in lines))
        except Exception:
            _give_back(batch, _("处理时出错，没有写入任何内容。可以重试；再次出错请联系系统管理员。"))
            raise


@transaction.atomic
def _give_back(batch, problem):
    batch = locked(batch)
    batch.state, batch.problem = BEFORE[batch.work], problem
    versions.bump(batch)
    batch.save()


def is_cut_off(batch: ImportBatch) -> bool:
    """Say whether work on an import was begun and nobody is at it any more, because the process died."""
    found = progress.look(batch)
    return found is not None and not found.alive


@transaction.atomic
def retry(*, batch: ImportBatch, by: User, today: date) -> ImportBatch:
    """Put work that was cut off into the queue again; it had written nothing."""
    _require(by, batch.unit)
    if not is_cut_off(batch):  # asked before the row is locked, which whoever works on it holds
        raise ValidationError(_("该批次没有中断"))
    batch = locked(batch)
    if batch.state != State.RUNNING or not is_cut_off(batch):
        raise ValidationError(_("该批次没有中断"))
    versions.bump(batch)
    batch.save()
    progress.forget(batch)
    audit.record(by, "import.retried", batch, changes={})
    tasks.work.enqueue(batch.pk, by.pk, today.isoformat())
    batch.refresh_from_db()
    return batch


# --- preview --------------------------------------------------------------------------------------


@collecting.paused()
def preview(batch, by, today, tell):
    """Read the file and keep what each row would do."""
    with batch.file.open("rb") as file:
        sheet, table = outlines.table_of(read(file.read(), batch.name), batch)
    columns = batch.columns
    rows = list(read_rows(table, columns, batch.kind))
    batch.notices = json.dumps(outlines.notices_of(sheet, table), ensure_ascii=False)
    planner_class = PLANNERS[batch.kind]
    look = planner_class.lookups(batch, by, [row.values for row in rows])
    planner = planner_class(batch, by, look, today)
    kept, counts = [], Counter()
    for place, row in enumerate(rows):
        plan = planner.plan(row.number, row.values, row.reasons, row.notes)
        counts[plan.outcome] += 1
        kept.append(
            ImportRow(
                batch=batch,
                number=row.number,
                outcome=plan.outcome,
                cells=json.dumps(row.cells(columns), ensure_ascii=False) if plan.reasons else "{}",
                values="{}" if plan.reasons else pack(row.values),
                told=plan.told,
                record_id=plan.record.pk if plan.record is not None else None,
            )
        )
        if place % CHUNK == 0:
            tell(place, len(rows))
    batch.rows.all().delete()
    ImportRow.objects.bulk_create(kept, batch_size=CHUNK)
    _count(batch, counts)
    batch.state, batch.work = State.PREVIEWED, ""
    batch.save()


def _count(batch, counts):
    for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.REFUSED):
        setattr(batch, f"{outcome}_count", counts[outcome])


# --- confirm --------------------------------------------------------------------------------------


def earlier(batch: ImportBatch) -> ImportBatch | None:
    """Return the import by which the same sheet of the same file came in before and still stands."""
    same = ImportBatch.objects.filter(
        kind=batch.kind, sha256=batch.sha256, sheet=batch.sheet, state=State.DONE, undoes=None
    )
    return same.exclude(pk=batch.pk).select_related("done_by", "unit").order_by("-pk").first()


@transaction.atomic
def confirm(
    *, batch: ImportBatch, by: User, today: date, version: int | None = None, again: bool = False
) -> ImportBatch:
    """Write what the preview showed: all of it in one transaction, or nothing."""
    batch = locked(batch)
    _require(by, batch.unit)
    if batch.state != State.PREVIEWED:
        raise ValidationError(_("该批次%(state)s，不能确认") % {"state": batch.get_state_display()})
    versions.check(batch, version)
    if not batch.written_count:
        raise ValidationError(_("没有可以导入的行"))
    if not again and (before := earlier(batch)):
        told = {"when": timezone.localtime(before.done_at).strftime("%Y-%m-%d %H:%M"), "receipt": before.receipt}
        raise ValidationError(
            {"again": _("同一文件的同一工作表已于 %(when)s 导入过（回执号 %(receipt)s），请勾选后再确认") % told}
        )
    return _begin(batch, Work.CONFIRM, by, batch.written_count, today)


@collecting.paused()
def write(batch, by, today, tell):
    """Plan every row anew on locked records; write if each does what the preview showed, else refuse it all."""
    _require(by, batch.unit)
    rows = list(batch.rows.exclude(outcome=Outcome.REFUSED).order_by("number"))
    values = [unpack(row.values) for row in rows]
    planner_class = PLANNERS[batch.kind]
    look = planner_class.lookups(batch, by, values, lock=True)
    planner = planner_class(batch, by, look, today)
    plans, moved = [], []
    for row, said in zip(rows, values, strict=True):
        plan = planner.plan(row.number, said, (), ())
        plan.row = row
        plans.append(plan)
        if not _agrees(row, plan):
            moved.append(row.number)
    if moved:
        numbers = "、".join(map(str, moved[:NAMED])) + (_(" 等 %d 行") % len(moved) if moved[NAMED:] else "")
        raise ValidationError(
            _("预览之后台账有变动，第 %s 行与预览不同，没有写入任何内容。请重新预览后确认。") % numbers
        )
    batch.receipt = f"DR{timezone.localdate():%Y%m%d}-{batch.pk:06d}"
    try:
        with transaction.atomic():
            Writer(batch, by, look, tell).write(plans)
    except IntegrityError:
        raise ValidationError(_("与他人刚提交的记录冲突，没有写入任何内容。请重新预览后确认。")) from None
    batch.state, batch.work = State.DONE, ""
    batch.done_by, batch.done_at = by, timezone.now()
    batch.save()
    audit.record(by, "import.confirmed", batch, changes=receipt_changes(batch))


def _agrees(row, plan):
    """Say whether a plan does what the preview of the row showed."""
    shown = json.loads(row.told)
    record_id = plan.record.pk if plan.record is not None else None
    return (row.outcome, row.record_id, shown["changes"]) == (plan.outcome, record_id, plan.changes)


def receipt_changes(batch):
    """Return what the trail keeps of a batch."""
    return {
        str(_("回执号")): ["", batch.receipt],
        str(_("新增")): ["", str(batch.new_count)],
        str(_("变更")): ["", str(batch.changed_count)],
        str(_("文件指纹")): ["", batch.sha256],
    }


# --- undo -----------------------------------------------------------------------------------------


@transaction.atomic
def undo(*, batch: ImportBatch, by: User, today: date, seen: str, version: int | None = None) -> ImportBatch:
    """Take back what an import wrote, but what was touched since; seen is the digest of what the page showed."""
    batch = locked(batch)
    _require(by, batch.unit)
    if batch.state != State.DONE or batch.undoes_id:
        raise ValidationError(_("该批次%(state)s，不能撤销") % {"state": batch.get_state_display()})
    versions.check(batch, version)
    batch.undo_seen = seen
    return _begin(batch, Work.UNDO, by, batch.written_count, today)


def take_back(batch, by, today, tell):
    """Decide anew on locked records what can be taken back; do it if that is what the page showed."""
    _require(by, batch.unit)
    steps = undoing.plan(batch, lock=True)
    if undoing.digest(steps) != batch.undo_seen:
        raise ValidationError(_("打开页面之后台账有变动，没有撤销任何内容。请重新核对后再撤销。"))
    if not any(step.is_undone for step in steps):
        raise ValidationError(_("这批记录之后都有变动，没有可以撤销的行"))
    with transaction.atomic():
        try:
            undoing.Undoer(batch, by, tell).undo(steps)
        except IntegrityError:
            raise ValidationError(_("与他人刚提交的记录冲突，没有撤销任何内容。请重新核对后再撤销。")) from None
    batch.state, batch.work = State.UNDONE, ""
    batch.save()


DO = {Work.PREVIEW: preview, Work.CONFIRM: write, Work.UNDO: take_back}
