"""Long files leave the request: asked for, made in a child, watched, cancelled, fetched, cleaned away."""

import sys
import time
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from reports import issuing, rendering
from reports.composing import document_of
from reports.documents import away, to_pdf
from reports.documents.content import to_json
from reports.documents.fonts import MissingGlyph
from reports.documents.script import to_traditional
from reports.models import Rendering
from tests.factories import make_user
from tests.reports.document_samples import plain_report, unit_table
from tests.reports.factories import END, make_draft, make_editor, make_told_drive
from tests.reports.head_samples import plain
from tests.reports.pdf_runs import read
from units.models import AuditEntry, Role, User

State = Rendering.State


WORK = rendering.make  # what the worker does, also where a test keeps it from being queued


@pytest.fixture
def draft(db):
    drive = make_told_drive()
    return make_draft(drive, make_editor(drive))


@pytest.fixture
def editor(draft):
    return User.objects.get(username="editor")


def page(name, made):
    return reverse(f"reports:{name}", args=[made.pk])


def ask(draft, editor, **facts):
    given = {"report": draft, "document": document_of(draft), "kind": "pdf", "by": editor, "now": timezone.now()}
    return rendering.ask(**given | facts)


@pytest.fixture
def unworked(monkeypatch):
    """Leave what is asked for in the queue, as if no worker ran."""
    monkeypatch.setattr(rendering, "make", SimpleNamespace(enqueue=lambda rendering_id: None))


# --- the child --------------------------------------------------------------------------------------


def test_a_child_renders_the_same_bytes_and_tells_its_pages():
    document, seen = plain(), []

    content = away.render(to_json(document), "pdf", lambda pages: seen.append(pages) or True)

    assert content == to_pdf(document)
    assert seen == sorted(seen)
    assert len(read(content).pages) >= max(seen)


def test_a_child_names_the_characters_no_font_holds():
    with pytest.raises(MissingGlyph) as refusal:
        away.render(to_json(plain_report(title="招\ue000商")), "pdf", lambda pages: True)

    assert refusal.value.characters == ("\ue000",)


PROGRAMS = {
    "sleeps": "import time; time.sleep(60)",
    "dies": "import os; os.kill(os.getpid(), 9)",
    "says nothing": "pass",
    "floods": "import sys\nwhile True: sys.stderr.write('page 1\\n')",
}


def program(monkeypatch, name):
    monkeypatch.setattr(away, "command", lambda kind: [sys.executable, "-c", PROGRAMS[name]])


@pytest.mark.parametrize(
    ("name", "refusal", "limits"),
    [
        ("sleeps", away.TooLong, {"seconds": 1}),
        ("floods", away.TooLong, {"seconds": 1}),
        ("dies", away.Crashed, {}),
        ("says nothing", away.Crashed, {}),
    ],
)
def test_a_child_that_makes_no_file_is_ended_and_named(monkeypatch, name, refusal, limits):
    program(monkeypatch, name)
    began = time.monotonic()

    with pytest.raises(refusal):
        away.render("{}", "pdf", lambda pages: True, **limits)

    assert time.monotonic() - began < 30


def test_a_child_is_ended_as_soon_as_it_is_not_wanted(monkeypatch):
    program(monkeypatch, "sleeps")
    answers = iter([True, True, False])

    with pytest.raises(away.Stopped):
        away.render("{}", "pdf", lambda pages: next(answers))


# --- what is long -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "times", "expected"), [("pdf", 1, False), ("pdf", 7, True), ("docx", 7, False), ("xlsx", 7, False)]
)
def test_only_the_pages_of_many_rows_take_long(kind, times, expected):
    table = unit_table()
    document = plain(annexes=(replace(table, rows=table.rows[:48] * times, total_rows=frozenset()),))

    assert rendering.is_long(document, kind) is expected


# --- asked for, made --------------------------------------------------------------------------------


def test_a_file_asked_for_is_made_from_the_text_of_that_moment(draft, editor):
    document = document_of(draft)

    made = ask(draft, editor)

    made.refresh_from_db()
    assert (made.state, bytes(made.content)) == (State.DONE, to_pdf(document))
    assert made.sha256 == issuing.hash_of(bytes(made.content))
    rows = AuditEntry.objects.filter(model="reports.rendering", object_id=made.pk).order_by("pk")
    assert [row.action for row in rows] == ["rendering.asked", "rendering.made"]


def test_the_same_file_is_not_made_twice(draft, editor, unworked):
    assert ask(draft, editor) == ask(draft, editor)
    assert Rendering.objects.count() == 1


def test_who_does_not_see_the_report_cannot_have_it_made(draft):
    stranger = make_user("stranger")

    with pytest.raises(ValidationError):
        ask(draft, stranger)
    assert not Rendering.objects.exists()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (away.TooLong(), "生成时间超过 5 分钟，已停止"),
        (away.Crashed(), "生成程序异常退出，没有生成文件"),
        (MissingGlyph("䶮"), "字体中没有这些字"),
    ],
)
def test_a_file_that_cannot_be_made_says_why(draft, editor, monkeypatch, error, told):
    def fail(*args):
        raise error

    monkeypatch.setattr(away, "render", fail)
    made = ask(draft, editor)

    assert made.state == State.FAILED
    assert made.problem.startswith(told)
    assert made.content is None
    assert AuditEntry.objects.filter(action="rendering.failed", object_id=made.pk).get().reason == made.problem


