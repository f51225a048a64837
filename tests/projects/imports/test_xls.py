"""Old workbooks: numbers, days and texts as their formats show them, and the same traps as in new ones."""

import datetime
import io
import struct
from decimal import Decimal

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.imports.reading import Notice, read
from tests.projects.imports.test_xlsx import refusal, sheet_of, values_of


def xls(rows, *, change=None, dates_1904=False):
    """Return the bytes of an old workbook; a pair is a value with its format, change may alter the sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = dates_1904
    sheet = book.add_sheet("台账", cell_overwrite_ok=True)
    styles = {}
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            value, code = value if isinstance(value, tuple) else (value, None)
            if isinstance(value, datetime.date) and not code:
                code = "yyyy-mm-dd"
            if code and code not in styles:
                styles[code] = xlwt.easyxf(num_format_str=code)
            sheet.write(number, column, value, *([styles[code]] if code else []))
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_cells_are_read_with_their_kinds():
    day = datetime.date(2012, 11, 10)
    rows = [["甲项目", 9.29, 0.1 + 0.2, day, True, None, 13812345678], [None, -5, 1234567890.5, (0.3, "0%")]]
    assert values_of(xls(rows), "台账.xls") == {
        1: ("甲项目", Decimal("9.29"), Decimal("0.3"), day, True, None, Decimal(13812345678)),
        2: (None, Decimal(-5), Decimal("1234567890.5"), "30%"),
    }


def test_days_of_the_1904_system():
    assert values_of(xls([[(39761, "yyyy-mm-dd")]], dates_1904=True), "a.xls") == {1: (datetime.date(2012, 11, 10),)}


def test_formula_without_result_and_error_are_faults():
    def change(sheet):
        sheet.write(0, 1, xlwt.Formula("A1+1"))
        sheet.row(0).set_cell_error(2, "#REF!")

    (row,) = sheet_of(xls([[1]], change=change), "a.xls").rows
    assert row.values == (1, None, None)
    assert "公式没有计算结果" in row.cell(1).fault
    assert "#REF!" in row.cell(2).fault


def test_merged_and_hidden_cells_are_said():
    def change(sheet):
        sheet.write_merge(0, 2, 0, 0, "工业")
        sheet.row(1).hidden = True
        sheet.col(1).hidden = True

    sheet = sheet_of(xls([[None, 1], [None, 2], [None, 3]], change=change), "a.xls")
    assert [row.values for row in sheet.rows] == [("工业", 1), ("工业", 2), ("工业", 3)]
    assert sheet.notices == (
        Notice("A1:A3", "是合并单元格，A2 至 A3 按首格 A1 的内容读取"),
        Notice("2:2", "第 2 行是隐藏的，内容也已读出"),
        Notice("B:B", "B 列是隐藏的，内容也已读出"),
    )


def test_hidden_sheet_is_said():
    book = xlwt.Workbook()
    book.add_sheet("一").write(0, 0, 1)
    hidden = book.add_sheet("二")
    hidden.write(0, 0, 2)
    hidden.visibility = 1
    file = io.BytesIO()
    book.save(file)
    one, two = read(file.getvalue(), "a.xls").sheets
    assert [(sheet.name, sheet.hidden) for sheet in (one, two)] == [("一", False), ("二", True)]


def test_far_cell_with_text_is_refused_by_its_address():
    assert "IV65536" in refusal(xls([["甲"]], change=lambda sheet: sheet.write(65535, 255, "远")), "a.xls")


def test_far_number_is_read():
    data = xls([[1]], change=lambda sheet: sheet.write(65535, 1, 2))
    assert values_of(data, "a.xls") == {1: (1,), 65536: (None, 2)}


def test_long_texts_run_over_several_records():
    rows = [["长" * 9000 + str(n), "short" * 2000] for n in range(20)]
    assert values_of(xls(rows), "a.xls") == {n: tuple(row) for n, row in enumerate(rows, 1)}


def test_password_is_named():
    data = bytearray(xls([[1]]))
    at = data.find(struct.pack("<HH", 0x809, 16)) + 20
    data[at : at + 2] = struct.pack("<H", 0x2F)
    assert "密码" in refusal(bytes(data), "a.xls")


def test_older_edition_is_named():
    data = bytearray(xls([[1]]))
    at = data.find(struct.pack("<HHH", 0x809, 16, 0x600))
    data[at + 4 : at + 6] = b"\0\x05"
    assert "Excel 95" in refusal(bytes(data), "a.xls")


def test_encrypted_xlsx_is_named():
    data = bytearray(xls([[1]]))
    at = data.find("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le") + b"\0\0"
    data[at : at + len(name)] = name
    data[at + 64 : at + 66] = struct.pack("<H", len(name))
    for file_name in ("a.xls", "a.xlsx"):
        assert "密码" in refusal(bytes(data), file_name)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_cut_off_files_are_refused(part):
    data = xls([[f"项目{n}", n] for n in range(300)])
    assert "文件" in refusal(data[: int(len(data) * part)], "a.xls")


cells = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=20)
cells |= st.decimals(-(10**9), 10**9, places=4, allow_nan=False) | st.booleans()
cells |= st.dates(datetime.date(1900, 3, 1), datetime.date(2200, 1, 1))


@given(st.lists(st.lists(cells, max_size=6), max_size=8))
@settings(max_examples=25)
def test_what_was_written_is_read(table):
    expected = {}
    for number, row in enumerate(table, 1):
        values = list(row)
        while values and values[-1] is None:
            values.pop()
        if values:
            expected[number] = tuple(values)
    assert values_of(xls(table), "a.xls") == expected
