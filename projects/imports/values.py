"""What stands in a cell, read as its column's kind: a value, or a reason why not; never a guess, never a silent 0."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from campaigns.numbers import NumberError, measure_of, plain, read_number
from projects.imports import columns
from projects.imports.columns import Column
from projects.imports.headings import fold
from projects.imports.reading import Cell, Value

YEARS = range(1949, 2101)
EMPTY = {"", "—", "――", "——", "－", "-", "--", "---", "–", "/", "//", "\\", "无", "没有", "暂无", "空", "n/a", "na"}
UNDECIDED = {"待定", "未定", "待核", "待核实", "待确认", "待报", "不详", "未知", "不明", "另行确定", "?", "？"}
CROSSES = {"×", "✗", "✘", "x"}
TICKS = {"√", "✓", "✔", "☑"}
_HAPPENED = re.compile(
    r"(?:已|全部|正在)?(?:经|部)?(?:开工|动工|签约|签订|签|注册|备案|立项|竣工|完工|投产|到位|到账|完成|建成|办结|办理)"
    r"(?:建设|完毕|了)?|在建|建设中|施工中|进行中|办理中|正在(?:建设|施工|办理|推进)|完成|是"
)
_NOT_YET = re.compile(r"(?:未|尚未|还未|没有|没|暂未|筹备|拟)\w{0,6}|筹备中|前期")
_ABOUT = re.compile(r"^(?:大?约|预计|预估|计划|拟|暂定)|(?:左右|上下)$")
_NOT_EXACT = re.compile(r"超过|[超近逾余多几数]|以上|以下|以内|不低于|不少于|不超过|至少|最多|上百|\d\+|[><≥≤]")
_BETWEEN = re.compile(r"[\d万亿元]\s*(?:-|~|～|—+|–|至|到|、)\s*\d")
_REMARK = re.compile(r"[(（]([^()（）]*)[)）]")


class Refused(ValidationError):
    """A cell that cannot be taken; the message quotes it and says what to write."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: a value (None: empty), the currency of an amount of money, and what the user should know.

    Money is in 万 of its currency, percentages are in percent, other numbers in one of their measure.
    """

    value: str | Decimal | date | bool | None
    currency: str | None = None
    notice: str = ""


def read_cell(cell: Cell, column: Column, *, measure: str = "", date1904: bool = False) -> Reading:
    """Read a cell as its column asks; measure is what the heading or a note says. Raises Refused."""
    if cell.fault:
        raise Refused(cell.fault)
    if cell.filled_from and column.kind in columns.AMOUNTS and cell.value is not None:
        raise Refused(_("与 %s 是合并单元格，数不能在各行重复计入，请取消合并后分行填写") % cell.filled_from)
    return read_value(cell.value, column, measure=measure, date1904=date1904)


def read_value(value: Value, column: Column, *, measure: str = "", date1904: bool = False) -> Reading:
    """Read a value as its column asks. Raises Refused."""
    words = _tidy(value) if isinstance(value, str) else None
    if value is None or words == "":
        return Reading(None)
    if column.kind == columns.YES_NO:
        return _yes_no(value, words)
    if words is not None:
        folded = words.lower()
        if folded in EMPTY:
            return Reading(None)
        if folded in UNDECIDED:
            return Reading(None, notice=_("“%s”按空白读取") % words)
    if column.kind == columns.DATE:
        return _date(value, words, date1904)
    if column.kind == columns.MONEY:
        return _money(value, words, measure)
    if column.kind == columns.NUMBER:
        return _number(value, words, measure or column.measure)
    if column.kind == columns.PERCENT:
        return _percent(value, words)
    if column.kind == columns.CHOICE:
        return _choice(value, words, column)
    if column.kind == columns.CODE:
        return _code(value, words)
    return _text(value, words)


def _tidy(text):
    """Return a text in one line, without invisible characters and outer blanks."""
    if text.isprintable():  # no blank but the plain one, nothing invisible
        return " ".join(text.split())
    kept = "".join(" " if unicodedata.category(c) in ("Zs", "Cc") else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cf")
    return " ".join(kept.split())


def _half(words):
    """Return a text in half width, without ² and ① becoming digits."""
    return "".join(c if unicodedata.category(c) == "No" else unicodedata.normalize("NFKC", c) for c in words).strip()


def _quoted(words):
    return words if len(words) <= 30 else words[:30] + "…"


# --- text ---------------------------------------------------------------------------------------


def _text(value, words):
    if words is not None:
        if words in CROSSES and words != "x":
            return Reading(None, notice=_("“%s”按空白读取") % words)
        if re.fullmatch(r"\d(?:\.\d+)?[eE]\+\d+", words):
            raise Refused(_("“%s”是科学计数法，后几位数字已丢失，请把单元格设为文本后重新填写") % words)
        return Reading(words)
    return Reading(_digits(value))


def _digits(value):
    """Return what is not text as text; a number of more than 15 digits has lost its last ones."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Decimal):
        if abs(value) >= 10**15:
            raise Refused(_("“%s”按数字存放，第 15 位以后已丢失，请把单元格设为文本后重新填写") % plain(value)[:40])
        return plain(value)
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_character(code: str) -> str:
    """Return the 18th character that belongs to the first 17 of a credit code (GB 32100)."""
    total = sum(_CODE_CHARACTERS.index(c) * weight for c, weight in zip(code[:17], _CODE_WEIGHTS, strict=True))
    return _CODE_CHARACTERS[-total % 31]


