"""The main job from end to end: enter, watch the standings move, sign, recognise, open down, print."""

import io
import re
from decimal import Decimal

import pypdf

from tests.browser.steps import happened, need, register_lead, sign_fair_competition


def place(page):
    """Return the unit's place on its page that is open, e.g. "第 2 位 –"."""
    return page.locator("dl.zs-figures:not(.zs-steps) dd").first.inner_text().splitlines()[0].strip()


def test_two_leads_move_the_unit_and_the_district(visit):
    clerk = visit("zhengfa")
    page = clerk.page
    before_district = clerk.district("招商信息")
    clerk.follow("区委政法委")
    before, before_place, unit_page = clerk.figure("招商信息"), place(page), page.url

    clerk.choose("进度填报")
    page.get_by_label("招商信息").fill("2")
    clerk.press("核对")
    assert f"{before} 条 → {int(before) + 2} 条" in page.locator(".zs-entry-total").first.inner_text()
    clerk.press("保存")

    assert "已保存 1 项" in clerk.told()
    page.goto(unit_page)
    assert clerk.figure("招商信息") == str(int(before) + 2)
    assert (before_place, place(page)) == ("第 5 位 –", "第 4 位 ▲1")
    page.goto("/")
    assert clerk.district("招商信息") == str(int(before_district) + 2)


def test_signing_is_recorded_recognised_and_found_below_its_number(visit):
    clerk = visit("zuzhi")
    clerk.follow("区委组织部")
    before, unit_page = clerk.figure("签约合同资金"), clerk.page.url
    editor = visit("bianbao")
    project = register_lead(clerk, "汀兰低空装备项目", "汀兰航空装备有限公司", 计划总投资="1.2亿")
    need(clerk, "建设地点", "澄溪经济开发区")
    sign_fair_competition(clerk, editor)
    happened(clerk, project, "正式合同", amount="1.2亿")
    clerk.page.goto(unit_page)
    assert Decimal(clerk.figure("签约合同资金")) == Decimal(before) + Decimal("1.2")

    verifier = visit("rending")
    verifier.choose("待认定")
    row = verifier.page.locator("tr", has_text="汀兰低空装备项目")
    assert "1.2 亿元" in row.inner_text()
    row.get_by_role("link", name="认定", exact=True).click()
    verifier.press("提交认定")
    assert "汀兰低空装备项目" in verifier.told()

    clerk.page.locator("a.zs-kpi", has_text="签约合同资金").click()
    clerk.follow("认定")
    clerk.follow("汀兰低空装备项目", exact=False)
    assert re.search(r"/milestones/\d+/$", clerk.page.url)
    shown = clerk.page.locator("main").inner_text()
    assert "1.2 亿元" in shown
    assert "正式合同 已认定" in shown


def test_bulletin_of_the_drive_is_printed_and_issued(visit):
    editor = visit("bianbao")
    editor.choose("期次")
    editor.follow("百日会战", exact=False)
    page = editor.page
    report = page.url
    draft = text_of(download(page))
    assert "47.8%" in draft
    assert "澄溪区招商引资" in draft

    editor.follow("送审")
    editor.press("确认送审")
    leader = visit("lingdao")
    leader.page.goto(report)
    leader.follow("审核")
    leader.press("提交")
    page.goto(report)
    editor.follow("印发")
    page.locator("main").get_by_role("button", name="确认印发").click(timeout=60_000)
    page.wait_for_url(report, timeout=60_000)

    assert "已印发" in page.locator(".zs-head .zs-h1").inner_text()
    issued = download(page)
    assert "47.8%" in text_of(issued)
    page.goto(report)
    assert download(page) == issued
    assert not page.get_by_role("link", name="撰写").is_visible()


def download(page):
    """Choose the PDF among the downloads and return the bytes."""
    page.locator("summary", has_text="下载").click()
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("link", name="PDF（公文版式）", exact=True).click()
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def text_of(pdf):
    """Return the text of a PDF without blanks and line breaks."""
    assert pdf.startswith(b"%PDF")
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))
