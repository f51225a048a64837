"""The only place that adds up: a campaign's targets, figures, paces, places and scores as of a day."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from operator import itemgetter

from django.db.models import Exists, ExpressionWrapper, F, Field, FilteredRelation, Q, Subquery, Sum

from campaigns import appraisal, clock
from campaigns.lines import (
    Appraised,
    Column,
    Line,
    Rate,
    Score,
    Standings,
    composite,
    held,
    light,
    quotient,
    reaches,
)
from campaigns.models import Basis, Campaign, CampaignIndicator, Entry, Indicator, TargetStage, TargetVersion
from campaigns.numbers import SCALE, from_millionths, round_half_up
from campaigns.places import ranks_within_groups
from campaigns.scoring.scheme import evaluate
from campaigns.scoring.values import Facts, Figure
from units.models import Unit

BASES = (Basis.REPORTED.value, Basis.RECOGNISED.value)
ZERO = Decimal(0)
NOTHING = (0, 0)


def millionths(amount):
    """Return an amount of a query as the integer that is stored: a Decimal for each row was its largest cost."""
    return ExpressionWrapper(F(amount), Field())


class Sums:
    """(Amount in millionths, live facts) by unit the line belongs to, indicator and basis, as of one day."""

    def __init__(self):
        self.held = defaultdict(dict)

    def add(self, owner, indicator_id, basis, amount, count):
        """Add what one unit's entries say."""
        of_column = self.held[indicator_id, basis]
        before = of_column.get(owner, NOTHING)
        of_column[owner] = (before[0] + int(amount or 0), before[1] + (count or 0))

    def of(self, holders, indicator_id, basis):
        """Return (amount, live facts) of some holders together."""
        of_column = self.held.get((indicator_id, basis), {})
        if len(holders) == 1:
            return of_column.get(holders[0], NOTHING)
        parts = [of_column.get(holder, NOTHING) for holder in holders]
        return sum(amount for amount, _ in parts), sum(count for _, count in parts)


ORGANISER, OFF_ROSTER = "organiser", "off roster"


def roster_owner(units, roster, organiser_id):
    """Return {unit id: roster unit id, ORGANISER or OFF_ROSTER}: whose line a unit's entries belong to.

    A roster unit's line is its subtree, and those of its further units, less the subtrees of what stands on the
    roster below them. units come from the top down, each with the roster unit that it joins, if any.
    """
    owner = {}
    for unit in units:
        if unit["id"] in roster:
            owner[unit["id"]] = unit["id"]
        elif unit["joins"] is not None:
            owner[unit["id"]] = unit["joins"]
        elif unit["id"] == organiser_id:
            owner[unit["id"]] = ORGANISER
        else:
            above = owner.get(unit["parent_id"], OFF_ROSTER)
            owner[unit["id"]] = OFF_ROSTER if above == ORGANISER else above
    return owner


def load_units(campaign):
    """Return the organiser's whole tree from the top down, each with its place on the roster: one query.

    It is the tree as it stood when the campaign ended, with the names of then (I16).
    """
    top = campaign.organiser.path.split("/")[1]
    rows = list(
        Unit.objects.filter(path__startswith=f"/{top}/")
        .with_place_on(campaign.ends_on)
        .annotate(
            seat=FilteredRelation("seats", condition=Q(seats__campaign=campaign)),
            place=FilteredRelation("joined", condition=Q(joined__campaign=campaign)),
            joins=F("place__seat__unit"),
        )
        .order_by("path")
        .values(
            "id", "name", "kind", "parent_id", "path", "joins", "seat__id", "seat__group", "seat__order",
            "seat__leader", "seat__title", "name_then", "parent_then",
        )
    )  # fmt: skip
    moved = False
    for row in rows:
        row["name"] = row["name_then"] or row["name"]
        moved |= row["parent_then"] not in (None, row["parent_id"])
        row["parent_id"] = row["parent_then"] or row["parent_id"]
    return from_the_top(rows) if moved else rows


def from_the_top(rows):
    """Return units so that each comes after the unit it stands under."""
    below, known = defaultdict(list), {row["id"] for row in rows}
    for row in rows:
        below[row["parent_id"] if row["parent_id"] in known else None].append(row)
    found, waiting = [], list(reversed(below[None]))
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting += reversed(below[row["id"]])
    return found


