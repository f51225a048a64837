"""From rows to a table of figures, with the reason beside every row that cannot be taken."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.models import CampaignIndicator, CampaignUnit, Indicator
from campaigns.numbers import Measure, measure_of, read_number
from campaigns.tables_in.reading import AMOUNTS, LABELS, Row
from units.models import Unit

EMPTY = re.compile(r"(—+|–+|-+|/+)?")
NOT_A_NAME = {"合计", "总计", "小计", "全市", "全区", "全县"}  # say that a row adds up, not whose it is
TOTAL = {"1": True, "是": True, "": False, "0": False, "否": False}
LENGTHS = {
    "unit": Unit._meta.get_field("name").max_length,
    "group": CampaignUnit._meta.get_field("group").max_length,
    "indicator": Indicator._meta.get_field("name").max_length,
    "measure": CampaignIndicator._meta.get_field("measure").max_length,
}


@dataclass(frozen=True)
class Figure:
    """What one row says: target and done in the base measure, None where the cell is empty."""

    row: int
    unit: str
    group: str
    indicator: str
    measure: Measure
    target: Decimal | None
    done: Decimal | None
    cells: Mapping[str, str] = dataclasses.field(default_factory=dict)  # field → where it stands in the sheet

    @property
    def key(self):
        """What the indicator is known by."""
        return self.indicator, self.measure.dimension


@dataclass(frozen=True)
class Table:
    """A published table: rows of units in their order, one total per indicator, and the other totals."""

    figures: tuple[Figure, ...]
    totals: tuple[Figure, ...]
    subtotals: tuple[Figure, ...]
    organiser: str  # the name that the total rows give, empty where it is none

    @property
    def groups(self):
        """{unit: group} in the order of the table; empty where the table does not say."""
        groups = {}
        for figure in self.figures:
            groups[figure.unit] = groups.get(figure.unit) or figure.group
        return groups

    @property
    def measures(self):
        """{(name, dimension): measure of its first row} in the order of the table."""
        measures = {}
        for figure in sorted((*self.figures, *self.totals, *self.subtotals), key=lambda figure: figure.row):
            measures.setdefault(figure.key, figure.measure)
        return measures


class Problems:
    """What is wrong, by row."""

    def __init__(self):
        self.by_row = defaultdict(list)
        self.cells = []

    def add(self, row: int, reason: str, cell: str = "") -> None:
        """Note what is wrong with a row, and in which cell, where it is one cell's."""
        self.by_row[row].append(reason)
        self.cells.append((row, cell, reason))

    def __bool__(self):
        return bool(self.by_row)

    def sentences(self):
        """Return one sentence a row, from the top down."""
        return [
            _("第 %(row)d 行：%(reasons)s") % {"row": row, "reasons": "；".join(reasons)}
            for row, reasons in sorted(self.by_row.items())
        ]

    def told(self):
        """Return (cell, or row, reason) of everything that is wrong, from the top down."""
        return [
            (cell or _("第 %(row)d 行") % {"row": row}, reason)
            for row, cell, reason in sorted(self.cells, key=lambda each: each[0])
        ]


def check(rows: list[Row], problems: Problems) -> Table:
    """Read every row and note what is wrong with it; rows that are wrong are left out of the table."""
    figures, totals, seen, group_of = [], defaultdict(list), {}, {}
    first_total = None
    for row in rows:
        is_total = _is_total(row, problems)
        figure = _figure(row, is_total, problems)
        if figure is None:
            continue
        if is_total:
            first_total = first_total or figure.unit
            totals[figure.key].append(figure)
            continue
        twin = seen.setdefault((figure.unit, *figure.key), figure)
        if twin is not figure:
            problems.add(
                row.number,
                _("“%(unit)s”的“%(indicator)s”与第 %(row)d 行重复")
                % {"unit": figure.unit, "indicator": figure.indicator, "row": twin.row},
            )
        if figure.group:
            group, told_in = group_of.setdefault(figure.unit, (figure.group, row.number))
            if group != figure.group:
                problems.add(
                    row.number,
                    _("“%(unit)s”的组别“%(group)s”与第 %(row)d 行的“%(first)s”不同")
                    % {"unit": figure.unit, "group": figure.group, "row": told_in, "first": group},
                )
        figures.append(figure)
    counting = {key: next((row for row in held if not row.group), held[0]) for key, held in totals.items()}
    others = [row for held in totals.values() for row in held if row is not counting[row.key]]
    named = "".join((first_total or "").split())
    return Table(
        figures=tuple(figures),
        totals=tuple(counting.values()),
        subtotals=tuple(others),
        organiser="" if named in NOT_A_NAME else first_total or "",
    )


def _is_total(row, problems):
    said = normalize("NFKC", row.text("is_total")).strip()
    if EMPTY.fullmatch(said):
        return False
    if said not in TOTAL:
        problems.add(
            row.number, _("合计一栏“%s”看不懂，合计行请写 1 或 是，其他行留空") % said, row.address("is_total")
        )
    return TOTAL.get(said, False)


def _figure(row, is_total, problems):
    before = len(problems.by_row.get(row.number, ()))
    for cell in row.cells.values():
        if cell.problem:
            problems.add(row.number, cell.problem, cell.address)
    for field in ("indicator", "measure") if is_total else ("unit", "indicator", "measure"):
        if not row.text(field) and not (field in row.cells and row.cells[field].problem):
            problems.add(row.number, _("缺少“%s”") % LABELS[field], row.address(field))
    for field, length in LENGTHS.items():
        if len(row.text(field)) > length:
            told = {"field": LABELS[field], "n": length}
            problems.add(row.number, _("“%(field)s”超过 %(n)d 个字") % told, row.address(field))
    if len(problems.by_row.get(row.number, ())) > before:
        return None
    measure = measure_of(row.text("measure"))
    amounts = {field: _amount(row, field, measure, problems) for field in AMOUNTS}
    if amounts["target"] is not None and amounts["target"] < 0:
        problems.add(row.number, _("目标不能为负：%s") % row.text("target"), row.address("target"))
    if len(problems.by_row.get(row.number, ())) > before:
        return None
    where = {field: row.address(field) for field in row.cells}
    return Figure(
        row.number, row.text("unit"), row.text("group"), row.text("indicator"), measure, **amounts, cells=where
    )


def _amount(row, field, measure, problems):
    cell = row.cells.get(field)
    if cell is None:
        return None
    if cell.merged_into:
        problems.add(
            row.number,
            _("“%(field)s”在合并单元格中（首格 %(cell)s），请拆分后填写每一行的数")
            % {"field": LABELS[field], "cell": cell.merged_into},
            cell.address,
        )
        return None
    if EMPTY.fullmatch(normalize("NFKC", cell.text).strip()):
        return None
    try:
        return read_number(cell.text, measure=measure.word)
    except ValidationError as error:
        problems.add(row.number, f"{LABELS[field]}{'，'.join(error.messages)}", cell.address)
        return None
