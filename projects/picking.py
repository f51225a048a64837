"""The projects that a milestone of one kind may be recorded for, for choosing one."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from projects.models import Milestone, Project
from projects.stages import KINDS, Kind
from units.models import User

SHOWN = 30


@dataclass(frozen=True)
class Choice:
    """One project, and where its milestone is recorded."""

    name: str
    company: str
    stage: str
    url: str


def projects_for(kind: Kind, user: User, words: str = ""):
    """Return one more than are shown of a clerk's open projects that may get such a milestone, as one query.

    promise_id is the promise of it that a project has: it comes true, rather than being recorded a second time.
    """
    rule, live = KINDS[kind], Milestone.objects.live().order_by()
    rows = Project.objects.editable_by(user).filter(terminated=False).select_related("company")
    if rule.after:
        rows = rows.filter(pk__in=live.done().filter(kind__in=rule.after).values("project"))
    promise = Milestone.objects.none()
    if not rule.repeats:
        rows = rows.exclude(pk__in=live.done().filter(kind=kind).values("project"))
        promise = live.filter(project=OuterRef("pk"), kind=kind, on__isnull=True)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(company__name__icontains=words))
    rows = rows.annotate(promise_id=Subquery(promise.values("pk")[:1]))
    return list(rows.order_by("-updated_at", "-pk")[: SHOWN + 1])


def choices_of(kind: Kind, rows) -> list[Choice]:
    """Print projects to choose from."""
    return [
        Choice(
            name=row.name,
            company=row.company.name,
            stage=str(row.get_stage_display()),
            url=f"{reverse('projects:milestone_correct', args=[row.promise_id])}?happened=1"
            if row.promise_id
            else f"{reverse('projects:milestone_create', args=[row.pk])}?kind={kind.value}",
        )
        for row in rows
    ]
