"""Charts as SVG text; presentation attributes only, as neither the strict CSP nor a PDF takes styles."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.svg import (
    BEFORE,
    DARK,
    DONE,
    GOLD,
    GREY,
    INK,
    LINE,
    TRACK,
    axis,
    date_axis,
    held,
    plain,
    polyline,
    round_ticks,
    svg,
    tenth,
    text_width,
)

Number = Decimal | Fraction | int
Points = Sequence[tuple[str, Number]]

TONES = {"ok": DONE, "warn": "#d6932b", "bad": "#c9655a", "muted": "#9aa6b4"}
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
    width = tenth(100 * held(ratio)) if ratio is not None else "0"
    notch = SafeString("")
    if pace is not None:
        x = tenth(min(max(100 * held(pace), Fraction(1)), Fraction(99)))
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
    return svg("zs-bar", 100, 6, text or _bar_text(ratio, pace), body, stretch=True)


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
        polyline(spots),
        tenth(spots[-1][0]),
        tenth(spots[-1][1]),
        DONE,
    )
    return svg("zs-spark", 96, 22, label or _("走势"), body)


def trend(
    points: Points,
    pace_line: Points = (),
    earlier: Points = (),
    *,
    days: Sequence[date] = (),
    label: str,
    unit: str,
    width: int = 560,
    height: int = 220,
    last_text: str = "",
    legend: bool = True,
    names: Sequence[str] = (),
    family: str = "",
) -> SafeString:
    """Draw what was done, cumulated, against the dashed target line of the time progress and last year's grey line.

    Points are (date as printed, value). The k-th point, the k-th place of the pace line and the k-th point of last
    year share a date, the k-th of `days`, which says how far apart they stand (evenly without it); both lines may run
    on to the end of the campaign. `last_text` replaces the figure at the last point. Give
    the width of its place (760 in eight columns, 340 on a phone): text grows and shrinks with the picture.
    Without a legend the page around it says what the lines are, and the last figure stands without its date.
    names are those of the lines in the legend; family is the font, where the page around it does not give it.
    """
    if not points:
        nothing = format_html(
            '<text x="{}" y="{}" font-size="13" fill="{}" text-anchor="middle">{}</text>',
            tenth(Fraction(width, 2)),
            tenth(Fraction(height, 2)),
            GREY,
            _("还没有数据"),
        )
        return svg("zs-chart", width, height, label, nothing)
    values, paces, before = ([Fraction(value) for _label, value in line] for line in (points, pace_line, earlier))
    ticks = round_ticks(values + paces + before)
    left = LEFT + 7 * max(len(plain(tick)) for tick in ticks) + 8
    dates = [text for text, _value in max(points, pace_line, earlier, key=len)]
    across, up = width - left - RIGHT, height - TOP - BOTTOM

    spots = [(day - days[0]).days for day in days[: len(dates)]] or range(len(dates))

    def x(index: int) -> Fraction:
        return left + (Fraction(across * spots[index], spots[-1]) if spots[-1] else Fraction(across, 2))

    def y(value: Fraction) -> Fraction:
        return TOP + up * (ticks[-1] - value) / (ticks[-1] - ticks[0])

    done, target, past = ([(x(i), y(value)) for i, value in enumerate(line)] for line in (values, paces, before))
    figure = last_text or plain(values[-1])
    last_label = f"{points[-1][0]} {figure}"
    body = format_html(
        "<desc>{}</desc>{}{}{}{}{}",
        _trend_text(points, pace_line, earlier, last_label, unit),
        _legend(unit, width, names, with_target=bool(target), with_past=len(past) > 1) if legend else "",
        axis(ticks, y, left, width - RIGHT),
        date_axis(dates, x, width, height - 9),
        _lines(done, target, past),
        _last(
            done[-1],
            last_label if legend else figure,
            [line for line in (done, target, past) if len(line) > 1],
            (left, width - 4, TOP - 18, height - BOTTOM - 3),
        ),
    )
    return svg("zs-chart", width, height, label, body, family=family)


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
        return tenth(Fraction(across * count, most))

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
                tenth(first + Fraction(bar(count)) + 6),
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
                    tenth(first + Fraction(bar(count)) + 6),
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
    return svg("zs-chart", width, top + tall * len(steps), label, body)


def places(points: Sequence[tuple[str, int | None]], size: int, *, label: str, width: int = 560) -> SafeString:
    """Draw places over days, the first at the top, each with its number in a ring; a day without a place is a gap.

    size is how many are ranked. Give the width of its place (760 in eight columns, 340 on a phone).
    """
    left, top = 46, 24
    across = width - left - RIGHT - 8
    deepest = max([size, *(place for _day, place in points if place)])
    tall = min(300, max(150, 22 * deepest))  # rings of neighbouring places side by side

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
        ((polyline(run), DONE) for run in runs if len(run) > 1),
    )
    rings = format_html_join(
        "",
        '<circle cx="{0}" cy="{1}" r="10" fill="#fff" stroke="{2}" stroke-width="1.5"/>'
        '<text x="{0}" y="{3}" font-size="12" fill="{4}" text-anchor="middle">{5}</text>',
        (
            (tenth(x(i)), tenth(y(place)), DONE, tenth(y(place) + 4), INK, place)
            for i, (_day, place) in enumerate(points)
            if place
        ),
    )
    ends = format_html_join(
        "",
        '<path d="M{0} {1}H{2}" stroke="{3}"/><text x="4" y="{4}" font-size="12" fill="{5}">{6}</text>',
        (
            (left - 8, tenth(y(place)), width - RIGHT, LINE, tenth(y(place) + 4), GREY, _("第 %s") % place)
            for place in sorted({1, deepest})
        ),
    )
    said = "；".join(f"{day} {_('第 %s 位') % place if place else '—'}" for day, place in points)
    dates = date_axis([day for day, _place in points], x, width, top + tall + 34) if points else ""
    body = format_html("<desc>{}</desc>{}{}{}{}", said, ends, lines, rings, dates)
    return svg("zs-chart", width, top + tall + 44, label, body)


def _two_names(names):
    """Say whose the full and the hollow bars are."""
    return format_html(
        '<rect x="0" y="4" width="20" height="12" fill="{}"/><text x="26" y="15" font-size="12" fill="{}">{}</text>'
        '<rect x="160" y="4" width="20" height="12" fill="none" stroke="{}" stroke-dasharray="4 3"/>'
        '<text x="186" y="15" font-size="12" fill="{}">{}</text>',
        DONE, INK, names[0], GOLD, INK, names[1],
    )  # fmt: skip


# --- parts of a trend -----------------------------------------------------------------------------


def _legend(unit, width, named, *, with_target, with_past):
    """Say what the lines are, from the right; the measure at the left."""
    done, target, past = (*named, *(_("累计完成"), _("时序目标"), _("去年同期"))[len(named) :])
    names = [(done, {"stroke": DONE, "width": "2", "dash": "none"})]
    if with_target:
        names.append((target, {"stroke": GOLD, "width": "1.5", "dash": "4 3"}))
    if with_past:
        names.append((past, {"stroke": BEFORE, "width": "1.5", "dash": "none"}))
    start = width - RIGHT - 94 * len(names) + 14
    keys = format_html_join(
        "",
        '<path d="M{} 12h20" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>'
        '<text x="{}" y="16" font-size="12" fill="{}">{}</text>',
        (
            (start + 94 * n, line["stroke"], line["width"], line["dash"], start + 94 * n + 26, INK, name)
            for n, (name, line) in enumerate(names)
        ),
    )
    return format_html('<g><text x="{}" y="16" font-size="12" fill="{}">{}</text>{}</g>', LEFT, GREY, unit, keys)


def _lines(done, target, past):
    grey = format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5" stroke-linejoin="round"/>',
        polyline(past),
        BEFORE,
    )
    dashed = format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5" stroke-dasharray="4 3"/>',
        polyline(target),
        GOLD,
    )
    solid = format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round"/>',
        polyline(done),
        DONE,
    )
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="1.5"/>',
        (
            (
                tenth(cx),
                tenth(cy),
                4 if i == len(done) - 1 else 2.5,
                DONE if i == len(done) - 1 else "#fff",
                DONE,
            )
            for i, (cx, cy) in enumerate(done)
        ),
    )
    return format_html(
        "{}{}{}{}",
        grey if len(past) > 1 else "",
        dashed if len(target) > 1 else "",
        solid if len(done) > 1 else "",
        dots,
    )


def _last(spot, text, lines, frame):
    """Write the last figure where it crosses the fewest lines: beside, above or below the last point."""
    cx, cy = spot
    left, right, top, bottom = frame
    wide = text_width(text)
    middle = min(max(cx - wide / 2, left), right - wide)
    beside = [(cx + 9, cy + 4)] if cx + 9 + wide <= right else []
    spots = [
        *beside,
        *((across, cy + down) for down in (-11, 20, -26, 35) for across in (middle, max(cx - wide - 8, left))),
    ]
    inside = [(across, base) for across, base in spots if base - 12 >= top and base + 3 <= bottom] or spots

    def crossed(spot):
        across, base = spot
        box = (across - 3, base - 13, across + wide + 3, base + 4)
        return sum(_crosses(one, two, box) for line in lines for one, two in zip(line, line[1:], strict=False))

    across, base = min(inside, key=crossed)
    at_the_edge = across + wide >= right - 1
    return format_html(
        '<text x="{}" y="{}" font-size="13" font-weight="600" fill="{}" text-anchor="{}">{}</text>',
        tenth(right if at_the_edge else across),
        tenth(base),
        INK,
        "end" if at_the_edge else "start",
        text,
    )


def _crosses(one, two, box):
    """Say whether a stretch of a line runs through a box (left, top, right, bottom)."""
    start, end = Fraction(0), Fraction(1)  # the part of the stretch that lies within
    for n in (0, 1):
        step = two[n] - one[n]
        if not step:
            if not box[n] <= one[n] <= box[n + 2]:
                return False
            continue
        near, far = sorted([(box[n] - one[n]) / step, (box[n + 2] - one[n]) / step])
        start, end = max(start, near), min(end, far)
    return start <= end


def _trend_text(points, pace_line, earlier, last_label, unit):
    said = _("截至 %(last)s%(unit)s。") % {"last": last_label, "unit": unit}
    if len(pace_line) >= len(points):
        said += _("同期时序目标 %(target)s%(unit)s。") % {
            "target": plain(Fraction(pace_line[len(points) - 1][1])),
            "unit": unit,
        }
    if len(earlier) >= len(points):
        said += _("去年同期 %(before)s%(unit)s。") % {
            "before": plain(Fraction(earlier[len(points) - 1][1])),
            "unit": unit,
        }
    return conditional_escape(said)


def _bar_text(ratio, pace):
    said = (
        _("未报或无目标") if ratio is None else _("完成 %(share)s%%") % {"share": plain(100 * Fraction(ratio), "0.1")}
    )
    if pace is not None:
        said += _("，时序进度 %(share)s%%") % {"share": plain(100 * Fraction(pace), "0.1")}
    return said
