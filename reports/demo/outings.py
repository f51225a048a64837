"""Who went out in the demo: teams with their people, trips, who was at which event, who is to be called next."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from projects.actions import (
    add_posting,
    cancel_trip,
    create_delegation,
    end_trip,
    file_trip,
    plan_contact,
    record_leave,
    set_attendance,
    settle_contact,
)
from projects.models import Company, Delegation, Event, Posting, Trip
from reports.demo import tables

MORNING = time(9, 30)


class Outings:
    """Enters the tables of one campaign's folder beside its other facts (reports.demo.facts.Facts)."""

    def __init__(self, facts):
        self.facts, self.office, self.campaign = facts, facts.office, facts.campaign
        self.trips = {}

    def enter_teams(self):
        """Set up the teams and offices with their people and their leaves."""
        for row in self.facts.rows("delegations"):
            unit = self.office.units[row["unit"]]
            create_delegation(
                unit=unit,
                campaign=None if row["standing"] else self.campaign,
                formed_on=self.facts.day(row["formed_on"]),
                by=self.office.clerk(unit),
                **tables.filled(row, "kind", "name", "leader", "leader_title", "place", "focus"),
            )
        for row in self.facts.rows("members"):
            team = Delegation.objects.get(name=row["delegation"])
            add_posting(
                delegation=team,
                person=row["person"],
                title=row["title"],
                from_on=self.facts.day(row["from_on"]),
                until_on=self.facts.day(row["until_on"]),
                by=self.office.clerk(team.unit),
            )
        for row in self.facts.rows("leaves"):
            posting = Posting.objects.get(delegation__name=row["delegation"], person=row["person"])
            record_leave(
                posting=posting,
                from_on=self.facts.day(row["from_on"]),
                until_on=self.facts.day(row["until_on"]),
                by=self.office.clerk(posting.delegation.unit),
                **tables.filled(row, "reason", "allowed_by"),
            )

    def file_trips(self):
        """File the trips; the visits on them are entered after that."""
        for row in self.facts.rows("trips"):
            unit = self.office.units[row["unit"]]
            team = Delegation.objects.get(unit=unit, name=row["delegation"]) if row["delegation"] else None
            self.trips[row["trip"]] = file_trip(
                unit=unit,
                delegation=team,
                starts_on=self.facts.day(row["starts_on"]),
                ends_on=self.facts.day(row["ends_on"]),
                heads=tables.number(row["heads"]),
                cost=tables.number(row["cost"]),
                led_by_top=bool(row["led_by_top"]),
                stops=[self._stop(text) for text in row["stops"].split("|") if text],
                by=self.office.clerk(unit),
                **tables.filled(row, "purpose", "leader", "people"),
            )

    def _stop(self, text):
        day, place, plan = text.split(" ", 2)
        return {"on": self.facts.day(day), "place": place, "plan": plan}

    def end_trips(self):
        """Say what came of the trips that are over, call off those that were; keep the days of both."""
        for row in self.facts.rows("trips"):
            trip, by = self.trips[row["trip"]], self.office.clerk(self.office.units[row["unit"]])
            if row["results"]:
                end_trip(trip=trip, results=row["results"], by=by, today=trip.ends_on)
                Trip.objects.filter(pk=trip.pk).update(ended_at=moment(trip.ends_on, 1))
            elif row["cancelled"]:
                cancel_trip(trip=trip, reason=row["cancelled"], by=by)
            Trip.objects.filter(pk=trip.pk).update(
                filed_at=moment(trip.starts_on, -2)
            )  # as a running site would have

    def enter_attendance(self):
        """Say with how many people units were at the events."""
        for row in self.facts.rows("attendance"):
            unit = self.office.units[row["unit"]]
            set_attendance(
                event=Event.objects.get(name=row["event"]),
                unit=unit,
                heads=int(row["heads"]),
                leader=row["leader"],
                by=self.office.clerk(unit),
            )

    def plan_contacts(self):
        """Plan who is called or visited next; some of it is settled."""
        for row in self.facts.rows("planned"):
            unit = self.office.units[row["unit"]]
            by = self.office.clerk(unit)
            contact = plan_contact(
                unit=unit,
                company=Company.objects.get(name=row["company"]),
                project=self.facts.project(row["project"]) if row["project"] else None,
                due_on=self.facts.day(row["due_on"]),
                user=by if row["person"] == str(by) else None,
                by=by,
                **tables.filled(row, "way", "person", "note"),
            )
            if row["done_on"] or row["dropped"]:
                settle_contact(contact=contact, on=self.facts.day(row["done_on"]), dropped=row["dropped"], by=by)


def moment(day, shift):
    """Return a morning some days after a day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=shift), MORNING))
