"""What happened: companies, projects and their milestones, events, visits, evidence, and what counts."""

from projects.models.companies import Company, Event, Origin
from projects.models.evidence import Evidence
from projects.models.projects import Credit, Currency, Milestone, Project, Sector
from projects.models.rules import CountingRule
from projects.models.visits import Visit

__all__ = [
    "Company",
    "CountingRule",
    "Credit",
    "Currency",
    "Event",
    "Evidence",
    "Milestone",
    "Origin",
    "Project",
    "Sector",
    "Visit",
]
