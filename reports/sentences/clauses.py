"""Clauses of official reports, each bound to one figure; zero, all, none, equal and over 100 % read naturally."""

from datetime import timedelta

from campaigns.numbers import percent_text, points_text
from reports.documents.content import Paragraph, Span

DIGITS = "零一二三四五六七八九十"


def chinese_number(number: int) -> str:
    """Write a small count in Chinese figures: 5 → 五, 12 → 十二; from 100 on in Arabic ones."""
    if number <= 10:
        return DIGITS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"
    return str(number)


def counted(number: int, word: str) -> str:
    """Write a small count with its measure word: 两个, 三项."""
    return f"{'两' if number == 2 else chinese_number(number)}{word}"


def day_text(day) -> str:
    """Write a day: 2026年9月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_within(day, first) -> str:
    """Write a day after another that was just named: the year only where it is another one."""
    return day_text(day) if day.year != first.year else f"{day.month}月{day.day}日"


def span_text(first, last) -> str:
    """Write a span of days: whole months of a year as 2026年1至8月, else both days."""
    if first.day == 1 and (last + timedelta(days=1)).day == 1 and first.year == last.year:
        months = f"{first.month}月" if first.month == last.month else f"{first.month}至{last.month}月"
        return f"{first.year}年{months}"
    return f"{day_text(first)}至{day_within(last, first)}"


def joined(names, most: int = 5, word: str = "单位") -> str:
    """List units, or what `word` says, with 、; of more than `most` the first ones and how many there are."""
    names = list(names)
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等{len(names)}个{word}"


def paragraph(*parts) -> Paragraph:
    """Join texts and spans to a paragraph; neighbouring plain texts become one span."""
    spans = []
    for part in parts:
        span = part if isinstance(part, Span) else Span(str(part))
        if spans and not span.href and not spans[-1].href:
            spans[-1] = Span(spans[-1].text + span.text)
        elif span.text:
            spans.append(span)
    return Paragraph(tuple(spans))


def listed(clauses, sign: str = "；") -> list:
    """Put clauses, each a list of texts and spans, one behind the other with a sign between them."""
    return [part for place, clause in enumerate(clauses) for part in ([sign] if place else []) + list(clause)]


def number(figure) -> Span:
    """Print a number with the link to its rows."""
    return Span(figure.text, figure.href)


def done_clause(figure, name_basis: bool, *, within: bool = False):
    """Say what was done on an indicator and which share of the quota that is (R98).

    within says that its whole was just named, so that it is told as 其中 (R99).
    """
    basis = f"（{figure.basis}数）" if name_basis else ""
    return [f"{named(figure, within)}{basis}{'为' if figure.is_level else ''}", number(figure.done), *share(figure)]


def both_clause(figure, beside, *, within: bool = False):
    """Say what was reported and what was recognised of one indicator; the share is that of its own basis."""
    other = f"{named(figure, within)}{beside.other_basis}{beside.other}"
    return [f"{other}、{figure.basis}", number(figure.done), *share(figure)]


def named(figure, within: bool) -> str:
    """Name an indicator, as 其中 where its whole was just named."""
    return f"其中{figure.name.removeprefix('其中').lstrip('：:')}" if within else figure.name


def share(figure):
    """Yield which share of its quota a figure is; nothing without a quota."""
    if figure.target is not None:
        yield f"，{level_share(figure) if figure.is_level else quota_share(figure)}"


def quota_share(figure) -> str:
    """Say which share of its quota a figure is: 占, 完成, over 100 % 为 … 超额; below zero only what is owed."""
    quota = f"{'各单位任务合计' if figure.quota_from_units else '目标任务'}{figure.target}"
    if figure.completion < 0:
        return f"未完成{quota}"
    if figure.completion > 1 and figure.percent != "100%":
        return f"为{quota}的{figure.percent}，超额{percent_text(figure.completion - 1)}"
    if figure.completion >= 1:
        return f"完成{quota}的{figure.percent}"
    return f"占{quota}的{figure.percent}"


def level_share(figure) -> str:
    """Compare a level with its target: by how much it is above or below."""
    if figure.surplus:
        return f"比目标{figure.target}高{figure.surplus}"
    return f"比目标{figure.target}低{figure.gap}" if figure.gap else f"达到目标{figure.target}"


def gap_clause(figure) -> str:
    """Say what is missing to the quota."""
    return f"{figure.name}{'比目标低' if figure.is_level else '尚差'}{figure.gap}"


def pace_clause(figure) -> str:
    """Say how far an indicator is ahead of or behind the time progress, in points (exact, then rounded)."""
    return f"{figure.name}{points_text(figure.lead, word='序时进度', space=False)}"


def verdict(figures) -> str:
    """Say how many of the indicators with a quota are reached: none, some or all (R79)."""
    met = [figure for figure in figures if figure.completion >= 1]
    count = counted(len(figures), "项")
    if not met:
        return f"{count}目标任务无一完成" if len(figures) > 1 else f"{figures[0].name}未完成目标任务"
    if len(met) == len(figures):
        return f"{count}目标任务全部完成" if len(figures) > 1 else f"{figures[0].name}已完成目标任务"
    names = "、".join(figure.name for figure in met)
    return f"{count}目标任务完成{counted(len(met), '项')}（{names}）"


def extremes(figures) -> str:
    """Name the highest and the lowest share of the quota; equal ones are named together."""
    best = max(figure.completion for figure in figures)
    worst = min(figure.completion for figure in figures)
    if best == worst:
        return f"各项完成比例均为{percent_text(best)}"
    high = [figure.name for figure in figures if figure.completion == best]
    low = [figure.name for figure in figures if figure.completion == worst]
    high_text, low_text = apart(best, worst)
    return f"完成比例最高的是{extreme(high, high_text)}；最低的是{extreme(low, low_text)}"


def extreme(names, text) -> str:
    """Say who is at one end, with one number for all of them."""
    return f"{'、'.join(names)}，{'均为' if len(names) > 1 else '为'}{text}"


def apart(high, low) -> tuple[str, str]:
    """Print two different shares with as many digits as it takes to tell them apart."""
    decimals = 1
    while percent_text(high, decimals=decimals) == percent_text(low, decimals=decimals):
        decimals += 1
    return percent_text(high, decimals=decimals), percent_text(low, decimals=decimals)


def met_clause(figure) -> str:
    """Say how many of the units with a quota reached it, and who is ahead of them (R78)."""
    if figure.owing == 1:
        return f"{figure.name}：有任务的1个单位{'已' if figure.met else '未'}完成"
    if figure.met == 0:
        return f"{figure.name}：{figure.owing}个有任务的单位无一完成"
    if figure.met == figure.owing:
        told = f"{figure.owing}个有任务的单位全部完成"
    else:
        told = f"{figure.owing}个有任务的单位中{figure.met}个完成任务"
    return f"{figure.name}：{told}{leaders(figure)}"


def leaders(figure) -> str:
    """Name the units with the highest share of their quota; nothing where many or all are level."""
    best = figure.best
    if not best or len(best) > 3 or len(best) == figure.owing:
        return ""
    both = "均为" if len(best) > 1 else ""
    return f"，{'、'.join(unit.unit for unit in best)}完成比例最高（{both}{best[0].percent}）"


def zero_clause(figure) -> str:
    """Say how many of the units with a quota stand at zero."""
    zero = len(figure.zero_units)
    if zero == figure.owing:
        return f"{figure.name}{'有任务的单位均' if zero > 1 else '有任务的1个单位'}为零"
    return f"{figure.name}有{zero}个单位为零"


def year_clause(beside) -> str:
    """Say by how much a figure is above or below that of the same days of last year (R103)."""
    if not beside.trend:
        return "与上年同期持平"
    word, rate = ("增加", "增长") if beside.trend > 0 else ("减少", "下降")
    told = f"同比{word}{beside.change}"
    return f"{told}，{rate}{beside.growth}" if beside.growth else f"{told}（上年同期{beside.before}）"


def joints(rows) -> list[str]:
    """Return what joins each figure to the one before: a part to its whole, a part of that part, its siblings.

    rows have a name and the name of their whole; a part stands behind its whole.
    """
    found, line = [], []  # line: the wholes that the figure before stands in, and itself
    for row in rows:
        depth = line.index(row.part_of) + 1 if row.part_of in line else 0
        if not depth:
            found.append("；" if found else "")
        elif len(line) > depth:
            found.append("、")
        else:
            found.append("，其中" if depth == 1 else "，含")
        line = [*line[:depth], row.name]
    return found
