"""A chart as a picture, for Word: drawn by resvg with the fonts of the documents and nothing else."""

import re
from functools import lru_cache

import resvg_py

from reports.documents import fonts
from reports.documents.content import Chart
from reports.documents.drawing import to_svg

ZOOM = 3  # 1,680 pixels on 156 mm: 270 to the inch
TAGS = frozenset({"svg", "title", "desc", "g", "path", "rect", "circle", "polyline", "text"})  # none opens anything
TAG = re.compile(r"<([A-Za-z][^\s/>]*)")


def to_png(chart: Chart) -> bytes:
    """Draw a chart as PNG; a tag that could open a file is refused, though no text can bring one in."""
    family, files = _faces(frozenset(_letters(chart)))
    drawn = str(to_svg(chart, family))
    if strange := set(TAG.findall(drawn)) - TAGS:
        raise ValueError(f"a chart holds {sorted(strange)}")
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawn, background="#ffffff", skip_system_fonts=True, zoom=ZOOM, font_files=list(files)
        )
    )


def _letters(chart):
    yield from chart.title + chart.measure + "".join(chart.categories)
    for series in chart.series:
        yield from series.name + "".join(series.values)


@lru_cache(maxsize=16)
def _faces(letters):
    """Return the family and the files for a text: the document's own faces, or the one that holds every character."""
    found = fonts.find()
    own = [path for path in found.chain("body") if path != dict(found.noto)["body"]]
    held = frozenset().union(*(fonts.codepoints(path) for path in own))
    if own and found.latin and all(ord(letter) in held or letter in fonts.INVISIBLE for letter in letters):
        return "Liberation Serif", (str(found.latin), *map(str, own))
    return fonts.ROLES["body"].noto_family, tuple(map(str, found.chain("body")))
