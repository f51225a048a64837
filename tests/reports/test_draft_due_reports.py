"""Drafts by rhythm: which period is over as of a day, each bulletin once, what a campaign or a kind leaves out."""

import io
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from reports import scheduling
from reports.models import Report, ReportKind
from reports.scheduling import period_of
from tests.campaigns.drives import day
from tests.factories import make_user
from tests.reports.factories import make_draft
from units.models import AuditEntry, Role, User

SHORT = SimpleNamespace(starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30), days=92)  # 1 July 2026: a Wednesday
YEAR = SimpleNamespace(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), days=365)


@pytest.mark.parametrize(
    ("rhythm", "campaign", "as_of", "period"),
    [
        ("weekly", SHORT, day(7, 4), None),
        ("weekly", SHORT, day(7, 5), (day(7, 1), day(7, 5))),
        ("weekly", SHORT, day(7, 11), (day(7, 1), day(7, 5))),
        ("weekly", SHORT, day(7, 12), (day(7, 6), day(7, 12))),
        ("weekly", SHORT, day(9, 30), (day(9, 28), day(9, 30))),
        ("weekly", SHORT, day(10, 6), (day(9, 28), day(9, 30))),
        ("half_monthly", SHORT, day(7, 14), None),
        ("half_monthly", SHORT, day(7, 15), (day(7, 1), day(7, 15))),
        ("half_monthly", SHORT, day(7, 31), (day(7, 16), day(7, 31))),
        ("half_monthly", SHORT, day(8, 1), (day(7, 16), day(7, 31))),
        ("monthly", SHORT, day(7, 30), None),
        ("monthly", SHORT, day(7, 31), (day(7, 1), day(7, 31))),
        ("monthly", SHORT, day(9, 1), (day(8, 1), day(8, 31))),
        ("monthly", YEAR, date(2026, 2, 28), (date(2026, 2, 1), date(2026, 2, 28))),
        ("midway", SHORT, day(8, 14), None),
        ("midway", SHORT, day(8, 15), (day(7, 1), day(8, 15))),
        ("end", SHORT, day(9, 29), None),
        ("end", SHORT, day(9, 30), (day(7, 1), day(9, 30))),
        ("yearly", SHORT, day(9, 30), None),
        ("yearly", YEAR, day(12, 30), None),
        ("yearly", YEAR, day(12, 31), (date(2026, 1, 1), date(2026, 12, 31))),
        ("none", YEAR, day(12, 31), None),
    ],
)
def test_period_is_the_last_one_over_at_the_end_of_the_day(rhythm, campaign, as_of, period):
    assert period_of(rhythm, campaign, as_of) == period


def run(as_of):
    out = io.StringIO()
    call_command("draft_due_reports", as_of=as_of, stdout=out)
    return out.getvalue().splitlines()


def made():
    return sorted(Report.objects.values_list("kind__code", "from_on", "as_of"))


def test_command_starts_what_is_due_once_and_prints_it(office):
    drive, _editor, _leader = office
    assert run("2026-07-31") == [
        f"百日会战：{report.title}（{report.from_on} — {report.as_of}）"
        for report in Report.objects.order_by("kind__position")
    ] + ["新起草 3 期"]
    assert made() == [
        ("half-monthly", day(7, 16), day(7, 31)),
        ("monthly", day(7), day(7, 31)),
        ("weekly", day(7, 20), day(7, 26)),
    ]
    assert run("2026-07-31") == run("2026-08-01") == ["新起草 0 期"]
    assert set(AuditEntry.objects.filter(action="report.created").values_list("by__username", flat=True)) == {
        User.objects.system().username
    }
    assert all(report.is_draft and report.sections.exists() for report in Report.objects.all())


def test_what_somebody_started_for_the_period_is_not_started_again(office):
    drive, editor, _leader = office
    make_draft(drive, editor)
    run("2026-09-30")
    assert [row for row in made() if row[0] == "campaign-summary"] == [("campaign-summary", day(7), day(9, 30))]


def test_what_is_long_past_is_not_started(office):
    assert run("2026-10-08") == ["新起草 0 期"]
    assert run("2026-06-30") == ["新起草 0 期"]


def test_a_campaign_and_a_kind_leave_out_what_they_do_not_want(office):
    drive, editor, leader = office
    kinds = {kind.code: kind for kind in scheduling.scheduled_kinds()}
    with pytest.raises(PermissionDenied):
        scheduling.choose_kinds(campaign=drive.campaign, kinds=[], by=leader)
    scheduling.choose_kinds(campaign=drive.campaign, kinds=[kinds["weekly"], kinds["monthly"]], by=editor)
    scheduling.set_flow(kind=kinds["weekly"], objection_days=2, is_scheduled=False, by=editor)
    run("2026-07-31")
    assert made() == [("monthly", day(7), day(7, 31))]
    rows = AuditEntry.objects.filter(action__in=("campaign.drafts_chosen", "reportkind.changed")).order_by("pk")
    assert [row.action for row in rows] == ["campaign.drafts_chosen", "reportkind.changed"]
    assert rows[1].lines == [("公示工作日", "0", "2"), ("按周期自动起草", "是", "否")]
    with pytest.raises(PermissionDenied):
        scheduling.set_flow(kind=kinds["weekly"], objection_days=3, is_scheduled=True, by=leader)
    with pytest.raises(ValidationError):
        scheduling.set_flow(kind=kinds["weekly"], objection_days=31, is_scheduled=True, by=editor)


def test_pages_set_what_is_drafted_and_how_long_a_kind_lies_open(client, office):
    drive, editor, _leader = office
    client.force_login(editor)
    page = client.get("/reports/flows/").content.decode()
    assert "排名通报（红黑榜）" in page
    assert "3 个工作日" in page
    address = f"/campaigns/{drive.campaign.pk}/schedule/"
    assert address in page
    form = client.get(address).context["form"]
    assert form.initial["kinds"] == [kind.pk for kind in scheduling.scheduled_kinds()]
    monthly = ReportKind.objects.get(code="monthly")
    assert client.post(address, {"kinds": [monthly.pk]}).status_code == 302
    assert client.get(address).context["form"].initial["kinds"] == [monthly.pk]
    client.post(f"/reports/flows/{monthly.pk}/", {"objection_days": "5", "is_scheduled": "on"})
    monthly.refresh_from_db()
    assert (monthly.objection_days, monthly.is_scheduled) == (5, True)
    for value in ("", "-1", "31", "x", "9" * 30):
        assert client.post(f"/reports/flows/{monthly.pk}/", {"objection_days": value}).context["form"].errors
    client.force_login(make_user("below", Role.EDITOR, drive.units["甲镇"]))
    assert client.get(address).status_code == 404
