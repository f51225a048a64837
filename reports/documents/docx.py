"""From a document to Word: real styles, numbering, fields and tables, in the official layout, to be edited and kept.

Fonts are named, not embedded: those that offices have (方正小标宋简体, 仿宋_GB2312, 黑体, 楷体_GB2312).
"""

import io
import re
from collections.abc import Iterator

from docx import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports.documents.columns import ANNEX_POINTS, CELL_PADDING, LINE_POINTS, fitted
from reports.documents.content import Chart, Document, Heading, Paragraph, Table
from reports.documents.drawing import said
from reports.documents.html import annex_label, text_width, title_lines
from reports.documents.parts import foot_rows, head_line, signature
from reports.documents.png import to_png
from reports.documents.word_styles import (
    CELL,
    LEVELS,
    LINE,
    RED,
    footers,
    numbered,
    set_numbering,
    set_page,
    set_styles,
)

NUMBER = re.compile(r"^(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|\d+[.．]|（\d+）)\s*")
DIGITS = "〇一二三四五六七八九"


def to_docx(document: Document) -> bytes:
    """Render a document as a Word file."""
    word = WordDocument()
    word._body.clear_content()
    set_styles(word)
    set_numbering(word)
    set_page(word.sections[0])
    word.settings.odd_and_even_pages_header_footer = True
    footers(word.sections[0])
    word.core_properties.title = "".join(document.title.splitlines())[:255]  # what the format holds
    word.core_properties.author = document.issuer[:255]
    word.core_properties.comments = ""
    _write_front(word, document)
    counter = [0, 0, 0, 0]
    for block in document.blocks:
        _write_block(word, block, counter)
    _write_annex_list(word, document)
    _write_sign(word, document)
    for index, annex in enumerate(document.annexes):
        _write_annex(word, document, annex, index)
    _write_imprint(word, document)
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


# --- front, text ------------------------------------------------------------------------------------


def _write_front(word, document):
    if document.draft:
        word.add_paragraph("草稿", style="附件标记")
    if document.head_kind != "plain":
        HEADS[document.head_kind](word, document)
    title = word.add_paragraph(style="Title")
    for index, line in enumerate(title_lines(document.title)):
        if index:
            title.add_run().add_break()
        title.add_run(line)
    if document.number and document.head_kind == "plain":
        word.add_paragraph(document.number, style="文号")
    if document.standing:
        word.add_paragraph(document.standing, style="数据说明")
    if document.addressee:
        word.add_paragraph(document.addressee, style="主送机关")


def _mark(word, document, largest, above):
    mark = word.add_paragraph(document.mark, style="红头")
    mark.runs[0].font.size = Pt(min(largest, 440 / max(text_width(document.mark), 1)))
    mark.paragraph_format.space_before = Mm(above)
    return mark


def _red_head(word, document):
    _mark(word, document, 48, 35)
    number = word.add_paragraph(document.number, style="文号")
    number.paragraph_format.space_before = 2 * LINE
    _line(number, "bottom", "single")
    word.add_paragraph(style="文号")


def _newsletter_head(word, document):
    _mark(word, document, 56, 14)
    word.add_paragraph(document.number, style="文号").paragraph_format.space_before = LINE
    left, right = head_line(document)
    line = word.add_paragraph(f"{left}\t{right}", style="编印")
    line.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    line.paragraph_format.space_before = LINE
    _line(line, "bottom", "single")
    word.add_paragraph(style="文号")


def _letter_head(word, document):
    """Write the mark over a double line, the number at the right below; the lower line is the first page's foot."""
    _line(_mark(word, document, 48, 0), "bottom", "thickThinSmallGap", beyond=True)
    number = word.add_paragraph(document.number, style="文号")
    number.alignment, number.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.RIGHT, Mm(4)
    number.paragraph_format.space_after = LINE
    section = word.sections[0]
    section.different_first_page_header_footer = True
    section.first_page_footer.is_linked_to_previous = False
    _line(section.first_page_footer.paragraphs[0], "top", "thinThickSmallGap", beyond=True)


