"""Projects by name: signed in a window with sum and stage, carried over from before it, and the shape of them all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from campaigns.lines import Standings
from campaigns.numbers import money_text, percent_text
from projects.models import Credit, Milestone
from projects.models.projects import Sector
from projects.stages import Kind
from reports.figures.campaign import basis_of, contracts_of, counted_amount, of_roster
from reports.figures.values import Number, Window

LARGE = Decimal(5000)  # 万元: what the documents call a project of 5000万元以上
STAGES = {Kind.PRODUCTION: "投产", Kind.COMPLETION: "竣工", Kind.GROUNDBREAKING: "开工", Kind.FUNDING: "到资"}
SIGNED = "签约"  # where nothing has happened since
HALVES = ("上半年", "下半年")


@dataclass(frozen=True)
class Deal:
    """One project with a contract: who brought it, its sum, how far it is, what happened last."""

    name: str
    href: str
    unit: str
    industry: str
    amount: str
    signed_on: date
    stage: str
    note: str  # of what happened to it last
    event: str


@dataclass(frozen=True)
class Deals:
    """Projects signed in a window, the largest first; those signed before in the same year that moved on in it."""

    basis: str
    amount: str
    signed: tuple[Deal, ...]
    carried: tuple[Deal, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for place, deal in enumerate(self.signed[:10], start=1):
            yield f"签约项目第{place}大", Number(deal.amount, deal.href, basis=self.basis)
        yield "结转推进项目", Number(f"{len(self.carried)}个")


@dataclass(frozen=True)
class Shape:
    """How many projects are talked about, signed and started in a window, and what they are like (R62)."""

    half: str  # 上半年 or 下半年
    tracked: int  # with talks or an intent or a contract
    intents: int
    signed: int
    funded: int  # signed, and money has arrived
    started: int
    signed_large: int
    started_large: int
    half_started_large: int  # since the half-year began (R33)
    sectors: tuple[tuple[str, int], ...]  # of the tracked ones, the most frequent first
    idle_units: tuple[str, ...]  # roster units that talk of projects, but have neither a contract nor a start

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for name, count in (
            ("在跟踪项目", self.tracked),
            ("意向项目数", self.intents),
            ("签约项目数", self.signed),
            ("到资签约项目数", self.funded),
            ("开工项目数", self.started),
            ("5000万元以上签约项目", self.signed_large),
            ("5000万元以上开工项目", self.started_large),
            (f"{self.half}5000万元以上开工项目", self.half_started_large),
            ("只谈未签未开工单位", len(self.idle_units)),
        ):
            yield name, Number(f"{count}个")
        if self.tracked:
            yield "在跟踪项目·签约占比", Number(percent_text(Fraction(self.signed, self.tracked)))


def read_deals(state: Standings, window: Window) -> Deals:
    """Read the contracts of the window, and what moved on of those signed earlier in the year: four queries."""
    basis = basis_of(state)
    rows = of_roster(state, contracts_of(basis, (window.first, window.last)).select_related("event"))
    year = window.first.replace(month=1, day=1)
    before = contracts_of(basis, (year, window.first - timedelta(days=1))).select_related("event")
    earlier = of_roster(state, before.order_by("on", "pk"))
    known = {row.project_id for row in (*rows, *earlier)}
    steps = Milestone.objects.live().done().filter(kind__in=STAGES, on__lte=window.last, project__in=known)
    moved = {row.project_id: row for row in steps.order_by("on", "pk")}
    carried = [row for row in earlier if row.project_id in moved and moved[row.project_id].on >= window.first]
    owners = introduced_by(state, {row.project_id for row in (*rows, *carried)})
    rows.sort(key=lambda row: (-counted_amount(row, basis), row.pk))
    return Deals(
        basis=str(basis.label),
        amount=money_text(sum((counted_amount(row, basis) for row in rows), Decimal(0))),
        signed=tuple(_deal(row, moved.get(row.project_id), owners, basis) for row in rows),
        carried=tuple(_deal(row, moved.get(row.project_id), owners, basis) for row in carried),
    )


def _deal(row, moved, owners, basis) -> Deal:
    return Deal(
        name=row.project.name,
        href=row.project.get_absolute_url(),
        unit=owners.get(row.project_id, ""),
        industry=row.project.industry,
        amount=money_text(counted_amount(row, basis)),
        signed_on=row.on,
        stage=STAGES[moved.kind] if moved else SIGNED,
        note=moved.note if moved else "",
        event=row.event.name if row.event else "",
    )


def introduced_by(state: Standings, projects) -> dict[int, str]:
    """Return the unit that introduced each project, by name."""
    rows = Credit.objects.filter(project__in=projects, role=Credit.Role.INTRODUCING)
    return dict(rows.order_by("pk").values_list("project", "unit__name"))


def read_shape(state: Standings, window: Window) -> Shape:
    """Read what happened to the roster's projects in the window: three queries."""
    half = window.last.month > 6
    since = window.last.replace(month=7 if half else 1, day=1)
    kinds = (Kind.TALKS, Kind.INTENT, Kind.FRAMEWORK, Kind.CONTRACT, Kind.GROUNDBREAKING, Kind.FUNDING)
    live = Milestone.objects.live().done().filter(kind__in=kinds)
    rows = of_roster(state, live.filter(on__range=(min(window.first, since), window.last)))
    during = [row for row in rows if row.on >= window.first]
    projects = {row.project_id: row.project for row in during}
    by_kind = {kind: {row.project_id for row in during if row.kind == kind} for kind in kinds}
    signed, started = by_kind[Kind.CONTRACT], by_kind[Kind.GROUNDBREAKING]
    large = {pk for pk, project in projects.items() if (project.investment or 0) >= LARGE}
    half_started = [row for row in rows if row.kind == Kind.GROUNDBREAKING and row.on >= since]
    sectors = Counter(project.sector for project in projects.values())
    owners = introduced_by(state, projects)
    busy = {owners[pk] for pk in signed | started if pk in owners}
    roster = {score.unit for score in state.scores.values()}
    idle = [unit for unit in dict.fromkeys(owners.values()) if unit in roster - busy]
    return Shape(
        half=HALVES[half],
        tracked=len(projects),
        intents=len((by_kind[Kind.INTENT] | by_kind[Kind.FRAMEWORK]) - signed),
        signed=len(signed),
        funded=len(signed & by_kind[Kind.FUNDING]),
        started=len(started),
        signed_large=len(signed & large),
        started_large=len(started & large),
        half_started_large=sum((row.project.investment or 0) >= LARGE for row in half_started),
        sectors=tuple((str(Sector(sector).label), count) for sector, count in sectors.most_common()),
        idle_units=tuple(score.unit for score in state.scores.values() if score.unit in idle),
    )
