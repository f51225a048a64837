"""What the demo counts: indicators, rules, exchange rates, campaigns with their rosters and targets."""

from datetime import timedelta

from campaigns import actions
from campaigns.models import Indicator
from campaigns.numbers import read_number
from projects.actions import create_rate, create_rule
from projects.actions.rules import recount
from projects.models import CountingRule
from reports.demo import tables

DAYS_BEFORE = 41  # the running campaign began so many days before the first load


def create_indicators(office):
    """Add the indicators that are not there yet, and the rules that feed them from facts."""
    known = {}
    for row in office.rows("indicators"):
        found = Indicator.objects.filter(name=row["name"], dimension=row["dimension"]).first()
        known[row["name"]] = found or actions.create_indicator(
            name=row["name"],
            dimension=row["dimension"],
            fed_by=row["fed_by"],
            part_of=known.get(row["part_of"]),
            by=office.editor,
            **tables.filled(row, "kind"),
        )
    for rule in tables.outline(f"{office.home}rules"):
        indicator = known[rule["indicator"]]
        if not CountingRule.objects.filter(indicator=indicator, fact=rule["fact"]).exists():
            create_rule(
                indicator=indicator,
                fact=rule["fact"],
                measure=rule["measure"],
                from_on=tables.day(rule["from_on"]),
                conditions=rule["conditions"],
                by=office.editor,
            )


def create_rates(office):
    """Fill the table of exchange rates."""
    for row in tables.rows("rates"):
        create_rate(
            currency=row["currency"],
            rate=tables.number(row["rate"]),
            from_on=tables.day(row["from_on"]),
            until_on=tables.day(row["until_on"]),
            source=row["source"],
            by=office.editor,
        )


def finish_counting(office):
    """Count again for the indicators that were left marked 重算中 by a load that was cut off."""
    names = {row["name"] for row in office.rows("indicators")}
    for rule in CountingRule.objects.filter(indicator__recounting=True, indicator__name__in=names):
        recount({rule.fact}, {rule.indicator_id})


def create_campaign(folder, office, today):
    """Set up the campaign of a folder: dates, lines, roster and targets, the way an editor does."""
    plan = tables.outline(f"{folder}/campaign")
    first = today - timedelta(days=DAYS_BEFORE)
    campaign = actions.create_campaign(
        name=plan["name"],
        organiser=office.top,
        starts_on=tables.day(plan["starts_on"], first),
        ends_on=tables.day(plan["ends_on"], first),
        clock=plan["clock"],
        by=office.editor,
        **tables.filled(plan, "slogan", "themes", "leading_group", "office"),
    )
    known = indicators(office)
    lines = [
        {
            "indicator": known[line["indicator"]],
            "measure": line["measure"],
            "weight": tables.number(line["weight"]),
            **tables.filled(line, "basis"),
        }
        for line in plan["lines"]
    ]
    actions.set_lines(campaign=campaign, lines=lines, by=office.editor)
    roster = tables.rows(f"{folder}/roster")
    seats = [{"unit": office.units[row["unit"]], "group": row["group"], "leader": row["leader"]} for row in roster]
    actions.set_roster(campaign=campaign, seats=seats, by=office.editor)
    written = {line["indicator"]: line for line in plan["lines"]}
    targets, made_of = {}, {}
    for line in campaign.lines.select_related("indicator"):
        own = written[line.indicator.name]
        owed = [(office.units[row["unit"]], row.get(line.indicator.name)) for row in roster]
        for unit, text in owed:
            if text:
                targets[line.pk, unit.pk] = read_number(text, measure=line.measure)
        if own["target"]:
            stretch = own.get("stretch")
            pair = (own["target"], stretch) if stretch else (own["target"],)
            floor, *more = (read_number(text, measure=line.measure) for text in pair)
            targets[line.pk, office.top.pk] = (floor, more[0]) if more else floor
        if own.get("growth"):
            base = read_number(own["base"], measure=line.measure)
            made_of[line.pk, office.top.pk] = (tables.number(own["growth"]), base)
    actions.set_targets(campaign=campaign, targets=targets, made_of=made_of, by=office.editor)
    actions.issue_targets(
        campaign=campaign,
        holds_from=campaign.starts_on,
        today=campaign.starts_on,
        document=plan["document"],
        by=office.editor,
    )
    say_forecasts(campaign, written, office)
    return campaign


def say_forecasts(campaign, written, office):
    """Write down what is expected of the whole by the campaign's end, where its lines say so."""
    for line in campaign.lines.select_related("indicator"):
        said = written[line.indicator.name].get("forecast")
        if said:
            actions.say_forecast(
                line=line,
                unit=office.top,
                on=tables.day(said["on"]),
                amount=read_number(said["amount"], measure=line.measure),
                said_by=said["said_by"],
                note=said["note"],
                by=office.editor,
            )


def indicators(office):
    """Return the indicators of the demo's district, or of a further place, by name."""
    wanted = {(row["name"], row["dimension"]) for row in office.rows("indicators")}
    found = Indicator.objects.filter(name__in=[name for name, _dimension in wanted])
    return {row.name: row for row in found if (row.name, row.dimension) in wanted}
