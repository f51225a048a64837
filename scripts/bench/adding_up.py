"""Two rivals of the standings: one hand-written query over the ledger, and adding up from the facts themselves."""

from collections import defaultdict
from itertools import groupby

from django.db import connection

from campaigns.models import Basis, Indicator
from campaigns.numbers import exact
from projects.models import CountingRule, Visit
from projects.stages import Kind

ONE = 10**6  # amounts are stored in millionths


def marks(values):
    """Return the placeholders for some values."""
    return ", ".join(["%s"] * len(values))


def read(sql, parameters):
    """Run a query and fetch its rows as they come."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [day(value) for value in parameters])
        return cursor.fetchall()


def day(value):
    """Write a day the way both databases compare it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def ledger_sums(campaign, indicator_ids, unit_ids, as_of, previous):
    """Add up the ledger with one query written by hand; the amounts stay integers."""
    return read(
        f"""SELECT indicator_id, unit_id, basis, SUM(amount), SUM(sign),
                SUM(amount) FILTER (WHERE "on" <= %s), SUM(sign) FILTER (WHERE "on" <= %s)
            FROM campaigns_entry
            WHERE indicator_id IN ({marks(indicator_ids)}) AND basis IN ('reported', 'recognised')
                AND unit_id IN ({marks(unit_ids)}) AND "on" BETWEEN %s AND %s
            GROUP BY indicator_id, unit_id, basis""",  # noqa: S608 only placeholders are put in
        [previous, previous, *indicator_ids, *unit_ids, campaign.starts_on, as_of],
    )


def rule_condition(rule):
    """Return a counting rule's conditions as SQL over milestone, project and company."""
    told, parameters = ["TRUE"], []
    for name, wanted in rule.conditions.items():
        if name == "min_amount":
            told.append("{amount} >= %s")
            parameters.append(int(exact(wanted["CNY"]) * ONE))
        else:
            column = {"sectors": "project.sector", "origins": "company.origin"}[name]
            told.append(f"{column} IN ({marks(wanted)})")
            parameters.extend(wanted)
    return " AND ".join(told), parameters


BASES = {  # basis → column of the day, column of the amount
    Basis.REPORTED.value: ('milestone."on"', "milestone.amount_cny"),
    Basis.RECOGNISED.value: ("milestone.recognised_on", "milestone.recognised_amount"),
}


def milestone_sums(kind, rules, basis, first, as_of, previous):
    """Add up the milestones of a kind by the shares of their projects, for all its rules in one pass."""
    on, amount = BASES[basis]
    columns, parameters = [], []
    for rule in rules:
        condition, wanted = rule_condition(rule)
        condition = condition.format(amount=amount)
        whole = ONE if rule.measure == CountingRule.Measure.COUNT else amount
        share = f"{whole} * (credit.share / {ONE}) / 100"  # whole percents: exact, and within 64 bits
        for days, bound in (("TRUE", []), (f"{on} <= %s", [previous])):
            filtered = f"FILTER (WHERE {condition} AND {days})"
            columns += [f"SUM({share}) {filtered}", f"COUNT(*) {filtered}"]
            parameters += [*wanted, *bound] * 2
    rows = read(
        f"""SELECT credit.unit_id, {", ".join(columns)}
            FROM projects_milestone milestone
            JOIN projects_project project ON project.id = milestone.project_id
            JOIN projects_company company ON company.id = project.company_id
            JOIN projects_credit credit ON credit.project_id = project.id
                AND (credit.from_on IS NULL OR credit.from_on <= milestone."on")
                AND (credit.until_on IS NULL OR credit.until_on >= milestone."on")
            WHERE milestone.kind = %s AND milestone.withdrawn_at IS NULL AND {on} BETWEEN %s AND %s
            GROUP BY credit.unit_id""",  # noqa: S608 only column names and placeholders are put in
        [*parameters, kind, first, as_of],
    )
    for row in rows:
        for place, rule in enumerate(rules):
            yield rule.indicator_id, row[0], basis, *row[1 + 4 * place : 5 + 4 * place]


def visit_sums(indicator_of, basis, first, as_of, previous):
    """Count the visits by unit and direction."""
    on = "recognised_on" if basis == Basis.RECOGNISED else '"on"'
    rows = read(
        f"""SELECT direction, unit_id, COUNT(*), COUNT(*) FILTER (WHERE {on} <= %s) FROM projects_visit
            WHERE withdrawn_at IS NULL AND {on} BETWEEN %s AND %s GROUP BY direction, unit_id""",  # noqa: S608
        [previous, first, as_of],
    )
    for direction, unit_id, now, before in rows:
        yield indicator_of[direction], unit_id, basis, now * ONE, now, before * ONE, before


def tally_sums(indicator_ids, basis, first, as_of, previous):
    """Add up increments; of readings the newest counts, less the newest before the first day."""
    on, amount = {
        Basis.REPORTED.value: ('"on"', "amount"),
        Basis.RECOGNISED.value: ("recognised_on", "recognised_amount"),
    }[basis]
    rows = read(
        f"""SELECT indicator_id, unit_id, {on}, {amount}, is_reading FROM campaigns_tally
            WHERE indicator_id IN ({marks(indicator_ids)}) AND withdrawn_at IS NULL AND {on} <= %s
            ORDER BY indicator_id, unit_id, {on}""",  # noqa: S608 only column names and placeholders are put in
        [*indicator_ids, as_of],
    )
    for (indicator_id, unit_id), series in groupby(rows, key=lambda row: row[:2]):
        at_start = now = before = facts = facts_before = 0
        for _indicator, _unit, on, amount, is_reading in series:
            now = amount if is_reading else now + amount
            if on < first:
                at_start = before = now
                continue
            facts += 1
            if on <= previous:
                before, facts_before = now, facts_before + 1
        yield indicator_id, unit_id, basis, now - at_start, facts, before - at_start, facts_before


def fact_sums(campaign, columns, unit_ids, as_of, previous, starts_on=None):
    """Return what standings.load_sums returns, added up from the facts through the counting rules."""
    first, rules, direction = starts_on or campaign.starts_on, defaultdict(list), {}
    wanted = [column.indicator_id for column in columns]
    for rule in CountingRule.objects.filter(indicator__in=wanted).order_by("pk"):
        model, _dot, kind = rule.fact.partition(".")
        if model == "visit":
            direction[Visit.Direction(kind).value] = rule.indicator_id
        else:
            rules[Kind(kind).value].append(rule)
    by_hand = [column.indicator_id for column in columns if column.fed_by == Indicator.Feed.TALLY]
    found = []
    for basis in BASES:
        for kind, of_kind in rules.items():
            found += milestone_sums(kind, of_kind, basis, first, as_of, previous)
        found += visit_sums(direction, basis, first, as_of, previous)
        found += tally_sums(by_hand, basis, first, as_of, previous)
    names = ("indicator_id", "unit_id", "basis", "done", "facts", "done_before", "facts_before")
    return [
        dict(zip(names, (*row[:3], int(row[3] or 0), row[4], int(row[5] or 0), row[6]), strict=True))
        for row in found
        if row[4]
    ]
