"""Writing rewards: their clauses, what an evaluation proposes, what is approved, refused and paid."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.actions.orders import require_desk
from campaigns.actions.plan import locked as locked_campaign
from campaigns.models import Campaign
from campaigns.numbers import spaced_money
from projects.models import Reward, RewardRule
from projects.rewards import Earned, last_rewarded, try_rewards
from units import audit, versions
from units.access import require
from units.models import Role, User
from units.reasons import stated

FIGURES = ("fact", "unit", "payee", "amount", "sentence", "inputs", "arithmetic")  # said anew until it is decided on
LIMITED = {RewardRule.Fact.INJECTION, RewardRule.Fact.CAPITAL, RewardRule.Fact.SIZE, RewardRule.Fact.TAX}


# --- clauses --------------------------------------------------------------------------------------


@transaction.atomic
def write_reward_rule(*, campaign: Campaign, by: User, **facts) -> RewardRule:
    """Add a clause to a campaign's rule book."""
    campaign = locked_campaign(campaign, by)
    rule = RewardRule(campaign=campaign, order=campaign.reward_rules.count() + 1, **facts)
    check_reward_rule(rule)
    rule.save()
    audit.record(by, "rewardrule.created", rule, before={})
    return rule


@transaction.atomic
def change_reward_rule(*, rule: RewardRule, by: User, version: int | None = None, **facts) -> RewardRule:
    """Change a clause; what was decided on stays as it was, the rest is judged anew by the new words."""
    locked_campaign(rule.campaign, by)
    rule = RewardRule.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=rule.pk)
    versions.check(rule, version)
    if facts.get("each_fact", rule.each_fact) != rule.each_fact and rule.rewards.exists():
        raise ValidationError({"each_fact": _("已有按本条提出的奖励，不能再改；请停用本条，另立一条")})
    before = audit.snapshot(rule)
    for name, value in facts.items():
        setattr(rule, name, value)
    versions.bump(rule)
    check_reward_rule(rule)
    rule.save()
    audit.record(by, "rewardrule.changed", rule, before=before)
    return rule


def check_reward_rule(rule):
    """Refuse a clause that lacks what its fact or its formula asks for."""
    if rule.fact in LIMITED and rule.formula != RewardRule.Formula.TIERS and not rule.threshold:
        raise ValidationError({"threshold": _("请填“不低于”多少万")})
    if rule.threshold is not None and rule.threshold <= 0:
        raise ValidationError({"threshold": _("须大于 0")})
    if rule.fact == RewardRule.Fact.TOP and not rule.charts:
        raise ValidationError({"charts": _("请选榜单")})
    if rule.fact == RewardRule.Fact.SPEED and not rule.days:
        raise ValidationError({"days": _("请填签约后几日内开工")})
    if rule.formula == RewardRule.Formula.TIERS and not rule.tiers:
        raise ValidationError({"tiers": _("请填分档")})
    if rule.fact != RewardRule.Fact.CASH and rule.currency != "CNY":
        raise ValidationError({"currency": _("只有现汇到位按外币计，其他折合人民币")})
    rule.full_clean()


# --- proposing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposed:
    """How many rewards an evaluation proposed, left standing, and let lapse."""

    proposed: int
    standing: int
    lapsed: int
    payless: int


@transaction.atomic
def propose_rewards(*, campaign: Campaign, as_of: date, by: User) -> Proposed:
    """Judge the clauses of a campaign as of a day and propose what they earn; no reward is proposed twice.

    What is not decided on yet and holds no more lapses; of what was decided a doubt is written down. A day before
    the one judged last is refused. The campaign's row is locked, so that two evaluations cannot propose the same.
    """
    campaign = locked_campaign(campaign, by)
    if (last := last_rewarded(campaign)) and as_of < last:
        told = {"last": last.isoformat(), "day": as_of.isoformat()}
        raise ValidationError(_("奖励已评定到 %(last)s，更早的 %(day)s 只能试算") % told)
    trial = try_rewards(campaign, as_of)
    made = Reward.objects.bulk_create([proposal(row, as_of) for row in trial.fresh])
    trail = [
        audit.entry(by, "reward.created", row, changes=audit.difference({}, audit.snapshot(row))) for row in made
    ]
    held = {row.reward.pk for row in trial.earned if row.reward} | {row.pk for row in trial.gone}
    rows = Reward.objects.select_for_update(of=("self",)).with_parts().in_bulk(held)
    changed = []
    for found in trial.earned:
        if found.reward:
            judge(rows[found.reward.pk], found, as_of, by, changed, trail)
    for gone in trial.gone:
        judge(rows[gone.pk], None, as_of, by, changed, trail)
    Reward.objects.bulk_update(changed, [*FIGURES, "judged_on", "state", "doubt", "version"])
    audit.record_many(trail)
    lapsed = sum(row.state == Reward.State.LAPSED for row in changed)
    return Proposed(len(made), len(trial.earned) - len(made), lapsed, len(trial.payless))


