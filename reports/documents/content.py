"""What a document says: one frozen value of finished texts, and its canonical JSON."""

import json
import re
from dataclasses import dataclass, fields
from itertools import groupby

SCHEMA = 2
READABLE = (1, 2)  # schema 1 held no figures, places, status, cut-off, head and language
EXACT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")  # a number as a chart draws it: no group marks, no measure


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


@dataclass(frozen=True)
class Series:
    """One line, or one colour of bars: an exact number as text for each category, "" where there is none."""

    name: str
    values: tuple[str, ...]


CHARTS = ("bar", "line", "pace")


@dataclass(frozen=True)
class Chart:
    """A picture of numbers that are finished texts; the same numbers are a table where pictures cannot be.

    bar: a bar for each category and series. line: categories are days as printed, the first series is what was
    done, the second the clock's target, the third last year. pace: the first series are shares in percent, the
    second is where the clock stands.
    """

    kind: str
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    measure: str
    note: str = ""
    category: str = "类别"  # what the categories are: 单位, 日期

    def __post_init__(self):
        if self.kind not in CHARTS:
            raise ValueError(f"a chart is one of {CHARTS}, not {self.kind!r}")
        if not 1 <= len(self.series) <= 3 or (self.kind == "pace" and len(self.series) != 2):
            raise ValueError(f"chart {self.title!r}: {len(self.series)} series")
        for series in self.series:
            if len(series.values) != len(self.categories):
                raise ValueError(f"chart {self.title!r}: {series.name!r} has {len(series.values)} values")
            if unread := [value for value in series.values if value and not EXACT.fullmatch(value)]:
                raise ValueError(f"chart {self.title!r}: {unread[0]!r} is no exact number")

    @property
    def table(self) -> Table:
        """Return the same numbers as a table."""
        named = (f"{series.name}（{self.measure}）" if self.measure else series.name for series in self.series)
        columns = zip(*(series.values for series in self.series), strict=True)
        rows = tuple(
            (name, *(value or "—" for value in row)) for name, row in zip(self.categories, columns, strict=True)
        )
        return Table(self.title, (self.category, *named), rows, (False, *(True,) * len(self.series)), self.note)


Block = Paragraph | Heading | Table | Chart
BLOCKS = {"paragraph": Paragraph, "heading": Heading, "table": Table, "chart": Chart}
HEADS = ("plain", "red", "newsletter", "letter")
BOTH_BASES = "口径在文中注明"  # where indicators are counted in different ways
SIMPLIFIED, TRADITIONAL = LANGUAGES = ("zh-CN", "zh-Hant")


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
    """A whole document; nothing in it is computed or looked up any more.

    head says what stands above the title: nothing (plain), 红头 (red), 报头 of a newsletter, or the double line of a
    letter (信函格式, a supervision letter); "" is red where there is a mark and plain where there is none.
    cc has a line for each row of 抄送; in a newsletter a line for each of 报：…, 送：…, 发：….
    """

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
    head: str = ""
    status: str = ""  # 初步 or 最终
    cut_off: str = ""  # the last day of the figures, in words
    basis: str = ""  # 上报数 or 认定数; "" where indicators differ
    figures: tuple[Figure, ...] = ()
    places: tuple[Place, ...] = ()
    copies: str = ""  # how many are printed, at the foot of a newsletter
    language: str = SIMPLIFIED  # of the script it is written in

    def __post_init__(self):
        if self.head and self.head not in HEADS:
            raise ValueError(f"a head is one of {HEADS}, not {self.head!r}")
        if self.language not in LANGUAGES:
            raise ValueError(f"a language is one of {LANGUAGES}, not {self.language!r}")

    @property
    def head_kind(self) -> str:
        """Return which of HEADS the document has."""
        return self.head or ("red" if self.mark else "plain")

    @property
    def status_text(self) -> str:
        """Return the status as it is printed."""
        return {"初步": "初步统计", "最终": "最终数据"}.get(self.status, self.status)

    @property
    def standing(self) -> str:
        """Say how far the figures can be relied on: status, cut-off, basis; the same words in every rendering."""
        if not (self.status or self.cut_off):
            return ""
        cut_off = f"截至{self.cut_off}" if self.cut_off else ""
        return f"（{'，'.join(filter(None, (self.status_text, cut_off, self.basis or BOTH_BASES)))}）"


def _plain(value: object) -> object:
    """Turn a part of a document into what JSON can hold: text, whole numbers, bools; no empty value."""
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Span | Paragraph | Heading | Table | Series | Chart | Figure | Place | Document):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        kind = next((name for name, block in BLOCKS.items() if type(value) is block), None)
        if kind == "chart":
            plain["draws"] = value.kind
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


def _chart(plain: dict) -> Chart:
    return Chart(
        kind=plain["draws"],
        title=plain["title"],
        categories=tuple(plain["categories"]),
        series=tuple(Series(each["name"], tuple(each["values"])) for each in plain["series"]),
        measure=plain["measure"],
        note=plain["note"],
        category=plain["category"],
    )


def _block(plain: dict) -> Block:
    kind = plain["kind"]
    if kind == "paragraph":
        return Paragraph(tuple(Span(**span) for span in plain["spans"]))
    if kind == "heading":
        return Heading(plain["level"], plain["text"])
    if kind == "table":
        return _table(plain)
    if kind == "chart":
        return _chart(plain)
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
