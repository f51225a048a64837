"""The names by which figures are cited in typed text: {签约金额·完成率}."""

from dataclasses import replace

from campaigns.numbers import percent_text, points_text
from reports.figures.campaign import CampaignFigures, IndicatorFigure
from reports.figures.values import Number


def catalogue(figures: CampaignFigures) -> dict[str, Number]:
    """Return every figure that may be cited, by name: the whole first, then its units, then further facets."""
    named = dict(_campaign(figures))
    for figure in figures.indicators:
        named |= dict(_indicator(figure, figures.time_progress))
    for figure in figures.indicators:
        named |= dict(_units(figure))
    for place in figures.places:
        if place.rank:
            named[f"{place.unit}·位次"] = Number(f"第{place.rank}位")
            named[f"{place.unit}·得分"] = Number(f"{place.score}分")
    for facet in figures.facets.values():
        if hasattr(facet, "numbers"):
            named |= dict(facet.numbers())
    return named


def _campaign(figures):
    yield "参战单位", Number(f"{figures.units}个")
    yield "时序进度", Number(percent_text(figures.time_progress))
    yield "活动天数", Number(f"{figures.days}天")
    yield "已过天数", Number(f"{figures.day_number}天")
    if figures.signings and figures.signings.count:
        yield "签约项目最大额", Number(figures.signings.largest)
        yield "亿元以上签约项目", Number(f"{figures.signings.above_big}个")


def _indicator(figure: IndicatorFigure, progress):
    name, done = figure.name, figure.done
    yield name, done
    if figure.target is None:
        return
    yield f"{name}·目标", replace(done, text=figure.target)
    if figure.is_level:
        return
    yield f"{name}·完成率", replace(done, text=figure.percent)
    yield f"{name}·超欠序时", replace(done, text=points_text(figure.lead, word="序时进度", space=False))
    if figure.gap:
        yield f"{name}·尚差", replace(done, text=figure.gap)
    if figure.surplus:
        yield f"{name}·超额", replace(done, text=figure.surplus)
    yield f"{name}·完成任务单位", replace(done, text=f"{figure.met}个")
    yield f"{name}·零单位", replace(done, text=f"{len(figure.zero_units)}个")


def _units(figure: IndicatorFigure):
    for unit in figure.units:
        if unit.done is None:
            continue
        yield f"{unit.unit}·{figure.name}", unit.done
        if unit.target is not None:
            yield f"{unit.unit}·{figure.name}·目标", replace(unit.done, text=unit.target)
            yield f"{unit.unit}·{figure.name}·完成率", replace(unit.done, text=unit.percent)
