"""A correction of what was issued: same number, its own way, a difference line by line, the older one unchanged."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reports import composing, issuing, revising
from reports.differing import Change, Move, differences, moves
from reports.documents.content import Document, Heading, Paragraph, Place, Span, Table, from_json
from reports.models import Report
from tests.campaigns.drives import day
from tests.factories import make_user
from tests.reports.factories import approved, make_draft, write_sections
from units.models import Role

TODAY = date(2026, 10, 9)
LATER = date(2026, 10, 20)


@pytest.fixture
def issued(office, plain_files):
    """Return (drive, editor, leader, issue)."""
    drive, editor, leader = office
    draft = approved(make_draft(drive, editor), editor, leader, TODAY)
    return drive, editor, leader, issuing.issue(report=draft, by=editor, today=TODAY)


def fresh(report):
    return Report.objects.get(pk=report.pk)


def revise(issued, editor, leader, **texts):
    """Issue a revision with other texts."""
    draft = revising.start_revision(report=issued, by=editor, reason="漏计")
    write_sections(draft, editor, **texts)
    return issuing.issue(report=approved(fresh(draft), editor, leader, LATER), by=editor, today=LATER)


def test_revision_starts_with_the_texts_and_goes_out_under_the_same_number(issued):
    drive, editor, leader, old = issued
    stored = Report.objects.filter(pk=old.pk).values().get()
    draft = revising.start_revision(report=old, by=editor, reason="漏计一笔")
    assert (draft.revises, draft.revision, draft.status, draft.number) == (old, 1, "draft", "2026年第1期")
    assert list(draft.sections.values_list("heading", "text")) == list(old.sections.values_list("heading", "text"))
    assert not fresh(old).is_revised
    new = issuing.issue(report=approved(draft, editor, leader, LATER), by=editor, today=LATER)
    assert (new.number, new.full_number) == ("2026年第1期", "2026年第1期（修订1）")
    assert from_json(new.frozen).number == "2026年第1期（修订1）"
    assert fresh(old).is_revised
    assert Report.objects.filter(pk=old.pk).values().get() == stored
    assert issuing.tampered(fresh(old)) == []
    again = revise(new, editor, leader, 主要做法="再改。")
    assert again.full_number == "2026年第1期（修订2）"
    other = issuing.issue(report=approved(make_draft(drive, editor), editor, leader, LATER), by=editor, today=LATER)
    assert other.number == "2026年第2期"


def test_revision_of_the_year_before_keeps_its_year(issued):
    _drive, editor, leader, old = issued
    draft = approved(revising.start_revision(report=old, by=editor, reason="漏计"), editor, leader, LATER)
    new = issuing.issue(report=draft, by=editor, today=date(2027, 2, 1))
    assert (new.number, new.number_year) == ("2026年第1期", 2026)


def test_only_what_was_issued_is_revised_once_with_a_reason_by_an_editor(issued):
    drive, editor, leader, old = issued
    with pytest.raises(PermissionDenied):
        revising.start_revision(report=old, by=leader, reason="错")
    with pytest.raises(ValidationError, match="请写明为什么修订"):
        revising.start_revision(report=old, by=editor, reason=" ")
    draft = revising.start_revision(report=old, by=editor, reason="错")
    for report, told in ((old, "已有修订"), (draft, "没有印发的期次直接改")):
        with pytest.raises(ValidationError, match=told):
            revising.start_revision(report=report, by=editor, reason="错")


def test_moves_count_from_the_revision_and_not_from_what_it_revised(issued):
    drive, editor, leader, _old = issued
    draft = make_draft(drive, editor, as_of=day(9, 29), title="前一期")
    before = issuing.issue(report=approved(draft, editor, leader, TODAY), by=editor, today=TODAY)
    report = make_draft(drive, editor)
    assert composing.previous_issue(report).title == "前一期"
    drive.read("招商信息", day(9, 28), 乙镇=40)
    revised = revise(before, editor, leader, 主要做法="改了。")
    previous = composing.previous_issue(report)
    assert previous.places == from_json(revised.frozen).places != from_json(before.frozen).places


def test_revision_of_the_same_day_is_no_issue_before(issued):
    _drive, editor, _leader, old = issued
    assert composing.previous_issue(revising.start_revision(report=old, by=editor, reason="错")) is None


def test_pages_say_everywhere_that_it_was_revised(client, issued):
    drive, editor, leader, old = issued
    new = revise(old, editor, leader, 主要做法="换了做法。")
    client.force_login(make_user("clerk", Role.CLERK, drive.units["甲镇"]))
    page = client.get(old.get_absolute_url()).content.decode()
    assert "已被修订" in page
    assert new.get_absolute_url() in page
    assert "已印发 · 已被修订" in client.get("/reports/").content.decode()
    for asked, found in (("2026年第1期", [old, new]), ("2026年第1期（修订1）", [new]), (old.sha256, [old])):
        response = client.post("/reports/verify/", {"number": asked})
        assert [row[0] for row in response.context["found"]] == found
    shown = client.get(f"{new.get_absolute_url()}difference/").context
    assert shown["changes"] == [Change("二、主要做法", "一抓到底。", "换了做法。")]
    assert shown["moved"] == []
    assert client.get(f"{old.get_absolute_url()}difference/").context["changes"] == []


def test_page_of_a_revision_is_for_editors_and_its_draft_too(client, issued):
    drive, editor, _leader, old = issued
    client.force_login(make_user("clerk", Role.CLERK, drive.units["甲镇"]))
    assert client.get(f"{old.get_absolute_url()}revise/").status_code == 403
    client.force_login(editor)
    nonce = client.get(f"{old.get_absolute_url()}revise/").context["nonce"]
    response = client.post(f"{old.get_absolute_url()}revise/", {"reason": "漏计", "nonce": nonce})
    draft = Report.objects.get(revises=old)
    assert response.url == draft.get_absolute_url()
    drive.read("招商信息", day(9, 25), 乙镇=10)
    shown = client.get(f"{draft.get_absolute_url()}difference/").context
    assert any("招商信息24条" in change.new for change in shown["changes"])
    assert [move.unit for move in shown["moved"]] == [move.unit for move in moves(
        composing.document_of(fresh(old)), composing.compose_report(draft).document
    )]  # fmt: skip


# --- two documents ------------------------------------------------------------------------------


def document(*blocks, annexes=(), places=()):
    return Document(
        title="通报", issuer="示范区", mark="", number="", addressee="", blocks=blocks, annexes=tuple(annexes),
        date_text="", draft=False, places=tuple(places),
    )  # fmt: skip


def lines(*texts):
    return [Heading(1, text) if text.startswith("一、") else Paragraph((Span(text),)) for text in texts]


def table(*rows, heads=("位次", "单位", "完成")):
    return Table("总表", heads, rows, tuple(head in ("位次", "完成") for head in heads))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ((), (), []),
        (("甲。",), ("甲。", "乙。"), [Change("正文", "", "乙。")]),
        (("一、成效", "甲。", "乙。"), ("一、成效", "乙。"), [Change("一、成效", "甲。", "")]),
        (("一、成效", "完成14条。"), ("一、成效", "完成24条。"), [Change("一、成效", "完成14条。", "完成24条。")]),
        (("一、成效", "甲。"), ("一、做法", "甲。"), [Change("一、做法", "一、成效", "一、做法")]),
    ],
)
def test_lines_that_differ_are_named_by_their_heading(old, new, told):
    assert differences(document(*lines(*old)), document(*lines(*new))) == told


def test_cells_that_differ_are_named_by_row_and_head():
    old = document(annexes=[table(("1", "甲镇", "3"), ("2", "乙镇", "2"))])
    new = document(annexes=[table(("1", "甲镇", "4"), ("2", "丙镇", "2"))])
    assert differences(old, new) == [
        Change("总表 · 甲镇 · 完成", "3", "4"),
        Change("总表 · 乙镇", "2　乙镇　2", ""),
        Change("总表 · 丙镇", "", "2　丙镇　2"),
    ]
    other = Table("总表", ("位次", "单位", "目标"), (("1", "甲镇", "3"),), (True, False, True))
    assert differences(old, document(annexes=[other])) == [Change("总表", "位次、单位、完成", "位次、单位、目标")]
    assert differences(old, document()) == [Change("总表", "有此表", "")]
    twice = document(annexes=[table(("1", "甲镇", "3"), ("2", "甲镇", "5"))])
    assert differences(document(annexes=[table(("1", "甲镇", "3"), ("2", "甲镇", "2"))]), twice) == [
        Change("总表 · 甲镇（2） · 完成", "2", "5")
    ]


def test_pieces_join_to_both_lines():
    change = Change("正文", "完成14条，占目标20条的70%", "完成24条，为目标20条的120%")
    assert "".join(text for kind, text in change.pieces if kind != "ins") == change.old
    assert "".join(text for kind, text in change.pieces if kind != "del") == change.new


def test_moves_name_who_stands_elsewhere():
    def place(unit_id, rank):
        return Place(unit_id, f"{unit_id}镇", "乡镇", rank, False, "60")

    old = document(places=[place(1, 1), place(2, 2), place(3, 0)])
    new = document(places=[place(2, 1), place(1, 2), place(3, 3), place(4, 0)])
    assert moves(old, new) == [Move("2镇", "乡镇", 2, 1), Move("1镇", "乡镇", 1, 2), Move("3镇", "乡镇", 0, 3)]
    assert [move.steps for move in moves(old, new)] == [1, -1, 0]
