"""What a campaign's summary says of its figures: opening, totals, completion, shortfalls and the annex (R97–R100)."""

from campaigns.numbers import percent_text
from reports.documents.content import Table
from reports.figures import CampaignFigures
from reports.sentences import clauses
from reports.sentences.clauses import chinese_number, counted, day_text, joined, paragraph


def opening(figures: CampaignFigures):
    """Yield what the campaign is, until when the figures run, and on which basis they stand."""
    basis = f"文中数据均为{figures.basis}数" if figures.basis else "文中各项数据注明上报数或认定数"
    yield paragraph(
        f"{day_text(figures.starts_on)}至{clauses.day_within(figures.ends_on, figures.starts_on)}，"
        f"{figures.organiser}组织{figures.units}个单位开展“{figures.campaign.strip('“”')}”活动。"
        f"截至{clauses.day_within(figures.as_of, figures.ends_on)}，{elapsed(figures)}。"
        f"现将有关情况总结如下（{basis}）。"
    )


def elapsed(figures: CampaignFigures) -> str:
    """Say how much of the campaign's time is over, by its own clock."""
    if figures.is_over:
        return "活动已结束"
    if figures.months:
        over = f"活动已过{figures.months_over}个月（共{figures.months}个月）"
    else:
        over = f"活动进行到第{figures.day_number}天（共{figures.days}天）"
    return f"{over}，时序进度{percent_text(figures.time_progress)}"


def totals(figures: CampaignFigures):
    """Yield what was achieved on every indicator, and what was signed."""
    name_basis, parts, whole = not figures.basis, ["各项指标完成情况如下："], ""
    for place, figure in enumerate(figures.indicators):
        within = bool(figure.part_of) and figure.part_of == whole
        whole = whole if within else figure.name  # further parts of the same whole may follow
        parts += ["；" if place else "", *clauses.done_clause(figure, name_basis, within=within)]
    yield paragraph(*parts, "。")
    signings = figures.signings
    if signings and signings.count:
        above = f"1亿元以上项目{signings.above_big}个" if signings.above_big else "没有1亿元以上项目"
        basis = f"（{signings.basis}数）" if name_basis else ""
        if signings.count > 1:
            above += f"；签约额最大的是{signings.largest_name}，为{signings.largest}"
        else:
            above = f"为{signings.largest_name}，签约额{signings.largest}"
        comma = "，其中" if signings.count > 1 else "，"
        yield paragraph(f"活动期间正式签约项目{signings.count}个{basis}{comma}{above}。")


def completion(figures: CampaignFigures):
    """Yield the verdict, the extremes and the units that met their quota; nothing where nothing is owed."""
    owed = figures.with_quota
    if not owed:
        return
    yield paragraph(
        f"{clauses.verdict(owed)}。{clauses.extremes(owed)}。" if len(owed) > 1 else f"{clauses.verdict(owed)}。"
    )
    owing = [figure for figure in owed if figure.owing]
    if owing:
        yield paragraph("；".join(clauses.met_clause(figure) for figure in owing), "。")


def shortfalls(figures: CampaignFigures):
    """Yield the problems that the figures themselves show, numbered 一是…二是…; one sentence where there is none."""
    found = [*slow(figures), *uneven(figures), *large_projects(figures.signings)]
    if figures.signings and figures.signings.intents:
        intents = figures.signings.intents
        told = "、".join(f"{name}（{amount}）" for name, amount in intents)
        many = f"等{counted(len(intents), '个')}项目" if len(intents) > 1 else ""
        found.append(f"意向项目尚待转化。{told}{many}只签订了意向性协议，未计入签约数。")
    if not found:
        yield paragraph(unblemished(figures))
        return
    for place, sentence in enumerate(found, start=1):
        yield paragraph(f"{chinese_number(place)}是{sentence}" if len(found) > 1 else sentence)


def unblemished(figures: CampaignFigures) -> str:
    """Say that the figures show no problem, and why."""
    if not figures.with_quota:
        return "各项指标未下达目标任务，从数据看未发现明显短板。"
    state = "目标任务均已完成" if figures.is_over else "进度均不落后于时序"
    return f"从各项数据看，{state}，未发现明显短板。"


def slow(figures: CampaignFigures):
    """Yield which indicators missed their quota, or are behind the clock while time is left."""
    owed = figures.with_quota
    behind = [figure for figure in owed if figure.lead < 0]
    some = "部分" if len(behind) < len(owed) else ""
    if behind and figures.is_over:
        yield f"{some}目标任务没有完成。{'、'.join(clauses.gap_clause(figure) for figure in behind)}。"
    elif behind:
        told = "、".join(clauses.pace_clause(figure) for figure in behind)
        yield f"{some}指标进度落后于时序。{told}。"
    half = [figure for figure in owed if figure.completion * 2 < 1]
    if figures.is_over and len(half) > 1:
        names = "各" if len(half) == len(owed) else "、".join(figure.name for figure in half) + f"{len(half)}"
        yield f"完成比例偏低。{names}项目标任务完成比例均未过半。"


def uneven(figures: CampaignFigures):
    """Yield how many units stand at zero, and which ones did not report."""
    zero = [figure for figure in figures.with_quota if figure.zero_units]
    if zero:
        nowhere = all(len(figure.zero_units) == figure.owing for figure in zero)
        head = "有的任务尚未破零" if nowhere else "单位之间不平衡"
        yield f"{head}。{'；'.join(clauses.zero_clause(figure) for figure in zero)}。"
    silent = [figure for figure in figures.with_quota if figure.unreported_units]
    if silent:
        told = "；".join(f"{figure.name}{joined(figure.unreported_units)}未报数" for figure in silent)
        yield f"报数不全。{told}。"


def large_projects(signings):
    """Yield that large projects are missing or few."""
    if not signings or not signings.count:
        return
    if not signings.above_big:
        yield "缺少大项目。签约项目中没有1亿元以上项目。"
    elif signings.above_big * 5 < signings.count:
        yield f"大项目偏少。{signings.count}个签约项目中，1亿元以上的只有{signings.above_big}个。"


def campaign_table(figures: CampaignFigures):
    """Yield unit × indicator: quota, done and share each, score and place."""
    heads, numeric = ["组别", "单位"], [False, False]
    for figure in figures.indicators:
        columns = ("目标", "完成", "%") if figure.target is not None else ("完成",)
        heads += [f"{figure.name}（{figure.measure}）\n{column}" for column in columns]
        numeric += [True] * len(columns)
    heads += ["综合得分", "组内位次"]
    numeric += [True, False]  # a place may carry （并列）

    def cells(row):
        line = [row.group, row.unit]
        for place, figure in enumerate(figures.indicators):
            target, done, percent = row.cells[place]
            line += [target, done, percent.removesuffix("%")] if figure.target is not None else [done]
        return (*line, row.score, row.rank)

    yield Table(
        title=f"{figures.campaign}各单位完成情况表",
        heads=tuple(heads),
        rows=(cells(figures.annex_total), *(cells(row) for row in figures.annex_rows)),
        numeric=tuple(numeric),
        note="综合得分按有任务的指标加权、折算为满分；“—”为未下达任务或未报数，不参加排位。",
        total_rows=frozenset({0}),
    )
