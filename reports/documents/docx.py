"""From a document to Word: real styles, numbering, fields and tables, in the official layout, to be edited and kept.

Fonts are named, not embedded: those that offices have (方正小标宋简体, 仿宋_GB2312, 黑体, 楷体_GB2312).
"""

import io
import re
from collections.abc import Iterator

from docx import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports.documents.columns import ANNEX_POINTS, CELL_PADDING, LINE_POINTS, fitted
from reports.documents.content import Document, Heading, Paragraph, Table
from reports.documents.html import annex_label, text_width, title_lines

BODY, TITLE, HEI, KAI, LATIN = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "Times New Roman"
LINE = Pt(28.95)  # 225 mm ÷ 22 lines, a trifle less, or Word breaks the page one line early
RED = RGBColor(0xE6, 0x00, 0x12)
LEVELS = {  # level of a heading → font, format of its number, text of its number
    1: (HEI, "chineseCountingThousand", "%1、"),
    2: (KAI, "chineseCountingThousand", "（%2）"),
    3: (BODY, "decimal", "%3."),
    4: (BODY, "decimal", "（%4）"),
}
NUMBER = re.compile(r"^(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|\d+[.．]|（\d+）)\s*")
DIGITS = "〇一二三四五六七八九"
CELL = "CellText"
NUMBERING = 77  # of the one list in the document


def to_docx(document: Document) -> bytes:
    """Render a document as a Word file."""
    word = WordDocument()
    word._body.clear_content()
    _set_styles(word)
    _set_numbering(word)
    _set_page(word.sections[0])
    word.settings.odd_and_even_pages_header_footer = True
    _footers(word.sections[0])
    word.core_properties.title = "".join(document.title.splitlines())
    word.core_properties.author = document.issuer
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


# --- styles, page, numbering -----------------------------------------------------------------------


def _fonts(style, font, size, *, bold=False, colour=None):
    style.font.name, style.font.size, style.font.bold, style.font.italic = LATIN, Pt(size), bold, False
    style.font.color.rgb = colour or RGBColor(0, 0, 0)
    names = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:cs"):
        names.set(qn(name), font if name == "w:eastAsia" else LATIN)
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        names.attrib.pop(qn(name), None)


def _paragraphs(style, *, align=None, indent=0, line=LINE, before=0, after=0, keep=False):
    form = style.paragraph_format
    form.alignment, form.space_before, form.space_after = align, Pt(before), Pt(after)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if line else WD_LINE_SPACING.SINGLE
    if line:
        form.line_spacing = line
    form.keep_with_next, form.keep_together, form.widow_control = keep, False, False
    properties = style.element.get_or_add_pPr()
    held = properties.get_or_add_ind()
    held.attrib.clear()
    held.set(qn("w:firstLineChars"), str(indent * 100))
    held.set(qn("w:firstLine"), str(indent * 320))


def _set_styles(word):
    styles = word.styles
    normal = styles["Normal"]
    _fonts(normal, BODY, 16)
    _paragraphs(normal, align=WD_ALIGN_PARAGRAPH.JUSTIFY, indent=2)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "-4")  # twentieths of a point: 28 characters of 16 pt in 156 mm
    normal.element.get_or_add_rPr().append(spacing)
    _fonts(styles["Title"], TITLE, 22)
    _paragraphs(styles["Title"], align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(34), after=14)
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    for level, (font, _format, _text) in LEVELS.items():
        style = styles[f"Heading {level}"]
        _fonts(style, font, 16)
        _paragraphs(style, align=WD_ALIGN_PARAGRAPH.JUSTIFY, indent=2, keep=True)
        _numbered(style.element.get_or_add_pPr(), level - 1)
    for name, font, size, align, indent, colour in (
        ("红头", TITLE, 48, WD_ALIGN_PARAGRAPH.CENTER, 0, RED),
        ("文号", BODY, 16, WD_ALIGN_PARAGRAPH.CENTER, 0, None),
        ("主送机关", BODY, 16, WD_ALIGN_PARAGRAPH.JUSTIFY, 0, None),
        ("附件标记", HEI, 16, WD_ALIGN_PARAGRAPH.LEFT, 0, None),
        ("附件说明", BODY, 16, WD_ALIGN_PARAGRAPH.JUSTIFY, 2, None),
        ("落款", BODY, 16, WD_ALIGN_PARAGRAPH.RIGHT, 0, None),
        ("表题", HEI, 14, WD_ALIGN_PARAGRAPH.CENTER, 0, None),
        ("表注", BODY, 12, WD_ALIGN_PARAGRAPH.LEFT, 0, None),
        ("版记", BODY, 14, WD_ALIGN_PARAGRAPH.JUSTIFY, 0, None),
        ("页码", "宋体", 14, WD_ALIGN_PARAGRAPH.RIGHT, 0, None),
    ):
        style = styles.add_style(name, 1)
        style.base_style = normal
        _fonts(style, font, size, colour=colour)
        _paragraphs(
            style, align=align, indent=indent, line=None if name == "红头" else LINE if size == 16 else Pt(22)
        )
    cell = styles.add_style("表格文字", 1)
    cell.element.styleId = CELL
    cell.base_style = normal
    _fonts(cell, BODY, 10.5)
    _paragraphs(cell, align=WD_ALIGN_PARAGRAPH.CENTER, line=None)
    _off_the_grid(cell.element.get_or_add_pPr())


