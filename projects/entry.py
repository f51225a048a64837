"""What the clerk's page shows: for whom one may enter, one card per indicator, and the total before saving."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns import tallies
from campaigns.actions import draft_tally
from campaigns.lines import Line, Standings
from campaigns.models import Basis, Campaign, FurtherUnit, Indicator, Period, Tally
from campaigns.numbers import amount_text, percent_text
from projects.models import CountingRule
from projects.stages import Kind
from units.models import Role, Unit, User

VISITS = {"visit.outbound": ("outbound", _("登记走访")), "visit.inbound": ("inbound", _("登记来访"))}
SHORT = {Kind.CONTRACT: _("签约"), Kind.FUNDING: _("到资"), Kind.ABOVE_SCALE: _("升规")}
LIGHTS = {"green": ("ok", _("正常")), "yellow": ("warn", _("偏慢")), "red": ("bad", _("滞后"))}


@dataclass(frozen=True)
class Seat:
    """A unit the clerk enters figures for, and the unit whose line of the standings holds them."""

    unit: Unit
    line_unit_id: int


@dataclass(frozen=True)
class Card:
    """One indicator on the clerk's page, every number printed."""

    line: Line
    indicator_id: int
    line_id: int
    name: str
    measure: str
    how: str  # add: a field for new figures; level: one for the day's value; facts: buttons; ratio: nothing
    reported: Decimal | None
    reported_text: str
    target_text: str
    done_text: str
    gap_text: str
    completion_text: str
    tone: str
    state: str
    recounting: bool
    buttons: tuple[tuple[str, str], ...] = ()

    @property
    def is_typed(self):
        """Whether figures are typed into it."""
        return self.how in {"add", "level"}


@dataclass(frozen=True)
class Figure:
    """One figure that was typed: for which card, how much, new or in all."""

    card: Card
    amount: Decimal
    is_reading: bool = False


@dataclass(frozen=True)
class Preview:
    """The reported total before and after a figure, or why it cannot be saved."""

    card: Card
    before: str = ""
    after: str = ""
    error: str = ""


def seats_of(campaign: Campaign, user: User) -> list[Seat]:
    """Return the units a clerk enters figures for: seats of the roster, the organiser, own units below a seat."""
    paths = user.paths(Role.CLERK)
    roster = [row.unit for row in campaign.roster.select_related("unit").order_by("order", "pk")]
    joined = FurtherUnit.objects.filter(campaign=campaign).select_related("unit", "seat").order_by("unit__path")
    lines = {unit.pk: unit.pk for unit in roster} | {row.unit_id: row.seat.unit_id for row in joined}
    mine = [
        Seat(unit, lines[unit.pk]) for unit in (*roster, *(row.unit for row in joined)) if unit.path.startswith(paths)
    ]
    top = campaign.organiser
    if top.path.startswith(paths) and top not in roster:
        mine.append(Seat(top, top.pk))
    listed = {seat.unit.pk for seat in mine}
    for member in user.memberships:
        if member.role == Role.CLERK and member.unit_id not in listed:
            above = next((lines[key] for key in reversed(member.unit.lineage) if key in lines), None)
            if above:
                listed.add(member.unit_id)
                mine.append(Seat(member.unit, above))
    return mine


def cards_of(standings: Standings, seat: Seat, today: date) -> list[Card]:
    """Return a card for each indicator of the campaign: one query for what facts count toward."""
    buttons = buttons_of([column.indicator_id for column in standings.columns], today)
    if seat.line_unit_id in standings.scores:
        lines = standings.of_unit(seat.line_unit_id)
    else:
        lines = [standings.totals[column.line_id] for column in standings.columns]
    return [card_of(line, buttons.get(line.column.indicator_id, ())) for line in lines]


def card_of(line: Line, buttons=()) -> Card:
    """Print one line of the standings as a card."""
    column = line.column
    kinds = {Indicator.Kind.RATIO: "ratio", Indicator.Kind.LEVEL: "level"}
    how = "facts" if column.fed_by == Indicator.Feed.FACTS else kinds.get(column.kind, "add")
    how = "ratio" if column.kind == Indicator.Kind.RATIO else how
    reported = line.done if line.basis == Basis.REPORTED else line.other
    tone, state = ("ok", _("完成")) if line.is_met else LIGHTS.get(line.light, ("muted", ""))
    return Card(
        line=line,
        indicator_id=column.indicator_id,
        line_id=column.line_id,
        name=column.name,
        measure=column.measure,
        how=how,
        reported=reported,
        reported_text=in_words(reported, column.measure) if line.basis != Basis.REPORTED else "",
        target_text=in_words(line.target, column.measure, missing=""),
        done_text=in_words(line.done, column.measure),
        gap_text=in_words(line.gap, column.measure, missing="") if line.gap and not column.is_level else "",
        completion_text=percent_text(line.completion) if line.completion is not None else "",
        tone=tone,
        state=str(state),
        recounting=column.recounting,
        buttons=tuple(buttons),
    )


