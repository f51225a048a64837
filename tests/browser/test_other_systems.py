"""A key made in the browser reads through the API's own page, drawn by the site alone; a form is filled and saved."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from openpyxl import load_workbook

from tests.browser.people import CONTEST, PHONE


def test_key_reads_through_the_page_of_the_api(visit, settings):
    settings.API_ENABLED = True
    boss = visit("lingdao")
    page = boss.page
    page.goto("/keys/")
    page.get_by_label("用途").fill("市平台")
    page.get_by_label("有效至").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="生成令牌").click()
    token = page.get_by_label("令牌", exact=True).input_value()
    boss.follow("接口说明")
    page.get_by_role("button", name="Authorize").click()
    page.locator(".auth-container input").fill(token)
    page.locator(".auth-container").get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").click()
    page.locator(".opblock-summary", has_text="全部战役").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .response-col_status").last
    answer.wait_for()
    assert answer.inner_text().strip().startswith("200")
    assert CONTEST in page.locator(".live-responses-table").inner_text()


def test_page_of_the_api_fits_a_phone(visit, settings):
    settings.API_ENABLED = True
    boss = visit("lingdao", **PHONE)
    boss.page.goto("/api/v1/docs")
    boss.page.locator(".opblock").first.wait_for()
    assert boss.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_example_is_uploaded_and_filled(visit, tmp_path):
    editor = visit("bianbao")
    page = editor.page
    page.goto("/")
    page.locator("main").get_by_role("link", name=CONTEST, exact=True).first.click()
    editor.follow("按模板导出")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载示例模板").click()
    example = Path(tmp_path / "示例.xlsx")
    download.value.save_as(example)
    back = page.url
    editor.follow("管理模板")
    editor.follow("上传模板")
    page.get_by_label("名称").fill("市里的月报表")
    page.get_by_label("文件").set_input_files(example)
    page.get_by_role("button", name="上传", exact=True).click()
    page.goto(back)
    choice = page.locator("#id_form option", has_text="市里的月报表").get_attribute("value")
    page.get_by_label("模板", exact=True).select_option(choice)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel").click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet["A1"].value == f"{CONTEST}完成情况表"
    assert [sheet.cell(row, 1).value for row in (5, 6, 7)] == [1, 2, 3]
