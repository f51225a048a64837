"""Matrix, course, history of places, days of issued bulletins: what they show, who may see them, what they cost."""

from datetime import date
from xml.etree import ElementTree

import pytest

from campaigns.actions import record_places
from reports import grids, history, issuing
from tests.campaigns.drives import day, make_drive
from tests.campaigns.factories import make_units, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import approved, make_draft, make_editor
from units.models import Role, User

pytestmark = pytest.mark.django_db
DAY = day(7, 27)
PAGES = ("charts", "history", "issued-days")


@pytest.fixture
def drive(db):
    """Return a drive of three townships and a park, with figures of three weeks."""
    drive = make_drive(
        groups={"乡镇": ["甲镇", "乙镇", "丙镇"], "园区": ["丁园区"]},
        indicators={"招商信息": "条", "到位资金": "亿元"},
    )
    drive.owe("招商信息", 示范区=40, 甲镇=10, 乙镇=10, 丙镇=10)
    drive.owe("到位资金", 甲镇=2, 乙镇=2)
    drive.read("招商信息", day(7, 8), 甲镇=8, 乙镇=5, 丙镇=2)
    drive.read("招商信息", day(7, 20), 丙镇=7)
    drive.read("到位资金", day(7, 20), 甲镇=10000, 乙镇=4000)
    return drive


@pytest.fixture
def leader(drive, client):
    """Return a signed-in leader of the organiser."""
    user = make_user("leader", Role.LEADER, drive.organiser)
    client.force_login(user)
    return user


def last_year(drive):
    """Return the round of the year before, with figures."""
    before = make_drive(
        name="去年会战", starts=date(2025, 7, 1), ends=date(2025, 9, 30),
        groups={"乡镇": ["甲镇", "乙镇", "丙镇"]}, indicators={"招商信息": "条"},
    )  # fmt: skip
    before.owe("招商信息", 甲镇=10, 乙镇=10, 丙镇=10)
    before.read("招商信息", date(2025, 7, 20), 甲镇=4, 乙镇=6, 丙镇=1)
    before.read("招商信息", date(2025, 9, 1), 甲镇=9)
    return before


def page(client, drive, name, **query):
    return client.get(f"/campaigns/{drive.campaign.pk}/{name}/", {"as_of": DAY.isoformat(), **query})


