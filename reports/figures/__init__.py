"""Figures of a report: frozen values that sentences are bound to."""

from reports.figures.campaign import (
    AnnexRow,
    CampaignFigures,
    IndicatorFigure,
    Signings,
    UnitFigure,
    of_roster,
)
from reports.figures.reading import campaign_figures
from reports.figures.values import MissingFigures, Number, Place, Previous, Window

__all__ = [
    "AnnexRow",
    "CampaignFigures",
    "IndicatorFigure",
    "MissingFigures",
    "Number",
    "Place",
    "Previous",
    "Signings",
    "UnitFigure",
    "Window",
    "campaign_figures",
    "of_roster",
]
