"""Two editors at once, on PostgreSQL: one text is kept, the other comes back as a conflict; nothing is lost."""

from threading import Barrier

from reports import drafting
from reports.models import Report
from tests.campaigns.test_races import errors, lock_off, meet, together
from tests.factories import make_user
from tests.reports.factories import make_draft, make_editor, make_told_drive
from units import versions
from units.models import Role


def race(monkeypatch):
    """Let two editors save the same section of a draft together; return outcomes, and what was kept."""
    drive = make_told_drive()
    people = [make_editor(drive), make_user("other", Role.EDITOR, drive.organiser)]
    report = make_draft(drive, people[0])
    number = report.sections.get(heading="主要做法").pk
    barrier, checked = Barrier(2), drafting.collided

    def slow(*args):
        found = checked(*args)
        meet(barrier)
        return found

    monkeypatch.setattr(drafting, "collided", slow)

    def save(person):
        report = Report.objects.select_related("campaign__organiser").get()
        return drafting.save_texts(
            report=report, by=person, version=0, texts={number: person.username}, bases={number: "一抓到底。"}
        )

    outcomes = together(*(lambda person=person: save(person) for person in people))
    return outcomes, report.sections.get(pk=number).text


def unlocked(report, *, by, version):
    return Report.objects.select_related("campaign__organiser", "kind").get(pk=report.pk)


def test_two_editors_cannot_overwrite_each_other(postgres, monkeypatch):
    outcomes, text = race(monkeypatch)
    assert errors(outcomes) == [versions.Conflict]
    assert text in ("editor", "other")


def test_without_the_lock_one_is_overwritten(postgres, monkeypatch):
    with lock_off(monkeypatch, drafting, "lock_draft", unlocked):
        outcomes, text = race(monkeypatch)
    assert errors(outcomes) == []
    assert text in ("editor", "other")
