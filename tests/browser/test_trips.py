"""A trip from its plan to what came of it: figures move, and each opens down to its rows."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign, Indicator
from projects.models import Visit
from tests.browser.people import CONTEST, PHONE
from tests.browser.steps import fill, happened, need, register_lead, rows_with, sign_fair_competition
from tests.browser.test_offline import record, waiting
from units.models import Unit, User

UNIT, TEAM, MONTH = "区直机关工委", "机关工委招商小分队", "外出招商月"
MET = ["霁川传感技术有限公司", "峤南冷链物流有限公司", "沄泽纺织科技有限公司"]
COUNTED = {"外出招商次数": "次", "外出招商天数": "天", "外出走访企业": "家"}


def make_month(today):
    """Set up a drive that counts trips; it began before the others, so no page opens on it."""
    by, unit = User.objects.get(username="bianbao"), Unit.objects.get(name=UNIT)
    campaign = actions.create_campaign(
        name=MONTH, organiser=unit.parent, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=60),
        by=by,
    )  # fmt: skip
    actions.set_roster(campaign=campaign, seats=[{"unit": unit, "group": ""}], by=by)
    lines = [{"indicator": Indicator.objects.get(name=name), "measure": word} for name, word in COUNTED.items()]
    actions.set_lines(campaign=campaign, lines=lines, by=by)


def plan_trip(clerk, *, starts, ends):
    """Form a team and file its trip with the itinerary; return the address of the trip."""
    clerk.page.goto("/delegations/")
    clerk.follow("组建小分队")
    fill(clerk, 名称=TEAM, 带队领导="机关工委书记")
    clerk.press("保存")
    assert "少于 3 人，请补充" in clerk.page.locator("main").inner_text()
    clerk.follow("报备行程")
    assert clerk.page.get_by_label("带队人", exact=True).input_value() == "机关工委书记"
    fill(
        clerk, 出行目的="赴江南拜访三家企业", 同行人员="工委林科长、工委唐科长", 人数="4", 费用="1.2",
        出发日期=starts.isoformat(), 返回日期=ends.isoformat(),
    )  # fmt: skip
    fill(clerk, **{"第 1 行 日期": starts.isoformat(), "第 1 行 地点": "江南市", "第 1 行 安排": "走访企业"})
    clerk.press("报备")
    clerk.page.locator(".zs-head h1", has_text="待出发").wait_for()
    return clerk.page.url


def record_on_the_road(phone, trip):
    """Record three visits on a trip while the line is cut; they go out when it is back."""
    phone.page.goto(trip)
    phone.follow("登记走访")
    phone.context.set_offline(True)
    for number, name in enumerate(MET, 1):
        record(phone.page, name, heads="4")
        waiting(phone.page, number)
    assert not Visit.objects.filter(company__name__in=MET).exists()
    phone.context.set_offline(False)
    phone.page.get_by_text("已上传 3 条").wait_for()


def figures(visitor, campaign, names):
    """Open the unit's page of a campaign; return some figures on it."""
    campaign, unit = Campaign.objects.get(name=campaign), Unit.objects.get(name=UNIT)
    visitor.page.goto(f"/campaigns/{campaign.pk}/units/{unit.pk}/")
    return [Decimal(visitor.figure(name)) for name in names]


def open_down(visitor, indicator):
    """Open a figure of the unit's page that is open; return the titles of its rows, the latest first."""
    card = visitor.page.get_by_role("heading", name=indicator, exact=True)
    visitor.page.locator("a.zs-kpi", has=card).click()
    visitor.page.wait_for_load_state()
    return [row[0].splitlines()[0] for row in rows_with(visitor, "")]


def funnel(visitor):
    """Open the funnel of the contest; return how many leads of the unit reached each step."""
    visitor.page.goto(f"/campaigns/{Campaign.objects.get(name=CONTEST).pk}/funnel/")
    rows = rows_with(visitor, UNIT)
    return [int(cell.split()[0]) for cell in rows[0][1:]] if rows else [0] * 6


