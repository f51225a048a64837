"""Issuing: what went out is frozen, provable, and never changes again."""

import hashlib
import json
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections, transaction

from campaigns.models import Campaign, Indicator
from reports import composing, drafting, issuing
from reports.documents import DOCUMENTS, to_html, to_pdf
from reports.documents.content import from_json, to_json
from reports.models import Report
from tests.campaigns.drives import day
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_draft, make_editor, make_told_drive, write_sections
from units.models import AuditEntry, Role
from units.versions import Conflict

TODAY = date(2026, 10, 9)


@pytest.fixture
def told(db):
    """Return (drive, editor, draft)."""
    drive = make_told_drive()
    editor = make_editor(drive)
    return drive, editor, make_draft(drive, editor)


@pytest.fixture
def quick_files(monkeypatch):
    """Stand in for the files where a test asks about something else."""
    monkeypatch.setattr(
        issuing, "DOCUMENTS", {kind: (lambda document: b"file", type_) for kind, (_, type_) in DOCUMENTS.items()}
    )


def fresh(report):
    return Report.objects.get(pk=report.pk)


def text_of(document):
    return "".join(block.text for block in document.blocks)


def test_an_issued_report_keeps_figures_files_and_hash(told):
    drive, editor, draft = told
    issued = issuing.issue(report=draft, by=editor, today=TODAY, version=draft.version)
    kept = fresh(issued)
    assert (kept.status, kept.issued_on, kept.issued_by) == (Report.Status.ISSUED, TODAY, editor)
    assert kept.sha256 == hashlib.sha256(kept.frozen.encode()).hexdigest()
    document = from_json(kept.frozen)
    assert to_json(document) == kept.frozen
    assert (document.draft, document.date_text) == (False, "2026年10月9日")
    files = {file.kind: bytes(file.content) for file in kept.files.all()}
    assert list(files) == ["html", "pdf", "docx", "xlsx"]
    assert (files["html"], files["pdf"]) == (to_html(document), to_pdf(document))
    assert [file.sha256 for file in kept.files.all()] == [issuing.hash_of(content) for content in files.values()]
    entry = AuditEntry.objects.filter(action="report.issued").get()
    assert entry.by == editor
    changes = json.loads(entry.changes)
    assert changes["状态"] == ["草稿", "已印发"]
    assert changes["数据指纹"] == ["", kept.sha256]
    assert {kind: changes[kind.upper()] for kind in files} == {
        kind: ["", issuing.hash_of(content)] for kind, content in files.items()
    }
    # the text itself stands in the report
    assert set(changes) == {"状态", "数据指纹", "成文日期", "印发人", "HTML", "PDF", "DOCX", "XLSX"}


def test_later_changes_of_the_ledger_do_not_reach_an_issued_report(told, quick_files):
    drive, editor, draft = told
    issued = issuing.issue(report=draft, by=editor, today=TODAY)
    before = composing.document_of(issued)
    drive.read("招商信息", day(9, 25), 乙镇=10)
    drive.owe("招商信息", 示范区=1000)
    Campaign.objects.filter(pk=drive.campaign.pk).update(name="改了名")
    assert composing.document_of(fresh(issued)) == before
    again = make_draft(drive, editor)
    assert "招商信息24条，占目标任务1000条的2.4%" in "".join(
        block.text for block in composing.document_of(again).blocks
    )
    assert "招商信息14条，占目标任务20条的70%" in "".join(block.text for block in before.blocks)


def test_an_issued_report_is_never_changed_or_issued_again(told, quick_files):
    drive, editor, draft = told
    issued = issuing.issue(report=draft, by=editor, today=TODAY)
    stored = Report.objects.filter(pk=issued.pk).values().get()
    for write in (
        lambda: drafting.change_report(report=issued, by=editor, title="另一个标题"),
        lambda: issuing.issue(report=issued, by=editor, today=TODAY),
        lambda: issuing.issue(report=draft, by=editor, today=TODAY),  # a copy read before
    ):
        with pytest.raises(ValidationError, match="已印发"):
            write()
    assert Report.objects.filter(pk=issued.pk).values().get() == stored


