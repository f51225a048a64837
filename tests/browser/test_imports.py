"""A ledger kept by hand, brought in before a browser: columns, preview, receipt, what was refused, undone."""

import io
import re

import openpyxl

from projects.models import ImportBatch, Project
from tests.projects.imports import messy

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tab(visitor, name):
    """Open the rows of one outcome and return how many there are."""
    link = visitor.page.get_by_label("结果", exact=True).get_by_role("link", name=name)
    link.click()
    visitor.page.wait_for_load_state()
    return int(re.search(r"\d+$", link.inner_text())[0])


def brought_in():
    """Return the names of the projects that the ledger brought."""
    names = Project.objects.filter(credits__unit__name="柳林镇", company__name__regex=r"^投资\d+有限公司$")
    return names.values_list("name", flat=True)


def test_ledger_with_forty_kinds_of_mess_comes_in_and_goes_back(visit):
    clerk, ledger = visit("liulin"), messy.build()
    page = clerk.page
    page.goto("/imports/")
    clerk.follow("导入文件")
    page.locator("input[type=file]").set_input_files({"name": messy.NAME, "mimeType": KIND, "buffer": ledger.data})
    clerk.press("上传并核对列")

    columns = page.locator(".zs-import-columns tbody tr")
    assert columns.count() == len(messy.FIELDS) - 1
    page.locator(".zs-import-notices summary").click()
    assert "小标题" in page.locator(".zs-import-notices").inner_text()
    page.get_by_label("招商责任单位").select_option("")  # the ledger names a town that is not in this district
    clerk.press("预览")

    refused = tab(clerk, "不能导入")
    shown = page.locator(".zs-import-rows").inner_text()
    for (row, _field), mess in ledger.cells.items():
        assert mess.refused in shown, f"row {row}: {mess.title}"
    new = tab(clerk, "新增")
    assert new + refused == len(ledger.rows)
    assert not brought_in()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"不能导入的 {refused} 行").click()
    sheet = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes())).active
    assert sum(1 for row in sheet.iter_rows(values_only=True) if any(row)) > refused

    clerk.follow(f"确认导入 {new} 行")
    clerk.press("确认导入")
    assert "已导入，回执号" in clerk.told()
    assert len(brought_in()) == new
    clerk.follow("撤销")
    clerk.press("撤销这一批")
    assert "已撤销" in clerk.told()
    assert not brought_in()
    assert ImportBatch.objects.filter(unit__name="柳林镇", state="undone").count() == 1
