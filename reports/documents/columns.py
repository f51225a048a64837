"""How wide the columns of a printed table are, and how large its type: one answer for PDF and Word."""

from reports.documents.content import Table
from reports.documents.html import split_measure, text_width

LINE_POINTS = 156 / 25.4 * 72  # a line of text
ANNEX_POINTS = 225 / 25.4 * 72  # a line of an annex on its side
CELL_SIZES = (10.5, 10, 9.5, 9, 8.5, 8, 7.5)
CELL_PADDING = 5  # points beside the text of a cell: padding and line


def _needed(heads: tuple[str, ...], rows) -> list[float]:
    """Say how many characters wide each column wants to be: its longest cell, its head on three lines."""
    groups = [head.rpartition("\n")[0] for head in heads]
    # a head over a single column has that column's room only; its measure keeps together on a line of its own
    alone = [not group or groups.count(group) == 1 for group in groups]
    names = [
        split_measure(group or name) if single else (name, "")
        for (group, _line, name), single in zip((head.rpartition("\n") for head in heads), alone, strict=True)
    ]
    return [
        max(
            2.0,
            -(-text_width(name) // (3 if len(name) > 4 else 2)),
            text_width(measure),
            *(min(text_width(row[index]), 14) for row in rows),
        )
        for index, (name, measure) in enumerate(names)
    ]


def fitted(table: Table, available: float, largest: float = 10.5) -> tuple[float, list[float]]:
    """Return the size of type and the widths of the columns, in points, which fill what is available.

    The columns follow their content, and the type is as large as fits one line per row.
    """
    needed = _needed(table.heads, table.rows)
    room = available - CELL_PADDING * len(needed)
    size = next((size for size in CELL_SIZES if size <= largest and sum(needed) * size <= room), CELL_SIZES[-1])
    widths = [count * size + CELL_PADDING for count in needed]
    return size, [width / sum(widths) * available for width in widths]
