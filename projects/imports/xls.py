"""Reads the cells of an .xls (Excel 97–2003): numbers and what must be said from its records, texts by calamine.

Where the two disagree about which cells there are, the file is refused. Imports no Django.
"""

import struct
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from projects.imports import sheets
from projects.imports.sheets import DAMAGED, RESAVE, Fault, Refusal, Sheet

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFE
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def read_xls(data: bytes) -> list[str]:
    """Return the sheets of a workbook, each as JSON."""
    book = _Book(_workbook_stream(data))
    scanned, cells = [], 0
    for place, (name, state, offset, kind) in enumerate(book.sheets):
        if not kind:  # neither a chart nor a macro sheet
            sheet = Sheet(name, bool(state), book.date1904)
            scan = book.scan(offset, sheet)
            cells += len(scan)
            if cells > sheets.CELLS:
                raise Refusal(sheets.TOO_MANY_CELLS)
            scanned.append((place, sheet, scan))
    if not scanned:
        raise Refusal("文件里没有工作表，请检查后再上传")
    if len(scanned) > sheets.SHEETS:
        raise Refusal(f"文件有 {len(scanned)} 张工作表，超过 {sheets.SHEETS} 张，请只保留需要的再上传")
    if len(scanned) < len(book.sheets):
        scanned[0][1].say("", f"有 {len(book.sheets) - len(scanned)} 张图表页或宏表，没有读")
    texts = _texts(data, book, scanned)
    for place, sheet, scan in scanned:
        _put(sheet, scan, texts.get(place, {}), book)
    return [sheet.finish() for _place, sheet, _scan in scanned]


def _texts(data, book, scanned):
    """Return {place of a sheet: {(row, column): text}} as calamine reads them.

    It builds the whole rectangle of a sheet, so a far cell is refused before it is asked.
    """
    if not any(kind == "text" for _place, _sheet, scan in scanned for kind, _value, _style in scan.values()):
        return {}
    for _place, _sheet, scan in scanned:
        width = max((column for _row, column in scan), default=0) + 1
        last = max(scan, default=(0, 0))
        if last[0] * width > 4 * sheets.CELLS:
            raise Refusal(f"单元格 {sheets.address(*last)} 离其他内容太远，请删除多余的行列后再上传")
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        if len(workbook.sheets_metadata) != len(book.sheets):
            raise Refusal(DAMAGED % "工作表的数目前后不一")
        return {
            place: {
                (number, column): value
                for number, row in enumerate(workbook.get_sheet_by_index(place).to_python(skip_empty_area=False), 1)
                for column, value in enumerate(row)
                if isinstance(value, str) and value
            }
            for place, _sheet, _scan in scanned
        }
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal(DAMAGED % "工作表读不出") from error


def _put(sheet, scan, texts, book):
    for (row, column), (kind, value, style) in scan.items():
        try:
            if kind == "number":
                piece = sheets.number_piece(f"{value:.15g}", book.kind_of(style), book.date1904)
            elif kind == "text":
                piece = sheets.text_piece(texts.pop((row, column), ""))
                if piece is None and not value:
                    sheet.say(sheets.address(row, column), "是空白文字，按空格子读取")
                    continue
            elif kind == "truth":
                piece = "true" if value else "false"
            else:
                raise Fault(value)
        except Fault as fault:
            sheet.put(row, column, None, str(fault))
            continue
        if piece:
            sheet.put(row, column, piece)
    lost = [place for place in texts if place not in scan]
    if lost:
        raise Refusal(DAMAGED % f"单元格 {sheets.address(*lost[0])} 前后不一")


# --- records ------------------------------------------------------------------------------------


