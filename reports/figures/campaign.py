"""The figures of a campaign: one frozen value, every number with its basis, its quota and its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from campaigns import links
from campaigns.lines import Line, Standings
from campaigns.models import Basis, Recognition
from campaigns.numbers import amount_text, in_measure, money_text, percent_text, plain, round_half_up
from campaigns.standings import OFF_ROSTER
from projects.counting import every_share, shares_on
from projects.models import Credit, Milestone
from projects.stages import Kind
from reports.documents.content import Place
from reports.figures.values import Number

BIG = Decimal(10000)  # 万元: what a project of 1亿元以上 is; 以上 includes the number itself
SETTLED = (Recognition.FULL, Recognition.REDUCED)
DIFFERENCES = {"%": "个百分点", "‰": "个千分点"}  # how far apart two levels are


@dataclass(frozen=True)
class UnitFigure:
    """One unit's figure on an indicator."""

    unit: str
    group: str
    done: Number | None
    target: str | None
    completion: Fraction | None
    percent: str


@dataclass(frozen=True)
class IndicatorFigure:
    """The whole campaign's figure on one indicator."""

    name: str
    measure: str
    basis: str
    part_of: str
    is_level: bool  # a growth rate, a score: compared with its target, never a share of it
    done: Number
    done_value: Decimal
    target: str | None
    quota_from_units: bool  # the organiser has no quota of its own: the sum of the units' is printed
    completion: Fraction | None
    percent: str
    lead: Fraction | None
    gap: str  # what is missing to the quota, "" where nothing is
    surplus: str  # what is above the quota, "" where nothing is
    met: int
    owing: int
    zero_units: tuple[str, ...]
    unreported_units: tuple[str, ...]
    best: tuple[UnitFigure, ...]  # the units with the highest share of their quota
    units: tuple[UnitFigure, ...] = ()  # all of the roster, in its order


@dataclass(frozen=True)
class Signings:
    """What the contracts of the campaign show beyond their sum, on one basis."""

    basis: str
    count: int
    largest_name: str
    largest: str
    above_big: int
    intents: tuple[tuple[str, str], ...]  # (project, amount) of intents without a contract


@dataclass(frozen=True)
class AnnexRow:
    """One unit's row of the annex."""

    group: str
    unit: str
    cells: tuple[tuple[str, str, str], ...]  # target, done, percent for each indicator
    score: str
    rank: str


@dataclass(frozen=True)
class CampaignFigures:
    """All figures of a campaign's summary as of a day."""

    campaign: str
    organiser: str
    starts_on: date
    ends_on: date
    as_of: date
    is_over: bool
    basis: str  # 上报 or 认定; "" where indicators differ
    time_progress: Fraction
    days: int
    day_number: int
    months: int  # of a campaign that runs by the month clock, else 0
    months_over: int
    units: int
    indicators: tuple[IndicatorFigure, ...]
    signings: Signings | None
    annex_total: AnnexRow
    annex_rows: tuple[AnnexRow, ...]
    first_on: date | None = None  # of the period that the issue speaks of; None: from the campaign's first day
    places: tuple[Place, ...] = ()
    facets: Mapping[str, object] = field(default_factory=dict)

    def facet(self, name: str):
        """Return a facet that was read with the figures; KeyError where the part that asks did not name it."""
        return self.facets[name]

    @property
    def with_quota(self):
        """The indicators that verdicts and the composite read."""
        return tuple(row for row in self.indicators if row.target is not None)


def places_of(state: Standings) -> tuple[Place, ...]:
    """Freeze who stands where, group by group, so that the next issue can say who moved."""
    return tuple(
        Place(
            unit_id=score.unit_id,
            unit=score.unit,
            group=group,
            rank=score.rank or 0,
            tied=score.tied,
            score="—" if score.score is None else plain(round_half_up(score.score, 2)),
        )
        for group, scores in state.groups.items()
        for score in scores
    )


def missing_figures(state: Standings) -> list[str]:
    """Name the figures of a campaign that cannot be computed, and why."""
    if not state.columns:
        return [_("该战役还没有考核指标")]
    if not state.unit_ids:
        return [_("该战役还没有参战单位")]
    missing = [_("「%(name)s」重算中") % {"name": column.name} for column in state.columns if column.recounting]
    for line in state.totals.values():
        if line.done is not None:
            continue
        if line.column.is_level:
            told = _("「%(name)s」没有组织单位自己的数值")
        elif line.column.ratio_of:
            told = _("「%(name)s」的分母为零或未报")
        else:
            told = _("「%(name)s」没有任何单位报数")
        missing.append(told % {"name": line.column.name})
    return missing


