"""Files that take long leave the request: asked for, made by the worker in a child, fetched, cleaned away."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from reports.documents import away
from reports.documents.content import TRADITIONAL, Document, Table, to_json
from reports.documents.fonts import MissingGlyph
from reports.models import Rendering, Report
from reports.workflow import hash_of
from units import audit
from units.models import User

SECONDS_AT_ONCE = 2
CELL, LETTER = 0.0006, 0.00006  # seconds that one takes, measured on two cores
KEPT = timedelta(days=7)
SILENT = timedelta(minutes=2)  # without a sign of life the worker is taken for dead


def _tables(document):
    return [*(block for block in document.blocks if isinstance(block, Table)), *document.annexes]


def expected(document: Document) -> tuple[int, float]:
    """Guess how many pages a document has and how many seconds its PDF takes."""
    tables = _tables(document)
    cells = sum(len(table.rows) * len(table.heads) for table in tables)
    letters = sum(len(block.text) for block in document.blocks if hasattr(block, "text"))
    pages = 1 + letters // 500 + sum(1 + len(table.rows) // 21 for table in tables)
    return pages, 0.2 + cells * CELL + letters * LETTER


def is_long(document: Document, kind: str) -> bool:
    """Say whether a file takes too long for a request; only the pages of a PDF do."""
    rows = sum(len(table.rows) for table in _tables(document))
    return kind == "pdf" and (rows > settings.RENDER_AT_ONCE or expected(document)[1] > SECONDS_AT_ONCE)


@transaction.atomic
def ask(*, report: Report, document: Document, kind: str, by: User, now: datetime) -> Rendering:
    """Have a file made by the worker; the same one, asked for again while it is there, is not made twice."""
    if not Report.objects.visible_to(by).filter(pk=report.pk).exists():
        raise ValidationError(_("没有该期次"))
    source = to_json(document)
    same = Rendering.objects.filter(report=report, kind=kind, asked_by=by, source=source, asked_at__gt=now - KEPT)
    same = same.exclude(state__in=(Rendering.State.FAILED, Rendering.State.CANCELLED))
    for held in same.order_by("-pk"):
        if not is_cut_off(held, now):
            return held
    rendering = Rendering.objects.create(
        report=report, kind=kind, is_traditional=document.language == TRADITIONAL, source=source,
        pages_expected=expected(document)[0], asked_by=by, asked_at=now,
    )  # fmt: skip
    audit.record(by, "rendering.asked", rendering, changes={})
    make.enqueue(rendering.pk)
    rendering.refresh_from_db()
    return rendering


@task()
def make(rendering_id: int) -> None:
    """Make the file; what is through, or was cancelled, is left alone. Called by the worker."""
    mine = Rendering.objects.filter(pk=rendering_id)
    if not mine.filter(state=Rendering.State.WAITING).update(state=Rendering.State.RUNNING, beat_at=timezone.now()):
        return

    def tell(pages):
        running = mine.filter(state=Rendering.State.RUNNING)
        return bool(running.update(pages=pages, beat_at=timezone.now()))

    rendering = mine.get()
    try:
        content = away.render(rendering.source, rendering.kind, tell)
    except away.Stopped:
        return
    except MissingGlyph as error:
        _finish(rendering_id, problem=str(error))
    except away.TooLong:
        _finish(
            rendering_id,
            problem=_("生成时间超过 %d 分钟，已停止。请减少附表行数，或改用 Excel 附表") % (away.SECONDS // 60),
        )
    except away.Crashed:
        _finish(rendering_id, problem=_("生成程序异常退出，没有生成文件。内容可能过多，请减少附表行数后重试"))
    except Exception:  # whatever it was: who waits is told, and the worker keeps the traceback
        _finish(rendering_id, problem=_("生成时出错，没有生成文件。可以重试；再次出错请联系系统管理员"))
        raise
    else:
        _finish(rendering_id, content=content)


@transaction.atomic
def _finish(rendering_id, *, content=None, problem=""):
    """Keep what came out, unless it was cancelled at the last moment."""
    rendering = Rendering.objects.select_for_update().get(pk=rendering_id)
    if rendering.state != Rendering.State.RUNNING:
        return
    rendering.state = Rendering.State.FAILED if content is None else Rendering.State.DONE
    rendering.content, rendering.problem = content, problem[:300]
    rendering.sha256 = hash_of(content) if content else ""
    rendering.save()
    action = "rendering.failed" if content is None else "rendering.made"
    changes = {"SHA-256": ["", rendering.sha256]} if content else {}
    audit.record(rendering.asked_by, action, rendering, changes=changes, reason=rendering.problem)


@transaction.atomic
def cancel(*, rendering: Rendering, by: User) -> Rendering:
    """Stop waiting for a file; the worker sees it within a second and ends the child."""
    rendering = Rendering.objects.visible_to(by).select_for_update(of=("self",)).get(pk=rendering.pk)
    if not rendering.is_open:
        raise ValidationError(_("该文件已经处理完，不能再取消"))
    rendering.state = Rendering.State.CANCELLED
    rendering.save(update_fields=["state"])
    audit.record(by, "rendering.cancelled", rendering, changes={})
    return rendering


def is_cut_off(rendering: Rendering, now: datetime) -> bool:
    """Say whether it was begun and nobody is at it any more, because the worker died."""
    return rendering.state == Rendering.State.RUNNING and rendering.beat_at < now - SILENT


@transaction.atomic
def clean(*, by: User, now: datetime) -> int:
    """Remove what was asked for long ago; the reports and their issued files stay."""
    old = Rendering.objects.filter(asked_at__lt=now - KEPT)
    count, _models = old.delete()
    if count:
        audit.record(by, "rendering.cleaned", reason=_("%d 个") % count)
    return count
