"""Parts that the system drafts, by the code under which an outline names them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.documents.content import Block
from reports.figures import CampaignFigures
from reports.sentences.parts import (
    attention,
    deals,
    drawings,
    duties,
    follow_up,
    letter,
    major,
    next_year,
    outings,
    pace,
    period,
    places,
    rolls,
    summary,
    tables,
    year,
    years,
)


@dataclass(frozen=True)
class Part:
    """A part: its name in the outline, what writes it, the facets it reads.

    compose yields paragraphs, tables, and headings whose level counts from that of its section and which carry no
    number; it yields nothing where there is nothing to say, and raises MissingFigures where a figure is missing.
    """

    label: str | Promise
    compose: Callable[[CampaignFigures], Iterable[Block]]
    needs: frozenset[str] = frozenset()


PARTS = {
    "opening": Part(_("开头：时间、范围、口径"), summary.opening),
    "totals": Part(_("各项指标完成情况"), summary.totals),
    "completion": Part(_("任务完成面：最高、最低、完成单位数"), summary.completion),
    "shortfalls": Part(_("数字反映的问题"), summary.shortfalls),
    "year_opening": Part(_("开头：期间、任务、口径"), year.opening),
    "year_totals": Part(_("各项指标、同比和全年预计"), year.totals, frozenset({"year"})),
    "domestic_capital": Part(_("项目和内资：上报与认定"), year.domestic, frozenset({"year"})),
    "foreign_capital": Part(_("外资：上报与认定"), year.foreign, frozenset({"year"})),
    "major_by_industry": Part(_("重大项目按产业说进展"), major.by_industry, frozenset({"major"})),
    "followed": Part(_("重点跟进项目"), major.followed, frozenset({"major"})),
    "meetings": Part(_("召开的会议"), follow_up.meetings, frozenset({"meetings"})),
    "promises": Part(_("问题和议定事项的办理"), follow_up.promises, frozenset({"promises"})),
    "land": Part(_("供地和用地成本"), follow_up.land, frozenset({"land"})),
    "next_year": Part(_("下年主要预期目标"), next_year.aims, frozenset({"next_year"})),
    "indicator_table": Part(_("表：主要指标"), year.indicator_table, frozenset({"year"})),
    "major_table": Part(_("表：重大项目推进情况"), major.table, frozenset({"major"})),
    "next_year_table": Part(_("表：下年预期目标"), next_year.table, frozenset({"next_year"})),
    "outings": Part(_("走出去：小分队、批次、人次、走访企业"), outings.outings, frozenset({"outings"})),
    "receptions": Part(_("请进来：来访批次、人数"), outings.receptions, frozenset({"receptions"})),
    "fairs": Part(_("招商活动：资料、发布、现场签约"), outings.fairs, frozenset({"fairs"})),
    "signed": Part(_("签约项目：名称、金额、阶段"), deals.signed, frozenset({"deals"})),
    "carried": Part(_("结转项目的进展"), deals.carried, frozenset({"deals"})),
    "bottlenecks": Part(_("卡在哪里：谈、签、开工"), deals.bottlenecks, frozenset({"shape"})),
    "quotas": Part(_("各类单位的目标任务"), duties.quotas, frozenset({"quotas"})),
    "dues": Part(_("待到位资金：金额、期限"), duties.dues, frozenset({"dues"})),
    "cautions": Part(_("奖惩规则与目前触及的单位"), duties.cautions, frozenset({"cautions"})),
    "signed_table": Part(_("表：签约项目一览"), deals.signed_table, frozenset({"deals"})),
    "circular_opening": Part(_("开头：通报"), period.circular_opening),
    "briefing_opening": Part(_("开头：汇报"), period.briefing_opening),
    "news_opening": Part(_("开头：简报、周报"), period.news_opening),
    "gains": Part(_("本期新增与上期比较"), period.gains, period.NEEDS),
    "places": Part(_("分组排名与位次升降"), places.group_places, places.NEEDS),
    "pace": Part(_("各组超、欠时序进度"), pace.group_pace, pace.NEEDS),
    "pace_chart": Part(_("图：各项指标完成率与时序进度"), drawings.pace_chart),
    "nothing_yet": Part(_("零进展和未报数单位"), pace.nothing_yet, pace.ZERO_NEEDS),
    "same_days": Part(_("与去年同期比较"), years.same_days_last_year, years.YEAR_NEEDS),
    "outlook": Part(_("期末预计"), years.outlook, years.FORECAST_NEEDS),
    "made_of": Part(_("构成：产业、来源、活动、其中项"), years.made_of, years.BREAKDOWN_NEEDS),
    "supervision": Part(_("规则触发与督办"), attention.supervision, attention.NEEDS),
    "next_steps": Part(_("数字提出的下步要求"), attention.next_steps, attention.NEXT_NEEDS),
    "red_and_black": Part(_("红黑榜与豁免"), rolls.red_and_black, rolls.NEEDS),
    "order_matter": Part(_("督办事项"), letter.matter, letter.NEEDS),
    "order_grounds": Part(_("督办依据：规则与算式"), letter.grounds, letter.NEEDS),
    "order_demand": Part(_("督办要求"), letter.demand, letter.NEEDS),
    "order_deadline": Part(_("督办期限与责任人"), letter.deadline, letter.NEEDS),
    "total_table": Part(_("表：总体进展"), tables.total_table, tables.TOTAL_NEEDS),
    "places_table": Part(_("表：分组排名"), tables.places_table, tables.PLACES_NEEDS),
    "indicator_tables": Part(_("表：各项指标"), tables.indicator_tables, tables.LINES_NEEDS),
    "unfinished_table": Part(_("表：未完成清单"), tables.unfinished_table, tables.UNFINISHED_NEEDS),
    "lists_table": Part(_("表：红黑榜名单"), tables.lists_table, tables.LISTS_NEEDS),
    "campaign_table": Part(_("表：各单位完成情况"), summary.campaign_table),
}
