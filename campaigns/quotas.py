"""Sharing a quota out and stating it as growth: exact parts, and by what they are weighed. Pure, no query."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.models import CampaignIndicator, Indicator
from campaigns.numbers import amount_text, plain, split


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


def grows_by_points(line: CampaignIndicator) -> bool:
    """Say whether growth adds percentage points to an indicator: a level that is itself a percentage."""
    return line.indicator.kind == Indicator.Kind.LEVEL and line.indicator.dimension == "%"


def grown(base: Decimal, growth: Decimal, step: Decimal, *, in_points: bool = False) -> Decimal:
    """Return last year's figure grown by so many percent, up to the next whole step; by points exactly."""
    return base + growth if in_points else pressed(base, 100 + growth, step)


def growth_text(base: Decimal | None, growth: Decimal | None, measure: str, *, in_points: bool = False) -> str:
    """Say what a target was made of: 去年 38 个，增长 20%; "" where it was not stated as growth."""
    if growth is None or base is None:
        return ""
    words = (_("提高 %s 个百分点"), _("降低 %s 个百分点")) if in_points else (_("增长 %s%%"), _("下降 %s%%"))
    by = words[growth < 0] % plain(abs(growth))
    return _("去年 %(base)s，%(by)s") % {"base": amount_text(base, measure), "by": by}
