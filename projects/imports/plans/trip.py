"""What a row of a list of trips does: a journey that is filed, changed or, by its results, ended."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.actions.trips import check_met, check_over, check_standing, check_trip
from projects.days import check_day
from projects.imports.plans.base import Planner
from projects.imports.plans.rows import Part, moved, same, words_of
from projects.imports.trip_lookups import TripLookups, key_of
from projects.models import Trip

TRIP_FIELDS = ("purpose", "leader", "people", "led_by_top", "starts_on", "ends_on", "heads", "cost", "results")
NEEDED = {
    "purpose": gettext_lazy("没有填出行目的"),
    "leader": gettext_lazy("没有填带队人"),
    "starts_on": gettext_lazy("没有填出发日期"),
    "ends_on": gettext_lazy("没有填返回日期"),
}


class TripPlanner(Planner):
    """Plans the rows of a list of trips, by the rules of filing, changing and ending one."""

    lookups = TripLookups

    def title_of(self, values):
        """Name what the trip is for."""
        return values.get("purpose") or ""

    def work_out(self, row):
        """Plan a trip that is new or has changed."""
        values = row.values
        for name in ("starts_on", "ends_on"):
            if values.get(name):
                self._refused_by(row, name, check_day, values[name])
        held = self._numbered(row) if values.get("number") else None
        unit = held.unit if held and not values.get("unit") else self._unit(row)
        if row.reasons:
            return
        if held and held.unit_id != unit.pk:
            self._refuse(row, "number", _("这个编号是“%s”的行程") % held.unit)
            return
        facts = {name: values[name] for name in TRIP_FIELDS if values.get(name) not in (None, "")}
        if values.get("delegation"):
            facts["delegation"] = self._team(row, unit, held)
        held = held or self._standing(row, unit, facts)
        if row.reasons:
            return
        if held is None:
            self._filed(row, unit, facts)
        else:
            self._changed(row, held, facts)

    def _numbered(self, row):
        """Return the trip of the number that the row gives."""
        trip = self.look.trips.get(row.values["number"])
        if trip is None:
            self._refuse(row, "number", _("没有这个编号的行程，或不归您查看"))
            return None
        self._take(row, trip)
        return trip

    def _team(self, row, unit, held):
        """Return the team of that name: the unit's own; the one that stands there is known."""
        if held and held.delegation and same(held.delegation.name, row.values["delegation"]):
            return held.delegation
        found = self.look.teams.get(row.values["delegation"], ())
        own = next((team for team in found if team.unit_id == unit.pk), None)
        if own is None:
            self._refuse(
                row, "delegation",
                _("小分队不属于这个单位") if found else _("没有叫“%s”的小分队") % row.values["delegation"],
            )  # fmt: skip
        return own

    def _standing(self, row, unit, facts):
        """Return the unit's trip of that purpose and first day; no two rows without a number may name one."""
        if not facts.get("purpose") or not facts.get("starts_on"):
            return None
        row.key = key_of(unit.pk, facts["purpose"], facts["starts_on"])
        told = _("与第 %d 行是同一次外出（单位、出行目的、出发日期都相同）")
        return self._known(row, "purpose", self.look.standing.get(row.key, ()), facts, told)

    def _filed(self, row, unit, facts):
        """Plan a trip that is new; its results say that it is over."""
        for name, why in NEEDED.items():
            if name not in facts:
                self._refuse(row, name, why)
        if row.reasons:
            return
        trip = Trip(unit=unit, recorded_by=self.user, **facts)
        if "heads" not in facts:
            trip.heads = Decimal(len(trip.names))
            self._note(row, "heads", _("没有填人数，按写明姓名的 %d 人登记") % trip.heads)
        row.record = trip
        self._tell_new(row, trip, (*facts, "heads") if "heads" not in facts else tuple(facts))
        self._end(row, trip)
        self._obey(row, trip)
        row.parts.append(Part(trip))

    def _changed(self, row, held, facts):
        """Plan what differs from a trip that was filed; one that was called off stays as it is."""
        row.record, row.title = held, held.purpose
        fresh, before = self._set(row, (*TRIP_FIELDS, "delegation"), held, facts)
        if not before:
            return
        row.record, row.title = fresh, fresh.purpose
        self._check(row, check_standing, held)
        if row.reasons:
            return
        self._end(row, fresh)
        self._obey(row, fresh)
        self._check(row, check_met, fresh, self.look.met.get(held.pk, ()))
        row.parts.append(Part(fresh, before | moved(held, fresh, ("days_out", "ended_at"))))

    def _end(self, row, trip):
        """End a trip by its results; one that was ended stays over."""
        if not trip.results:
            return
        if trip.ended_at:
            self._check(row, check_over, trip, self.today, _("已销差的行程，返回日期不能晚于今天"))
            return
        self._check(row, check_over, trip, self.today)
        trip.ended_at = timezone.now()
        row.changes.append([_("销差"), "", _("是")])

    def _obey(self, row, trip):
        """Refuse what the rules of trips refuse, and whoever is no clerk of the unit."""
        if trip.ends_on < trip.starts_on:
            self._refuse(row, "ends_on", words_of(Trip, "trip_ends_after_it_starts"))
        elif trip.heads < 1:
            self._refuse(row, "heads", words_of(Trip, "trip_has_somebody"))
        else:
            self._check(row, check_trip, trip)
        if not self.look.may_write_for(trip.unit):
            self._refuse(row, "unit", _("行程由本单位的填报员报备，“%s”不归您填报") % trip.unit)
