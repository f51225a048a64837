"""Drill-down: from a figure of the standings to the entries it is the sum of, and from a fact to its figures."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns import clock
from campaigns.lines import Column, Line, Standings
from campaigns.models import Basis, Campaign, CampaignIndicator, CampaignUnit, Entry
from campaigns.numbers import amount_text, base_word, in_measure
from campaigns.standings import OFF_ROSTER
from campaigns.yearly import year_on_year
from projects.recognition import title_of
from projects.sources import SOURCES, load_visible
from units.models import BUSINESS_ROLES, User

OFF = "off"  # in an address: the units that are not on the roster


@dataclass(frozen=True)
class Row:
    """One entry: when it was posted, when it happened, whose it is, how much, and the record behind it."""

    on: date
    fact_on: date | None  # None where it is the day of posting
    unit: str
    amount: Decimal
    amount_text: str
    kind: str
    title: str
    url: str


@dataclass(frozen=True)
class Others:
    """What a unit whose records the user may not see adds to a figure: its sum, and nothing else."""

    unit_id: int
    unit: str
    amount: Decimal
    amount_text: str


class Drill:
    """The entries behind one figure: a line of the campaign, a unit (None: the organiser; OFF: off the roster).

    A level has no sum: its rows show the readings. last_year opens what the same units had a year earlier, since
    what was added from that day on.
    """

    def __init__(
        self,
        standings: Standings,
        column: Column,
        unit: int | str | None,
        user: User,
        *,
        last_year: bool = False,
        since: date | None = None,
    ):
        self.standings, self.column, self.unit, self.user = standings, column, unit, user
        self.campaign, self.last_year, self.since = standings.campaign, last_year, since
        days = (since or self.campaign.starts_on, standings.as_of)
        self.first, self.last = (clock.year_before(day) for day in days) if last_year else days

    @cached_property
    def line(self) -> Line | None:
        """The line of the standings; None for what is off the roster."""
        if self.unit == OFF:
            return None
        if self.unit is None:
            return self.standings.totals[self.column.line_id]
        return self.standings.lines[self.unit, self.column.line_id]

    @property
    def basis(self):
        """The basis its figures are on."""
        return self.line.basis if self.line else (self.standings.basis or self.column.basis)

    @cached_property
    def total(self) -> Decimal | None:
        """The figure, as the standings have it."""
        if self.last_year:
            beside = year_on_year(self.standings).get((self.unit, self.column.line_id))
            return beside.before if beside else None
        if self.since:
            return sum((row["amount"] for row in self.sums), Decimal(0))
        if self.line:
            return self.line.done
        return self.standings.off_roster.get(self.column.line_id, Decimal(0))

    @property
    def unit_name(self):
        """Whose figure it is."""
        return self.line.unit if self.line else str(_("未列入参战单位"))

    @cached_property
    def unit_ids(self):
        """The units whose entries make up the figure."""
        owner, wanted = self.standings.owner, self.unit
        if self.column.is_level:
            return {self.campaign.organiser_id} if wanted is None else {wanted}
        if wanted is None:
            return {unit_id for unit_id, holder in owner.items() if holder != OFF_ROSTER}
        holder = OFF_ROSTER if wanted == OFF else wanted
        return {unit_id for unit_id, held_by in owner.items() if held_by == holder}

    @cached_property
    def entries(self):
        """The entries within the campaign up to the day, without pairs that cancel out.

        A posting whose reversal lies after the day stands; so does a reversal of what was posted before the start.
        """
        standing = Q(sign=1) & (Q(reversal__isnull=True) | Q(reversal__on__gt=self.last))
        taken_back = Q(sign=-1, reverses__on__lt=self.first)
        return Entry.objects.filter(
            standing | taken_back,
            indicator_id=self.column.indicator_id,
            basis=self.basis,
            unit_id__in=self.unit_ids,
            on__gte=self.first,
            on__lte=self.last,
        )

    @cached_property
    def sums(self):
        """What each unit adds, with its number of entries: one query."""
        grouped = self.entries.values("unit_id", "unit__name", "unit__path")
        return list(grouped.annotate(amount=Sum("amount"), rows=Count("pk")).order_by("unit__path"))

    @cached_property
    def own_ids(self):
        """The units among them whose records the user may see."""
        paths = self.user.paths(*BUSINESS_ROLES)
        return {row["unit_id"] for row in self.sums if row["unit__path"].startswith(paths)}

    @property
    def own_count(self):
        """How many entries the user may open."""
        return sum(row["rows"] for row in self.sums if row["unit_id"] in self.own_ids)

    @property
    def own_sum(self):
        """What they add up to."""
        return sum((row["amount"] for row in self.sums if row["unit_id"] in self.own_ids), Decimal(0))

    @cached_property
    def others(self) -> list[Others]:
        """One line for each roster unit of which something is hidden, the largest first."""
        hidden, names = defaultdict(Decimal), {}
        for row in self.sums:
            if row["unit_id"] not in self.own_ids:
                holder = self.standings.owner.get(row["unit_id"])
                key = holder if holder in self.standings.scores else row["unit_id"]
                hidden[key] += row["amount"]
                score = self.standings.scores.get(key)
                names[key] = score.unit if score else row["unit__name"]
        found = [Others(key, names[key], amount, self.told(amount)) for key, amount in hidden.items()]
        return sorted(found, key=lambda row: (-row.amount, row.unit_id))

    def told(self, amount):
        """Print an amount in the measure of the line."""
        return "—" if amount is None else amount_text(amount, self.column.measure, space=True)

    def rows(self, start=0, stop=None) -> list[Row]:
        """Return the rows the user may open, the latest first: one query, and one for each kind of source."""
        entries = self.entries.filter(unit_id__in=self.own_ids).select_related("unit").order_by("-on", "-pk")
        readings = self.readings(entries) if self.column.is_level else {}
        entries = list(entries[start:stop])
        wanted = defaultdict(set)
        for entry in entries:
            wanted[entry.source_kind].add(entry.source_id)
        sources = {kind: load_visible(kind, ids, self.user) for kind, ids in wanted.items()}
        return [self.row(entry, sources[entry.source_kind].get(entry.source_id), readings) for entry in entries]

    def readings(self, entries):
        """Return {entry id: the level that held from then on}: each entry is the step from the one before."""
        held, told = Decimal(0), {}
        for pk, amount in entries.order_by("on", "pk").values_list("pk", "amount"):
            held += amount
            told[pk] = held
        return told

    def row(self, entry, fact, readings):
        """Print one entry."""
        source = SOURCES[entry.source_kind]
        amount = readings.get(entry.pk, entry.amount)
        title = title_of(fact) if fact else str(source.name)
        return Row(
            on=entry.on,
            fact_on=entry.fact_on if entry.fact_on != entry.on else None,
            unit=entry.unit.name,
            amount=amount,
            amount_text=self.told(amount),
            kind=str(source.name),
            title=_("冲销 %(title)s") % {"title": title} if entry.sign < 0 else title,
            url=reverse(source.page, args=[fact.pk]) if fact else "",
        )

    def sheet(self):
        """Return the rows of the export: what the page shows, on all its pages."""
        heads = (_("入账日"), _("发生日"), _("单位"), f"{_('数值')}（{self.column.measure}）", _("类别"), _("内容"))
        yield [str(head) for head in heads]
        for row in self.rows():
            shown = in_measure(row.amount, self.column.measure)
            yield [row.on, row.fact_on or row.on, row.unit, shown, row.kind, row.title]
        for other in self.others:
            shown = in_measure(other.amount, self.column.measure)
            yield ["", "", other.unit, shown, str(_("其他单位合计")), ""]
        if self.total is not None:
            shown = in_measure(self.total, self.column.measure)
            yield [str(_("合计")), "", self.unit_name, shown, "", ""]


@dataclass(frozen=True)
class Counted:
    """One live entry of a fact, with the campaigns in which it can be seen."""

    indicator: str
    unit: str
    basis: str
    amount: str
    on: date
    fact_on: date | None
    links: tuple[tuple[str, str], ...]


def counted(fact, user: User) -> list[Counted]:
    """Return what a fact counts toward, with links to the figures that hold it: four queries."""
    entries = list(
        Entry.objects.live()
        .filter(source_kind=fact._meta.label_lower, source_id=fact.pk)
        .select_related("indicator", "unit")
        .order_by("basis", "indicator__name", "unit__path", "pk")
    )
    campaigns = Campaign.objects.visible_to(user)
    lines = CampaignIndicator.objects.filter(
        indicator__in={entry.indicator_id for entry in entries}, campaign__in=campaigns
    )
    lines = list(lines.select_related("campaign").order_by("-campaign__starts_on", "pk"))
    units = {entry.unit_id for entry in entries}
    seated = CampaignUnit.objects.filter(
        Q(unit__in=units) | Q(further__unit__in=units), campaign__in={line.campaign_id for line in lines}
    )
    seats = {
        (campaign, place): unit
        for campaign, unit, further in seated.values_list("campaign_id", "unit_id", "further__unit_id")
        for place in (unit, further)
    }
    return [counted_entry(entry, lines, seats) for entry in entries]


def counted_entry(entry, lines, seats):
    """Print one entry of a fact."""
    held = [line for line in lines if line.indicator_id == entry.indicator_id]
    measure = held[0].measure if held else base_word(entry.indicator.dimension)
    return Counted(
        indicator=str(entry.indicator),
        unit=entry.unit.name,
        basis=str(Basis(entry.basis).label),
        amount=amount_text(entry.amount, measure, space=True),
        on=entry.on,
        fact_on=entry.fact_on if entry.fact_on != entry.on else None,
        links=tuple(
            (line.campaign.name, rows_url(line, entry, seats))
            for line in held
            if line.campaign.starts_on <= entry.on <= line.campaign.ends_on
        ),
    )


def rows_url(line, entry, seats):
    """Return the address of the figure that holds an entry."""
    unit = seats.get((line.campaign_id, entry.unit_id), "")
    page = reverse("projects:rows", args=[line.campaign_id])
    return f"{page}?line={line.pk}&unit={unit}&basis={entry.basis}"
