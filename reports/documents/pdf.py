"""From a document to PDF in official layout (GB/T 9704-2012); slow to import because of weasyprint."""

import gc
import warnings
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from threading import Lock

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from reports.documents import fonts, grid
from reports.documents.columns import ANNEX_POINTS, LINE_POINTS, fitted
from reports.documents.content import Document, Table, to_json
from reports.documents.glyphs import check_glyphs
from reports.documents.html import text_width, to_fragment

SHEET = Path(__file__).with_name("official.css")
MARK_POINTS = {"red": 48, "newsletter": 62, "letter": 48}  # the largest name above the red line
VARIANT = "pdf/a-3a"  # for keeping, and tagged for readers that speak; the tags cost a tenth of the time
GC_THRESHOLD = 200_000  # the default collects hundreds of times during one render and finds nothing

# one FontConfiguration serves the process; Pango's font map is not made for two threads at once
_lock = Lock()


class _Fetcher(URLFetcher):
    """Open what is named in the document itself (data:) and the fonts, nothing else."""

    def __init__(self, files: frozenset[Path]):
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)
        self._addresses = frozenset(path.as_uri() for path in files)

    def fetch(self, url, headers=None):
        if not url.startswith("data:") and url not in self._addresses:
            raise FatalURLFetchingError(f"a document may not open {url}")
        return super().fetch(url, headers)


@lru_cache(maxsize=2)
def _setting(found: fonts.Fonts):
    """Prepare fonts, style sheet and fetcher once per process."""
    grid.mend()
    config = FontConfiguration()
    fetcher = _Fetcher(found.files())
    families = f"""
        .zs-doc {{ font-family: {found.family("body")}; }}
        .zs-doc .zs-doc-mark, .zs-doc-title, .zs-doc-annex-title {{ font-family: {found.family("title")}; }}
        .zs-doc-level1, .zs-doc-text strong, .zs-doc-annex-label, .zs-doc-figure figcaption, .zs-doc-table th,
        .zs-doc-total td
            {{ font-family: {found.family("hei")}; }}
        .zs-doc-level2, .zs-doc-standing {{ font-family: {found.family("kai")}; }}
    """
    text = found.style() + SHEET.read_text(encoding="utf-8") + families
    return config, fetcher, CSS(string=text, font_config=config, url_fetcher=fetcher)


def _table_style(table: Table, number: int, available: float, largest: float) -> str:
    """Set the columns of a table to their content, and its type as large as fits one line per row."""
    size, widths = fitted(table, available, largest)
    place = f"#zs-doc-table-{number}"
    columns = "".join(
        f"{place} col:nth-child({index}) {{ width: {width / sum(widths) * 100:.3f}% }}"
        for index, width in enumerate(widths, 1)
    )
    return f"{place} table {{ font-size: {size}pt }}{columns}"


def _own_style(document: Document) -> str:
    """Write the rules that depend on the lengths of this document's texts."""
    rules = []
    if document.mark and (largest := MARK_POINTS.get(document.head_kind)):
        apart = 0.5 if text_width(document.mark) <= 5 else 0.12 if document.head_kind == "newsletter" else 0
        size = min(largest, LINE_POINTS * 0.99 / (1 + apart) / text_width(document.mark))
        rules.append(f".zs-doc .zs-doc-head .zs-doc-mark {{ font-size: {size:.2f}pt; letter-spacing: {apart}em }}")
    if document.head_kind == "letter":
        rules.append("@page :first { @bottom-left { content: none } @bottom-right { content: none } }")
    # the date ends four characters in; an issuing body centred over it reaches further, to two from the edge
    issuer = text_width(document.issuer)
    beyond = max(0.0, (issuer - text_width(document.date_text)) / 2)
    inset = min(max(2.0, 4 - beyond), max(0.0, 27 - issuer))
    rules.append(f".zs-doc-sign {{ margin-right: calc(156mm / 28 * {inset:.2f}) }}")
    for number, block in enumerate(document.blocks):
        if isinstance(block, Table):
            rules.append(_table_style(block, number, LINE_POINTS, 10.5))
    for index, annex in enumerate(document.annexes):
        rules.append(_table_style(annex, len(document.blocks) + index, ANNEX_POINTS, 10.5))
    if document.draft:
        face = fonts.find().family("hei")
        rules.append(
            f'@page {{ @top-right {{ content: "草稿"; font: bold 12pt {face}; color: #808080; '
            "letter-spacing: 6pt; vertical-align: bottom; padding-bottom: 8mm } }"
        )
    if document.annexes:
        # 版记 stands at the foot of the last page, behind the annexes
        rules.append(
            ".zs-doc-imprint { break-before: page; position: relative; height: 224.9mm }"
            ".zs-doc-imprint > div { position: absolute; bottom: 0; left: 0; right: 0 }"
        )
    else:
        rules.append(
            ".zs-doc-imprint { float: footnote }"
            ".zs-doc-imprint::footnote-call { content: none }"
            ".zs-doc-imprint::footnote-marker { content: none }"
        )
    return "".join(rules)


@contextmanager
def _rare_collection():
    """Collect garbage rarely during a render: a fifth of its time otherwise."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], GC_THRESHOLD), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def to_pdf(document: Document) -> bytes:
    """Render the document as tagged PDF/A-3; the same value gives the same bytes. Raises MissingGlyph."""
    found = fonts.find()
    check_glyphs(document, found)
    title = "".join(document.title.splitlines())
    page = (
        f'<!DOCTYPE html><html lang="{document.language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="author" content="{escape(document.issuer)}">'
        f"<style>{_own_style(document)}</style></head>"
        f"<body>{to_fragment(document, links=False, family=found.family('body').replace(', ', ','))}</body></html>"
    )
    identifier = sha256(to_json(document).encode()).hexdigest()[:32].encode()
    with _lock, _rare_collection(), warnings.catch_warnings():
        # WeasyPrint leaves the colour profile of PDF/A to the collector to close
        warnings.filterwarnings("ignore", "unclosed file .*sRGB2014", ResourceWarning)
        config, fetcher, sheet = _setting(found)
        # no base address: a relative name in the text cannot point anywhere
        html = HTML(string=page, url_fetcher=fetcher, base_url=None)
        return html.write_pdf(stylesheets=[sheet], font_config=config, pdf_variant=VARIANT, pdf_identifier=identifier)
