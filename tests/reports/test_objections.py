"""A bulletin laid open: its pinned text, the objections of units, what moved since, what keeps it back."""

import io
from datetime import date
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from campaigns.models import Holiday
from reports import composing, inbox, issuing, objections, workflow
from reports.documents.content import from_json
from reports.models import Objection, Pin, Report, ReportKind
from tests.campaigns.drives import day
from tests.factories import make_unit, make_user
from tests.reports.factories import approved, make_draft
from units.models import AuditEntry, Role

OPENED = date(2026, 10, 9)  # a Friday
LAST = date(2026, 10, 14)
AFTER = date(2026, 10, 15)
FACTS = {"about": "招商信息", "wrong": "9月28日的两条没有计入", "right": "14条"}


def picture(name="台账.png"):
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue())


@pytest.fixture
def told(office):
    """Return (drive, editor, leader, clerk of 甲镇, report that lies open)."""
    drive, editor, leader = office
    ReportKind.objects.update(objection_days=3)
    report = approved(make_draft(drive, editor), editor, leader, OPENED)
    report = workflow.lay_open(report=report, by=editor, today=OPENED)
    return drive, editor, leader, make_user("clerk", Role.CLERK, drive.units["甲镇"]), report


def said(report):
    return "".join(block.text for block in composing.document_of(report).blocks)


def fresh(report):
    return Report.objects.get(pk=report.pk)


def test_laying_open_pins_what_it_says_and_sets_the_last_day(told):
    drive, editor, _leader, _clerk, report = told
    assert (report.status, report.objections_until) == ("objection", LAST)
    pin = Pin.objects.get()
    assert (pin.report, pin.pinned_by, pin.change) == (report, editor, "")
    assert (pin.sha256, from_json(pin.text)) == (workflow.hash_of(pin.text.encode()), composing.document_of(report))
    drive.read("招商信息", day(9, 25), 乙镇=10)
    assert "招商信息14条" in said(report)
    live = composing.compose_report(report).document
    first = workflow.moved_since(report)[0]
    assert (first.where, first.old, first.new) == (
        "（一）总体完成情况", line(composing.document_of(report)), line(live)
    )  # fmt: skip


def line(document):
    return next(block.text for block in document.blocks if "招商信息" in getattr(block, "text", ""))


def test_last_day_is_counted_in_working_days(office):
    drive, editor, leader = office
    ReportKind.objects.update(objection_days=3)
    Holiday.objects.create(on=date(2026, 10, 10), works=True, name="调休")
    Holiday.objects.create(on=date(2026, 10, 12), works=False, name="放假")
    report = approved(make_draft(drive, editor), editor, leader, OPENED)
    assert workflow.lay_open(report=report, by=editor, today=OPENED).objections_until == LAST


def test_a_kind_without_objection_days_is_not_laid_open_and_one_with_is_not_issued_before(office):
    drive, editor, leader = office
    report = approved(make_draft(drive, editor), editor, leader, OPENED)
    with pytest.raises(ValidationError, match="不公示，直接印发"):
        workflow.lay_open(report=report, by=editor, today=OPENED)
    ReportKind.objects.update(objection_days=3)
    with pytest.raises(ValidationError, match="须先公示"):
        issuing.issue(report=fresh(report), by=editor, today=OPENED)


def test_units_of_the_roster_read_the_pinned_text_and_nothing_before(told):
    drive, editor, _leader, clerk, report = told
    draft = make_draft(drive, editor)
    stranger = make_user("stranger", Role.CLERK, make_unit("外区"))
    assert list(Report.objects.visible_to(clerk)) == [report]
    assert list(Report.objects.visible_to(stranger)) == []
    assert draft in Report.objects.visible_to(editor)


