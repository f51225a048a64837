"""What waits for a verifier, and what was decided: tallies, milestones and visits in one list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Prefetch, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition, Tally
from campaigns.numbers import amount_text, in_measure, spaced_money
from projects.models import Attendance, Credit, Currency, Milestone, Trip, Visit
from projects.stages import RECOGNISED
from units.models import Role, User, under

MODELS = {"tally": Tally, "milestone": Milestone, "visit": Visit}
KIND_NAMES = {"tally": _("填报"), "milestone": _("项目节点"), "visit": _("走访来访")}
BATCH = 500  # facts loaded at once for a workbook
WAITING, DECIDED = "waiting", "decided"
TONES = {
    Recognition.WAITING: "warn",
    Recognition.FULL: "ok",
    Recognition.REDUCED: "bad",
    Recognition.REFUSED: "bad",
}


@dataclass(frozen=True)
class Item:
    """One fact with everything a list shows of it, printed."""

    kind: str
    pk: int
    version: int
    kind_name: str
    unit: str
    what: str
    on: date
    amount: str
    number: Decimal | None
    measure: str
    recognised: str
    recognised_number: Decimal | None
    by: str
    days: int
    is_own: bool
    waits: bool
    state: str
    tone: str
    reason: str
    page: str

    @property
    def key(self):
        """What a batch sends: kind, number and version."""
        return f"{self.kind}-{self.pk}-{self.version}"

    @property
    def url(self):
        """The page where it is decided."""
        return reverse("projects:recognise", args=[self.kind, self.pk])


def facts_of(kind, paths):
    """Return the live facts of a kind that are recognised, of units in some subtrees."""
    if kind == "tally":
        return Tally.objects.live().filter(under(paths), amount__isnull=False)
    if kind == "visit":
        return Visit.objects.live().filter(under(paths))
    introduced = Credit.objects.filter(under(paths), role=Credit.Role.INTRODUCING)
    return Milestone.objects.live().done().filter(kind__in=RECOGNISED, project__in=introduced.values("project"))


def in_scope(kind, user: User):
    """Return the facts of a kind that a verifier decides on."""
    return facts_of(kind, user.paths(Role.VERIFIER))


def keys(user: User, *, state=WAITING, kind="", unit=None, campaign=None):
    """Return (kind, number, day) of what waits (or was decided), the latest day first, as one query.

    A campaign narrows to its own tallies and to what happened within its days.
    """
    parts = []
    for name in [kind] if kind else MODELS:
        rows = facts_of(name, [unit.path] if unit else user.paths(Role.VERIFIER))
        is_waiting = models.Q(recognition=Recognition.WAITING)
        rows = rows.filter(is_waiting if state == WAITING else ~is_waiting)
        if campaign and name == "tally":
            rows = rows.filter(campaign=campaign)
        elif campaign:
            rows = rows.filter(on__gte=campaign.starts_on, on__lte=campaign.ends_on)
        parts.append(rows.order_by().annotate(fact=Value(name)).values_list("fact", "pk", "on"))
    return parts[0].union(*parts[1:], all=True).order_by("-on", "fact", "-pk")


def loaded(kind, rows):
    """Load what an item shows: one query for a kind, one more for who introduced a milestone's project."""
    if kind == "tally":
        return rows.with_measure().select_related("indicator", "unit", "recorded_by", "campaign")
    if kind == "visit":
        return rows.select_related("unit", "company", "recorded_by")
    credits = Prefetch("project__credits", Credit.objects.select_related("unit"))
    return rows.select_related("project__company", "recorded_by").prefetch_related(credits)


def items(found, user: User, today: date) -> list[Item]:
    """Return the items of some (kind, number, day), in their order."""
    found = list(found)
    facts = {}
    for kind, model in MODELS.items():
        if wanted := [pk for name, pk, _on in found if name == kind]:
            rows = loaded(kind, model.objects.filter(pk__in=wanted))
            facts |= {(kind, fact.pk): fact for fact in rows}
    return [item_of(facts[kind, pk], user, today) for kind, pk, _on in found if (kind, pk) in facts]


