"""Campaigns, their standings and scores as of a day, and the entries behind a figure."""

from datetime import date
from typing import Literal

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from campaigns.models import Campaign
from campaigns.numbers import fraction12, in_measure, plain
from campaigns.pages import kept_standings
from campaigns.standings_json import line_value, score_value
from projects.rows import OFF, Drill
from reports.api.keys import reader
from reports.api.paging import Page, Paging, heads, paged

router = Router()
Basis = Literal["reported", "recognised"]
AS_OF = Field(None, description="截至日期，须在战役期间之内；默认今天或战役最后一天")
BASIS = Field(None, description="上报 reported 或认定 recognised；默认按各指标自己的设置")


class CampaignOut(Schema):
    """One campaign."""

    id: int
    name: str
    organiser: str
    starts_on: date
    ends_on: date
    clock: str


class LineOut(Schema):
    """One unit, or the organiser, on one indicator; numbers are text in the line's measure, null where unknown."""

    line: int
    unit_id: int
    group: str
    unit: str
    is_total: bool
    indicator: str
    measure: str
    basis: str
    target: str | None
    done: str | None
    completion: str | None
    completion_text: str
    lead_points_text: str
    rank: int | None


class StandingsOut(Page[LineOut]):
    """Standings of a campaign as of a day: the organiser's lines, then a page of the units'."""

    campaign: CampaignOut
    as_of: date
    basis: str | None
    time_progress: str
    totals: list[LineOut]


class ScoreOut(Schema):
    """The composite of one unit."""

    unit_id: int
    group: str
    unit: str
    score: str | None
    rank: int | None
    previous_rank: int | None


class EntryOut(Schema):
    """One entry behind a figure."""

    on: date
    fact_on: date
    unit: str
    amount: str
    kind: str
    title: str


class OtherOut(Schema):
    """What units whose records the account may not see add to a figure."""

    unit: str
    amount: str


class EntriesOut(Page[EntryOut]):
    """A figure and the entries it is the sum of."""

    campaign: CampaignOut
    as_of: date
    indicator: str
    measure: str
    basis: str
    unit: str
    total: str | None
    others: list[OtherOut]


class AsOf(Schema):
    """As of which day and on which basis."""

    as_of: date | None = AS_OF
    basis: Basis | None = BASIS


class Behind(AsOf):
    """Which figure."""

    line: int = Field(description="考核指标的编号，即 standings 各行的 line")
    unit: str = Field("", description="单位编号，即 unit_id；不填为组织单位，off 为未列入参战单位")


def campaign_value(campaign: Campaign) -> dict:
    """Return one campaign."""
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "organiser": campaign.organiser.name,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "clock": campaign.clock,
    }


def line_out(line) -> dict:
    """Return one line with the keys that open it."""
    return {**line_value(line), "line": line.column.line_id, "unit_id": line.unit_id}


def found(request, pk: int) -> Campaign:
    """Return a campaign of the reader's, else 404."""
    return get_object_or_404(Campaign.objects.visible_to(reader(request)).for_list(), pk=pk)


def state_of(campaign: Campaign, asked: AsOf):
    """Return the standings asked for; a day outside of the campaign is refused."""
    as_of = asked.as_of or campaign.default_day(timezone.localdate())
    if not campaign.starts_on <= as_of <= campaign.ends_on:
        days = {"first": campaign.starts_on.isoformat(), "last": campaign.ends_on.isoformat()}
        raise ValidationError(_("as_of 须在 %(first)s 至 %(last)s 之间") % days)
    return kept_standings(campaign, as_of, basis=asked.basis)


@router.get("/campaigns", response=Page[CampaignOut], url_name="campaigns", summary="全部战役，后开始的在前")
def campaigns(request, paging: Query[Paging]):
    """List the campaigns."""
    return paged(Campaign.objects.visible_to(reader(request)).for_list(), paging, campaign_value)


@router.get("/campaigns/{int:pk}", response=CampaignOut, url_name="campaign", summary="一个战役")
def campaign(request, pk: int):
    """Tell one campaign."""
    return campaign_value(found(request, pk))


@router.get(
    "/campaigns/{int:pk}/standings", response=StandingsOut, url_name="standings", summary="完成情况：各单位各指标一行"
)
def standings(request, pk: int, asked: Query[AsOf], paging: Query[Paging]):
    """Tell the standings of a campaign as of a day."""
    row = found(request, pk)
    state = state_of(row, asked)
    return paged(list(state.lines.values()), paging, line_out) | {
        "campaign": campaign_value(row),
        "as_of": state.as_of,
        "basis": state.basis,
        "time_progress": fraction12(state.time_progress),
        "totals": [line_out(line) for line in state.totals.values()],
    }


@router.get("/campaigns/{int:pk}/scores", response=Page[ScoreOut], url_name="scores", summary="综合得分和位次")
def scores(request, pk: int, asked: Query[AsOf], paging: Query[Paging]):
    """Tell the scores of a campaign as of a day, in the order of the roster."""
    state = state_of(found(request, pk), asked)
    return paged(list(state.scores.values()), paging, lambda score: {**score_value(score), "unit_id": score.unit_id})


@router.get("/campaigns/{int:pk}/entries", response=EntriesOut, url_name="entries", summary="一个数由哪些分录组成")
def entries(request, pk: int, asked: Query[Behind], paging: Query[Paging]):
    """Tell the entries behind one figure, the latest first; of other units' records only the sums."""
    row = found(request, pk)
    state = state_of(row, asked)
    column = next((column for column in state.columns if column.line_id == asked.line), None)
    if column is None:
        raise Http404("no such line in this campaign")
    drill = Drill(state, column, unit_asked(state, column, asked.unit), reader(request))
    is_ratio = bool(column.ratio_of)  # has no entries of its own

    def amount(value):
        return None if value is None else plain(in_measure(value, column.measure))

    def entry(row):
        return {
            "on": row.on, "fact_on": row.fact_on or row.on, "unit": row.unit, "amount": amount(row.amount),
            "kind": row.kind, "title": row.title,
        }  # fmt: skip

    return heads(0 if is_ratio else drill.own_count, paging) | {
        "campaign": campaign_value(row),
        "as_of": state.as_of,
        "indicator": column.name,
        "measure": column.measure,
        "basis": drill.basis,
        "unit": drill.unit_name,
        "total": amount(drill.total),
        "others": [] if is_ratio else [{"unit": row.unit, "amount": amount(row.amount)} for row in drill.others],
        "items": [] if is_ratio else [entry(row) for row in drill.rows(paging.part.start, paging.part.stop)],
    }


def unit_asked(state, column, wanted: str):
    """Return the unit of a figure as a drill-down names it; 404 for one that is not on the roster."""
    if wanted == OFF and not column.is_level:
        return OFF
    units = {str(unit_id): unit_id for unit_id in state.unit_ids}
    if wanted in units:
        return units[wanted]
    if wanted in {"", str(state.campaign.organiser_id)}:
        return None
    raise Http404("no such unit on the roster")
