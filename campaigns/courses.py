"""Places and figures of several days, read at once: the same adding up as the standings of each day."""

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q, Subquery, Sum

from campaigns import appraisal, clock
from campaigns.lines import Place, Standings, composite
from campaigns.models import Campaign, Entry, Indicator
from campaigns.numbers import from_millionths
from campaigns.places import ranks_within_groups
from campaigns.scoring.scheme import evaluate
from campaigns.standings import BASES, OFF_ROSTER, ORGANISER, Desk, Sums, figure, load_due, load_sums, roster_holder
from units.models import Unit


class Stream:
    """The sums of a campaign's entries, one day after the other: one query."""

    def __init__(self, state: Standings, unit_ids, as_of: date, starts_on: date | None = None):
        self.owner, self.sums = state.owner, Sums()
        self.levels = {column.indicator_id for column in state.columns if column.is_level}
        wanted = sorted(unit_id for unit_id, holder in state.owner.items() if holder in unit_ids)
        rows = load_sums(state.campaign, state.columns, wanted, as_of, None, starts_on, apart=["on"])
        self.rows = deque(rows.order_by("on"))

    def upto(self, day: date) -> Sums:
        """Return the sums to the end of a day, which is not before the day asked for last."""
        while self.rows and self.rows[0]["on"] <= day:
            row = self.rows.popleft()
            holder = roster_holder(self.owner, self.levels, row)
            if holder is not None:
                self.sums.add(holder, row["indicator_id"], row["basis"], row["done"], row["facts"])
        return self.sums


def place_courses(state: Standings, days: list[date], *, group: str | None = None) -> dict[int, list[Place]]:
    """Return where each roster unit (of a group) stood at the end of each of some days, in their order.

    One query; where a scheme was ever in force, also one for the kinds of units, one for the schemes of the days, one
    for their rows and one each for marks, single facts and last year's figures, where a row reads them.
    """
    unit_ids = [score.unit_id for score in state.scores.values() if group is None or score.group == group]
    group_of = {unit_id: state.scores[unit_id].group for unit_id in unit_ids}
    targets = {(line_id, unit_id): (line.target, line.stretch) for (unit_id, line_id), line in state.lines.items()}
    targets = {key: owed for key, owed in targets.items() if owed[0] is not None}
    desk = Desk(state.campaign, state.time_progress, state.basis, state.columns, targets, None)
    stream, courses = Stream(state, group_of, state.as_of), {unit_id: [] for unit_id in unit_ids}
    appraiser = Appraiser(state, desk, days, group_of) if state.has_schemes else None
    for day in days:
        sums = stream.upto(day)
        found = appraiser.places(day, sums) if appraiser else None
        if found is None:
            figures = desk.figures(sums, unit_ids)
            scored = {
                unit_id: composite(desk.rates(unit_id, figures), state.campaign.full_score) for unit_id in unit_ids
            }
            ranks = ranks_within_groups(scored, group_of)
            found = {unit_id: (*ranks.get(unit_id, (None, False)), scored[unit_id]) for unit_id in unit_ids}
        for unit_id in unit_ids:
            courses[unit_id].append(Place(day, *found[unit_id]))
    return courses


class Appraiser:
    """Scores units by the scheme that was in force on each of some days."""

    def __init__(self, state: Standings, desk: Desk, days: list[date], unit_ids):
        self.campaign, self.desk = state.campaign, desk
        kinds = dict(Unit.objects.filter(pk__in=unit_ids).values_list("pk", "kind"))
        scores = {unit_id: state.scores[unit_id] for unit_id in unit_ids}
        self.seats = {
            unit_id: {"name": row.unit, "seat__group": row.group, "kind": kinds[unit_id]}
            for unit_id, row in scores.items()
        }
        self.scheme_of = schemes_of(state.campaign, days)
        known = {pk for pk in self.scheme_of.values() if pk}
        self.rules = {pk: rules for pk, (_scheme, rules) in appraisal.load_rules(known).items()}
        rules = list(self.rules.values())
        self.extras = appraisal.Extras(state.campaign, rules, state.owner, state.as_of)
        self.phased = state.campaign.clock == Campaign.Clock.STAGES and appraisal.reads_phase(rules)
        self.last_year = None
        if appraisal.compares_years(rules):
            back = (clock.year_before(state.as_of), clock.year_before(state.campaign.starts_on))
            self.last_year = Stream(state, unit_ids, *back)

    def places(self, day: date, sums: Sums):
        """Return {unit id: (place, tied, score)} as of a day; None where no scheme was in force."""
        rules = self.rules.get(self.scheme_of[day])
        if rules is None:
            return None
        before = self.last_year.upto(clock.year_before(day)) if self.last_year else None
        due = load_due(self.campaign, day, self.desk.targets) if self.phased else {}
        results = evaluate(rules, self.desk.facts(self.seats, day, sums, before, self.extras, due), on=day)
        return {unit_id: (found.rank, found.tied, found.ranked) for unit_id, found in results.items()}


