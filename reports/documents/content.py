"""What a document says: one frozen value of finished texts, and its canonical JSON."""

import json
from dataclasses import dataclass, fields
from itertools import groupby

SCHEMA = 2
READABLE = (1, 2)  # schema 1 held no figures, places, status, cut-off and head


@dataclass(frozen=True)
class Span:
    """A run of text; `href` is a link into the ledger, shown on the site's page only."""

    text: str
    href: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """Join the text of the spans."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4 whose text already carries its number: 一、 （一） 1. （1）."""

    level: int
    text: str

    def __post_init__(self):
        if self.level not in (1, 2, 3, 4):
            raise ValueError(f"a heading has level 1 to 4, not {self.level!r}")


@dataclass(frozen=True)
class Table:
    """A table of finished texts.

    Every row has as many cells as there are heads. A head "组\\n列" stands as 列 under a head 组 shared with
    the neighbours of the same 组.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]  # columns aligned right
    note: str = ""
    total_rows: frozenset[int] = frozenset()  # indexes of rows printed in bold

    def __post_init__(self):
        width = len(self.heads)
        if not width or len(self.numeric) != width:
            raise ValueError(f"table {self.title!r}: {width} heads, {len(self.numeric)} alignments")
        for index, row in enumerate(self.rows):
            if len(row) != width:
                raise ValueError(f"table {self.title!r}: row {index} has {len(row)} cells, not {width}")
        if any(not 0 <= index < len(self.rows) for index in self.total_rows):
            raise ValueError(f"table {self.title!r}: a total row is outside the table")

    @property
    def head_groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the heads as (group, columns) in order; a head without group stands alone under ''."""
        pairs = [head.split("\n", 1) if "\n" in head else ["", head] for head in self.heads]
        found: list[tuple[str, tuple[str, ...]]] = []
        for group, members in groupby(pairs, key=lambda pair: pair[0]):
            names = tuple(name for _, name in members)
            found += [(group, names)] if group else [("", (name,)) for name in names]
        return tuple(found)


Block = Paragraph | Heading | Table
BLOCKS = {"paragraph": Paragraph, "heading": Heading, "table": Table}


@dataclass(frozen=True)
class Figure:
    """A figure as it was frozen: the name it is cited by, its text, and where it comes from."""

    name: str
    text: str
    href: str = ""
    indicator: str = ""
    basis: str = ""
    first: str = ""
    last: str = ""
    denominator: str = ""


@dataclass(frozen=True)
class Place:
    """Where a unit stood within its group; rank 0: it was not ranked."""

    unit_id: int
    unit: str
    group: str
    rank: int
    tied: bool
    score: str


@dataclass(frozen=True)
class Document:
    """A whole document; nothing in it is computed or looked up any more."""

    title: str
    issuer: str
    mark: str  # red head text (××文件); "" for a plain report without red head
    number: str
    addressee: str
    blocks: tuple[Block, ...]
    annexes: tuple[Table, ...]
    date_text: str
    draft: bool
    schema: int = SCHEMA
    cc: str = ""
    printed_by: str = ""
    head: str = ""  # as ReportKind.Head; "" as the mark says: red where there is one, plain without
    status: str = ""  # 初步 or 最终
    cut_off: str = ""  # the last day of the figures, in words
    basis: str = ""  # 上报数 or 认定数; "" where indicators differ
    figures: tuple[Figure, ...] = ()
    places: tuple[Place, ...] = ()


def _plain(value: object) -> object:
    """Turn a part of a document into what JSON can hold: text, whole numbers, bools; no empty value."""
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Span | Paragraph | Heading | Table | Figure | Place | Document):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        kind = next((name for name, block in BLOCKS.items() if type(value) is block), None)
        return plain | {"kind": kind} if kind else plain
    raise TypeError(f"a document cannot hold {type(value).__name__}")


def to_json(document: Document) -> str:
    """Write a document as canonical text: sorted keys, no spaces, Chinese unescaped, never a float."""
    return json.dumps(_plain(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _no_float(text: str):
    raise ValueError(f"a document holds no floating-point number: {text}")


def _table(plain: dict) -> Table:
    return Table(
        title=plain["title"],
        heads=tuple(plain["heads"]),
        rows=tuple(tuple(row) for row in plain["rows"]),
        numeric=tuple(plain["numeric"]),
        note=plain["note"],
        total_rows=frozenset(plain["total_rows"]),
    )


def _block(plain: dict) -> Block:
    kind = plain["kind"]
    if kind == "paragraph":
        return Paragraph(tuple(Span(**span) for span in plain["spans"]))
    if kind == "heading":
        return Heading(plain["level"], plain["text"])
    if kind == "table":
        return _table(plain)
    raise ValueError(f"unknown kind of block: {kind!r}")


def from_json(text: str) -> Document:
    """Read a document back from its canonical text; another schema is refused."""
    plain = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    if plain.get("schema") not in READABLE:
        raise ValueError(f"unknown schema of a document: {plain.get('schema')!r}")
    plain["blocks"] = tuple(_block(block) for block in plain["blocks"])
    plain["annexes"] = tuple(_table(table) for table in plain["annexes"])
    plain["figures"] = tuple(Figure(**figure) for figure in plain.get("figures", ()))
    plain["places"] = tuple(Place(**place) for place in plain.get("places", ()))
    return Document(**plain)
