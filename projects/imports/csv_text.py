"""Reads the rows of a .csv in UTF-8 or GB18030, with comma, semicolon or tab between the cells. Imports no Django."""

import csv
import io
import re
from statistics import median

from projects.imports import sheets
from projects.imports.sheets import Refusal, Sheet

SAVE = "请用 Excel 另存为“CSV UTF-8（逗号分隔）”或 .xlsx 再上传"
_DELIMITERS = ",;\t"
_BIG5_COMMON = range(0xA440, 0xC67F)
_GB_COMMON = frozenset((*range(0xA1A1, 0xA3FF), *range(0xB0A1, 0xD7FF)))  # punctuation and the common characters


def read_csv(data: bytes, name: str) -> list[str]:
    """Return the rows of a text as one sheet of JSON; every cell is text."""
    text = _decode(data)
    sheet = Sheet(name)
    delimiter, text, skipped = _delimiter(text)
    if skipped:
        sheet.say("A1", f"首行 sep={'制表符' if delimiter == chr(9) else delimiter} 只说明分隔符，没有当作数据")
    csv.field_size_limit(4 * sheets.TEXT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1 if skipped else 0
    cells = 0
    try:
        for row in reader:
            number += 1
            for column, cell in enumerate(row):
                if not cell:
                    continue
                if "\n" in cell and _swallows(cell, delimiter, len(row)):
                    raise Refusal(
                        f"单元格 {sheets.address(number, column)} 里包进了别的行，引号可能没有配对，请检查后再上传"
                    )
                sheet.put(number, column, sheets.text_piece(cell))
                cells += 1
            if cells > sheets.CELLS:
                raise Refusal(sheets.TOO_MANY_CELLS)
    except csv.Error as error:
        raise Refusal(f"第 {number + 1} 行（文件第 {reader.line_num} 行）的引号没有配对或文字过长，{SAVE}") from error
    return [sheet.finish()]


def _swallows(cell, delimiter, width):
    """Say whether a cell of several lines looks like rows that a stray quotation mark has swallowed."""
    lines = re.split(r"\r\n|\r|\n", cell)
    return len(lines) > 2 and sum(line.count(delimiter) >= max(1, width - 1) for line in lines[1:-1]) > 0


def _decode(data):
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        raise Refusal("文件的编码是 UTF-32，" + SAVE)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    text, line = None, 0
    for encoding in encodings:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError as error:
            line = max(line, data.count(b"\n", 0, error.start) + 1)
    if text is None:
        raise Refusal(f"文件第 {line} 行不是 UTF-8 或 GB18030 编码的文字，{SAVE}")
    if encoding == "gb18030" and _is_big5(data, text):
        raise Refusal("文件像是 Big5 编码（繁体），会读成乱字，" + SAVE)
    bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffd\ufffe\uffff\ue000-\uf8ff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        raise Refusal(f"文件第 {line} 行含有不是文字的内容，可能不是 CSV，或编码不是 UTF-8、GB18030，{SAVE}")
    return text


def _is_big5(data, text):
    """Say whether text that could be GB18030 is rather Big5: its characters are rare there and common here."""
    try:
        traditional = data.decode("big5")
    except UnicodeDecodeError:
        return False
    here = [c for c in text if not c.isascii()]
    rare = sum(not _in(c, "gb2312", _GB_COMMON) for c in here)
    there = [c for c in traditional if "\u4e00" <= c <= "\u9fff"]
    common = sum(_in(c, "big5", _BIG5_COMMON) for c in there)
    return rare * 2 > len(here) and common * 10 > len(there) * 8


def _in(character, encoding, codes):
    try:
        return int.from_bytes(character.encode(encoding), "big") in codes
    except UnicodeEncodeError:
        return False


def _delimiter(text):
    """Return the delimiter, the text, and whether a first line that only names it was left out."""
    match = re.match(r"sep=([,;\t])\r?\n", text)
    if match:
        return match[1], text[match.end() :], True
    best, score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
            widths = [len(row) for row, _n in zip(reader, range(60), strict=False) if any(row)]
        except csv.Error:
            continue
        if widths:
            found = (median(widths), sum(width == median(widths) for width in widths))
            if found > score and found[0] > 1 or (found[0] > score[0]):
                best, score = delimiter, found
    return best, text, False
