"""Lists before a browser: views kept and shared, keys, finding by initials, many records changed at once, exports."""

import io

import openpyxl

from projects.models import Project


def tabs(visitor):
    """Return the names of the views above the list that is open."""
    return visitor.page.get_by_label("视图", exact=True).locator("a").all_inner_texts()


def rows(visitor):
    """Return the text of the rows of the list that is open."""
    return visitor.page.locator(".zs-table tbody tr").all_inner_texts()


def test_view_is_kept_opened_as_a_tab_and_shared_with_the_own_unit(visit):
    clerk, colleague, other = visit("qingshi"), visit("qingshi2"), visit("hedong")
    page = clerk.page
    page.goto("/projects/")
    page.locator(".zs-filter").get_by_label("产业", exact=True).select_option("工业")
    page.wait_for_url("**sector=industry**")
    page.get_by_role("columnheader", name="协议投资").get_by_role("link").click()
    page.wait_for_url("**sort=**")
    page.locator(".zs-columns summary").click()
    page.locator(".zs-columns").get_by_role("checkbox", name="挂包领导").check()
    page.locator(".zs-columns").get_by_role("button", name="确定").click()
    page.get_by_role("columnheader", name="挂包领导").wait_for()
    seen = rows(clerk)
    assert seen

    page.get_by_text("另存为视图").click()
    page.get_by_label("视图名称").fill("工业大项目")
    page.get_by_label("共享给").select_option("青石镇")
    page.get_by_role("button", name="保存视图").click()
    page.get_by_text("视图已保存").wait_for()
    page.goto("/projects/")
    page.get_by_label("视图", exact=True).get_by_role("link", name="工业大项目").click()
    page.wait_for_url("**view=**")
    assert rows(clerk) == seen
    assert page.get_by_role("columnheader", name="挂包领导").is_visible()

    colleague.page.goto("/projects/")
    colleague.page.get_by_label("视图", exact=True).get_by_role("link", name="工业大项目").click()
    colleague.page.wait_for_url("**view=**")
    assert rows(colleague) == seen
    other.page.goto("/projects/")
    assert not [name for name in tabs(other) if "工业大项目" in name]
    assert other.page.goto(page.url).status == 200  # the address of a view shows no more than one may see
    assert not set(rows(other)) & set(seen)


def test_project_is_found_and_opened_without_touching_the_mouse(visit):
    clerk = visit("qingshi")
    page = clerk.page
    page.keyboard.press("/")
    page.keyboard.type("xtcd")
    page.locator("#zs-found").get_by_role("link", name="暄庭充电设备整装项目").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".zs-head h1", has_text="暄庭充电设备整装项目").wait_for()

    page.goto("/projects/?sort=name")
    second = page.locator(".zs-table tbody tr").nth(1).locator("a").first
    name = second.inner_text()
    for key in ("j", "j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.locator(".zs-head h1", has_text=name).wait_for()
    page.goto("/projects/")
    page.keyboard.press("n")
    page.wait_for_url("**/projects/new/")


def test_leader_of_many_projects_is_named_after_a_preview(visit):
    clerk = visit("shiqiao")
    page = clerk.page
    page.goto("/projects/?view=mine&mine=1")
    names = [row.locator("a").first.inner_text() for row in page.locator(".zs-table tbody tr").all()]
    assert len(names) > 1
    page.get_by_label("勾选本页").check()
    assert page.locator("[data-picked]").inner_text() == str(len(names))
    page.get_by_role("button", name="指定挂包领导").click()
    page.get_by_label("挂包领导").fill("石桥镇党委书记")
    clerk.press("预览")
    assert f"将修改 {len(names)} 条" in page.locator("main").inner_text()
    assert not Project.objects.filter(leader="石桥镇党委书记").exists()

    clerk.press(f"确认修改 {len(names)} 条")

    assert f"已修改 {len(names)} 条" in clerk.told()
    assert sorted(Project.objects.filter(leader="石桥镇党委书记").values_list("name", flat=True)) == sorted(names)


def test_workbook_holds_what_is_seen(visit):
    clerk = visit("hedong")
    clerk.page.goto("/projects/?sector=services&sort=name")
    names = [row.locator("a").first.inner_text() for row in clerk.page.locator(".zs-table tbody tr").all()]
    clerk.page.get_by_text("按当前筛选导出").click()
    with clerk.page.expect_download() as waiting:
        clerk.page.get_by_role("link", name=".xlsx").click()
    sheet = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes())).active
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert "产业：服务业" in "".join(cells[1])
    assert [next(cell for cell in row if cell in names) for row in cells if set(row) & set(names)] == names
