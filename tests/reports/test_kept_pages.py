"""Pages that keep what they worked out: after every kind of write they show the new figure, byte for byte."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns import actions
from campaigns.models import Campaign, Entry, Tally
from campaigns.pages import kept_standings
from campaigns.standings import standings
from projects.actions import create_company, create_rule, record_visit
from projects.reconciling import rebuild
from tests.campaigns.drives import day, make_drive
from tests.factories import make_unit, make_user
from units import stamps
from units.actions import rename_unit
from units.models import Role, Stamp, Unit, User

pytestmark = pytest.mark.django_db(transaction=True)

AS_OF = day(8, 15)
TOKEN = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;|"X-CSRFToken": ")[^"&]+')


def by():
    """Return the user who writes."""
    return User.objects.system()


@pytest.fixture
def world(client):
    """Return a drive with an entry, a visit that no rule counts yet, rules in force from September, and a leader."""
    caches["pages"].clear()
    drive = make_drive(
        indicators={"招商信息": "条", "外出走访": "家"}, kinds={"外出走访": {"fed_by": "facts"}},
        groups={"乡镇": ["甲镇", "乙镇", "丙镇"]},
    )  # fmt: skip
    drive.owe("招商信息", 甲镇=10, 乙镇=10)
    drive.owe("外出走访", 甲镇=5, 乙镇=5)
    actions.issue_targets(campaign=drive.campaign, holds_from=day(7, 1), today=day(7, 1), by=by())
    tally = drive.add("招商信息", "甲镇", day(8, 1), 4)
    company = create_company(name="蓝天公司", unit=drive.units["甲镇"], by=by())
    record_visit(
        unit=drive.units["甲镇"], company=company, direction="outbound", on=day(8, 2), heads=Decimal(3), by=by()
    )
    late = actions.create_item(name="迟报", kind="count", by=by())
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=by())
    for code, facts in (
        ("1", {"label": "信息", "indicator": drive.indicators["招商信息"], "method": "linear",
               "parameters": {"full": "60"}, "source": {"reads": "rate"}}),
        ("2", {"label": "迟报", "item": late, "kind": "penalty", "method": "per_count", "parameters": {"each": "2"},
               "source": {"reads": "count"}}),
    ):  # fmt: skip
        actions.set_row(scheme=scheme, code=code, by=by(), **facts)
    client.force_login(make_user("leader", Role.LEADER, drive.organiser))
    return SimpleNamespace(drive=drive, tally=tally, late=late, scheme=scheme, client=client)


def shown(world, path="ranking/", **asked):
    """Return a page as it is shown, without the token of its forms."""
    answer = world.client.get(f"/campaigns/{world.drive.campaign.pk}/{path}", {"as_of": AS_OF.isoformat(), **asked})
    assert answer.status_code == 200
    return TOKEN.sub(rb"\1", answer.content)


def anew(world, **asked):
    """Return a page worked out anew."""
    caches["pages"].clear()
    return shown(world, **asked)


def enter(world):
    """Enter a figure."""
    world.drive.add("招商信息", "乙镇", day(8, 3), 7)


def correct(world):
    """Correct a figure."""
    actions.correct_tally(tally=world.tally, on=day(8, 1), amount=Decimal(9), reason="更正", by=by())


def withdraw(world):
    """Take a figure back."""
    actions.withdraw_tally(tally=world.tally, reason="误报", by=by())


def recognise(world):
    """Recognise a figure."""
    actions.recognise_tally(tally=world.tally, verdict="full", on=day(8, 5), by=by())


def issue(world):
    """Issue other quotas."""
    world.drive.owe("招商信息", 甲镇=40)
    actions.issue_targets(campaign=world.drive.campaign, holds_from=day(8, 1), today=day(8, 1), by=by())


def change_roster(world):
    """Take a unit off the roster."""
    seats = [{"unit": unit, "group": "园区"} for name, unit in world.drive.units.items() if name != "丙镇"]
    actions.set_roster(campaign=world.drive.campaign, seats=seats, by=by())


def change_lines(world):
    """Weigh an indicator another way."""
    lines = [{"indicator": row, "measure": "条" if name == "招商信息" else "家", "weight": Decimal(len(name))}
             for name, row in reversed(world.drive.indicators.items())]  # fmt: skip
    actions.set_lines(campaign=world.drive.campaign, lines=lines, by=by())


def change_campaign(world):
    """Score the campaign out of another full score."""
    actions.change_campaign(campaign=world.drive.campaign, full_score=Decimal(120), by=by())


def enforce(world):
    """Put rules in force."""
    actions.enforce_scheme(scheme=world.scheme, starts_on=day(7, 1), document="考核〔2026〕1号", by=by())


def mark(world):
    """Record a mark."""
    actions.record_mark(
        campaign=world.drive.campaign, item=world.late, unit=world.drive.units["甲镇"], on=day(8, 4),
        value=Decimal(3), evidence="台账第 3 页", by=by(),
    )  # fmt: skip


def rename(world):
    """Rename a unit."""
    rename_unit(unit=world.drive.units["甲镇"], name="新甲镇", on=day(8, 1), by=by())


def count_visits(world):
    """Write a rule of counting; the visits it counts are posted after it is committed."""
    create_rule(
        indicator=world.drive.indicators["外出走访"], fact="visit.outbound", measure="count", from_on=day(1, 1),
        by=by(),
    )  # fmt: skip


def lose_entries(world):
    """Lose the ledger, behind everybody's back."""
    Entry.objects.all()._raw_delete("default")


