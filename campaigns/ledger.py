"""The only writer of entries: it posts the difference between what facts say and what the ledger holds."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from campaigns.models import Entry
from campaigns.periods import OpenDays
from units import stamps

BATCH = 2000  # sources a query


class Key(NamedTuple):
    """Where an amount stands: indicator, unit, basis, and the fact's own day."""

    indicator_id: int
    unit_id: int
    basis: str
    fact_on: date


Wanted = Mapping[Key, Decimal]


def live_entries(kind: str, source_ids) -> dict[int, dict[Key, list[Entry]]]:
    """Return the postings that stand for some sources, by source and key."""
    standing = defaultdict(lambda: defaultdict(list))
    source_ids = list(source_ids)
    for start in range(0, len(source_ids), BATCH):
        rows = Entry.objects.live().filter(source_kind=kind, source_id__in=source_ids[start : start + BATCH])
        for entry in rows.order_by("pk"):
            key = Key(entry.indicator_id, entry.unit_id, entry.basis, entry.fact_on)
            standing[entry.source_id][key].append(entry)
    return standing


def difference(wanted: Mapping[int, Wanted], standing):
    """Return (entries to reverse, [(source_id, key, amount)] to post) that turn standing into wanted."""
    stale, fresh = [], []
    for source_id, amounts in wanted.items():
        held = standing.get(source_id, {})
        for key, entries in held.items():
            kept = key in amounts and len(entries) == 1 and entries[0].amount == amounts[key]
            if not kept:
                stale.extend(entries)
        for key, amount in amounts.items():
            entries = held.get(key, ())
            if len(entries) != 1 or entries[0].amount != amount:
                fresh.append((source_id, key, amount))
    return stale, fresh


def post_many(kind: str, wanted: Mapping[int, Wanted]) -> int:
    """Post what is missing and reverse what no longer holds; return how many entries were added.

    The caller runs in a transaction and has locked what the amounts were derived from, before it derived them.
    A changed entry is reversed in full and posted anew, an unchanged one is left alone. An entry whose month is
    closed goes to the first open day and keeps its own day as fact_on.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("post_many() runs in the caller's transaction")
    stale, fresh = difference(wanted, live_entries(kind, wanted))
    if not stale and not fresh:
        return 0
    days = OpenDays([entry.on for entry in stale] + [key.fact_on for _, key, _ in fresh])
    added = [
        Entry(
            indicator_id=entry.indicator_id,
            unit_id=entry.unit_id,
            basis=entry.basis,
            amount=-entry.amount,
            fact_on=entry.fact_on,
            on=days.first_open(entry.on),
            sign=-1,
            source_kind=kind,
            source_id=entry.source_id,
            reverses=entry,
        )
        for entry in stale
    ] + [
        Entry(
            indicator_id=key.indicator_id,
            unit_id=key.unit_id,
            basis=key.basis,
            amount=amount,
            fact_on=key.fact_on,
            on=days.first_open(key.fact_on),
            sign=1,
            source_kind=kind,
            source_id=source_id,
        )
        for source_id, key, amount in fresh
    ]
    Entry.objects.bulk_create(added, batch_size=BATCH)
    stamps.move()
    return len(added)


def post(source, wanted: Wanted) -> int:
    """Post the difference for one source."""
    return post_many(source._meta.label_lower, {source.pk: wanted})
