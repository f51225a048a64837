"""Reads where a PDF draws which text, from its content streams: positions and widths in millimetres."""

import re
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import ContentStream

MM = 72 / 25.4


@dataclass(frozen=True)
class Run:
    """Text drawn in one go: left and right end, baseline from the top edge."""

    left: float
    right: float
    baseline: float
    text: str
    font: str


def read(pdf: bytes) -> PdfReader:
    """Open a PDF."""
    return PdfReader(BytesIO(pdf))


class _Font:
    """What a composite font of WeasyPrint says about its glyphs."""

    def __init__(self, font):
        self.name = str(font["/BaseFont"])
        self.widths, inner = {}, font["/DescendantFonts"][0].get_object()
        entries, index = inner["/W"], 0
        while index < len(entries):
            following = entries[index + 1].get_object()
            if isinstance(following, list):
                self.widths |= {entries[index] + offset: float(width) for offset, width in enumerate(following)}
                index += 2
            else:
                span = range(entries[index], following + 1)
                self.widths |= dict.fromkeys(span, float(entries[index + 2]))
                index += 3
        cmap = font["/ToUnicode"].get_data().decode("latin-1")
        pairs = re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", cmap.partition("beginbfchar")[2])
        self.texts = {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}


def _times(inner, outer):
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def runs_of(page) -> list[Run]:
    """Return every run of text of a page, joined along a line while no new position is set."""
    fonts = {name: _Font(font) for name, font in page["/Resources"]["/Font"].items()}
    height, stack, matrix = float(page.mediabox.height), [], (1, 0, 0, 1, 0, 0)
    found, start, text, font, size, at, text_matrix = [], None, "", None, 0.0, 0.0, (1, 0, 0, 1, 0, 0)

    def place(along):
        whole = _times(text_matrix, matrix)
        return (whole[0] * along + whole[4]) / MM, (height - whole[1] * along - whole[5]) / MM

    def finish():
        nonlocal start, text
        if start and text.strip():
            found.append(Run(start[0], place(at)[0], start[1], text, font.name))
        start, text = None, ""

    for operands, operator in ContentStream(page["/Contents"], page.pdf).operations:
        if operator == b"q":
            stack.append(matrix)
        elif operator == b"Q":
            matrix = stack.pop()
        elif operator == b"cm":
            matrix = _times([float(value) for value in operands], matrix)
        elif operator in (b"Tm", b"ET"):
            finish()
            if operator == b"Tm":
                text_matrix, at = [float(value) for value in operands], 0.0
        elif operator == b"Tf":
            font, size = fonts[operands[0]], float(operands[1])
        elif operator == b"TJ":
            start = start or place(at)
            for part in operands[0]:
                if isinstance(part, int | float):
                    at -= float(part) / 1000 * size
                    continue
                raw = part.original_bytes
                for glyph in (int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)):
                    at += font.widths.get(glyph, 1000.0) / 1000 * size
                    text += font.texts.get(glyph, "")
    return found


def lines_of(page) -> list[Run]:
    """Join the runs that share a baseline inside the type area of a portrait page, from the top down."""
    lines: dict[float, list[Run]] = {}
    for run in runs_of(page):
        if 37 < run.baseline < 262:
            lines.setdefault(round(run.baseline, 2), []).append(run)
    return [
        Run(
            min(run.left for run in parts),
            max(run.right for run in parts),
            baseline,
            "".join(run.text for run in sorted(parts, key=lambda run: run.left)),
            parts[0].font,
        )
        for baseline, parts in sorted(lines.items())
    ]
