"""Lists of problems coming in: what is put on the list, changed and settled, and what the rules refuse."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import actions
from projects.imports import blank, undoing
from projects.models import ImportBatch, Problem
from projects.reconciling import differences
from tests.factories import make_user
from tests.projects import factories
from tests.projects.imports.sheets_in import confirm, counts, csv_of, preview, reasons, undo
from units.models import AuditEntry, Role, User

HEADINGS = (
    "编号", "项目", "投资方", "存在问题", "具体情况", "责任部门", "责任人", "提出时间", "承诺时限", "在哪次会议承诺",
    "办结时间", "办理情况",
)  # fmt: skip
FIELDS = (
    "编号", "project", "company", "title", "detail", "unit", "person", "found_on", "due_on", "meeting", "done_on",
    "outcome",
)  # fmt: skip


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = factories.make_desk()
    desk.project = factories.make_project(desk)
    return desk


def line(number="", **said):
    """Return one row of a list of problems."""
    usual = {
        "project": "蓝天一期", "title": "供电线路未接通", "detail": "需 10 千伏专线", "unit": "工信局",
        "person": "李四", "found_on": "2026-03-02", "due_on": "2026-04-30",
    }  # fmt: skip
    told = {"编号": number, **usual, **said}
    return tuple(told.get(name, "") for name in FIELDS)


def listed(desk, *rows, **facts):
    """Return the previewed batch of a list of problems."""
    return preview(desk, csv_of(HEADINGS, rows), kind="problem", **facts)


def raised(desk, **facts):
    """Return a problem as it is entered by hand."""
    usual = {"project": desk.project, "unit": desk.units[1], "title": "供电线路未接通", "detail": "需 10 千伏专线",
             "person": "李四", "found_on": date(2026, 3, 2), "due_on": date(2026, 4, 30)}  # fmt: skip
    return actions.raise_problem(by=User.objects.system(), **usual | facts)


def met(desk, title="三月推进会", on=date(2026, 3, 1)):
    """Return a meeting of the unit."""
    return actions.create_meeting(unit=desk.unit, kind="push", title=title, on=on, chair="张三", by=desk.clerk)


def settled(desk, problem, on=date(2026, 4, 1)):
    """Settle a problem."""
    return actions.settle(promise=problem, on=on, outcome="已接通", by=User.objects.system(), today=desk.today)


def code(problem):
    """Return the number of a problem as our lists write it."""
    return f"W{problem.pk:06d}"


def told(batch):
    """Return what the trail keeps of an import."""
    return list(
        AuditEntry.objects.filter(reason=f"导入 {batch.receipt}").order_by("pk").values_list("action", flat=True)
    )


def test_list_of_problems_is_raised_and_taken_back(desk):
    meeting = met(desk)
    rows = (
        line(meeting="三月推进会"),
        line(title="用地未批", unit="", done_on="2026-04-01", outcome="已批"),
    )
    batch = listed(desk, *rows)
    assert counts(batch) == (2, 0, 0, 0)
    assert json.loads(batch.rows.get(number=2).told)["changes"] == [
        ["问题", "", "供电线路未接通"], ["具体情况", "", "需 10 千伏专线"], ["责任人", "", "李四"],
        ["责任单位", "", "工信局"], ["在哪次会议承诺", "", "三月推进会"], ["提出日期", "", "2026-03-02"],
        ["承诺期限", "", "2026-04-30"],
    ]  # fmt: skip
    assert Problem.objects.count() == 0
    batch = confirm(desk, batch)
    assert (batch.state, batch.receipt[:2]) == (ImportBatch.State.DONE, "DR")
    first, second = Problem.objects.order_by("pk")
    assert (first.project, first.unit, first.person, first.meeting, first.recorded_by) == (
        desk.project, desk.units[1], "李四", meeting, desk.clerk,
    )  # fmt: skip
    assert (first.found_on, first.due_on, first.first_due_on, first.done_on) == (
        date(2026, 3, 2), date(2026, 4, 30), date(2026, 4, 30), None,
    )  # fmt: skip
    assert (second.unit, second.done_on, second.outcome) == (desk.unit, date(2026, 4, 1), "已批")
    assert Problem.objects.filter(search__contains="gongdian").count() == 1
    assert told(batch) == ["problem.created"] * 2
    assert counts(listed(desk, *rows)) == (0, 0, 2, 0)
    assert list(differences()) == []
    undo(desk, batch)
    assert Problem.objects.count() == 0
    assert AuditEntry.objects.filter(action="problem.removed").count() == 2


def test_changed_and_settled_problem_is_written_told_and_set_back(desk):
    problem, meeting = raised(desk), met(desk)
    row = line(
        code(problem), title="供电未通", unit="文旅局", person="王五", meeting="三月推进会", done_on="2026-04-01",
        outcome="已接通",
    )  # fmt: skip
    batch = listed(desk, row)
    assert json.loads(batch.rows.get().told)["changes"] == [
        ["问题", "供电线路未接通", "供电未通"], ["责任人", "李四", "王五"], ["责任单位", "工信局", "文旅局"],
        ["在哪次会议承诺", "", "三月推进会"], ["办结日期", "", "2026-04-01"], ["办理结果", "", "已接通"],
    ]  # fmt: skip
    batch = confirm(desk, batch)
    problem.refresh_from_db()
    assert (problem.title, problem.unit, problem.meeting, problem.done_on, problem.outcome, problem.version) == (
        "供电未通", desk.units[2], meeting, date(2026, 4, 1), "已接通", 2,
    )  # fmt: skip
    assert told(batch) == ["problem.settled"]
    undo(desk, batch)
    problem.refresh_from_db()
    assert (problem.title, problem.unit, problem.person, problem.meeting, problem.done_on, problem.outcome) == (
        "供电线路未接通", desk.units[1], "李四", None, None, "",
    )  # fmt: skip


def test_blank_cells_change_nothing(desk):
    problem = settled(desk, raised(desk))
    assert counts(listed(desk, (code(problem), *[""] * (len(HEADINGS) - 1)))) == (0, 0, 1, 0)
    assert counts(listed(desk, line(detail="", unit="", person="", due_on=""))) == (0, 0, 1, 0)


REFUSED = (
    ({"project": ""}, "B2", "没有填项目名称"),
    ({"project": "没有的项目"}, "B2", "台账中没有这个项目，请先登记或导入项目"),
    ({"project": "别家项目"}, "B2", "台账中没有这个项目，请先登记或导入项目"),
    ({"company": "没有的公司"}, "C2", "台账中没有这家企业"),
    ({"title": ""}, "D2", "没有填问题"),
    ({"title": "长" * 201}, "D2", "“问题”最多 200 字，这里有 201 字"),
    ({"unit": "没有的局"}, "F2", "没有叫“没有的局”的单位"),
    ({"found_on": ""}, "H2", "没有填提出日期"),
    ({"found_on": "1999-03-02"}, "H2", "日期须在 2000 年至 2100 年之间"),
    ({"due_on": ""}, "I2", "没有填承诺期限"),
    ({"due_on": "2026-03-01"}, "I2", "承诺期限不能早于提出日期"),
    ({"meeting": "没有的会"}, "J2", "没有叫“没有的会”的会议，或不归您查看"),
    ({"meeting": "例会"}, "J2", "有 2 次会议都叫“例会”，请写上日期，如“2026-03-01 例会”"),
    ({"done_on": "2100-01-01", "outcome": "已接通"}, "K2", "办结日期不能晚于今天"),
    ({"done_on": "2026-03-01", "outcome": "已接通"}, "K2", "办结日期不能早于 2026-03-02"),
    ({"done_on": "2026-04-01"}, "L2", "请写明办理结果"),
    ({"outcome": "已接通"}, "K2", "填了办理结果，还须填办结日期"),
)


@pytest.mark.parametrize(("said", "cell", "why"), REFUSED, ids=[why for _said, _cell, why in REFUSED])
def test_rules_of_raising_refuse_rows_by_cell(desk, said, cell, why):
    for on in (date(2026, 3, 1), date(2026, 3, 8)):
        met(desk, "例会", on)
    factories.make_project(
        desk, name="别家项目", unit=desk.units[1], by=User.objects.system(),
        company=factories.make_company(desk, "外单位公司", desk.units[1]),
    )  # fmt: skip
    batch = listed(desk, line(**said))
    assert reasons(batch) == {2: [(cell, why)]}
    with pytest.raises(ValidationError, match="没有可以导入的行"):
        confirm(desk, batch)


def test_rules_of_changing_refuse_rows_by_cell(desk):
    problem, other = raised(desk), settled(desk, raised(desk, title="用地未批"))
    actions.put_off(
        promise=problem, to_on=date(2026, 5, 31), reason="等线路批复", allowed_by="张三", by=desk.clerk,
        today=desk.today,
    )  # fmt: skip
    batch = listed(
        desk,
        line(code(problem)),
        line(found_on="2026-03-05", due_on=""),
        line(code(other), done_on="2026-04-02", title=""),
        line(code(other), outcome="换了说法", title=""),
        line(code(problem), project="别的项目", due_on=""),
        line("W999999"),
        line(code(other), title="", detail="改了"),
    )
    why = "已办结；办结日期和结果不同的，请先在问题页重新办理"
    assert reasons(batch) == {
        2: [("I2", "台账中的承诺期限是 2026-05-31，导入不改期限；要改期请在问题页延期")],
        3: [("H3", "台账中的提出日期是 2026-03-02，登记后不改")],
        4: [("K4", why)],
        5: [("L5", why)],
        6: [("B6", "这个编号的问题属于项目“蓝天一期”")],
        7: [("A7", "没有这个编号的问题，或不归您查看")],
        8: [("E8", "已办结，要改请先重新办理")],
    }
    problem.refresh_from_db()
    assert (problem.due_on, problem.first_due_on) == (date(2026, 5, 31), date(2026, 4, 30))


def test_only_who_owes_it_or_introduced_the_project_writes(desk):
    shares = [(desk.unit, "introducing", Decimal(60)), (desk.units[2], "landing", Decimal(40))]
    actions.set_shares(project=desk.project, shares=shares, document="纪要", by=desk.editor)
    problem, landing = raised(desk), make_user("landing", Role.CLERK, desk.units[2])
    row = line(code(problem), person="王五")
    for clerk, unit in ((desk.clerk, desk.unit), (desk.other_clerk, desk.units[1]), (desk.editor, desk.district)):
        assert counts(listed(desk, row, by=clerk, unit=unit)) == (0, 1, 0, 0)
    handed_on = listed(desk, line(code(problem), unit="文旅局"), by=desk.other_clerk, unit=desk.units[1])
    assert reasons(handed_on) == {2: [("F2", "改换责任单位由项目的招引单位办理")]}
    by = {"by": landing, "unit": desk.units[2]}  # sees the project
    assert counts(listed(desk, line(code(problem)), **by)) == (0, 0, 1, 0)
    why = "只能登记本单位招引的项目的问题，或由本单位负责的问题"
    assert reasons(listed(desk, row, line(title="新问题"), **by)) == {2: [("F2", why)], 3: [("F3", why)]}
    assert counts(listed(desk, line(title="新问题", unit="文旅局"), **by)) == (1, 0, 0, 0)


def test_problem_owed_on_a_project_one_does_not_see_goes_by_its_number(desk):
    company = factories.make_company(desk, "外单位公司", desk.units[1])
    project = factories.make_project(
        desk, name="别家项目", unit=desk.units[1], by=User.objects.system(), company=company
    )
    row = line(code(raised(desk, project=project, unit=desk.unit)), project="", title="", unit="", detail="改了")
    assert counts(listed(desk, row)) == (0, 1, 0, 0)


def test_two_rows_never_mean_one_problem(desk):
    problem = raised(desk)
    batch = listed(desk, line(code(problem)), line(), line(title="新问题"), line(title="新问题"))
    assert reasons(batch) == {
        3: [("D3", "与第 2 行是同一个问题")], 5: [("D5", "与第 4 行是同一个问题")],
    }  # fmt: skip


def test_settled_problem_comes_up_again_on_a_later_day(desk):
    settled(desk, raised(desk))
    again = line(found_on="2026-05-06", due_on="2026-06-30")
    batch = confirm(desk, listed(desk, again))
    assert counts(batch) == (1, 0, 0, 0)
    assert counts(listed(desk, again, line())) == (0, 0, 2, 0)


def test_undo_keeps_a_problem_that_was_touched_since(desk):
    batch = confirm(desk, listed(desk, *(line(title=f"问题{n}") for n in range(4))))
    taken_up, put_off, extended, _left = Problem.objects.order_by("pk")
    actions.create_meeting(
        unit=desk.unit, kind="push", title="推进会", on=desk.today, chair="张三", taken_up=[taken_up], by=desk.clerk
    )
    actions.put_off(
        promise=put_off, to_on=desk.today + timedelta(days=9), reason="等批复", allowed_by="张三", by=desk.clerk,
        today=desk.today,
    )  # fmt: skip
    settled(desk, extended)
    assert [step.reasons for step in undoing.plan(batch)] == [
        ["问题之后添了会议"], ["问题之后有变动"], ["问题之后有变动"], [],
    ]  # fmt: skip
    undo(desk, batch)
    assert set(Problem.objects.values_list("title", flat=True)) == {"问题0", "问题1", "问题2"}


def test_project_that_a_meeting_took_up_since_is_kept(desk):
    content = csv_of(("项目名称", "投资方"), [("绿地二期", "绿地公司")])
    batch = confirm(desk, preview(desk, content))
    project = type(desk.project).objects.get(name="绿地二期")
    actions.create_meeting(
        unit=desk.unit, kind="push", title="推进会", on=desk.today, chair="张三", projects=[project], by=desk.clerk
    )
    assert [step.reasons for step in undoing.plan(batch)] == [["项目之后添了会议"]]


def test_refused_rows_are_read_back(desk):
    rows = blank.refused(listed(desk, line(title="用地未批", due_on=""), line()))
    assert rows[1][-1] == "I2：没有填承诺期限"
    fixed = [cell if heading != "承诺期限" else "2026-04-30" for heading, cell in zip(*rows, strict=True)]
    assert counts(preview(desk, csv_of(rows[0], [fixed]), kind="problem")) == (1, 0, 0, 0)


def test_preview_and_confirmation_ask_the_same_at_any_length(desk):
    met(desk)

    def cost(size, what):
        rows = [line(title=f"{what}{n}", meeting="三月推进会") for n in range(size)]
        assert confirm(desk, listed(desk, *rows)).new_count == size
        rows = [(*row[:-2], "2026-04-01", "已接通") for row in rows]
        with CaptureQueriesContext(connection) as queries:
            batch = confirm(desk, listed(desk, *rows))
            undo(desk, batch)
        assert batch.changed_count == size
        return len(queries)

    assert cost(1, "甲") == cost(30, "乙")
