"""Comma-separated text: encodings, delimiters, and quotation marks that swallow rows."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.imports.reading import Notice
from tests.projects.imports.test_xlsx import refusal, sheet_of, values_of

TEXT = "项目名称,总投资（亿元）\n甲项目,9.29\n乙项目,\n"
ROWS = {1: ("项目名称", "总投资（亿元）"), 2: ("甲项目", "9.29"), 3: ("乙项目",)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(encoding):
    assert values_of(TEXT.encode(encoding), "台账.csv") == ROWS


def test_sheet_is_called_like_the_file():
    assert sheet_of(TEXT.encode(), "2026年台账.csv").name == "2026年台账"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter):
    text = f"名称{delimiter}说明\n甲{delimiter}" + '"一，二;三,四"\n'
    assert values_of(text.encode(), "a.csv") == {1: ("名称", "说明"), 2: ("甲", "一，二;三,四")}


def test_line_that_names_the_delimiter_is_said_and_keeps_row_numbers():
    sheet = sheet_of("sep=;\n名称;数\n甲;1\n".encode(), "a.csv")
    assert {row.number: row.values for row in sheet.rows} == {2: ("名称", "数"), 3: ("甲", "1")}
    assert sheet.notices == (Notice("A1", "首行 sep=; 只说明分隔符，没有当作数据"),)


def test_blank_lines_and_line_breaks_in_cells_keep_the_row_numbers_of_a_spreadsheet():
    text = '名称,说明\r\n\r\n甲,"一\n二"\r\n乙,三\r\n'
    assert values_of(text.encode(), "a.csv") == {1: ("名称", "说明"), 3: ("甲", "一\n二"), 4: ("乙", "三")}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('名称,数\n"甲,1\n乙,2\n'.encode(), "引号没有配对"),
        ('名称,数\n甲,"1\n乙,2\n丙,"3\n'.encode(), "引号没有配对"),
        ('名称,数,注\n甲,1,"一\n乙,2,二\n丙,3,三"\n'.encode(), "包进了别的行"),
        ("名称,数\n甲,1\n".encode() + b"\xff\xff\xff\n", "第 3 行不是 UTF-8 或 GB18030"),
        ("名称,数\n甲\x00,1\n".encode(), "第 2 行含有不是文字的内容"),
        ("項目名稱,計劃總投資,備註\n臺灣電子項目,五億,還沒開工\n".encode("big5"), "Big5"),
        ("名称,数\n".encode("utf-32"), "UTF-32"),
        (("长" * 40_000 + ",1\n").encode(), "32767 字"),
        (b"a,b\n" + b"1," * 300, "第 256 列之外"),
        (b"1,2\n" * 50_001, "50000 行"),
    ],
)
def test_what_would_be_misread_is_refused(data, said):
    assert said in refusal(data, "a.csv")


def test_traditional_characters_in_gb18030_are_read():
    text = "項目名稱,計劃總投資,備註\n臺灣電子項目,五億,還沒開工\n"
    assert values_of(text.encode("gb18030"), "a.csv")[2] == ("臺灣電子項目", "五億", "還沒開工")


cells = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12).filter(
    lambda text: not text.startswith("sep=")
)


@given(
    st.lists(st.lists(cells, min_size=2, max_size=5), min_size=1, max_size=8), st.sampled_from(["utf-8-sig", "utf-8"])
)
@settings(max_examples=25)
def test_what_was_written_is_read(rows, encoding):
    head = ["项目名称", "投资方", "备注", "甲", "乙"]
    rows = [head, *(row + ["末"] * (5 - len(row)) for row in rows)]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    expected = {}
    for number, row in enumerate(rows, 1):
        values = [value or None for value in row]
        while values and values[-1] is None:
            values.pop()
        if values:
            expected[number] = tuple(values)
    assert values_of(file.getvalue().encode(encoding), "a.csv") == expected
