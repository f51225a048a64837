"""The figures of a campaign's summary: one frozen value, every number with its basis, its quota and its rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns import links
from campaigns.models import Basis, Campaign
from campaigns.numbers import amount_text, in_measure, money_text, percent_text, plain, round_half_up
from campaigns.standings import Line, Standings, standings
from projects.models import Milestone
from projects.stages import Kind

BIG = Decimal(10000)  # 万元: what a "project above 1 亿元" is


class MissingFigures(ValidationError):
    """Figures that cannot be computed; the issue stops and names them."""

    def __init__(self, names):
        self.names = tuple(str(name) for name in names)
        super().__init__(_("以下数字无法得出，不能印发：%(names)s") % {"names": "；".join(self.names)})


@dataclass(frozen=True)
class Number:
    """A number as it is printed, and the address of its rows."""

    text: str
    href: str = ""


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
    basis: str
    part_of: str
    done: Number
    done_value: Decimal
    target: str | None
    quota_from_units: bool  # the organiser has no quota of its own: the sum of the units' is printed
    completion: Fraction | None
    percent: str
    lead: Fraction | None
    gap: str
    met: int
    owing: int
    zero_units: tuple[str, ...]
    unreported_units: tuple[str, ...]
    best: tuple[UnitFigure, ...]
    worst: tuple[UnitFigure, ...]


@dataclass(frozen=True)
class Signings:
    """What the contracts of the campaign show beyond their sum."""

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
    units: int
    indicators: tuple[IndicatorFigure, ...]
    signings: Signings | None
    annex_total: AnnexRow
    annex_rows: tuple[AnnexRow, ...]
    measures: tuple[str, ...]

    @property
    def with_quota(self):
        """The indicators that verdicts and the composite read."""
        return tuple(row for row in self.indicators if row.target is not None)


def campaign_figures(campaign: Campaign, as_of: date, *, basis: str | None = None) -> CampaignFigures:
    """Read the standings and the contracts once and freeze them; raises MissingFigures with their names."""
    state = standings(campaign, as_of, basis=basis)
    missing = [_("「%(name)s」重算中") % {"name": column.name} for column in state.columns if column.recounting] + [
        _("「%(name)s」没有任何单位报数") % {"name": line.column.name}
        for line in state.totals.values()
        if line.done is None
    ]
    if not state.columns:
        missing.append(_("该战役还没有考核指标"))
    if missing:
        raise MissingFigures(missing)
    names = {column.indicator_id: column.name for column in state.columns}
    bases = {line.basis for line in state.totals.values()}
    return CampaignFigures(
        campaign=campaign.name,
        organiser=campaign.organiser.name,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        as_of=state.as_of,
        is_over=state.as_of >= campaign.ends_on,
        basis=str(Basis(bases.pop()).label) if len(bases) == 1 else "",
        time_progress=state.time_progress,
        days=campaign.days,
        day_number=campaign.day_number(state.as_of),
        units=len(state.unit_ids),
        indicators=tuple(indicator_figure(state, column, names) for column in state.columns),
        signings=signings(state),
        annex_total=annex_row(
            str(_("合计")), "", [state.totals[column.line_id] for column in state.columns], "—", "—"
        ),
        annex_rows=annex_rows(state),
        measures=tuple(f"{column.name}\n{column.measure}" for column in state.columns),
    )


def rows_url(state: Standings, line: Line) -> str:
    """Return the address of the rows behind a figure, as of the report's day and on its basis."""
    unit_id = "" if line.is_total else line.unit_id
    return links.rows_url(state.campaign.pk, line.column.line_id, unit_id, line.basis, state.as_of)


def unit_figure(state: Standings, line: Line) -> UnitFigure:
    """Freeze one unit's line."""
    measure = line.column.measure
    return UnitFigure(
        unit=line.unit,
        group=line.group,
        done=None if line.done is None else Number(amount_text(line.done, measure), rows_url(state, line)),
        target=None if not line.target else amount_text(line.target, measure),
        completion=line.completion,
        percent=percent_text(line.completion),
    )