class _Book:
    """The records of a workbook stream: its sheets, its formats, and the cells of each sheet."""

    def __init__(self, stream):
        self.stream = stream
        self.sheets, self.formats, self.xfs = [], {}, []
        self.date1904 = False
        for number, body, _at in self._records(0):
            if number == 0x2F:
                raise Refusal("文件设有密码，请去掉密码后再上传")
            if number == 0x85 and len(body) >= 8:
                offset, state, kind, count, wide = struct.unpack_from("<IBBBB", body)
                name = body[8 : 8 + count * (2 if wide & 1 else 1)]
                name = name.decode("utf-16-le" if wide & 1 else "latin-1", "replace")
                self.sheets.append((name, state & 3, offset, kind))
            elif number == 0x22:
                self.date1904 = body[:2] == b"\x01\x00"
            elif number == 0x41E and len(body) >= 5:
                self.formats[int.from_bytes(body[:2], "little")] = _format_code(body[2:])
            elif number == 0xE0 and len(body) >= 4:
                self.xfs.append(int.from_bytes(body[2:4], "little"))
        self.kinds = [sheets.format_kind(code, self.formats.get(code)) for code in self.xfs]

    def _records(self, at):
        """Yield (number, body, place) from a BOF to its EOF, without the charts inside."""
        stream, depth = self.stream, 0
        while at + 4 <= len(stream):
            number, length = struct.unpack_from("<HH", stream, at)
            body = stream[at + 4 : at + 4 + length]
            if len(body) < length or (not depth and number != 0x809):
                break
            if number == 0x809:
                if length < 4 or body[:2] != b"\x00\x06":
                    raise Refusal("这是 Excel 95 或更早的工作簿，" + RESAVE)
                depth += 1
            elif number == 0x0A:
                depth -= 1
                if not depth:
                    return
            if depth == 1:
                yield number, body, at
            at += 4 + length
        raise Refusal(DAMAGED % "工作簿的内容不完整")

    def kind_of(self, style):
        """Return what a cell format makes of a number."""
        if style >= len(self.kinds):
            raise Fault(sheets.NO_STYLE)
        return self.kinds[style]

    def scan(self, offset, sheet):
        """Return {(row, column): (kind, value, format)} of a sheet; notes merges and what is hidden."""
        cells, claims, seen = {}, [], set()

        def put(row, column, kind, value, style=0):
            if (row + 1, column) in cells:
                raise Refusal(DAMAGED % f"单元格 {sheets.address(row + 1, column)} 出现了两次")
            if column >= sheets.COLUMNS or len(cells) >= sheets.CELLS:
                raise Refusal(sheets.TOO_MANY_CELLS)
            cells[row + 1, column] = (kind, value, style)

        for number, body, _at in self._records(offset):
            try:
                if number in (0x203, 0x27E, 0xFD, 0x204, 0xD6, 0x205, 0x06, 0x201):
                    row, column, style = struct.unpack_from("<HHH", body)
                    seen.add(row)
                if number == 0x203:
                    put(row, column, "number", struct.unpack_from("<d", body, 6)[0], style)
                elif number == 0x27E:
                    put(row, column, "number", _packed(body[6:10]), style)
                elif number in (0xFD, 0x204, 0xD6):
                    put(row, column, "text", number == 0x204 and body[6:8] != b"\0\0")
                elif number == 0x205:
                    error, is_error = body[6:8]
                    what = sheets.ERROR_CELL % _ERRORS.get(error, "#?") if is_error else error
                    put(row, column, "fault" if is_error else "truth", what)
                elif number == 0x06:
                    put(row, column, *_result(body[6:14]), style)
                elif number in (0xBD, 0xBE):  # several numbers, several blanks
                    row, first = struct.unpack_from("<HH", body)
                    seen.add(row)
                    step = 6 if number == 0xBD else 2
                    for place in range((len(body) - 6) // step):
                        if number == 0xBD:
                            style, packed = struct.unpack_from("<H4s", body, 4 + 6 * place)
                            put(row, first + place, "number", _packed(packed), style)
                elif number == 0x208:
                    row, first, after = struct.unpack_from("<HHH", body)
                    if after > first:
                        claims.append(row)
                    if body[12] & 0x20:
                        sheet.hidden_rows.append(row + 1)
                elif number == 0x7D and body[8] & 1:
                    first, last = struct.unpack_from("<HH", body)
                    sheet.hidden_columns.append((first, min(last, sheets.COLUMNS - 1)))
                elif number == 0xE5:
                    self._merge(sheet, body)
            except (struct.error, IndexError, ValueError) as error:
                raise Refusal(DAMAGED % "有一条记录不完整") from error
        lost = set(claims) - seen  # rows that say they have cells
        if lost:
            raise Refusal(DAMAGED % f"第 {min(lost) + 1} 行的内容找不到")
        return cells

    @staticmethod
    def _merge(sheet, body):
        for place in range(struct.unpack_from("<H", body)[0]):
            top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * place)
            merge = sheets.merge_of(top + 1, left, bottom + 1, right)
            if merge is None:
                raise Refusal(DAMAGED % "合并单元格的范围无效")
            sheet.merges.append(merge)
            if len(sheet.merges) > sheets.MERGES:
                raise Refusal(f"一张工作表的合并单元格超过 {sheets.MERGES} 处，请取消合并后再上传")


