"""What is owed: plans, quotas, the ledger with its months and tallies, rules of scoring and the rule book."""

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
from campaigns.models.orders import Instruction, Order
from campaigns.models.plan import (
    Basis,
    Campaign,
    CampaignIndicator,
    CampaignUnit,
    FurtherUnit,
    Indicator,
    Phase,
    Stage,
    current,
)
from campaigns.models.published import DistrictPlace
from campaigns.models.rolls import Roll
from campaigns.models.rulebook import Exemption, Finding, Rule
from campaigns.models.scheme import Mark, Scheme, SchemeRow, ScoreItem
from campaigns.models.self_scores import SelfScore, SelfSheet
from campaigns.models.targets import (
    Forecast,
    IndustryTarget,
    LineWeight,
    PersonTarget,
    Target,
    TargetStage,
    TargetVersion,
)
from campaigns.models.webhooks import Delivery, Endpoint

__all__ = [
    "AppendOnly",
    "Basis",
    "Campaign",
    "CampaignIndicator",
    "CampaignUnit",
    "Delivery",
    "DistrictPlace",
    "Endpoint",
    "Entry",
    "Exemption",
    "Finding",
    "Forecast",
    "FurtherUnit",
    "Holiday",
    "Indicator",
    "IndustryTarget",
    "LineWeight",
    "Instruction",
    "Order",
    "Mark",
    "Period",
    "PersonTarget",
    "Phase",
    "Recognised",
    "RecognisedQuerySet",
    "Recognition",
    "Stage",
    "Roll",
    "Rule",
    "Scheme",
    "SchemeRow",
    "ScoreItem",
    "SelfScore",
    "SelfSheet",
    "Tally",
    "Target",
    "TargetStage",
    "TargetVersion",
    "current",
]
