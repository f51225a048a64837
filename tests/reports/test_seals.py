"""What was issued stays: the database refuses every change, and what gets around it is found."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone

from reports import issuing, objections, revising, seals, workflow
from reports.models import IssuedFile, Objection, Pin, Report, ReportKind
from tests.factories import make_unit, make_user
from tests.reports.factories import make_draft, make_editor, make_told_drive
from units.models import AuditEntry, Role

TODAY = date(2026, 10, 9)


@pytest.fixture
def issued(db):
    """An issued report with its four files."""
    drive = make_told_drive()
    editor = make_editor(drive)
    ReportKind.objects.update(objection_days=3)
    report = workflow.lay_open(report=make_draft(drive, editor), by=editor, today=date(2026, 10, 1))
    clerk = make_user("clerk", Role.CLERK, drive.units["甲镇"])
    objection = objections.file_objection(
        report=report, unit=drive.units["甲镇"], about="招商信息", wrong="少两条", by=clerk, today=date(2026, 10, 1)
    )
    objections.decide_objection(objection=objection, accepted=False, reason="重复", by=editor)
    return issuing.issue(report=report, by=editor, today=TODAY)


def rows(report):
    return Report.objects.filter(pk=report.pk)


def sql(statement, *parameters):
    """Write past all models."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def forged_file(report):
    return IssuedFile(report=report, kind="ofd", content=b"x", sha256="0" * 64)


def change(report, **facts):
    for name, value in facts.items():
        setattr(report, name, value)
    report.save()


