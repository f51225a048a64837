"""Reads the cells of an .xlsx as they are stored: one pass over each sheet, nothing believed that can be checked.

Own reading, because the libraries lose what must be said: rows where <dimension> lies, formulas without a result,
error cells, merged and hidden cells; and one of them dies of a single far cell. Imports no Django.
"""

import posixpath
import re
import zipfile
from io import BytesIO
from xml.parsers import expat

from projects.imports import sheets
from projects.imports.sheets import DAMAGED, RESAVE, Fault, Refusal, Sheet

_SPREADSHEET = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_CHUNK = 1 << 17
_DIGITS = "0123456789"


def read_xlsx(data: bytes) -> list[str]:
    """Return the sheets of a workbook, each as JSON."""
    parts = Parts(data)
    workbook = _Workbook(parts)
    strings = _shared_strings(parts, workbook.part("sharedStrings"))
    styles = _styles(parts, workbook.part("styles"))
    texts, cells = [], 0
    for name, hidden, path in workbook.sheets:
        sheet = Sheet(name, hidden, workbook.date1904)
        if name in workbook.twice:
            sheet.say("", f"有不止一张工作表名为“{name[:40]}”，都已读出")
        if workbook.other and not texts:
            sheet.say("", f"图表页“{'”“'.join(workbook.other)[:100]}”里没有单元格，未读")
        _read_sheet(parts, path, sheet, strings, styles)
        cells += sheet.size
        if cells > sheets.CELLS:
            raise Refusal(sheets.TOO_MANY_CELLS)
        texts.append(sheet.finish())
    return texts


# --- the zip ------------------------------------------------------------------------------------


class Parts:
    """The files inside an xlsx, found whatever the case of their names, and unpacked up to a limit."""

    def __init__(self, data):
        try:
            self.zip = zipfile.ZipFile(BytesIO(data))
            entries = self.zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refusal(DAMAGED % "压缩包打不开") from error
        if len(entries) > sheets.ENTRIES:
            raise Refusal(f"文件里含有 {len(entries)} 个部件，超过 {sheets.ENTRIES} 个，不像正常的工作簿，{RESAVE}")
        self.entries = {}
        for entry in entries:
            name = entry.filename.replace("\\", "/").lstrip("/").lower()
            if name in self.entries:
                raise Refusal(DAMAGED % f"内部有两个部件都叫 {name[:60]}")
            self.entries[name] = entry
        self.left = sheets.EXPANDED_BYTES
        self._check_kind()

    def __contains__(self, name):
        return name.lower() in self.entries

    def _check_kind(self):
        names = self.entries
        if any(entry.flag_bits & 0x1 for entry in names.values()):
            raise Refusal("文件设有密码，请去掉密码后再上传")
        if "mimetype" in names or "content.xml" in names:
            raise Refusal("这是 OpenDocument（.ods）等格式的文件，不是 .xlsx，" + RESAVE)
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise Refusal("这是 Word 或 PowerPoint 文件，不是 Excel 工作簿，请选择 .xlsx 文件")
        if "xl/workbook.bin" in names:
            raise Refusal("这是二进制工作簿（.xlsb），不是 .xlsx，" + RESAVE)
        if any(name.endswith("vbaproject.bin") for name in names):
            raise Refusal("这是带宏的工作簿（.xlsm），不收带宏的文件，" + RESAVE)
        if "[content_types].xml" not in names:
            raise Refusal("这是压缩包，不是 Excel 工作簿，请选择 .xlsx 文件")
        if b"macroEnabled" in b"".join(self.chunks("[Content_Types].xml")):
            raise Refusal("这是带宏的工作簿（.xlsm），不收带宏的文件，" + RESAVE)

    def chunks(self, name):
        """Yield the bytes of a part; refuses a part that grows beyond what a workbook holds."""
        entry = self.entries.get(name.lower())
        if entry is None:
            raise Refusal(DAMAGED % f"缺少部件 {name[:60]}")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal(DAMAGED % "压缩方式不是工作簿所用的")
        most = max(sheets.MB, entry.compress_size * sheets.RATIO)
        try:
            with self.zip.open(entry) as part:
                while chunk := part.read(_CHUNK):
                    self.left -= len(chunk)
                    most -= len(chunk)
                    if self.left < 0 or most < 0:
                        raise Refusal(
                            f"文件解压后过大（超过 {sheets.EXPANDED_BYTES // sheets.MB} MB，或压缩比超过 "
                            f"{sheets.RATIO} 倍），不像正常的工作簿，请只保留需要的内容再上传"
                        )
                    yield chunk
        except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise Refusal(DAMAGED % f"部件 {name[:60]} 读不出") from error


