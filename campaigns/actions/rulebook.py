"""Writing the rule book: rules, what they find each day, what units say to it, who is let off."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import findings
from campaigns.actions import webhooks
from campaigns.actions.plan import locked
from campaigns.models import Campaign, Endpoint, Exemption, Finding, Indicator, Rule
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User

FIGURES = ("sentence", "inputs", "arithmetic", "remedy", "person")  # of a finding: what each judgement says anew


# --- rules ----------------------------------------------------------------------------------------


@transaction.atomic
def write_rule(*, campaign: Campaign, by: User, **facts) -> Rule:
    """Add a rule to a campaign's rule book."""
    campaign = locked(campaign, by)
    rule = Rule(campaign=campaign, order=campaign.rules.count() + 1, **facts)
    check_rule(rule)
    rule.save()
    audit.record(by, "rule.created", rule, before={})
    return rule


@transaction.atomic
def change_rule(*, rule: Rule, by: User, version: int | None = None, **facts) -> Rule:
    """Change a rule; what it found stays on record and is judged anew by the new words."""
    locked(rule.campaign, by)
    rule = Rule.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=rule.pk)
    versions.check(rule, version)
    before = audit.snapshot(rule)
    for name, value in facts.items():
        setattr(rule, name, value)
    versions.bump(rule)
    check_rule(rule)
    rule.save()
    audit.record(by, "rule.changed", rule, before=before)
    return rule


def check_rule(rule):
    """Refuse a rule about what the campaign has not, or comparing it with a later one."""
    check_scope(rule)
    if rule.earlier_id and rule.earlier.ends_on >= rule.campaign.ends_on:
        raise ValidationError({"earlier": _("上期战役须在本战役之前结束")})
    rule.full_clean()


def check_scope(row):
    """Refuse groups or an indicator that the campaign has not."""
    known = set(row.campaign.roster.values_list("group", flat=True))
    if strange := [name for name in row.group_names if name not in known]:
        raise ValidationError({"groups": _("本战役没有组别“%s”") % strange[0]})
    if row.indicator_id and not row.campaign.lines.filter(indicator=row.indicator_id).exists():
        raise ValidationError({"indicator": _("该指标不在本战役的考核指标中")})


# --- judging --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """How many findings an evaluation made, cleared and left standing."""

    found: int
    cleared: int
    standing: int
    exempted: int


@transaction.atomic
def evaluate_rules(*, campaign: Campaign, as_of: date, by: User) -> Judged:
    """Judge a campaign's rules as of a day and keep what they find; the same day twice keeps nothing twice.

    What no longer holds is cleared. A day before the one judged last is refused. The campaign's row is locked, so
    that two evaluations cannot find the same unit twice.
    """
    campaign = locked(campaign, by)
    findings.check_day(campaign, as_of)
    trial = findings.try_rules(campaign, as_of)
    known = {finding.pk for finding in trial.gone} | {row.finding.pk for row in trial.verdicts if row.finding}
    held = Finding.objects.select_for_update(of=("self",)).with_rule().in_bulk(known)
    made = Finding.objects.bulk_create(findings_of(trial.fresh, as_of))
    trail = [
        audit.entry(by, "finding.created", row, changes=audit.difference({}, audit.snapshot(row))) for row in made
    ]
    changed = []
    for verdict in trial.verdicts:
        if verdict.finding:
            row = held[verdict.finding.pk]
            keep(row, by, "finding.changed", changed, trail, **as_judged(row, verdict, as_of))
    for row in (held[finding.pk] for finding in trial.gone):
        facts = {"state": Finding.State.CLEARED, "cleared_on": as_of, "settled_on": row.settled_on or as_of}
        keep(row, by, "finding.cleared", changed, trail, **facts)
    Finding.objects.bulk_update(
        changed, [*FIGURES, "judged_on", "state", "exemption", "cleared_on", "settled_on", "due_on", "version"]
    )
    audit.record_many(trail)
    webhooks.announce(
        event=Endpoint.Event.FINDING_CREATED, campaign=campaign, facts=[told_outside(row) for row in made], by=by
    )
    exempted = sum(verdict.exemption is not None for verdict in trial.verdicts)
    return Judged(len(made), len(trial.gone), len(trial.verdicts) - len(made), exempted)


def told_outside(row):
    """Return what other systems are told of a finding: which rule found whom, not why."""
    fact = {
        "id": row.pk, "campaign_id": row.rule.campaign_id, "campaign": row.rule.campaign.name, "rule": row.rule.name,
        "level": row.rule.level, "unit_id": row.unit_id, "unit": row.unit.name,
        "indicator": row.indicator.name if row.indicator else "", "found_on": row.found_on.isoformat(),
        "state": str(row.state), "url": row.get_absolute_url(),
    }  # fmt: skip
    return str(row), fact


def keep(row, by, action, changed, trail, **facts):
    """Set facts of a finding, if any is new; the trail tells what became of it, the figures of a day it does not."""
    if all(getattr(row, name) == value for name, value in facts.items()):
        return
    before = audit.snapshot(row)
    for name, value in facts.items():
        setattr(row, name, value)
    versions.bump(row)
    changed.append(row)
    after = audit.snapshot(row)
    if before["state"] != after["state"]:
        trail.append(audit.entry(by, action, row, changes=audit.difference(before, after)))


def figures_of(verdict):
    """Return what a finding says of the figures."""
    hit = verdict.hit
    return {
        "sentence": verdict.rule.in_words, "inputs": json.dumps(hit.inputs, ensure_ascii=False),
        "arithmetic": hit.arithmetic, "remedy": hit.remedy, "person": hit.leader,
    }  # fmt: skip


