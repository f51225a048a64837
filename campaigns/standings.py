"""The only place that adds up: a campaign's targets, figures, paces, places and scores as of a day."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter

from django.db.models import FilteredRelation, Q, Sum

from campaigns import clock
from campaigns.lines import (
    Column,
    Line,
    Rate,
    Score,
    Standings,
    composite,
    held,
    quotient,
    ranks_within_groups,
    reaches,
)
from campaigns.models import Basis, Campaign, CampaignIndicator, Entry, Indicator
from campaigns.numbers import round_half_up
from units.models import Unit

BASES = (Basis.REPORTED.value, Basis.RECOGNISED.value)
ZERO = Decimal(0)
NOTHING = (ZERO, 0)


class _Sums:
    """(Amount, live facts) by unit the line belongs to, indicator and basis, as of one day."""

    def __init__(self):
        self.held = {}

    def add(self, owner, indicator_id, basis, amount, count):
        """Add what one unit's entries say."""
        key = (owner, indicator_id, basis)
        before = self.held.get(key)
        if before is not None:
            amount, count = before[0] + (amount or ZERO), before[1] + (count or 0)
        self.held[key] = (amount or ZERO, count or 0)

    def of(self, holders, indicator_id, basis):
        """Return (amount, live facts) of some holders together."""
        if len(holders) == 1:
            return self.held.get((holders[0], indicator_id, basis), NOTHING)
        parts = [self.held.get((holder, indicator_id, basis), NOTHING) for holder in holders]
        return sum((amount for amount, _ in parts), ZERO), sum(count for _, count in parts)


ORGANISER, OFF_ROSTER = "organiser", "off roster"


def roster_owner(units, roster, organiser_id):
    """Return {unit id: roster unit id, ORGANISER or OFF_ROSTER}: whose line a unit's entries belong to.

    A roster unit's line is its subtree less the subtrees of roster units below it. units come from the top down.
    """
    owner = {}
    for unit in units:
        if unit["id"] in roster:
            owner[unit["id"]] = unit["id"]
        elif unit["id"] == organiser_id:
            owner[unit["id"]] = ORGANISER
        else:
            above = owner.get(unit["parent_id"], OFF_ROSTER)
            owner[unit["id"]] = OFF_ROSTER if above == ORGANISER else above
    return owner


def load_units(campaign):
    """Return the organiser's whole tree from the top down, each with its place on the roster: one query."""
    top = campaign.organiser.path.split("/")[1]
    return list(
        Unit.objects.filter(path__startswith=f"/{top}/")
        .annotate(seat=FilteredRelation("seats", condition=Q(seats__campaign=campaign)))
        .order_by("path")
        .values("id", "name", "parent_id", "path", "seat__group", "seat__order", "seat__leader", "seat__id")
    )


def load_columns(campaign):
    """Return (columns, {(line id, unit id): (target, stretch)}): one query for indicators and their targets."""
    rows = list(
        CampaignIndicator.objects.filter(campaign=campaign)
        .order_by("order", "pk")
        .values(
            "id", "indicator_id", "indicator__name", "measure", "basis", "weight", "indicator__kind",
            "indicator__fed_by", "indicator__part_of_id", "indicator__recounting", "indicator__numerator_id",
            "indicator__denominator_id", "targets__unit_id", "targets__amount", "targets__stretch",
        )
    )  # fmt: skip
    targets = {
        (row["id"], row["targets__unit_id"]): (row["targets__amount"], row["targets__stretch"])
        for row in rows
        if row["targets__unit_id"] is not None
    }
    owed = {line_id for line_id, _ in targets}
    columns = {}
    for row in rows:
        if row["id"] in columns:  # a row for each target
            continue
        ratio = (row["indicator__numerator_id"], row["indicator__denominator_id"])
        columns[row["id"]] = Column(
            line_id=row["id"],
            indicator_id=row["indicator_id"],
            name=row["indicator__name"],
            measure=row["measure"],
            basis=row["basis"],
            weight=row["weight"],
            kind=row["indicator__kind"],
            fed_by=row["indicator__fed_by"],
            part_of_id=row["indicator__part_of_id"],
            has_quota=row["id"] in owed,
            recounting=row["indicator__recounting"],
            ratio_of=ratio if row["indicator__kind"] == Indicator.Kind.RATIO else None,
        )
    return tuple(columns.values()), targets


