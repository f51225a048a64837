"""Signing in, and everything that ends a session."""

import time

import pytest
import time_machine
from axes.models import AccessFailureLog
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.factories import PASSWORD, make_unit, make_user
from units import actions
from units.models import AuditEntry, Role, User, fold

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
NEW = "Qing-shan-88?"


def sign_in(client, username="victim", password=PASSWORD, **kwargs):
    """Send the form of the sign-in page."""
    return client.post(SIGN_IN, {"username": username, "password": password}, **kwargs)


def signed_in(client):
    """Say whether the session is still somebody's."""
    return "_auth_user_id" in client.session


@pytest.fixture
def victim():
    return make_user("victim", Role.SYSTEM_ADMIN)


@pytest.fixture
def lock_out(settings):
    settings.AXES_ENABLED = True


def test_fold_makes_one_name_of_case_and_width():
    assert {fold(name) for name in ("victim", "VICTIM", "Ｖｉｃｔｉｍ", " victim ")} == {"victim"}


@pytest.mark.parametrize("typed", ["victim", "VICTIM", "Ｖｉｃｔｉｍ"])
def test_sign_in_takes_the_name_in_any_case_and_width(client, victim, typed):
    response = sign_in(client, typed)
    assert (response.status_code, response.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(victim.pk)


def test_sign_in_refuses_a_wrong_password_without_saying_which_part_is_wrong(client, victim):
    wrong = sign_in(client, password="nonsense").content.decode()
    unknown = sign_in(client, "nobody").content.decode()
    for page in (wrong, unknown):
        assert "用户名或密码不对" in page
    assert not signed_in(client)


def test_disabled_account_cannot_sign_in(client, victim):
    User.objects.filter(pk=victim.pk).update(is_active=False)
    assert "用户名或密码不对" in sign_in(client).content.decode()
    assert not signed_in(client)


def test_system_user_cannot_sign_in(client):
    User.objects.system()
    for password in ("", "!", PASSWORD):
        sign_in(client, "system", password)
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/accounts/?q=x", "/accounts/?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("", "/"),
    ],
)
def test_next_leads_back_but_never_off_the_site(client, victim, target, expected):
    response = client.post(SIGN_IN, {"username": "victim", "password": PASSWORD, "next": target})
    assert response.url == expected


def test_page_asked_for_before_sign_in_comes_after_it(client, victim):
    assert client.get("/accounts/?q=x").url == "/sign-in/?next=/accounts/%3Fq%3Dx"
    assert client.post("/accounts/new/").url == SIGN_IN
    assert client.post("/sign-out/").url == SIGN_IN


