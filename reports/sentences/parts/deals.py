"""Projects by name, those carried over, and the shape of what is talked about, signed and started."""

from reports.documents.content import Span, Table
from reports.figures import CampaignFigures
from reports.figures.deals import SIGNED
from reports.sentences.clauses import chinese_number, joined, listed, paragraph

NAMED = 5  # projects named in the text; the table has them all


def signed(figures: CampaignFigures):
    """Yield the largest of the projects signed in the period, each with its sum and stage."""
    facet = figures.facet("deals")
    if not facet.signed:
        return
    count = len(facet.signed)
    told = listed((_deal(deal) for deal in facet.signed[:NAMED]), "、")
    if count == 1:
        yield paragraph("签约项目1个，为", *told, "。")
        return
    main, more = ("主要有", "等") if count > NAMED else ("有", "")
    yield paragraph(f"签约项目{main}：", *told, f"{more}{count}个项目，合同总额{facet.amount}。")


def _deal(deal):
    return [deal.name, "（", Span(deal.amount, deal.href), f"，已{deal.stage}）" if deal.stage != SIGNED else "）"]


def carried(figures: CampaignFigures):
    """Yield how projects signed earlier in the year moved on."""
    deals = figures.facet("deals").carried
    if not deals:
        return
    told = listed(
        [deal.name, "（", Span(deal.amount, deal.href), f"）{deal.note or f'已{deal.stage}'}"] for deal in deals
    )
    yield paragraph(f"年内此前签约的项目继续跟踪，本期有{len(deals)}个取得新进展：", *told, "。")


def signed_table(figures: CampaignFigures):
    """Yield the table of the projects signed in the period; nothing where there is none."""
    rows = [
        (str(place), deal.name, deal.unit, deal.industry or "—", deal.amount, _day(deal.signed_on), deal.stage)
        for place, deal in enumerate(figures.facet("deals").signed, start=1)
    ]
    if rows:
        yield Table(
            title=f"{figures.campaign}签约项目一览表",
            heads=("序号", "项目名称", "招引单位", "产业", "合同额", "签约日期", "目前阶段"),
            rows=tuple(rows),
            numeric=(True, False, False, False, True, False, False),
        )


def _day(day):
    return f"{day.month}月{day.day}日"


def bottlenecks(figures: CampaignFigures):
    """Yield where projects get stuck: who only talks, how little of it is signed and started, how small it is."""
    shape = figures.facet("shape")
    found = []
    if shape.idle_units:
        count = len(shape.idle_units)
        found.append(
            f"有行动，行动不够有力。{joined(shape.idle_units)}手里有在谈或意向项目，"
            f"但截至目前{'均' if count > 1 else ''}没有一个正式签约或开工。"
        )
    if shape.signed * 2 < shape.tracked or shape.started * 2 < shape.signed:
        intents = f"，其中意向项目{shape.intents}个" if shape.intents else ""
        found.append(
            f"有进展，进展不够快。在跟踪洽谈的项目{shape.tracked}个{intents}，"
            f"正式签约的{_many(shape.signed)}，开工建设的{_many(shape.started)}。"
        )
    large = f"{shape.half}以来还没有一个5000万元以上项目新开工" if not shape.half_started_large else ""
    small = shape.signed - shape.signed_large
    if small > shape.signed_large:
        sectors = "、".join(f"{name}{count}个" for name, count in shape.sectors)
        found.append(
            f"有项目，项目不够大。{shape.signed}个签约项目中5000万元以下的{small}个；"
            f"在跟踪的项目按产业分，{sectors}{f'；{large}' if large else ''}。"
        )
    elif large and shape.tracked:
        found.append(f"有项目，大项目开工不够快。{large}。")
    for place, sentence in enumerate(found, start=1):
        yield paragraph(f"{chinese_number(place)}是{sentence}" if len(found) > 1 else sentence)


def _many(count):
    return f"{count}个" if count else "一个也没有"
