"""Units that stand at zero and units that did not report, by indicator and over all they owe."""

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.lines import Standings
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class ZeroRow:
    """One indicator: how many units have a quota, which stand at zero, which did not report."""

    name: str
    owing: int
    zero: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Zero:
    """All indicators, the units that have nothing on anything they owe, and how many units owe something."""

    rows: tuple[ZeroRow, ...]
    nothing: tuple[str, ...]  # at zero or unreported on all they owe, on more than one indicator
    owing: int

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {零进展单位}, {招商信息·未报单位}."""
        yield "零进展单位", Number(f"{len(self.nothing)}个")
        for row in self.rows:
            yield f"{row.name}·未报单位", Number(f"{len(row.silent)}个", indicator=row.name)


def read(state: Standings, window: Window) -> Zero:
    """Sort out who has nothing; a level of zero is a figure like another. No query."""
    rows, nothing, owing = [], [], 0
    for column in state.columns:
        owed = [line for line in state.of_column(column.line_id) if line.target]
        zero = [line.unit for line in owed if line.done == 0 and not column.is_level]
        silent = [line.unit for line in owed if line.done is None]
        if owed:
            rows.append(ZeroRow(column.name, len(owed), tuple(zero), tuple(silent)))
    for unit_id in state.unit_ids:
        owed = [line for line in state.of_unit(unit_id) if line.target and not line.column.is_level]
        owing += bool(owed)
        if len(owed) > 1 and not any(line.done for line in owed):
            nothing.append(state.scores[unit_id].unit)
    return Zero(tuple(rows), tuple(nothing), owing)
