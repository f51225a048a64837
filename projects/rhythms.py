"""How often meetings are held against how often they should be: counts of a period, the next due day (R7, R9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from projects.models import Meeting, Rhythm
from units.models import User, under

Every = Rhythm.Every
MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


@dataclass(frozen=True)
class Beat:
    """One kind of meeting in the period that runs now: expected, held, and by when the next is due."""

    kind: str
    label: str
    every: str
    times: int
    first: date
    last: date
    held: int
    this_year: int
    next_due: date
    tone: str
    state: str


def period_of(every: str, day: date) -> tuple[date, date]:
    """Return the first and the last day of the week, month, quarter or year that a day lies in."""
    if every == Every.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = MONTHS[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = date(day.year + (first.month + months > 12), (first.month + months - 1) % 12 + 1, 1)
    return first, following - timedelta(days=1)


def due_day(first: date, last: date, times: int, held: int) -> date:
    """Return by when the next meeting is due: the period is cut into as many parts as meetings are expected.

    Once all of them were held, the next one is due in the first part of the next period; its length is taken to be
    that of this one.
    """
    span = (last - first).days + 1
    if held >= times:
        return last + timedelta(days=-(-span // times))
    return first + timedelta(days=-(-span * (held + 1) // times) - 1)


def beats(user: User, as_of: date) -> list[Beat]:
    """Return every expected kind of meeting with what was held of it in the user's district: two queries.

    What is expected of the district is counted over all of it, and for everybody alike: who was not invited learns
    how many there were, not what was said.
    """
    rhythms = list(Rhythm.objects.order_by("pk"))
    if not rhythms:
        return []
    since = min(period_of(Every.YEAR, as_of)[0], period_of(Every.WEEK, as_of)[0])
    rows = Meeting.objects.filter(under(user.districts), held=True, on__gte=since, on__lte=as_of)
    days = list(rows.order_by().values_list("kind", "on"))
    return [beat_of(rhythm, [on for kind, on in days if kind == rhythm.kind], as_of) for rhythm in rhythms]


def beat_of(rhythm: Rhythm, days: Iterable[date], as_of: date) -> Beat:
    """Judge one kind: missing is what should have been held by today and was not."""
    first, last = period_of(rhythm.every, as_of)
    held = sum(first <= day <= as_of for day in days)
    next_due = due_day(first, last, rhythm.times, held)
    if held >= rhythm.times:
        tone, state = "ok", _("本期已开足")
    elif next_due < as_of:
        tone, state = "bad", _("已逾期 %(n)s 天") % {"n": (as_of - next_due).days}
    else:
        tone, state = "info", _("还应召开 %(n)s 次") % {"n": rhythm.times - held}
    return Beat(
        kind=rhythm.kind,
        label=rhythm.get_kind_display(),
        every=rhythm.get_every_display(),
        times=rhythm.times,
        first=first,
        last=last,
        held=held,
        this_year=sum(day.year == as_of.year and day <= as_of for day in days),
        next_due=next_due,
        tone=tone,
        state=str(state),
    )
