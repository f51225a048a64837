"""A campaign before a browser: from a template to issued quotas, pasted from Excel, to the clerk who reads them."""

import re
from datetime import timedelta

from django.utils import timezone

from tests.browser.test_quotas import PASTE, rows

NAME, DOCUMENT = "冬季百日会战", "区招组〔2026〕21号"


def step(editor, label):
    """Open a step of setting up from the page with the steps."""
    card = editor.page.locator("section.zs-card", has=editor.page.get_by_role("heading", name=label))
    card.get_by_role("link", name="设定", exact=True).click()
    editor.page.wait_for_load_state()


def start(editor):
    """Start a campaign from the template of a hundred days; return the address of its steps.

    It started before the contest, which stays the campaign that pages open on.
    """
    page = editor.page
    page.goto("/campaigns/start/")
    card = page.locator("section.zs-card", has=page.get_by_role("heading", name="百日会战", exact=True))
    card.get_by_role("link", name="用这个模板").click()
    page.get_by_label("名称").fill(NAME)
    page.get_by_label("开始日期").fill((timezone.localdate() - timedelta(days=60)).isoformat())
    editor.press("新建")
    return page.url


def seat(editor, *units):
    """Leave only some units on the roster."""
    ticks = editor.page.locator("label.zs-tick")
    ticks.evaluate_all(
        """(labels, units) => labels.forEach((label) => {
          const box = label.querySelector("input");
          if (box.checked !== units.some((unit) => label.firstChild.nextSibling.data.trim() === unit)) box.click();
        })""",
        units,
    )
    editor.press("保存名单")


def test_campaign_goes_from_a_template_to_quotas_that_a_clerk_reads(visit):
    editor = visit("bianbao")
    page, setup = editor.page, start(editor)
    page.goto(setup)
    step(editor, "参战名单")
    seat(editor, "区委组织部", "区委宣传部")
    page.goto(setup)
    step(editor, "目标任务")
    grid = rows(page)
    assert len(grid) == 3  # the organiser and two units
    names = page.locator("[data-targets] thead th").all_inner_texts()
    leads = next(place for place, name in enumerate(names) if name.startswith("招商信息")) - 1

    grid[1][leads].focus()
    grid[1][leads].evaluate(PASTE, "33\t12\r\n三十多\t8\r\n")
    assert [row[leads].input_value() for row in grid[1:3]] == ["33", "三十多"]
    page.get_by_role("button", name="撤销粘贴").click()
    assert [row[leads].input_value() for row in grid[1:3]] == ["", ""]
    grid[1][leads].evaluate(PASTE, "33\t12\r\n三十多\t8\r\n")
    editor.press("保存草稿")
    assert page.locator("[data-targets] td.is-bad").count() == 1
    assert "三十多" in page.locator(".zs-errors").inner_text()
    rows(page)[2][leads].fill("30")
    editor.press("保存草稿")
    assert "目标任务已保存为草稿" in editor.told()

    editor.follow("下达任务")
    page.get_by_label("文号").fill(DOCUMENT)
    editor.press("下达")
    assert "目标任务已下达" in editor.told()
    assert DOCUMENT in page.locator("table").inner_text()

    clerk = visit("zuzhi")
    campaign = re.search(r"/campaigns/(\d+)/", setup)[1]
    clerk.page.goto(f"/campaigns/{campaign}/")
    clerk.follow("区委组织部")
    card = clerk.page.locator("a.zs-kpi", has=clerk.page.get_by_role("heading", name="招商信息", exact=True))
    assert "目标 33 条" in card.inner_text()
    clerk.page.goto(f"/entry/?campaign={campaign}")
    assert "33 条" in clerk.page.locator("main").inner_text()
