"""Two mends to WeasyPrint's line layout, so that Chinese text stands on the official grid of 22 lines.

Stock WeasyPrint widens only the spaces of a justified line, so lines of Chinese end ragged; and a character
from a fallback font makes its line taller, so a page loses a line. Both are mended over private functions of
`weasyprint.layout.inline`; the test of this module fails when these change.
"""

from hashlib import sha256
from inspect import getsource

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.line_break import create_layout, strut

# the sources the mends were written against: WeasyPrint 70.0
KNOWN = {
    "split_text_box": "8c564329599ef23f",
    "justify_line": "f83b21ff8793ba6b",
    "text_align": "e953d41b87ccfc30",
}
_stock_split_text_box = inline.split_text_box
_stock_justify_line = inline.justify_line


def source_hashes() -> dict[str, str]:
    """Return the hashes of the sources of the stock functions the mends rest on."""
    stock = {
        "split_text_box": _stock_split_text_box,
        "justify_line": _stock_justify_line,
        "text_align": inline.text_align,
    }
    return {name: sha256(getsource(function).encode()).hexdigest()[:16] for name, function in stock.items()}


def _split_text_box(context, box, available_width, skip, is_line_start=True):
    """Split like the stock function, then hold the box to the baseline of its style's own font."""
    box, resume, preserved = _stock_split_text_box(context, box, available_width, skip, is_line_start)
    if box is not None:
        line_height, baseline = strut(box.style)
        box.margin_top = box.margin_bottom = (line_height - box.height) / 2
        box.baseline = baseline
    return box, resume, preserved


def _characters(box) -> int:
    """Count the characters a line can be widened between."""
    if isinstance(box, boxes.TextBox):
        return len(box.text)
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return sum(_characters(child) for child in box.children if child.is_in_normal_flow())
    return 0


def _widen(context, box, extra, x):
    """Shift a box by x, widen its text by `extra` per character, return the shift for what follows."""
    if isinstance(box, boxes.TextBox):
        box.position_x += x
        style = box.style.copy()
        spacing = 0 if style["letter_spacing"] == "normal" else style["letter_spacing"]
        style["letter_spacing"] = spacing + extra
        box.style = style
        layout = create_layout(box.text, style, context, max_width=None, justification_spacing=0)
        layout.deactivate()
        box.pango_layout = layout
        widened = extra * len(box.text)
        box.width += widened
        return x + widened
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += x
        before = x
        for child in box.children:
            if child.is_in_normal_flow():
                x = _widen(context, child, extra, x)
        box.width += x - before
        return x
    box.translate(x, 0)
    return x


def _justify_line(context, line, extra_width):
    """Spread what is left of a line evenly between all its characters."""
    count = _characters(line)
    if count > 1:
        _widen(context, line, extra_width / (count - 1), 0)


def mend() -> None:
    """Put the mends in place; doing it again changes nothing."""
    inline.split_text_box = _split_text_box
    inline.justify_line = _justify_line