def findings_of(verdicts, as_of):
    """Return the findings that were not there before, unsaved."""
    units = Unit.objects.in_bulk({verdict.hit.unit_id for verdict in verdicts})
    indicators = Indicator.objects.in_bulk({verdict.hit.indicator_id for verdict in verdicts} - {None})
    made = []
    for verdict in verdicts:
        rule, hit = verdict.rule, verdict.hit
        row = Finding(rule=rule, unit=units[hit.unit_id], indicator=indicators.get(hit.indicator_id), found_on=as_of)
        row.due_on = as_of + timedelta(days=rule.answer_days)
        for name, value in as_judged(row, verdict, as_of).items():
            setattr(row, name, value)
        made.append(row)
    return made


def as_judged(row, verdict, as_of):
    """Return a finding's figures of a day, and whether it is let off; what was let off for a term is found again."""
    facts = {**figures_of(verdict), "judged_on": as_of, "exemption": verdict.exemption}
    if verdict.exemption and row.state != Finding.State.ORDERED:
        facts |= {"state": Finding.State.EXEMPTED, "settled_on": row.settled_on or as_of}
    elif row.state == Finding.State.EXEMPTED and not verdict.exemption:
        answered = row.answered_on
        facts |= {
            "state": Finding.State.ANSWERED if answered else Finding.State.FOUND,
            "settled_on": answered, "due_on": as_of + timedelta(days=verdict.rule.answer_days),
        }  # fmt: skip
    return facts


# --- what the unit says ---------------------------------------------------------------------------


def locked_finding(finding, version=None):
    """Return a finding's locked row."""
    row = Finding.objects.select_for_update(of=("self",)).with_rule().get(pk=finding.pk)
    versions.check(row, version)
    return row


def saved(row, by, action, before, **facts):
    """Save some facts of a finding and write the trail."""
    for name, value in facts.items():
        setattr(row, name, value)
    versions.bump(row)
    row.full_clean(exclude=["rule", "unit", "indicator", "exemption", "answered_by"])
    row.save()
    audit.record(by, action, row, before=before)
    return row


@transaction.atomic
def acknowledge_finding(*, finding: Finding, by: User) -> Finding:
    """Say for the unit that it knows of a finding; a clerk or leader of the unit does."""
    row = locked_finding(finding)
    if not (by.is_system or row.may_acknowledge(by)):
        require(by, Role.CLERK, row.unit)
    if row.state != Finding.State.FOUND:
        raise ValidationError(_("只有待说明的才需要确认知悉"))
    return saved(row, by, "finding.acknowledged", audit.snapshot(row), state=Finding.State.ACKNOWLEDGED)


@transaction.atomic
def answer_finding(*, finding: Finding, answer: str, on: date, by: User, version: int | None = None) -> Finding:
    """Write down what a unit says to a finding: why, and what it will do; it may say so again."""
    row = locked_finding(finding, version)
    require(by, Role.CLERK, row.unit)
    if row.state in {Finding.State.CLEARED, Finding.State.EXEMPTED}:
        raise ValidationError(_("已解除或已豁免，无须说明"))
    if not answer.strip():
        raise ValidationError({"answer": _("请写明情况")})
    state = row.state if row.state == Finding.State.ORDERED else Finding.State.ANSWERED
    return saved(
        row, by, "finding.answered", audit.snapshot(row), state=state, answer=answer.strip(), answered_on=on,
        answered_by=by, settled_on=row.settled_on or on,
    )  # fmt: skip


# --- exemptions -----------------------------------------------------------------------------------


@transaction.atomic
def exempt(
    *, campaign: Campaign, unit: Unit, from_on: date, until_on: date, today: date, by: User, rule=None, roll=None,
    **facts,
) -> Exemption:  # fmt: skip
    """Let a unit off a rule, a black list or all of them for a term; what is found and covered today is let off."""
    campaign = locked(campaign, by)
    if rule is not None and rule.campaign_id != campaign.pk:
        raise ValidationError({"rule": _("该规则属于另一个战役")})
    if roll is not None and roll.campaign_id != campaign.pk:
        raise ValidationError({"roll": _("该榜单属于另一个战役")})
    if not campaign.roster.filter(unit=unit).exists():
        raise ValidationError({"unit": _("该单位不在本战役的参战名单中")})
    row = Exemption(
        campaign=campaign, unit=unit, rule=rule, roll=roll, from_on=from_on, until_on=until_on, recorded_by=by,
        **facts,
    )  # fmt: skip
    row.full_clean()
    row.save()
    audit.record(by, "exemption.created", row, before={})
    if roll is None and from_on <= today <= until_on:
        covered = Finding.objects.open().filter(rule__campaign=campaign, unit=unit)
        covered = covered.exclude(state__in=[Finding.State.EXEMPTED, Finding.State.ORDERED])
        if rule is not None:
            covered = covered.filter(rule=rule)
        for finding in covered.select_for_update(of=("self",)).with_rule():
            saved(
                finding, by, "finding.exempted", audit.snapshot(finding), state=Finding.State.EXEMPTED,
                exemption=row, settled_on=finding.settled_on or today,
            )  # fmt: skip
    return row


@transaction.atomic
def end_exemption(*, exemption: Exemption, on: date, reason: str, by: User) -> Exemption:
    """End an exemption on a day before its last one; it stays on record, and what it covered is judged again."""
    locked(exemption.campaign, by)
    row = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    if not row.from_on <= on < row.until_on:
        raise ValidationError({"on": _("须在豁免起始日期与截止日期之间")})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明理由")})
    before = audit.snapshot(row)
    row.until_on = on
    versions.bump(row)
    row.save()
    audit.record(by, "exemption.ended", row, before=before, reason=reason.strip())
    return row
