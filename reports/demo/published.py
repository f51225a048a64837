"""What the city published about the district in the demo: its place among the districts, month by month."""

from datetime import date

from campaigns.actions import record_places
from reports.demo import scheme, tables


def enter(office, today: date):
    """Write down the places of the months that are over."""
    known = scheme.indicators(office)
    rows = [
        {
            "since": tables.day(row["since"]),
            "until": tables.day(row["until"]),
            "indicator": known[row["indicator"]] if row["indicator"] else None,
            "place": int(row["place"]),
            "of_how_many": int(row["of_how_many"]),
            "source": row["source"],
        }
        for row in tables.rows("published")
    ]
    record_places(unit=office.top, rows=[row for row in rows if row["until"] <= today], by=office.editor)
