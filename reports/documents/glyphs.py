"""What a document prints in which font: before a page is set, every character must have a place in its chain."""

from unicodedata import category

from reports.documents import fonts
from reports.documents.content import Chart, Document, Heading, Paragraph, Table
from reports.documents.html import annex_label
from reports.documents.parts import foot_rows, head_line


def printed_texts(document: Document):
    """Yield (role of the font, text) for everything the PDF prints."""
    yield "title", document.mark + document.title
    yield "body", document.number + document.addressee + document.issuer + document.date_text
    yield "kai", document.standing
    yield "body", "".join((*head_line(document), *(text for row in foot_rows(document) for text in row), "附件"))
    yield "hei", "草稿" * document.draft
    roles = {1: "hei", 2: "kai", 3: "body", 4: "body"}
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from (("hei" if span.strong else "body", span.text) for span in block.spans)
        elif isinstance(block, Heading):
            yield roles[block.level], block.text
        elif isinstance(block, Chart):
            yield "hei", block.title
            yield from (("body", text) for text in (block.note, block.measure, *block.categories))
            yield from (("body", "".join((series.name, *series.values))) for series in block.series)
        else:
            yield "hei", block.title
            yield from _table_texts(block)
    for index, annex in enumerate(document.annexes):
        yield "hei", annex_label(document, index)
        yield "title", annex.title
        yield "body", annex.title
        yield from _table_texts(annex)


def _table_texts(table: Table):
    yield "hei", "".join(table.heads)
    yield "body", table.note
    for index, row in enumerate(table.rows):
        yield ("hei" if index in table.total_rows else "body"), "".join(row)


def check_glyphs(document: Document, found: fonts.Fonts) -> None:
    """Raise MissingGlyph when a character is in no font of its chain."""
    texts: dict[str, set[str]] = {}
    for role, text in printed_texts(document):
        texts.setdefault(role, set()).update(text)
    missing = frozenset().union(*(found.missing(role, "".join(texts[role])) for role in texts))
    if missing:
        raise fonts.MissingGlyph(missing)


def check_characters(document: Document) -> None:
    """Raise MissingGlyph for a character that no page and no office file can hold, whatever the fonts."""
    texts = "".join(text for _role, text in printed_texts(document))
    if unfit := {letter for letter in set(texts) - fonts.INVISIBLE if category(letter) in ("Cc", "Cs")}:
        raise fonts.MissingGlyph(unfit)