def rows_url(state: Standings, line: Line) -> str:
    """Return the address of the rows behind a figure, as of the report's day and on its basis."""
    unit_id = "" if line.is_total else line.unit_id
    return links.rows_url(state.campaign.pk, line.column.line_id, unit_id, line.basis, state.as_of)


def done_number(state: Standings, line: Line, quota: Decimal | None = None) -> Number:
    """Freeze what was done, with what it is of and what it is measured against."""
    quota = quota or line.target
    return Number(
        text=amount_text(line.done, line.column.measure),
        href=rows_url(state, line),
        indicator=line.column.name,
        basis=str(Basis(line.basis).label),
        first=state.campaign.starts_on.isoformat(),
        last=state.as_of.isoformat(),
        denominator=amount_text(quota, line.column.measure) if quota else "",
    )


def unit_figure(state: Standings, line: Line) -> UnitFigure:
    """Freeze one unit's line."""
    measure = line.column.measure
    return UnitFigure(
        unit=line.unit,
        group=line.group,
        done=None if line.done is None else done_number(state, line),
        target=None if not line.target else amount_text(line.target, measure),
        completion=line.completion,
        percent=percent_text(line.completion),
    )


def quota_of(state: Standings, line: Line) -> Decimal | None:
    """Return what a line owes; where the organiser has no quota of its own, the sum of its units' quotas."""
    if line.target or not line.is_total or line.column.is_level:
        return line.target
    return state.quota_sum(line.column.line_id) or None


def indicator_figure(state: Standings, column, names) -> IndicatorFigure:
    """Freeze the organiser's line of one indicator and what its units show."""
    total, lines = state.totals[column.line_id], state.of_column(column.line_id)
    quota, from_units = quota_of(state, total), not total.target
    completion = Fraction(total.done) / Fraction(quota) if quota else None
    ranked = [line for line in lines if line.completion is not None]
    best = max((line.completion for line in ranked), default=None)
    met, owing = state.met(column.line_id)
    measure = column.measure
    beyond = total.done - quota if quota else Decimal(0)
    return IndicatorFigure(
        name=column.name,
        measure=measure,
        basis=str(Basis(total.basis).label),
        part_of=names.get(column.part_of_id, ""),
        is_level=column.is_level,
        done=done_number(state, total, quota),
        done_value=total.done,
        target=amount_text(quota, measure) if quota else None,
        quota_from_units=bool(quota) and from_units and not column.is_level,
        completion=completion,
        percent=percent_text(completion),
        lead=completion - state.time_progress if completion is not None else None,
        gap=difference_text(-beyond, column) if beyond < 0 else "",
        surplus=difference_text(beyond, column) if beyond > 0 else "",
        met=met,
        owing=owing,
        zero_units=tuple(line.unit for line in lines if line.target and line.done == 0 and not column.is_level),
        unreported_units=tuple(line.unit for line in lines if line.target and line.done is None),
        best=tuple(unit_figure(state, line) for line in ranked if line.completion == best),
        units=tuple(unit_figure(state, line) for line in lines),
    )


def difference_text(value: Decimal, column) -> str:
    """Print how far a figure is from its quota: 3个; two levels in % are points apart: 1.2个百分点."""
    if column.is_level and column.measure in DIFFERENCES:
        return plain(in_measure(value, column.measure)) + DIFFERENCES[column.measure]
    return amount_text(value, column.measure)


def counted_amount(milestone: Milestone, basis: str) -> Decimal:
    """Return what a contract is worth on a basis, in 万元."""
    amount = milestone.amount_cny if basis == Basis.REPORTED else milestone.recognised_amount
    return amount or Decimal(0)


