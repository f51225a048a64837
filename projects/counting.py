"""From facts to entries: which indicators a fact counts toward, for which units, how much, on which basis."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from django.db.models import Prefetch

from campaigns import ledger
from campaigns.ledger import Key
from campaigns.models import Basis, Recognition
from campaigns.numbers import exact, split
from projects.models import Attendance, Company, CountingRule, Credit, Listing, Milestone, Trip, Visit
from projects.models.rules import AFTER
from projects.stages import RECOGNISED, Kind

WHOLE = Decimal(100)  # percent that the shares of a project add up to


class Rules:
    """All counting rules, read once for a batch; never kept between requests.

    instead stands in for the rules of the database: a change is tried out before it is saved.
    """

    def __init__(self, instead=None):
        self.by_fact = defaultdict(list)
        rules = CountingRule.objects.all() if instead is None else instead
        for rule in sorted(rules, key=lambda rule: (rule.indicator_id, rule.from_on, rule.pk is None, rule.pk)):
            self.by_fact[rule.fact].append(rule)

    def counting(self, fact, day, said):
        """Yield (rule, amount), for each indicator at most once, for what a fact says on its day."""
        counted = set()
        for rule in self.by_fact[fact]:
            if rule.indicator_id not in counted and in_force(rule, day) and not missed(rule, said):
                amount = amount_of(rule, said)
                if amount is not None:
                    counted.add(rule.indicator_id)
                    yield rule, amount

    def asking_for(self, kind):
        """Return the kinds of milestone that count only once one of this kind has happened on their project."""
        return {
            fact.partition(".")[2]
            for fact, rules in self.by_fact.items()
            if any(AFTER[name] == kind for rule in rules for name in rule.after)
        }

    @property
    def ask_for_charts(self):
        """Whether any rule asks whether the company stood on a top-500 list."""
        return any(rule.conditions.get("charts") for rules in self.by_fact.values() for rule in rules)

    def by_company(self, kind):
        """Return the rules that count companies by what their milestones of a kind come to in a year."""
        return [rule for rule in self.by_fact[f"milestone.{kind}"] if rule.by_company]


def in_force(rule, day):
    """Say whether a rule holds on a day."""
    return rule.from_on <= day and (rule.until_on is None or day <= rule.until_on)


def missed(rule, said):
    """Return the names of a rule's conditions that a fact does not meet; a sum of a year is told by amount_of()."""
    conditions = rule.conditions
    if rule.by_company:
        conditions = {name: value for name, value in conditions.items() if name != "min_amount"}
    return mismatches(conditions, said)


def amount_of(rule, said):
    """Return what a rule adds for a fact; None where the fact has nothing of the kind."""
    if rule.by_company:
        return Decimal(1) if id(rule) in said["passes"] else None
    return said[rule.measure]


def counted_on(rule, day, said):
    """Return the day a fact counts on: its own, or that of the last milestone that its rule asks for as well."""
    return max([day, *(said["after"][name] for name in rule.after)])


def mismatches(conditions, said):
    """Return the names of the conditions that a fact does not meet; none means that it counts."""
    missed = []
    for name, wanted in conditions.items():
        if name == "min_amount":
            met = reaches(wanted, said)
        elif name in AFTER:
            met = not wanted or said["after"].get(name) is not None
        elif name == "charts":
            met = not wanted or not said["charts"].isdisjoint(wanted)
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


def said_by_milestone(milestone, basis, others=(), passes=frozenset()):
    """Return what a milestone says on a basis, under the names that rules use.

    others are the milestones of its project, passes the rules whose sum of a year its company reaches with it.
    """
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
        "charts": charts_of(milestone.project.company, milestone.on),
        "in_cash": milestone.in_cash,
        "led_by_top": False,
        "after": {name: day for name, kind in AFTER.items() if (day := first_day(others, kind, basis))},
        "passes": passes,
    }


def charts_of(company, day):
    """Return the top-500 lists on which a company stood by a day's year; none where no rule asked (with_charts)."""
    return frozenset(row.chart for row in getattr(company, "listings_ever", ()) if row.year <= day.year)


def with_charts(rows, rules, path):
    """Load the places of the companies of facts on top-500 lists, where any rule asks: one query a batch."""
    if not rules.ask_for_charts:
        return rows
    return rows.prefetch_related(
        Prefetch(f"{path}__listings", Listing.objects.order_by("pk"), to_attr="listings_ever")
    )


