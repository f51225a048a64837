"""Word and Excel from the same value as HTML and PDF: the same texts, to be edited, to be added up."""

import io
from decimal import Decimal

import openpyxl
import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn

from reports.documents.content import Document, Heading, Paragraph, Span, Table
from reports.documents.docx import chinese_numeral, to_docx
from reports.documents.xlsx import to_xlsx

TABLE = Table(
    "各单位完成情况表",
    ("单位", "招商信息（条）\n目标", "招商信息（条）\n完成", "完成率", "说明"),
    (
        ("合计", "1,358", "171.50", "47.8%", "—"),
        ("河东街道", "8", "-2", "112.5%", "=1+1"),
        ("青石镇", "—", "0", "—", "@甲"),
    ),
    (False, True, True, True, False),
    note="说明：未报的记“—”。",
    total_rows=frozenset({0}),
)
DOCUMENT = Document(
    title="澄溪区百日会战情况的通报",
    issuer="澄溪区招商引资工作领导小组办公室",
    mark="澄溪区招商引资工作领导小组办公室文件",
    number="澄招组〔2026〕7号",
    addressee="各镇街道，各园区，区直各部门：",
    blocks=(
        Heading(1, "一、总体情况"),
        Paragraph((Span("完成招商信息"), Span("171", "/rows/"), Span("条。<b>&"))),
        Heading(2, "（一）分组情况"),
        Heading(2, "（二）零完成单位"),
        Heading(1, "二、下步要求"),
        Heading(3, "1.盯住开工"),
        Heading(4, "（1）逐项"),
        Heading(1, "四、跳号的标题"),
        Heading(1, "结束语"),
        TABLE,
    ),
    annexes=(TABLE,),
    date_text="2026年9月30日",
    draft=False,
    cc="区委办公室",
    printed_by="澄溪区招商局\t2026年9月30日印发",
)


@pytest.fixture(scope="module")
def word():
    """The document as python-docx reads it back."""
    return WordDocument(io.BytesIO(to_docx(DOCUMENT)))


def numbered(paragraph):
    """Return the level at which the list numbers a paragraph, through itself or its style; None without."""
    for properties in (paragraph._p.pPr, paragraph.style.element.pPr):
        if properties is not None and properties.numPr is not None:
            return None if properties.numPr.numId.val == 0 else properties.numPr.ilvl.val
    return None


def test_word_numbers_headings_itself_where_their_numbers_follow(word):
    headings = [p for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert [(p.text, numbered(p)) for p in headings] == [
        ("总体情况", 0), ("分组情况", 1), ("零完成单位", 1), ("下步要求", 0), ("盯住开工", 2), ("逐项", 3),
        ("四、跳号的标题", None), ("结束语", None),
    ]  # fmt: skip


def test_word_holds_every_text_in_real_styles(word):
    held = [(p.style.name, p.text) for p in word.paragraphs if p.text.strip()]
    assert held[:5] == [
        ("红头", DOCUMENT.mark), ("文号", DOCUMENT.number), ("Title", DOCUMENT.title),
        ("主送机关", DOCUMENT.addressee), ("Heading 1", "总体情况"),
    ]  # fmt: skip
    assert ("Normal", "完成招商信息171条。<b>&") in held
    assert held[-5:] == [
        ("落款", DOCUMENT.issuer), ("落款", DOCUMENT.date_text), ("附件标记", "附件"), ("Title", TABLE.title),
        ("表注", TABLE.note),
    ]  # fmt: skip


def test_word_tables_are_tables_with_repeated_heads(word):
    annex = word.tables[1]
    assert [[cell.text for cell in row.cells] for row in annex.rows] == [
        ["单位", "招商信息（条）", "招商信息（条）", "完成率", "说明"],
        ["单位", "目标", "完成", "完成率", "说明"],
        *[list(row) for row in TABLE.rows],
    ]
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in annex.rows]
    assert repeated == [True, True, False, False, False]


def test_word_names_the_fonts_of_offices_and_numbers_pages_outside(word):
    def font(name):
        return word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))

    assert [font(name) for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3")] == [
        "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312",
    ]  # fmt: skip
    first = word.sections[0]
    for footer in (first.footer, first.even_page_footer):
        assert footer.paragraphs[0]._p.xpath(".//w:instrText")[0].text.strip() == "PAGE"
    assert [p.alignment for p in (first.footer.paragraphs[0], first.even_page_footer.paragraphs[0])] == [2, 0]
    assert [(s.page_width.mm, s.page_height.mm) for s in word.sections] == [
        (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1)),
        (pytest.approx(297, abs=0.1), pytest.approx(210, abs=0.1)),
        (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1)),  # 版记 stands upright behind the annex
    ]


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_chinese_numeral_counts_as_headings_do(number, text):
    assert chinese_numeral(number) == text


def test_workbook_holds_numbers_as_numbers_and_never_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(DOCUMENT)))
    assert book.sheetnames == ["表1 各单位完成情况表", "附件 各单位完成情况表"]
    sheet = book["附件 各单位完成情况表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=8)]
    assert rows == [
        ["单位", "招商信息（条）", None, "完成率", "说明"],
        [None, "目标", "完成", None, None],
        ["合计", 1358, 171.5, 0.478, "—"],
        ["河东街道", 8, -2, 1.125, "=1+1"],
        ["青石镇", "—", 0, "—", "@甲"],
        ["说明：未报的记“—”。", None, None, None, None],
    ]
    assert [cell.number_format for cell in sheet[5][1:4]] == ["#,##0", "0.00", "0.0%"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    assert sheet.freeze_panes == "B5"
    assert sheet.print_title_rows == "$1:$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape", 1, 0,
    )  # fmt: skip


def test_workbook_of_a_document_without_tables_says_so():
    bare = Document("标题", "", "", "", "", (), (), "", draft=False)
    assert openpyxl.load_workbook(io.BytesIO(to_xlsx(bare)))["说明"]["A1"].value == "本期没有附表"


def test_numbers_of_the_workbook_are_those_that_are_printed():
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(DOCUMENT))).worksheets[0]
    printed = [text for row in TABLE.rows for text, numeric in zip(row, TABLE.numeric, strict=True) if numeric]
    held = [cell for row in sheet.iter_rows(min_row=5, max_row=7, min_col=2, max_col=4) for cell in row]
    for text, cell in zip(printed, held, strict=True):
        value = Decimal(text.rstrip("%").replace(",", "")) if text != "—" else None
        if value is None:
            assert cell.value == "—"
        else:
            assert Decimal(str(cell.value)) == (value / 100 if text.endswith("%") else value)
