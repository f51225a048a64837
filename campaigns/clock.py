"""Time progress (时序进度) of a campaign as of a day, as an exact fraction."""

from datetime import date, timedelta
from fractions import Fraction

from campaigns.models import Campaign
from campaigns.workdays import working_days_between


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def next_month(day: date) -> date:
    """Return the first day of the month after a day's month."""
    return month_end(day) + timedelta(days=1)


def months_between(first: date, last: date) -> int:
    """Return the number of calendar months that two days touch, both included."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def time_progress(campaign: Campaign, as_of: date) -> Fraction:
    """Return the share of the campaign's time that is over: 0 before the start, 1 from the end on.

    By day both ends count. By month a month counts once its last day is not after the as-of day, so that
    31 August of a year is 8/12 and 30 August 7/12. By working day free days do not count, unless the campaign has
    no other. By the campaign's dated table the share of the last stage whose day has come is due.
    """
    if as_of < campaign.starts_on:
        return Fraction(0)
    if as_of >= campaign.ends_on:
        return Fraction(1)
    if campaign.clock == Campaign.Clock.MONTH:
        total = months_between(campaign.starts_on, campaign.ends_on)
        over = months_between(campaign.starts_on, as_of) - (1 if as_of < month_end(as_of) else 0)
        return Fraction(over, total)
    if campaign.clock == Campaign.Clock.STAGES:
        return max((Fraction(share) for on, share in campaign.stage_table if on <= as_of), default=Fraction(0))
    if campaign.clock == Campaign.Clock.WORKDAY:
        eve, table = campaign.starts_on - timedelta(days=1), campaign.holiday_table
        if total := working_days_between(eve, campaign.ends_on, table):
            return Fraction(working_days_between(eve, as_of, table), total)
    return Fraction(campaign.day_number(as_of), campaign.days)


def previous_day(campaign: Campaign, as_of: date) -> date | None:
    """Return the day that changes of place compare with: 7 days ago, by month the last month's end.

    None before the campaign's start.
    """
    if campaign.clock == Campaign.Clock.MONTH:
        day = as_of.replace(day=1) - timedelta(days=1)
    else:
        day = as_of - timedelta(days=7)
    return day if day >= campaign.starts_on else None


def days_back(campaign: Campaign, as_of: date) -> list[date]:
    """Return the days that places are shown at, each the one the next compares with, as_of the last."""
    days, day = [], as_of
    while day is not None:
        days.append(day)
        day = previous_day(campaign, day)
    return days[::-1]


def weeks_left(campaign: Campaign, as_of: date) -> Fraction:
    """Return the weeks from the day after as_of to the end."""
    return Fraction(max(0, (campaign.ends_on - as_of).days), 7)


def year_before(day: date) -> date:
    """Return the same day a year earlier; 29 February becomes the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
