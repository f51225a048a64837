"""The inbox, and the number at the bell."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as tell
from django.views.generic import TemplateView, View

from reports import inbox

MOST = 99  # the largest number at the bell


class InboxScope:
    """A page about what concerns the user of late."""

    @cached_property
    def today(self):
        """Today in Shanghai; only views ask the clock."""
        return timezone.localdate()


class InboxCount(InboxScope, View):
    """How many lines of the inbox are unread, for the bell: one query."""

    def get(self, request):
        """Answer with the number; with nothing where there is none."""
        count = inbox.unread(request.user, self.today).count()
        if not count:
            return HttpResponse()
        told = tell("%d 条未读") % count
        shown = f"{MOST}+" if count > MOST else count
        return HttpResponse(format_html('<b class="zs-bell-n" title="{}">{}</b>', told, shown))


class InboxPage(InboxScope, TemplateView):
    """What concerns the user of late, by day and kind; a line opens its row and is read then."""

    template_name = "reports/inbox.html"

    @property
    def shows_all(self):
        """Whether what was read is shown, too."""
        return self.request.GET.get("show") == "all"

    def get_context_data(self, **kwargs):
        """Line the digests up."""
        days = inbox.days(self.request.user, self.today, only_unread=not self.shows_all)
        digests = [digest for _on, group in days for digest in group]
        return super().get_context_data(
            title=tell("消息"),
            days=days,
            today=self.today,
            unread=sum(digest.unread for digest in digests),
            shows_all=self.shows_all,
            kept_days=inbox.DAYS,
            **kwargs,
        )

    def post(self, request):
        """Open a line, or mark a digest or everything as read."""
        if "open" in request.POST:
            return self.opened(request.POST["open"])
        if "digest" in request.POST:
            rows = self.digest(*request.POST["digest"].partition("~")[::2])
        else:
            rows = inbox.unread(request.user, self.today)
        count = inbox.mark_read(entries=rows, by=request.user)
        messages.success(request, tell("%d 条已标为已读") % count)
        return redirect(request.get_full_path())

    def opened(self, text):
        """Mark a line as read and lead to its row; 404 for a line that does not concern the user."""
        key = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        entry = get_object_or_404(inbox.news(self.request.user, self.today), pk=key)
        inbox.mark_read(entries=[entry], by=self.request.user)
        record = inbox.record_of(entry)
        if record is None:
            messages.info(self.request, tell("这条记录已经不在了"))
            return redirect("reports:inbox")
        return redirect(record.get_absolute_url())

    def digest(self, day, key):
        """Return the unread lines of the digest of a day and kind; 404 for what is no day."""
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise Http404("no such day") from None
        return inbox.of_digest(self.request.user, self.today, on, key)
