"""What is owed: plan.py indicators, campaigns, rosters; targets.py quotas; ledger.py entries, months, tallies."""

from campaigns.models.calendar import Holiday
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
    Indicator,
    Stage,
    current,
)
from campaigns.models.targets import LineWeight, PersonTarget, Target, TargetStage, TargetVersion

__all__ = [
    "AppendOnly",
    "Basis",
    "Campaign",
    "CampaignIndicator",
    "CampaignUnit",
    "Entry",
    "Holiday",
    "Indicator",
    "LineWeight",
    "Period",
    "PersonTarget",
    "Recognised",
    "RecognisedQuerySet",
    "Recognition",
    "Stage",
    "Tally",
    "Target",
    "TargetStage",
    "TargetVersion",
    "current",
]
