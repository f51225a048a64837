"""What a campaign's figures are made of: by industry, by where the money comes from, by signing event (R99)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, CharField, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf

from campaigns.lines import Standings
from campaigns.models import Entry, Indicator
from campaigns.standings import BASES, OFF_ROSTER
from projects.models import Milestone, Origin, Sector, Visit

MILESTONE, VISIT = "projects.milestone", "projects.visit"
SIDES = ("industry", "origin", "event")
LABELS = {"industry": dict(Sector.choices), "origin": dict(Origin.choices), "event": {}}

Amounts = dict[str, Decimal]  # by the label of a part; "" is what belongs to none


def _of_fact(milestone, visit):
    facts = ((MILESTONE, Milestone, milestone), (VISIT, Visit, visit))
    return Case(
        *(
            When(
                source_kind=kind,
                then=Subquery(model.objects.filter(pk=OuterRef("source_id")).values_list(told)[:1]),
            )
            for kind, model, told in facts
            if told is not None
        ),
        output_field=CharField(),
    )


@dataclass(frozen=True)
class Breakdown:
    """One indicator of the organiser by industry, origin and event; each side adds up to the whole."""

    line_id: int
    industry: Amounts
    origin: Amounts
    event: Amounts


def breakdowns(state: Standings) -> list[Breakdown]:
    """Return what the organiser's figures fed by milestones and visits are made of: one query.

    Left out are indicators none of whose facts speaks of a project or a company.
    """
    columns = {
        (column.indicator_id, state.basis or column.basis): column
        for column in state.columns
        if column.kind == Indicator.Kind.SUM and column.fed_by == Indicator.Feed.FACTS
    }
    if not columns:
        return []
    origin = Coalesce(NullIf(F("source_origin"), Value("")), F("project__company__origin"))
    rows = (
        Entry.objects.filter(
            indicator_id__in=sorted({indicator for indicator, _basis in columns}),
            basis__in=BASES,
            unit_id__in=[unit_id for unit_id, holder in state.owner.items() if holder != OFF_ROSTER],
            on__gte=state.campaign.starts_on,
            on__lte=state.as_of,
        )
        .annotate(
            industry=_of_fact("project__sector", "project__sector"),
            origin=_of_fact(origin, "company__origin"),
            event=_of_fact("event__name", None),
        )
        .values("indicator_id", "basis", *SIDES)
        .annotate(amount=Sum("amount"), facts=Sum("sign"))
        .order_by()
    )
    found = {key: {side: defaultdict(Decimal) for side in SIDES} for key in columns}
    for row in rows:
        sides = found.get((row["indicator_id"], row["basis"]))
        if sides is None or not (row["amount"] or row["facts"]):
            continue
        for side in SIDES:
            sides[side][str(LABELS[side].get(row[side], row[side] or ""))] += row["amount"]
    return [
        Breakdown(column.line_id, **{side: dict(found[key][side]) for side in SIDES})
        for key, column in columns.items()
        if any(set(found[key][side]) - {""} for side in SIDES)
    ]
