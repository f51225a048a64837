"""What scripts ask of a form: a JSON answer, said once, under the user who typed it."""

import time

import pytest
from django.test import Client

from tests.factories import make_user
from units.models import Role, Submission, Unit

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
LATER = {**JSON, "X-Background": "1"}


def sent(name="经开区", nonce="n1"):
    """Return a filled-in form for a unit."""
    return {"name": name, "kind": "park", "nonce": nonce}


@pytest.fixture
def boss(client):
    user = make_user("boss", Role.SYSTEM_ADMIN)
    client.force_login(user)
    return user


def test_script_is_told_where_the_form_led_and_the_next_page_what_was_done(client, boss):
    answer = client.post("/units/new/", sent(), headers=JSON)
    assert answer.json() == {"url": "/units/"}
    assert Unit.objects.filter(name="经开区").count() == 1
    assert "已" in client.get("/units/").content.decode().partition('id="messages"')[2].partition("</div>")[0]


def test_form_sent_later_leaves_no_message_for_another_page(client, boss):
    client.post("/units/new/", sent(), headers=LATER)
    assert "zs-message-success" not in client.get("/units/").content.decode()


def test_form_sent_again_is_answered_alike_and_stored_once(client, boss):
    answers = [client.post("/units/new/", sent(name), headers=LATER).json() for name in ("经开区", "另一名称")]
    assert answers[0] == answers[1]
    assert list(Unit.objects.filter(name__in=["经开区", "另一名称"]).values_list("name", flat=True)) == ["经开区"]
    assert Submission.objects.count() == 1


def test_refused_form_is_answered_with_its_errors_by_field_and_keeps_its_nonce(client, boss):
    answer = client.post("/units/new/", sent(""), headers=LATER)
    assert answer.json() == {"errors": ["名称：这个字段是必填项。"]}
    assert Submission.objects.count() == 0


def test_browser_that_takes_anything_gets_a_page(client, boss):
    assert client.post("/units/new/", sent(), headers={"Accept": "*/*"}).status_code == 302


def test_token_names_who_is_signed_in(client, boss):
    answer = client.get("/token/", headers=LATER)
    assert answer.json()["user"] == boss.pk
    assert len(answer.json()["token"]) == 64
    assert answer.headers["Cache-Control"] == "no-store"


def test_token_is_for_those_who_are_signed_in(client):
    assert client.get("/token/", headers=LATER).status_code == 302


def test_fetched_token_lets_a_form_through(boss):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(boss)
    assert browser.post("/units/new/", sent(), headers=LATER).status_code == 403
    token = browser.get("/token/").json()["token"]
    answer = browser.post("/units/new/", {**sent(), "csrfmiddlewaretoken": token}, headers=LATER)
    assert answer.json() == {"url": "/units/"}


@pytest.mark.parametrize(("headers", "prolonged"), [(JSON, True), (LATER, False)])
def test_only_what_a_person_sends_prolongs_the_session(client, boss, headers, prolonged):
    session, earlier = client.session, int(time.time()) - 300
    session["signed_in_at"] = session["seen_at"] = earlier
    session.save()
    assert client.get("/token/", headers=headers).status_code == 200
    assert (client.session["seen_at"] > earlier) is prolonged
