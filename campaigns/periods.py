"""Months of the ledger: a closed one takes no entry, what belongs to it goes to the first open day."""

from datetime import date

from campaigns.clock import next_month
from campaigns.models import Period


def lock(months):
    """Lock the rows of some months in order, making those that are missing; return {month: closed}.

    Closing a month and posting into it lock the same row, so that no entry slips behind a frozen figure.
    """
    months = sorted(set(months))
    rows = {
        row.month: row.closed for row in Period.objects.select_for_update().filter(month__in=months).order_by("month")
    }
    missing = [month for month in months if month not in rows]
    if missing:
        Period.objects.bulk_create([Period(month=month) for month in missing], ignore_conflicts=True)
        again = Period.objects.select_for_update().filter(month__in=missing).order_by("month")
        rows |= {row.month: row.closed for row in again}
    return rows


def seen(months):
    """Return {month: closed} without locking: for a page that says what a posting would do."""
    return dict.fromkeys(months, False) | dict(Period.objects.filter(month__in=months).values_list("month", "closed"))


class OpenDays:
    """Says on which day a fact is posted; holds the locks of every month it was asked about.

    With read=seen it only looks.
    """

    def __init__(self, days, read=None):
        self.read = read or lock
        self.closed = self.read({day.replace(day=1) for day in days})

    def first_open(self, day: date) -> date:
        """Return the day itself, or the first day of the first open month after it."""
        month = day.replace(day=1)
        while self.closed[month]:
            month = next_month(month)
            if month not in self.closed:
                self.closed |= self.read({month})
        return max(day, month)
