"""What the rule book says, and whom it would find by the figures of the day (I1, R86–R88)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from campaigns import rulebook
from campaigns.findings import exemptions
from campaigns.lines import Standings
from campaigns.models import Rule
from campaigns.numbers import plain
from reports.figures.values import Number, Window

WORDS = {Rule.Kind.PACE: "%", Rule.Kind.BEHIND: "个百分点", Rule.Kind.LAST: "位"}  # of a threshold


@dataclass(frozen=True)
class Caution:
    """A rule: its condition, its consequence, its clause, and the units that it holds for by the figures so far."""

    name: str
    href: str
    condition: str
    consequence: str
    clause: str
    at_end: bool
    threshold: str
    units: tuple[str, ...]
    spared: tuple[str, ...]  # let off by an exemption


@dataclass(frozen=True)
class Cautions:
    """The rules in force, in the order of the book."""

    rules: tuple[Caution, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for rule in self.rules:
            yield f"{rule.name}·单位", Number(f"{len(rule.units)}个", rule.href)
            if rule.threshold:
                yield f"{rule.name}·界线", Number(rule.threshold, rule.href)


def read(state: Standings, window: Window) -> Cautions:
    """Judge the rules that look at one moment by the standings in hand: two queries, and nothing is recorded."""
    held = state.campaign.rules.in_force(min(window.last, state.campaign.ends_on)).select_related("indicator")
    let_off = exemptions(state.campaign, window.last)
    return Cautions(
        tuple(
            _caution(rule, state, let_off)
            for rule in held.order_by("order", "pk")
            if rule.window == Rule.Window.NOW and rule.basis in ("", state.basis or "")
        )
    )


def _caution(rule, state, let_off) -> Caution:
    found = {hit.unit_id: hit.unit for hit in rulebook.hits(rule, [state])}
    spared = {pk for pk in found if (pk, rule.pk) in let_off or (pk, None) in let_off}
    return Caution(
        name=rule.name,
        href=reverse("campaigns:rule", args=[rule.pk]),
        condition=rule.condition_text,
        consequence=rule.consequence,
        clause=rule.clause,
        at_end=rule.only_at_end,
        threshold=f"{plain(rule.threshold)}{WORDS[rule.kind]}" if rule.kind in WORDS else "",
        units=tuple(unit for pk, unit in found.items() if pk not in spared),
        spared=tuple(unit for pk, unit in found.items() if pk in spared),
    )
