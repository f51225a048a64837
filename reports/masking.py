"""A public edition of an issue: names masked, figures kept, masked or rounded; and the check that nothing slipped.

The edition is made from the frozen document alone and is never kept. The check reads the finished files, not the
document they were made from: what was split over two runs of text, or stands in a property of a file, is found there.
"""

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal

from campaigns.models import CampaignUnit
from campaigns.numbers import plain
from campaigns.rounding import half_up
from projects.models import Company, CompanyName, Project
from reports.documents import DOCUMENTS
from reports.documents.content import Chart, Document, from_json
from reports.models import Report
from reports.proofreading.ledger import GENERAL, UNIT_NAME
from reports.proofreading.quantities import folded
from units.models import Member, Unit

STARS, CROSSES = "*", "XX"
KEEP, MASK, ROUND = "keep", "mask", "round"
KINDS_OF_NAME = (  # what a masked name may end in, so that the text still reads
    "街道办事处", "管理委员会", "有限责任公司", "股份有限公司", "有限公司", "开发区", "工业园", "产业园", "园区",
    "集团", "公司", "街道", "管委会", "镇", "乡", "区", "县", "市", "局", "委", "办", "项目",
)  # fmt: skip
PLACES = (
    "街道办事处",
    "街道",
    "镇",
    "乡",
    "经济开发区",
    "开发区",
    "工业园区",
    "产业园",
    "园区",
    "新区",
    "区",
    "县",
    "市",
)
PLACE_KINDS = (Unit.Kind.DISTRICT, Unit.Kind.TOWNSHIP, Unit.Kind.SUBDISTRICT, Unit.Kind.PARK)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
LISTED = re.compile(r"^(?:\.(?!\d)|）|、)")  # stands behind the number of a heading
CALENDAR = re.compile(r"^(?:年|月|日|号|期|届|强|〕)")  # stands behind a number that measures nothing
COMPANY_NAME = re.compile(r"[一-龥]{2,12}(?:有限公司|股份公司|集团|合作社)")
BETWEEN = re.compile(r"[，,、;；\s]+")
TELLING = 3  # digits from which a bare number tells something by itself
KEPT_DIGITS = 2


@dataclass(frozen=True)
class Mask:
    """How an edition is masked: the sign for names, what becomes of figures, further words to mask."""

    sign: str = CROSSES
    figures: str = KEEP
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leak:
    """Something that should not be in a masked file: which file, what, and the words around it."""

    kind: str
    what: str
    around: str


@dataclass(frozen=True)
class Edition:
    """A masked document, its files by kind, and what slipped."""

    document: Document
    files: dict[str, bytes]
    leaks: tuple[Leak, ...]


def masked_edition(report: Report, mask: Mask) -> Edition:
    """Mask what a report froze, render it, and read the files again for what should not be there."""
    frozen = from_json(report.frozen)
    names = names_in(report, frozen, mask.words)
    document = masked(frozen, names, mask)
    files = {kind: render(document) for kind, (render, _type) in DOCUMENTS.items()}
    return Edition(document, files, tuple(leaks(files, frozen, document, names, mask)))


# --- names --------------------------------------------------------------------------------------


def names_in(report: Report, document: Document, words=()) -> list[str]:
    """Return every name known here that a document holds, the longest first: units, places, companies, people."""
    top = f"/{report.campaign.organiser.lineage[0]}/"
    units = list(Unit.objects.within([top]).values_list("name", "kind"))
    seats = CampaignUnit.objects.filter(campaign=report.campaign_id).values_list("title", "leader")
    names = {name for name, _kind in units} | {name for pair in seats for name in pair}
    names |= {stem_of(name) for name, kind in units if kind in PLACE_KINDS}
    names |= {place.unit for place in document.places} | {document.issuer}
    names |= set(Member.objects.filter(unit__path__startswith=top).values_list("user__name", flat=True))
    for model, column in ((Company, "name"), (CompanyName, "name"), (Project, "name")):
        names |= set(model.objects.values_list(column, flat=True).iterator(chunk_size=5000))
    said = re.sub(r"\s", "", "\n".join(texts_of(document)))
    known = {re.sub(r"\s", "", name) for name in names if name}
    found = {name for name in known if len(name) > 1 and name in said}
    found |= {word.strip() for word in words if word.strip()}
    return sorted(found, key=lambda name: (-len(name), name))


def stem_of(name: str) -> str:
    """Return a place's name without its kind: 青河镇 → 青河; "" where less than two characters would be left."""
    ending = next((end for end in sorted(PLACES, key=len, reverse=True) if name.endswith(end)), "")
    stem = name.removesuffix(ending) if ending else ""
    return stem if len(stem) > 1 else ""


def masked(document: Document, names: list[str], mask: Mask) -> Document:
    """Return a document without names, links and what it was made from."""
    bare = replace(document, figures=(), places=())
    pattern = re.compile("|".join(map(re.escape, names))) if names else None

    def words(text):
        text = pattern.sub(lambda match: sign_for(match[0], mask.sign), text) if pattern else text
        return FIGURES[mask.figures](text)

    return _walk(bare, words)


