"""The editor of drafts: typed, cited, pasted, saved by itself; two people at once; remarks; outlines of kinds."""

import re

import pytest
from django.db import transaction

from campaigns.models import Campaign
from reports import drafting
from reports.models import Report, ReportKind
from tests.browser.people import DRIVE, PHONE
from units.models import User

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{color:red}</style></head><body>
<!--StartFragment--><h2 style='mso-outline-level:2'>（一）强化<span style='font-weight:bold'>调度</span></h2>
<p class=MsoNormal style='text-indent:32pt'><span style='color:#333'>全区上下</span><b>齐抓共管</b>，
成效初显。<o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp;</span></span>建立台账</p>
<table><tr><td><p>单位</p></td><td><p>数量</p></td></tr><tr><td><p>甲镇</p></td><td><p>3</p></td></tr></table>
<!--EndFragment--></body></html>"""
PASTED = "## 强化调度\n全区上下**齐抓共管**，成效初显。\n建立台账\n| 单位 | 数量 |\n| --- | --- |\n| 甲镇 | 3 |"


@pytest.fixture
def draft(site):
    """Return a draft of its own; it goes with the test."""
    with transaction.atomic():
        campaign = Campaign.objects.get(name=DRIVE)
        kind = ReportKind.objects.get(code="campaign-summary")
        made = drafting.create_report(
            campaign=campaign, kind=kind, as_of=campaign.ends_on, title="编辑器之试稿",
            by=User.objects.get(username="bianbao"),
        )  # fmt: skip
    yield made
    Report.objects.filter(pk=made.pk).delete()


def section(draft, heading):
    """Return the number of a section."""
    return draft.sections.get(heading=heading).pk


def box(visitor, number):
    """Return the field where a section is typed."""
    return visitor.page.locator(f"#id_section_{number}")


def text_of(draft, number):
    """Return what is kept of a section."""
    return draft.sections.get(pk=number).text


def saved(visitor):
    """Wait until everything typed is saved."""
    visitor.page.locator(".zs-head [data-saved]", has_text=re.compile("^已保存")).wait_for()


def open_draft(visitor, draft):
    """Open the editor."""
    visitor.page.goto(f"/reports/{draft.pk}/change/")


def test_what_is_typed_is_saved_by_itself_and_shows_in_the_preview(visit, draft):
    number = section(draft, "主要做法")
    editor = visit("bianbao")
    open_draft(editor, draft)
    box(editor, number).fill("领导带队出门招商。")
    saved(editor)
    assert text_of(draft, number) == "领导带队出门招商。"
    editor.page.locator(".zs-preview", has_text="领导带队出门招商").wait_for()
    assert editor.page.locator("#outline li", has_text="主要做法").locator("small").count() == 0
    editor.page.reload()
    assert box(editor, number).input_value() == "领导带队出门招商。"
    assert editor.page.locator(".zs-preview .is-sheet").count() >= 1


def test_a_figure_is_cited_by_a_brace_and_its_initials(visit, draft):
    number = section(draft, "主要做法")
    editor = visit("bianbao")
    open_draft(editor, draft)
    box(editor, number).click()
    editor.page.keyboard.type("共收集{zsxx")
    editor.page.locator("#zs-cites li[aria-selected=true]").wait_for()
    assert editor.page.locator("#zs-cites li").first.inner_text().split() == ["招商信息", "171条"]
    editor.page.keyboard.press("ArrowDown")
    editor.page.keyboard.press("ArrowUp")
    editor.page.keyboard.press("Enter")
    assert box(editor, number).input_value() == "共收集{招商信息}"
    editor.page.keyboard.type("，完成{招商信息·完成率")
    editor.page.locator("#zs-cites li", has_text="招商信息·完成率").first.click()
    editor.page.keyboard.type("，另有{没有的数}。")
    assert box(editor, number).input_value() == "共收集{招商信息}，完成{招商信息·完成率}，另有{没有的数}。"
    assert editor.page.locator(f"#section-{number} [data-unknown]").inner_text() == "没有这些数字：没有的数"
    saved(editor)
    editor.page.locator(".zs-preview", has_text="共收集171条，完成47.8%").wait_for()
    assert "文中引用的「没有的数」" in editor.page.locator("#side .zs-errors").inner_text()


def test_what_comes_from_word_is_cleaned(visit, draft):
    number = section(draft, "主要做法")
    editor = visit("bianbao")
    open_draft(editor, draft)
    box(editor, number).click()
    editor.page.evaluate(
        """([id, html]) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "x");
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.getElementById(id).dispatchEvent(event);
        }""",
        [f"id_section_{number}", WORD],
    )
    assert box(editor, number).input_value() == PASTED
    saved(editor)
    assert text_of(draft, number) == PASTED


def test_a_line_that_is_down_loses_nothing(visit, draft):
    number = section(draft, "主要做法")
    editor = visit("bianbao")
    open_draft(editor, draft)
    editor.context.set_offline(True)
    box(editor, number).fill("断线时写的。")
    editor.page.locator(".zs-head [data-saved]", has_text="线路不通").wait_for()
    assert text_of(draft, number) == ""
    editor.context.set_offline(False)
    saved(editor)
    assert text_of(draft, number) == "断线时写的。"


def test_what_was_not_saved_is_taken_up_when_the_page_is_opened_again(visit, draft):
    number = section(draft, "主要做法")
    editor = visit("bianbao")
    open_draft(editor, draft)
    editor.page.route("**/save/", lambda route: route.abort())
    box(editor, number).fill("没存上的。")
    editor.page.locator(".zs-head [data-saved]", has_text="线路不通").wait_for()
    editor.page.unroute("**/save/")
    editor.page.on("dialog", lambda dialog: dialog.accept())
    open_draft(editor, draft)
    saved(editor)
    assert box(editor, number).input_value() == "没存上的。"
    assert text_of(draft, number) == "没存上的。"


def test_two_editors_in_two_sections_do_not_disturb_each_other_and_in_one_see_both_texts(visit, draft):
    measures, plans = section(draft, "主要做法"), section(draft, "下一步打算")
    first, second = visit("bianbao"), visit("bianbao")
    open_draft(first, draft)
    open_draft(second, draft)
    box(first, measures).fill("甲写做法。")
    saved(first)
    box(second, plans).fill("乙写打算。")
    saved(second)
    assert box(second, measures).input_value() == "甲写做法。"
    box(first, plans).fill("甲也写打算。")
    clash = first.page.locator(f"#section-{plans} .zs-clash")
    clash.wait_for()
    assert clash.locator("pre").inner_text() == "乙写打算。"
    assert text_of(draft, plans) == "乙写打算。"
    clash.get_by_role("button", name="两段都留").click()
    saved(first)
    assert text_of(draft, plans) == "甲也写打算。\n乙写打算。"


def test_a_leader_suggests_words_and_the_editor_accepts_them(visit, draft):
    editor = User.objects.get(username="bianbao")
    number = section(draft, "主要做法")
    drafting.change_report(report=draft, by=editor, texts={number: "召开会议三次，效果明显。"})
    leader = visit("lingdao")
    leader.page.goto(f"/reports/{draft.pk}/")
    leader.follow("意见")
    leader.page.locator(f"#section-{number} .zs-written").evaluate(
        """(place) => {
            const range = document.createRange();
            range.setStart(place.firstChild, 0);
            range.setEnd(place.firstChild, 6);
            window.getSelection().removeAllRanges();
            window.getSelection().addRange(range);
            place.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
        }"""
    )
    assert leader.page.get_by_label("所引文字").input_value() == "召开会议三次"
    leader.page.get_by_label("建议改为下面的文字").check()
    leader.page.get_by_label("改为", exact=False).last.fill("召开推进会五次")
    leader.page.get_by_label("意见", exact=False).last.fill("请核对次数")
    leader.press("提出")
    assert leader.told() == "意见已提出"
    desk = visit("bianbao")
    open_draft(desk, draft)
    desk.press("采纳")
    assert desk.told() == "已采纳，文字已改"
    assert text_of(draft, number) == "召开推进会五次，效果明显。"


def test_an_outline_is_changed_in_one_issue_without_losing_what_is_typed(visit, draft):
    number = section(draft, "主要做法")
    editor = visit("bianbao")
    open_draft(editor, draft)
    box(editor, number).fill("还没保存的字。")
    part = editor.page.locator(f"#section-{number}")
    part.locator(".zs-part-set summary").click()
    part.get_by_label("标题").fill("主要措施")
    part.get_by_role("button", name="上移").click()
    editor.page.wait_for_url("**#section-*")
    editor.page.locator("#outline li a", has_text="一、主要措施").wait_for()
    assert box(editor, number).input_value() == "还没保存的字。"
    assert draft.sections.get(pk=number).position == 2


def test_the_editor_fits_a_phone(visit, draft):
    editor = visit("bianbao", **PHONE)
    open_draft(editor, draft)
    assert editor.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_the_outline_of_a_kind_is_edited_tried_and_put_back(visit):
    kind = ReportKind.objects.get(code="newsletter")
    first = kind.sections.exclude(heading="").first()
    editor = visit("bianbao")
    editor.page.goto(f"/report-kinds/{kind.pk}/")
    editor.page.locator("main").get_by_role("button", name="加一节").click()
    editor.page.locator(".zs-kind-rows", has_text="新的一节").wait_for()
    editor.page.locator(f"#row-{first.pk} summary").click()
    editor.page.locator(f"#row-{first.pk}").get_by_label("标题").fill("要闻")
    editor.page.locator(f"#row-{first.pk}").get_by_role("button", name="在后面加一段").click()
    editor.page.locator(f"#row-{first.pk}", has_text="要闻").wait_for()
    editor.page.get_by_role("button", name="试看").click()
    editor.page.locator("#tried article.zs-doc, #tried .zs-errors").first.wait_for()
    editor.page.get_by_role("button", name="还原").click()
    editor.page.get_by_role("button", name="确定").click()
    editor.page.get_by_text("已还原为原样").wait_for()
    kind.refresh_from_db()
    assert not kind.is_own
