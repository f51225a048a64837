"""Campaigns to start from, as fixtures/templates keeps them: phases, indicators, rules, invented quotas."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from django.conf import settings

from campaigns.models import Basis, Indicator
from campaigns.numbers import Measure, measure_of, read_number

FOLDER = settings.BASE_DIR / "fixtures" / "templates"
ORDER = ("hundred_days", "activity_month", "contest", "breakthrough_year", "annual")
ORGANISER = "organiser"


@dataclass(frozen=True)
class Counted:
    """An indicator of a template: how it is counted, its weight, and what each kind of unit owes."""

    name: str
    measure: Measure
    kind: str
    fed_by: str
    basis: str
    weight: Decimal
    targets: dict[str, Decimal]
    rules: tuple[dict, ...]
    parts: tuple["Counted", ...] = ()  # numerator and denominator of a ratio


@dataclass(frozen=True)
class Ratio:
    """A usual ratio (R36): what it says, and the indicator it is with the two that it is made of."""

    slug: str
    about: str
    indicator: Counted


@dataclass(frozen=True)
class Template:
    """A campaign to start from; days is None where it runs for a calendar year."""

    slug: str
    name: str
    about: str
    days: int | None
    facts: dict[str, str]  # clock, slogan, themes, leading group, office
    groups: dict[str, list[str]]  # group → kinds of unit
    phases: tuple[dict, ...]
    indicators: tuple[Counted, ...]

    def ends_on(self, starts_on: date) -> date:
        """Return its last day."""
        return starts_on.replace(month=12, day=31) if self.days is None else self.after(starts_on, self.days - 1)

    def after(self, starts_on: date, days: int) -> date:
        """Return the day so many days after the start."""
        return starts_on + timedelta(days=days)

    def phases_from(self, starts_on: date) -> list[dict]:
        """Return its phases with their days; the last day of the campaign is the latest."""
        last = self.ends_on(starts_on)
        return [
            {
                "name": row["name"],
                "demand": row["demand"],
                "starts_on": min(self.after(starts_on, row["from"]), last),
                "ends_on": min(self.after(starts_on, row["to"]), last),
                "due_on": min(self.after(starts_on, row["due"]), last),
            }
            for row in self.phases
        ]

    def kind_group(self) -> dict[str, str]:
        """Return {kind of unit: its group}."""
        return {kind: group for group, kinds in self.groups.items() for kind in kinds}


def load(slug: str) -> Template:
    """Read one template."""
    said = json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    return Template(
        slug=slug,
        name=said["name"],
        about=said["about"],
        days=said.get("days"),
        facts={name: said[name] for name in ("clock", "slogan", "themes", "leading_group", "office")},
        groups=said["groups"],
        phases=tuple(said["phases"]),
        indicators=tuple(counted(row) for row in said["indicators"]),
    )


def counted(row) -> Counted:
    """Read one indicator of a template."""
    measure = measure_of(row["measure"])
    return Counted(
        name=row["name"],
        measure=measure,
        kind=row.get("kind", Indicator.Kind.SUM),
        fed_by=row.get("fed_by", Indicator.Feed.TALLY),
        basis=row.get("basis", Basis.REPORTED),
        weight=Decimal(row["weight"]),
        targets={kind: read_number(text, measure=measure.word) for kind, text in row["targets"].items()},
        rules=tuple(row.get("rules", ())),
        parts=known_ratios()[row["name"]].indicator.parts if row.get("kind") == Indicator.Kind.RATIO else (),
    )


@cache
def known_ratios() -> dict[str, Ratio]:
    """Return the usual ratios by name, as fixtures/templates/ratios.json keeps them."""
    said = json.loads((FOLDER / "ratios.json").read_text(encoding="utf-8"))
    return {row["name"]: read_ratio(row) for row in said}


def read_ratio(row) -> Ratio:
    """Read one usual ratio."""
    parts = tuple(counted({"weight": "0", "targets": {}} | row[part]) for part in ("numerator", "denominator"))
    whole = Counted(
        name=row["name"],
        measure=measure_of("%"),
        kind=Indicator.Kind.RATIO,
        fed_by=Indicator.Feed.TALLY,
        basis=Basis.REPORTED,
        weight=Decimal(0),
        targets={},
        rules=(),
        parts=parts,
    )
    return Ratio(row["slug"], row["about"], whole)


def all_templates() -> list[Template]:
    """Return all templates in the order they are shown."""
    return [load(slug) for slug in ORDER]
