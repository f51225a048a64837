"""The list page every room uses: scope, filter, views, columns, table, sums, pages, export of what is seen."""

from django.db.models import QuerySet, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from units import list_head, sheets
from units.access import may
from units.sheets import XLSX, safe_cell, workbook_response

__all__ = ["XLSX", "DatedList", "ListPage", "safe_cell", "workbook_response"]

MANY_FILTERS = 6  # more of them than these stand behind "more"


class ListPage(SingleTableMixin, FilterView):
    """A list of records: the model's visible_to, a filter, a table, 25 rows a page, an export.

    A subclass names model, table_class and filterset_class, and what its page says. Everything else has a default:
    views as tabs (presets, then what people save), the choice of columns, sums, many records changed at once.
    """

    template_name = "list_page.html"
    table_pagination = {"per_page": 25}
    title = ""
    sub = ""
    empty_text = ""
    empty_hint = ""
    empty_action = None  # (label, URL name) of the next step, where there is nothing yet
    brings_in = None  # (URL name, query) of the page where a workbook of such rows comes in
    actions = ()  # (label, URL name, icon); the first the user may open is the button in the head of the page
    export_name = ""
    resource_class = None  # a units.resources.ListResource; without one the export writes the table's columns
    presets = ()  # (key, label, query or callable(today, user) → query or None); the first is ("all", …, "")
    all_label = _("全部")
    count_tabs = False  # one more query counts the rows of every tab
    counted = _("条")  # what the rows are counted in
    sums = ()  # (label, field or annotation, printer(value) → (number, measure)) over the filtered rows, one query
    filters_first = ()  # filters that stand in the bar; the others behind "more"
    bulk_name = ""  # the page (units.bulk.BulkPage) that changes many records
    bulk_edits = ()  # units.bulk.BulkEdit classes

    def setup(self, request, *args, **kwargs):
        """Leave out a column to sort by that cannot be one; the table warns of a dot in its name."""
        super().setup(request, *args, **kwargs)
        if any("." in column for column in request.GET.getlist("sort")):
            request.GET = request.GET.copy()
            del request.GET["sort"]

    @property
    def page_name(self):
        """The name of this page, under which its views and columns are kept."""
        return self.request.resolver_match.view_name

    @cached_property
    def today(self):
        """The day that presets and filters count from."""
        return timezone.localdate()

    def get_queryset(self):
        """Narrow to what the signed-in user may see, with all that the page shows."""
        return self.model.objects.visible_to(self.request.user).for_list()

    def filtered(self, query):
        """Return the rows that the query of an address leaves; none, where it cannot be read."""
        filterset = self.filterset_class(query, queryset=self.get_queryset(), request=self.request)
        filterset.today = self.today
        return filterset.qs if filterset.is_valid() else filterset.queryset.none()

    def get_filterset(self, filterset_class):
        """Tell the filter which day it is."""
        filterset = super().get_filterset(filterset_class)
        filterset.today = self.today
        return filterset

    def get_filterset_kwargs(self, filterset_class):
        """An unfiltered page shows everything."""
        kwargs = super().get_filterset_kwargs(filterset_class)
        kwargs["request"] = self.request
        return kwargs

    def get_table(self, **kwargs):
        """Return the table sorted as asked, ties by key, so that no row stands on two pages or on none."""
        table = self.get_table_class()(data=self.get_table_data(), **kwargs)
        table.request = self.request
        list_head.lay_columns(table, self.columns)
        wanted = self.request.GET.getlist(table.prefixed_order_by_field)
        if known := [alias for alias in wanted if alias.removeprefix("-") in table.columns]:
            table.order_by = known
        rows = table.data.data
        if isinstance(rows, QuerySet):
            table.data.data = rows.order_by(*rows.query.order_by, "-pk")
        table.paginate(per_page=self.table_pagination["per_page"])
        table.page = table.paginator.get_page(self.request.GET.get(table.prefixed_page_field))
        return table

    @cached_property
    def columns(self):
        """The columns asked for: those of the view, else those the user chose for this list, else the usual ones."""
        asked = [name for name in self.request.GET.get("columns", "").split(",") if name]
        return asked or list_head.chosen_columns(self.request.user, self.page_name)

    def get_table_kwargs(self):
        """Say what to do next, where there is nothing."""
        return {"empty_text": self.empty_text}

    def get_context_data(self, **kwargs):
        """Add what the shared list page shows."""
        context = super().get_context_data(**kwargs)
        if self.request.GET.get("export"):
            return context
        filterset, table = context.get("filter") or self.filterset, context["table"]
        bulk = self.bulk(table)
        table.bulk = bulk is not None  # its template sees no more than the table
        chips = list_head.chips(filterset, self.request.GET)
        return {
            "title": self.title,
            "sub": self.sub,
            **self.next_steps(),
            "export_urls": self.export_urls(),
            "chips": chips,
            "clear_url": self.request.path,
            "totals": self.totals(table),
            "page_name": self.page_name,
            "list_query": self.present_query,
            "column_choices": list_head.column_choices(table),
            "is_chosen": bool(self.columns),
            **self.views(bool(chips)),
            **self.filter_fields(filterset),
            "bulk": bulk,
            **context,
        }

    def next_steps(self):
        """Return the button in the head of the page, and what to do where there is nothing."""
        create = next(iter(self.allowed(self.actions)), ("", "", ""))
        empty = next(iter(self.allowed([self.empty_action])), create)
        return {
            "create_label": create[0],
            "create_url": reverse(create[1]) if create[1] else "",
            "empty_hint": self.empty_hint,
            "empty_label": empty[0],
            "empty_url": reverse(empty[1]) if empty[1] else "",
            "import_url": self.import_url(),
        }

    def import_url(self):
        """Return where a workbook comes in; nothing where the user may not bring one in."""
        if self.brings_in is None or not may(self.request.user, self.brings_in[0], "POST"):
            return ""
        return f"{reverse(self.brings_in[0])}?{self.brings_in[1]}"

    def allowed(self, actions):
        """Return those of the actions whose page the user may open."""
        return [action for action in actions if action and may(self.request.user, action[1], "GET")]

    @property
    def present_query(self):
        """What is seen now, as the query of an address: filter, sorting, columns."""
        query = self.request.GET.copy()
        if self.columns and not query.get("columns"):
            query["columns"] = ",".join(self.columns)
        return list_head.kept(query)

    def export_urls(self):
        """Return the addresses of the exports of what is seen."""
        query = self.request.GET.copy()
        query.pop("page", None)
        made = []
        for kind, label in (("xlsx", _("Excel 工作簿")), ("csv", _("CSV 文本"))):
            query["export"] = kind
            made.append((f"?{query.urlencode()}", label, kind))
        return made

    def views(self, is_filtered):
        """Return the tabs, and what may be done with the view on show."""
        tabs = list_head.tabs(self, self.today)
        active = next((tab for tab in tabs if tab.active), None)
        own = active.view if active and active.view and not active.hint else None
        present = self.present_query
        changed = present != list_head.kept(QueryDict(active.query)) if active else bool(present)
        return {
            "views": tabs,
            "own_view": own,
            "is_changed": changed,
            "may_save": changed and len(present) <= list_head.QUERY_LIMIT and (is_filtered or bool(present)),
            "own_units": list(dict.fromkeys(member.unit for member in self.request.user.memberships)),
        }

    def filter_fields(self, filterset):
        """Return the filters of the bar, and those behind "more"."""
        fields = [field for field in filterset.form.visible_fields() if field.name != "q"]
        first = self.filters_first or [field.name for field in fields][:MANY_FILTERS]
        return {
            "filter_first": [field for field in fields if field.name in first],
            "filter_more": [field for field in fields if field.name not in first],
        }

    def totals(self, table):
        """Count the filtered rows and add up what the page names: one query beside the count."""
        totals = list_head.Totals(table.paginator.count, self.counted)
        if self.sums:
            rows = self.object_list.order_by()
            found = rows.aggregate(**{f"sum_{n}": Sum(name, default=0) for n, (_l, name, _p) in enumerate(self.sums)})
            totals.sums = [(label, *show(found[f"sum_{n}"])) for n, (label, _name, show) in enumerate(self.sums)]
        return totals

    def bulk(self, table):
        """Return what may be done to many records at once; None where the user may not."""
        if not self.bulk_edits or not may(self.request.user, self.bulk_name, "POST"):
            return None
        edits = [(edit.name, edit.label) for edit in self.bulk_edits]
        return {"url": reverse(self.bulk_name), "edits": edits, "count": table.paginator.count}

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a file of exactly the rows the filter leaves."""
        if (kind := self.request.GET.get("export")) in ("xlsx", "csv"):
            return self.export(kind, context)
        return super().render_to_response(context, **kwargs)

    def export(self, kind, context):
        """Write the filtered rows with the chosen columns, sorted as on the page."""
        headings, rows = self.cells(context["table"])
        name = self.export_name or self.model._meta.model_name
        if kind == "csv":
            return sheets.attachment(sheets.list_csv(headings, rows), sheets.CSV, name, kind)
        found = [chip["label"] for chip in list_head.chips(self.filterset, self.request.GET)]
        told = _("筛选：%s") % ("；".join(found) if found else _("全部"))
        as_of = _("截至：%s") % self.today.isoformat()
        return sheets.attachment(
            sheets.list_workbook(str(self.title), [told, as_of], headings, rows), XLSX, name, kind
        )

    def cells(self, table):
        """Return the headings and the rows of an export: of the resource, else of the table."""
        if self.resource_class:
            resource = self.resource_class(user=self.request.user, today=self.today)
            names = resource.cells_of([column.name for column in table.columns])
            return resource.headings(names), resource.rows(table.data.data, names)
        hidden = [column.name for column in table.columns.iterall() if not column.visible]
        headings, *rows = table.as_values(exclude_columns=hidden)
        return headings, rows


class DatedList(ListPage):
    """A list whose table knows the day."""

    def get_table_kwargs(self):
        """Give the table the day."""
        return {**super().get_table_kwargs(), "today": self.today}
