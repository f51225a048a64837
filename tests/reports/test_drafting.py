"""Drafts: texts saved side by side, outlines rearranged, versions, text carried over, remarks settled."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from reports import composing, draft_versions, drafting, issuing, remarking
from reports.draft_versions import Difference, differences, word_pieces
from reports.models import KindSection, Remark, Report, ReportKind, ReportSection, ReportVersion
from tests.campaigns.drives import day
from tests.factories import make_user
from tests.reports.factories import END, make_draft, make_editor, make_told_drive, write_sections
from units import versions
from units.models import AuditEntry, Role


@pytest.fixture
def drive(db):
    return make_told_drive()


@pytest.fixture
def editor(drive):
    return make_editor(drive)


@pytest.fixture
def other(drive):
    return make_user("other", Role.EDITOR, drive.organiser)


@pytest.fixture
def leader(drive):
    return make_user("leader", Role.LEADER, drive.organiser)


def number_of(report, heading):
    return report.sections.get(heading=heading).pk


def outline(report):
    return [(row.level, str(row)) for row in report.sections.all()]


def texts(report):
    return {row.heading: row.text for row in report.sections.all() if row.text}


# --- saved while typing -------------------------------------------------------------------------


def test_texts_are_cleaned_and_saved_and_the_version_counts_up(drive, editor):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    kept = drafting.save_texts(
        report=report,
        by=editor,
        version=1,
        texts={number: "　　领导\u200b带队。\r\n\uf06c 上门\u00a0对接。"},
        bases={number: "一抓到底。"},
    )
    assert (kept.version, texts(kept)["主要做法"]) == (2, "领导带队。\n上门 对接。")
    assert AuditEntry.objects.first().lines == [("主要做法", "一抓到底。", "领导带队。\n上门 对接。")]


def test_nothing_new_writes_nothing(drive, editor):
    report = make_draft(drive, editor)
    rows = AuditEntry.objects.count()
    number = number_of(report, "主要做法")
    kept = drafting.save_texts(
        report=report, by=editor, version=1, texts={number: "一抓到底。"}, bases={number: "一抓到底。"}
    )
    assert (kept.version, AuditEntry.objects.count()) == (1, rows)


def test_two_people_in_two_sections_are_no_conflict(drive, editor, other):
    report = make_draft(drive, editor)
    measures, plans = number_of(report, "主要做法"), number_of(report, "下一步打算")
    drafting.save_texts(
        report=report, by=other, version=1, texts={measures: "别人的"}, bases={measures: "一抓到底。"}
    )
    kept = drafting.save_texts(
        report=report, by=editor, version=1, texts={plans: "我的"}, bases={plans: "再接再厉。"}
    )
    assert (kept.version, texts(kept)) == (3, {"主要做法": "别人的", "下一步打算": "我的"})


def test_two_people_in_one_section_conflict_and_nothing_is_written(drive, editor, other):
    report = make_draft(drive, editor)
    measures, plans = number_of(report, "主要做法"), number_of(report, "下一步打算")
    drafting.save_texts(
        report=report, by=other, version=1, texts={measures: "别人的"}, bases={measures: "一抓到底。"}
    )
    with pytest.raises(versions.Conflict):
        drafting.save_texts(
            report=report,
            by=editor,
            version=1,
            texts={measures: "我的", plans: "也是我的"},
            bases={measures: "一抓到底。", plans: "再接再厉。"},
        )
    assert texts(report) == {"主要做法": "别人的", "下一步打算": "再接再厉。"}


def test_a_section_that_is_gone_is_a_conflict(drive, editor, other):
    report = make_draft(drive, editor)
    measures = number_of(report, "主要做法")
    drafting.change_report(report=report, by=other, order=f"remove:{measures}")
    with pytest.raises(versions.Conflict):
        drafting.save_texts(report=report, by=editor, version=1, texts={measures: "我的"}, bases={measures: "x"})


def test_a_section_that_is_too_long_is_refused(drive, editor):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    with pytest.raises(ValidationError, match="「主要做法」超过 20000 字"):
        drafting.save_texts(report=report, by=editor, version=1, texts={number: "长" * 20001}, bases={number: ""})


@pytest.mark.parametrize("role", [Role.LEADER, Role.CLERK, Role.VERIFIER])
def test_only_editors_write(drive, editor, role):
    report = make_draft(drive, editor)
    person = make_user("person", role, drive.organiser)
    number = number_of(report, "主要做法")
    for write in (
        lambda: drafting.save_texts(report=report, by=person, version=1, texts={number: "x"}, bases={}),
        lambda: drafting.change_report(report=report, by=person, order="add:"),
        lambda: drafting.restore_version(report=report, version_kept=report.versions.get(), by=person),
        lambda: drafting.keep_old_text(report=report, section=number, by=person),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert texts(report)["主要做法"] == "一抓到底。"


def test_the_trail_keeps_of_long_texts_what_changed():
    old, new = "头" * 150 + "甲" + "尾" * 150, "头" * 150 + "乙乙" + "尾" * 150
    assert drafting.trimmed(old, new) == ["…甲…", "…乙乙…"]
    assert drafting.trimmed("短", new) == ["短", new]
    assert drafting.trimmed("头" * 201, "头" * 202) == ["…", "…头"]


# --- the outline --------------------------------------------------------------------------------


def own_kind(*rows):
    kind = ReportKind.objects.create(code="own", name="自拟", title_form="自拟")
    KindSection.objects.bulk_create(
        KindSection(kind=kind, position=place, level=level, heading=heading, is_written=True)
        for place, (level, heading) in enumerate(rows, start=1)
    )
    return kind


@pytest.fixture
def laid(drive, editor):
    """Return a draft with the outline 甲(甲一, 甲二) 乙."""
    kind = own_kind((1, "甲"), (2, "甲一"), (2, "甲二"), (1, "乙"))
    return make_told_draft(drive, editor, kind)


def make_told_draft(drive, editor, kind):
    return drafting.create_report(campaign=drive.campaign, kind=kind, as_of=END, by=editor)


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        ("down:甲", [(1, "乙"), (1, "甲"), (2, "甲一"), (2, "甲二")]),
        ("up:乙", [(1, "乙"), (1, "甲"), (2, "甲一"), (2, "甲二")]),
        ("up:甲二", [(1, "甲"), (2, "甲二"), (2, "甲一"), (1, "乙")]),
        ("deeper:乙", [(1, "甲"), (2, "甲一"), (2, "甲二"), (2, "乙")]),
        ("shallower:甲二", [(1, "甲"), (2, "甲一"), (1, "甲二"), (1, "乙")]),
        ("deeper:甲", [(2, "甲"), (3, "甲一"), (3, "甲二"), (1, "乙")]),
        ("remove:甲一", [(1, "甲"), (2, "甲二"), (1, "乙")]),
        ("add:甲", [(1, "甲"), (2, "甲一"), (2, "甲二"), (1, "新的一节"), (1, "乙")]),
        ("add:甲一", [(1, "甲"), (2, "甲一"), (2, "新的一节"), (2, "甲二"), (1, "乙")]),
        ("add:", [(1, "甲"), (2, "甲一"), (2, "甲二"), (1, "乙"), (1, "新的一节")]),
    ],
)
def test_an_outline_obeys(laid, editor, order, rows):
    word, _colon, name = order.partition(":")
    number = number_of(laid, name) if name else ""
    kept = drafting.change_report(report=laid, by=editor, order=f"{word}:{number}")
    assert outline(kept) == rows
    assert [row.position for row in kept.sections.all()] == list(range(1, len(rows) + 1))
    assert AuditEntry.objects.first().action == "report.outlined"


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("up:甲", "已经是第一段"),
        ("down:乙", "已经是最后一段"),
        ("shallower:甲", "标题只有一至四级"),
        ("fly:甲", "不认识这项操作"),
        ("up", "不认识这项操作"),
        ("up:999999", "这一段已不在提纲中"),
        ("up:x", "不认识这项操作"),
    ],
)
def test_an_order_that_cannot_be_obeyed_is_refused(laid, editor, order, told):
    before = outline(laid)
    word, colon, name = order.partition(":")
    number = number_of(laid, name) if name in ("甲", "乙") else name
    with pytest.raises(ValidationError, match=told):
        drafting.change_report(report=laid, by=editor, order=f"{word}{colon}{number}")
    assert (outline(laid), Report.objects.get(pk=laid.pk).version) == (before, 1)


def test_headings_parts_and_duty_change_in_one_issue_only(laid, editor):
    number = number_of(laid, "乙")
    kept = drafting.change_report(
        report=laid, by=editor, settings={number: {"heading": "完成面", "part": "completion", "is_written": False}}
    )
    row = kept.sections.get(pk=number)
    assert (row.heading, row.part, row.is_written) == ("完成面", "completion", False)
    assert laid.kind.sections.last().heading == "乙"
    told = {label: (old, new) for label, old, new in AuditEntry.objects.first().lines}
    assert told == {
        "乙·标题": ("乙", "完成面"),
        "乙·系统起草": ("", "completion"),
        "乙·须撰写": ("是", "否"),
    }


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"part": "nothing"}, "不是系统能起草的内容"), ({"heading": ""}, "一段至少要有标题，或由系统起草")],
)
def test_a_section_that_could_say_nothing_is_refused(laid, editor, settings, told):
    with pytest.raises(ValidationError, match=told):
        drafting.change_report(report=laid, by=editor, settings={number_of(laid, "乙"): settings})


def test_sixty_rows_are_the_most(laid, editor):
    ReportSection.objects.bulk_create(
        ReportSection(report=laid, position=place, level=1, heading=f"节{place}") for place in range(5, 61)
    )
    with pytest.raises(ValidationError, match="提纲最多 60 段"):
        drafting.change_report(report=laid, by=editor, order="add:")


# --- versions -----------------------------------------------------------------------------------


def later(report, minutes):
    """Let the last version have begun some minutes ago."""
    last = report.versions.order_by("-pk").first()
    ReportVersion.objects.filter(pk=last.pk).update(began_at=timezone.now() - timedelta(minutes=minutes))


def test_saves_of_one_person_within_minutes_are_one_version(drive, editor, other):
    report = make_draft(drive, editor)
    write_sections(report, editor, 主要做法="一")
    write_sections(report, editor, 主要做法="二")
    assert report.versions.count() == 2  # the one it was made with, and what was written
    write_sections(report, other, 主要做法="三")
    assert report.versions.count() == 3
    later(report, 11)
    write_sections(report, other, 主要做法="四")
    assert report.versions.count() == 4
    assert [row.by.username for row in report.versions.for_list()] == ["other", "other", "editor", "editor"]


def test_a_draft_without_versions_keeps_what_it_was_before_it_is_changed(drive, editor):
    report = make_draft(drive, editor)
    report.versions.all().delete()
    write_sections(report, editor, 主要做法="二抓到底。")
    kept = [
        (row.told, [each["text"] for each in row.plain["sections"] if each["text"]]) for row in report.versions.all()
    ]
    assert kept == [("", ["二抓到底。", "再接再厉。"]), ("原稿", ["一抓到底。", "再接再厉。"])]


def test_an_older_version_comes_back_with_outline_and_facts_as_a_new_one(drive, editor):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    first = report.versions.get()
    drafting.change_report(report=report, by=editor, title="改过", texts={number: "改过。"})
    drafting.change_report(report=report, by=editor, order=f"remove:{number}")
    kept = drafting.restore_version(report=report, version_kept=first, by=editor)
    assert (kept.title, texts(kept)) == ("示范区百日会战总结", {"主要做法": "一抓到底。", "下一步打算": "再接再厉。"})
    assert outline(kept) == [(row["level"], row["heading"] or row["part"]) for row in first.plain["sections"]]
    told = [row.told.partition(" ")[0] for row in report.versions.for_list()]
    assert told == ["恢复", "", "新建"]
    assert AuditEntry.objects.first().action == "report.restored"


def test_a_section_that_still_stands_keeps_its_row_when_a_version_comes_back(drive, editor):
    report = make_draft(drive, editor)
    numbers = set(report.sections.values_list("pk", flat=True))
    first = report.versions.get()
    write_sections(report, editor, 主要做法="二")
    drafting.restore_version(report=report, version_kept=first, by=editor)
    assert set(report.sections.values_list("pk", flat=True)) == numbers


def test_two_texts_are_compared_by_word():
    assert word_pieces("签约16个，完成{到位资金}。", "签约18个，完成{到位资金}任务。") == (
        ("", "签约"),
        ("del", "16"),
        ("ins", "18"),
        ("", "个，完成{到位资金}"),
        ("ins", "任务"),
        ("", "。"),
    )


def test_versions_differ_in_facts_and_sections(drive, editor):
    report = make_draft(drive, editor)
    old = report.versions.get().plain
    number = number_of(report, "主要做法")
    drafting.change_report(report=report, by=editor, title="示范区总结", texts={number: "二抓到底。"})
    new = report.versions.order_by("-pk").first().plain
    assert differences(old, new) == [
        Difference("标题", (("", "示范区"), ("del", "百日会战"), ("", "总结"))),
        Difference("主要做法", (("del", "一"), ("ins", "二"), ("", "抓到底。"))),
    ]
    assert differences(new, new) == []
    drafting.change_report(report=report, by=editor, order=f"deeper:{number}")
    deeper = report.versions.order_by("-pk").first().plain
    assert differences(new, deeper) == [Difference("主要做法", (("ins", "#"), ("", "# 主要做法\n二抓到底。")))]


# --- carried over -------------------------------------------------------------------------------


def carried(drive, editor, **facts):
    make_draft(drive, editor, as_of=day(9, 20))
    kind = ReportKind.objects.get(code="campaign-summary")
    return drafting.create_report(
        campaign=drive.campaign, kind=kind, as_of=END, by=editor, carry=True, title="下一期", **facts
    )


def test_typed_text_is_carried_over_and_marked_until_it_is_touched_or_confirmed(drive, editor):
    report = carried(drive, editor)
    assert texts(report) == {"主要做法": "一抓到底。", "下一步打算": "再接再厉。"}
    assert drafting.stale(report.sections.all()) == ["主要做法", "下一步打算"]
    report = write_sections(report, editor, 主要做法="二抓到底。")
    assert drafting.stale(report.sections.all()) == ["下一步打算"]
    report = drafting.keep_old_text(report=report, section=number_of(report, "下一步打算"), by=editor)
    assert drafting.stale(report.sections.all()) == []
    assert AuditEntry.objects.first().lines == [("下一步打算", "旧稿", "确认沿用")]
    with pytest.raises(ValidationError, match="已不是旧稿"):
        drafting.keep_old_text(report=report, section=number_of(report, "下一步打算"), by=editor)


def test_stale_text_stops_the_issue_by_name_and_says_so_in_the_draft(drive, editor):
    report = carried(drive, editor)
    told = [getattr(block, "text", "") for block in composing.compose_report(report).document.blocks]
    assert told.count(composing.STALE) == 2
    with pytest.raises(ValidationError, match="沿用上期旧稿，请核对后修改或确认沿用：主要做法、下一步打算"):
        issuing.issue(report=report, by=editor, today=END)


def test_a_typed_section_of_another_outline_is_added(drive, editor):
    old = make_draft(drive, editor, as_of=day(9, 20))
    old = drafting.change_report(
        report=old, by=editor, settings={number_of(old, "主要做法"): {"heading": "特色做法"}}
    )
    kind = ReportKind.objects.get(code="campaign-summary")
    report = drafting.create_report(campaign=drive.campaign, kind=kind, as_of=END, by=editor, carry=True, title="新")
    rows = [(row.heading, row.text, row.is_stale) for row in report.sections.all() if row.text]
    assert rows == [("下一步打算", "再接再厉。", True), ("特色做法", "一抓到底。", True)]
    assert [row.is_annex for row in report.sections.all()][-1]


def test_without_an_issue_before_there_is_nothing_to_carry(drive, editor):
    kind = ReportKind.objects.get(code="monthly")
    report = drafting.create_report(campaign=drive.campaign, kind=kind, as_of=END, by=editor, carry=True)
    assert (texts(report), drafting.stale(report.sections.all())) == ({}, [])


# --- remarks ------------------------------------------------------------------------------------


def suggest(report, by, quote="一抓到底", replacement="抓出成效", **facts):
    return remarking.remark(
        report=report,
        section=number_of(report, "主要做法"),
        by=by,
        quote=quote,
        is_suggestion=True,
        replacement=replacement,
        **facts,
    )


def test_a_suggestion_is_accepted_under_the_version(drive, editor, leader):
    report = make_draft(drive, editor, measures="一抓到底，一抓到底。")
    made = suggest(report, leader, text="换个说法")
    with pytest.raises(versions.Conflict):
        remarking.accept(remark=made, by=editor, version=9)
    settled = remarking.accept(remark=made, by=editor, version=1)
    report.refresh_from_db()
    assert (texts(report)["主要做法"], report.version) == ("抓出成效，一抓到底。", 2)
    assert (settled.state, settled.settled_by) == (Remark.State.ACCEPTED, editor)
    assert AuditEntry.objects.first().lines == [("主要做法", "一抓到底", "抓出成效")]
    with pytest.raises(ValidationError, match="已经处理过"):
        remarking.decline(remark=made, by=editor)


def test_a_suggestion_on_words_that_are_gone_is_refused(drive, editor, leader):
    report = make_draft(drive, editor)
    made = suggest(report, leader)
    write_sections(report, editor, 主要做法="另写。")
    with pytest.raises(ValidationError, match="原文已经改动"):
        remarking.accept(remark=made, by=editor)
    assert remarking.decline(remark=made, by=editor).state == Remark.State.DECLINED


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"quote": "没有的字"}, "不在本节撰写的内容里"),
        ({"replacement": "一抓到底"}, "改后的文字与原文相同"),
        ({"quote": "", "replacement": "加在空处"}, "修改建议须写明要改的原文"),
    ],
)
def test_a_suggestion_that_changes_nothing_that_stands_there_is_refused(drive, editor, leader, facts, told):
    report = make_draft(drive, editor)
    with pytest.raises(ValidationError, match=told):
        suggest(report, leader, **facts)
    assert not Remark.objects.exists()


def test_a_comment_is_answered_and_resolved(drive, editor, leader):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    made = remarking.remark(report=report, section=number, by=leader, text="写具体些", quote="一抓到底")
    answered = remarking.answer(remark=made, text=" 好的 ", by=editor)
    assert (answered.text, answered.by) == ("好的", editor)
    assert remarking.resolve(remark=made, by=leader).state == Remark.State.RESOLVED
    actions = list(AuditEntry.objects.values_list("action", flat=True)[:3])
    assert actions == ["report.resolved", "report.answered", "report.remarked"]


def test_a_remark_outlives_its_section(drive, editor, leader):
    report = make_draft(drive, editor)
    made = suggest(report, leader)
    drafting.change_report(report=report, by=editor, order=f"remove:{made.section_id}")
    made.refresh_from_db()
    assert (made.section, made.heading) == (None, "主要做法")
    with pytest.raises(ValidationError, match="原文已经改动"):
        remarking.accept(remark=made, by=editor)


def test_who_may_say_and_settle(drive, editor, leader):
    report = make_draft(drive, editor)
    clerk = make_user("clerk", Role.CLERK, drive.organiser)
    below = make_user("below", Role.LEADER, drive.units["甲镇"])
    for person in (clerk, below):
        with pytest.raises(PermissionDenied):
            suggest(report, person)
    made = suggest(report, leader)
    for act in (remarking.accept, remarking.decline):
        with pytest.raises(PermissionDenied):
            act(remark=made, by=leader)
    second = remarking.remark(report=report, section=made.section_id, by=editor, text="自记")
    with pytest.raises(PermissionDenied):
        remarking.resolve(remark=second, by=leader)


@pytest.mark.parametrize(
    "call",
    [
        lambda report, by: drafting.save_texts(report=report, by=by, version=report.version, texts={}, bases={}),
        lambda report, by: drafting.restore_version(report=report, version_kept=report.versions.first(), by=by),
        lambda report, by: remarking.remark(report=report, section=report.sections.first().pk, by=by, text="晚了"),
    ],
)
def test_what_went_out_takes_no_more(drive, editor, call, monkeypatch):
    monkeypatch.setattr(issuing, "DOCUMENTS", {"pdf": (lambda document: b"file", "application/pdf")})
    report = issuing.issue(report=make_draft(drive, editor), by=editor, today=END)
    with pytest.raises(ValidationError, match="已印发"):
        call(report, editor)


def test_a_version_holds_the_whole_draft(drive, editor):
    report = make_draft(drive, editor)
    plain = draft_versions.keep(report, by=editor).plain
    assert plain["facts"]["as_of"] == "2026-09-30"
    assert [row["text"] for row in plain["sections"] if row["text"]] == ["一抓到底。", "再接再厉。"]