HEADS = {"red": _red_head, "newsletter": _newsletter_head, "letter": _letter_head}


def _line(paragraph, side, kind, *, beyond=False):
    """Draw a red line under or over a paragraph, as wide as the type area or, beyond it, 170 mm."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", "24"), ("space", "8"), ("color", str(RED))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    if beyond:
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)


def _write_block(word, block, counter):
    if isinstance(block, Paragraph):
        paragraph = word.add_paragraph()
        for span in block.spans:
            for index, line in enumerate(span.text.splitlines() or [""]):
                if index:
                    paragraph.add_run().add_break()
                paragraph.add_run(line).bold = span.strong or None
    elif isinstance(block, Heading):
        _write_heading(word, block, counter)
    elif isinstance(block, Chart):
        _write_chart(word, block)
    else:
        if block.title:
            word.add_paragraph("".join(block.title.splitlines()), style="表题")
        _write_table(word, block, LINE_POINTS)


def _write_chart(word, chart):
    """Put the picture of a chart, its numbers said to who cannot see it, its title below it."""
    place = word.add_paragraph(style="图")
    shape = place.add_run().add_picture(io.BytesIO(to_png(chart)), width=Mm(156))
    shape._inline.docPr.set("descr", said(chart))
    shape._inline.docPr.set("title", chart.title[:255])
    if chart.title:
        word.add_paragraph(chart.title, style="表题")
    if chart.note:
        word.add_paragraph(chart.note, style="表注")


def _write_heading(word, block, counter):
    """Let the list number a heading whose own number is the next of it; any other keeps what it says."""
    level = block.level
    counter[level - 1] += 1
    counter[level:] = [0] * (4 - level)
    number = "".join(_expected(level, counter[level - 1]))
    follows = block.text.startswith(number) and NUMBER.match(block.text)
    text = block.text[len(number) :].lstrip() if follows else block.text
    paragraph = word.add_paragraph(text, style=f"Heading {level}")
    if not follows:
        counter[level - 1] -= 1
        numbered(paragraph._p.get_or_add_pPr(), 0, 0)


def _expected(level, number) -> Iterator[str]:
    _font, number_format, text = LEVELS[level]
    shown = str(number) if number_format == "decimal" else chinese_numeral(number)
    yield re.sub(r"%\d", shown, text)


def chinese_numeral(number: int) -> str:
    """Write 1 to 99 as headings count: 一, 十, 十一, 二十一."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return ten + (DIGITS[ones] if ones or not tens else "")


def _write_annex_list(word, document):
    alone = len(document.annexes) == 1
    if document.annexes:
        word.add_paragraph(style="附件说明")
    for index, annex in enumerate(document.annexes):
        name = "".join(annex.title.splitlines())
        lead = "附件：" if index == 0 else "　　　"
        word.add_paragraph(f"{lead}{'' if alone else f'{index + 1}. '}{name}", style="附件说明")


def _write_sign(word, document):
    lines = signature(document)
    if lines:
        word.add_paragraph(style="落款")
    for line in lines:
        paragraph = word.add_paragraph(line, style="落款")
        paragraph.paragraph_format.right_indent = Pt(16 * 4 if line == document.date_text else 16 * 2)


# --- tables, annexes ---------------------------------------------------------------------------------


def _write_annex(word, document, annex, index):
    section = word.add_section(WD_SECTION.NEW_PAGE)
    set_page(section, landscape=True)
    word.add_paragraph(annex_label(document, index), style="附件标记")
    title = word.add_paragraph(style="Title")
    for number, line in enumerate(annex.title.splitlines()):
        if number:
            title.add_run().add_break()
        title.add_run(line)
    _write_table(word, annex, ANNEX_POINTS)


