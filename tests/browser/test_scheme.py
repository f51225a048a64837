"""An editor writes rules in the browser, tries them on, puts them in force; the score explains itself and prints."""

import re
from datetime import date

from campaigns.models import Campaign, Scheme
from tests.browser.people import CONTEST, DRIVE, PHONE

POINTS = ("5", "6", "4", "5", "12", "8", "5", "0")  # that a unit gives itself, clause by clause


def add_row(editor, method, **fields):
    """Add a row by a method chosen from the list; fields by the name of their input."""
    page = editor.page
    page.get_by_role("link", name="添加条款").first.click()
    page.get_by_role("link", name=method, exact=True).click()
    for name, value in fields.items():
        found = page.locator(f"#id_{name}")
        if found.evaluate("field => field.tagName") == "SELECT":
            found.select_option(label=value)
        else:
            found.fill(value)
    editor.press("保存")


def told(page):
    """Return the text of the page without white space."""
    return re.sub(r"\s+", "", page.locator("main").inner_text())


def test_editor_writes_tries_and_enforces_rules_and_the_score_explains_itself(visit):
    contest, drive = (Campaign.objects.get(name=name) for name in (CONTEST, DRIVE))
    editor = visit("bianbao")
    page = editor.page
    page.goto(f"/campaigns/{contest.pk}/schemes/")
    page.get_by_role("link", name="新建一版").click()
    page.locator("#id_name").fill("试行办法")
    page.locator("#id_copy_of").select_option("")
    page.locator("#id_grades").fill("80，优秀\n0，一般")
    editor.press("保存")

    add_row(
        editor, "按比例（封顶保底）", code="1", label="招商信息", reads="完成率", indicator="招商信息", p_full="60",
        clause="完成任务得 60 分，不足按比例。",
    )  # fmt: skip
    add_row(
        editor, "分档得分", code="2", label="走访企业", reads="完成率", indicator="外出走访企业",
        p_rows="100%，40\n50%，20", clause="完成得 40 分，过半得 20 分。",
    )  # fmt: skip
    assert "分档：不低于100%，得分40；不低于50%，得分20" in told(page)

    # a limit that is no number is refused beside its field
    page.get_by_role("link", name="修改", exact=True).first.click()
    page.locator("#id_p_full").fill("很多")
    editor.press("保存")
    assert "“很多”不是精确数字" in told(page)
    page.goto(Scheme.objects.get(name="试行办法").get_absolute_url())

    page.get_by_role("link", name="试算").click()
    page.locator("#id_campaign").select_option(label=DRIVE)
    page.wait_for_url(re.compile(rf"campaign={drive.pk}"))
    assert page.locator("tbody tr").count() == drive.roster.count()
    scheme = Scheme.objects.get(name="试行办法")
    assert scheme.is_draft

    page.goto(scheme.get_absolute_url())
    page.get_by_role("link", name="施行").click()
    today = contest.default_day(date.today())
    page.locator("#id_starts_on").fill(today.isoformat())
    page.locator("#id_document").fill("试行〔2026〕1号")
    editor.press("施行")
    assert "施行中" in told(page)

    unit = contest.roster.first().unit
    page.goto(f"/campaigns/{contest.pk}/units/{unit.pk}/?as_of={today.isoformat()}")
    page.get_by_role("link", name="考核得分说明").click()
    text = told(page)
    assert f"{unit.name}考核得分说明" in text
    assert "试行办法（第2版）（试行〔2026〕1号）" in text
    assert "满分60分×完成率" in text
    assert re.search(r"完成率：[\d.]+÷\d+", text)
    page.emulate_media(media="print")
    assert page.locator(".zs-side").is_hidden()
    assert page.locator(".zs-score tbody tr").count() == 2
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_clerk_hands_a_self_assessment_in_on_a_phone(visit):
    contest = Campaign.objects.get(name=CONTEST)
    clerk = visit("zhengfa", **PHONE)
    page = clerk.page
    page.goto("/todos/")
    page.get_by_role("link", name=re.compile("考核办法")).first.click()
    page.get_by_role("link", name="填写自评").click()
    sheet = contest.schemes.get(name="百日竞赛考核办法（示范）").self_sheets.get(unit__name="区委政法委")
    for field, points in zip(page.locator("[name^=points_]").all(), POINTS, strict=True):
        field.fill(points)
    for field in page.locator("[name^=evidence_]").all():
        field.fill(field.input_value() or "见台账")
    page.locator("[name^=points_]").first.fill("99")
    clerk.press("报送")
    assert "「1招商信息」最高18分" in told(page)
    page.locator("[name^=points_]").first.fill(POINTS[0])
    clerk.press("报送")
    assert "已报送" in told(page)
    sheet.refresh_from_db()
    assert (sheet.submitted_on is not None, sheet.scores.count()) == (True, 8)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
