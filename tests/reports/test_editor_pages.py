"""The editor's pages: what they show, save, answer in JSON; versions and remarks; who may; what they cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import drafting, remarking
from reports.models import KindSection, Remark, Report, ReportKind
from tests.campaigns.drives import day
from tests.campaigns.factories import make_units, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_draft, make_editor, make_told_drive, write_sections
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    return make_told_drive()


@pytest.fixture
def editor(drive, client):
    user = make_editor(drive)
    client.force_login(user)
    return user


@pytest.fixture
def leader(drive):
    return make_user("leader", Role.LEADER, drive.organiser)


def said(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def number_of(report, heading):
    return report.sections.get(heading=heading).pk


def url(report, page="change"):
    return f"/reports/{report.pk}/{page}/"


def sent(report, **facts):
    """Return the fields of the editor as they were opened."""
    return {
        "title": report.title,
        "from_on": report.from_on.isoformat(),
        "as_of": report.as_of.isoformat(),
        "issuer": report.issuer,
        "version": report.version,
        **facts,
    }


def save(client, report, version, texts, bases):
    """Send what is typed as the script does."""
    fields = {f"section_{number}": text for number, text in texts.items()}
    fields |= {f"base_{number}": text for number, text in bases.items()}
    return client.post(url(report, "save"), {"version": version, **fields}).json()


# --- the page -----------------------------------------------------------------------------------


def test_the_editor_shows_the_outline_with_the_systems_numbers_and_what_it_drafts(client, editor, drive):
    report = make_draft(drive, editor)
    page = client.get(url(report))
    rows = [(view.number, view.name, bool(view.drafted), view.is_left_out) for view, _ in page.context["rows"]]
    assert rows == [
        ("", "开头：时间、范围、口径", True, False),
        ("一、", "主要成效", False, False),
        ("（一）", "总体完成情况", True, False),
        ("（二）", "任务完成面", True, False),
        ("二、", "主要做法", False, False),
        ("三、", "存在问题", True, False),
        ("四、", "下一步打算", False, False),
        ("", "表：各单位完成情况", True, False),
    ]
    text = page.content.decode()
    assert f"/campaigns/{drive.campaign.pk}/rows/?line={drive.lines['招商信息']}" in text
    assert text.count("<h1") == 2  # the page's, and the document's within the preview


def test_a_draft_without_figures_can_still_be_written(client, editor, drive):
    report = make_draft(drive, editor, as_of=day(8, 15))
    page = client.get(url(report))
    assert page.status_code == 200
    assert "「到位资金」没有任何单位报数" in said(page)
    assert "一抓到底。" in said(page)


def test_a_heading_without_content_says_that_it_is_not_printed(client, editor, drive):
    report = make_draft(drive, editor)
    drafting.change_report(report=report, by=editor, order="add:")
    view = next(view for view, _fields in client.get(url(report)).context["rows"] if view.name == "新的一节")
    assert (view.number, view.is_left_out) == ("", True)


def test_the_form_saves_without_scripts_and_leaves_what_was_not_sent(client, editor, drive):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    response = client.post(url(report), sent(report, **{f"section_{number}": "改写。", "stay": "1", "nonce": "n"}))
    assert response.url == url(report)
    texts = {row.heading: row.text for row in report.sections.all() if row.text}
    assert texts == {"主要做法": "改写。", "下一步打算": "再接再厉。"}
    assert [row.heading for row in report.sections.all()][4] == "主要做法"


def test_an_order_saves_what_is_typed_and_leads_to_the_section(client, editor, drive):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    fields = {
        f"section_{number}": "改写。",
        f"heading_{number}": "主要措施",
        f"part_{number}": "",
        "order": f"up:{number}",
    }
    response = client.post(url(report), sent(report, **fields))
    assert response.url == f"{url(report)}#section-{number}"
    row = report.sections.get(pk=number)
    assert (row.text, row.heading, row.is_written, row.position) == ("改写。", "主要措施", False, 2)


def test_an_order_that_cannot_be_obeyed_says_so_and_saves_nothing(client, editor, drive):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    page = client.post(url(report), sent(report, **{f"section_{number}": "改写。", "order": "fly:1"}))
    assert "不认识这项操作" in said(page)
    assert report.sections.get(pk=number).text == "一抓到底。"


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_is_answered(client, editor, drive, value):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    assert client.post(url(report), sent(report, order=value)).status_code in {200, 302}
    for field in ("version", f"section_{number}", f"base_{number}", f"section_{value[:50]}", "section_"):
        assert client.post(url(report, "save"), {"version": 1, field: value}).status_code == 200
    assert client.post(url(report, "restore"), {"restored": value, "version": value}).status_code in {302, 404}
    assert client.get(url(report, "versions"), {"old": value, "new": value}).status_code == 200
    for field in ("section", "quote", "text", "replacement", "is_suggestion", "back"):
        fields = {"section": number, "text": "意见", field: value}
        assert client.post(url(report, "remarks"), fields).status_code in {200, 302}
    assert client.get(url(report)).status_code == 200


# --- what the scripts ask for -------------------------------------------------------------------


def test_what_is_typed_is_saved_and_answered_with_all_texts(client, editor, drive):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    answer = save(client, report, 1, {number: "　二抓到底。"}, {number: "一抓到底。"})
    assert answer["version"] == 2
    assert answer["texts"][str(number)] == "二抓到底。"


def test_a_conflict_answers_both_texts(client, editor, drive):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    write_sections(report, editor, 主要做法="别人的")
    answer = save(client, report, 1, {number: "我的", 999999: "没处放"}, {number: "一抓到底。"})
    assert answer == {
        "conflicts": [
            {"section": number, "mine": "我的", "theirs": "别人的"},
            {"section": 999999, "mine": "没处放", "theirs": None},
        ]
    }


def test_a_text_that_is_too_long_is_told(client, editor, drive):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    assert save(client, report, 1, {number: "长" * 20001}, {number: ""}) == {
        "errors": ["「主要做法」超过 20000 字，请分成几段"]
    }


def test_figures_to_cite_are_found_by_name_pinyin_and_initials(client, editor, drive):
    report = make_draft(drive, editor)
    figures = {row["name"]: row for row in client.get(f"/reports/{report.pk}/figures.json").json()["figures"]}
    row = figures["招商信息·完成率"]
    assert (row["text"], row["of"], row["basis"]) == ("70%", "20条", "上报")
    assert [word in row["search"] for word in ("招商信息", "zhaoshangxinxi", "zsxxwcl")] == [True] * 3
    assert figures["甲镇·招商信息"]["text"] == "12条"


def test_figures_that_cannot_be_read_are_told(client, editor, drive):
    report = make_draft(drive, editor, as_of=day(8, 15))
    answer = client.get(f"/reports/{report.pk}/figures.json").json()
    assert answer["figures"] == []
    assert "「到位资金」没有任何单位报数" in answer["errors"][0]


def test_the_preview_names_what_is_missing_and_what_was_found_where(client, editor, drive):
    report = make_draft(drive, editor, measures="招商信息完成14条，占目标任务20条的60%。{没有的数}")
    page = client.get(url(report, "preview"))
    assert page.context["problems"] == ("文中引用的「没有的数」",)
    found = [(row.heading, row.word) for row in page.context["findings"]]
    assert found == [("主要做法", "不符")]
    assert f'href="#section-{number_of(report, "主要做法")}"' in page.content.decode()


# --- versions -----------------------------------------------------------------------------------


def test_versions_are_listed_compared_and_brought_back(client, editor, drive):
    report = make_draft(drive, editor)
    report = write_sections(report, editor, 主要做法="二抓到底。")
    page = client.get(url(report, "versions"))
    first = page.context["rows"][-1]
    assert (page.context["old"], page.context["new"]) == (first, page.context["rows"][0])
    assert "<del>一</del><ins>二</ins>抓到底。" in page.content.decode()
    stale = client.post(url(report, "restore"), {"restored": first.pk, "version": 1}, follow=True)
    assert "已被他人修改" in said(stale)
    response = client.post(url(report, "restore"), {"restored": first.pk, "version": 2})
    assert response.url == url(report)
    assert report.sections.get(heading="主要做法").text == "一抓到底。"


def test_a_version_of_another_draft_is_not_found(client, editor, drive):
    report, other = make_draft(drive, editor), make_draft(drive, editor)
    kept = other.versions.get()
    assert client.post(url(report, "restore"), {"restored": kept.pk, "version": 1}).status_code == 404


# --- a new issue --------------------------------------------------------------------------------


def test_a_new_issue_carries_over_when_asked_and_old_text_is_confirmed(client, editor, drive):
    old = make_draft(drive, editor, as_of=day(9, 20))
    fields = {"campaign": drive.campaign.pk, "kind": old.kind_id, "as_of": END, "issuer": "示范区", "carry": "on"}
    response = client.post("/reports/new/", fields)
    report = Report.objects.get(as_of=END)
    assert response.url == report.get_absolute_url()
    assert "还未核对：主要做法、下一步打算" in said(client.get(report.get_absolute_url()))
    page = client.get(url(report))
    assert page.context["stale"] == ["主要做法", "下一步打算"]
    assert "确认沿用" in said(page)
    number = number_of(report, "主要做法")
    client.post(url(report), sent(report, order=f"keep:{number}"))
    assert client.get(url(report)).context["stale"] == ["下一步打算"]


# --- remarks ------------------------------------------------------------------------------------


def test_a_leader_reads_a_draft_comments_and_suggests(client, editor, drive, leader):
    report = make_draft(drive, editor)
    client.force_login(leader)
    assert "意见" in said(client.get(report.get_absolute_url()))
    number = number_of(report, "主要做法")
    fields = {"section": number, "quote": "一抓到底", "is_suggestion": "on", "replacement": "常抓不懈"}
    response = client.post(url(report, "remarks"), fields)
    assert response.url == f"{url(report, 'remarks')}#remarks"
    made = Remark.objects.get()
    assert (made.by, made.quote, made.replacement) == (leader, "一抓到底", "常抓不懈")
    assert client.post(url(report, f"remarks/{made.pk}/settle"), {"decision": "accept"}).status_code == 403
    client.force_login(editor)
    assert "常抓不懈" in said(client.get(url(report)))
    response = client.post(url(report, f"remarks/{made.pk}/settle"), {"decision": "accept", "back": "editor"})
    assert response.url == f"{url(report)}#remarks"
    assert report.sections.get(pk=number).text == "常抓不懈。"


def test_a_remark_is_answered_and_settled_from_its_page(client, editor, drive, leader):
    report = make_draft(drive, editor)
    made = remarking.remark(report=report, section=number_of(report, "主要做法"), by=leader, text="写具体")
    client.post(url(report, f"remarks/{made.pk}/answer"), {"text": "好"})
    refused = client.post(url(report, f"remarks/{made.pk}/answer"), {"text": ""}, follow=True)
    assert refused.status_code == 200
    told = client.post(url(report, f"remarks/{made.pk}/settle"), {"decision": "x"}, follow=True)
    assert "请选择采纳、不采纳或办结" in said(told)
    client.post(url(report, f"remarks/{made.pk}/settle"), {"decision": "resolve"})
    made.refresh_from_db()
    assert (made.state, [row.text for row in made.answers.all()]) == (Remark.State.RESOLVED, ["好"])


def test_what_is_remarked_is_text_and_never_markup(client, editor, drive):
    report = make_draft(drive, editor, measures="<b>甲</b>")
    remarking.remark(
        report=report, section=number_of(report, "主要做法"), by=editor, text="<script>alert(1)</script>"
    )
    for page in ("change", "remarks"):
        text = client.get(url(report, page)).content.decode()
        assert "<script>alert" not in text
        assert "<b>甲" not in text


# --- who may ------------------------------------------------------------------------------------


def statuses(client, report, made):
    return {
        "read": client.get(report.get_absolute_url()).status_code,
        "write": client.get(url(report)).status_code,
        "save": client.post(url(report, "save"), {"version": 1}).status_code,
        "preview": client.get(url(report, "preview")).status_code,
        "figures": client.get(f"/reports/{report.pk}/figures.json").status_code,
        "versions": client.get(url(report, "versions")).status_code,
        "restore": client.post(url(report, "restore"), {"restored": 0}).status_code,
        "remarks": client.get(url(report, "remarks")).status_code,
        "settle": client.post(url(report, f"remarks/{made.pk}/settle"), {"decision": "accept"}).status_code,
    }


def test_a_leader_of_the_organiser_reads_a_draft_and_writes_nothing(client, editor, drive, leader):
    report = make_draft(drive, editor)
    made = remarking.remark(report=report, section=number_of(report, "主要做法"), by=leader, text="意见")
    client.force_login(leader)
    found = statuses(client, report, made)
    assert [name for name, status in found.items() if status == 200] == ["read", "versions", "remarks"]
    assert {status for name, status in found.items() if name not in ("read", "versions", "remarks")} <= {403, 302}
    assert Remark.objects.get().is_open
    assert list(Report.objects.visible_to(leader)) == [report]


def test_others_do_not_find_a_draft(client, editor, drive):
    report = make_draft(drive, editor)
    made = remarking.remark(report=report, section=number_of(report, "主要做法"), by=editor, text="意见")
    for person in (
        make_user("below", Role.LEADER, drive.units["甲镇"]),
        make_user("sub-editor", Role.EDITOR, drive.units["甲镇"]),
        make_user("stranger", Role.EDITOR, make_unit("外区")),
        make_user("clerk", Role.CLERK, drive.organiser),
    ):
        client.force_login(person)
        assert set(statuses(client, report, made).values()) <= {403, 404}
        assert not Report.objects.visible_to(person).exists()
    assert Remark.objects.get().is_open


def test_refused_saves_store_nothing_and_leave_one_row(client, editor, drive, leader):
    report = make_draft(drive, editor)
    number = number_of(report, "主要做法")
    client.force_login(leader)
    rows = AuditEntry.objects.count()
    client.post(url(report, "save"), {"version": 1, f"section_{number}": "领导写的"})
    assert AuditEntry.objects.count() == rows + 1
    assert report.sections.get(pk=number).text == "一抓到底。"


# --- what it costs ------------------------------------------------------------------------------


def cost(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_figures_to_cite_cost_the_same_with_three_units_and_with_forty(client, editor, drive):
    address = f"/reports/{make_draft(drive, editor).pk}/figures.json"
    client.get(address)
    few = cost(client, address)
    seat_many(drive.campaign, make_units(37, drive.organiser), group="部门")
    assert cost(client, address) == few <= 50  # every facet is read: any of its figures may be cited


def test_the_editor_costs_the_same_with_one_section_and_remark_and_with_thirty(client, editor, drive):
    kind = ReportKind.objects.create(code="own", name="自拟", title_form="自拟")
    KindSection.objects.create(kind=kind, position=1, level=1, heading="节1", part="totals")
    report = drafting.create_report(campaign=drive.campaign, kind=kind, as_of=END, by=editor)
    section = report.sections.get().pk
    made = remarking.remark(report=report, section=section, by=editor, text="意见")
    remarking.answer(remark=made, text="回复", by=editor)
    client.get(url(report))
    one = {page: cost(client, url(report, page)) for page in ("change", "remarks", "versions", "preview")}
    for _turn in range(29):
        report = drafting.change_report(report=report, by=editor, order="add:")
        made = remarking.remark(report=report, section=section, by=editor, text="意见")
        remarking.answer(remark=made, text="回复", by=editor)
        report.versions.create(
            by=editor, began_at=made.made_at, saved_at=made.made_at, content=report.versions.first().content
        )
    assert {page: cost(client, url(report, page)) for page in one} == one
