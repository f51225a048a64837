"""Half-up rounding and plain printing of exact fractions; pure, for scores and amounts alike."""

from decimal import Context, Decimal
from fractions import Fraction

WIDE = Context(prec=200)  # the default context would round at 28 digits


def half_up(value: Fraction, places: int) -> Decimal:
    """Round half away from zero, computed in whole numbers."""
    above, below = value.as_integer_ratio()
    whole = (2 * abs(above) * 10**places + below) // (2 * below)
    return Decimal(whole if above >= 0 else -whole).scaleb(-places, WIDE)


def fraction_text(value: Fraction, places: int = 4) -> str:
    """Print a fraction without trailing zeros; ≈ stands before one that has more places than are printed."""
    rounded = half_up(value, places)
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text in ("-0", "") else text
    return text if 10**places % value.denominator == 0 else f"≈{text}"


def percentage_text(value: Fraction, places: int = 4) -> str:
    """Print a ratio as a percentage in the same way."""
    return fraction_text(value * 100, places) + "%"
