"""Charts as SVG text; presentation attributes only, as neither the strict CSP nor a PDF takes styles."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Number = Decimal | Fraction | int
Points = Sequence[tuple[str, Number]]

INK, DARK, GREY, LINE, TRACK = "#1c2733", "#4d5b6a", "#626e7b", "#e8ecf1", "#e3e8ef"
DONE, GOLD = "#1f5299", "#a87412"
TONES = {"ok": DONE, "warn": "#d6932b", "bad": "#c9655a", "muted": "#9aa6b4"}
ROOM_PER_DATE = 70
TOP, RIGHT, BOTTOM, LEFT = (
    40,
    18,
    28,
    10,
)  # room around the plot for legend, last date, dates, figures of the axis


def progress_bar(ratio: Number | None, pace: Number | None, *, tone: str = "ok", text: str = "") -> SafeString:
    """Draw a 6 px bar filled to `ratio` (1 is the whole target) with a notch at the time progress `pace`.

    Without a ratio (no quota, not reported) the track stays empty; above 1 it is full.
    `text` is what a screen reader says.
    """
    width = _tenth(100 * _within(ratio)) if ratio is not None else "0"
    notch = SafeString("")
    if pace is not None:
        x = _tenth(min(max(100 * _within(pace), Fraction(1)), Fraction(99)))
        ahead = ratio is not None and Fraction(ratio) >= Fraction(pace)
        notch = format_html(
            '<path d="M{} 0V6" stroke="{}" stroke-width="2" vector-effect="non-scaling-stroke"/>',
            x,
            "#fff" if ahead else DARK,
        )
    body = format_html(
        '<rect width="100" height="6" fill="{}"/><rect width="{}" height="6" fill="{}"/>{}',
        TRACK,
        width,
        TONES[tone],
        notch,
    )
    return _svg("zs-bar", 100, 6, text or _bar_text(ratio, pace), body, stretch=True)


def sparkline(values: Sequence[Number], *, label: str = "") -> SafeString:
    """Draw a small line without axes, its last value marked; empty text with fewer than two values."""
    if len(values) < 2:
        return SafeString("")
    exact = [Fraction(value) for value in values]
    low, span = min(exact), max(exact) - min(exact)
    step = Fraction(90, len(exact) - 1)
    spots = [(3 + step * i, 19 - (16 * (v - low) / span if span else 8)) for i, v in enumerate(exact)]
    body = format_html(
        '<polyline points="{}" fill="none" stroke="#6f93c3" stroke-width="1.5" stroke-linejoin="round"/>'
        '<circle cx="{}" cy="{}" r="2" fill="{}"/>',
        _polyline(spots),
        _tenth(spots[-1][0]),
        _tenth(spots[-1][1]),
        DONE,
    )
    return _svg("zs-spark", 96, 22, label or _("走势"), body)


def trend(
    points: Points,
    pace_line: Points = (),
    *,
    days: Sequence[date] = (),
    label: str,
    unit: str,
    width: int = 560,
    height: int = 220,
    last_text: str = "",
    legend: bool = True,
) -> SafeString:
    """Draw what was done, cumulated, against the dashed target line of the time progress.

    Points are (date as printed, value). The k-th point and the k-th place of the pace line share a date, the k-th
    of `days`, which says how far apart they stand (evenly without it); the pace line may run on to the end of the
    campaign. `last_text` replaces the figure at the last point. Give
    the width of its place (760 in eight columns, 340 on a phone): text grows and shrinks with the picture.
    Without a legend the page around it says what the lines are.
    """
    if not points:
        nothing = format_html(
            '<text x="{}" y="{}" font-size="13" fill="{}" text-anchor="middle">{}</text>',
            _tenth(Fraction(width, 2)),
            _tenth(Fraction(height, 2)),
            GREY,
            _("还没有数据"),
        )
        return _svg("zs-chart", width, height, label, nothing)
    values = [Fraction(value) for _label, value in points]
    paces = [Fraction(value) for _label, value in pace_line]
    ticks = _ticks(values + paces)
    left = LEFT + 7 * max(len(_plain(tick)) for tick in ticks) + 8
    dates = [text for text, _value in (pace_line if len(pace_line) > len(points) else points)]
    across, up = width - left - RIGHT, height - TOP - BOTTOM

    spots = [(day - days[0]).days for day in days[: len(dates)]] or range(len(dates))

    def x(index: int) -> Fraction:
        return left + (Fraction(across * spots[index], spots[-1]) if spots[-1] else Fraction(across, 2))

    def y(value: Fraction) -> Fraction:
        return TOP + up * (ticks[-1] - value) / (ticks[-1] - ticks[0])

    done = [(x(i), y(value)) for i, value in enumerate(values)]
    target = [(x(i), y(value)) for i, value in enumerate(paces)]
    last_label = f"{points[-1][0]} {last_text or _plain(values[-1])}"
    target_is_above = len(target) >= len(done) and target[len(done) - 1][1] < done[-1][1] - 4
    body = format_html(
        "<desc>{}</desc>{}{}{}{}{}",
        _trend_text(points, pace_line, last_label, unit),
        _legend(unit, width, with_target=bool(target)) if legend else "",
        _axis(ticks, y, left, width - RIGHT),
        _dates(dates, x, width, height - 9),
        _lines(done, target),
        _last(done[-1], last_label, above=not target_is_above),
    )
    return _svg("zs-chart", width, height, label, body)


def funnel(
    steps: Sequence[tuple[str, int, str]],
    others: Sequence[tuple[int, str]] = (),
    *,
    label: str,
    names: tuple[str, str] = ("", ""),
    width: int = 560,
) -> SafeString:
    """Draw bars of steps, each (name, how many, text behind it); others are those of a second bar, hollow and dashed.

    Full against hollow tells the two apart without colour, the texts tell the numbers without the bars. names says
    whose bars they are. Give the width of its place (760 in eight columns, 340 on a phone).
    """
    first, room = 66, 96  # for the names of the steps, for the texts
    top, tall = (30, 50) if others else (6, 34)
    most = max([1, *(count for _name, count, _text in steps), *(count for count, _text in others)])
    across = width - first - room

    def bar(count):
        return _tenth(Fraction(across * count, most))

    parts = []
    for place, (name, count, text) in enumerate(steps):
        y = top + tall * place
        parts.append(
            format_html(
                '<text x="0" y="{}" font-size="13" fill="{}">{}</text>'
                '<rect x="{}" y="{}" width="{}" height="20" fill="{}"/>'
                '<text x="{}" y="{}" font-size="13" font-weight="600" fill="{}">{}</text>',
                y + 15,
                INK,
                name,
                first,
                y,
                bar(count),
                DONE,
                _tenth(first + Fraction(bar(count)) + 6),
                y + 15,
                INK,
                text,
            )  # fmt: skip
        )
        if place < len(others):
            count, text = others[place]
            parts.append(
                format_html(
                    '<rect x="{}" y="{}" width="{}" height="12" fill="none" stroke="{}" stroke-dasharray="4 3"/>'
                    '<text x="{}" y="{}" font-size="12" fill="{}">{}</text>',
                    first,
                    y + 25,
                    bar(count),
                    GOLD,
                    _tenth(first + Fraction(bar(count)) + 6),
                    y + 35,
                    DARK,
                    text,
                )  # fmt: skip
            )
    said = "；".join(f"{name} {text}" for name, _count, text in steps)
    body = format_html(
        "<desc>{}</desc>{}{}",
        said,
        _two_names(names) if others else "",
        format_html_join("", "{}", ((part,) for part in parts)),
    )
    return _svg("zs-chart", width, top + tall * len(steps), label, body)


def places(points: Sequence[tuple[str, int | None]], size: int, *, label: str, width: int = 560) -> SafeString:
    """Draw places over days, the first at the top, each with its number in a ring; a day without a place is a gap.

    size is how many are ranked. Give the width of its place (760 in eight columns, 340 on a phone).
    """
    left, top, tall = 46, 24, 150
    across = width - left - RIGHT - 8
    deepest = max([size, *(place for _day, place in points if place)])

    def x(index: int) -> Fraction:
        return left + (Fraction(across * index, len(points) - 1) if len(points) > 1 else Fraction(across, 2))

    def y(place: int) -> Fraction:
        return top + (Fraction(tall * (place - 1), deepest - 1) if deepest > 1 else Fraction(0))

    runs = [[]]
    for index, (_day, place) in enumerate(points):
        if place is None:
            runs.append([])
        else:
            runs[-1].append((x(index), y(place)))
    lines = format_html_join(
        "",
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>',
        ((_polyline(run), DONE) for run in runs if len(run) > 1),
    )
    rings = format_html_join(
        "",
        '<circle cx="{0}" cy="{1}" r="10" fill="#fff" stroke="{2}" stroke-width="1.5"/>'
        '<text x="{0}" y="{3}" font-size="12" fill="{4}" text-anchor="middle">{5}</text>',
        (
            (_tenth(x(i)), _tenth(y(place)), DONE, _tenth(y(place) + 4), INK, place)
            for i, (_day, place) in enumerate(points)
            if place
        ),
    )
    ends = format_html_join(
        "",
        '<path d="M{0} {1}H{2}" stroke="{3}"/><text x="4" y="{4}" font-size="12" fill="{5}">{6}</text>',
        (
            (left - 8, _tenth(y(place)), width - RIGHT, LINE, _tenth(y(place) + 4), GREY, _("第 %s") % place)
            for place in sorted({1, deepest})
        ),
    )
    said = "；".join(f"{day} {_('第 %s 位') % place if place else '—'}" for day, place in points)
    dates = _dates([day for day, _place in points], x, width, top + tall + 34) if points else ""
    body = format_html("<desc>{}</desc>{}{}{}{}", said, ends, lines, rings, dates)
    return _svg("zs-chart", width, top + tall + 44, label, body)


def _two_names(names):
    """Say whose the full and the hollow bars are."""
    return format_html(
        '<rect x="0" y="4" width="20" height="12" fill="{}"/><text x="26" y="15" font-size="12" fill="{}">{}</text>'
        '<rect x="160" y="4" width="20" height="12" fill="none" stroke="{}" stroke-dasharray="4 3"/>'
        '<text x="186" y="15" font-size="12" fill="{}">{}</text>',
        DONE, INK, names[0], GOLD, INK, names[1],
    )  # fmt: skip


def _svg(css_class, width, height, title, body, *, stretch=False):
    """Wrap a drawing; a stretched one takes the width of its place, its height stays."""
    size = (
        SafeString('preserveAspectRatio="none"') if stretch else format_html('width="{}" height="{}"', width, height)
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="{}" viewBox="0 0 {} {}" {} role="img">'
        "<title>{}</title>{}</svg>",
        css_class,
        width,
        height,
        size,
        title,
        body,
    )


# --- parts of a trend -----------------------------------------------------------------------------


def _legend(unit, width, *, with_target):
    """Say what the lines are, at the right; the measure at the left."""
    start = width - RIGHT - (176 if with_target else 80)
    parts = [
        format_html('<text x="{}" y="16" font-size="12" fill="{}">{}</text>', LEFT, GREY, unit),
        format_html('<path d="M{} 12h20" stroke="{}" stroke-width="2"/>', start, DONE),
        format_html('<text x="{}" y="16" font-size="12" fill="{}">{}</text>', start + 26, INK, _("累计完成")),
    ]
    if with_target:
        parts += [
            format_html(
                '<path d="M{} 12h20" stroke="{}" stroke-width="1.5" stroke-dasharray="4 3"/>',
                start + 94,
                GOLD,
            ),
            format_html('<text x="{}" y="16" font-size="12" fill="{}">{}</text>', start + 120, INK, _("时序目标")),
        ]
    return format_html("<g>{}</g>", format_html_join("", "{}", ((part,) for part in parts)))


def _axis(ticks, y, left, right):
    rows = (
        (
            left,
            _tenth(y(tick)),
            right,
            "#b5bec9" if tick == 0 else LINE,
            left - 8,
            _tenth(y(tick) + 4),
            GREY,
            _plain(tick),
        )
        for tick in ticks
    )
    return format_html_join(
        "",
        '<path d="M{0} {1}H{2}" stroke="{3}"/>'
        '<text x="{4}" y="{5}" font-size="12" fill="{6}" text-anchor="end">{7}</text>',
        rows,
    )


def _dates(dates, x, width, baseline):
    """Write the first and the last date and those between them that have room."""
    end = len(dates) - 1
    room = (x(end) - x(0)) / max(width // ROOM_PER_DATE - 1, 1)
    places = [0] if end else []
    for i in range(1, end):
        if x(i) - x(places[-1]) >= room and 3 * (x(end) - x(i)) >= 2 * room:
            places.append(i)
    places.append(end)
    return format_html_join(
        "",
        '<text x="{}" y="{}" font-size="12" fill="{}" text-anchor="{}">{}</text>',
        ((_tenth(x(i)), baseline, GREY, "end" if i == end and end else "middle", dates[i]) for i in places),
    )


def _lines(done, target):
    dashed = format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5" stroke-dasharray="4 3"/>',
        _polyline(target),
        GOLD,
    )
    solid = format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round"/>',
        _polyline(done),
        DONE,
    )
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="1.5"/>',
        (
            (
                _tenth(cx),
                _tenth(cy),
                4 if i == len(done) - 1 else 2.5,
                DONE if i == len(done) - 1 else "#fff",
                DONE,
            )
            for i, (cx, cy) in enumerate(done)
        ),
    )
    return format_html("{}{}{}", dashed if len(target) > 1 else "", solid if len(done) > 1 else "", dots)


def _last(spot, text, *, above):
    """Write the last figure on the side of the point where the target line is not."""
    cx, cy = spot
    return format_html(
        '<text x="{}" y="{}" font-size="13" font-weight="600" fill="{}" text-anchor="{}">{}</text>',
        _tenth(cx + 4),
        _tenth(max(cy - 10, Fraction(TOP - 8)) if above else cy + 19),
        INK,
        "end" if cx > 120 else "start",
        text,
    )


def _trend_text(points, pace_line, last_label, unit):
    said = _("截至 %(last)s%(unit)s。") % {"last": last_label, "unit": unit}
    if len(pace_line) >= len(points):
        said += _("同期时序目标 %(target)s%(unit)s。") % {
            "target": _plain(Fraction(pace_line[len(points) - 1][1])),
            "unit": unit,
        }
    return conditional_escape(said)


# --- numbers --------------------------------------------------------------------------------------


def _ticks(values):
    """Choose round axis values that hold all values and 0; whole steps, if all values are whole."""
    low, high = min([*values, Fraction(0)]), max([*values, Fraction(0)])
    if low == high:
        high = Fraction(4)
    raw = (high - low) / 4
    power = Fraction(1)
    while power * 10 <= raw:
        power *= 10
    while power > raw:
        power /= 10
    step = next(power * m for m in (1, 2, Fraction(5, 2), 5, 10) if power * m >= raw)
    if step.denominator > 1 and all(value.denominator == 1 for value in values):
        step = Fraction(ceil(step))
    return [step * k for k in range(floor(low / step), ceil(high / step) + 1)]


def _within(value):
    """Hold a share between 0 and 1."""
    return min(max(Fraction(value), Fraction(0)), Fraction(1))


def _tenth(value):
    """Write a coordinate rounded to 0.1."""
    return _plain(value, "0.1")


def _plain(value, places="0.01"):
    """Write a number without exponent or trailing zeros, rounded half-up."""
    exact = Fraction(value)
    number = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(places), ROUND_HALF_UP)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _polyline(spots):
    return " ".join(f"{_tenth(x)},{_tenth(y)}" for x, y in spots)


def _bar_text(ratio, pace):
    said = (
        _("未报或无目标")
        if ratio is None
        else _("完成 %(share)s%%") % {"share": _plain(100 * Fraction(ratio), "0.1")}
    )
    if pace is not None:
        said += _("，时序进度 %(share)s%%") % {"share": _plain(100 * Fraction(pace), "0.1")}
    return said
