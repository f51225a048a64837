"""One document, four renderings: the same words, the same figures, whichever file is opened."""

import io
import re
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest
from docx import Document as WordDocument

from reports.documents import DOCUMENTS as KINDS
from reports.documents.content import Chart, Heading, Paragraph, Table
from reports.documents.html import to_fragment
from reports.documents.parts import foot_rows, signature
from tests.reports.head_samples import SAMPLES
from tests.reports.pdf_runs import read, runs_of

DOCUMENTS = {name: make() for name, make in SAMPLES.items()}  # whoever adds a document here has it compared
OFFICE = shutil.which("soffice")


@pytest.fixture(scope="module", params=list(DOCUMENTS), ids=list(DOCUMENTS))
def document(request):
    """One of the documents."""
    return DOCUMENTS[request.param]


def bare(text: str) -> str:
    """Leave out white space, and the signs by which programs break and widen lines."""
    return re.sub(r"[\s\u200b\ufeff]", "", text)


def tables_of(document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)] + list(document.annexes)


def words_of(document) -> list[str]:
    """Return every text of a document that all renderings for reading show."""
    words = [document.title, document.standing, document.mark, document.number, document.addressee]
    words += [*signature(document), *(text for row in foot_rows(document) for text in row)]
    for block in document.blocks:
        if isinstance(block, Paragraph | Heading):
            words.append(block.text)
        elif isinstance(block, Chart):
            words += [block.title, block.note]
    for table in tables_of(document):
        words += [table.title, table.note, *(cell for row in table.rows for cell in row)]
        words += [part for head in table.heads for part in head.split("\n")]
    return [bare(word) for word in words if word]


def text_of_html(document) -> str:
    return bare(re.sub("<[^>]+>", "", to_fragment(document)).replace("&amp;", "&"))


def text_of_pdf(content: bytes) -> str:
    """Read a PDF as it is read: along the lines from the top, without the numbers of its pages."""
    found = []
    for page in read(content).pages:
        is_upright = page.mediabox.height > page.mediabox.width
        runs = [run for run in runs_of(page) if not re.fullmatch(r"— \d+ —", run.text)]
        runs = sorted(runs, key=lambda run: (round(run.baseline, 1), run.left)) if is_upright else runs
        found += [run.text for run in runs]
    return bare("".join(found))


def text_of_word(content: bytes) -> str:
    word = WordDocument(io.BytesIO(content))
    texts = [paragraph.text for paragraph in word.element.body.iter() if paragraph.tag.endswith("}t")]
    return bare("".join(texts))


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?%?", text)


def test_every_word_and_figure_stands_in_html_pdf_and_word(document):
    page, pdf, word = (
        text_of_html(document),
        text_of_pdf(KINDS["pdf"][0](document)),
        text_of_word(KINDS["docx"][0](document)),
    )

    for text in words_of(document):
        assert text in page, text
        numbered = re.sub(r"^(?:[一二三四]、|（[一二三四]）|\d\.)", "", text)  # Word numbers headings itself
        assert numbered in word, text
        assert text in pdf, text


def test_the_cells_of_the_workbook_are_those_of_the_tables_and_charts(document):
    book = openpyxl.load_workbook(io.BytesIO(KINDS["xlsx"][0](document)))
    inside = [block for block in document.blocks if isinstance(block, Table)]
    charts = [block.table for block in document.blocks if isinstance(block, Chart)]
    tables = [*inside, *charts, *document.annexes]

    assert len(book.worksheets) == max(1, len(tables))
    for sheet, table in zip(book.worksheets, tables, strict=False):
        first = 5 if any(group for group, _names in table.head_groups) else 4
        for index, row in enumerate(table.rows):
            for column, (text, numeric) in enumerate(zip(row, table.numeric, strict=True), start=1):
                cell = sheet.cell(first + index, column)
                if cell.data_type == "n" and cell.value is not None:
                    told = Decimal(text.rstrip("%").replace(",", ""))
                    assert numeric
                    assert Decimal(str(cell.value)) == (told / 100 if text.endswith("%") else told)
                else:
                    assert (cell.value or "") == text
        if document.standing:
            assert document.standing in sheet["A2"].value


def test_the_workbook_draws_each_chart_from_its_cells():
    document = DOCUMENTS["newsletter"]
    book = openpyxl.load_workbook(io.BytesIO(KINDS["xlsx"][0](document)))

    drawn = {sheet.title: [type(chart).__name__ for chart in sheet._charts] for sheet in book.worksheets}
    assert list(drawn.values()) == [["BarChart"], ["BarChart"], ["LineChart"]]
    bars = book.worksheets[0]._charts[0]
    assert [series.val.numRef.f for series in bars.series] == [
        f"'{book.worksheets[0].title}'!$B$4:$B$10",
        f"'{book.worksheets[0].title}'!$C$4:$C$10",
    ]


def test_word_holds_the_picture_of_each_chart_and_says_its_numbers():
    document = DOCUMENTS["newsletter"]
    word = WordDocument(io.BytesIO(KINDS["docx"][0](document)))
    charts = [block for block in document.blocks if isinstance(block, Chart)]

    pictures = [shape._inline.docPr for shape in word.inline_shapes]
    assert [picture.get("title") for picture in pictures] == [chart.title for chart in charts]
    for picture, chart in zip(pictures, charts, strict=True):
        told = picture.get("descr")
        assert all(value in told for series in chart.series for value in series.values)
    assert [shape.width.mm for shape in word.inline_shapes] == pytest.approx([156] * 3, abs=0.1)


@pytest.mark.skipif(not OFFICE, reason="LibreOffice (soffice) is not installed here")
def test_word_opens_in_an_office_program_with_the_same_text_and_tables(document, tmp_path):
    """The text in reading order, every cell, every row once: what LibreOffice makes of the file."""
    (tmp_path / "it.docx").write_bytes(KINDS["docx"][0](document))
    subprocess.run(
        [OFFICE, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "it.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    read_back = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "it.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    text = bare(re.sub(r"—\s*\d+\s*—", "", read_back))

    for block in document.blocks:
        if isinstance(block, Heading):
            assert bare(block.text) in text  # with the number that Word gave it
        elif isinstance(block, Paragraph):
            assert all(number in text for number in numbers(block.text))
            assert bare(block.text)[:20] in text
    for word in (document.title, document.standing, document.mark, document.number, *signature(document)):
        assert bare(word) in text
    for table in tables_of(document):
        for row in table.rows:
            assert bare("".join(row)) in text, row
