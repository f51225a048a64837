"""Hostile workbooks: each is read with every planted row, or refused with a reason; nothing crashes."""

import re

import pytest

from projects.imports.reading import Unreadable, read
from tests.projects.imports.hostile import hostile_workbooks

FILES = hostile_workbooks()


def missing(book, planted):
    """Return the planted rows that are neither found nor said to be faulty; a row may hold more than was planted."""
    rows = [row for sheet in book.sheets for row in sheet.rows]
    whole = {row.values[: len(planted[0])] for row in rows} if planted else set()
    faulty = [row for row in rows if row.faults]
    return [
        wanted
        for wanted in planted
        if wanted not in whole
        and not any(
            all(row.value(column) == value or column in row.faults for column, value in enumerate(wanted))
            for row in faulty
        )
    ]


def test_there_are_two_hundred_and_they_differ():
    assert len(FILES) >= 200
    assert len({(file.name, file.data) for file in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_hostile_workbook_is_read_whole_or_refused(file):
    refusal = ""
    try:
        book = read(file.data, file.name)
    except Unreadable as error:
        book, refusal = None, "；".join(error.messages)
    if book is None:
        assert re.search("请|只能", refusal), refusal
    else:
        assert missing(book, file.rows) == []


def test_what_is_missing_is_noticed():
    file = next(file for file in FILES if file.title == "stored, not packed")
    book = read(file.data, file.name)
    assert missing(book, file.rows) == []
    assert missing(book, (*file.rows, ("项目99", 1, 2))) == [("项目99", 1, 2)]
