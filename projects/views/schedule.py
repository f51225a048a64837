"""The wall chart of promised and done days, and putting a promised day off."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, schedule
from projects.days import FIRST, LAST
from projects.schedule_forms import ExtensionForm, ScheduleFilter
from projects.views.milestones import MilestoneScope
from units.lists import workbook_response
from units.pages import ActionView

PER_PAGE = 60


class AsOf:
    """A page as of a day (?as_of=, today by default)."""

    @cached_property
    def as_of(self):
        """The day the page is shown as of."""
        text = self.request.GET.get("as_of", "").strip()
        try:
            day = date.fromisoformat(text) if text else timezone.localdate()
        except ValueError:
            messages.warning(self.request, _("看不懂的日期「%(text)s」，已按今天显示。") % {"text": text[:20]})
            return timezone.localdate()
        return max(FIRST, min(day, LAST))


class Schedule(AsOf, TemplateView):
    """Every open project that the user may see over the months: promised against done."""

    template_name = "projects/schedule.html"

    @cached_property
    def filter(self):
        """The filter; nonsense narrows nothing."""
        form = ScheduleFilter(self.request.GET or None, user=self.request.user)
        form.is_valid()
        return form

    @cached_property
    def narrowed(self):
        """What the filter leaves, as schedule.chosen takes it."""
        data = getattr(self.filter, "cleaned_data", {})
        return {name: data.get(name) or None for name in ("unit", "leader", "kind", "tag", "overdue")}

    @cached_property
    def projects(self):
        """The projects of the chart."""
        by = getattr(self.filter, "cleaned_data", {}).get("by") or "leader"
        return schedule.chosen(self.request.user, self.as_of, by=by, **self.narrowed)

    def get_context_data(self, **kwargs):
        """Add a page of groups, the sums and the months."""
        kind, window = self.narrowed["kind"], schedule.Window.around(self.as_of)
        page = Paginator(self.projects, PER_PAGE).get_page(self.request.GET.get("page"))
        query = {name: value for name, value in self.request.GET.items() if name not in {"page", "export"} and value}
        return super().get_context_data(
            title=_("挂图作战"),
            groups=schedule.groups_of(self.projects, page.object_list, window, self.as_of, kind),
            head=schedule.head(window, self.as_of),
            sums=schedule.sums_of(self.projects, self.as_of, kind),
            as_of=self.as_of,
            filter=self.filter,
            is_filtered=any(self.narrowed.values()),
            page=page,
            page_url=f"?{urlencode(query)}",
            export_url=f"?{urlencode({**query, 'export': 'xlsx'})}",
            **kwargs,
        )

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a workbook of everything the filter leaves."""
        if self.request.GET.get("export") == "xlsx":
            rows = schedule.sheet(self.projects, self.as_of, self.narrowed["kind"])
            return workbook_response("schedule", f"{context['title']} {self.as_of.isoformat()}", rows)
        return super().render_to_response(context, **kwargs)


class MilestoneExtend(MilestoneScope, ActionView):
    """Put a promised day off, with the reason and who allowed it."""

    form_class = ExtensionForm
    title = _("延期")
    submit_label = _("登记延期")
    success_message = _("已登记延期，原承诺日期保留在历史中")

    def get_lead(self):
        """Say what is put off."""
        row = self.own_milestone
        return _("现承诺 %(day)s %(kind)s。延期不改变历史：原日期、原因和批准人都会留下，逾期按新日期重算。") % {
            "day": "" if row.due_on is None else row.due_on.isoformat(), "kind": row.get_kind_display(),
        }  # fmt: skip

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.own_milestone.version}

    def perform(self, form):
        """Put it off and go back to the promise."""
        actions.extend_promise(milestone=self.own_milestone, by=self.request.user, **form.cleaned_data)
        return self.own_milestone
