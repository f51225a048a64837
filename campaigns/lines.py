"""What standings gives: columns, lines, scores and the whole; pure values, exact fractions, no query."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import NamedTuple

from campaigns.models import Campaign, Indicator, Scheme
from campaigns.scoring.scheme import Result
from campaigns.scoring.scheme import Scheme as Rules
from campaigns.scoring.values import Facts


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

    completion, lead and pace are exact; completion is None without a quota above 0 or without a report.
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
    time_progress: Fraction
    light: str  # green, yellow, red; "" without a completion
    rank: int | None = None
    tied: bool = False
    previous_rank: int | None = None  # its place on the indicator as of the earlier day

    @property
    def change(self):
        """How many places it went up (positive) or down on the indicator; None where unknown."""
        return places_gained(self.previous_rank, self.rank)

    @property
    def lead(self):
        """Completion less time progress; None without a completion."""
        return None if self.completion is None else self.completion - self.time_progress

    @property
    def pace(self):
        """Completion ÷ time progress; None without a completion or before the start."""
        return self.completion / self.time_progress if self.completion is not None and self.time_progress else None

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


class Rate(NamedTuple):
    """What an indicator says of a unit's score: its weight in millionths, completion held between 0 and the cap."""

    line_id: int
    weight: int
    rate: Fraction


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
    rates: tuple["Rate", ...] = ()
    full_score: Decimal = Decimal(100)
    previous_score: Fraction | None = None

    @cached_property
    def parts(self):
        """What each indicator adds: (line id, weight share × full score, part)."""
        whole, full = sum(rate.weight for rate in self.rates), Fraction(self.full_score)
        shares = [(rate, Fraction(rate.weight, whole) * full) for rate in self.rates] if whole else []
        return tuple((rate.line_id, share, share * rate.rate) for rate, share in shares)

    @property
    def change(self):
        """How many places it went up (positive) or down since the earlier day; None where unknown."""
        return places_gained(self.previous_rank, self.rank)

    @property
    def gained(self):
        """How much the score rose (positive) or fell since the earlier day; None where unknown."""
        if self.score is None or self.previous_score is None:
            return None
        return self.score - self.previous_score


@dataclass(frozen=True)
class Place:
    """Where a unit stood within its group at the end of a day; rank and score None without a score."""

    on: date
    rank: int | None
    tied: bool
    score: Fraction | None


@dataclass(frozen=True)
class Appraised:
    """What the results of a day were worked out from: the rules in force and what they read of each unit."""

    rules: Rules
    units: tuple[Facts, ...]


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
    scheme: Scheme | None = None  # the rules in force on the day; without any, indicators are weighted
    results: dict[int, Result] = field(default_factory=dict)  # by unit id: the score by the scheme with its trace
    appraised: Appraised | None = None  # what the results come from; None without a scheme
    has_schemes: bool = False  # whether any were ever in force
    paths: dict[int, str] = field(default_factory=dict)  # by unit id: where a roster unit stands in the tree of today

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


def places_gained(before, now):
    """Return how many places better the later of two is; None where either is missing."""
    return None if before is None or now is None else before - now


def light(campaign, pace):
    """Return green, yellow or red for a pace ratio; "" without one."""
    if pace is None:
        return ""
    if pace >= Fraction(campaign.green_at):
        return "green"
    return "yellow" if pace >= Fraction(campaign.yellow_at) else "red"


def quotient(above, below):
    """Return one amount divided by another, exactly."""
    (a, b), (c, d) = above.as_integer_ratio(), below.as_integer_ratio()
    return Fraction(a * d, b * c)


def reaches(value, limit):
    """Say whether a fraction is at least another; crosswise, at a quarter of what Fraction's own >= costs."""
    (a, b), (c, d) = value.as_integer_ratio(), limit.as_integer_ratio()
    return a * d >= c * b


def held(completion, cap):
    """Hold a completion between 0 and the cap; what was not reported counts 0."""
    if completion is None or completion.numerator <= 0:
        return Fraction(0)
    return cap if reaches(completion, cap) else completion


def composite(rates, full_score):
    """Return Σ weight × rate over the indicators a unit owes, scaled to the full score; None without any.

    The sum runs over one common denominator: adding fractions one by one was the largest cost of standings.
    """
    whole = sum(weight for _, weight, _ in rates)
    if not whole:
        return None
    parts = [(weight, *rate.as_integer_ratio()) for _, weight, rate in rates]
    below = lcm(*(under for _, _, under in parts))
    above = sum(weight * over * (below // under) for weight, over, under in parts)
    over, under = Fraction(full_score).as_integer_ratio()
    return Fraction(above * over, below * whole * under)
