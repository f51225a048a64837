"""Which column of a sheet is which field: exact synonyms first, near misses only as suggestions."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from opencc import OpenCC
from rapidfuzz import fuzz, process

from projects.imports.columns import Column

NEAR = 60  # how alike, of 100, a heading must be to be suggested
_MONEY = r"(?:百万|千万|万|亿)?(?:元人民币|人民币元|人民币|美元|美金|欧元|港元|港币|日元|元)"
_MEASURE = re.compile(rf"(?:单位)?[:：]?({_MONEY}|亩|公顷|平方米|人次|人|名|家|个|年|天|%|百分点)")
_TAIL = re.compile(rf"(.{{2,}}?)[/:：、_-]?({_MONEY}|%)")
_BRACKETS = re.compile(r"[(\[【〔《<{]([^()\[\]【】〔〕]*)[)\]】〕》>}]")
_ORDER = re.compile(r"^(?:[（(]?[0-9一二三四五六七八九十]{1,3}[)）、.．])+(?=\D)")
_PLAIN_GROUP = re.compile(r".*(?:情况|信息|概况|基本|进度|进展|节点|时间|明细|内容|要素)|项目|企业|投资方|客商")


@dataclass(frozen=True)
class Heading:
    """A heading taken apart: the folded name, the name without brackets, and the measure in it."""

    text: str
    whole: str
    name: str
    measure: str


@dataclass(frozen=True)
class Match:
    """What is known of one column: its field if that is certain, else the fields it may be, with scores.

    problem says why a heading that is known was not taken.
    """

    column: int
    heading: str
    field: str | None
    measure: str = ""
    suggestions: tuple[tuple[str, int], ...] = ()
    problem: str = ""


@lru_cache(maxsize=1)
def _converter():
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Return a text in half width and simplified characters."""
    return _converter().convert(unicodedata.normalize("NFKC", text[:200]))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a heading without blanks and punctuation, half width, simplified, in small letters."""
    return "".join(c for c in simplified(text).lower() if unicodedata.category(c)[0] in "LN" or c == "%")


@lru_cache(maxsize=4096)
def take_apart(text: str) -> Heading:
    """Find the measure in a heading: 总投资（亿元）, 金额(万美元), 投资额:万元, 协议投资亿元."""
    plain = _ORDER.sub("", "".join(simplified(text).split()))
    measure = ""
    for inside in _BRACKETS.findall(plain):
        if match := _MEASURE.fullmatch(inside.rstrip(",;，；。")):
            measure = measure or match[1]
    bare = _BRACKETS.sub("", plain)
    if not measure and (match := _TAIL.fullmatch(bare)):
        bare, measure = match[1], match[2]
    return Heading(text, fold(plain), fold(bare), measure.replace("美金", "美元").replace("港币", "港元"))


def _names(paths):
    """Yield the ways to read a heading of one or two rows, with whether the reading is certain."""
    yield "".join(paths), True
    if len(paths) > 1:
        yield "".join(reversed(paths)), True
        yield paths[-1], all(_PLAIN_GROUP.fullmatch(fold(group)) for group in paths[:-1])


def known(columns: Sequence[Column]) -> dict[str, str]:
    """Return {folded heading: field} of a table of columns."""
    found = {}
    for column in columns:
        for word in (column.heading, *column.synonyms):
            heading = take_apart(word)
            for name in (heading.whole, heading.name):
                found.setdefault(name, column.name)
    return found


def recognise(headings: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[Match]:
    """Say for each column, given its headings from the top down, which field it holds.

    A field is never given to two columns: the template's own heading wins, else none of them gets it.
    """
    words = known(columns)
    matches = [_match(place, tuple(paths), words) for place, paths in enumerate(headings)]
    own = {column.name: take_apart(column.heading).name for column in columns}
    titles = {column.name: column.heading for column in columns}
    for field in {match.field for match in matches if match.field}:
        rivals = [match for match in matches if match.field == field]
        if len(rivals) < 2:
            continue
        exact = [match for match in rivals if take_apart(match.heading).name == own[field]]
        winner = exact[0] if len(exact) == 1 else None
        for match in rivals:
            if match is not winner:
                others = "、".join(f"“{other.heading}”" for other in rivals if other is not match)
                matches[match.column] = Match(
                    match.column,
                    match.heading,
                    None,
                    match.measure,
                    ((field, 100),),
                    _("与%(others)s同为“%(field)s”，请选定一列") % {"others": others, "field": titles[field]},
                )
    return matches


def _match(place, paths, words):
    paths = tuple(dict.fromkeys(path for path in paths if path.strip()))
    if not paths:
        return Match(place, "", None)
    shown = "/".join(" ".join(path.split())[:60] for path in paths)
    measure = next((found for path in reversed(paths) if (found := take_apart(path).measure)), "")
    suggested = {}
    for name, certain in _names(paths):
        heading = take_apart(name)
        field = words.get(heading.whole) or words.get(heading.name)
        if field and certain:
            return Match(place, shown, field, measure or heading.measure)
        if field:
            suggested[field] = 90
        for _word, score, key in process.extract(heading.name, {w: w for w in words}, scorer=fuzz.ratio, limit=6):
            if score >= NEAR:
                suggested[words[key]] = max(min(int(score), 99 if certain else 90), suggested.get(words[key], 0))
    best = sorted(suggested.items(), key=lambda item: -item[1])[:3]
    return Match(place, shown, None, measure, tuple(best))
