"""Whatever happened: no step of a conversion or of a funnel is larger than the one before, however one cuts it."""

from datetime import timedelta

import pytest
from django.db.models import Min, Q
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.standings import standings
from projects import conversion, conversion_page
from projects.funnel import funnel_of, leads_of
from projects.models import Milestone, Project, Trip, Visit
from reports import funnel
from tests.campaigns.drives import undone
from tests.projects.factories import make_campaign
from tests.projects.roads import AFTER, DAYS, FIRST, PROJECTS, TRIPS, VISITS, World

pytestmark = pytest.mark.django_db

OPERATIONS = st.one_of(PROJECTS[0], PROJECTS[0], *PROJECTS, *VISITS, *TRIPS)
SINCE = st.sampled_from([FIRST, FIRST, FIRST + timedelta(days=30)])


def never_grows(counts):
    """Say whether no count is larger than the one before."""
    return all(before >= after for before, after in zip(counts, counts[1:], strict=False))


def check_steps(found, as_of):
    """Assert that each step of a conversion is a part of the one before, and the last two are what stands."""
    met, leads, signed, funded = found.by_step
    assert funded <= signed <= leads <= met
    assert found.new_faces <= met
    assert found.repeats <= found.meetings
    live = Milestone.objects.live().filter(on__lte=as_of)
    standing = Project.objects.exclude(pk__in=live.filter(kind="termination").values("project"))
    for companies, kind in ((signed, "contract"), (funded, "funding")):
        there = standing.filter(pk__in=live.filter(kind=kind).values("project"))
        assert companies <= set(there.values_list("company", flat=True))


def check_conversions(world, as_of, since, months):
    """Assert it of all meetings of a period, of each trip, team and unit, and of the tables that show them."""
    rows = conversion.read(world.leader, as_of, since=since)
    out = Visit.objects.live().filter(direction="outbound", on__gte=since, on__lte=as_of)
    whole = rows.conversion(rows.meetings, months=months, as_of=as_of)
    assert whole.met == set(out.values_list("company", flat=True))
    assert whole.meetings == out.count()
    check_steps(whole, as_of)
    for name in ("trip_id", "team_id", "unit_id"):
        for key in {getattr(row, name) for row in rows.meetings}:
            chosen = [row for row in rows.meetings if getattr(row, name) == key]
            part = rows.conversion(chosen, months=months, as_of=as_of)
            check_steps(part, as_of)
            assert part.met <= whole.met
    for by, _label in conversion_page.WAYS:
        table = conversion_page.table(world.leader, by=by, since=since, until=as_of, months=months, as_of=as_of)
        for line in (table.total, *table.lines):
            counts = [int(cell.text) for cell in line.cells[4:9]]
            assert never_grows([counts[0], *counts[2:]])
            assert counts[1] <= counts[0]
            for step, count in zip(("0", "1", "2", "3"), (counts[0], *counts[2:]), strict=True):
                opened = conversion_page.companies_of(line.found, step, world.leader)
                assert len({row.company for row in opened}) == count
    for trip in Trip.objects.all():
        steps = conversion_page.block(world.leader, as_of, trip=trip)["steps"]
        assert never_grows([int(count) for _name, count, _share in steps])


def check_funnel(campaign, as_of):
    """Assert it of the cohort of a campaign, of its months and units, which add up to it."""
    leads, state = leads_of(campaign, as_of), standings(campaign, as_of)
    whole = funnel_of(leads).counts
    firsts = Min("milestones__on", filter=Q(milestones__withdrawn_at__isnull=True, milestones__on__lte=as_of))
    known = [
        min(filter(None, (row.first, timezone.localdate(row.recorded_at))))
        for row in Project.objects.annotate(first=firsts)
    ]
    last = min(as_of, campaign.ends_on)
    assert whole[0] == sum(campaign.starts_on <= day <= last for day in known)
    assert never_grows(whole)
    for rows in (funnel.by_unit(leads, state, {}), funnel.by_month(leads, {})):
        parts = [[cell.count for cell in row.cells] for row in rows]
        assert all(never_grows(part) for part in parts)
        assert [sum(column) for column in zip(*parts, strict=True)] == (list(whole) if leads else [])


@settings(max_examples=30)
@given(operations=st.lists(OPERATIONS, min_size=6, max_size=20), as_of=DAYS, since=SINCE, months=st.integers(1, 4))
def test_no_step_exceeds_its_base_after_any_history(operations, as_of, since, months):
    with undone():
        world = World()
        campaign = make_campaign(world.district, world.units[:2], start=FIRST, end=FIRST + timedelta(days=60))
        world.run(operations)
        for day in (as_of, AFTER):
            check_conversions(world, day, min(since, day), months)
            check_funnel(campaign, day)