def rebuild_ledger(world):
    """Build the ledger anew."""
    assert rebuild() == 1


NOTHING = lambda world: None  # noqa: E731
WRITES = [  # what is written before, then the write, then the switches of the page
    (NOTHING, enter, {}),
    (NOTHING, correct, {}),
    (NOTHING, withdraw, {}),
    (NOTHING, recognise, {"basis": "recognised"}),
    (NOTHING, issue, {}),
    (NOTHING, change_roster, {}),
    (NOTHING, change_lines, {}),
    (NOTHING, change_campaign, {}),
    (NOTHING, enforce, {}),
    (enforce, mark, {}),
    (NOTHING, rename, {}),
    (NOTHING, count_visits, {}),
    (lose_entries, rebuild_ledger, {}),
]


@pytest.mark.parametrize(("before", "write", "asked"), WRITES, ids=lambda value: getattr(value, "__name__", ""))
def test_kept_page_shows_the_new_figure_after_a_write(world, before, write, asked):
    before(world)
    first = anew(world, **asked)
    assert shown(world, **asked) == first
    write(world)
    second = shown(world, **asked)
    assert second != first
    assert second == anew(world, **asked)


@pytest.mark.parametrize("path", ["ranking/", "", "spread/", "compare/"])
def test_kept_page_is_the_page_worked_out_byte_for_byte(world, path):
    first = anew(world, path=path)
    kept = shown(world, path=path)
    assert first == kept == anew(world, path=path)
    enter(world)
    assert shown(world, path=path) == anew(world, path=path) != first


def test_kept_ranking_costs_no_query_of_the_ledger(world):
    shown(world)
    with CaptureQueriesContext(connection) as queries:
        shown(world)
    assert len(queries) == 5  # session, user, roles, campaigns, the stamp
    assert not any("campaigns_entry" in query["sql"] for query in queries)


def test_each_sees_the_rows_of_one_s_own_unit_marked(world, client):
    leader = shown(world)
    assert b"zs-mine" not in leader
    client.force_login(make_user("clerk", Role.CLERK, world.drive.units["甲镇"]))
    assert shown(world).count(b"zs-mine") == 1
    client.force_login(make_user("other", Role.CLERK, world.drive.units["乙镇"]))
    assert shown(world).count(b"zs-mine") == 1
    assert shown(world) == anew(world)


def test_switches_of_a_page_are_kept_apart(world):
    asked = [{}, {"basis": "recognised"}, {"since": "2026-08-01"}, {"as_of": "2026-08-02"},
             {"line": str(world.drive.lines["招商信息"])}]  # fmt: skip
    pages = [shown(world, **switches) for switches in asked]
    assert len(set(pages)) == len(asked)
    assert pages == [shown(world, **switches) for switches in asked]
    assert pages == [anew(world, **switches) for switches in asked]


# --- the stamp ----------------------------------------------------------------------------------


def test_stamp_moves_with_a_commit_and_not_with_what_was_taken_back(world):
    before = stamps.stamp()
    with transaction.atomic():
        enter(world)
        transaction.set_rollback(True)
    assert stamps.stamp() == before
    with transaction.atomic():
        with transaction.atomic():
            enter(world)
            transaction.set_rollback(True)
        correct(world)
    after = stamps.stamp()
    assert after != before
    assert Tally.objects.count() == 1


def test_nothing_is_kept_of_what_a_transaction_sees_alone(world):
    campaign = Campaign.objects.select_related("organiser").get(pk=world.drive.campaign.pk)
    with transaction.atomic():
        enter(world)
        seen = kept_standings(campaign, AS_OF)
        correct(world)
    assert kept_standings(campaign, AS_OF) == standings(campaign, AS_OF) != seen


def test_a_transaction_moves_the_stamp_once(world):
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        enter(world)
        correct(world)
        make_unit("丁镇", Unit.Kind.TOWNSHIP, world.drive.organiser)
    assert sum("units_stamp" in query["sql"] and "UPDATE" in query["sql"] for query in queries) == 1


def test_before_the_first_write_nothing_is_kept(world):
    Stamp.objects.all().delete()
    assert stamps.stamp() == ""
    made = iter([1, 2])
    assert [stamps.kept("page", (), made.__next__), stamps.kept("page", (), made.__next__)] == [1, 2]
