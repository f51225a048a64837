"""A form sent twice is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.factories import make_user
from units import once
from units.models import AuditEntry, Role, Submission, Unit

pytestmark = pytest.mark.django_db


def sent(name="经开区", nonce="n1"):
    """Return a filled-in form for a unit."""
    return {"name": name, "kind": "park", "nonce": nonce}


def test_form_sent_twice_makes_one_record_and_leads_to_the_same_page(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    first = client.post("/units/new/", sent())
    rows = AuditEntry.objects.count()
    second = client.post("/units/new/", sent("另一名称"), follow=True)
    assert second.redirect_chain == [(first.url, 302)]
    assert "已经提交过" in second.content.decode()
    assert Unit.objects.filter(name__in=["经开区", "另一名称"]).count() == 1
    assert AuditEntry.objects.count() == rows


def test_two_users_spend_the_same_nonce_independently(client):
    for name in ("boss", "vice"):
        client.force_login(make_user(name, Role.SYSTEM_ADMIN))
        assert client.post("/units/new/", sent(name)).status_code == 302
    assert Unit.objects.filter(name__in=["boss", "vice"]).count() == 2


def test_refused_form_keeps_its_nonce_for_the_corrected_one(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    refused = client.post("/units/new/", sent("示范区"))
    assert 'name="nonce" value="n1"' in refused.content.decode()
    assert Submission.objects.count() == 0
    assert client.post("/units/new/", sent()).status_code == 302
    assert Unit.objects.filter(name="经开区").exists()


def test_every_form_carries_a_nonce_of_its_own(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    pages = [client.get("/units/new/") for _ in range(2)]
    nonces = {page.context["nonce"] for page in pages}
    assert len(nonces) == 2
    for page in pages:
        assert f'name="nonce" value="{page.context["nonce"]}"' in page.content.decode()


def test_nonce_is_given_back_when_the_action_fails():
    user = make_user("li")
    with transaction.atomic():
        once.claim(user, "n1")
        transaction.set_rollback(True)
    assert not Submission.objects.exists()
    assert once.claim(user, "n1").nonce == "n1"


def test_spent_nonce_tells_where_the_first_submission_led():
    user = make_user("li")
    taken = once.claim(user, "n1")
    taken.result_url = "/units/"
    taken.save()
    with pytest.raises(once.AlreadyTaken) as refused:
        once.claim(user, "n1")
    assert refused.value.url == "/units/"


def send_together(user, nonces):
    """Send the form of a unit with each of the nonces at the same moment; return the status codes."""
    ready = threading.Barrier(len(nonces))

    def send(number, nonce):
        try:
            browser = Client()
            browser.force_login(user)
            ready.wait()
            return browser.post("/units/new/", sent(f"{nonce}{number}", nonce)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(nonces)) as pool:
        return list(pool.map(send, range(len(nonces)), nonces))


def test_form_sent_four_times_at_once_is_done_once(postgres):
    boss = make_user("boss", Role.SYSTEM_ADMIN)
    assert send_together(boss, ["a", "b", "c", "d"]) == [302] * 4
    assert Unit.objects.filter(name__in=["a0", "b1", "c2", "d3"]).count() == 4  # four nonces: all four are made
    assert send_together(boss, ["n"] * 4) == [302] * 4
    assert Unit.objects.filter(name__startswith="n").count() == 1
    assert Submission.objects.filter(nonce="n").count() == 1
