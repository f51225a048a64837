"""Compares what the sources say with what the ledger holds, in both directions, and posts what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from campaigns import ledger, tallies
from campaigns.models import Entry, Indicator, Tally
from campaigns.numbers import plain
from projects import counting
from projects.models import Credit, Project
from projects.sources import SOURCES
from units import stamps

BATCH = 2000


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree, in words."""

    kind: str
    source_id: int
    text: str


def batches(kind) -> Iterator[dict]:
    """Yield what the sources of one kind say, a batch at a time: {source id: {key: amount}}."""
    source = SOURCES[kind]
    if kind == tallies.KIND:  # a reading depends on its whole series
        yield source.derive()
        return
    last, rules = 0, counting.Rules()
    while True:
        ids = list(source.model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        yield source.derive(source.model.objects.filter(pk__in=ids), rules)
        last = ids[-1]


def differences() -> Iterator[Difference]:
    """Yield every difference: missing and surplus entries, entries without a source, shares that are not 100 %."""
    known = {}
    for kind in SOURCES:
        known[kind] = set()
        for wanted in batches(kind):
            known[kind].update(wanted)
            stale, fresh = ledger.difference(wanted, ledger.live_entries(kind, wanted))
            for entry in stale:
                yield Difference(kind, entry.source_id, _("台账多出分录 %(n)s：%(what)s") % _entry_words(entry))
            for source_id, key, amount in fresh:
                yield Difference(
                    kind,
                    source_id,
                    _("台账缺少分录：指标 %(i)s 单位 %(u)s %(b)s %(d)s %(a)s")
                    % {"i": key[0], "u": key[1], "b": key[2], "d": key[3].isoformat(), "a": plain(amount)},
                )
    pairs = Entry.objects.live().values_list("source_kind", "source_id").distinct().order_by()
    for kind, source_id in pairs.iterator():
        if kind not in known or source_id not in known[kind]:
            yield Difference(kind, source_id, _("分录的来源不存在"))
    yield from uneven_shares()


def uneven_shares() -> Iterator[Difference]:
    """Yield each project whose shares of some day do not add up to 100 %: one query, and one for the names."""
    odd = {pk: (None, Decimal(0)) for pk in Project.objects.filter(credits__isnull=True).values_list("pk", flat=True)}
    rows = Credit.ever.order_by("project_id", "pk")
    for project_id, credits in groupby(rows.iterator(), key=lambda row: row.project_id):
        if found := first_uneven(list(credits)):
            odd[project_id] = found
    names = Project.objects.in_bulk(odd)
    for project_id, (day, total) in sorted(odd.items()):
        told = {"p": names[project_id], "n": plain(total), "d": _("自 %(d)s 起") % {"d": day} if day else ""}
        yield Difference("projects.credit", project_id, _("项目「%(p)s」%(d)s份额合计 %(n)s%%，应为 100%%") % told)


def first_uneven(credits):
    """Return (first day, sum) of shares that do not add up to 100; None as day: from the beginning."""
    turns = {row.from_on for row in credits if row.from_on}
    turns |= {row.until_on + timedelta(days=1) for row in credits if row.until_on}
    for day in (date.min, *sorted(turns)):
        total = sum((row.share for row in counting.shares_on(day, credits)), Decimal(0))
        if total != counting.WHOLE:
            return (None if day == date.min else day), total
    return None


def _entry_words(entry):
    what = f"指标 {entry.indicator_id} 单位 {entry.unit_id} {entry.basis} {entry.fact_on} {plain(entry.amount)}"
    return {"n": entry.pk, "what": what}


def rebuild() -> int:
    """Post everything that is missing and reverse what has no source; return how many entries were added.

    Ends with ANALYZE, so that the database plans with what it now holds.
    """
    added = 0
    with transaction.atomic():
        locked = list(Tally.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        if locked:
            added += ledger.post_many(tallies.KIND, tallies.derive_all())
    for kind, source in SOURCES.items():
        if kind == tallies.KIND:
            continue
        last = 0
        while True:
            with transaction.atomic():
                rows = source.model.objects.filter(pk__gt=last).order_by("pk")
                ids = list(rows.values_list("pk", flat=True)[:BATCH])
                if not ids:
                    break
                list(source.model.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
                added += ledger.post_many(kind, source.derive(source.model.objects.filter(pk__in=ids)))
            last = ids[-1]
    with transaction.atomic():
        for kind, source in SOURCES.items():
            present = source.model.objects.values("pk")
            orphans = Entry.objects.live().filter(source_kind=kind).exclude(source_id__in=present)
            added += ledger.post_many(
                kind, {source_id: {} for source_id in orphans.values_list("source_id", flat=True)}
            )
    with transaction.atomic():
        Indicator.objects.filter(recounting=True).update(recounting=False)
        stamps.move()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return added
