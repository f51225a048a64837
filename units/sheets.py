"""Spreadsheets going out: text that no program takes for a formula, a title above the columns, dates as dates."""

import csv
import io
import re
from itertools import chain, islice
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from units import sheet_xml

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")  # what a workbook cannot hold
WIDEST = 44  # characters; a column is as wide as its heading and the first rows ask for
MEASURED = 40  # rows looked at for that


def safe_cell(value):
    """Return text as a spreadsheet may hold it: what would be read as a formula gets an apostrophe."""
    if isinstance(value, str):
        value = CONTROL.sub("", value)
        if value.startswith(FORMULA_STARTS):
            return "'" + value
    return value


def attachment(content, content_type, name, kind):
    """Return a download with today's date in its name."""
    response = HttpResponse(content, content_type=content_type)
    stamp = timezone.localdate().strftime("%Y%m%d")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}-{stamp}.{kind}"
    return response


def workbook_response(name, title, rows):
    """Return rows (lists of cells, the first the heads) as an xlsx download; text never becomes a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=re.sub(r"[\\*?:/\[\]]", " ", title)[:31] or "1")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=safe_cell(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return attachment(buffer.getvalue(), XLSX, name, "xlsx")


def list_workbook(title, notes, headings, rows):
    """Return a list as the bytes of a workbook: its title, notes in words, then headings and rows.

    Headings, everything above them and the first column stay in sight while scrolling.
    """
    rows = iter(rows)
    first = list(islice(rows, MEASURED))
    lines = [(sheet_xml.TITLE, [safe_cell(title)])]
    lines += [(sheet_xml.NOTE, [safe_cell(note)]) for note in notes]
    lines.append((sheet_xml.HEADING, [safe_cell(heading) for heading in headings]))
    safe = ([safe_cell(value) for value in row] for row in chain(first, rows))
    return sheet_xml.workbook(title, lines, safe, widths=widths(headings, first), frozen=f"B{len(lines) + 1}")


def widths(headings, rows):
    """Return how wide columns should be; a Chinese character counts two."""
    asked = [[span(heading) + 2] for heading in headings]
    for row in rows:
        for column, value in zip(asked, row, strict=True):
            column.append(span(value) + 1)
    return [min(max(column), WIDEST) for column in asked]


def span(value):
    """Return how many narrow characters a value takes."""
    text = "" if value is None else str(value).split("\n", 1)[0]
    return sum(2 if char > "\u2e80" else 1 for char in text)


def list_csv(headings, rows):
    """Return a list as the bytes of a csv file that Excel and WPS read as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def plain_cell(value):
    """Return a cell as csv holds it."""
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else str(value)
