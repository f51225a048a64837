"""The way of a bulletin: who hands in, who approves, what stops it, which number it gets."""

import json
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from reports import drafting, inbox, issuing, numbering, remarking, report_page, workflow
from reports.documents.content import from_json
from reports.models import Report, ReportKind
from tests.campaigns.drives import day
from tests.campaigns.test_races import errors, lock_off, meet, together
from tests.factories import make_user
from tests.reports.factories import approved, make_draft, make_editor, make_told_drive, write_sections
from units.models import AuditEntry, Role
from units.versions import Conflict

TODAY = date(2026, 10, 9)
WRONG = "招商信息14条，占目标任务20条的75%。"


def fresh(report):
    return Report.objects.get(pk=report.pk)


def trail(report):
    rows = AuditEntry.objects.filter(model="reports.report", object_id=report.pk).order_by("pk")
    return [(row.action.partition(".")[2], str(row.by), row.reason) for row in rows]


def test_way_from_draft_to_issue_leaves_one_row_of_the_trail_for_each_step(office, plain_files):
    drive, editor, leader = office
    draft = make_draft(drive, editor)
    handed = workflow.hand_in(report=draft, by=editor, today=TODAY, version=draft.version)
    assert (handed.status, handed.handed_in_by, handed.excuse) == ("review", editor, "")
    with pytest.raises(ValidationError, match="已送审，不能再改"):
        write_sections(draft, editor, 主要做法="改了。")
    with pytest.raises(ValidationError, match="还没有审核通过"):
        issuing.issue(report=handed, by=editor, today=TODAY)
    back = workflow.send_back(report=handed, by=leader, reason="第二部分太长")
    assert (back.status, back.handed_in_by) == ("draft", None)
    write_sections(back, editor, 主要做法="短了。")
    passed = approved(fresh(draft), editor, leader, TODAY)
    assert passed.approved_by == leader
    issued = issuing.issue(report=passed, by=editor, today=TODAY)
    assert issued.is_issued
    assert [row[0] for row in trail(issued)] == [
        "created", "submitted", "sent_back", "changed", "submitted", "approved", "numbered", "issued", "distributed",
    ]  # fmt: skip
    assert trail(issued)[2] == ("sent_back", "leader 科员", "第二部分太长")


def test_who_handed_in_does_not_approve_where_there_is_a_leader(office):
    drive, editor, leader = office
    handed = workflow.hand_in(report=make_draft(drive, editor), by=editor, today=TODAY)
    with pytest.raises(ValidationError, match="送审人不能审核"):
        workflow.approve(report=handed, by=editor)
    other = make_user("other", Role.EDITOR, drive.organiser)
    assert workflow.approve(report=handed, by=other).approved_by == other
    with pytest.raises(ValidationError, match="已审核通过"):
        workflow.approve(report=handed, by=leader)


def test_a_draft_nobody_approved_is_not_issued_where_there_is_a_leader(office):
    drive, editor, _leader = office
    draft = make_draft(drive, editor)
    with pytest.raises(ValidationError, match="请先送审"):
        issuing.issue(report=draft, by=editor, today=TODAY)
    assert fresh(draft).is_draft


def test_an_editor_without_a_leader_goes_on_alone(db, plain_files):
    drive = make_told_drive()
    editor = make_editor(drive)
    assert issuing.issue(report=make_draft(drive, editor), by=editor, today=TODAY).is_issued
    handed = workflow.hand_in(report=make_draft(drive, editor), by=editor, today=TODAY)
    assert workflow.approve(report=handed, by=editor).approved_by == editor


