"""Sharing a quota out: parts that add up exactly, and by what the parts are weighed. Pure, no query."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from campaigns.numbers import split


def shared_out(total: Decimal, weights: Sequence[Decimal], step: Decimal = Decimal(1)) -> list[Decimal]:
    """Split a total by weights into multiples of a step that add up to it exactly (largest remainder).

    What is left below one step goes to the heaviest part, the first of equals. Refuses weights without a sum.
    """
    if total < 0 or step <= 0:
        raise ValueError("neither a negative total nor a step of nothing can be shared out")
    steps, rest = divmod(total, step)
    parts = [part.scaleb(6) * step for part in split(steps.scaleb(-6), weights)]
    parts[max(range(len(parts)), key=lambda i: (weights[i], -i))] += rest
    return parts


def class_weights(classes: Sequence[str], weight_of: Mapping[str, Decimal]) -> list[Decimal]:
    """Return the weight of each unit by its class; a class that is not named weighs nothing."""
    return [weight_of.get(name, Decimal(0)) for name in classes]


def result_weights(results: Sequence[Decimal | None]) -> list[Decimal]:
    """Return past results as weights: what was not reported or fell below zero weighs nothing."""
    return [max(result, Decimal(0)) if result is not None else Decimal(0) for result in results]


def pressed(total: Decimal, percent: Decimal, step: Decimal) -> Decimal:
    """Return a total under pressure (加压): so many percent of it, up to the next whole step."""
    steps = -(-(Fraction(total) * Fraction(percent) / 100) // Fraction(step))
    return Decimal(int(steps)) * step


def harder(now: Decimal | None, before: Decimal | None) -> Fraction | None:
    """Return by which share a quota grew over an earlier one; None where one of them is missing or was 0."""
    return Fraction(now) / Fraction(before) - 1 if now is not None and before else None
