"""Exact amounts: how they are stored, read from Chinese text and printed; no binary float gets in."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from campaigns.rounding import WIDE, half_up

SCALE = 10**6
LIMIT = Decimal(10) ** 11


class NumberError(ValidationError):
    """Text or a value that is not an amount; the message quotes it and says what to do."""


# --- exact values -------------------------------------------------------------------------------


def _decimal(value) -> Decimal:
    """Take a Decimal or an integer as it is; anything else is a mistake of the caller or of a file."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise NumberError(_("“%s”不是精确数字，请改用整数、小数文本或 Decimal（不接受浮点数）") % _quoted(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise NumberError(_("“%s”不是数字，请填写一个确定的数") % value)
    return Decimal(value)


def _quoted(value) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _tidy(value: Decimal) -> Decimal:
    """Drop trailing zeros, exponent and the sign of zero."""
    whole = int(value)
    return Decimal(whole) if value == whole else WIDE.normalize(value)


def _bounded(value: Decimal, text) -> Decimal:
    """Return the value tidied, if it fits the store: at most 10^11 and six decimals."""
    if value.copy_abs() > LIMIT:
        raise NumberError(_("“%s”过大：按基本计量单位不能超过 1000 亿，请检查单位是否写错") % _quoted(text))
    if WIDE.quantize(value, Decimal("0.000001")) != value:
        raise NumberError(_("“%s”按基本计量单位超过 6 位小数，请减少小数位数") % _quoted(text))
    return _tidy(value)


def exact(value) -> Decimal:
    """Take a Decimal, an integer or a plain decimal text that the store can hold, and nothing else."""
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,40}(\.[0-9]{1,40})?\s*", value):
        return _bounded(Decimal(value.strip()), value)
    return _bounded(_decimal(value), value)


def cell_number(value) -> Decimal:
    """Read a number cell of a workbook: 15 digits are what the sheet shows, the rest is binary noise."""
    return _decimal(Decimal(f"{value:.15g}") if isinstance(value, float) else value)


def round_half_up(value: Fraction | Decimal | int, places: int) -> Decimal:
    """Round half away from zero, computed in whole numbers."""
    return half_up(_fraction(value), places)


def _fraction(value) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(_decimal(value))


