"""The only place that adds up: a campaign's targets, figures, paces, places and scores as of a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.db.models import FilteredRelation, Q, Sum

from campaigns import clock
from campaigns.models import Basis, Campaign, CampaignIndicator, Entry, Indicator
from campaigns.numbers import round_half_up
from units.models import Unit

BASES = (Basis.REPORTED.value, Basis.RECOGNISED.value)


@dataclass(frozen=True)
class Column:
    """One indicator of the campaign; has_quota says whether any roster unit or the organiser owes something."""

    line_id: int
    indicator_id: int
    name: str
    measure: str
    basis: str
    weight: Decimal
    kind: str
    fed_by: str
    part_of_id: int | None
    has_quota: bool
    recounting: bool
    ratio_of: tuple[int, int] | None = None

    @property
    def is_level(self):
        """Whether figures are never added over units."""
        return self.kind == Indicator.Kind.LEVEL


@dataclass(frozen=True)
class Line:
    """One unit (or the organiser) on one indicator; amounts in the base measure, None where not reported.

    completion and lead are exact; completion is None without a quota above 0 or without a report.
    count says how many live facts stand behind the figure.
    """

    unit_id: int
    unit: str
    group: str
    is_total: bool
    column: Column
    basis: str
    target: Decimal | None
    stretch: Decimal | None
    done: Decimal | None
    count: int
    other: Decimal | None  # the figure on the other basis
    completion: Fraction | None
    lead: Fraction | None
    pace: Fraction | None
    light: str  # green, yellow, red; "" without a completion
    rank: int | None = None
    tied: bool = False

    @property
    def gap(self):
        """What is missing to the quota, never negative; None without a quota."""
        if not self.target:
            return None
        return max(Decimal(0), self.target - (self.done or Decimal(0)))

    @property
    def is_met(self):
        """Whether the quota is reached, on the exact value."""
        return self.completion is not None and self.completion >= 1


@dataclass(frozen=True)
class Score:
    """The composite of a roster unit: exact score, place within the group, place as of the earlier day."""

    unit_id: int
    unit: str
    group: str
    leader: str
    score: Fraction | None
    rank: int | None
    tied: bool
    previous_rank: int | None
    parts: tuple[tuple[int, Fraction, Fraction], ...] = ()  # (line id, weight share × full score, part)

    @property
    def change(self):
        """How many places it went up (positive) or down since the earlier day; None where unknown."""
        if self.rank is None or self.previous_rank is None:
            return None
        return self.previous_rank - self.rank


@dataclass(frozen=True)
class Standings:
    """Everything that pages, rankings and reports read of a campaign as of a day; basis None = each line's own."""

    campaign: Campaign
    as_of: date
    previous: date | None
    basis: str | None
    time_progress: Fraction
    columns: tuple[Column, ...]
    lines: dict[tuple[int, int], Line]  # (unit id, line id) of roster units, in roster order
    totals: dict[int, Line]  # by line id: the organiser
    off_roster: dict[int, Decimal]  # by line id: credit of units that are not on the roster
    scores: dict[int, Score]  # by unit id, in roster order
    owner: dict[int, int | str] = field(default_factory=dict)  # by unit id: whose line its entries belong to

    @cached_property
    def unit_ids(self):
        """Roster units in roster order."""
        return tuple(self.scores)

    @cached_property
    def groups(self):
        """{group: scores by place, units without a score last}."""
        by_group = defaultdict(list)
        for score in self.scores.values():
            by_group[score.group].append(score)
        return {
            group: sorted(scores, key=lambda score: (score.rank is None, score.rank or 0))
            for group, scores in by_group.items()
        }

    def of_column(self, line_id):
        """Return the roster lines on one indicator in roster order."""
        return [self.lines[unit_id, line_id] for unit_id in self.unit_ids]

    def of_unit(self, unit_id):
        """Return a roster unit's lines in the order of the indicators."""
        return [self.lines[unit_id, column.line_id] for column in self.columns]

    def met(self, line_id):
        """Return (units that reached their quota, units that have one above 0) (R78)."""
        owing = [line for line in self.of_column(line_id) if line.target]
        return sum(line.is_met for line in owing), len(owing)

    def quota_sum(self, line_id):
        """Return the sum of the roster units' quotas, None without any."""
        quotas = [line.target for line in self.of_column(line_id) if line.target is not None]
        return sum(quotas, Decimal(0)) if quotas else None


def competition_ranks(values: dict) -> dict:
    """Return {key: (rank, tied)} by value from high to low: 1, 2, 2, 4."""
    ordered = sorted(values.values(), reverse=True)
    first, times = {}, defaultdict(int)
    for place, value in enumerate(ordered, start=1):
        first.setdefault(value, place)
        times[value] += 1
    return {key: (first[value], times[value] > 1) for key, value in values.items()}


def ranks_within_groups(values: dict, group_of: dict) -> dict:
    """Return {key: (rank, tied)} within each group; keys whose value is None have no rank."""
    by_group = defaultdict(dict)
    for key, value in values.items():
        if value is not None:
            by_group[group_of[key]][key] = value
    ranks = {}
    for group_values in by_group.values():
        ranks |= competition_ranks(group_values)
    return ranks