def parse(chunks, start, end=None, text=None):
    """Run a parser over XML; refuses a document type, so that no entity is ever expanded."""
    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def forbid(*_args):
        raise Refusal("文件里含有不允许的 XML 声明（DTD 或实体），" + RESAVE)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = forbid
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refusal(DAMAGED % f"内部的 XML 有误：{error}") from error


def _tags(*names):
    """Return {name with its namespace: name}, in both editions of the format."""
    return {f"{space}|{name}": name for space in _SPREADSHEET for name in names}


def _relation(attributes, name):
    return next((attributes[f"{space}|{name}"] for space in _RELATIONS if f"{space}|{name}" in attributes), None)


def _true(text):
    return text in ("1", "true", "on")


# --- workbook, strings, formats -----------------------------------------------------------------


class _Workbook:
    """The sheets of a workbook in order, and where its other parts lie."""

    def __init__(self, parts):
        self.targets = {}  # kind of part: path
        self.other = []
        root = self._relations(parts, "_rels/.rels", "")
        path = next((path for kind, path in root.values() if kind == "officeDocument"), "xl/workbook.xml")
        folder, name = posixpath.split(path)
        relations = self._relations(parts, f"{folder}/_rels/{name}.rels", folder)
        self.targets = dict(relations.values())
        self.date1904 = False
        found = []
        tags = _tags("sheet", "workbookPr")

        def start(tag, attributes):
            tag = tags.get(tag)
            if tag == "sheet":
                found.append((attributes.get("name", ""), attributes.get("state", ""), _relation(attributes, "id")))
            elif tag == "workbookPr":
                self.date1904 = _true(attributes.get("date1904"))

        parse(parts.chunks(path), start)
        self._settle(found, relations)

    def _settle(self, found, relations):
        self.sheets = []
        for name, state, key in found:
            kind, path = relations.get(key, (None, None))
            if path is None:
                raise Refusal(DAMAGED % f"工作表“{name[:40]}”没有内容")
            if kind == "worksheet":
                self.sheets.append((name, state in ("hidden", "veryHidden"), path))
            else:
                self.other.append(name)
        if not self.sheets:
            raise Refusal("文件里没有工作表，请检查后再上传")
        if len(self.sheets) > sheets.SHEETS:
            raise Refusal(f"文件有 {len(self.sheets)} 张工作表，超过 {sheets.SHEETS} 张，请只保留需要的再上传")
        if len({path for _name, _hidden, path in self.sheets}) < len(self.sheets):
            raise Refusal(DAMAGED % "两张工作表是同一份内容")
        names = [name for name, _hidden, _path in self.sheets]
        self.twice = {name for name in names if names.count(name) > 1}

    def part(self, kind):
        """Return where a part of some kind lies, if there is one."""
        return self.targets.get(kind)

    @staticmethod
    def _relations(parts, path, folder):
        """Return {id: (kind, path)}; what lies outside the file is left out."""
        relations = {}
        if path not in parts:
            return relations

        def start(tag, attributes):
            if tag.endswith("|Relationship") and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                target = target[1:] if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rsplit("/", 1)[-1]
                relations[attributes.get("Id")] = (kind, posixpath.normpath(target))

        parse(parts.chunks(path), start)
        return relations


def _shared_strings(parts, path):
    """Return the texts that cells point to, each as JSON; a cell that finds none is refused later."""
    if path is None or path not in parts:
        return []
    tags = _tags("si", "t", "rPh")
    strings, text = [], []
    inside = phonetic = False

    def start(tag, _attributes):
        nonlocal inside, phonetic
        tag = tags.get(tag)
        if tag == "si":
            text.clear()
        elif tag == "t":
            inside = not phonetic
        elif tag == "rPh":
            phonetic = True

    def end(tag):
        nonlocal inside, phonetic
        tag = tags.get(tag)
        if tag == "t":
            inside = False
        elif tag == "rPh":
            phonetic = False
        elif tag == "si":
            strings.append(_text_piece("".join(text)))

    def characters(data):
        if inside:
            text.append(data)

    parse(parts.chunks(path), start, end, characters)
    return strings


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _text_piece(text):
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return sheets.text_piece(text)


