"""Forms as people really use them: twice, back, on a phone, without JavaScript, with nonsense, where they may not."""

import re

import pytest

from campaigns.models import Campaign, Tally
from projects.models import Visit
from tests.browser.people import CONTEST, PHONE
from units.actions import set_user_active
from units.models import User


def tallies(unit):
    """Count the figures that a unit entered in the running drive."""
    return Tally.objects.filter(unit__name=unit, campaign__name=CONTEST).count()


def enter(visitor, figure):
    """Type a figure on the entry page and check its total."""
    visitor.choose("进度填报")
    visitor.page.get_by_label("招商信息").fill(figure)
    visitor.press("核对")


def test_double_click_on_save_stores_once(visit):
    clerk = visit("gonghui")
    before = tallies("区总工会")
    enter(clerk, "1")

    clerk.page.get_by_role("button", name="保存", exact=True).dblclick()
    clerk.page.get_by_text("已保存 1 项").wait_for()

    assert tallies("区总工会") == before + 1


def test_saving_again_after_back_stores_nothing_twice(visit):
    """Back brings an empty form; the same form sent again, as reloading does, is answered without saving."""
    clerk = visit("tuanwei")
    before = tallies("团区委")
    clerk.choose("进度填报")
    clerk.page.get_by_label("招商信息").press_sequentially("1")
    with clerk.page.expect_request(lambda request: request.method == "POST") as sent:
        clerk.page.get_by_role("button", name="保存", exact=True).click()
    clerk.page.get_by_text("已保存 1 项").wait_for()

    clerk.page.go_back()
    assert clerk.page.get_by_label("招商信息").input_value() == ""
    clerk.press("核对")
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": clerk.page.url}
    answer = clerk.context.request.post(sent.value.url, data=sent.value.post_data, headers=headers)

    assert "没有重复保存" in answer.text()
    assert tallies("团区委") == before + 1


def test_total_is_shown_while_typing(visit):
    clerk = visit("qiaolian")
    clerk.choose("进度填报")

    clerk.page.get_by_label("招商信息").press_sequentially("3")

    total = clerk.page.locator(".zs-entry", has_text="招商信息").locator(".zs-entry-total b")
    done = clerk.page.locator(".zs-entry", has_text="招商信息").get_by_text(re.compile("^已完成"))
    before = int(re.search(r"\d+", done.inner_text())[0])
    assert total.inner_text() == f"{before + 3} 条"
    assert clerk.page.locator("#entry_foot").get_by_role("button", name="保存").is_visible()


def test_figures_and_visits_are_entered_on_a_phone(visit):
    clerk = visit("fulian", **PHONE)
    page = clerk.page
    figures, visits = tallies("区妇联"), Visit.objects.filter(unit__name="区妇联").count()
    page.get_by_label("常用").get_by_role("link", name="填报", exact=True).tap()
    page.get_by_label("招商信息").fill("1")
    page.get_by_role("button", name="核对").tap()
    page.get_by_role("button", name="保存", exact=True).tap()
    page.get_by_text("已保存 1 项").wait_for()

    page.locator("main").get_by_role("link", name="登记走访").tap()
    page.get_by_label("企业", exact=True).fill("沐川精密仪器有限公司")
    page.get_by_label("人数").fill("3")
    page.locator("main").get_by_role("button", name="保存", exact=True).tap()
    page.locator(".zs-head h1", has_text="沐川精密仪器有限公司").wait_for()

    assert tallies("区妇联") == figures + 1
    assert Visit.objects.filter(unit__name="区妇联").count() == visits + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_a_clerk_enters_figures_without_javascript(visit):
    clerk = visit("kexie", java_script_enabled=False)
    before = tallies("区科协")
    enter(clerk, "1")
    assert "→" in clerk.page.locator(".zs-entry-total").first.inner_text()

    clerk.press("保存")

    assert "已保存 1 项" in clerk.told()
    assert tallies("区科协") == before + 1


@pytest.mark.parametrize("nonsense", ["abc", "1.5.2", "9" * 40, "-3", "<script>alert(1)</script>", "😀", "一二三条"])
def test_nonsense_as_a_figure_is_answered_beside_its_field(visit, nonsense):
    clerk = visit("gongshanglian")
    before = tallies("区工商联")

    enter(clerk, nonsense)

    field = clerk.page.locator(".zs-entry", has_text="招商信息")
    assert re.search("[一-鿿]", field.locator(".zs-error").inner_text())
    assert clerk.page.get_by_label("招商信息").input_value() == nonsense
    assert tallies("区工商联") == before


def test_nonsense_in_a_project_is_answered_beside_its_fields(visit):
    clerk = visit("gongshanglian")
    clerk.page.goto("/projects/new/")
    clerk.page.get_by_label("投资方").fill("x" * 100)
    clerk.page.get_by_label("计划总投资").fill("很多")

    clerk.press("保存")

    assert clerk.page.locator(".zs-field", has_text="项目名称").locator(".zs-error").is_visible()
    assert clerk.page.locator(".zs-field", has_text="计划总投资").locator(".zs-error").is_visible()


def test_what_belongs_to_others_is_not_there(visit):
    own = Visit.objects.filter(unit__name="河东街道").first()
    project = own.project or Visit.objects.exclude(project=None).filter(unit__name="河东街道").first().project
    clerk = visit("bianban")

    for path in (f"/visits/{own.pk}/", f"/visits/{own.pk}/correct/", f"/projects/{project.pk}/"):
        answer = clerk.page.goto(path)
        assert answer.status == 404
        assert "河东街道" not in clerk.page.locator("body").inner_text()


def test_a_leader_is_offered_nothing_to_write(visit):
    leader = visit("lingdao")
    contest = Campaign.objects.get(name=CONTEST)
    paths = [
        "/",
        f"/campaigns/{contest.pk}/ranking/",
        "/projects/",
        "/visits/",
        "/companies/",
        "/events/",
        "/reports/",
    ]
    visits = Visit.objects.filter(unit__name="河东街道")
    paths += [visits.first().get_absolute_url(), visits.exclude(project=None).first().project.get_absolute_url()]

    for path in paths:
        assert leader.page.goto(path).status == 200
        writing = "main form[method=post]:not([action^='/views/'])"  # but how the list looks to oneself
        assert leader.page.locator(writing).count() == 0
        words = re.compile("登记|填报进度|填报进展|修改|更正|撤回|新建|印发$|撰写")
        assert leader.page.locator("main a.btn").filter(has_text=words).all_inner_texts() == []
    assert leader.page.goto("/entry/").status == 403


def test_session_ends_when_the_account_is_disabled(visit):
    clerk = visit("xuanchuan")
    assert clerk.page.url.endswith(f"/campaigns/{Campaign.objects.get(name=CONTEST).pk}/")
    account, by = User.objects.get(username="xuanchuan"), User.objects.get(username="xitong")
    set_user_active(user=account, active=False, reason="调离", by=by)
    try:
        clerk.choose("进度填报")
        assert "/sign-in/" in clerk.page.url
        clerk.sign_in("xuanchuan")
        assert "/sign-in/" in clerk.page.url
    finally:
        set_user_active(user=account, active=True, reason="调回", by=by)
