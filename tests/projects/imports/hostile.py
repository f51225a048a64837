"""Two hundred hostile workbooks: damaged, lying, overgrown and disguised, each with the rows planted in it."""

import datetime
import io
import random
from dataclasses import dataclass
from decimal import Decimal

import xlwt

from tests.projects.imports import workbooks
from tests.projects.imports.workbooks import MAIN, PACKAGE, RELATIONS, pack, parts_of, sheet_xml

COUNT = 30
PLANTED = tuple(
    (f"项目{n}", Decimal(n) + Decimal("0.5"), datetime.date(2026, 1, 1) + datetime.timedelta(n)) for n in range(COUNT)
)


@dataclass(frozen=True)
class Hostile:
    """A file, and the rows that must be found in it, if it is read at all; others may stand beside them."""

    title: str
    name: str
    data: bytes
    rows: tuple = PLANTED

    def __str__(self):
        return self.title


def hostile_workbooks() -> list[Hostile]:
    """Return all of them; the same ones every time."""
    return [
        *_cut_off(), *_flipped(), *_zips(), *_parts(), *_relations(), *_sheets(), *_cells(), *_styles(),
        *_encodings(), *_disguised(), *_old(), *_texts(),
    ]  # fmt: skip


# --- planted workbooks --------------------------------------------------------------------------


def _serial(day):
    return (day - datetime.date(1899, 12, 30)).days


def _rows(first=2, cells=()):
    """Return the XML of the planted rows: a shared text, a number, a day; then extra cells {row: XML}."""
    cells = dict(cells)
    return "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n - first}</v></c><c r="B{n}"><v>{amount}</v></c>'
        f'<c r="C{n}" s="1"><v>{_serial(day)}</v></c>{cells.get(n, "")}</row>'
        for n, (_name, amount, day) in enumerate(PLANTED, first)
    )


def _planted(data=None, **options):
    """Return the parts of a workbook that holds the planted rows."""
    of_sheet = {key: options.pop(key) for key in ("before", "after") if key in options}
    strings = options.pop("strings", [name for name, _amount, _day in PLANTED])
    return parts_of(sheet_xml([], data=_rows() if data is None else data, **of_sheet), strings=strings, **options)


def _xlsx(title, parts, rows=PLANTED):
    return Hostile(title, "台账.xlsx", pack(parts), rows)


SHEET = "xl/worksheets/sheet1.xml"


# --- damaged bytes ------------------------------------------------------------------------------


