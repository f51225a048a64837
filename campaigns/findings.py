"""What the rule book says today beside what it said before: new, still so, let off, no longer so. Writes nothing."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns import rulebook
from campaigns.models import Campaign, Exemption, Finding, Rule
from campaigns.rulebook import Hit
from campaigns.standings import standings


@dataclass(frozen=True)
class Verdict:
    """A rule that holds for a unit, with the open finding that says so already and the exemption that covers it."""

    rule: Rule
    hit: Hit
    finding: Finding | None
    exemption: Exemption | None


@dataclass(frozen=True)
class Trial:
    """What an evaluation as of a day finds and clears; judged are the rules that were due."""

    as_of: date
    judged: tuple[Rule, ...]
    verdicts: tuple[Verdict, ...]
    gone: tuple[Finding, ...]  # open findings of judged rules that hold no more

    @property
    def fresh(self):
        """What was not found before."""
        return [verdict for verdict in self.verdicts if verdict.finding is None]


def last_judged(campaign: Campaign) -> date | None:
    """Return the latest day whose judgement is on record."""
    days = Finding.objects.filter(rule__campaign=campaign).aggregate(found=Max("judged_on"), gone=Max("cleared_on"))
    return max((day for day in days.values() if day), default=None)


def try_rules(campaign: Campaign, as_of: date, rules=None) -> Trial:
    """Judge a campaign's rules (or some of them, unsaved ones too) as of a day: standings once a day and basis."""
    if rules is None:
        held = campaign.rules.in_force(min(as_of, campaign.ends_on))
        rules = held.select_related("campaign__organiser", "indicator", "earlier__organiser")
    exempt = exemptions(campaign, as_of)
    held = Finding.objects.filter(rule__in=[rule.pk for rule in rules if rule.pk]).open().with_rule()
    held = {(row.rule_id, row.unit_id, row.indicator_id): row for row in held}
    known, judged, verdicts = {}, [], []
    for rule in rules:
        if not (moments := rulebook.moments(rule, as_of)):
            continue
        judged.append(rule)
        for hit in rulebook.hits(rule, [state_at(known, *moment, rule.basis) for moment in moments]):
            finding = held.pop((rule.pk, hit.unit_id, hit.indicator_id), None)
            covered = exempt.get((hit.unit_id, rule.pk)) or exempt.get((hit.unit_id, None))
            verdicts.append(Verdict(rule, hit, finding, covered))
    due = {rule.pk for rule in judged}
    gone = tuple(finding for (rule_id, *_rest), finding in held.items() if rule_id in due)
    return Trial(as_of, tuple(judged), tuple(verdicts), gone)


def state_at(known, campaign, day, basis):
    """Return standings, added up once for each campaign, day and basis."""
    key = (campaign.pk, day, basis)
    if key not in known:
        known[key] = standings(campaign, day, basis=basis or None)
    return known[key]


def exemptions(campaign: Campaign, on: date) -> dict[tuple[int, int | None], Exemption]:
    """Return the exemptions from rules in force on a day by (unit, rule); rule None covers all rules."""
    rows = campaign.exemptions.in_force(on).filter(roll=None).select_related("unit", "rule").order_by("pk")
    return {(row.unit_id, row.rule_id): row for row in rows}


def check_day(campaign: Campaign, as_of: date) -> None:
    """Refuse a day before the one judged last: what was found since cannot be taken back by looking at less."""
    last = last_judged(campaign)
    if last is not None and as_of < last:
        raise ValidationError(
            _("规则已评定到 %(last)s，更早的 %(day)s 只能试算") % {"last": last.isoformat(), "day": as_of.isoformat()}
        )
