"""From a document to HTML: the fragment inside the site's report page, and a file of its own."""

import re
from functools import lru_cache
from html import escape
from itertools import accumulate
from pathlib import Path

from reports.documents import drawing
from reports.documents.content import Block, Chart, Document, Heading, Paragraph, Span, Table
from reports.documents.parts import foot_rows, head_line, signature

SHEET = Path(__file__).resolve().parents[2] / "static" / "css" / "document.css"
LINE_OF_TITLE = 20  # characters of 2号 in 156 mm
HEADING_TAGS = {1: "h2", 2: "h3", 3: "h4", 4: "h5"}
NEVER_FIRST = "，。、；：？！）〕》」』”’…—·%％.,;:?!)]}"  # a line of a title does not begin with these
MEASURE = re.compile(r"（[^（）]{1,6}）$")
NEVER_LAST = "（〔《「『“‘([{"


def text_width(text: str) -> float:
    """Measure a text in characters: full width 1, half width ½."""
    return sum(0.5 if ord(character) < 0x2E80 and character not in "“”‘’—…·×℃" else 1 for character in text)


def title_lines(title: str) -> tuple[str, ...]:
    """Break a title into lines of like length; a line break written in it by hand is kept as it is."""
    if "\n" in title or text_width(title) <= LINE_OF_TITLE:
        return tuple(line for line in title.split("\n") if line)
    count = int(-(-text_width(title) // LINE_OF_TITLE))
    lines, rest = [], title
    for left in range(count, 1, -1):
        share = text_width(rest) / left
        reach = [0, *accumulate(map(text_width, rest[: 2 * LINE_OF_TITLE]))]  # the width up to each character
        places = [
            index
            for index in range(1, min(len(rest), len(reach)))
            if rest[index] not in NEVER_FIRST
            and rest[index - 1] not in NEVER_LAST
            and not (rest[index - 1].isascii() and rest[index].isascii())
            and not (rest[index - 1].isdigit() and rest[index] in "年月日个条家")
            and reach[index] <= LINE_OF_TITLE
        ]
        if not places:
            break
        cut = min(places, key=lambda index: abs(reach[index] - share))
        lines.append(rest[:cut])
        rest = rest[cut:]
    return (*lines, rest)


def _lines(lines) -> str:
    return "<br>".join(escape(line) for line in lines)


def _span(span: Span, links: bool) -> str:
    text = "<br>".join(escape(line) for line in span.text.splitlines() or [""])
    text = f"<strong>{text}</strong>" if span.strong else text
    # only addresses inside the site become links, whatever was frozen
    inside = span.href.startswith("/") and not span.href.startswith(("//", "/\\"))
    if links and inside:
        return f'<a href="{escape(span.href)}">{text}</a>'
    return text


def split_measure(head: str) -> tuple[str, str]:
    """Split a head into its name and its measure in brackets: 新签项目, （个）; the measure never breaks."""
    match = MEASURE.search(head)
    return (head[: match.start()], match.group()) if match else (head, "")


def _column(head: str) -> str:
    name, measure = split_measure(head)
    return escape(name) + (f'<span class="zs-doc-measure">{escape(measure)}</span>' if measure else "")


def _head_rows(table: Table) -> str:
    groups = table.head_groups
    if not any(group for group, _names in groups):
        cells = "".join(f'<th scope="col">{_column(head)}</th>' for head in table.heads)
        return f"<tr>{cells}</tr>"
    upper, lower = [], []
    for group, names in groups:
        if group:
            upper.append(f'<th scope="colgroup" colspan="{len(names)}">{_column(group)}</th>')
            lower += [f'<th scope="col">{_column(name)}</th>' for name in names]
        else:
            upper.append(f'<th scope="col" rowspan="2">{_column(names[0])}</th>')
    return f"<tr>{''.join(upper)}</tr><tr>{''.join(lower)}</tr>"


def _table(table: Table, number: int, caption: bool) -> str:
    columns = "".join("<col>" for _head in table.heads)
    align = ["zs-doc-num" if numeric else "zs-doc-word" for numeric in table.numeric]
    named = table.numeric.index(True) - 1 if True in table.numeric else -1
    if named >= 0:
        align[named] += " zs-doc-name"  # says whose figures follow; stays in sight when the table is scrolled
    rows = []
    for index, row in enumerate(table.rows):
        total = ' class="zs-doc-total"' if index in table.total_rows else ""
        cells = "".join(f'<td class="{kind}">{escape(cell)}</td>' for kind, cell in zip(align, row, strict=True))
        rows.append(f"<tr{total}>{cells}</tr>")
    title = f"<figcaption>{escape(table.title)}</figcaption>" if caption and table.title else ""
    note = f'<p class="zs-doc-note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<figure class="zs-doc-figure" id="zs-doc-table-{number}">{title}'
        f'<div class="zs-doc-scroll" tabindex="0"><table class="zs-doc-table"><colgroup>{columns}</colgroup>'
        f"<thead>{_head_rows(table)}</thead><tbody>{''.join(rows)}</tbody></table></div>{note}</figure>"
    )


def _chart(chart: Chart, family: str) -> str:
    note = f'<p class="zs-doc-note">{escape(chart.note)}</p>' if chart.note else ""
    title = f"<figcaption>{escape(chart.title)}</figcaption>" if chart.title else ""
    return f'<figure class="zs-doc-figure zs-doc-chart">{drawing.to_svg(chart, family)}{title}{note}</figure>'


def _block(block: Block, number: int, links: bool, family: str = "") -> str:
    if isinstance(block, Paragraph):
        return f'<p class="zs-doc-text">{"".join(_span(span, links) for span in block.spans)}</p>'
    if isinstance(block, Heading):
        tag = HEADING_TAGS[block.level]
        return f'<{tag} class="zs-doc-level{block.level}">{escape(block.text)}</{tag}>'
    if isinstance(block, Chart):
        return _chart(block, family)
    return _table(block, number, caption=True)


def to_blocks(blocks: tuple[Block, ...]) -> str:
    """Render some blocks of a draft with links to their rows, for the page where it is written."""
    return "".join(_block(block, number, links=True) for number, block in enumerate(blocks))


def annex_label(document: Document, index: int) -> str:
    """Name an annex: 附件 when it is the only one, else 附件1, 附件2 …"""
    return "附件" if len(document.annexes) == 1 else f"附件{index + 1}"


def _annex_list(document: Document) -> str:
    alone = len(document.annexes) == 1
    rows = []
    for index, annex in enumerate(document.annexes):
        number = "" if alone else f'<td class="zs-doc-annex-number">{index + 1}.</td>'
        title = escape("".join(annex.title.splitlines()))
        rows.append(f"<tr><td>{'附件：' if index == 0 else ''}</td>{number}<td>{title}</td></tr>")
    return f'<table class="zs-doc-annexes">{"".join(rows)}</table>'


def _head(document: Document) -> str:
    """Write what stands above the title: 红头, the head of a newsletter, or that of a letter."""
    kind = document.head_kind
    if kind == "plain":
        return ""
    number = f'<p class="zs-doc-number">{escape(document.number)}</p>' if document.number else ""
    long = " zs-doc-mark-long" if text_width(document.mark) > 14 else ""
    mark = f'<p class="zs-doc-mark{long}">{escape(document.mark)}</p>' if document.mark else ""
    left, right = head_line(document)
    line = f"<p><span>{escape(left)}</span><span>{escape(right)}</span></p>" if left or right else ""
    line = f'<div class="zs-doc-head-line">{line}</div>' if line else ""
    if kind == "letter":
        mark, number = (
            f'<div class="zs-doc-head-rule">{mark}</div>',
            f'{number}<div class="zs-doc-letter-foot"></div>',
        )
    return f'<header class="zs-doc-head zs-doc-head-{kind}">{mark}{number}{line}</header>'


def _imprint(document: Document) -> str:
    rows = [
        f"<p><span>{escape(left)}</span>{f'<span>{escape(right)}</span>' if right else ''}</p>"
        for left, right in foot_rows(document)
    ]
    return f'<footer class="zs-doc-imprint"><div>{"".join(rows)}</div></footer>' if rows else ""


def to_fragment(document: Document, links: bool = True, family: str = "") -> str:
    """Render the document as an <article> for the site's page: classes only, no style, every text escaped.

    family is the font of charts where the page does not give it.
    """
    parts = []
    if document.draft:
        parts.append('<p class="zs-doc-draft-mark">草稿</p>')
    parts.append(_head(document))
    parts.append(f'<h1 class="zs-doc-title">{_lines(title_lines(document.title))}</h1>')
    if document.number and document.head_kind == "plain":
        parts.append(f'<p class="zs-doc-subnumber">{escape(document.number)}</p>')
    if document.standing:
        parts.append(f'<p class="zs-doc-standing">{escape(document.standing)}</p>')
    if document.addressee:
        parts.append(f'<p class="zs-doc-addressee">{escape(document.addressee)}</p>')
    parts += [_block(block, number, links, family) for number, block in enumerate(document.blocks)]
    if document.annexes:
        parts.append(_annex_list(document))
    if lines := signature(document):
        parts.append(f'<div class="zs-doc-sign">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</div>')
    parts = [f'<div class="zs-doc-sheet">{"".join(parts)}</div>']
    for index, annex in enumerate(document.annexes):
        parts.append(
            f'<section class="zs-doc-annex"><p class="zs-doc-annex-label">{annex_label(document, index)}</p>'
            f'<h2 class="zs-doc-annex-title">{_lines(annex.title.split(chr(10)))}</h2>'
            f"{_table(annex, len(document.blocks) + index, caption=False)}</section>"
        )
    parts.append(_imprint(document))
    return f'<article class="zs-doc" lang="{document.language}">{"".join(parts)}</article>'


@lru_cache(maxsize=1)
def _sheet() -> str:
    return SHEET.read_text(encoding="utf-8")


def to_html(document: Document, *, links: bool = False) -> str:
    """Render the document as a file that stands alone; links would lead nowhere outside the site."""
    title = escape("".join(document.title.splitlines()))
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>\n{_sheet()}</style></head>"
        f'<body class="zs-doc-page">{to_fragment(document, links)}</body></html>\n'
    )
