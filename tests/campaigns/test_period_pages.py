"""Months: list, closing, reopening; who may."""

from datetime import date

import pytest
import time_machine

from campaigns import actions
from campaigns.models import Period
from tests.campaigns.factories import count, make_campaign, make_indicator, make_units, report, seat
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User


@pytest.fixture(autouse=True)
def in_september():
    with time_machine.travel("2026-09-15 12:00+08:00", tick=True):
        yield


@pytest.fixture
def top(db):
    return make_unit("示范区", Unit.Kind.DISTRICT)


@pytest.fixture
def editor(client, top):
    user = make_user("editor", Role.EDITOR, top, name="李敏")
    client.force_login(user)
    return user


def months(client):
    return {row.label: row for row in client.get("/periods/").context["months"]}


def test_list_shows_eighteen_months_and_those_with_postings(client, top, editor):
    (unit,) = make_units(1, top)
    campaign = make_campaign(top, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    seat(campaign, unit)
    (line,) = count(campaign, make_indicator())
    report(campaign, line, {unit: 3}, on=date(2024, 2, 5))
    report(campaign, line, {unit: 3}, on=date(2026, 8, 5))
    report(campaign, line, {unit: 4}, on=date(2026, 8, 6))
    shown = months(client)
    assert list(shown)[:3] == ["2026年9月", "2026年8月", "2026年7月"]
    assert list(shown)[-2:] == ["2025年4月", "2024年2月"]
    assert len(shown) == 19
    assert [shown[label].entries for label in ("2026年8月", "2026年7月", "2024年2月")] == ["2", "0", "1"]


def test_editor_of_the_top_unit_closes_and_reopens_with_a_reason(client, editor):
    assert client.post("/periods/2026-8/close/", {"reason": "已通报", "nonce": "n1"}).url == "/periods/"
    assert Period.objects.get().closed
    row = months(client)["2026年8月"]
    assert (row.closed, row.reason, row.url) == (True, "已通报", "/periods/2026-8/reopen/")
    assert row.told.startswith("李敏 封账 2026-09-15")
    client.post("/periods/2026-8/reopen/", {"reason": "漏报一家", "nonce": "n2"})
    row = months(client)["2026年8月"]
    assert (row.closed, row.reason) == (False, "漏报一家")
    assert "已通报" in client.get("/periods/2026-8/close/").content.decode()


def test_double_submit_closes_once(client, editor):
    client.post("/periods/2026-8/close/", {"reason": "已通报", "nonce": "n1"})
    assert client.post("/periods/2026-8/close/", {"reason": "已通报", "nonce": "n1"}).url == "/periods/"
    assert AuditEntry.objects.filter(action="period.closed").count() == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/periods/2026-8/reopen/", "该月本来就是开放的"),
        ("/periods/2026-7/close/", "该月已封账"),
        ("/periods/2026-10/close/", "该月还没有开始，不能封账"),
    ],
)
def test_what_cannot_be_done_says_why(client, editor, url, message):
    actions.close_month(month=date(2026, 7, 1), reason="已通报", by=User.objects.system())
    assert message in client.post(url, {"reason": "理由", "nonce": "n1"}).content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/periods/2026-13/close/",
        "/periods/2026-0/reopen/",
        "/periods/0-1/close/",
        "/periods/99999999999999999999-1/close/",
        "/periods/1999-12/close/",
    ],
)
def test_month_that_is_none_is_not_there(client, editor, url):
    assert client.get(url).status_code == 404
    assert client.post(url, {"reason": "理由"}).status_code == 404


@pytest.mark.parametrize("action", ["close", "reopen"])
def test_editor_of_a_lower_unit_reads_only(client, top, action):
    (unit,) = make_units(1, top)
    client.force_login(make_user("lower", Role.EDITOR, unit))
    assert client.get(f"/periods/2026-8/{action}/").status_code == 403
    assert client.post(f"/periods/2026-8/{action}/", {"reason": "理由"}).status_code == 403
    text = client.get("/periods/").content.decode()
    assert "/close/" not in text
    assert "由顶层单位的编报员办理" in text


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.VERIFIER, Role.AUDIT_ADMIN])
@pytest.mark.parametrize("page", ["/periods/", "/periods/2026-8/close/", "/periods/2026-8/reopen/"])
def test_only_editors_open_the_months(client, top, role, page):
    client.force_login(make_user("user", role, top))
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_as_a_reason_never_fails(client, editor, value):
    response = client.post("/periods/2026-8/close/", {"reason": value, "nonce": value})
    assert response.status_code in {200, 302}
    assert response.status_code == 302 or "未保存，请更正以下内容" in response.content.decode()


def test_list_costs_the_same_whatever_stands_in_it(client, editor, django_assert_max_num_queries):
    client.get("/indicators/")
    with django_assert_max_num_queries(8) as few:
        client.get("/periods/")
    for year in (2020, 2021, 2022):
        for month in range(1, 11):
            actions.close_month(month=date(year, month, 1), reason="已通报", by=User.objects.system())
    with django_assert_max_num_queries(8) as many:
        response = client.get("/periods/")
    assert len(many) == len(few)
    assert len(response.context["months"]) == 48
