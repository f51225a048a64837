"""Two people at once, on PostgreSQL: each lock is shown to matter by taking it off."""

from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from threading import Barrier, BrokenBarrierError, Event, Thread

from django.db import IntegrityError, connection, transaction

from campaigns import actions, ledger, periods
from campaigns.actions import figures, rulebook
from campaigns.models import Finding, Period, Tally
from tests.campaigns.drives import day, make_drive
from units.models import User
from units.versions import Conflict

PATIENCE = 1.0  # seconds after which the other side is known to be waiting for a lock


def together(*jobs):
    """Run the jobs in a thread and a connection each; return what each returned or raised, in their order."""
    outcomes = [None] * len(jobs)

    def run(i, job):
        try:
            outcomes[i] = job()
        except Exception as error:
            outcomes[i] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(i, job)) for i, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return outcomes


def meet(barrier):
    """Wait for the others, but not for one that waits for our lock."""
    with suppress(BrokenBarrierError):
        barrier.wait(PATIENCE)


@contextmanager
def lock_off(monkeypatch, module, name, replacement):
    """Take one lock off for a block."""
    with monkeypatch.context() as patch:
        patch.setattr(module, name, replacement)
        yield


def errors(outcomes):
    """Return the kinds of the exceptions among outcomes."""
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


# --- closing a month against posting into it ----------------------------------------------------


def close_while_posting(monkeypatch):
    """Post into August while it is being closed; return (figure read once it was closed, figure at last)."""
    drive = make_drive()
    User.objects.system()
    Period.objects.create(month=day(8))
    months_read, closed = Event(), Event()

    class Slow(periods.OpenDays):
        def __init__(self, days):
            super().__init__(days)
            months_read.set()
            closed.wait(PATIENCE)

    def post():
        drive.add("招商信息", "甲镇", day(8, 10), 5)

    def close():
        months_read.wait(10)
        actions.close_month(month=day(8), reason="通报已发", by=User.objects.system())
        frozen = drive.done("招商信息", "甲镇", day(8, 31))
        closed.set()
        return frozen

    monkeypatch.setattr(ledger, "OpenDays", Slow)
    _, frozen = outcomes = together(post, close)
    assert errors(outcomes) == []
    return frozen, drive.done("招商信息", "甲镇", day(8, 31))


def test_no_entry_slips_behind_a_closed_month(postgres, monkeypatch):
    assert close_while_posting(monkeypatch) == (5, 5)


def test_without_the_lock_an_entry_does_slip_behind(postgres, monkeypatch):
    def look(months):
        return {row.month: row.closed for row in Period.objects.filter(month__in=months)}

    with lock_off(monkeypatch, periods, "lock", look):
        frozen, at_last = close_while_posting(monkeypatch)
    assert (frozen, at_last) == (None, 5)


def test_two_first_postings_of_a_month_make_one_row(postgres):
    barrier = Barrier(2)

    def lock():
        with transaction.atomic():
            meet(barrier)
            return periods.lock({date(2026, 7, 1), date(2026, 8, 1)})

    expected = {day(7): False, day(8): False}
    assert together(lock, lock) == [expected, expected]
    assert Period.objects.count() == 2


# --- increments and a reading of one unit at once ----------------------------------------------


def enter_at_once(monkeypatch):
    """Enter two increments and a later reading of 50 together; return the figures of their days."""
    drive = make_drive()
    User.objects.system()
    Period.objects.create(month=day(7))
    barrier, derive = Barrier(3), figures._post

    def slow(pairs):
        meet(barrier)
        derive(pairs)

    monkeypatch.setattr(figures, "_post", slow)
    outcomes = together(
        lambda: drive.add("招商信息", "甲镇", day(7, 3), 5),
        lambda: drive.add("招商信息", "甲镇", day(7, 5), 7),
        lambda: drive.read("招商信息", day(7, 10), 甲镇=50),
    )
    assert errors(outcomes) == []
    return [drive.done("招商信息", "甲镇", day(7, number)) for number in (3, 5, 10)]


def test_a_published_figure_holds_while_others_enter(postgres, monkeypatch):
    assert enter_at_once(monkeypatch) == [5, 12, 50]


def test_without_the_lock_the_published_figure_is_wrong(postgres, monkeypatch):
    with lock_off(monkeypatch, figures, "_lock", lambda unit_ids: None):
        assert enter_at_once(monkeypatch) == [5, 12, 62]


# --- two clerks on one record -------------------------------------------------------------------


def correct_at_once(monkeypatch):
    """Let two clerks correct the same version of a tally; return what came of each."""
    drive = make_drive()
    tally = drive.add("招商信息", "甲镇", day(7, 3), 5)
    barrier, check = Barrier(2), figures.versions.check

    def slow(record, version):
        check(record, version)
        meet(barrier)

    def correct(amount):
        return actions.correct_tally(
            tally=Tally.objects.get(pk=tally.pk),
            amount=Decimal(amount),
            on=day(7, 3),
            reason="更正",
            by=User.objects.system(),
            version=1,
        )

    monkeypatch.setattr(figures.versions, "check", slow)
    outcomes = together(lambda: correct(6), lambda: correct(7))
    return outcomes, Tally.objects.get(), drive.done("招商信息", "甲镇", day(9, 30))


def test_two_clerks_cannot_overwrite_each_other(postgres, monkeypatch):
    outcomes, tally, done = correct_at_once(monkeypatch)
    assert errors(outcomes) == [Conflict]
    winner, loser = sorted(outcomes, key=lambda outcome: isinstance(outcome, Conflict))
    assert tally.version == 2
    assert winner.amount == tally.amount == done == loser.current.amount


def test_without_the_lock_neither_clerk_is_told(postgres, monkeypatch):
    def unlocked(tally):
        return Tally.objects.select_related("unit", "indicator", "campaign", "recorded_by").get(pk=tally.pk)

    with lock_off(monkeypatch, figures, "_locked_tally", unlocked):
        outcomes, _tally, _done = correct_at_once(monkeypatch)
    assert Conflict not in errors(outcomes)


# --- judging the rules twice at once ------------------------------------------------------------


def judge_together(monkeypatch):
    """Judge a rule in two connections at once, both having looked before either wrote; return what each said."""
    drive = make_drive()
    drive.owe("招商信息", 甲镇=10)
    drive.read("招商信息", day(8, 1), 甲镇=0)
    by, barrier = User.objects.system(), Barrier(2)
    actions.write_rule(
        campaign=drive.campaign, by=by, name="没有实绩", kind="zero", subject="overall", consequence="约谈",
        clause="第七条", from_on=day(7, 1),
    )  # fmt: skip
    look = rulebook.findings.try_rules

    def looked(*args):
        trial = look(*args)
        meet(barrier)
        return trial

    with monkeypatch.context() as patch:
        patch.setattr(rulebook.findings, "try_rules", looked)
        outcomes = together(*[lambda: actions.evaluate_rules(campaign=drive.campaign, as_of=day(8, 15), by=by)] * 2)
    return [outcome if isinstance(outcome, Exception) else outcome.found for outcome in outcomes]


def test_two_evaluations_find_a_unit_once(postgres, monkeypatch):
    with lock_off(monkeypatch, rulebook, "locked", lambda campaign, by: campaign):
        assert IntegrityError in errors(judge_together(monkeypatch))  # without the lock both find it


def test_two_evaluations_wait_for_each_other(postgres, monkeypatch):
    assert sorted(judge_together(monkeypatch)) == [0, 1]
    assert Finding.objects.count() == 1
