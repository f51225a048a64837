"""The list page every room uses: scope, filter, table, pages, export of what is seen."""

import io
import re
from urllib.parse import quote

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from units.access import may

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value):
    """Return text as a spreadsheet may hold it: what would be read as a formula gets an apostrophe."""
    if isinstance(value, str):
        value = "".join(char for char in value if char >= " " or char in "\n\t")
        if value.startswith(FORMULA_STARTS):
            return "'" + value
    return value


def workbook_response(name, title, rows):
    """Return rows (lists of cells, the first the heads) as an xlsx download; text never becomes a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=re.sub(r"[\\*?:/\[\]]", " ", title)[:31] or "1")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=safe_cell(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    stamp = timezone.localdate().strftime("%Y%m%d")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}-{stamp}.xlsx"
    return response


class ListPage(SingleTableMixin, FilterView):
    """A list of records: the model's visible_to, a filter, a table, 25 rows a page, an export.

    A subclass names model, table_class and filterset_class, and what its page says.
    """

    template_name = "list_page.html"
    table_pagination = {"per_page": 25}
    title = ""
    sub = ""
    empty_text = ""
    empty_hint = ""
    empty_action = None  # (label, URL name) of the next step, where there is nothing yet
    actions = ()  # (label, URL name, icon); the first the user may send is the button in the head of the page
    export_name = ""

    def setup(self, request, *args, **kwargs):
        """Leave out a column to sort by that cannot be one; the table warns of a dot in its name."""
        super().setup(request, *args, **kwargs)
        if any("." in column for column in request.GET.getlist("sort")):
            request.GET = request.GET.copy()
            del request.GET["sort"]

    def get_queryset(self):
        """Narrow to what the signed-in user may see, with all that the page shows."""
        return self.model.objects.visible_to(self.request.user).for_list()

    def get_table(self, **kwargs):
        """Return the table sorted as asked, ties by key, so that no row stands on two pages or on none."""
        table = self.get_table_class()(data=self.get_table_data(), **kwargs)
        table.request = self.request
        wanted = self.request.GET.getlist(table.prefixed_order_by_field)
        if known := [alias for alias in wanted if alias.removeprefix("-") in table.columns]:
            table.order_by = known
        rows = table.data.data
        if isinstance(rows, QuerySet):
            table.data.data = rows.order_by(*rows.query.order_by, "-pk")
        table.paginate(per_page=self.table_pagination["per_page"])
        table.page = table.paginator.get_page(self.request.GET.get(table.prefixed_page_field))
        return table

    def get_filterset_kwargs(self, filterset_class):
        """An unfiltered page shows everything."""
        kwargs = super().get_filterset_kwargs(filterset_class)
        kwargs["request"] = self.request
        return kwargs

    def get_table_kwargs(self):
        """Say what to do next, where there is nothing."""
        return {"empty_text": self.empty_text}

    def get_context_data(self, **kwargs):
        """Add what the shared list page shows."""
        query = self.request.GET.copy()
        query["export"] = "xlsx"
        query.pop("page", None)
        create = next(iter(self.allowed(self.actions)), ("", "", ""))
        empty = next(iter(self.allowed([self.empty_action])), create)
        return super().get_context_data(
            **{
                "title": self.title,
                "sub": self.sub,
                "create_label": create[0],
                "create_url": reverse(create[1]) if create[1] else "",
                "empty_hint": self.empty_hint,
                "empty_label": empty[0],
                "empty_url": reverse(empty[1]) if empty[1] else "",
                "export_url": f"?{query.urlencode()}",
                "chips": self.chips(kwargs.get("filter") or self.filterset),
                "clear_url": self.request.path,
                **kwargs,
            }
        )

    def allowed(self, actions):
        """Return those of the actions whose page the user may send."""
        return [action for action in actions if action and may(self.request.user, action[1], "POST")]

    def chips(self, filterset):
        """Return what the list is filtered by, each with the address of the list without it."""
        form, chips = filterset.form, []
        for name, field in form.fields.items():
            value = getattr(form, "cleaned_data", {}).get(name)
            if value in field.empty_values:
                continue
            labels = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}
            query = self.request.GET.copy()
            for key in (name, "page"):
                query.pop(form.add_prefix(key), None)
            text = labels.get(value, value)
            chips.append({"label": f"{field.label}：{text}", "url": f"?{query.urlencode()}"})
        return chips

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a workbook of exactly the rows the filter leaves."""
        if self.request.GET.get("export") == "xlsx":
            return workbook_response(
                self.export_name or self.model._meta.model_name, str(self.title), context["table"].as_values()
            )
        return super().render_to_response(context, **kwargs)
