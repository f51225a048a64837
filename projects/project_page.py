"""One project as rows a template can print: its stages, its money, its timeline. Knows no request and no query."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.models import Recognition
from campaigns.numbers import amount_text, money_text, percent_text
from projects.models import Currency, Milestone, Visit
from projects.stages import KINDS, ORDER, Kind, Stage

TONES = {
    Recognition.WAITING: "warn",
    Recognition.FULL: "ok",
    Recognition.REDUCED: "warn",
    Recognition.REFUSED: "bad",
}


@dataclass(frozen=True)
class Step:
    """One stage of the pipeline."""

    name: str
    css: str
    note: str


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    day: date
    css: str
    what: str
    amount: str
    detail: str
    tone: str
    word: str
    url: str


@dataclass(frozen=True)
class Money:
    """What was contracted, arrived and recognised."""

    contracted: str
    arrived: str
    arrived_share: str
    recognised: str
    waiting: str


def steps(stage: str, milestones, visits, as_of: date) -> list[Step]:
    """Return the stages with the day each was reached and the days spent in it."""
    reached = {}
    for row in milestones:
        target = KINDS[row.kind].stage
        if row.on and target and not row.is_withdrawn:
            reached[target] = min(row.on, reached.get(target, row.on))
    for visit in visits:
        if not visit.is_withdrawn:
            reached[Stage.VISIT] = min(visit.on, reached.get(Stage.VISIT, visit.on))
    made = []
    for place in Stage:
        day, note = reached.get(place), ""
        if day:
            note = f"{day:%m-%d}"
            later = [other for name, other in reached.items() if ORDER[name] > ORDER[place] and other >= day]
            if place == stage:
                note += _(" · 已 %d 天") % max(0, (as_of - day).days)
            elif later:
                note += _(" · %d 天") % (min(later) - day).days
        css = "is-now" if place == stage else "is-done" if ORDER[place] < ORDER[stage] and day else ""
        made.append(Step(str(place.label), css, note))
    return made


def amount_of(row: Milestone) -> str:
    """Print a milestone's amount in its own currency, with yuan behind a foreign one."""
    if row.amount is None:
        return _("承诺 %s") % money_text(row.promised_amount) if row.promised_amount and not row.on else ""
    if row.currency == Currency.CNY:
        return money_text(row.amount)
    own = amount_text(row.amount, f"万{row.get_currency_display()}")
    return _("%(own)s（折合 %(yuan)s）") % {"own": own, "yuan": money_text(row.amount_cny)}


def heads_text(visit: Visit) -> str:
    """Print how many people a visit brought together."""
    return amount_text(visit.heads, "人")


def state_of(row, as_of: date) -> tuple[str, str]:
    """Return tone and word of a fact's state: withdrawn, promised, overdue, or what became of it."""
    if row.is_withdrawn:
        return "muted", _("已撤回")
    if isinstance(row, Milestone):
        if row.on is None:
            late = (as_of - row.due_on).days
            return ("bad", _("超期 %d 天") % late) if late > 0 else ("info", _("承诺"))
        if not row.rule.recognise:
            return "", ""
    return TONES[row.recognition], str(Recognition(row.recognition).label)


def reduced_text(row) -> str:
    """Say what was recognised for less, and why something was reduced or refused."""
    parts = []
    if row.recognition == Recognition.REDUCED and row.recognised_amount is not None:
        shown = (
            money_text(row.recognised_amount)
            if isinstance(row, Milestone)
            else amount_text(row.recognised_amount, "人")
        )
        parts.append(_("认定 %s") % shown)
    if row.recognised_on:
        number = f"，{row.recognised_number}" if row.recognised_number else ""
        parts.append(f"{row.recognised_on.isoformat()}{number}")
    if row.recognition_reason:
        parts.append(row.recognition_reason)
    return "；".join(parts)


def timeline(milestones, visits, as_of: date) -> list[Happening]:
    """Return what happened and what is promised, the newest first."""
    lines = []
    for row in milestones:
        tone, word = state_of(row, as_of)
        place = _("在%s上") % row.event if row.event else ""
        detail = "；".join(text for text in (place, row.note, reduced_text(row)) if text)
        css = "is-void" if row.is_withdrawn else "" if row.on else "is-promised"
        lines.append(
            Happening(
                row.on or row.due_on,
                css,
                str(Kind(row.kind).label),
                amount_of(row),
                detail,
                tone,
                word,
                row.get_absolute_url(),
            )
        )
    for visit in visits:
        tone, word = state_of(visit, as_of)
        detail = "；".join(text for text in (visit.place, visit.note, reduced_text(visit)) if text)
        css = "is-void" if visit.is_withdrawn else ""
        what = f"{Visit.Direction(visit.direction).label} {visit.company}"
        lines.append(Happening(visit.on, css, what, heads_text(visit), detail, tone, word, visit.get_absolute_url()))
    return sorted(lines, key=lambda line: line.day, reverse=True)


def money(milestones) -> Money:
    """Add up what one project's contracts and instalments say."""
    live = [row for row in milestones if row.on and not row.is_withdrawn]
    contracted = sum((row.amount_cny or Decimal(0) for row in live if row.kind == Kind.CONTRACT), Decimal(0))
    instalments = [row for row in live if row.kind == Kind.FUNDING]
    arrived = sum((row.amount_cny or Decimal(0) for row in instalments), Decimal(0))
    recognised = sum((row.recognised_amount or Decimal(0) for row in instalments if row.is_recognised), Decimal(0))
    waiting = sum(
        (row.amount_cny or Decimal(0) for row in instalments if row.recognition == Recognition.WAITING), Decimal(0)
    )
    share = Fraction(arrived) / Fraction(contracted) if contracted else None
    return Money(
        money_text(contracted) if contracted else "—",
        money_text(arrived) if instalments else "—",
        percent_text(share),
        money_text(recognised) if instalments else "—",
        money_text(waiting) if waiting else "",
    )
