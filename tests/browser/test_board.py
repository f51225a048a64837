"""The board before a browser: a card is moved by mouse, by keys and by a tap, and never silently."""

from projects.models import Milestone, Project
from tests.browser.people import PHONE
from tests.browser.steps import register_lead


def card(visitor, name):
    """Return a card of the board that is open."""
    return visitor.page.locator("[data-card]", has_text=name)


def column(visitor, name):
    """Return a column of the board that is open."""
    return visitor.page.get_by_label(name, exact=True).locator("[data-column]")


def stands_in(visitor, name, stage):
    """Wait until a card stands in a column."""
    column(visitor, stage).locator("[data-card]", has_text=name).wait_for()


def drag(page, start, end):
    """Drag something with the mouse, as slowly as a hand does."""
    start, end = start.bounding_box(), end.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + start["height"] - 10, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 30, steps=12)
    page.mouse.up()


def test_card_is_dragged_and_moves_once_the_form_is_saved(visit):
    clerk, name = visit("wenfeng"), "岫岩检测中心项目"
    register_lead(clerk, name, "岫岩检测技术有限公司")
    page = clerk.page
    page.goto("/projects/board/")
    drag(page, card(clerk, name), column(clerk, "洽谈"))
    dialog = page.locator("#board-dialog")
    dialog.get_by_role("button", name="登记").wait_for()
    stands_in(clerk, name, "线索")
    assert not Milestone.objects.filter(project__name=name, kind="talks").exists()
    dialog.get_by_role("link", name="取消").click()
    dialog.wait_for(state="hidden")
    assert Project.objects.get(name=name).stage == "lead"

    drag(page, card(clerk, name), column(clerk, "洽谈"))
    dialog.get_by_role("button", name="登记").click()
    page.get_by_text(f"「{name}」已到洽谈").wait_for()
    stands_in(clerk, name, "洽谈")
    assert Project.objects.get(name=name).stage == "talks"


def test_card_is_moved_with_the_keyboard(visit):
    clerk, name = visit("wenfeng"), "岫岩标准件项目"
    register_lead(clerk, name, "岫岩标准件有限公司")
    page = clerk.page
    page.goto("/projects/board/")
    card(clerk, name).focus()
    page.keyboard.press("m")
    dialog = page.locator("#board-dialog")
    dialog.get_by_role("link", name="签约", exact=True).wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.textContent").count(name) == 1
    page.keyboard.press("ArrowRight")  # from a lead to a visit, which has a page of its own
    dialog.get_by_role("link", name="登记走访").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    dialog.get_by_role("link", name="意向", exact=True).press("Enter")
    dialog.get_by_label("说明").fill("电话确认")
    dialog.get_by_role("button", name="登记").press("Enter")
    page.get_by_text(f"「{name}」已到意向").wait_for()
    stands_in(clerk, name, "意向")


def test_card_is_moved_on_a_phone(visit):
    clerk, name = visit("wenfeng", **PHONE), "岫岩阀门项目"
    register_lead(clerk, name, "岫岩阀门有限公司")
    page = clerk.page
    page.goto("/projects/board/")
    card(clerk, name).get_by_role("link", name="移到").tap()
    dialog = page.locator("#board-dialog")
    dialog.get_by_role("link", name="签约", exact=True).tap()
    dialog.get_by_text("到「签约」还缺").wait_for()
    assert "公平竞争审查签字" in dialog.inner_text()
    dialog.get_by_role("link", name="返回看板").tap()
    card(clerk, name).get_by_role("link", name="移到").tap()
    dialog.get_by_role("link", name="洽谈", exact=True).tap()
    dialog.get_by_role("button", name="登记").tap()
    page.get_by_text(f"「{name}」已到洽谈").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    assert Project.objects.get(name=name).stage == "talks"