def indicator_figure(state: Standings, column, names) -> IndicatorFigure:
    """Freeze the organiser's line of one indicator and what its units show."""
    total, lines = state.totals[column.line_id], state.of_column(column.line_id)
    quota, from_units = total.target, False
    if not quota and not column.is_level:
        quota, from_units = state.quota_sum(column.line_id) or None, True
    completion = Fraction(total.done) / Fraction(quota) if quota else None
    ranked = [line for line in lines if line.completion is not None]
    best = max((line.completion for line in ranked), default=None)
    worst = min((line.completion for line in ranked), default=None)
    met, owing = state.met(column.line_id)
    measure = column.measure
    return IndicatorFigure(
        name=column.name,
        basis=str(Basis(total.basis).label),
        part_of=names.get(column.part_of_id, ""),
        done=Number(amount_text(total.done, measure), rows_url(state, total)),
        done_value=total.done,
        target=amount_text(quota, measure) if quota else None,
        quota_from_units=bool(quota) and from_units,
        completion=completion,
        percent=percent_text(completion),
        lead=completion - state.time_progress if completion is not None else None,
        gap=amount_text(max(Decimal(0), quota - total.done), measure) if quota else "",
        met=met,
        owing=owing,
        zero_units=tuple(line.unit for line in lines if line.target and line.done == 0),
        unreported_units=tuple(line.unit for line in lines if line.target and line.done is None),
        best=tuple(unit_figure(state, line) for line in ranked if line.completion == best),
        worst=tuple(unit_figure(state, line) for line in ranked if line.completion == worst),
    )


def signings(state: Standings) -> Signings | None:
    """Return what the roster's contracts of the window show; None without a contract and without an intent."""
    dated = (
        Milestone.objects.live()
        .done()
        .filter(
            on__gte=state.campaign.starts_on,
            on__lte=state.as_of,
            project__credits__unit__path__startswith=f"/{state.campaign.organiser.path.split('/')[1]}/",
        )
    )
    roster = set(state.unit_ids)
    rows = dated.filter(kind__in=[Kind.CONTRACT, Kind.INTENT, Kind.FRAMEWORK]).select_related("project")
    rows = rows.prefetch_related("project__credits").distinct()
    own = [row for row in rows if roster & {credit.unit_id for credit in row.project.credits.all()}]
    contracts = sorted(
        (row for row in own if row.kind == Kind.CONTRACT), key=lambda row: (-(row.amount_cny or 0), row.pk)
    )
    signed = set(
        Milestone.objects.live()
        .done()
        .filter(kind=Kind.CONTRACT, on__lte=state.as_of, project__in=[row.project_id for row in own])
        .values_list("project", flat=True)
    )
    intents = tuple(
        (row.project.name, original_text(row))
        for row in sorted(own, key=lambda row: (-(row.amount_cny or 0), row.pk))
        if row.kind != Kind.CONTRACT and row.project_id not in signed and row.amount is not None
    )
    if not contracts and not intents:
        return None
    return Signings(
        count=len(contracts),
        largest_name=contracts[0].project.name if contracts else "",
        largest=money_text(contracts[0].amount_cny) if contracts else "",
        above_big=sum(row.amount_cny > BIG for row in contracts),
        intents=intents,
    )


def original_text(milestone: Milestone) -> str:
    """Print an amount in its own currency: 30亿美元."""
    if milestone.currency == "CNY":
        return money_text(milestone.amount)
    word = str(milestone.get_currency_display())
    big = milestone.amount >= BIG
    return amount_text(milestone.amount, f"{'亿' if big else '万'}{word}")


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


def annex_rows(state: Standings) -> tuple[AnnexRow, ...]:
    """Freeze all roster units, group by group, by place."""
    rows = []
    for group, scores in state.groups.items():
        for score in scores:
            place = "—" if score.rank is None else f"{score.rank}{_('（并列）') if score.tied else ''}"
            points = "—" if score.score is None else plain(round_half_up(score.score, 2))
            rows.append(annex_row(score.unit, group, state.of_unit(score.unit_id), points, place))
    return tuple(rows)
