"""A unit's page: its figures, its gaps, what is needed a week, its place and why."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.campaigns.drives import day, make_drive
from tests.campaigns.factories import make_units, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import make_told_drive
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
    assert cost() == few <= 8