@pytest.mark.parametrize("role", [Role.CLERK, Role.VERIFIER])
def test_only_editors_and_leaders_of_the_organiser_decide(office, role):
    drive, editor, _leader = office
    handed = workflow.hand_in(report=make_draft(drive, editor), by=editor, today=TODAY)
    stored = Report.objects.filter(pk=handed.pk).values().get()
    for user in (make_user("other", role, drive.organiser), make_user("below", Role.LEADER, drive.units["甲镇"])):
        for write in (
            lambda user=user: workflow.approve(report=handed, by=user),
            lambda user=user: workflow.send_back(report=handed, by=user, reason="不行"),
            lambda user=user: workflow.lay_open(report=handed, by=user, today=TODAY),
        ):
            with pytest.raises(PermissionDenied):
                write()
    assert Report.objects.filter(pk=handed.pk).values().get() == stored


def test_leaders_see_drafts_and_what_was_handed_in(office):
    drive, editor, leader = office
    draft, handed = make_draft(drive, editor), make_draft(drive, editor)
    workflow.hand_in(report=handed, by=editor, today=TODAY)
    assert set(Report.objects.visible_to(leader)) == {draft, handed}
    assert set(Report.objects.visible_to(editor)) == {draft, handed}


def test_a_wrong_claim_stops_until_a_reason_is_given_which_is_kept(office, plain_files):
    drive, editor, leader = office
    draft = make_draft(drive, editor, measures=WRONG)
    with pytest.raises(ValidationError) as caught:
        workflow.hand_in(report=draft, by=editor, today=TODAY)
    assert caught.value.messages[0].startswith("校对有 1 处不符，请改正，或写明为什么仍这样写：")
    assert fresh(draft).is_draft
    handed = workflow.hand_in(report=draft, by=editor, today=TODAY, excuse="照录乡镇原文")
    assert handed.excuse == "照录乡镇原文"
    assert trail(handed)[-1] == ("submitted", "editor 科员", "照录乡镇原文")
    issued = issuing.issue(report=workflow.approve(report=handed, by=leader), by=editor, today=TODAY)
    assert issued.excuse == "照录乡镇原文"


def test_check_names_what_is_wrong_missing_and_to_be_looked_at(office):
    drive, editor, _leader = office
    found = workflow.check(make_draft(drive, editor, measures=f"{WRONG}\n云水镇完成招商信息14条。", plans=""), TODAY)
    assert (found.unwritten, [claim.stated for claim in found.wrong]) == (("下一步打算",), ["75"])
    assert [note.text for note in found.notes if note.kind == "name"] == ["云水镇"]
    missing = workflow.check(make_draft(drive, editor, as_of=day(8, 15)), TODAY)
    assert missing.missing == ("「到位资金」没有任何单位报数",)
    assert missing.stops == ["以下数字无法得出，不能印发：「到位资金」没有任何单位报数"]


@pytest.mark.parametrize("step", ["hand_in", "lay_open"])
def test_what_is_missing_or_unwritten_stops_each_step(db, step):
    drive = make_told_drive()
    editor = make_editor(drive)
    ReportKind.objects.update(objection_days=3)
    for draft in (make_draft(drive, editor, plans=""), make_draft(drive, editor, as_of=day(8, 15))):
        with pytest.raises(ValidationError, match="请先写好：下一步打算|「到位资金」没有任何单位报数"):
            getattr(workflow, step)(report=draft, by=editor, today=TODAY)
        assert fresh(draft).is_draft


def test_steps_work_on_the_version_that_was_shown(office):
    drive, editor, leader = office
    draft = make_draft(drive, editor)
    drafting.change_report(report=draft, by=editor, title="改了", version=draft.version)
    for version in (draft.version, 0, 99):
        with pytest.raises(Conflict):
            workflow.hand_in(report=fresh(draft), by=editor, today=TODAY, version=version)
    handed = workflow.hand_in(report=fresh(draft), by=editor, today=TODAY)
    with pytest.raises(Conflict):
        workflow.approve(report=handed, by=leader, version=1)


def test_sending_back_asks_for_words(office):
    drive, editor, leader = office
    handed = workflow.hand_in(report=make_draft(drive, editor), by=editor, today=TODAY)
    with pytest.raises(ValidationError) as caught:
        workflow.send_back(report=handed, by=leader, reason=" ")
    assert caught.value.message_dict == {"reason": ["请写明退回的意见"]}


