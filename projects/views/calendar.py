"""The calendar on a page, and as an address that other programs read."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from projects import actions, agenda, ics
from projects.models import CalendarFeed
from projects.views.companies import number
from units.forms import RecordForm
from units.models import Unit
from units.pages import ActionView

BACK, AHEAD = 60, 366  # days of a feed before and after today
FIRST_YEAR, LAST_YEAR = 2000, 2100


def month_asked(text, today):
    """Read a month such as 2026-11; the present one where it cannot be meant."""
    year, _dash, month = (text or "").partition("-")
    if year.isascii() and year.isdigit() and month.isascii() and month.isdigit():
        year, month = int(year[:5]), int(month[:3])
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
            return date(year, month, 1)
    return today.replace(day=1)


class CalendarPage(TemplateView):
    """A month: as a grid, or as a list of days; a phone shows the list."""

    template_name = "projects/calendar.html"

    @cached_property
    def asked(self):
        """What the address asks for: kind, unit, list or grid."""
        query, units = self.request.GET, Unit.objects.visible_to(self.request.user)
        kind, pk = query.get("kind", ""), number(query.get("unit"))
        return {
            "kind": kind if kind in agenda.KINDS else "",
            "unit": units.filter(pk=pk).first() if pk else None,
            "is_list": query.get("view") == "list",
        }

    def address(self, **changes):
        """Return the address of this page with something changed."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query[name] = value
        return f"?{query.urlencode()}"

    def get_context_data(self, **kwargs):
        """Add the weeks, and the days with something on."""
        today = timezone.localdate()
        month = month_asked(self.request.GET.get("month"), today)
        weeks = agenda.weeks_of(month)
        found = agenda.items(
            self.request.user,
            weeks[0][0],
            weeks[-1][-1],
            as_of=today,
            unit=self.asked["unit"],
            kind=self.asked["kind"],
        )
        before, after = agenda.months_beside(month)
        grid = agenda.grid(month, found, today)
        return super().get_context_data(
            title=_("日程"), month=month, weeks=grid, **self.asked, kinds=agenda.KINDS.items(),
            days=[day for week in grid for day in week if day.is_inside and day.items],
            units=Unit.objects.visible_to(self.request.user).order_by("path"),
            before_url=self.address(month=f"{before:%Y-%m}"), after_url=self.address(month=f"{after:%Y-%m}"),
            now_url=self.address(month=f"{today:%Y-%m}"), grid_url=self.address(view=""),
            list_url=self.address(view="list"), **kwargs,
        )  # fmt: skip


class CalendarSubscription(TemplateView):
    """The address of one's own calendar: made, renewed; shown once, when it is made."""

    template_name = "projects/calendar_subscription.html"

    def post(self, request, *args, **kwargs):
        """Make a new address and answer with the page that shows it."""
        token = actions.renew_feed(by=request.user)
        url = request.build_absolute_uri(reverse("projects:calendar_feed", args=[token]))
        return self.render_to_response(self.get_context_data(address=url, **kwargs))

    def get_context_data(self, **kwargs):
        """Add whether there is one."""
        return super().get_context_data(
            title=_("日历订阅"),
            crumbs=((_("日程"), reverse("projects:calendar")),),
            feed=CalendarFeed.objects.filter(user=self.request.user).first(),
            back=BACK,
            **kwargs,
        )


class CalendarRevoke(ActionView):
    """Let the address of one's calendar open nothing any more."""

    template_name = "projects/record_form.html"
    form_class = RecordForm
    title = _("停用日历地址")
    lead = _("停用后，订阅了这个地址的日历不再更新；需要时可重新生成。")
    submit_label = _("停用")
    cancel_url = reverse_lazy("projects:calendar_subscription")
    success_message = _("日历地址已停用")
    extra_context = {"crumbs": ((_("日历订阅"), cancel_url),)}

    def perform(self, form):
        """Revoke it."""
        actions.revoke_feed(by=self.request.user)
        return str(self.cancel_url)


class CalendarFeedFile(View):
    """The calendar of the member whose address it is; 404 for any other, and for who may not sign in any more."""

    def get(self, request, token):
        """Answer with what that member may see."""
        feed = CalendarFeed.objects.opened_by(token).first()
        if feed is None:
            raise Http404("no such address")
        now = timezone.localtime()
        today = now.date()
        since, until = today - timedelta(days=BACK), today + timedelta(days=AHEAD)
        content = ics.calendar(
            str(_("招商战报 %(who)s") % {"who": feed.user}),
            agenda.items(feed.user, since, until, as_of=today),
            stamp=now,
            host=request.get_host().partition(":")[0],
            address=request.build_absolute_uri,
        )
        return HttpResponse(content, content_type="text/calendar; charset=utf-8")
