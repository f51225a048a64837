"""Reads the tables of fixtures/demo: every cell is text, a day is a date or a number of days from a start."""

import csv
import json
from datetime import date, timedelta

from django.conf import settings

from campaigns.numbers import exact

FOLDER = settings.BASE_DIR / "fixtures" / "demo"


def rows(name):
    """Return the rows of a table as dictionaries; none where the campaign has no such table."""
    path = FOLDER / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def has(name):
    """Say whether there is such a JSON file."""
    return (FOLDER / f"{name}.json").exists()


def outline(name):
    """Return what a JSON file holds."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def day(text, start=None):
    """Read a day: 2026-07-01, or +12 for the twelfth day after the start; None where the cell is empty."""
    if not text:
        return None
    return start + timedelta(days=int(text)) if text.startswith("+") else date.fromisoformat(text)


def number(text):
    """Read an exact number; None where the cell is empty."""
    return exact(text) if text else None


def filled(row, *names):
    """Return the named cells that hold something."""
    return {name: row[name] for name in names if row.get(name)}
