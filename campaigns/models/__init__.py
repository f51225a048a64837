"""What is owed: plan.py holds indicators, campaigns, rosters and targets; ledger.py entries, months and tallies;
scheme.py the rules by which it is scored."""

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
from campaigns.models.scheme import Mark, Scheme, SchemeRow, ScoreItem

__all__ = [
    "AppendOnly",
    "Basis",
    "Campaign",
    "CampaignIndicator",
    "CampaignUnit",
    "Entry",
    "Indicator",
    "Mark",
    "Period",
    "Recognised",
    "RecognisedQuerySet",
    "Recognition",
    "Scheme",
    "SchemeRow",
    "ScoreItem",
    "Tally",
    "Target",
    "current",
]
