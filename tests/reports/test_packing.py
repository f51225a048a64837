"""Files of a document: the same bytes on any day, and an office file that still opens."""

import io

import openpyxl
import pytest
import time_machine
from docx import Document as WordDocument

from reports.documents import DOCUMENTS
from tests.reports.document_samples import campaign_summary


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_file_is_the_same_on_another_day(kind):
    render, _type = DOCUMENTS[kind]
    document = campaign_summary()
    with time_machine.travel("2026-11-02T08:00:00+08:00"):
        first = render(document)
    with time_machine.travel("2027-03-05T17:30:00+08:00"):
        assert render(document) == first


def test_office_files_open_and_name_no_moment():
    document = campaign_summary()
    word = WordDocument(io.BytesIO(DOCUMENTS["docx"][0](document)))
    book = openpyxl.load_workbook(io.BytesIO(DOCUMENTS["xlsx"][0](document)))

    assert (word.core_properties.title, word.core_properties.created, word.core_properties.modified) == (
        document.title, None, None,
    )  # fmt: skip
    assert len(book.sheetnames) >= len(document.annexes)
