"""The to-do list of all promises, and the table of those kept and broken by department and month."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import promises, todos
from projects.todo_forms import KeptFilter, TodoFilter
from projects.views.companies import number
from units.lists import workbook_response

PER_PAGE = 50
DONE_DAYS = 30  # for how long what is done stays on the list
WEEK = 7
TODO_HEADS = (
    _("类别"), _("事项"), _("责任单位"), _("责任人"), _("期限"), _("最初期限"), _("延期次数"),
    _("办结日期"), _("状态"),
)  # fmt: skip
KEPT_HEADS = (_("月份"), _("责任单位"), _("到期"), _("兑现"), _("未兑现"), _("其中缺席/超时默认"), _("其中延过期"))


class TodoList(TemplateView):
    """Everything promised that the user may see: due, overdue, done; one's own units first."""

    template_name = "projects/todo_list.html"

    @cached_property
    def today(self):
        """The day it is."""
        return timezone.localdate()

    @cached_property
    def asked(self):
        """The filter; nonsense narrows nothing."""
        form = TodoFilter(self.request.GET or None, user=self.request.user)
        form.is_valid()
        return form

    def wanted(self, name):
        """Return what was chosen in a field; nothing where it cannot be read."""
        return getattr(self.asked, "cleaned_data", {}).get(name)

    @cached_property
    def is_mine(self):
        """Whether only the user's own units are shown: a clerk starts with them."""
        return bool(todos.own_paths(self.request.user)) and self.request.GET.get("whose") != "all"

    @cached_property
    def lines(self):
        """What the filter leaves, without its words: nobody reads five thousand promises at once."""
        state = self.wanted("state")
        found = todos.lines(
            self.request.user,
            self.today,
            since=self.today - timedelta(days=DONE_DAYS) if state == "done" else None,
            paths=self.paths,
            kind=self.wanted("kind") or "",
            person=self.wanted("person") or "",
        )
        return [line for line in found if self.stays(line, state)]

    @property
    def paths(self):
        """The trees of units that owe what is shown; None for all that the user may see."""
        own, unit = todos.own_paths(self.request.user) if self.is_mine else None, self.wanted("unit")
        if unit is None:
            return own
        return [unit.path] if own is None else within_both(unit.path, own)

    def stays(self, line, state):
        """Say whether a promise is of the state asked for."""
        now = line.state(self.today)
        if state == "week":
            return now != "done" and self.today <= line.due_on <= self.today + timedelta(days=WEEK)
        return now == state if state else now != "done"

    def get_context_data(self, **kwargs):
        """Print a page of rows, the sums and the addresses of the tabs."""
        page = Paginator(self.lines, PER_PAGE).get_page(self.request.GET.get("page"))
        query = {name: value for name, value in self.request.GET.items() if name not in {"page", "export"} and value}
        states = Counter(line.state(self.today) for line in self.lines)
        rows = todos.load(page.object_list, self.today)
        return super().get_context_data(
            title=_("待办"),
            lines=[(row, *standing(row, self.today)) for row in rows],
            count=len(self.lines),
            late=states["overdue"],
            due_today=states["today"],
            filter=self.asked,
            tabs=self.tabs(query),
            whose=self.request.GET.get("whose", ""),
            is_filtered=any(self.wanted(name) for name in TodoFilter.base_fields),
            page=page,
            page_url=f"?{urlencode(query)}",
            export_url=f"?{urlencode({**query, 'export': 'xlsx'})}",
            **kwargs,
        )

    def tabs(self, query):
        """Return (label, address, whether it is on show): one's own units, all that one may see."""
        if not todos.own_paths(self.request.user):
            return ()
        rest = {name: value for name, value in query.items() if name != "whose"}
        return (
            (_("本单位的"), f"?{urlencode(rest)}", self.is_mine),
            (_("我能看到的"), f"?{urlencode({**rest, 'whose': 'all'})}", not self.is_mine),
        )

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a workbook of everything the filter leaves."""
        if self.request.GET.get("export") == "xlsx":
            return workbook_response("todos", f"{context['title']} {self.today}", self.sheet())
        return super().render_to_response(context, **kwargs)

    def sheet(self):
        """Yield the rows of a workbook: headings, then one promise each."""
        yield [str(head) for head in TODO_HEADS]
        for row in todos.load(self.lines, self.today):
            yield [
                row.kind, row.title, row.unit, row.person, row.due_on, row.first_due_on, row.times_put_off,
                row.done_on, standing(row, self.today)[1],
            ]  # fmt: skip


def within_both(path, own):
    """Return the trees that lie both in a unit's and in one of the user's."""
    return [path] if path.startswith(tuple(own)) else [one for one in own if one.startswith(path)]


def standing(row, as_of):
    """Return (tone, words) of how a promise stands; what was settled by default was kept by nobody."""
    if row.default:
        return "warn", row.default
    tone, text = promises.words_of(row, as_of)
    return tone, _("%(text)s，未答复") % {"text": text} if row.is_unanswered else text


class KeptPromises(TemplateView):
    """Promises kept and broken by month and department; a row opens to the promises behind it."""

    template_name = "projects/kept_promises.html"
    extra_context = {"crumbs": ((_("待办"), reverse_lazy("projects:todo_list")),)}

    @cached_property
    def today(self):
        """The day it is."""
        return timezone.localdate()

    @cached_property
    def asked(self):
        """The filter; nonsense narrows nothing."""
        form = KeptFilter(self.request.GET if "since" in self.request.GET else None, user=self.request.user)
        form.is_valid()
        return form

    @cached_property
    def since(self):
        """The first day judged: the first of January, unless another is asked for."""
        return getattr(self.asked, "cleaned_data", {}).get("since") or date(self.today.year, 1, 1)

    @cached_property
    def chosen(self):
        """The (unit, month) whose promises are opened; None where none are."""
        unit = number(self.request.GET.get("unit"))
        try:
            month = date.fromisoformat(f"{self.request.GET.get('month', '')}-01")
        except ValueError:
            return None
        return (unit, month) if unit else None

    @cached_property
    def behind(self):
        """The promises of the unit and month that are opened."""
        if self.chosen is None:
            return []
        unit, month = self.chosen
        found = todos.fallen_due(self.request.user, self.today, max(self.since, month))
        found = [row for row in found if row.unit_id == unit and row.due_on.replace(day=1) == month]
        return list(todos.load(sorted(found, key=lambda row: (row.due_on, row.title)), self.today))

    def get_context_data(self, **kwargs):
        """Add the table and, where a row is opened, what lies behind it."""
        cells = todos.kept_and_broken(self.request.user, self.today, self.since)
        return super().get_context_data(
            title=_("承诺兑现"),
            since=self.since,
            today=self.today,
            filter=self.asked,
            cells=[(cell, self.opened(cell)) for cell in sorted(cells, key=lambda cell: cell.month, reverse=True)],
            total=total_of(cells),
            chosen=self.chosen,
            behind=[(row, *standing(row, self.today)) for row in self.behind],
            export_url=f"?{urlencode({'since': self.since, 'export': 'xlsx'})}",
            **kwargs,
        )

    def opened(self, cell):
        """Return the address that opens a row."""
        query = {"since": self.since, "unit": cell.unit_id, "month": f"{cell.month:%Y-%m}"}
        return f"{reverse('projects:kept_promises')}?{urlencode(query)}#behind"

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a workbook of the table."""
        if self.request.GET.get("export") == "xlsx":
            rows = kept_sheet(cell for cell, _url in context["cells"])
            return workbook_response("kept-promises", f"{context['title']} {self.since}—{self.today}", rows)
        return super().render_to_response(context, **kwargs)


def total_of(cells):
    """Add the cells up."""
    if not cells:
        return None
    sums = {name: sum(getattr(cell, name) for cell in cells) for name in ("kept", "broken", "by_default", "put_off")}
    return replace(cells[0], unit=tell("合计"), **sums)


def kept_sheet(cells):
    """Yield the rows of a workbook."""
    yield [str(head) for head in KEPT_HEADS]
    for cell in cells:
        yield [f"{cell.month:%Y-%m}", cell.unit, cell.due, cell.kept, cell.broken, cell.by_default, cell.put_off]
