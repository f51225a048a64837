"""Where the table lies in a sheet: titles, notes and totals around it are left out, and said so by row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.imports import headings
from projects.imports.columns import Column
from projects.imports.reading import Notice, Row, Sheet
from projects.imports.sheets import address, letters

LOOK_AT = 40  # rows in which the headings are looked for
_UNIT_NOTE = re.compile(r"(?<![\u4e00-\u9fff])(?:金额|计量|货币)?单位[:：]?\s*([^)]+)")
_MEASURES = re.compile(r"(?:百万|千万|万|亿)?(?:元人民币|人民币|美元|欧元|港元|港币|日元|元)")
_TOTAL = re.compile(r".{0,10}?(?:合计|小计|总计|共计)(?:数|栏|行)?|(?:合计|小计|总计|共计)[:：(（0-9\d].*")
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）、.．].*|第[一二三四五六七八九十]+[类部分].*")
_FOOT = re.compile(
    r"(?:注|备注|说明|附注|填表人|制表人?|审核人?|填报人|负责人|单位负责人|联系人|填报日期|报送日期)[:：].*"
)
_SPAN = re.compile(r"[A-Z]+[0-9]+:[A-Z]+([0-9]+)")
_COUNTER = re.compile(r"[(（]?(?:[0-9]{1,3}|[甲乙丙丁戊己])[)）]?(?:=.*)?")


class NoTable(ValidationError):
    """A sheet in which no heading row was found; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a sheet: heading rows, the matched columns, the rows of data, and what was left out and why.

    measure is what a note says of all amounts (单位：万元), empty where nothing is said.
    """

    sheet: str
    heading_rows: tuple[int, ...]
    columns: tuple[headings.Match, ...]
    rows: tuple[Row, ...]
    measure: str
    notices: tuple[Notice, ...]


def find_table(sheet: Sheet, columns: Sequence[Column]) -> Table:
    """Find the table of a sheet whose headings are most like the columns; raises NoTable."""
    if not sheet.rows:
        raise NoTable(_("工作表“%s”是空的") % sheet.name[:40])
    places = _heading_places(sheet, columns)
    top, bottom = places[0], places[-1]
    rows = [sheet.rows[place] for place in places]
    paths = _paths(rows, sheet)
    notices = []
    measure = _before(sheet.rows[:top], notices)
    kept = _data(sheet, rows, paths, bottom, notices)
    matches = tuple(headings.recognise(paths, columns))
    notices += _without_heading(kept, matches)
    return Table(sheet.name, tuple(row.number for row in rows), matches, tuple(kept), measure, tuple(notices))


def notices_of(sheet: Sheet, table: Table) -> tuple[Notice, ...]:
    """Return all that is to be said of a sheet and its table, without the merged cells of titles and headings."""
    bottom = table.heading_rows[-1]
    kept = [
        notice for notice in sheet.notices if not (match := _SPAN.fullmatch(notice.address)) or int(match[1]) > bottom
    ]
    return (*kept, *table.notices)


def _texts(row):
    return [value.strip() if isinstance(value, str) else value for value in row.values]


def _said(row):
    """Return the cells of a row that say something."""
    return [value for value in _texts(row) if value not in (None, "")]


# --- headings -----------------------------------------------------------------------------------


def _heading_places(sheet, columns):
    """Return the places of the heading rows among the rows of the sheet."""
    words = headings.known(columns)

    def hits(row):
        found = set()
        for value in _said(row):
            if isinstance(value, str) and len(value) <= 60:
                heading = headings.take_apart(value)
                found.add(words.get(heading.whole) or words.get(heading.name))
        return len(found - {None})

    scores = [hits(row) for row in sheet.rows[:LOOK_AT]]
    best = max(range(len(scores)), key=lambda place: (scores[place], -place))
    if scores[best] < 2:
        names = "、".join(column.heading for column in columns[:4])
        raise NoTable(
            _("工作表“%(sheet)s”的前 %(rows)d 行里找不到表头（如 %(names)s），请核对表头或改用模板")
            % {"sheet": sheet.name[:40], "rows": min(LOOK_AT, len(sheet.rows)), "names": names}
        )
    first = last = best
    tops = {top for top, _left, bottom, _right in sheet.merges if top < sheet.rows[best].number <= bottom}
    while first and sheet.rows[first - 1].number in tops and best - first < 2:
        first -= 1
    if first == best and first and _is_below(sheet.rows[first - 1], sheet.rows[best], sheet):
        first -= 1
    while (
        last + 1 < len(sheet.rows) and last - first < 2 and _is_below(sheet.rows[last], sheet.rows[last + 1], sheet)
    ):
        last += 1
    return list(range(first, last + 1))


def _is_below(upper, lower, sheet):
    """Say whether a row holds the sub-headings of the row above it, and no data."""
    above, below = _texts(upper), _texts(lower)
    if lower.number != upper.number + 1 or not any(below):
        return False
    groups = _spans(upper, sheet)
    under = 0
    for column, value in enumerate(below):
        if value in (None, ""):
            continue
        if not isinstance(value, str) or len(value) > 30:
            return False
        if column in lower.filled:
            continue
        if column not in groups:
            return False
        under += 1
    return under > 1 and any(above)


def _spans(row, sheet):
    """Return {column: text} of headings that span several columns: merged, or with empty cells to the right."""
    values = _texts(row)
    spans = {}
    merged = {
        left: right for top, left, bottom, right in sheet.merges if top <= row.number <= bottom and right > left
    }
    for column, value in enumerate(values):
        if not isinstance(value, str) or not value:
            continue
        right = merged.get(column, column)
        if column not in merged:
            while right + 1 < len(values) and values[right + 1] in (None, "") and not sheet.merges:
                right += 1
        if right > column:
            spans.update(dict.fromkeys(range(column, right + 1), value))
    return spans


def _paths(rows, sheet):
    """Return for each column its headings from the top down."""
    width = max(len(row.values) for row in rows)
    spans = [_spans(row, sheet) for row in rows[:-1]] + [{}]
    paths = []
    for column in range(width):
        path = []
        for row, span in zip(rows, spans, strict=True):
            value = row.value(column)
            text = " ".join(str(value).split()) if value not in (None, "") else span.get(column, "")
            if text and (not path or path[-1] != text):
                path.append(text)
        paths.append(tuple(path))
    return paths


def _before(rows, notices):
    """Say what stands above the headings, and return the measure that a note names."""
    found = []
    for row in rows:
        said = _said(row)
        words = "　".join(str(value) for value in said)
        for value in said:
            text = headings.simplified(str(value))
            if match := _UNIT_NOTE.search(text):
                found += [word for word in re.split(r"[、,，;；/\s]+", match[1]) if _MEASURES.fullmatch(word)]
        notices.append(Notice(f"{row.number}:{row.number}", _("表头以上的“%s”没有当作数据") % words[:60]))
    found = list(dict.fromkeys(found))
    if len(found) > 1:
        notices.append(Notice("", _("表上注明了几种单位（%s），请在各列表头里写明") % "、".join(found)))
    return found[0] if len(found) == 1 else ""


# --- data ---------------------------------------------------------------------------------------


def _data(sheet, heading_rows, paths, bottom, notices):
    """Return the rows of data; what is left out is said by row."""
    leaves = {headings.fold(text) for path in paths for text in (*path, "".join(path)) if text}
    wide = {
        top: right - left + 1 for top, left, low, right in sheet.merges if top == low and right > left
    }  # one row merged sideways
    named = max(1, sum(bool(path) for path in paths))
    kept, gaps, before = [], [], heading_rows[-1].number
    counting = True
    for row in sheet.rows[bottom + 1 :]:
        said = _said(row)
        if row.number > before + 1:
            gaps.append((before + 1, row.number - 1))
        before = row.number
        why = ""
        if not said and not row.faults:
            gaps.append((row.number, row.number))
            continue
        flat = _flat(said[0]) if said else ""
        shown = "".join(str(said[0]).split())[:30] if said else ""
        if counting and _is_counter(said):
            why = _("是栏号，没有当作数据")
        elif _is_heading(said, leaves, row):
            why = _("与表头相同，没有当作数据")
        elif _is_total(row, flat):
            why = _("“%s”是合计，没有当作数据") % shown
        elif len(said) == 1 and isinstance(said[0], str) and not row.faults and len(row.filled) == 0:
            if _FOOT.fullmatch(flat):
                why = _("“%s”是表尾的说明，没有当作数据") % shown
            elif named > 2 and (wide.get(row.number, 0) * 2 > named or _SECTION.fullmatch(flat)):
                why = _("“%s”是小标题，没有当作数据") % shown
        elif 0 < len(said) <= 4 and all(_FOOT.fullmatch(_flat(value)) for value in said):
            why = _("“%s”是表尾的说明，没有当作数据") % shown
        counting = False
        if why:
            notices.append(Notice(f"{row.number}:{row.number}", _("第 %d 行") % row.number + why))
        else:
            kept.append(row)
    _say_gaps(gaps, kept, notices)
    return kept


def _flat(value):
    """Return a value as text without blanks, half width, simplified."""
    return "".join(headings.simplified(str(value)).split())


def _is_counter(said):
    """Say whether cells number the columns: 甲 乙 1 2 3."""
    words = ["".join(str(value).split()) for value in said]
    if not all(_COUNTER.fullmatch(word) for word in words):
        return False
    stems = "甲乙丙丁戊己"
    letters_first = [word.strip("()（）") for word in words if word.strip("()（）") in stems]
    numbers = [int(n) for word in words[len(letters_first) :] if (n := re.sub(r"\D", "", word.split("=")[0]))]
    return (
        len(letters_first) + len(numbers) == len(words)
        and "".join(letters_first) == stems[: len(letters_first)]
        and len(numbers) > 1
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] < 3
    )


def _is_heading(said, leaves, row):
    texts = [value for value in said if isinstance(value, str)]
    same = sum(headings.fold(value) in leaves for value in texts)
    return len(said) > 1 and same > 1 and same * 5 >= len(said) * 4 and not row.faults


def _is_total(row, first):
    """Say whether one of the first cells of a row says that it adds up."""
    for column in range(min(4, len(row.values))):
        value = row.value(column)
        if isinstance(value, str) and column not in row.filled:
            flat = _flat(value)
            if flat and _TOTAL.fullmatch(flat):
                return True
    return bool(_TOTAL.fullmatch(first)) and len(first) < 12


def _say_gaps(gaps, kept, notices):
    last = kept[-1].number if kept else 0
    runs = []
    for start, end in gaps:
        if start > last:
            break
        if runs and runs[-1][1] == start - 1:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    if runs:
        words = "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs[:20])
        more = _(" 等 %d 处") % len(runs) if len(runs) > 20 else ""
        notices.append(Notice(f"{runs[0][0]}:{runs[0][0]}", _("第 %s 行是空行，已跳过") % (words + more)))


def _without_heading(rows, matches):
    """Say which cells stand in columns without a heading, since nobody reads them."""
    bare = {match.column for match in matches if not match.heading}
    width = len(matches)
    found = {}
    for row in rows:
        for column, value in enumerate(row.values):
            if (column >= width or column in bare) and value not in (None, "") and str(value).strip():
                found.setdefault(column, []).append(row.number)
    return [
        Notice(
            address(numbers[0], column),
            _("%(column)s 列没有表头，其中 %(count)d 格内容没有读取")
            % {"column": letters(column), "count": len(numbers)},
        )
        for column, numbers in sorted(found.items())
    ]
