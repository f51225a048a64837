"""How tests fill in forms of records: values as a browser sends them, and every field with nonsense in turn."""

import base64
import io
import itertools

from openpyxl import load_workbook

from tests.projects.factories import NONSENSE

COUNTER = itertools.count()
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)  # one dot


def send(client, url, **values):
    """Send a form with a fresh nonce."""
    return client.post(url, {"nonce": f"n{next(COUNTER)}", **values})


def nonsense_in_every_field(client, url, values, fields=()):
    """Send a form with nonsense in one field at a time; return (field, text, status) of every failure."""
    wrong = []
    for field in fields or values:
        for text in (*NONSENSE, ""):
            response = send(client, url, **{**values, field: text})
            if response.status_code not in {200, 302}:
                wrong.append((field, text[:20], response.status_code))
    return wrong


def list_rows(response):
    """Return headings and rows of the workbook of a list, without its title, filter and day."""
    title, told, as_of, *rows = rows_of(response)
    assert title[0]
    assert str(told[0]).startswith("筛选：")
    assert str(as_of[0]).startswith("截至：")
    return rows


def rows_of(response):
    """Return the cells of a workbook, row by row."""
    sheet = load_workbook(io.BytesIO(response.content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]
