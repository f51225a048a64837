"""What the child process puts together: sheets of cells, what could not be read, and how large a file may be.

Nothing here imports Django, so messages are plain text. A cell is kept as the JSON that goes to the parent.
"""

import json
import re
from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from json.encoder import encode_basestring

MB = 1024 * 1024
FILE_BYTES = 20 * MB
EXPANDED_BYTES = 200 * MB  # of all parts of an xlsx together
RATIO = 100  # times that a part above 1 MB may be smaller packed; a sheet full of one word is at 17
ENTRIES = 2000  # files in an xlsx
SHEETS = 50
ROWS = 50_000  # with content, in one sheet
COLUMNS = 256
CELLS = 1_000_000  # with content, in one file
TEXT = 32_767  # characters of a cell, as in Excel
MERGES = 20_000
NOTICES = 500  # a sheet; the rest is counted
LAST_ROW = 1_048_576

RESAVE = "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"
DAMAGED = "文件已损坏（%s），" + RESAVE
TOO_MANY_CELLS = f"文件里有内容的单元格超过 {CELLS} 个，请分成几个文件上传"
NO_RESULT = "公式没有计算结果，请用 Excel 打开保存一次，或把公式改成数值"
ERROR_CELL = "单元格是错误值 %s，请改正公式或填写数值"
NOT_A_NUMBER = "数字单元格的内容“%s”不是数，请重新填写"
NOT_A_DATE = "日期单元格里的数 %s 不是有效的日期，请重新填写"
NO_STYLE = "单元格的格式已损坏，无法判断是数还是日期，请重新填写"
SCALED = "单元格格式把数缩小显示，看到的与存的（%s）不一样，请改成普通数字格式"


class Refusal(Exception):
    """The file cannot be taken; the message says why and what to do."""


# --- addresses ----------------------------------------------------------------------------------

_LETTERS = {}


def letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    if column not in _LETTERS:
        text, rest = "", column + 1
        while rest:
            rest, digit = divmod(rest - 1, 26)
            text = chr(65 + digit) + text
        _LETTERS[column] = text
    return _LETTERS[column]


def address(row: int, column: int) -> str:
    """Return an address such as B7, from a row counted from 1 and a column counted from 0."""
    return f"{letters(column)}{row}"


def column_of(text: str) -> int:
    """Return the column, counted from 0, that letters name; -1 if they name none."""
    if not re.fullmatch("[A-Za-z]{1,3}", text):
        return -1
    column = 0
    for letter in text.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


# --- cells --------------------------------------------------------------------------------------

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*", re.ASCII)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Fault(Exception):
    """One cell cannot be taken; the message says why and what to do."""


def text_piece(text: str) -> str | None:
    """Return the JSON of a text without control characters; None where it is empty."""
    if len(text) > TEXT:
        raise Refusal(f"有一格的文字超过 {TEXT} 字（“{text[:20]}…”），请删短后再上传")
    text = _CONTROLS.sub("", text)
    return encode_basestring(text) if text else None


def date_piece(moment: date | datetime) -> str:
    """Return the JSON of a day, or of a day with a time; marked, since no text begins with NUL."""
    if isinstance(moment, datetime) and moment.time() == time():
        moment = moment.date()
    return f'"\\u0000{moment.isoformat()}"'


def number_text(text: str) -> str:
    """Return a number as the sheet shows it, with 15 digits."""
    if _PLAIN.fullmatch(text) and len(text) <= 15:
        return text
    number = float(text) if _NUMBER.fullmatch(text) else float("inf")
    if number in (float("inf"), float("-inf")):
        raise Fault(NOT_A_NUMBER % text[:30])
    return f"{number:.15g}"


def number_piece(text: str, kind, date1904: bool = False) -> str:
    """Return the JSON of a number cell; percentages and measures in its format are given as they are seen."""
    text = number_text(text)
    if kind is None:
        return text
    if kind == "date":
        return _serial(text, date1904)
    if kind == "percent":
        return f'"{_plain(Decimal(text) * 100)}%"'
    if kind == "scaled":
        raise Fault(SCALED % text)
    return encode_basestring(_plain(Decimal(text)) + kind[1])


def _plain(number):
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _serial(text, date1904):
    """Read a day counted from 1899-12-31 (with a 29 February 1900 that never was) or from 1904-01-01."""
    serial = Decimal(text)
    day = int(serial)
    seconds = int(((serial - day) * 86400).to_integral_value())
    if 0 < serial < 1:
        return f'"{timedelta(seconds=seconds)}"' if seconds < 86400 else '"24:00:00"'
    if serial < (0 if date1904 else 1) or day > 2_958_465 or (day == 60 and not date1904):
        raise Fault(NOT_A_DATE % text[:30])
    start = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 31 if day < 60 else 30)
    try:
        return date_piece(start + timedelta(days=day, seconds=seconds))
    except OverflowError:
        raise Fault(NOT_A_DATE % text[:30]) from None


_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_PERCENT = {9, 10}
_MEASURE = re.compile(r"(?:万|亿)?(?:元|美元|欧元|港元|港币|日元|人民币)|万|亿|%|％")


def format_kind(number: int, code: str | None):
    """Say what a number format makes of a number: None, "date", "percent", "scaled" or ("measure", word)."""
    if code is None:
        return "date" if number in _BUILT_IN_DATES else "percent" if number in _BUILT_IN_PERCENT else None
    code = code[:300]
    words = "".join(re.findall(r'"([^"]*)"', code.split(";")[0]))
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code.split(";")[0])
    if re.search(r"\[(?:h+|m+|s+)\]", bare, re.IGNORECASE):
        return None  # a length of time, not a date
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    if re.search(r"[ymdhs]", bare.replace("General", ""), re.IGNORECASE):
        return "date"
    if re.search(r"[0#?],+(?![0#?,])", bare) or re.search(r'[0#?](?:\\\.|!\.|"\.")[0#?]', code):
        return "scaled"  # 0.0, and 0!.0000 show a ten-thousandth
    if "%" in bare:
        return "percent"
    words = (words + re.sub(r"[^万亿元美欧港币日人民]", "", bare)).strip().translate(str.maketrans("萬億", "万亿"))
    return ("measure", words) if _MEASURE.fullmatch(words) else None


