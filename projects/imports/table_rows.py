"""From the cells of a table to the values of its rows, by key; what cannot be read is said by cell address."""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.numbers import plain
from projects.imports import columns, values
from projects.imports.columns import COMPANY_LIST, INSTALMENT, PROBLEM, PROJECT, TRIP, VISIT, Column
from projects.imports.reading import Row
from projects.imports.sheets import address
from projects.models import Currency, ImportBatch
from units.sheets import FORMULA_STARTS

MORE = {"on": "发生日期"}  # as the list of milestones calls them
CODE = Column(
    "project_code",
    "编号",
    also="项目编号 系统编号 台账编号",
    note="系统给的编号（P000123），新项目留空；导出的表里有",
    letter="P",
)
COMPANY_CODE = Column(
    "company_code",
    "编号",
    also="企业编号 系统编号",
    note="系统给的编号（C000123），新企业留空；导出的表里有",
    letter="C",
)
OF_PROJECT = Column(
    "project_code",
    "项目编号",
    also="系统编号 台账编号",
    note="系统给的编号（P000123），可代替项目名称",
    letter="P",
)
KIND = Column("kind", "节点", note="如“正式合同”“开工”；不填作“资金到位”")


def number(letter):
    """Return the column of a record's own number."""
    note = f"系统给的编号（{letter}000123），新的留空；导出的表里有"
    return Column("number", "编号", note=note, letter=letter)


INSTALMENT_COLUMNS = tuple(
    replace(column, also=f"{column.also} {more}") if (more := MORE.get(column.name)) else column
    for column in INSTALMENT
)
COLUMNS = {
    ImportBatch.Kind.PROJECT: (CODE, *PROJECT),
    ImportBatch.Kind.VISIT: (number("V"), *VISIT),
    ImportBatch.Kind.TRIP: (number("T"), *TRIP),
    ImportBatch.Kind.INSTALMENT: (number("M"), OF_PROJECT, KIND, *INSTALMENT_COLUMNS),
    ImportBatch.Kind.PROBLEM: (number("W"), OF_PROJECT, *PROBLEM),
    ImportBatch.Kind.COMPANY: (COMPANY_CODE, *COMPANY_LIST),
}
OWN_CURRENCY = {"contract_amount", "amount", "arrived"}  # kept in the currency it was agreed in
YUAN_ONLY = "“%(what)s”须折合人民币填写；协议投资可以写外币"
OWN_TENS = re.compile(r"[(（]万[)）]")  # an amount in 万 of the currency that stands beside it
OURS = "our own %"
LARGEST_CODE = 2**31
EXAMPLE = "【示例】"  # how the example row of a template begins


@dataclass(slots=True)
class TableRow:
    """A row as it was read: the values of its cells by key, and what was wrong or is worth knowing."""

    row: Row
    values: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)  # [cell address, why]
    notes: list = field(default_factory=list)

    @property
    def number(self):
        """Its number in the sheet."""
        return self.row.number

    def cells(self, mapping):
        """Return {key: text} of its cells, as they go into the workbook of refused rows."""
        texts = {key: text_of(self.row.value(place)) for place, key in mapping.items()}
        return {key: text for key, text in texts.items() if text}


def by_name(kind):
    """Return {key: column} of a kind of import."""
    return {column.name: column for column in COLUMNS[kind]}


def read_rows(table, mapping, kind):
    """Yield the rows of a table; mapping is {column of the sheet: key}."""
    known = by_name(kind)
    measures = {match.column: match.measure for match in table.columns}
    headings = {match.column: match.heading for match in table.columns}
    plan = []
    for place, key in sorted(mapping.items()):
        column = known[key]
        measure = measures.get(place, "")
        if not measure and column.kind == columns.MONEY:
            measure = "万元" if OWN_TENS.search(headings.get(place, "")) else table.measure
        if column.kind == columns.PERCENT and headings.get(place) == column.heading:
            measure = OURS  # a sheet of our own writes 0.5 for 0.5 %; elsewhere it may be 50 %
        plan.append((place, key, column, measure))
    seen = {}
    for row in table.rows:
        if not is_example(row):
            yield read_row(row, plan, seen)


