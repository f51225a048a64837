"""A campaign's stored rules (考核办法) as campaigns.scoring reads them, and the marks and facts they score."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from django.db.models import Q, Sum

from campaigns.models import Campaign, Entry, Indicator, Mark, Scheme, SchemeRow
from campaigns.numbers import measure_of
from campaigns.scoring.methods import PlaceShift, Tiers
from campaigns.scoring.parameters import number_text
from campaigns.scoring.plain_data import row_of
from campaigns.scoring.scheme import Scheme as Rules
from campaigns.scoring.values import OF_CASES, OF_ITEMS, Case, Reads
from campaigns.scoring.values import Entry as Marked

EARLIER = {Reads.GROWTH, Reads.INCREASE}  # what needs last year's figure


def figure_key(indicator_id: int) -> str:
    """Return the key under which an indicator's figure is read."""
    return f"indicator-{indicator_id}"


def indicator_of(key: str) -> int:
    """Return the indicator whose figure a key reads."""
    return int(key.removeprefix("indicator-"))


def item_key(item_id: int) -> str:
    """Return the key under which an item's counts or marks are read."""
    return f"item-{item_id}"


def figure_source(indicator: Indicator, measure: str) -> dict:
    """Return an indicator as a source reads it, in the measure of the campaign."""
    factor = number_text(Fraction(measure_of(measure).factor))
    return {"key": figure_key(indicator.pk), "label": indicator.name, "measure": measure, "factor": factor}


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
        "decimals": row.decimals,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }


def _source(row):
    """Return what a row reads: its indicator in its measure, or its item."""
    if row.indicator_id:
        return {**row.source, **figure_source(row.indicator, row.measure)}
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
        rank_rounded=scheme.rank_rounded,
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


def compares_years(rules: Iterable[Rules]) -> bool:
    """Say whether some rules need the figures of a year earlier."""
    return reads_any(rules, EARLIER) or shifts(rules)


def reads_phase(rules: Iterable[Rules]) -> bool:
    """Say whether some rules compare with the phased quota."""
    return any(source.against == "phase" for part in rules for row in part.rows for source in row.sources)


def tags_in(rules: Iterable[Rules]) -> list[str]:
    """Return the tags that some rules ask of single facts: the names of indicators that a fact counts toward, too."""
    rows = [row for part in rules for row in part.rows]
    tags = {tag for row in rows for source in row.sources for tag in source.tags}
    return sorted(
        tags
        | {tag for row in rows if isinstance(row.method, Tiers) for _n, _a, tag, _p, _c in row.method.rows if tag}
    )


class Extras:
    """What rules read beside the figures: marks and the single facts; a query each, and only where a row asks."""

    def __init__(self, campaign: Campaign, rules, owner, as_of: date):
        self.marks = self.load_marks(campaign, as_of) if reads_any(rules, OF_ITEMS) else []
        cases = reads_any(rules, OF_CASES)
        self.tags = set(tags_in(rules))
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
        """Return what each fact adds to each unit, with the day that counts; also on the indicators that are tags."""
        indicators = Q(indicator_id__in=[indicator_of(key) for key in keys])
        if self.tags:
            used = campaign.lines.filter(indicator__name__in=self.tags).values("indicator")
            indicators |= Q(indicator_id__in=used)
        within = Q(on__gte=campaign.starts_on, on__lte=as_of)
        return list(
            Entry.objects.filter(within, indicators, unit_id__in=unit_ids)
            .values_list("indicator_id", "indicator__name", "basis", "source_kind", "source_id", "unit_id", "on")
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
        first = {}
        live, tagged = defaultdict(int), defaultdict(lambda: defaultdict(int))
        for indicator_id, name, basis, kind, source_id, unit_id, on, amount, facts in self.cases:
            if on > day or basis_of.get(indicator_id) != basis:
                continue
            if name in self.tags:
                tagged[kind, source_id][name] += facts
            fact = (indicator_id, kind, source_id)
            first[fact] = min(on, first.get(fact, on))
            whole[fact] += Fraction(amount)
            parts[fact, self.owner[unit_id]] += Fraction(amount)
            live[fact, self.owner[unit_id]] += facts
        found = defaultdict(lambda: defaultdict(tuple))
        for (fact, holder), amount in parts.items():
            if live[fact, holder] <= 0:  # taken back
                continue
            indicator_id, kind, source_id = fact
            share = amount / whole[fact] if whole[fact] else Fraction(0)
            tags = frozenset(name for name, count in tagged[kind, source_id].items() if count > 0)
            case = Case(
                f"{kind}-{source_id}", whole[fact], share, tags=tags, label=f"{first[fact].isoformat()} 的一笔"
            )
            found[holder][figure_key(indicator_id)] += (case,)
        return found
