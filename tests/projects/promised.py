"""What is owed by a day, for tests: problems, meetings, reviews, complaints, land; all of them begin on a Monday."""

from datetime import date, timedelta
from decimal import Decimal

from projects import actions
from tests.projects.factories import make_company

MONDAY = date(2026, 11, 16)


def a_problem(desk, project, title="用电容量不足", days=10, **facts):
    """Return a problem that the second unit promised to clear."""
    return actions.raise_problem(
        project=project, unit=desk.units[1], title=title, found_on=MONDAY - timedelta(days=30),
        due_on=MONDAY + timedelta(days=days), by=desk.clerk, **facts,
    )  # fmt: skip


def a_meeting(desk, **facts):
    """Return a meeting that the district called."""
    known = {"kind": "push", "title": "十一月推进会", "on": MONDAY, "chair": "区政府主要领导", "place": "三楼会议室"}
    return actions.create_meeting(unit=desk.district, by=desk.editor, **{**known, **facts})


def a_review(desk, project, name="用地会审", days=7, kind="review"):
    """Return a procedure with one step of the second unit."""
    return actions.start_procedure(
        project=project, kind=kind, name=name, started_on=MONDAY, agent="代办员甲", by=desk.clerk,
        steps=[{"name": "用地意见", "unit": desk.units[1], "working_days": days}],
    )  # fmt: skip


def a_complaint(desk, title="验收拖延", days=7, **facts):
    """Return a complaint that the second unit answers."""
    return actions.file_complaint(
        company=make_company(desk), unit=desk.units[1], title=title, received_on=MONDAY,
        due_on=MONDAY + timedelta(days=days), by=desk.clerk, **facts,
    )  # fmt: skip


def a_parcel(desk, project, name="3 号地块", **facts):
    """Return land of which cost and price are known."""
    known = {"area": Decimal(20), "cost_per_mu": Decimal(15), "price_per_mu": Decimal("0.8")}
    return actions.record_parcel(project=project, name=name, by=desk.clerk, **{**known, **facts})
