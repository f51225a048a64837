"""What is owed: quotas by class of unit, money to arrive, what the rule book says to those who lag."""

from reports.documents.content import Span
from reports.figures import CampaignFigures
from reports.sentences.clauses import chinese_number, day_within, joined, listed, paragraph


def quotas(figures: CampaignFigures):
    """Yield what units take part and what each class of them was asked for."""
    facet, told = figures.facet("quotas"), []
    for group in facet.groups:
        if not group.quotas:
            continue
        each = "各" if len(group.units) > 1 else ""
        asks = "、".join(
            f"{quota.indicator}{quota.least}" if quota.is_even else f"{quota.indicator}{quota.least}至{quota.most}"
            for quota in group.quotas
        )
        told.append(f"{group.name}{len(group.units)}个单位，{each}须完成{asks}")
    if told:
        kinds = "、".join(f"{kind}{count}个" for kind, count in facet.kinds)
        yield paragraph(f"参战单位中，{kinds}。目标任务按类别下达：{'；'.join(told)}。")


def dues(figures: CampaignFigures):
    """Yield the instalments that are past their day, then those still to come, each with sum, day and reason."""
    dues = figures.facet("dues").dues
    late, ahead = [due for due in dues if due.is_late], [due for due in dues if not due.is_late]
    for head, some in (("按约定尚待到位的资金", ahead), ("已过约定日期仍未到位的", late)):
        if some:
            told = listed(_due(due, figures.as_of) for due in some)
            yield paragraph(f"{head}有{len(some)}笔：", *told, "。")


def _due(due, as_of):
    reason = "，".join(text for text in (due.nature, due.note) if text)
    told = f"{due.project}{f'（{reason}）' if reason else ''}，{day_within(due.due_on, as_of)}前"
    return [told, Span(due.amount, due.href)]


def cautions(figures: CampaignFigures):
    """Yield the rules with their consequence, and the units that they would find by the figures so far."""
    rules = figures.facet("cautions").rules
    for place, rule in enumerate(rules, start=1):
        condition = rule.condition.replace(" ", "")
        when = "期末" if rule.at_end else ""
        if rule.units:
            head = "按目前数据，" if rule.at_end else ""
            found = f"{head}{joined(rule.units)}{'触及这一条' if rule.at_end else '已触及这一条'}"
        else:
            found = "按目前数据，尚无单位触及这一条"
        spared = f"（{joined(rule.spared)}经批准豁免）" if rule.spared else ""
        sign = f"{chinese_number(place)}是" if len(rules) > 1 else ""
        yield paragraph(
            sign,
            Span(rule.name, rule.href),
            f"：{when}{condition}的，{rule.consequence}（{rule.clause}）。{found}{spared}。",
        )