def _write_table(word, table: Table, width):
    groups = table.head_groups
    heads = 2 if any(group for group, _names in groups) else 1
    made = word.add_table(rows=heads + len(table.rows), cols=len(table.heads), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    size, points = fitted(table, width)
    widths = [Pt(each) for each in points]
    _cell_margins(made)
    for column, each in zip(made.columns, widths, strict=True):
        column.width = each
    every = iter(made._cells)  # asked once: each cell() walks the whole table
    grid = list(zip(*[every] * len(table.heads), strict=True))
    for row in grid:
        for cell, each in zip(row, widths, strict=True):
            cell.width = each
    for index, (row, values) in enumerate(zip(grid[heads:], table.rows, strict=True)):
        for cell, value, numeric in zip(row, values, table.numeric, strict=True):
            _fill(cell, value, size, bold=index in table.total_rows, right=numeric)
    _write_heads(grid[:heads], groups, size)
    for index, row in enumerate(made._tbl.tr_lst):
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if index < heads:
            properties.append(OxmlElement("w:tblHeader"))
    if table.note:
        word.add_paragraph(table.note, style="表注")


def _cell_margins(table):
    margins = OxmlElement("w:tblCellMar")
    beside = CELL_PADDING * 10 - 5  # twentieths of a point: half of it each side, less the line
    for side, width in (("top", 30), ("left", beside), ("bottom", 30), ("right", beside)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(width))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _write_heads(grid, groups, size):
    """Write the heads, a group over its columns; a head without one reaches over both rows."""
    place = 0
    for group, names in groups:
        if group:
            for offset, name in enumerate(names):
                _fill(grid[1][place + offset], name, size, bold=True)
            _fill(grid[0][place].merge(grid[0][place + len(names) - 1]), group, size, bold=True)
        else:
            first = grid[0][place]
            _fill(first.merge(grid[1][place]) if len(grid) > 1 else first, names[0], size, bold=True)
        place += len(names)


def _fill(cell, text, size, *, bold=False, right=False):
    paragraph = cell.paragraphs[0]
    paragraph._p.style = CELL  # by its id: a look-up by name takes 2 ms each
    for index, line in enumerate(text.splitlines() or [""]):
        if index:
            paragraph.add_run().add_break()
        run = paragraph.add_run(line)
        run.font.size = Pt(size)
        if bold:
            run.font.bold = True
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    cell.vertical_alignment = 1


# --- imprint --------------------------------------------------------------------------------------


def _write_imprint(word, document):
    """Write 版记, or a newsletter's foot, as a table at the foot of the last page, which stands upright."""
    rows = foot_rows(document)
    if not rows:
        return
    if document.annexes:
        set_page(word.add_section(WD_SECTION.NEW_PAGE))
        # programs that do not let a table float find it far down all the same
        word.add_paragraph(style="版记").paragraph_format.space_before = Pt(540 - 30 * len(rows))
    made = word.add_table(rows=len(rows), cols=2)
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for row, (left, right) in zip(made.rows, rows, strict=True):
        cells = row.cells
        cells[0].width, cells[1].width = Pt(LINE_POINTS * 0.62), Pt(LINE_POINTS * 0.38)
        if not (left and right):
            cells = [cells[0].merge(cells[1])] * 2
        for cell, text, align in (
            (cells[0], left, WD_ALIGN_PARAGRAPH.LEFT),
            (cells[1], right, WD_ALIGN_PARAGRAPH.RIGHT),
        ):
            if text:
                cell.paragraphs[0].style, cell.paragraphs[0].alignment = "版记", align
                cell.paragraphs[0].add_run(text)
    _to_the_foot(made)
    _imprint_lines(made)
    word.add_paragraph(style="图")  # a table that floats hangs on the paragraph behind it


def _to_the_foot(table):
    """Let a table stand at the foot of the type area, whatever stands above it."""
    place = OxmlElement("w:tblpPr")
    for name, value in (
        ("vertAnchor", "margin"), ("horzAnchor", "margin"), ("tblpXSpec", "center"), ("tblpYSpec", "bottom"),
    ):  # fmt: skip
        place.set(qn(f"w:{name}"), value)
    table._tbl.tblPr.insert_element_before(place, "w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblLook")


def _imprint_lines(table):
    borders = OxmlElement("w:tblBorders")
    for name, size in (("top", "8"), ("bottom", "8"), ("insideH", "4")):
        line = OxmlElement(f"w:{name}")
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
