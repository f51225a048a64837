"""Workbooks as people and programs write them: what is read, what is said by address, what is refused."""

import datetime
import io
import sys
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from projects.imports import reading
from projects.imports.reading import Notice, Unreadable, read
from tests.projects.imports import workbooks
from tests.projects.imports.workbooks import pack, parts_of, sheet_xml, xlsx


def sheet_of(data, name="台账.xlsx"):
    """Return the only sheet of a workbook."""
    (sheet,) = read(data, name).sheets
    return sheet


def values_of(data, name="台账.xlsx"):
    """Return {row number: values} of the only sheet."""
    return {row.number: row.values for row in sheet_of(data, name).rows}


def refusal(data, name="台账.xlsx"):
    """Return why a file is refused."""
    with pytest.raises(Unreadable) as caught:
        read(data, name)
    (message,) = caught.value.messages
    return message


# --- values -------------------------------------------------------------------------------------


def test_cells_are_read_with_their_kinds_and_addresses():
    day, moment = datetime.date(2012, 11, 10), datetime.datetime(2012, 11, 10, 9, 30)
    book = openpyxl.Workbook()
    book.active.append(["甲项目", 9.29, 0.1 + 0.2, day, moment, True, None, 13812345678])
    file = io.BytesIO()
    book.save(file)
    (row,) = sheet_of(file.getvalue()).rows
    assert row.values == (
        "甲项目", Decimal("9.29"), Decimal("0.3"), day, moment, True, None, Decimal(13812345678),
    )  # fmt: skip
    assert (row.number, row.cell(1).address, row.cell(40).value) == (1, "B1", None)
    assert type(row.values[1]) is Decimal


def test_numbers_are_read_with_fifteen_digits():
    found = values_of(xlsx([["<c r='A1'><v>0.30000000000000004</v></c>", "<c r='B1'><v>1E-7</v></c>"]]))
    assert found == {1: (Decimal("0.3"), Decimal("1E-7"))}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "0x1F", "1,000", "一", "１２"])
def test_number_cell_without_a_number_is_a_fault(text):
    (row,) = sheet_of(xlsx([["甲", f'<c r="B1"><v>{text}</v></c>']])).rows
    assert row.values == ("甲", None)
    assert text in row.cell(1).fault


@pytest.mark.parametrize(
    ("number", "style", "seen"),
    [
        ("41223", 1, datetime.date(2012, 11, 10)),
        ("41223.5", 1, datetime.datetime(2012, 11, 10, 12)),
        ("1", 1, datetime.date(1900, 1, 1)),
        ("59", 1, datetime.date(1900, 2, 28)),
        ("61", 1, datetime.date(1900, 3, 1)),
        ("2958465", 1, datetime.date(9999, 12, 31)),
        ("0.5", 8, "12:00:00"),
        ("1.5", 7, Decimal("1.5")),
        ("0.3", 2, "30%"),
        ("9.29", 3, "9.29亿元"),
        ("42", 6, Decimal(42)),
    ],
)
def test_number_is_read_as_its_format_shows_it(number, style, seen):
    assert values_of(xlsx([[f'<c r="A1" s="{style}"><v>{number}</v></c>']])) == {1: (seen,)}


@pytest.mark.parametrize(("number", "style"), [("0", 1), ("60", 1), ("-1", 1), ("2958466", 1), ("1e308", 1)])
def test_number_that_is_no_day_is_a_fault(number, style):
    (row,) = sheet_of(xlsx([[f'<c r="A1" s="{style}"><v>{number}</v></c>']])).rows
    assert row.values == (None,)
    assert "不是有效的日期" in row.cell(0).fault


@pytest.mark.parametrize("style", [4, 5])
def test_format_that_shows_a_smaller_number_is_a_fault(style):
    (row,) = sheet_of(xlsx([[(12345678, style)]])).rows
    assert "看到的与存的（12345678）不一样" in row.cell(0).fault


def test_days_of_the_1904_system():
    sheet = sheet_of(xlsx([[(39761, 1)]], date1904=True))
    assert sheet.rows[0].values == (datetime.date(2012, 11, 10),)
    assert sheet.date1904


