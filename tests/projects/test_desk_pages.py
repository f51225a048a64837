"""Pages of what is owed by a day: problems, reviews, complaints, land, meetings, holidays, the to-do list."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Holiday
from projects import actions, promise_page, rhythms, todos
from projects.models import Complaint, Decision, Extension, Meeting, Parcel, Problem, Procedure, Rhythm, Step
from tests.factories import make_unit, make_user
from tests.projects.factories import make_company, make_desk, make_milestone, make_project
from tests.projects.forms import list_rows, nonsense_in_every_field, rows_of, send
from tests.projects.promised import MONDAY, a_complaint, a_meeting, a_parcel, a_problem, a_review
from units.models import Role, Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-16T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def desk(client, clock):
    made = make_desk()
    client.force_login(made.clerk)
    return made


@pytest.fixture
def project(desk):
    return make_project(desk)


def text(client, url):
    """Return a page that has to be there, as text."""
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def counts(client, url, make):
    """Return the numbers of queries of a page with one and with thirty records; make(n) makes the nth."""
    client.get(url)
    found = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            make(number)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        found.append(len(queries))
    return found


# --- problems


def problem_form(desk, project, **changed):
    """Return a filled-in form."""
    return {
        "project": f"{project.name}（{project.company.name}）", "title": "用电容量不足", "detail": "",
        "unit": desk.units[1].pk,
        "person": "副局长", "found_on": "2026-11-16", "due_on": "2026-11-30", "meeting": "",
    } | changed  # fmt: skip


def test_problem_promised_at_a_meeting_is_put_off_and_closed(client, desk, project):
    meeting = a_meeting(desk, units=desk.units, projects=[project])
    response = send(client, "/problems/new/", **problem_form(desk, project, meeting=meeting.pk))
    problem = Problem.objects.get()
    assert response.url == f"/problems/{problem.pk}/"
    page = text(client, response.url)
    for told in ("十一月推进会", "工信局", "副局长", "还有 14 天", "延期", "办结"):
        assert told in page
    client.force_login(desk.other_clerk)
    put_off = {"to_on": "2026-12-10", "reason": "设备未到货", "allowed_by": "分管副区长", "version": problem.version}
    assert send(client, f"/promises/problem/{problem.pk}/extend/", **put_off).status_code == 302
    page = text(client, f"/problems/{problem.pk}/")
    for told in ("2026-11-30 → 2026-12-10", "设备未到货", "分管副区长批准", "最初 2026-11-30", "已延期"):
        assert told in page
    problem.refresh_from_db()
    done = {"on": "2026-11-16", "outcome": "已增容到 2000 千伏安", "version": problem.version}
    assert send(client, f"/promises/problem/{problem.pk}/settle/", **done).status_code == 302
    page = text(client, f"/problems/{problem.pk}/")
    assert "已增容到 2000 千伏安" in page
    assert "重新办理" in page
    problem.refresh_from_db()
    assert send(
        client, f"/promises/problem/{problem.pk}/reopen/", reason="又跳闸", version=problem.version
    ).status_code == 302  # fmt: skip
    problem.refresh_from_db()
    assert (problem.done_on, problem.due_on, problem.first_due_on) == (None, date(2026, 12, 10), date(2026, 11, 30))


def test_problem_may_be_changed_but_its_days_stay(client, desk, project):
    problem = a_problem(desk, project)
    url = f"/problems/{problem.pk}/change/"
    changed = {"title": "用气不足", "detail": "缺口 300 方", "unit": desk.units[2].pk, "person": "", "meeting": ""}
    assert send(client, url, **changed, version=1, due_on="2030-01-01").status_code == 302
    problem.refresh_from_db()
    assert (problem.title, problem.unit, problem.due_on) == ("用气不足", desk.units[2], MONDAY + timedelta(days=10))
    second = send(client, url, **changed | {"title": "用水不足"}, version=1)
    assert [(row["mine"], row["theirs"]) for row in second.context["conflict"]] == [("用水不足", "用气不足")]


def test_problem_of_strangers_is_not_found_and_of_others_not_written(client, desk, project):
    problem = a_problem(desk, project)
    foreign = actions.raise_problem(
        project=make_project(desk, name="二期", unit=desk.units[1], by=desk.other_clerk), unit=desk.units[2],
        title="用水", found_on=MONDAY, due_on=MONDAY, by=desk.other_clerk,
    )  # fmt: skip
    for url in (
        f"/problems/{foreign.pk}/",
        f"/problems/{foreign.pk}/change/",
        f"/promises/problem/{foreign.pk}/extend/",
    ):
        assert client.get(url).status_code == 404
    assert client.get("/promises/nonsense/1/extend/").status_code == 404
    client.force_login(desk.verifier)
    assert client.get(f"/problems/{problem.pk}/").status_code == 200
    for url in (f"/problems/{problem.pk}/change/", f"/promises/problem/{problem.pk}/settle/", "/problems/new/"):
        assert client.get(url).status_code == 403
    response = send(client, f"/promises/problem/{problem.pk}/settle/", on="2026-11-16", outcome="x", version=1)
    assert response.status_code == 403


def test_problem_for_another_unit_on_anothers_project_is_an_error_beside_the_field(client, desk, project):
    actions.set_shares(
        project=project,
        shares=[(desk.units[0], "introducing", Decimal(50)), (desk.units[1], "landing", Decimal(50))],
        document="会议纪要", reason="共享", by=desk.editor,
    )  # fmt: skip
    client.force_login(desk.other_clerk)
    response = send(client, "/problems/new/", **problem_form(desk, project, unit=desk.units[2].pk))
    assert "只能登记本单位招引的项目的问题" in str(response.context["form"].errors["unit"])
    assert not Problem.objects.exists()


def test_problem_list_filters_and_exports_what_is_seen(client, desk, project):
    a_problem(desk, project, "逾期的", days=-3)
    a_problem(desk, project, "月底的", days=10)
    a_problem(desk, project, "明年的", days=100)
    done = a_problem(desk, project, "办好的")
    actions.settle(promise=done, on=MONDAY, outcome="好", by=desk.clerk, today=MONDAY)
    actions.put_off(
        promise=Problem.objects.get(title="逾期的"), to_on=MONDAY - timedelta(days=1), reason="等批复",
        allowed_by="分管领导", by=desk.clerk, today=MONDAY,
    )  # fmt: skip
    for query, found in (
        ("state=open", {"逾期的", "月底的", "明年的"}), ("state=late", {"逾期的"}), ("state=done", {"办好的"}),
        ("state=put_off", {"逾期的"}), ("since=2026-11-01&until=2026-11-30&state=open", {"逾期的", "月底的"}),
        ("q=yuedi", {"月底的"}), (f"project={project.pk}", {"逾期的", "月底的", "明年的", "办好的"}),
        ("mine=1", set()),
    ):  # fmt: skip
        rows = client.get(f"/problems/?{query}").context["table"].data.data
        assert {row.title for row in rows} == found, query
    heads, *rows = list_rows(client.get("/problems/?export=xlsx&state=late"))
    told = dict(zip(heads, rows[0], strict=True))
    assert (told["问题"], told["项目名称"], told["责任单位"], told["逾期天数"]) == ("逾期的", "蓝天一期", "工信局", 1)
    assert told["延期"] == "2026-11-13→2026-11-15 等批复（分管领导批准）"
    assert len(rows) == 1


def test_problems_bear_nonsense(client, desk, project):
    problem = a_problem(desk, project)
    assert nonsense_in_every_field(client, "/problems/new/", problem_form(desk, project)) == []
    put_off = {"to_on": "2026-12-10", "reason": "因", "allowed_by": "人", "version": 1}
    assert nonsense_in_every_field(client, f"/promises/problem/{problem.pk}/extend/", put_off) == []
    done = {"on": "2026-11-16", "outcome": "", "version": 1}
    assert nonsense_in_every_field(client, f"/promises/problem/{problem.pk}/settle/", done) == []
    for query in ("state=x", "unit=" + "9" * 40, "project=" + "9" * 40, "meeting=abc", "since=2026-13-45", "q=%00"):
        assert client.get(f"/problems/?{query}").status_code == 200, query
    for query in ("project=" + "9" * 40, "meeting=x"):
        assert client.get(f"/problems/new/?{query}").status_code == 200


def test_lists_cost_the_same_at_any_length(client, desk, project):
    pages = {
        "/problems/": lambda n: a_problem(desk, project, f"问题{n}"),
        "/complaints/": lambda n: a_complaint(desk, f"诉求{n}"),
        "/procedures/": lambda n: a_review(desk, project, f"会审{n}"),
        "/parcels/": lambda n: a_parcel(desk, project, f"{n} 号地块"),
    }
    for url, make in pages.items():
        few, many = counts(client, url, make)
        assert few == many <= 17, url
    few, many = counts(client, f"/projects/{project.pk}/", lambda n: a_problem(desk, project, f"又一个{n}"))
    assert few == many
    few, many = counts(client, "/todos/", lambda n: a_problem(desk, project, f"再一个{n}"))
    assert few == many <= 25
    client.force_login(desk.editor)
    few, many = counts(client, "/meetings/", lambda n: a_meeting(desk, title=f"会{n}", projects=[project]))
    assert few == many <= 17


# --- joint reviews


def test_step_says_its_arithmetic_and_falls_silent_after_its_last_day(client, desk, project):
    actions.set_holiday(on=date(2026, 11, 20), works=False, name="放假", by=desk.editor, today=MONDAY)
    procedure = a_review(desk, project)
    page = text(client, f"/procedures/{procedure.pk}/")
    assert "受理 11-16，7 个工作日，11-20 放假，期限 11-26；次日起视为同意" in page
    assert "还有 7 个工作日" in page
    with time_machine.travel("2026-11-26T23:00:00+08:00", tick=False):
        client.force_login(desk.clerk)
        assert "今天到期" in text(client, f"/procedures/{procedure.pk}/")
    with time_machine.travel("2026-11-27T00:30:00+08:00", tick=False):
        client.force_login(desk.clerk)
        page = text(client, f"/procedures/{procedure.pk}/")
        assert "超时默认" in page
        assert "1 / 1 个环节办结" in page
        step = procedure.steps.get()
        response = send(
            client, f"/promises/step/{step.pk}/extend/", to_on="2026-12-10", reason="因", allowed_by="人", version=1
        )
        assert "已超时默认，不能再延期" in response.content.decode()
        late = {"result": "agreed", "on": "2026-11-27", "outcome": "", "version": 1}
        assert "按超时默认处理" in send(client, f"/steps/{step.pk}/conclude/", **late).content.decode()
        assert "超时默认" in text(client, "/todos/?state=done&whose=all")
        assert not Extension.objects.exists()


def test_procedure_is_started_with_its_steps_and_each_department_says_its_word(client, desk, project):
    form = {
        "project": f"{project.name}（{project.company.name}）", "kind": "review", "name": "用地会审", "agent": "小王",
        "started_on": "2026-11-16", "steps": "工信局 能耗意见 5\n文旅局 文物意见 10 个工作日\n",
    }  # fmt: skip
    send(client, "/procedures/new/", **form)
    procedure = Procedure.objects.get()
    assert [(step.unit.name, step.name, step.due_on) for step in procedure.steps.order_by("pk")] == [
        ("工信局", "能耗意见", date(2026, 11, 23)), ("文旅局", "文物意见", date(2026, 11, 30)),
    ]  # fmt: skip
    response = send(client, f"/procedures/{procedure.pk}/steps/new/", unit=desk.units[0].pk, name="本单位意见",
                    person="", starts_on="2026-11-17", working_days="1")  # fmt: skip
    assert response.status_code == 302
    client.force_login(desk.other_clerk)
    step = procedure.steps.get(name="能耗意见")
    refused = {"result": "refused", "on": "2026-11-16", "outcome": "", "version": 1}
    assert "须写明意见" in send(client, f"/steps/{step.pk}/conclude/", **refused).content.decode()
    assert send(client, f"/steps/{step.pk}/conclude/", **refused | {"outcome": "能耗超标"}).status_code == 302
    assert "有不同意" in text(client, f"/procedures/{procedure.pk}/")
    other = procedure.steps.get(name="文物意见")
    assert client.get(f"/steps/{other.pk}/conclude/").status_code == 404
    assert client.get(f"/procedures/{procedure.pk}/change/").status_code == 403
    client.force_login(desk.clerk)
    for line in ("工信局 5", "没有的局 意见 5", "工信局 意见 0", "工信局 意见 999"):
        response = send(client, "/procedures/new/", **form | {"steps": line, "name": "又一次"})
        assert "第 1 行" in response.content.decode(), line
    assert Procedure.objects.count() == 1


def test_licence_offers_no_absence(client, desk, project):
    step = a_review(desk, project, kind="licence").steps.get()
    assert "缺席默认" not in str(client.get(f"/steps/{step.pk}/conclude/").context["form"]["result"])
    review = a_review(desk, project, name="会审").steps.get()
    assert "缺席默认" in str(client.get(f"/steps/{review.pk}/conclude/").context["form"]["result"])
    send(client, f"/steps/{review.pk}/conclude/", result="absent", on="2026-11-16", outcome="", version=1)
    assert "缺席默认" in text(client, review.get_absolute_url())


def test_pasted_holidays_move_open_steps_alone(client, desk, project):
    open_step, old = a_review(desk, project).steps.get(), a_review(desk, project, "旧会审").steps.get()
    Step.objects.filter(pk=old.pk).update(
        starts_on=date(2026, 11, 2), due_on=date(2026, 11, 11), first_due_on=date(2026, 11, 11)
    )
    client.force_login(desk.editor)
    days = "2026-11-04至2026-11-05 放假 测试节\n2026年11月20日 休 测试节\n2026-11-21 上班 调休"
    response = send(client, "/holidays/paste/", days=days)
    assert response.url == "/holidays/"
    page = text(client, "/holidays/")
    assert "已写入 4 天" in page
    assert "重算了 0 个未办结环节的期限" in page
    assert list(Holiday.objects.values_list("on", "works").order_by("on")) == [
        (date(2026, 11, 4), False), (date(2026, 11, 5), False), (date(2026, 11, 20), False),
        (date(2026, 11, 21), True),
    ]  # fmt: skip
    open_step.refresh_from_db()
    old.refresh_from_db()
    assert open_step.due_on == date(2026, 11, 25)  # one day lost, one won
    assert old.due_on == date(2026, 11, 11)  # it had run out
    holiday = Holiday.objects.get(on=date(2026, 11, 21))
    assert send(client, f"/holidays/{holiday.pk}/remove/").status_code == 302
    assert "重算了 1 个未办结环节的期限" in text(client, "/holidays/")
    open_step.refresh_from_db()
    assert open_step.due_on == date(2026, 11, 26)
    for wrong in ("2026-11-31 放假 x", "明天 放假", "2026-12-05至2026-12-01 放假", "2026-01-01至2026-12-31 放假"):
        assert "第 1 行" in send(client, "/holidays/paste/", days=wrong).content.decode()
    assert (
        nonsense_in_every_field(client, "/holidays/new/", {"on": "2026-12-01", "works": "False", "name": "节"}) == []
    )
    assert nonsense_in_every_field(client, "/holidays/paste/", {"days": days}) == []
    client.force_login(desk.clerk)
    assert client.get("/holidays/paste/").status_code == 403
    assert "粘贴全年安排" not in text(client, "/holidays/")


def test_procedures_bear_nonsense(client, desk, project):
    form = {
        "project": f"{project.name}（{project.company.name}）", "kind": "review", "name": "会审", "agent": "",
        "started_on": "2026-11-16", "steps": "",
    }  # fmt: skip
    assert nonsense_in_every_field(client, "/procedures/new/", form) == []
    procedure = a_review(desk, project)
    step = {"unit": desk.units[1].pk, "name": "意见", "person": "", "starts_on": "2026-11-16", "working_days": "5"}
    assert nonsense_in_every_field(client, f"/procedures/{procedure.pk}/steps/new/", step) == []
    said = {"result": "agreed", "on": "2026-11-16", "outcome": "", "version": 1}
    url = f"/steps/{procedure.steps.order_by('pk').first().pk}/conclude/"
    assert nonsense_in_every_field(client, url, said) == []
    for query in ("state=x", "kind=x", "unit=x", "q=%00", "project=" + "9" * 40):
        assert client.get(f"/procedures/?{query}").status_code == 200


# --- complaints


def test_complaint_is_taken_in_answered_and_closed(client, desk):
    company = make_company(desk)
    form = {
        "company_name": company.name, "project": "", "title": "验收拖延", "detail": "", "unit": desk.units[1].pk,
        "person": "", "received_on": "2026-11-16", "due_on": "2026-11-23",
    }  # fmt: skip
    assert nonsense_in_every_field(client, "/complaints/new/", form) == []
    Complaint.objects.all().delete()
    send(client, "/complaints/new/", **form)
    complaint = Complaint.objects.get()
    assert '<b class="zs-bad">1</b> 件还没有答复企业' in text(client, "/complaints/?state=done")
    page = text(client, f"/complaints/{complaint.pk}/")
    assert "还没有答复企业" in page
    assert f"/promises/complaint/{complaint.pk}/settle/" not in page
    answer = {"on": "2026-11-16", "answer": "周五组织验收", "version": 1}
    assert nonsense_in_every_field(client, f"/complaints/{complaint.pk}/answer/", answer, ["on", "version"]) == []
    client.force_login(desk.other_clerk)
    complaint.refresh_from_db()
    response = send(client, f"/complaints/{complaint.pk}/answer/", **answer | {"version": complaint.version})
    assert response.status_code == 302
    complaint.refresh_from_db()
    assert f"/promises/complaint/{complaint.pk}/settle/" in text(client, f"/complaints/{complaint.pk}/")
    done = {"on": "2026-11-16", "outcome": "验收完成", "version": complaint.version}
    assert send(client, f"/promises/complaint/{complaint.pk}/settle/", **done).status_code == 302
    assert "件件已有答复" in text(client, "/complaints/")
    client.force_login(desk.verifier)
    assert client.get(f"/complaints/{complaint.pk}/answer/").status_code == 403


def test_unknown_company_complains_of_nothing(client, desk):
    form = {"company_name": "没听过的公司", "title": "诉求", "unit": desk.units[0].pk, "received_on": "2026-11-16",
            "due_on": "2026-11-20"}  # fmt: skip
    assert "还没有这家企业" in send(client, "/complaints/new/", **form).content.decode()


# --- land


def test_land_shows_its_subsidy_and_how_long_it_lies_idle(client, desk, project):
    form = {
        "name": "3 号地块", "area": "20", "cost_per_mu": "15", "price_per_mu": "0.8", "handed_over_on": "2026-01-01",
        "build_by": "2026-11-01", "built_on": "", "use_by": "", "used_on": "",
    }  # fmt: skip
    assert nonsense_in_every_field(client, f"/projects/{project.pk}/parcels/new/", form) == []
    Parcel.objects.all().delete()
    response = send(client, f"/projects/{project.pk}/parcels/new/", **form)
    assert response.url == f"/projects/{project.pk}/#land"
    page = text(client, f"/projects/{project.pk}/")
    assert "成本 15 − 出让价 0.8 = 补贴 <b>14.2</b> 万元/亩" in page
    assert "圈而不建，逾期 15 天" in page
    assert '圈而不建 <b class="zs-bad">20</b> 亩' in text(client, "/parcels/")
    parcel = Parcel.objects.get()
    change = {
        **form,
        "built_on": "2026-11-02",
        "use_by": "2026-11-10",
        "reclaimed_on": "",
        "reclaim_reason": "",
        "version": 1,
    }
    assert nonsense_in_every_field(client, f"/parcels/{parcel.pk}/change/", change) == []
    parcel.refresh_from_db()
    assert send(client, f"/parcels/{parcel.pk}/change/", **change | {"version": parcel.version}).status_code == 302
    assert "占而不用，逾期 6 天" in text(client, "/parcels/?state=not_used")
    assert len(client.get("/parcels/?state=not_built").context["table"].rows) == 0
    heads, row = list_rows(client.get("/parcels/?export=xlsx"))
    told = dict(zip(heads, row, strict=True))
    assert (told["面积(亩)"], told["补贴(万元/亩)"], told["招引单位"]) == (20, 14.2, "商务局")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"built_on": date(2026, 1, 1)}, "handed_over_on"),
        ({"handed_over_on": date(2026, 2, 1), "built_on": date(2026, 1, 1)}, "built_on"),
        ({"handed_over_on": date(2026, 1, 1), "built_on": date(2026, 3, 1), "used_on": date(2026, 2, 1)}, "used_on"),
    ],
)
def test_land_is_not_used_before_it_was_handed_over(desk, project, changed, field):
    with pytest.raises(ValidationError) as error:
        a_parcel(desk, project, **changed)
    assert list(error.value.message_dict) == [field]


@pytest.mark.parametrize("name", ["handed_over_on", "built_on", "used_on"])
def test_nothing_has_happened_to_land_on_a_day_to_come(client, desk, project, name):
    tomorrow = (MONDAY + timedelta(days=1)).isoformat()
    days = {"handed_over_on": "2026-01-01", name: tomorrow}
    response = send(client, f"/projects/{project.pk}/parcels/new/", name="1 号地块", area="20", **days)
    assert "不能晚于今天" in response.content.decode()
    assert not Parcel.objects.exists()


def test_reclaimed_land_lies_idle_no_longer(desk, project):
    parcel = a_parcel(desk, project, handed_over_on=date(2026, 1, 1), build_by=date(2026, 2, 1))
    assert list(Parcel.objects.not_built(MONDAY)) == [parcel]
    actions.change_parcel(parcel=parcel, reclaimed_on=MONDAY, reclaim_reason="协议第 5 条", by=desk.clerk)
    assert not Parcel.objects.not_built(MONDAY)
    assert promise_page.land_state(Parcel.objects.get(), MONDAY) == ("muted", "已收回")
    unbuilt = a_parcel(desk, project, "无开工期限", handed_over_on=date(2026, 1, 1), use_by=date(2026, 2, 1))
    assert list(Parcel.objects.not_used(MONDAY)) == [unbuilt]


# --- meetings


def meeting_form(desk, **changed):
    """Return a filled-in form."""
    return {
        "kind": "push", "title": "推进会", "on": "2026-11-16", "place": "", "chair": "区长", "unit": desk.district.pk,
        "attending": [desk.units[0].pk], "project_rows": [], "problem_rows": [], "agenda": "一、通报\n二、研究",
    } | changed  # fmt: skip


def test_meeting_takes_problems_up_and_its_decisions_become_promises(client, desk, project):
    problem = a_problem(desk, project)
    client.force_login(desk.editor)
    form = meeting_form(desk, project_rows=[project.pk], problem_rows=[problem.pk])
    assert nonsense_in_every_field(client, "/meetings/new/", form) == []
    Meeting.objects.all().delete()
    send(client, "/meetings/new/", **form)
    meeting = Meeting.objects.get()
    assert (list(meeting.taken_up.all()), list(meeting.projects.all()), meeting.held) == ([problem], [project], False)
    decided = {
        "text": "月底前通电",
        "unit": desk.units[1].pk,
        "person": "",
        "due_on": "2026-11-30",
        "project": project.pk,
    }
    assert nonsense_in_every_field(client, f"/meetings/{meeting.pk}/decisions/new/", decided) == []
    Decision.objects.all().delete()
    send(client, f"/meetings/{meeting.pk}/decisions/new/", **decided)
    page = text(client, f"/meetings/{meeting.pk}/")
    for told in ("月底前通电", "用电容量不足", "未写纪要", "写纪要", "蓝天一期"):
        assert told in page
    change = meeting_form(desk, record="会议议定两项。", version=meeting.version)
    assert (
        nonsense_in_every_field(client, f"/meetings/{meeting.pk}/change/", change, ["record", "problem_rows"]) == []
    )
    meeting.refresh_from_db()
    send(client, f"/meetings/{meeting.pk}/change/", **change | {"version": meeting.version})
    meeting.refresh_from_db()
    assert (meeting.held, list(meeting.taken_up.all())) == (True, [])
    client.force_login(desk.clerk)
    assert client.get(f"/meetings/{meeting.pk}/").status_code == 200
    assert client.get(f"/meetings/{meeting.pk}/change/").status_code == 403
    client.force_login(desk.other_clerk)  # it was not invited, and has something to do: the list leads to the page
    (url,) = [line.url for line, *_ in client.get("/todos/").context["lines"] if line.title == "月底前通电"]
    assert "会议议定两项。" in text(client, url)


def test_meeting_form_shows_who_comes_already_on_top(client, desk):
    client.force_login(desk.editor)
    send(client, "/meetings/new/", **meeting_form(desk, attending=[desk.units[1].pk]))
    form = client.get(f"/meetings/{Meeting.objects.get().pk}/change/").context["form"]
    units = [str(unit) for unit in form.fields["attending"].queryset]
    rest = [str(unit) for unit in Unit.objects.exclude(pk=desk.units[1].pk).order_by("path")]
    assert units == [str(desk.units[1]), *rest]
    assert "problem_rows" not in form.fields  # there is none to take up


def test_rhythm_says_by_when_the_next_meeting_is_due(client, desk):
    client.force_login(desk.editor)
    assert "还没有定会议频次" in text(client, "/meetings/")
    assert send(client, "/rhythms/push/", every="month", times="2").url == "/rhythms/"
    assert nonsense_in_every_field(client, "/rhythms/push/", {"every": "month", "times": "2"}) == []
    send(client, "/rhythms/push/", every="month", times="2")
    a_meeting(desk, on=date(2026, 11, 3), record="纪要")
    a_meeting(desk, on=date(2026, 10, 3), record="纪要")
    a_meeting(desk, on=date(2026, 11, 10))  # no record: not held
    (beat,) = rhythms.beats(desk.editor, MONDAY)
    assert (beat.held, beat.this_year, beat.next_due, beat.state) == (1, 2, date(2026, 11, 30), "还应召开 1 次")
    page = text(client, "/meetings/")
    assert "每月 2 次" in page
    assert "2026-11-30" in page
    assert len(client.get("/meetings/?state=unwritten").context["table"].rows) == 1
    send(client, "/rhythms/push/", every="month", times="0")
    assert not Rhythm.objects.exists()
    assert client.get("/rhythms/nonsense/").status_code == 404
    client.force_login(desk.clerk)
    assert client.get("/rhythms/push/").status_code == 403


@pytest.mark.parametrize(
    ("every", "day", "period"),
    [
        ("week", date(2026, 11, 18), (date(2026, 11, 16), date(2026, 11, 22))),
        ("month", date(2026, 12, 31), (date(2026, 12, 1), date(2026, 12, 31))),
        ("quarter", date(2026, 11, 16), (date(2026, 10, 1), date(2026, 12, 31))),
        ("quarter", date(2026, 2, 28), (date(2026, 1, 1), date(2026, 3, 31))),
        ("year", date(2026, 6, 1), (date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_period_holds_its_day(every, day, period):
    assert rhythms.period_of(every, day) == period


def test_rhythm_is_the_same_for_whom_nobody_invited(desk):
    actions.set_rhythm(kind="push", every="month", times=1, by=desk.editor)
    a_meeting(desk, record="纪要")
    abroad = make_user("abroad", Role.EDITOR, make_unit("邻区", Unit.Kind.DISTRICT))
    found = [[(beat.held, beat.state) for beat in rhythms.beats(user, MONDAY)] for user in (desk.clerk, desk.editor)]
    assert found == [[(1, "本期已开足")]] * 2
    assert [beat.held for beat in rhythms.beats(abroad, MONDAY)] == [0]


def test_late_rhythm_says_by_how_many_days(desk):
    actions.set_rhythm(kind="on_site", every="month", times=4, by=desk.editor)
    (beat,) = rhythms.beats(desk.editor, MONDAY)
    assert (beat.next_due, beat.tone, beat.state) == (date(2026, 11, 8), "bad", "已逾期 8 天")


# --- all of them


def test_to_do_list_shows_everything_promised(client, desk, project):
    a_problem(desk, project, days=-2)
    a_complaint(desk, days=0)
    a_review(desk, project)
    meeting = a_meeting(desk, units=desk.units)
    actions.decide(meeting=meeting, unit=desk.units[1], text="月底前通电", due_on=date(2026, 11, 30), by=desk.editor)
    make_milestone(desk, project, "funding", due_on=MONDAY + timedelta(days=3))
    assert {row.kind for row, *_ in client.get("/todos/").context["lines"]} == {"项目节点"}
    client.force_login(desk.other_clerk)
    response = client.get("/todos/")
    assert [(row.kind, tone) for row, tone, _words in response.context["lines"]] == [
        ("问题", "bad"), ("投诉", "info"), ("会审代办", "info"), ("议定事项", "info"),
    ]  # fmt: skip
    assert (response.context["late"], response.context["due_today"], response.context["count"]) == (1, 1, 4)
    assert todos.digest(desk.other_clerk, MONDAY) == todos.Digest(late=1, today=1)
    assert todos.digest(desk.clerk, MONDAY + timedelta(days=4)) == todos.Digest(late=1, today=0)
    assert todos.digest(desk.other_clerk, MONDAY).text == "今天到期 1 项，逾期 1 项"
    assert "待办：今天到期 1 项，逾期 1 项。" in text(client, "/entry/")
    for query, n in (("state=overdue", 1), ("state=week", 1), ("kind=投诉", 1), ("state=done", 0), ("person=x", 0)):
        assert client.get(f"/todos/?{query}").context["count"] == n, query
    client.force_login(desk.leader)
    assert client.get("/todos/").context["count"] == 5
    assert client.get(f"/todos/?unit={desk.units[0].pk}").context["count"] == 1
    heads, *rows = rows_of(client.get("/todos/?export=xlsx"))
    assert heads[:3] == ["类别", "事项", "责任单位"]
    assert len(rows) == 5
    for query in ("unit=" + "9" * 40, "state=x", "kind=x", "page=x", "whose=%00", "person=%00"):
        assert client.get(f"/todos/?{query}").status_code == 200, query


def test_digest_is_one_query(desk, project, django_assert_num_queries):
    a_problem(desk, project, days=-2)
    desk.clerk.roles  # noqa: B018 read before
    with django_assert_num_queries(1):
        todos.digest(desk.clerk, MONDAY)


def test_milestone_falls_to_the_unit_named_as_responsible(desk, project):
    row = make_milestone(
        desk, project, "groundbreaking", due_on=MONDAY - timedelta(days=1), responsible_unit=desk.units[2]
    )
    found = todos.todos(desk.leader, MONDAY, unit=desk.units[2])
    assert [(one.url, one.unit, one.late) for one in found] == [(row.get_absolute_url(), "文旅局", 1)]
    assert todos.todos(desk.leader, MONDAY, unit=desk.units[0]) == []


def test_kept_and_broken_open_to_the_promises_behind_them(client, desk, project):
    kept = a_problem(desk, project, "兑现的", days=-5)
    actions.settle(promise=kept, on=kept.due_on, outcome="好", by=desk.clerk, today=MONDAY)
    a_problem(desk, project, "失约的", days=-4)
    page = text(client, "/todos/kept/")
    assert "工信局" in page
    ((cell, url),) = client.get("/todos/kept/").context["cells"]
    assert (cell.due, cell.kept, cell.broken) == (2, 1, 1)
    behind = client.get(url).context["behind"]
    assert [(row.title, tone) for row, tone, _words in behind] == [("兑现的", "ok"), ("失约的", "bad")]
    heads, row = rows_of(client.get("/todos/kept/?export=xlsx"))
    assert row == ["2026-11", "工信局", 2, 1, 1, 0, 0]
    for query in ("since=x", "since=1999-01-01", "unit=x&month=2026-11", f"unit={'9' * 40}&month=2026-11",
                  "unit=1&month=2026-13", "unit=1&month=%00"):  # fmt: skip
        assert client.get(f"/todos/kept/?{query}").status_code == 200, query


def test_settling_is_not_dated_before_it_began(desk, project):
    problem = a_problem(desk, project)
    with pytest.raises(ValidationError, match="办结日期不能早于 2026-10-17"):
        actions.settle(promise=problem, on=date(2026, 10, 1), outcome="好", by=desk.clerk, today=MONDAY)
    step = a_review(desk, project).steps.get()
    with pytest.raises(ValidationError, match="请登记结论"):
        actions.settle(promise=step, on=MONDAY, outcome="好", by=desk.clerk, today=MONDAY)


def test_meetings_are_exported_with_who_came_what_they_took_up_and_decided(client, desk, project):
    hidden = make_project(
        desk, name="别家项目", unit=desk.units[1], by=User.objects.system(),
        company=make_company(desk, "外单位公司", desk.units[1]),
    )  # fmt: skip
    meeting = a_meeting(desk, units=desk.units[:2], projects=[project, hidden], record="议定一项")
    facts = {"text": "接通供电", "due_on": MONDAY + timedelta(days=3), "by": desk.editor}
    actions.decide(meeting=meeting, unit=desk.units[1], **facts)
    heads, row = list_rows(client.get("/meetings/?export=xlsx"))
    told = dict(zip(heads, row, strict=True))
    assert (told["参会单位"], told["议题项目"], told["议题项目数"], told["已召开"]) == (
        "商务局、工信局", "蓝天一期", 2, "是",
    )  # fmt: skip
    assert told["议定事项"].startswith("工信局 接通供电 2026-11-19 ")
    client.force_login(desk.editor)
    heads, row = list_rows(client.get("/meetings/?export=xlsx"))
    assert dict(zip(heads, row, strict=True))["议题项目"] == "别家项目、蓝天一期"


def test_problems_and_complaints_are_exported_with_their_outcome(client, desk, project):
    problem = a_problem(desk, project, person="李四")
    actions.settle(promise=problem, on=MONDAY, outcome="已增容", by=desk.clerk, today=MONDAY)
    a_complaint(desk, project=project)
    heads, row = list_rows(client.get("/problems/?export=xlsx"))
    told = dict(zip(heads, row, strict=True))
    assert (told["编号"], told["责任人"], told["提出日期"].date(), told["办结日期"].date(), told["办理结果"]) == (
        f"W{problem.pk:06d}", "李四", MONDAY - timedelta(days=30), MONDAY, "已增容",
    )  # fmt: skip
    heads, row = list_rows(client.get("/complaints/?export=xlsx"))
    assert dict(zip(heads, row, strict=True))["有关项目"] == "蓝天一期"
