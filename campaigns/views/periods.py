"""Months of the ledger: which are closed, by whom and why."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.actions.months import may_close
from campaigns.forms import EARLIEST, LATEST
from campaigns.models import Entry, Period
from campaigns.numbers import grouped
from units import audit
from units.forms import ReasonForm
from units.models import AuditEntry
from units.pages import ActionView

MONTHS_SHOWN = 18
LIST = reverse_lazy("campaigns:period_list")


@dataclass(frozen=True)
class MonthRow:
    """One month: open or closed, how many entries stand in it, who changed it last and why."""

    label: str
    closed: bool
    entries: str
    told: str
    reason: str
    url: str


def last_months(today):
    """Return the first days of the last months, the newest first."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        first = months[-1]
        months.append(date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1))
    return months


def month_label(month):
    """Return a month as people write it."""
    return _("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}


class PeriodList(TemplateView):
    """The last 18 months and every other one with postings."""

    template_name = "campaigns/period_list.html"

    def get_context_data(self, **kwargs):
        """Add the months."""
        sub = _("封账后，属于该月的补报、更正计入其后第一个开放的月份；事实本身的日期不变。")
        may = may_close(self.request.user)
        return super().get_context_data(title=_("账期"), sub=sub, may_close=may, months=self.months(may), **kwargs)

    def months(self, may):
        """Return the rows: three queries whatever the number of months."""
        counted = Entry.objects.annotate(month=TruncMonth("on")).values("month").order_by()
        entries = {row["month"]: row["n"] for row in counted.annotate(n=Count("pk"))}
        periods = {row.month: row for row in Period.objects.all()}
        trail = AuditEntry.objects.filter(model=Period._meta.label_lower).for_list()
        last = {}
        for row in trail:
            last.setdefault(row.object_id, row)
        shown = sorted({*last_months(timezone.localdate()), *entries, *periods}, reverse=True)
        return [self.row(month, periods.get(month), entries.get(month, 0), last, may) for month in shown]

    def row(self, month, period, entries, last, may):
        """Return one month."""
        closed = period is not None and period.closed
        change = last.get(period.pk) if period else None
        told = ""
        if change:
            day = timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M")
            told = f"{change.by or ''} {audit.action_text(change.action)} {day}"
        page = "campaigns:period_reopen" if closed else "campaigns:period_close"
        url = reverse(page, args=[month.year, month.month]) if may else ""
        return MonthRow(month_label(month), closed, grouped(entries), told, change.reason if change else "", url)


class MonthAction(ActionView):
    """Something done to a month, with a reason; for editors of a top unit."""

    form_class = ReasonForm
    template_name = "campaigns/period_form.html"
    cancel_url = LIST

    def dispatch(self, request, *args, **kwargs):
        """Refuse everybody who does not keep the months, also before anything is sent."""
        if not may_close(request.user):
            raise PermissionDenied("only an editor of a top unit keeps the months")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def month(self):
        """The first day of the month in the address; 404 where there is no such month."""
        try:
            month = date(self.kwargs["year"], self.kwargs["month"], 1)
        except (ValueError, OverflowError):
            raise Http404("no such month") from None
        if not EARLIEST <= month <= LATEST:
            raise Http404("no such month")
        return month

    def get_title(self):
        """Name the month."""
        return f"{self.submit_label}：{month_label(self.month)}"

    def get_context_data(self, **kwargs):
        """Add where one is and what happened to the month before."""
        period = Period.objects.filter(month=self.month).first()
        return super().get_context_data(
            crumbs=[(_("账期"), LIST)],
            here=month_label(self.month),
            history=audit.history(period) if period else [],
            **kwargs,
        )


class PeriodClose(MonthAction):
    """Close a month."""

    submit_label = gettext_lazy("封账")
    lead = gettext_lazy("封账后，这个月的数字不再变动；补报、更正计入其后第一个开放的月份。理由记入审计。")
    success_message = gettext_lazy("已封账")

    def perform(self, form):
        """Do it; a month that has not begun has nothing to close."""
        if self.month > timezone.localdate():
            raise ValidationError(_("该月还没有开始，不能封账"))
        actions.close_month(month=self.month, reason=form.cleaned_data["reason"], by=self.request.user)
        return reverse("campaigns:period_list")


class PeriodReopen(MonthAction):
    """Open a closed month again."""

    submit_label = gettext_lazy("重开账期")
    lead = gettext_lazy("重开后，这个月的日期又可以填报、更正，已通报的数字可能变动。理由记入审计。")
    success_message = gettext_lazy("已重开")

    def perform(self, form):
        """Do it."""
        actions.reopen_month(month=self.month, reason=form.cleaned_data["reason"], by=self.request.user)
        return reverse("campaigns:period_list")
