"""Every page × method × role against the permission table, walked from the URLconf."""

import re
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from tests.factories import make_user
from units import access, checks
from units.access import ACCESS
from units.checks import all_pages, check_pages
from units.middleware import PageAccess
from units.models import AuditEntry, Role, Submission, Unit, User

CANDIDATES = ("999999999", "none", "2026-01-01", "00000000-0000-0000-0000-000000000000")
WRITE = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\S?(\w+)", re.IGNORECASE)
PAGES = all_pages()


def address(page):
    """Return an address of the page whose arguments name nothing that exists."""
    arguments = {}
    for name, converter in page.converters:
        text = next(text for text in CANDIDATES if re.fullmatch(converter.regex, text))
        arguments[name] = converter.to_python(text)
    return reverse(page.name, kwargs=arguments)


def tables_written(queries):
    """Return the tables that the queries changed."""
    return [found[2] for query in queries if (found := WRITE.match(query["sql"]))]


@pytest.fixture
def everybody(db):
    """Return {role: user} with one user for each role and one (None) without any."""
    return {None: make_user("nobody")} | {role: make_user(role.value, role) for role in Role}


def test_every_page_is_declared_and_every_declared_page_exists():
    assert checks.undeclared_pages() == []
    assert checks.stale_rows() == []


def test_check_finds_an_undeclared_and_a_stale_page(monkeypatch):
    assert check_pages(None) == []
    monkeypatch.delitem(ACCESS, "units:audit_list")
    monkeypatch.setitem(ACCESS, "units:gone", access.Page(access.ANYONE))
    assert [problem.id for problem in check_pages(None)] == ["units.E001", "units.W002"]


def test_start_up_fails_on_an_undeclared_page(monkeypatch):
    monkeypatch.delitem(ACCESS, "units:audit_list")
    with pytest.raises(ImproperlyConfigured, match="units:audit_list"):
        PageAccess(lambda request: None)


def test_pages_without_a_name_are_found():
    resolver = SimpleNamespace(url_patterns=[path("loose/<int:pk>/", lambda request: None)])
    (page,) = checks._walk(resolver, "", "", ())
    assert (page.name, [name for name, converter in page.converters]) == ("(loose/<int:pk>/)", ["pk"])


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_lets_in_exactly_the_roles_of_the_table(page, method, everybody):
    url = address(page)
    for role, user in everybody.items():
        browser = Client(raise_request_exception=False)
        browser.force_login(user)
        allowed = access.may(user, page.name, method)
        rows = AuditEntry.objects.filter(action="page.refused").count()
        with CaptureQueriesContext(connection) as queries:
            response = browser.generic(method, url)
        refused = AuditEntry.objects.filter(action="page.refused").count() - rows
        told = f"{role} {method} {url}: {response.status_code}"
        if allowed:
            assert response.status_code not in {403, 500}, told
            assert refused == 0, told
        else:
            assert response.status_code == 403, told
            assert refused == 1, told
            assert tables_written(queries) == ["units_auditentry"], told
            row = AuditEntry.objects.first()
            assert (row.by, row.reason) == (user, f"{method} {page.name} {url}")


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nobody_without_an_account_gets_past_sign_in(client, page):
    for method in ("GET", "POST"):
        declared = ACCESS[page.name].read if method == "GET" else ACCESS[page.name].write
        with CaptureQueriesContext(connection) as queries:
            response = client.generic(method, address(page))
        if declared == access.ANYONE:
            # the address names nothing, or the site has not switched the page on
            assert response.status_code == (404 if page.converters or not access.is_on(page.name) else 200)
        else:
            assert (response.status_code, response.url.partition("?")[0]) == (302, reverse("units:sign_in"))
            assert tables_written(queries) == []


@pytest.mark.django_db
def test_address_that_is_none_says_what_to_do(client):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "核对地址" in response.content.decode()


@pytest.mark.django_db
def test_failure_says_what_to_do(monkeypatch):
    monkeypatch.setattr("units.views.UserList.get_queryset", lambda self: 1 / 0)
    browser = Client(raise_request_exception=False)
    browser.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    response = browser.get("/accounts/")
    assert response.status_code == 500
    assert "没有保存" in response.content.decode()


@pytest.mark.django_db
def test_refusal_by_an_action_leaves_one_row_and_undoes_what_the_action_did(client, monkeypatch):
    boss = make_user("boss", Role.SYSTEM_ADMIN)
    client.force_login(boss)

    def refuse(by, **facts):
        make_user("half-done")
        access.require(by, Role.CLERK, Unit.objects.get())

    monkeypatch.setattr("units.actions.create_unit", refuse)
    before = AuditEntry.objects.count()
    assert client.post("/units/new/", {"name": "x", "kind": "park", "nonce": "n1"}).status_code == 403
    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.first().reason == "POST units:unit_create /units/new/"
    assert not User.objects.filter(username="half-done").exists()
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_refusal_says_what_to_do(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    assert "安全管理员" in client.get("/audit/").content.decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_may_open_nothing_of_the_business_rooms(role, method):
    administrator = SimpleNamespace(is_authenticated=True, roles=frozenset({role}))
    opened = {name for name in ACCESS if access.may(administrator, name, method)}
    # whoever holds a secret address or a key; it shows what its owner may see, or standings alone
    opened -= {"projects:calendar_feed", "reports:wall", "reports:wall_part"}
    opened -= {name for name in ACCESS if name.startswith("api:") and ACCESS[name].read == access.ANYONE}
    assert {name.partition(":")[0] for name in opened} <= {"units", "home"}
