"""The looks of a Word document: real styles, the list of headings, the page, its numbers – in the official layout."""

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

BODY, TITLE, HEI, KAI, LATIN = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "Times New Roman"
LINE = Pt(28.95)  # 225 mm ÷ 22 lines, a trifle less, or Word breaks the page one line early
RED = RGBColor(0xE6, 0x00, 0x12)
LEVELS = {  # level of a heading → font, format of its number, text of its number
    1: (HEI, "chineseCountingThousand", "%1、"),
    2: (KAI, "chineseCountingThousand", "（%2）"),
    3: (BODY, "decimal", "%3."),
    4: (BODY, "decimal", "（%4）"),
}
CELL = "CellText"
NUMBERING = 77  # of the one list in the document


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


def set_styles(word) -> None:
    """Give the document its styles: text, headings, what stands in the head and the foot, cells of tables."""
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
        numbered(style.element.get_or_add_pPr(), level - 1)
    for name, font, size, align, indent, colour in (
        ("红头", TITLE, 48, WD_ALIGN_PARAGRAPH.CENTER, 0, RED),
        ("文号", BODY, 16, WD_ALIGN_PARAGRAPH.CENTER, 0, None),
        ("编印", BODY, 16, WD_ALIGN_PARAGRAPH.LEFT, 0, None),
        ("数据说明", KAI, 16, WD_ALIGN_PARAGRAPH.CENTER, 0, None),
        ("图", BODY, 10.5, WD_ALIGN_PARAGRAPH.CENTER, 0, None),
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
            style, align=align, indent=indent, line=None if name in ("红头", "图") else LINE if size == 16 else Pt(22)
        )
    styles["数据说明"].paragraph_format.space_after = LINE
    imprint = styles["版记"].paragraph_format  # a second line stands behind 抄送：
    imprint.left_indent, imprint.first_line_indent, imprint.right_indent = Pt(14 * 4), Pt(-14 * 3), Pt(14)
    cell = styles.add_style("表格文字", 1)
    cell.element.styleId = CELL
    cell.base_style = normal
    _fonts(cell, BODY, 10.5)
    _paragraphs(cell, align=WD_ALIGN_PARAGRAPH.CENTER, line=None)
    _off_the_grid(cell.element.get_or_add_pPr())


def set_page(section, *, landscape=False) -> None:
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


def set_numbering(word) -> None:
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


def numbered(properties, level, number=NUMBERING) -> None:
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


def footers(section) -> None:
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
