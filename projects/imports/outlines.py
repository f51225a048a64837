"""What an uploaded workbook holds: its sheets, their tables, and which column is which."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.imports import layout
from projects.imports.layout import NoTable, find_table
from projects.imports.reading import Book, read
from projects.imports.table_rows import COLUMNS, is_example, text_of

SAMPLES = 3  # values of a column that the page shows


def outline(book: Book, kind: str) -> list[dict]:
    """Return what each sheet holds, as plain values; why says what a sheet lacks."""
    return [_sheet(sheet, kind) for sheet in book.sheets]


def _sheet(sheet, kind):
    found = {"name": sheet.name, "hidden": sheet.hidden, "why": "", "rows": 0, "columns": [], "notices": []}
    try:
        table = find_table(sheet, COLUMNS[kind])
    except NoTable as error:
        return found | {"why": "；".join(error.messages)}
    return found | {
        "rows": sum(not is_example(row) for row in table.rows),
        "measure": table.measure,
        "heading_row": table.heading_rows[-1],
        "columns": [_column(match, table.rows) for match in table.columns if match.heading],
        "notices": notices_of(sheet, table),
    }


def notices_of(sheet, table):
    """Return [[cell address, what was skipped or filled in and why]]."""
    told = [[notice.address, str(notice.message)] for notice in layout.notices_of(sheet, table)]
    examples = [row.number for row in table.rows if is_example(row)]
    return told + [[f"{number}:{number}", _("第 %d 行是模板的示例，没有当作数据") % number] for number in examples]


def _column(match, rows):
    samples = []
    for row in rows:
        if is_example(row):
            continue
        text = text_of(row.value(match.column))
        if text and text not in samples:
            samples.append(text[:40])
        if len(samples) == SAMPLES:
            break
    return {
        "place": match.column,
        "heading": match.heading,
        "key": match.field or "",
        "measure": match.measure,
        "suggestions": list(match.suggestions),
        "problem": match.problem,
        "samples": samples,
    }


def read_outline(content, name: str, kind: str) -> list[dict]:
    """Read a workbook and return its outline; raises ValidationError where no sheet holds a table."""
    found = outline(read(content, name), kind)
    if not any(sheet["rows"] for sheet in found):
        whys = [sheet["why"] or _("工作表“%s”只有表头，没有数据") % sheet["name"][:40] for sheet in found]
        raise ValidationError(whys[:5] or [_("文件里没有工作表")])
    return found


def main_sheet(found: list[dict]) -> dict:
    """Return the sheet to begin with: the visible one with most rows."""
    return max(found, key=lambda sheet: (not sheet["hidden"], sheet["rows"] > 0, sheet["rows"]))


def sheet_of(batch, name: str | None = None) -> dict:
    """Return the outline of a sheet of an import; that of its own sheet unless another is named."""
    found = {sheet["name"]: sheet for sheet in json.loads(batch.outline)}
    return found.get(name) or found.get(batch.sheet) or main_sheet(list(found.values()))


def signature(sheet: dict) -> str:
    """Return what tells one arrangement of headings from another."""
    headings = [(column["place"], column["heading"]) for column in sheet["columns"]]
    return hashlib.sha256(json.dumps(headings, ensure_ascii=False).encode()).hexdigest()


def table_of(book: Book, batch):
    """Return (sheet, table) of an import's own sheet."""
    sheet = next((row for row in book.sheets if row.name == batch.sheet), None)
    if sheet is None:
        raise ValidationError(_("文件里没有工作表“%s”") % batch.sheet)
    return sheet, find_table(sheet, COLUMNS[batch.kind])
