"""Companies before a browser: likely duplicates while typing, merging and undoing it, two units claiming one."""

from projects.models import Claim, Company
from tests.browser.people import PHONE


def typed(visitor, label, text):
    """Type into a field as a person does and wait for what is much alike."""
    visitor.page.get_by_label(label, exact=True).press_sequentially(text, delay=10)
    visitor.page.locator(".zs-similar-list").wait_for()


def test_likely_duplicate_is_shown_while_typing_and_taken_over(visit):
    clerk = visit("hedong", **PHONE)
    clerk.page.goto("/projects/new/")
    typed(clerk, "投资方", "霁秀汽车部件公司")
    told = clerk.page.locator(".zs-similar-list").inner_text()
    assert "霁岫汽车部件股份有限公司" in told
    assert "读音相同" in told
    clerk.page.get_by_role("button", name="用这一家").first.click()
    assert clerk.page.get_by_label("投资方", exact=True).input_value() == "霁岫汽车部件股份有限公司"
    assert clerk.page.locator(".zs-similar-list").count() == 0


def test_duplicate_is_warned_of_without_javascript_merged_and_unmerged(visit):
    clerk = visit("hedong", java_script_enabled=False)
    clerk.page.goto("/projects/new/")
    clerk.page.get_by_label("项目名称").fill("霁岫二期")
    clerk.page.get_by_label("投资方", exact=True).fill("霁岫汽车部件集团有限公司")
    clerk.press("保存")
    assert "疑似已有：霁岫汽车部件股份有限公司" in clerk.page.locator(".zs-errors").inner_text()
    clerk.page.get_by_label("仍按新企业登记").check()
    clerk.press("保存")
    assert "项目已登记" in clerk.told()

    editor = visit("bianbao")
    kept = Company.objects.get(name="霁岫汽车部件股份有限公司")
    editor.page.goto(kept.get_absolute_url())
    editor.follow("合并")
    editor.follow("预览合并")
    assert "霁岫二期" in editor.page.locator("main").inner_text()
    editor.page.get_by_label("理由").fill("营业执照为同一家")
    editor.press("合并")
    assert "已合并" in editor.told()
    assert "霁岫二期" in editor.page.locator("main").inner_text()
    editor.follow("撤销合并")
    editor.page.get_by_label("理由").fill("核实为两家")
    editor.press("撤销合并")
    assert "合并已撤销" in editor.told()
    assert Company.objects.get(name="霁岫汽车部件集团有限公司").projects.get().name == "霁岫二期"


def claim(visitor, company, note):
    """Register a claim on a company."""
    visitor.page.goto("/claims/new/")
    visitor.page.get_by_label("企业", exact=True).fill(company)
    visitor.page.get_by_label("接触情况").fill(note)
    visitor.press("保存")


def test_bureau_decides_between_two_units(visit):
    first, second, editor = visit("hedong"), visit("qingshi"), visit("bianbao")
    claim(first, "首报试验装备有限公司", "展会上第一次见面")
    claim(second, "首报试验装备有限公司", "电话里谈过")
    assert "已有首报首谈：河东街道" in second.told()
    page = second.page.url
    assert "展会上第一次见面" not in second.page.locator("main").inner_text()

    editor.page.goto(page)
    shown = editor.page.locator("main").inner_text()
    assert "展会上第一次见面" in shown
    assert "电话里谈过" in shown
    editor.follow("裁定")
    editor.page.get_by_label("河东街道", exact=False).check()
    editor.page.get_by_label("裁定理由").fill("首报在前")
    editor.press("裁定")
    second.page.reload()
    assert "首报在前" in second.page.locator("main").inner_text()
    states = Claim.objects.filter(company__name="首报试验装备有限公司").values_list("unit__name", "state")
    assert dict(states) == {"河东街道": "upheld", "青石镇": "overruled"}
