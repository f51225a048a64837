"""Workbooks of lists: what other programs read in them."""

import io
import warnings
from datetime import date, datetime
from decimal import Decimal

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from units.sheets import list_csv, list_workbook

ROWS = [
    ["P000001", "=1+1", Decimal("9.29"), date(2026, 8, 31), None, 3],
    ["P000002", "a<b>&\"'\n第二行\x00\x0b", Decimal("-100000000000.000001"), date(1900, 3, 1), "", 0],
]
HEADS = ["编号", "名称", "金额(万元)", "日期", "空", "数"]


def read(rows):
    data = list_workbook("台账[1]/*", ["筛选：全部", "截至：2026-09-01"], HEADS, iter(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return data, load_workbook(io.BytesIO(data))


def test_values_come_back_as_what_they_are():
    data, book = read(ROWS)
    sheet = book.active
    assert sheet.title == "台账 1"
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert cells == [
        HEADS,
        ["P000001", "'=1+1", 9.29, datetime(2026, 8, 31), None, 3],
        ["P000002", "a<b>&\"'\n第二行", -100000000000.000001, datetime(1900, 3, 1), None, 0],
    ]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[4][:4] == ["P000001", "'=1+1", 9.29, date(2026, 8, 31)]


def test_title_filter_and_day_stand_above_and_headings_stay_in_sight():
    _data, book = read(ROWS)
    sheet = book.active
    assert [sheet[f"A{row}"].value for row in (1, 2, 3, 4)] == ["台账[1]/*", "筛选：全部", "截至：2026-09-01", "编号"]
    assert sheet.freeze_panes == "B5"
    assert sheet["A1"].font.b
    assert sheet["D5"].number_format == "yyyy\\-mm\\-dd"
    assert sheet.column_dimensions["C"].width > sheet.column_dimensions["F"].width


def test_no_row_is_lost_at_any_length():
    for count in (0, 1, 39, 40, 41, 1999, 2000, 2001, 4100):
        _data, book = read([[f"P{n}", "甲", Decimal(n), None, None, n] for n in range(count)])
        assert [row[5] for row in book.active.iter_rows(min_row=5, values_only=True)] == list(range(count))


def test_csv_holds_the_same():
    text = list_csv(HEADS, iter(ROWS)).decode("utf-8-sig")
    assert text.splitlines()[1] == "P000001,'=1+1,9.29,2026-08-31,,3"
    assert "-100000000000.000001" in text