def in_words(amount, measure, missing=None):
    """Print an amount with its measure; what was not reported says so."""
    if amount is None:
        return str(_("未填报")) if missing is None else missing
    return amount_text(amount, measure, space=True)


def buttons_of(indicator_ids, today):
    """Return {indicator id: [(label, address)]}: where the facts that count toward an indicator are entered."""
    rules = CountingRule.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today), indicator__in=indicator_ids
    )
    found = {}
    for rule in rules.filter(from_on__lte=today).order_by("indicator_id", "fact", "pk"):
        found.setdefault(rule.indicator_id, {})[button_of(rule.fact)] = None
    return {indicator_id: list(buttons) for indicator_id, buttons in found.items()}


def button_of(fact):
    """Return (label, address) for entering a kind of fact: a visit's form, or the choice of a project."""
    if fact in VISITS:
        direction, label = VISITS[fact]
        return str(label), f"{reverse('projects:visit_create')}?direction={direction}"
    kind = Kind(fact.partition(".")[2])
    if kind == Kind.LEAD:
        return str(_("登记项目")), reverse("projects:project_create")
    return _("登记%(kind)s") % {"kind": SHORT.get(kind, kind.label)}, (
        f"{reverse('projects:milestone_pick')}?kind={kind.value}"
    )


def preview(
    campaign: Campaign, seat: Seat, card: Card, *, amount: Decimal, is_reading: bool, on: date, as_of: date, by: User,
    today: date,
) -> Preview:  # fmt: skip
    """Say what a figure makes of the unit's reported total, or why it cannot be saved."""
    try:
        draft = draft_tally(
            campaign=campaign,
            indicator=Indicator.objects.get(pk=card.indicator_id),
            unit=seat.unit,
            on=on,
            amount=amount,
            is_reading=is_reading,
            by=by,
            today=today,
        )
    except ValidationError as error:
        return Preview(card, error=" ".join(error.messages))
    after = (card.reported or Decimal(0)) + tallies.change_by(draft, as_of)
    return Preview(card, in_words(card.reported, card.measure), in_words(after, card.measure))


def without_figure(campaign: Campaign, seat: Seat, cards: list[Card], on: date) -> list[Card]:
    """Return the cards with new figures to type for which the unit has entered nothing on a day."""
    reported = set(
        Tally.objects.live()
        .filter(campaign=campaign, unit=seat.unit, on=on, amount__isnull=False)
        .values_list("indicator_id", flat=True)
    )
    return [card for card in cards if card.how == "add" and card.indicator_id not in reported]


def closed_months(campaign: Campaign, last: date) -> list[Period]:
    """Return the closed months of a campaign up to a day."""
    first = campaign.starts_on.replace(day=1)
    return list(Period.objects.filter(closed=True, month__gte=first, month__lte=last).order_by("month"))


def total_words(card: Card) -> str:
    """Say what a unit has reported on an indicator in all."""
    if card.how == "level":
        return _("%(name)s %(total)s") % {"name": card.name, "total": in_words(card.reported, card.measure)}
    return _("%(name)s累计 %(total)s") % {"name": card.name, "total": in_words(card.reported, card.measure)}


def place_words(before, after) -> str:
    """Say which place a unit holds in its group, and which it held before."""
    if after is None or after.rank is None:
        return ""
    named = {"group": after.group, "n": after.rank, "tied": _("并列") if after.tied else ""}
    if before is None or before.rank is None or before.rank == after.rank:
        return _("综合排名 %(group)s%(tied)s第 %(n)s 名") % named
    way = _("升至") if after.rank < before.rank else _("降至")
    return _("综合排名 %(group)s由第 %(old)s 名%(way)s%(tied)s第 %(n)s 名") % {
        **named, "old": before.rank, "way": way,
    }  # fmt: skip
