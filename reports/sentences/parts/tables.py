"""Annex tables of periodic issues: the whole, places, each indicator, what is unfinished, the lists."""

from reports.documents.content import Table
from reports.figures import CampaignFigures
from reports.figures.unit_lines import NONE, lead_text
from reports.sentences.comparing import change_text, official, share_text

TOTAL_NEEDS = frozenset({"month", "year_on_year"})
PLACES_NEEDS = frozenset({"moves"})
LINES_NEEDS = frozenset({"lines", "month"})
UNFINISHED_NEEDS = frozenset({"lines"})
LISTS_NEEDS = frozenset({"lists"})


def total_table(figures: CampaignFigures):
    """Yield the organiser's line of every indicator: quota, period, to date, share, pace, last year."""
    month = {row.name: row for row in figures.facet("month").rows}
    years = {row.name: row for row in figures.facet("year_on_year").rows}
    word = figures.facet("month").word
    heads = (
        *("指标", "计量单位", "依据", "目标任务", f"{word}新增", "累计完成"),
        *("完成率（%）", "较时序（个百分点）", "去年同期", "同比（%）"),
    )
    rows = []
    for figure in figures.indicators:
        gain, year = month.get(figure.name), years.get(figure.name)
        rows.append(
            (
                figure.name,
                figure.measure,
                figure.basis,
                figure.target.removesuffix(figure.measure) if figure.target else NONE,
                gain.whole.cell if gain else NONE,
                figure.done.text.removesuffix(figure.measure),
                NONE if figure.is_level else figure.percent.removesuffix("%"),
                NONE if figure.is_level else lead_text(figure.lead),
                year.cell if year else NONE,
                growth_cell(year) if year else NONE,
            )
        )
    yield Table(
        title=f"{figures.campaign}总体进展情况表",
        heads=heads,
        rows=tuple(rows),
        numeric=(False, False, False, *[True] * (len(heads) - 3)),
        note="较时序、同比为负数的，即落后、下降；“—”为未下达任务、不作比较或台账没有记录。",
    )


def growth_cell(year) -> str:
    """Print growth in a cell, in percent with a minus where it fell; — where there is no such share."""
    if year.growth is None:
        return NONE
    text = share_text(abs(year.growth)).removesuffix("%")
    return f"-{text}" if year.growth < 0 else text


def places_table(figures: CampaignFigures):
    """Yield places, scores and moves, group by group."""
    moves = figures.facet("moves")
    rows = [
        (
            group.group,
            f"{row.place.rank}{'（并列）' if row.place.tied else ''}" if row.place.rank else NONE,
            row.place.unit,
            row.place.score,
            NONE if row.before is None else str(row.before),
            change_text(row.change),
        )
        for group in moves.groups
        for row in group.rows
    ]
    since = f"升降与{moves.title}相比；" if moves.title else "此前没有印发过可比的期次；"
    yield Table(
        title=f"{figures.campaign}分组排名表",
        heads=("组别", "位次", "单位", "综合得分", "上期位次", "升降"),
        rows=tuple(rows),
        numeric=(False, False, False, True, True, False),
        note=f"{since}“—”为不参加排位或无可比位次。",
    )


def indicator_tables(figures: CampaignFigures):
    """Yield a table for every indicator with a quota: its units by place, with period, sum to date, pace and gap."""
    month = figures.facet("month")
    gains = {row.name: {gain.unit: gain for gain in row.units} for row in month.rows}
    for found in figures.facet("lines").indicators:
        if not found.has_quota:
            continue
        gained = gains.get(found.name)
        heads = ["组别", "位次", "单位", "目标任务"]
        heads += [f"{month.word}新增"] if gained else []
        heads += ["累计完成", "完成率（%）", "较时序（个百分点）", "尚差"]
        rows = []
        for row in found.rows:
            cells = [row.group, row.place, row.unit, row.target]
            cells += [gained[row.unit].cell] if gained else []
            rows.append((*cells, row.done, row.percent.removesuffix("%"), row.lead, row.gap))
        yield Table(
            title=f"{found.name}完成情况表（{found.measure}，{found.basis}数）",
            heads=tuple(heads),
            rows=tuple(rows),
            numeric=(False, False, False, *[True] * (len(heads) - 3)),
            note="按组内位次排列；较时序为负数的，即落后；“—”为未下达任务，不参加排位。",
        )


def unfinished_table(figures: CampaignFigures):
    """Yield the units that have not reached everything they owe; nothing where all have."""
    rows = figures.facet("lines").unfinished
    if rows:
        yield Table(
            title=f"{figures.campaign}未完成任务清单",
            heads=("组别", "单位", "任务项数", "未完成项数", "未完成事项及差距"),
            rows=tuple((row.group, row.unit, str(row.owed), str(row.missed), row.told) for row in rows),
            numeric=(False, False, True, True, False),
        )


def lists_table(figures: CampaignFigures):
    """Yield who is on which list and why; nothing where nobody is."""
    rows = [
        (sheet.name, row.group, row.unit, official(row.why))
        for sheet in figures.facet("lists").lists
        for row in sheet.rows
    ]
    if rows:
        yield Table(
            title=f"{figures.campaign}红黑榜名单及依据",
            heads=("榜别", "组别", "单位", "依据的数字"),
            rows=tuple(rows),
            numeric=(False, False, False, False),
        )
