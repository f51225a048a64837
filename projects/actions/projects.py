"""Writing projects."""

from decimal import Decimal

from django.db import transaction

from campaigns import ledger
from projects import counting
from projects.models import Company, Credit, Milestone, Project
from projects.stages import Kind, furthest
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User


@transaction.atomic
def create_project(*, name: str, company: Company, unit: Unit, by: User, **facts) -> Project:
    """Register a project; the unit that enters it introduces it and holds 100 % until the bureau sets shares."""
    require(by, Role.CLERK, unit)
    project = Project(name=name.strip(), company=company, **facts)
    project.full_clean()
    project.save()
    Credit.objects.create(project=project, unit=unit, share=Decimal(100))
    audit.record(by, "project.created", project, before={})
    return project


def lock_visits(project):
    """Lock a project's visits before the project itself, in the order in which a visit is written."""
    list(project.visits.select_for_update().order_by("pk").values_list("pk"))


def locked(project, by):
    """Return the project's locked row; refuses who is no clerk of the unit that introduced it."""
    project = Project.objects.select_for_update(of=("self",)).select_related("company").get(pk=project.pk)
    require(by, Role.CLERK, project.introducer)
    return project


@transaction.atomic
def change_project(*, project: Project, by: User, version: int | None = None, **facts) -> Project:
    """Change a project; a changed sector or investor derives its entries anew."""
    lock_visits(project)
    project = locked(project, by)
    versions.check(project, version)
    before = audit.snapshot(project)
    left = counting.dependents(project.milestones.all())  # of the investor it has now
    for name, value in facts.items():
        setattr(project, name, value)
    versions.bump(project)
    project.full_clean()
    project.save()
    repost(project, left)
    audit.record(by, "project.changed", project, before=before)
    return project


def repost(project, others=frozenset()):
    """Derive the entries of all milestones (and visits) of a locked project anew, and of what depends on them."""
    rows = project.milestones.all()
    ids = set(others) | counting.dependents(rows) | set(rows.values_list("pk", flat=True))
    ledger.post_many("projects.milestone", counting.milestone_entries(Milestone.objects.filter(pk__in=ids)))
    ledger.post_many("projects.visit", counting.visit_entries(project.visits.all()))


def settle_stage(project):
    """Put a locked project on the furthest stage that its live milestones and visits lead to."""
    kinds = set(project.milestones.live().done().values_list("kind", flat=True))
    visited = project.visits.live().exists()
    project.stage = furthest(kinds, visited)
    project.terminated = Kind.TERMINATION in kinds
    project.save(update_fields=["stage", "terminated", "updated_at"])
