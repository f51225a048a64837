"""The funnel of a campaign and the shape of its counts as rows a template can print; every text is finished here."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from campaigns.lines import Standings
from campaigns.models import Campaign, Indicator
from campaigns.numbers import amount_text, measure_of, percent_text
from projects.funnel import ORDER, Funnel, Lead, funnel_of, grouped

ALL, ELSEWHERE = "all", "else"


@dataclass(frozen=True)
class Cell:
    """One step of a row: how many, their share of the step before, where they are listed."""

    label: str
    count: int
    share: str
    url: str


@dataclass(frozen=True)
class Row:
    """A month, a unit, or all of the cohort."""

    name: str
    cells: tuple[Cell, ...]
    other: tuple[str, ...] = ()  # the same shares of the campaign that is compared


@dataclass(frozen=True)
class Count:
    """One plain count of a campaign: an indicator that is counted, not a share of anything."""

    name: str
    value: Decimal
    text: str
    other: str


def share(part: int, base: int) -> str:
    """Print a step as a share of the one before; nothing where there is none."""
    return percent_text(Fraction(part, base)) if base else "—"


def shares(found: Funnel) -> list[str]:
    """Print each step as a share of the one before it, the first as nothing."""
    return ["", *(share(after, before) for before, after in zip(found.counts, found.counts[1:], strict=False))]


def bars(found: Funnel) -> list[tuple[int, str]]:
    """Return (how many, text) of each step as a picture writes it: 15（75%）."""
    told = zip(found.counts, shares(found), strict=True)
    return [(count, f"{count}（{share}）" if share.endswith("%") else str(count)) for count, share in told]


def row(name: str, found: Funnel, query: dict, other: Funnel | None = None) -> Row:
    """Print one row; its figures lead to the projects behind them."""
    cells = tuple(
        Cell(str(step.label), count, told, f"?{urlencode({**query, 'step': step.value})}#leads" if count else "")
        for step, count, told in zip(ORDER, found.counts, shares(found), strict=True)
    )
    return Row(name, cells, tuple(shares(other)) if other else ())


def by_month(leads: list[Lead], query: dict) -> list[Row]:
    """Return a row for each month in which leads came, the first on top."""
    months = grouped(leads, lambda lead: lead.month)
    return [
        row(_("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}, funnel_of(months[month]),
            {**query, "month": month.isoformat()})
        for month in sorted(months)
    ]  # fmt: skip


def by_unit(leads: list[Lead], state: Standings, query: dict) -> list[Row]:
    """Return a row for each roster unit with leads, in roster order; leads of no roster unit come last."""
    groups = grouped(leads, lambda lead: holder_of(lead, state))
    rows = [
        row(state.scores[unit_id].unit, funnel_of(groups[unit_id]), {**query, "unit": unit_id})
        for unit_id in state.unit_ids
        if unit_id in groups
    ]
    if ELSEWHERE in groups:
        rows.append(row(_("其他单位"), funnel_of(groups[ELSEWHERE]), {**query, "unit": ELSEWHERE}))
    return rows


def holder_of(lead: Lead, state: Standings) -> int | str:
    """Return the roster unit in whose line a lead counts, "else" for those of none."""
    holder = state.owner.get(lead.unit_id)
    return holder if holder in state.scores else ELSEWHERE


def chosen(leads: list[Lead], state: Standings, asked: dict) -> list[Lead]:
    """Return the leads behind one figure: of a month or a unit, that reached a step."""
    place = next((n for n, step in enumerate(ORDER) if step.value == asked.get("step")), None)
    if place is None:
        return []
    found = [lead for lead in leads if lead.reached >= place]
    if unit := asked.get("unit"):
        found = [lead for lead in found if str(holder_of(lead, state)) == unit]
    if month := asked.get("month"):
        found = [lead for lead in found if lead.month.isoformat() == month]
    return sorted(found, key=lambda lead: (lead.known_on, lead.name))


def narrowest_text(found: Funnel) -> str:
    """Say where most leads are lost."""
    place = found.narrowest
    if place is None:
        return ""
    before, after = found.counts[place - 1 : place + 1]
    return _("流失最多在“%(a)s → %(b)s”：%(x)d 个中有 %(lost)d 个没有走到，转化 %(share)s。") % {
        "a": ORDER[place - 1].label, "b": ORDER[place].label, "x": before, "lost": before - after,
        "share": share(after, before),
    }  # fmt: skip


def same_day(campaign: Campaign, as_of: date, other: Campaign, today: date) -> date:
    """Return the day of another campaign as far from its start, at most its end and today."""
    day = other.starts_on + timedelta(days=(as_of - campaign.starts_on).days)
    return min(day, other.ends_on, max(today, other.starts_on))


def is_count(column) -> bool:
    """Say whether an indicator counts things: no money, no level, no ratio."""
    return column.kind == Indicator.Kind.SUM and measure_of(column.measure).dimension not in {"money", "%"}


def shape(state: Standings, other: Standings | None = None) -> list[Count]:
    """Return the organiser's plain counts in the order of the indicators, and those of the same name elsewhere."""
    beside = {line.column.name: line for line in other.totals.values()} if other else {}

    def told(line):
        return "—" if line is None or line.done is None else amount_text(line.done, line.column.measure, space=True)

    return [
        Count(line.column.name, line.done or Decimal(0), told(line), told(beside.get(line.column.name)))
        for line in state.totals.values()
        if is_count(line.column)
    ]


def oddities(counts: list[Count]) -> list[str]:
    """Say where a later count is larger than the one before: counts of different things, no fault."""
    return [
        _("%(later)s %(b)s，而%(earlier)s %(a)s：两项各自计数，不是前一步的一部分，这是数的形态，不是差错。")
        % {"later": after.name, "b": after.text, "earlier": before.name, "a": before.text}
        for before, after in zip(counts, counts[1:], strict=False)
        if after.value > before.value
    ]
