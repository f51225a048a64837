"""One row of a sheet made many: what stands below moves down with its looks, and formulas follow."""

import re
from copy import copy

from openpyxl.cell.cell import MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]+)")


def spread(sheet: Worksheet, row: int, times: int) -> None:
    """Repeat a row so that it stands `times` times (at least once); each copy has its looks and merged cells."""
    more = times - 1
    if more <= 0:
        return
    formulas(sheet, row, more)
    merged = [str(area) for area in sheet.merged_cells.ranges]
    for cell in [cell for cell in sheet._cells.values() if isinstance(cell, MergedCell)]:
        del sheet._cells[cell.row, cell.column]  # made anew below
    sheet.merged_cells = MultiCellRange()
    move_down(sheet, row, more)
    copies(sheet, row, more)
    for area in merged:
        merge_again(sheet, CellRange(area), row, more)
    areas(sheet, row, more)


def move_down(sheet, row, more):
    """Move every cell below a row, the heights of rows and breaks between pages."""
    for place in sorted((place for place in sheet._cells if place[0] > row), reverse=True):
        cell = sheet._cells.pop(place)
        cell.row += more
        sheet._cells[cell.row, cell.column] = cell
        if cell.hyperlink:
            cell.hyperlink.ref = cell.coordinate
    heights = sheet.row_dimensions
    for number in sorted((number for number in heights if number > row), reverse=True):
        found = heights.pop(number)
        found.index = number + more
        heights[number + more] = found
    for brk in sheet.row_breaks.brk:
        brk.id += more if brk.id >= row else 0


def copies(sheet, row, more):
    """Write the copies of a row below it."""
    cells = [cell for place, cell in sorted(sheet._cells.items()) if place[0] == row]
    height = sheet.row_dimensions[row].height if row in sheet.row_dimensions else None
    for number in range(row + 1, row + more + 1):
        for cell in cells:
            made = sheet.cell(number, cell.column)
            made._style = copy(cell._style)
            if cell.data_type == "f":
                made.value = Translator(cell.value, origin=cell.coordinate).translate_formula(made.coordinate)
            else:
                made.value = cell.value
        if height is not None:
            sheet.row_dimensions[number].height = height


def merge_again(sheet, area, row, more):
    """Merge an area where it stands now; one within the row is merged in every copy."""
    if area.min_row == area.max_row == row:
        for number in range(row, row + more + 1):
            sheet.merge_cells(start_row=number, end_row=number, start_column=area.min_col, end_column=area.max_col)
        return
    sheet.merge_cells(moved(str(area), row, more))


def areas(sheet, row, more):
    """Move what is said of areas: looks by condition, what may be typed, what is printed and filtered."""
    looks = ConditionalFormattingList()
    for each in sheet.conditional_formatting:
        where = " ".join(grown(area, row, more) for area in each.sqref.ranges)
        for rule in each.rules:
            looks.add(where, rule)
    sheet.conditional_formatting = looks
    for each in sheet.data_validations.dataValidation:
        each.sqref = MultiCellRange(" ".join(grown(area, row, more) for area in each.sqref.ranges))
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = moved(sheet.auto_filter.ref, row, more)
    if sheet.print_area:
        printed = sheet.print_area if isinstance(sheet.print_area, str) else ",".join(sheet.print_area)
        sheet.print_area = ",".join(
            moved(area.rpartition("!")[2].replace("$", ""), row, more) for area in printed.split(",")
        )


def grown(area, row, more):
    """Return where an area stands that holds for all copies of what it held for."""
    first, last = (number + more if number > row else number for number in (area.min_row, area.max_row))
    last = row + more if area.max_row == row else last
    made = CellRange(min_row=first, max_row=last, min_col=area.min_col, max_col=area.max_col)
    return made.coord


def formulas(sheet, row, more):
    """Let every formula and name of the workbook that speaks of the sheet follow its rows."""
    book = sheet.parent
    for other in book.worksheets:
        for cell in other._cells.values():
            if cell.data_type == "f":
                own = other is sheet and cell.row == row
                cell.value = followed(cell.value, other.title, sheet.title, row, more, own)
    for scope in (book, *book.worksheets):
        for name in scope.defined_names.values():
            if name.attr_text:
                name.attr_text = followed(f"={name.attr_text}", "", sheet.title, row, more, False)[1:]


def followed(formula: str, here: str, title: str, row: int, more: int, own: bool) -> str:
    """Return a formula that stands on a sheet after a row of the sheet `title` was repeated.

    own says that it stands in the row itself: what it adds up there stays in the row.
    """
    try:
        tokens = Tokenizer(formula)
    except TokenizerError:
        return formula
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            where, bang, area = token.value.rpartition("!")
            if (where.strip("'").replace("''", "'") if bang else here) == title:
                token.value = where + bang + moved(area, row, more, own)
    return tokens.render()


def moved(area: str, row: int, more: int, own: bool = False) -> str:
    """Return where an area stands after a row was repeated; one that ends in the row grows with it."""
    first, colon, last = area.partition(":")
    parts = [PART.fullmatch(text) for text in ((first, last) if colon else (first,))]
    if not all(parts):
        return area  # a whole column, a name
    rows = [int(part[4]) for part in parts]
    grows = bool(colon) and rows[0] <= row <= rows[1] and not (own and rows[0] == rows[1])
    shifted = [number + more if number > row else number for number in rows]
    if grows and rows[1] == row:
        shifted[1] = row + more
    told = [f"{part[1]}{part[2]}{part[3]}{number}" for part, number in zip(parts, shifted, strict=True)]
    return ":".join(told)
