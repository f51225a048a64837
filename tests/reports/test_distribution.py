"""To whom an issue went, who opened it first, who is reminded."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import distributing, inbox, issuing
from reports.models import Delivery
from tests.factories import make_unit, make_user
from tests.reports.factories import approved, make_draft
from units.models import AuditEntry, Role, Unit, User

TODAY = date(2026, 10, 9)


@pytest.fixture
def sent(office, plain_files):
    """Return (drive, editor, leader, issue copied to a department and to an office outside)."""
    drive, editor, leader = office
    make_unit("商务局", Unit.Kind.DEPARTMENT, drive.organiser)
    draft = make_draft(drive, editor, cc="商务局、市招商办、甲镇")
    return drive, editor, leader, issuing.issue(report=approved(draft, editor, leader, TODAY), by=editor, today=TODAY)


def receivers(report):
    return [row.receiver for row in report.deliveries.for_list()]


def opened(report):
    return {row.receiver: str(row.opened_by) for row in report.deliveries.for_list() if row.opened_at}


def test_an_issue_goes_to_the_roster_and_to_those_it_is_copied_to(sent):
    _drive, _editor, _leader, report = sent
    assert receivers(report) == ["甲镇", "乙镇", "丙园区", "商务局", "市招商办"]
    outside = Delivery.objects.get(name="市招商办")
    assert (outside.unit, outside.user) == (None, None)
    row = AuditEntry.objects.get(action="report.distributed")
    assert row.lines == [("分发", "", "甲镇、乙镇、丙园区、商务局、市招商办")]


def test_first_opening_of_page_or_file_is_kept_with_who_and_when(client, sent):
    drive, _editor, leader, report = sent
    first = make_user("first", Role.CLERK, drive.units["甲镇"])
    second = make_user("second", Role.LEADER, drive.units["甲镇"])
    third = make_user("third", Role.CLERK, drive.units["乙镇"])
    for user, address in (
        (leader, report.get_absolute_url()),
        (first, report.get_absolute_url()),
        (second, report.get_absolute_url()),
        (third, f"{report.get_absolute_url()}file/pdf/"),
    ):
        client.force_login(user)
        for _time in range(2):
            assert client.get(address).status_code == 200
    assert opened(report) == {"甲镇": "first 科员", "乙镇": "third 科员"}
    rows = AuditEntry.objects.filter(action="report.opened").order_by("pk")
    assert [(row.by, row.lines) for row in rows] == [
        (first, [("首次打开", "", "甲镇")]),
        (third, [("首次打开", "", "乙镇")]),
    ]


def test_further_units_and_persons_are_added_once(sent):
    drive, editor, leader, report = sent
    office = make_unit("区委办", Unit.Kind.DEPARTMENT, drive.organiser)
    units = [office, drive.units["甲镇"]]
    assert distributing.add_receivers(report=report, by=editor, units=units, users=[leader]) == 2
    assert distributing.add_receivers(report=report, by=editor, units=units, users=[leader]) == 0
    assert receivers(report) == ["甲镇", "乙镇", "丙园区", "商务局", "区委办", "市招商办", "leader 科员"]
    distributing.note_opening(report=report, by=leader)
    assert opened(report) == {"leader 科员": "leader 科员"}
    with pytest.raises(PermissionDenied):
        distributing.add_receivers(report=report, by=make_user("x", Role.EDITOR, drive.units["甲镇"]), units=units)
    with pytest.raises(ValidationError, match="印发后才能分发"):
        distributing.add_receivers(report=make_draft(drive, editor), by=editor, units=units)


def test_those_who_have_not_opened_it_find_a_reminder_once_a_day(sent):
    drive, editor, _leader, report = sent
    clerk = make_user("clerk", Role.CLERK, drive.units["甲镇"])
    other = make_user("other", Role.CLERK, drive.units["乙镇"])
    distributing.note_opening(report=report, by=other)
    assert distributing.remind(report=report, by=editor, today=TODAY) == 3
    with pytest.raises(ValidationError, match="没有要催阅的"):
        distributing.remind(report=report, by=editor, today=TODAY)
    assert distributing.remind(report=report, by=editor, today=date(2026, 10, 10)) == 3
    assert reminders(clerk) == ["2 期通报催阅"]
    assert reminders(other) == []
    distributing.note_opening(report=report, by=clerk)
    assert reminders(clerk) == []  # read meanwhile
    with pytest.raises(PermissionDenied):
        distributing.remind(report=report, by=clerk, today=TODAY)


def reminders(user):
    today = AuditEntry.objects.latest("at").at.date()
    days = inbox.days(user, today, only_unread=True)
    return [each.text for _on, group in days for each in group if each.kind.key == "reminded"]


def test_page_lists_who_has_and_has_not_read_it(client, sent):
    drive, editor, _leader, report = sent
    base = report.get_absolute_url()
    clerk = make_user("clerk", Role.CLERK, drive.units["甲镇"])
    client.force_login(clerk)
    client.get(base)
    assert client.get(f"{base}receivers/").status_code == 403
    client.force_login(editor)
    page = client.get(f"{base}receivers/")
    assert [row.receiver for row in page.context["unread"]] == ["乙镇", "丙园区", "商务局"]
    assert [row.receiver for row in page.context["read"]] == ["甲镇"]
    assert [row.receiver for row in page.context["outside"]] == ["市招商办"]
    client.post(f"{base}receivers/")
    assert Delivery.objects.filter(reminded_on__isnull=False).count() == 3
    form = client.get(f"{base}receivers/new/").context["form"]
    assert [str(unit) for unit in form.fields["units"].queryset] == ["示范区"]
    assert set(form.fields["users"].queryset) == set(User.objects.filter(members__isnull=False))
    assert client.post(f"{base}receivers/new/", {}).context["form"].errors
    client.post(f"{base}receivers/new/", {"users": [clerk.pk]})
    assert "clerk 科员" in receivers(report)
    draft = make_draft(drive, editor)
    assert client.get(f"{draft.get_absolute_url()}receivers/").status_code == 404


def test_page_costs_the_same_with_four_receivers_and_with_thirty(client, sent):
    drive, editor, _leader, report = sent
    client.force_login(editor)

    def cost():
        client.get(f"{report.get_absolute_url()}receivers/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{report.get_absolute_url()}receivers/")
        return len(queries)

    few = cost()
    units = [make_unit(f"部门{number}", Unit.Kind.DEPARTMENT, drive.organiser) for number in range(30)]
    distributing.add_receivers(report=report, by=editor, units=units)
    assert cost() == few
