"""The first page after signing in: where one works."""

import pytest
from django.utils import timezone

from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit, make_user
from units.models import Role

pytestmark = pytest.mark.django_db


def home(client, user):
    client.force_login(user)
    response = client.get("/")
    assert response.status_code == 302
    return response.url


@pytest.fixture
def on(monkeypatch):
    """Return a function that sets today."""
    return lambda today: monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: today)


def test_home_is_the_running_campaign_that_started_last(client, on):
    make_drive(name="甲", starts=day(1, 1), ends=day(12, 31))
    late = make_drive(name="乙", starts=day(7, 1), ends=day(9, 30)).campaign
    make_drive(name="丙", starts=day(3, 1), ends=day(3, 31))
    make_drive(name="丁", starts=day(10, 1), ends=day(12, 31))
    on(day(8, 1))
    assert home(client, make_user("leader", Role.LEADER, late.organiser)) == f"/campaigns/{late.pk}/"


def test_home_is_the_last_campaign_where_none_runs(client, on):
    make_drive(name="甲", starts=day(1, 1), ends=day(1, 31))
    last = make_drive(name="乙", starts=day(3, 1), ends=day(3, 31)).campaign
    on(day(8, 1))
    assert home(client, make_user("leader", Role.LEADER, last.organiser)) == f"/campaigns/{last.pk}/"


def test_the_campaign_that_is_over_is_shown_as_of_its_end(client, on):
    drive = make_drive(starts=day(3, 1), ends=day(3, 31))
    on(day(8, 1))
    client.force_login(make_user("leader", Role.LEADER, drive.organiser))
    assert client.get("/", follow=True).context["as_of"] == day(3, 31)


def test_home_without_a_campaign_is_the_list(client):
    assert home(client, make_user("leader", Role.LEADER, make_unit())) == "/campaigns/"


def test_a_campaign_of_others_is_no_home(client, on):
    make_drive(starts=day(7, 1), ends=day(9, 30))
    on(day(8, 1))
    assert home(client, make_user("stranger", Role.CLERK, make_unit("外区"))) == "/campaigns/"


@pytest.mark.parametrize(
    ("role", "url"),
    [
        (Role.SYSTEM_ADMIN, "/accounts/"),
        (Role.SECURITY_ADMIN, "/roles/"),
        (Role.AUDIT_ADMIN, "/audit/"),
        (None, "/password/"),
    ],
)
def test_who_sees_no_campaign_goes_to_the_own_page(client, role, url):
    drive = make_drive()
    assert home(client, make_user("who", role, drive.organiser)) == url


def test_home_asks_to_sign_in(client):
    assert "/sign-in/" in client.get("/").url