def converted(visitor, since, until):
    """Open the conversions of the trip's days; return the steps of the team: met, new, leads, signed, funded."""
    visitor.page.goto(f"/conversion/?since={since}&until={until}")
    rows = rows_with(visitor, TEAM)
    return [cell.split()[0] for cell in rows[0][5:10]] if rows else []


def test_trip_is_planned_visits_are_recorded_offline_and_every_figure_moves(visit, on_day):
    today = timezone.localdate()
    starts, ends = today + timedelta(days=1), today + timedelta(days=2)
    on_day(today)
    make_month(today)
    clerk, editor = visit("gongwei"), visit("bianbao")
    trip = plan_trip(clerk, starts=starts, ends=ends)
    walked, trips = figures(clerk, CONTEST, ["外出走访企业"]), figures(clerk, MONTH, COUNTED)
    leads, period = funnel(clerk), (starts, ends)
    assert converted(clerk, *period) == []

    on_day(starts)
    phone = visit("gongwei", **PHONE)
    record_on_the_road(phone, trip)
    phone.page.goto(trip)
    told = phone.page.locator("main").inner_text()
    assert "会见 3 次" in told
    assert all(name in told for name in MET)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    assert figures(clerk, CONTEST, ["外出走访企业"]) == [walked[0] + 3]
    opened = "、".join(open_down(clerk, "外出走访企业")[:3])
    assert all(name in opened for name in MET)
    assert figures(clerk, MONTH, COUNTED) == [trips[0], trips[1], trips[2] + 3]
    assert converted(clerk, *period) == ["3", "3", "0", "0", "0"]

    on_day(ends + timedelta(days=1))
    clerk.page.goto(trip)
    clerk.follow("销差")
    fill(clerk, 成果="三家企业均有意来区考察")
    clerk.press("销差")
    assert figures(clerk, MONTH, COUNTED) == [trips[0] + 1, trips[1] + 2, trips[2] + 3]
    assert "赴江南拜访三家企业" in open_down(clerk, "外出招商天数")[0]
    clerk.follow("赴江南拜访三家企业", exact=False)
    assert clerk.page.url == trip
    assert "三家企业均有意来区考察" in clerk.page.locator("main").inner_text()
    clerk.page.goto(f"/trips/attendance/?since={starts}&until={ends}&by=team")
    assert rows_with(clerk, TEAM) == [[f"{TEAM}\n{UNIT}", "1", "0", "0%", "4", "4", "2", "8", "3", "3"]]
    clerk.page.locator("tr", has_text=TEAM).locator("td[data-label=外出次数] a").click()
    assert rows_with(clerk, "赴江南", "#trips")[0][2:] == [starts.isoformat(), ends.isoformat(), "4", "2"]

    project = register_lead(clerk, "霁川传感器项目", MET[0], 计划总投资="2亿")
    assert funnel(clerk) == [leads[0] + 1, leads[1] + 1, *leads[2:]]
    assert converted(clerk, *period) == ["3", "3", "1", "0", "0"]
    clerk.page.goto(project)
    need(clerk, "建设地点", "临港路 8 号")
    sign_fair_competition(clerk, editor)
    happened(clerk, project, "正式合同", amount="2亿")
    happened(clerk, project, "资金到位", amount="3000")
    assert funnel(clerk) == [count + 1 for count in leads[:5]] + leads[5:]
    clerk.page.locator("tr", has_text=UNIT).locator("td[data-label=到资] a").click()
    assert "霁川传感器项目" in clerk.page.locator("#leads").inner_text()
    assert converted(clerk, *period) == ["3", "3", "1", "1", "1"]
    clerk.page.locator("tr", has_text=TEAM).locator("td[data-label^=资金到位] a").click()
    assert [row[3] for row in rows_with(clerk, MET[0])] == ["已到资"]
    clerk.page.goto(trip)
    assert "已到资" in clerk.page.locator("main").inner_text()
