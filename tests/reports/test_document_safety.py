"""A document is text: whatever is typed into any field, no rendering opens a file or calls an address."""

import io
import threading
import zipfile
import zlib
from dataclasses import fields, replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import openpyxl
import pytest
from PIL import Image

from reports.documents import DOCUMENTS as KINDS
from reports.documents import png
from reports.documents.content import Chart, Document, Heading, Paragraph, Series, Span, Table
from reports.documents.fonts import MissingGlyph
from reports.documents.html import to_fragment
from tests.reports.head_samples import BARS, LINES, PACE, SAMPLES
from tests.reports.test_documents import Tags

SECRET = "canary-7f3a-secret"


@pytest.fixture
def canary(tmp_path):
    """Lay out a secret, a picture of a colour of its own and a server; return who called, and the payloads."""
    secret, picture = tmp_path / "secret.txt", tmp_path / "red.png"
    secret.write_text(SECRET)
    Image.new("RGB", (40, 40), (255, 0, 255)).save(picture)
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    web, file, image = f"http://127.0.0.1:{server.server_port}/x", secret.as_uri(), picture.as_uri()
    payloads = (
        f'<img src="{image}">', f'<img src="{web}">', f'<link rel="stylesheet" href="{web}">',
        f'<style>@import url("{file}"); @import "{web}"; body {{ background: url({web}) }}</style>',
        f"url({file})", f'</style></svg><svg><image href="{image}" xlink:href="{image}" width="9" height="9"/></svg>',
        f'<object data="{file}"></object><iframe src="{web}"></iframe><embed src="{file}">',
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{file}">]>&e;', f"&#60;img src={web}&#62; &lt;script&gt;",
        f'</title></desc></text><use href="{image}"/><script>fetch("{web}")</script>',
        f'"><a href="{web}" onclick="x()" style="background:url({web})">',
        f"]]><xi:include href='{file}' parse='text'/>",
        f'=WEBSERVICE("{web}")', f'=HYPERLINK("{file}","x")', "@SUM(1+1)*cmd|' /C calc'!A0",
        f'{{ INCLUDETEXT "{file}" }} {{INCLUDEPICTURE "{image}"}}',
        "{{ settings.SECRET_KEY }}{% include '/etc/passwd' %}",
    )  # fmt: skip
    yield calls, payloads
    server.shutdown()
    server.server_close()


def poisoned(document: Document, text: str) -> Document:
    """Put a text into every field of a document that holds any, however deep."""

    def spoil(value):
        if isinstance(value, str):
            return text
        if isinstance(value, tuple):
            return tuple(spoil(item) for item in value)
        if isinstance(value, Chart):
            series = tuple(replace(each, name=text) for each in value.series)
            return replace(
                value, title=text, categories=(text,) * len(value.categories), series=series, measure=text, note=text,
                category=text,
            )  # fmt: skip
        if isinstance(value, Paragraph | Span | Heading | Table | Document):
            kept = ("head", "language", "schema", "draft", "figures", "places")
            names = [field.name for field in fields(value) if field.name not in kept]
            return replace(value, **{name: spoil(getattr(value, name)) for name in names})
        return value

    return spoil(document)


def small(name: str) -> Document:
    """One of the documents with a paragraph, a heading, a table and every chart, quick to render."""
    table = Table("表", ("单位", "数"), (("甲", "1"), ("乙", "2")), (False, True), "注")
    blocks = (Paragraph((Span("文", "/x/", strong=True),)), Heading(1, "一、"), table, BARS, LINES, PACE)
    return replace(SAMPLES[name](), blocks=blocks, annexes=(table,))


@pytest.mark.parametrize("name", list(SAMPLES))
def test_no_text_in_any_field_opens_a_file_or_calls_an_address(canary, name):
    """A quarter of the payloads under each head, so that no field is longer than it can be."""
    calls, payloads = canary
    document = poisoned(small(name), "".join(payloads[list(SAMPLES).index(name) :: len(SAMPLES)]))

    for kind, (render, _type) in KINDS.items():
        content = render(document)
        assert SECRET.encode() not in b"".join(parts_of(kind, content))
    assert calls == []


def parts_of(kind, content) -> list[bytes]:
    """Return what a file holds, unpacked."""
    if kind == "html":
        return [content]
    if kind == "pdf":
        found = [content]
        for piece in content.split(b"stream\n")[1:]:
            try:
                found.append(zlib.decompressobj().decompress(piece.lstrip(b"\r\n")))
            except zlib.error:
                continue
        return found
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [packed.read(name) for name in packed.namelist()]


@pytest.mark.parametrize("name", list(SAMPLES))
def test_text_of_any_field_is_no_markup_on_the_page(canary, name):
    _calls, payloads = canary
    seen = Tags()
    seen.feed(to_fragment(poisoned(small(name), "".join(payloads))))

    assert not seen.tags & {"script", "img", "style", "link", "iframe", "object", "embed", "image", "use", "a"}
    assert not seen.attributes & {"style", "onclick", "src", "href", "xlink:href", "data"}


def test_office_files_have_no_formula_and_nothing_from_outside(canary):
    _calls, payloads = canary
    document = poisoned(small("red"), "".join(payloads[-5:]))
    for kind in ("docx", "xlsx"):
        content = KINDS[kind][0](document)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            links = [packed.read(name) for name in packed.namelist() if name.endswith(".rels")]
        assert not any(b"External" in link for link in links)
    book = openpyxl.load_workbook(io.BytesIO(KINDS["xlsx"][0](document)))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    fields_of_word = zipfile.ZipFile(io.BytesIO(KINDS["docx"][0](document))).read("word/document.xml")
    assert b"w:instrText" not in fields_of_word


def test_a_picture_in_a_text_does_not_get_into_the_picture_of_a_chart(canary):
    _calls, payloads = canary
    for chart in (BARS, PACE, LINES):
        (block,) = poisoned(replace(SAMPLES["plain"](), blocks=(chart,)), payloads[5]).blocks
        picture = Image.open(io.BytesIO(png.to_png(block))).convert("RGB")
        assert (255, 0, 255) not in {colour for _count, colour in picture.getcolors(1 << 24)}


def test_a_drawing_that_could_open_a_file_is_not_made_into_a_picture(monkeypatch):
    monkeypatch.setattr(png, "to_svg", lambda chart, family: '<svg><image href="file:///etc/hostname"/></svg>')

    with pytest.raises(ValueError, match="image"):
        png.to_png(BARS)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800"])
def test_a_character_that_no_file_can_hold_is_refused_by_name(kind, character):
    with pytest.raises(MissingGlyph) as refusal:
        KINDS[kind][0](replace(small("plain"), blocks=(Paragraph((Span(f"招商{character}局"),)),)))

    assert refusal.value.characters == (character,)


def test_a_chart_takes_exact_numbers_and_nothing_else():
    for value in ("1,234", "１", "1e5", "12%", "nan", "=1", " 1"):
        with pytest.raises(ValueError, match="exact number"):
            Chart("bar", "图", ("甲",), (Series("数", (value,)),), "个")