def sign_for(name: str, sign: str) -> str:
    """Return what stands for a name: the sign, and what kind of thing it was."""
    kind = next((end for end in KINDS_OF_NAME if name.endswith(end) and len(name) > len(end)), "")
    return f"{sign * 2 if sign == STARS else sign}{kind}"


def _walk(value, words: Callable[[str], str], name: str = ""):
    if name == "href":
        return ""
    if name in ("head", "schema", "language"):
        return value
    if isinstance(value, Chart):  # what is hidden cannot be drawn: its table holds the signs instead
        return _walk(value.table, words)
    if isinstance(value, str):
        return words(value)
    if isinstance(value, tuple):
        return tuple(_walk(item, words) for item in value)
    if is_dataclass(value):
        return replace(
            value, **{each.name: _walk(getattr(value, each.name), words, each.name) for each in fields(value)}
        )
    return value


def texts_of(value, name: str = ""):
    """Yield every text of a document, paragraphs as a whole."""
    if name in ("href", "head", "figures", "places"):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_of(item)
    elif is_dataclass(value):
        if hasattr(value, "spans"):
            yield value.text
            return
        for each in fields(value):
            yield from texts_of(getattr(value, each.name), each.name)


# --- figures ------------------------------------------------------------------------------------


def _counts_nothing(match):
    """Say whether a number only numbers an annex or a heading."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    starts = before in ("", "（") or before[-1] == "\n"
    return before.endswith(("附件", "附表")) or bool(starts and LISTED.match(behind))


def _masked_number(match):
    return match[0] if _counts_nothing(match) else "**"


def rounded(number: str) -> str:
    """Return a number with two digits that tell: 152.8 → 150, 88.4 → 88, 14 → 14."""
    value = Decimal(number.replace(",", ""))
    places = KEPT_DIGITS - 1 - value.adjusted() if value else 0
    step = Decimal(1).scaleb(-places)
    return plain(Decimal(half_up(value / step, 0)) * step) if places < 0 or "." in number else number


def _rounded_number(match):
    behind = match.string[match.end() :]
    return match[0] if _counts_nothing(match) or CALENDAR.match(behind) else rounded(match[0])


FIGURES = {
    KEEP: lambda text: text,
    MASK: lambda text: NUMBER.sub(_masked_number, text),
    ROUND: lambda text: NUMBER.sub(_rounded_number, text),
}


# --- the check ----------------------------------------------------------------------------------


def leaks(files: dict[str, bytes], frozen: Document, edition: Document, names: list[str], mask: Mask):
    """Yield every name, link and figure in the files that should not be there, with the words around it."""
    forbidden = _forbidden_figures(frozen, edition, mask)
    for kind, content in files.items():
        text = "\n".join(texts_of(edition)) if kind == "pdf" else text_of_file(kind, content)
        joined = folded(re.sub(r"[^\S\n]", "", text))
        for name in names:
            if (place := joined.find(folded(name))) >= 0:
                yield Leak(kind, name, _around(joined, place, len(name)))
        for pattern in (UNIT_NAME, COMPANY_NAME):
            for match in pattern.finditer(joined):
                if not GENERAL.search(match[0]) and "X" not in match[0]:
                    yield Leak(kind, match[0], _around(joined, match.start(), len(match[0])))
        for match in NUMBER.finditer(text):
            if match[0] in forbidden and not _counts_nothing(match):
                yield Leak(kind, match[0], _around(text, match.start(), len(match[0])))


def _forbidden_figures(frozen, edition, mask):
    """Return the numbers that were to go: those that tell something, unless rounding made the same again."""
    if mask.figures == KEEP:
        return frozenset()
    told = {
        match[0]
        for text in texts_of(frozen)
        for match in NUMBER.finditer(text)
        if not _counts_nothing(match) and ("." in match[0] or len(match[0].replace(",", "")) >= TELLING)
    }
    return frozenset(told - {match[0] for text in texts_of(edition) for match in NUMBER.finditer(text)})


ENDS = re.compile(r"</(?:w:p|w:tc|si|c|row|p|td|th|h\d|li|title|figcaption|dc:\w+)>|<br ?/?>")


def text_of_file(kind: str, content: bytes) -> str:
    """Return every text of a rendered file: of a page, or of all parts of a zip, with its properties."""
    if kind == "html":
        source = re.sub(r"(?s)<style>.*?</style>", "", content.decode())
        return _stripped(source) + "\n" + "\n".join(re.findall(r'(?:href|alt|title|content)="([^"]*)"', source))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        # docProps/app.xml names the program that wrote the file and its version, nothing of the document
        names = [name for name in book.namelist() if name.endswith(".xml") and name != "docProps/app.xml"]
        parts = [book.read(name).decode("utf-8", "replace") for name in names]
    return "\n".join(_stripped(re.sub(r"<dcterms:\w+[^>]*>[^<]*</dcterms:\w+>", "", part)) for part in parts)


def _stripped(source):
    return html.unescape(re.sub(r"<[^>]*>", "", ENDS.sub("\n", source)))


def _around(text, place, length):
    return re.sub(r"\s+", " ", text[max(0, place - 12) : place + length + 12]).strip()
