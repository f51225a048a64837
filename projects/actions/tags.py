"""Writing tags and duties: what a project is called by, and who does what for it."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.actions.projects import locked
from projects.models import Duty, Project, Tag
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User


def _require_editor(by):
    """Refuse who is no editor: tags are the bureau's, whatever unit uses them."""
    if not by.is_system:
        require(by, Role.EDITOR, next((row.unit for row in by.memberships if row.role == Role.EDITOR), None))


@transaction.atomic
def create_tag(*, group: str, name: str, by: User) -> Tag:
    """Add a tag to a group (R6)."""
    _require_editor(by)
    tag = Tag(group=group.strip(), name=name.strip())
    tag.full_clean()
    tag.save()
    audit.record(by, "tag.created", tag, before={})
    return tag


@transaction.atomic
def change_tag(*, tag: Tag, by: User, version: int | None = None, **facts) -> Tag:
    """Rename a tag or put it into another group; the projects keep it."""
    _require_editor(by)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    versions.check(tag, version)
    before = audit.snapshot(tag)
    for name, value in facts.items():
        setattr(tag, name, value.strip())
    versions.bump(tag)
    tag.full_clean()
    tag.save()
    audit.record(by, "tag.renamed", tag, before=before)
    return tag


@transaction.atomic
def remove_tag(*, tag: Tag, by: User) -> None:
    """Remove a tag that no project has."""
    _require_editor(by)
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    if used := tag.projects.count():
        raise ValidationError(_("还有 %(n)s 个项目用着这个标签，不能移除；可先改名") % {"n": used})
    audit.record(by, "tag.removed", tag, changes={str(_("标签")): [str(tag), ""]})
    tag.delete()


@transaction.atomic
def set_tags(*, project: Project, tags: Iterable[Tag], by: User, version: int | None = None) -> Project:
    """Choose the tags of a project; writes nothing where they are the same."""
    project = locked(project, by)
    versions.check(project, version)
    before, after = set(project.tags.all()), set(tags)
    if before == after:
        return project
    project.tags.set(after)
    versions.bump(project)
    project.save(update_fields=["version", "updated_at"])
    audit.record(by, "project.tags_set", project, changes={str(_("标签")): [_names(before), _names(after)]})
    return project


def _names(tags):
    return "、".join(sorted(str(tag) for tag in tags))


@transaction.atomic
def set_duties(
    *,
    project: Project,
    duties: Sequence[tuple[str, Unit | None, str]],
    by: User,
    version: int | None = None,
) -> Project:
    """Set who does what for a project: (kind, unit, person), one row for each kind (R47, R74, R92)."""
    project = locked(project, by)
    versions.check(project, version)
    kinds = [kind for kind, _unit, _person in duties]
    if len(set(kinds)) != len(kinds):
        raise ValidationError(_("同一职责只能安排一次"))
    old = {duty.get_kind_display(): _told(duty) for duty in project.duties.select_related("unit")}
    fresh = [Duty(project=project, kind=kind, unit=unit, person=person.strip()) for kind, unit, person in duties]
    new = {duty.get_kind_display(): _told(duty) for duty in fresh}
    if old == new:
        return project
    project.duties.all().delete()
    for duty in fresh:
        duty.full_clean()
        duty.save()
    versions.bump(project)
    project.save(update_fields=["version", "updated_at"])
    changes = {
        name: [old.get(name, ""), new.get(name, "")] for name in {**old, **new} if old.get(name) != new.get(name)
    }
    audit.record(by, "project.duties_set", project, changes=changes)
    return project


def _told(duty):
    return " ".join(part for part in (str(duty.unit or ""), duty.person) if part)
