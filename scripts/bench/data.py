"""Generated data: a district with units in three levels, a year and drives inside it, projects and what happened."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter

from django.db import transaction

from campaigns import actions
from campaigns.models import Campaign, Indicator, Recognition, Tally
from projects.actions import create_rule
from projects.models import Company, Credit, Currency, Milestone, Origin, Project, Sector, Visit
from units.actions import create_unit, create_user, grant_role
from units.models import Role, Unit, User

FIRST, AS_OF, LAST = date(2026, 1, 1), date(2026, 9, 20), date(2026, 12, 31)
DAYS = (date(2026, 9, 30) - FIRST).days
MIDDLE = 20  # units between the district and the rest
PORTION = 5000  # projects made at a time, so that memory does not grow with their number
OUTSIDE = [Origin.COUNTRY, Origin.HMT, Origin.ABROAD]
INDICATORS = (  # name, dimension, measure, fact, what of it is added, conditions; no fact: entered by hand
    ("新签约项目", "个", "个", "milestone.contract", "count", {}),
    ("亿元以上新签约项目", "个", "个", "milestone.contract", "count", {"min_amount": {"CNY": 10000}}),
    ("签约合同资金", "money", "亿元", "milestone.contract", "amount", {}),
    ("省外签约合同资金", "money", "亿元", "milestone.contract", "amount", {"origins": OUTSIDE}),
    ("新开工项目", "个", "个", "milestone.groundbreaking", "count", {}),
    ("新开工工业项目", "个", "个", "milestone.groundbreaking", "count", {"sectors": [Sector.INDUSTRY]}),
    ("到位资金", "money", "亿元", "milestone.funding", "amount", {}),
    ("省外到位资金", "money", "亿元", "milestone.funding", "amount", {"origins": OUTSIDE}),
    ("外出走访企业", "家", "家", "visit.outbound", "count", {}),
    ("邀请来区考察", "家", "家", "visit.inbound", "count", {}),
    ("招商信息", "条", "条", None, None, {}),
    ("宣传推介", "场", "场", None, None, {}),
)


@dataclass
class World:
    """What was generated: the campaigns by name, the units, and how long the facts took to save."""

    campaigns: dict[str, Campaign] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)  # all but the district
    facts: int = 0  # rows from which entries are derived
    seconds: float = 0.0  # for everything saved in bulk, without the ledger

    def save(self, model, rows):
        """Save rows in bulk on the clock; return the objects with their keys."""
        started = perf_counter()
        saved = model.objects.bulk_create([model(**row) for row in rows], batch_size=2000)
        self.seconds += perf_counter() - started
        if model in (Milestone, Visit, Tally):
            self.facts += len(saved)
        return saved


def generate(projects: int, units: int, seed: int = 20260930) -> World:
    """Fill an empty, migrated database; the ledger stays empty."""
    chance, world = random.Random(seed), World()
    with transaction.atomic():
        _set_up(world, units, chance)
    with transaction.atomic():
        world.save(Tally, _tallies(world, chance))
    made = 0
    while made < projects:
        portion = min(PORTION, projects - made)
        with transaction.atomic():
            _facts(world, made, portion, chance)
        made += portion
    return world


def _set_up(world, count, chance):
    by = User.objects.system()
    district = create_unit(name="测量区", kind=Unit.Kind.DISTRICT, parent=None, by=by)
    middle = min(MIDDLE, count // 5)
    for number in range(count):
        is_middle = number < middle
        parent = district if is_middle else world.units[number % middle]
        kind = Unit.Kind.TOWNSHIP if is_middle else Unit.Kind.DEPARTMENT
        world.units.append(create_unit(name=f"第{number + 1}单位", kind=kind, parent=parent, by=by))
    user = create_user(
        username="reader",
        name="分管领导",
        password="Bench-2026-only",  # noqa: S106 a database that is thrown away
        by=by,
        must_change=False,
    )
    grant_role(user=user, unit=district, role=Role.LEADER, by=by)
    indicators = []
    for name, dimension, _measure, fact, what, conditions in INDICATORS:
        feed = Indicator.Feed.FACTS if fact else Indicator.Feed.TALLY
        indicator = actions.create_indicator(name=name, dimension=dimension, fed_by=feed, by=by)
        if fact:
            create_rule(indicator=indicator, fact=fact, measure=what, from_on=FIRST, conditions=conditions, by=by)
        indicators.append(indicator)
    small = max(2, count // 10)
    plans = {  # first and last day, clock, roster
        "year": (FIRST, LAST, Campaign.Clock.MONTH, world.units),
        "drive": (date(2026, 7, 1), date(2026, 9, 30), Campaign.Clock.DAY, world.units),
        "scheme": (date(2026, 7, 1), date(2026, 9, 30), Campaign.Clock.DAY, world.units),
        "small": (date(2026, 7, 1), date(2026, 9, 30), Campaign.Clock.DAY, world.units[-small:]),
        "tree": (FIRST, LAST, Campaign.Clock.DAY, world.units[:middle]),
    }
    for name, (first, last, clock, roster) in plans.items():
        campaign = actions.create_campaign(
            name=f"测量 {name}", organiser=district, starts_on=first, ends_on=last, clock=clock, by=by
        )
        lines = [
            {"indicator": indicator, "measure": row[2]} for indicator, row in zip(indicators, INDICATORS, strict=True)
        ]
        actions.set_lines(campaign=campaign, lines=lines, by=by)
        seats = [{"unit": unit, "group": f"第{number % 5 + 1}组"} for number, unit in enumerate(roster)]
        actions.set_roster(campaign=campaign, seats=seats, by=by)
        owed = {
            (line.pk, unit.pk): Decimal(chance.randint(5, 400)) for line in campaign.lines.all() for unit in roster
        }
        actions.set_targets(campaign=campaign, targets=owed, by=by)
        world.campaigns[name] = Campaign.objects.select_related("organiser").get(pk=campaign.pk)
    _write_scheme(world.campaigns["scheme"], by)


def _write_scheme(campaign, by):
    """Put rules in force that score every indicator by its completion, and take points for late reports."""
    scheme = actions.create_scheme(campaign=campaign, name="测量办法", by=by)
    for line in campaign.lines.select_related("indicator"):
        actions.set_row(
            scheme=scheme, code=str(line.order), label=line.indicator.name, indicator=line.indicator, method="linear",
            parameters={"full": "10", "cap": "1.2"}, source={"reads": "rate"}, by=by,
        )  # fmt: skip
    late = actions.create_item(name="迟报", kind="count", by=by)
    actions.set_row(
        scheme=scheme, code="99", label="迟报", item=late, kind="penalty", method="per_count",
        parameters={"each": "1"}, source={"reads": "count"}, by=by,
    )  # fmt: skip
    for number, seat in enumerate(campaign.roster.select_related("unit")):
        if number % 3 == 0:
            actions.record_mark(
                campaign=campaign, item=late, unit=seat.unit, on=campaign.starts_on, value=Decimal(1),
                evidence="值班记录", by=by,
            )  # fmt: skip
    actions.enforce_scheme(scheme=scheme, starts_on=campaign.starts_on, document="测发〔2026〕1号", by=by)


def _recognised(on, amount, by, chance, lag=10):
    """Return what a verifier said: four of five are recognised, one in ten of these for less."""
    if chance.random() < 0.2:
        return {}
    less = amount is not None and chance.random() < 0.1
    return {
        "recognition": Recognition.REDUCED if less else Recognition.FULL,
        "recognised_amount": round(amount * Decimal("0.8"), 4) if less else amount,
        "recognised_on": on + timedelta(days=chance.randint(0, lag)),
        "recognised_by_id": by,
    }


def _tallies(world, chance):
    """Return increments every two weeks on one indicator, readings at the end of each month on the other."""
    by, year = User.objects.system().pk, world.campaigns["year"]
    increments, readings = Indicator.objects.filter(fed_by=Indicator.Feed.TALLY).order_by("pk")
    for unit in world.units:
        for week in range(0, DAYS // 7, 2):
            on, amount = FIRST + timedelta(days=7 * week), Decimal(chance.randint(0, 6))
            yield {
                "campaign": year, "indicator": increments, "unit": unit, "on": on, "amount": amount,
                "recorded_by_id": by, **_recognised(on, amount, by, chance),
            }  # fmt: skip
        standing = 0
        for month in range(1, 10):
            on, standing = date(2026, month, 28), standing + chance.randint(0, 9)
            yield {
                "campaign": year, "indicator": readings, "unit": unit, "on": on, "amount": Decimal(standing),
                "is_reading": True, "recorded_by_id": by, "recognition": Recognition.FULL,
                "recognised_amount": Decimal(standing), "recognised_on": on, "recognised_by_id": by,
            }  # fmt: skip


def _facts(world, done, portion, chance):
    """Save a portion of projects with investors, shares, milestones and visits."""
    by, units = User.objects.system().pk, [unit.pk for unit in world.units]
    companies = world.save(
        Company,
        (
            {
                "name": f"第{done + n}企业",
                "origin": chance.choice(Origin.values),
                "entered_for_id": units[n % len(units)],
            }
            for n in range(max(1, portion // 2))
        ),
    )
    projects = world.save(
        Project,
        (
            {
                "name": f"第{done + n}项目",
                "company": chance.choice(companies),
                "sector": chance.choice(Sector.values),
            }
            for n in range(portion)
        ),
    )
    credits = []
    for project in projects:
        first, second = chance.sample(units, 2)
        shares = [100] if chance.random() < 0.8 else [60, 40]
        for unit, role, share in zip((first, second), (Credit.Role.INTRODUCING, Credit.Role.LANDING), shares):  # noqa: B905 the second unit may have none
            credits.append({"project": project, "unit_id": unit, "role": role, "share": Decimal(share)})
    world.save(Credit, credits)
    world.save(Milestone, [row for project in projects for row in _milestones(project, by, chance)])
    world.save(Visit, (_visit(companies, units, by, chance) for _ in range(2 * portion)))


def _milestones(project, by, chance):
    """Yield the life of a project: nine of ten are signed, then money comes in, then ground is broken."""
    if chance.random() < 0.1:
        return
    signed = chance.randint(0, DAYS)
    yield _milestone(project, "contract", signed, by, chance, amount=chance.randint(5_000_000, 600_000_000))
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        on = chance.randint(signed, DAYS)
        yield _milestone(project, "funding", on, by, chance, amount=chance.randint(1_000_000, 90_000_000))
    if chance.random() < 0.4:
        yield _milestone(project, "groundbreaking", chance.randint(signed, DAYS), by, chance)


def _milestone(project, kind, day, by, chance, amount=None):
    on = FIRST + timedelta(days=day)
    facts = {}
    if amount is not None:
        amount = Decimal(amount).scaleb(-4)  # 万元 with four decimals
        facts = {"amount": amount, "amount_cny": amount}
        if chance.random() < 0.05:
            facts = {
                "amount": amount,
                "currency": Currency.USD,
                "rate": Decimal("7.1"),
                "amount_cny": amount * Decimal("7.1"),
            }
    recognised = _recognised(on, facts.get("amount_cny"), by, chance)
    return {"project": project, "kind": kind, "on": on, "recorded_by_id": by, **facts, **recognised}


def _visit(companies, units, by, chance):
    on = FIRST + timedelta(days=chance.randint(0, DAYS))
    return {
        "unit_id": chance.choice(units),
        "company": chance.choice(companies),
        "direction": chance.choice(Visit.Direction.values),
        "on": on,
        "heads": Decimal(chance.randint(1, 9)),
        "led_by_top": chance.random() < 0.2,
        "recorded_by_id": by,
        **_recognised(on, Decimal(1), by, chance),
    }