LINE_FIELDS = (
    "indicator_id", "indicator__name", "measure", "basis", "own_weight", "issued_weight", "indicator__kind",
    "indicator__fed_by", "indicator__part_of_id", "indicator__recounting", "indicator__numerator_id",
    "indicator__denominator_id",
)  # fmt: skip


def load_columns(campaign, as_of):
    """Return (columns, {(line id, unit id): (target, stretch)}): one query for indicators and what is in force.

    Targets and weights are those of the version that the day reads.
    """
    return load_plan(campaign, as_of, ())[:2]


def load_plan(campaign, as_of, days):
    """Return columns and targets as load_columns() does, the scheme in force on each of some days, and whether any
    ever was: one query."""
    version = Subquery(TargetVersion.objects.in_force(campaign, as_of).values("pk"))
    schemes = {f"scheme_{n}": Subquery(campaign.schemes.in_force(day).values("pk")[:1]) for n, day in enumerate(days)}
    rows = list(
        CampaignIndicator.objects.filter(campaign=campaign)
        .annotate(
            owed=FilteredRelation("targets", condition=Q(targets__version=version)),
            issued=FilteredRelation("weights", condition=Q(weights__version=version)),
            target=millionths("owed__amount"),
            stretch=millionths("owed__stretch"),
            own_weight=millionths("weight"),
            issued_weight=millionths("issued__weight"),
            has_schemes=Exists(campaign.schemes.filter(starts_on__isnull=False)),
            **schemes,
        )
        .order_by("order", "pk")
        .values_list("id", "owed__unit_id", "target", "stretch", *LINE_FIELDS, "has_schemes", *schemes)
    )
    targets = {
        (line_id, unit_id): (from_millionths(target), None if stretch is None else from_millionths(stretch))
        for line_id, unit_id, target, stretch, *_more in rows
        if unit_id is not None
    }
    owed = {line_id for line_id, _ in targets}
    columns = {}
    for line_id, _unit, _target, _stretch, *told in {row[0]: row for row in rows}.values():  # a row for each target
        row = dict(zip(LINE_FIELDS, told, strict=False))
        ratio = (row["indicator__numerator_id"], row["indicator__denominator_id"])
        columns[line_id] = Column(
            line_id=line_id,
            indicator_id=row["indicator_id"],
            name=row["indicator__name"],
            measure=row["measure"],
            basis=row["basis"],
            weight=from_millionths(row["own_weight"] if row["issued_weight"] is None else row["issued_weight"]),
            kind=row["indicator__kind"],
            fed_by=row["indicator__fed_by"],
            part_of_id=row["indicator__part_of_id"],
            has_quota=line_id in owed,
            recounting=row["indicator__recounting"],
            ratio_of=ratio if row["indicator__kind"] == Indicator.Kind.RATIO else None,
        )
    ever, *found = rows[0][4 + len(LINE_FIELDS) :] if rows else (False, *[None] * len(schemes))
    return tuple(columns.values()), targets, found, ever


def load_due(campaign, as_of, targets):
    """Return {(line id, unit id): share due} of targets with stages of their own: one query."""
    version = Subquery(TargetVersion.objects.in_force(campaign, as_of).values("pk"))
    rows = TargetStage.objects.filter(target__version=version).order_by("on")
    due = {}
    for line_id, unit_id, on, amount in rows.values_list("target__line", "target__unit", "on", "amount"):
        due.setdefault((line_id, unit_id), ZERO)
        if on <= as_of:
            due[line_id, unit_id] = amount
    if as_of >= campaign.ends_on:
        return {}
    return {key: quotient(amount, targets[key][0]) for key, amount in due.items() if targets[key][0]}