def test_a_unit_objects_on_its_own_row_with_a_file(told):
    _drive, editor, _leader, clerk, report = told
    (unit,) = objections.units_of(report, clerk)
    made = objections.file_objection(report=report, unit=unit, by=clerk, today=LAST, file=picture(), **FACTS)
    kept = Objection.objects.get()
    assert (kept.unit.name, kept.about, kept.wrong, kept.right, kept.state) == ("甲镇", *FACTS.values(), "open")
    assert (kept.file_name, kept.file_type) == ("台账.png", "image/png")
    assert bytes(kept.file)[:4] == b"\x89PNG"
    (row,) = AuditEntry.objects.filter(action="objection.created")
    assert (row.object_id, row.by) == (made.pk, clerk)
    assert [each.text for _on, each in digests(editor)] == ["1 件异议待处理"]


def digests(user):
    days = inbox.days(user, AuditEntry.objects.latest("at").at.date(), only_unread=True)
    return [(on, each) for on, group in days for each in group if each.kind.key in {"objected", "objections", "open"}]


@pytest.mark.parametrize("name", ["乙镇", "示范区"])
def test_nobody_objects_for_another_unit(told, name):
    drive, _editor, _leader, clerk, report = told
    with pytest.raises(PermissionDenied):
        objections.file_objection(report=report, unit=drive.unit(name), by=clerk, today=LAST, **FACTS)
    assert not Objection.objects.exists()


def test_an_objection_after_the_last_day_or_with_a_file_that_is_none_is_refused(told):
    drive, _editor, _leader, clerk, report = told
    facts = {"report": report, "unit": drive.units["甲镇"], "by": clerk, **FACTS}
    with pytest.raises(ValidationError, match="公示已于 2026-10-14 截止"):
        objections.file_objection(today=AFTER, **facts)
    for file in (SimpleUploadedFile("x.png", b"text"), SimpleUploadedFile("x.exe", b"MZ")):
        with pytest.raises(ValidationError):
            objections.file_objection(today=LAST, file=file, **facts)
    with pytest.raises(ValidationError) as caught:
        objections.file_objection(today=LAST, **{**facts, "about": " ", "wrong": ""})
    assert set(caught.value.message_dict) == {"about", "wrong"}
    assert not Objection.objects.exists()


def test_the_last_day_and_open_objections_keep_it_from_being_issued(told, plain_files):
    drive, editor, leader, clerk, report = told
    made = objections.file_objection(report=report, unit=drive.units["甲镇"], by=clerk, today=LAST, **FACTS)
    with pytest.raises(ValidationError) as caught:
        issuing.issue(report=report, by=editor, today=LAST)
    assert caught.value.messages == ["公示到 2026-10-14 截止", "还有 1 件异议没有处理"]
    with pytest.raises(ValidationError) as caught:
        issuing.issue(report=report, by=editor, today=AFTER)
    assert caught.value.messages == ["还有 1 件异议没有处理"]
    with pytest.raises(ValidationError, match="请写明理由"):
        objections.decide_objection(objection=made, accepted=True, reason=" ", by=leader)
    with pytest.raises(PermissionDenied):
        objections.decide_objection(objection=made, accepted=True, reason="是", by=clerk)
    decided = objections.decide_objection(objection=made, accepted=False, reason="与已登记的重复", by=leader)
    assert (decided.state, decided.decided_by, decided.reason) == ("refused", leader, "与已登记的重复")
    with pytest.raises(ValidationError, match="已经处理"):
        objections.decide_objection(objection=made, accepted=True, reason="改主意", by=editor)
    assert [each.text for _on, each in digests(clerk)] == ["1 期公示", "1 件异议有了结果"]
    issued = issuing.issue(report=report, by=editor, today=AFTER)
    assert said(issued).endswith("本期印发前公示3个工作日，收到异议1件，采纳0件，不予采纳1件。")


def test_issue_says_what_was_pinned_whatever_the_ledger_says_since(told, plain_files):
    drive, editor, _leader, _clerk, report = told
    pinned = said(report)
    drive.read("招商信息", day(9, 25), 乙镇=10)
    issued = issuing.issue(report=report, by=editor, today=AFTER)
    assert said(issued) == pinned + "本期印发前公示3个工作日，没有收到异议。"


