"""The summary of a campaign: four numbered sections and the annex (R97, R98, R100)."""

import re
from datetime import date

from campaigns.numbers import percent_text
from reports.documents.content import Document, Heading, Paragraph, Span, Table
from reports.figures import CampaignFigures
from reports.sentences import clauses
from reports.sentences.clauses import chinese_number, counted, day_text, joined, paragraph

UNWRITTEN = "（本节待编报单位填写）"
SUBHEADING = re.compile(r"^（[一二三四五六七八九十]+）")


def default_title(campaign) -> str:
    """Return the title a new summary starts with."""
    name = campaign.name if campaign.name[:1] in "“《" else f"“{campaign.name}”"
    return f"{campaign.organiser.name}{name}活动情况总结"


def compose(
    figures: CampaignFigures,
    *,
    title: str,
    issuer: str,
    number: str = "",
    measures: str = "",
    problems: str = "",
    plans: str = "",
    dated: date | None = None,
    draft: bool = True,
) -> Document:
    """Put figures and typed paragraphs together to one document; every figure comes from the value."""
    blocks = [
        opening(figures),
        Heading(1, "一、主要成效"),
        *results(figures),
        Heading(1, "二、主要做法"),
        *typed(measures),
        Heading(1, "三、存在问题"),
        *shortfalls(figures),
        *(typed(problems) if problems.strip() else ()),
        Heading(1, "四、下一步打算"),
        *typed(plans),
    ]
    return Document(
        title=title,
        issuer=issuer,
        mark="",
        number=number,
        addressee="",
        blocks=tuple(blocks),
        annexes=(annex(figures),),
        date_text=day_text(dated or figures.as_of),
        draft=draft,
    )


def opening(figures: CampaignFigures) -> Paragraph:
    """Say what the campaign is, until when the figures run, and on which basis they stand."""
    elapsed = "活动已结束" if figures.is_over else f"活动进行到第{figures.day_number}天（共{figures.days}天）"
    basis = f"文中数据均为{figures.basis}数" if figures.basis else "文中各项数据注明上报数或认定数"
    return paragraph(
        f"{day_text(figures.starts_on)}至{day_text(figures.ends_on)}，{figures.organiser}组织{figures.units}个单位"
        f"开展“{figures.campaign.strip('“”')}”活动。截至{day_text(figures.as_of)}，{elapsed}，"
        f"时序进度{percent_text(figures.time_progress)}。现将有关情况总结如下（{basis}）。"
    )


def results(figures: CampaignFigures):
    """Yield what was achieved: every indicator, the verdict, the extremes, the units that met their quota."""
    name_basis = not figures.basis
    parts = ["全部指标完成情况："]
    for place, figure in enumerate(figures.indicators):
        parts += ["；" if place else "", *clauses.done_clause(figure, name_basis)]
    yield Heading(2, "（一）总体完成情况")
    yield paragraph(*parts, "。")
    signings = figures.signings
    if signings and signings.count:
        above = f"1亿元以上项目{signings.above_big}个" if signings.above_big else "没有1亿元以上项目"
        yield paragraph(
            f"活动期间正式签约项目{signings.count}个，其中{above}；"
            f"签约额最大的是{signings.largest_name}，为{signings.largest}。"
        )
    owed = figures.with_quota
    if not owed:
        return
    yield Heading(2, "（二）任务完成面")
    yield paragraph(
        f"{clauses.verdict(owed)}。{clauses.extremes(owed)}。" if len(owed) > 1 else f"{clauses.verdict(owed)}。"
    )
    owing = [figure for figure in owed if figure.owing]
    if owing:
        yield paragraph("；".join(clauses.met_clause(figure) for figure in owing), "。")


def shortfalls(figures: CampaignFigures):
    """Yield the problems that the figures themselves show, numbered 一是…二是…; one sentence where there is none."""
    found = []
    behind = [figure for figure in figures.with_quota if figure.lead < 0]
    if behind and figures.is_over:
        gaps = "、".join(f"{figure.name}尚差{figure.gap}" for figure in behind)
        found.append(f"目标任务没有完成。{gaps}。")
    elif behind:
        told = "、".join(clauses.pace_clause(figure) for figure in behind)
        found.append(f"进度落后于时序。{told}。")
    half = [figure for figure in figures.with_quota if figure.completion * 2 < 1]
    if figures.is_over and len(half) > 1:
        everything = len(half) == len(figures.with_quota)
        told = "各项指标完成比例均未过半" if everything else f"{joined([f.name for f in half])}完成比例不足一半"
        found.append(f"完成质量不高。{told}。")
    zero = [figure for figure in figures.with_quota if figure.zero_units]
    if zero:
        told = "；".join(f"{figure.name}有{len(figure.zero_units)}个单位为零" for figure in zero)
        found.append(f"单位之间不平衡。{told}。")
    silent = [figure for figure in figures.with_quota if figure.unreported_units]
    if silent:
        told = "；".join(f"{figure.name}{joined(figure.unreported_units)}未报数" for figure in silent)
        found.append(f"报数不全。{told}。")
    signings = figures.signings
    if signings and signings.count and not signings.above_big:
        found.append("缺少大项目。签约项目中没有1亿元以上项目。")
    elif signings and signings.above_big * 5 < signings.count:
        found.append(f"大项目偏少。{signings.count}个签约项目中，1亿元以上的只有{signings.above_big}个。")
    if signings and signings.intents:
        told = "、".join(f"{name}（{amount}）" for name, amount in signings.intents)
        many = f"等{counted(len(signings.intents), '个')}项目" if len(signings.intents) > 1 else ""
        found.append(f"意向转化慢。{told}{many}只签订了意向性协议，未计入签约数。")
    if not found:
        yield paragraph("从各项数据看，进度均不落后于时序，未发现明显短板。")
        return
    for place, sentence in enumerate(found, start=1):
        yield paragraph(f"{chinese_number(place)}是{sentence}" if len(found) > 1 else sentence)


def typed(text: str):
    """Yield paragraphs typed by people, a line each; a line that begins with （一） is a heading."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        yield paragraph(UNWRITTEN)
    for line in lines:
        if SUBHEADING.match(line) and len(line) <= 30 and not line.endswith("。"):
            yield Heading(2, line)
        else:
            yield Paragraph((Span(line),))


def annex(figures: CampaignFigures) -> Table:
    """Return unit × indicator: quota, done and share each, score and place."""
    heads, numeric = ["组别", "单位"], [False, False]
    for place, figure in enumerate(figures.indicators):
        name, measure = figures.measures[place].split("\n")
        owed = figure.target is not None
        columns = ("目标", "完成", "%") if owed else ("完成",)
        heads += [f"{name}（{measure}）\n{column}" for column in columns]
        numeric += [True] * len(columns)
    heads += ["综合得分", "组内位次"]
    numeric += [True, True]

    def cells(row):
        line = [row.group, row.unit]
        for place, figure in enumerate(figures.indicators):
            target, done, percent = row.cells[place]
            line += [target, done, percent.removesuffix("%")] if figure.target is not None else [done]
        return (*line, row.score, row.rank)

    return Table(
        title=f"{figures.campaign}各单位完成情况表",
        heads=tuple(heads),
        rows=(cells(figures.annex_total), *(cells(row) for row in figures.annex_rows)),
        numeric=tuple(numeric),
        note="综合得分按有任务的指标加权、折算为满分；“—”为未下达任务或未报数，不参加排位。",
        total_rows=frozenset({0}),
    )
