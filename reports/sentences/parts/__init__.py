"""Parts that the system drafts, by the code under which an outline names them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.documents.content import Block
from reports.figures import CampaignFigures
from reports.sentences.parts import summary


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
    "campaign_table": Part(_("表：各单位完成情况"), summary.campaign_table),
}