def sheet(found, user: User, today: date):
    """Give the rows of a workbook of some (kind, number, day), loaded a batch at a time; the first are the heads."""
    heads = (_("事项"), _("类别"), _("单位"), _("日期"), _("上报数"), _("计量单位"), _("填报人"), _("等待天数"),
             _("认定情况"), _("认定数"), _("理由"))  # fmt: skip
    yield [str(head) for head in heads]
    found = list(found)
    for start in range(0, len(found), BATCH):
        for item in items(found[start : start + BATCH], user, today):
            days = item.days if item.waits else None
            yield [item.what, item.kind_name, item.unit, item.on, item.number, item.measure, item.by, days,
                   str(item.state), item.recognised_number, item.reason]  # fmt: skip


def item_of(fact, user: User, today: date) -> Item:
    """Print one fact; it was loaded with loaded()."""
    kind = fact._meta.model_name
    return Item(
        kind=kind,
        pk=fact.pk,
        version=fact.version,
        kind_name=str(KIND_NAMES[kind]),
        unit=str(unit_of(fact)),
        what=title_of(fact),
        on=fact.on,
        amount=amount_of(fact),
        number=None if reported(fact) is None else in_measure(reported(fact), measure_of(fact)),
        measure=measure_of(fact),
        recognised=in_its_measure(fact, fact.recognised_amount) if fact.is_recognised else "",
        recognised_number=in_measure(fact.recognised_amount, measure_of(fact))
        if fact.is_recognised and fact.recognised_amount is not None
        else None,
        by=str(fact.recorded_by),
        days=max(0, (today - timezone.localdate(fact.recorded_at)).days),
        is_own=fact.recorded_by_id == user.pk,
        waits=fact.recognition == Recognition.WAITING,
        state=fact.get_recognition_display(),
        tone=TONES[fact.recognition],
        reason=fact.recognition_reason,
        page=fact.get_absolute_url(),
    )


def unit_of(fact):
    """Return the unit a fact is credited to; of a project the one that introduced it."""
    return fact.project.introducer if isinstance(fact, Milestone) else fact.unit


def title_of(fact):
    """Say what a fact is."""
    if isinstance(fact, Tally):
        return f"{fact.indicator} · {fact.kind_name}"
    if isinstance(fact, Visit):
        return f"{fact.get_direction_display()} · {fact.company}"
    if isinstance(fact, Trip):
        return f"{fact.starts_on.isoformat()} · {fact.purpose}"
    if isinstance(fact, Attendance):
        return str(fact.event)
    return f"{fact.project} · {fact.get_kind_display()}"


def measure_of(fact):
    """Return the measure a fact's recognised amount is in."""
    if isinstance(fact, Tally):
        return fact.word
    return "人" if isinstance(fact, Visit) else "万元"


def reported(fact):
    """Return what was reported, as far as a verifier may reduce it: None for a milestone without an amount."""
    if isinstance(fact, Milestone):
        return fact.amount_cny
    return fact.heads if isinstance(fact, Visit) else fact.amount


def in_its_measure(fact, amount):
    """Print an amount of a fact."""
    if amount is None:
        return "—"
    if isinstance(fact, Milestone):
        return spaced_money(amount)
    return amount_text(amount, measure_of(fact), space=True)


def amount_of(fact):
    """Print what was reported, a foreign amount with its own currency."""
    text = in_its_measure(fact, reported(fact))
    if isinstance(fact, Milestone) and fact.amount is not None and fact.currency != Currency.CNY:
        own = amount_text(fact.amount, f"万{fact.get_currency_display()}", space=True)
        return _("%(own)s（折 %(cny)s）") % {"own": own, "cny": text}
    return text


def of_clerk(user: User, today: date, *piles, limit=5) -> list[list[Item]]:
    """Return the latest facts of a clerk's units for each pile of (kinds, states), at most so many of each."""
    paths = user.paths(Role.CLERK)
    found = []
    for kinds, states in piles:
        parts = [
            facts_of(kind, paths)
            .filter(recognition__in=states)
            .order_by()
            .annotate(fact=Value(kind))
            .values_list("fact", "pk", "on")
            for kind in kinds
        ]
        found.append(list(parts[0].union(*parts[1:], all=True).order_by("-on", "fact", "-pk")[:limit]))
    shown = {(item.kind, item.pk): item for item in items([key for pile in found for key in pile], user, today)}
    return [[shown[key[:2]] for key in pile if key[:2] in shown] for pile in found]
