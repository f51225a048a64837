"""Why a unit stands where it stands, how the field is spread, two sides beside each other."""

from datetime import date

import pytest

from campaigns.lines import Place
from reports import charts, comparing
from tests.campaigns.drives import day, make_drive
from tests.campaigns.factories import make_campaign, make_units, seat, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    """Return three townships and a park; leads and money owed, places that change in the third week."""
    drive = make_drive(
        groups={"乡镇": ["甲镇", "乙镇", "丙镇"], "园区": ["丁园区"]},
        indicators={"招商信息": "条", "到位资金": "亿元"},
    )
    drive.owe("招商信息", 示范区=40, 甲镇=10, 乙镇=10, 丙镇=10)
    drive.owe("到位资金", 示范区=6, 甲镇=2, 乙镇=2, 丙镇=2)
    drive.read("招商信息", day(7, 8), 甲镇=8, 乙镇=5, 丙镇=2)
    drive.read("招商信息", day(7, 20), 丙镇=7)
    drive.read("到位资金", day(7, 20), 甲镇=10000, 乙镇=4000)
    return drive


@pytest.fixture
def leader(drive, client):
    """Return the signed-in leader of the organiser."""
    user = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(user)
    return user


def place(client, drive, unit, **query):
    address = f"/campaigns/{drive.campaign.pk}/units/{drive.unit(unit).pk}/place/"
    return client.get(address, {"as_of": "2026-07-27", **query})


def test_place_says_what_would_lift_a_unit(client, drive, leader):
    response = place(client, drive, "丙镇")
    assert "为什么是第 2 位（并列）" in response.content.decode()
    assert [(row.name, row.more, row.then, row.score, row.place) for row in response.context["lifts"]] == [
        ("招商信息", "仅靠此项到不了", "做到计分上限", "50", "第 2 位"),
        ("到位资金", "1.2亿元", "1.2亿元", "65", "第 1 位"),
    ]
    assert [(row[1], row[2], row[3]) for row in response.context["course"]] == [
        ("第 2 位（并列）", "35", "–"),
        ("第 2 位（并列）", "35", "▲1"),
        ("第 3 位", "10", "▼2"),
        ("第 1 位（并列）", "0", "–"),
    ]  # fmt: skip


def test_place_to_come_to_may_be_chosen(client, drive, leader):
    drive.read("招商信息", day(7, 21), 丙镇=0)
    assert place(client, drive, "丙镇").context["to"] == 2
    chosen = place(client, drive, "丙镇", to="1")
    assert (chosen.context["to"], list(chosen.context["choices"])) == (1, [2, 1])
    assert place(client, drive, "丙镇", to="3").context["to"] == 2


def test_first_and_unranked_are_told_so(client, drive, leader):
    first = place(client, drive, "甲镇")
    assert (first.context["lifts"], first.context["next_place"]) == ((), "目前列本组第一")
    none = place(client, drive, "丁园区")
    assert (none.context["reason"], none.context["chart"]) == ("未下达任务，不排名", "")
    assert "未下达任务，不排名" in none.content.decode()


def test_earlier_campaigns_show_the_final_place(client, drive, leader):
    before = make_drive(
        name="去年会战", starts=date(2025, 7, 1), ends=date(2025, 9, 30),
        groups={"乡镇": ["甲镇", "乙镇"]}, indicators={"上年信息": "条"},
    )  # fmt: skip
    before.owe("上年信息", 甲镇=10, 乙镇=10)
    before.read("上年信息", date(2025, 8, 1), 甲镇=2, 乙镇=4)
    rows = place(client, drive, "甲镇").context["earlier"]
    assert [(row["campaign"].name, row["place"], row["ranked"], row["score"]) for row in rows] == [
        ("去年会战", "第 2 位", 2, "20"),
    ]  # fmt: skip
    assert place(client, drive, "丙镇").context["earlier"] == []


