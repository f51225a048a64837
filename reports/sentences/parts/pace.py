"""Who is ahead of the time progress and who is behind, group by group; who has nothing."""

from campaigns.numbers import percent_text
from reports.figures import CampaignFigures
from reports.sentences.clauses import paragraph
from reports.sentences.pacing import NAMED, nothing_clause, pace_clause, units_counted

NEEDS = frozenset({"pace"})
ZERO_NEEDS = frozenset({"zero"})


def group_pace(figures: CampaignFigures):
    """Yield who keeps pace in every group; nothing once the campaign is over, when only the quota counts."""
    pace = figures.facet("pace")
    groups = [group for group in pace.groups if group.rows]
    if pace.is_over or not groups:
        return
    yield paragraph(f"目前时序进度为{percent_text(figures.time_progress)}，各组与时序进度相比：")
    for group in groups:
        told = []
        if len(group.rows) > 1:
            if group.all_keeping:
                told.append(f"各项任务均达到序时进度的单位{units_counted(group.all_keeping)}")
            if group.all_behind:
                told.append(f"各项任务均落后的单位{units_counted(group.all_behind)}")
        overall = f"{'；'.join(told)}。分指标看，" if told else ""
        yield paragraph(f"{group.group}：{overall}{'；'.join(pace_clause(row) for row in group.rows)}。")


def nothing_yet(figures: CampaignFigures):
    """Yield who stands at zero or did not report, by indicator and over all; one sentence where nobody does."""
    zero = figures.facet("zero")
    if not zero.rows:
        return
    told = [clause for row in zero.rows if (clause := nothing_clause(row))]
    if not told:
        yield paragraph("有任务的单位各项指标均已破零，没有未报数的单位。")
        return
    yield paragraph(f"{'；'.join(told)}。")
    if zero.nothing and len(zero.nothing) == zero.owing:
        yield paragraph("有任务的单位各项任务均无进展。")
    elif zero.nothing:
        yield paragraph(f"各项任务均无进展的单位{units_counted(zero.nothing, 2 * NAMED)}。")
