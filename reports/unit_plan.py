"""What a unit owes by which day, and which of its people take on how much, as rows a template can print."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.lines import Line, Standings
from campaigns.models import Campaign, PersonTarget, TargetStage, TargetVersion
from campaigns.numbers import amount_text, in_measure, percent_text, plain


@dataclass(frozen=True)
class StageRow:
    """How much of a target is due by a day, and what is done of it."""

    name: str
    on: date
    due: str
    done: str
    told: str
    tone: str
    is_next: bool


@dataclass(frozen=True)
class PersonRow:
    """One person's targets on the indicators of the table, "—" where there is none."""

    person: str
    cells: tuple[str, ...]


def stage_rows(state: Standings, unit_id: int) -> list[StageRow]:
    """Return what a unit owes by which days, the next ones marked: its own stages, else the campaign's shares."""
    version = TargetVersion.objects.in_force(state.campaign, state.as_of).values("pk")
    held = TargetStage.objects.filter(target__version__in=version, target__unit=unit_id)
    own: dict[int, list[tuple[date, Decimal]]] = {}
    for line_id, on, amount in held.order_by("on").values_list("target__line", "on", "amount"):
        own.setdefault(line_id, []).append((on, amount))
    shares = state.campaign.stage_table if state.campaign.clock == Campaign.Clock.STAGES else ()
    rows = []
    for line in state.of_unit(unit_id):
        stages = own.get(line.column.line_id)
        if stages is None and line.target:
            stages = [(on, line.target * share) for on, share in shares]
        coming = next((on for on, _amount in stages or () if on > state.as_of), None)
        rows += [stage_row(line, on, amount, state.as_of, on == coming) for on, amount in stages or ()]
    return sorted(rows, key=lambda row: row.on)


def stage_row(line: Line, on: date, amount: Decimal, as_of: date, is_next: bool) -> StageRow:
    """Print one stage: whether what is done now reaches it, and what is missing to the next one."""
    measure, done = line.column.measure, line.done or Decimal(0)
    short = amount_text(amount - done, measure, space=True)
    if done >= amount:
        told, tone = _("已达到"), "ok"
    elif on <= as_of:
        told, tone = _("已到期，差 %s") % short, "bad"
    elif is_next:
        told, tone = _("还有 %(days)d 天，差 %(short)s") % {"days": (on - as_of).days, "short": short}, "warn"
    else:
        told, tone = _("未到期，差 %s") % short, "muted"
    shown = _("未报") if line.done is None else amount_text(line.done, measure, space=True)
    return StageRow(line.column.name, on, amount_text(amount, measure, space=True), shown, told, tone, is_next)


def person_table(state: Standings, unit_id: int) -> tuple[tuple[str, ...], list[PersonRow], PersonRow | None]:
    """Return (indicators, a row for each person, what they take on together): one query; no rows without persons."""
    held: dict[str, dict[int, Decimal]] = {}
    rows = PersonTarget.objects.filter(line__campaign=state.campaign, unit=unit_id)
    for line_id, person, amount in rows.values_list("line", "person", "amount"):
        held.setdefault(person, {})[line_id] = amount
    used = {line_id for amounts in held.values() for line_id in amounts}
    columns = [column for column in state.columns if column.line_id in used]

    def cell(amount, column):
        """Print an amount in the measure of the column's head."""
        return "—" if amount is None else plain(in_measure(amount, column.measure))

    people = [
        PersonRow(person, tuple(cell(amounts.get(column.line_id), column) for column in columns))
        for person, amounts in sorted(held.items())
    ]
    if not people:
        return (), [], None
    sums = []
    for column in columns:
        target = state.lines[unit_id, column.line_id].target
        total = sum((amounts.get(column.line_id, Decimal(0)) for amounts in held.values()), Decimal(0))
        if column.is_level or column.ratio_of:
            sums.append("—")
        elif target:
            told = {"sum": cell(total, column), "target": cell(target, column), "share": percent_text(total / target)}
            sums.append(_("%(sum)s / 任务 %(target)s（%(share)s）") % told)
        else:
            sums.append(cell(total, column))
    heads = tuple(f"{column.name}（{column.measure}）" for column in columns)
    return heads, people, PersonRow(_("合计"), tuple(sums))
