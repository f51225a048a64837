"""A unit's page: its figures, its gaps, what is needed a week, its place and why."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from tests.campaigns.drives import day, make_drive
from tests.campaigns.factories import make_units, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import make_told_drive, sign
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def clerk(drive, client):
    """Return the signed-in clerk of 甲镇."""
    user = make_user("clerk", Role.CLERK, drive.units["甲镇"])
    client.force_login(user)
    return user


def page(client, drive, unit="甲镇", **query):
    address = f"/campaigns/{drive.campaign.pk}/units/{drive.unit(unit).pk}/"
    return client.get(address, {"as_of": "2026-09-16", **query})


def said(response):
    """Return the text of a page without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_cards_say_what_is_missing_and_what_is_needed_a_week(client, clerk, drive):
    cards = [
        (card.name, card.number, card.target, card.gap, card.pace_needed, card.rank)
        for card in page(client, drive).context["kpis"]
    ]
    assert cards == [
        ("招商信息", "9", "目标 10 条", "还差 1 条", "每周需 0.5 条", "第 1 位"),
        ("到位资金", "4.2", "目标 5 亿元", "还差 0.8 亿元", "每周需 0.4 亿元", "第 1 位"),
        ("新签项目", "0", "未下达目标", "", "", "第 1 位（并列）"),
    ]


@pytest.mark.parametrize(
    ("as_of", "gap", "needed"),
    [
        ("2026-09-23", "还差 0.8 亿元", "每周需 0.8 亿元"),
        ("2026-09-24", "还差 0.8 亿元", "不足一周，须全部完成"),
        ("2026-09-30", "还差 0.8 亿元", "活动已结束"),
        ("2026-08-01", "还差 5 亿元", "每周需 0.6 亿元"),
    ],
)
def test_the_pace_that_is_needed_follows_the_days_left(client, clerk, drive, as_of, gap, needed):
    card = page(client, drive, as_of=as_of).context["kpis"][1]
    assert (card.gap, card.pace_needed) == (gap, needed)


def test_a_quota_that_is_reached_asks_for_no_more(client, clerk, drive):
    card = page(client, drive, as_of="2026-09-25").context["kpis"][0]
    assert (card.number, card.gap, card.pace_needed, card.word) == ("12", "已完成", "", "完成")


def test_a_small_pace_keeps_two_places(client):
    drive = make_drive(starts=day(1, 1), ends=day(12, 31))
    drive.owe("招商信息", 甲镇=1)
    drive.read("招商信息", day(1, 5), 甲镇=0)
    client.force_login(make_user("leader", Role.LEADER, drive.organiser))
    assert page(client, drive, as_of="2026-01-07").context["kpis"][0].pace_needed == "每周需 0.02 条"


def test_the_place_and_why(client, clerk, drive):
    response = page(client, drive)
    assert (response.context["rank_text"], response.context["score_text"]) == ("第 1 位", "87")
    assert [(part.name, part.percent, part.weight, part.points, part.note) for part in response.context["parts"]] == [
        ("招商信息", "90%", "50", "45", ""),
        ("到位资金", "84%", "50", "42", ""),
    ]
    assert response.context["next_place"] == "目前列本组第一"
    second = page(client, drive, "乙镇").context
    assert second["next_place"] == "距上一位甲镇（第 1 位）差 87 分"
    assert [part.note for part in second["parts"]] == ["", "未报按 0 计"]


def test_what_is_above_the_cap_or_below_nought_is_said(client, clerk, drive):
    drive.read("招商信息", day(9, 15), 甲镇=20, 乙镇=-3)
    assert page(client, drive).context["parts"][0].note == "超过上限，按 100% 计"
    assert page(client, drive, "乙镇").context["parts"][0].note == "负数按 0 计"


def test_a_unit_without_a_task_has_no_place(client, clerk, drive):
    seat_many(drive.campaign, [make_unit("闲镇", "township", drive.organiser)], group="乡镇")
    drive.units["闲镇"] = drive.campaign.roster.get(unit__name="闲镇").unit
    response = page(client, drive, "闲镇")
    assert (response.context["rank_text"], response.context["next_place"]) == ("—", "没有下达任务，不参加排位")
    assert "没有下达目标任务，不计分、不排位" in said(response)


def test_only_the_own_clerk_is_offered_to_enter(client, clerk, drive):
    assert f"/entry/?campaign={drive.campaign.pk}" in page(client, drive).content.decode()
    assert f"/entry/?campaign={drive.campaign.pk}" not in page(client, drive, "乙镇").content.decode()
    client.force_login(make_user("leader", Role.LEADER, drive.units["甲镇"]))
    assert f"/entry/?campaign={drive.campaign.pk}" not in page(client, drive).content.decode()


def test_the_other_basis_stands_beside(client, clerk, drive):
    drive.add("招商信息", "甲镇", day(9, 12), 2)
    assert page(client, drive).context["kpis"][0].other == "认定 9 条"
    card = page(client, drive, basis="recognised").context["kpis"][0]
    assert (card.number, card.basis, card.other) == ("9", "认定", "上报 11 条")


