"""What the rule book found and which orders are open; what has to be done next."""

from reports.figures import CampaignFigures
from reports.sentences.clauses import chinese_number, day_within, joined, paragraph
from reports.sentences.pacing import NAMED, need_clause

NEEDS = frozenset({"attention"})
NEXT_NEEDS = frozenset({"attention", "pace", "zero"})


def supervision(figures: CampaignFigures):
    """Yield whom the rules found and which orders are open or late; nothing where there is none of either."""
    attention = figures.facet("attention")
    if attention.findings:
        told = []
        for level, rows in attention.by_level.items():
            units = list(dict.fromkeys(row.unit for row in rows))
            rules = "、".join(f"“{name}”" for name in dict.fromkeys(row.rule for row in rows))
            told.append(f"{level}{len(units)}个单位（{joined(units, NAMED)}），适用{rules}")
        yield paragraph(f"按照规则手册评定，目前触发{'；'.join(told)}。")
    if not attention.orders:
        return
    late = attention.overdue
    replied = sum(row.is_replied for row in attention.orders)
    counts = f"，其中已回复待办结{replied}件" if replied else ""
    counts += f"{'，' if replied else '，其中'}逾期未回复{len(late)}件" if late else ""
    yield paragraph(f"在办督办单{len(attention.orders)}件{counts}。")
    if late:
        told = "；".join(
            f"{row.unit}“{row.title}”应于{day_within(row.due_on, figures.as_of)}前回复，逾期{row.days_late}天"
            for row in late
        )
        yield paragraph(f"逾期未回复的是：{told}。")


def next_steps(figures: CampaignFigures):
    """Yield what the figures ask for next, numbered 一是…二是…; nothing where they ask for nothing."""
    pace, zero, attention = (figures.facet(name) for name in ("pace", "zero", "attention"))
    found = []
    behind = [need for need in pace.needs if need.is_behind]
    if behind and not pace.is_over:
        told = "；".join(need_clause(need) for need in behind)
        found.append(f"紧盯差距赶进度。距活动结束还有{pace.days_left}天，{told}。")
    elif pace.needs:
        found.append(f"补齐差额。{'；'.join(need_clause(need) for need in pace.needs)}。")
    if zero.nothing and not pace.is_over:
        found.append(f"尽快破零。{joined(zero.nothing, NAMED)}各项任务均无进展，要逐项说明原因、明确时限。")
    silent = [row for row in zero.rows if row.silent]
    if silent:
        told = "；".join(f"{row.name}{joined(row.silent, NAMED)}" for row in silent)
        found.append(f"按时报数。{told}尚未报数，要即日补报。")
    if attention.overdue:
        units = dict.fromkeys(row.unit for row in attention.overdue)
        found.append(f"抓紧销号。{joined(units, NAMED)}有督办事项逾期，要立即回复办理情况。")
    for place, sentence in enumerate(found, start=1):
        yield paragraph(f"{chinese_number(place)}是{sentence}" if len(found) > 1 else sentence)