def test_format_that_does_not_exist_is_a_fault():
    (row,) = sheet_of(xlsx([[(41223, 99), (41223, -1)]])).rows
    assert [row.cell(column).fault[:8] for column in (0, 1)] == ["单元格的格式已损"] * 2


def test_rich_text_phonetic_hints_and_escapes():
    rich = (
        '<c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>招商</t></r><r><t>局_x000A_</t></r>'
        '<rPh sb="0" eb="1"><t>ZHAO</t></rPh></is></c>'
    )
    assert values_of(xlsx([[rich, '<c r="B1" t="s"><v>1</v></c>']], strings=["零", "一"])) == {1: ("招商局\n", "一")}


def test_iso_day():
    assert values_of(xlsx([['<c r="A1" t="d"><v>2012-11-10T00:00:00Z</v></c>']])) == {
        1: (datetime.date(2012, 11, 10),)
    }


# --- traps --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dimension", ["A1", "A1:B1", "A1:XFD1048576", "Z9:A1", "nonsense", ""])
def test_dimension_is_not_believed(dimension):
    rows = [[f"项目{n}", n] for n in range(50)]
    assert len(values_of(xlsx(rows, before=f'<dimension ref="{dimension}"/>'))) == 50


def test_far_cell_is_refused_by_its_address():
    data = sheet_xml([["甲", 1]])
    far = data.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert "XFD1048576" in refusal(pack(parts_of(far)))


def test_far_row_is_read_and_costs_nothing():
    data = sheet_xml([["甲", 1]])
    far = data.replace("</sheetData>", '<row r="1048576"><c r="B1048576"><v>1</v></c></row></sheetData>')
    assert values_of(pack(parts_of(far))) == {1: ("甲", 1), 1048576: (None, 1)}


def test_far_cell_without_content_does_not_matter():
    data = sheet_xml([["甲", 1]])
    far = data.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')
    assert values_of(pack(parts_of(far))) == {1: ("甲", 1)}


def test_formulas_are_read_by_their_results_and_said_where_they_have_none():
    sheet = sheet_of(
        xlsx([[
            "甲", '<c r="B1"><f>1+1</f><v>2</v></c>', '<c r="C1"><f>1+1</f></c>', '<c r="D1"><f>1+1</f><v></v></c>',
            '<c r="E1" t="str"><f>""</f><v></v></c>', '<c r="F1" t="str"><f>"乙"</f><v>乙</v></c>',
            '<c r="G1" t="s"><f>A1</f></c>',
        ]])
    )  # fmt: skip
    (row,) = sheet.rows
    assert row.values == ("甲", Decimal(2), None, None, None, "乙", None)
    assert [row.cell(column).address for column in range(7) if "公式没有计算结果" in row.cell(column).fault] == [
        "C1", "D1", "G1",
    ]  # fmt: skip


def test_formula_written_by_openpyxl_is_never_zero():
    book = openpyxl.Workbook()
    book.active.append([1, 2, "=A1+B1"])
    file = io.BytesIO()
    book.save(file)
    (row,) = sheet_of(file.getvalue()).rows
    assert row.cell(2).value is None
    assert row.cell(2).fault == "公式没有计算结果，请用 Excel 打开保存一次，或把公式改成数值"


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"])
def test_error_cell_is_a_fault(error):
    (row,) = sheet_of(xlsx([["甲", f'<c r="B1" t="e"><f>1/0</f><v>{error}</v></c>']])).rows
    assert row.cell(1).fault == f"单元格是错误值 {error}，请改正公式或填写数值"


def test_merged_cells_are_filled_down_and_said():
    sheet = sheet_of(
        xlsx(
            [["工业", "甲", 1], [None, "乙", 2], [None, "丙", 3], ["合并过来的", "丁", 4]],
            after='<mergeCells><mergeCell ref="A1:A3"/></mergeCells>',
        )
    )
    assert [row.values[0] for row in sheet.rows] == ["工业", "工业", "工业", "合并过来的"]
    assert [row.cell(0).filled_from for row in sheet.rows] == ["", "A1", "A1", ""]
    assert sheet.notices == (Notice("A1:A3", "是合并单元格，A2 至 A3 按首格 A1 的内容读取"),)
    assert sheet.merges == ((1, 0, 3, 0),)