def signings(state: Standings, basis: str) -> Signings | None:
    """Return what the roster's contracts of the window show; None without a contract and without an intent.

    On the recognised basis a contract counts for what was recognised of it, from that day on.
    """
    window = (state.campaign.starts_on, state.as_of)
    live = Milestone.objects.live().done()
    contracts = of_roster(state, contracts_of(basis, window))
    signed = sorted(contracts, key=lambda row: (-counted_amount(row, basis), row.project.name, row.pk))
    unsigned = live.filter(kind__in=[Kind.INTENT, Kind.FRAMEWORK], on__range=window, amount__isnull=False).exclude(
        project__in=Milestone.objects.live().filter(kind=Kind.CONTRACT, on__lte=state.as_of).values("project")
    )
    intents = sorted(of_roster(state, unsigned), key=lambda row: (-(row.amount_cny or 0), row.pk))
    unsigned_projects: dict[int, tuple[str, str]] = {}
    for row in intents:  # one with an intent and a framework agreement is one project
        unsigned_projects.setdefault(row.project_id, (row.project.name, original_text(row)))
    if not signed and not intents:
        return None
    return Signings(
        basis=str(Basis(basis).label),
        count=len(signed),
        largest_name=signed[0].project.name if signed else "",
        largest=money_text(counted_amount(signed[0], basis)) if signed else "",
        above_big=sum(counted_amount(row, basis) >= BIG for row in signed),
        intents=tuple(unsigned_projects.values()),
    )


def contracts_of(basis: str, days: tuple[date, date]):
    """Return the contracts of some days, both included; on the recognised basis those recognised then."""
    contracts = Milestone.objects.live().done().filter(kind=Kind.CONTRACT)
    if basis == Basis.RECOGNISED:
        return contracts.filter(recognition__in=SETTLED, recognised_on__range=days)
    return contracts.filter(on__range=days)


def basis_of(state: Standings) -> Basis:
    """Return the basis on which facts beside the indicators are told: recognised where all figures are."""
    recognised = {line.basis for line in state.totals.values()} == {Basis.RECOGNISED}
    return Basis.RECOGNISED if recognised else Basis.REPORTED


def roster_units(state: Standings) -> list[int]:
    """Return the units whose facts are the roster's, or the organiser's own."""
    return [unit_id for unit_id, owner in state.owner.items() if owner != OFF_ROSTER]


def of_roster(state: Standings, milestones, day: date | None = None) -> list[Milestone]:
    """Return those of some milestones that the roster, or the organiser itself, had a share in.

    The shares are those of their own day, or of a given one: what is promised has no day of its own.
    """
    top = state.campaign.organiser.path.split("/")[1]
    shared = Credit.ever.filter(unit__path__startswith=f"/{top}/")
    rows = milestones.filter(project__in=shared.values("project")).select_related("project")
    return [
        row
        for row in rows.prefetch_related(every_share())
        if any(
            state.owner.get(credit.unit_id, OFF_ROSTER) != OFF_ROSTER
            for credit in shares_on(day or row.on, row.project.shares_ever)
        )
    ]


def original_text(milestone: Milestone) -> str:
    """Print a milestone's amount in its own currency: 30亿美元."""
    return money_of(milestone, milestone.amount)


def money_of(milestone: Milestone, amount: Decimal) -> str:
    """Print an amount in the currency of a milestone."""
    if milestone.currency == "CNY":
        return money_text(amount)
    word = str(milestone.get_currency_display())
    return amount_text(amount, f"{'亿' if amount >= BIG else '万'}{word}")


def annex_row(unit: str, group: str, lines, score: str, rank: str) -> AnnexRow:
    """Freeze one row of the annex."""
    return AnnexRow(
        group=group,
        unit=unit,
        cells=tuple(
            (
                "—" if line.target is None else plain(in_measure(line.target, line.column.measure)),
                "—" if line.done is None else plain(in_measure(line.done, line.column.measure)),
                percent_text(line.completion),
            )
            for line in lines
        ),
        score=score,
        rank=rank,
    )


def annex_total(indicators) -> AnnexRow:
    """Freeze the first row of the annex: the same figures that the text speaks of."""
    cells = tuple(
        (
            "—" if figure.target is None else figure.target.removesuffix(figure.measure),
            figure.done.text.removesuffix(figure.measure),
            figure.percent,
        )
        for figure in indicators
    )
    return AnnexRow(group="", unit=str(_("合计")), cells=cells, score="—", rank="—")


def annex_rows(state: Standings) -> tuple[AnnexRow, ...]:
    """Freeze all roster units, group by group, by place."""
    rows = []
    for group, scores in state.groups.items():
        for score in scores:
            place = "—" if score.rank is None else f"{score.rank}{_('（并列）') if score.tied else ''}"
            points = "—" if score.score is None else plain(round_half_up(score.score, 2))
            rows.append(annex_row(score.unit, group, state.of_unit(score.unit_id), points, place))
    return tuple(rows)
