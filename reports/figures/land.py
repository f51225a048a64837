"""The land handed over to projects: how much, what it cost and was sold for, what stands idle."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from campaigns.lines import Standings
from campaigns.numbers import amount_text, plain
from projects.models import Parcel
from projects.models.projects import shared_under
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Land:
    """The parcels handed over in a window; a span is "0.8万元至3万元", or one sum; "" where nothing is known."""

    count: int
    area: str
    cost: str
    price: str
    subsidy: str  # cost less price
    not_built: int
    not_built_area: str

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        told = {"供地面积": self.area, "每亩成本": self.cost, "每亩出让价": self.price, "每亩补贴": self.subsidy}
        yield from ((name, Number(text)) for name, text in told.items() if text)
        yield "圈而不建地块", Number(f"{self.not_built}宗")


def read(state: Standings, window: Window) -> Land:
    """Read the parcels of the organiser's projects: two queries."""
    rows = Parcel.objects.filter(
        project__in=shared_under([state.campaign.organiser.path]),
        handed_over_on__range=(window.first, state.as_of),
    ).kept(state.as_of)
    parcels, idle = list(rows.order_by("pk")), list(rows.not_built(state.as_of))
    priced = [row for row in parcels if row.cost_per_mu is not None and row.price_per_mu is not None]
    return Land(
        count=len(parcels),
        area=_area(parcels),
        cost=_span([row.cost_per_mu for row in parcels if row.cost_per_mu is not None]),
        price=_span([row.price_per_mu for row in parcels if row.price_per_mu is not None]),
        subsidy=_span([row.cost_per_mu - row.price_per_mu for row in priced]),
        not_built=len(idle),
        not_built_area=_area(idle),
    )


def _area(parcels) -> str:
    return f"{plain(sum((row.area for row in parcels), Decimal(0)))}亩" if parcels else ""


def _span(sums) -> str:
    ends = [amount_text(value, "万元") for value in sorted({min(sums), max(sums)})] if sums else []
    return "至".join(ends)