def _code(value, words):
    if words is None:
        words = _digits(value)
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+\d+", words):
        raise Refused(_("信用代码“%s”是科学计数法，后几位已丢失，请把单元格设为文本后重新填写") % words)
    code = re.sub(r"[\s\-]", "", _half(words)).upper()
    if len(code) == 15 and code.isdigit():
        raise Refused(_("“%s”是 15 位的工商注册号，请填写 18 位统一社会信用代码") % code)
    if len(code) != 18:
        raise Refused(
            _("信用代码“%(code)s”有 %(count)d 位，应为 18 位") % {"code": _quoted(code), "count": len(code)}
        )
    for place, character in enumerate(code, 1):
        if character not in _CODE_CHARACTERS:
            raise Refused(
                _("信用代码“%(code)s”第 %(place)d 位是“%(character)s”，只能是数字或 I、O、S、V、Z 以外的大写字母")
                % {"code": code, "place": place, "character": character}
            )
    if code[17] != (right := check_character(code)):
        raise Refused(
            _("信用代码“%(code)s”第 18 位校验码应为“%(right)s”，现为“%(wrong)s”，请核对各位数字（GB 32100）")
            % {"code": code, "right": right, "wrong": code[17]}
        )
    return Reading(code)


# --- yes and no, choices ------------------------------------------------------------------------

_YES = {"是", "有", "对", "y", "yes", "true", "1", "已", "已是", "已有", "属于", "纳入", "已纳入"} | TICKS
_NO = {"否", "不是", "无", "没有", "n", "no", "false", "0", "未", "非", "不", "不属于", "未纳入"} | CROSSES


def _yes_no(value, words):
    if isinstance(value, bool):
        return Reading(value)
    words = _tidy(_digits(value)) if words is None else words
    folded = _half(words).lower()
    if folded in _YES or words in TICKS:
        return Reading(True)
    if folded in _NO or words in CROSSES:
        return Reading(False)
    if folded in EMPTY:
        return Reading(None)
    if folded in UNDECIDED:
        return Reading(None, notice=_("“%s”按空白读取") % words)
    if _NOT_YET.fullmatch(words):
        return Reading(False, notice=_("“%s”按“否”读取") % _quoted(words))
    if _HAPPENED.fullmatch(words):
        return Reading(True, notice=_("“%s”按“是”读取") % _quoted(words))
    raise Refused(_("“%s”看不懂，请填写 是 或 否") % _quoted(words))


