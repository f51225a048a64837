"""What is owed: plan.py holds indicators, campaigns, rosters and targets; ledger.py entries, months and tallies."""

from campaigns.models.ledger import (
    AppendOnly,
    Entry,
    Period,
    Recognised,
    RecognisedQuerySet,
    Recognition,
    Tally,
)
from campaigns.models.plan import (
    Basis,
    Campaign,
    CampaignIndicator,
    CampaignUnit,
    FurtherUnit,
    Indicator,
    Phase,
    Target,
    current,
)

__all__ = [
    "AppendOnly",
    "Basis",
    "Campaign",
    "CampaignIndicator",
    "CampaignUnit",
    "Entry",
    "FurtherUnit",
    "Indicator",
    "Period",
    "Phase",
    "Recognised",
    "RecognisedQuerySet",
    "Recognition",
    "Tally",
    "Target",
    "current",
]
