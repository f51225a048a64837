"""What the rows of a list of trips refer to, read in a few queries whatever their number."""

from collections import defaultdict

from projects.imports.lookups import UnitLookups, chunks, lock
from projects.models import Delegation, Trip, Visit
from units.models import Role, Unit


def days_met(trips):
    """Return {trip: the days of its live visits, in order}; one query for some thousands of trips."""
    days = defaultdict(list)
    for part in chunks(trips):
        rows = Visit.objects.live().filter(trip__in=part).order_by("on")
        for trip, on in rows.values_list("trip", "on"):
            days[trip].append(on)
    return days


def key_of(unit_id, purpose, starts_on):
    """Return what a trip is known by where no number is given."""
    return unit_id, " ".join(purpose.split()), starts_on


class TripLookups(UnitLookups):
    """The trips that rows may speak of, the teams they name, and the days of the visits made on them."""

    def __init__(self, batch, user, rows, *, lock=False):
        super().__init__(batch, user, lock=lock)
        self._read_trips(rows)
        self._read_teams(rows)

    @staticmethod
    def nameable_units(user):
        """Return the units whose trips the user may see: what stands there may be compared by anybody."""
        return Unit.objects.all() if user.is_system else Unit.objects.visible_to(user)

    def may_write_for(self, unit):
        """Say whether the user files trips for a unit: a clerk of it."""
        return self.user.is_system or self.user.holds(Role.CLERK, unit)

    def _read_trips(self, rows):
        seen = Trip.objects.all() if self.user.is_system else Trip.objects.visible_to(self.user)
        ids, days = set(), [row["starts_on"] for row in rows if row.get("starts_on")]
        for part in chunks({row["number"] for row in rows if row.get("number")}):
            ids.update(seen.filter(pk__in=part).values_list("pk", flat=True))
        if days:
            near = seen.filter(starts_on__gte=min(days), starts_on__lte=max(days))
            ids.update(near.values_list("pk", flat=True))
        if self.locking:
            lock(Trip, ids)
        self.trips, self.standing = {}, defaultdict(list)
        for part in chunks(ids):
            for trip in Trip.objects.filter(pk__in=part).select_related("unit", "delegation").order_by("pk"):
                self.trips[trip.pk] = trip
                if not trip.cancelled_at:
                    self.standing[key_of(trip.unit_id, trip.purpose, trip.starts_on)].append(trip)
        self.met = days_met(self.trips)

    def _read_teams(self, rows):
        self.teams = defaultdict(list)
        for part in chunks({row["delegation"] for row in rows if row.get("delegation")}):
            for team in Delegation.objects.filter(name__in=part).select_related("unit").order_by("pk"):
                self.teams[team.name].append(team)
