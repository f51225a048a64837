"""The stage table: what each kind of milestone is called, where it leads, what it needs. No queries here."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Where a project stands, from the first hint to production (R53)."""

    LEAD = "lead", _("线索")
    VISIT = "visit", _("走访考察")
    TALKS = "talks", _("洽谈")
    INTENT = "intent", _("意向")
    SIGNED = "signed", _("签约")
    FUNDED = "funded", _("到资")
    BUILDING = "building", _("开工在建")
    PRODUCING = "producing", _("投产")


ORDER = {stage: place for place, stage in enumerate(Stage)}


class Kind(models.TextChoices):
    """One dated thing in a project's life."""

    LEAD = "lead", _("线索登记")
    TALKS = "talks", _("洽谈")
    INTENT = "intent", _("意向协议")
    FRAMEWORK = "framework", _("框架协议")
    CONTRACT = "contract", _("正式合同")
    FILING = "filing", _("立项备案")
    REGISTRATION = "registration", _("公司注册")
    FUNDING = "funding", _("资金到位")
    GROUNDBREAKING = "groundbreaking", _("开工")
    FIXED_INVESTMENT = "fixed_investment", _("固定资产投资")
    COMPLETION = "completion", _("竣工")
    PRODUCTION = "production", _("投产")
    ABOVE_SCALE = "above_scale", _("纳统升规")
    VALUE_ADDED = "value_added", _("增加值")
    TAX = "tax", _("纳税")
    TERMINATION = "termination", _("终止")


ON_PROJECT, ON_COMPANY, ON_CHECK = "project", "company", "check"
FAIR_COMPETITION = "fair_competition"
LEDGER_SINCE = date(2026, 1, 1)  # projects carried over from earlier years were entered with fewer fields
FAIR_SINCE = date(2024, 8, 1)  # 公平竞争审查条例 in force


@dataclass(frozen=True)
class Need:
    """Something that must stand before a kind of milestone, if that is dated since a day.

    of: whose field it is, the project's or its company's; or a check that the project must have passed.
    """

    name: str
    of: str = ON_PROJECT
    since: date = LEDGER_SINCE

    def holds_on(self, day):
        """Say whether it is needed of a milestone of a day."""
        return day >= self.since


@dataclass(frozen=True)
class Rule:
    """What holds for one kind of milestone.

    stage: the stage it leads to, None where it leads nowhere; repeats: may happen more than once; needs: its own
    fields to be filled in; may: further fields its form offers; after: kinds of which one must have happened;
    before: what must stand on the project before it; helps: fields of the project worth filling in by then;
    evidence: the paper it wants; recognise: whether a verifier recognises it.
    """

    stage: str | None
    repeats: bool = False
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    before: tuple[Need, ...] = ()
    helps: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    evidence: str = ""
    recognise: bool = False


KINDS = {
    Kind.LEAD: Rule(stage=Stage.LEAD),
    Kind.TALKS: Rule(stage=Stage.TALKS, repeats=True),
    Kind.INTENT: Rule(
        stage=Stage.INTENT, may=("amount", "event"), helps=("leader", "team", "plan"), evidence=_("意向协议")
    ),
    Kind.FRAMEWORK: Rule(
        stage=Stage.INTENT, may=("amount", "event"), helps=("leader", "team", "plan"), evidence=_("框架协议")
    ),
    Kind.CONTRACT: Rule(
        stage=Stage.SIGNED,
        needs=("amount",),
        may=("event",),
        before=(Need("investment"), Need("place"), Need(FAIR_COMPETITION, ON_CHECK, FAIR_SINCE)),
        helps=("leader", "team", "plan", "first_phase"),
        evidence=_("正式合同"),
        recognise=True,
    ),
    Kind.FILING: Rule(stage=None, may=("amount",), after=(Kind.CONTRACT,), evidence=_("备案证")),
    Kind.REGISTRATION: Rule(
        stage=None,
        before=(Need("registered_name"),),
        helps=("registered_capital", "legal_person", "business_scope"),
        evidence=_("营业执照"),
    ),
    Kind.FUNDING: Rule(
        stage=Stage.FUNDED,
        repeats=True,
        needs=("amount",),
        may=("in_cash", "form", "nature", "source_origin"),
        after=(Kind.CONTRACT,),
        evidence=_("到账凭证"),
        recognise=True,
    ),
    Kind.GROUNDBREAKING: Rule(
        stage=Stage.BUILDING,
        before=(Need("land"),),
        helps=("built_years",),
        after=(Kind.CONTRACT,),
        evidence=_("施工许可证"),
        recognise=True,
    ),
    Kind.FIXED_INVESTMENT: Rule(
        stage=None, repeats=True, needs=("amount",), after=(Kind.GROUNDBREAKING,), recognise=True
    ),
    Kind.COMPLETION: Rule(stage=None, after=(Kind.GROUNDBREAKING,), evidence=_("竣工验收")),
    Kind.PRODUCTION: Rule(
        stage=Stage.PRODUCING,
        before=(Need("capacity"),),
        helps=("output", "jobs"),
        after=(Kind.GROUNDBREAKING,),
        recognise=True,
    ),
    Kind.ABOVE_SCALE: Rule(
        stage=None,
        before=(Need("registered_name"), Need("credit_code", ON_COMPANY)),
        helps=("tax_expected",),
        after=(Kind.PRODUCTION,),
        evidence=_("入库通知"),
        recognise=True,
    ),
    Kind.VALUE_ADDED: Rule(stage=None, repeats=True, needs=("amount",), after=(Kind.ABOVE_SCALE,), recognise=True),
    Kind.TAX: Rule(stage=None, repeats=True, needs=("amount",), evidence=_("完税证明"), recognise=True),
    Kind.TERMINATION: Rule(stage=None, needs=("note",), may=("responsible_unit",)),
}
ONCE = tuple(kind.value for kind, rule in KINDS.items() if not rule.repeats)
RECOGNISED = tuple(kind.value for kind, rule in KINDS.items() if rule.recognise)
NEED_NAMES = {"amount": _("金额"), "note": _("说明")}


# the way from a lead to the books of the statisticians: the first that has not happened is what a project prepares
ROAD = (Kind.CONTRACT, Kind.REGISTRATION, Kind.GROUNDBREAKING, Kind.PRODUCTION, Kind.ABOVE_SCALE)
ENTRANCE = {  # what moves a project onto a stage; a visit is no milestone and is entered on its own page
    Stage.TALKS: Kind.TALKS,
    Stage.INTENT: Kind.INTENT,
    Stage.SIGNED: Kind.CONTRACT,
    Stage.FUNDED: Kind.FUNDING,
    Stage.BUILDING: Kind.GROUNDBREAKING,
    Stage.PRODUCING: Kind.PRODUCTION,
}


def prepared(done):
    """Return the kinds that a project prepares, the next one first, after the kinds done so far."""
    return [] if Kind.TERMINATION in done else [kind for kind in ROAD if kind not in done]


def furthest(kinds, visited):
    """Return the furthest stage that some milestone kinds and a visit lead to."""
    stages = [KINDS[kind].stage for kind in kinds if KINDS[kind].stage]
    if visited:
        stages.append(Stage.VISIT)
    return max(stages, key=ORDER.get, default=Stage.LEAD)


def next_kinds(done):
    """Return the kinds that can be recorded next, after the kinds done so far."""
    if Kind.TERMINATION in done:
        return []
    return [
        kind
        for kind, rule in KINDS.items()
        if (rule.repeats or kind not in done) and (not rule.after or set(rule.after) & set(done))
    ]
