"""Ten minutes before the wall: its pages turn in full screen, a broken line and a revoked address are told."""

import re
from datetime import datetime, timedelta

from django.utils import timezone

from reports import screens
from reports.models import WallScreen
from tests.browser.people import DRIVE
from units.models import User

HALL = {"viewport": {"width": 1920, "height": 1080}}


def shown(page):
    """Return (page number, label of its table) on the screen."""
    label = page.locator(".zs-wall-table h2").inner_text().partition("综合")[0]
    return page.locator(".zs-wall-page").get_attribute("data-page"), label


def test_wall_runs_for_ten_minutes(visit):
    editor = visit("bianbao")
    editor.page.locator("main").get_by_role("link", name=DRIVE, exact=True).first.click()
    editor.follow("大屏")
    editor.page.get_by_label("放在哪里").fill("指挥部大厅")
    editor.press("生成地址")
    address = editor.page.get_by_label("大屏地址").input_value()

    hall = visit(**HALL)
    page, turned = hall.page, []
    page.on("request", lambda request: turned.append(request.url) if "/part/" in request.url else None)
    start = timezone.make_aware(datetime(2026, 8, 10, 10))
    page.clock.install(time=start)
    page.goto(address)
    page.clock.pause_at(start + timedelta(seconds=15))  # from here only run_for() lets time pass
    page.get_by_role("button", name="全屏").click()
    page.wait_for_function("document.fullscreenElement !== null")
    seen = [shown(page)]
    for minute in range(10):
        for third in range(3):
            with page.expect_response(re.compile("/part/")):
                page.clock.run_for(20_000)
            page.wait_for_function(
                "(n) => document.querySelector('.zs-wall-page').dataset.page !== n", arg=seen[-1][0]
            )
            seen.append(shown(page))
            assert page.evaluate("document.documentElement.scrollHeight") <= 1080, (minute, third)
    count = int(page.locator(".zs-wall-page").get_attribute("data-count"))
    assert len(turned) == 30
    assert [int(number) for number, _label in seen] == [n % count for n in range(31)]
    assert len({label for _number, label in seen}) == count
    assert page.evaluate("document.fullscreenElement !== null")
    assert page.locator(".zs-wall-stale").is_hidden()

    last = shown(page)
    hall.context.set_offline(True)
    page.clock.run_for(120_000)
    page.locator(".zs-wall-stale", has_text="连接中断，画面停在").wait_for()
    assert shown(page) == last
    hall.context.set_offline(False)
    hall.problems.clear()  # the browser reports requests that found no line
    with page.expect_response(re.compile("/part/")):
        page.clock.run_for(20_000)
    page.locator(".zs-wall-stale").wait_for(state="hidden")

    screens.revoke_wall(wall=WallScreen.objects.get(name="指挥部大厅"), by=User.objects.get(username="bianbao"))
    with page.expect_response(re.compile("/part/")):
        page.clock.run_for(20_000)
    page.locator(".zs-wall-stale", has_text="已停用").wait_for()
    assert page.locator("#wall").inner_text() == ""
    assert page.evaluate("document.fullscreenElement !== null")
    hall.problems.clear()  # the 404 of the revoked address