def load_sums(campaign, columns, unit_ids, as_of, previous):
    """Return the grouped sums of entries to as_of and to the earlier day: one query.

    Sums begin with the campaign; a level is its newest reading, whose entries may begin earlier, but only a
    reading within the campaign makes it reported.
    """
    indicator_ids = {column.indicator_id for column in columns}
    for column in columns:
        indicator_ids |= set(column.ratio_of or ())
    within = Q(on__gte=campaign.starts_on)
    earlier = Q(on__lte=previous) if previous else Q(pk__in=[])
    levels = sorted(column.indicator_id for column in columns if column.is_level)
    return (
        Entry.objects.filter(
            within | Q(indicator_id__in=levels) if levels else within,
            indicator_id__in=sorted(indicator_ids),
            basis__in=BASES,
            unit_id__in=unit_ids,
            on__lte=as_of,
        )
        .values("indicator_id", "unit_id", "basis")
        .annotate(
            done=Sum("amount"),
            facts=Sum("sign", filter=within if levels else None),
            done_before=Sum("amount", filter=earlier),
            facts_before=Sum("sign", filter=earlier & within if levels else earlier),
        )
        .order_by()
    )


def rolled_up(campaign, columns, owner, as_of, previous):
    """Return the sums to as_of and to the earlier day, each unit's entries added to whose line they belong to."""
    levels = {column.indicator_id for column in columns if column.is_level}
    now, before = _Sums(), _Sums()
    for row in load_sums(campaign, columns, list(owner), as_of, previous):
        holder = owner[row["unit_id"]]
        if row["indicator_id"] in levels:  # units are never added: only a line's own reading counts
            if row["unit_id"] == campaign.organiser_id:
                now.add(ORGANISER, row["indicator_id"], row["basis"], row["done"], row["facts"])
            if holder != row["unit_id"]:
                continue
        now.add(holder, row["indicator_id"], row["basis"], row["done"], row["facts"])
        before.add(holder, row["indicator_id"], row["basis"], row["done_before"], row["facts_before"])
    return now, before


def standings(
    campaign: Campaign, as_of: date, *, basis: str | None = None, previous: date | None = None
) -> Standings:
    """Return the standings of a campaign (with its organiser loaded) as of a day, in three queries.

    basis overrides each line's own. previous is the day places are compared with, by default a week ago
    (by the month clock the last month's end). A day after the end reads the end.
    """
    as_of = min(as_of, campaign.ends_on)
    previous = previous if previous is not None else clock.previous_day(campaign, as_of)
    if previous is not None and previous < campaign.starts_on:
        previous = None
    units = load_units(campaign)
    columns, targets = load_columns(campaign)
    seats = {unit["id"]: unit for unit in units if unit["seat__id"] is not None}
    roster = sorted(seats, key=lambda unit_id: (seats[unit_id]["seat__order"], seats[unit_id]["seat__id"]))
    owner = roster_owner(units, seats, campaign.organiser_id)
    now, before = rolled_up(campaign, columns, owner, as_of, previous)
    progress = clock.time_progress(campaign, as_of)

    to_green, to_yellow = Fraction(campaign.green_at) * progress, Fraction(campaign.yellow_at) * progress

    def light_of(completion):
        if completion is None or not progress:
            return ""
        return "green" if reaches(completion, to_green) else "yellow" if reaches(completion, to_yellow) else "red"

    def line(column, holders, unit, group, is_total, unit_id, found, place=(None, False)):
        done, count, completion = found
        target, stretch = targets.get((column.line_id, unit_id), (None, None))
        used = basis or column.basis
        other = BASES[1] if used == BASES[0] else BASES[0]
        return Line(
            unit_id=unit_id,
            unit=unit,
            group=group,
            is_total=is_total,
            column=column,
            basis=used,
            target=target,
            stretch=stretch,
            done=done,
            count=count,
            other=figure(now, column, holders, other)[0],
            completion=completion,
            time_progress=progress,
            light=light_of(completion),
            rank=place[0],
            tied=place[1],
        )

    def found(sums, column, holders, unit_id):
        done, count = figure(sums, column, holders, basis or column.basis)
        target, _stretch = targets.get((column.line_id, unit_id), (None, None))
        return done, count, quotient(done, target) if target and done is not None else None

    group_of = {unit_id: seats[unit_id]["seat__group"] for unit_id in roster}
    figures, ranks = {}, {}
    for column in columns:
        of_column = {unit_id: found(now, column, [unit_id], unit_id) for unit_id in roster}
        owed = any((column.line_id, unit_id) in targets for unit_id in roster)
        ranked_by = itemgetter(2) if owed else itemgetter(0)
        figures[column.line_id] = of_column
        ranks[column.line_id] = ranks_within_groups(
            {unit_id: ranked_by(row) for unit_id, row in of_column.items()}, group_of
        )
    lines = {
        (unit_id, column.line_id): line(
            column,
            [unit_id],
            seats[unit_id]["name"],
            group_of[unit_id],
            False,
            unit_id,
            figures[column.line_id][unit_id],
            ranks[column.line_id].get(unit_id, (None, False)),
        )
        for unit_id in roster
        for column in columns
    }
    everyone, organiser = [*roster, ORGANISER], campaign.organiser
    totals = {}
    for column in columns:
        holders = [ORGANISER] if column.is_level else everyone
        total = found(now, column, holders, organiser.pk)
        totals[column.line_id] = line(column, holders, organiser.name, "", True, organiser.pk, total)
    off_roster = {}
    for column in columns:
        amount, count = now.of([OFF_ROSTER], column.indicator_id, basis or column.basis)
        if amount or count:
            off_roster[column.line_id] = amount
    owing = {unit_id: [column for column in columns if lines[unit_id, column.line_id].target] for unit_id in roster}
    weights, cap = {column.line_id: int(column.weight.scaleb(6)) for column in columns}, Fraction(campaign.score_cap)

    def rated(unit_id, completion_of):
        return tuple(
            Rate(column.line_id, weights[column.line_id], held(completion_of(column), cap))
            for column in owing[unit_id]
        )

    rates = {
        unit_id: rated(unit_id, lambda column, unit_id=unit_id: figures[column.line_id][unit_id][2])
        for unit_id in roster
    }
    scored = {unit_id: composite(rates[unit_id], campaign.full_score) for unit_id in roster}
    earlier = dict.fromkeys(roster)
    if previous:
        for unit_id in roster:
            then = rated(unit_id, lambda column, unit_id=unit_id: found(before, column, [unit_id], unit_id)[2])
            earlier[unit_id] = composite(then, campaign.full_score)
    places = ranks_within_groups(scored, group_of)
    places_before = ranks_within_groups(earlier, group_of)
    scores = {
        unit_id: Score(
            unit_id=unit_id,
            unit=seats[unit_id]["name"],
            group=group_of[unit_id],
            leader=seats[unit_id]["seat__leader"] or "",
            score=scored[unit_id],
            rank=places.get(unit_id, (None, False))[0],
            tied=places.get(unit_id, (None, False))[1],
            previous_rank=places_before.get(unit_id, (None, False))[0],
            rates=rates[unit_id],
            full_score=campaign.full_score,
        )
        for unit_id in roster
    }
    return Standings(
        campaign,
        as_of,
        previous,
        basis,
        progress,
        columns,
        lines,
        totals,
        off_roster,
        scores,
        owner,
    )