def _packed(four):
    """Read a number packed into four bytes: a whole number or half a float, perhaps a hundred times too large."""
    whole = int.from_bytes(four, "little", signed=True)
    if whole & 2:
        number = whole >> 2
    else:
        number = struct.unpack("<d", b"\0\0\0\0" + (whole & 0xFFFFFFFC).to_bytes(4, "little"))[0]
    return number / 100 if whole & 1 else number


def _result(eight):
    """Return kind and value of a formula's result; no result and an empty text look the same."""
    if eight[6:8] != b"\xff\xff":
        return "number", struct.unpack("<d", eight)[0]
    if eight[0] == 0:
        return "text", False
    if eight[0] == 1:
        return "truth", eight[2]
    if eight[0] == 2:
        return "fault", sheets.ERROR_CELL % _ERRORS.get(eight[2], "#?")
    return "fault", sheets.NO_RESULT


def _format_code(body):
    count, flags = struct.unpack_from("<HB", body)
    text = body[3 : 3 + count * (2 if flags & 1 else 1)]
    return text.decode("utf-16-le" if flags & 1 else "latin-1", "replace")


# --- the container ------------------------------------------------------------------------------


def _workbook_stream(data):
    """Return the stream of the workbook inside an OLE file."""
    streams = ole_streams(data)
    if "encryptedpackage" in streams:
        raise Refusal("文件设有密码，请去掉密码后再上传")
    if "workbook" in streams:
        return streams["workbook"]()
    if "book" in streams:
        raise Refusal("这是 Excel 95 或更早的工作簿，" + RESAVE)
    kind = "Word 文件" if "worddocument" in streams else "PowerPoint 文件" if "powerpoint document" in streams else ""
    raise Refusal(f"这是 {kind}，不是 Excel 工作簿，请选择 .xls 或 .xlsx 文件" if kind else DAMAGED % "没有工作簿")


def ole_streams(data: bytes) -> dict:
    """Return {name in small letters: function that gives the stream} of an OLE file."""
    try:
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        directory, cutoff, mini_start = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
        difat_start, difat_count = struct.unpack_from("<II", data, 68)
        if shift not in (9, 12) or mini_shift != 6:
            raise Refusal(DAMAGED % "文件头有误")
        size = 1 << shift
        most = len(data) // size + 1

        def sector(number):
            part = data[(number + 1) * size : (number + 2) * size]
            if not part:
                raise Refusal(DAMAGED % "文件不完整")
            return part.ljust(size, b"\0")

        def chain(number, table, limit):
            while number < 0xFFFFFFFA:
                if limit < 0 or number >= len(table):
                    raise Refusal(DAMAGED % "内部的链接有误")
                yield number
                number, limit = table[number], limit - 1

        words = f"<{size // 4}I"
        difat = list(struct.unpack_from("<109I", data, 76))
        while difat_start < 0xFFFFFFFA and difat_count and len(difat) < 2 * most + 200:
            *more, difat_start = struct.unpack(words, sector(difat_start))
            difat += more
        fat = [link for place in difat if place < 0xFFFFFFFA for link in struct.unpack(words, sector(place))]
        entries = b"".join(sector(place) for place in chain(directory, fat, most))
        mini = [
            link for place in chain(mini_start, fat, most) for link in struct.unpack(words, sector(place))
        ]  # the table of small sectors
        streams, root = {}, None
        for at in range(0, len(entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", entries, at + 64)
            name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            start, count = struct.unpack_from("<II", entries, at + 116)
            if kind == 5:
                root = start
            elif kind == 2:
                streams[name] = (start, count)

        def stream(start, count):
            if count < cutoff:
                box = b"".join(sector(place) for place in chain(root or 0, fat, most))
                got = b"".join(box[64 * place : 64 * place + 64] for place in chain(start, mini, len(mini)))
            else:
                got = b"".join(sector(place) for place in chain(start, fat, most))
            if len(got) < count:
                raise Refusal(DAMAGED % "文件不完整")
            return got[:count]

        return {name: lambda place=place: stream(*place) for name, place in streams.items()}
    except struct.error as error:
        raise Refusal(DAMAGED % "文件不完整") from error
