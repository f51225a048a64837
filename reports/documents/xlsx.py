"""From a document to a workbook: a sheet for each table, numbers as numbers, ready to print; no text is a formula."""

import io
import re
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from reports.documents.columns import ANNEX_POINTS, fitted
from reports.documents.content import SIMPLIFIED, TRADITIONAL, Chart, Document, Table
from reports.documents.html import annex_label

NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(%?)")
UNFIT = re.compile(r"[\\*?:/\[\]]")  # characters a sheet's name cannot hold
LONGEST_NAME = 31
FIGURE = {SIMPLIFIED: "图", TRADITIONAL: "圖"}
THIN = Side(style="thin", color="000000")
LINES = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SHADE = PatternFill("solid", fgColor="E6EEF8")
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)


def to_xlsx(document: Document) -> bytes:
    """Render the tables of a document as a workbook; a document without any says so on its one sheet."""
    book = Workbook()
    book.properties.title, book.properties.creator = "".join(document.title.splitlines()), document.issuer
    book.remove(book.active)
    charts = [block for block in document.blocks if isinstance(block, Chart)]
    tables = [block for block in document.blocks if isinstance(block, Table)]
    sheets = [(f"表{index}", table, None) for index, table in enumerate(tables, 1)]
    sheets += [(f"{FIGURE[document.language]}{index}", chart.table, chart) for index, chart in enumerate(charts, 1)]
    sheets += [(annex_label(document, index), table, None) for index, table in enumerate(document.annexes)]
    for label, table, chart in sheets:
        sheet = book.create_sheet(_name(book, label, table))
        first = _write(sheet, document, table)
        if chart and chart.categories:
            _draw(sheet, chart, first)
    if not sheets:
        book.create_sheet("说明")["A1"] = "本期没有附表"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _name(book, label, table):
    """Name a sheet after its place and title, so that no two are alike."""
    title = UNFIT.sub(" ", "".join(table.title.splitlines()))
    return f"{label} {title}"[:LONGEST_NAME].strip("' ") or str(len(book.sheetnames) + 1)


def _write(sheet, document, table):
    """Write a table with its title and where it is from; return the first row of its figures."""
    width = len(table.heads)
    last = get_column_letter(width)
    _text(sheet["A1"], "".join(table.title.splitlines()))
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=14), MIDDLE
    sheet.merge_cells(f"A1:{last}1")
    told = (document.issuer, document.date_text, document.standing, "草稿" if document.draft else "")
    source = "　".join(filter(None, told))
    _text(sheet["A2"], source)
    sheet.merge_cells(f"A2:{last}2")
    first = _write_heads(sheet, table, 3)
    for index, row in enumerate(table.rows):
        for column, (text, numeric) in enumerate(zip(row, table.numeric, strict=True), start=1):
            cell = sheet.cell(first + index, column)
            _fill(cell, text, numeric)
            cell.border = LINES
            cell.font = Font(bold=index in table.total_rows)
    if table.note:
        note = sheet.cell(first + len(table.rows), 1)
        _text(note, table.note)
        note.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=note.row, end_row=note.row, start_column=1, end_column=width)
    _set_up(sheet, table, first)
    return first


def _draw(sheet, chart, first):
    """Draw a chart of the table beside it, which office programs draw anew when a number is changed."""
    last = first + len(chart.categories) - 1
    made = LineChart() if chart.kind == "line" else BarChart()
    clock = LineChart() if chart.kind == "pace" else made  # the clock is a line over the bars
    for index in range(len(chart.series)):
        figures = Reference(sheet, min_col=index + 2, min_row=first - 1, max_row=last)
        (clock if index else made).add_data(figures, titles_from_data=True)
    names = Reference(sheet, min_col=1, min_row=first, max_row=last)
    for drawn in {id(each): each for each in (made, clock)}.values():
        drawn.set_categories(names)
    if clock is not made:
        made += clock
    made.title, made.y_axis.title = chart.title, chart.measure or None
    made.x_axis.delete = made.y_axis.delete = False  # else they are hidden
    made.legend.position, made.width, made.height = "b", 22, 11
    sheet.add_chart(made, f"{get_column_letter(len(chart.series) + 3)}{first - 1}")


def _write_heads(sheet, table, row):
    """Write the heads from a row on, a group over its columns; return the first row below them."""
    groups = table.head_groups
    depth = 2 if any(group for group, _names in groups) else 1
    column = 1
    for group, names in groups:
        if group:
            _text(sheet.cell(row, column), group)
            for offset, name in enumerate(names):
                _text(sheet.cell(row + 1, column + offset), name)
            spread = (row, column, row, column + len(names) - 1)
        else:
            _text(sheet.cell(row, column), names[0])
            spread = (row, column, row + depth - 1, column)
        if spread[:2] != spread[2:]:
            sheet.merge_cells(start_row=spread[0], start_column=spread[1], end_row=spread[2], end_column=spread[3])
        column += len(names)
    for cells in sheet.iter_rows(min_row=row, max_row=row + depth - 1, max_col=len(table.heads)):
        for cell in cells:
            cell.font, cell.fill, cell.border, cell.alignment = Font(bold=True), SHADE, LINES, MIDDLE
    return row + depth


def _text(cell, text):
    """Write text as text, whatever it begins with."""
    cell.value = text
    cell.data_type = "s"


def _fill(cell, text, numeric):
    """Write a number as a number that prints as the document prints it; everything else is text."""
    match = NUMBER.fullmatch(text) if numeric else None
    if match is None:
        _text(cell, text)
        cell.alignment = Alignment(horizontal="right" if numeric else "center", vertical="center", wrap_text=True)
        return
    value = Decimal(text.rstrip("%").replace(",", ""))
    decimals = max(0, -value.as_tuple().exponent)
    shown = ("#,##0" if "," in text else "0") + (f".{'0' * decimals}" if decimals else "")
    cell.value = value / 100 if match[1] else value
    cell.number_format = shown + match[1]
    cell.alignment = Alignment(horizontal="right", vertical="center")


def _set_up(sheet, table, first):
    """Freeze the heads, and print on A4 across, as wide as the page, the heads on each."""
    size, widths = fitted(table, ANNEX_POINTS)
    for index, points in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = round(points / size * 2 + 2, 1)
    sheet.freeze_panes = sheet.cell(first, 1 + (table.numeric.index(True) if True in table.numeric else 0))
    sheet.print_title_rows = f"1:{first - 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "— &P —"
