"""Workbooks for tests of imports: written part by part, so that they can say what no library would write."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FORMATS = ("General", "yyyy-mm-dd", "0%", '0.00"亿元"', '0!.0,"万元"', "0.00,", "000000", "[h]:mm", "h:mm", "@")

CONTENT_TYPES = f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
ROOT = f"""<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"
 Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""


def letters(column):
    """Return the letters of a column counted from 0."""
    text = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def cell(reference, value, style=None):
    """Return the XML of a cell; a value that starts with < is XML itself."""
    styled = f' s="{style}"' if style is not None else ""
    if isinstance(value, str) and value.startswith("<c"):
        return value
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"{styled}><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"{styled}><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}"{styled}><v>{value}</v></c>'


def sheet_xml(rows, *, before="", after="", first=1, data=None):
    """Return the XML of a sheet with rows of values from a row on; data replaces the rows."""
    if data is None:
        lines = []
        for number, row in enumerate(rows, first):
            cells = [
                cell(f"{letters(column)}{number}", *(value if isinstance(value, tuple) else (value,)))
                for column, value in enumerate(row)
                if value is not None
            ]
            lines.append(f'<row r="{number}">{"".join(cells)}</row>')
        data = "".join(lines)
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def styles_xml(formats=FORMATS):
    """Return the XML of the formats; the n-th is style n."""
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(formats))
    xfs = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>'


def parts_of(*sheets, names=None, states=None, strings=None, date1904=False, styles=None):
    """Return {part: XML} of a workbook with sheets of XML."""
    names = names or [f"表{n}" for n in range(1, len(sheets) + 1)]
    states = states or ["visible"] * len(sheets)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state) in enumerate(zip(names, states, strict=True), 1)
    )
    linked = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT,
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{linked}'
        f'<Relationship Id="rIdS" Type="{RELATIONS}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rIdT" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": styles or styles_xml(),
        **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets, 1)},
    }
    if strings is not None:
        items = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    return parts


def pack(parts, compression=zipfile.ZIP_DEFLATED):
    """Return the bytes of a zip of parts, the same at any time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, compression)
    return file.getvalue()


def xlsx(rows=(), **options):
    """Return the bytes of a workbook of one sheet."""
    of_sheet = {key: options.pop(key) for key in ("before", "after", "first", "data") if key in options}
    return pack(parts_of(sheet_xml(rows, **of_sheet), **options))
