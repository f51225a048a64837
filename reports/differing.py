"""Two documents line by line: what was said otherwise, which cells of tables changed, who stands elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from reports.documents.content import Chart, Document, Heading, Paragraph, Table


@dataclass(frozen=True)
class Change:
    """A line or a cell that differs: where it stands, what it was, what it is; "" where there was or is none."""

    where: str
    old: str
    new: str

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """Return the line as (same, del or ins; words), in the order of reading."""
        made = []
        matcher = SequenceMatcher(None, self.old, self.new, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                made.append(("same", self.old[a:b]))
                continue
            made += [(name, words) for name, words in (("del", self.old[a:b]), ("ins", self.new[c:d])) if words]
        return made

    def __str__(self):
        return f"{self.where}：{self.old or '—'} → {self.new or '—'}"


@dataclass(frozen=True)
class Move:
    """A unit that stands elsewhere in its group; rank 0: not ranked."""

    unit: str
    group: str
    old: int
    new: int

    @property
    def steps(self) -> int:
        """How many places it rose; below 0: fell."""
        return self.old - self.new if self.old and self.new else 0


def differences(old: Document, new: Document) -> list[Change]:
    """Return what differs between two documents: head, text, then tables cell by cell."""
    made = [
        Change(where, getattr(old, name), getattr(new, name))
        for name, where in HEAD.items()
        if getattr(old, name) != getattr(new, name)
    ]
    made += _text(list(_lines(old)), list(_lines(new)))
    before, after = _tables(old), _tables(new)
    for title in dict.fromkeys([*before, *after]):
        made += _cells(title, before.get(title), after.get(title))
    return made


HEAD = {
    "title": "标题", "addressee": "主送", "cc": "抄送", "issuer": "印发单位", "status": "数据状态",
    "cut_off": "数据截至", "basis": "计数依据",
}  # fmt: skip


def moves(old: Document, new: Document) -> list[Move]:
    """Return the units whose place differs, as the newer document lists them."""
    before = {place.unit_id: place for place in old.places}
    made = []
    for place in new.places:
        was = before.get(place.unit_id)
        if (was.rank if was else 0) != place.rank:
            made.append(Move(place.unit, place.group, was.rank if was else 0, place.rank))
    return made


def text_of(document: Document) -> str:
    """Return the running text of a document, a line for each paragraph and heading."""
    return "\n".join(text for _where, text in _lines(document))


def _lines(document) -> Iterator[tuple[str, str]]:
    """Yield (the heading above, text) of each paragraph and heading."""
    where = "正文"
    for block in document.blocks:
        if isinstance(block, Heading):
            where = block.text
            yield where, block.text
        elif isinstance(block, Paragraph):
            yield where, block.text


def _text(old, new):
    made = []
    matcher = SequenceMatcher(None, [text for _w, text in old], [text for _w, text in new], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for was, now in zip_longest(old[a:b], new[c:d], fillvalue=("", "")):
            made.append(Change(now[0] or was[0], was[1], now[1]))
    return made


def _tables(document) -> dict[str, Table]:
    tables = [block for block in document.blocks if isinstance(block, Table)]
    drawn = [block.table for block in document.blocks if isinstance(block, Chart)]
    return {table.title: table for table in (*tables, *drawn, *document.annexes)}


def _cells(title, old, new):
    if old is None or new is None:
        return [Change(title, "" if old is None else "有此表", "" if new is None else "有此表")]
    if old.heads != new.heads:
        return [Change(title, "、".join(map(_head, old.heads)), "、".join(map(_head, new.heads)))]
    before, after, made = _rows(old), _rows(new), []
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            made.append(Change(f"{title} · {key}", "　".join(was or ()), "　".join(now or ())))
            continue
        made += [
            Change(f"{title} · {key} · {_head(head)}", a, b)
            for head, a, b in zip(old.heads, was, now, strict=True)
            if a != b
        ]
    return made


def _head(head):
    return head.replace("\n", "·")


def _rows(table) -> dict[str, tuple[str, ...]]:
    """Return the rows by what names them: the first cell that is no number, with a count where it comes again."""
    named = next((place for place, numeric in enumerate(table.numeric) if not numeric), 0)
    made: dict[str, tuple[str, ...]] = {}
    for row in table.rows:
        key, count = row[named] or "—", 1
        while (name := key if count == 1 else f"{key}（{count}）") in made:
            count += 1
        made[name] = row
    return made
