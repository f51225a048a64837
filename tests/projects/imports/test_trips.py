"""Lists of trips coming in: what is filed, changed and ended, what the rules refuse, what it counts."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from campaigns.models import Entry
from projects import actions
from projects.imports import batches, blank, undoing
from projects.imports.table_rows import COLUMNS
from projects.models import CountingRule, ImportBatch, Trip
from projects.reconciling import differences
from tests.projects import factories
from tests.projects.imports.sheets_in import confirm, counts, csv_of, preview, reasons, undo
from units.models import AuditEntry

HEADINGS = (
    "编号", "单位", "小分队", "考察目的", "带队领导", "随行人员", "主要领导带队", "出发时间", "返回时间", "人数",
    "费用（元）", "外出成果",
)  # fmt: skip
FIELDS = (
    "编号",
    "unit",
    "team",
    "purpose",
    "leader",
    "people",
    "top",
    "starts_on",
    "ends_on",
    "heads",
    "cost",
    "results",
)


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = factories.make_desk()
    desk.trips = factories.add_rule("外出招商", "次", fact="trip.made")
    desk.days = factories.add_rule("外出天数", "天", fact="trip.made", measure="days")
    return desk


def line(number="", **said):
    """Return one row of a list of trips."""
    usual = {
        "unit": "商务局", "purpose": "赴江南拜访装备企业", "leader": "张三", "people": "李四、王五",
        "starts_on": "2026-05-18", "ends_on": "2026-05-20", "heads": "3", "results": "见到两家，一家来访",
    }  # fmt: skip
    told = {"编号": number, **usual, **said}
    return tuple(told.get(name, "") for name in FIELDS)


def listed(desk, *rows, **facts):
    """Return the previewed batch of a list of trips."""
    return preview(desk, csv_of(HEADINGS, rows), kind="trip", **facts)


def filed(desk, **facts):
    """Return a trip as it is filed by hand."""
    usual = {"purpose": "赴江南拜访装备企业", "leader": "张三", "people": "李四、王五", "heads": Decimal(3),
             "starts_on": date(2026, 5, 18), "ends_on": date(2026, 5, 20)}  # fmt: skip
    return actions.file_trip(unit=desk.unit, by=desk.clerk, **usual | facts)


def code(trip):
    """Return the number of a trip as our lists write it."""
    return f"T{trip.pk:06d}"


def counted(trip):
    """Return {(indicator, basis): (amount, day)} of what a trip counts now."""
    rows = Entry.objects.live().filter(source_kind="projects.trip", source_id=trip.pk).select_related("indicator")
    return {(row.indicator.name, row.basis): (row.amount, row.fact_on) for row in rows}


def test_list_of_trips_is_filed_ended_counted_and_taken_back(desk):
    team = actions.create_delegation(
        unit=desk.unit, name="江南小分队", leader="张三", formed_on=date(2026, 1, 1), by=desk.clerk
    )
    later = (desk.today + timedelta(days=9)).isoformat()
    rows = (
        line(team="江南小分队", top="是", cost="8000"),
        line(purpose="赴岭南", starts_on=later, ends_on=later, heads="", results=""),
    )
    batch = listed(desk, *rows)
    assert counts(batch) == (2, 0, 0, 0)
    assert Trip.objects.count() == 0
    assert json.loads(batch.rows.get(number=3).told)["notes"] == [["J3", "没有填人数，按写明姓名的 3 人登记"]]
    batch = confirm(desk, batch)
    assert (batch.state, batch.receipt[:2]) == (ImportBatch.State.DONE, "DR")
    trip, planned = Trip.objects.order_by("starts_on")
    assert (trip.delegation, trip.leader, trip.people, trip.led_by_top, trip.heads, trip.days_out, trip.cost) == (
        team, "张三", "李四、王五", True, Decimal(3), 3, Decimal("0.8"),
    )  # fmt: skip
    assert (trip.results, trip.ended_at is None, trip.recorded_by) == ("见到两家，一家来访", False, desk.clerk)
    assert (planned.heads, planned.ended_at) == (Decimal(3), None)
    day = date(2026, 5, 18)
    assert counted(trip) == {
        (name, basis): (Decimal(amount), day)
        for name, amount in (("外出招商", 1), ("外出天数", 3))
        for basis in ("reported", "recognised")
    }
    assert counted(planned) == {}
    assert list(differences()) == []
    told = AuditEntry.objects.filter(reason=f"导入 {batch.receipt}").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["trip.filed"] * 2
    assert counts(listed(desk, *rows)) == (0, 0, 2, 0)
    undo(desk, batch)
    assert Trip.objects.count() == 0
    assert Entry.objects.live().filter(source_kind="projects.trip").count() == 0
    assert list(differences()) == []
    assert AuditEntry.objects.filter(action="trip.removed").count() == 2


def test_results_end_a_trip_that_was_filed_and_undo_opens_it_again(desk):
    trip = filed(desk)
    batch = listed(desk, line(ends_on="2026-05-21"))
    assert counts(batch) == (0, 1, 0, 0)
    assert json.loads(batch.rows.get().told)["changes"] == [
        ["返回日期", "2026-05-20", "2026-05-21"], ["成果", "", "见到两家，一家来访"], ["销差", "", "是"],
    ]  # fmt: skip
    batch = confirm(desk, batch)
    trip.refresh_from_db()
    assert (trip.results, trip.days_out, trip.version, trip.ended_at is None) == ("见到两家，一家来访", 4, 2, False)
    assert counted(trip)["外出天数", "recognised"] == (Decimal(4), date(2026, 5, 18))
    assert AuditEntry.objects.filter(action="trip.ended").count() == 1
    undo(desk, batch)
    trip.refresh_from_db()
    assert (trip.results, trip.ends_on, trip.days_out, trip.ended_at) == ("", date(2026, 5, 20), 3, None)
    assert counted(trip) == {}
    assert list(differences()) == []


def test_changed_trip_is_counted_anew_and_back(desk):
    trip = actions.end_trip(trip=filed(desk), results="见到两家，一家来访", by=desk.clerk, today=desk.today)
    batch = confirm(
        desk, listed(desk, line(code(trip), starts_on="2026-05-16", purpose="赴江南", leader="", heads=""))
    )
    trip.refresh_from_db()
    assert (trip.purpose, trip.leader, trip.heads, trip.days_out) == ("赴江南", "张三", Decimal(3), 5)
    assert counted(trip)["外出天数", "reported"] == (Decimal(5), date(2026, 5, 16))
    assert Trip.objects.filter(search__contains="fujiangnan").count() == 1
    assert AuditEntry.objects.filter(action="trip.changed").count() == 1
    undo(desk, batch)
    trip.refresh_from_db()
    assert (trip.purpose, trip.starts_on, trip.days_out, trip.version) == (
        "赴江南拜访装备企业", date(2026, 5, 18), 3, 4,
    )  # fmt: skip
    assert counted(trip)["外出天数", "reported"] == (Decimal(3), date(2026, 5, 18))
    assert list(differences()) == []


def test_blank_cells_change_nothing(desk):
    trip = actions.end_trip(
        trip=filed(desk, cost=Decimal(1)), results="无，客商未到", by=desk.clerk, today=desk.today
    )
    only_number = (code(trip), *[""] * (len(HEADINGS) - 1))
    assert counts(listed(desk, only_number)) == (0, 0, 1, 0)
    assert counts(listed(desk, line(people="", heads="", cost="", results=""))) == (0, 0, 1, 0)


REFUSED = (
    ({"purpose": ""}, "D2", "没有填出行目的"),
    ({"leader": ""}, "E2", "没有填带队人"),
    ({"starts_on": ""}, "H2", "没有填出发日期"),
    ({"ends_on": ""}, "I2", "没有填返回日期"),
    ({"starts_on": "1999-05-18"}, "H2", "日期须在 2000 年至 2100 年之间"),
    ({"ends_on": "2026-05-17"}, "I2", "返回日期不能早于出发日期"),
    ({"starts_on": "2024-05-18"}, "I2", "一次外出不超过 366 天，长期在外请登记驻点"),
    ({"heads": "0"}, "J2", "人数至少为 1"),
    ({"heads": "3.5"}, "J2", "人数须为整数"),
    ({"heads": "2"}, "J2", "写明姓名的有 3 人，多于填报人数"),
    ({"team": "没有的队"}, "C2", "没有叫“没有的队”的小分队"),
    ({"team": "别家小分队"}, "C2", "小分队不属于这个单位"),
    ({"unit": "工信局"}, "B2", "没有叫“工信局”的单位，或不归您填报"),
    ({"ends_on": "2100-05-18", "starts_on": "2100-05-18"}, "I2", "还没有返回，不能销差"),
    ({"purpose": "长" * 201}, "D2", "“出行目的”最多 200 字，这里有 201 字"),
)


@pytest.mark.parametrize(("said", "cell", "why"), REFUSED, ids=[why for _said, _cell, why in REFUSED])
def test_rules_of_filing_refuse_rows_by_cell(desk, said, cell, why):
    actions.create_delegation(
        unit=desk.units[1], name="别家小分队", leader="赵六", formed_on=date(2026, 1, 1), by=desk.other_clerk
    )
    batch = listed(desk, line(**said))
    assert reasons(batch) == {2: [(cell, why)]}
    with pytest.raises(ValidationError, match="没有可以导入的行"):
        confirm(desk, batch)


def test_rules_of_changing_refuse_rows_by_cell(desk):
    ended = actions.end_trip(trip=filed(desk), results="见到两家", by=desk.clerk, today=desk.today)
    actions.record_visit(
        unit=desk.unit, company=factories.make_company(desk), direction="outbound", on=date(2026, 5, 20),
        heads=Decimal(1), trip=ended, by=desk.clerk,
    )  # fmt: skip
    cancelled = actions.cancel_trip(trip=filed(desk, purpose="已取消的行程"), reason="客商有变", by=desk.clerk)
    theirs = actions.file_trip(
        unit=desk.units[1], purpose="别家行程", leader="赵六", starts_on=date(2026, 5, 18), ends_on=date(2026, 5, 18),
        by=desk.other_clerk,
    )  # fmt: skip
    batch = listed(
        desk,
        line(code(ended), ends_on="2026-05-19"),
        line(code(ended), ends_on=(desk.today + timedelta(days=9)).isoformat()),
        line(code(cancelled), purpose="改目的"),
        line(code(theirs)),
        line("T999999"),
        line(code(ended), unit="文旅局"),
    )
    assert reasons(batch) == {
        2: [("I2", "行程中 2026-05-20 的走访会落在日期之外")],
        3: [("I3", "已销差的行程，返回日期不能晚于今天")],
        4: [("A4", "该行程已取消，不能再改")],
        5: [("A5", "没有这个编号的行程，或不归您查看")],
        6: [("A6", "没有这个编号的行程，或不归您查看")],
        7: [("B7", "没有叫“文旅局”的单位，或不归您填报")],
    }


def test_two_rows_never_mean_one_trip(desk):
    trip = filed(desk)
    batch = listed(desk, line(code(trip)), line(), line(purpose="赴岭南"), line(purpose="赴岭南", leader="赵六"))
    again = "是同一次外出（单位、出行目的、出发日期都相同）"
    assert reasons(batch) == {3: [("D3", f"与第 2 行{again}")], 5: [("D5", f"与第 4 行{again}")]}
    assert counts(listed(desk, line(code(trip)), line(code(trip), purpose="赴岭南"))) == (0, 1, 0, 1)


def test_trip_called_off_is_filed_anew_without_its_number(desk):
    actions.cancel_trip(trip=filed(desk), reason="客商有变", by=desk.clerk)
    assert counts(listed(desk, line())) == (1, 0, 0, 0)


def test_editor_compares_but_files_nothing(desk):
    trip = actions.end_trip(trip=filed(desk), results="见到两家，一家来访", by=desk.clerk, today=desk.today)
    why = "行程由本单位的填报员报备，“商务局”不归您填报"
    batch = listed(desk, line(code(trip)), line(purpose="赴岭南"), by=desk.editor, unit=desk.district)
    assert (counts(batch), reasons(batch)) == ((0, 0, 1, 1), {3: [("B3", why)]})
    batch = listed(desk, line(code(trip), leader="赵六"), by=desk.editor, unit=desk.district)
    assert reasons(batch) == {2: [("B2", why)]}


def test_confirmation_refuses_all_where_the_ledger_moved(desk):
    trip = filed(desk)
    batch = listed(desk, line(), line(purpose="赴岭南"))
    actions.cancel_trip(trip=trip, reason="客商有变", by=desk.clerk)
    with pytest.raises(ValidationError, match="第 2 行与预览不同"):
        confirm(desk, batch)
    assert Trip.objects.count() == 1


def test_undo_keeps_a_trip_that_was_touched_since(desk):
    changed = filed(desk, purpose="赴岭北")
    batch = confirm(
        desk,
        listed(
            desk, line(), line(purpose="赴岭南"), line(purpose="赴岭东"),
            line(purpose="赴岭北", ends_on="2026-05-25"),
        ),
    )  # fmt: skip
    met, corrected = Trip.objects.get(purpose="赴江南拜访装备企业"), Trip.objects.get(purpose="赴岭南")
    changed.refresh_from_db()
    for trip, on in ((met, date(2026, 5, 20)), (changed, date(2026, 5, 24))):
        actions.record_visit(
            unit=desk.unit, company=factories.make_company(desk), direction="outbound", on=on, heads=Decimal(1),
            trip=trip, by=desk.clerk,
        )  # fmt: skip
    actions.change_trip(trip=corrected, leader="赵六", by=desk.clerk)
    assert [step.reasons for step in undoing.plan(batch)] == [
        ["外出招商之后添了走访来访"], ["外出招商之后有变动"], [], ["行程中 2026-05-24 的走访会落在日期之外"],
    ]  # fmt: skip
    undo(desk, batch)
    assert set(Trip.objects.values_list("purpose", flat=True)) == {"赴江南拜访装备企业", "赴岭南", "赴岭北"}
    assert list(differences()) == []


def test_filled_template_comes_in(desk):
    book = load_workbook(io.BytesIO(blank.template("trip", ["商务局"])))
    for place, text in enumerate(line(cost="0.8"), 1):
        book.active.cell(row=3, column=place, value=text)
    content = io.BytesIO()
    book.save(content)
    batch = confirm(desk, preview(desk, content.getvalue(), kind="trip", name="模板.xlsx"))
    assert counts(batch) == (1, 0, 0, 0)
    assert Trip.objects.get().cost == Decimal("0.8")


def test_refused_rows_are_read_back(desk):
    rows = blank.refused(listed(desk, line(heads="2"), line(purpose="赴岭南")))
    assert rows[1][-1] == "J2：写明姓名的有 3 人，多于填报人数"
    fixed = [cell if heading != "人数" else "3" for heading, cell in zip(rows[0], rows[1], strict=True)]
    assert counts(preview(desk, csv_of(rows[0], [fixed]), kind="trip")) == (1, 0, 0, 0)


def test_columns_are_remembered(desk):
    content = csv_of((*HEADINGS[:3], "干什么去", *HEADINGS[4:]), [line()])
    keys = [column.name for column in COLUMNS["trip"]]
    first = preview(desk, content, kind="trip", mapping=dict(enumerate(keys)))
    assert counts(first) == (1, 0, 0, 0)
    second = preview(desk, content, kind="trip")
    assert batches.suggested(second)[3] == "purpose"
    assert counts(second) == (1, 0, 0, 0)


def test_preview_and_confirmation_ask_the_same_at_any_length(desk):
    CountingRule.objects.filter(indicator=desk.days).delete()  # SQLite takes so many entries in two statements

    def cost(size, month):
        days = {"starts_on": f"2026-0{month}-02", "ends_on": f"2026-0{month}-03"}
        rows = [line(purpose=f"第{n}次", **days) for n in range(size)]
        batch = confirm(desk, listed(desk, *(row[:-1] for row in rows)))
        assert batch.new_count == size
        with CaptureQueriesContext(connection) as queries:
            batch = confirm(desk, listed(desk, *rows))
            undo(desk, batch)
        assert batch.changed_count == size
        return len(queries)

    assert cost(1, 1) == cost(30, 2)
