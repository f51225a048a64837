"""Days as the commands take them."""

from argparse import ArgumentTypeError
from datetime import date


def iso_day(text: str | date) -> date:
    """Read a day written 2026-09-30."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，请写成 2026-09-30 这样") from None
