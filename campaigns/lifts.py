"""What would lift a unit: the smallest further amount that reaches a better place, by recomputing exact scores."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from campaigns.appraisal import figure_key
from campaigns.lines import Line, Rate, Score, Standings, composite, held, quotient
from campaigns.models import Indicator
from campaigns.scoring.methods import MinMax, PlaceShift, RankPoints
from campaigns.scoring.scheme import evaluate
from campaigns.scoring.values import OF_FIGURES

AMONG = (MinMax, RankPoints, PlaceShift)  # methods that measure units by each other
TIMES = 3  # times a quota that is searched under rules whose caps nobody knows
WHOLE, HUNDREDTH = Decimal(1), Decimal("0.01")


@dataclass(frozen=True)
class Lift:
    """One indicator alone: how much more reaches the place, and what score and place come of it.

    amount is None where even the most that counts does not reach it; score and place are then those of the most.
    """

    line: Line
    amount: Decimal | None
    score: Fraction
    place: int
    by_rules: bool = False  # the rules in force say what it counts, not a weight


def grain(line: Line) -> Decimal:
    """Return the step amounts are searched in: one 个 or 万元, a hundredth of a level or ratio."""
    return WHOLE if line.column.kind == Indicator.Kind.SUM else HUNDREDTH


def fewest(reaches: Callable[[int], bool], most: int) -> int | None:
    """Return the smallest number of steps from 1 to most that reaches it; None where most does not.

    What a number of steps reaches every greater number must reach, too.
    """
    if most < 1 or not reaches(most):
        return None
    short, enough = 0, 1
    while not reaches(enough):
        short, enough = enough, min(enough * 2, most)
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if reaches(middle) else (middle, enough)
    return enough


def place_among(score: Fraction, others: Collection[Fraction]) -> int:
    """Return the place of a score by competition ranking: one more than how many are better."""
    return 1 + sum(other > score for other in others)


def score_with(own: Score, line: Line, amount: Decimal, cap: Fraction) -> Fraction:
    """Return the score of a unit that had done so much more on an indicator and nothing else."""
    rate = held(quotient((line.done or Decimal(0)) + amount, line.target), cap)
    rates = tuple(Rate(*row[:2], rate) if row.line_id == line.column.line_id else row for row in own.rates)
    return composite(rates, own.full_score)


def lift(own: Score, line: Line, others: Collection[Fraction], place: int, cap: Fraction) -> Lift:
    """Return what an indicator alone needs for a unit to take a place or a better one."""
    step = grain(line)
    missing = cap * Fraction(line.target) - Fraction(line.done or 0)  # nothing counts beyond it
    most = max(0, ceil(missing / Fraction(step)))

    def place_after(steps):
        return place_among(score_with(own, line, steps * step, cap), others)

    steps = fewest(lambda steps: place_after(steps) <= place, most)
    reached = score_with(own, line, (most if steps is None else steps) * step, cap)
    return Lift(line, None if steps is None else steps * step, reached, place_among(reached, others))


def lifts(state: Standings, unit_id: int, place: int) -> tuple[Lift, ...]:
    """Return for each indicator that a unit owes what would lift it to a place; none for who has no place.

    Every other unit is taken to stay as it is.
    """
    own = state.scores[unit_id]
    if own.rank is None:
        return ()
    if state.rules is not None:
        desk = _Again(state, unit_id)
        return tuple(desk.lift(line, place) for line in state.of_unit(unit_id) if desk.reads(line))
    others = [row.score for row in state.groups[own.group] if row.unit_id != unit_id and row.score is not None]
    cap = Fraction(state.campaign.score_cap)
    return tuple(lift(own, state.lines[unit_id, row.line_id], others, place, cap) for row in own.rates)


class _Again:
    """Scores a unit once more by the rules in force, as if it had done more on one indicator."""

    def __init__(self, state, unit_id):
        self.state, self.unit_id = state, unit_id
        self.group = [facts for facts in state.facts if facts.group == state.scores[unit_id].group]
        self.own = next(facts for facts in self.group if facts.unit == unit_id)
        rows = [row for row in state.rules.rows if self.own.in_scope(row.scope) and row.holds_on(state.as_of)]
        self.keys = {
            source.key
            for row in rows
            for source in (row.source, *(need.source for need in row.needs))
            if source.reads in OF_FIGURES
        }
        self.among = any(isinstance(row.method, AMONG) for row in rows)  # others' points move with the unit's

    def reads(self, line):
        """Say whether the rules read an indicator's figure, so that more of it may count."""
        return figure_key(line.column.indicator_id) in self.keys

    def with_more(self, line, amount):
        """Return (score, place) of the unit had it done so much more, all others as they are."""
        key = figure_key(line.column.indicator_id)
        figure = replace(self.own.figures[key], done=Fraction(line.done or 0) + Fraction(amount))
        more = replace(self.own, figures={**self.own.figures, key: figure})
        units = [more if facts.unit == self.unit_id else facts for facts in self.group] if self.among else [more]
        results = evaluate(self.state.rules, units, on=self.state.as_of)
        held = {facts.unit: self.state.results[facts.unit].ranked for facts in self.group}
        scores = held | {unit: result.ranked for unit, result in results.items()}
        score = scores.pop(self.unit_id)
        return score, place_among(score, [other for other in scores.values() if other is not None])

    def lift(self, line, place):
        """Return what an indicator alone needs; searched to so many times the quota, or the best of the group."""
        step = grain(line)
        figures = [facts.figures[figure_key(line.column.indicator_id)].done or 0 for facts in self.group]
        goal = max(Fraction(line.target or 0), Fraction(max(figures))) * TIMES
        most = max(1, ceil((goal - Fraction(line.done or 0)) / Fraction(step)))
        steps = fewest(lambda steps: self.with_more(line, steps * step)[1] <= place, most)
        score, reached = self.with_more(line, (most if steps is None else steps) * step)
        return Lift(line, None if steps is None else steps * step, score, reached, by_rules=True)
