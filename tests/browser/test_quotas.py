"""The quota grid before a browser: keys, a block pasted from Excel, undo, helpers, issuing put off."""

import re

from tests.browser.people import CONTEST, PHONE

PASTE = """(input, text) => {
  const data = new DataTransfer();
  data.setData("text", text);
  input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def open_grid(editor):
    """Open the quotas of the contest; return their inputs, a list for each row."""
    go_to_grid(editor.page)
    return rows(editor.page)


def go_to_grid(page):
    """Open the quotas of the contest from the list of campaigns."""
    page.goto("/campaigns/")
    number = re.search(r"/campaigns/(\d+)/", page.locator("a", has_text=CONTEST).first.get_attribute("href"))[1]
    page.goto(f"/campaigns/{number}/targets/")


def rows(page):
    """Return the inputs of the grid, a list for each row."""
    found = page.locator("[data-targets] tbody tr")
    inputs = [row.locator("input").all() for row in found.all()]
    return [row for row in inputs if row]


def values(grid):
    return [[cell.input_value() for cell in row[:3]] for row in grid[1:4]]


def test_block_from_excel_is_pasted_marked_and_taken_back_at_once(visit):
    editor = visit("bianbao")
    page, grid = editor.page, open_grid(editor)
    before = values(grid)
    block = "1,599\t5000\t—\r\nabc\t7\t8\r\n"
    grid[1][0].focus()
    grid[1][0].evaluate(PASTE, block)
    after = values(grid)
    assert after == [["1,599", "5000", "—"], ["abc", "7", "8"], before[2]]
    assert page.locator("[data-targets] td.is-bad").count() == 1
    told = page.locator("[data-targets-count]")
    assert re.fullmatch(r"[3-6] 处修改未保存，1 格不是数字", told.inner_text())
    editor.press("保存草稿")
    assert "无法读出“abc”是多少" in page.locator("main").inner_text()
    grid = rows(page)
    assert values(grid)[0] == ["1,599", "5000", "—"]
    grid[2][0].evaluate(PASTE, "9\t9")
    assert grid[2][0].input_value() == "9"
    page.get_by_role("button", name="撤销粘贴").click()
    assert values(grid)[1] == ["abc", "7", "8"]


def test_what_is_pasted_beyond_the_grid_is_told(visit):
    editor = visit("bianbao")
    page, grid = editor.page, open_grid(editor)
    grid[-1][0].evaluate(PASTE, "3\t4\r\n5\t6\r\n")
    assert [cell.input_value() for cell in grid[-1][:2]] == ["3", "4"]
    told = page.locator("[data-targets-count]")
    assert told.inner_text().endswith("粘贴的内容有 2 格超出表格，没有填入")
    page.get_by_role("button", name="撤销粘贴").click()
    assert told.inner_text() == ""


def test_keys_move_and_escape_brings_back_what_was_saved(visit):
    editor = visit("bianbao")
    page, grid = editor.page, open_grid(editor)

    def focused():
        return page.evaluate("document.activeElement.name")

    names = [[cell.get_attribute("name") for cell in row] for row in grid]
    grid[1][0].focus()
    for key, place in (("ArrowDown", (2, 0)), ("ArrowRight", (2, 1)), ("Enter", (3, 1)), ("ArrowUp", (2, 1))):
        page.keyboard.press(key)
        assert focused() == names[place[0]][place[1]]
    saved = grid[2][1].input_value()
    page.keyboard.type("77")
    assert grid[2][1].input_value() == "77"
    assert page.locator("[data-targets-sum]").nth(1).inner_text().endswith("（未保存）")
    page.keyboard.press("Escape")
    assert grid[2][1].input_value() == saved
    assert page.locator("[data-targets-count]").inner_text() == ""


def test_helper_fills_the_grid_saves_a_draft_and_it_is_thrown_away(visit):
    editor = visit("bianbao")
    page, grid = editor.page, open_grid(editor)
    units = len(grid) - 1
    page.get_by_text("分解助手").click()
    page.get_by_label("办法").select_option("even")
    page.get_by_label("总数").fill(str(10 * units))
    editor.press("填入表中")
    assert f"已填入 {units} 格，尚未保存" in editor.told()
    assert [row[0].input_value() for row in rows(page)[1:]] == ["10"] * units
    editor.press("保存草稿")
    assert "第 2 版（草稿，未下达） · 第 1 版" in page.locator(".zs-head").inner_text()
    editor.follow("下达任务")
    assert page.get_by_label("文号").is_visible()
    page.go_back()
    editor.follow("放弃草稿")
    editor.press("放弃草稿")
    assert "草稿，未下达" not in page.locator(".zs-head").inner_text()


def test_grid_fits_a_phone(visit):
    editor = visit("bianbao", **PHONE)
    go_to_grid(editor.page)
    assert editor.page.evaluate("document.documentElement.scrollWidth") <= 390