WAYS = {
    "title by save": lambda r: change(r, title="改了"),
    "title by update": lambda r: rows(r).update(title="改了"),
    "title by sql": lambda r: sql("UPDATE reports_report SET title = 'x' WHERE id = %s", r.pk),
    "frozen by save": lambda r: change(r, frozen=r.frozen.replace("1", "2")),
    "frozen by update": lambda r: rows(r).update(frozen="{}"),
    "frozen by expression": lambda r: rows(r).update(frozen=Concat(F("frozen"), Value(" "))),
    "hash": lambda r: rows(r).update(sha256="0" * 64),
    "hash and frozen": lambda r: rows(r).update(frozen="{}", sha256=issuing.hash_of(b"{}")),
    "number": lambda r: rows(r).update(number="〔2026〕8号"),
    "day of figures": lambda r: rows(r).update(as_of=F("issued_on")),
    "basis": lambda r: rows(r).update(basis="recognised"),
    "issuer": lambda r: rows(r).update(issuer="别处"),
    "date of issue": lambda r: rows(r).update(issued_on=date(2026, 1, 1)),
    "who issued": lambda r: rows(r).update(issued_by=None),
    "a section more": lambda r: r.sections.create(position=99, heading="加一节"),
    "a section less": lambda r: r.sections.all()[0].delete(),
    "typed text": lambda r: r.sections.update(text="改了"),
    "campaign": lambda r: rows(r).update(campaign_id=F("campaign_id")),
    "back to a draft": lambda r: rows(r).update(status="draft", issued_on=None),
    "back to a draft by sql": lambda r: sql(
        "UPDATE reports_report SET status = 'draft', issued_on = NULL WHERE id = %s", r.pk
    ),
    "version": lambda r: rows(r).update(version=F("version") + 1),
    "another key": lambda r: sql("UPDATE reports_report SET id = id + 1000 WHERE id = %s", r.pk),
    "in bulk": lambda r: Report.objects.bulk_update([r], ["title"]),
    "deleted": lambda r: rows(r).delete(),
    "deleted raw": lambda r: rows(r)._raw_delete("default"),
    "deleted by sql": lambda r: sql("DELETE FROM reports_report WHERE id = %s", r.pk),
    "a file's bytes": lambda r: r.files.filter(kind="pdf").update(content=b"%PDF-1.7 forged"),
    "a file's bytes and hash": lambda r: r.files.filter(kind="html").update(
        content=b"x", sha256=issuing.hash_of(b"x")
    ),
    "a file's kind": lambda r: r.files.filter(kind="html").update(kind="htm"),
    "a file of another report": lambda r: r.files.update(report_id=F("report_id")),
    "a file deleted": lambda r: r.files.filter(kind="docx").delete(),
    "files deleted by sql": lambda r: sql("DELETE FROM reports_issuedfile"),
    "a file added": lambda r: forged_file(r).save(),
    "a file added in bulk": lambda r: IssuedFile.objects.bulk_create([forged_file(r)]),
    "pinned text": lambda r: r.pins.update(text="{}"),
    "pinned text and hash": lambda r: r.pins.update(text="{}", sha256=issuing.hash_of(b"{}")),
    "what a pin changed": lambda r: r.pins.update(change="没有变动"),
    "a pin less": lambda r: r.pins.all().delete(),
    "pins less by sql": lambda r: sql("DELETE FROM reports_pin"),
    "a pin more": lambda r: r.pins.create(text="{}", sha256="0", pinned_at=timezone.now(), pinned_by=r.issued_by),
    "what was objected": lambda r: r.objections.update(wrong="没有异议"),
    "what became of it": lambda r: r.objections.update(state="accepted"),
    "why it was refused": lambda r: sql("UPDATE reports_objection SET reason = 'x' WHERE report_id = %s", r.pk),
    "an objection less": lambda r: r.objections.all().delete(),
    "an objection moved": lambda r: r.objections.update(report_id=F("report_id")),
    "an objection more": lambda r: Objection.objects.bulk_create(
        [
            Objection(
                report=r,
                unit=r.campaign.organiser,
                about="x",
                wrong="x",
                filed_at=timezone.now(),
                filed_by=r.issued_by,
            )
        ]
    ),
    "a section's heading": lambda r: r.sections.update(heading="改了"),
    "sections in another order": lambda r: r.sections.update(position=F("position") + 1),
    "year of its number": lambda r: rows(r).update(number_year=1999),
    "what it revises": lambda r: rows(r).update(revision=1, revises_id=F("id")),
    "who approved": lambda r: rows(r).update(approved_by=r.issued_by),
    "why a claim stayed": lambda r: rows(r).update(excuse="没有理由"),
    "last day of objections": lambda r: rows(r).update(objections_until=date(2026, 1, 1)),
    "put in its place": lambda r: sql(
        "INSERT INTO reports_issuedfile (report_id, kind, content, sha256) SELECT report_id, 'xls', content, sha256"
        " FROM reports_issuedfile WHERE kind = 'xlsx'"
    ),
}


def kept(report):
    """Return all that belongs to an issue."""
    files = list(IssuedFile.objects.values_list("kind", "sha256"))
    return rows(report).values().get(), files, *(list(each.values()) for each in (
        Pin.objects.order_by("pk"), Objection.objects.order_by("pk").defer("file"), report.sections.order_by("pk")
    ))  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_database_refuses_to_change_what_was_issued(issued, way):
    before = kept(issued)
    with pytest.raises(DatabaseError, match="an issued report never changes|FOREIGN KEY|foreign key"):  # noqa: SIM117
        with transaction.atomic():
            way(Report.objects.get(pk=issued.pk))
    assert kept(issued) == before
    assert issuing.tampered(Report.objects.get(pk=issued.pk)) == []


