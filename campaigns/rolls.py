"""Who is on the red and black lists of a campaign as of a day, why, and who was let off. Writes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns import findings, rulebook
from campaigns.models import Campaign, Exemption, Finding, Roll, Rule
from campaigns.numbers import percent_text, plain
from campaigns.rulebook import HUNDREDTH, Reading


@dataclass(frozen=True)
class Listed:
    """A unit that meets the conditions of a list, with the arithmetic in words; an exemption lets it off."""

    unit_id: int
    unit: str
    group: str
    leader: str
    name: str
    why: str
    exemption: Exemption | None


@dataclass(frozen=True)
class Sheet:
    """A list as of a day: who is on it, who is not though the conditions hold, and the exemptions in force."""

    roll: Roll
    listed: tuple[Listed, ...]
    spared: tuple[Listed, ...]
    exemptions: tuple[Exemption, ...]


@dataclass(frozen=True)
class Ask:
    """One condition of a list: whether it is asked, whether it holds, and how that is said."""

    wanted: Callable[[Roll], object]
    holds: Callable[[Roll, Reading], bool]
    told: Callable[[Roll, Reading], str]


def is_first(roll, row):
    """Say whether a unit has one of the first places of its group."""
    return row.rank is not None and row.rank <= roll.first


def reaches(roll, row):
    """Say whether the unrounded completion is no less than asked."""
    return row.is_owed and row.share >= Fraction(roll.at_least) * HUNDREDTH


def falls_short(roll, row):
    """Say whether the unrounded completion is less than asked."""
    return row.is_owed and row.share < Fraction(roll.below) * HUNDREDTH


def quota_holds(roll, row):
    """Say whether the quotas are all reached, or one is not, as asked."""
    return row.is_owed and bool(row.parts or row.indicator_id) and row.is_met == (roll.quota == Roll.Quota.MET)


def quota_told(roll, row):
    """Say how many quotas were reached, or which were not."""
    if roll.quota == Roll.Quota.UNMET:
        missed = [part for part in row.parts or (row,) if not part.is_met]
        shares = "、".join(f"{part.name} {percent_text(part.share, decimals=rulebook.DIGITS)}" for part in missed)
        told = {"all": len(row.parts or (row,)), "missed": len(missed), "shares": shares}
        return _("%(all)d 项目标任务中 %(missed)d 项未完成（%(shares)s）") % told
    if row.indicator_id is not None:
        return _("%s，已完成目标任务") % rulebook.share_told(row)
    return _("%d 项目标任务全部完成") % len(row.parts)


def share_limit_told(row, word, limit):
    """Say on which side of its limit the completion is."""
    share = rulebook.sides(row.share, Fraction(limit) * HUNDREDTH)
    told = {"share": rulebook.share_told(row), "word": word, "limit": plain(limit), "exact": share}
    if percent_text(row.share, decimals=rulebook.DIGITS) == share:
        return _("%(share)s，%(word)s %(limit)s%%") % told
    return _("%(share)s（%(exact)s），%(word)s %(limit)s%%") % told


ASKS = (
    Ask(
        lambda roll: roll.first, is_first,
        lambda roll, row: f"{rulebook.place_told(row)}，{_('在前 %d 位') % roll.first}",
    ),
    Ask(
        lambda roll: roll.last, lambda roll, row: rulebook.stands_last(row, roll.last),
        lambda roll, row: f"{rulebook.place_told(row)}；{rulebook.lower_told(row, Decimal(roll.last))}",
    ),
    Ask(
        lambda roll: roll.at_least, reaches,
        lambda roll, row: share_limit_told(row, _("不低于"), roll.at_least),
    ),
    Ask(lambda roll: roll.below, falls_short, lambda roll, row: share_limit_told(row, _("低于"), roll.below)),
    Ask(lambda roll: roll.quota, quota_holds, quota_told),
    Ask(lambda roll: roll.no_result, rulebook.is_zero, rulebook.zero_told),
)  # fmt: skip


def sheets(campaign: Campaign, as_of: date, rolls: Iterable[Roll] | None = None) -> list[Sheet]:
    """Return the lists in force on a day with who is on them: standings are added up once for each basis."""
    if rolls is None:
        rolls = campaign.rolls.in_force(as_of).for_list()
    rolls, states = list(rolls), {}
    vetoes = vetoed_on(campaign, as_of) if any(roll.vetoed for roll in rolls) else {}
    exempt = list(campaign.exemptions.in_force(as_of).filter(rule=None).for_list())
    return [sheet(roll, findings.state_at(states, campaign, as_of, roll.basis), vetoes, exempt) for roll in rolls]


def sheet(roll, state, vetoes, exempt):
    """Return one list; who is let off stands below a black one, not on it."""
    applying = [row for row in exempt if row.roll_id in (None, roll.pk)] if roll.kind == Roll.Kind.BLACK else []
    covered = {row.unit_id: row for row in reversed(applying)}
    found = [
        Listed(row.unit_id, row.unit, row.group, row.leader, row.name, why, covered.get(row.unit_id))
        for row in in_order(roll, rulebook.readings(roll, state))
        if (why := reason(roll, row, vetoes))
    ]
    return Sheet(
        roll, tuple(row for row in found if not row.exemption), tuple(row for row in found if row.exemption),
        tuple(applying),
    )  # fmt: skip


def in_order(roll, rows):
    """Return the figures from the best place down; who has none comes last, in roster order."""
    return sorted(rows, key=lambda row: (row.group, row.name, row.rank is None, row.rank or 0))


def reason(roll, row, vetoes):
    """Say why a unit is on a list; "" where it is not."""
    told = []
    for ask in ASKS:
        if ask.wanted(roll):
            if not ask.holds(roll, row):
                return ""
            told.append(ask.told(roll, row))
    if roll.vetoed:
        if row.unit_id not in vetoes:
            return ""
        told.append(_("被一票否决（%s）") % "、".join(vetoes[row.unit_id]))
    return "；".join(dict.fromkeys(told)) + "。"


def vetoed_on(campaign, as_of):
    """Return {unit id: names of the rules} of the vetoes on record that held on a day: one query."""
    held = Finding.objects.filter(rule__campaign=campaign, rule__level=Rule.Level.VETO).held_on(as_of)
    found = {}
    for unit_id, name in held.order_by("pk").values_list("unit_id", "rule__name"):
        found.setdefault(unit_id, []).append(name)
    return found
