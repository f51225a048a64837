"""What the clauses of rewards earn as of a day: which fact, how much, by which arithmetic, for whom. Pure reading."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from campaigns.numbers import exact, plain, round_half_up, spaced_money
from projects.counting import both_bases, in_force, said_by_milestone
from projects.models import Credit, Milestone, Project, Reward, RewardRule
from projects.stages import Kind
from units.models import Unit

Fact, Formula, Payee = RewardRule.Fact, RewardRule.Formula, RewardRule.Payee
FEN = 6  # places of 万元: a fen is 0.000001


@dataclass(frozen=True)
class Earned:
    """A reward that a fact earns by a clause, with the row on record, if any; payee "" where nobody is named."""

    rule: RewardRule
    fact: Milestone
    unit: Unit
    payee: str
    amount: Decimal | None
    inputs: tuple[tuple[str, str], ...]
    arithmetic: str
    reward: Reward | None

    @property
    def project(self) -> Project:
        """The project whose fact it is."""
        return self.fact.project


@dataclass(frozen=True)
class RewardTrial:
    """What an evaluation as of a day proposes; payless earn, but nobody is named to get it; gone hold no more."""

    as_of: date
    earned: tuple[Earned, ...]
    payless: tuple[Earned, ...]
    gone: tuple[Reward, ...]

    @property
    def fresh(self):
        """What is not on record yet."""
        return [row for row in self.earned if row.reward is None]


def last_rewarded(campaign: Campaign) -> date | None:
    """Return the latest day as of which rewards were judged."""
    return Reward.objects.filter(rule__campaign=campaign).aggregate(last=Max("judged_on"))["last"]


def try_rewards(campaign: Campaign, as_of: date) -> RewardTrial:
    """Judge the clauses of a campaign as of a day: five queries, however many facts there are."""
    rules = list(campaign.reward_rules.select_related("campaign__organiser").order_by("order", "pk"))
    held = Reward.objects.filter(rule__campaign=campaign).with_parts().order_by("pk")
    held = {(row.rule_id, row.fact_id if row.each_fact else None, row.project_id): row for row in held}
    known = dict(held)
    found = earnings(campaign, rules, as_of, known)
    kept = {row.reward.pk for row in found if row.reward and row.payee}
    gone = tuple(row for row in held.values() if row.pk not in kept and row.state != Reward.State.LAPSED)
    return RewardTrial(
        as_of, tuple(row for row in found if row.payee), tuple(row for row in found if not row.payee), gone
    )


def earnings(campaign, rules, as_of, known):
    """Return what facts earn, clause by clause; where a project earns once, by the fact that earns most."""
    facts = facts_of(campaign, rules, as_of)
    signed = signing_days(facts)
    found = []
    for rule in rules:
        best = {}
        for fact in facts.get(rule.milestone_kind, ()):
            if row := earning(rule, fact, as_of, signed, known):
                key = fact.pk if rule.each_fact else fact.project_id
                if key not in best or (row.amount or 0) > (best[key].amount or 0):
                    best[key] = row
        found += best.values()
    return found


def facts_of(campaign, rules, as_of):
    """Return {kind: milestones} that clauses speak of, of projects that units of the organiser introduced."""
    kinds = {rule.milestone_kind for rule in rules}
    shares = Prefetch("project__credits", Credit.objects.select_related("unit").order_by("pk"))
    rows = (
        Milestone.objects.live()
        .done()
        .filter(kind__in=kinds, on__lte=as_of, project__terminated=False)
        .select_related("project__company", "event")
        .prefetch_related(shares, "project__company__listings")
        .order_by("on", "pk")
    )
    top, found = campaign.organiser.path, defaultdict(list)
    for row in rows if kinds else ():
        if (unit := row.project.introducer) and unit.path.startswith(top):
            found[row.kind].append(row)
    return found


def signing_days(facts):
    """Return {project: contract} of the projects that began to build: one query."""
    building = {row.project_id for row in facts.get(Kind.GROUNDBREAKING, ())}
    rows = Milestone.objects.live().done().filter(kind=Kind.CONTRACT, project__in=building) if building else ()
    return {row.project_id: row for row in rows}


def earning(rule, fact, as_of, signed, known):
    """Return what one fact earns by a clause, None where it does not."""
    day = dict(both_bases(fact)).get(rule.basis)
    campaign = rule.campaign
    if day is None or not campaign.starts_on <= day <= min(as_of, campaign.ends_on) or not in_force(rule, day):
        return None
    measured = measure(rule, fact, signed)
    if measured is None:
        return None
    size, inputs = measured
    if rule.threshold is not None and (size is None or size < Fraction(rule.threshold)):
        return None
    paid = amount_of(rule, size)
    if paid is None:
        return None
    amount, told = paid
    project = fact.project
    basis = rule.get_basis_display()
    inputs = ((_("发生日期"), fact.on.isoformat()), (_("%s日期") % basis, day.isoformat()), *inputs)
    return Earned(
        rule, fact, project.introducer, payee_of(rule, project), amount, tuple(dict(inputs).items()), told,
        known.get((rule.id, fact.pk if rule.each_fact else None, project.pk)),
    )  # fmt: skip


def measure(rule, fact, signed):
    """Return (the sum in 万 of the clause's money, or None; figures in words) of a fact; None for another fact."""
    said = said_by_milestone(fact, rule.basis)
    if rule.fact == Fact.CAPITAL:
        capital = fact.project.registered_capital
        return (Fraction(capital), ((_("注册资本"), spaced_money(capital)),)) if capital is not None else None
    if rule.fact == Fact.CASH and not (fact.in_cash and fact.currency == rule.currency):
        return None
    if rule.fact == Fact.TOP:
        charts = [row for row in fact.project.company.listings.all() if row.chart in rule.charts]
        return sized(rule, said, ((_("榜单"), str(charts[0])),)) if charts else None
    if rule.fact == Fact.SPEED:
        contract = signed.get(fact.project_id)
        if contract is None or (fact.on - contract.on).days > rule.days:
            return None
        told = _("%(signed)s 签约，%(built)s 开工，隔 %(days)d 日") % {
            "signed": contract.on.isoformat(), "built": fact.on.isoformat(), "days": (fact.on - contract.on).days,
        }  # fmt: skip
        return sized(rule, said_by_milestone(contract, rule.basis), ((_("开工用时"), told),))
    return sized(rule, said, ())


def sized(rule, said, inputs):
    """Return the sum that a fact says in the clause's currency, with the figures in words."""
    own = said["own_amount"] if rule.fact == Fact.CASH else None
    size = own if own is not None else None if said["amount"] is None else Fraction(said["amount"])
    if size is None:
        return None, inputs
    return size, (*inputs, (_("金额"), _("%(n)s 万%(money)s") % {"n": size_text(size), "money": rule.money}))


def size_text(size):
    """Print a sum in 万."""
    return plain(round_half_up(size, FEN))


def amount_of(rule, size):
    """Return (amount in 万元, the arithmetic in words); None where no tier is reached or there is no sum to go by."""
    limit = _("（不低于 %s）") % plain(rule.threshold) if rule.threshold is not None else ""
    of = _("%(n)s 万%(money)s%(limit)s") % {"n": size_text(size), "money": rule.money, "limit": limit} if (
        size is not None
    ) else ""  # fmt: skip
    if rule.formula == Formula.HONOUR:
        return None, f"{rule.condition_text}：{of or _('符合')}，{rule.honour}"
    if rule.formula == Formula.FIXED:
        return rule.prize, "，".join(part for part in (of, _("定额奖 %s") % spaced_money(rule.prize)) if part)
    if size is None:
        return None
    if rule.formula == Formula.TIERS:
        reached = [(exact(floor), exact(sum_)) for floor, sum_ in rule.tiers if size >= Fraction(exact(floor))]
        if not reached:
            return None
        floor, amount = max(reached)
        told = _("%(of)s，达到 %(floor)s 万%(money)s一档，奖 %(sum)s") % {
            "of": of, "floor": plain(floor), "money": rule.money, "sum": spaced_money(amount),
        }  # fmt: skip
    else:
        amount = round_half_up(size * Fraction(rule.rate), FEN)
        told = _("%(of)s × 每 1 %(money)s %(rate)s 元 = %(sum)s") % {
            "of": of, "money": rule.money, "rate": plain(rule.rate), "sum": spaced_money(amount),
        }  # fmt: skip
    if rule.cap is not None and amount > rule.cap:
        return rule.cap, told + _("，超过最高 %s，按最高奖") % spaced_money(rule.cap)
    return amount, told


def payee_of(rule, project):
    """Name who gets it; "" where the project names nobody of the kind."""
    if rule.payee == Payee.UNIT:
        return project.introducer.name
    if rule.payee == Payee.TEAM:
        return project.team
    if not project.introducer_name:
        return ""
    kind = project.get_introducer_kind_display()
    return f"{project.introducer_name}（{kind}）" if kind else project.introducer_name
