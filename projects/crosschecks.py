"""What does not fit together between the fields of a project and its facts: hints with their arithmetic.

A check never refuses anything: the ledger takes what people say and asks them to look again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from campaigns.numbers import money_text, percent_text, plain
from projects.models import Credit, Project, Review, Sector
from projects.readiness import check_of
from projects.stages import FAIR_SINCE, Kind

APART = Fraction(1, 5)  # a contract further from the plan than this is worth a look
LARGE = Decimal(1_000_000)  # 万元; an amount above 100 亿 is often typed in the wrong measure


@dataclass(frozen=True)
class Case:
    """A project as the checks see it: its first day and its sum for each kind of milestone, and what it passed."""

    project: Project
    days: dict[str, date] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    lands_inside: bool = False
    fair_on: date | None = None
    failed_gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One thing that ought to fit; test returns what the words need where it does not, None where it does."""

    name: str
    words: str
    test: Callable[[Case], dict | None]
    fields: tuple[str, ...] = ()  # where it is mended


@dataclass(frozen=True)
class Hint:
    """What a check found, in words."""

    name: str
    words: str
    field: str


def both(*values):
    """Say whether all values are filled in."""
    return all(value is not None for value in values)


def money(amount):
    """Print money with its measure."""
    return money_text(amount)


def first_phase(case):
    """Find a first phase above the total."""
    part, whole = case.project.first_phase, case.project.investment
    if both(part, whole) and part > whole:
        return {"part": money(part), "whole": money(whole), "more": money(part - whole)}
    return None


def capital(case):
    """Find a registered capital above the total investment."""
    part, whole = case.project.registered_capital, case.project.investment
    if both(part, whole) and part > whole:
        return {"part": money(part), "whole": money(whole), "more": money(part - whole)}
    return None


def contract_sum(case):
    """Find a contract further from the planned investment than APART."""
    signed, planned = case.sums.get(Kind.CONTRACT), case.project.investment
    if signed is None or not planned:
        return None
    apart = abs(Fraction(signed) - Fraction(planned)) / Fraction(planned)
    if apart <= APART:
        return None
    return {"signed": money(signed), "planned": money(planned), "apart": percent_text(apart)}


def huge(case):
    """Find a planned investment that is likely in the wrong measure."""
    planned = case.project.investment
    return {"planned": money(planned)} if planned is not None and planned > LARGE else None


def earlier(later_kind, first_kind):
    """Return the test that one kind did not happen before another."""

    def test(case):
        later, first = case.days.get(later_kind), case.days.get(first_kind)
        if both(later, first) and later < first:
            return {"later": later.isoformat(), "first": first.isoformat(), "days": (first - later).days}
        return None

    return test


def partner_unnamed(case):
    """Find a local share without a local partner."""
    share = case.project.local_share
    return {"share": plain(share)} if share and not case.project.local_partner else None


def share_unnamed(case):
    """Find a local partner without a share."""
    named = case.project.local_partner
    return {"partner": named} if named and case.project.local_share is None else None


def no_land(case):
    """Find an industrial project that is being built on no land."""
    on = case.days.get(Kind.GROUNDBREAKING)
    if on and case.project.sector == Sector.INDUSTRY and case.project.land == 0:
        return {"on": on.isoformat()}
    return None


def thin(case):
    """Find an industrial project whose investment per mu is far below what land is given for."""
    land, planned = case.project.land, case.project.investment
    if not land or not planned or case.project.sector != Sector.INDUSTRY:
        return None
    per_mu = Fraction(planned) / Fraction(land)
    if per_mu >= 100:
        return None
    return {"planned": money(planned), "land": plain(land), "per_mu": plain(round(per_mu))}


def lands_both(case):
    """Find a project outside the district that has a landing unit inside it."""
    outside = case.project.outside
    return {"outside": outside} if outside and case.lands_inside else None


def output_low(case):
    """Find taxes expected above the output."""
    tax, output = case.project.tax_expected, case.project.output
    if both(tax, output) and output and tax > output:
        return {"tax": money(tax), "output": money(output), "more": money(tax - output)}
    return None


def fair_late(case):
    """Find a contract signed before its terms were checked."""
    signed = case.days.get(Kind.CONTRACT)
    if signed is None or signed < FAIR_SINCE or case.fair_on is None or case.fair_on <= signed:
        return None
    return {
        "signed": signed.isoformat(),
        "fair": case.fair_on.isoformat(),
        "days": (case.fair_on - signed).days,
    }


def fair_missing(case):
    """Find a contract whose terms nobody signed for: it was brought in with a workbook."""
    signed = case.days.get(Kind.CONTRACT)
    if signed is None or signed < FAIR_SINCE or case.fair_on is not None:
        return None
    return {"signed": signed.isoformat()}