def first_day(milestones, kind, basis):
    """Return the first day on which a milestone of a kind stands on a basis; None where none does."""
    days_of = (day for row in milestones if row.kind == kind for on, day in both_bases(row) if on == basis)
    return min(days_of, default=None)


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
        "charts": charts_of(visit.company, visit.on),
        "in_cash": False,
        "led_by_top": visit.led_by_top,
        "after": {},
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
    for milestone, credits, saying in saying_of(milestones, rules, shares):
        amounts = defaultdict(Decimal)
        for basis, day, said in saying if credits else ():  # nobody's: check_ledger names the project
            for rule, amount in rules.counting(f"milestone.{milestone.kind}", day, said):
                on = counted_on(rule, day, said)
                for credit, part in zip(credits, split(amount, [row.share for row in credits]), strict=True):
                    if part or not amount:
                        amounts[Key(rule.indicator_id, credit.unit_id, str(basis), on)] += part
        wanted[milestone.pk] = dict(amounts)
    return wanted


def saying_of(milestones, rules, shares=None):
    """Yield (milestone, its shares, [(basis, day, what it says)]); what rules ask for beside it, a query a batch."""
    rows = milestones.select_related("project__company", "event").prefetch_related(every_share())
    if any(rule.after for held in rules.by_fact.values() for rule in held):
        others = Milestone.objects.live().filter(kind__in=AFTER.values()).order_by("pk")
        rows = rows.prefetch_related(Prefetch("project__milestones", others, to_attr="others"))
    rows = list(with_charts(rows, rules, "project__company"))
    passes = passing(rows, rules)
    for milestone in rows:
        others = getattr(milestone.project, "others", ())
        saying = [
            (basis, day, said_by_milestone(milestone, basis, others, passes[milestone.pk, basis]))
            for basis, day in both_bases(milestone)
        ]
        credits = shares_on(milestone.on, milestone.project.shares_ever if shares is None else shares)
        yield milestone, credits, saying


def passing(milestones, rules):
    """Return {(milestone id, basis): rules by id() whose sum its company reaches with it}: a query a kind, if asked.

    A company counts once in a calendar year, with the milestone that brings its sum to the threshold (R29).
    """
    found = defaultdict(set)
    companies = defaultdict(set)
    for row in milestones:
        if rules.by_company(row.kind):
            companies[row.kind].add(row.project.company_id)
    for kind, ids in companies.items():
        facts = Milestone.objects.live().done().filter(kind=kind, project__company__in=ids)
        said = [
            (day, row, basis, said_by_milestone(row, basis))
            for row in with_charts(facts.select_related("project__company", "event"), rules, "project__company")
            for basis, day in both_bases(row)
        ]
        said.sort(key=lambda each: (each[0], each[1].pk))
        for rule in rules.by_company(kind):
            threshold, sums = exact(rule.conditions["min_amount"]["CNY"]), defaultdict(Decimal)
            for day, row, basis, what in said:
                if what["amount"] is None or not in_force(rule, day) or missed(rule, what):
                    continue
                year = (row.project.company_id, basis, day.year)
                before, sums[year] = sums[year], sums[year] + what["amount"]
                if before < threshold <= sums[year]:
                    found[row.pk, basis].add(id(rule))
    return found


def dependents(milestones, rules=None):
    """Return the ids of the live milestones that count otherwise, once some milestones have changed.

    Those of their projects that ask for one of their kind, and those of their companies, where companies are counted:
    these are locked, so that two projects of one company are not counted side by side.
    """
    rules = rules or Rules()
    ids, companies, waiting = set(), defaultdict(set), defaultdict(set)
    asking = {kind.value: kinds for kind in AFTER.values() if (kinds := rules.asking_for(kind))}
    counted = {kind.value for kind in Kind if rules.by_company(kind)}
    if not asking and not counted:
        return ids
    for kind, project_id, company_id in milestones.values_list("kind", "project_id", "project__company_id"):
        if kind in asking:
            waiting[kind].add(project_id)
        if kind in counted:
            companies[kind].add(company_id)
    for kind, projects in waiting.items():
        rows = Milestone.objects.live().filter(project__in=projects, kind__in=asking[kind])
        ids |= set(rows.values_list("pk", flat=True))
    held = sorted(set().union(*companies.values())) if companies else []
    list(Company.objects.select_for_update().filter(pk__in=held).order_by("pk").values_list("pk"))
    for kind, owners in companies.items():
        rows = Milestone.objects.live().filter(project__company__in=owners, kind=kind)
        ids |= set(rows.values_list("pk", flat=True))
    return ids


def post(milestone):
    """Post what a milestone of a locked project counts toward, and what others count once it has changed."""
    ids = {milestone.pk} | dependents(Milestone.objects.filter(pk=milestone.pk))
    ledger.post_many("projects.milestone", milestone_entries(Milestone.objects.filter(pk__in=ids)))


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
    for visit in with_charts(visits.select_related("company", "project"), rules, "company"):
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
        "charts": frozenset(),
        "in_cash": False,
        "led_by_top": isinstance(row, Trip) and row.led_by_top,
        "after": {},
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
