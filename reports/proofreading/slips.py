"""What else goes wrong in official texts: slips of lists, days that do not exist, blanks left, stale boilerplate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from reports.proofreading.quantities import folded

FORTUNE = re.compile(r"(?:世界|全球|财富|中国|国内|全国|民营企业?|制造业)(\d{2,3})强")
CONGRESS = re.compile(
    r"党的(十[一二三四五六七八九]|二十[一二三]?)大|(十[一二三四五六七八九]|二十[一二三]?)届[一二三四五六七]中全会"
)
CONGRESSES = {  # number of the party congress → when it met
    "十一": 1977, "十二": 1982, "十三": 1987, "十四": 1992, "十五": 1997, "十六": 2002, "十七": 2007, "十八": 2012,
    "十九": 2017, "二十": 2022,
}  # fmt: skip
DAY = re.compile(r"(?:(?P<year>(?:19|20)\d{2})年)?(?<![\d.])(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
YEAR = re.compile(r"((?:19|20)\d{2})年")
BLANK = re.compile(
    r"(?:资|额|增|达|任务|目标|完成|为|占|的|收|值)(?P<gap>[XxＸ*＊_]*)(?=(?:[万亿]元|[万亿]美元|%)(?!.{0,1}以上))|[XxＸ*＊_]{2,}(?=\s*(?:[万亿]?元|%|个|家|户|次|批))"
)
CHAPTER = re.compile(r"^\s*(?P<number>[一二三四五六七八九十]{1,3})、", re.MULTILINE)
CHAPTERS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五"]


@dataclass(frozen=True)
class Note:
    """Something a person should look at: where it stands, what was read, and why."""

    kind: str
    text: str
    start: int
    end: int
    message: str


def notes_of(text: str, *, today: date) -> list[Note]:
    """Return the slips of a text in its order, as of a day."""
    plain = folded(text)
    found = [*_lists(plain), *_congresses(plain, today), *_days(plain), *_blanks(plain), *_chapters(plain)]
    return [
        Note(kind, text[start:end], start, end, message)
        for kind, start, end, message in sorted(found, key=lambda note: note[1])
    ]


def _lists(text) -> Iterator[tuple]:
    for match in FORTUNE.finditer(text):
        if match[1] not in ("500", "100", "50", "10", "200", "300"):
            yield "list", *match.span(), _("没有“%s强”这个榜单，是否为 500 强") % match[1]


def _congresses(text, today):
    years = [int(year) for year in YEAR.findall(text)]
    told = max((year for year in years if year <= today.year + 1), default=today.year)
    newest = max(CONGRESSES, key=lambda name: CONGRESSES[name] if CONGRESSES[name] < told else 0)
    for match in CONGRESS.finditer(text):
        named = match[1] or match[2]
        if CONGRESSES.get(named, 0) < CONGRESSES[newest] and named in CONGRESSES:
            yield (
                "stale", *match.span(),
                _("%(year)d年的文稿引用“%(named)s大”，其时最近的是“%(newest)s大”，疑为沿用旧稿")
                % {"year": told, "named": named, "newest": newest},
            )  # fmt: skip


def _days(text):
    for match in DAY.finditer(text):
        try:
            date(int(match["year"] or 2000), int(match["month"]), int(match["day"]))  # 2000 has a 29 February
        except ValueError:
            yield "date", *match.span(), _("没有这一天")


def _blanks(text):
    for match in BLANK.finditer(text):
        yield "blank", match.start(), match.end() + 2, _("数字空缺，请补上或删去此句")


def _chapters(text):
    expected = 0
    for match in CHAPTER.finditer(text):
        if match["number"] not in CHAPTERS:
            continue
        place = CHAPTERS.index(match["number"])
        if place == 0:
            expected = 0
        if place > expected:
            yield (
                "chapter", *match.span("number"),
                _("标题序号跳过了“%s”") % "、".join(CHAPTERS[expected:place]),
            )  # fmt: skip
        expected = place + 1
