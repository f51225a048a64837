"""From facts to entries: which indicators a fact counts toward, for which units, how much, on which basis."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from django.db.models import Prefetch

from campaigns.ledger import Key
from campaigns.models import Basis, Recognition
from campaigns.numbers import exact, split
from projects.models import Attendance, CountingRule, Credit, Milestone, Trip, Visit
from projects.stages import RECOGNISED

WHOLE = Decimal(100)  # percent that the shares of a project add up to


class Rules:
    """All counting rules, read once for a batch; never kept between requests."""

    def __init__(self):
        self.by_fact = defaultdict(list)
        for rule in CountingRule.objects.order_by("indicator_id", "from_on", "pk"):
            self.by_fact[rule.fact].append(rule)

    def counting(self, fact, day, said):
        """Yield (rule, amount), for each indicator at most once, for what a fact says on its day."""
        counted = set()
        for rule in self.by_fact[fact]:
            in_force = rule.from_on <= day and (rule.until_on is None or day <= rule.until_on)
            if in_force and rule.indicator_id not in counted and not mismatches(rule.conditions, said):
                amount = said[rule.measure]
                if amount is not None:
                    counted.add(rule.indicator_id)
                    yield rule, amount


def mismatches(conditions, said):
    """Return the names of the conditions that a fact does not meet; none means that it counts."""
    missed = []
    for name, wanted in conditions.items():
        if name == "min_amount":
            met = reaches(wanted, said)
        elif isinstance(wanted, list):
            met = not wanted or said[name] in wanted
        else:
            met = not wanted or bool(said[name])
        if not met:
            missed.append(name)
    return missed


def reaches(minimum, said):
    """Say whether an amount reaches the threshold in its own currency, else in yuan (R25); exact, never rounded."""
    if said["amount"] is None:
        return False
    if said["currency"] in minimum and said["own_amount"] is not None:
        return said["own_amount"] >= Fraction(exact(minimum[said["currency"]]))
    return "CNY" in minimum and said["amount"] >= exact(minimum["CNY"])


def said_by_milestone(milestone, basis):
    """Return what a milestone says on a basis, under the names that rules use."""
    amount = milestone.amount_cny if basis == Basis.REPORTED else milestone.recognised_amount
    own = None
    if amount is not None and milestone.amount is not None:
        own = Fraction(milestone.amount)
        if basis == Basis.RECOGNISED and milestone.recognition == Recognition.REDUCED and milestone.amount_cny:
            own = own * Fraction(amount) / Fraction(milestone.amount_cny)
    return {
        "count": Decimal(1),
        "amount": amount,
        "persons": None,
        "days": None,
        "own_amount": own,
        "currency": milestone.currency,
        "sectors": milestone.project.sector,
        "origins": milestone.source_origin or milestone.project.company.origin,
        "lands": milestone.project.lands,
        "event_levels": milestone.event.level if milestone.event else None,
        "in_cash": milestone.in_cash,
        "led_by_top": False,
    }


def said_by_visit(visit, basis):
    """Return what a visit says on a basis, under the names that rules use."""
    return {
        "count": Decimal(1),
        "amount": None,
        "persons": visit.heads if basis == Basis.REPORTED else visit.recognised_amount,
        "days": None,
        "own_amount": None,
        "currency": None,
        "sectors": visit.project.sector if visit.project else None,
        "origins": visit.company.origin,
        "lands": visit.project.lands if visit.project else None,
        "event_levels": None,
        "in_cash": False,
        "led_by_top": visit.led_by_top,
    }


def days(fact):
    """Yield (basis, day) for each basis on which a live fact stands."""
    if fact.is_withdrawn or fact.on is None:
        return
    yield Basis.REPORTED, fact.on
    if fact.is_recognised:
        yield Basis.RECOGNISED, fact.recognised_on


def every_share(path="project__credits"):
    """Return the prefetch that gives a project `shares_ever`: its shares of all days, one query a batch."""
    return Prefetch(path, Credit.ever.order_by("pk"), to_attr="shares_ever")


def milestone_entries(milestones, rules=None, shares=None):
    """Return {milestone id: {key: amount}}; what a project earns is split by its shares, adding up to the whole.

    The shares are those in force on the fact's own day, so that both bases split alike; shares (Credits of all
    days, saved or not) stand in for those of the database. A kind that no verifier recognises stands on both bases
    from its own day.
    """
    rules = rules or Rules()
    wanted = {}
    for milestone in milestones.select_related("project__company", "event").prefetch_related(every_share()):
        credits = shares_on(milestone.on, milestone.project.shares_ever if shares is None else shares)
        amounts = defaultdict(Decimal)
        for basis, day in both_bases(milestone) if credits else ():  # nobody's: check_ledger names the project
            for rule, amount in rules.counting(
                f"milestone.{milestone.kind}", day, said_by_milestone(milestone, basis)
            ):
                for credit, part in zip(credits, split(amount, [row.share for row in credits]), strict=True):
                    if part or not amount:
                        amounts[Key(rule.indicator_id, credit.unit_id, str(basis), day)] += part
        wanted[milestone.pk] = dict(amounts)
    return wanted


def shares_on(day, credits):
    """Return those of a project's shares of all days that are in force on one; none without a day."""
    return [credit for credit in credits if day is not None and credit.holds_on(day)]


