"""Small functions that make campaigns with rosters, indicators, targets and figures, through the actions."""

from datetime import date
from decimal import Decimal

from campaigns import actions
from campaigns.models import Campaign, CampaignUnit, Indicator
from tests.factories import make_unit
from units.models import Unit, User


def make_units(count, top=None, kind=Unit.Kind.TOWNSHIP):
    """Return units below a top unit: 单位01, 单位02 …"""
    top = top or Unit.objects.filter(parent=None).first() or make_unit()
    return [make_unit(f"单位{number:02}", kind, top) for number in range(1, count + 1)]


def make_indicator(name="招商信息", dimension="条", **facts):
    """Return an indicator fed by tallies."""
    return actions.create_indicator(name=name, dimension=dimension, by=User.objects.system(), **facts)


def make_campaign(
    organiser=None, name="百日会战", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30), **facts
) -> Campaign:
    """Return a campaign of 92 days."""
    return actions.create_campaign(
        organiser=organiser or Unit.objects.filter(parent=None).first() or make_unit(),
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        by=User.objects.system(),
        **facts,
    )


def seat(campaign, *units, group=""):
    """Put units on the roster, after those that are there; units may be (unit, group)."""
    pairs = [unit if isinstance(unit, tuple) else (unit, group) for unit in units]
    held = [{"unit": row.unit, "group": row.group} for row in campaign.roster.select_related("unit")]
    fresh = [{"unit": unit, "group": name} for unit, name in pairs]
    actions.set_roster(campaign=campaign, seats=[*held, *fresh], by=User.objects.system())


def seat_many(campaign, units, group=""):
    """Put very many units on the roster at once."""
    CampaignUnit.objects.bulk_create(
        CampaignUnit(campaign=campaign, unit=unit, group=group, order=order)
        for order, unit in enumerate(units, start=1)
    )


def count(campaign, *indicators, measures=None, **facts):
    """Make indicators lines of a campaign, in their usual measure; return the lines in their order."""
    lines = [
        {"indicator": indicator, "measure": (measures or {}).get(indicator.name, indicator.measure_word), **facts}
        for indicator in indicators
    ]
    actions.set_lines(campaign=campaign, lines=lines, by=User.objects.system())
    return list(campaign.lines.select_related("indicator"))


def owe(campaign, line, amounts):
    """Set targets on a line: {unit: amount}."""
    targets = {
        (line.pk, unit.pk): Decimal(amount) if amount is not None else None for unit, amount in amounts.items()
    }
    actions.set_targets(campaign=campaign, targets=targets, by=User.objects.system())


def report(campaign, line, amounts, on=date(2026, 8, 1)):
    """Enter figures on a line: {unit: amount}."""
    for unit, amount in amounts.items():
        actions.record_tally(
            campaign=campaign,
            indicator=Indicator.objects.get(pk=line.indicator_id),
            unit=unit,
            on=on,
            amount=Decimal(amount),
            by=User.objects.system(),
        )
