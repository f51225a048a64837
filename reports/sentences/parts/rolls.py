"""Red and black lists with their conditions, and the exemptions that let units off, each printed in full."""

from reports.documents.content import Heading
from reports.figures import CampaignFigures
from reports.figures.lists import units_of
from reports.sentences.clauses import paragraph
from reports.sentences.comparing import official

NEEDS = frozenset({"lists"})


def red_and_black(figures: CampaignFigures):
    """Yield every list with who is on it and who was let off; one sentence where no list is in force."""
    lists = figures.facet("lists").lists
    if not lists:
        yield paragraph("本活动没有设红黑榜。")
    for sheet in lists:
        yield Heading(1, sheet.name)
        yield paragraph(f"依据{sheet.clause}，{official(sheet.condition)}" if sheet.clause else sheet.condition)
        units = units_of(sheet)
        if units:
            named = {row.unit: row.group for row in sheet.rows}
            told = "、".join(f"{unit}（{named[unit]}）" for unit in units)
            yield paragraph(f"列入{sheet.name}的单位{len(units)}个：{told}。")
        else:
            yield paragraph(f"本期没有单位列入{sheet.name}。")
        for row, exemption in sheet.spared:
            yield paragraph(f"{row.unit}符合列入条件，经批准免予列入。{official(exemption)}。")
        for exemption in unused(sheet):
            yield paragraph(f"{official(exemption)}；本期未涉及。")


def unused(sheet) -> list[str]:
    """Return the exemptions in force that let nobody off this time."""
    used = {exemption for _row, exemption in sheet.spared}
    return [exemption for exemption in sheet.exemptions if exemption not in used]
