"""Two clerks at one promise at once, on PostgreSQL: the lock is shown to matter by taking it off."""

from datetime import date, timedelta
from threading import Barrier

from django.core.exceptions import ValidationError

from projects import actions
from projects.actions import complaints, promises
from projects.models import Extension, Problem, Step
from projects.models.promises import PromiseQuerySet
from tests.campaigns.test_races import errors, lock_off, meet, together
from tests.projects.factories import make_desk, make_project
from tests.projects.promised import MONDAY, a_complaint, a_problem, a_review
from units.models import AuditEntry
from units.versions import Conflict


def no_lock(monkeypatch):
    """Read promises without locking them."""
    return lock_off(monkeypatch, PromiseQuerySet, "select_for_update", lambda rows, **kwargs: rows.all())


def settle_twice(monkeypatch):
    """Settle a problem at once from both units, each having looked before the other has written."""
    desk, barrier, stated = make_desk(), Barrier(2), promises.stated
    problem = a_problem(desk, make_project(desk))

    def slow(*args):
        meet(barrier)
        return stated(*args)

    monkeypatch.setattr(promises, "stated", slow)
    facts = {"promise": problem, "on": MONDAY, "today": MONDAY}
    return together(
        lambda: actions.settle(**facts, outcome="已增容", by=desk.clerk),
        lambda: actions.settle(**facts, outcome="已换线", by=desk.other_clerk),
    )


def test_promise_settled_twice_at_once_is_settled_once(postgres, monkeypatch):
    outcomes = settle_twice(monkeypatch)
    assert errors(outcomes) == [ValidationError]
    assert AuditEntry.objects.filter(action="problem.settled").count() == 1
    assert Problem.objects.get().version == 2


def test_without_the_lock_the_second_overwrites_the_first(postgres, monkeypatch):
    with no_lock(monkeypatch):
        assert errors(settle_twice(monkeypatch)) == []
    assert AuditEntry.objects.filter(action="problem.settled").count() == 2
    assert Problem.objects.get().version == 2  # one of two writes is lost


def put_off_twice(monkeypatch):
    """Put a problem off at once from both units, from forms of one version."""
    desk, barrier, concerned = make_desk(), Barrier(2), promises.Extension
    problem = a_problem(desk, make_project(desk))

    def slow(**facts):
        meet(barrier)
        return concerned(**facts)

    monkeypatch.setattr(promises, "Extension", slow)
    facts = {"promise": problem, "reason": "因", "allowed_by": "人", "today": MONDAY, "version": 1}
    return together(
        lambda: actions.put_off(**facts, to_on=MONDAY + timedelta(days=20), by=desk.clerk),
        lambda: actions.put_off(**facts, to_on=MONDAY + timedelta(days=30), by=desk.other_clerk),
    )


def test_promise_put_off_twice_at_once_is_put_off_once(postgres, monkeypatch):
    assert errors(put_off_twice(monkeypatch)) == [Conflict]
    extension, problem = Extension.objects.get(), Problem.objects.get()
    assert (problem.due_on, problem.first_due_on) == (extension.to_on, extension.from_on)


def test_without_the_lock_both_extensions_begin_on_one_day(postgres, monkeypatch):
    with no_lock(monkeypatch):
        assert errors(put_off_twice(monkeypatch)) == []
    assert Extension.objects.values("from_on").distinct().count() == 1
    assert Extension.objects.count() == 2


def conclude_while_the_calendar_moves(monkeypatch):
    """Write down what a department said while a holiday moves its last day."""
    desk, barrier = make_desk(), Barrier(2)
    step = a_review(desk, make_project(desk)).steps.get()
    stated = promises.audit.snapshot

    def slow(row):
        if isinstance(row, Step):
            meet(barrier)
        return stated(row)

    monkeypatch.setattr(promises.audit, "snapshot", slow)
    return together(
        lambda: actions.conclude_step(step=step, result="agreed", on=MONDAY, by=desk.other_clerk, today=MONDAY),
        lambda: actions.set_holiday(on=date(2026, 11, 20), works=False, name="节", by=desk.editor, today=MONDAY),
    )


def test_step_concluded_while_the_calendar_moves_keeps_its_word(postgres, monkeypatch):
    assert errors(conclude_while_the_calendar_moves(monkeypatch)) == []
    assert Step.objects.get().result == "agreed"


def test_without_the_lock_a_calendar_wipes_the_word_of_a_department_out(postgres, monkeypatch):
    with no_lock(monkeypatch):
        assert errors(conclude_while_the_calendar_moves(monkeypatch)) == []
    step = Step.objects.get()
    assert (step.result, step.due_on) != ("agreed", date(2026, 11, 26))  # the later of two writes took the other's


def test_complaint_answered_twice_at_once_tells_the_second(postgres, monkeypatch):
    desk, barrier, stated = make_desk(), Barrier(2), complaints.stated
    complaint = a_complaint(desk)

    def slow(*args):
        meet(barrier)
        return stated(*args)

    monkeypatch.setattr(complaints, "stated", slow)
    facts = {"complaint": complaint, "on": MONDAY, "today": MONDAY, "version": 1}
    outcomes = together(
        lambda: actions.answer_complaint(**facts, answer="甲", by=desk.clerk),
        lambda: actions.answer_complaint(**facts, answer="乙", by=desk.other_clerk),
    )
    assert errors(outcomes) == [Conflict]
