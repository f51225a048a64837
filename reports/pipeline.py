"""Where a unit's projects really stand, as a card a template can print; knows no query."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.numbers import money_text, percent_text
from projects.cohorts import Cohort, Standing

STEPS = {  # side by side: what is only said, what is signed, and what of it is real
    Cohort.INTENT: gettext_lazy("意向（未签约）"),
    Cohort.SIGNED: gettext_lazy("本年签约"),
    Cohort.FUNDED: gettext_lazy("其中有资金到位"),
    Cohort.STARTED: gettext_lazy("其中已开工"),
}
APART = {Cohort.CARRIED: gettext_lazy("往年结转"), Cohort.TERMINATED: gettext_lazy("本年终止")}


@dataclass(frozen=True)
class Step:
    """One group of projects: how many, for how much, and where they are listed."""

    name: str
    count: int
    sums: tuple[str, ...]
    url: str


def side_by_side(found: dict[str, Standing], url_of: Callable[[str], str]) -> list[Step]:
    """Return intents, signed, with funds and started."""
    signed = found[Cohort.SIGNED].count
    return [step(cohort, name, found, url_of, signed) for cohort, name in STEPS.items()]


def apart(found: dict[str, Standing], url_of: Callable[[str], str]) -> list[Step]:
    """Return carried over and terminated: in none of the others."""
    return [step(cohort, name, found, url_of) for cohort, name in APART.items()]


def step(cohort, name, found, url_of, signed=0) -> Step:
    """Print one group; its address only where it has rows."""
    row = found[cohort]
    if not row.count:
        return Step(str(name), 0, (), "")
    return Step(str(name), row.count, tuple(sums_of(cohort, row, signed)), url_of(cohort))


def sums_of(cohort, row: Standing, signed: int):
    """Say the sums of one group, each with its word: a sum of intents is a claim, not a contract."""
    if cohort == Cohort.INTENT:
        yield _("意向金额 %s") % spaced(row.agreed)
    elif cohort == Cohort.FUNDED:
        yield _("到位 %s") % spaced(row.arrived)
    else:
        yield _("协议 %s") % spaced(row.agreed)
    if row.unstated:
        yield _("%d 个没有金额") % row.unstated
    if cohort in {Cohort.FUNDED, Cohort.STARTED}:
        yield _("占签约 %s") % percent_text(Fraction(row.count, signed))
    if cohort == Cohort.CARRIED:
        yield _("到位 %s") % spaced(row.arrived)


def spaced(amount):
    """Print money with a blank before its measure."""
    return money_text(amount, space=True)
