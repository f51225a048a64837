"""The inbox: what concerns whom, in digests, read and unread, and what the bell costs."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import actions as campaign_actions
from campaigns.models import Recognition
from reports import inbox
from reports.models import Reading
from tests.factories import make_unit, make_user
from tests.projects.factories import make_desk, make_tally
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db):
    """Return a district with its people; what was set up is no news any more."""
    desk = make_desk()
    for user in User.objects.filter(is_active=True):
        inbox.mark_read(entries=inbox.unread(user, desk.today), by=user)
    return desk


def order(desk, title="加快进度", unit=None):
    return campaign_actions.issue_order(
        campaign=desk.campaign, unit=unit or desk.unit, title=title, demand="一周内见效", issued_on=desk.today,
        due_on=desk.today + timedelta(days=7), by=desk.editor,
    )  # fmt: skip


def refuse(desk, tally, verdict=Recognition.REFUSED):
    return campaign_actions.recognise_tally(
        tally=tally, verdict=verdict, on=desk.today, reason="没有凭证", by=desk.verifier
    )


def digests(user, today, **which):
    """Return the texts of the digests of a user."""
    days = inbox.days(user, today, **{"only_unread": True, **which})
    return [digest.text for _on, group in days for digest in group]


def bell(client, user):
    """Return the number at a user's bell."""
    client.force_login(user)
    found = re.search(r">(\d+\+?)<", client.get("/inbox/count/").content.decode())
    return found and found[1]


def test_a_clerk_hears_of_what_concerns_the_own_unit(desk):
    for number in range(3):
        refuse(desk, make_tally(desk, amount=number + 1))
    order(desk)
    assert digests(desk.clerk, desk.today) == ["1 件督办单", "3 条填报被退回或核减"]
    assert digests(desk.other_clerk, desk.today) == []
    (_on, (_first, refused)) = inbox.days(desk.clerk, desk.today, only_unread=True)[0]
    assert [(line.who, line.reason) for line in refused.lines] == [("verifier 科员", "没有凭证")] * 3


def test_a_verifier_hears_of_what_waits_and_an_editor_of_answers(desk):
    tally = make_tally(desk)
    assert digests(desk.verifier, desk.today) == ["1 条填报待认定"]
    refuse(desk, tally, Recognition.FULL)
    assert digests(desk.verifier, desk.today) == []
    assert digests(desk.clerk, desk.today) == []
    made = order(desk)
    campaign_actions.sign_for_order(order=made, on=desk.today, by=desk.clerk)
    campaign_actions.reply_to_order(order=made, reply="已办", on=desk.today, by=desk.clerk)
    assert digests(desk.editor, desk.today) == ["1 条办理答复"]
    campaign_actions.review_order(order=made, passed=True, review="同意", on=desk.today, by=desk.editor)
    assert digests(desk.clerk, desk.today) == ["1 件督办单", "1 件已解除、豁免或办结"]


def test_findings_and_quotas_reach_unit_and_leader(desk):
    campaign_actions.write_rule(
        campaign=desk.campaign, name="零进展", kind="zero", subject="overall", level="yellow", consequence="通报",
        clause="办法第三条", from_on=desk.campaign.starts_on, by=desk.editor,
    )  # fmt: skip
    call_command("evaluate_rules", as_of=desk.today.isoformat(), verbosity=0)
    assert digests(desk.clerk, desk.today) == ["1 条规则触发"]
    assert digests(desk.leader, desk.today) == ["3 条规则触发"]
    assert digests(desk.editor, desk.today) == []
    campaign_actions.set_targets(
        campaign=desk.campaign, targets={(desk.lines["招商信息"].pk, desk.unit.pk): Decimal(12)}, by=desk.editor
    )
    campaign_actions.issue_targets(
        campaign=desk.campaign, document="1号", holds_from=desk.today, today=desk.today, by=desk.editor
    )
    assert digests(desk.clerk, desk.today) == ["1 条规则触发", "1 次目标任务下达"]
    assert digests(desk.editor, desk.today) == []  # by one's own hand


def test_a_line_opens_its_row_and_is_read_then(client, desk):
    made = order(desk)
    client.force_login(desk.clerk)
    (line,) = inbox.days(desk.clerk, desk.today, only_unread=True)[0][1][0].lines
    response = client.post("/inbox/", {"open": line.pk})
    assert (response.status_code, response.url) == (302, made.get_absolute_url())
    assert digests(desk.clerk, desk.today) == []
    assert digests(desk.clerk, desk.today, only_unread=False)[0] == "1 件督办单"
    trail = AuditEntry.objects.filter(action="inbox.read", by=desk.clerk).count()
    client.post("/inbox/", {"open": line.pk})
    assert AuditEntry.objects.filter(action="inbox.read", by=desk.clerk).count() == trail


def test_a_digest_and_everything_can_be_marked_as_read(client, desk):
    order(desk)
    order(desk, "补报材料")
    refuse(desk, make_tally(desk))
    assert bell(client, desk.clerk) == "3"
    client.post("/inbox/", {"digest": f"{desk.today.isoformat()}~ordered"})
    assert bell(client, desk.clerk) == "1"
    client.post("/inbox/", {"all": "1"})
    assert bell(client, desk.clerk) is None
    assert "没有未读消息" in client.get("/inbox/").content.decode()
    assert client.get("/inbox/?show=all").context["unread"] == 0


def test_nobody_opens_or_reads_what_does_not_concern_them(client, desk):
    order(desk)
    entry = AuditEntry.objects.get(action="order.issued")
    client.force_login(desk.other_clerk)
    held = Reading.objects.count()
    for text in (entry.pk, "0", "x", "９", "9" * 40, "-1", ""):
        assert client.post("/inbox/", {"open": text}).status_code == 404
    for text in ("x~ordered", "2026-13-45~ordered", "~", "ordered"):
        assert client.post("/inbox/", {"digest": text}).status_code == 404
    client.post("/inbox/", {"digest": f"{desk.today.isoformat()}~nonsense"})
    assert Reading.objects.count() == held


def test_old_news_leave_the_inbox(client, desk, time_machine):
    order(desk)
    time_machine.move_to(timezone.now() + timedelta(days=inbox.DAYS + 1))
    assert bell(client, desk.clerk) is None


def test_another_district_hears_nothing(client, desk):
    order(desk)
    far = make_unit("外区")
    assert bell(client, make_user("far", Role.LEADER, far)) is None


def test_a_row_that_is_gone_is_told(client, desk):
    made = order(desk)
    client.force_login(desk.clerk)
    entry = AuditEntry.objects.get(action="order.issued")
    assert inbox.record_of(entry) == made
    made.delete()
    assert inbox.record_of(entry) is None


def test_the_bell_shows_to_those_who_work_and_costs_their_pages_nothing(client, desk):
    client.force_login(desk.clerk)
    assert "/inbox/count/" in client.get("/todos/").content.decode()
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    assert "/inbox/count/" not in client.get("/accounts/").content.decode()
    client.force_login(make_user("fresh", Role.CLERK, desk.unit, must_change=True))
    assert "/inbox/count/" not in client.get("/password/").content.decode()


@pytest.mark.parametrize("many", [1, 30])
def test_inbox_and_bell_cost_the_same_at_any_length(client, desk, many):
    for number in range(many):
        order(desk, f"事项{number}")
    client.force_login(desk.clerk)
    client.get("/inbox/count/")
    with CaptureQueriesContext(connection) as queries:
        assert bell(client, desk.clerk) == str(many)
    assert len([row for row in queries if "auditentry" in row["sql"]]) == 1
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/inbox/").context["unread"] == many
    assert len(queries) == 4
