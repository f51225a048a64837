"""Problems, decisions, steps and complaints: their clocks, who may write on them, and the list of all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns.models import Holiday
from projects import actions, todos
from projects.models import Extension, Milestone, Problem, Step
from tests.factories import make_user
from tests.projects.factories import make_company, make_desk, make_milestone, make_project
from tests.projects.forms import rows_of
from units.models import AuditEntry, Role

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


def a_review(desk, project, days=7, name="联合会审"):
    """Return the only step of a joint review."""
    procedure = actions.start_procedure(
        project=project, kind="review", name=name, started_on=MONDAY, by=desk.clerk,
        steps=[{"name": "环保意见", "unit": desk.units[1], "working_days": days}],
    )  # fmt: skip
    return procedure.steps.get()


def test_step_is_agreed_by_silence_after_its_last_working_day(desk, project):
    actions.set_holiday(on=date(2026, 11, 20), works=False, name="放假", by=desk.editor, today=MONDAY)
    step = a_review(desk, project)
    assert step.due_on == date(2026, 11, 26)  # without the holiday the 25th
    assert todos.result_of(step, step.due_on) == ""
    assert todos.result_of(step, step.due_on + timedelta(days=1)) == Step.Result.SILENT
    after = step.due_on + timedelta(days=1)
    for on in (after, step.due_on):  # nor dated back
        with pytest.raises(ValidationError, match="超时默认"):
            actions.conclude_step(
                step=step, result="refused", on=on, outcome="不行", by=desk.other_clerk, today=after
            )


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


def test_department_that_kept_silent_or_stayed_away_kept_no_promise(desk, project):
    steps = [a_review(desk, project, name=name) for name in ("国土会审", "环保会审", "能耗会审")]
    actions.conclude_step(step=steps[0], result="absent", on=MONDAY, by=desk.clerk, today=MONDAY)
    actions.conclude_step(step=steps[1], result="refused", outcome="不行", on=MONDAY, by=desk.clerk, today=MONDAY)
    later = MONDAY + timedelta(days=30)
    (cell,) = todos.kept_and_broken(desk.leader, later, MONDAY)
    assert (cell.unit, cell.due, cell.kept, cell.broken, cell.by_default) == ("工信局", 3, 1, 2, 2)
    found = todos.todos(desk.leader, later, since=MONDAY)
    assert [(row.title, row.default, row.late) for row in found] == [
        ("蓝天一期 · 国土会审 · 环保意见", "缺席默认", 0),
        ("蓝天一期 · 环保会审 · 环保意见", "", 0),
        ("蓝天一期 · 能耗会审 · 环保意见", "超时默认", 0),
    ]
    assert todos.digest(desk.leader, later) == todos.Digest(late=0, today=0)  # nothing more is to be done


def promised(desk, project, days, **facts):
    """Return an instalment promised so many days after Monday."""
    return make_milestone(desk, project, "funding", due_on=MONDAY + timedelta(days=days), **facts)


def test_promised_milestones_are_kept_or_broken_as_the_list_says(desk, project):
    with time_machine.travel("2026-11-30T10:00:00+08:00", tick=False):
        make_milestone(desk, project, "contract", on=MONDAY, amount=Decimal(100))
        for days, on in ((1, 1), (2, 5), (3, None), (4, None)):
            row = promised(desk, project, days)
            if on:
                actions.correct_milestone(
                    milestone=row, reason="到账", by=desk.clerk, on=MONDAY + timedelta(days=on), amount=Decimal(10)
                )
        actions.extend_promise(
            milestone=row, to_on=MONDAY + timedelta(days=6), reason="因", allowed_by="人", by=desk.clerk
        )
        promised(desk, project, 5, responsible_unit=desk.units[2])
        actions.withdraw_milestone(milestone=promised(desk, project, 6), reason="填错", by=desk.clerk)
        ended = make_project(desk, name="二期")
        promised(desk, ended, 7)
        make_milestone(desk, ended, "termination", on=MONDAY, note="退出")
    found = todos.kept_and_broken(desk.leader, MONDAY + timedelta(days=14), MONDAY)
    assert [(row.unit, row.kept, row.broken, row.by_default, row.put_off) for row in found] == [
        ("商务局", 1, 3, 0, 1), ("文旅局", 0, 1, 0, 0),
    ]  # fmt: skip
    listed = todos.todos(desk.leader, MONDAY, since=MONDAY)
    assert [(row.unit, row.due_on, row.first_due_on, row.times_put_off) for row in listed if not row.done_on] == [
        ("商务局", MONDAY + timedelta(days=3), MONDAY + timedelta(days=3), 0),
        ("文旅局", MONDAY + timedelta(days=5), MONDAY + timedelta(days=5), 0),
        ("商务局", MONDAY + timedelta(days=6), MONDAY + timedelta(days=4), 1),
    ]


def test_list_is_sorted_before_its_words_are_loaded(client, desk, project):
    for day in (5, 3, 3, 9):
        a_problem(desk, project, due_on=MONDAY + timedelta(days=day))
    promised(desk, project, 4)
    first = a_problem(desk, project, due_on=MONDAY + timedelta(days=2))
    actions.put_off(
        promise=first, to_on=MONDAY + timedelta(days=8), reason="因", allowed_by="人", by=desk.clerk, today=MONDAY
    )
    lines = todos.lines(desk.leader, MONDAY)
    told = list(todos.load(lines, MONDAY))
    assert [line.due_on.day - MONDAY.day for line in lines] == [3, 3, 4, 5, 8, 9]
    assert [(row.due_on, row.title, row.key) for row in told] == [
        (line.due_on, line.title, f"{'milestone' if line.place == 4 else 'problem'}-{line.pk}") for line in lines
    ]
    assert [row.times_put_off for row in told] == [0, 0, 0, 0, 1, 0]
    assert told == todos.todos(desk.leader, MONDAY)
    records = [*Problem.objects.all(), *Milestone.objects.all()]
    assert {row.url for row in told} == {record.get_absolute_url() for record in records}


def test_list_and_its_workbook_hold_every_page(client, desk, project):
    for number in range(51):
        a_problem(desk, project, due_on=MONDAY + timedelta(days=number))
    with time_machine.travel("2026-11-16T10:00:00+08:00", tick=False):
        client.force_login(desk.leader)
        pages = [client.get(f"/todos/?page={number}").context for number in (1, 2)]
        assert [len(page["lines"]) for page in pages] == [50, 1]
        assert pages[1]["lines"][0][0].due_on == MONDAY + timedelta(days=50)
        assert pages[0]["count"] == 51
        assert len(rows_of(client.get("/todos/?export=xlsx"))) == 52


def test_own_units_are_those_of_a_clerk_else_of_a_leader(client, desk, project):
    a_problem(desk, project)
    leader = make_user("department_leader", Role.LEADER, desk.units[1])
    late = MONDAY + timedelta(days=11)
    assert todos.digest(leader, late) == todos.digest(desk.leader, late) == todos.Digest(late=1, today=0)
    assert todos.digest(desk.clerk, late) == todos.digest(desk.verifier, late) == todos.Digest(late=0, today=0)
    with time_machine.travel("2026-11-27T10:00:00+08:00", tick=False):
        for user, mine, seen in ((leader, 1, 1), (desk.clerk, 0, 1), (desk.leader, 1, 1), (desk.verifier, 1, 1)):
            client.force_login(user)
            assert client.get("/todos/").context["count"] == mine, user
            assert client.get("/todos/?whose=all").context["count"] == seen, user
            assert client.get(f"/todos/?unit={desk.units[0].pk}").context["count"] == 0
        for user, shown in ((leader, True), (desk.editor, True), (desk.clerk, False), (desk.verifier, False)):
            client.force_login(user)
            page = client.get(f"/campaigns/{desk.campaign.pk}/").content.decode()
            assert ("今天到期 0 项，逾期 1 项" in page) is shown, user


def test_unanswered_complaint_stands_out(client, desk, project):
    company = make_company(desk)
    for title, days in (("逾期的", 2), ("还早的", 40)):
        actions.file_complaint(
            company=company, project=project, unit=desk.units[1], title=title, received_on=MONDAY,
            due_on=MONDAY + timedelta(days=days), by=desk.clerk,
        )  # fmt: skip
    with time_machine.travel("2026-11-27T10:00:00+08:00", tick=False):
        client.force_login(desk.leader)
        page = client.get("/complaints/").content.decode()
        assert '其中 <b class="zs-bad">1</b> 件已过答复期限' in page
        assert "逾期 9 天，未答复" in page
        rows = client.get("/complaints/?answered=no&state=late").context["table"].data.data
        assert [row.title for row in rows] == ["逾期的"]
        assert [words for _row, _tone, words in client.get("/todos/").context["lines"]] == [
            "逾期 9 天，未答复", "还有 29 天，未答复",
        ]  # fmt: skip
        flagged = client.get("/flags/").content.decode()
        assert "「逾期的」应于 2026-11-18 答复，逾期 9 天" in flagged
        assert "还早的" not in flagged
