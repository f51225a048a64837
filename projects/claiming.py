"""Reading first-report claims: which hold on a day, until when, and what each of them rests on."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from projects.models import Claim, Company, Credit, Evidence, Milestone, Threshold, Visit
from projects.models.claims import NO_CONTACT, SOON
from units.models import User


@dataclass(frozen=True)
class Standing:
    """What a claim is worth on a day, in words."""

    claim: Claim
    lapses_on: date
    holds: bool
    tone: str
    text: str


@dataclass(frozen=True)
class Fact:
    """One thing a claim rests on."""

    on: date
    title: str
    note: str
    url: str
    papers: tuple


def claim_days() -> int:
    """Return after how many days without contact a claim lapses: one query."""
    return int(Threshold.values()[Threshold.Name.CLAIM_DAYS])


def standing_of(claim: Claim, as_of: date, days: int) -> Standing:
    """Say what a claim is worth; it carries last_on and is_disputed (with_contact, with_rivals)."""
    lapses_on = claim.last_on + timedelta(days=days)
    is_open = claim.state in (Claim.State.STANDING, Claim.State.UPHELD)
    holds = is_open and lapses_on >= as_of
    if not is_open:
        tone, text = "muted", str(claim.get_state_display())
    elif not holds:
        tone, text = "muted", _("已失效")
    elif claim.is_disputed:
        tone, text = "bad", _("争议")
    elif (lapses_on - as_of).days <= SOON:
        tone, text = "warn", _("即将失效")
    else:
        tone, text = "ok", str(claim.get_state_display())
    return Standing(claim, lapses_on, holds, tone, text)


def standings_of(company: Company, as_of: date) -> list[Standing]:
    """Return every claim on a company, the earliest first: two queries."""
    days = claim_days()
    rows = company.claims.with_contact(as_of).with_rivals(as_of, days)
    rows = rows.select_related("unit", "recorded_by", "decided_by").order_by("on", "pk")
    return [standing_of(claim, as_of, days) for claim in rows]


def holding_on(companies, as_of: date, days: int) -> dict[int, list[Claim]]:
    """Return {company id: claims that hold on a day}, the earliest first: one query."""
    found = {}
    rows = Claim.objects.holding(as_of, days).filter(company__in=companies).select_related("unit")
    for claim in rows.order_by("on", "pk"):
        found.setdefault(claim.company_id, []).append(claim)
    return found


def notice(company: Company, unit, as_of: date) -> str:
    """Tell a unit that enters a company that others have claimed it, and since when; "" where nobody has."""
    held = holding_on([company.pk], as_of, claim_days()).get(company.pk, ())
    others = [claim for claim in held if claim.unit_id != unit.pk]
    if not others:
        return ""
    who = "、".join(_("%(unit)s（%(on)s 起）") % {"unit": row.unit, "on": row.on.isoformat()} for row in others)
    return _("「%(company)s」已有首报首谈：%(who)s。对归属有异议的，可登记本单位的首报，由招商局裁定。") % {
        "company": company,
        "who": who,
    }


def facts_of(claims, user: User) -> dict[int, list[Fact]]:
    """Return {claim id: what it rests on that the user may see}, in order of day: five queries at any length."""
    companies = {claim.company_id for claim in claims}
    papers = Prefetch("evidence", Evidence.objects.live().order_by("pk"), "papers")
    visits = Visit.objects.live().visible_to(user).filter(company__in=companies)
    talks = Milestone.objects.live().done().visible_to(user).filter(project__company__in=companies)
    introducing = Credit.objects.filter(role=Credit.Role.INTRODUCING).select_related("unit")
    visits = list(visits.select_related("unit").prefetch_related(papers))
    talks = list(
        talks.exclude(kind__in=NO_CONTACT)
        .select_related("project")
        .prefetch_related(papers, Prefetch("project__credits", introducing, "introduced"))
    )
    return {claim.pk: _facts(claim, visits, talks) for claim in claims}


def _facts(claim, visits, talks):
    path, facts = claim.unit.path, []
    for row in visits:
        if row.company_id == claim.company_id and row.unit.path.startswith(path):
            title = f"{row.get_direction_display()} · {row.unit}"
            facts.append(Fact(row.on, title, row.note, row.get_absolute_url(), tuple(row.papers)))
    for row in talks:
        project = row.project
        ours = any(credit.unit.path.startswith(path) for credit in project.introduced)
        if project.company_id == claim.company_id and ours:
            title = f"{row.get_kind_display()} · {project}"
            facts.append(Fact(row.on, title, row.note, row.get_absolute_url(), tuple(row.papers)))
    return sorted(facts, key=lambda fact: (fact.on, fact.url))