def schemes_of(campaign: Campaign, days: list[date]) -> dict[date, int | None]:
    """Return the scheme in force on each of some days: one query."""
    found = {f"scheme_{n}": Subquery(campaign.schemes.in_force(day).values("pk")[:1]) for n, day in enumerate(days)}
    row = Campaign.objects.filter(pk=campaign.pk).values(**found).get()
    return {day: row[f"scheme_{n}"] for n, day in enumerate(days)}


def sums_on(state: Standings, days: Sequence[date]) -> dict[date, dict[tuple[int | None, int], Decimal | None]]:
    """Return what had been done by the end of some days on every indicator that is added up: one query.

    By day, then by (unit id, None for the organiser; line id); None where nothing had been reported by then.
    """
    everyone, found = [*state.unit_ids, ORGANISER], {}
    columns = [column for column in state.columns if column.kind == Indicator.Kind.SUM]
    if not columns or not days:
        return {day: {} for day in days}
    stream = Stream(state, set(everyone), max(days))
    holders = {None: everyone} | {unit_id: [unit_id] for unit_id in state.unit_ids}
    for day in sorted(days):
        sums, found[day] = stream.upto(day), {}
        for column in columns:
            for unit_id, held in holders.items():
                amount, _count = figure(sums, column, held, state.basis or column.basis)
                found[day][unit_id, column.line_id] = None if amount is None else from_millionths(amount)
    return found


def running_years(
    state: Standings, days: Sequence[date], days_of_last_year: Sequence[date]
) -> tuple[dict[int, list[Decimal]], dict[int, list[Decimal]]]:
    """Return the organiser's figure on each indicator at the end of some days, and the same a year earlier.

    One query for both. A level shows the organiser's newest reading; a ratio has no course and is left out. Last
    year's begin a year before the campaign; where nothing was entered then, and of a level, there are none.
    """
    campaign = state.campaign
    columns = [column for column in state.columns if not column.ratio_of]
    levels = [column.indicator_id for column in columns if column.is_level]
    within = Q(on__gte=campaign.starts_on, on__lte=state.as_of)
    first = clock.year_before(campaign.starts_on)
    if days_of_last_year:
        within |= Q(on__gte=first, on__lte=max(days_of_last_year))
    rows = (
        Entry.objects.filter(
            ~Q(indicator_id__in=levels) | Q(unit_id=campaign.organiser_id),
            within,
            indicator_id__in=[column.indicator_id for column in columns],
            basis__in=BASES,
            unit_id__in=[unit_id for unit_id, holder in state.owner.items() if holder != OFF_ROSTER],
        )
        .values("indicator_id", "basis", "on")
        .annotate(change=Sum("amount"))
        .order_by()
    )
    changes = defaultdict(list)
    for row in rows:
        changes[row["indicator_id"], row["basis"]].append((row["on"], row["change"]))

    def run(column, days, start):
        held = changes[column.indicator_id, state.basis or column.basis]
        return [sum((amount for on, amount in held if start <= on <= day), Decimal(0)) for day in days]

    now = {column.line_id: run(column, days, campaign.starts_on) for column in columns}
    past = {column.line_id: run(column, days_of_last_year, first) for column in columns if not column.is_level}
    return now, {line_id: values for line_id, values in past.items() if any(values)}
