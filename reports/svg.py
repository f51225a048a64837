"""What every chart is drawn with: colours, the frame of a picture, numbers and places as text. No figures here."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK, DARK, GREY, LINE, TRACK = "#1c2733", "#4d5b6a", "#626e7b", "#e8ecf1", "#e3e8ef"
DONE, GOLD, BEFORE = "#1f5299", "#a87412", "#8793a1"  # this year, what is owed, last year
HEAT = ("#f0b9a6", "#f7d5c5", "#fbece1", "#e3eef8", "#bcd7ee", "#86b4dd")  # far behind … far ahead
ROOM_PER_DATE = 70


def svg(css_class, width, height, title, body, *, stretch=False, family=""):
    """Wrap a drawing; a stretched one takes the width of its place, its height stays.

    family is its font where no page around it gives one: on paper and in a picture of its own.
    """
    body = format_html('<g font-family="{}">{}</g>', family, body) if family else body
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


def axis(ticks, y, left, right):
    rows = (
        (
            left,
            tenth(y(tick)),
            right,
            "#b5bec9" if tick == 0 else LINE,
            left - 8,
            tenth(y(tick) + 4),
            GREY,
            plain(tick),
        )
        for tick in ticks
    )
    return format_html_join(
        "",
        '<path d="M{0} {1}H{2}" stroke="{3}"/>'
        '<text x="{4}" y="{5}" font-size="12" fill="{6}" text-anchor="end">{7}</text>',
        rows,
    )


def date_axis(dates, x, width, baseline):
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
        ((tenth(x(i)), baseline, GREY, "end" if i == end and end else "middle", dates[i]) for i in places),
    )


def round_ticks(values):
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


def held(value):
    """Hold a share between 0 and 1."""
    return min(max(Fraction(value), Fraction(0)), Fraction(1))


def tenth(value):
    """Write a coordinate rounded to 0.1."""
    return plain(value, "0.1")


def plain(value, places="0.01"):
    """Write a number without exponent or trailing zeros, rounded half-up."""
    exact = Fraction(value)
    number = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(places), ROUND_HALF_UP)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def polyline(spots):
    return " ".join(f"{tenth(x)},{tenth(y)}" for x, y in spots)


def text_width(text: str, size: int = 13) -> Fraction:
    """Return about how wide a text is: a full size for a Chinese character, a bit more than half for others."""
    return sum((Fraction(size) if ord(letter) > 0x2E7F else Fraction(size * 57, 100) for letter in text), Fraction(0))
