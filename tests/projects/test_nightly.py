"""manage.py nightly: everything of the night, and what fails does not keep the rest from being done."""

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from campaigns.models import Finding
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_rulebook import HALF, rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive():
    made = make_drive()
    made.owe("招商信息", 甲镇=10)
    made.read("招商信息", day(8, 1), 甲镇=1)
    rule_of(made)
    return made


def test_nightly_checks_the_ledger_and_judges_the_rules(drive):
    out = StringIO()
    with time_machine.travel(HALF, tick=False):
        call_command("nightly", stdout=out)
    assert "0 处差异" in out.getvalue()
    assert [(row.unit.name, row.found_on) for row in Finding.objects.all()] == [("甲镇", HALF)]


def test_nightly_judges_the_rules_though_the_ledger_differs(drive, monkeypatch):
    def differ(*args, **options):
        raise CommandError("1 处差异")

    monkeypatch.setattr("projects.management.commands.check_ledger.Command.handle", differ)
    errors = StringIO()
    with time_machine.travel(HALF, tick=False), pytest.raises(CommandError, match="未完成：check_ledger"):
        call_command("nightly", stdout=StringIO(), stderr=errors)
    assert "check_ledger：1 处差异" in errors.getvalue()
    assert Finding.objects.count() == 1