def gate_failed(case):
    """Find a signed project that failed a gate."""
    signed = case.days.get(Kind.CONTRACT)
    if signed and case.failed_gates:
        return {"gates": "、".join(case.failed_gates), "signed": signed.isoformat()}
    return None


def key_untended(case):
    """Find a key project without a leader."""
    return {} if case.project.is_key and not case.project.leader else None


CHECKS = (
    Check("first_phase", _("一期投资 {part} 大于计划总投资 {whole}，多 {more}"), first_phase, ("first_phase",)),
    Check("capital", _("注册资本 {part} 大于计划总投资 {whole}，多 {more}"), capital, ("registered_capital",)),
    Check("contract_sum", _("合同金额 {signed} 与计划总投资 {planned} 相差 {apart}"), contract_sum, ("investment",)),
    Check("huge", _("计划总投资 {planned}，超过 100 亿元，请核对单位是否为万元"), huge, ("investment",)),
    Check(
        "contract_before_intent",
        _("正式合同 {later} 早于意向协议 {first}，早 {days} 天"),
        earlier(Kind.CONTRACT, Kind.INTENT),
    ),
    Check(
        "ground_before_contract",
        _("开工 {later} 早于正式合同 {first}，早 {days} 天"),
        earlier(Kind.GROUNDBREAKING, Kind.CONTRACT),
    ),
    Check(
        "ground_before_filing",
        _("开工 {later} 早于立项备案 {first}，早 {days} 天"),
        earlier(Kind.GROUNDBREAKING, Kind.FILING),
    ),
    Check(
        "funds_before_contract",
        _("首笔到资 {later} 早于正式合同 {first}，早 {days} 天"),
        earlier(Kind.FUNDING, Kind.CONTRACT),
    ),
    Check(
        "production_before_ground",
        _("投产 {later} 早于开工 {first}，早 {days} 天"),
        earlier(Kind.PRODUCTION, Kind.GROUNDBREAKING),
    ),
    Check(
        "completion_before_ground",
        _("竣工 {later} 早于开工 {first}，早 {days} 天"),
        earlier(Kind.COMPLETION, Kind.GROUNDBREAKING),
    ),
    Check(
        "above_scale_before_production",
        _("纳统升规 {later} 早于投产 {first}，早 {days} 天"),
        earlier(Kind.ABOVE_SCALE, Kind.PRODUCTION),
    ),
    Check("partner_unnamed", _("填了本地投资占比 {share}%，没有填本地投资方"), partner_unnamed, ("local_partner",)),
    Check("share_unnamed", _("填了本地投资方 {partner}，没有填占比"), share_unnamed, ("local_share",)),
    Check("no_land", _("工业项目 {on} 已开工，项目用地为 0 亩；租用厂房的请在备注说明"), no_land, ("land",)),
    Check("thin", _("计划总投资 {planned} ÷ 用地 {land} 亩 = 每亩 {per_mu} 万元，不足 100 万元"), thin, ("land",)),
    Check("lands_both", _("落在区外（{outside}），归属里却有区内落地单位"), lands_both, ("outside",)),
    Check("output_low", _("预计年税收 {tax} 大于达产年产值 {output}，多 {more}"), output_low, ("tax_expected",)),
    Check("fair_late", _("公平竞争审查 {fair} 才签字，晚于正式合同 {signed}，晚 {days} 天"), fair_late),
    Check("fair_missing", _("正式合同 {signed} 已登记，公平竞争审查还没有签字"), fair_missing),
    Check("gate_failed", _("{gates} 不通过，正式合同 {signed} 已签"), gate_failed),
    Check("key_untended", _("重点项目还没有挂包领导"), key_untended, ("leader",)),
)


def case_of(project: Project, milestones, reviews) -> Case:
    """Put together what the checks look at, from milestones and reviews that were loaded already."""
    days, sums = {}, {}
    for row in milestones:
        if row.is_withdrawn or row.on is None:
            continue
        days[row.kind] = min(row.on, days.get(row.kind, row.on))
        if row.amount_cny is not None:
            sums[row.kind] = sums.get(row.kind, Decimal(0)) + row.amount_cny
    check = check_of(project)
    failed = [row for row in reviews if row.result == Review.Result.FAILED]
    return Case(
        project=project,
        days=days,
        sums=sums,
        lands_inside=any(row.role == Credit.Role.LANDING for row in project.credits.all()),
        fair_on=check.signed_on if check else None,
        failed_gates=tuple(row.get_gate_display() for row in failed),
    )


def hints(case: Case) -> list[Hint]:
    """Return what does not fit together, in the order of the table."""
    found = []
    for check in CHECKS:
        values = check.test(case)
        if values is not None:
            found.append(Hint(check.name, str(check.words).format(**values), next(iter(check.fields), "")))
    return found
