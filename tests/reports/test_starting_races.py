"""Two editors click at once, on PostgreSQL: one issue is started, and the lock is shown to matter."""

from threading import Barrier

from campaigns.models import Campaign
from reports import drafting
from reports.models import Report, ReportKind
from tests.campaigns.drives import day
from tests.campaigns.test_races import meet, together
from tests.reports.factories import make_editor, make_told_drive


def clicks(monkeypatch, barrier):
    """Let two click on the same button and meet behind their look for a draft that is there."""
    drive = make_told_drive()
    editor, kind = make_editor(drive), ReportKind.objects.get(code="monthly")
    create = drafting.create_report

    def slowly(**facts):
        meet(barrier)
        return create(**facts)

    monkeypatch.setattr(drafting, "create_report", slowly)

    def click():
        return drafting.start_issue(campaign=drive.campaign, kind=kind, as_of=day(9, 20), by=editor)

    return together(click, click)


def test_two_clicks_at_once_start_one_issue(postgres, monkeypatch):
    outcomes = clicks(monkeypatch, Barrier(2))
    assert sorted(is_new for _report, is_new in outcomes) == [False, True]
    assert Report.objects.count() == 1


def test_without_the_lock_two_clicks_start_two(postgres, monkeypatch):
    monkeypatch.setattr(Campaign.objects, "select_for_update", lambda **_of: Campaign.objects.all())
    clicks(monkeypatch, Barrier(2))
    assert Report.objects.count() == 2
