"""What happened: companies, projects and their milestones, events, visits, evidence, and what counts."""

from projects.models.claims import Claim
from projects.models.companies import Company, CompanyName, Contact, Event, Listing, Merge, Origin
from projects.models.evidence import Evidence
from projects.models.gates import FairCompetition, Review
from projects.models.imports import ColumnMapping, ImportBatch, ImportRow
from projects.models.projects import (
    Credit,
    Duty,
    Extension,
    FundForm,
    FundNature,
    Introducer,
    Lands,
    Milestone,
    Nature,
    Project,
    Sector,
    Tag,
)
from projects.models.rates import Currency, ExchangeRate
from projects.models.rules import CountingRule
from projects.models.thresholds import Threshold
from projects.models.visits import Visit

__all__ = [
    "Claim",
    "ColumnMapping",
    "Company",
    "CompanyName",
    "Contact",
    "CountingRule",
    "Credit",
    "Currency",
    "Duty",
    "Event",
    "Evidence",
    "ExchangeRate",
    "Extension",
    "FairCompetition",
    "FundForm",
    "FundNature",
    "ImportBatch",
    "ImportRow",
    "Introducer",
    "Lands",
    "Listing",
    "Merge",
    "Milestone",
    "Nature",
    "Origin",
    "Project",
    "Review",
    "Sector",
    "Tag",
    "Threshold",
    "Visit",
]