def test_the_page_lies_under_the_overview_in_the_navigation(client, clerk, drive):
    assert [link.label for link in page(client, drive).context["frame"]["nav"] if link.active] == ["总览"]


def test_every_card_opens_its_rows(client, clerk, drive):
    for card in page(client, drive).context["kpis"]:
        assert client.get(card.url).status_code == 200


def test_units_off_the_roster_and_of_others_are_not_found(client, clerk, drive):
    drive.units["外单位"] = make_unit("外单位", "department", drive.organiser)
    assert page(client, drive, "外单位").status_code == 404
    assert page(client, drive, "示范区").status_code == 404
    client.force_login(make_user("stranger", Role.CLERK, make_unit("外区")))
    assert page(client, drive).status_code == 404


@pytest.mark.parametrize("name", ["as_of", "basis"])
def test_nonsense_in_the_address(client, clerk, drive, name):
    for value in NONSENSE:
        assert page(client, drive, **{name: value}).status_code == 200


def test_the_page_costs_the_same_for_three_units_and_a_hundred(client, clerk, drive):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert page(client, drive).status_code == 200
        return len(queries)

    page(client, drive)
    few = cost()
    seat_many(drive.campaign, make_units(97, drive.organiser), group="乡镇")
    # beside the nine of figures and projects: last year, forecasts, stages, industries, persons
    assert cost() == few <= 14


# --- where its projects really stand (R77)


def steps(response):
    return [(row.name, row.count, row.sums) for row in (*response.context["steps"], *response.context["apart"])]


def test_intents_stand_beside_what_is_real(client, clerk, drive):
    by = clerk
    intent = sign(drive, "甲镇", "只有意向", 300000, day(9, 1), kind="intent").project
    actions.record_milestone(project=intent, kind="framework", on=day(9, 5), amount=Decimal(200000), by=by)
    signed = sign(drive, "甲镇", "已签", 12000, day(9, 2)).project
    funded = sign(drive, "甲镇", "到资", Decimal("0.000001"), day(9, 3)).project
    actions.record_milestone(project=funded, kind="funding", on=day(9, 10), amount=Decimal("0.000003"), by=by)
    actions.record_milestone(project=funded, kind="funding", on=day(9, 20), amount=Decimal(900), by=by)
    actions.record_milestone(project=signed, kind="groundbreaking", on=day(9, 11), by=by)
    old = sign(drive, "甲镇", "去年的", 5000, day(9, 1).replace(year=day(9, 1).year - 1)).project
    actions.record_milestone(project=old, kind="funding", on=day(9, 12), amount=Decimal(50), by=by)
    ended = sign(drive, "甲镇", "黄了", 700, day(9, 4)).project
    actions.record_milestone(project=ended, kind="termination", on=day(9, 14), note="撤资", by=by)
    response = page(client, drive)
    assert steps(response) == [
        ("意向（未签约）", 1, ("意向金额 30 亿元",)),
        ("本年签约", 2, ("协议 12000.000001 万元",)),
        ("其中有资金到位", 1, ("到位 0.000003 万元", "占签约 50%")),
        ("其中已开工", 1, ("协议 1.2 亿元", "占签约 50%")),
        ("往年结转", 1, ("协议 5000 万元", "到位 50 万元")),
        ("本年终止", 1, ("协议 700 万元",)),
    ]
    for row in (*response.context["steps"], *response.context["apart"]):
        assert client.get(row.url).context["totals"].count == row.count, row.name
    early = page(client, drive, as_of="2026-09-02")
    assert [row[:2] for row in steps(early)] == [
        ("意向（未签约）", 1), ("本年签约", 1), ("其中有资金到位", 0), ("其中已开工", 0),
        ("往年结转", 1), ("本年终止", 0),
    ]  # fmt: skip


def test_an_intent_that_was_signed_is_no_intent_any_more(client, clerk, drive):
    project = sign(drive, "甲镇", "签了", 100, day(9, 8)).project
    actions.record_milestone(project=project, kind="intent", on=day(9, 1), by=clerk)
    assert [row[1] for row in steps(page(client, drive))][:2] == [0, 1]
    assert [row[:3] for row in steps(page(client, drive, as_of="2026-09-07"))][:2] == [
        ("意向（未签约）", 1, ("意向金额 0 万元", "1 个没有金额")),
        ("本年签约", 0, ()),
    ]


def test_other_units_projects_are_nobodys_to_see(client, clerk, drive):
    sign(drive, "乙镇", "别人的", 100, day(9, 8))
    text = page(client, drive, "乙镇").content.decode()
    assert "意向与落实" not in text
    client.force_login(make_user("leader", Role.LEADER, drive.organiser))
    response = page(client, drive, "乙镇")
    assert [row[1] for row in steps(response)][:2] == [0, 1]
    assert "意向与落实" in response.content.decode()


def test_where_projects_stand_costs_one_query_for_any_number(client, clerk, drive):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert page(client, drive).status_code == 200
        return len(queries)

    page(client, drive)
    few = cost()
    for number in range(30):
        sign(drive, "甲镇", f"项目{number}", 100, day(9, 8))
    assert cost() == few