def test_what_a_merge_hides_is_not_taken_and_said():
    sheet = sheet_of(
        xlsx([["甲", "看不见", 1], ["也看不见", None, 2]], after='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>')
    )
    assert [row.values for row in sheet.rows] == [("甲", None, 1), ("甲", None, 2)]
    assert Notice("A1:B2", "是合并单元格，其中看不见的内容（B1、A2）没有采用") in sheet.notices


def test_merged_formula_without_result_is_a_fault_in_every_row():
    sheet = sheet_of(
        xlsx([['<c r="A1"><f>1</f></c>', 1], [None, 2]], after='<mergeCells><mergeCell ref="A1:A2"/></mergeCells>')
    )
    assert all("公式没有计算结果" in row.cell(0).fault for row in sheet.rows)


def test_merge_of_a_whole_column_ends_with_the_rows():
    sheet = sheet_of(xlsx([["甲", 1], [None, 2]], after='<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'))
    assert [row.number for row in sheet.rows] == [1, 2]


def test_hidden_rows_columns_and_sheets_are_read_and_said():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="B2"><v>2</v></c></row>'
    hidden = sheet_xml([], data=rows, before='<cols><col min="2" max="16384" hidden="1"/></cols>')
    shown, secret = read(
        pack(parts_of(hidden, sheet_xml([["甲"]]), states=["visible", "veryHidden"])), "a.xlsx"
    ).sheets
    assert shown.notices == (
        Notice("2:2", "第 2 行是隐藏的，内容也已读出"), Notice("B:B", "B 列是隐藏的，内容也已读出"),
    )  # fmt: skip
    assert [row.values for row in shown.rows] == [(1,), (None, 2)]
    assert secret.hidden
    assert secret.notices == (Notice("", "是隐藏的工作表，内容也已读出"),)


def test_rows_and_cells_without_addresses_or_out_of_order():
    rows = (
        '<row><c><v>1</v></c><c t="inlineStr"><is><t>甲</t></is></c></row>'
        '<row r="9"><c r="C9"><v>3</v></c><c r="A9"><v>1</v></c></row><row r="4"><c r="$B4"><v>2</v></c></row>'
    ).replace("$B4", "B4")
    assert values_of(xlsx(data=rows)) == {1: (1, "甲"), 4: (None, 2), 9: (1, None, 3)}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('<row r="-5"><c r="A1"><v>1</v></c></row>', "行号 -5 无效"),
        ('<row r="0"><c r="A0"><v>1</v></c></row>', "行号 0 无效"),
        ('<row r="1048577"><c><v>1</v></c></row>', "行号 1048577 无效"),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', "地址为 A2"),
        ('<row r="1"><c r="AAAA1"><v>1</v></c></row>', "地址 AAAA1 无效"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "A1 出现了两次"),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>', "第 1 行出现了两次"),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "A1 的文字在文件里找不到"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "A1 的文字在文件里找不到"),
        ('<row r="1"><x><c r="A1"><v>1</v></c></x></row>', "不该有的内容 x"),
        ('<g><row r="1"><c r="A1"><v>1</v></c></row></g>', "不该有的内容 g"),
        ('<row r="1"><c r="A1"><v><b>1</b></v></c></row>', "不该有的内容 b"),
        ('<row r="1"><c r="A1"><v>1</v></c>', "XML 有误"),
    ],
)
def test_damaged_rows_are_refused_and_never_skipped(rows, said):
    message = refusal(xlsx(data=rows))
    assert said in message
    assert "另存为 .xlsx" in message


