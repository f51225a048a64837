"""What a year's report says of its figures: totals beside last year, domestic and foreign capital, the table."""

from campaigns.numbers import percent_text
from reports.documents.content import Table
from reports.figures import CampaignFigures
from reports.sentences import clauses
from reports.sentences.clauses import day_text, paragraph

MOST = 8  # indicators of one paragraph


def paired(figures: CampaignFigures) -> list[tuple]:
    """Return each indicator with what stands beside it."""
    return list(zip(figures.indicators, figures.facet("year").rows, strict=True))


def opening(figures: CampaignFigures):
    """Yield which months or days the figures are of, who owes them, and on which basis they stand."""
    basis = f"文中数据均为{figures.basis}数" if figures.basis else "文中各项数据注明上报数或认定数"
    yield paragraph(
        f"{clauses.span_text(figures.first_on, figures.as_of)}，{figures.organiser}围绕“{figures.campaign}”"
        f"推进招商引资工作，{figures.units}个单位承担任务，时序进度{percent_text(figures.time_progress)}。"
        f"现将有关情况汇报如下（{basis}，截至{day_text(figures.as_of)}）。"
    )


def totals(figures: CampaignFigures):
    """Yield every indicator: those with a quota first, then those that last year is known of, then the rest."""
    pairs = paired(figures)
    owed = [pair for pair in pairs if pair[0].target is not None]
    compared = [pair for pair in pairs if pair not in owed and pair[1].before]
    rest = [pair for pair in pairs if pair not in owed and pair not in compared]
    for rows in (owed, compared, rest):
        for first in range(0, len(rows), MOST):
            yield _sentence(rows[first : first + MOST], name_basis=not figures.basis)


def domestic(figures: CampaignFigures):
    """Yield projects and domestic capital, reported and recognised side by side."""
    rows = [pair for pair in paired(figures) if pair[1].is_drafted and not pair[1].is_foreign]
    if rows:
        yield _sentence(rows, name_basis=not figures.basis, both=True)


def foreign(figures: CampaignFigures):
    """Yield the capital that is counted in a foreign currency, reported and recognised side by side."""
    rows = [pair for pair in paired(figures) if pair[1].is_foreign]
    if rows:
        yield _sentence(rows, name_basis=not figures.basis, both=True)


def _sentence(rows: list[tuple], *, name_basis: bool, both: bool = False):
    parts = []
    for (figure, beside), joint in zip(rows, clauses.joints([row for row, _beside in rows]), strict=True):
        within = joint.endswith("其中")
        clause = _clause(figure, beside, name_basis, both=both and beside.is_money, within=within)
        parts += [joint.removesuffix("其中"), *clause]
    return paragraph(*parts, "。")


def _clause(figure, beside, name_basis, *, both, within):
    """Say one figure with its quota, the other basis, last year and what is expected."""
    if not figure.done_value and beside.expected:
        return [f"{figure.name}尚未实现零的突破，预计全年{beside.expected}"]
    if both and beside.differs:
        parts = clauses.both_clause(figure, beside, within=within)
    else:
        parts = clauses.done_clause(figure, name_basis, within=within)
    if beside.before:
        parts.append(f"，{clauses.year_clause(beside)}")
    if beside.expected:
        parts.append(f"，{_expectation(figure, beside)}")
    return parts


def _expectation(figure, beside) -> str:
    told = f"预计全年达到{beside.expected}"
    if figure.target is None or figure.completion >= 1:
        return f"{told}，年底前还可增加{beside.to_come}" if beside.to_come else told
    verdict = "年内可完成目标任务" if beside.will_meet else "与目标任务仍有差距"
    return f"{told}，{verdict}"


def indicator_table(figures: CampaignFigures):
    """Yield a row for each indicator: quota, done, share, the other basis, last year, growth, what is expected."""
    pairs = paired(figures)
    heads = ["指标", "依据", "目标任务", "完成", "完成率"]
    wanted = {
        "另一依据": ["" if figures.basis else _other(beside) for _figure, beside in pairs],
        "上年同期": [beside.before for _figure, beside in pairs],
        "同比": [_growth(beside) for _figure, beside in pairs],
        "预计全年": [beside.expected for _figure, beside in pairs],
    }
    more = {head: cells for head, cells in wanted.items() if any(cells)}
    rows = []
    for place, (figure, _beside) in enumerate(pairs):
        name = f"　{figure.name}" if figure.part_of else figure.name
        told = (name, figure.basis, figure.target or "—", figure.done.text, figure.percent)
        rows.append((*told, *(cells[place] or "—" for cells in more.values())))
    yield Table(
        title=f"{figures.organiser}主要指标完成情况表",
        heads=(*heads, *more),
        rows=tuple(rows),
        numeric=(False, False, *[True] * (len(heads) + len(more) - 2)),
    )


def _other(beside) -> str:
    return f"{beside.other_basis}{beside.other}" if beside.differs else ""


def _growth(beside) -> str:
    if not beside.before:
        return ""
    sign = {1: "+", -1: "−", 0: ""}[beside.trend]
    return f"{sign}{beside.growth}" if beside.growth and beside.trend else f"{sign}{beside.change}"
