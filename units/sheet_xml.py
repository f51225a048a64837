"""A list as an .xlsx file, written row by row as text: some ten times as fast as building cells.

What stands in a cell: text, whole and decimal numbers, dates, nothing. Text never becomes a formula: it is written
as text, in a cell of its own type.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

FIRST_DAY = date(1899, 12, 30).toordinal()  # day 0 of spreadsheets
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PLAIN, TITLE, NOTE, HEADING, DAY = range(5)  # the looks of STYLES
BATCH = 2000  # rows held as text at once

TYPES = f"""{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" \
ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KINDS}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{KINDS}.styles+xml"/></Types>"""
ROOT = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" \
Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
PARTS = f"""{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" \
Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>\
<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>"""
SONG = '<name val="宋体"/>'
STYLES = f"""{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
</numFmts><fonts count="4"><font><sz val="11"/>{SONG}</font><font><b/><sz val="14"/>{SONG}</font><font><sz val="11"/>\
<color rgb="FF5F6B78"/>{SONG}</font><font><b/><sz val="11"/>{SONG}</font></fonts><fills count="3"><fill>\
<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill>\
<patternFill patternType="solid"><fgColor rgb="FFE6EEF8"/></patternFill></fill></fills><borders count="1"><border>\
<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">\
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
<xf numFmtId="0" fontId="3" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def workbook(title, lines, rows, *, widths, frozen):
    """Return the bytes of a workbook of one sheet.

    lines: [(look, cells)] above the rows; frozen: the cell left of and above which everything stays in sight.
    """
    name = escape(re.sub(r"[\\*?:/\[\]]", " ", title)[:31].strip("' ") or "1", {'"': "&quot;"})
    book = (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    )
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=3) as archive:
        for path, text in (
            ("[Content_Types].xml", TYPES), ("_rels/.rels", ROOT), ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", PARTS), ("xl/styles.xml", STYLES),
        ):  # fmt: skip
            archive.writestr(path, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for part in sheet_text(lines, rows, widths, frozen):
                sheet.write(part.encode())
    return buffer.getvalue()


def sheet_text(lines, rows, widths, frozen):
    """Yield the text of a sheet in parts."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{wide}" customWidth="1"/>' for n, wide in enumerate(widths, 1)
    )
    left, above = re.fullmatch(r"([A-Z])([0-9]+)", frozen).groups()
    pane = f'xSplit="{ord(left) - 65}" ySplit="{int(above) - 1}" topLeftCell="{frozen}" activePane="bottomRight"'
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        f'<pane {pane} state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>'
    )
    yield "".join(row_text([cell_text(value, look) for value in cells]) for look, cells in lines)
    held = []
    for row in rows:
        held.append(row_text([cell_text(value) for value in row]))
        if len(held) == BATCH:
            yield "".join(held)
            held.clear()
    yield "".join(held) + "</sheetData></worksheet>"


def row_text(cells):
    """Return a row."""
    return f"<row>{''.join(cells)}</row>"


def cell_text(value, look=PLAIN):
    """Return a cell; its place follows from its order."""
    kind = type(value)
    if value is None or value == "":
        return "<c/>"
    if kind is str:
        return f'<c s="{look}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if kind is Decimal:
        return f'<c s="{look}"><v>{value:f}</v></c>'
    if kind is int:
        return f'<c s="{look}"><v>{value}</v></c>'
    if isinstance(value, date) and not isinstance(value, datetime):
        return f'<c s="{DAY}"><v>{value.toordinal() - FIRST_DAY}</v></c>'
    return cell_text(str(value), look)
