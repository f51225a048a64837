"""What would lift a unit: the smallest further amount that reaches a better place, by recomputing exact scores."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _

from campaigns.appraisal import figure_key
from campaigns.lines import Line, Rate, Score, Standings, composite, held, quotient
from campaigns.models import Indicator
from campaigns.scoring.scheme import Kind, Row, evaluate
from campaigns.scoring.scheme import Scheme as Rules
from campaigns.scoring.values import OF_CASES, Facts

WHOLE, HUNDREDTH = Decimal(1), Decimal("0.01")
FAR = 10  # times the quota, or the best figure, beyond which nothing is searched under a scheme


@dataclass(frozen=True)
class Lift:
    """One indicator alone: how much more reaches the place, and what score and place come of it.

    amount is None where even the most that counts does not reach it; score and place are then those of the most.
    Under a scheme tried is how much more that was, and why says what kept it from being searched.
    """

    line: Line
    amount: Decimal | None
    score: Fraction
    place: int
    worth: Fraction | None
    tried: Decimal | None = None
    why: str = ""


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
    amount = None if steps is None else steps * step
    return Lift(line, amount, reached, place_among(reached, others), Fraction(line.column.weight))


def lifts(state: Standings, unit_id: int, place: int) -> tuple[Lift, ...]:
    """Return for each indicator that counts for a unit what would lift it to a place; none for who has no place.

    Every other unit is taken to do no more than it did.
    """
    own = state.scores[unit_id]
    if own.rank is None:
        return ()
    if state.appraised:
        return tuple(_scheme_lifts(state, own, place))
    others = [row.score for row in state.groups[own.group] if row.unit_id != unit_id and row.score is not None]
    cap = Fraction(state.campaign.score_cap)
    return tuple(lift(own, state.lines[unit_id, row.line_id], others, place, cap) for row in own.rates)


# --- under a scheme ---------------------------------------------------------------------------------


def _scheme_lifts(state, own, place):
    """Yield the lift on every indicator that a row in effect reads of the unit."""
    rules, everyone = state.appraised.rules, state.appraised.units
    group = [facts for facts in everyone if facts.group == own.group]
    mine = next(facts for facts in group if facts.unit == own.unit_id)
    in_effect = [row for row in rules.rows if row.holds_on(state.as_of) and mine.in_scope(row.scope)]
    for line in state.of_unit(own.unit_id):
        key = figure_key(line.column.indicator_id)
        rows = [row for row in in_effect if any(key in source.keys for source in row.sources)]
        if not rows:
            continue
        worth = [row.worth for row in rows if row.worth is not None]
        found = Lift(line, None, own.score, own.rank, sum(worth) if worth else None)
        if why := unsteady(rules, rows, key):
            yield replace(found, why=why)
        else:
            yield _scheme_lift(state, found, key, group, place)


def unsteady(rules: Rules, rows: Collection[Row], key: str) -> str:
    """Say why more of a figure need not lift a unit by some rows; "" where it never lowers it.

    Only then the smallest amount can be searched for by halving.
    """
    above = {row.code: row for row in rules.rows}
    for row in rows:
        if any(source.reads in OF_CASES for source in row.sources if key in source.keys):
            return _("“%s”按逐笔项目计分，要看是什么项目") % row.label
        told = _("“%s”的得分不一定随完成数上升") % row.label
        if key in row.source.keys and not row.method.rises:
            return told
        for need in row.needs:
            least = row.method.bounds[0]
            if key in need.source.keys and (need.op not in {">=", ">"} or least is None or least < 0):
                return told
        while row is not None:
            if row.kind == Kind.PENALTY or row.weight < 0:
                return told
            row = above.get(row.within)
    return ""


def _scheme_lift(state, found, key, group, place):
    """Return a lift with the amount, by working the scheme out anew for the group at each try."""
    rules, line = state.appraised.rules, found.line
    unit_id, step = line.unit_id, grain(line)

    def result_with(amount):
        return evaluate(rules, [with_more(facts, key, amount, unit_id) for facts in group], on=state.as_of)[unit_id]

    done = line.done or Decimal(0)
    largest = max((row.done or Decimal(0) for row in state.of_column(line.column.line_id)), default=Decimal(0))
    most = max(1, ceil((FAR * max(line.target or Decimal(0), largest, WHOLE) - done) / step))
    steps = fewest(lambda steps: result_with(steps * step).rank <= place, most)
    tried = (most if steps is None else steps) * step
    result = result_with(tried)
    amount = None if steps is None else tried
    return replace(found, amount=amount, score=result.ranked, place=result.rank, tried=tried)


def with_more(facts: Facts, key: str, amount: Decimal, unit_id: int) -> Facts:
    """Return what a scheme reads of a unit; of the one unit, with so much more done on an indicator."""
    if facts.unit != unit_id:
        return facts
    figure = facts.figures[key]
    more = replace(figure, done=(figure.done or Fraction(0)) + Fraction(amount))
    return replace(facts, figures={**facts.figures, key: more})
