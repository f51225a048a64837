"""From a CSV or XLSX file to rows of text and numbers, each with its row number in the file."""

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from unicodedata import normalize

from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from campaigns.numbers import cell_number, plain

MAX_BYTES, MAX_UNPACKED = 20 * 2**20, 200 * 2**20
MAX_ROWS, MAX_COLUMNS = 20_000, 100
HEADING_ROWS = 10  # the heading row is one of the first so many
HEADINGS = {
    "group": "group", "组别": "group", "unit": "unit", "单位": "unit", "is_total": "is_total", "合计": "is_total",
    "indicator": "indicator", "指标": "indicator", "measure": "measure", "计量单位": "measure",
    "target": "target", "目标": "target", "done": "done", "完成": "done",
}  # fmt: skip
LABELS = {field: heading for heading, field in HEADINGS.items() if heading != field}
AMOUNTS = ("target", "done")


class TableError(Exception):
    """The file cannot be loaded; problems are sentences for the person who sent it, told ones say in which cell."""

    def __init__(self, *problems: str, told=()):
        super().__init__("\n".join(problems))
        self.problems = problems
        self.told = tuple(told) or tuple(("", problem) for problem in problems)


@dataclass(frozen=True)
class Cell:
    """A cell as it is understood: its text, or what is wrong with it."""

    text: str
    problem: str = ""
    merged_into: str = ""  # the address of the first cell, where this one is another cell of a merged area
    address: str = ""  # where it stands in the sheet: D7


@dataclass(frozen=True)
class Row:
    """One row below the heading: its number in the file, and its cells by field."""

    number: int
    cells: dict[str, Cell]

    def text(self, field: str) -> str:
        """Return a cell's text, empty where the column is missing."""
        return self.cells[field].text if field in self.cells else ""

    def address(self, field: str) -> str:
        """Return where a cell stands in the sheet, empty where the column is missing."""
        return self.cells[field].address if field in self.cells else ""


