"""The light markup of typed text: a line is a paragraph, # a heading, ** bold, | a table, {name} cites a figure."""

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt

from reports.documents.content import Block, Heading, Paragraph, Span, Table
from reports.figures import Number

CITE = re.compile(r"\{([^{}\n]{1,80})\}")
NUMBERED = re.compile(r"^(?:（[一二三四五六七八九十]{1,3}）|[一二三四五六七八九十]{1,3}、)\s*")
ANY_NUMBER = re.compile(
    r"^(?:（[一二三四五六七八九十\d]{1,3}）|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:[、．]|\.(?!\d)))\s*"
)
LONGEST_HEADING = 30
# what comes along from other programs unseen: control characters, soft hyphens, zero widths, marks of direction
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
BULLET = re.compile("^[ ]*[\ue000-\uf8ff•●■◆▪·][ ]*", re.MULTILINE)
OWN_CODES = re.compile("[\ue000-\uf8ff]")
BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
MISSING = "〔缺：%s〕"  # stands in a draft where a figure is missing; such a draft is never issued
_markdown = MarkdownIt("zero").enable(["heading", "table", "emphasis"])


def cites(text: str) -> list[str]:
    """Return the names of the figures that a text cites, in its order."""
    return [name.strip() for name in CITE.findall(text)]


def cleaned(text: str) -> str:
    """Return typed or pasted text as it is kept: no unseen characters, blanks of one kind, no bullets or indents."""
    text = UNSEEN.sub(
        "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    )
    text = OWN_CODES.sub("", BULLET.sub("", BLANKS.sub(" ", text)))
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r"^ +", "", text, flags=re.MULTILINE))


def blocks(text: str, named: Mapping[str, Number], missing: list[str]) -> list[Block]:
    """Read typed text; the names of figures it cites that do not exist are added to `missing`.

    Headings count their level from the section they stand in and carry no number: a short line that was numbered
    by hand, （一） or 一、, is one.
    """
    found: list[Block] = []
    tokens = iter(_markdown.parse(_prepared(text)))
    for token in tokens:
        if token.type == "heading_open":
            spans = _lines(next(tokens), named, missing)
            found.append(Heading(min(int(token.tag[1]), 4), "".join(span.text for line in spans for span in line)))
        elif token.type == "table_open":
            found.append(_table(tokens, named, missing))
        elif token.type == "inline":
            found += [Paragraph(tuple(line)) for line in _lines(token, named, missing) if line]
    return found


def _prepared(text):
    lines = []
    for line in text.splitlines():
        line = line.strip()
        if NUMBERED.match(line) and len(line) <= LONGEST_HEADING and not line.endswith(("。", "；", "：")):
            line = f"# {NUMBERED.sub('', line)}"
        if line.startswith("#"):
            sign, _blank, words = line.partition(" ")
            line = f"{sign} {ANY_NUMBER.sub('', words.strip())}" if words else line
        table = line.startswith("|")
        if lines and not (table and lines[-1].startswith("|")):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _lines(token, named, missing):
    """Return the inline text as lines of spans, with bold and cited figures."""
    lines, strong = [[]], False
    for child in token.children:
        if child.type in ("softbreak", "hardbreak"):
            lines.append([])
        elif child.type in ("strong_open", "strong_close"):
            strong = child.type == "strong_open"
        elif child.type in ("em_open", "em_close"):
            _add(lines[-1], Span("*", strong=strong))
        else:
            for span in _cited(child.content, strong, named, missing):
                _add(lines[-1], span)
    return lines


def _add(spans, span):
    last = spans[-1] if spans else None
    if last and not last.href and not span.href and last.strong == span.strong:
        spans[-1] = Span(last.text + span.text, strong=span.strong)
    elif span.text:
        spans.append(span)


def _cited(text, strong, named, missing):
    place = 0
    for match in CITE.finditer(text):
        yield Span(text[place : match.start()], strong=strong)
        name, place = match[1].strip(), match.end()
        if name in named:
            yield Span(named[name].text, named[name].href, strong)
        else:
            missing.append(name)
            yield Span(MISSING % name, strong=strong)
    yield Span(text[place:], strong=strong)


def _table(tokens, named, missing):
    rows = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append("".join(span.text for line in _lines(token, named, missing) for span in line))
    heads, *body = rows
    numeric = tuple(bool(body) and all(_is_number(row[place]) for row in body) for place in range(len(heads)))
    return Table(title="", heads=tuple(heads), rows=tuple(map(tuple, body)), numeric=numeric)


def _is_number(cell):
    return bool(re.fullmatch(r"[-—+]?[\d,.]*%?|—", cell))