def test_there_are_at_least_thirty_ways():
    assert len(WAYS) >= 30


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (lambda r: rows(r).update(frozen=r.frozen.replace("示范区", "別の區")), ["冻结的数据与其指纹不符"]),
        (
            lambda r: rows(r).update(frozen="{}", sha256=issuing.hash_of(b"{}")),
            ["数据指纹与印发时审计记录的不符"],
        ),
        (
            lambda r: r.files.filter(kind="pdf").update(content=b"x"),
            ["PDF 文件与其指纹不符"],
        ),
        (
            lambda r: r.files.filter(kind="pdf").update(content=b"x", sha256=issuing.hash_of(b"x")),
            ["PDF 文件不是印发时的那一份"],
        ),
        (lambda r: r.files.filter(kind="docx").delete(), ["缺少 DOCX 文件"]),
        (lambda r: forged_file(r).save(), ["OFD 文件与其指纹不符", "OFD 文件不是印发时的那一份"]),
        (lambda r: r.pins.update(text="{}"), ["公示稿与其指纹不符"]),
        (lambda r: rows(r).update(number="2026年第9期"), ["标题、文号或修订与冻结的数据不符"]),
        (lambda r: rows(r).update(title="别的标题"), ["标题、文号或修订与冻结的数据不符"]),
        (lambda r: rows(r).update(revision=1, revises_id=F("id")), ["标题、文号或修订与冻结的数据不符"]),
        (
            lambda r: r.pins.update(text="{}", sha256=issuing.hash_of(b"{}")),
            ["公示稿不是审计记录的那一份"],
        ),
        (lambda r: AuditEntry.objects.filter(action="report.issued").delete(), ["数据指纹与印发时审计记录的不符"]),
    ],
)
def test_what_gets_around_the_seals_is_found(issued, forge, told):
    seals.lift_seals()
    forge(issued)
    assert issuing.tampered(Report.objects.get(pk=issued.pk)) == told


def test_command_compares_every_issue_and_names_missing_seals(issued):
    out = io.StringIO()
    call_command("check_reports", stdout=out)
    assert out.getvalue() == "共核对 1 期，不符 0 处\n"
    seals.lift_seals()
    issued.files.filter(kind="xlsx").delete()
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("check_reports", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[-2:] == [
        f"{issued}（{issued.number or issued.pk}）：缺少 XLSX 文件",
        f"共核对 1 期，不符 {len(lines) - 1} 处",
    ]
    assert all(line.startswith("缺少触发器") for line in lines[:-2])


def test_revision_of_an_issue_is_written_as_any_draft(issued):
    draft = revising.start_revision(report=issued, by=issued.issued_by, reason="漏计")
    rows(draft).update(title="改了")
    draft.sections.update(text="改了")
    assert issuing.tampered(Report.objects.get(pk=issued.pk)) == []
    assert rows(draft).delete()[0] == 1 + draft.kind.sections.count()


def test_drafts_are_written_and_removed_as_before(db):
    drive = make_told_drive()
    draft = make_draft(drive, make_editor(drive))
    rows(draft).update(title="改了")
    assert rows(draft).delete()[1] == {
        "reports.Report": 1,
        "reports.ReportSection": draft.kind.sections.count(),
        "reports.ReportVersion": 1,
    }


# --- the page --------------------------------------------------------------------------------------------


def verify(client, **sent):
    return client.post("/reports/verify/", {"number": "", **sent})


def test_page_knows_each_file_that_went_out_and_no_other(client, issued):
    client.force_login(issued.issued_by)
    for kind in ("html", "pdf", "docx", "xlsx"):
        content = client.get(f"/reports/{issued.pk}/file/{kind}/").content
        page = verify(client, file=SimpleUploadedFile(f"收到的.{kind}", content))
        assert [(row[0], row[1], row[2]) for row in page.context["found"]] == [(issued, kind.upper(), [])]
        changed = verify(client, file=SimpleUploadedFile(f"改过的.{kind}", content + b" "))
        assert changed.context["found"] == []
        assert "不是印发过的文件" in changed.content.decode()


def test_page_finds_by_number_and_hash_what_the_user_may_see(client, issued):
    client.force_login(issued.issued_by)
    for asked in (issued.sha256, issued.files.get(kind="pdf").sha256.upper(), *filter(None, [issued.number])):
        assert [row[0] for row in verify(client, number=asked).context["found"]] == [issued]
    assert verify(client, number="〔1999〕1号").context["found"] == []
    assert "file" in verify(client).context["form"].errors
    client.force_login(make_user("stranger", Role.CLERK, make_unit("别的区")))
    assert verify(client, number=issued.sha256).context["found"] == []
