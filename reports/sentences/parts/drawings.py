"""What is drawn: how far the indicators are, against the clock."""

from campaigns.numbers import percent_text
from reports.documents.content import Chart, Series
from reports.figures import CampaignFigures

FEWEST = 2  # one bar says less than its sentence


def pace_chart(figures: CampaignFigures):
    """Yield the completion of each indicator against the time progress; nothing where there is little to compare."""
    owed = [figure for figure in figures.with_quota if figure.completion is not None]
    if len(owed) < FEWEST:
        return
    clock = bare(percent_text(figures.time_progress))
    yield Chart(
        kind="pace",
        title="各项指标完成率与时序进度",
        categories=tuple(figure.name for figure in owed),
        series=(
            Series("完成率", tuple(bare(figure.percent) for figure in owed)),
            Series("时序进度", (clock,) * len(owed)),
        ),
        measure="%",
        category="指标",
    )


def bare(percent: str) -> str:
    """Return a percentage as a chart takes it: 1,234.5% → 1234.5."""
    return percent.removesuffix("%").replace(",", "")
