"""A chart of a document as SVG text: the same drawing on the page, on paper and, as a picture, in Word."""

from decimal import Decimal
from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports import charts
from reports.documents.content import Chart
from reports.svg import BEFORE, DARK, DONE, GOLD, GREY, INK, LINE, svg, tenth, text_width

WIDTH = 560  # in its own pixels; a place gives it as much room as it has
TALLEST = 720  # of a page, at 156 mm across
TEXT, TOP, GAP, AFTER = 13, 30, 8, 64  # size of type, room above, between rows, and for a figure behind a bar
LOOKS = (
    (DONE, DONE, "none"),
    ("#ffffff", GOLD, "4 3"),
    ("#cfd5dc", BEFORE, "none"),
)  # fill, edge, dashes: also in grey


def to_svg(chart: Chart, family: str = "") -> SafeString:
    """Draw a chart; family is the font where no page around it gives one."""
    if not chart.categories:
        return svg("zs-chart", WIDTH, 60, chart.title, _line_of_text(_("还没有数据")), family=family)
    draw = _line if chart.kind == "line" else _bars
    return draw(chart, family)


def _line_of_text(text):
    return format_html(
        '<text x="{}" y="36" font-size="13" fill="{}" text-anchor="middle">{}</text>', WIDTH // 2, GREY, text
    )


def _line(chart, family):
    """Draw lines over days; a day without a value ends its line."""
    lines = []
    for series in chart.series:
        values = series.values[: next((i for i, value in enumerate(series.values) if not value), None)]
        lines.append([(day, Decimal(value)) for day, value in zip(chart.categories, values, strict=False)])
    return charts.trend(
        *lines,
        label=chart.title,
        unit=chart.measure,
        width=WIDTH,
        height=240,
        last_text=chart.series[0].values[len(lines[0]) - 1] if lines[0] else "",
        names=[series.name for series in chart.series],
        family=family,
    )


def _bars(chart, family):
    """Draw a row for each category: a bar for each series, or one bar with a notch where the clock stands."""
    pace = chart.series[1] if chart.kind == "pace" else None
    shown = chart.series[:1] if pace else chart.series
    row = min(
        Fraction((16 if len(shown) > 1 else 20) * len(shown) + GAP), Fraction(TALLEST - TOP, len(chart.categories))
    )
    bar = (row - min(Fraction(GAP), row / 4)) / len(shown)
    size = min(Fraction(TEXT), bar * 9 / 10)
    left = min(max(text_width(name, TEXT) for name in chart.categories), Fraction(170)) * size / TEXT + 10
    numbers = [Fraction(value) for series in chart.series for value in series.values if value]
    low, high = min([Fraction(0), *numbers]), max([Fraction(1, 10**6), *numbers, Fraction(100 if pace else 0)])
    room = WIDTH - left - AFTER - (AFTER if low < 0 else 0)
    zero = left + (AFTER if low < 0 else 0) + room * -low / (high - low)

    def x(value):
        return zero + room * Fraction(value) / (high - low)

    parts = []
    for place, name in enumerate(chart.categories):
        top = TOP + row * place
        parts.append(_name(name, left, top + bar * len(shown) / 2, size))
        for number, series in enumerate(shown):
            clock = x(pace.values[place]) if pace and pace.values[place] else None
            parts.append(_bar(series.values[place], x, zero, top + bar * number, bar, size, LOOKS[number], clock))
            if clock is not None:
                parts.append(_notch(clock, top, bar))
    parts.append(
        format_html(
            '<path d="M{0} {1}V{2}" stroke="{3}"/>', tenth(zero), TOP, tenth(TOP + row * len(chart.categories)), LINE
        )
    )
    body = format_html("<desc>{}</desc>{}{}", said(chart), _legend(chart, pace), _together(parts))
    return svg("zs-chart", WIDTH, tenth(TOP + row * len(chart.categories) + 4), chart.title, body, family=family)


def _name(name, left, middle, size):
    """Write the name of a row, shortened where it has no room."""
    if text_width(name, size) > left - 8:
        fitting = [end for end in range(1, 30) if text_width(f"{name[:end]}…", size) <= left - 8]
        name = f"{name[: fitting[-1] if fitting else 1]}…"
    return format_html(
        '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="end">{}</text>',
        tenth(left - 8), tenth(middle + size * 36 / 100), tenth(size), INK, name,
    )  # fmt: skip


def _bar(value, x, zero, top, height, size, looks, clock):
    """Draw one bar with its figure behind it, and behind a notch there; a dash stands for a missing figure."""
    fill, edge, dashes = looks
    if not value:
        return format_html(
            '<text x="{}" y="{}" font-size="{}" fill="{}">—</text>',
            tenth(zero + 5), tenth(top + height / 2 + size * 36 / 100), tenth(size), GREY,
        )  # fmt: skip
    end = x(value)
    is_low = end < zero
    behind = end
    if clock is not None and end < clock < end + 8 + text_width(value, TEXT):
        behind = clock
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-dasharray="{}"/>'
        '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}">{}</text>',
        tenth(min(end, zero)), tenth(top + 1), tenth(abs(end - zero)), tenth(height - 2), fill, edge, dashes,
        tenth(behind + (-5 if is_low else 5)), tenth(top + height / 2 + size * 36 / 100), tenth(size), INK,
        "end" if is_low else "start", value,
    )  # fmt: skip


def _together(parts):
    return format_html_join("", "{}", ((part,) for part in parts))


def _notch(x, top, height):
    return format_html(
        '<path d="M{0} {1}V{2}" stroke="#fff" stroke-width="4"/>'
        '<path d="M{0} {1}V{2}" stroke="{3}" stroke-width="2"/>',
        tenth(x), tenth(top - 1), tenth(top + height + 1), GOLD,
    )  # fmt: skip


def _legend(chart, pace):
    """Say what the bars are, from the left; the measure at the right."""
    keys, start = [], Fraction(4)
    for number, series in enumerate(chart.series):
        fill, edge, dashes = LOOKS[number]
        if series is pace:
            key = format_html('<path d="M{} 4v14" stroke="{}" stroke-width="2"/>', tenth(start + 11), GOLD)
        else:
            key = format_html(
                '<rect x="{}" y="6" width="22" height="10" fill="{}" stroke="{}" stroke-dasharray="{}"/>',
                tenth(start), fill, edge, dashes,
            )  # fmt: skip
        keys.append(
            format_html(
                '{}<text x="{}" y="16" font-size="12" fill="{}">{}</text>', key, tenth(start + 28), DARK, series.name
            )
        )
        start += 28 + text_width(series.name, 12) + 22
    measure = format_html(
        '<text x="{}" y="16" font-size="12" fill="{}" text-anchor="end">{}</text>', WIDTH - 4, GREY, chart.measure
    )
    return format_html("<g>{}{}</g>", _together(keys), measure if chart.measure else "")


def said(chart: Chart) -> str:
    """Say the numbers to who cannot see the drawing."""
    rows = zip(*(series.values for series in chart.series), strict=True)
    told = []
    for name, row in zip(chart.categories, rows, strict=True):
        figures = (
            f"{series.name}{value or '—'}{chart.measure}" for series, value in zip(chart.series, row, strict=True)
        )
        told.append(f"{name} {'、'.join(figures)}")
    return "；".join(told)
