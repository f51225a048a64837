"""The clock of working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.workdays import is_working_day, working_day, working_days_between

# the National Day week of 2026: free from 1 to 7 October, Saturday the 10th worked in exchange
TABLE = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2026, 11, 16), 7, date(2026, 11, 25)),  # Monday; the weekend of the 21st is not counted
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday to Monday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # accepted on a Saturday
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the holidays
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # 8, 9, and the Saturday worked in exchange
        (date(2026, 9, 30), 0, date(2026, 9, 30)),
    ],
)
def test_working_day_skips_weekends_and_holidays(start, number, end):
    assert working_day(start, number, TABLE) == end


@given(st.dates(date(2026, 8, 1), date(2026, 12, 1)), st.integers(1, 60))
def test_as_many_working_days_lie_between_as_were_counted(start, number):
    end = working_day(start, number, TABLE)
    assert working_days_between(start, end, TABLE) == number
    assert is_working_day(end, TABLE)
    assert working_days_between(start, end - timedelta(days=1), TABLE) == number - 1