# --- numbers ------------------------------------------------------------------------------------


def test_numbers_are_counted_by_kind_unit_and_year_and_gaps_are_named(db, plain_files):
    drive = make_told_drive()
    editor = make_editor(drive)

    def issue(today=TODAY, **facts):
        return issuing.issue(report=make_draft(drive, editor, **facts), by=editor, today=today).number

    assert [issue(), issue()] == ["2026年第1期", "2026年第2期"]
    assert issue(number="2026年第5期") == "2026年第5期"
    assert issue() == "2026年第6期"
    assert issue(today=date(2027, 1, 4)) == "2027年第1期"
    assert issue(issuer="示范区招商办") == "2026年第1期"
    kind = ReportKind.objects.get(code="campaign-summary")
    own = ReportKind.objects.create(code="own", name="专报", title_form="专报", number_form="〔{year}〕{n}号")
    for row in kind.sections.all():
        own.sections.create(**{name: getattr(row, name) for name in row.TOLD})
    assert issue(kind=own) == "〔2026〕1号"
    assert numbering.gaps(kind, "示范区", 2026) == ["2026年第3期", "2026年第4期"]
    with pytest.raises(ValidationError, match="2026 年已有 2026年第5期"):
        issue(number="2026年第5期")


def test_number_stands_in_what_is_frozen(db, plain_files):
    drive = make_told_drive()
    editor = make_editor(drive)
    issued = issuing.issue(report=make_draft(drive, editor), by=editor, today=TODAY)
    assert from_json(issued.frozen).number == "2026年第1期"


def test_a_draft_whose_files_fail_keeps_its_number(db, monkeypatch):
    drive = make_told_drive()
    editor = make_editor(drive)
    draft = make_draft(drive, editor)
    with monkeypatch.context() as patch:
        patch.setattr(issuing, "DOCUMENTS", {"html": (lambda document: 1 / 0, "")})
        with pytest.raises(ZeroDivisionError):
            issuing.issue(report=draft, by=editor, today=TODAY)
    assert (fresh(draft).status, fresh(draft).number) == ("draft", "2026年第1期")
    monkeypatch.setattr(issuing, "DOCUMENTS", {"html": (lambda document: b"x", "")})
    other = issuing.issue(report=make_draft(drive, editor), by=editor, today=TODAY)
    assert other.number == "2026年第2期"
    assert issuing.issue(report=fresh(draft), by=editor, today=TODAY).number == "2026年第1期"


def issue_twice(monkeypatch):
    """Issue two drafts at once, each having looked for its number before the other has written."""
    drive = make_told_drive()
    editor = make_editor(drive)
    first, second = make_draft(drive, editor), make_draft(drive, editor)
    barrier, real = Barrier(2), numbering.next_number

    def slow(*args):
        number = real(*args)
        meet(barrier)
        return number

    monkeypatch.setattr(numbering, "next_number", slow)
    return together(
        *(lambda report=each: issuing.issue(report=report, by=editor, today=TODAY) for each in (first, second))
    )


def test_two_issued_at_once_get_different_numbers(postgres, monkeypatch, plain_files):
    assert errors(issue_twice(monkeypatch)) == []
    assert set(Report.objects.values_list("number", flat=True)) == {"2026年第1期", "2026年第2期"}


def test_without_the_lock_only_the_database_keeps_the_number_from_being_used_twice(
    postgres, monkeypatch, plain_files
):
    rows = type(ReportKind.objects.all())
    with lock_off(monkeypatch, rows, "select_for_update", lambda rows, **kwargs: rows.all()):
        assert errors(issue_twice(monkeypatch)) == [IntegrityError]
    assert Report.objects.filter(number="2026年第1期").count() == 1


# --- pages --------------------------------------------------------------------------------------


def steps(report, user):
    return [step.label for step in report_page.steps(report, user, workflow.is_desk(user, report))]


