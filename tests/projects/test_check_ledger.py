"""check_ledger finds every difference, in both directions; rebuild_ledger mends it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns.models import Entry
from projects import actions
from projects.reconciling import differences
from tests.projects.factories import make_contract, make_desk, make_tally, make_visit
from units.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    made = make_desk()
    make_tally(made)
    make_visit(made)
    made.contract = make_contract(made)
    return made


def check():
    """Return what the command prints, and whether it refuses."""
    out = StringIO()
    try:
        call_command("check_ledger", stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def run(sql, *values):
    """Write past ledger and actions."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_untouched_ledger_agrees(desk):
    assert list(differences()) == []
    assert check() == ("台账与来源一致，0 处差异\n", 0)


def test_surplus_entry_is_found_and_reversed(desk):
    (entry,) = Entry.objects.filter(source_kind="projects.milestone", basis="reported")
    run(
        "INSERT INTO campaigns_entry (indicator_id, unit_id, basis, amount, fact_on, \"on\", sign, source_kind,"
        " source_id, recorded_at) VALUES (%s, %s, 'reported', 7000000, %s, %s, 1, 'projects.milestone', %s, %s)",
        entry.indicator_id, desk.units[2].pk, entry.fact_on, entry.on, entry.source_id, entry.recorded_at,
    )  # fmt: skip
    told, code = check()
    assert (told.count("台账多出分录"), code) == (1, 1)
    call_command("rebuild_ledger", stdout=StringIO())
    assert check()[1] == 0
    assert Entry.objects.filter(source_kind="projects.milestone", unit=desk.units[2]).count() == 2


def test_missing_entry_is_found_and_posted(desk):
    run("DELETE FROM campaigns_entry WHERE source_kind = 'projects.visit'")
    told, code = check()
    assert (told.count("台账缺少分录"), code) == (1, 1)
    call_command("rebuild_ledger", stdout=StringIO())
    assert check()[1] == 0


def test_entry_without_a_source_is_found_and_reversed(desk):
    run("UPDATE campaigns_entry SET source_id = 987654 WHERE source_kind = 'projects.visit'")
    told, code = check()
    assert ("分录的来源不存在" in told, code) == (True, 1)
    call_command("rebuild_ledger", stdout=StringIO())
    assert check()[1] == 0


def test_changed_amount_is_found_on_both_sides(desk):
    run("UPDATE campaigns_entry SET amount = amount + 1 WHERE source_kind = 'campaigns.tally'")
    told, code = check()
    assert (told.count("台账多出分录"), told.count("台账缺少分录"), code) == (1, 1, 1)


def test_shares_that_are_not_whole_are_found(desk):
    run("UPDATE projects_credit SET share = 99000000")
    told, code = check()
    assert ("份额合计 99%，应为 100%" in told, code) == (True, 1)


def test_project_without_shares_is_found(desk):
    actions.create_project(
        name="无归属", company=desk.contract.project.company, unit=desk.unit, by=User.objects.system()
    ).credits.all().delete()
    assert "份额合计 0%" in check()[0]


def test_tampered_ledger_is_found_after_every_kind_of_write(desk):
    actions.recognise_milestone(milestone=desk.contract, verdict="full", on=desk.today, by=desk.verifier)
    assert check()[1] == 0
    run(
        "UPDATE campaigns_entry SET basis = 'reported'"
        " WHERE basis = 'recognised' AND source_kind = 'projects.milestone'"
    )
    assert check()[1] == 1
