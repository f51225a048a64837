"""The clock of working days: weekdays less holidays, with the weekend days worked in exchange."""

from collections.abc import Mapping
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date, table: Mapping[date, bool]) -> bool:
    """Say whether a day is worked; table holds {day: worked} of the days that are not what their weekday says."""
    return table.get(day, day.weekday() < SATURDAY)


def working_day(start: date, number: int, table: Mapping[date, bool]) -> date:
    """Return the number-th working day after a day; the day itself is not counted."""
    day = start
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day, table)
    return day


def working_days_between(start: date, end: date, table: Mapping[date, bool]) -> int:
    """Return how many working days lie after one day, up to and with another; 0 where it is not later."""
    span = (end - start).days
    return sum(is_working_day(start + timedelta(days=step), table) for step in range(1, span + 1))
