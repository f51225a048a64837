"""Problems, decisions, steps and complaints: their clocks, who may write on them, and the list of all."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from projects import actions, todos
from projects.models import Extension, Holiday, Problem, Step
from tests.projects.factories import make_company, make_desk, make_project
from units.models import AuditEntry

MONDAY = date(2026, 11, 16)


@pytest.fixture
def desk(db):
    return make_desk()


@pytest.fixture
def project(desk):
    return make_project(desk)


def a_problem(desk, project, *, due_on=None, **facts):
    """Return a problem that the second unit promised to clear."""
    return actions.raise_problem(
        project=project, unit=desk.units[1], title="用电容量不足", found_on=MONDAY,
        due_on=due_on or MONDAY + timedelta(days=10), by=facts.pop("by", desk.clerk), **facts,
    )  # fmt: skip


def test_extension_keeps_the_first_day_and_says_who_allowed_it(desk, project):
    problem = a_problem(desk, project)
    first = problem.due_on
    actions.put_off(
        promise=problem,
        to_on=first + timedelta(days=5),
        reason="设备未到",
        allowed_by="分管领导",
        by=desk.other_clerk,
        today=MONDAY,
    )
    problem.refresh_from_db()
    assert (problem.first_due_on, problem.due_on) == (first, first + timedelta(days=5))
    (extension,) = Extension.objects.all()
    assert (extension.problem, extension.from_on, extension.allowed_by) == (problem, first, "分管领导")
    assert AuditEntry.objects.filter(action="problem.extended", reason="设备未到").count() == 1


def test_extension_to_an_earlier_day_is_refused(desk, project):
    problem = a_problem(desk, project)
    with pytest.raises(ValidationError, match="须晚于原承诺日期"):
        actions.put_off(
            promise=problem, to_on=problem.due_on, reason="因", allowed_by="人", by=desk.clerk, today=MONDAY
        )
    assert not Extension.objects.exists()


def test_stranger_cannot_settle_a_problem(desk, project):
    problem = a_problem(desk, project)
    with pytest.raises(PermissionDenied):
        actions.settle(promise=problem, on=MONDAY, outcome="已解决", by=desk.verifier, today=MONDAY)
    problem.refresh_from_db()
    assert problem.done_on is None


def test_settled_problem_leaves_the_list_of_what_is_open(desk, project):
    problem = a_problem(desk, project)
    late = problem.due_on + timedelta(days=3)
    assert [(row.title, row.late, row.state(late)) for row in todos.todos(desk.clerk, late)] == [
        ("用电容量不足", 3, "overdue")
    ]
    actions.settle(promise=problem, on=late, outcome="已增容", by=desk.other_clerk, today=late)
    assert todos.todos(desk.clerk, late) == []
    (done,) = todos.todos(desk.clerk, late, since=late)
    assert (done.done_on, done.late, done.state(late)) == (late, 3, "done")


def test_owner_and_introducing_unit_see_a_problem_and_nobody_else(desk, project):
    problem = a_problem(desk, project)
    for user, sees in ((desk.clerk, True), (desk.other_clerk, True), (desk.leader, True)):
        assert Problem.objects.visible_to(user).filter(pk=problem.pk).exists() is sees
    third = actions.raise_problem(
        project=make_project(desk, name="三期", unit=desk.units[1], by=desk.other_clerk), unit=desk.units[2],
        title="用水", found_on=MONDAY, due_on=MONDAY, by=desk.other_clerk,
    )  # fmt: skip
    assert not Problem.objects.visible_to(desk.clerk).filter(pk=third.pk).exists()


def a_review(desk, project, days=7):
    """Return the only step of a joint review."""
    procedure = actions.start_procedure(
        project=project, kind="review", name="联合会审", started_on=MONDAY, by=desk.clerk,
        steps=[{"name": "环保意见", "unit": desk.units[1], "working_days": days}],
    )  # fmt: skip
    return procedure.steps.get()


def test_step_is_agreed_by_silence_after_its_last_working_day(desk, project):
    actions.set_holiday(on=date(2026, 11, 20), works=False, name="放假", by=desk.editor, today=MONDAY)
    step = a_review(desk, project)
    assert step.due_on == date(2026, 11, 26)  # without the holiday the 25th
    assert todos.result_of(step, step.due_on) == ""
    assert todos.result_of(step, step.due_on + timedelta(days=1)) == Step.Result.SILENT
    with pytest.raises(ValidationError, match="超时默认"):
        actions.conclude_step(
            step=step, result="refused", on=step.due_on + timedelta(days=1), outcome="不行", by=desk.other_clerk,
            today=step.due_on + timedelta(days=1),
        )  # fmt: skip


def test_new_holiday_moves_open_steps_and_its_removal_moves_them_back(desk, project):
    step = a_review(desk, project)
    assert actions.set_holiday(on=date(2026, 11, 18), works=False, name="放假", by=desk.editor, today=MONDAY) == 1
    step.refresh_from_db()
    assert step.due_on == date(2026, 11, 26)
    assert actions.remove_holiday(holiday=Holiday.objects.get(), by=desk.editor, today=MONDAY) == 1
    step.refresh_from_db()
    assert step.due_on == date(2026, 11, 25)
    assert not Holiday.objects.exists()


def test_absence_is_agreement_in_a_joint_review_only(desk, project):
    step = a_review(desk, project)
    actions.conclude_step(step=step, result="absent", on=MONDAY, by=desk.clerk, today=MONDAY)
    step.refresh_from_db()
    assert (step.result, step.done_on) == ("absent", MONDAY)
    licence = actions.start_procedure(
        project=project, kind="licence", name="施工许可", started_on=MONDAY, by=desk.clerk,
        steps=[{"name": "受理", "unit": desk.units[1], "working_days": 3}],
    )  # fmt: skip
    with pytest.raises(ValidationError, match="缺席默认只用于联合会审"):
        actions.conclude_step(step=licence.steps.get(), result="absent", on=MONDAY, by=desk.clerk, today=MONDAY)


def test_complaint_is_closed_only_when_it_was_answered(desk):
    complaint = actions.file_complaint(
        company=make_company(desk), unit=desk.units[1], title="验收拖延", received_on=MONDAY,
        due_on=MONDAY + timedelta(days=7), by=desk.clerk,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="须先答复"):
        actions.settle(promise=complaint, on=MONDAY, outcome="好了", by=desk.other_clerk, today=MONDAY)
    actions.answer_complaint(complaint=complaint, answer="已安排", on=MONDAY, by=desk.other_clerk, today=MONDAY)
    actions.settle(promise=complaint, on=MONDAY, outcome="验收完成", by=desk.other_clerk, today=MONDAY)
    complaint.refresh_from_db()
    assert (complaint.answered_on, complaint.done_on) == (MONDAY, MONDAY)


def test_decision_of_a_meeting_is_a_promise_of_its_unit(desk, project):
    meeting = actions.create_meeting(
        unit=desk.district, kind="push", title="11月推进会", on=MONDAY, chair="区长", units=desk.units[:2],
        projects=[project], by=desk.editor,
    )  # fmt: skip
    actions.decide(
        meeting=meeting, unit=desk.units[1], text="月底前通电", due_on=MONDAY + timedelta(days=14), by=desk.editor
    )
    assert [row.title for row in todos.todos(desk.other_clerk, MONDAY)] == ["月底前通电"]
    with pytest.raises(ValidationError, match="期限不能早于会议日期"):
        actions.decide(
            meeting=meeting, unit=desk.units[1], text="昨天", due_on=MONDAY - timedelta(days=1), by=desk.editor
        )


def test_kept_and_broken_promises_are_counted_by_unit_and_month(desk, project):
    kept, broken, put_off = (a_problem(desk, project, due_on=MONDAY + timedelta(days=day)) for day in (1, 2, 3))
    actions.settle(promise=kept, on=kept.due_on, outcome="好", by=desk.clerk, today=kept.due_on)
    actions.put_off(
        promise=put_off, to_on=MONDAY + timedelta(days=5), reason="因", allowed_by="人", by=desk.clerk, today=MONDAY
    )
    found = todos.kept_and_broken(desk.leader, MONDAY + timedelta(days=10), MONDAY)
    assert [(row.unit, row.month, row.kept, row.broken, row.put_off) for row in found] == [
        ("工信局", date(2026, 11, 1), 1, 2, 1)
    ]
    assert broken.done_on is None
