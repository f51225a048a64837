"""Companies that are likely to be one and the same: by the core of the name, its sound, and the credit code."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process

from projects.credit_code import tidy_code
from projects.models import Company, Threshold

SHOWN = 5
NEAR = 200  # names looked at closely
PLACES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|"
    "广州|深圳|珠海|佛山|东莞|中山|惠州|杭州|宁波|温州|南京|苏州|无锡|常州|南通|成都|武汉|长沙|郑州|西安|昆明|贵阳|南宁|"
    "福州|厦门|泉州|济南|青岛|烟台|合肥|南昌|沈阳|大连|长春|哈尔滨|石家庄|太原|兰州|海口|呼和浩特|乌鲁木齐"
)
PLACE = re.compile(
    rf"^(?:中国|(?:{PLACES})(?:壮族|回族|维吾尔)?(?:自治区|特别行政区|省|市)?"
    r"|[\u4e00-\u9fff]{2,3}(?:自治州|自治县|新区|省|市|州|县|区|镇)(?!域|块|间|场|政|民))"
)
LEGAL = re.compile(
    r"(?:股份有限公司|有限责任公司|股份公司|有限公司|控股|集团|股份|分公司|子公司|总公司|责任公司|公司|"
    r"co\.?,?ltd\.?|co\.?|ltd\.?|inc\.?|llc|limited|corporation|company)$"
)
TRADES = re.compile(
    "(?:科技|技术|电子|新材料|材料|汽车部件|零部件|部件|汽车|生物|医药|制药|食品|饮料|农业|物流|装备|制造|机械|新能源|能源|化工|建材|"
    "实业|工业|投资|贸易|商贸|文化|旅游|文旅|环保|信息|网络|智能|软件|服饰|纺织|家具|置业|地产|建设|工程|发展|开发|光电|半导体|"
    "医疗|器械|健康|教育|传媒|供应链|电器|电气|五金|塑胶|包装|印刷|矿业|冶金|钢铁|铝业|照明|通信|数据|产业|国际|石材|石油|天然气)$"
)
MARKS = re.compile(r"[\s·•．。,，.\-—_&'\"“”‘’（）()\[\]【】《》/]+")
SHORTEST = 2  # characters that a name keeps, however much of it is place and legal form


@dataclass(frozen=True)
class Likeness:
    """A company that may be the one that was typed, and why."""

    company_id: int
    name: str
    score: int
    reasons: tuple[str, ...]
    same_code: bool = False


@lru_cache(maxsize=60_000)
def core(name: str) -> str:
    """Return what tells a company's name from others: without place, legal form, brackets and width."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"\((?:中国|china|集团|筹|[^()]{2,4}(?:省|市|区|县))\)", "", folded)
    return _without(PLACE, _without(LEGAL, MARKS.sub("", text)))


@lru_cache(maxsize=60_000)
def brand(name: str) -> str:
    """Return the core of a name without the words of its trade: 霁岫 of 霁岫汽车部件股份有限公司."""
    return _without(TRADES, core(name))


def _without(words, text):
    """Take words off a text as long as enough of it is left."""
    while (short := words.sub("", text)) != text and len(short) >= SHORTEST:
        text = short
    return text


def sound(text: str) -> str:
    """Return the pinyin of a text without tones."""
    return "".join(lazy_pinyin(text))


def score(typed: str, known: str) -> float:
    """Return how alike two names are, 0 to 100.

    By what they are called and by that with the trade, two fifths each; place and legal form count for a fifth.
    """
    parts = ((brand, 0.4), (core, 0.4), (_plain, 0.2))
    return sum(fuzz.ratio(part(typed), part(known)) * weight for part, weight in parts)


@lru_cache(maxsize=60_000)
def _plain(name):
    return MARKS.sub("", unicodedata.normalize("NFKC", name).casefold())


