"""A ranking of two days with its changes, and a place that is explained: doing what it asks for gives the place."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.people import PHONE
from tests.browser.steps import rows_with
from tests.campaigns.drives import make_drive
from tests.factories import PASSWORD, make_unit, make_user
from units.models import Role, Unit

TOWNS = ["晴川乡", "云溪乡", "望山乡", "桃源乡"]
LEADS, EVENTS = "登门线索", "推介场次"


@pytest.fixture
def drive(site):
    """Return a drive of four townships of a district of its own that began three weeks ago."""
    top = Unit.objects.filter(name="望川区").first() or make_unit("望川区")
    today = timezone.localdate()
    drive = make_drive(
        name="望川突击月",
        organiser=top,
        groups={"乡镇": TOWNS},
        indicators={LEADS: "条", EVENTS: "场"},
        starts=today - timedelta(days=21),
        ends=today + timedelta(days=9),
    )
    drive.owe(LEADS, **dict.fromkeys(TOWNS, 20))
    drive.owe(EVENTS, **dict.fromkeys(TOWNS, 10))
    drive.read(LEADS, today - timedelta(days=15), 晴川乡=8, 云溪乡=6, 望山乡=4, 桃源乡=1)
    drive.read(LEADS, today - timedelta(days=3), 晴川乡=9, 云溪乡=12, 望山乡=5, 桃源乡=2)
    make_user("wangchuan", Role.LEADER, top)
    make_user("taoyuan", Role.CLERK, drive.unit("桃源乡"))
    return drive


def signed_in(visit, username, **options):
    """Return a window in which somebody of the district is signed in."""
    visitor = visit(**options)
    visitor.sign_in(username, PASSWORD)
    return visitor


def ranked(visitor):
    """Return (unit, place, change) of every row of the ranking that is open."""
    rows = visitor.page.locator("table.zs-ranking tbody tr")
    return [
        (
            row.locator("th a").inner_text(),
            row.locator(".zs-place").inner_text(),
            row.locator(".zs-up, .zs-down, .zs-flat").evaluate("node => node.firstChild.textContent"),
        )
        for row in rows.all()
    ]


def test_ranking_of_two_days_and_a_place_that_is_reached(visit, drive):
    leader, today = signed_in(visit, "wangchuan"), timezone.localdate()
    page = leader.page
    page.goto(f"/campaigns/{drive.campaign.pk}/ranking/")
    changed = [("云溪乡", "1", "▲1"), ("晴川乡", "2", "▼1"), ("望山乡", "3", "–"), ("桃源乡", "4", "–")]
    assert ranked(leader) == changed
    page.get_by_label("名次较").fill((today - timedelta(days=2)).isoformat())
    leader.press("查看")
    page.wait_for_url(re.compile("since="))
    assert [change for _unit, _place, change in ranked(leader)] == ["–"] * 4
    page.locator("summary", has_text="选比较日").click()
    page.get_by_text("此前没有已印发的期次").wait_for()
    page.get_by_label("排名依据").select_option(f"{LEADS}（条）")
    page.wait_for_url(re.compile(f"line={drive.lines[LEADS]}"))
    page.goto(f"/campaigns/{drive.campaign.pk}/ranking/?line={drive.lines[LEADS]}")
    assert ranked(leader) == changed

    leader.follow("桃源乡")
    leader.follow("为什么是这个位次", exact=False)
    assert page.locator("h1").inner_text() == "桃源乡为什么是第 4 位"
    page.get_by_label("目标位次").select_option("第 2 位")
    page.get_by_role("heading", name="到第 2 位还需要什么").wait_for()
    (_weight, target, done, more, then, score, place) = rows_with(leader, LEADS)[0]
    assert (target, done, more, then, score, place) == ("20条", "2条", "7条", "9条", "22.5", "第 2 位")

    clerk = signed_in(visit, "taoyuan")
    clerk.choose("进度填报")
    clerk.page.get_by_label(LEADS).fill("7")
    clerk.press("核对")
    clerk.press("保存")
    assert "已保存 1 项" in clerk.told()
    page.reload()
    assert page.locator("h1").inner_text() == "桃源乡为什么是第 2 位（并列）"

    phone = signed_in(visit, "wangchuan", **PHONE)
    for part in ("ranking", "charts", "history", "spread", "compare"):
        phone.page.goto(f"/campaigns/{drive.campaign.pk}/{part}/")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, part