def test_part_of_a_page_leads_the_whole_page_to_sign_in(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/audit/"}
    response = client.get("/accounts/", headers=headers)
    assert response.headers["HX-Redirect"] == "/sign-in/?next=/audit/"
    assert response.content == b""


def test_fifth_failure_locks_in_any_spelling_and_fifteen_minutes_later_opens(client, victim, lock_out):
    with time_machine.travel(0, tick=False) as clock:
        for typed in ("victim", "VICTIM", "Ｖictim", "victim"):
            assert sign_in(client, typed, "nonsense").status_code == 200
        assert sign_in(client, "Victim", "nonsense").status_code == 429
        clock.shift(14 * 60)
        locked = sign_in(client)
        assert locked.status_code == 429
        assert "15 分钟" in locked.content.decode()
        assert not signed_in(client)
        clock.shift(2 * 60)
        assert sign_in(client).status_code == 302


def test_lock_is_for_one_address_and_one_user(client, victim, lock_out):
    make_user("other", Role.AUDIT_ADMIN)
    for _ in range(5):
        sign_in(client, password="nonsense")
    assert sign_in(client).status_code == 429
    assert sign_in(client, "other").status_code == 302
    client.logout()
    assert sign_in(client, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_success_forgets_the_failures_before_it(client, victim, lock_out):
    for _ in range(2):
        for _ in range(4):
            assert sign_in(client, password="nonsense").status_code == 200
        assert sign_in(client).status_code == 302
        client.logout()


def test_twenty_failures_in_an_hour_lock_at_every_address(client, victim, lock_out):
    with time_machine.travel(0, tick=False) as clock:
        for number in range(20):
            clock.shift(60)
            sign_in(client, "VICTIM", "nonsense", REMOTE_ADDR=f"10.0.0.{number}")
        assert AccessFailureLog.objects.filter(username="victim").count() == 20
        assert sign_in(client, REMOTE_ADDR="10.0.1.1").status_code == 429
        clock.shift(3600)
        assert sign_in(client, REMOTE_ADDR="10.0.1.1").status_code == 302


def test_address_behind_a_proxy_is_the_one_the_proxy_wrote(client, victim, lock_out, settings):
    settings.BEHIND_PROXY = True
    for _ in range(5):
        sign_in(client, password="nonsense", HTTP_X_FORWARDED_FOR="1.1.1.1, 10.0.0.7")
    assert sign_in(client, HTTP_X_FORWARDED_FOR="2.2.2.2, 10.0.0.7").status_code == 429
    assert sign_in(client, HTTP_X_FORWARDED_FOR="10.0.0.7, 10.0.0.8").status_code == 302


def test_idle_session_ends_after_thirty_minutes_and_says_so(client, victim):
    with time_machine.travel(0, tick=False) as clock:
        sign_in(client)
        clock.shift(29 * 60)
        assert client.get("/accounts/").status_code == 200
        clock.shift(29 * 60)
        assert client.get("/accounts/").status_code == 200
        clock.shift(31 * 60)
        response = client.get("/accounts/", follow=True)
    assert "登录已超时，请重新登录" in response.content.decode()
    assert not signed_in(client)


def test_background_polls_do_not_prolong_the_session(client, victim):
    with time_machine.travel(0, tick=False) as clock:
        sign_in(client)
        for _ in range(3):
            clock.shift(9 * 60)
            assert client.get("/accounts/", headers={"X-Background": "1"}).status_code == 200
        clock.shift(4 * 60)
        assert client.get("/accounts/", headers={"X-Background": "1"}).status_code == 302


def test_busy_session_ends_after_twelve_hours(client, victim):
    with time_machine.travel(0, tick=False) as clock:
        sign_in(client)
        for _ in range(36):
            clock.shift(20 * 60)
            assert client.get("/accounts/").status_code == 200
        clock.shift(60)
        assert "最长时限" in client.get("/accounts/", follow=True).content.decode()


def test_session_without_a_beginning_is_refused(client, victim):
    sign_in(client)
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert client.get("/accounts/").status_code == 302


def test_sign_out_ends_the_session_on_the_server_and_only_by_post(client, victim):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 403
    key = client.session.session_key
    assert client.post("/sign-out/").url == SIGN_IN
    assert not Session.objects.filter(session_key=key).exists()


def test_disabling_ends_the_sessions_of_that_account_alone(client, victim, django_user_model):
    boss = make_user("boss", Role.SYSTEM_ADMIN)
    other = type(client)()
    sign_in(client)
    sign_in(other, "boss")
    actions.set_user_active(user=victim, active=False, reason="调离", by=boss)
    assert client.get("/accounts/").status_code == 302
    assert other.get("/accounts/").status_code == 200
    assert Session.objects.count() == 1


def test_first_sign_in_leads_nowhere_but_to_a_new_password(client):
    user = make_user("newcomer", Role.SYSTEM_ADMIN, must_change=True)
    sign_in(client, "newcomer")
    for page in ("/", "/accounts/", SIGN_IN):
        assert client.get(page).url == "/password/"
    htmx = client.get("/accounts/", headers={"HX-Request": "true"})
    assert htmx.headers["HX-Redirect"] == "/password/"
    assert client.get("/password/").status_code == 200
    sent = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/password/", sent).url == "/"
    assert client.get("/accounts/").status_code == 200
    user.refresh_from_db()
    assert (user.check_password(NEW), user.must_change_password) == (True, False)


def test_new_password_keeps_this_session_and_ends_the_others(client, victim):
    elsewhere = type(client)()
    for browser in (client, elsewhere):
        sign_in(browser)
    client.post("/password/", {"old": PASSWORD, "password": NEW, "again": NEW})
    assert client.get("/accounts/").status_code == 200
    assert elsewhere.get("/accounts/").status_code == 302
    assert AuditEntry.objects.filter(action="user.password_changed", by=victim).count() == 1


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"old": "nonsense", "password": NEW, "again": NEW}, "当前密码不对"),
        ({"old": PASSWORD, "password": NEW, "again": NEW + "x"}, "两次输入的新密码不一致"),
        ({"old": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "不能与当前密码相同"),
        ({"old": PASSWORD, "password": "short", "again": "short"}, "10"),
        ({}, "必填"),
    ],
)
def test_bad_new_password_changes_nothing_and_says_why(client, victim, sent, problem):
    sign_in(client)
    before = AuditEntry.objects.count()
    page = client.post("/password/", sent)
    assert page.status_code == 200
    assert problem in page.content.decode()
    victim.refresh_from_db()
    assert victim.check_password(PASSWORD)
    assert AuditEntry.objects.count() == before


def test_pages_are_not_stored_and_bring_a_strict_policy(client, victim):
    sign_in(client)
    for page in (SIGN_IN, "/accounts/", "/password/"):
        response = client.get(page)
        assert response.headers["Cache-Control"] == "no-store" or "no-store" in response.headers["Cache-Control"]
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.SYSTEM_ADMIN, "units:user_list"),
        (Role.SECURITY_ADMIN, "units:member_list"),
        (Role.AUDIT_ADMIN, "units:audit_list"),
    ],
)
def test_administrators_start_on_their_own_page(client, role, page):
    client.force_login(make_user("admin1", role))
    assert client.get("/").url == reverse(page)


def test_form_older_than_its_session_says_what_to_do(victim):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    response = browser.post(SIGN_IN, {"username": "victim", "password": PASSWORD})
    assert response.status_code == 403
    assert "刷新页面" in response.content.decode()


def test_last_seen_is_written_at_most_once_a_minute(client, victim, django_assert_num_queries):
    sign_in(client)
    make_unit("另一区")
    seen = client.session["seen_at"]
    client.get("/accounts/")
    assert client.session["seen_at"] == seen
    assert abs(seen - time.time()) < 5
