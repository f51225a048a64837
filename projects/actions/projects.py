"""Writing projects and their shares."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import ledger
from campaigns.numbers import plain
from projects import counting
from projects.models import Company, Credit, Project
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
    introducing = project.credits.select_related("unit").get(role=Credit.Role.INTRODUCING)
    require(by, Role.CLERK, introducing.unit)
    return project


@transaction.atomic
def change_project(*, project: Project, by: User, version: int | None = None, **facts) -> Project:
    """Change a project; a changed sector or investor derives its entries anew."""
    lock_visits(project)
    project = locked(project, by)
    versions.check(project, version)
    before = audit.snapshot(project)
    for name, value in facts.items():
        setattr(project, name, value)
    versions.bump(project)
    project.full_clean()
    project.save()
    repost(project)
    audit.record(by, "project.changed", project, before=before)
    return project


@transaction.atomic
def set_shares(
    *,
    project: Project,
    shares: Sequence[tuple[Unit, str, Decimal]],
    reason: str,
    by: User,
    version: int | None = None,
) -> Project:
    """Set who shares a project: (unit, role, percent); the bureau decides, the entries follow.

    Shares add up to exactly 100, and one unit introduced the project.
    """
    lock_visits(project)
    project = Project.objects.select_for_update().get(pk=project.pk)
    units = [unit for unit, _role, _share in shares]
    if not by.is_system:
        top = Unit.objects.get(pk=project.credits.select_related("unit").first().unit.lineage[0])
        require(by, Role.EDITOR, top)
    versions.check(project, version)
    if len(set(units)) != len(units):
        raise ValidationError(_("同一单位只能有一份"))
    if sum(1 for _unit, role, _share in shares if role == Credit.Role.INTRODUCING) != 1:
        raise ValidationError(_("须有且只有一个招引单位"))
    total = sum((share for _unit, _role, share in shares), Decimal(0))
    if total != counting.WHOLE:
        raise ValidationError(_("各单位份额合计须为 100%%，现为 %(n)s%%") % {"n": plain(total)})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明依据")})
    old = {str(credit.unit): _told(credit) for credit in project.credits.select_related("unit")}
    project.credits.all().delete()
    fresh = [Credit(project=project, unit=unit, role=role, share=share) for unit, role, share in shares]
    for credit in fresh:
        credit.full_clean()
        credit.save()
    new = {str(credit.unit): _told(credit) for credit in fresh}
    versions.bump(project)
    project.save(update_fields=["version", "updated_at"])
    repost(project)
    changes = {
        unit: [old.get(unit, ""), new.get(unit, "")] for unit in {**old, **new} if old.get(unit) != new.get(unit)
    }
    audit.record(by, "project.shares_set", project, changes=changes, reason=reason)
    return project


def _told(credit):
    return f"{credit.get_role_display()} {plain(credit.share)}%"


def repost(project):
    """Derive the entries of all milestones (and visits) of a locked project anew."""
    ledger.post_many("projects.milestone", counting.milestone_entries(project.milestones.all()))
    ledger.post_many("projects.visit", counting.visit_entries(project.visits.all()))


def settle_stage(project):
    """Put a locked project on the furthest stage that its live milestones and visits lead to."""
    kinds = set(project.milestones.live().done().values_list("kind", flat=True))
    visited = project.visits.live().exists()
    project.stage = furthest(kinds, visited)
    project.terminated = Kind.TERMINATION in kinds
    project.save(update_fields=["stage", "terminated", "updated_at"])
