"""Changing one thing of many projects at once: all that were sent, or none."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Credit, Duty, Project, Tag
from units import audit
from units.models import Role, Unit, User

Rows = Sequence[tuple[Project, int]]  # projects with the version that was shown
BATCH = 500


def locked_projects(projects, by):
    """Return the locked rows; refuses all of them where one was changed since, or is not the user's to change."""
    versions = {project.pk: version for project, version in projects}
    rows = list(Project.objects.select_for_update().filter(pk__in=versions).order_by("pk"))
    introducing = Credit.objects.filter(project__in=versions, role=Credit.Role.INTRODUCING).select_related("unit")
    units = {row.project_id: row.unit for row in introducing}
    problems = []
    for row in rows:
        if not by.is_system and not by.holds(Role.CLERK, units[row.pk]):
            problems.append(_("%(name)s：不是本单位招引的项目，不能修改") % {"name": row})
        elif row.version != versions[row.pk]:
            problems.append(_("%(name)s：勾选之后已被他人修改，请重新勾选") % {"name": row})
    if len(rows) != len(versions):
        problems.append(_("有的项目已不存在，请重新勾选"))
    if problems:
        raise ValidationError(problems)
    return rows


def keep(rows, changes, by, what, *fields):
    """Save changed rows with a new version, and one row of the trail for each: {key: {label: [before, after]}}."""
    changed = [row for row in rows if row.pk in changes]
    now = timezone.now()
    for row in changed:
        row.version += 1
        row.updated_at = now
    Project.objects.bulk_update(changed, [*fields, "version", "updated_at"], batch_size=BATCH)
    audit.record_many([audit.entry(by, what, row, changes=changes[row.pk]) for row in changed])
    return len(changed)


@transaction.atomic
def assign_leader(*, projects: Rows, leader: str, by: User) -> int:
    """Name the leader of projects; an empty name takes it away. Returns how many were changed."""
    rows, leader = locked_projects(projects, by), leader.strip()
    label = str(Project._meta.get_field("leader").verbose_name)
    changes = {row.pk: {label: [row.leader, leader]} for row in rows if row.leader != leader}
    for row in rows:
        row.leader = leader
    if rows:
        rows[0].clean_fields(exclude=[field.name for field in Project._meta.fields if field.name != "leader"])
    return keep(rows, changes, by, "project.changed", "leader")


@transaction.atomic
def assign_lead_unit(*, projects: Rows, unit: Unit, by: User) -> int:
    """Name the leading unit of projects; the person named beside it stays. Returns how many were changed."""
    rows = locked_projects(projects, by)
    found = Duty.objects.filter(project__in=rows, kind=Duty.Kind.LEAD).select_related("unit")
    duties = {duty.project_id: duty for duty in found}
    label, changes, fresh, old = str(Duty.Kind.LEAD.label), {}, [], []
    for row in rows:
        duty = duties.get(row.pk)
        if duty and duty.unit_id == unit.pk:
            continue
        changes[row.pk] = {label: [str(duty.unit or "") if duty else "", unit.name]}
        if duty:
            duty.unit = unit
            old.append(duty)
        else:
            fresh.append(Duty(project=row, kind=Duty.Kind.LEAD, unit=unit))
    Duty.objects.bulk_create(fresh, batch_size=BATCH)
    Duty.objects.bulk_update(old, ["unit"], batch_size=BATCH)
    return keep(rows, changes, by, "project.changed")


@transaction.atomic
def tag_projects(*, projects: Rows, add: Iterable[Tag], remove: Iterable[Tag], by: User) -> int:
    """Put tags on projects and take others off. Returns how many were changed."""
    rows = locked_projects(projects, by)
    link, label = Project.tags.through, str(Project._meta.get_field("tags").verbose_name)
    names = {tag.pk: str(tag) for tag in Tag.objects.all()}
    held = {row.pk: set() for row in rows}
    for project, tag in link.objects.filter(project__in=rows).values_list("project", "tag"):
        held[project].add(tag)
    add, remove = {tag.pk for tag in add}, {tag.pk for tag in remove}
    wanted = {key: (tags - remove) | add for key, tags in held.items()}
    changes = {
        key: {label: [told(tags, names), told(wanted[key], names)]}
        for key, tags in held.items()
        if tags != wanted[key]
    }
    link.objects.filter(project__in=list(changes), tag__in=remove - add).delete()
    fresh = [link(project_id=key, tag_id=tag) for key in changes for tag in wanted[key] - held[key]]
    link.objects.bulk_create(fresh, batch_size=BATCH)
    return keep(rows, changes, by, "project.changed")


def told(tags, names):
    """Name some tags."""
    return "、".join(sorted(names[tag] for tag in tags))