def _cut_off():
    data = pack(_planted())
    for part in range(1, 16):
        yield Hostile(f"cut off after {part}/16", "台账.xlsx", data[: len(data) * part // 16])
    yield Hostile("last byte missing", "台账.xlsx", data[:-1])
    yield Hostile("first byte missing", "台账.xlsx", data[1:])
    yield Hostile("junk before", "台账.xlsx", b"PK\x03\x04junk" + data)
    yield Hostile("junk after", "台账.xlsx", data + b"junk" * 100)
    yield Hostile("twice", "台账.xlsx", data + data)


def _flipped():
    data = pack(_planted())
    chance = random.Random(7)
    for count in (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 5, 5, 8, 8, 50, 500):
        bad = bytearray(data)
        for _n in range(count):
            bad[chance.randrange(4, len(bad))] ^= 1 << chance.randrange(8)
        yield Hostile(f"{count} bits flipped ({chance.random():.6f})", "台账.xlsx", bytes(bad))
    start = data.rfind(b"PK\x01\x02")
    for at in range(start, start + 46, 3):  # the directory of the zip says where things are
        bad = bytearray(data)
        bad[at] ^= 0xFF
        yield Hostile(f"directory byte {at - start} inverted", "台账.xlsx", bytes(bad))


def _zips():
    parts = _planted()
    yield _xlsx("bomb in the strings", {**parts, "xl/sharedStrings.xml": b" " * (64 * 1024 * 1024)})
    yield _xlsx("bomb in the sheet", {**parts, SHEET: b"<worksheet>" + b"<a/>" * (16 * 1024 * 1024)})
    yield _xlsx("bomb nobody asks for", {**parts, "xl/media/image1.png": b"\0" * (64 * 1024 * 1024)})
    yield _xlsx("many entries", {**parts, **{f"x/{n}": b"" for n in range(3000)}})
    yield _xlsx("paths that climb", {**parts, "../../../etc/passwd": b"root", "/etc/shadow": b"x"})
    yield _xlsx("names in another case", {name.upper(): text for name, text in parts.items()})
    yield _xlsx("names with backslashes", {name.replace("/", "\\"): text for name, text in parts.items()})
    yield _xlsx("two sheets under one name", {**parts, SHEET.upper(): parts[SHEET]})
    yield _xlsx("a zip in a zip", {"台账.xlsx": pack(parts)})
    yield Hostile("stored, not packed", "台账.xlsx", pack(parts, 0))
    yield Hostile("packed with lzma", "台账.xlsx", pack(parts, 14))
    yield Hostile("packed with bzip2", "台账.xlsx", pack(parts, 12))


def _parts():
    parts = _planted()
    for name in parts:
        short = name.rsplit("/", 1)[-1]
        yield _xlsx(f"without {short}", {other: text for other, text in parts.items() if other != name})
        yield _xlsx(f"empty {short}", {**parts, name: b""})
        yield _xlsx(f"rubbish in {short}", {**parts, name: b"\x00\xff<not xml"})
        yield _xlsx(f"half of {short}", {**parts, name: parts[name][: len(parts[name]) // 2]})
        yield _xlsx(f"entities in {short}", {**parts, name: '<!DOCTYPE a [<!ENTITY b "c">]>' + parts[name]})


def _relations():
    parts = _planted()
    at = "xl/_rels/workbook.xml.rels"
    for title, old, new in (
        ("absolute target", "worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"),
        ("winding target", "worksheets/sheet1.xml", "../xl/./worksheets/../worksheets/sheet1.xml"),
        ("target with backslashes", "worksheets/sheet1.xml", "worksheets\\sheet1.xml"),
        ("dangling target", "worksheets/sheet1.xml", "worksheets/sheet9.xml"),
        ("target that climbs out", "worksheets/sheet1.xml", "../../../../etc/passwd"),
        ("target outside", 'Target="worksheets', 'TargetMode="External" Target="worksheets'),
        ("sheet that is the workbook", "worksheets/sheet1.xml", "workbook.xml"),
        ("sheet called a chart", "/worksheet", "/chartsheet"),
    ):
        yield _xlsx(title, {**parts, at: parts[at].replace(old, new)})


# --- sheets and cells that lie ------------------------------------------------------------------


def _sheets():
    for dimension in ("A1", "A1:C1", "A1:XFD1048576", "C3:A1", "XFE1:XFE9999999", "A0:A-1", "", "甲1:乙2"):
        yield _xlsx(f"dimension {dimension!r}", _planted(before=f'<dimension ref="{dimension}"/>'))
    for far in ("XFD1048576", "XFD1", "A1048576", "IV40", "IW40", "AAAA1", "A1048577", "A99999999999"):
        digits = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        cell = f'<row r="{digits}"><c r="{far}"><v>1</v></c></row>'
        yield _xlsx(f"far cell {far}", _planted(_rows() + cell))
    yield _xlsx("far empty cell", _planted(_rows() + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'))
    merges = {
        "whole sheet": "A1:XFD1048576", "backwards": "C9:A1", "outside": "A1:XFE1048577", "names": "甲:乙",
        "one": "A2", "whole column": "F2:F1048576",
    }  # fmt: skip
    for title, span in merges.items():
        rows = PLANTED if title != "whole sheet" else ()
        after = f'<mergeCells><mergeCell ref="{span}"/></mergeCells>'
        yield _xlsx(f"merged {title}", _planted(after=after), rows)
    one = '<mergeCell ref="F2:F1048576"/>'
    yield _xlsx("25,000 merges", _planted(after=f"<mergeCells>{one * 25_000}</mergeCells>"))
    yield _xlsx("two sheets of one name", parts_of(*[_planted()[SHEET]] * 2, names=["表", "表"], strings=_names()))
    yield _xlsx("sixty sheets", parts_of(*[_planted()[SHEET]] * 60, strings=_names()))
    yield _xlsx("sheet without a name", _planted(names=[""]))
    yield _xlsx("sheet with a long name", _planted(names=["长" * 10_000]))
    yield _xlsx("hidden sheet", _planted(states=["veryHidden"]))
    yield _xlsx("two sheet data", {**_planted(), SHEET: _twice(_planted()[SHEET])})
    yield _xlsx("sheet data in a strange place", {**_planted(), SHEET: _wrapped(_planted()[SHEET])})
    yield _xlsx(
        "column hidden from 1 to the end", _planted(before='<cols><col min="1" max="16384" hidden="1"/></cols>')
    )
    yield _xlsx("column without bounds", _planted(before='<cols><col min="-1" max="x" hidden="1"/></cols>'))


def _names():
    return [name for name, _amount, _day in PLANTED]


def _twice(xml):
    return xml.replace("</worksheet>", "<sheetData><row r='90'><c r='A90'><v>1</v></c></row></sheetData></worksheet>")


def _wrapped(xml):
    return xml.replace("<sheetData>", "<g><sheetData>").replace("</sheetData>", "</sheetData></g>")


def _cells():
    rows = _rows()
    deep = "<a>" * 50_000 + "</a>" * 50_000
    for title, data in (
        ("rows without numbers", rows.replace('<row r="', '<row x="')),
        ("cells without addresses", _without_addresses(rows)),
        ("rows backwards", "".join(reversed([row + "</row>" for row in rows.split("</row>")[:-1]]))),
        ("cells backwards", _cells_backwards(rows)),
        ("row -5", rows.replace('<row r="7"', '<row r="-5"')),
        ("row 0", rows.replace('<row r="7"', '<row r="0"')),
        ("row 7.0", rows.replace('<row r="7"', '<row r="7.0"')),
        ("row 1e3", rows.replace('<row r="7"', '<row r="1e3"')),
        ("row ７", rows.replace('<row r="7"', '<row r="７"')),
        ("row twice", rows.replace('<row r="7"', '<row r="8"')),
        ("cell in another row", rows.replace('r="A7"', 'r="A8"')),
        ("cell twice", rows.replace('r="B7"', 'r="A7"')),
        ("cell in small letters", rows.replace('r="B7"', 'r="b7"')),
        ("cell address without row", rows.replace('r="B7"', 'r="B"')),
        ("string beyond the strings", rows.replace("<v>5</v>", "<v>500</v>")),
        ("string -1", rows.replace("<v>5</v>", "<v>-1</v>")),
        ("string 1.0", rows.replace("<v>5</v>", "<v>5.0</v>")),
        ("string of no number", rows.replace("<v>5</v>", "<v>五</v>")),
        ("NaN", rows.replace("<v>5.5</v>", "<v>NaN</v>")),
        ("infinity", rows.replace("<v>5.5</v>", "<v>-INF</v>")),
        ("1e999", rows.replace("<v>5.5</v>", "<v>1e999</v>")),
        ("ten thousand digits", rows.replace("<v>5.5</v>", f"<v>{'9' * 10_000}</v>")),
        ("number with a comma", rows.replace("<v>5.5</v>", "<v>5,5</v>")),
        ("number in full width", rows.replace("<v>5.5</v>", "<v>５.５</v>")),
        ("day 0", rows.replace(f"<v>{_serial(PLANTED[5][2])}</v>", "<v>0</v>")),
        ("day -1", rows.replace(f"<v>{_serial(PLANTED[5][2])}</v>", "<v>-1</v>")),
        ("day 2958466", rows.replace(f"<v>{_serial(PLANTED[5][2])}</v>", "<v>2958466</v>")),
        ("day 1e300", rows.replace(f"<v>{_serial(PLANTED[5][2])}</v>", "<v>1e300</v>")),
        ("unknown kind of cell", rows.replace('r="B7"', 'r="B7" t="zzz"')),
        ("truth of 2", rows.replace('r="B7"', 'r="B7" t="b"')),
        ("formula without result", rows.replace("<v>5.5</v>", "<f>SUM(B1:B9)</f>")),
        ("formula with an error", rows.replace('r="B7"><v>5.5</v>', 'r="B7" t="e"><f>1/0</f><v>#DIV/0!</v>')),
        ("deep nesting in a cell", rows.replace("<v>5.5</v>", f"<v>5.5</v>{deep}")),
        ("deep nesting in a row", rows.replace("</row>", f"{deep}</row>", 1)),
        ("rows in a group", f"<g>{rows}</g>"),
        ("cells in a group", rows.replace('<c r="A7"', '<g><c r="A7"').replace("<v>5</v></c>", "<v>5</v></c></g>")),
        ("cells of another namespace", rows.replace('<c r="B7"', '<c xmlns="urn:x" r="B7"')),
        ("value in a value", rows.replace("<v>5.5</v>", "<v><v>5.5</v></v>")),
        ("comment in a value", rows.replace("<v>5.5</v>", "<v>5<!-- x -->.5</v>")),
        ("character data section", rows.replace("<v>5.5</v>", "<v><![CDATA[5.5]]></v>")),
        ("long text", rows + f'<row r="90"><c r="A90" t="inlineStr"><is><t>{"长" * 40_000}</t></is></c></row>'),
        ("60,000 rows", rows + "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(100, 60_100))),
        ("a million empty cells", rows + f'<row r="100">{"<c/>" * 1_000_000}</row>'),
    ):
        yield _xlsx(title, _planted(data))
    large = tuple((row[0], Decimal("1E+308"), row[2]) if row[0] == "项目5" else row for row in PLANTED)
    yield _xlsx("1e308", _planted(rows.replace("<v>5.5</v>", "<v>1e308</v>")), large)
    long = [*_names(), "长" * 32_768]
    yield _xlsx("long shared string", _planted(strings=long))
    yield _xlsx("100,000 shared strings", _planted(strings=[*_names(), *(f"x{n}" for n in range(100_000))]))


def _without_addresses(rows):
    for letter in "ABC":
        rows = "".join(
            piece if not n else "<c" + piece[piece.index('"', 1) + 1 :]
            for n, piece in enumerate(rows.split(f'<c r="{letter}'))
        )
    return rows


def _cells_backwards(rows):
    turned = []
    for row in rows.split("</row>")[:-1]:
        head, body = row.split(">", 1)
        cells = [cell + "</c>" for cell in body.split("</c>")[:-1]]
        turned.append(f"{head}>{''.join(reversed(cells))}</row>")
    return "".join(turned)


def _styles():
    good = workbooks.styles_xml()
    for title, styles in (
        ("no formats", f'<styleSheet xmlns="{MAIN}"/>'),
        ("formats of rubbish", good.replace('numFmtId="165"/>', 'numFmtId="x"/>')),
        ("format number that is huge", good.replace('numFmtId="165"/>', f'numFmtId="{"9" * 5000}"/>')),
        ("long format", good.replace("yyyy-mm-dd", "y" * 100_000)),
        ("format of brackets", good.replace("yyyy-mm-dd", "[" * 50_000)),
        ("format of quotes", good.replace("yyyy-mm-dd", "&quot;" * 50_001)),
        ("80,000 formats", good.replace("</cellXfs>", '<xf numFmtId="0"/>' * 80_000 + "</cellXfs>")),
    ):
        # where the format of days is gone, what stands there is a number or a fault, but never lost
        rows = (
            PLANTED
            if title in ("80,000 formats", "long format")
            else tuple((*row[:2], _serial(row[2])) for row in PLANTED)
        )
        yield _xlsx(title, _planted(styles=styles), rows)


def _encodings():
    parts = _planted()
    xml = parts[SHEET]
    for encoding in ("utf-16", "utf-8-sig", "gb18030", "big5", "utf-7", "utf-32", "latin-1", "x-unknown"):
        declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + xml
        try:
            data = declared.encode(encoding)
        except LookupError:
            data = declared.encode()
        yield _xlsx(f"sheet in {encoding}", {**parts, SHEET: data})
    strings = parts["xl/sharedStrings.xml"]
    wrong = '<?xml version="1.0" encoding="utf-8"?>' + strings
    yield _xlsx(
        "strings in another encoding than they say", {**parts, "xl/sharedStrings.xml": wrong.encode("gb18030")}
    )
    prefixed = f'<x:worksheet xmlns:x="{MAIN}" xmlns="urn:other">' + xml[xml.index(">") + 1 :]
    yield _xlsx("cells of no spreadsheet", {**parts, SHEET: prefixed.replace("</worksheet>", "</x:worksheet>")})


# --- disguises, old workbooks, texts -------------------------------------------------------------


def _disguised():
    good = pack(_planted())
    csv_bytes = "\n".join(f"{name},{amount},{day}" for name, amount, day in PLANTED).encode()
    for title, name, data in (
        ("xlsx called xls", "台账.xls", good),
        ("xlsx called csv", "台账.csv", good),
        ("xls called xlsx", "台账.xlsx", _xls()),
        ("xls called csv", "台账.csv", _xls()),
        ("csv called xlsx", "台账.xlsx", csv_bytes),
        ("csv called xls", "台账.xls", csv_bytes),
        ("web page called xls", "台账.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>"),
        (
            "XML table called xls",
            "台账.xls",
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        ),
        ("PDF called xlsx", "台账.xlsx", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"),
        ("program called xlsx", "台账.xlsx", b"\x7fELF" + bytes(1000)),
        ("picture called csv", "台账.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
        ("xlsm", "台账.xlsm", good),
        ("no extension", "台账", good),
        ("name with a path", "../../台账.xlsx\0.csv", good),
        ("empty", "台账.xlsx", b""),
        ("one byte", "台账.xls", b"\xd0"),
        ("signature only", "台账.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ):
        yield Hostile(title, name, data)
    macro = {**_planted(), "xl/vbaProject.bin": b"x"}
    yield _xlsx("macros", macro)
    yield _xlsx("binary workbook", {**_planted(), "xl/workbook.bin": b"x"})
    yield _xlsx("OpenDocument", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})
    types = f'<Types xmlns="{PACKAGE}/content-types"/>'
    yield _xlsx("Word", {"[Content_Types].xml": types, "word/document.xml": f'<x xmlns:r="{RELATIONS}"/>'})


def _xls():
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, (name, amount, day) in enumerate(PLANTED, 1):
        sheet.write(number, 0, name)
        sheet.write(number, 1, amount)
        sheet.write(number, 2, day, style)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _old():
    data = _xls()
    for part in (1, 2, 4, 6, 8, 10, 12, 14, 15):
        yield Hostile(f"xls cut off after {part}/16", "台账.xls", data[: len(data) * part // 16])
    chance = random.Random(8)
    for at in (*range(24, 80, 4), *chance.sample(range(80, 512), 6)):
        bad = bytearray(data)
        bad[at] ^= 0xFF
        yield Hostile(f"xls header byte {at} inverted", "台账.xls", bytes(bad))
    directory = data.find("Root Entry".encode("utf-16-le"))
    for at in range(0, 256, 16):
        bad = bytearray(data)
        bad[directory + at] ^= 0xFF
        yield Hostile(f"xls directory byte {at} inverted", "台账.xls", bytes(bad))
    for title, find, put in (
        ("xls sheet offset", b"\x85\x00", b"\x85\x00\xff\xff"),
        ("xls without an end", b"\x0a\x00\x00\x00", b"\x0b\x00\x00\x00"),
        ("xls of 1995", b"\x09\x08\x10\x00\x00\x06", b"\x09\x08\x10\x00\x00\x05"),
    ):
        yield Hostile(title, "台账.xls", data.replace(find, put))


def _texts():
    rows = [f"{name},{amount},{day}" for name, amount, day in PLANTED]
    text = "\n".join(rows) + "\n"
    planted = tuple(tuple(row.split(",")) for row in rows)
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32", "big5"):
        yield Hostile(f"csv in {encoding}", "台账.csv", text.encode(encoding, "replace"), planted)
    for title, data in (
        ("quote that never closes", text.replace("项目5", '"项目5')),
        ("quotes that swallow rows", text.replace("项目5", '"项目5').replace("项目9,", '项目9",')),
        ("quote in the middle", text.replace("项目5,", '项目5,"a"b,')),
        ("NUL", text.replace("项目5", "项\0目5")),
        ("controls", text.replace("项目5", "项\x1b目5")),
        ("old line ends", text.replace("\n", "\r")),
        ("mixed line ends", text.replace("\n", "\r\n", 9)),
        ("only commas", "," * 10_000),
        ("one long line", "长" * 200_000),
        ("300 columns", text + "1," * 300),
        ("60,000 rows", text + "1\n" * 60_000),
    ):
        yield Hostile(f"csv with {title}", "台账.csv", data.encode(), () if title == "only commas" else planted)