def read_file(path: str | Path) -> bytes:
    """Return what a file holds."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise TableError(_("无法读取文件 %(path)s：%(why)s") % {"path": path, "why": error.strerror}) from None


def read_table(data: bytes) -> list[Row]:
    """Read the first sheet: all rows below the heading that are not blank.

    The heading row is the first of ten that names a unit and an indicator. Other columns are ignored.
    """
    return _below_heading(rows_of(data))


def rows_of(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """Return the rows of the first sheet, each with its number, of what may be a workbook or CSV text."""
    if len(data) > MAX_BYTES:
        raise TableError(_("文件超过 20 MB，请拆分后再导入"))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError(_("这是旧版 .xls 或加密的工作簿，请另存为未加密的 .xlsx 或 .csv"))
    return _workbook_rows(data) if data.startswith(b"PK") else _csv_rows(data)


def _below_heading(rows: Iterator[tuple[int, list[Cell]]]) -> list[Row]:
    columns, found = {}, []
    for number, cells in rows:
        if number > MAX_ROWS and any(cell.text for cell in cells):
            raise TableError(_("超过 %(n)d 行，请拆分后再导入") % {"n": MAX_ROWS})
        if columns:
            row = {
                field: replace(cells[i], address=f"{get_column_letter(i + 1)}{number}")
                for field, i in columns.items()
                if i < len(cells)
            }
            if any((cell.text and not cell.merged_into) or cell.problem for cell in row.values()):
                found.append(Row(number, row))
        elif number > HEADING_ROWS:
            break
        else:
            columns = _heading(number, cells)
    if not columns:
        raise TableError(_("前 10 行中没有表头：表头须有“单位”（unit）和“指标”（indicator）两列"))
    if not found:
        raise TableError(_("表头下面没有数据"))
    return found


def _heading(number, cells):
    columns = {}
    for i, cell in enumerate(cells):
        field = HEADINGS.get("".join(normalize("NFKC", cell.text).split()).casefold())
        if field in columns and {"unit", "indicator"} <= columns.keys() | {field}:
            raise TableError(
                _("第 %(row)d 行（表头）有两列“%(name)s”，请只留一列") % {"row": number, "name": LABELS[field]}
            )
        if field:
            columns.setdefault(field, i)
    if not {"unit", "indicator"} <= columns.keys():
        return {}
    if "measure" not in columns:
        raise TableError(_("第 %(row)d 行（表头）缺少“计量单位”（measure）一列") % {"row": number})
    return columns


def _clean(text):
    """Return text without blanks around it, control characters, and line breaks inside a cell."""
    return "".join(char for char in text.replace("\ufeff", "") if char >= " ").strip()


# --- CSV ----------------------------------------------------------------------------------------


def _csv_rows(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise TableError(_("文件既不是 UTF-8 也不是 GB18030 编码的文本，也不是 .xlsx 工作簿")) from None
    if "\0" in text:
        raise TableError(_("文件中有空字符，不是 CSV 文本；请另存为 UTF-8 的 CSV 或 .xlsx"))
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [Cell(_clean(text)) for text in cells[:MAX_COLUMNS]]
    except csv.Error as error:
        raise TableError(_("第 %(row)d 行附近不是 CSV：%(why)s") % {"row": reader.line_num, "why": error}) from None


# --- XLSX ---------------------------------------------------------------------------------------


def _workbook_rows(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise TableError(_("工作簿解开后超过 200 MB，请只留需要的工作表再导入"))
            shown = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            typed = load_workbook(io.BytesIO(data), read_only=True)
            if not shown.worksheets:
                raise TableError(_("工作簿里没有工作表"))
            values, formulas = shown.worksheets[0], typed.worksheets[0]
            merged = _merged(archive, values._worksheet_path)
            yield from _sheet_rows(values, formulas, merged)
    except TableError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise TableError(_("这不是完好的 .xlsx 工作簿，请用表格软件重新另存（%(why)s）") % {"why": error}) from None


def _sheet_rows(values, formulas, merged):
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # a wrong <dimension> would silently cut rows off
    columns = {"max_col": MAX_COLUMNS}
    areas = []  # merged areas that reach into the row, each with its first cell
    both = zip_longest(values.iter_rows(**columns), formulas.iter_rows(**columns), fillvalue=())
    for number, (row, typed) in enumerate(both, start=1):
        cells = [
            _cell(value, formula, f"{get_column_letter(i)}{number}")
            for i, (value, formula) in enumerate(zip_longest(row, typed), start=1)
        ]
        for left, right, bottom in merged.get(number, ()):
            areas.append((left, right, number, bottom, cells[left - 1] if left <= len(cells) else Cell("")))
        areas = [area for area in areas if area[3] >= number]
        for left, right, top, _bottom, first in areas:
            cells += [Cell("")] * (min(right, MAX_COLUMNS) - len(cells))
            for i in range(left, min(right, MAX_COLUMNS) + 1):
                if (number, i) != (top, left):
                    address = f"{get_column_letter(left)}{top}"
                    cells[i - 1] = Cell(first.text if i == left else "", first.problem, merged_into=address)
        yield number, cells


def _cell(value, formula, address):
    held = getattr(value, "value", None)
    if held is None:
        if getattr(formula, "data_type", "") == "f":
            return Cell("", _("%(cell)s 是没有算出结果的公式，请在表格软件中重新计算并保存") % {"cell": address})
        return Cell("")
    if value.data_type == "e":
        return Cell("", _("%(cell)s 的公式出错（%(error)s）") % {"cell": address, "error": held})
    if isinstance(held, bool):
        return Cell("1" if held else "0")
    if isinstance(held, (int, float)):
        number = cell_number(held)
        if "%" in re.sub(r'"[^"]*"|\\.', "", value.number_format or ""):  # shows 47.8% where it holds 0.478
            return Cell(plain(number * 100) + "%")
        return Cell(plain(number))
    return Cell(_clean(str(held)))


def _merged(archive, path):
    """Return {first row: [(first column, last column, last row)]} of the merged areas."""
    areas = defaultdict(list)
    with archive.open(path) as sheet:
        for _event, element in iterparse(sheet):
            if element.tag.endswith("}mergeCell"):
                left, top, right, bottom = range_boundaries(element.get("ref", "A1"))
                areas[top].append((left, right, bottom))
            element.clear()
    return areas
