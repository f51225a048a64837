"""A counting rule tried out before it is saved: which facts would count, which not and why, what it would move."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Basis
from campaigns.numbers import amount_text, base_word
from projects import counting
from projects.models import Attendance, CountingRule, Milestone, Trip, Visit
from projects.models.rules import AFTER, LABELS, NAMES
from projects.recognition import title_of
from projects.share_page import Change, moved_by
from projects.sources import SOURCES
from units.models import User

DAYS_BACK = 183  # facts of so many days are shown
SHOWN = 40  # of those that count, and of those that do not
LIVE = 2000  # facts: with more, what moves is worked out only when asked for
BATCH = 2000


@dataclass(frozen=True)
class Judged:
    """One fact as a rule would count it: how much, or every reason why not."""

    title: str
    url: str
    on: date
    adds: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """What a rule would do; changes None where there are too many facts to work them out while one types."""

    words: str
    since: date
    counting: tuple[Judged, ...]
    left_out: tuple[Judged, ...]
    counting_many: int
    left_out_many: int
    changes: list[Change] | None
    facts_many: int


def tried(draft: CountingRule, rule: CountingRule | None, user: User, today: date, *, whole: bool) -> Tried:
    """Try a rule out in place of the saved one (None: a new one); draft is None where the saved one is to go."""
    rows = judged(draft, rules_with(draft, rule), user, today) if draft else []
    counts = [row for row in rows if not row.reasons]
    rest = [row for row in rows if row.reasons]
    facts = {each.fact for each in (draft, rule) if each is not None}
    many = sum(facts_of(fact).count() for fact in facts)
    return Tried(
        words=draft.in_words if draft else "",
        since=today - timedelta(days=DAYS_BACK),
        counting=tuple(counts[:SHOWN]),
        left_out=tuple(rest[:SHOWN]),
        counting_many=len(counts),
        left_out_many=len(rest),
        changes=changes(rules_with(draft, rule), facts) if whole or many <= LIVE else None,
        facts_many=many,
    )


def rules_with(draft, rule):
    """Return all rules with the draft in place of the saved one."""
    others = CountingRule.objects.exclude(pk=rule.pk) if rule else CountingRule.objects.all()
    return counting.Rules([*others, draft] if draft else list(others))


def facts_of(fact):
    """Return the facts of a kind that rules speak of."""
    model, _dot, kind = fact.partition(".")
    if model == "milestone":
        return Milestone.objects.filter(kind=kind)
    if model == "visit":
        return Visit.objects.filter(direction=kind)
    return (Trip if model == "trip" else Attendance).objects.all()


def changes(rules, facts) -> list[Change]:
    """Return what some rules would move in the ledger, by indicator and unit."""
    derived = []
    for fact in sorted(facts):
        rows = facts_of(fact)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            part = rows.model.objects.filter(pk__in=ids[start : start + BATCH])
            derived.append((rows.model._meta.label_lower, counting.DERIVE[rows.model](part, rules)))
    return moved_by(derived)


def judged(draft, rules, user, today) -> list[Judged]:
    """Return the facts of the last months that the user may see, the latest first, as the rule would count them."""
    word = base_word(draft.indicator.dimension)
    found = []
    for fact, day, said in said_lately(draft.fact, rules, user, today - timedelta(days=DAYS_BACK), today):
        reasons = why_not(draft, rules, day, said)
        adds = "" if reasons else amount_text(counting.amount_of(draft, said), word, space=True)
        found.append(
            Judged(
                title_of(fact),
                reverse(SOURCES[fact._meta.label_lower].page, args=[fact.pk]),
                day,
                adds,
                tuple(reasons),
            )
        )
    return sorted(found, key=lambda row: row.on, reverse=True)


def said_lately(kind, rules, user, since, until):
    """Yield (fact, day, what it says as reported) of a kind's facts within some days."""
    rows = facts_of(kind).visible_to(user)
    if rows.model is Milestone:
        rows = rows.live().filter(on__range=(since, until))
        for milestone, _credits, saying in counting.saying_of(rows, rules):
            for basis, day, said in saying:
                if basis == Basis.REPORTED:
                    yield milestone, day, said
    elif rows.model is Visit:
        rows = rows.live().filter(on__range=(since, until))
        for visit in counting.with_charts(rows.select_related("company", "project", "unit"), rules, "company"):
            yield visit, visit.on, counting.said_by_visit(visit, Basis.REPORTED)
    elif rows.model is Trip:
        for trip in rows.live().filter(starts_on__range=(since, until)).select_related("unit", "delegation"):
            if trip.counts_on:
                yield trip, trip.counts_on, counting.said_by_presence(trip)
    else:
        for row in rows.filter(event__on__range=(since, until)).select_related("unit", "event"):
            yield row, row.event.on, counting.said_by_presence(row)


def why_not(draft, rules, day, said) -> list[str]:
    """Return every reason why a fact would not count by the rule."""
    reasons = [] if counting.in_force(draft, day) else [_("不在起止日期内")]
    misses = counting.missed(draft, said)
    reasons += [told_miss(draft, name, said) for name in NAMES if name in misses]
    if reasons:
        return [str(reason) for reason in reasons]
    if counting.amount_of(draft, said) is None:
        return [str(_("企业当年累计不在这一笔达到门槛") if draft.by_company else _("没有填这项数"))]
    first = next(
        rule for rule, _amount in rules.counting(draft.fact, day, said) if rule.indicator_id == draft.indicator_id
    )
    return [] if first is draft else [str(_("该指标的另一条口径已经计入"))]


def told_miss(draft, name, said):
    """Say which condition a fact misses, and what it says instead."""
    if name in AFTER:
        return _("项目%(name)s：还没有") % {"name": NAMES[name]}
    if name == "charts":
        actual = "、".join(str(LABELS[name][chart]) for chart in sorted(said[name])) or _("不在榜单")
    elif name in LABELS:
        actual = LABELS[name].get(said[name], _("未填"))
    elif name == "min_amount":
        actual = _("无金额") if said["amount"] is None else amount_text(said["amount"], "万元", space=True)
    else:
        actual = _("不是")
    told = {"name": NAMES[name], "wanted": draft.condition_in_words(name), "actual": actual}
    return _("%(name)s：要求 %(wanted)s，实为 %(actual)s") % told