def _set_page(section, *, landscape=False):
    """Set A4 with 版心 of 156 × 225 mm; on its side for an annex."""
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.page_width, section.page_height = width, height
    margins = (26, 28, 37, 35) if landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, margins)
    section.header_distance, section.footer_distance = Mm(15), Mm(22)
    held = section._sectPr.find(qn("w:docGrid"))
    if held is not None:
        section._sectPr.remove(held)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    section._sectPr.append(grid)


def _set_numbering(word):
    """Define the one list of headings: 一、 （一） 1. （1）."""
    numbering = word.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(NUMBERING))
    kind = OxmlElement("w:multiLevelType")
    kind.set(qn("w:val"), "multilevel")
    abstract.append(kind)
    for level, (_font, number_format, text) in LEVELS.items():
        row = OxmlElement("w:lvl")
        row.set(qn("w:ilvl"), str(level - 1))
        for tag, value in (
            ("w:start", "1"),
            ("w:numFmt", number_format),
            ("w:pStyle", f"Heading{level}"),
            ("w:suff", "nothing"),
            ("w:lvlText", text),
            ("w:lvlJc", "left"),
        ):
            part = OxmlElement(tag)
            part.set(qn("w:val"), value)
            row.append(part)
        abstract.append(row)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), str(NUMBERING))
    held = OxmlElement("w:abstractNumId")
    held.set(qn("w:val"), str(NUMBERING))
    number.append(held)
    numbering.append(number)


def _numbered(properties, level, number=NUMBERING):
    """Give a paragraph or style a level of the list; number 0 takes it off."""
    numbered = properties.get_or_add_numPr()
    numbered.get_or_add_ilvl().val = level
    numbered.get_or_add_numId().val = number


def _off_the_grid(properties):
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties.insert_element_before(
        snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:outlineLvl", "w:rPr"
    )


# --- front, text ------------------------------------------------------------------------------------


def _write_front(word, document):
    if document.draft:
        word.add_paragraph("草稿", style="附件标记")
    if document.mark:
        mark = word.add_paragraph(document.mark, style="红头")
        mark.runs[0].font.size = Pt(min(48, 440 / max(text_width(document.mark), 1)))
        number = word.add_paragraph(document.number, style="文号")
        _line_below(number, "E60012", 24)
        word.add_paragraph(style="文号")
    title = word.add_paragraph(style="Title")
    for index, line in enumerate(title_lines(document.title)):
        if index:
            title.add_run().add_break()
        title.add_run(line)
    if document.number and not document.mark:
        word.add_paragraph(document.number, style="文号")
    if document.addressee:
        word.add_paragraph(document.addressee, style="主送机关")


def _line_below(paragraph, colour, size):
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "8"), ("color", colour)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


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
    else:
        if block.title:
            word.add_paragraph("".join(block.title.splitlines()), style="表题")
        _write_table(word, block, LINE_POINTS)


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
        _numbered(paragraph._p.get_or_add_pPr(), 0, 0)


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
    if not (document.issuer or document.date_text):
        return
    word.add_paragraph(style="落款")
    for line in filter(None, (document.issuer, document.date_text)):
        paragraph = word.add_paragraph(line, style="落款")
        paragraph.paragraph_format.right_indent = Pt(16 * 4 if line == document.date_text else 16 * 2)


# --- tables, annexes ---------------------------------------------------------------------------------


def _write_annex(word, document, annex, index):
    section = word.add_section(WD_SECTION.NEW_PAGE)
    _set_page(section, landscape=True)
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


# --- page numbers, imprint -----------------------------------------------------------------------------


def _footers(section):
    """Number the pages outside: odd ones right, even ones left, each a character in from the edge."""
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "页码"
        paragraph.alignment = align
        if align == WD_ALIGN_PARAGRAPH.RIGHT:
            paragraph.paragraph_format.right_indent = Pt(14)
        else:
            paragraph.paragraph_format.left_indent = Pt(14)
        paragraph.add_run("— ")
        _page_field(paragraph)
        paragraph.add_run(" —")


def _page_field(paragraph):
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        elif kind == "text":
            run.text = text
            continue
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def _write_imprint(word, document):
    """Write 版记 as a table of lines at the end of the last page."""
    body, _tab, day = document.printed_by.partition("\t")
    rows = [(f"抄送：{document.cc}", "")] if document.cc else []
    rows += [(body, day)] if body else []
    if not rows:
        return
    word.add_paragraph(style="版记")
    width = ANNEX_POINTS if document.annexes else LINE_POINTS
    made = word.add_table(rows=len(rows), cols=2)
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for row, (left, right) in zip(made.rows, rows, strict=True):
        cells = row.cells
        if not right:
            cells[0].merge(cells[1])
        for cell, text, align in (
            (cells[0], left, WD_ALIGN_PARAGRAPH.LEFT),
            (cells[1], right, WD_ALIGN_PARAGRAPH.RIGHT),
        ):
            if text:
                cell.paragraphs[0].style, cell.paragraphs[0].alignment = "版记", align
                cell.paragraphs[0].add_run(text)
        cells[0].width, cells[1].width = Pt(width * 0.62), Pt(width * 0.38)
    _imprint_lines(made)


def _imprint_lines(table):
    borders = OxmlElement("w:tblBorders")
    for name, size in (("top", "8"), ("bottom", "8"), ("insideH", "4")):
        line = OxmlElement(f"w:{name}")
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
