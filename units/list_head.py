"""What stands above a list: chips of what it is filtered by, views as tabs, the choice of columns."""

from dataclasses import dataclass, field

from django import forms
from django.db.models import Count, Model, Q, QuerySet
from django.http import QueryDict
from django.urls import NoReverseMatch, resolve, reverse

from units.access import ACCESS, may
from units.models import ListChoice, SavedView

PASSING = ("page", "export", "view")  # parameters that say nothing about what is seen
QUERY_LIMIT = 1500


@dataclass
class Tab:
    """A way to see a list: the address that shows it, and how many rows it leaves, where that is counted."""

    key: str
    label: str
    query: str
    url: str = ""
    active: bool = False
    count: int | None = None
    view: SavedView | None = None
    hint: str = ""


@dataclass(frozen=True)
class ColumnChoice:
    """One column that may be shown or left out."""

    name: str
    label: str
    shown: bool


@dataclass
class Totals:
    """What the rows of a list add up to: how many, and [(label, number, measure)]."""

    count: int
    word: str
    sums: list = field(default_factory=list)


def kept(query):
    """Return the parameters of a list that say what is seen, in one order, as text."""
    pairs = []
    for name in sorted(query):
        if name not in PASSING:
            pairs += [(name, value) for value in query.getlist(name) if value]
    made = QueryDict(mutable=True)
    for name, value in pairs:
        made.appendlist(name, value)
    return made.urlencode()


def list_page(name):
    """Return the view class of a list by the name of its page; None where there is no such list."""
    if name not in ACCESS:
        return None
    try:
        view = resolve(reverse(name)).func
    except NoReverseMatch:
        return None
    found = getattr(view, "view_class", None)
    return found if hasattr(found, "presets") else None


def may_open_list(user, name):
    """Say whether there is such a list and the user may read it."""
    return list_page(name) is not None and may(user, name, "GET")


def chips(filterset, query):
    """Return what a list is filtered by, one chip a value, each with the address of the list without it."""
    form, made = filterset.form, []
    for name, form_field in form.fields.items():
        value = getattr(form, "cleaned_data", {}).get(name)
        if isinstance(value, QuerySet):
            value = list(value)
        if value in form_field.empty_values or isinstance(form_field.widget, forms.HiddenInput):
            continue
        many = isinstance(value, list | tuple)
        for one in value if many else [value]:
            rest = query.copy()
            left = [row for row in value if row != one] if many else []
            rest.setlist(form.add_prefix(name), [str(row.pk if isinstance(row, Model) else row) for row in left])
            for passing in PASSING:
                rest.pop(passing, None)
            made.append({"label": f"{form_field.label}：{shown(form_field, one)}", "url": f"?{rest.urlencode()}"})
    return made


def shown(form_field, value):
    """Return a value of a filter in words."""
    if isinstance(form_field, forms.ModelChoiceField):
        return form_field.label_from_instance(value)
    labels = dict(form_field.choices) if isinstance(form_field, forms.ChoiceField) else {}
    return labels.get(value, form_field.prepare_value(value))


def tabs(page, today):
    """Return the views of a list page as tabs: presets, own, shared with the user; one query for those saved."""
    made = []
    for key, label, query in page.presets:
        query = query(today, page.request.user) if callable(query) else query
        if query is not None:
            made.append(Tab(key, str(label), query))
    own = page.request.user
    for view in SavedView.objects.visible_to(own).filter(page=page.page_name).for_list():
        hint = "" if view.owner_id == own.pk else str(view.owner)
        made.append(Tab(str(view.pk), view.name, view.query, view=view, hint=hint))
    made.sort(key=lambda tab: 0 if tab.view is None else 1 if not tab.hint else 2)
    if made and not page.presets:
        made.insert(0, Tab("all", str(page.all_label), ""))
    wanted = page.request.GET.get("view", "") or "all"
    for tab in made:
        tab.active = tab.key == wanted
        tab.url = f"?{tab.query}&view={tab.key}" if tab.query else "?"
    if page.count_tabs:
        count(page, made)
    return made


def count(page, made):
    """Count the rows that each tab leaves: one query for all of them."""
    rows = page.get_queryset().select_related(None).prefetch_related(None).order_by()
    wanted = {}
    for place, tab in enumerate(made):
        left = page.filtered(QueryDict(tab.query))
        wanted[f"tab_{place}"] = Count("pk", filter=Q(pk__in=left.order_by().values("pk")))
    counted = rows.aggregate(**wanted)
    for place, tab in enumerate(made):
        tab.count = counted[f"tab_{place}"]


def column_choices(table):
    """Return the columns one may choose among: those shown first, in their order."""
    made = [
        ColumnChoice(column.name, str(column.header), column.visible)
        for column in list(table.columns.iterall())[1:]
        if not column.column.exclude_from_export
    ]
    return sorted(made, key=lambda choice: not choice.shown)


def lay_columns(table, wanted):
    """Show the columns named, in that order, after the first; a name that the table does not know is passed over."""
    first, *others = list(table.columns.iterall())
    free = {column.name for column in others if not column.column.exclude_from_export}
    wanted = [name for name in dict.fromkeys(wanted) if name in free]
    if not wanted:
        return
    for name in free:
        (table.columns.show if name in wanted else table.columns.hide)(name)
    rest = [column.name for column in others if column.name not in wanted]
    table.sequence = [first.name, *wanted, *rest]


def chosen_columns(user, page_name):
    """Return the columns a user chose for a list before."""
    choice = ListChoice.objects.filter(user=user, page=page_name).first()
    names = choice.columns if choice else []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