def test_cells_under_any_prefix_and_edition_are_read():
    xml = sheet_xml([["甲", 1]])
    prefixed = (
        xml.replace(f'xmlns="{workbooks.MAIN}"', f'xmlns:x="{workbooks.MAIN}"')
        .replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    )  # fmt: skip
    assert values_of(pack(parts_of(prefixed))) == {1: ("甲", 1)}
    strict = {
        name: text.replace(workbooks.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            workbooks.RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, text in parts_of(xml).items()
    }
    assert values_of(pack(strict)) == {1: ("甲", 1)}


def test_sheets_of_the_same_name_are_both_read_and_said():
    one, two = read(pack(parts_of(sheet_xml([[1]]), sheet_xml([[2]]), names=["表", "表"])), "a.xlsx").sheets
    assert (one.rows[0].values, two.rows[0].values) == ((1,), (2,))
    assert one.notices == two.notices == (Notice("", "有不止一张工作表名为“表”，都已读出"),)


# --- refusals -----------------------------------------------------------------------------------


def test_zip_bombs_are_refused():
    bomb = {**parts_of(sheet_xml([[1]])), "xl/sharedStrings.xml": b"<sst>" + b" " * (30 * 1024 * 1024)}
    assert "压缩比" in refusal(pack(bomb))


def test_entities_are_refused():
    xml = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet_xml([["&b;"]])
    assert "DTD" in refusal(pack(parts_of(xml)))
    assert "DTD" in refusal(pack({**parts_of(sheet_xml([])), "xl/styles.xml": "<!DOCTYPE x><styleSheet/>"}))


def test_too_many_rows_columns_sheets_entries_and_letters_are_refused():
    many = "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(1, 50_002))
    assert "50000 行" in refusal(xlsx(data=many))
    assert "第 256 列之外" in refusal(xlsx([[1] * 257]))
    assert "超过 50 张" in refusal(pack(parts_of(*[sheet_xml([[1]])] * 51)))
    entries = {**parts_of(sheet_xml([[1]])), **{f"x/{n}": "" for n in range(2000)}}
    assert "超过 2000 个" in refusal(pack(entries))
    assert "超过 32767 字" in refusal(xlsx([["长" * 32_768]]))
    assert values_of(xlsx([["长" * 32_767]])) == {1: ("长" * 32_767,)}
    assert "超过 20 MB" in refusal(b"PK\x03\x04" + bytes(20 * 1024 * 1024))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"xl/vbaProject.bin": b"x"}, "带宏"),
        ({"[Content_Types].xml": workbooks.CONTENT_TYPES.replace("spreadsheetml.sheet", "macroEnabled")}, "带宏"),
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument"),
        ({"word/document.xml": "<x/>"}, "Word"),
        ({"XL/Workbook.xml": "<x/>"}, "两个部件都叫"),
    ],
)
def test_other_formats_in_disguise_are_refused(change, said):
    assert said in refusal(pack({**parts_of(sheet_xml([[1]])), **change}))


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (xlsx([[1]]), "a.xls", "内容却是.xlsx"),
        (xlsx([[1]]), "a.csv", "内容却是.xlsx"),
        (b"%PDF-1.7\n%abc", "a.xlsx", "内容却是PDF"),
        (b"%PDF-1.7\n%abc", "a.csv", "内容却是PDF"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "a.xls", "XML"),
        (b"a,b\n1,2", "a.xlsx", "内容却是文字"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.xlsx", "图片"),
        (b"", "a.xlsx", "文件是空的"),
        (b"\0" * 100, "a.csv", "文件是空的"),
        (pack({"a.txt": "x"}), "a.xlsx", "不是 Excel 工作簿"),
        (xlsx([[1]]), "a.xlsm", "只能读取 .xlsx、.xls 和 .csv"),
        (xlsx([[1]]), "a", "只能读取 .xlsx、.xls 和 .csv"),
    ],
)
def test_content_must_be_what_the_name_says(data, name, said):
    assert said in refusal(data, name)


def test_encrypted_entries_ask_for_a_file_without_password():
    data = bytearray(xlsx([[1]]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 1)
    assert "密码" in refusal(bytes(data))


# --- the child ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise SystemExit(3)",
        "print('rubbish')",
        "print('[]')",
        "print('{}')",
        "print('{\"sheets\": [1]}')",
        'print(\'{"sheets": [{"name": 1}]}\')',
        "print('[' * 100000)",
        "import sys; sys.stdout.buffer.write(bytes([255, 254]))",
        "pass",
        "x = bytes(10**12)",
    ],
)
def test_whatever_the_child_does_the_file_is_refused(monkeypatch, program):
    monkeypatch.setattr(reading, "command", lambda *_args: [sys.executable, "-c", program])
    assert "文件无法读取" in refusal(xlsx([[1]]))