def split(total: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Split a total by weights into parts that add up to it exactly (largest remainder, in millionths).

    Equal remainders are served in the order of the shares.
    """
    millionths = _millionths(exact(total))
    ratios = [_decimal(share).as_integer_ratio() for share in shares]
    common = lcm(*(below for _above, below in ratios))
    weights = [above * common // below for above, below in ratios]
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or not whole:
        raise ValueError(_("分摊比例不能为负，也不能全部为零"))
    parts, rests = zip(*(divmod(abs(millionths) * weight, whole) for weight in weights), strict=True)
    parts = list(parts)
    order = sorted(range(len(parts)), key=lambda i: -rests[i])
    for i in order[: abs(millionths) - sum(parts)]:
        parts[i] += 1
    return [from_millionths(part if millionths >= 0 else -part) for part in parts]


def _millionths(value: Decimal) -> int:
    return int(WIDE.multiply(value, Decimal(SCALE)))


def from_millionths(stored: int) -> Decimal:
    """Return the amount that is stored as an integer of millionths."""
    whole, rest = divmod(stored, SCALE)
    return WIDE.normalize(Decimal(stored).scaleb(-6, WIDE)) if rest else Decimal(whole)


# --- measures -----------------------------------------------------------------------------------

_TENS = {"万": 10**4, "亿": 10**8}
_TRADITIONAL = str.maketrans("萬億", "万亿")
_CURRENCIES = {"元": "money", "美元": "USD", "欧元": "EUR", "港元": "HKD", "日元": "JPY"}
_ALIASES = {dimension: word for word, dimension in _CURRENCIES.items()} | {
    "人民币": "元", "元人民币": "元", "人民币元": "元", "港币": "港元", "个百分点": "百分点",
}  # fmt: skip
_LEVELS = {"%", "‰", "分", "百分点"}


@dataclass(frozen=True)
class Measure:
    """A measure word: of which dimension, and how many of the dimension's base measure one of it is.

    The base of a currency is 万 of it, of anything else one of it. Levels (%, 分) are never added up.
    """

    word: str
    dimension: str
    factor: Decimal
    level: bool

    @property
    def single(self) -> Decimal:
        """Say what one of the word without 万 or 亿 (1 元, 1 人次) is in the base measure."""
        return Decimal("0.0001") if self.dimension in _CURRENCIES.values() else Decimal(1)


@lru_cache(maxsize=1024)
def measure_of(word: str) -> Measure:
    """Find what a measure word means; an unknown word is a dimension of its own."""
    word = "".join(unicodedata.normalize("NFKC", word).translate(_TRADITIONAL).split())
    stem, tens = word, 1
    while len(stem) > 1 and stem[0] in _TENS:
        stem, tens = stem[1:], tens * _TENS[stem[0]]
    stem = _ALIASES.get(stem, stem)
    single = Decimal("0.0001") if stem in _CURRENCIES else Decimal(1)
    return Measure(word, _CURRENCIES.get(stem, stem), _tidy(tens * single), stem in _LEVELS)


def measures_of(dimension: str) -> tuple[str, ...]:
    """Return the measure words offered for a dimension, the usual one first."""
    word = _ALIASES.get(dimension, dimension)
    if word in _CURRENCIES:
        return (f"万{word}", f"亿{word}", word)
    return (word,) if word in _LEVELS else (word, f"万{word}")


def base_word(dimension: str) -> str:
    """Return the measure word that amounts of a dimension are stored in: money is 万元."""
    return measures_of(dimension)[0]


def in_measure(value: Decimal, word: str) -> Decimal:
    """Convert a value in its base measure to another measure of the dimension, exactly."""
    return _tidy(WIDE.divide(_decimal(value), measure_of(word).factor))


# --- reading ------------------------------------------------------------------------------------

_DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟兩", "一二三四五六七八九十百千两")
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_CHINESE = r"[零〇一二三四五六七八九两十百千壹贰叁肆伍陆柒捌玖拾佰仟兩]+(?!分[点之])"
_PART = rf"(?:(?:{_ARABIC})(?:\s*[十百千](?=[万亿]))?|{_CHINESE})"
_NUMBER = re.compile(rf"\s*([+\-−负]?)((?:{_PART}\s*[万亿]+)*{_PART}?(?:\s*[万亿]+)?)\s*(.*?)\s*", re.DOTALL)
_HUNDREDS = re.compile(r"(?:(.)千)?(?:(零)?(.)百)?(?:(零)?(.?)十)?(?:(零)?(.))?")
# 100多, 3万左右, 三点五, 3已完成, 12/55: what stands after the figures is no measure word
_NO_MEASURE = re.compile(r"[多余几约近超来逾左右以上下内前后已未完之点零一二三四五六七八九十百千万亿元\d\W_]")


def read_number(text, *, measure: str | None = None) -> Decimal:
    """Read an amount in figures or Chinese numerals, with or without its measure word.

    The result is in the base measure of the dimension (money: 万元). A bare number is in `measure`; one with
    万 or 亿 in it is in the single measure (5000万 where 亿元 is asked means 5000万元).
    """
    wanted = None if measure is None else measure_of(measure)
    if not isinstance(text, str):
        return _bounded(WIDE.multiply(_decimal(text), wanted.factor if wanted else Decimal(1)), text)
    if not text.strip():
        raise NumberError(_("请填写数字"))
    match = _NUMBER.fullmatch(_folded(text)) if len(text) <= 60 else None
    sign, digits, word = match.groups() if match else ("", "", "")
    number = _numeral("".join(digits.split()).replace("〇", "零").translate(_FORMAL)) if digits else None
    if number is None:
        raise _unreadable(text)
    factor = Decimal(1)
    if word:
        found = measure_of(word)
        if wanted and found.dimension != wanted.dimension:
            raise NumberError(
                _("“%(text)s”的单位与“%(measure)s”不是同一种计量，请按“%(measure)s”填写")
                % {"text": _quoted(text), "measure": wanted.word}
            )
        known = found.dimension in _CURRENCIES.values() or found.level
        if not wanted and not known and _NO_MEASURE.search(found.dimension):
            raise _unreadable(text)
        factor = found.factor
    elif wanted:
        factor = wanted.single if "万" in digits or "亿" in digits else wanted.factor
    value = WIDE.multiply(number, factor)
    return _bounded(value.copy_negate() if sign not in ("", "+") else value, text)


def _folded(text: str) -> str:
    """Turn full width into half width, but leave ² and ① alone, or 10² would read as 102."""
    kept = (c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in text)
    return "".join(kept).translate(_TRADITIONAL)


def _unreadable(text) -> NumberError:
    return NumberError(
        _("无法读出“%s”是多少，请写成 9.29、1,599、5000万元、9.29亿元 或 八千万 这样的数") % _quoted(text)
    )


def _numeral(digits: str) -> Decimal | None:
    """Read figures and numerals without blanks; None where speech is ambiguous (三万五, 一百二)."""
    for ten, below in (("亿", 8), ("万", 4)):
        if ten in digits:
            above, rest = (part and _numeral(part) for part in digits.rsplit(ten, 1))
            if not isinstance(above, Decimal) or rest is None:
                return None
            if rest:  # what follows must be clearly smaller: 3亿5000万, 三万零五, but not 3万5
                tail = digits.rsplit(ten, 1)[1]
                padded = tail[0] in "零0" or tail[-1] == "万" or rest >= 10 ** (below - 2)
                if not padded or rest >= 10**below or above != int(above):
                    return None
            return WIDE.add(WIDE.multiply(above, Decimal(10) ** below), rest or Decimal(0))
    if re.fullmatch(_ARABIC, digits):
        return Decimal(digits.replace(",", ""))
    if digits[-1] in "十百千" and re.fullmatch(_ARABIC, digits[:-1]):
        return Decimal(digits[:-1].replace(",", "")) * {"十": 10, "百": 100, "千": 1000}[digits[-1]]
    return _hundreds(digits)


def _hundreds(digits: str) -> Decimal | None:
    """Read Chinese numerals below ten thousand."""
    if digits == "零":
        return Decimal(0)
    match = _HUNDREDS.fullmatch(digits.removeprefix("零"))
    if not match or not digits.removeprefix("零"):
        return None
    thousand, gap_100, hundred, gap_10, ten, gap_1, one = match.groups()
    spoken = [thousand, hundred, "一" if ten == "" else ten, one]
    if any(c is not None and not _DIGITS.get(c) for c in spoken):
        return None
    # a 零 stands exactly where a place is skipped after a higher one: 一百零二, never 一百二
    for i, gap in ((1, gap_100), (2, gap_10), (3, gap_1)):
        skipped = any(spoken[:i]) and not spoken[i - 1]
        if spoken[i] and bool(gap) != skipped:
            return None
    return Decimal(sum(_DIGITS[c] * 10 ** (3 - i) for i, c in enumerate(spoken) if c))


# --- printing -----------------------------------------------------------------------------------


def plain(value: Decimal) -> str:
    """Print without exponent, trailing zeros or thousands commas."""
    return format(_tidy(_decimal(value)), "f")


def grouped(value: Decimal) -> str:
    """Print with thousands commas."""
    return format(_tidy(_decimal(value)), ",f")


def amount_text(value: Decimal, word: str, *, space: bool = False) -> str:
    """Print a value, given in its base measure, in the measure named."""
    return plain(in_measure(value, word)) + (" " if space else "") + word


def money_parts(value: Decimal) -> tuple[str, str]:
    """Return 万元 as (number, measure): 亿元 from one 亿 up, unless that would need more than four decimals."""
    large = in_measure(value, "亿元")
    measure = "亿元" if abs(large) >= 1 and round_half_up(large, 4) == large else "万元"
    return plain(in_measure(value, measure)), measure


def money_text(value: Decimal) -> str:
    """Print money in 万元 with the measure that money_parts() chooses."""
    return "".join(money_parts(value))


def spaced_money(value: Decimal) -> str:
    """Print money in 万元 with a blank before its measure."""
    return " ".join(money_parts(value))


def percent_text(ratio: Fraction | Decimal | None, *, decimals: int = 1, thresholds=(Fraction(1),)) -> str:
    """Print a ratio as a percentage, with more digits where rounding would reach a threshold it misses."""
    if ratio is None:
        return "—"
    ratio = _fraction(ratio)
    percent = round_half_up(ratio * 100, decimals)
    while any(ratio < limit and percent >= _fraction(limit) * 100 for limit in thresholds):
        decimals += 1
        percent = round_half_up(ratio * 100, decimals)
    return plain(percent) + "%"


def points_text(difference: Fraction | Decimal | None, *, word: str = "序时", space: bool = True) -> str:
    """Say by how many percentage points completion is ahead of or behind the clock."""
    if difference is None:
        return "—"
    difference, decimals = _fraction(difference), 1
    if not difference:
        return _("与%s持平") % word
    while not (points := round_half_up(abs(difference) * 100, decimals)):
        decimals += 1
    gap = " " if space else ""
    return (_("超") if difference > 0 else _("欠")) + word + gap + plain(points) + gap + _("个百分点")


def fraction12(value: Fraction) -> str:
    """Print a fraction for machines: twelve places, half-up."""
    return plain(round_half_up(value, 12))


# --- model field, form field, filter, import and export ------------------------------------------


class ExactFormField(forms.Field):
    """Reads an amount typed in its measure or a related one; gives it in the base measure."""

    widget = forms.TextInput

    def __init__(self, *, measure: str | None = None, min_value=None, **kwargs):
        self.measure, self.min_value = measure, min_value
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value):
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        return read_number(value, measure=self.measure) if isinstance(value, str) else exact(value)

    def validate(self, value):
        super().validate(value)
        if value is not None and self.min_value is not None and value < self.min_value:
            raise NumberError(_("不能小于 %s") % self._in_words(self.min_value))

    def _in_words(self, value):
        return amount_text(exact(value), self.measure) if self.measure else plain(value)

    def prepare_value(self, value):
        if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            return plain(in_measure(value, self.measure or ""))
        return value

    def has_changed(self, initial, data):
        try:
            return not self.disabled and self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class ExactField(models.Field):
    """An amount in the base measure of its dimension, stored as an integer of millionths.

    Not a BigIntegerField, or libraries would turn 9.29 into 9. `Sum(field, default=0)` gives Decimals; a
    Coalesce of it needs `Value(0, ExactField())`.
    """

    description = "Exact amount with six decimals"

    def __init__(self, *args, min_value=None, **kwargs):
        self.min_value = min_value
        super().__init__(*args, **kwargs)

    @cached_property
    def validators(self):
        minimum = [] if self.min_value is None else [MinValueValidator(self.min_value)]
        return [*super().validators, *minimum]

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs if self.min_value is None else {**kwargs, "min_value": self.min_value}

    def db_type(self, connection):
        return "bigint"

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        if isinstance(value, float) or value != int(value):  # an average: amounts are divided in Python
            raise TypeError(f"{expression} is not a whole number of millionths")
        return from_millionths(int(value))

    def to_python(self, value):
        return None if value is None else exact(value)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return None if value is None else _millionths(exact(value))

    def value_to_string(self, obj):
        value = self.value_from_object(obj)
        return None if value is None else plain(exact(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": ExactFormField, "min_value": self.min_value, **kwargs})


class ExactFilter(django_filters.Filter):
    """Filters by an amount typed as in a form; takes the same `measure`."""

    field_class = ExactFormField


class ExactWidget(Widget):
    """Reads and prints amounts of a spreadsheet, in a measure."""

    def __init__(self, measure: str | None = None, **kwargs):
        self.measure = measure
        super().__init__(**kwargs)

    def clean(self, value, row=None, **kwargs):
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return read_number(cell_number(value) if isinstance(value, float) else value, measure=self.measure)

    def render(self, value, obj=None, **kwargs):
        if value is None:
            return ""
        shown = in_measure(value, self.measure or "")
        native = kwargs.get("force_native_type") or not self.coerce_to_string
        return shown if native else plain(shown)
