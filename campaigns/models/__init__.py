"""What is owed: plan.py holds indicators, campaigns, rosters and targets; ledger.py entries, months and tallies;
published.py what others publish about the district."""

from campaigns.models.ledger import (
    AppendOnly,
    Entry,
    Period,
    Recognised,
    RecognisedQuerySet,
    Recognition,
    Tally,
)
from campaigns.models.plan import Basis, Campaign, CampaignIndicator, CampaignUnit, Indicator, Target, current
from campaigns.models.published import DistrictPlace

__all__ = [
    "AppendOnly",
    "Basis",
    "Campaign",
    "CampaignIndicator",
    "CampaignUnit",
    "DistrictPlace",
    "Entry",
    "Indicator",
    "Period",
    "Recognised",
    "RecognisedQuerySet",
    "Recognition",
    "Tally",
    "Target",
    "current",
]