# --- sheets -------------------------------------------------------------------------------------


class Sheet:
    """The cells of one sheet on their way to the parent: {row: {column: JSON}} with faults and notices."""

    def __init__(self, name, hidden=False, date1904=False):
        self.name, self.hidden, self.date1904 = name, hidden, date1904
        self.rows, self.faults, self.notices, self.merges = {}, {}, [], []
        self.filled = []
        self.hidden_rows, self.hidden_columns = [], []

    def put(self, row, column, piece, fault=None):
        """Keep the value of a cell, or why it has none."""
        if column >= COLUMNS:
            raise Refusal(
                f"{self._where()}单元格 {address(row, column)} 的内容在第 {COLUMNS} 列之外，"
                "请删除这一列（或复制有用的部分到新工作簿）后再上传"
            )
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = {}
            if len(self.rows) > ROWS:
                raise Refusal(
                    f"{self._where()}有内容的行超过 {ROWS} 行（到单元格 {address(row, column)}），请分成几个文件上传"
                )
        if column in cells:
            raise Refusal(DAMAGED % f"单元格 {address(row, column)} 出现了两次")
        cells[column] = piece
        if fault:
            self.faults[row, column] = fault

    @property
    def size(self):
        """How many cells have content."""
        return sum(map(len, self.rows.values()))

    def say(self, where, message):
        """Note something the user should know."""
        self.notices.append((where, message))

    def _where(self):
        return f"工作表“{self.name[:40]}”的"

    def finish(self):
        """Fill merged cells down, say what is hidden, and return the sheet as JSON."""
        self._fill_merged()
        self._say_hidden()
        notices, left = self.notices[:NOTICES], len(self.notices) - NOTICES
        if left > 0:
            notices.append(("", f"另有 {left} 处说明未列出"))
        head = {
            "name": self.name,
            "hidden": self.hidden,
            "date1904": self.date1904,
            "notices": notices,
            "faults": [(row, column, why) for (row, column), why in self.faults.items()],
            "filled": self.filled,
            "merges": self.merges,
        }
        rows = []
        for number in sorted(self.rows):
            cells = self.rows[number]
            line = ",".join(cells.get(column) or "null" for column in range(max(cells) + 1))
            rows.append(f"[{number},{line}]")
        return json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [' + ",".join(rows) + "]}"

    def _fill_merged(self):
        own = sorted(self.rows)
        filled = 0
        self.merges.sort()
        for top, left, bottom, right in self.merges:
            piece = self.rows.get(top, {}).get(left)
            fault = self.faults.get((top, left))
            covered = own[bisect_left(own, top) : bisect_right(own, bottom)]
            filled += len(covered) * (min(right, COLUMNS - 1) - left + 1)
            if filled > CELLS:
                raise Refusal(f"{self._where()}合并单元格覆盖的格子过多，请取消合并后再上传")
            hidden, down = [], []
            for row in covered:
                cells = self.rows[row]
                hidden += [
                    address(row, column)
                    for column in range(left, min(right, COLUMNS - 1) + 1)
                    if (row, column) != (top, left)
                    and (cells.pop(column, None) is not None or self.faults.pop((row, column), None))
                ]
                if row > top and (piece or fault):
                    cells[left] = piece
                    self.filled.append((row, left, top))
                    down.append(address(row, left))
                    if fault:
                        self.faults[row, left] = fault
                if not cells:
                    cells[left] = None
            where = f"{address(top, left)}:{address(bottom, right)}"
            if down:
                cells = down[0] if len(down) == 1 else f"{down[0]} 至 {down[-1]}"
                self.say(where, f"是合并单元格，{cells} 按首格 {address(top, left)} 的内容读取")
            if hidden:
                self.say(where, f"是合并单元格，其中看不见的内容（{_few(hidden)}）没有采用")

    def _say_hidden(self):
        if self.hidden:
            self.say("", "是隐藏的工作表，内容也已读出")
        rows = [row for row in self.hidden_rows if row in self.rows]
        if rows:
            self.say(f"{rows[0]}:{rows[0]}", f"第 {_few(_runs(rows))} 行是隐藏的，内容也已读出")
        used = {column for cells in self.rows.values() for column in cells} if self.hidden_columns else ()
        columns = sorted({c for first, last in self.hidden_columns for c in range(first, last + 1) if c in used})
        if columns:
            names = "、".join(letters(column) for column in columns[:10]) + ("等" if columns[10:] else "")
            self.say(f"{letters(columns[0])}:{letters(columns[0])}", f"{names} 列是隐藏的，内容也已读出")


def _few(items):
    return "、".join(map(str, items[:10])) + (f" 等 {len(items)} 处" if len(items) > 10 else "")


def _runs(numbers):
    """Join consecutive numbers: 5, 7–9."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [str(first) if first == last else f"{first}–{last}" for first, last in runs]


def merge_of(first_row, first_column, last_row, last_column):
    """Return a merged range as a tuple; None for a range that is none."""
    good = 1 <= first_row <= last_row <= LAST_ROW and 0 <= first_column <= last_column < 16_384
    return (first_row, first_column, last_row, last_column) if good else None
