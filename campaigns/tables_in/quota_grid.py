"""A quota grid as a sheet, out and in: a row a unit, a column an indicator, as people keep it in Excel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from unicodedata import normalize

from django.utils.translation import gettext as _

from campaigns.models import CampaignIndicator
from campaigns.numbers import in_measure
from campaigns.tables_in.reading import HEADING_ROWS, MAX_ROWS, TableError, rows_of
from units.models import Unit

UNIT_HEADS = {"责任单位", "单位", "参战单位"}
SUMS = {"分解合计", "合计", "总计", "小计"}
NO_UNIT = {""} | SUMS


@dataclass
class GridTexts:
    """What a sheet says, by (kind, line id, unit id) as text, and the names in it that mean nothing here."""

    texts: dict[tuple[str, int, int], str] = field(default_factory=dict)
    unknown_units: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)


def headings(lines: Sequence[CampaignIndicator], stretch: bool) -> list[tuple[str, int, str]]:
    """Return (kind, line id, heading) of the columns; t is the floor, s the stretch target."""
    heads = []
    for line in lines:
        heads.append(("t", line.pk, f"{line}（{line.measure}）"))
        if stretch:
            heads.append(("s", line.pk, _("%(name)s力争（%(measure)s）") % {"name": line, "measure": line.measure}))
    return heads


def sheet(
    lines: Sequence[CampaignIndicator],
    units: Sequence[Unit],
    held: dict[tuple[int, int], tuple[Decimal, Decimal | None]],
    *,
    stretch: bool,
) -> list[list]:
    """Return the rows of the grid for a workbook, the heads first; amounts stay numbers."""
    heads, measures = headings(lines, stretch), {line.pk: line.measure for line in lines}
    rows = [[_("责任单位"), *(head for _kind, _line, head in heads)]]
    for unit in units:
        amounts = (held.get((line_id, unit.pk), (None, None))[kind == "s"] for kind, line_id, _head in heads)
        measured = zip(amounts, (measures[line_id] for _kind, line_id, _head in heads), strict=True)
        rows.append([str(unit), *("" if value is None else in_measure(value, word) for value, word in measured)])
    return rows


def read_grid(data: bytes, lines: Sequence[CampaignIndicator], units: Sequence[Unit], *, stretch: bool) -> GridTexts:
    """Read a sheet as the grid's own texts; raises TableError where it has no heading with a unit and an indicator.

    A cell that cannot be read is taken as it is written: the grid marks it.
    """
    known, by_name, found, columns = (
        _known(lines, stretch),
        {_folded(str(unit)): unit for unit in units},
        GridTexts(),
        {},
    )
    for number, cells in rows_of(data):
        if number > MAX_ROWS:
            raise TableError(_("超过 %(n)d 行，请拆分后再导入") % {"n": MAX_ROWS})
        texts = [_folded(cell.text) for cell in cells]
        if not columns:
            if number > HEADING_ROWS:
                break
            place = next((i for i, text in enumerate(texts) if text in UNIT_HEADS), None)
            columns = {i: known[text] for i, text in enumerate(texts) if text in known} if place is not None else {}
            if columns:
                ours = {place, *columns}
                found.unknown_columns = [cells[i].text for i, text in enumerate(texts) if text and i not in ours]
            continue
        name = texts[place] if place < len(texts) else ""
        unit = by_name.get(name)
        if unit is None:
            found.unknown_units += [] if name in NO_UNIT else [cells[place].text]
            continue
        for i, (kind, line_id) in columns.items():
            if i < len(cells):
                found.texts[kind, line_id, unit.pk] = cells[i].problem or cells[i].text
    if not columns:
        raise TableError(_("前 10 行中没有表头：表头须有“责任单位”一列，和写着指标名称的列"))
    if not found.texts:
        raise TableError(_("表中没有一行是本战役的单位"))
    return found


def _known(lines, stretch):
    """Return {heading: (kind, line id)}; the name alone will do, where no two indicators share it."""
    known, names = {}, [_folded(str(line)) for line in lines]
    for kind, line_id, head in headings(lines, stretch):
        known[_folded(head)] = (kind, line_id)
    for line, name in zip(lines, names, strict=True):
        if names.count(name) == 1:
            known.setdefault(name, ("t", line.pk))
    return known


def _folded(text):
    """Return text as headings and names are compared: one width, no blanks."""
    return "".join(normalize("NFKC", text).split())
