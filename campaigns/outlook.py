"""What a figure will have come to at the campaign's end: said by somebody, else reckoned by the clock (R39)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.lines import Line, Standings
from campaigns.models import Campaign, Forecast
from campaigns.numbers import in_measure, measure_of, percent_text, plain, round_half_up


@dataclass(frozen=True)
class Outlook:
    """What is expected at the end, exact, in the base measure; said is who expects it, None where it is reckoned."""

    amount: Fraction | None
    said: Forecast | None
    share: Fraction | None  # of the target
    reason: str = ""  # why nothing is expected


@dataclass(frozen=True)
class OutlookRow:
    """An expectation, printed: how much, of which share of the target, and how it comes about."""

    amount: str
    share: str
    how: str
    is_said: bool
    title: str = ""


def said_forecasts(campaign: Campaign, as_of: date) -> dict[tuple[int, int], Forecast]:
    """Return what holds of what was said by a day, by (unit id, line id): one query."""
    found = {}
    for row in Forecast.objects.known(campaign, as_of):
        found.setdefault((row.unit_id, row.line_id), row)
    return {key: row for key, row in found.items() if row.amount is not None}


def outlook(state: Standings, line: Line, said: Forecast | None = None) -> Outlook:
    """Return what a line will come to: as said, else its figure divided by the time progress it is measured by.

    What was said is about the indicator's own basis. At the end the figure itself stands.
    """
    if said is not None and line.basis == line.column.basis:
        return _of(line, Fraction(said.amount), said)
    if line.column.is_level or line.column.ratio_of:
        return Outlook(None, None, None, _("水平值和比率不推算"))
    if line.done is None:
        return Outlook(None, None, None, _("未填报"))
    if state.as_of >= state.campaign.ends_on:
        return _of(line, Fraction(line.done), None)
    if not line.time_progress:
        return Outlook(None, None, None, _("时序进度还是 0，无从推算"))
    return _of(line, Fraction(line.done) / line.time_progress, None)


def _of(line, amount, said):
    share = amount / Fraction(line.target) if line.target else None
    return Outlook(amount, said, share)


def told(value: Fraction, measure: str) -> str:
    """Print an expectation in a measure: one place, two below ten."""
    shown = value / Fraction(measure_of(measure).factor)
    return plain(round_half_up(shown, 1 if abs(shown) >= 10 else 2))


def outlook_row(state: Standings, line: Line, said: Forecast | None = None) -> OutlookRow:
    """Print what is expected of a line, and which of both it is: said or reckoned."""
    found = outlook(state, line, said)
    if found.amount is None:
        return OutlookRow("—", "—", found.reason, False)
    share, amount = percent_text(found.share), told(found.amount, line.column.measure)
    if found.said is not None:
        how = _("%(who)s %(day)s 预计") % {"who": found.said.said_by, "day": found.said.on.isoformat()}
        return OutlookRow(amount, share, how, True, found.said.note)
    if state.as_of >= state.campaign.ends_on:
        return OutlookRow(amount, share, _("期末实绩"), False)
    formula = _("完成 %(done)s ÷ 时序进度 %(time)s") % {
        "done": plain(in_measure(line.done, line.column.measure)),
        "time": percent_text(line.time_progress),
    }
    return OutlookRow(amount, share, _("按进度推算"), False, formula)