def _choice(value, words, column):
    words = _digits(value) if words is None else words
    if not column.choices:
        return Reading(words)
    known = {fold(label): stored for stored, labels in column.choices.items() for label in labels}
    found = known.get(fold(words))
    if found:
        return Reading(found)
    labels = "、".join(labels[0] for labels in column.choices.values())
    near = process.extractOne(fold(words), list(known), scorer=fuzz.ratio, score_cutoff=60)
    hint = _("，是不是“%s”") % column.choices[known[near[0]]][0] if near else ""
    raise Refused(
        _("“%(words)s”不在可选范围内%(hint)s，请填写 %(labels)s 之一")
        % {"words": _quoted(words), "hint": hint, "labels": labels}
    )


# --- numbers ------------------------------------------------------------------------------------

_CURRENCY_WORDS = (  # HK$ before $
    ("HKD", r"HK\$|HKD|港元|港币|港幣", "港元"),
    ("USD", r"US\$|USD|美元|美金|\$", "美元"),
    ("EUR", r"EUR|欧元|€", "欧元"),
    ("JPY", r"JPY|日元|日圆", "日元"),
    ("CNY", r"RMB|CNY|人民币|¥|￥", "元"),
)
_OTHER_CURRENCY = re.compile(
    r"英镑|澳元|加元|新台币|台币|韩元|韩币|新加坡元|新元|法郎|卢布|澳门元|GBP|AUD|TWD|KRW|SGD"
)


def _exact_words(words):
    """Return words without “about” and remarks, with what was left out; refuses what is no single figure."""
    notices = []
    for remark in _REMARK.findall(words):
        if re.search(r"\d", _half(remark)):
            raise Refused(_("“%s”里不止一个数，请只写一个") % _quoted(words))
        notices.append(_("括号里的“%s”没有采用") % _quoted(remark))
    bare = _half(_REMARK.sub("", words))
    if _BETWEEN.search(bare):
        raise Refused(_("“%s”是一个范围，请填写一个确定的数") % _quoted(words))
    exact = _ABOUT.sub("", bare).strip()
    if exact != bare:
        notices.append(_("“%(words)s”按 %(exact)s 读取") % {"words": _quoted(words), "exact": exact})
    if _NOT_EXACT.search(exact):
        raise Refused(_("“%s”不是确定的数，请填写准确的数") % _quoted(words))
    if not re.search(r"[\d零〇一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾两]", exact):
        raise Refused(_("“%s”不是数，请填写数字；没有的留空") % _quoted(words))
    return exact, "；".join(notices)


def _money(value, words, measure):
    heading = measure_of(measure) if measure else None
    heading = heading if heading and heading.dimension in _DIMENSIONS else None
    if words is None:
        if not isinstance(value, Decimal):
            raise Refused(_("“%s”不是金额，请填写数字") % _quoted(_digits(value)))
        if heading is None:
            raise Refused(_("“%s”没有写明是元、万元还是亿元，请在表头注明单位，或写成 5000万元") % _shown(value))
        return Reading(_amount(value, measure), _DIMENSIONS[heading.dimension])
    exact, notice = _exact_words(words)
    if other := _OTHER_CURRENCY.search(exact):
        raise Refused(_("不认识币种“%s”，请折合成人民币、美元、欧元、港元或日元填写") % other[0])
    bare, found = exact, []
    for code, pattern, word in _CURRENCY_WORDS:
        bare, count = re.subn(pattern, "", bare, flags=re.IGNORECASE)
        found += [(code, word)] if count else []
    if len(found) > 1:
        raise Refused(_("“%s”里不止一种货币，请只写一种") % _quoted(words))
    if found:
        code, word = found[0]
        bare = bare.strip().removesuffix("元").strip() if code == "CNY" else bare.strip()
        if heading and not re.search("[万亿萬億元]", exact):  # $300 under 万美元
            word = measure.rstrip("美欧港日元") + word
            notice = "；".join(filter(None, (notice, _("“%(words)s”按 %(read)s 读取") % {
                "words": _quoted(words), "read": bare + word,
            })))  # fmt: skip
        return Reading(_amount(bare + word, f"万{word.lstrip('万亿百千')}"), code, notice)
    if exact.endswith("元"):
        return Reading(_amount(exact, "万元"), "CNY", notice)
    if heading is None:
        if not re.search("[万亿萬億]", exact):
            raise Refused(_("“%s”没有写明是元、万元还是亿元，请在表头注明单位，或写成 5000万元") % _quoted(words))
        return Reading(_amount(exact + "元", "万元"), "CNY", notice)
    return Reading(_amount(exact, measure), _DIMENSIONS[heading.dimension], notice)


