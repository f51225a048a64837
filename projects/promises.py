"""What became of a promised day: kept, late, overdue, put off; pure readings of a milestone and its extensions."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import FundForm, Milestone
from projects.stages import Kind


@dataclass(frozen=True)
class Standing:
    """How a promise stands on a day: late counts the days past the last promised day, late_first past the first."""

    first: date
    due: date
    on: date | None
    late: int
    late_first: int
    tone: str
    text: str

    @property
    def is_overdue(self):
        """Whether the day has passed and nothing has happened."""
        return self.on is None and self.late > 0

    @property
    def is_extended(self):
        """Whether the day was put off."""
        return self.first != self.due


def standing(row: Milestone, as_of: date) -> Standing | None:
    """Return how a milestone's promise stands on a day; None where nothing was promised.

    Its extensions are read in the order in which they were allowed; those allowed after the day do not hold yet.
    """
    if row.due_on is None:
        return None
    extensions = list(row.extensions.all())
    known = [one for one in extensions if day_of(one.recorded_at) <= as_of]
    first = extensions[0].from_on if extensions else row.due_on
    due = row.due_on if len(known) == len(extensions) else known[-1].to_on if known else first
    on = row.on if row.on is not None and row.on <= as_of else None
    late, late_first = (((on or as_of) - day).days for day in (due, first))
    tone, text = words(late, late_first, is_done=on is not None)
    return Standing(first, due, on, late, late_first, tone, text)


def day_of(moment):
    """Return the local day of a moment."""
    return timezone.localdate(moment)


def words_of(row, as_of: date) -> tuple[str, str]:
    """Return (tone, words) for the days of a row: due_on, first_due_on and done_on."""
    late, late_first = (((row.done_on or as_of) - day).days for day in (row.due_on, row.first_due_on))
    return words(late, late_first, is_done=row.done_on is not None)


def words(late: int, late_first: int, *, is_done: bool) -> tuple[str, str]:
    """Return (tone, words) for days past the last and past the first promised day."""
    if is_done:
        if late > 0:
            tone, text = "warn", _("晚 %(n)s 天") % {"n": late}
        else:
            tone, text = "ok", _("提前 %(n)s 天") % {"n": -late} if late else _("按期")
    elif late > 0:
        tone, text = "bad", _("逾期 %(n)s 天") % {"n": late}
    else:
        tone, text = "info", _("还有 %(n)s 天") % {"n": -late} if late else _("今天到期")
    if late_first != late and late_first > 0:
        text += _("，比最初承诺晚 %(n)s 天") % {"n": late_first}
    return tone, text


def history(row: Milestone) -> list[str]:
    """Say each time a promise was put off: from when to when, why, and who allowed it."""
    return [
        _("延期：%(from)s → %(to)s，%(reason)s（%(who)s批准）")
        % {"from": one.from_on.isoformat(), "to": one.to_on.isoformat(), "reason": one.reason, "who": one.allowed_by}
        for one in row.extensions.all()
    ]


def nature_of(row: Milestone) -> list[str]:
    """Say in words what arrived: in kind, as an increase, as arrears, from elsewhere, in foreign cash."""
    if row.kind != Kind.FUNDING:
        return []
    said = []
    if row.form and row.form != FundForm.CASH:
        said.append(_("以%(form)s出资") % {"form": row.get_form_display()})
    if row.nature:
        said.append(str(row.get_nature_display()))
    if row.source_origin:
        said.append(_("资金来自%(origin)s") % {"origin": row.get_source_origin_display()})
    if row.in_cash:
        said.append(_("现汇"))
    return said