@pytest.mark.parametrize(
    ("empty", "named"),
    [
        ({"measures": ""}, ["主要做法"]),
        ({"plans": " \n "}, ["下一步打算"]),
        ({"measures": "", "plans": ""}, ["主要做法", "下一步打算"]),
    ],
)
def test_an_empty_section_stops_the_issue_by_its_name(told, empty, named):
    drive, editor, _draft = told
    draft = make_draft(drive, editor, **empty)
    assert drafting.unwritten(draft.sections.all()) == named
    with pytest.raises(ValidationError) as caught:
        issuing.issue(report=draft, by=editor, today=TODAY)
    assert caught.value.messages == [f"请先写好：{'、'.join(named)}"]
    assert not fresh(draft).is_issued


def test_a_missing_figure_stops_the_issue_by_its_name(told):
    drive, editor, _draft = told
    draft = make_draft(drive, editor, as_of=day(8, 15))
    with pytest.raises(ValidationError, match="「到位资金」没有任何单位报数"):
        issuing.issue(report=draft, by=editor, today=TODAY)
    assert not fresh(draft).is_issued


def test_an_indicator_being_recounted_stops_the_issue(told):
    drive, editor, draft = told
    Indicator.objects.filter(name="新签项目").update(recounting=True)
    with pytest.raises(ValidationError, match="「新签项目」重算中"):
        issuing.issue(report=draft, by=editor, today=TODAY)


def test_a_character_without_glyph_stops_the_issue_and_is_named(told):
    drive, editor, draft = told
    draft = write_sections(draft, editor, 主要做法="抓落实\U000f1234")
    with pytest.raises(ValidationError) as caught:
        issuing.issue(report=draft, by=editor, today=TODAY)
    assert caught.value.messages[0].startswith("字体中没有这些字，无法排版：\U000f1234。")
    assert not fresh(draft).is_issued


def test_a_file_that_fails_leaves_a_draft(told, monkeypatch):
    drive, editor, draft = told

    def fail(document):
        raise RuntimeError("no paper")

    monkeypatch.setattr(issuing, "DOCUMENTS", {"html": (to_html, ""), "pdf": (fail, "")})
    with pytest.raises(RuntimeError):
        issuing.issue(report=draft, by=editor, today=TODAY)
    assert (fresh(draft).status, fresh(draft).frozen) == (Report.Status.DRAFT, "")


def test_what_was_changed_since_the_page_was_opened_stops_the_issue(told, quick_files):
    drive, editor, draft = told
    drafting.change_report(report=draft, by=editor, title="改过的标题", version=draft.version)
    with pytest.raises(Conflict):
        issuing.issue(report=fresh(draft), by=editor, today=TODAY, version=draft.version)
    with pytest.raises(Conflict):
        drafting.change_report(report=draft, by=editor, title="再改", version=draft.version)
    assert fresh(draft).title == "改过的标题"


def test_what_is_changed_during_the_rendering_stops_the_issue(told, monkeypatch):
    drive, editor, draft = told

    def render(document):
        drafting.change_report(report=draft, by=editor, title="排版时改的")
        return b"file"

    monkeypatch.setattr(issuing, "DOCUMENTS", {"html": (render, ""), "pdf": (lambda document: b"file", "")})
    with pytest.raises(Conflict):
        issuing.issue(report=draft, by=editor, today=TODAY, version=draft.version)
    assert (fresh(draft).status, fresh(draft).title) == (Report.Status.DRAFT, "排版时改的")


