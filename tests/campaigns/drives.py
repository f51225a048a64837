"""A small drive to test with: units in groups, indicators, targets, readings and increments in a line each."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from campaigns import actions
from campaigns.models import Basis, Campaign, Indicator
from campaigns.numbers import measure_of, read_number
from campaigns.standings import standings
from tests.factories import make_unit
from units.models import Unit, User

BOTH = tuple(Basis.values)


def day(month, number=1, year=2026):
    """Return a day of the drive's year."""
    return date(year, month, number)


@dataclass
class Drive:
    """A campaign with its units, indicators and lines by name."""

    campaign: Campaign
    units: dict[str, Unit] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def organiser(self):
        """The unit that runs it."""
        return self.campaign.organiser

    def unit(self, name):
        """Return a unit, the organiser too, by name."""
        return self.organiser if name == self.organiser.name else self.units[name]

    def owe(self, indicator, **targets):
        """Set targets: unit=number, in the line's measure."""
        measure = self.campaign.lines.get(pk=self.lines[indicator]).measure
        actions.set_targets(
            campaign=self.campaign,
            targets={
                (self.lines[indicator], self.unit(name).pk): None
                if number is None
                else read_number(str(number), measure=measure)
                for name, number in targets.items()
            },
            by=User.objects.system(),
        )

    def read(self, indicator, on, bases=BOTH, **figures):
        """Write readings of a day: unit=number, in the base measure."""
        return actions.write_readings(
            campaign=self.campaign,
            on=on,
            readings={
                (self.indicators[indicator].pk, self.unit(name).pk): dict.fromkeys(bases, Decimal(str(number)))
                for name, number in figures.items()
            },
            by=User.objects.system(),
        )

    def add(self, indicator, unit, on, amount, by=None, **more):
        """Record an increment."""
        return actions.record_tally(
            campaign=self.campaign, indicator=self.indicators[indicator], unit=self.unit(unit), on=on,
            amount=Decimal(str(amount)), by=by or User.objects.system(), **more,
        )  # fmt: skip

    def standings(self, as_of, **more):
        """Return the standings as of a day."""
        return standings(Campaign.objects.select_related("organiser").get(pk=self.campaign.pk), as_of, **more)

    def done(self, indicator, unit, as_of, basis=Basis.REPORTED):
        """Return one figure as of a day."""
        table = self.standings(as_of, basis=basis)
        if unit == self.organiser.name:
            return table.totals[self.lines[indicator]].done
        return table.lines[self.units[unit].pk, self.lines[indicator]].done


def make_drive(
    name="百日会战", groups=None, indicators=None, starts=None, ends=None, organiser=None, kinds=None, **facts
):
    """Return a drive: groups {group: names}, indicators {name: measure}, kinds {name: facts of the indicator}."""
    by = User.objects.system()
    organiser = organiser or Unit.objects.filter(name="示范区").first() or make_unit("示范区")
    campaign = actions.create_campaign(
        name=name, organiser=organiser, starts_on=starts or day(7, 1), ends_on=ends or day(9, 30), by=by, **facts
    )
    drive = Drive(campaign)
    seats = []
    for group, names in (groups or {"乡镇": ["甲镇", "乙镇"]}).items():
        for unit_name in names:
            unit = Unit.objects.filter(name=unit_name).first()
            drive.units[unit_name] = unit or make_unit(unit_name, Unit.Kind.TOWNSHIP, organiser)
            seats.append({"unit": drive.units[unit_name], "group": group})
    actions.set_roster(campaign=campaign, seats=seats, by=by)
    lines = []
    for indicator_name, word in (indicators or {"招商信息": "条"}).items():
        known = {"name": indicator_name, "dimension": measure_of(word).dimension}
        indicator = Indicator.objects.filter(**known).first() or actions.create_indicator(
            **known, by=by, **(kinds or {}).get(indicator_name, {})
        )
        drive.indicators[indicator_name] = indicator
        lines.append({"indicator": indicator, "measure": word})
    actions.set_lines(campaign=campaign, lines=lines, by=by)
    drive.campaign = Campaign.objects.select_related("organiser").get(pk=campaign.pk)
    drive.lines = {line.indicator.name: line.pk for line in campaign.lines.select_related("indicator")}
    return drive


class undone:
    """Run a block and take everything back, so that each try of a property starts from nothing."""

    def __enter__(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error):
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)
