"""What the page about shares shows: who shared a project on which days, and what new shares would change."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from campaigns import ledger, periods
from campaigns.models import Basis, Indicator
from campaigns.numbers import amount_text, base_word, plain
from projects import counting
from projects.models import Credit, Project
from units.models import Unit

KIND = "projects.milestone"


@dataclass(frozen=True)
class Shared:
    """The shares of some days, printed."""

    days: str
    document: str
    rows: tuple[tuple[str, str, str], ...]  # unit, role, percent
    is_present: bool


@dataclass(frozen=True)
class Change:
    """What new shares or rules change in one figure of one unit, printed; notes say which months are closed."""

    indicator: str
    basis: str
    unit: str
    before: str
    after: str
    difference: str
    notes: tuple[str, ...]


def shared(project: Project) -> list[Shared]:
    """Return the shares of all days, the present ones first: one query."""
    rows = Credit.ever.filter(project=project).select_related("unit").order_by("pk")
    sets = [list(credits) for _key, credits in groupby(rows, key=lambda row: (row.from_on, row.until_on))]
    return [shared_on(credits) for credits in reversed(sets)]


def shared_on(credits) -> Shared:
    """Print one set of shares."""
    first = credits[0]
    since = _("%(day)s 起") % {"day": first.from_on.isoformat()} if first.from_on else _("自始")
    days = _("%(since)s至 %(day)s") % {"since": since, "day": first.until_on.isoformat()} if first.until_on else since
    return Shared(
        days=str(days),
        document=first.document,
        rows=tuple((row.unit.name, str(row.get_role_display()), f"{plain(row.share)}%") for row in credits),
        is_present=first.until_on is None,
    )


def changes(project: Project, left: list[Credit], fresh: list[Credit]) -> list[Change]:
    """Return what shares that draft_shares() checked would change: entries reversed and posted, nothing written."""
    former = list(Credit.ever.filter(project=project, until_on__isnull=False).order_by("pk"))
    milestones = project.milestones.all()
    return moved_by([(KIND, counting.milestone_entries(milestones, shares=[*former, *left, *fresh]))])


def moved_by(derived) -> list[Change]:
    """Return the figures that (kind of source, what it would say) pairs move; nothing is written."""
    stale, posted, before = [], [], defaultdict(Decimal)
    for kind, wanted in derived:
        standing = ledger.live_entries(kind, wanted)
        for rows, found in zip((stale, posted), ledger.difference(wanted, standing), strict=True):
            rows += found
        for held in standing.values():
            for key, entries in held.items():
                before[key[:3]] += sum((entry.amount for entry in entries), Decimal(0))
    days = periods.OpenDays([row.on for row in stale] + [key.fact_on for _id, key, _amount in posted], periods.seen)
    moved, late = defaultdict(Decimal), defaultdict(lambda: defaultdict(Decimal))
    steps = [((row.indicator_id, row.unit_id, row.basis), row.on, -row.amount) for row in stale]
    steps += [(key[:3], key.fact_on, amount) for _id, key, amount in posted]
    for figure, day, amount in steps:
        moved[figure] += amount
        if (opened := days.first_open(day)) != day:
            late[figure][day.replace(day=1), opened] += amount
    return printed(before, moved, late)


def printed(before, moved, late) -> list[Change]:
    """Print the figures that move: two queries for the names."""
    indicators = Indicator.objects.in_bulk({figure[0] for figure in moved})
    units = Unit.objects.in_bulk({figure[1] for figure in moved})
    rows = []
    for figure, amount in moved.items():
        indicator_id, unit_id, basis = figure
        if not amount:
            continue
        indicator, unit = indicators[indicator_id], units[unit_id]
        told = measured(base_word(indicator.dimension))
        notes = [
            str(_("%(month)s已封账，%(n)s 记入 %(day)s"))
            % {"month": f"{month:%Y年%m月}", "n": told(value, True), "day": day.isoformat()}
            for (month, day), value in sorted(late[figure].items())
            if value
        ]
        change = Change(
            indicator=str(indicator),
            basis=str(Basis(basis).label),
            unit=unit.name,
            before=told(before[figure]),
            after=told(before[figure] + amount),
            difference=told(amount, True),
            notes=tuple(notes),
        )
        rows.append(((str(indicator), basis, unit.path), change))
    return [change for _key, change in sorted(rows, key=lambda row: row[0])]


def measured(word):
    """Return a function that prints amounts in a measure, a difference with its sign."""

    def told(amount, signed=False):
        sign = "+" if signed and amount > 0 else ""
        return f"{sign}{amount_text(amount, word, space=True)}"

    return told
