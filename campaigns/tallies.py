"""From tallies to entries: an increment adds itself, a reading adds what it is more than the days before."""

from bisect import bisect, bisect_left
from collections import defaultdict
from decimal import Decimal
from itertools import groupby

from campaigns.ledger import Key
from campaigns.models import Basis, Indicator, Tally

KIND = "campaigns.tally"
UNSAVED = 2**62  # stands for the key a new tally will get: later than all others


def figures(tally):
    """Yield (basis, day, amount) for what a tally says on each basis."""
    if tally.amount is not None:
        yield Basis.REPORTED, tally.on, tally.amount
    if tally.is_recognised:
        yield Basis.RECOGNISED, tally.recognised_on, tally.recognised_amount


class _Series:
    """What is known of one indicator, unit and basis, in the order of the facts' own days, with running sums."""

    def __init__(self):
        self.points, self.sums = [], [Decimal(0)]  # sums[i]: everything of the first i points

    def add(self, tally, amount):
        """Take one more figure in; return by how much it changes the whole.

        Within a day readings come last. A figure recognised later than its followers moves only what they do not
        cover: an older reading, or an increment before a reading, changes nothing.
        """
        before = self.sums[-1]
        at = bisect(self.points, _place(tally), key=lambda point: _place(point[0]))
        self.points.insert(at, (tally, amount))
        del self.sums[at + 1 :]
        for held, figure in self.points[at:]:
            covered = self.sums[-1] - self.sums[self._start(held)] if held.is_reading else Decimal(0)
            self.sums.append(self.sums[-1] + figure - covered)
        return self.sums[-1] - before

    def _start(self, reading):
        """Return how many points lie before the reading's campaign; a level follows the reading before it."""
        if reading.indicator.kind == Indicator.Kind.LEVEL:
            return 0
        return bisect_left(self.points, reading.campaign.starts_on, key=lambda point: point[0].on)


def _place(tally):
    return tally.on, tally.is_reading, tally.pk


def derive_series(tallies):
    """Return {tally id: {key: amount}} for all live tallies of one indicator and unit.

    A reading's entry is the reading less everything from its campaign's start to its day, so that each day keeps
    its figure in any order of arrival. What is recognised counts from the day it was recognised.
    """
    wanted = {tally.pk: {} for tally in tallies}
    by_basis = defaultdict(list)
    for tally in tallies:
        if not tally.is_withdrawn:
            for basis, day, amount in figures(tally):
                by_basis[basis].append((day, *_place(tally), tally, amount))
    for basis, points in by_basis.items():
        series = _Series()
        for day, *_rest, tally, amount in sorted(points, key=lambda point: point[:4]):
            key = Key(tally.indicator_id, tally.unit_id, str(basis), day)
            wanted[tally.pk][key] = series.add(tally, amount)
    return wanted


def change_by(draft, as_of):
    """Return by how much an unsaved tally changes its unit's reported figure from its campaign's start to a day.

    An increment before a later reading changes nothing: the reading already holds it.
    """
    held = list(in_series(Tally.objects.live().filter(indicator=draft.indicator_id, unit=draft.unit_id)))
    draft.pk = UNSAVED
    first = draft.campaign.starts_on
    before, after = (
        sum(
            (
                amount
                for amounts in derive_series(series).values()
                for key, amount in amounts.items()
                if key.basis == Basis.REPORTED and first <= key.fact_on <= as_of
            ),
            Decimal(0),
        )
        for series in (held, [*held, draft])
    )
    draft.pk = None
    return after - before


def in_series(tallies):
    """Narrow nothing, but load tallies in the order that derive_all() reads."""
    return tallies.select_related("campaign", "indicator").order_by("indicator_id", "unit_id", "pk")


def derive_all(tallies=None):
    """Return {tally id: {key: amount}} for whole series of tallies (all of them by default)."""
    wanted = {}
    rows = in_series(Tally.objects.all() if tallies is None else tallies)
    for _, series in groupby(rows.iterator(), key=lambda row: (row.indicator_id, row.unit_id)):
        wanted |= derive_series(list(series))
    return wanted
