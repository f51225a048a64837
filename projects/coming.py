"""What is promised for the days to come: funds, starts and other milestones, and the trips that set out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import CharField, Value

from campaigns.numbers import ExactField
from projects.models import Milestone, Trip
from projects.models.projects import introducing_unit
from projects.stages import Kind
from units.models import User

TRIP = "trip"
NAMES = {kind.value: str(kind.label) for kind in Kind}


@dataclass(frozen=True)
class Coming:
    """One thing of the days to come: a promised milestone (what is its kind) or a trip."""

    what: str
    on: date
    title: str
    unit: str
    amount: Decimal | None
    url: str


def coming(user: User, as_of: date, since: date, until: date) -> list[Coming]:
    """Return what the user may see of a span of days, as it stood on a day, the earliest first: one query.

    What came true by that day is no promise any more; what an ended project still owed is none either.
    """
    promised = Milestone.objects.visible_to(user).outstanding(as_of)
    promised = promised.filter(due__range=(since, until), project__terminated=False).order_by()
    promised = promised.annotate(owner=introducing_unit("project"))
    journeys = Trip.objects.visible_to(user).live().filter(starts_on__range=(since, until)).order_by()
    journeys = journeys.annotate(
        what=Value(TRIP, output_field=CharField()), worth=Value(None, output_field=ExactField())
    )
    rows = promised.values_list("kind", "pk", "due", "project__name", "owner", "promised_amount").union(
        journeys.values_list("what", "pk", "starts_on", "purpose", "unit__name", "worth"), all=True
    )
    found = [
        Coming(what, on, title, unit or "", amount, (Trip if what == TRIP else Milestone)(pk=pk).get_absolute_url())
        for what, pk, on, title, unit, amount in rows
    ]
    return sorted(found, key=lambda row: (row.on, row.what == TRIP, row.title, row.url))