def figures_of(found: Earned):
    """Return what a reward says of the figures."""
    return {
        "fact": found.fact, "unit": found.unit, "payee": found.payee, "amount": found.amount,
        "sentence": found.rule.in_words, "arithmetic": found.arithmetic,
        "inputs": json.dumps([[str(label), str(text)] for label, text in found.inputs], ensure_ascii=False),
    }  # fmt: skip


def proposal(found: Earned, as_of: date) -> Reward:
    """Return a reward that is not on record yet, unsaved."""
    return Reward(
        rule=found.rule, project=found.project, each_fact=found.rule.each_fact, proposed_on=as_of, judged_on=as_of,
        **figures_of(found),
    )  # fmt: skip


def judge(row, found, as_of, by, changed, trail):
    """Say a reward's figures anew until it is decided on, let it lapse or come back; afterwards note a doubt."""
    before, facts = audit.snapshot(row), {"judged_on": as_of}
    if row.state in {Reward.State.PROPOSED, Reward.State.LAPSED}:
        facts["state"] = Reward.State.PROPOSED if found else Reward.State.LAPSED
        facts |= figures_of(found) if found else {}
    else:
        facts["doubt"] = doubt_of(row, found)
    for name, value in facts.items():
        setattr(row, name, value)
    after = audit.snapshot(row)
    if {name: text for name, text in before.items() if name != "judged_on"} != {
        name: text for name, text in after.items() if name != "judged_on"
    }:
        versions.bump(row)
        trail.append(audit.entry(by, "reward.judged", row, changes=audit.difference(before, after)))
    changed.append(row)


def doubt_of(row, found):
    """Say how the facts behind a decided reward have changed; "" where they have not."""
    if row.state == Reward.State.REFUSED:
        return ""
    if found is None:
        return tell("依据的事实已变动，现在不符合条款")
    if found.amount != row.amount and found.amount is not None:
        return tell("依据的数已变动，现在算得 %s") % spaced_money(found.amount)
    return ""


# --- deciding and paying --------------------------------------------------------------------------


def locked_reward(reward, version=None):
    """Return a reward's locked row."""
    row = Reward.objects.select_for_update(of=("self",)).with_parts().get(pk=reward.pk)
    versions.check(row, version)
    return row


def saved(row, by, action, before, **facts):
    """Save some facts of a reward and write the trail."""
    for name, value in facts.items():
        setattr(row, name, value)
    versions.bump(row)
    row.full_clean(exclude=["rule", "project", "fact", "unit"])
    row.save()
    audit.record(by, f"reward.{action}", row, before=before)
    return row


@transaction.atomic
def decide_reward(
    *, reward: Reward, approved: bool, on: date, by: User, document: str = "", reason: str = "",
    version: int | None = None,
) -> Reward:  # fmt: skip
    """Approve a proposed reward by a document, or refuse it with a reason; a leader or an editor of the organiser."""
    row = locked_reward(reward, version)
    require_desk(by, row.rule.campaign.organiser)
    if row.state != Reward.State.PROPOSED:
        raise ValidationError(_("只有待审批的才能审批"))
    before = audit.snapshot(row)
    row.decided_on, row.decided_by, row.reason = on, by, reason.strip()
    if approved:
        row.document = stated(document, "document", _("请填批准文号"))
        return saved(row, by, "approved", before, state=Reward.State.APPROVED)
    stated(reason, "reason", _("请写明不予奖励的理由"))
    return saved(row, by, "declined", before, state=Reward.State.REFUSED)


@transaction.atomic
def pay_reward(
    *, reward: Reward, on: date, today: date, by: User, amount: Decimal | None = None, version: int | None = None
) -> Reward:
    """Write down that an approved reward was paid: when, and no more than approved; an honour has no sum."""
    row = locked_reward(reward, version)
    require(by, Role.EDITOR, row.rule.campaign.organiser)
    if row.state != Reward.State.APPROVED:
        raise ValidationError(_("只有待兑现的才能登记兑现"))
    if on > today:
        raise ValidationError({"on": _("兑现日期不能晚于今天")})
    if on < row.decided_on:
        raise ValidationError({"on": _("兑现日期不能早于审批日期 %s") % row.decided_on.isoformat()})
    if row.amount is None:
        amount = None
    elif amount is None or not 0 < amount <= row.amount:
        raise ValidationError({"amount": _("须大于 0，不超过批准的 %s") % spaced_money(row.amount)})
    before = audit.snapshot(row)
    return saved(row, by, "paid", before, state=Reward.State.PAID, paid_on=on, paid_amount=amount, paid_by=by)
