"""Promised days: putting them off, how late what came true was, the wall chart and a project's own schedule."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from projects import actions, promises, schedule
from projects.models import Extension, Milestone, Tag
from projects.schedule import Window
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_milestone, make_project
from tests.projects.forms import nonsense_in_every_field, rows_of, send
from units.models import AuditEntry

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.fixture
def desk(client, db):
    made = make_desk()
    client.force_login(made.clerk)
    return made


@pytest.fixture
def promise(desk):
    """A start that was promised for yesterday."""
    project = make_contract(desk).project
    return make_milestone(desk, project, "groundbreaking", due_on=desk.today - timedelta(days=1))


def extend(promise, desk, days, **facts):
    """Put a promise off until so many days from today."""
    filled = {"reason": "用地未批", "allowed_by": "分管副区长", "by": desk.clerk} | facts
    return actions.extend_promise(milestone=promise, to_on=desk.today + timedelta(days=days), **filled)


def path(row, page=""):
    """Return an address of a milestone."""
    return f"/milestones/{row.pk}/{page}"


# --- putting off


def test_extension_moves_the_day_and_keeps_the_former_one(desk, promise):
    first = promise.due_on
    extend(promise, desk, 10)
    extend(promise, desk, 20, reason="图审退回")
    promise.refresh_from_db()

    assert promise.due_on == desk.today + timedelta(days=20)
    assert [(row.from_on, row.to_on, row.reason, row.allowed_by) for row in promise.extensions.all()] == [
        (first, desk.today + timedelta(days=10), "用地未批", "分管副区长"),
        (desk.today + timedelta(days=10), desk.today + timedelta(days=20), "图审退回", "分管副区长"),
    ]
    trail = AuditEntry.objects.filter(action="milestone.extended").order_by("pk")
    assert [row.reason for row in trail] == ["用地未批（分管副区长批准）", "图审退回（分管副区长批准）"]


def test_what_came_true_says_how_late_against_the_last_and_the_first_day(desk, promise):
    extend(promise, desk, 1)
    promise.refresh_from_db()
    came = promise.due_on + timedelta(days=3)
    done = actions.correct_milestone(milestone=promise, on=came, reason="已开工", by=desk.clerk)

    stood = promises.standing(done, came)
    assert (stood.late, stood.late_first, stood.tone) == (3, 5, "warn")
    assert stood.text == "晚 3 天，比最初承诺晚 5 天"


@pytest.mark.parametrize(
    ("late", "late_first", "is_done", "expected"),
    [
        (0, 0, True, ("ok", "按期")),
        (-4, -4, True, ("ok", "提前 4 天")),
        (-4, 6, True, ("ok", "提前 4 天，比最初承诺晚 6 天")),
        (0, 0, False, ("info", "今天到期")),
        (-9, -9, False, ("info", "还有 9 天")),
        (12, 73, False, ("bad", "逾期 12 天，比最初承诺晚 73 天")),
    ],
)
def test_words_of_a_promise(late, late_first, is_done, expected):
    assert promises.words(late, late_first, is_done=is_done) == expected


def test_a_past_day_reads_the_promise_as_it_stood(desk, promise):
    extension = extend(promise, desk, 30)
    Extension.objects.filter(pk=extension.pk).update(recorded_at=extension.recorded_at + timedelta(days=5))
    row = Milestone.objects.prefetch_related("extensions").get(pk=promise.pk)

    now, later = desk.today, desk.today + timedelta(days=6)
    assert promises.standing(row, now).text == "逾期 1 天"
    assert promises.standing(row, later).text == "还有 24 天，比最初承诺晚 7 天"
    for day, due in ((now, promise.due_on), (later, desk.today + timedelta(days=30))):
        assert Milestone.objects.outstanding(day).get().due == due


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda desk, row: {"to_on": row.due_on}, "须晚于现承诺日期"),
        (lambda desk, row: {"reason": " "}, "不能为空|字段|空"),
        (lambda desk, row: {"allowed_by": ""}, "不能为空|字段|空"),
        (lambda desk, row: {"version": 99}, "他人|版本|保存"),
    ],
)
def test_extension_refuses_what_makes_no_sense(desk, promise, spoil, message):
    facts = {
        "to_on": desk.today + timedelta(days=9), "reason": "用地", "allowed_by": "领导", "by": desk.clerk,
    } | spoil(desk, promise)  # fmt: skip
    with pytest.raises(ValidationError, match=message):
        actions.extend_promise(milestone=promise, **facts)
    assert Extension.objects.count() == 0
    assert Milestone.objects.get(pk=promise.pk).due_on == promise.due_on


def test_what_is_done_withdrawn_or_terminated_is_not_put_off(desk, promise):
    contract = promise.project.milestones.get(kind="contract")
    with pytest.raises(ValidationError, match="已经完成"):
        extend(contract, desk, 5)
    make_milestone(desk, promise.project, "termination", note="不建了")
    with pytest.raises(ValidationError, match="已终止"):
        extend(promise, desk, 5)
    actions.withdraw_milestone(milestone=promise, reason="记错", by=desk.clerk)
    with pytest.raises(ValidationError, match="已撤回"):
        extend(promise, desk, 5)
    assert Extension.objects.count() == 0


def test_only_the_introducing_units_clerk_puts_off(desk, promise):
    for by in (desk.other_clerk, desk.leader, desk.verifier):
        with pytest.raises(PermissionDenied):
            extend(promise, desk, 5, by=by)


def test_a_day_that_was_put_off_is_not_changed_by_a_correction(desk, promise):
    facts = {"due_on": desk.today + timedelta(days=3), "reason": "笔误", "by": desk.clerk}
    actions.correct_milestone(milestone=promise, **facts)
    promise.refresh_from_db()
    extend(promise, desk, 9)
    with pytest.raises(ValidationError, match="改期请用「延期」"):
        actions.correct_milestone(milestone=promise, **facts)


def test_page_puts_off_and_shows_the_history(client, desk, promise):
    assert path(promise, "extend/") in client.get(path(promise)).content.decode()
    form = {
        "to_on": (desk.today + timedelta(days=9)).isoformat(), "reason": "用地", "allowed_by": "区长",
        "version": promise.version,
    }  # fmt: skip
    assert nonsense_in_every_field(client, path(promise, "extend/"), form | {"to_on": "2000-01-01"}) == []
    promise.refresh_from_db()
    response = send(client, path(promise, "extend/"), **form | {"version": promise.version})
    assert response.status_code == 302

    for page in (path(promise), promise.project.get_absolute_url()):
        text = client.get(page).content.decode()
        assert "还有 9 天，比最初承诺晚 1 天" in text
        assert "区长批准" in text


def test_page_is_closed_to_others(client, desk, promise):
    for user, status in ((desk.other_clerk, 404), (desk.leader, 403)):
        client.force_login(user)
        assert client.get(path(promise, "extend/")).status_code == status
        assert send(client, path(promise, "extend/"), to_on="2030-01-01").status_code == status


def test_page_of_what_is_done_refuses(client, desk):
    contract = make_contract(desk)
    assert path(contract, "extend/") not in client.get(path(contract)).content.decode()
    form = {"to_on": "2030-01-01", "reason": "晚", "allowed_by": "谁", "version": contract.version}
    response = send(client, path(contract, "extend/"), **form)
    assert "已经完成" in response.content.decode()


# --- the chart


@given(as_of=DAYS, days=st.lists(DAYS, max_size=6))
def test_windows_hold_their_day_and_place_days_in_order(as_of, days):
    for window in (Window.around(as_of), Window.over(days, as_of)):
        assert 0 < window.x(as_of) < 100
        assert len(window.labels()) == window.months
        places = [window.x(day) for day in sorted({*days, as_of})]
        assert places == sorted(places)
        assert len(set(places)) == len(places)


def test_labels_in_a_lane_do_not_touch(desk):
    project = make_contract(desk).project
    for number in range(12):
        due = desk.today + timedelta(days=3 * number)
        make_milestone(desk, project, "funding", due_on=due, promised_amount=Decimal(100 + number))
    rows = project.milestones.prefetch_related("extensions")
    window = Window.around(desk.today)
    spans = [schedule.span_of(schedule.item_of(row, desk.today), window, desk.today) for row in rows]
    lanes = schedule.lanes_of(spans)

    assert sorted(span.left for lane in lanes for span in lane) == sorted(span.left for span in spans)
    for lane in lanes:
        ends = [
            (span.left, span.right + schedule.width_of(span.label)) for span in sorted(lane, key=lambda s: s.left)
        ]
        assert all(end <= left for (_left, end), (left, _end) in zip(ends, ends[1:], strict=False))


def test_chart_draws_hollow_filled_late_and_put_off(client, desk, promise):
    project = promise.project
    done = make_milestone(desk, project, "filing", on=desk.today, due_on=desk.today - timedelta(days=5))
    text = client.get("/projects/schedule/").content.decode()
    assert "开工 逾期 1 天" in text
    assert 'class="zs-plan-due is-late"' in text
    assert 'class="zs-plan-done is-slow"' in text
    assert path(done) in text
    assert "zs-plan-tip" not in text
    assert "style=" not in text.partition("<main")[2]

    extend(promise, desk, 20)
    text = client.get("/projects/schedule/").content.decode()
    assert "zs-plan-tip" in text
    assert f"承诺 {promise.due_on}，延至 {desk.today + timedelta(days=20)}" in text
    assert "已延期 <b>1</b> 项" in text


def test_chart_groups_by_leader_or_unit_with_sizes(client, desk):
    for number, leader in enumerate(("甲区长", "甲区长", "乙书记", "")):
        project = make_project(desk, name=f"项目{number}", leader=leader)
        if number == 0:
            make_milestone(desk, project, "registration", due_on=desk.today - timedelta(days=2))
    groups = client.get("/projects/schedule/").context["groups"]
    assert [(group.name, group.projects, group.late) for group in groups] == [
        ("乙书记", 1, 0), ("甲区长", 2, 1), ("未明确挂包领导", 1, 0)
    ]  # fmt: skip
    groups = client.get("/projects/schedule/?by=unit").context["groups"]
    assert [(group.name, group.projects, group.late) for group in groups] == [("商务局", 4, 1)]


def test_chart_filters(client, desk, promise):
    project = promise.project
    project.tags.add(Tag.objects.create(group="产业", name="电子"))
    make_project(desk, name="别的", leader="甲区长")

    def shown(query):
        response = client.get(f"/projects/schedule/?{query}")
        return {row.project.name for group in response.context["groups"] for row in group.rows}

    assert shown("") == {project.name, "别的"}
    assert shown("overdue=on") == shown("kind=groundbreaking") == {project.name}
    assert shown(f"tag={project.tags.get().pk}") == {project.name}
    assert shown("leader=甲区长") == {"别的"}
    assert shown(f"unit={desk.unit.pk}") == {project.name, "别的"}
    assert shown("kind=tax") == set()
    assert shown(f"overdue=on&as_of={desk.today - timedelta(days=9)}") == set()
    assert "没有符合筛选条件的项目" in client.get("/projects/schedule/?kind=tax").content.decode()


def test_chart_leaves_out_what_is_over_and_what_is_not_ones_own(client, desk):
    over = make_contract(desk, name="终止的").project
    make_milestone(desk, over, "termination", note="不建了")
    built = make_contract(desk, name="投产的", company=make_company(desk, "乙")).project
    make_milestone(desk, built, "groundbreaking")
    make_milestone(desk, built, "production")
    make_project(desk, name="别人的", unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "丙"))
    assert "还没有在办项目" in client.get("/projects/schedule/").content.decode()

    make_milestone(desk, built, "above_scale", due_on=desk.today + timedelta(days=9))
    text = client.get("/projects/schedule/").content.decode()
    assert "投产的" in text
    assert "终止的" not in text
    assert "别人的" not in text


@pytest.mark.parametrize("name", ["by", "unit", "leader", "kind", "tag", "overdue", "as_of", "page", "export"])
def test_chart_takes_any_nonsense(client, desk, promise, name):
    for text in NONSENSE:
        assert client.get("/projects/schedule/", {name: text}).status_code == 200, text


def test_chart_costs_the_same_at_any_length(client, desk):
    counts = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            project = make_project(desk, name=f"项目{number}", company=make_company(desk, f"公司{number}"))
            row = make_milestone(desk, project, "registration", due_on=desk.today)
            extend(row, desk, number + 1)
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/schedule/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_chart_as_a_workbook_has_each_promise(client, desk, promise):
    first = promise.due_on
    extend(promise, desk, 4)
    make_project(desk, name="没有节点")
    heads, *rows = rows_of(client.get("/projects/schedule/?export=xlsx&kind=groundbreaking"))
    assert heads[4:8] == ["节点", "最初承诺", "现承诺", "延期次数"]
    (row,) = rows
    assert row[1:5] == [promise.project.name, "蓝天公司", "商务局", "开工"]
    assert [cell.date() for cell in row[5:7]] == [first, desk.today + timedelta(days=4)]
    assert (row[7], row[11]) == (1, "还有 4 天，比最初承诺晚 1 天")


# --- a project's own schedule


def test_project_page_puts_instalments_beside_what_arrived(client, desk):
    project = make_contract(desk, amount=10000).project
    day = desk.today
    make_milestone(
        desk, project, "funding", on=day, due_on=day - timedelta(days=2), promised_amount=Decimal(3000),
        amount=Decimal(2000), form="equipment", nature="arrears", source_origin="country",
    )  # fmt: skip
    make_milestone(
        desk, project, "funding", on=day, amount=Decimal(100), in_cash=True, form="cash", nature="increase"
    )
    make_milestone(desk, project, "funding", due_on=day + timedelta(days=9), promised_amount=Decimal(4000))

    plan = client.get(f"/projects/{project.pk}/").context["plan"]
    assert [(line.name, line.promised_amount, line.done_amount, line.text) for line in plan.instalments] == [
        ("第 1 笔 · 以设备出资 · 补缴欠资 · 资金来自省外", "3000 万元", "2000 万元", "晚 2 天"),
        ("第 2 笔 · 增资 · 现汇", "", "100 万元", ""),
        ("第 3 笔", "4000 万元", "", "还有 9 天"),
    ]
    assert plan.instalment_line == "承诺分期 7000 万元，应到 3000 万元，已到 2100 万元，欠 900 万元"
    assert plan.line == "承诺 2 项，完成 1 项"


def test_project_page_says_why_it_ended_and_who_answers(client, desk):
    project = make_contract(desk).project
    make_milestone(desk, project, "termination", note="用地久拖不决", responsible_unit=desk.units[1])
    text = client.get(f"/projects/{project.pk}/").content.decode()
    assert "项目终止" in text
    assert "用地久拖不决" in text
    assert "责任单位：工信局" in text


def test_project_without_promises_has_no_schedule(client, desk):
    project = make_contract(desk).project
    response = client.get(f"/projects/{project.pk}/")
    assert (response.context["plan"].svg, response.context["plan"].lines) == ("", ())
    assert "承诺与完成" not in response.content.decode()
