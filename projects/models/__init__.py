"""What happened: companies, projects and their milestones, events, visits, evidence, and what counts."""

from projects.models.claims import Claim
from projects.models.companies import Attendance, Company, CompanyName, Contact, Event, Listing, Merge, Origin
from projects.models.complaints import Complaint
from projects.models.evidence import Evidence
from projects.models.feeds import CalendarFeed
from projects.models.gates import FairCompetition, Review
from projects.models.imports import ColumnMapping, ImportBatch, ImportRow
from projects.models.inspections import Commendation, Inspection, Shortcoming
from projects.models.land import Parcel
from projects.models.meetings import Decision, Meeting, Rhythm
from projects.models.plans import Plan, PlanDue
from projects.models.problems import Problem
from projects.models.procedures import Procedure, Step
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
from projects.models.rewards import Reward, RewardRule
from projects.models.rules import CountingRule
from projects.models.thresholds import Threshold
from projects.models.trips import Delegation, Leave, PlannedContact, Posting, Stop, Trip, TripState
from projects.models.visits import Visit

__all__ = [
    "Attendance",
    "CalendarFeed",
    "Claim",
    "ColumnMapping",
    "Commendation",
    "Company",
    "CompanyName",
    "Complaint",
    "Contact",
    "CountingRule",
    "Credit",
    "Currency",
    "Decision",
    "Delegation",
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
    "Inspection",
    "Introducer",
    "Leave",
    "Lands",
    "Listing",
    "Meeting",
    "Merge",
    "Milestone",
    "Nature",
    "Origin",
    "Parcel",
    "PlannedContact",
    "Posting",
    "Plan",
    "PlanDue",
    "Problem",
    "Procedure",
    "Project",
    "Review",
    "Reward",
    "RewardRule",
    "Rhythm",
    "Sector",
    "Shortcoming",
    "Step",
    "Stop",
    "Tag",
    "Threshold",
    "Trip",
    "TripState",
    "Visit",
]