def load_sums(campaign, columns, unit_ids, as_of, previous, starts_on=None, *, apart=()):
    """Return the grouped sums of entries to as_of and to the earlier day, amounts in millionths: one query.

    Sums begin with the campaign (or with starts_on, a year earlier); a level is its newest reading, whose entries may
    begin earlier, but only a reading within the campaign makes it reported. apart names more columns to group by.
    """
    indicator_ids = {column.indicator_id for column in columns}
    for column in columns:
        indicator_ids |= set(column.ratio_of or ())
    within = Q(on__gte=starts_on or campaign.starts_on)
    earlier = Q(on__lte=previous) if previous else Q(pk__in=[])
    levels, amount = sorted(column.indicator_id for column in columns if column.is_level), millionths("amount")
    return (
        Entry.objects.filter(
            within | Q(indicator_id__in=levels) if levels else within,
            indicator_id__in=sorted(indicator_ids),
            basis__in=BASES,
            unit_id__in=unit_ids,
            on__lte=as_of,
        )
        .values("indicator_id", "unit_id", "basis", *apart)
        .annotate(
            done=Sum(amount),
            facts=Sum("sign", filter=within if levels else None),
            done_before=Sum(amount, filter=earlier),
            facts_before=Sum("sign", filter=earlier & within if levels else earlier),
        )
        .order_by()
    )


def rolled_up(campaign, columns, owner, as_of, previous, starts_on=None):
    """Return the sums to as_of and to the earlier day, each unit's entries added to whose line they belong to."""
    levels = {column.indicator_id for column in columns if column.is_level}
    now, before = Sums(), Sums()
    for row in load_sums(campaign, columns, list(owner), as_of, previous, starts_on):
        if row["indicator_id"] in levels and row["unit_id"] == campaign.organiser_id:
            now.add(ORGANISER, row["indicator_id"], row["basis"], row["done"], row["facts"])
        holder = roster_holder(owner, levels, row)
        if holder is not None:
            now.add(holder, row["indicator_id"], row["basis"], row["done"], row["facts"])
            if row["done_before"] is not None:
                before.add(holder, row["indicator_id"], row["basis"], row["done_before"], row["facts_before"])
    return now, before


def roster_holder(owner, levels, row):
    """Return whose line a row of sums is added to; None for a level of a unit below: only a line's own counts."""
    holder = owner[row["unit_id"]]
    return None if row["indicator_id"] in levels and holder != row["unit_id"] else holder


def standings(
    campaign: Campaign,
    as_of: date,
    *,
    basis: str | None = None,
    previous: date | None = None,
    tried: int | None = None,
    self_scores: dict[tuple[int, int], dict[str, Fraction]] | None = None,
) -> Standings:
    """Return the standings of a campaign (with its organiser loaded) as of a day, in three queries.

    basis overrides each line's own. previous is the day places are compared with, by default a week ago
    (by the month clock the last month's end). A day after the end reads the end. Where a scheme is in force on the
    day (or tried names one), scores come from it: a query for its rows, and one each for marks, single facts and last
    year's figures, where a row reads them. self_scores is what units gave themselves, {(scheme id, unit id): points
    by code}, to stand beside their results.
    """
    as_of = min(as_of, campaign.ends_on)
    previous = previous if previous is not None else clock.previous_day(campaign, as_of)
    if previous is not None and previous < campaign.starts_on:
        previous = None
    units = load_units(campaign)
    columns, targets, schemes, has_schemes = load_plan(campaign, as_of, [as_of, previous] if previous else [as_of])
    schemes = [tried] * len(schemes) if tried else schemes
    seats = {
        unit["id"]: {**unit, "name": unit["seat__title"] or unit["name"]}
        for unit in units
        if unit["seat__id"] is not None
    }
    order = sorted(seats, key=lambda unit_id: (seats[unit_id]["seat__order"], seats[unit_id]["seat__id"]))
    seats = {unit_id: seats[unit_id] for unit_id in order}
    name_of = {unit["id"]: unit["name"] for unit in units}
    owner = roster_owner(units, seats, campaign.organiser_id)
    now, before = rolled_up(campaign, columns, owner, as_of, previous)
    desk = Desk(campaign, clock.time_progress(campaign, as_of), basis, columns, targets, now)
    if campaign.clock == Campaign.Clock.STAGES:
        desk.due = load_due(campaign, as_of, targets)
    group_of = {unit_id: seat["seat__group"] for unit_id, seat in seats.items()}
    figures = desk.figures(now, seats)
    held = appraisal.load_rules({pk for pk in schemes if pk}) if any(schemes) else {}
    then = [held.get(pk) for pk in schemes]
    if self_scores and then[0]:
        desk.self_scores = {unit: marks for (pk, unit), marks in self_scores.items() if pk == then[0][0].pk}
    earlier = desk.figures(before, seats) if previous else {}
    results, appraised = ({}, {}), None
    if held:
        results, appraised = _by_schemes(desk, seats, then, [as_of, previous], [now, before], owner)
    return Standings(
        campaign,
        as_of,
        previous,
        basis,
        desk.progress,
        columns,
        desk.lines(seats, group_of, figures, earlier),
        desk.totals([*seats, ORGANISER], name_of.get(campaign.organiser_id, campaign.organiser.name)),
        desk.off_roster(),
        desk.scores(seats, group_of, figures, earlier, *results),
        owner,
        then[0][0] if then[0] else None,
        results[0],
        appraised,
        has_schemes,
        {unit_id: seat["path"] for unit_id, seat in seats.items()},
    )


