"""A figure's page, correcting it, taking it back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import correct_tally, recognise_tally
from campaigns.models import Entry, Tally
from campaigns.standings import standings
from tests.factories import make_user
from tests.projects.factories import NONSENSE, make_desk, make_tally
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def correction(tally, **changed):
    """Return a filled-in correction."""
    filled = {
        "version": tally.version, "amount": "5", "is_reading": "False", "on": tally.on.isoformat(), "note": "",
        "reason": "数错了", "nonce": "c1",
    }  # fmt: skip
    return filled | changed


def test_page_shows_figure_entries_and_history(client, desk):
    tally = make_tally(desk, amount=2)
    correct_tally(tally=tally, amount=Decimal(3), on=tally.on, reason="漏了一条", by=desk.clerk)
    response = client.get(f"/tallies/{tally.pk}/")
    text = response.content.decode()
    for told in ("3 条", "待认定", "漏了一条", "计入", desk.campaign.name):
        assert told in text
    line = desk.lines["招商信息"]
    (row,) = response.context["counted"]
    assert (row.indicator, row.unit, row.basis, row.amount, row.fact_on) == (
        "招商信息",
        "商务局",
        "上报",
        "3 条",
        None,
    )
    assert row.links == (
        (
            desk.campaign.name,
            f"/campaigns/{desk.campaign.pk}/rows/?line={line.pk}&unit={desk.unit.pk}&basis=reported",
        ),
    )
    assert client.get(row.links[0][1]).context["total"] == "3 条"


def test_recognised_figure_shows_the_verdict_and_no_buttons(client, desk):
    tally = make_tally(desk, amount=4)
    recognise_tally(
        tally=tally, verdict="reduced", amount=Decimal(3), on=desk.today, number="通报1号", reason="一条重复",
        by=desk.verifier,
    )  # fmt: skip
    text = client.get(f"/tallies/{tally.pk}/").content.decode()
    for told in ("核减认定", "3 条", "通报1号", "一条重复"):
        assert told in text
    assert "/correct/" not in text
    assert "已认定" in client.post(f"/tallies/{tally.pk}/correct/", correction(tally, version=2)).content.decode()


def test_figure_of_another_unit_is_not_found(client, desk):
    tally = make_tally(desk, amount=2, unit=desk.units[1], by=desk.other_clerk)
    for page in ("", "correct/", "withdraw/"):
        assert client.get(f"/tallies/{tally.pk}/{page}").status_code == 404
    assert client.post(f"/tallies/{tally.pk}/correct/", correction(tally)).status_code == 404


def test_who_may_only_read_may_not_change(client, desk):
    tally = make_tally(desk, amount=2)
    both = make_user("both", Role.CLERK, desk.units[1])
    both.members.create(unit=desk.unit, role=Role.LEADER)
    client.force_login(both)
    assert client.get(f"/tallies/{tally.pk}/").status_code == 200
    for page in ("correct", "withdraw"):
        assert client.get(f"/tallies/{tally.pk}/{page}/").status_code == 403
    assert client.post(f"/tallies/{tally.pk}/correct/", correction(tally)).status_code == 403
    assert Tally.objects.get().amount == 2


def test_correction_changes_the_figure_and_keeps_before_and_after(client, desk):
    tally = make_tally(desk, amount=2)
    response = client.post(f"/tallies/{tally.pk}/correct/", correction(tally))
    assert response.url == f"/tallies/{tally.pk}/"
    assert standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["招商信息"].pk].done == 5
    row = AuditEntry.objects.filter(action="tally.changed").get()
    assert (row.reason, row.lines) == ("数错了", [("数值", "2", "5")])
    client.post(f"/tallies/{tally.pk}/correct/", correction(tally))
    assert AuditEntry.objects.filter(action="tally.changed").count() == 1


def test_correction_needs_a_reason(client, desk):
    tally = make_tally(desk, amount=2)
    response = client.post(f"/tallies/{tally.pk}/correct/", correction(tally, reason=" "))
    assert "reason" in response.context["form"].errors
    assert Tally.objects.get().amount == 2


def test_second_of_two_clerks_sees_both_values(client, desk):
    tally = make_tally(desk, amount=2)
    old = correction(tally)
    correct_tally(tally=tally, amount=Decimal(9), on=tally.on, reason="补报", by=desk.clerk)
    response = client.post(f"/tallies/{tally.pk}/correct/", old)
    assert response.context["conflict"] == [{"label": "数值", "mine": "5", "theirs": "9"}]
    assert Tally.objects.get().amount == 9
    again = correction(tally, version=response.context["form"].data["version"])
    assert client.post(f"/tallies/{tally.pk}/correct/", again).status_code == 302
    assert Tally.objects.get().amount == 5


def test_withdrawal_reverses_the_entry_and_keeps_the_row(client, desk):
    tally = make_tally(desk, amount=2)
    sent = {"version": tally.version, "reason": "重复填报", "nonce": "w1"}
    assert client.post(f"/tallies/{tally.pk}/withdraw/", sent).url == "/entry/mine/"
    assert Entry.objects.live().count() == 0
    assert standings(desk.campaign, desk.today).lines[desk.unit.pk, desk.lines["招商信息"].pk].done is None
    text = client.get(f"/tallies/{tally.pk}/").content.decode()
    assert "已撤回" in text
    assert "没有计入任何指标" in text
    assert client.post(f"/tallies/{tally.pk}/withdraw/", {**sent, "version": 2, "nonce": "w2"}).status_code == 200


def test_withdrawal_of_an_old_version_is_refused(client, desk):
    tally = make_tally(desk, amount=2)
    correct_tally(tally=tally, amount=Decimal(9), on=tally.on, reason="补报", by=desk.clerk)
    response = client.post(f"/tallies/{tally.pk}/withdraw/", {"version": 1, "reason": "重复", "nonce": "w"})
    assert "已被他人修改" in response.content.decode()
    assert not Tally.objects.get().is_withdrawn


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_gives_a_message_or_a_saved_figure(client, desk, junk):
    tally = make_tally(desk, amount=2)
    for number, name in enumerate(correction(tally)):
        tally.refresh_from_db()
        response = client.post(f"/tallies/{tally.pk}/correct/", correction(tally, nonce=f"n{number}") | {name: junk})
        assert response.status_code in {200, 302}
        if response.status_code == 200 and name != "nonce":
            assert response.context["form"].errors
    for name in ("version", "reason"):
        tally.refresh_from_db()
        sent = {"version": tally.version, "reason": "x", name: junk}
        assert client.post(f"/tallies/{tally.pk}/withdraw/", sent).status_code in {200, 302}


def test_page_costs_the_same_for_a_long_series(client, desk):
    tally = make_tally(desk, amount=2)
    client.get(f"/tallies/{tally.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/tallies/{tally.pk}/")
    for number in range(1, 30):
        make_tally(desk, amount=1, on=desk.today - timedelta(days=number))
        correct_tally(tally=tally, amount=Decimal(number + 2), on=tally.on, reason="改", by=desk.clerk)
    with CaptureQueriesContext(connection) as many:
        client.get(f"/tallies/{tally.pk}/")
    assert len(many) == len(few)
    assert len(few) <= 9
