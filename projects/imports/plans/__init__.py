"""What each row of a sheet would do to the ledger: worked out in memory, by the same rules as the forms.

Every kind of import has a planner of its own.
"""

from types import MappingProxyType

from projects.imports.plans.company import CompanyPlanner
from projects.imports.plans.instalment import InstalmentPlanner
from projects.imports.plans.problem import ProblemPlanner
from projects.imports.plans.project import ProjectPlanner
from projects.imports.plans.rows import Outcome, text_of
from projects.imports.plans.trip import TripPlanner
from projects.imports.plans.visit import VisitPlanner
from projects.models import ImportBatch

PLANNERS = MappingProxyType(
    {
        ImportBatch.Kind.PROJECT: ProjectPlanner,
        ImportBatch.Kind.VISIT: VisitPlanner,
        ImportBatch.Kind.TRIP: TripPlanner,
        ImportBatch.Kind.INSTALMENT: InstalmentPlanner,
        ImportBatch.Kind.PROBLEM: ProblemPlanner,
        ImportBatch.Kind.COMPANY: CompanyPlanner,
    }
)

__all__ = ["PLANNERS", "Outcome", "text_of"]