_DIMENSIONS = {"money": "CNY", "USD": "USD", "EUR": "EUR", "HKD": "HKD", "JPY": "JPY"}


def _amount(value, measure):
    try:
        return read_number(value, measure=measure)
    except NumberError as error:
        if not measure and isinstance(value, str):
            raise Refused(_("“%s”不是数，请只填写数字") % _quoted(value)) from error
        raise Refused(error.messages) from error


def _shown(value):
    return plain(value) if abs(value) < 10**30 else str(value)


def _number(value, words, measure):
    if words is None:
        if not isinstance(value, Decimal):
            raise Refused(_("“%s”不是数，请填写数字") % _quoted(_digits(value)))
        return Reading(_amount(value, measure))
    exact, notice = _exact_words(words)
    if measure == "人":
        exact = re.sub(r"(?:人次|名|位|人)$", "", exact)
    return Reading(_amount(exact, measure), notice=notice)


def _percent(value, words):
    if words is None:
        if not isinstance(value, Decimal):
            raise Refused(_("“%s”不是百分比，请写成 30%%") % _quoted(_digits(value)))
        words = _shown(value)
    exact, notice = _exact_words(words)
    bare = exact.rstrip("%‰").strip()
    if "‰" in exact:
        raise Refused(_("“%s”是千分比，请写成 30%% 这样的百分比") % _quoted(words))
    number = _amount(bare, "%")
    if bare == exact and 0 < abs(number) <= 1:
        raise Refused(
            _("“%(number)s”分不清是 %(number)s%% 还是 %(hundred)s%%，请写上百分号")
            % {"number": plain(number), "hundred": plain(number * 100)}
        )
    return Reading(number, notice=notice)


# --- dates --------------------------------------------------------------------------------------

_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_FULL = re.compile(r"(\d{4})[-./年、,](\d{1,2})[-./月、,](\d{1,2})[日号]?(?:[T ]*(\d{1,2}[:时].*))?")
_MONTH = re.compile(r"(\d{4})[-./年、](\d{1,2})月?(?:份)?")
_SHORT_YEAR = re.compile(r"(\d{2})年(\d{1,2})月(?:(\d{1,2})[日号])?")
_VAGUE = re.compile(
    r"底|初|末|中旬|年中|上旬|下旬|上半年|下半年|季度|前后|左右|之前|以前|以后|之后|预计|计划|拟|约|春节"
)
_SERIALS = range(18264, 73416)  # 1950 to 2100


def _date(value, words, date1904):
    if isinstance(value, datetime):
        return Reading(_in_range(value.date(), value), notice=_("时间 %s 没有采用") % value.strftime("%H:%M"))
    if isinstance(value, date):
        return Reading(_in_range(value, value))
    if isinstance(value, bool):
        raise Refused(_("“%s”不是日期，请写成 2026-05-18") % _digits(value))
    if isinstance(value, Decimal):
        return _date_of_number(value, date1904)
    return _date_of_words(words, date1904)


