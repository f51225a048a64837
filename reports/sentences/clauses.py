"""Clauses of official reports, each bound to one figure; zero, all, none, equal and over 100 % read naturally."""

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


def joined(names, most: int = 5) -> str:
    """List names with 、; of more than `most` the first ones and how many there are."""
    names = list(names)
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等{len(names)}个单位"


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


def number(figure) -> Span:
    """Print a number with the link to its rows."""
    return Span(figure.text, figure.href)


def done_clause(figure, name_basis: bool):
    """Say what was done on an indicator and which share of the quota that is (R98)."""
    basis = f"（{figure.basis}数）" if name_basis else ""
    whole = f"其中{figure.name.removeprefix('其中：').removeprefix('其中')}" if figure.part_of else figure.name
    parts = [f"{whole}{basis}", number(figure.done)]
    if figure.target is None:
        return parts
    quota = "各单位任务合计" if figure.quota_from_units else "目标任务"
    if figure.completion > 1:
        parts.append(f"，为{quota}{figure.target}的{figure.percent}，超额{percent_text(figure.completion - 1)}")
    elif figure.completion == 1:
        parts.append(f"，完成{quota}{figure.target}的{figure.percent}")
    else:
        parts.append(f"，占{quota}{figure.target}的{figure.percent}")
    return parts


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
    high = "、".join(figure.name for figure in figures if figure.completion == best)
    low = "、".join(figure.name for figure in figures if figure.completion == worst)
    return f"完成比例最高的是{high}，为{percent_text(best)}；最低的是{low}，为{percent_text(worst)}"


def met_clause(figure) -> str:
    """Say how many of the units with a quota reached it (R78)."""
    if figure.met == 0:
        return f"{figure.name}：{figure.owing}个有任务的单位无一完成"
    if figure.met == figure.owing:
        return f"{figure.name}：{figure.owing}个有任务的单位全部完成"
    return f"{figure.name}：{figure.owing}个有任务的单位中{figure.met}个完成任务"
