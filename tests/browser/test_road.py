"""A project before a browser from the first hint to production: the to-do list leads, papers prove, figures move."""

import io

from PIL import Image

from campaigns.models import Campaign
from projects.models import Project
from tests.browser.steps import happened, need, register_lead, sign_fair_competition
from units.models import Unit

YEAR = "年度目标（示范）"
SHARED = ("招商引资到位资金", "省外到位资金", "新签约5亿元以上项目")


def picture(name, colour):
    """Return a photograph to upload."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": file.getvalue()}


def figures(visitor, unit):
    """Return the figures on a unit's page of the year."""
    campaign = Campaign.objects.get(name=YEAR).pk
    visitor.page.goto(f"/campaigns/{campaign}/units/{Unit.objects.get(name=unit).pk}/")
    return [float(visitor.figure(indicator)) for indicator in SHARED]


def test_lead_comes_to_production_with_its_papers(visit):
    clerk, editor = visit("linkong"), visit("bianbao")
    before = figures(clerk, "临空产业园")
    facts = {"计划总投资": "6亿元", "建设内容": "航材仓储"}
    project = register_lead(clerk, "澜汐航材基地项目", "澜汐航空材料有限公司", **facts)
    todo = clerk.page.locator("#todo")

    happened(clerk, project, "洽谈")
    assert "正式合同" in todo.locator(".zs-need-name").inner_text()
    need(clerk, "建设地点", "临空产业园 3 号地块")
    sign_fair_competition(clerk, editor)
    assert "已齐" in todo.locator("header").inner_text()
    happened(clerk, project, "正式合同", amount="6亿", files=[picture("合同首页.png", "white")])
    happened(clerk, project, "立项备案")
    need(clerk, "注册名称", "临空澜汐航材有限公司")
    happened(clerk, project, "公司注册")
    happened(clerk, project, "资金到位", amount="1.5亿", files=[picture("到账凭证一.png", "red")])
    happened(clerk, project, "资金到位", amount="5000", files=[picture("到账凭证二.png", "blue")])
    assert "开工" in todo.locator(".zs-need-name").inner_text()
    need(clerk, "项目用地", "42")
    happened(clerk, project, "开工")
    happened(clerk, project, "竣工")
    need(clerk, "新增生产能力", "年配送航材 3 万件")
    happened(clerk, project, "投产")

    assert "投产" in clerk.page.locator(".zs-stages .is-now").inner_text()
    assert Project.objects.get(name="澜汐航材基地项目").stage == "producing"
    moved = [after - was for after, was in zip(figures(clerk, "临空产业园"), before, strict=True)]
    assert [round(number, 6) for number in moved] == [2, 2, 1]


def test_pictures_are_leafed_through_with_the_keyboard(visit):
    clerk = visit("linkong")
    project = register_lead(clerk, "澜汐机库项目", "澜汐机库建设有限公司")
    happened(clerk, project, "洽谈", files=[picture("会议一.png", "green"), picture("会议二.png", "blue")])
    clerk.page.get_by_role("link", name="全部凭证").click()

    clerk.page.get_by_role("link", name="查看会议一.png").click()
    viewer = clerk.page.get_by_role("dialog", name="查看图片")
    viewer.get_by_text("会议一.png（1/2）").wait_for()
    clerk.page.keyboard.press("ArrowRight")
    viewer.get_by_text("会议二.png（2/2）").wait_for()
    clerk.page.keyboard.press("ArrowLeft")
    viewer.get_by_text("会议一.png（1/2）").wait_for()
    clerk.page.keyboard.press("Escape")
    viewer.wait_for(state="detached")
    assert clerk.page.evaluate("document.activeElement.dataset.name") == "会议一.png"
