"""The calendar: trips, visits, events, meetings, planned contacts and due promises of a span of days."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects import todos
from projects.models import Event, Meeting, PlannedContact, Trip, TripState, Visit
from units.models import Unit, User

TRIP, VISIT, EVENT, MEETING, CONTACT, PROMISE = "trip", "visit", "event", "meeting", "contact", "promise"
KINDS = {
    TRIP: _("外出"), VISIT: _("走访来访"), EVENT: _("活动"), MEETING: _("会议"), CONTACT: _("联系计划"),
    PROMISE: _("承诺到期"),
}  # fmt: skip
TONES = {TRIP: "info", VISIT: "muted", EVENT: "ok", MEETING: "ok", CONTACT: "warn", PROMISE: "warn"}
IN_A_CELL = 4  # items that a day of the grid shows
MONDAY = 0


@dataclass(frozen=True)
class Item:
    """One thing in the calendar: from its first to its last day; key tells it from all others for good."""

    key: str
    kind: str
    on: date
    until: date
    title: str
    unit: str
    url: str
    tone: str
    place: str = ""

    @property
    def word(self):
        """What kind of thing it is."""
        return str(KINDS[self.kind])


def items(
    user: User, since: date, until: date, *, as_of: date, unit: Unit | None = None, kind: str = ""
) -> list[Item]:
    """Return what the user may see of a span of days, the earliest first: a fixed number of queries."""
    made = []
    for name, read in READERS.items():
        if kind in ("", name):
            made += read(user, since, until, unit, as_of)
    return sorted(made, key=lambda item: (item.on, list(KINDS).index(item.kind), item.key))


def within(rows, unit):
    """Narrow to a unit and the units below it, where one is named."""
    return rows if unit is None else rows.filter(unit__path__startswith=unit.path)


def trips(user, since, until, unit, as_of) -> Iterable[Item]:
    """Return journeys that were not called off; red where nobody wrote down what came of one that is over."""
    rows = Trip.objects.visible_to(user).live().filter(starts_on__lte=until, ends_on__gte=since)
    for row in within(rows, unit).select_related("unit"):
        tone = "bad" if row.state(as_of) == TripState.DUE else TONES[TRIP]
        title = f"{row.purpose}（{row.leader}）"
        yield Item(
            f"trip-{row.pk}", TRIP, row.starts_on, row.ends_on, title, row.unit.name, row.get_absolute_url(), tone
        )


def visits(user, since, until, unit, as_of) -> Iterable[Item]:
    """Return meetings with companies."""
    rows = Visit.objects.visible_to(user).live().filter(on__range=(since, until))
    for row in within(rows, unit).select_related("unit", "company"):
        title = f"{row.get_direction_display()} {row.company.name}"
        url = row.get_absolute_url()
        yield Item(f"visit-{row.pk}", VISIT, row.on, row.on, title, row.unit.name, url, TONES[VISIT], row.place)


def events(user, since, until, unit, as_of) -> Iterable[Item]:
    """Return fairs and signing events; those of a unit are those it attended."""
    rows = Event.objects.visible_to(user).filter(on__lte=until)
    rows = rows.filter(Q(ends_on__gte=since) | Q(ends_on__isnull=True, on__gte=since))
    if unit is not None:
        rows = rows.filter(attendance__unit__path__startswith=unit.path).distinct()
    for row in rows:
        ends_on, url = row.ends_on or row.on, row.get_absolute_url()
        yield Item(f"event-{row.pk}", EVENT, row.on, ends_on, row.name, "", url, TONES[EVENT], row.place)


def meetings(user, since, until, unit, as_of) -> Iterable[Item]:
    """Return meetings; those of a unit are those it called."""
    rows = within(Meeting.objects.visible_to(user).filter(on__range=(since, until)), unit)
    for row in rows.select_related("unit").distinct():
        key, url = f"meeting-{row.pk}", row.get_absolute_url()
        yield Item(key, MEETING, row.on, row.on, row.title, row.unit.name, url, TONES[MEETING], row.place)


def contacts(user, since, until, unit, as_of) -> Iterable[Item]:
    """Return who is to be called or visited; what was dropped is left out."""
    rows = PlannedContact.objects.visible_to(user).filter(due_on__range=(since, until), dropped="")
    for row in within(rows, unit).select_related("unit", "company"):
        late = row.done_on is None and row.due_on < as_of
        tone = "bad" if late else "muted" if row.done_on else TONES[CONTACT]
        title = f"{row.get_way_display()} {row.company.name}（{row.person}）"
        url = f"{reverse('projects:planned_list')}?{urlencode({'q': row.company.name})}"
        yield Item(f"contact-{row.pk}", CONTACT, row.due_on, row.due_on, title, row.unit.name, url, tone)


def promises(user, since, until, unit, as_of) -> Iterable[Item]:
    """Return promises that fall due; what was settled stands there, too, from the span on."""
    paths = None if unit is None else [unit.path]
    found = todos.lines(user, as_of, since=since, due=(since, until), paths=paths)
    for row in todos.load(found, as_of):
        tone = {"overdue": "bad", "done": "muted"}.get(row.state(as_of), TONES[PROMISE])
        title = f"{row.title}（{row.kind}）"
        yield Item(f"promise-{row.key}", PROMISE, row.due_on, row.due_on, title, row.unit, row.url, tone)


READERS = {
    TRIP: trips, VISIT: visits, EVENT: events, MEETING: meetings, CONTACT: contacts, PROMISE: promises,
}  # fmt: skip


# --- a month on a page


@dataclass(frozen=True)
class Day:
    """One day of the grid; shown are the items that fit, more is how many do not."""

    on: date
    is_inside: bool
    is_today: bool
    items: tuple[Item, ...]

    @property
    def shown(self):
        """The items that fit into the cell."""
        return self.items if len(self.items) <= IN_A_CELL else self.items[: IN_A_CELL - 1]

    @property
    def more(self):
        """How many do not."""
        return len(self.items) - len(self.shown)


def weeks_of(month: date) -> list[list[date]]:
    """Return the days of the weeks that a month touches, Monday first."""
    return Calendar(MONDAY).monthdatescalendar(month.year, month.month)


def grid(month: date, found: list[Item], today: date) -> list[list[Day]]:
    """Lay the items out over the weeks of a month; a journey stands on each of its days."""
    weeks = weeks_of(month)
    by_day = defaultdict(list)
    first, last = weeks[0][0], weeks[-1][-1]
    for item in found:
        day = max(item.on, first)
        while day <= min(item.until, last):
            by_day[day].append(item)
            day += timedelta(days=1)
    return [[Day(day, day.month == month.month, day == today, tuple(by_day[day])) for day in week] for week in weeks]


def months_beside(month: date) -> tuple[date, date]:
    """Return the first days of the months before and after."""
    before = (month - timedelta(days=1)).replace(day=1)
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return before, after
