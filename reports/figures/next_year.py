"""What the organiser set itself for the year after a campaign, beside what the campaign came to."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from campaigns.lines import Standings
from campaigns.models import Campaign, Target
from campaigns.numbers import amount_text, base_word, exact, money_text, plain
from projects.models import CountingRule
from projects.models.rates import Currency
from reports.figures.values import Number, Window


@dataclass(frozen=True)
class Aim:
    """One target of the year to come; "" where there is none."""

    name: str
    part_of: str
    floor: str
    stretch: str
    growth: str  # over what this year comes to, where the target was stated so
    base: str  # what this year comes to
    counts: str  # what counts toward it, in words
    target: str  # this year's
    done: str  # by the day of this year's figures


@dataclass(frozen=True)
class NextYear:
    """The targets of the year to come; without any where none was set up yet."""

    year: str
    document: str
    aims: tuple[Aim, ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for aim in self.aims:
            yield f"明年{aim.name}", Number(aim.floor)
            if aim.stretch:
                yield f"明年{aim.name}·力争", Number(aim.stretch)
            if aim.growth:
                yield f"明年{aim.name}·增幅", Number(aim.growth)


def read(state: Standings, window: Window) -> NextYear:
    """Read the organiser's own targets of its first campaign of the year after this one: four queries at most."""
    campaign, year = state.campaign, state.campaign.ends_on.year + 1
    following = Campaign.objects.filter(organiser=campaign.organiser, starts_on__year=year, year=None)
    plan = following.order_by("starts_on", "pk").first()
    if plan is None:
        return NextYear(str(year), "", ())
    targets = (
        Target.objects.in_force(plan, plan.starts_on)
        .filter(unit=plan.organiser_id)
        .select_related("version", "line__indicator__part_of")
        .order_by("line__order", "line__pk")
    )
    wanted = [row.line.indicator_id for row in targets]
    rules = {rule.indicator_id: rule for rule in CountingRule.objects.filter(indicator__in=wanted).order_by("-pk")}
    now = {column.indicator_id: state.totals[column.line_id] for column in state.columns}
    names = {row.line.indicator.name for row in targets}
    aims = tuple(
        _aim(row, rules.get(row.line.indicator_id), now.get(row.line.indicator_id), names) for row in targets
    )
    return NextYear(str(year), targets[0].version.document if targets else "", aims)


def _aim(row: Target, rule: CountingRule | None, now, names) -> Aim:
    indicator, measure = row.line.indicator, row.line.measure
    whole = indicator.part_of.name if indicator.part_of else ""
    known = now is not None and now.done is not None
    return Aim(
        name=indicator.name,
        part_of=whole if whole in names else "",
        floor=amount_text(row.amount, measure),
        stretch="" if row.stretch is None else amount_text(row.stretch, measure),
        growth="" if row.growth is None else f"{plain(row.growth)}%",
        base="" if row.base is None else amount_text(row.base, measure),
        counts=_counts(rule),
        target=amount_text(now.target, measure) if known and now.target else "",
        done=amount_text(now.done, measure) if known else "",
    )


def _counts(rule: CountingRule | None) -> str:
    """Say from which sum on a project counts, in each currency."""
    least = rule.conditions.get("min_amount") if rule else None
    if not least:
        return ""
    told = [_sum(exact(amount), currency) for currency, amount in least.items()]
    return f"{'或'.join(told)}以上"


def _sum(amount: Decimal, currency: str) -> str:
    return money_text(amount) if currency == Currency.CNY else amount_text(amount, base_word(currency))
