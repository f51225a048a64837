"""Reading a workbook of 10,000 rows and 20 columns in its child process, against openpyxl in this one."""

import io
from datetime import date, timedelta
from functools import partial
from statistics import median
from time import perf_counter

from openpyxl import Workbook, load_workbook

from projects.imports.reading import read

ROWS, COLUMNS = 10_000, 20


def workbook() -> bytes:
    """Return a sheet of names, amounts, days and words."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append([f"列{column}" for column in range(COLUMNS)])
    for number in range(ROWS):
        head = [
            f"项目{number}",
            f"公司{number % 500}",
            number / 100,
            number,
            date(2026, 1, 1) + timedelta(number % 300),
        ]
        more = [f"说法{number * n % 77}" if n % 3 else number * n / 10 for n in range(COLUMNS - len(head))]
        sheet.append([*head, *more])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def by_openpyxl(data: bytes) -> int:
    """Read every cell as openpyxl does at its fastest; return the number of rows."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    book.active.reset_dimensions()
    return sum(1 for _row in book.active.iter_rows(values_only=True))


def by_us(data: bytes) -> int:
    """Read every cell with what is to be said of it; return the number of rows."""
    (sheet,) = read(data, "台账.xlsx").sheets
    return len(sheet.rows)


def compare(rounds: int) -> tuple[float, float]:
    """Return the median seconds of our reader and of openpyxl, by turns; both must find every row."""
    data, taken = workbook(), ([], [])
    for _round in range(rounds):
        for times, way in zip(taken, (partial(by_us, data), partial(by_openpyxl, data)), strict=True):
            started = perf_counter()
            found = way()
            times.append(perf_counter() - started)
            if found != ROWS + 1:
                raise RuntimeError(f"{found} rows were read instead of {ROWS + 1}")
    return median(taken[0]), median(taken[1])
