"""What is owed: plan.py holds campaigns and targets, ledger.py entries and tallies; rules: rulebook.py, orders.py."""

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
from campaigns.models.plan import Basis, Campaign, CampaignIndicator, CampaignUnit, Indicator, Target, current
from campaigns.models.rulebook import Exemption, Finding, Rule

__all__ = [
    "AppendOnly",
    "Basis",
    "Campaign",
    "CampaignIndicator",
    "CampaignUnit",
    "Entry",
    "Exemption",
    "Finding",
    "Indicator",
    "Instruction",
    "Order",
    "Period",
    "Recognised",
    "RecognisedQuerySet",
    "Recognition",
    "Rule",
    "Tally",
    "Target",
    "current",
]