def drawn(svg):
    """Return the texts of a well-formed picture without styles."""
    assert "style=" not in svg
    root = ElementTree.fromstring(svg)  # noqa: S314 our own text
    assert root.get("role") == "img"
    return [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_matrix_prints_every_completion_with_its_mark(drive):
    state = drive.standings(DAY)
    picture = history.matrix(state, "乡镇")
    assert picture.heads == ("单位", "招商信息", "到位资金", "得分")
    assert picture.rows == (("丙镇", "70", "—", "70"), ("甲镇", "80", "50", "65"), ("乙镇", "50", "20", "35"))
    assert drawn(picture.wide)[:3] == ["招商信息", "到位资金", "得分"]
    assert drawn(picture.narrow)[-4:] == ["乙镇", "50", "20", "35"]
    # 27 of 92 days are over, 29.3 %: ten points and more ahead, or behind
    marks = [history.matrix_cell(line).mark for line in state.of_unit(drive.unit("乙镇").pk)]
    assert marks == [grids.UP, ""]
    assert "招商信息：完成 8条 / 目标 10条，超序时 50.7 个百分点" in picture.wide


def test_course_draws_the_year_before_beside_this_one(client, drive, leader):
    last_year(drive)
    response = page(client, drive, "charts")
    rows = {row.day: (row.done, row.target, row.past) for row in response.context["course"]}
    assert [rows[on] for on in ("2026-07-07", "2026-07-14", "2026-07-21", "2026-07-27", "2026-09-08")] == [
        ("0", "3.04", "0"), ("15", "6.09", "0"), ("20", "9.13", "11"), ("20", "11.74", "11"), ("—", "30.43", "16"),
    ]  # fmt: skip
    assert drawn(response.context["trend"])[1:4] == ["累计完成", "时序目标", "去年同期"]
    assert "去年同期 11条" in response.context["trend"]


def test_course_without_a_year_before_has_no_line_for_it(client, drive, leader):
    response = page(client, drive, "charts")
    assert {row.past for row in response.context["course"]} == {"—"}
    assert "去年同期" not in response.context["trend"]


def test_history_holds_the_places_of_each_week(client, drive, leader):
    first, second = page(client, drive, "history").context["weeks"]
    assert first.heads == ("单位", "7-6", "7-13", "7-20", "7-27")
    assert first.rows == (
        ("丙镇", "1（并列）", "3", "1", "1"),
        ("甲镇", "1（并列）", "1", "2", "2"),
        ("乙镇", "1（并列）", "2", "3", "3"),
    )
    assert second.rows == (("丁园区", "—", "—", "—", "—"),)
    assert "7-20 第 1 位，得分 70" in first.wide


def test_history_of_rounds_names_who_is_last_twice(client, drive, leader):
    before = last_year(drive)
    make_drive(name="全年", starts=date(2025, 1, 1), ends=date(2025, 12, 31), groups={"乡镇": ["甲镇"]})
    drive.read("招商信息", day(7, 25), 丙镇=0)
    (first, second) = page(client, drive, "history").context["years"]
    assert first.heads == ("单位", before.campaign.name, drive.campaign.name)
    assert first.rows == (("甲镇", "1", "1"), ("乙镇", "2", "2"), ("丙镇", "3", "3"))
    assert first.note == "连续两期列末位：丙镇"
    assert second.note == ""


def test_published_places_of_the_organiser_are_drawn_up_to_the_day(client, drive, leader):
    facts = {"indicator": None, "of_how_many": 9, "source": "市通报"}
    rows = [
        {**facts, "since": day(1), "until": until, "place": place}
        for until, place in ((day(5, 31), 4), (day(6, 30), 3), (day(8, 31), 2))
    ]
    record_places(unit=drive.organiser, rows=rows, by=User.objects.system())
    shown = page(client, drive, "history").context["published"]
    assert [row[:2] for row in shown.rows] == [
        ("2026-01-01 至 2026-06-30", "3/9"),
        ("2026-01-01 至 2026-05-31", "4/9"),
    ]
    assert "26-6 第 3 位" in shown.wide


def test_issued_bulletins_are_days_to_compare_with(client, drive, leader):
    drive.read("到位资金", day(7, 9), 甲镇=0)  # a bulletin refuses what nobody reported
    editor = make_editor(drive)
    draft = make_draft(drive, editor, as_of=day(7, 13), number="第3期")
    make_draft(drive, editor, as_of=day(7, 14), number="第4期")
    assert page(client, drive, "issued-days").context["issues"] == []
    issuing.issue(report=approved(draft, editor, leader, day(7, 14)), today=day(7, 14), by=editor)
    response = page(client, drive, "issued-days", line="7", group="乡镇")
    (issue,) = response.context["issues"]
    assert (issue["label"], issue["day"]) == ("第3期", day(7, 13))
    assert "line=7" in issue["url"]
    rows = client.get(issue["url"]).context["groups"][0].rows
    assert [(row.unit, row.move.sign) for row in rows] == [("丙镇", "▲2"), ("甲镇", "▼1"), ("乙镇", "▼1")]
    assert client.get(f"{response.request['PATH_INFO']}?as_of=2026-07-13").context["issues"] == []
    part = client.get(response.request["PATH_INFO"], {"as_of": DAY.isoformat()}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "第3期" in part.content.decode()


def test_grid_leaves_out_heads_that_have_no_room_but_never_the_last():
    assert grids.every_nth(["7-6", "7-13", "7-20", "7-27"], 100) == {0, 1, 2, 3}
    assert grids.every_nth(["7-6", "7-13", "7-20", "7-27"], 20) == {1, 3}
    assert grids.broken("新签5000万元以上工业项目", 60) == ["新签5000万", "元以上工业", "项目"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("part", ["as_of", "basis", "group", "line"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_the_address_shows_the_page(client, drive, leader, name, part, value):
    response = client.get(f"/campaigns/{drive.campaign.pk}/{name}/", {part: value})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_others_campaigns_are_not_there(client, drive, name):
    client.force_login(make_user("stranger", Role.LEADER, make_unit("邻区")))
    assert page(client, drive, name).status_code == 404


@pytest.mark.parametrize(("name", "queries"), [("charts", 8), ("history", 9), ("issued-days", 5)])
@pytest.mark.parametrize("size", [1, 30])
def test_pages_cost_the_same_at_any_size(client, drive, leader, name, queries, size, django_assert_num_queries):
    seat_many(drive.campaign, make_units(size, drive.organiser), group="部门")
    client.get("/campaigns/")
    with django_assert_num_queries(queries):
        assert page(client, drive, name).status_code == 200
