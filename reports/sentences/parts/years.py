"""Figures beside last year's, what they will come to, what they are made of (R99, R103)."""

from reports.figures import CampaignFigures
from reports.sentences.clauses import day_text, number, paragraph
from reports.sentences.comparing import forecast_clause, growth_clause, pieces_clause

YEAR_NEEDS = frozenset({"year_on_year"})
FORECAST_NEEDS = frozenset({"forecast"})
BREAKDOWN_NEEDS = frozenset({"breakdown"})
SIDES = {"industry": "按产业分", "origin": "按资金和企业来源分", "event": "按签约活动分"}


def same_days_last_year(figures: CampaignFigures):
    """Yield every figure beside that of the same days last year; nothing where the ledger knows none of them."""
    years = figures.facet("year_on_year")
    if not years.known:
        return
    parts = ["与去年同样的日子相比，"]
    for place, row in enumerate(years.known):
        parts += ["；" if place else "", row.name]
        if row.now:  # last year's figure first, so that the growth can be reckoned from what stands before it
            parts += [number(row.now), f"（去年同期{row.before.text}）" if row.growth else "", "，"]
        parts.append(growth_clause(row))
    unknown = [row.name for row in years.rows if row.before is None]
    yield paragraph(*parts, f"。{'、'.join(unknown)}没有去年同期的台账记录，不作比较。" if unknown else "。")


def outlook(figures: CampaignFigures):
    """Yield what every figure will come to at the end, and which targets will be missed at this pace."""
    rows = figures.facet("forecast").rows
    if not rows:
        return
    reckoned = any(not row.by for row in rows)
    parts = "；".join(forecast_clause(row) for row in rows)
    head = "按目前进度推算，到" if reckoned else "到"
    short = [row.name for row in rows if row.share is not None and row.share < 1]
    owed = [row for row in rows if row.share is not None]
    yield paragraph(f"{head}{day_text(figures.ends_on)}，{parts}。{verdict(short, owed)}")


def verdict(short, owed) -> str:
    """Say which targets will be missed, if nothing changes; "" where nothing is owed."""
    if not owed:
        return ""
    if not short:
        return "照此进度，目标任务可以如期完成。" if len(owed) == 1 else "照此进度，各项目标任务均可如期完成。"
    if len(short) == len(owed) > 1:
        return "照此进度，各项目标任务均难以如期完成。"
    return f"照此进度，{'、'.join(short)}的目标任务难以如期完成。"


def made_of(figures: CampaignFigures):
    """Yield what the figures that come from projects and visits are made of, side by side, and parts of a whole."""
    found = figures.facet("breakdown")
    for side in found.parts:
        told = "；".join(
            f"{piece.label}{piece.amount.text}" + (f"，占{piece.percent}" if piece.share is not None else "")
            for piece in side.pieces
        )
        yield paragraph(side.name, number(side.whole), f"中：{told}。")
    for name in dict.fromkeys(side.name for side in found.sides):
        sides = [side for side in found.sides if side.name == name and side.is_telling]
        told = "。".join(f"{SIDES[side.side]}，{clause}" for side in sides if (clause := pieces_clause(side)))
        if told:
            yield paragraph(name, number(sides[0].whole), f"。{told}。")
