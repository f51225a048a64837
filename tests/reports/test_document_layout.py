"""The layout of whole documents, measured in the PDF: every kind of head, and every document that is added below."""

import re
from dataclasses import replace

import pytest

from reports.documents import fonts
from reports.documents.content import Chart, Paragraph, Span, Table
from reports.documents.html import annex_label, title_lines, to_fragment
from reports.documents.parts import foot_rows
from reports.documents.pdf import to_pdf
from tests.reports.document_samples import unit_table
from tests.reports.head_samples import SAMPLES
from tests.reports.pdf_runs import MM, lines_of, read, runs_of

HAN = "招商引资工作取得阶段性成效明显"
DOCUMENTS = {name: make() for name, make in SAMPLES.items()}  # whoever adds a document here has it measured
LEFT, RIGHT, TOP, BOTTOM = 28, 28 + 156, 37, 37 + 225


@pytest.fixture(scope="module", params=list(DOCUMENTS), ids=list(DOCUMENTS))
def document(request):
    """One of the documents."""
    return DOCUMENTS[request.param]


@pytest.fixture(scope="module")
def pdf(document):
    """The document as PDF, opened."""
    return read(to_pdf(document))


def is_upright(page) -> bool:
    return page.mediabox.height > page.mediabox.width


def is_number(run) -> bool:
    return bool(re.fullmatch(r"— \d+ —", run.text))


def test_every_page_is_a4_and_keeps_its_text_inside_the_type_area(document, pdf):
    for index, page in enumerate(pdf.pages):
        width, height = (float(side) / MM for side in (page.mediabox.width, page.mediabox.height))
        assert sorted((round(width), round(height))) == [210, 297]
        runs = [run for run in runs_of(page) if not is_number(run)]
        top = 25 if index == 0 and document.head_kind == "letter" else TOP  # 30 mm from the edge of the page
        if is_upright(page):
            assert min((run.left for run in runs), default=LEFT) >= LEFT - 0.3
            assert max((run.right for run in runs), default=RIGHT) <= RIGHT + 0.6
            assert all(top < run.baseline < BOTTOM for run in runs)
        else:
            assert min(run.left for run in runs) >= 35 - 0.1
            assert max(run.right for run in runs) <= 35 + 225 + 0.1
            assert all(28 < run.baseline < 28 + 156 for run in runs)


def test_a_page_of_text_has_22_lines_of_28_characters_under_every_head(document):
    text = replace(document, blocks=(Paragraph((Span(HAN * 160),)),), annexes=())

    lines = lines_of(read(to_pdf(text)).pages[1])

    assert [len(line.text) for line in lines] == [28] * 22
    assert [line.left for line in lines] == pytest.approx([LEFT] * 22, abs=0.2)
    assert [line.right for line in lines] == pytest.approx([RIGHT] * 22, abs=0.5)
    assert lines[-1].baseline - lines[0].baseline == pytest.approx(21 * 10.226, abs=0.1)


def test_every_font_is_embedded_and_of_the_chain(pdf):
    found = fonts.find()
    families = ",".join(found.family(role) for role in fonts.ROLES) + ",zs-folio"
    chain = {re.sub(r"[-\s\"]", "", family) for family in families.split(",")}
    used = set()
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
            name = str(font["/BaseFont"]).partition("+")[2].replace("-", "").replace(" ", "")
            used.add(re.sub("(Bold|Regular)$", "", name))
    assert used
    assert used <= chain


def test_pages_are_numbered_outside_and_a_letters_first_page_is_not(document, pdf):
    for index, page in enumerate(pdf.pages):
        numbers = [run for run in runs_of(page) if is_number(run)]
        if index == 0 and document.head_kind == "letter":
            assert numbers == []
            continue
        (run,) = numbers
        assert run.text == f"— {index + 1} —"
        if not is_upright(page):
            assert run.left == pytest.approx(35 - 7 - 14 / MM / 4, abs=0.7)
        elif index % 2:
            assert run.left == pytest.approx(LEFT + 14 / MM, abs=0.2)
        else:
            assert run.right == pytest.approx(RIGHT - 14 / MM, abs=0.2)
        if is_upright(page):
            assert run.baseline == pytest.approx(BOTTOM + 7 + 14 / MM / 4, abs=0.7)


