"""Grids of units and figures as SVG text: a number in every cell, its colour and a mark beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.svg import DARK, DONE, GOLD, GREY, HEAT, INK, svg, tenth, text_width

NONE, SIZE = "#f7f9fb", 12  # fill of a cell without colour; of letters
WIDEST = 160  # a cell; what is left of the width stays empty
UP, DOWN = "up", "down"
MARKS = {UP: ("M{x} {low}l4 -6l4 6z", DONE), DOWN: ("M{x} {high}h8l-4 6z", GOLD)}


@dataclass(frozen=True)
class GridCell:
    """One cell: what is printed in it, how warm it is (0 far behind … 5 far ahead, None), a mark, what it says.

    full is what the table behind the picture prints, where it is more.
    """

    text: str
    tone: int | None = None
    mark: str = ""
    told: str = ""
    full: str = ""


@dataclass(frozen=True)
class GridRow:
    """One unit's cells."""

    name: str
    cells: tuple[GridCell, ...]


def grid(
    heads: Sequence[str], rows: Sequence[GridRow], *, label: str, width: int, first: int = 112, tall: int = 26
) -> SafeString:
    """Draw rows of cells below their heads; what the picture says is also said by the table beside it.

    Give the width of its place. A head is broken into lines; where columns are narrower than that, some heads of a
    row of days are left out, never the last one.
    """
    each = min(Fraction(width - first, max(len(heads), 1)), Fraction(WIDEST))
    lines = [broken(head, each - 4) for head in heads]
    top = 8 + 14 * max((len(parts) for parts in lines), default=1)
    shown = every_nth(heads, each)
    body = format_html(
        "<desc>{}</desc>{}{}",
        "；".join(f"{row.name} {'、'.join(cell.text for cell in row.cells)}" for row in rows),
        format_html_join(
            "",
            '<text x="{}" y="{}" font-size="11" fill="{}" text-anchor="middle">{}</text>',
            (
                (tenth(first + each * n + each / 2), 13 + 14 * k, GREY, text)
                for n, parts in enumerate(lines)
                if n in shown
                for k, text in enumerate(parts)
            ),
        ),
        format_html_join("", "{}", ((_row(row, top + tall * n, first, each, tall),) for n, row in enumerate(rows))),
    )
    return svg("zs-chart zs-grid-chart", width, top + tall * len(rows) + 2, label, body)


def broken(text: str, room: Fraction) -> list[str]:
    """Break a head into at most three lines of a width; a day is never broken."""
    if "-" in text or text_width(text, 11) <= room:
        return [text]
    lines = [""]
    for letter in text:
        if text_width(lines[-1] + letter, 11) > room and lines[-1]:
            lines.append("")
        lines[-1] += letter
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"]


def every_nth(heads: Sequence[str], each: Fraction) -> set[int]:
    """Return which heads there is room for, the last one always among them."""
    widest = max((text_width(part, 11) for head in heads for part in broken(head, each - 4)), default=Fraction(0))
    step = max(1, -int(-(widest + 4) // each))
    return set(range(len(heads) - 1, -1, -step))


def _row(row, y, first, each, tall):
    name, cells = row.name, enumerate(row.cells)
    while text_width(name, SIZE) > first - 6:
        name = name[:-2] + "…"
    return format_html(
        '<text x="0" y="{}" font-size="{}" fill="{}">{}</text>{}',
        y + tall // 2 + 4,
        SIZE,
        INK,
        name,
        format_html_join("", "{}", ((_cell(cell, first + each * n, y, each, tall),) for n, cell in cells)),
    )


def _cell(cell, x, y, each, tall):
    mark = SafeString("")
    roomy = each >= text_width(cell.text, SIZE) + 24
    if cell.mark:
        path, colour = MARKS[cell.mark]
        low, high = (tall - 9, 9) if roomy else (8, 2)  # beside the number, or in the corner
        d = path.format(x=tenth(x + each - (12 if roomy else 10)), low=tenth(y + low), high=tenth(y + high))
        mark = format_html('<path d="{}" fill="{}"/>', d, colour)
    return format_html(
        '<g><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="{}"/>'
        '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="middle">{}</text>{}</g>',
        cell.told or cell.text,
        tenth(x + 1),
        y + 1,
        tenth(each - 2),
        tall - 2,
        NONE if cell.tone is None else HEAT[cell.tone],
        tenth(x + each / 2 - (5 if cell.mark and roomy else 0)),
        y + tall // 2 + 4,
        SIZE if each >= 30 else 11,
        DARK if cell.tone is None else INK,
        cell.text,
        mark,
    )