@pytest.mark.parametrize("as_of", [day(6, 30), day(10, 1)])
def test_a_day_outside_the_campaign_is_refused(told, as_of):
    drive, editor, draft = told
    with pytest.raises(ValidationError) as caught:
        make_draft(drive, editor, as_of=as_of)
    assert set(caught.value.message_dict) == {"as_of"}
    with pytest.raises(ValidationError) as caught:
        drafting.change_report(report=draft, by=editor, as_of=as_of)
    assert set(caught.value.message_dict) == {"as_of"}
    assert fresh(draft).as_of == END


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.VERIFIER])
def test_only_an_editor_of_the_organiser_writes(told, role):
    drive, editor, draft = told
    other = make_user("other", role, drive.organiser)
    below = make_user("below", Role.EDITOR, drive.units["甲镇"])
    for user in (other, below):
        for write in (
            lambda user=user: make_draft(drive, user),
            lambda user=user: drafting.change_report(report=draft, by=user, title="改"),
            lambda user=user: issuing.issue(report=draft, by=user, today=TODAY),
        ):
            with pytest.raises(PermissionDenied):
                write()
    assert Report.objects.values_list("title", "status").get() == (draft.title, Report.Status.DRAFT)


def test_who_sees_drafts_and_who_sees_issued_reports(told, quick_files):
    drive, editor, draft = told
    clerk = make_user("clerk", Role.CLERK, drive.units["甲镇"])
    below = make_user("below", Role.EDITOR, drive.units["甲镇"])
    stranger = make_user("stranger", Role.EDITOR, make_unit("外区"))
    issued = issuing.issue(report=make_draft(drive, editor), by=editor, today=TODAY)

    def seen(user):
        return set(Report.objects.visible_to(user).values_list("pk", flat=True))

    assert seen(editor) == {draft.pk, issued.pk}
    assert seen(clerk) == seen(below) == {issued.pk}
    assert seen(stranger) == set()
    assert set(Report.objects.editable_by(below)) == set()


def test_a_draft_draws_its_figures_anew(told):
    drive, editor, draft = told
    assert "招商信息14条" in text_of(composing.document_of(draft))
    drive.read("招商信息", day(9, 25), 乙镇=1)
    assert "招商信息15条" in text_of(composing.document_of(draft))


# --- one snapshot -------------------------------------------------------------------------------


def interrupted(monkeypatch, drive):
    """Let another connection post between the totals and the contracts of one reading; return what was read."""
    real, seen = composing.campaign_figures, {}

    def write_elsewhere():
        try:
            drive.read("招商信息", day(9, 25), 乙镇=100)
        finally:
            connections.close_all()

    def twice(campaign, as_of, **asked):
        first = real(campaign, as_of, **asked)
        thread = threading.Thread(target=write_elsewhere)
        thread.start()
        thread.join()
        seen["first"], seen["second"] = first, real(campaign, as_of, **asked)
        return seen["second"]

    monkeypatch.setattr(composing, "campaign_figures", twice)
    return seen


def leads(figures):
    """Return (the total, the unit's row of the annex): read by different queries."""
    row = next(row for row in figures.annex_rows if row.unit == "乙镇")
    return figures.indicators[0].done.text, row.cells[0][1]


def test_all_figures_are_read_in_one_snapshot(postgres, monkeypatch):
    drive = make_told_drive()
    draft = make_draft(drive, make_editor(drive))
    seen = interrupted(monkeypatch, drive)
    composing.read_figures(draft)
    assert leads(seen["first"]) == leads(seen["second"]) == ("14条", "0")
    monkeypatch.undo()
    assert leads(composing.read_figures(draft)) == ("114条", "100")


def test_without_the_snapshot_figures_would_disagree(postgres, monkeypatch):
    drive = make_told_drive()
    draft = make_draft(drive, make_editor(drive))
    seen = interrupted(monkeypatch, drive)
    with transaction.atomic():  # READ COMMITTED: each query sees what was committed before it
        composing.read_figures(draft)
    assert leads(seen["first"]) == ("14条", "0")
    assert leads(seen["second"]) == ("114条", "100")


def test_the_snapshot_does_not_write(postgres, monkeypatch):
    drive = make_told_drive()
    draft = make_draft(drive, make_editor(drive))

    def write(campaign, as_of, **asked):
        Report.objects.update(title="写")

    monkeypatch.setattr(composing, "campaign_figures", write)
    with pytest.raises(Exception, match="read-only transaction"):
        composing.read_figures(draft)
    assert not connection.in_atomic_block
