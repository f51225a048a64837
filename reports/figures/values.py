"""What figures are made of: numbers with where they come from, places, the window that an issue speaks of."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reports.documents.content import Place


class MissingFigures(ValidationError):
    """Figures that cannot be computed; the issue stops and names them."""

    def __init__(self, names):
        self.names = tuple(str(name) for name in names)
        super().__init__(_("以下数字无法得出，不能印发：%(names)s") % {"names": "；".join(self.names)})


@dataclass(frozen=True)
class Number:
    """A number as it is printed, the address of its rows, and what it is: of which indicator, basis, days, quota."""

    text: str
    href: str = ""
    indicator: str = ""
    basis: str = ""  # 上报 or 认定
    first: str = ""  # days as 2026-07-01
    last: str = ""
    denominator: str = ""  # what a share of it is reckoned of, as printed


@dataclass(frozen=True)
class Previous:
    """The last issued bulletin of the campaign: what it was and who stood where."""

    title: str
    number: str
    as_of: date
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Window:
    """The days an issue speaks of, both included, the issue before it, how often one is due, the order it serves."""

    first: date
    last: date
    previous: Previous | None = None
    rhythm: str = ""
    order_id: int | None = None
