"""Time progress by day, by working day, by month and by a dated table."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from campaigns.clock import month_end, months_between, next_month, previous_day, time_progress, weeks_left
from campaigns.models import Campaign, current

DRIVE = Campaign(name="会战", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
YEAR = Campaign(name="年度", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), clock="month")


@pytest.mark.parametrize(
    ("campaign", "as_of", "share"),
    [
        (DRIVE, date(2026, 6, 30), Fraction(0)),
        (DRIVE, date(2026, 7, 1), Fraction(1, 92)),
        (DRIVE, date(2026, 8, 15), Fraction(1, 2)),
        (DRIVE, date(2026, 9, 30), Fraction(1)),
        (DRIVE, date(2026, 12, 1), Fraction(1)),
        (YEAR, date(2026, 8, 30), Fraction(7, 12)),
        (YEAR, date(2026, 8, 31), Fraction(8, 12)),
        (YEAR, date(2026, 1, 30), Fraction(0)),
        (YEAR, date(2026, 2, 28), Fraction(2, 12)),
        (YEAR, date(2027, 1, 1), Fraction(1)),
    ],
)
def test_time_progress_counts_days_or_whole_months(campaign, as_of, share):
    assert time_progress(campaign, as_of) == share


# Thursday 24 September to Saturday 10 October 2026: 8 of 17 days are worked
WEEKS = Campaign(name="突击旬", starts_on=date(2026, 9, 24), ends_on=date(2026, 10, 10), clock="workday")
WEEKS.holiday_table = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
WEEKEND = Campaign(name="周末", starts_on=date(2026, 9, 26), ends_on=date(2026, 9, 27), clock="workday")
WEEKEND.holiday_table = {}
PHASES = Campaign(name="三阶段", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), clock="stages")
PHASES.stage_table = ((date(2026, 3, 31), Decimal("0.2")), (date(2026, 6, 30), Decimal("0.55")))


@pytest.mark.parametrize(
    ("campaign", "as_of", "share"),
    [
        (WEEKS, date(2026, 9, 23), Fraction(0)),
        (WEEKS, date(2026, 9, 24), Fraction(1, 8)),
        (WEEKS, date(2026, 9, 27), Fraction(2, 8)),
        (WEEKS, date(2026, 9, 30), Fraction(5, 8)),
        (WEEKS, date(2026, 10, 7), Fraction(5, 8)),
        (WEEKS, date(2026, 10, 9), Fraction(7, 8)),
        (WEEKS, date(2026, 10, 10), Fraction(1)),
        (WEEKEND, date(2026, 9, 26), Fraction(1, 2)),  # no day is worked: the days themselves count
        (PHASES, date(2026, 3, 30), Fraction(0)),
        (PHASES, date(2026, 3, 31), Fraction(1, 5)),
        (PHASES, date(2026, 6, 29), Fraction(1, 5)),
        (PHASES, date(2026, 12, 30), Fraction(11, 20)),
        (PHASES, date(2026, 12, 31), Fraction(1)),
    ],
)
def test_time_progress_counts_working_days_or_follows_the_table(campaign, as_of, share):
    assert time_progress(campaign, as_of) == share


@pytest.mark.parametrize(
    ("campaign", "as_of", "earlier"),
    [
        (DRIVE, date(2026, 7, 8), date(2026, 7, 1)),
        (DRIVE, date(2026, 7, 7), None),
        (YEAR, date(2026, 8, 31), date(2026, 7, 31)),
        (YEAR, date(2026, 8, 30), date(2026, 7, 31)),
        (YEAR, date(2026, 1, 31), None),
    ],
)
def test_previous_day_is_a_week_or_a_month_ago_never_before_the_start(campaign, as_of, earlier):
    assert previous_day(campaign, as_of) == earlier


def test_months_of_leap_years_and_year_ends():
    assert month_end(date(2028, 2, 1)) == date(2028, 2, 29)
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert months_between(date(2025, 11, 30), date(2026, 2, 1)) == 4


def test_weeks_left_are_exact_and_never_negative():
    assert weeks_left(DRIVE, date(2026, 9, 20)) == Fraction(10, 7)
    assert weeks_left(DRIVE, date(2026, 10, 9)) == 0


def test_pages_open_on_the_running_campaign_that_started_last():
    short = Campaign(name="竞赛", starts_on=date(2026, 8, 1), ends_on=date(2026, 11, 8))
    rows = [DRIVE, YEAR, short]
    assert current(rows, date(2026, 8, 5)) is short
    assert current(rows, date(2026, 7, 5)) is DRIVE
    assert current(rows, date(2027, 7, 5)) is short
    assert current([], date(2026, 7, 5)) is None
    assert DRIVE.default_day(date(2026, 12, 1)) == date(2026, 9, 30)
    assert DRIVE.default_day(date(2026, 1, 1)) == date(2026, 7, 1)
