"""Reads an uploaded workbook in a process of its own: whatever the file does there, here it is read or refused."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePath
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.imports import sheets
from projects.imports.formats import EXTENSIONS

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 40  # by the clock; the child bounds its processor time itself
ANSWER_BYTES = 200 * sheets.MB
_NOTHING = MappingProxyType({})

Value = str | Decimal | date | datetime | bool | None


class Unreadable(ValidationError):
    """A file that cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value or, where it has none, why; filled_from is the first cell of a vertical merge."""

    value: Value
    address: str
    fault: str = ""
    filled_from: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number in the sheet; values from column A on."""

    number: int
    values: tuple[Value, ...]
    faults: Mapping[int, str] = field(default_factory=lambda: _NOTHING)
    filled: Mapping[int, str] = field(default_factory=lambda: _NOTHING)

    def value(self, column: int) -> Value:
        """Return the value in a column counted from 0; None beyond the last."""
        return self.values[column] if column < len(self.values) else None

    def cell(self, column: int) -> Cell:
        """Return the cell in a column counted from 0, with its address."""
        return Cell(
            self.value(column),
            sheets.address(self.number, column),
            self.faults.get(column, ""),
            self.filled.get(column, ""),
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What the user should know about a place of the workbook; the address is empty for a whole sheet."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows with content in order, merged ranges as (top, left, bottom, right), and notices.

    Rows count from 1, columns from 0. date1904: what a number without a date format would mean as a day.
    """

    name: str
    hidden: bool
    rows: tuple[Row, ...]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    notices: tuple[Notice, ...] = ()
    date1904: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was read."""

    name: str
    sheets: tuple[Sheet, ...]


def read(source: str | os.PathLike | bytes, name: str) -> Book:
    """Read a workbook, given as a path or as bytes, under its file name; raises Unreadable."""
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if extension not in EXTENSIONS:
        raise Unreadable(_("只能读取 .xlsx、.xls 和 .csv 文件，请另存为其中一种再上传"))
    size = len(source) if isinstance(source, bytes) else os.path.getsize(source)
    if size > sheets.FILE_BYTES:
        raise Unreadable(_("文件超过 %d MB，请只保留需要的内容或分成几个文件上传") % (sheets.FILE_BYTES // sheets.MB))
    title = PurePath(name).stem[:100].replace("\0", "") or "CSV"
    if isinstance(source, bytes):
        with tempfile.TemporaryFile() as file:
            file.write(source)
            file.seek(0)
            answer = _ask(file, extension, title)
    else:
        with open(source, "rb") as file:
            answer = _ask(file, extension, title)
    return _book(answer, name)


# --- the child ----------------------------------------------------------------------------------


def command(extension: str, title: str) -> list[str]:
    """Return the command of the child: Python without the user's settings."""
    return [sys.executable, "-X", "utf8", "-Esm", "projects.imports.child", extension, title]


def _ask(file, extension, title):
    """Run the child on a file and return its answer, at most so long and so late."""
    environment = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "TZ") if key in os.environ}
    process = subprocess.Popen(  # noqa: S603 - our own program, the name is an argument and no shell reads it
        command(extension, title),
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
    )
    deadline = time.monotonic() + SECONDS
    answer = bytearray()
    with process.stdout as pipe, selectors.DefaultSelector() as selector:
        try:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0, deadline - time.monotonic())):
                    raise Unreadable(_("读取时间过长，已停止：请只保留需要的行和列，另存为 .xlsx 再上传"))
                chunk = os.read(pipe.fileno(), 1 << 20)
                if not chunk:
                    break
                answer += chunk
                if len(answer) > ANSWER_BYTES:
                    raise Unreadable(_("文件内容过多，请分成几个文件上传"))
            process.wait(timeout=max(1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise _failed() from None
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise _failed()
    return bytes(answer)


def _failed():
    return Unreadable(_("文件无法读取：已损坏、过大或过于复杂，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"))


def _book(answer, name):
    try:
        found = json.loads(answer, parse_float=Decimal, parse_int=Decimal)
        if "refused" in found:
            raise Unreadable(str(found["refused"]))
        return Book(name, tuple(_sheet(**sheet) for sheet in found["sheets"]))
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise _failed() from error


def _sheet(*, name, hidden, date1904, notices, faults, filled, merges, rows):
    why, tops = {}, {}
    for row, column, message in faults:
        why.setdefault(int(row), {})[int(column)] = message
    for row, column, top in filled:
        tops.setdefault(int(row), {})[int(column)] = sheets.address(int(top), int(column))
    found = []
    for number, *values in rows:
        number = int(number)
        marked = [_marked(v) if v.__class__ is str and v[:1] == "\0" else v for v in values]
        found.append(Row(number, tuple(marked), why.get(number, _NOTHING), tops.get(number, _NOTHING)))
    return Sheet(
        str(name),
        bool(hidden),
        tuple(found),
        tuple(tuple(map(int, merge)) for merge in merges),
        tuple(Notice(str(address), str(message)) for address, message in notices),
        bool(date1904),
    )


def _marked(text):
    """Read a day, or a day with a time, which the child marks with NUL."""
    return datetime.fromisoformat(text[1:]) if "T" in text else date.fromisoformat(text[1:])