def test_annexes_lie_on_their_side_with_their_heads_on_every_page(document, pdf):
    turned = [{run.text for run in runs_of(page)} for page in pdf.pages if not is_upright(page)]
    labels = [annex_label(document, index) for index in range(len(document.annexes))]
    begun = []

    for texts in turned:
        begun += [label for label in labels if label in texts]  # an annex begins its own page
        annex = document.annexes[labels.index(begun[-1])]
        names = {head.rpartition("\n")[2] for head in annex.heads}
        assert {name for name in names if len(name) < 3} <= texts  # longer ones may stand on two lines
    assert begun == labels


def test_the_foot_of_the_document_closes_the_type_area_of_its_last_page(document, pdf):
    rows = [text for row in foot_rows(document) for text in row if text]
    last = [run for run in runs_of(pdf.pages[-1]) if not is_number(run)]

    if rows:
        assert is_upright(pdf.pages[-1])
        assert rows[-1] in last[-1].text
        assert BOTTOM - 8 < last[-1].baseline < BOTTOM
    for page in pdf.pages[:-1]:
        assert not {run.text for run in runs_of(page)} & set(rows)


def test_headings_are_bookmarks_and_the_file_says_what_it_is(document, pdf):
    outline = str(pdf.outline)
    for block in document.blocks:
        if type(block).__name__ == "Heading":
            assert block.text in outline
    metadata = pdf.trailer["/Root"]["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata or "<pdfaid:part>3" in metadata
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == document.language
    assert pdf.metadata.title == document.title
    assert pdf.metadata.author == document.issuer


def test_what_the_figures_are_stands_under_the_title(document, pdf):
    """Status, cut-off and basis (R75)."""
    runs = runs_of(pdf.pages[0])
    title = next(run for run in runs if run.text == title_lines(document.title)[-1])
    told = "".join(run.text for run in runs if title.baseline < run.baseline < title.baseline + 12)

    assert document.standing.startswith("（")
    assert document.standing == told


def test_the_numbers_of_a_chart_are_text(document, pdf):
    printed = "".join("".join(run.text for run in runs_of(page)) for page in pdf.pages)
    for chart in document.blocks:
        if isinstance(chart, Chart):
            assert chart.title in printed
            if chart.kind != "line":
                assert all(value in printed for value in chart.series[0].values)


def test_the_heads_say_who_made_it_and_when():
    newsletter, letter = DOCUMENTS["newsletter"], DOCUMENTS["letter"]
    first = {run.text: run for run in runs_of(read(to_pdf(newsletter)).pages[0])}

    name, number = first[newsletter.mark], first[newsletter.number]
    body, day = first[newsletter.issuer], first[newsletter.date_text]
    assert name.left - LEFT == pytest.approx(RIGHT - name.right, abs=2.5)
    assert name.baseline < number.baseline < body.baseline
    assert (body.left, day.right) == (pytest.approx(LEFT, abs=0.2), pytest.approx(RIGHT, abs=0.3))
    assert body.baseline == day.baseline
    first = {run.text: run for run in runs_of(read(to_pdf(letter)).pages[0])}
    assert first[letter.number].right == pytest.approx(RIGHT, abs=0.3)
    assert first[letter.mark].baseline < 45


@pytest.mark.parametrize("name", ["newsletter", "letter"])
def test_the_page_on_the_screen_has_the_same_head(name):
    document = DOCUMENTS[name]
    page = to_fragment(document)

    assert f"zs-doc-head-{name}" in page
    assert page.index(document.mark) < page.index(document.number) < page.index("zs-doc-title")
    assert page.count(document.date_text) == 1


def test_every_table_of_a_document_has_columns_inside_its_line():
    wide = Table("表", tuple(f"指标{n}" for n in range(14)), (("12,345.6",) * 14,) * 3, (True,) * 14)
    pages = read(to_pdf(replace(DOCUMENTS["plain"], blocks=(wide,), annexes=(unit_table(),)))).pages

    assert all(run.right < 260.1 for page in pages for run in runs_of(page) if not is_number(run))