def test_child_that_hangs_is_killed(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.5)
    for program in ("import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"):
        monkeypatch.setattr(reading, "command", lambda *_args, run=program: [sys.executable, "-c", run])
        assert "读取" in refusal(xlsx([[1]]))


def test_child_that_never_stops_talking_is_killed(monkeypatch):
    monkeypatch.setattr(reading, "ANSWER_BYTES", 100_000)
    program = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    monkeypatch.setattr(reading, "command", lambda *_args: [sys.executable, "-c", program])
    assert "内容过多" in refusal(xlsx([[1]]))


def test_child_bounds_itself_and_knows_neither_django_nor_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    program = (
        "import json, os, resource, sys\n"
        "from projects.imports import child\n"
        "child.limit()\n"
        "import projects.imports.formats, projects.imports.xlsx, projects.imports.xls, projects.imports.csv_text\n"
        "kinds = resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE\n"
        "limits = [resource.getrlimit(kind)[1] for kind in kinds]\n"
        "said = [limits, 'django' in sys.modules, 'SECRET_KEY' in os.environ]\n"
        "print(json.dumps({'refused': json.dumps(said)}))"
    )
    monkeypatch.setattr(reading, "command", lambda *_args: [sys.executable, "-c", program])
    assert refusal(xlsx([[1]])) == "[[1073741824, 25, 0], false, false]"


def test_path_and_bytes_read_the_same(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(xlsx([["甲", 1]]))
    assert read(path, "台账.xlsx") == read(path.read_bytes(), "台账.xlsx")


# --- against other readers ----------------------------------------------------------------------

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="_\ufffe\uffff"), max_size=20
)
numbers = st.decimals(-(10**9), 10**9, places=4, allow_nan=False).map(lambda d: d.normalize() + 0)
days = st.dates(datetime.date(1900, 3, 1), datetime.date(2200, 1, 1))
moments = st.datetimes(datetime.datetime(1901, 1, 1), datetime.datetime(2200, 1, 1)).map(
    lambda m: m.replace(microsecond=0)
)
tables = st.lists(st.lists(st.none() | texts | numbers | days | moments | st.booleans(), max_size=6), max_size=8)


def written(table):
    """Return a table as a workbook by openpyxl; texts that begin with = stay texts."""
    book = openpyxl.Workbook()
    for number, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            cell = book.active.cell(number, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def expected(table):
    """Return {row: values} as reading gives them: no empty texts, rows or ends."""
    found = {}
    for number, row in enumerate(table, 1):
        values = [value if value != "" else None for value in row]
        values = [v.date() if isinstance(v, datetime.datetime) and v.time() == datetime.time() else v for v in values]
        while values and values[-1] is None:
            values.pop()
        if values:
            found[number] = tuple(values)
    return found


@given(tables)
@settings(max_examples=25)
def test_what_was_written_is_read(table):
    assert values_of(written(table)) == expected(table)


@given(st.lists(st.lists(st.none() | texts | numbers, min_size=1, max_size=5), min_size=1, max_size=6))
@settings(max_examples=15)
def test_cells_are_those_that_calamine_reads(table):
    data = written(table)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    theirs = {
        (number, column): Decimal(f"{value:.15g}") if isinstance(value, float) else value
        for number, row in enumerate(rows, 1)
        for column, value in enumerate(row)
        if value != ""
    }
    ours = {
        (row.number, column): value
        for row in sheet_of(data).rows
        for column, value in enumerate(row.values)
        if value is not None
    }
    assert ours == theirs


def test_stored_zip_is_read():
    assert values_of(pack(parts_of(sheet_xml([["甲"]])), zipfile.ZIP_STORED)) == {1: ("甲",)}