def test_cancelling_ends_the_child_and_leaves_no_file(draft, editor, unworked, monkeypatch):
    program(monkeypatch, "sleeps")
    made = ask(draft, editor)
    render = away.render

    def cancelled_meanwhile(source, kind, tell):
        def tell_and_cancel(pages):
            rendering.cancel(rendering=made, by=editor)
            return tell(pages)

        return render(source, kind, tell_and_cancel)

    monkeypatch.setattr(away, "render", cancelled_meanwhile)
    WORK.call(made.pk)

    made.refresh_from_db()
    assert (made.state, made.content) == (State.CANCELLED, None)
    with pytest.raises(ValidationError):
        rendering.cancel(rendering=made, by=editor)


def test_what_was_cancelled_before_it_began_is_not_made(draft, editor, unworked):
    made = ask(draft, editor)
    rendering.cancel(rendering=made, by=editor)

    WORK.call(made.pk)

    made.refresh_from_db()
    assert made.state == State.CANCELLED


def test_work_whose_worker_died_is_seen_and_asked_for_anew(draft, editor, unworked):
    made, now = ask(draft, editor), timezone.now()
    Rendering.objects.update(state=State.RUNNING, beat_at=now - timedelta(minutes=3))
    made.refresh_from_db()

    assert rendering.is_cut_off(made, now)
    assert ask(draft, editor) != made


def test_old_files_are_cleaned_away_and_the_young_stay(draft, editor, unworked):
    old = ask(draft, editor)
    Rendering.objects.update(asked_at=timezone.now() - timedelta(days=8))
    young, out = ask(draft, editor), StringIO()

    call_command("clean_renderings", stdout=out)

    assert list(Rendering.objects.all()) == [young]
    assert old.pk != young.pk
    assert "1 个" in out.getvalue()


# --- pages ------------------------------------------------------------------------------------------


def test_a_long_file_is_asked_for_and_fetched_from_its_own_page(draft, editor, client, settings):
    settings.RENDER_AT_ONCE = 0
    client.force_login(editor)
    start = client.get(reverse("reports:report_file", args=[draft.pk, "pdf"]))
    assert start.url == reverse("reports:rendering_create", args=[draft.pk, "pdf"])
    shown = client.get(start.url)
    assert "在后台生成大约需要" in shown.content.decode()

    asked = client.post(start.url, {"nonce": shown.context["nonce"]})
    made = Rendering.objects.get()
    assert asked.url == page("rendering", made)
    assert "文件已生成" in client.get(asked.url).content.decode()
    response = client.get(page("rendering_file", made))
    assert response.content == bytes(made.content)
    assert response["Content-Type"] == "application/pdf"


def test_progress_is_told_until_the_file_is_there(draft, editor, client, unworked):
    made = ask(draft, editor)
    client.force_login(editor)
    assert "排队中" in client.get(page("rendering_progress", made)).content.decode()
    Rendering.objects.update(state=State.RUNNING, pages=3, pages_expected=6, beat_at=timezone.now())
    told = client.get(page("rendering_progress", made)).content.decode()
    assert "已排 3 页，预计约 6 页" in told
    assert 'width="50"' in told
    assert client.get(page("rendering_file", made)).url == page("rendering", made)

    assert client.post(page("rendering", made)).url == page("rendering", made)
    assert client.get(page("rendering_progress", made))["HX-Refresh"] == "true"
    assert "已取消" in client.get(page("rendering", made)).content.decode()


def test_a_file_is_only_for_who_asked_for_it(draft, editor, client):
    made = ask(draft, editor)
    other = make_user("other", Role.EDITOR, draft.campaign.organiser)
    client.force_login(other)

    for name in ("rendering", "rendering_progress", "rendering_file"):
        assert client.get(page(name, made)).status_code == 404
    assert client.post(page("rendering", made)).status_code == 404


# --- the traditional edition ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "xlsx"])
def test_every_kind_of_file_is_offered_in_traditional_characters(draft, editor, client, kind):
    client.force_login(editor)
    menu = client.get(draft.get_absolute_url()).content.decode()
    address = reverse("reports:report_file", args=[draft.pk, kind]) + "?script=t"
    assert f'href="{address}"' in menu

    response = client.get(address)

    assert response.status_code == 200
    assert f"{draft.title}-{END.isoformat()}-繁体.{kind}" in unquote(response["Content-Disposition"])
    assert client.get(address.replace("=t", "=x")).status_code == 404


def test_an_issued_report_keeps_its_files_and_has_a_traditional_edition_of_what_was_frozen(draft, editor, client):
    issued = issuing.issue(report=draft, by=editor, today=END)
    client.force_login(editor)

    kept = client.get(reverse("reports:report_file", args=[issued.pk, "pdf"])).content
    traditional = client.get(reverse("reports:report_file", args=[issued.pk, "pdf"]) + "?script=t").content

    assert kept == bytes(issued.files.get(kind="pdf").content)
    assert traditional == to_pdf(to_traditional(document_of(issued)))
