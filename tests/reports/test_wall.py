"""The wall screen: its pages, who makes and revokes its address, what it shows to whoever has it, what it costs."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from reports import overview, screens, wall
from reports.models import WallScreen
from tests.campaigns.drives import day
from tests.campaigns.factories import make_units, seat_many
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import make_told_drive
from units.models import AuditEntry, Role, User
from units.tokens import hashed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 16, 12, 0, tzinfo=timezone.get_fixed_timezone(480))


@pytest.fixture(autouse=True)
def clock():
    """Stand at noon of a day of the drive."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def drive(clock, db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def leader(drive):
    """Return a leader of the organiser."""
    return make_user("leader", Role.LEADER, drive.organiser)


def make(drive, by, **facts):
    return screens.make_wall(campaign=drive.campaign, by=by, **{"name": "大厅", "groups": [], **facts})


def pages(drive, groups=()):
    """Return the pages of a screen, each once."""
    on = day(9, 16)
    state = drive.standings(on)
    courses = overview.courses(state)
    first = wall.page(state, courses, 0, groups)
    return [wall.page(state, courses, n, groups) for n in range(first.count)]


def test_a_page_is_a_group_with_its_places_and_cells(drive):
    first, second = pages(drive)
    assert (first.label, [(row.place, row.unit, row.score) for row in first.rows]) == (
        "乡镇", [("1", "甲镇", "87"), ("2", "乙镇", "0")],
    )  # fmt: skip
    assert [cell.text for cell in first.rows[0].cells] == ["90%", "84%", "0"]
    assert (second.label, [row.unit for row in second.rows]) == ("园区", ["丙园区"])
    assert [(row.name, row.text) for row in first.met] == [("招商信息", "0/3"), ("到位资金", "0/2")]
    assert (first.course_of, second.course_of) == ("招商信息", "到位资金")
    assert first.course.startswith("<svg")


def test_after_the_last_page_comes_the_first(drive):
    state = drive.standings(day(9, 16))
    courses = overview.Courses((day(9, 16),), (day(9, 16),), {}, {})
    assert [wall.page(state, courses, n).number for n in range(5)] == [0, 1, 0, 1, 0]


def test_a_screen_may_be_bound_to_some_groups(drive):
    assert [page.label for page in pages(drive, ["园区"])] == ["园区"]


def test_a_long_group_goes_on_over_pages_of_one_size(drive):
    seat_many(drive.campaign, make_units(40, drive.organiser), group="部门")
    shown = [page for page in pages(drive) if page.label.startswith("部门")]
    assert [(page.label, len(page.rows)) for page in shown] == [
        ("部门（1/3）", 14), ("部门（2/3）", 14), ("部门（3/3）", 12),
    ]  # fmt: skip
    assert len({row.unit for page in shown for row in page.rows}) == 40


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(hours=2), ("最近入账 09-16 10:00", False)),
        (timedelta(days=3) - timedelta(minutes=1), ("最近入账 09-13 12:01", False)),
        (timedelta(days=3), ("已 3 天没有新数据", True)),
    ],
)
def test_old_data_is_called_old(clock, ago, told):
    assert wall.freshness(NOON - ago, NOON) == told
    assert wall.freshness(None, NOON) == ("还没有数据", True)


def test_only_the_hash_of_a_token_is_kept_and_the_trail_knows(drive, leader):
    token = make(drive, leader)
    screen = WallScreen.objects.get()
    assert screen.token_hash == hashed(token)
    assert token not in str(WallScreen.objects.values_list().get())
    row = AuditEntry.objects.first()
    assert (row.by, row.action, row.object_id) == (leader, "wall.wall_made", screen.pk)
    assert token not in row.changes


def test_whoever_has_the_address_sees_standings_without_signing_in(drive, leader):
    browser = Client()
    response = browser.get(f"/wall/{make(drive, leader)}/")
    text = response.content.decode()
    assert response.status_code == 200
    assert "百日会战作战图" in text
    assert "甲镇" in text
    assert "最近入账 09-16 12:00" in text
    assert response["Cache-Control"] == "no-store"
    assert "href=" not in text.partition("<body")[2]
    assert not browser.cookies


