"""A campaign's stored rules (考核办法) as campaigns.scoring reads them, and the marks and facts they score."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from django.db.models import Q, Sum

from campaigns.models import Campaign, Entry, Mark, Scheme, SchemeRow
from campaigns.numbers import measure_of
from campaigns.scoring.methods import PlaceShift
from campaigns.scoring.parameters import number_text
from campaigns.scoring.plain_data import row_of
from campaigns.scoring.scheme import Scheme as Rules
from campaigns.scoring.values import OF_CASES, OF_ITEMS, Case, Reads
from campaigns.scoring.values import Entry as Marked

EARLIER = {Reads.GROWTH, Reads.INCREASE}  # what needs last year's figure


def figure_key(indicator_id: int) -> str:
    """Return the key under which an indicator's figure is read."""
    return f"indicator-{indicator_id}"


def item_key(item_id: int) -> str:
    """Return the key under which an item's counts or marks are read."""
    return f"item-{item_id}"


def plain_row(row: SchemeRow) -> dict:
    """Return a stored row as the plain data that campaigns.scoring reads."""
    return {
        "code": row.code,
        "label": row.label,
        "method": row.method,
        "parameters": row.parameters,
        "source": _source(row),
        "kind": row.kind,
        "clause": row.clause,
        "scope": row.scope,
        "weight": row.weight,
        "low": row.low,
        "high": row.high,
        "within": row.within,
        "needs": row.needs,
        "unreported": row.unreported,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }


def _source(row):
    """Return what a row reads: its indicator in its measure, or its item."""
    if row.indicator_id:
        factor = number_text(Fraction(measure_of(row.measure).factor))
        return {
            **row.source, "key": figure_key(row.indicator_id), "label": row.indicator.name, "measure": row.measure,
            "factor": factor,
        }  # fmt: skip
    if row.item_id:
        return {**row.source, "key": item_key(row.item_id), "label": row.item.name}
    return dict(row.source)


def rules_of(scheme: Scheme, rows: Iterable[SchemeRow]) -> Rules:
    """Return the rules of a stored scheme; ValueError, with what to do, where they contradict themselves."""

    def fraction(value):
        return None if value is None else Fraction(value)

    return Rules(
        name=scheme.name,
        version=str(scheme.number),
        rows=tuple(row_of(plain_row(row)) for row in rows),
        decimals=scheme.decimals,
        low=fraction(scheme.low),
        high=fraction(scheme.high),
        rescaled=scheme.rescaled,
        bonus_cap=fraction(scheme.bonus_cap),
        penalty_cap=fraction(scheme.penalty_cap),
        grades=tuple((Fraction(at), name) for at, name in scheme.grades),
        promotions_most=scheme.promotions_most,
        barred_after=scheme.barred_after,
        tie_break=tuple(scheme.tie_break),
        excluded=tuple((unit_id, reason) for unit_id, reason in scheme.excluded),
    )


def load_rules(scheme_ids: Iterable[int]) -> dict[int, tuple[Scheme, Rules]]:
    """Return {scheme id: (scheme, its rules)}: one query."""
    rows = defaultdict(list)
    found = SchemeRow.objects.filter(scheme__in=scheme_ids).select_related("scheme", "indicator", "item")
    for row in found.order_by("order", "pk"):
        rows[row.scheme_id].append(row)
    return {pk: (parts[0].scheme, rules_of(parts[0].scheme, parts)) for pk, parts in rows.items()}


def reads_any(rules: Iterable[Rules], kinds) -> list[str]:
    """Return the keys of what some rules read in one of several ways."""
    sources = [source for part in rules for row in part.rows for source in row.sources]
    return sorted({source.key for source in sources if source.reads in kinds})


def shifts(rules: Iterable[Rules]) -> bool:
    """Say whether some rules compare places with last year's."""
    return any(isinstance(row.method, PlaceShift) for part in rules for row in part.rows)


class Extras:
    """What rules read beside the figures: marks and the single facts; a query each, and only where a row asks."""

    def __init__(self, campaign: Campaign, rules, owner, as_of: date):
        self.marks = self.load_marks(campaign, as_of) if reads_any(rules, OF_ITEMS) else []
        cases = reads_any(rules, OF_CASES)
        self.cases = self.load_cases(campaign, cases, list(owner), as_of) if cases else []
        self.owner = owner

    def load_marks(self, campaign, as_of):
        """Return the live marks of a campaign to a day."""
        return list(
            Mark.objects.live()
            .filter(campaign=campaign, on__lte=as_of)
            .order_by("on", "pk")
            .values_list("unit_id", "item_id", "on", "value", "rater")
        )

    def load_cases(self, campaign, keys, unit_ids, as_of):
        """Return what each fact adds to each unit, with the day that counts."""
        indicators = [int(key.removeprefix("indicator-")) for key in keys]
        within = Q(on__gte=campaign.starts_on, on__lte=as_of)
        return list(
            Entry.objects.filter(within, indicator_id__in=indicators, unit_id__in=unit_ids)
            .values_list("indicator_id", "basis", "source_kind", "source_id", "unit_id", "on")
            .annotate(amount=Sum("amount"), facts=Sum("sign"))
            .order_by("source_kind", "source_id", "unit_id", "on")
        )

    def items_of(self, day: date) -> dict:
        """Return {unit id: {item key: entries}} to a day."""
        found = defaultdict(lambda: defaultdict(tuple))
        for unit_id, item_id, on, value, rater in self.marks:
            if on <= day:
                found[unit_id][item_key(item_id)] += (Marked(Fraction(value), rater),)
        return found

    def cases_of(self, day: date, basis_of: dict) -> dict:
        """Return {line owner: {figure key: cases}} to a day; basis_of says on which basis an indicator counts."""
        whole, parts = defaultdict(Fraction), defaultdict(Fraction)
        live = defaultdict(int)
        for indicator_id, basis, kind, source_id, unit_id, on, amount, facts in self.cases:
            if on > day or basis_of.get(indicator_id) != basis:
                continue
            fact = (indicator_id, kind, source_id)
            whole[fact] += Fraction(amount)
            parts[fact, self.owner[unit_id]] += Fraction(amount)
            live[fact, self.owner[unit_id]] += facts
        found = defaultdict(lambda: defaultdict(tuple))
        for (fact, holder), amount in parts.items():
            if live[fact, holder] <= 0:  # taken back
                continue
            indicator_id, kind, source_id = fact
            share = amount / whole[fact] if whole[fact] else Fraction(0)
            case = Case(f"{kind}-{source_id}", whole[fact], share, label=f"第 {source_id} 号记录")
            found[holder][figure_key(indicator_id)] += (case,)
        return found