@pytest.mark.parametrize("page", ["units/{unit}/place", "spread", "compare"])
@pytest.mark.parametrize("name", ["to", "line", "a", "b", "other", "as_of", "basis"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_the_address_shows_the_page(client, drive, leader, page, name, value):
    address = f"/campaigns/{drive.campaign.pk}/{page.format(unit=drive.unit('甲镇').pk)}/"
    response = client.get(address, {name: value})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("page", ["units/{unit}/place", "spread", "compare"])
def test_others_campaigns_are_not_there(client, drive, page):
    client.force_login(make_user("stranger", Role.LEADER, make_unit("邻区")))
    address = f"/campaigns/{drive.campaign.pk}/{page.format(unit=drive.unit('甲镇').pk)}/"
    assert client.get(address).status_code == 404


def test_bands_hold_every_owing_unit_once(drive):
    drive.owe("招商信息", 丁园区=4)
    state = drive.standings(day(7, 27))
    found = comparing.bands(state.of_column(drive.lines["招商信息"]))
    assert [(band.name, band.units) for band in found] == [
        ("100%以上", ()), ("75%–100%", ("甲镇",)), ("50%–75%", ("丙镇", "乙镇")), ("25%–50%", ()), ("不到25%", ()),
        ("未填报", ("丁园区",)),
    ]  # fmt: skip
    assert comparing.middle(state.of_column(drive.lines["招商信息"])).limit_denominator() == comparing.Fraction(7, 10)


def test_spread_draws_each_unit_that_has_a_score(client, drive, leader):
    response = client.get(f"/campaigns/{drive.campaign.pk}/spread/", {"as_of": "2026-07-27"})
    assert [row[0] for row in response.context["multiples"]] == ["甲镇", "乙镇", "丙镇"]
    assert [part["label"] for part in response.context["parts"]] == ["乡镇", "园区"]
    assert "没有单位承担此项任务" in response.content.decode()


def test_two_units_stand_beside_each_other(client, drive, leader):
    query = {"as_of": "2026-07-27", "a": drive.unit("乙镇").pk, "b": drive.unit("甲镇").pk}
    response = client.get(f"/campaigns/{drive.campaign.pk}/compare/", query)
    assert [
        (row.name, row.first.percent, row.second.percent, row.difference, row.places)
        for row in response.context["rows"]
    ] == [
        ("综合得分", "35", "65", "−30", "−1"),
        ("招商信息", "50%", "80%", "−30", "−2"),
        ("到位资金", "20%", "50%", "−30", "−1"),
    ]


def test_units_of_two_groups_have_no_difference_of_place(client, drive, leader):
    drive.owe("招商信息", 丁园区=4)
    drive.read("招商信息", day(7, 9), 丁园区=4)
    query = {"as_of": "2026-07-27", "a": drive.unit("丁园区").pk, "b": drive.unit("甲镇").pk}
    rows = client.get(f"/campaigns/{drive.campaign.pk}/compare/", query).context["rows"]
    assert [(row.difference, row.places) for row in rows] == [("+35", "—"), ("+20", "—"), ("—", "—")]


@pytest.mark.parametrize(
    ("starts", "ends", "day_of_other"),
    [
        (date(2025, 7, 1), date(2025, 9, 30), date(2025, 7, 27)),  # last year: the same day
        (date(2026, 2, 1), date(2026, 4, 30), date(2026, 2, 27)),  # another: as many days in
        (date(2026, 1, 5), date(2026, 1, 20), date(2026, 1, 20)),  # over by then: its end
    ],
)
def test_another_campaign_is_read_on_the_same_day_of_its_course(drive, starts, ends, day_of_other):
    other = make_campaign(drive.organiser, "另一战役", starts, ends)
    assert comparing.same_day_of_course(drive.campaign, day(7, 27), other) == day_of_other


def test_leap_days_have_a_day_in_every_year(db):
    top = make_unit("示范区")
    one = make_campaign(top, "年", date(2028, 1, 1), date(2028, 12, 31))
    other = make_campaign(top, "上年", date(2027, 1, 1), date(2027, 12, 31))
    assert comparing.same_day_of_course(one, date(2028, 2, 29), other) == date(2027, 2, 28)
    assert comparing.same_day_of_course(other, date(2027, 2, 28), one) == date(2028, 2, 28)


def test_this_year_stands_beside_last(client, drive, leader):
    before = make_drive(
        name="去年会战", starts=date(2025, 7, 1), ends=date(2025, 9, 30),
        groups={"乡镇": ["甲镇", "乙镇"]}, indicators={"招商信息": "条"},
    )  # fmt: skip
    before.owe("招商信息", 示范区=30, 甲镇=10, 乙镇=10)
    before.read("招商信息", date(2025, 7, 20), 甲镇=2, 乙镇=4)
    before.read("招商信息", date(2025, 8, 20), 甲镇=10)  # after the same day
    query = {"as_of": "2026-07-27", "other": before.campaign.pk}
    response = client.get(f"/campaigns/{drive.campaign.pk}/compare/", query)
    assert response.context["second"] == "去年会战（2025-07-27）"
    assert [(row.name, row.first.done, row.second.done, row.difference) for row in response.context["rows"]] == [
        ("招商信息", "20条", "6条", "+30"), ("到位资金", "1.4亿元", "—", "—"),
    ]  # fmt: skip
    rows = client.get(f"/campaigns/{drive.campaign.pk}/compare/", query | {"a": drive.unit("甲镇").pk}).context[
        "rows"
    ]
    assert [(row.name, row.difference, row.places) for row in rows] == [
        ("综合得分", "+45", "+1"), ("招商信息", "+60", "+1"), ("到位资金", "—", "—"),
    ]  # fmt: skip


def test_places_are_drawn_with_their_numbers_and_gaps():
    drawn = charts.places([("7-6", 1), ("7-13", None), ("7-20", 3), ("7-27", 2)], 5, label="名次")
    assert [text in drawn for text in (">1</text>", ">3</text>", ">2</text>", "第 5</text>")] == [True] * 4
    assert drawn.count("<polyline") == 1
    assert "7-13 —" in drawn
    assert "style" not in drawn
    assert charts.places([("7-6", 1)], 1, label="名次").count("<circle") == 1


def test_course_tells_changes_from_one_day_to_the_next():
    course = [
        Place(day(7, 6), None, False, None), Place(day(7, 13), 2, False, comparing.Fraction(1, 3)),
        Place(day(7, 20), 1, True, comparing.Fraction(5)),
    ]  # fmt: skip
    assert comparing.course_rows(course) == [
        (day(7, 20), "第 1 位（并列）", "5", "▲1"), (day(7, 13), "第 2 位", "0.33", "–"), (day(7, 6), "—", "—", "–"),
    ]  # fmt: skip


@pytest.mark.parametrize(("page", "queries"), [("units/{unit}/place", 8), ("spread", 8), ("compare", 7)])
@pytest.mark.parametrize("size", [1, 30])
def test_pages_cost_the_same_at_any_size(client, drive, leader, page, queries, size, django_assert_num_queries):
    seat_many(drive.campaign, make_units(size, drive.organiser), group="部门")
    seat(drive.campaign)
    address = f"/campaigns/{drive.campaign.pk}/{page.format(unit=drive.unit('甲镇').pk)}/"
    client.get("/campaigns/")
    with django_assert_num_queries(queries):
        assert client.get(address, {"as_of": "2026-07-27"}).status_code == 200
