"""Industries of projects: what they are called, and how far each is with what it owes (R40)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, Sum
from django.urls import reverse

from campaigns import links
from campaigns.lines import Column, Standings, quotient
from campaigns.models import Entry, IndustryTarget, TargetVersion
from campaigns.numbers import amount_text, percent_text, points_text
from campaigns.standings import OFF_ROSTER, ORGANISER
from projects.models import Milestone, Project, Sector, Visit

FACTS = {"projects.milestone": Milestone, "projects.visit": Visit}  # what is about a project


@dataclass(frozen=True)
class IndustryLine:
    """One unit, or the organiser (unit_id None), in one industry on one indicator; amounts in the base measure."""

    unit_id: int | None
    unit: str
    column: Column
    basis: str
    industry: str
    target: Decimal
    done: Decimal

    @property
    def completion(self) -> Fraction | None:
        """What was done of what is owed; None without a quota above 0."""
        return quotient(self.done, self.target) if self.target else None


def industry_names() -> list[str]:
    """Return what industries are called: the sectors, and the chains that projects belong to; one query."""
    chains = Project.objects.exclude(chain="").order_by("chain").values_list("chain", flat=True).distinct()
    return list(dict.fromkeys([*(str(label) for label in Sector.labels), *chains]))


def belongs_to(industry: str) -> Q:
    """Return which projects belong to an industry: a sector by its label, else a chain by its name."""
    sectors = [value for value, label in Sector.choices if str(label) == industry]
    return Q(project__sector__in=sectors) | Q(project__chain=industry)


def is_fact_of(industry: str) -> Q:
    """Return which entries speak of a project of an industry."""
    wanted = Q(pk__in=[])
    for kind, model in FACTS.items():
        rows = model.objects.filter(belongs_to(industry), pk=OuterRef("source_id"))
        wanted |= Q(Exists(rows), source_kind=kind)
    return wanted


def industry_lines(state: Standings, unit_ids: Iterable[int] | None = None) -> list[IndustryLine]:
    """Return how far units (all, the organiser first; or some) are in the industries they owe: two queries.

    Counted are the entries of the campaign's days whose project belongs to the industry; a figure that is entered by
    hand belongs to none.
    """
    campaign = state.campaign
    version = TargetVersion.objects.in_force(campaign, state.as_of).values("pk")
    owed = IndustryTarget.objects.filter(target__version__in=version).order_by("pk")
    if unit_ids is not None:
        owed = owed.filter(target__unit__in=unit_ids)
    owed = list(owed.values_list("target__line", "target__unit", "industry", "amount"))
    if not owed:
        return []
    done = _done(state, owed)
    places = {unit_id: place for place, unit_id in enumerate(state.unit_ids, start=1)}
    columns = {column.line_id: column for column in state.columns}
    order = {line_id: place for place, line_id in enumerate(columns)}
    found = []
    for line_id, unit_id, industry, amount in owed:
        is_whole = unit_id == campaign.organiser_id and unit_id not in places
        if line_id not in columns or not (is_whole or unit_id in places):
            continue
        line = state.totals[line_id] if is_whole else state.lines[unit_id, line_id]
        key = None if is_whole else unit_id
        amounts = done.get((key, line.column.indicator_id, line.basis), {})
        found.append(
            IndustryLine(
                key, line.unit, line.column, line.basis, industry, amount, amounts.get(industry) or Decimal(0)
            )
        )
    return sorted(found, key=lambda row: (order[row.column.line_id], places.get(row.unit_id, 0)))


def _done(state, owed):
    """Return {(roster unit id, None for all; indicator id; basis): {industry: amount}} of who owes: one query."""
    line_ids, owing, industries = ({row[place] for row in owed} for place in range(3))
    indicators = {column.indicator_id for column in state.columns if column.line_id in line_ids}
    names = {f"part_{n}": industry for n, industry in enumerate(sorted(industries))}
    whole = state.campaign.organiser_id in owing
    units = [
        unit_id for unit_id, holder in state.owner.items() if holder in owing or (whole and holder != OFF_ROSTER)
    ]
    rows = (
        Entry.objects.filter(
            indicator_id__in=sorted(indicators),
            unit_id__in=units,
            source_kind__in=FACTS,
            on__gte=state.campaign.starts_on,
            on__lte=state.as_of,
        )
        .values("unit_id", "indicator_id", "basis")
        .annotate(**{name: Sum("amount", filter=is_fact_of(industry)) for name, industry in names.items()})
        .order_by()
    )
    found = {}
    for row in rows:
        holder = state.owner[row["unit_id"]]
        for key in {None, holder} - {ORGANISER}:
            amounts = found.setdefault((key, row["indicator_id"], row["basis"]), {})
            for name, industry in names.items():
                amounts[industry] = amounts.get(industry, Decimal(0)) + (row[name] or Decimal(0))
    return found


def industry_rows(state, lines):
    """Print how far units are in industries, with where their projects are listed."""
    for line in lines:
        lead = None if line.completion is None else line.completion - state.time_progress
        sectors = [value for value, label in Sector.choices if str(label) == line.industry]
        query = {"sector": sectors[0]} if sectors else {}
        yield {
            "name": line.column.name,
            "unit": line.unit,
            "unit_url": "" if line.unit_id is None else links.unit_url(
                state.campaign.pk, line.unit_id, state.basis, state.as_of
            ),
            "industry": line.industry,
            "target": amount_text(line.target, line.column.measure, space=True),
            "done": amount_text(line.done, line.column.measure, space=True),
            "percent": percent_text(line.completion),
            "lead": points_text(lead),
            "projects_url": f"{reverse('projects:project_list')}?{urlencode(query)}" if query else "",
        }  # fmt: skip