def both_bases(milestone):
    """Yield (basis, day), a kind without recognition on both bases."""
    standing = list(days(milestone))
    if standing and milestone.kind not in RECOGNISED and not milestone.is_recognised:
        standing.append((Basis.RECOGNISED, milestone.on))
    return standing


def visit_entries(visits, rules=None):
    """Return {visit id: {key: amount}}."""
    rules = rules or Rules()
    wanted = {}
    for visit in visits.select_related("company", "project"):
        wanted[visit.pk] = {
            Key(rule.indicator_id, visit.unit_id, str(basis), day): amount
            for basis, day in days(visit)
            for rule, amount in rules.counting(f"visit.{visit.direction}", day, said_by_visit(visit, basis))
        }
    return wanted


def trip_entries(trips, rules=None):
    """Return {trip id: {key: amount}}; a trip counts on its first day, once it was ended by its report."""
    rules = rules or Rules()
    return {trip.pk: on_both_bases(rules, "trip.made", trip.unit_id, trip.counts_on, trip) for trip in trips}


def attendance_entries(rows, rules=None):
    """Return {attendance id: {key: amount}}; it counts on the event's day."""
    rules = rules or Rules()
    return {
        row.pk: on_both_bases(rules, "attendance.event", row.unit_id, row.event.on, row)
        for row in rows.select_related("event")
    }


def on_both_bases(rules, fact, unit_id, day, row):
    """Return {key: amount} of a fact that nobody recognises: it stands on both bases from its own day."""
    if day is None:
        return {}
    return {
        Key(rule.indicator_id, unit_id, str(basis), day): amount
        for basis in (Basis.REPORTED, Basis.RECOGNISED)
        for rule, amount in rules.counting(fact, day, said_by_presence(row))
    }


def said_by_presence(row):
    """Return what a trip or an attendance says, under the names that rules use."""
    return {
        "count": Decimal(1),
        "amount": None,
        "persons": Decimal(row.heads),
        "days": Decimal(row.days_out) if isinstance(row, Trip) else None,
        "own_amount": None,
        "currency": None,
        "sectors": None,
        "origins": None,
        "lands": None,
        "event_levels": None if isinstance(row, Trip) else row.event.level,
        "in_cash": False,
        "led_by_top": isinstance(row, Trip) and row.led_by_top,
    }


DERIVE = {
    Milestone: milestone_entries,
    Visit: visit_entries,
    Trip: trip_entries,
    Attendance: attendance_entries,
}


def entries_for(fact):
    """Return {key: amount} of one fact, read anew under the caller's lock."""
    model = type(fact)
    return DERIVE[model](model.objects.filter(pk=fact.pk))[fact.pk]