def test_page_offers_each_person_what_may_be_done_now(office, plain_files):
    drive, editor, leader = office
    clerk = make_user("clerk", Role.CLERK, drive.units["甲镇"])
    report = make_draft(drive, editor)
    assert (steps(report, editor), steps(report, leader)) == (["撰写", "送审"], [])
    report = workflow.hand_in(report=report, by=editor, today=TODAY)
    assert (steps(report, editor), steps(report, leader)) == (["退回"], ["审核"])
    report = workflow.approve(report=report, by=leader)
    assert (steps(report, editor), steps(report, leader)) == (["退回", "印发"], ["退回"])
    report = issuing.issue(report=report, by=editor, today=TODAY)
    assert steps(report, editor) == ["分发与阅知", "隐名公开版", "修订"]
    assert (steps(report, leader), steps(report, clerk)) == (["分发与阅知", "隐名公开版"], [])


def test_pages_lead_from_draft_to_issue(client, office, plain_files):
    drive, editor, leader = office
    report = make_draft(drive, editor, measures=WRONG)
    base = report.get_absolute_url()
    client.force_login(editor)
    page = client.get(f"{base}hand-in/").content.decode()
    assert "仍这样写的理由" in page
    assert "75%" in page
    client.post(f"{base}hand-in/", {"version": report.version})
    assert fresh(report).is_draft  # no reason was given
    client.post(f"{base}hand-in/", {"version": report.version, "excuse": "照录"})
    assert (fresh(report).status, fresh(report).excuse) == ("review", "照录")
    assert client.get(f"{base}change/").status_code == 403
    assert client.get(f"{base}hand-in/").url == base
    page = client.get(f"{base}review/")
    assert page.context["form"].fields["decision"].choices == [("back", "退回修改")]

    client.force_login(leader)
    assert "照录" in client.get(base).content.decode()
    shown = client.get(f"{base}review/").context["form"].initial
    assert shown == {"version": fresh(report).version, "decision": "approve"}
    client.post(f"{base}review/", {**shown, "decision": "back", "reason": ""})
    assert fresh(report).status == "review"
    assert client.post(f"{base}review/", {**shown, "reason": ""}).url == base
    assert fresh(report).approved_by == leader
    assert client.get(f"{base}issue/").status_code == 403

    client.force_login(editor)
    assert "2026年第1期" in client.get(f"{base}issue/").content.decode()
    client.post(f"{base}issue/", {"version": fresh(report).version, "excuse": "照录"})
    assert fresh(report).is_issued


@pytest.mark.parametrize("version", ["", "abc", "9" * 40, "-1", "\x00"])
def test_nonsense_as_a_version_changes_nothing(client, office, version):
    drive, editor, _leader = office
    report = make_draft(drive, editor)
    client.force_login(editor)
    for name in ("hand-in", "open", "pin", "issue"):
        response = client.post(f"{report.get_absolute_url()}{name}/", {"version": version, "excuse": "\x00"})
        assert response.status_code == 302
    assert fresh(report).is_draft


def test_trail_keeps_no_frozen_text(office, plain_files):
    drive, editor, leader = office
    issued = issuing.issue(report=approved(make_draft(drive, editor), editor, leader, TODAY), by=editor, today=TODAY)
    (row,) = AuditEntry.objects.filter(action="report.issued")
    assert set(json.loads(row.changes)) == {"状态", "数据指纹", "成文日期", "印发人", "HTML", "PDF", "DOCX", "XLSX"}
    assert issued.frozen not in row.changes


def test_what_a_leader_remarks_is_news_to_the_editor(office):
    drive, editor, leader = office
    draft = make_draft(drive, editor)
    section = draft.sections.get(heading="下一步打算")
    remarking.remark(report=draft, section=section.pk, by=leader, text="写明牵头领导。")
    today = AuditEntry.objects.latest("at").at.date()
    told = {
        user: [each.text for _on, group in inbox.days(user, today, only_unread=True) for each in group]
        for user in (editor, leader)
    }
    assert (told[editor], told[leader]) == (["1 条稿件意见"], [])
