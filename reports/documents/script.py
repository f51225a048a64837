"""The traditional edition: the same document in traditional characters; figures, names and links stay."""

import re
from dataclasses import fields, replace
from functools import cache

from opencc import OpenCC

from reports.documents.content import BOTH_BASES, TRADITIONAL, Chart, Document, Heading, Paragraph, Series, Table

# surnames that are traditional characters themselves, where the dictionary would take another word for them
SURNAMES = "于范余姜涂沈岳郁谷松卜种仇丑曲尸家党系干后万"
TITLES = "书记|区长|市长|县长|镇长|乡长|主任|局长|部长|处长|科长|院长|校长|经理|董事长|总经理|主席|同志|先生|女士"
NAMED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[和与及]))([{SURNAMES}])(?=[\u4e00-\u9fff]{{0,2}}?(?:副?(?:{TITLES})))"
)


@cache
def _converter():
    return OpenCC("s2t")  # characters only: the words stay those of the mainland


def _text(text: str) -> str:
    """Write a text in traditional characters; the surname of somebody who is named with a title stays."""
    made = _converter().convert(text)
    if len(made) != len(text):
        return made
    letters = list(made)
    for match in NAMED.finditer(text):
        letters[match.start(1)] = match[1]
    return "".join(letters)


def _paragraph(paragraph: Paragraph) -> Paragraph:
    """Convert a paragraph as a whole, so that a word across two spans is seen as one."""
    made = _text(paragraph.text)
    if len(made) != len(paragraph.text):
        return Paragraph(tuple(replace(span, text=_text(span.text)) for span in paragraph.spans))
    spans, start = [], 0
    for span in paragraph.spans:
        spans.append(replace(span, text=made[start : start + len(span.text)]))
        start += len(span.text)
    return Paragraph(tuple(spans))


def _converted(value, keep=()):
    """Convert every text of a value, however deep it lies; what is in keep stays."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return tuple(_converted(item) for item in value)
    if isinstance(value, Paragraph):
        return _paragraph(value)
    if isinstance(value, Heading | Table | Chart | Series | Document):
        changed = {
            field.name: _converted(getattr(value, field.name)) for field in fields(value) if field.name not in keep
        }
        return replace(value, **changed)
    return value


def to_traditional(document: Document) -> Document:
    """Return the whole document, annexes and charts too, in traditional characters."""
    blocks = tuple(_converted(block, keep=("kind",)) for block in document.blocks)
    plain = replace(document, blocks=(), status=document.status_text, basis=document.basis or BOTH_BASES)
    rest = _converted(plain, keep=("head", "language", "schema", "draft", "figures", "places"))
    return replace(rest, blocks=blocks, language=TRADITIONAL)
