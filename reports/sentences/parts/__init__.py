"""Parts that the system drafts, by the code under which an outline names them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.documents.content import Block
from reports.figures import CampaignFigures
from reports.sentences.parts import deals, duties, follow_up, major, next_year, outings, summary, year


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
    "campaign_table": Part(_("表：各单位完成情况"), summary.campaign_table),
}
