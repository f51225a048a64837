"""Reading all figures of an issue at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from campaigns.clock import months_between
from campaigns.models import Basis, Campaign
from campaigns.standings import standings
from reports.figures.campaign import (
    CampaignFigures,
    annex_rows,
    annex_total,
    indicator_figure,
    missing_figures,
    places_of,
    signings,
)
from reports.figures.catalogue import catalogue
from reports.figures.facets import FACETS
from reports.figures.values import MissingFigures, Window


def campaign_figures(
    campaign: Campaign,
    as_of: date,
    *,
    basis: str | None = None,
    window: Window | None = None,
    facets: Collection[str] = (),
    cites: Collection[str] = (),
) -> CampaignFigures:
    """Read the standings, the contracts and the facets asked for once and freeze them.

    Where they do not hold a name that is cited, the other facets are read as well: any of them may.
    Raises MissingFigures with the names of what cannot be computed. A letter that serves an order speaks of no
    indicator: there, what is missing is left out.
    """
    state = standings(campaign, as_of, basis=basis)
    window = window or Window(first=campaign.starts_on, last=state.as_of)
    if window.order_id is None and (missing := missing_figures(state)):
        raise MissingFigures(missing)
    names = {column.indicator_id: column.name for column in state.columns}
    bases = {line.basis for line in state.totals.values()}
    common = bases.pop() if len(bases) == 1 else None
    known = [column for column in state.columns if state.totals[column.line_id].done is not None]
    indicators = tuple(indicator_figure(state, column, names) for column in known)
    months = months_between(campaign.starts_on, campaign.ends_on) if campaign.clock == Campaign.Clock.MONTH else 0
    figures = CampaignFigures(
        campaign=campaign.name,
        organiser=campaign.organiser.name,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        as_of=state.as_of,
        is_over=state.as_of >= campaign.ends_on,
        basis=str(Basis(common).label) if common else "",
        time_progress=state.time_progress,
        days=campaign.days,
        day_number=campaign.day_number(state.as_of),
        months=months,
        months_over=int(state.time_progress * months),
        units=len(state.unit_ids),
        indicators=indicators,
        signings=signings(state, common or Basis.REPORTED),
        annex_total=annex_total(indicators),
        annex_rows=annex_rows(state),
        first_on=window.first,
        places=places_of(state),
        facets={name: FACETS[name](state, window) for name in sorted(set(facets))},
    )
    if not cites or set(cites) <= catalogue(figures).keys():
        return figures
    others = {name: FACETS[name](state, window) for name in sorted(FACETS.keys() - set(facets))}
    return replace(figures, facets={**figures.facets, **others})
