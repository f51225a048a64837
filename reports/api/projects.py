"""Projects and what happened to them."""

from datetime import date, datetime
from typing import Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from campaigns.numbers import plain
from projects.models import Milestone, Project
from projects.stages import Stage
from reports.api.keys import reader
from reports.api.paging import Page, Paging, paged

router = Router()


class ShareOut(Schema):
    """A unit's share of a project, in percent."""

    unit_id: int
    unit: str
    role: str
    share: str


class ProjectOut(Schema):
    """One project; money in 万元."""

    id: int
    name: str
    company: str
    sector: str
    industry: str
    stage: str
    stage_text: str
    is_key: bool
    terminated: bool
    investment: str | None
    contracted: str | None
    arrived: str | None
    shares: list[ShareOut]
    updated_at: datetime


class MilestoneOut(Schema):
    """One thing promised or done; amount in 万 of its currency, amount_cny in 万元."""

    id: int
    kind: str
    kind_text: str
    on: date | None
    due_on: date | None
    promised_amount: str | None
    amount: str | None
    currency: str
    amount_cny: str | None
    recognition: str
    recognised_on: date | None
    recognised_amount: str | None


class Asked(Schema):
    """Which projects."""

    stage: Literal[tuple(Stage.values)] | None = Field(None, description="阶段")
    changed_since: date | None = Field(None, description="只要这一天（含）以后有更新的")


def number(value) -> str | None:
    """Print an exact number; null stays null."""
    return None if value is None else plain(value)


def project_value(project: Project) -> dict:
    """Return one project of for_list()."""
    return {
        "id": project.pk,
        "name": project.name,
        "company": project.company.name,
        "sector": project.sector,
        "industry": project.industry,
        "stage": project.stage,
        "stage_text": str(project.get_stage_display()),
        "is_key": project.is_key,
        "terminated": project.terminated,
        "investment": number(project.investment),
        "contracted": number(project.contracted),
        "arrived": number(project.arrived),
        "shares": [
            {"unit_id": row.unit_id, "unit": row.unit.name, "role": row.role, "share": plain(row.share)}
            for row in project.credits.all()
        ],
        "updated_at": project.updated_at,
    }


def milestone_value(row: Milestone) -> dict:
    """Return one milestone."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "kind_text": str(row.get_kind_display()),
        "on": row.on,
        "due_on": row.due_on,
        "promised_amount": number(row.promised_amount),
        "amount": number(row.amount),
        "currency": row.currency,
        "amount_cny": number(row.amount_cny),
        "recognition": row.recognition,
        "recognised_on": row.recognised_on,
        "recognised_amount": number(row.recognised_amount),
    }


@router.get("/projects", response=Page[ProjectOut], url_name="projects", summary="项目，最近更新的在前")
def projects(request, asked: Query[Asked], paging: Query[Paging]):
    """List the projects."""
    rows = Project.objects.visible_to(reader(request)).for_list()
    if asked.stage:
        rows = rows.filter(stage=asked.stage)
    if asked.changed_since:
        rows = rows.filter(updated_at__date__gte=asked.changed_since)
    return paged(rows, paging, project_value)


@router.get("/projects/{int:pk}", response=ProjectOut, url_name="project", summary="一个项目")
def project(request, pk: int):
    """Tell one project."""
    return project_value(get_object_or_404(Project.objects.visible_to(reader(request)).for_list(), pk=pk))


@router.get(
    "/projects/{int:pk}/milestones", response=Page[MilestoneOut], url_name="milestones", summary="一个项目的节点"
)
def milestones(request, pk: int, paging: Query[Paging]):
    """List what was promised of a project and what happened, the latest first; what was withdrawn is left out."""
    row = get_object_or_404(Project.objects.visible_to(reader(request)), pk=pk)
    return paged(row.milestones.live().order_by("-on", "-pk"), paging, milestone_value)
