"""Clauses that set a figure beside another: the period before, the same days last year, the place before, the end."""

import re

from campaigns.numbers import percent_text
from reports.sentences.clauses import joined, number

REST = {"industry": "未关联项目的", "origin": "来源未注明的", "event": "活动以外的"}
HAN = r"[一-鿿，。；：、（）《》“”〔〕÷=]"
GAPS = re.compile(rf"(?<={HAN}) +| +(?={HAN})")
ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def official(text: str) -> str:
    """Write a sentence of the rule book as official papers do: days in words, no gaps between figures and words."""
    told = ISO_DAY.sub(lambda day: f"{day[1]}年{int(day[2])}月{int(day[3])}日", text)
    return GAPS.sub("", told)


def share_text(share) -> str:
    """Print a share that is not nothing with as many digits as it takes to show."""
    decimals = 1
    while share and percent_text(share, decimals=decimals) == "0%":
        decimals += 1
    return percent_text(share, decimals=decimals)


def gain_clause(row, name_basis: bool, before_word: str = "") -> list:
    """Say what a period added to an indicator: 新增, 无新增 or 核减, beside the period before."""
    gain = row.whole
    if gain.gained is None:
        return [f"{row.name}未报数"]
    name = f"{row.name}（{gain.gained.basis}数）" if name_basis else row.name
    if not gain.value:
        parts = [f"{name}无新增"]
    elif gain.value > 0:
        parts = [f"{name}新增", number(gain.gained)]
    else:
        parts = [f"{name}核减", number(without_sign(gain.gained))]
    return [*parts, beside_before(row, before_word)]


def without_sign(figure):
    """Return a number as it is told behind a word that says it went down."""
    return type(figure)(**{**vars(figure), "text": figure.text.removeprefix("-")})


def beside_before(row, word: str) -> str:
    """Say by how much the period differs from the one before; nothing where that is unknown."""
    if row.before is None or not word:
        return ""
    if not row.more:
        return f"，{word}也无新增" if not row.before_value else f"，与{word}持平"
    return f"，比{word}{'多' if row.whole.value > row.before_value else '少'}{row.more}"


def top_clause(row) -> str:
    """Name the units that added most; nothing where nobody did or too many are level."""
    top = row.top
    if not top or len(top) > 3 or (len(row.units) > 1 and len(top) == len(row.units)):
        return ""
    each = "均" if len(top) > 1 else ""
    return f"{row.name}新增最多的是{'、'.join(unit.unit for unit in top)}（{each}{top[0].gained.text}）"


def growth_clause(row) -> str:
    """Set a figure beside the same days last year: 同比增长, 下降, 持平; from zero and from below zero in words."""
    if row.before is None:
        return "去年同期没有台账记录"
    if row.change is None:
        return f"今年未报数，去年同期{row.before.text}"
    if row.growth is not None:
        if not row.growth:
            return "同比持平"
        return f"同比{'增长' if row.growth > 0 else '下降'}{share_text(abs(row.growth))}"
    if not row.change:
        return "与去年同期均为零" if not row.before_value else f"与去年同期（{row.before.text}）持平"
    if not row.before_value:
        return f"去年同期为零，{'增加' if row.change > 0 else '减少'}{row.change_text}"
    return f"去年同期为{row.before.text}，{'增加' if row.change > 0 else '减少'}{row.change_text}"


def forecast_clause(row) -> str:
    """Say what a figure will come to, of which target; who said so, where somebody did."""
    target = f"（目标任务{row.amount.denominator}）" if row.amount.denominator else ""
    by = f"{row.by}预计" if row.by else "约"
    return f"{row.name}{by}{row.amount.text}{target}"


def change_text(change: int | None) -> str:
    """Say how many places a unit moved: 上升2位, 下降1位, 持平; — where unknown."""
    if change is None:
        return "—"
    return f"{'上升' if change > 0 else '下降'}{abs(change)}位" if change else "持平"


def place_clause(move) -> str:
    """Name a unit with its score, its place where it shares it."""
    tied = f"，并列第{move.place.rank}位" if move.place.tied else ""
    return f"{move.place.unit}（{move.place.score}分{tied}）"


def moves_clause(rows) -> str:
    """Say how many of some units went up, down or stayed, and who moved most; "" where nobody can be compared."""
    known = [row for row in rows if row.change is not None]
    if not known:
        return ""
    up = [row for row in known if row.change > 0]
    down = [row for row in known if row.change < 0]
    if not up and not down:
        return f"{len(known)}个单位位次均持平" if len(known) > 1 else f"{known[0].place.unit}位次持平"
    counts = ((len(up), "上升"), (len(down), "下降"), (len(known) - len(up) - len(down), "持平"))
    told = "、".join(f"{count}个{word}" for count, word in counts if count)
    ends = [most_clause(rows, word) for rows, word in ((up, "上升"), (down, "下降")) if rows]
    new = len(rows) - len(known)
    return f"位次{told}，{'；'.join(ends)}{f'；{new}个上期没有位次' if new else ''}"


def most_clause(rows, word: str) -> str:
    """Name who moved most in one direction."""
    most = max(abs(row.change) for row in rows)
    names = [row.place.unit for row in rows if abs(row.change) == most]
    return f"{word}最多的是{joined(names, 3)}（{'均' if len(names) > 1 else ''}{word}{most}位）"


def pieces_clause(side) -> str:
    """Say what a figure is made of, the largest part first, with its share: 工业6.14亿元，占88.2%."""
    told = [
        f"{row.label or REST[side.side]}{row.amount.text}" + (f"，占{row.percent}" if row.share is not None else "")
        for row in side.pieces
        if row.value
    ]
    if len(told) == 1 and side.pieces[0].label:
        return f"全部为{side.pieces[0].label}"
    return "；".join(told)