def test_a_part_is_the_next_page_alone(drive, leader):
    text = Client().get(f"/wall/{make(drive, leader)}/part/?page=1").content.decode()
    assert "<html" not in text
    assert re.findall(r'data-page="(\d+)" data-count="(\d+)"', text) == [("1", "2")]
    assert "丙园区" in text
    assert "甲镇" not in text


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_for_a_page_shows_one(drive, leader, value):
    assert Client().get(f"/wall/{make(drive, leader)}/part/", {"page": value}).status_code == 200


def test_a_revoked_address_opens_nothing(client, drive, leader):
    token, other = make(drive, leader), make(drive, leader)
    client.force_login(leader)
    screen = WallScreen.objects.get(token_hash=hashed(token))
    assert "停用后" in client.get(f"/walls/{screen.pk}/revoke/").content.decode()
    response = client.post(f"/walls/{screen.pk}/revoke/", follow=True)
    assert "大屏地址已停用" in response.content.decode()
    assert [Client().get(f"/wall/{token}/{part}").status_code for part in ("", "part/")] == [404, 404]
    assert Client().get(f"/wall/{other}/").status_code == 200
    assert AuditEntry.objects.first().action == "wall.wall_revoked"
    with pytest.raises(ValidationError, match="已经停用"):
        screens.revoke_wall(wall=screen, by=leader)


def test_an_address_is_shown_once_when_it_is_made(client, drive, leader):
    client.force_login(leader)
    address = f"/campaigns/{drive.campaign.pk}/walls/"
    response = client.post(address, {"name": "大厅", "groups": ["乡镇"], "basis": ""})
    shown = response.context["address"]
    text = Client().get(shown.partition("testserver")[2]).content.decode()
    assert "甲镇" in text
    again = client.get(address)
    assert shown not in again.content.decode()
    assert [(row.name, row.groups, row.made_by) for row in again.context["walls"]] == [("大厅", ["乡镇"], leader)]


@pytest.mark.parametrize(("data", "told"), [({"name": ""}, "name"), ({"name": "厅", "groups": ["别组"]}, "groups")])
def test_what_cannot_be_made_is_refused(client, drive, leader, data, told):
    client.force_login(leader)
    response = client.post(f"/campaigns/{drive.campaign.pk}/walls/", data)
    assert list(response.context["form"].errors) == [told]
    assert not WallScreen.objects.exists()


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        (Role.LEADER, "示范区", 200),
        (Role.EDITOR, "示范区", 200),
        (Role.LEADER, "甲镇", 403),
        (Role.CLERK, "示范区", 403),
    ],
)
def test_leaders_and_editors_of_the_organiser_make_and_see_screens(client, drive, leader, role, unit, status):
    make(drive, leader)
    user = make_user("someone", role, drive.unit(unit))
    client.force_login(user)
    assert client.get(f"/campaigns/{drive.campaign.pk}/walls/").status_code == status
    revoke = client.get(f"/walls/{WallScreen.objects.get().pk}/revoke/")
    assert revoke.status_code == (200 if status == 200 else 404 if role == Role.LEADER else 403)
    if status == 403:
        with pytest.raises(PermissionDenied):
            make(drive, user)


def test_others_campaigns_are_not_there(client, drive):
    client.force_login(make_user("stranger", Role.LEADER, make_unit("邻区")))
    assert client.get(f"/campaigns/{drive.campaign.pk}/walls/").status_code == 404


@pytest.mark.parametrize("size", [1, 30])
def test_screen_costs_the_same_at_any_size(drive, leader, size, django_assert_num_queries):
    seat_many(drive.campaign, make_units(size, drive.organiser), group="部门")
    token = make(drive, User.objects.system())
    with django_assert_num_queries(6):  # the screen, three of the standings, the course, the newest entry
        assert Client().get(f"/wall/{token}/").status_code == 200
