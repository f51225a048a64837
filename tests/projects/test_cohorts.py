"""Cohorts: what the list shows is what was counted, whatever happened, and nonsense narrows nothing badly."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from projects import cohorts
from projects.cohorts import Cohort
from projects.models import Milestone, Project
from tests.projects.factories import NONSENSE, make_desk, make_project

DAY = date(2026, 9, 16)


@pytest.fixture
def desk(db, client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def scatter(desk, count=60):
    """Record at random: every kind that cohorts speak of, over three years, some withdrawn, some only promised."""
    chance = random.Random(77)
    kinds = ("intent", "framework", "contract", "funding", "groundbreaking", "production", "termination")
    for number in range(count):
        project = make_project(desk, name=f"项目{number}")
        rows = []
        chosen = set(chance.choices(kinds, weights=(2, 2, 6, 3, 3, 1, 1), k=chance.randint(0, 6)))
        for kind in [*sorted(chosen), *["funding"] * ("funding" in chosen)]:
            on = date(2024, 6, 1) + timedelta(days=chance.randint(0, 1000))
            amount = Decimal(chance.randint(1, 10**9)).scaleb(-6) if kind in kinds[:4] else None
            done = chance.random() < 0.9
            rows.append(
                Milestone(
                    project=project, kind=kind, on=on if done else None, due_on=None if done else on, amount=amount,
                    amount_cny=amount, recorded_by=desk.clerk,
                    withdrawn_at="2026-01-01T00:00Z" if chance.random() < 0.1 else None,
                )
            )  # fmt: skip
        Milestone.objects.bulk_create(rows)


def by_hand(project, until):
    """Return {cohort: (agreed, arrived)} of the cohorts a project is in, read row by row."""
    rows = [row for row in project.milestones.all() if row.withdrawn_at is None and row.on and row.on <= until]
    days = {kind: min(row.on for row in rows if row.kind == kind) for kind in {row.kind for row in rows}}
    sums = {kind: sum(row.amount_cny or 0 for row in rows if row.kind == kind) for kind in days}
    said = max((row.amount_cny for row in rows if row.kind in {"intent", "framework"}), default=0)
    agreed, arrived, year = sums.get("contract", 0), sums.get("funding", 0), date(until.year, 1, 1)
    if "termination" in days:
        return {Cohort.TERMINATED: (agreed, arrived)} if days["termination"] >= year else {}
    if "contract" not in days:
        return {Cohort.INTENT: (said, arrived)} if days.keys() & {"intent", "framework"} else {}
    if days["contract"] < year:
        return {} if "production" in days else {Cohort.CARRIED: (agreed, arrived)}
    found = {Cohort.SIGNED: (agreed, arrived)}
    if "funding" in days:
        found[Cohort.FUNDED] = (agreed, arrived)
    if "groundbreaking" in days:
        found[Cohort.STARTED] = (agreed, arrived)
    return found


@pytest.mark.parametrize("until", [DAY, date(2025, 12, 31), date(2026, 1, 1), date(2024, 1, 1)])
def test_figures_are_the_exact_sums_of_the_rows_listed(client, desk, until):
    scatter(desk)
    found = cohorts.standing_of(desk.unit, until)
    told = {project.pk: by_hand(project, until) for project in Project.objects.prefetch_related("milestones")}
    for cohort in Cohort:
        members = {pk: row[cohort] for pk, row in told.items() if cohort in row}
        standing = found[cohort]
        assert standing.count == len(members)
        assert standing.agreed == sum(agreed for agreed, _arrived in members.values())
        assert standing.arrived == sum(arrived for _agreed, arrived in members.values())
        assert set(cohorts.members(cohort, until).values_list("pk", flat=True)) == set(members)
        query = {"cohort": cohort, "until": until.isoformat(), "unit": desk.unit.pk}
        assert client.get("/projects/", query).context["totals"].count == len(members)
    carried = set(Project.objects.carried(until).values_list("pk", flat=True))
    assert carried == set(cohorts.members(Cohort.CARRIED, until).values_list("pk", flat=True))
    if until == DAY:
        assert all(found[cohort].count for cohort in Cohort)


def test_a_project_two_units_share_counts_whole_with_both_and_once_above_them(desk):
    project = make_project(desk)
    Milestone.objects.create(
        project=project, kind="contract", on=DAY, amount=Decimal(100), amount_cny=Decimal(100), recorded_by=desk.clerk
    )
    project.credits.update(share=Decimal(60))
    project.credits.create(unit=desk.units[1], role="landing", share=Decimal(40))
    for unit in (desk.unit, desk.units[1], desk.district):
        standing = cohorts.standing_of(unit, DAY)[Cohort.SIGNED]
        assert (standing.count, standing.agreed) == (1, Decimal(100))
    assert cohorts.standing_of(desk.units[2], DAY)[Cohort.SIGNED].count == 0


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_in_the_filter_is_no_error(client, desk, junk):
    make_project(desk)
    assert client.get("/projects/", {"cohort": junk}).status_code == 200
    assert client.get("/projects/", {"cohort": "signed", "until": junk}).status_code == 200
    assert client.get("/projects/", {"until": junk}).status_code == 200
