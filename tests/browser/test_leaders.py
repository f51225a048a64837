"""A leader's page from the overview and back; the inbox from the bell to the row; what is printed of a page."""

from datetime import timedelta

from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign
from tests.browser.people import CONTEST, PHONE
from units.models import Unit, User

LEADER, UNIT, CLERK = "区侨联主要负责人", "区侨联", "qiaolian"


def bell(visitor):
    """Return the number at the bell, once it is there."""
    badge = visitor.page.locator(".zs-bell-n")
    badge.wait_for()
    return int(badge.inner_text())


def test_leader_is_one_step_from_every_page_that_names_the_unit(visit):
    boss = visit("lingdao")
    boss.page.locator("main").get_by_role("link", name=CONTEST, exact=True).first.click()
    boss.follow("领导挂帅")
    boss.follow(LEADER)
    assert boss.page.locator("h1").inner_text() == LEADER
    row = boss.page.locator("table.zs-ranking tbody tr", has_text=UNIT)
    assert "群团组织组" in row.inner_text()
    boss.follow(UNIT)
    assert boss.page.locator("h1").inner_text() == UNIT
    boss.follow(LEADER)
    assert boss.page.locator("h1").inner_text() == LEADER


def test_leader_page_fits_a_phone(visit):
    boss = visit("lingdao", **PHONE)
    boss.page.goto("/leaders/?name=区委主要领导")
    assert boss.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    due, projects = (
        boss.page.get_by_role("heading", name="近期到期"),
        boss.page.get_by_role("heading", name="挂包项目"),
    )
    assert due.bounding_box()["y"] < projects.bounding_box()["y"]


def test_inbox_counts_digests_opens_and_empties(visit):
    editor, today = User.objects.get(username="bianbao"), timezone.localdate()
    clerk = visit(CLERK)
    before = bell(clerk)
    for title in ("加快来区考察", "补报走访清单"):
        actions.issue_order(
            campaign=Campaign.objects.get(name=CONTEST), unit=Unit.objects.get(name=UNIT), title=title,
            demand="一周内见效", issued_on=today, due_on=today + timedelta(days=7), by=editor,
        )  # fmt: skip
    clerk.page.reload()
    assert bell(clerk) == before + 2
    clerk.page.locator(".zs-bell").click()
    digest = clerk.page.locator(".zs-digest", has_text="2 件督办单")
    assert digest.locator("li").count() == 2
    digest.get_by_role("button", name="加快来区考察").click()
    clerk.page.wait_for_url("**/orders/*/")
    assert "加快来区考察" in clerk.page.locator("h1").inner_text()
    assert bell(clerk) == before + 1

    clerk.page.goto("/inbox/")
    assert clerk.page.get_by_role("button", name="加快来区考察").count() == 0
    clerk.press("全部已读")
    assert clerk.told() == f"{before + 1} 条已标为已读"
    clerk.page.get_by_text("没有未读消息").wait_for()
    with clerk.page.expect_response("**/inbox/count/"):
        clerk.page.reload()
    clerk.page.locator(".zs-bell .htmx-request").wait_for(state="detached")
    assert clerk.page.locator(".zs-bell-n").count() == 0
    clerk.page.get_by_role("link", name="看近 30 天").click()
    clerk.page.locator(".zs-digest.is-read", has_text="2 件督办单").wait_for()


def test_a_page_is_printed_with_campaign_and_day_and_without_the_frame(visit):
    boss = visit("lingdao")
    boss.page.locator("main").get_by_role("link", name=CONTEST, exact=True).first.click()
    boss.page.wait_for_load_state()
    boss.page.get_by_role("button", name="打印").wait_for()
    boss.page.emulate_media(media="print")
    head = boss.page.locator(".zs-print-head")
    assert CONTEST in head.inner_text()
    assert f"数据截至 {timezone.localdate().isoformat()}" in head.inner_text()
    for hidden in (".zs-top", ".zs-side", ".zs-head-actions", ".zs-views", ".zs-foot"):
        assert boss.page.locator(hidden).first.is_hidden(), hidden
    assert boss.page.locator(".zs-ranking thead").evaluate("node => getComputedStyle(node).display") == (
        "table-header-group"
    )
