"""The ledger of an office, with more than forty kinds of mess: every one is found where it stands."""

import pytest

from projects.imports import columns
from projects.imports.layout import find_table, notices_of
from projects.imports.reading import read
from projects.imports.values import Refused, read_cell
from tests.projects.imports import messy


@pytest.fixture(scope="module")
def ledger():
    return messy.build()


@pytest.fixture(scope="module")
def sheets(ledger):
    return read(ledger.data, messy.NAME).sheets


@pytest.fixture(scope="module")
def table(sheets):
    return find_table(sheets[0], columns.PROJECT)


@pytest.fixture(scope="module")
def found(table):
    """Return {(row, field): reading or why it is refused} of the whole table."""
    fields = {column.name: column for column in columns.PROJECT}
    results = {}
    for row in table.rows:
        for match in table.columns:
            if not match.field:
                continue
            try:
                results[row.number, match.field] = read_cell(
                    row.cell(match.column), fields[match.field], measure=match.measure or table.measure
                )
            except Refused as refused:
                results[row.number, match.field] = "；".join(refused.messages)
    return results


def test_there_are_forty_kinds_of_mess():
    assert len({mess.title for mess in messy.MESSES}) == len(messy.MESSES) >= 40


def test_columns_are_recognised_under_two_rows_of_headings(table):
    assert tuple(match.field for match in table.columns) == messy.FIELDS[:16]
    assert table.heading_rows == (3, 4)
    assert [match.measure for match in table.columns[5:8]] == ["亿元", "万元", ""]
    assert table.measure == "万元"


@pytest.mark.parametrize("mess", messy.MESSES, ids=lambda mess: mess.title)
def test_each_mess_is_found_in_its_cell(ledger, found, mess):
    (place,) = [place for place, other in ledger.cells.items() if other is mess]
    result = found[place]
    if mess.refused:
        assert isinstance(result, str)
        assert mess.refused in result
        return
    value = (result.value, result.currency) if isinstance(mess.value, tuple) else result.value
    assert value == mess.value
    assert mess.notice in result.notice
    assert bool(mess.notice) == bool(result.notice)


def test_nothing_else_is_refused_or_remarked(ledger, found):
    loud = {place for place, result in found.items() if isinstance(result, str) or result.notice}
    expected = {place for place, mess in ledger.cells.items() if mess.refused or mess.notice}
    assert loud == expected | {ledger.merged_amount}


def test_rows_are_all_there_and_those_left_out_are_said(ledger, table):
    assert tuple(row.number for row in table.rows) == ledger.rows
    said = {notice.address: notice.message for notice in table.notices}
    for row, words in ledger.skipped.items():
        assert words in said[f"{row}:{row}"]
    assert any("是空行" in message for message in said.values())


def test_merged_and_hidden_cells_are_said(ledger, table, sheets, found):
    notices = {notice.address: notice.message for notice in notices_of(sheets[0], table)}
    for address, words in ledger.said:
        assert words in notices[address]
    row, field = ledger.merged_text
    assert found[row, field] == found[row - 1, field]
    assert "是合并单元格，数不能在各行重复计入" in found[ledger.merged_amount]
    assert sheets[1].hidden


def test_merged_headings_are_no_news(ledger, table, sheets):
    merged = [notice.address for notice in notices_of(sheets[0], table) if "是合并单元格" in notice.message]
    first, second = ledger.rows[-2:]
    assert merged == [f"C{first}:C{second}", f"F{first}:F{second}"]
