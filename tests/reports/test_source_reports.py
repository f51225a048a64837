"""The reports of the source documents, from demo data: every figure of a source stands where its list says."""

import re
import tomllib
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from django.core.management import call_command
from django.test import override_settings
from pypdf import PdfReader

from reports.composing import UNWRITTEN, compose_report
from reports.documents import DOCUMENTS
from reports.documents.content import Heading, from_json, to_json
from reports.models import Report
from reports.proofreading import claims_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
SOURCES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in Path(__file__).parent.glob("sources/*.toml")}
NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\.|（\d+）)")
PAGE_NUMBER = re.compile(r"—\d+—")


@pytest.fixture(scope="module")
def rendered(django_db_setup, django_db_blocker):
    """Load the demo with its further places; return {name: (composed, {kind of file: bytes})}."""
    with django_db_blocker.unblock():
        with override_settings(DEBUG=True):
            call_command("demo", today=TODAY, verbosity=0)
        found = {}
        for name, source in SOURCES.items():
            composed = compose_report(Report.objects.get(title=source["title"]), dated=TODAY, draft=False)
            document = from_json(to_json(composed.document))
            found[name] = (composed, {kind: render(document) for kind, (render, _type) in DOCUMENTS.items()})
        yield found
        call_command("flush", interactive=False, verbosity=0)


def sections_of(document):
    """Return {heading without its number: text below it}, each with what its own headings hold; "" is all of it."""
    texts, open_ones = {"": ""}, []
    for block in document.blocks:
        if isinstance(block, Heading):
            open_ones = [row for row in open_ones if row[0] < block.level]
            open_ones.append((block.level, NUMBER.sub("", block.text)))
        for name in ("", *(heading for _level, heading in open_ones)):
            texts[name] = texts.get(name, "") + getattr(block, "text", "")
    return texts


def tables_of(document):
    """Return {title of a table: its cells}."""
    return {table.title: [cell.strip("　") for row in table.rows for cell in row] for table in document.annexes}


def squeezed(text):
    """Leave out blanks, and page numbers that stand between two pages of a text."""
    return PAGE_NUMBER.sub("", re.sub(r"\s", "", text))


def text_of_html(data):
    body = re.sub(r"<(style|script).*?</\1>", "", data.decode("utf-8"), flags=re.DOTALL)
    return squeezed(unescape(re.sub(r"<[^>]+>", "", body)))


def text_of_pdf(data):
    return squeezed("".join(squeezed(page.extract_text()) for page in PdfReader(BytesIO(data)).pages))


def text_of_docx(data):
    parts = docx.Document(BytesIO(data)).element.body.iter("{%s}t" % docx.oxml.ns.nsmap["w"])
    return squeezed("".join(part.text or "" for part in parts))


def text_of_xlsx(data):
    book = openpyxl.load_workbook(BytesIO(data))
    cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return squeezed("|".join(map(str, cells)))


@pytest.mark.parametrize("name", SOURCES)
def test_source_report_holds_every_figure_at_its_place(rendered, name):
    composed, _files = rendered[name]
    texts, tables = sections_of(composed.document), tables_of(composed.document)

    missing = [
        figure
        for figure in SOURCES[name]["figure"]
        if figure["ours"] not in tables.get(figure["where"], texts.get(figure["where"], ""))
    ]
    assert missing == []


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
@pytest.mark.parametrize("name", SOURCES)
def test_source_report_says_the_same_in_every_file(rendered, name, kind):
    _composed, files = rendered[name]
    text = {"html": text_of_html, "pdf": text_of_pdf, "docx": text_of_docx}[kind](files[kind])

    assert [row["ours"] for row in SOURCES[name]["figure"] if squeezed(row["ours"]) not in text] == []


@pytest.mark.parametrize("name", SOURCES)
def test_source_report_has_its_tables_as_sheets(rendered, name):
    composed, files = rendered[name]
    text = text_of_xlsx(files["xlsx"])

    tables = tables_of(composed.document)
    numbers = [row["ours"] for row in SOURCES[name]["figure"] if row["where"] in tables]
    assert [title for title in tables if squeezed(title) not in text] == []
    assert [number for number in numbers if re.match(r"[\d.]+", number)[0] not in text] == []


@pytest.mark.parametrize("name", SOURCES)
def test_source_report_has_no_blank(rendered, name):
    composed, files = rendered[name]
    text = text_of_pdf(files["pdf"])

    assert composed.missing == ()
    assert [mark for mark in (UNWRITTEN, "None", "〔缺", "{", "}", "XX", "＊") if mark in text] == []


@pytest.mark.parametrize("name", SOURCES)
def test_source_report_is_proofread(rendered, name):
    composed, _files = rendered[name]
    text = "\n".join(block.text for block in composed.document.blocks if hasattr(block, "text"))

    claims = claims_of(text)
    assert claims
    assert [claim for claim in claims if not claim.is_right] == []


@pytest.mark.parametrize("name", SOURCES)
def test_source_report_lists_figures_with_what_they_are(name):
    figures = SOURCES[name]["figure"]

    assert {tuple(sorted(figure)) for figure in figures} == {("held", "ours", "source", "what", "where")}
    assert {figure["held"] for figure in figures} <= {"ledger", "typed"}
    assert sum(figure["held"] == "typed" for figure in figures) * 2 < len(figures)