def running_totals(state: Standings, days: list[date]) -> dict[int, list[Decimal]]:
    """Return the organiser's figure on each indicator at the end of each of some days: one query.

    A level shows the organiser's newest reading; a ratio has no course of its own and is left out.
    """
    columns = [column for column in state.columns if not column.ratio_of]
    levels = [column.indicator_id for column in columns if column.is_level]
    rows = (
        Entry.objects.filter(
            ~Q(indicator_id__in=levels) | Q(unit_id=state.campaign.organiser_id),
            indicator_id__in=[column.indicator_id for column in columns],
            basis__in=BASES,
            unit_id__in=[unit_id for unit_id, holder in state.owner.items() if holder != OFF_ROSTER],
            on__gte=state.campaign.starts_on,
            on__lte=state.as_of,
        )
        .values("indicator_id", "basis", "on")
        .annotate(change=Sum("amount"))
        .order_by()
    )
    changes = defaultdict(list)
    for row in rows:
        changes[row["indicator_id"], row["basis"]].append((row["on"], row["change"]))
    return {
        column.line_id: [
            sum(
                (amount for on, amount in changes[column.indicator_id, state.basis or column.basis] if on <= day),
                Decimal(0),
            )
            for day in days
        ]
        for column in columns
    }


def figure(sums, column, holders, basis):
    """Return (done, live facts) of some holders on an indicator; done None where nothing was reported.

    A ratio is 100 × numerator ÷ denominator, kept to six places; None where either is missing or 0 below.
    """
    if column.ratio_of:
        above, below = (sums.of(holders, part, basis) for part in column.ratio_of)
        return (round_half_up(quotient(above[0] * 100, below[0]), 6), below[1]) if below[0] else (None, 0)
    amount, count = sums.of(holders, column.indicator_id, basis)
    if count == 0 and column.fed_by == Indicator.Feed.TALLY:
        return None, 0
    return amount, count