def _date_of_number(value, date1904):
    """Read a number as a date: 20121110, 201211, 2012.11, or the serial of a sheet."""
    text = _shown(value)
    if "." in text and re.fullmatch(r"(?:19|20)\d\d\.\d{1,2}", text):
        if text.endswith(".1"):
            raise Refused(_("“%s”按数字存放，分不清是 1 月还是 10 月，请写成 2012-10-01") % text)
        return _date_of_words(text, date1904)
    if value == int(value) and re.fullmatch(r"\d{8}|\d{6}", text):
        return _date_of_words(text, date1904)
    day = int(value)
    if day in _SERIALS:
        start = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
        found = date.fromordinal(start.toordinal() + day)
        return Reading(
            _in_range(found, text), notice=_("数字 %(n)s 按日期序号读作 %(day)s") % {"n": text, "day": found}
        )
    raise _no_date(text)


def _date_of_words(words, date1904):
    text = _half(words)
    if re.search("[〇零一二三四五六七八九]", text) and re.search("[年月]", text):
        text = _chinese_date(text)
    bare = re.sub(r"\s*([-./年月日号、,])\s*", r"\1", text)
    if match := _FULL.fullmatch(bare):
        notice = _("时间 %s 没有采用") % match[4][:20] if match[4] else ""
        return Reading(_day(words, *match.groups()[:3]), notice=notice)
    if match := re.fullmatch(r"(\d{4})(\d\d)(\d\d)", bare):
        return Reading(_day(words, *match.groups()))
    if match := _MONTH.fullmatch(bare) or re.fullmatch(r"(\d{4})(\d\d)", bare):
        return Reading(
            _day(words, *match.groups(), 1), notice=_("“%s”没有写明哪一天，按当月 1 日读取") % _quoted(words)
        )
    if match := _SHORT_YEAR.fullmatch(bare):
        year = int(match[1]) + (1900 if int(match[1]) >= 50 else 2000)
        found = _day(words, year, match[2], match[3] or 1)
        return Reading(found, notice=_("“%(words)s”按 %(day)s 读取") % {"words": _quoted(words), "day": found})
    if words in CROSSES or _NOT_YET.fullmatch(words):
        return Reading(None, notice=_("“%s”按尚未发生、没有日期读取") % _quoted(words))
    if words in TICKS or _HAPPENED.fullmatch(words):
        raise Refused(_("“%s”只说明已经发生，没有日期，请填写具体日期，如 2026-05-18") % _quoted(words))
    if _VAGUE.search(text):
        raise Refused(_("“%s”不是确定的日期，请填写具体日期，如 2026-05-18") % _quoted(words))
    if re.fullmatch(r"\d{1,2}[-./]\d{1,2}[-./]\d{1,4}", bare):
        raise Refused(_("“%s”分不清年月日的次序，请写成 2026-05-18") % _quoted(words))
    if re.fullmatch(r"\d{5}(?:\.\d+)?", bare) and int(Decimal(bare)) in _SERIALS:
        return _date_of_number(Decimal(bare), date1904)
    raise _no_date(words)


def _no_date(words):
    if re.fullmatch(r"(?:19|20)\d\d年?", words):
        return Refused(_("“%s”只有年份，请填写具体日期，如 2026-05-18") % words)
    return Refused(_("“%s”不是日期，请写成 2026-05-18") % _quoted(words))


def _chinese_date(text):
    """Turn 二〇一二年十一月十日 into figures."""
    text = re.sub(r"([二三])?十([一二三四五六七八九])?", _tens, text)
    return text.translate(_CHINESE_DIGITS)


def _tens(match):
    tens = {"二": 2, "三": 3, None: 1}[match[1]]
    return f"{tens}{match[2] or 0}"


def _day(words, year, month, day):
    try:
        return _in_range(date(int(year), int(month), int(day)), words)
    except ValueError as error:
        if isinstance(error, Refused):
            raise
        raise Refused(_("“%s”这一天不存在，请核对年月日") % _quoted(str(words))) from None


def _in_range(day, words):
    if day.year not in YEARS:
        raise Refused(
            _("“%(words)s”的年份不在 %(first)d–%(last)d 之间，请核对")
            % {"words": _quoted(str(words)), "first": YEARS[0], "last": YEARS[-1]}
        )
    return day
