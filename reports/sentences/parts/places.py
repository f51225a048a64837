"""Who stands where, group by group, and who moved since the last issue."""

from reports.figures import CampaignFigures
from reports.sentences.clauses import chinese_number, day_within, paragraph
from reports.sentences.comparing import moves_clause, place_clause

NEEDS = frozenset({"moves"})
LISTED = 6  # a group of no more units is listed whole
ENDS = 3  # how many of a larger one are named at each end


def group_places(figures: CampaignFigures):
    """Yield the places of every group, and its moves since the last issue."""
    moves = figures.facet("moves")
    groups = [group for group in moves.groups if group.rows]
    for group in groups:
        head = f"{group.group}（{len(group.rows)}个单位）" if len(groups) > 1 else f"{len(group.rows)}个参战单位"
        told = [f"{head}：{order_clause(group)}。"]
        if moves.title and (moved := moves_clause(group.ranked)):
            told.append(f"与上期（截至{day_within(moves.as_of, figures.as_of)}）相比，{moved}。")
        yield paragraph(*told)
    if not moves.title:
        yield paragraph("此前没有印发过可比的期次，本期不作位次升降比较。")


def order_clause(group) -> str:
    """List a small group in order, of a large one both ends; who has no place is said so."""
    ranked = group.ranked
    unranked = len(group.rows) - len(ranked)
    aside = f"；{unranked}个单位未下达任务或未报数，不参加排位" if unranked and ranked else ""
    if not ranked:
        return "各单位未下达任务或未报数，不参加排位"
    if len(ranked) == 1:
        return f"{place_clause(ranked[0])}列第1位{aside}"
    if ranked[0].place.rank == ranked[-1].place.rank:
        return f"{len(ranked)}个单位得分相同，均为{ranked[0].place.score}分{aside}"
    if len(ranked) <= LISTED:
        return f"得分由高到低依次为{'、'.join(place_clause(row) for row in ranked)}{aside}"
    first, last = ranked[:ENDS], ranked[-ENDS:]
    words = chinese_number(ENDS)
    return (
        f"列前{words}位的是{'、'.join(place_clause(row) for row in first)}；"
        f"列后{words}位的是{'、'.join(place_clause(row) for row in last)}{aside}"
    )
