"""The period that an issue of a rhythm speaks of: its first day, what it is called, the period before it."""

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.clock import month_end
from reports.models.kinds import ReportKind

Rhythm = ReportKind.Rhythm
USUAL = ("本期", "上期")
WORDS = {Rhythm.WEEKLY: ("本周", "上周"), Rhythm.HALF_MONTHLY: USUAL, Rhythm.MONTHLY: ("本月", "上月")}
MIDDLE = 15  # the last day of a first half-month


@dataclass(frozen=True)
class Span:
    """Some days, both included, and what they are called."""

    word: str
    first: date
    last: date


def first_of_period(rhythm: str, day: date) -> date | None:
    """Return the first day of the week, half-month or month of a day; None for a rhythm without such periods."""
    if rhythm == Rhythm.WEEKLY:
        return day - timedelta(days=day.weekday())
    if rhythm == Rhythm.HALF_MONTHLY:
        return day.replace(day=1 if day.day <= MIDDLE else MIDDLE + 1)
    return day.replace(day=1) if rhythm == Rhythm.MONTHLY else None


def last_of_period(rhythm: str, first: date) -> date:
    """Return the last day of the period that begins on a day."""
    if rhythm == Rhythm.WEEKLY:
        return first + timedelta(days=6)
    if rhythm == Rhythm.HALF_MONTHLY and first.day <= MIDDLE:
        return first.replace(day=MIDDLE)
    return month_end(first)


def word_of(rhythm: str) -> str:
    """Return what the period of an issue is called."""
    return WORDS.get(rhythm, USUAL)[0]


def span_before(rhythm: str, first: date, last: date) -> Span | None:
    """Return the period before, as far into it as the issue is into its own; None where there is nothing alike.

    A whole period is set beside a whole one, however long; a part of one beside the same part.
    """
    if first != first_of_period(rhythm, last):
        return None
    name = WORDS[rhythm][1]
    start = first_of_period(rhythm, first - timedelta(days=1))
    end = last_of_period(rhythm, start)
    if last == last_of_period(rhythm, first):
        return Span(name, start, end)
    return Span(f"{name}同期", start, min(start + (last - first), end))
