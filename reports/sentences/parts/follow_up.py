"""What was done for projects: meetings held, promises kept, land handed over."""

from reports.figures import CampaignFigures
from reports.sentences.clauses import counted, paragraph

MOST = 3  # things named that are overdue


def meetings(figures: CampaignFigures):
    """Yield how many meetings were held, by kind."""
    held = figures.facet("meetings")
    if held.count:
        told = "、".join(f"{label}{count}次" for label, count in held.kinds)
        whole = f"，共{held.count}次" if len(held.kinds) > 1 else ""
        yield paragraph(f"先后召开{told}{whole}。")


def promises(figures: CampaignFigures):
    """Yield how many problems and decisions were settled, in time or late, and what is overdue."""
    facet = figures.facet("promises")
    if facet.problems.count:
        yield paragraph(f"收集项目问题{_kept(facet.problems, '个')}。")
    if facet.decisions.count:
        yield paragraph(f"会议议定事项{_kept(facet.decisions, '项')}。")


def _kept(kept, word) -> str:
    parts = [f"{kept.count}{word}"]
    if kept.done:
        parts.append(f"已办结{kept.done}{word}（{_when(kept, word)}）")
    if kept.waiting:
        parts.append(f"未到期{kept.waiting}{word}")
    if kept.overdue:
        named = "、".join(kept.overdue[:MOST])
        more = f"等{counted(len(kept.overdue), word)}" if len(kept.overdue) > MOST else ""
        parts.append(f"超期未办{len(kept.overdue)}{word}（{named}{more}）")
    return "，".join(parts)


def _when(kept, word) -> str:
    if not kept.late:
        return "均按期办结" if kept.done > 1 else "按期办结"
    if not kept.in_time:
        return "均逾期办结" if kept.done > 1 else "逾期办结"
    return f"按期办结{kept.in_time}{word}，逾期办结{kept.late}{word}"


def land(figures: CampaignFigures):
    """Yield how much land was handed over, what it costs, is sold for and is topped up with."""
    facet = figures.facet("land")
    if not facet.count:
        return
    parts = [f"向{facet.count}个地块供地{facet.area}"]
    if facet.cost:
        parts.append(f"开发成本每亩{facet.cost}")
    if facet.price:
        parts.append(f"出让价每亩{facet.price}")
    if facet.subsidy:
        parts.append(f"财政每亩补贴{facet.subsidy}")
    if facet.not_built:
        parts.append(f"圈而不建{facet.not_built}宗（{facet.not_built_area}）")
    yield paragraph("，".join(parts), "。")