def _styles(parts, path):
    """Return for each cell format what it makes of a number; without them a day would pass for a number."""
    if path is None:
        return [None]
    tags = _tags("numFmt", "xf", "cellXfs")
    codes, kinds = {}, []
    inside = False

    def start(tag, attributes):
        nonlocal inside
        tag = tags.get(tag)
        if tag == "numFmt":
            codes[attributes.get("numFmtId")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            known = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
            kinds.append(sheets.format_kind(known, codes.get(number)))

    def end(tag):
        nonlocal inside
        if tags.get(tag) == "cellXfs":
            inside = False

    parse(parts.chunks(path), start, end)
    return kinds or [None]


# --- a sheet ------------------------------------------------------------------------------------


def _read_sheet(parts, path, sheet, strings, styles):
    """Read the cells of a sheet into it; whatever stands where a cell should is a damaged file, never skipped."""
    tags = _tags("sheetData", "row", "c", "v", "f", "is", "t", "r", "rPh", "rPr", "col", "mergeCell", "extLst")
    columns = {}  # letters: column
    texts = {}  # (style or kind, text): JSON of what was read before
    state = ""  # the element that the parser is in: "", sheetData, row, c, v, f, is, t
    skipped = 0  # depth inside an element without cells
    row, row_text, column = 0, "0", -1
    kind = style = value = formula = None
    text = ""
    seen_data = False
    rows_seen = set()

    def start(name, attributes):
        nonlocal state, skipped, row, row_text, column, kind, style, value, formula, text, seen_data
        tag = tags.get(name)
        if skipped:
            skipped += 1
        elif state == "row":
            if tag != "c":
                skipped = _skip(tag, name)
                return
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                word = place.rstrip(_DIGITS)
                if place[len(word) :] != row_text:
                    raise Refusal(DAMAGED % f"第 {row_text} 行里有地址为 {place[:20]} 的单元格")
                column = columns.get(word, -1)
                if column < 0:
                    column = columns[word] = sheets.column_of(word)
                    if column < 0:
                        raise Refusal(DAMAGED % f"单元格地址 {place[:20]} 无效")
            kind = attributes.get("t")
            style = attributes.get("s")
            value = formula = None
            state = "c"
        elif state == "c":
            if tag == "v":
                state, text = "v", ""
            elif tag == "f":
                state, formula = "f", True
            elif tag == "is":
                state, value = "is", ""
            else:
                skipped = _skip(tag, name)
        elif state == "is":
            if tag == "t":
                state, text = "t", ""
            elif tag != "r":
                skipped = _skip(tag, name, ("rPh", "rPr", "phoneticPr"))
        elif state == "sheetData":
            if tag != "row":
                skipped = _skip(tag, name)
                return
            row, row_text = _row_number(attributes.get("r"), row)
            if row in rows_seen:
                raise Refusal(DAMAGED % f"第 {row} 行出现了两次")
            rows_seen.add(row)
            if "hidden" in attributes and _true(attributes["hidden"]):
                sheet.hidden_rows.append(row)
            column = -1
            state = "row"
        elif state:
            raise Refusal(DAMAGED % f"第 {row} 行的单元格里有不该有的内容 {name.rsplit('|', 1)[-1][:40]}")
        elif tag == "sheetData":
            if seen_data:
                raise Refusal(DAMAGED % "一张工作表里有两份数据")
            seen_data, state = True, "sheetData"
        elif tag == "col":
            _hidden_columns(sheet, attributes)
        elif tag == "mergeCell":
            _merge(sheet, attributes.get("ref", ""))
        elif tag == "row" or tag == "c":
            raise Refusal(DAMAGED % "行或单元格不在数据区内")

    def end(name):
        nonlocal state, skipped, value
        if skipped:
            skipped -= 1
        elif state == "v":
            value, state = text, "c"
        elif state == "c":
            state = "row"
            if value is not None or formula:
                keep()
        elif state == "row":
            state = "sheetData"
        elif state == "f":
            state = "c"
        elif state == "t":
            value += text
            state = "is"
        elif state == "is" and tags.get(name) == "is":
            state = "c"
        elif state == "sheetData":
            state = ""

    def characters(data):
        nonlocal text
        if state == "v" or state == "t":
            text += data

    def keep():
        if kind == "s" and value is not None:
            try:
                piece = strings[int(value)] if value[:1] != "-" else strings[len(strings)]
            except (IndexError, ValueError, TypeError):
                where = sheets.address(row, column)
                raise Refusal(DAMAGED % f"单元格 {where} 的文字在文件里找不到") from None
            if piece:
                sheet.put(row, column, piece)
            return
        try:
            if kind is None or kind == "n":
                if not value or not value.strip():
                    if formula:
                        raise Fault(sheets.NO_RESULT)
                    return
                piece = texts.get((style, value))
                if piece is None:
                    piece = sheets.number_piece(value, _kind_of(style, styles), sheet.date1904)
                    if len(texts) < 100_000:
                        texts[style, value] = piece
            elif kind == "inlineStr" and (piece := texts.get((kind, value))):
                pass
            else:
                piece = _other(kind, value)
                if kind == "inlineStr" and len(texts) < 100_000:
                    texts[kind, value] = piece
        except Fault as fault:
            sheet.put(row, column, None, str(fault))
            return
        if piece:
            sheet.put(row, column, piece)

    parse(parts.chunks(path), start, end, characters)
    if not seen_data:
        raise Refusal(DAMAGED % f"工作表“{sheet.name[:40]}”里没有数据区")


def _skip(tag, name, also=()):
    """Step over an element that may stand beside cells; anything else might hide a cell."""
    local = name.rsplit("|", 1)[-1]
    if tag == "extLst" or local in also:
        return 1
    raise Refusal(DAMAGED % f"数据区里有不该有的内容 {local[:40]}")


def _row_number(text, before):
    if text is None:
        number = before + 1
    else:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= number <= sheets.LAST_ROW:
        raise Refusal(DAMAGED % f"行号 {str(text)[:20]} 无效")
    return number, str(number)


def _hidden_columns(sheet, attributes):
    first, last = attributes.get("min", ""), attributes.get("max", "")
    if _true(attributes.get("hidden")) and re.fullmatch("[0-9]{1,5},[0-9]{1,5}", f"{first},{last}"):
        sheet.hidden_columns.append((int(first) - 1, min(int(last), sheets.COLUMNS) - 1))


_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", re.ASCII)


def _merge(sheet, reference):
    match = _RANGE.fullmatch(reference)
    if not match:
        return  # one cell merged with nothing
    left, top, right, bottom = match.groups()
    merge = sheets.merge_of(int(top), sheets.column_of(left), int(bottom), sheets.column_of(right))
    if merge is None:
        raise Refusal(DAMAGED % f"合并单元格 {reference[:30]} 的范围无效")
    sheet.merges.append(merge)
    if len(sheet.merges) > sheets.MERGES:
        raise Refusal(f"一张工作表的合并单元格超过 {sheets.MERGES} 处，请取消合并后再上传")


def _kind_of(style, styles):
    if style is None:
        return None
    try:
        return styles[int(style)] if style[:1] != "-" else styles[len(styles)]
    except (IndexError, ValueError):
        raise Fault(sheets.NO_STYLE) from None


def _other(kind, value):
    """Return the JSON of a cell that says it is a text, a truth, a day or an error."""
    if value is None:
        raise Fault(sheets.NO_RESULT)
    if kind in ("str", "inlineStr"):
        return _text_piece(value)
    if kind == "b" and value.strip() in ("0", "1", "true", "false"):
        return "true" if value.strip() in ("1", "true") else "false"
    if kind == "e":
        raise Fault(sheets.ERROR_CELL % value[:20])
    if kind == "d":
        try:
            return sheets.date_piece(sheets.datetime.fromisoformat(value.strip().removesuffix("Z")))
        except ValueError:
            raise Fault(sheets.NOT_A_DATE % value[:30]) from None
    raise Fault(f"单元格的类型“{kind[:20]}”或内容“{value[:20]}”看不懂，请重新填写")
