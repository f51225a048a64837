"""What a periodic issue says first: until when, of which days, and what those days brought."""

from reports.figures import CampaignFigures
from reports.sentences.clauses import day_text, day_within, paragraph
from reports.sentences.comparing import gain_clause, top_clause
from reports.sentences.pacing import units_counted
from reports.sentences.parts.summary import elapsed

NEEDS = frozenset({"month"})


def circular_opening(figures: CampaignFigures):
    """Yield until when the figures run, for a circular: 通报如下."""
    yield from _opening(figures, "现将有关情况通报如下")


def briefing_opening(figures: CampaignFigures):
    """Yield until when the figures run, for a briefing: 汇报如下."""
    yield from _opening(figures, "现将有关情况汇报如下")


def news_opening(figures: CampaignFigures):
    """Yield until when the figures run, for a newsletter."""
    yield from _opening(figures, "有关情况如下")


def _opening(figures, ending):
    basis = f"文中数据均为{figures.basis}数" if figures.basis else "文中各项数据注明上报数或认定数"
    yield paragraph(
        f"截至{day_text(figures.as_of)}，“{figures.campaign.strip('“”')}”{elapsed(figures)}，"
        f"参战单位{figures.units}个。{ending}（{basis}）。"
    )


def days_of(month) -> str:
    """Write the days of the period: 9月1日至20日; the year where it is not the last day's."""
    first, last = month.first, month.last
    if first == last:
        return f"{last.month}月{last.day}日"
    start = f"{first.month}月{first.day}日" if first.year == last.year else day_text(first)
    end = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else day_within(last, first)
    return f"{start}至{end}"


def gains(figures: CampaignFigures):
    """Yield what the period brought on every indicator beside the period before, and which units brought it.

    Nothing where the period is the whole campaign so far: the figures to date say it.
    """
    month = figures.facet("month")
    if not month.rows or month.is_whole:
        return
    parts = [f"{month.word}（{days_of(month)}），"]
    for place, row in enumerate(month.rows):
        parts += ["；" if place else "", *gain_clause(row, not figures.basis, month.before_word)]
    yield paragraph(*parts, "。")
    top = [told for row in month.rows if (told := top_clause(row))]
    idle = month.idle
    if top:
        yield paragraph(f"分单位看，{'；'.join(top)}。")
    if idle and len(idle) == month.unit_count:
        yield paragraph(f"{month.word}各单位各项指标均无新增。")
    elif idle:
        each = "各项指标" if len(month.rows) > 1 else month.rows[0].name
        yield paragraph(f"{month.word}{each}均无新增的单位{units_counted(idle)}。")
