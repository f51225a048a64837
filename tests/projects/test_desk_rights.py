"""Who may see and write what is owed by a day, what stands in the trail, and two people on one record."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Holiday
from projects import actions
from projects.models import Complaint, Decision, Meeting, Parcel, Problem, Procedure, Step
from tests.factories import make_unit, make_user
from tests.projects.factories import make_company, make_desk, make_project
from tests.projects.forms import send
from tests.projects.promised import MONDAY, a_complaint, a_meeting, a_parcel, a_problem, a_review
from units.models import AuditEntry, Role, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-16T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def desk(clock):
    """A desk with a leader of the department that is asked, and people of a third unit and of another district."""
    made = make_desk()
    made.department_leader = make_user("department_leader", Role.LEADER, made.units[1])
    made.third = make_user("third", Role.CLERK, made.units[2])
    made.abroad = make_user("abroad", Role.EDITOR, make_unit("邻区", Unit.Kind.DISTRICT))
    return made


@pytest.fixture
def world(desk):
    """One of each, owed by the second unit on a project of the first: {name: (its pages, its forms)}."""
    project = make_project(desk)
    problem, procedure = a_problem(desk, project), a_review(desk, project)
    complaint, parcel = a_complaint(desk), a_parcel(desk, project)
    meeting = a_meeting(desk, units=[desk.units[0]])
    decision = actions.decide(
        meeting=meeting, unit=desk.units[1], text="月底前通电", due_on=date(2026, 11, 30), by=desk.editor
    )
    step = procedure.steps.get()
    return {
        "problem": ([f"/problems/{problem.pk}/"], [
            f"/problems/{problem.pk}/change/", f"/promises/problem/{problem.pk}/extend/",
            f"/promises/problem/{problem.pk}/settle/",
        ]),
        "procedure": ([f"/procedures/{procedure.pk}/"], [f"/procedures/{procedure.pk}/{do}/" for do in (
            "change", "steps/new",
        )]),
        "step": ([], [f"/steps/{step.pk}/conclude/", f"/promises/step/{step.pk}/extend/"]),
        "complaint": ([f"/complaints/{complaint.pk}/"], [
            f"/complaints/{complaint.pk}/answer/", f"/promises/complaint/{complaint.pk}/extend/",
        ]),
        "parcel": ([], [f"/parcels/{parcel.pk}/change/"]),
        "meeting": ([f"/meetings/{meeting.pk}/", f"/meetings/{meeting.pk}/agenda.pdf"], [
            f"/meetings/{meeting.pk}/change/", f"/meetings/{meeting.pk}/decisions/new/",
        ]),
        "decision": ([], [f"/promises/decision/{decision.pk}/{do}/" for do in ("extend", "settle")]),
    }  # fmt: skip


SEEN = {  # (what its pages answer, what its forms answer), by who asks
    "clerk": {
        "problem": (200, 200), "procedure": (200, 200), "step": (200, 200), "complaint": (200, 200),
        "parcel": (200, 200), "meeting": (200, 403), "decision": (200, 403),
    },
    "other_clerk": {
        "problem": (200, 200), "procedure": (200, 403), "step": (200, 200), "complaint": (200, 200),
        "parcel": (404, 404), "meeting": (200, 403), "decision": (200, 200),
    },
    "department_leader": {
        "problem": (200, 403), "procedure": (200, 403), "step": (200, 403), "complaint": (200, 403),
        "parcel": (404, 403), "meeting": (200, 403), "decision": (200, 403),
    },
    "verifier": dict.fromkeys(
        ("problem", "procedure", "step", "complaint", "parcel", "meeting", "decision"), (200, 403)
    ),
    "leader": dict.fromkeys(
        ("problem", "procedure", "step", "complaint", "parcel", "meeting", "decision"), (200, 403)
    ),
    "editor": dict.fromkeys(
        ("problem", "procedure", "step", "complaint", "parcel", "meeting", "decision"), (200, 200)
    ),
    "third": dict.fromkeys(
        ("problem", "procedure", "step", "complaint", "parcel", "meeting", "decision"), (404, 404)
    ),
    "abroad": dict.fromkeys(
        ("problem", "procedure", "step", "complaint", "parcel", "meeting", "decision"), (404, 404)
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", SEEN)
def test_pages_of_what_is_owed_open_to_whom_it_concerns(client, desk, world, who):
    client.force_login(getattr(desk, who))
    found = {
        name: (
            {client.get(url).status_code for url in pages} or {SEEN[who][name][0]},
            {client.get(url).status_code for url in forms},
        )
        for name, (pages, forms) in world.items()
    }
    assert found == {name: ({seen}, {may}) for name, (seen, may) in SEEN[who].items()}


@pytest.mark.parametrize("who", ["verifier", "leader", "third", "abroad"])
def test_forms_sent_by_others_change_nothing(client, desk, world, who):
    client.force_login(getattr(desk, who))
    trail = AuditEntry.objects.exclude(action="page.refused").count()
    for name, (_pages, forms) in world.items():
        for url in forms:
            assert send(client, url, version=1).status_code == SEEN[who][name][1], url
    assert AuditEntry.objects.exclude(action="page.refused").count() == trail


def test_units_and_projects_of_others_are_no_choice(client, desk):
    stranger, own = desk.abroad.memberships[0].unit, make_project(desk)
    foreign = make_project(desk, name="别人的", unit=desk.units[2], by=desk.third)
    client.force_login(desk.clerk)
    named = f"{own.name}（{own.company.name}）"
    problem = {"title": "x", "found_on": "2026-11-16", "due_on": "2026-11-30", "person": "", "meeting": ""}
    hidden = a_meeting(desk)
    for field, values in {
        "unit": problem | {"project": named, "unit": stranger.pk},
        "project": problem | {"project": f"{foreign.name}（{foreign.company.name}）", "unit": desk.units[0].pk},
        "meeting": problem | {"project": named, "unit": desk.units[0].pk, "meeting": hidden.pk},
    }.items():
        assert list(send(client, "/problems/new/", **values).context["form"].errors) == [field]
    called = {"kind": "push", "title": "会", "on": "2026-11-16", "chair": "局长"}
    for field, values in {
        "unit": called | {"unit": desk.district.pk},
        "attending": called | {"unit": desk.units[0].pk, "attending": [stranger.pk]},
        "project_rows": called | {"unit": desk.units[0].pk, "project_rows": [foreign.pk]},
    }.items():
        assert list(send(client, "/meetings/new/", **values).context["form"].errors) == [field]
    review = {"project": f"{foreign.name}（{foreign.company.name}）", "kind": "review", "name": "会审",
              "started_on": "2026-11-16", "agent": "", "steps": ""}  # fmt: skip
    assert list(send(client, "/procedures/new/", **review).context["form"].errors) == ["project"]
    assert [model.objects.count() for model in (Problem, Procedure, Meeting)] == [0, 0, 1]


# --- whose a promise is


def test_nobody_hands_his_own_problem_to_another_unit(client, desk):
    problem = a_problem(desk, make_project(desk))
    client.force_login(desk.other_clerk)
    form = {"title": "用电", "detail": "", "unit": desk.units[2].pk, "person": "", "meeting": "", "version": 1}
    response = send(client, f"/problems/{problem.pk}/change/", **form)
    assert "改换责任单位由项目的招引单位办理" in str(response.context["form"].errors["unit"])
    assert send(client, f"/problems/{problem.pk}/change/", **form | {"unit": desk.units[1].pk}).status_code == 302
    client.force_login(desk.clerk)
    assert send(client, f"/problems/{problem.pk}/change/", **form | {"version": 2}).status_code == 302
    problem.refresh_from_db()
    assert (problem.title, problem.unit) == ("用电", desk.units[2])


def test_settled_problem_is_changed_by_nobody(desk):
    problem = a_problem(desk, make_project(desk))
    actions.settle(promise=problem, on=MONDAY, outcome="好", by=desk.clerk, today=MONDAY)
    with pytest.raises(ValidationError, match="要改请先重新办理"):
        actions.change_problem(problem=problem, by=desk.clerk, title="别的")


# --- the last day of a step


def test_step_is_not_concluded_after_its_last_day_whatever_day_is_written(client, desk):
    step = a_review(desk, make_project(desk)).steps.get()
    assert step.due_on == date(2026, 11, 25)
    with time_machine.travel("2026-11-26T00:10:00+08:00", tick=False):  # still the 25th in Greenwich
        client.force_login(desk.other_clerk)
        said = {"result": "refused", "on": "2026-11-20", "outcome": "不行", "version": 1}
        assert "已过，按超时默认处理" in send(client, f"/steps/{step.pk}/conclude/", **said).content.decode()
        assert f"/steps/{step.pk}/conclude/" not in client.get(step.get_absolute_url()).content.decode()
    with time_machine.travel("2026-11-25T23:50:00+08:00", tick=False):
        client.force_login(desk.other_clerk)
        assert send(client, f"/steps/{step.pk}/conclude/", **said).status_code == 302
    step.refresh_from_db()
    assert (step.result, step.done_on) == ("refused", date(2026, 11, 20))


def test_refusal_is_not_taken_back_into_silence(client, desk):
    step = a_review(desk, make_project(desk)).steps.get()
    actions.conclude_step(step=step, result="refused", outcome="不行", on=MONDAY, by=desk.other_clerk, today=MONDAY)
    client.force_login(desk.clerk)
    assert f"/promises/step/{step.pk}/reopen/" in client.get(step.get_absolute_url()).content.decode()
    with time_machine.travel("2026-11-26T09:00:00+08:00", tick=False):
        client.force_login(desk.clerk)
        assert f"/promises/step/{step.pk}/reopen/" not in client.get(step.get_absolute_url()).content.decode()
        response = send(client, f"/promises/step/{step.pk}/reopen/", reason="写错", version=2)
        assert "结论不能再收回" in response.content.decode()
    step.refresh_from_db()
    assert step.result == "refused"


def test_department_is_not_asked_so_late_that_its_silence_has_agreed(client, desk):
    project = make_project(desk)
    client.force_login(desk.clerk)
    form = {
        "project": f"{project.name}（{project.company.name}）", "kind": "review", "name": "会审", "agent": "",
        "started_on": "2026-11-02", "steps": "工信局 能耗意见 5",
    }  # fmt: skip
    response = send(client, "/procedures/new/", **form)
    assert "期限 2026-11-09 已过，工信局来不及表态" in response.content.decode()
    assert not Procedure.objects.exists()
    procedure = a_review(desk, project)
    step = {"unit": desk.units[2].pk, "name": "意见", "person": "", "starts_on": "2026-11-16", "working_days": "1"}
    assert send(client, f"/procedures/{procedure.pk}/steps/new/", **step).status_code == 302


def test_calendar_leaves_nobody_behind_today(client, desk):
    step = a_review(desk, make_project(desk)).steps.get()
    for day in (21, 22):
        actions.set_holiday(on=date(2026, 11, day), works=True, name="调休", by=desk.editor, today=MONDAY)
    step.refresh_from_db()
    assert step.due_on == date(2026, 11, 23)
    Holiday.objects.all().delete()
    Step.objects.update(due_on=date(2026, 11, 25), first_due_on=date(2026, 11, 25))
    with time_machine.travel("2026-11-25T09:00:00+08:00", tick=False):
        client.force_login(desk.editor)
        days = "2026-11-21至2026-11-22 上班 调休"
        assert send(client, "/holidays/paste/", days=days).status_code == 302
        assert "重算了 0 个未办结环节的期限" in client.get("/holidays/").content.decode()
    step.refresh_from_db()
    assert step.due_on == date(2026, 11, 25)


# --- the trail


def test_every_write_leaves_its_row(desk):
    project = make_project(desk)
    trail = AuditEntry.objects.count()
    problem, procedure, complaint = a_problem(desk, project), a_review(desk, project), a_complaint(desk)
    parcel, meeting = a_parcel(desk, project), a_meeting(desk)
    late, facts = MONDAY + timedelta(days=20), {"by": desk.editor, "today": MONDAY}
    actions.change_problem(problem=problem, title="别的", by=desk.editor)
    actions.put_off(promise=problem, to_on=late, reason="因", allowed_by="人", **facts)
    actions.settle(promise=problem, on=MONDAY, outcome="好", **facts)
    actions.reopen(promise=problem, reason="又来了", **facts)
    actions.answer_complaint(complaint=complaint, answer="答", on=MONDAY, **facts)
    actions.settle(promise=complaint, on=MONDAY, outcome="好", **facts)
    actions.change_procedure(procedure=procedure, agent="乙", by=desk.editor)
    actions.conclude_step(step=procedure.steps.get(), result="agreed", on=MONDAY, **facts)
    actions.change_parcel(parcel=parcel, area=Decimal(30), by=desk.editor)
    actions.change_meeting(meeting=meeting, record="纪要", by=desk.editor)
    actions.decide(meeting=meeting, unit=desk.units[1], text="办", due_on=late, by=desk.editor)
    actions.set_rhythm(kind="push", every="month", times=1, by=desk.editor)
    actions.set_holiday(on=late, works=False, name="节", **facts)
    actions.remove_holiday(holiday=Holiday.objects.get(), **facts)
    rows = AuditEntry.objects.order_by("pk")[trail:]
    assert [row.action for row in rows if row.action != "company.created"] == [
        "problem.created", "procedure.created", "step.created", "complaint.created", "parcel.created",
        "meeting.created", "problem.changed", "problem.extended", "problem.settled", "problem.resumed",
        "complaint.answered", "complaint.settled", "procedure.changed", "step.settled", "parcel.changed",
        "meeting.changed", "decision.created", "rhythm.changed", "holiday.changed", "holiday.removed",
    ]  # fmt: skip
    assert {row.by for row in rows} <= {desk.editor, desk.clerk}


# --- two people on one record


def test_second_of_two_forms_sees_both_values(client, desk):
    project = make_project(desk)
    problem, procedure, complaint = a_problem(desk, project), a_review(desk, project), a_complaint(desk)
    parcel, meeting, step = a_parcel(desk, project), a_meeting(desk), procedure.steps.get()
    client.force_login(desk.editor)
    forms = {
        f"/promises/problem/{problem.pk}/extend/": {"to_on": "2026-12-30", "reason": "因", "allowed_by": "人"},
        f"/procedures/{procedure.pk}/change/": {"name": "会审甲", "agent": "乙"},
        f"/complaints/{complaint.pk}/answer/": {"on": "2026-11-16", "answer": "答"},
        f"/parcels/{parcel.pk}/change/": {"name": "9 号", "area": "5"},
        f"/meetings/{meeting.pk}/change/": {
            "kind": "push", "title": "会", "on": "2026-11-16", "chair": "区长", "record": "纪要",
        },
        f"/steps/{step.pk}/conclude/": {"result": "conditional", "on": "2026-11-16", "outcome": "补材料"},
    }  # fmt: skip
    for model in (Problem, Procedure, Complaint, Parcel, Meeting, Step):
        model.objects.update(version=2)
    for url, values in forms.items():
        response = send(client, url, **values, version=1)
        assert response.status_code == 200, url
        assert "已被他人修改" in response.content.decode(), url
    for url, values in forms.items():
        assert send(client, url, **values, version=2).status_code == 302, url


def test_form_sent_twice_is_taken_once(client, desk):
    project = make_project(desk)
    client.force_login(desk.clerk)
    form = {
        "nonce": "twice", "project": f"{project.name}（{project.company.name}）", "title": "用电",
        "unit": desk.units[1].pk, "person": "", "detail": "", "found_on": "2026-11-16", "due_on": "2026-11-30",
        "meeting": "",
    }  # fmt: skip
    assert client.post("/problems/new/", form).url == client.post("/problems/new/", form).url
    assert Problem.objects.count() == 1
    (problem,) = Problem.objects.all()
    done = {"nonce": "again", "on": "2026-11-16", "outcome": "好", "version": 1}
    for _time in range(2):
        assert client.post(f"/promises/problem/{problem.pk}/settle/", done).status_code == 302
    response = client.post(f"/promises/problem/{problem.pk}/settle/", done | {"nonce": "back"})
    assert response.status_code == 200  # gone back and sent once more: another has settled it meanwhile
    assert AuditEntry.objects.filter(action="problem.settled").count() == 1


def test_strangers_write_nothing_by_the_actions_either(desk):
    project = make_project(desk)
    problem, meeting, complaint = a_problem(desk, project), a_meeting(desk), a_complaint(desk)
    parcel, procedure = a_parcel(desk, project), a_review(desk, project)
    by, today, late = desk.third, MONDAY, date(2027, 1, 1)
    for write in (
        lambda: actions.put_off(promise=problem, to_on=late, reason="因", allowed_by="人", by=by, today=today),
        lambda: actions.reopen(promise=problem, reason="因", by=by, today=today),
        lambda: actions.change_meeting(meeting=meeting, record="x", by=by),
        lambda: actions.decide(meeting=meeting, unit=desk.units[0], text="x", due_on=MONDAY, by=by),
        lambda: actions.answer_complaint(complaint=complaint, answer="x", on=MONDAY, by=by, today=today),
        lambda: actions.file_complaint(
            company=make_company(desk), unit=desk.units[1], title="x", received_on=MONDAY, due_on=MONDAY, by=by
        ),
        lambda: actions.change_parcel(parcel=parcel, name="x", by=by),
        lambda: actions.record_parcel(project=project, name="y", area=Decimal(1), by=by),
        lambda: actions.start_procedure(project=project, kind="review", name="x", started_on=MONDAY, by=by),
        lambda: actions.conclude_step(step=procedure.steps.get(), result="agreed", on=MONDAY, by=by, today=today),
        lambda: actions.set_rhythm(kind="push", every="month", times=1, by=by),
        lambda: actions.set_holiday(on=MONDAY, works=False, name="x", by=by, today=today),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            write()
    assert not Decision.objects.exists()


def test_history_names_the_word_of_each_department_and_who_wrote_it(client, desk):
    procedure = a_review(desk, make_project(desk))
    actions.conclude_step(
        step=procedure.steps.get(), result="refused", outcome="不行", on=MONDAY, by=desk.other_clerk, today=MONDAY
    )
    client.force_login(desk.clerk)
    rows = client.get(procedure.get_absolute_url()).context["history"]
    assert [(row.who, row.part) for row in rows] == [
        ("other 科员", "蓝天一期 · 用地会审 · 用地意见"), ("clerk 科员", "蓝天一期 · 用地会审 · 用地意见"),
        ("clerk 科员", ""),
    ]  # fmt: skip


def test_history_of_a_meeting_is_for_those_who_called_it(client, desk):
    secret = make_project(desk, name="保密项目")
    meeting = a_meeting(desk, units=[desk.units[1]], projects=[secret])
    actions.decide(meeting=meeting, unit=desk.units[1], text="月底前通电", due_on=date(2026, 11, 30), by=desk.editor)
    for user, sees in ((desk.other_clerk, False), (desk.leader, True), (desk.editor, True)):
        client.force_login(user)
        response = client.get(f"/meetings/{meeting.pk}/")
        assert ("保密项目" in response.content.decode()) is sees, user
        assert (response.context["history"] is not None) is sees, user
    assert [row.part for row in response.context["history"]] == ["月底前通电", ""]


def test_meeting_to_come_has_no_record(client, desk):
    meeting = a_meeting(desk, on=MONDAY + timedelta(days=1))
    client.force_login(desk.editor)
    form = {"kind": "push", "title": "会", "on": "2026-11-17", "chair": "区长", "record": "纪要", "version": 1}
    response = send(client, f"/meetings/{meeting.pk}/change/", **form)
    assert "开过以后再写纪要" in str(response.context["form"].errors["record"])
    assert send(client, f"/meetings/{meeting.pk}/change/", **form | {"on": "2026-11-16"}).status_code == 302


def test_lists_take_the_first_and_the_last_day_there_is(client, desk, world):
    client.force_login(desk.editor)
    span = "since=0001-01-01&until=9999-12-31"
    for url in ("/problems/", "/complaints/", "/meetings/", "/todos/kept/"):
        assert client.get(f"{url}?{span}").status_code == 200, url
        assert client.get(f"{url}?{span}&export=xlsx").status_code == 200, url
    for month in ("0001-01", "9999-12"):
        assert client.get(f"/todos/kept/?unit={desk.unit.pk}&month={month}").status_code == 200
    for name, (_pages, forms) in world.items():
        for url in forms:
            for day in ("0001-01-01", "9999-12-31"):
                days = dict.fromkeys(("on", "to_on", "due_on", "starts_on", "built_on", "handed_over_on"), day)
                response = send(client, url, **days, version=1, reason="因", allowed_by="人", outcome="好")
                assert response.status_code in (200, 302), (name, url, day)
    assert not Problem.objects.filter(due_on__year__in=(1, 9999)).exists()
    assert not Parcel.objects.filter(built_on__year__in=(1, 9999)).exists()


# --- what pages cost


def cost(client, url):
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
        b"".join(response) if response.streaming else response.content
    assert response.status_code == 200, url
    return len(queries)


def test_pages_and_workbooks_cost_the_same_at_any_length(client, desk):
    project = make_project(desk)
    procedure, meeting = a_review(desk, project), a_meeting(desk, units=desk.units, projects=[project])

    def add(number):
        asked = {"unit": desk.units[1], "starts_on": MONDAY, "working_days": 3, "by": desk.clerk}
        actions.add_step(procedure=procedure, name=f"意见{number}", **asked)
        late = MONDAY - timedelta(days=number)
        a_problem(desk, project, f"问题{number}", days=-number, meeting=meeting)
        a_complaint(desk, f"诉求{number}", project=project)
        a_parcel(desk, project, f"{number} 号", handed_over_on=late, build_by=late)
        actions.decide(meeting=meeting, unit=desk.units[1], text=f"办{number}", due_on=MONDAY, by=desk.editor)
        a_meeting(desk, title=f"会{number}")
        a_review(desk, project, f"会审{number}")
        actions.set_holiday(on=date(2027, 1, number), works=True, name="调休", by=desk.editor, today=MONDAY)

    opened = f"/todos/kept/?unit={desk.units[1].pk}&month=2026-11"
    urls = [
        procedure.get_absolute_url(), meeting.get_absolute_url(), "/todos/", opened, "/holidays/", "/flags/",
        f"/campaigns/{desk.campaign.pk}/", f"/meetings/{meeting.pk}/record.pdf", f"/projects/{project.pk}/",
        *(f"/{name}/?export=xlsx" for name in ("problems", "procedures", "complaints", "parcels", "meetings")),
        "/todos/?export=xlsx",
    ]  # fmt: skip
    actions.change_meeting(meeting=meeting, record="纪要", by=desk.editor)
    client.force_login(desk.editor)
    add(1)
    for url in urls:
        cost(client, url)  # what is read once
    few = {url: cost(client, url) for url in urls}
    for number in range(2, 31):
        add(number)
    assert {url: cost(client, url) for url in urls} == few
