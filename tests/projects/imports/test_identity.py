"""What a list exports, an import reads back as what is there already: nothing new, nothing changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from projects import actions
from projects.actions.rates import create_rate
from projects.models import Tag
from tests.projects import factories
from tests.projects.imports import sheets_in
from units.models import User

LISTS = (
    ("project", "projects:project_list", {}, 4),
    ("visit", "projects:visit_list", {}, 4),
    ("instalment", "projects:milestone_list", {"kind": "funding"}, 3),
    ("instalment", "projects:milestone_list", {}, 6),
    ("company", "projects:company_list", {}, 4),
    ("trip", "projects:trip_list", {}, 4),
    ("problem", "projects:problem_list", {}, 4),
    ("trip", "projects:trip_list", {"columns": "purpose,unit,leader,starts_on"}, 4),
    ("problem", "projects:problem_list", {"columns": "state"}, 4),
)


@pytest.fixture
def desk(db, settings, tmp_path):
    """Return a desk with what is hard to write and read back."""
    settings.MEDIA_ROOT = tmp_path
    desk = factories.make_desk()
    by = User.objects.system()
    create_rate(currency="USD", rate=Decimal("7.123456"), from_on=date(2020, 1, 1), by=by)
    hard = factories.make_project(
        desk, name="=1+1 项目", summary="第一行\n第二行  空两格", note="-5 度", local_share=Decimal("0.5"),
        investment=Decimal("92900.123456"), jobs=120, nature="move", is_key=True, built_years="2025.10",
        land=Decimal(3), outside="市高新区", introducer_kind="chamber", introducer_name="某商会",
    )  # fmt: skip
    hard.tags.add(Tag.objects.create(group="六区", name="重点"))
    factories.make_milestone(desk, hard, "contract", on=date(2026, 3, 1), amount=Decimal(300), currency="USD")
    for _time in range(2):
        factories.make_milestone(
            desk, hard, "funding", on=date(2026, 3, 9), amount=Decimal("0.000001"), note="同额两笔"
        )
    factories.make_milestone(
        desk, hard, "funding", on=date(2026, 4, 9), amount=Decimal(9), currency="USD", in_cash=True
    )
    ended = factories.make_contract(desk, name="已终止项目").project
    factories.make_milestone(desk, ended, "termination", note="客商撤资")
    factories.make_project(desk, name="同名")
    factories.make_project(desk, name="同名", company=factories.make_company(desk, "另一家（中国）有限公司"))
    named = actions.create_company(
        name="=HYPERLINK 公司", unit=desk.unit, by=by, credit_code="91350100M000100Y43", origin="abroad",
        place="深圳  南山", contact="-张三", phone="13812341234",
    )  # fmt: skip
    actions.add_contact(company=named, name="李四", phone="0591-87654321", by=by)
    actions.add_name(company=factories.make_company(desk), kind="former", name="曾用名", by=by)
    first = factories.make_visit(desk)
    factories.make_visit(desk, heads=4)
    factories.make_visit(desk, direction="inbound")
    actions.recognise_visit(visit=first, verdict="full", on=desk.today, by=desk.verifier)
    withdrawn = factories.make_visit(desk, on=date(2026, 2, 1))
    actions.withdraw_visit(visit=withdrawn, reason="重复登记", by=desk.clerk)
    make_trips(desk)
    make_problems(desk, ended, hard)
    return desk


def make_trips(desk):
    """File trips that are ended, planned and called off, and two that say the same."""
    by = desk.clerk
    team = actions.create_delegation(
        unit=desk.unit, name="江南  小分队", leader="张三", formed_on=date(2026, 1, 1), by=by
    )
    facts = {
        "unit": desk.unit,
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 3, 4),
        "leader": "张三",
        "by": by,
    }
    hard = actions.file_trip(
        purpose="=1+1 拜访\n第二行  空两格", delegation=team, people="李四、王五", heads=Decimal(5), led_by_top=True,
        cost=Decimal("0.123456"), **facts,
    )  # fmt: skip
    actions.end_trip(trip=hard, results="-5 家\n其中两家来访", by=by, today=desk.today)
    actions.file_trip(purpose="两次一样", heads=Decimal(1), **facts)
    again = actions.file_trip(purpose="两次一样", heads=Decimal(1), **facts)
    actions.end_trip(trip=again, results="无", by=by, today=desk.today)
    gone = actions.file_trip(purpose="取消的", heads=Decimal(2), **facts)
    actions.cancel_trip(trip=gone, reason="客商有变", by=by)


def make_problems(desk, *projects):
    """Put problems on the list: put off, settled, two of one name, promised at one of two meetings of a name."""
    by, today = desk.clerk, desk.today
    meetings = [
        actions.create_meeting(unit=desk.unit, kind="push", title="例会", on=on, chair="张三", by=by)
        for on in (date(2026, 3, 1), date(2026, 3, 8))
    ]
    facts = {"unit": desk.units[1], "found_on": date(2026, 3, 2), "due_on": date(2026, 4, 30), "by": by}
    late, same = (actions.raise_problem(project=row, title="=供电未通", **facts) for row in projects)
    actions.put_off(promise=late, to_on=today, reason="等批复", allowed_by="张三", by=by, today=today)
    actions.settle(promise=same, on=date(2026, 3, 9), outcome="已接通\n分两步", by=by, today=today)
    for meeting in meetings:
        actions.raise_problem(
            project=projects[0], title="同名问题", detail="-线路\n走向未定", person="李四", meeting=meeting, **facts
        )


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
@pytest.mark.parametrize(
    ("kind", "page", "filters", "rows"),
    LISTS,
    ids=[
        "projects",
        "visits",
        "instalments",
        "milestones",
        "companies",
        "trips",
        "problems",
        "some-of-trips",
        "some-of-problems",
    ],
)
def test_exported_list_comes_back_unchanged(client, desk, kind, page, filters, rows, extension):
    client.force_login(desk.clerk)
    answer = client.get(reverse(page), {**filters, "export": extension})
    assert answer.status_code == 200
    batch = sheets_in.preview(desk, answer.content, kind=kind, name=f"list.{extension}")
    assert [(row.number, row.told) for row in batch.rows.exclude(outcome="unchanged")] == []
    assert batch.unchanged_count in (rows, rows - 1)  # a list may leave out what was withdrawn


@pytest.mark.parametrize(
    ("kind", "page", "more_than"),
    [
        ("project", "project", 70), ("visit", "visit", 70), ("company", "company", 70),
        ("instalment", "milestone", 70), ("trip", "trip", 50), ("problem", "problem", 2),
    ],
)  # fmt: skip
def test_exported_list_of_the_demo_comes_back_unchanged(client, demo, db, settings, tmp_path, kind, page, more_than):
    settings.MEDIA_ROOT, settings.IMPORT_AT_ONCE = tmp_path, 10_000
    editor = User.objects.get(username="bianbao")
    client.force_login(editor)
    for extension in ("xlsx", "csv"):
        content = client.get(reverse(f"projects:{page}_list"), {"export": extension}).content
        batch = sheets_in.preview(
            None, content, kind=kind, name=f"list.{extension}", by=editor, unit=editor.memberships[0].unit
        )
        assert (batch.new_count, batch.changed_count, batch.refused_count) == (0, 0, 0)
        assert batch.unchanged_count > more_than