def _by_schemes(desk, seats, schemes, days, sums, owner):
    """Return the results by the scheme of each of two days, and what those of the first were worked out from.

    Nothing for a day on which none is in force.
    """
    rules = [scheme[1] for scheme in schemes if scheme]
    extras = appraisal.Extras(desk.campaign, rules, owner, days[0])
    last_year = (None, None)
    dues = [desk.due, {}]
    if desk.due and days[1] and appraisal.reads_phase(rules):
        dues[1] = load_due(desk.campaign, days[1], desk.targets)
    if appraisal.compares_years(rules):
        back = [clock.year_before(day) if day else None for day in (desk.campaign.starts_on, *days)]
        last_year = rolled_up(desk.campaign, desk.columns, owner, back[1], back[2], back[0])
    results, appraised = [{}, {}], None
    for n, (scheme, day, found, earlier, due) in enumerate(zip(schemes, days, sums, last_year, dues, strict=False)):
        if scheme:
            units = tuple(desk.facts(seats, day, found, earlier, extras, due))
            results[n] = evaluate(scheme[1], units, on=day)
            appraised = Appraised(scheme[1], units) if n == 0 else appraised
    return results, appraised


class Desk:
    """Lines up what was added up: the same campaign, basis, targets and sums for every line."""

    def __init__(self, campaign, progress, basis, columns, targets, now):
        self.campaign, self.progress, self.basis = campaign, progress, basis
        self.columns, self.targets, self.now = columns, targets, now
        self.self_scores = {}
        self.due = {}  # what is due of targets that have stages of their own
        self.to_green = Fraction(campaign.green_at) * progress
        self.to_yellow = Fraction(campaign.yellow_at) * progress

    def found(self, sums, column, holders, unit_id):
        """Return (done in millionths, live facts, completion) of some holders against a unit's quota."""
        done, count = figure(sums, column, holders, self.basis or column.basis)
        owed = self.owed.get((column.line_id, unit_id))
        return done, count, Fraction(done, owed) if owed and done is not None else None

    def figures(self, sums, unit_ids):
        """Return {line id: {unit id: what found() returns}} of roster units, each against its own quota."""
        figures, owed = {}, self.owed
        for column in self.columns:
            line_id, of_line = column.line_id, {}
            for unit_id, (done, count) in figures_of(sums, column, unit_ids, self.basis or column.basis).items():
                quota = owed.get((line_id, unit_id))
                of_line[unit_id] = (done, count, Fraction(done, quota) if quota and done is not None else None)
            figures[line_id] = of_line
        return figures

    def other_basis(self, column):
        """Return the basis that is not shown on an indicator."""
        return BASES[1] if (self.basis or column.basis) == BASES[0] else BASES[0]

    def light_of(self, completion, due=None):
        """Return green, yellow or red for a completion; "" without one or before anything is due."""
        if completion is None or not (self.progress if due is None else due):
            return ""
        if due is not None:
            return light(self.campaign, completion / due)
        if reaches(completion, self.to_green):
            return "green"
        return "yellow" if reaches(completion, self.to_yellow) else "red"

    def line(self, column, unit, group, is_total, unit_id, found, other, place=(None, False), place_before=None):
        """Return one finished line; other is the figure on the other basis."""
        done, count, completion = found
        target, stretch = self.targets.get((column.line_id, unit_id), (None, None))
        due = self.due.get((column.line_id, unit_id))
        used = self.basis or column.basis
        return Line(
            unit_id=unit_id,
            unit=unit,
            group=group,
            is_total=is_total,
            column=column,
            basis=used,
            target=target,
            stretch=stretch,
            done=None if done is None else from_millionths(done),
            count=count,
            other=None if other is None else from_millionths(other),
            completion=completion,
            time_progress=self.progress if due is None else due,
            light=self.light_of(completion, due),
            rank=place[0],
            tied=place[1],
            previous_rank=place_before,
        )

    def ranks(self, seats, group_of, figures):
        """Return {line id: places}: by completion, by value where no unit owes anything; none without figures."""
        ranks = defaultdict(dict)
        for column in self.columns if figures else ():
            owed = any((column.line_id, unit_id) in self.targets for unit_id in seats)
            ranked_by = itemgetter(2) if owed else itemgetter(0)
            values = {unit_id: ranked_by(found) for unit_id, found in figures[column.line_id].items()}
            ranks[column.line_id] = ranks_within_groups(values, group_of)
        return ranks

    def lines(self, seats, group_of, figures, earlier):
        """Return the lines of all roster units, with their places by the figures and by the earlier ones, if any."""
        ranks, before = (self.ranks(seats, group_of, found) for found in (figures, earlier))
        others = {
            column.line_id: figures_of(self.now, column, seats, self.other_basis(column)) for column in self.columns
        }
        return {
            (unit_id, column.line_id): self.line(
                column,
                seat["name"],
                group_of[unit_id],
                False,
                unit_id,
                figures[column.line_id][unit_id],
                others[column.line_id][unit_id][0],
                ranks[column.line_id].get(unit_id, (None, False)),
                before[column.line_id].get(unit_id, (None, False))[0],
            )
            for unit_id, seat in seats.items()
            for column in self.columns
        }

    def totals(self, everyone, name):
        """Return the organiser's line on each indicator, under its name of then; of a level its own reading alone."""
        organiser, totals = self.campaign.organiser, {}
        for column in self.columns:
            holders = [ORGANISER] if column.is_level else everyone
            found = self.found(self.now, column, holders, organiser.pk)
            other = figure(self.now, column, holders, self.other_basis(column))[0]
            totals[column.line_id] = self.line(column, name, "", True, organiser.pk, found, other)
        return totals

    def off_roster(self):
        """Return the credit of units that are not on the roster, where there is any."""
        apart = {}
        for column in self.columns:
            amount, count = self.now.of([OFF_ROSTER], column.indicator_id, self.basis or column.basis)
            if amount or count:
                apart[column.line_id] = from_millionths(amount)
        return apart

    def facts(self, seats, day, sums, last_year, extras, due):
        """Return what a scheme may read of each roster unit as of a day; due is what its own stages ask by then."""
        items = extras.items_of(day)
        bases = {column.indicator_id: self.basis or column.basis for column in self.columns}
        cases, time = extras.cases_of(day, bases), clock.time_progress(self.campaign, day)
        return [
            Facts(
                unit=unit_id,
                name=seat["name"],
                group=seat["seat__group"],
                classes=frozenset({str(Unit.Kind(seat["kind"]).label)}),
                time=time,
                figures=self.unit_figures(unit_id, sums, last_year, time, due),
                cases=cases[unit_id],
                items=items[unit_id],
                self_scores=self.self_scores.get(unit_id, {}),
            )
            for unit_id, seat in seats.items()
        ]

    def unit_figures(self, unit_id, sums, last_year, time, due):
        """Return {figure key: figure} of one unit; its phased quota is the part of the target that is due by now."""
        made = {}
        for column in self.columns:
            target, stretch = self.targets.get((column.line_id, unit_id), (None, None))
            done, _count, _completion = self.found(sums, column, [unit_id], unit_id)
            before = self.found(last_year, column, [unit_id], unit_id)[0] if last_year else None
            by_now = None if target is None else Fraction(target) * due.get((column.line_id, unit_id), time)
            done, before = (None if value is None else Fraction(value, SCALE) for value in (done, before))
            owed = (None if value is None else Fraction(value) for value in (target, stretch, by_now))
            made[appraisal.figure_key(column.indicator_id)] = Figure(done, *owed, previous=before)
        return made

    def scores(self, seats, group_of, figures, earlier, results=None, results_before=None):
        """Return the composite of each roster unit with its place, and its place by the earlier figures, if any.

        Where a scheme was in force on a day, score and place of that day are the scheme's; what a score gained is
        told only where both days go by a scheme, or neither.
        """
        full = self.campaign.full_score
        rates = {unit_id: self.rates(unit_id, figures) for unit_id in seats}
        scored = {unit_id: composite(rates[unit_id], full) for unit_id in seats}
        before = dict.fromkeys(seats)
        if earlier:
            before = {unit_id: composite(self.rates(unit_id, earlier), full) for unit_id in seats}
        places, places_before = (ranks_within_groups(values, group_of) for values in (scored, before))
        if results:
            scored = {unit_id: results[unit_id].ranked for unit_id in seats}
            places = {unit_id: (results[unit_id].rank, results[unit_id].tied) for unit_id in seats}
            rates = dict.fromkeys(seats, ())
        if results_before:
            before = {unit_id: results_before[unit_id].ranked for unit_id in seats}
            places_before = {unit_id: (results_before[unit_id].rank, False) for unit_id in seats}
        if bool(results) != bool(results_before):
            before = dict.fromkeys(seats)
        return {
            unit_id: Score(
                unit_id=unit_id,
                unit=seat["name"],
                group=group_of[unit_id],
                leader=seat["seat__leader"] or "",
                score=scored[unit_id],
                rank=places.get(unit_id, (None, False))[0],
                tied=places.get(unit_id, (None, False))[1],
                previous_rank=places_before.get(unit_id, (None, False))[0],
                rates=rates[unit_id],
                full_score=full,
                previous_score=before[unit_id],
            )
            for unit_id, seat in seats.items()
        }

    def rates(self, unit_id, figures):
        """Return what counts toward a unit's score by some figures: the indicators it has a quota above 0 on."""
        owed, cap = self.owed, self.cap
        return tuple(
            Rate(line_id, weight, held(figures[line_id][unit_id][2], cap))
            for line_id, weight in self.weights.items()
            if owed.get((line_id, unit_id))
        )

    @cached_property
    def owed(self):
        """The quotas in millionths, by line and unit."""
        return {key: int(target.scaleb(6)) for key, (target, _stretch) in self.targets.items()}

    @cached_property
    def weights(self):
        """The weights in millionths, by line."""
        return {column.line_id: int(column.weight.scaleb(6)) for column in self.columns}

    @cached_property
    def cap(self):
        """The most that a completion counts."""
        return Fraction(self.campaign.score_cap)


def figure(sums, column, holders, basis):
    """Return (done in millionths, live facts) of some holders; done None where nothing was reported.

    A ratio is 100 × numerator ÷ denominator, kept to six places; None where either is missing or 0 below.
    """
    if column.ratio_of:
        above, below = (sums.of(holders, part, basis) for part in column.ratio_of)
        return (
            (int(round_half_up(Fraction(above[0] * 100 * SCALE, below[0]), 0)), below[1]) if below[0] else (None, 0)
        )
    amount, count = sums.of(holders, column.indicator_id, basis)
    if count == 0 and column.fed_by == Indicator.Feed.TALLY:
        return None, 0
    return amount, count


def figures_of(sums, column, unit_ids, basis):
    """Return {unit id: figure()} of roster units; what is no ratio is looked up at a third of the cost."""
    if column.ratio_of:
        return {unit_id: figure(sums, column, [unit_id], basis) for unit_id in unit_ids}
    of_column, silent = sums.held.get((column.indicator_id, basis), {}), column.fed_by == Indicator.Feed.TALLY
    found = {unit_id: of_column.get(unit_id, NOTHING) for unit_id in unit_ids}
    return {key: (None, 0) if silent and not value[1] else value for key, value in found.items()}