def is_example(row):
    """Say whether a row is the example of a template."""
    first = next((value for value in row.values if value is not None), None)
    return isinstance(first, str) and first.startswith(EXAMPLE)


def read_row(row, plan, seen):
    """Read one row: plan lists (column of the sheet, key, column, measure); seen keeps what was read before."""
    found = TableRow(row)
    held, faults, filled, values_found = row.values, row.faults, row.filled, found.values
    width = len(held)
    for place, key, column, measure in plan:
        value = held[place] if place < width else None
        if value is None and place not in faults:
            continue
        if measure == OURS:
            value = as_percent(value)
        try:
            if place in faults or place in filled:
                said = take(key, column, values.read_cell(row.cell(place), column, measure=measure))
            elif (said := seen.get((place, value))) is None:
                said = seen[place, value] = take(key, column, values.read_value(value, column, measure=measure))
        except ValidationError as error:
            found.reasons.append([address(row.number, place), "；".join(str(line) for line in error.messages)])
            continue
        if said[0] is not None:
            values_found[key] = said[0]
        if said[1]:
            found.notes.append([address(row.number, place), said[1]])
    return found


def as_percent(value):
    """Return a bare number under a heading with % with its sign."""
    if isinstance(value, Decimal):
        return f"{plain(value)}%" if abs(value) < 10**6 else value
    return f"{value}%" if isinstance(value, str) and re.fullmatch(r"[0-9.]+", value) else value


def take(key, column, said):
    """Return (value under its key, what the user should know) of a reading."""
    value = None if said.value is None else meant(key, column, said.value, said.currency)
    return value, str(said.notice)


def meant(key, column, value, currency):
    """Return what a value means under its key: an amount with its currency, a number of a record, a list of tags."""
    if column.kind == columns.MONEY:
        if key in OWN_CURRENCY:
            return value, currency or Currency.CNY.value
        if currency not in (None, Currency.CNY.value):
            raise values.Refused(_(YUAN_ONLY) % {"what": column.heading})
        return value
    if column.letter:
        return read_code(column.letter, value)
    if key == "tags":
        return [name for name in re.split(r"[、,，;；\s]+", value) if name]
    if key == "jobs":
        if value != value.to_integral_value() or not 0 <= value < LARGEST_CODE:
            raise values.Refused(_("人数须为整数"))
        return int(value)
    if isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA_STARTS):
        return value[1:]  # as our own lists write what a spreadsheet would take for a formula
    return value


def read_code(letter, text):
    """Return the key of a record that a number such as P000123 stands for; None for a number that is not ours.

    Many ledgers count their rows in a column of the same name: without its letter a number says nothing.
    """
    match = re.fullmatch(rf"{letter}0*([0-9]{{1,10}})", str(text).strip())
    return int(match[1]) if match and 0 < int(match[1]) < LARGEST_CODE else None


def text_of(value):
    """Return a cell as the text that goes into the workbook of refused rows."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value) if abs(value) < 10**30 else str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)


# --- values kept as JSON --------------------------------------------------------------------------


def tagged(value):
    """Return a number, day or amount of a currency as JSON."""
    if isinstance(value, Decimal):
        return {"n": plain(value)}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, tuple):
        return {"m": [plain(value[0]), value[1]]}
    raise TypeError(type(value))


def untagged(found):
    """Return a value from its JSON."""
    if "n" in found:
        return Decimal(found["n"])
    if "d" in found:
        return date.fromisoformat(found["d"])
    if "m" in found:
        return Decimal(found["m"][0]), found["m"][1]
    return found


def pack(row_values):
    """Return values as JSON text."""
    kept = {
        key: tagged(value) if value.__class__ in (Decimal, date, tuple) else value
        for key, value in row_values.items()
        if not key.startswith("_")
    }
    return json.dumps(kept, ensure_ascii=False)


def unpack(text):
    """Return the values that pack() made a text of."""
    return json.loads(text, object_hook=untagged)
