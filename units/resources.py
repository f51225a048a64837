"""What a list exports: columns by the name of the table's column, written from values, never from records."""

from itertools import islice

from import_export import resources
from import_export.fields import Field
from tablib import Dataset

BATCH = 2000  # records read at once


def as_it_is(value):
    """Return a value unchanged."""
    return value


def text(value):
    """Return text; nothing where there is none."""
    return "" if value is None else str(value)


class labelled:
    """Writes the Chinese label of a choice."""

    def __init__(self, choices):
        self.labels = {value: str(label) for value, label in choices.choices}

    def __call__(self, value):
        return self.labels.get(value, "")


class numbered:
    """Writes the key of a record as people copy it: P000123."""

    def __init__(self, letter):
        self.letter = letter

    def __call__(self, value):
        return f"{self.letter}{value:06d}"


def yes_or_nothing(value):
    """Write 是 where it holds."""
    return "是" if value else ""


class Cell(Field):
    """One column of a sheet: its heading, where its value comes from, how it is written.

    attribute is a path that a query can read in one go (company__name) or what `annotated` adds; shown turns what it
    gives into what stands in the cell. gathered(keys) → {key: value} reads what lies in rows of its own (tags)
    of many records at once; as a text it names a method of the resource.
    """

    def __init__(self, column_name, attribute="pk", shown=as_it_is, gathered=None, **kwargs):
        self.shown, self.gathered = shown, gathered
        super().__init__(attribute=attribute, column_name=str(column_name), **kwargs)

    def export(self, instance, **kwargs):
        """Write it from a record; what is gathered is written by `ListResource.rows`."""
        return self.shown(self.get_value(instance))


class ListResource(resources.Resource):
    """What a list exports, in the order of its columns; the key of the record stands first.

    columns: {column of the table: cells of the sheet}; a column that is not named exports the cell of its own name,
    if there is one. `annotated` adds the values that are no field. What an import reads is declared on top of this.
    """

    columns = {}
    always = ("number",)  # cells that stand in every export

    def __init__(self, user=None, today=None, **kwargs):
        super().__init__(**kwargs)
        self.user, self.today = user, today

    def annotated(self, queryset):
        """Add what the cells read beside the fields of the record."""
        return queryset

    def cells_of(self, columns):
        """Return the names of the cells that some columns of the table stand for."""
        names = list(self.always)
        for column in columns:
            names += self.columns.get(column, (column,))
        return [name for name in dict.fromkeys(names) if name in self.fields]

    def headings(self, names):
        """Return the headings of some cells."""
        return [self.fields[name].column_name for name in names]

    def rows(self, queryset, names):
        """Yield the cells of every record as a list; one query, and for each cell that is gathered one a batch."""
        cells = [self.fields[name] for name in names]
        plain = self.annotated(queryset).select_related(None).prefetch_related(None)
        values = plain.values_list("pk", *(cell.attribute for cell in cells)).iterator(chunk_size=BATCH)
        while batch := list(islice(values, BATCH)):
            shown = [self.writer(cell, [row[0] for row in batch]) for cell in cells]
            for row in batch:
                yield [show(value) for show, value in zip(shown, row[1:], strict=True)]

    def writer(self, cell, keys):
        """Return how a cell of some records is written: from its value, or by the key where it is gathered."""
        if not cell.gathered:
            return cell.shown
        gathered = getattr(self, cell.gathered) if isinstance(cell.gathered, str) else cell.gathered
        found = gathered(keys)
        return lambda key: cell.shown(found.get(key))

    def export(self, queryset, columns=None, **kwargs):
        """Return a Dataset of the cells of some columns of the table; of all of them, where none are named."""
        names = self.cells_of(self.fields if columns is None else columns)
        return Dataset(*self.rows(queryset, names), headers=self.headings(names))