class _Sums:
    """Sums and counts of entries by (unit the line belongs to, indicator, basis) on two days."""

    def __init__(self):
        self.amounts = defaultdict(Decimal)
        self.counts = defaultdict(int)

    def add(self, owner, indicator_id, basis, amount, count):
        """Add what one unit's entries say."""
        self.amounts[owner, indicator_id, basis] += amount or Decimal(0)
        self.counts[owner, indicator_id, basis] += count or 0


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
            facts=Sum("sign", filter=within),
            done_before=Sum("amount", filter=earlier),
            facts_before=Sum("sign", filter=earlier & within),
        )
        .order_by()
    )


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
    progress = clock.time_progress(campaign, as_of)

    def line(column, holders, unit, group, is_total, unit_id):
        target, stretch = targets.get((column.line_id, unit_id), (None, None))
        used = basis or column.basis
        other = BASES[1] if used == BASES[0] else BASES[0]
        done, count = figure(now, column, holders, used)
        completion = Fraction(done) / Fraction(target) if target and done is not None else None
        pace = completion / progress if completion is not None and progress else None
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
            lead=completion - progress if completion is not None else None,
            pace=pace,
            light=light(campaign, pace),
        )

    lines = {}
    for unit_id in roster:
        seat = seats[unit_id]
        for column in columns:
            lines[unit_id, column.line_id] = line(
                column, [unit_id], seat["name"], seat["seat__group"], False, unit_id
            )
    group_of = {unit_id: seats[unit_id]["seat__group"] for unit_id in roster}
    for column in columns:
        of_column = {unit_id: lines[unit_id, column.line_id] for unit_id in roster}
        owed = any((column.line_id, unit_id) in targets for unit_id in roster)
        ranks = ranks_within_groups(
            {unit_id: row.completion if owed else row.done for unit_id, row in of_column.items()}, group_of
        )
        for unit_id, (rank, tied) in ranks.items():
            lines[unit_id, column.line_id] = _ranked(of_column[unit_id], rank, tied)
    everyone = [*roster, ORGANISER]
    totals = {
        column.line_id: line(
            column,
            [ORGANISER] if column.is_level else everyone,
            campaign.organiser.name,
            "",
            True,
            campaign.organiser_id,
        )
        for column in columns
    }
    off_roster = {
        column.line_id: now.amounts[OFF_ROSTER, column.indicator_id, basis or column.basis]
        for column in columns
        if now.counts[OFF_ROSTER, column.indicator_id, basis or column.basis]
        or now.amounts[OFF_ROSTER, column.indicator_id, basis or column.basis]
    }
    scored = {unit_id: score_of(campaign, columns, targets, now, basis, unit_id) for unit_id in roster}
    earlier = (
        {unit_id: score_of(campaign, columns, targets, before, basis, unit_id)[0] for unit_id in roster}
        if previous
        else dict.fromkeys(roster)
    )
    places = ranks_within_groups({unit_id: score for unit_id, (score, _) in scored.items()}, group_of)
    places_before = ranks_within_groups(earlier, group_of)
    scores = {
        unit_id: Score(
            unit_id=unit_id,
            unit=seats[unit_id]["name"],
            group=group_of[unit_id],
            leader=seats[unit_id]["seat__leader"] or "",
            score=scored[unit_id][0],
            rank=places.get(unit_id, (None, False))[0],
            tied=places.get(unit_id, (None, False))[1],
            previous_rank=places_before.get(unit_id, (None, False))[0],
            parts=scored[unit_id][1],
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
        above, below = (
            sum((sums.amounts[holder, part, basis] for holder in holders), Decimal(0)) for part in column.ratio_of
        )
        facts = sum(sums.counts[holder, column.ratio_of[1], basis] for holder in holders)
        return (round_half_up(Fraction(above) * 100 / Fraction(below), 6), facts) if below else (None, 0)
    count = sum(sums.counts[holder, column.indicator_id, basis] for holder in holders)
    if count == 0 and column.fed_by == Indicator.Feed.TALLY:
        return None, 0
    return sum((sums.amounts[holder, column.indicator_id, basis] for holder in holders), Decimal(0)), count


def light(campaign, pace):
    """Return green, yellow or red for a pace ratio; "" without one."""
    if pace is None:
        return ""
    if pace >= Fraction(campaign.green_at):
        return "green"
    return "yellow" if pace >= Fraction(campaign.yellow_at) else "red"


def score_of(campaign, columns, targets, sums, basis, unit_id):
    """Return (score, parts): Σ weight × completion held between 0 and the cap, scaled to the full score.

    Only indicators on which the unit has a quota above 0 count, their weights taken up to the full score;
    what was not reported counts 0. (None, ()) without any quota.
    """
    owed = []
    for column in columns:
        target = targets.get((column.line_id, unit_id), (None,))[0]
        if target:
            done = figure(sums, column, [unit_id], basis or column.basis)[0]
            rate = Fraction(done) / Fraction(target) if done is not None else Fraction(0)
            owed.append((column, min(max(rate, Fraction(0)), Fraction(campaign.score_cap))))
    whole = sum((Fraction(column.weight) for column, _ in owed), Fraction(0))
    if not whole:
        return None, ()
    full = Fraction(campaign.full_score)
    parts = tuple(
        (
            column.line_id,
            Fraction(column.weight) / whole * full,
            Fraction(column.weight) / whole * full * rate,
        )
        for column, rate in owed
    )
    return sum((part for _, _, part in parts), Fraction(0)), parts


def _ranked(line, rank, tied):
    return Line(**{**line.__dict__, "rank": rank, "tied": tied})