def similar(name: str, *, credit_code: str = "", exclude: int | None = None, shown: int = SHOWN) -> list[Likeness]:
    """Return the companies most like a name or with the credit code, the likeliest first: two queries.

    Every company is looked at, also those the asker may not see; say no more of them than told_of() does.
    """
    code, typed = tidy_code(credit_code), core(name)
    least = float(Threshold.values()[Threshold.Name.SIMILAR_NAME])
    names = Company.objects.live().exclude(pk=exclude).order_by()
    rows = list(names.values_list("pk", "name", "credit_code", "search", "names__name"))
    if len(typed) < SHORTEST:
        found = {}
    else:
        found = _by_name(name, typed, rows, least)
    for place, row in enumerate(rows):
        if code and row[2] == code:
            found.setdefault(row[0], [100.0, set(), place])
            found[row[0]][1].add("code")
    made = [_likeness(rows[place], value, signs) for value, signs, place in found.values()]
    return sorted(made, key=lambda row: (not row.same_code, -row.score, row.company_id))[:shown]


def _by_name(name, typed, rows, least):
    """Return {company id: [score, signs, place in rows]} of those whose name, other name or sound is alike."""
    texts = [row[1] for row in rows] + [row[4] or "" for row in rows]
    cores = [core(text) if text else "" for text in texts]
    found, cutoff = {}, max(0.0, (least - 60) / 0.4)  # below it, the other parts cannot make up for the core
    near = process.extract(typed, cores, scorer=fuzz.ratio, score_cutoff=cutoff, limit=NEAR)
    for _core, _ratio, at in near:
        value, place = score(name, texts[at]), at % len(rows)
        if value >= least:
            _better(found, rows[place][0], value, {"other"} if at >= len(rows) else set(), place)
    heard = sound(typed)
    if not typed.isascii() and len(heard) >= 4:
        for place, row in enumerate(rows):
            if heard in row[3] and cores[place] != typed and len(cores[place]) == len(typed):
                _better(found, row[0], max(90.0, least), {"sound"}, place)
    return found


def _better(found, pk, value, signs, place):
    """Keep the better of two reasons to think of a company."""
    if pk not in found or found[pk][0] < value:
        found[pk] = [value, signs, place]


def _likeness(row, value, signs):
    """Put a likeness into words."""
    words = {"code": _("信用代码相同"), "other": _("曾用名或简称相近"), "sound": _("读音相同")}
    told = tuple(str(words[sign]) for sign in words if sign in signs)
    return Likeness(row[0], row[1], int(value), told, "code" in signs)


@dataclass(frozen=True)
class Told:
    """What somebody who enters a company is told of a similar one.

    url is empty for a company outside the asker's scope: beside its name, who entered it and since when, nothing
    of it is told (docs/decisions/first-report.md).
    """

    likeness: Likeness
    unit: str
    since: date
    url: str
    claims: tuple[str, ...] = ()

    @property
    def line(self):
        """The likeness in one line: 相似度 92%，信用代码相同."""
        return "，".join([_("相似度 %(n)s%%") % {"n": self.likeness.score}, *self.likeness.reasons])


def told_of(found: list[Likeness], user, claims=None) -> list[Told]:
    """Return what a user is told of similar companies; claims are those that hold on them: two queries."""
    pks = [row.company_id for row in found]
    rows = Company.objects.select_related("entered_for").in_bulk(pks)
    seen = set(Company.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))
    made = []
    for row in found:
        company, visible = rows[row.company_id], row.company_id in seen
        since = timezone.localdate(company.recorded_at)
        held = tuple(_claimed(claim, visible) for claim in (claims or {}).get(company.pk, ()))
        url = company.get_absolute_url() if visible else ""
        made.append(Told(row, str(company.entered_for), since, url, held))
    return made


def _claimed(claim, visible):
    """Say that a claim exists and since when; by whom only to those who may see the company."""
    told = {"on": claim.on.isoformat(), "unit": claim.unit if visible else ""}
    return _("%(unit)s已首报（%(on)s 起）") % told if visible else _("已有单位首报（%(on)s 起）") % told
