"""What the year to come is to bring: the targets as a sentence and as a table beside this year's."""

from reports.documents.content import Table
from reports.figures import CampaignFigures
from reports.sentences import clauses
from reports.sentences.clauses import paragraph


def aims(figures: CampaignFigures):
    """Yield the targets of the year to come; nothing where none were set."""
    plan = figures.facet("next_year")
    if not plan.aims:
        return
    told = [f"{joint}{_told(aim)}" for aim, joint in zip(plan.aims, clauses.joints(plan.aims), strict=True)]
    yield paragraph(f"{plan.year}年主要预期目标为：", *told, "。")


def _told(aim) -> str:
    counts = f"（{aim.counts}）" if aim.counts else ""
    sums = f"确保{aim.floor}、力争{aim.stretch}" if aim.stretch else aim.floor
    if aim.growth and aim.base:
        return f"{aim.name}{counts}由{aim.base}增加到{sums}，增长{aim.growth}"
    return f"{aim.name}{counts}{sums}"


def table(figures: CampaignFigures):
    """Yield the targets beside what this year owed and came to."""
    plan = figures.facet("next_year")
    if not plan.aims:
        return
    document = f"（{plan.document}）" if plan.document else ""
    yield Table(
        title=f"{figures.organiser}{plan.year}年主要预期目标表",
        heads=("指标", "起算标准", "本年目标", "本年完成", "下年确保", "下年力争", "增幅"),
        rows=tuple(
            (
                f"　{aim.name}" if aim.part_of else aim.name,
                aim.counts or "—",
                aim.target or "—",
                aim.done or "—",
                aim.floor,
                aim.stretch or "—",
                aim.growth or "—",
            )
            for aim in plan.aims
        ),
        numeric=(False, False, True, True, True, True, True),
        note=f"本年完成数截至报告截止日；下年目标依据目标下达文件{document}。“—”为未定。",
    )
