"""Planning before a browser: from a template to issued quotas, and a counting rule tried while it is typed."""

from tests.browser.test_quotas import PASTE, rows


def test_campaign_goes_from_a_template_to_issued_quotas(visit):
    editor = visit("bianbao")
    page = editor.page
    editor.choose("战役")
    page.get_by_role("link", name="新建战役").click()
    page.locator(".zs-card", has=page.get_by_role("heading", name="百日竞赛", exact=True)).get_by_role("link").click()
    page.get_by_label("名称").fill("来年百日竞赛")
    page.get_by_label("开始日期").fill("2098-03-01")
    editor.press("新建")
    assert editor.told() == "战役已新建，请逐步核对"
    assert "下一步：目标任务" in page.locator(".zs-head").inner_text()
    editor.follow("下一步：目标任务")
    grid = rows(page)
    block = "\r\n".join("\t".join(("1,599", "20", "10", "2", "5000万元")) for _row in grid)
    grid[0][0].focus()
    grid[0][0].evaluate(PASTE, block)
    editor.press("保存草稿")
    assert editor.told() == "目标任务已保存为草稿"
    assert [cell.input_value() for cell in rows(page)[-1]] == ["1599", "20", "10", "2", "0.5", ""]
    editor.follow("返回设置")
    editor.follow("下一步：下达目标任务")
    page.get_by_label("文号").fill("区招组〔2098〕1号")
    editor.press("下达")
    assert editor.told() == "目标任务已下达"
    assert "区招组〔2098〕1号" in page.locator("main table").inner_text()
    editor.follow("来年百日竞赛")
    assert "下一步" not in page.locator(".zs-head").inner_text()


def test_counting_rule_is_tried_once_after_each_change(visit):
    editor = visit("bianbao")
    page, tried = editor.page, []
    page.on("request", lambda request: tried.append(request.url) if request.method == "POST" else None)
    page.goto("/rules/new/")
    page.wait_for_timeout(2000)
    assert len(tried) == 1  # when the page opens
    page.get_by_label("指标").select_option(label="新签项目")
    page.get_by_label("事实").select_option(label="正式合同")
    page.get_by_label("起用日期").fill("2026-01-01")
    page.locator("#rule-tried", has_text="以来您可以看到的事实中").wait_for()
    page.wait_for_timeout(2000)
    assert len(tried) <= 4