def test_figures_read_anew_are_pinned_with_what_they_changed(told):
    drive, editor, _leader, clerk, report = told
    drive.read("招商信息", day(9, 25), 乙镇=10)
    changed = workflow.moved_since(report)
    with pytest.raises(PermissionDenied):
        workflow.pin_anew(report=report, by=clerk)
    again = workflow.pin_anew(report=report, by=editor)
    first, second = Pin.objects.order_by("pk")
    assert "招商信息24条，为目标任务20条的120%" in said(again)
    assert second.change == "\n".join(map(str, changed))
    assert any(text.startswith("附件") or "乙镇" in text for text in second.change.splitlines())
    assert again.objections_until == LAST
    assert workflow.moved_since(again) == []
    row = AuditEntry.objects.get(action="report.pinned")
    told_hashes = next(pair for label, *pair in row.lines if label == "公示稿指纹")
    assert told_hashes == [first.sha256, second.sha256]


def test_what_was_sent_back_is_a_draft_again_and_goes_the_whole_way(told):
    _drive, editor, leader, _clerk, report = told
    back = workflow.send_back(report=report, by=leader, reason="重写第二部分")
    assert (back.status, back.objections_until, back.approved_by) == ("draft", None, None)
    assert Pin.objects.count() == 1
    again = workflow.lay_open(report=approved(back, editor, leader, AFTER), by=editor, today=AFTER)
    assert Pin.objects.count() == 2
    assert again.pinned == Pin.objects.latest("pk")


def test_pages_show_each_unit_its_own_open_objections(client, told):
    drive, editor, _leader, clerk, report = told
    other = make_user("other", Role.CLERK, drive.units["乙镇"])
    base = report.get_absolute_url()
    client.force_login(clerk)
    page = client.get(base).content.decode()
    assert "提出异议" in page
    assert "重新取数" not in page
    form = client.get(f"{base}objections/new/").context["form"]
    assert [str(unit) for unit in form.fields["unit"].queryset] == ["甲镇"]
    sent = {**FACTS, "unit": drive.units["甲镇"].pk, "file": picture()}
    with mock.patch("reports.views.objections.timezone.localdate", return_value=LAST):
        response = client.post(f"{base}objections/new/", sent)
    objection = Objection.objects.get()
    assert response.url == f"{base}#objection-{objection.pk}"
    assert "9月28日的两条没有计入" in client.get(base).content.decode()
    file = client.get(f"/objections/{objection.pk}/file/")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/objections/{objection.pk}/decide/").status_code == 403

    client.force_login(other)
    page = client.get(base).content.decode()
    assert "9月28日的两条没有计入" not in page
    assert "另有其他单位的 1 件待处理" in page
    assert client.get(f"/objections/{objection.pk}/file/").status_code == 404

    client.force_login(editor)
    assert client.get(f"/objections/{objection.pk}/decide/").status_code == 200
    client.post(f"/objections/{objection.pk}/decide/", {"decision": "accepted", "reason": "已补录"})
    objection.refresh_from_db()
    assert (objection.state, objection.decided_by) == ("accepted", editor)
    assert client.get(f"/objections/{objection.pk}/decide/").status_code == 403
    client.force_login(other)
    assert "已补录" in client.get(base).content.decode()  # what was decided is for everybody


def test_page_costs_the_same_with_one_objection_and_with_thirty(client, told):
    drive, editor, _leader, clerk, report = told
    client.force_login(editor)
    costs = []
    for number in (1, 29):
        for _time in range(number):
            objections.file_objection(report=report, unit=drive.units["甲镇"], by=clerk, today=LAST, **FACTS)
        client.get(report.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(report.get_absolute_url())
        costs.append(len(queries))
    assert costs[0] == costs[1]
