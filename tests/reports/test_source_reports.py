"""The reports of the source documents, from demo data: every figure they contain, where it stands in ours."""

import io
import re
import tomllib
from datetime import date
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from docx import Document as WordDocument
from pypdf import PdfReader

from campaigns.standings import standings
from reports.composing import compose_report
from reports.demo import loading, people, tables
from reports.documents import DOCUMENTS
from reports.documents.content import Heading, Table
from reports.models import Report
from reports.proofreading import Verdict, claims_of
from reports.proofreading.slips import notes_of
from tests.demo_runs import load, sizes
from units.models import Role, User

SOURCES = sorted(Path(__file__).with_name("sources").glob("*.toml"))
NUMBER = re.compile(r"^[一二三四五六七八九十]+、|^（[一二三四五六七八九十]+）|^\d+\.|^（\d+）")
PAGE_NUMBER = re.compile(r"—\d+—")
GAPS = ("None", "nan", "〔缺", "待编报单位填写", "XX", "＿", "{", "}")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def places(demo, django_db_setup, django_db_blocker):
    """Load the further places on top of the demo's district; return what that one's standings were before."""
    with django_db_blocker.unblock():
        before = figures_of(loading.FOLDERS)
        load(district=False)
        yield before


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem)
def source(request):
    """Read the list of a source's figures."""
    return tomllib.loads(request.param.read_text(encoding="utf-8"))


@pytest.fixture
def composed(places, source):
    """Compose the draft that answers a source, as it would be issued."""
    return compose_report(Report.objects.get(title=source["title"]), draft=False)


def figures_of(folders):
    """Return what each campaign of some folders shows at its end."""
    campaigns = [loading.campaign_of(folder) for folder in folders]
    return [
        {unit_line: line.done for unit_line, line in standings(campaign, campaign.ends_on).lines.items()}
        for campaign in campaigns
    ]


def flat(text):
    """Return a text without blanks and page numbers: renderers break lines and pages where they must."""
    return PAGE_NUMBER.sub("", re.sub(r"\s+", "", text))


def texts_of(document):
    """Return what stands under each heading, and in each annex, by its name without number."""
    found, name = {"": ""}, ""
    for block in document.blocks:
        if isinstance(block, Heading):
            name = NUMBER.sub("", block.text)
            found.setdefault(name, "")
        else:
            found[name] += told(block)
    return found | {annex.title: told(annex) for annex in document.annexes}


def told(block):
    """Return the text of a block; the cells of a table, each on its own line."""
    if isinstance(block, Table):
        return "\n".join(cell for row in (block.heads, *block.rows) for cell in row)
    return block.text


def test_each_figure_of_a_source_stands_at_its_place(composed, source):
    texts = texts_of(composed.document)

    assert [row for row in source["figure"] if row["ours"] not in texts.get(row["where"], "")] == []


def test_no_source_lists_a_figure_twice(source):
    listed = [(row["source"], row["is"], row["where"]) for row in source["figure"]]
    assert len(set(listed)) == len(listed)


def test_nothing_is_missing_or_blank(composed):
    texts = texts_of(composed.document)

    assert composed.missing == ()
    assert [gap for gap in GAPS if any(gap in text for text in texts.values())] == []
    assert all(told(block).strip() for block in composed.document.blocks)
    assert all(cell.strip() for annex in composed.document.annexes for row in annex.rows for cell in row[1:])


def test_every_rendering_holds_every_figure(composed, source):
    document = composed.document
    pdf = PdfReader(io.BytesIO(DOCUMENTS["pdf"][0](document)))
    word = WordDocument(io.BytesIO(DOCUMENTS["docx"][0](document)))
    texts = {
        "pdf": "".join(page.extract_text() for page in pdf.pages),
        "docx": "".join(paragraph.text for paragraph in word.paragraphs),
        "html": re.sub(r"<[^>]+>", "", DOCUMENTS["html"][0](document).decode()),
    }
    texts["docx"] += "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)

    for kind, text in texts.items():
        lacking = [row["ours"] for row in source["figure"] if flat(row["ours"]) not in flat(text)]
        assert (kind, lacking) == (kind, [])


def test_sheets_hold_the_same_numbers_as_the_annexes(composed):
    book = openpyxl.load_workbook(io.BytesIO(DOCUMENTS["xlsx"][0](composed.document)))
    sheets = [{str(cell) for row in sheet.iter_rows(values_only=True) for cell in row} for sheet in book]

    for annex in composed.document.annexes:
        names = {cell for row in annex.rows for cell, numeric in zip(row, annex.numeric, strict=True) if not numeric}
        assert any(names - {""} <= held for held in sheets), annex.title


def test_proofreading_finds_nothing_wrong(composed):
    text = "\n".join(told(block) for block in composed.document.blocks)

    wrong = {Verdict.WRONG, Verdict.ROUNDING}  # a pace without its clock beside it cannot be read, which is no fault
    assert [claim.text for claim in claims_of(text) if claim.verdict in wrong] == []
    assert notes_of(text, today=date(2026, 10, 9)) == []


def test_every_link_of_a_report_opens(client, composed, source):
    report = Report.objects.get(title=source["title"])
    client.force_login(User.objects.get(members__role=Role.EDITOR, members__unit=report.campaign.organiser))
    links = {span.href for block in composed.document.blocks for span in getattr(block, "spans", ()) if span.href}

    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_places_leave_the_district_as_it_was(places, demo):
    assert figures_of(loading.FOLDERS) == places
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert "0 处差异" in out.getvalue()


def test_places_are_loaded_once(places):
    before = sizes()

    assert "没有重复载入" in load(district=False)
    assert sizes() == before
    assert loading.is_complete(loading.PLACES)


def test_only_the_editors_of_places_can_sign_in(places):
    rows = [row for place in loading.PLACES for row in tables.rows(f"{loading.home_of(place)}accounts")]
    users = User.objects.in_bulk([row["username"] for row in rows], field_name="username")

    known = {name for name, user in users.items() if user.check_password(people.PASSWORD)}
    assert known == {row["username"] for row in rows if row["role"] == Role.EDITOR}
    assert all(name in load(accounts=True) for name in known)
