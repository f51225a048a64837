"""The chain signed → filed → arrived → built: sums, ratios, gaps, units and total; projects carried over."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from projects import actions, chain, cohorts
from projects.chain import Chain
from projects.cohorts import Cohort
from projects.models import Credit, Project
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_milestone, make_project
from tests.projects.forms import rows_of

AMOUNTS = st.none() | st.integers(0, 10**14).map(lambda n: Decimal(n).scaleb(-6))
CHAINS = st.builds(Chain, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)


def test_ratios_and_gaps():
    whole = Chain(Decimal(50000), Decimal(45000), Decimal(20000), Decimal(25000))
    assert [whole.ratio(name) for name in chain.RATIOS] == [Fraction(9, 10), Fraction(2, 5), Fraction(5, 4)]
    assert [whole.gap(name) for name in chain.RATIOS] == [Decimal(5000), Decimal(30000), Decimal(-5000)]
    assert [(link.number, link.measure, link.ratio, link.gap, link.tone) for link in chain.links(whole)] == [
        ("5", "亿元", "", "", ""),
        ("4.5", "亿元", "90%", "差 5000 万元", ""),
        ("2", "亿元", "40%", "差 3 亿元", ""),
        ("2.5", "亿元", "125%", "超 5000 万元", "warn"),
    ]


def test_what_is_missing_is_a_dash_and_nothing_is_divided_by_nothing():
    for empty in (Chain(), Chain(filed=Decimal(5)), Chain(Decimal(0), Decimal(5))):
        assert [empty.ratio(name) for name in chain.RATIOS] == [None, None, None]
    assert [link.number for link in chain.links(Chain())] == ["—"] * 4
    assert chain.links(Chain(Decimal(5), Decimal(5)))[1].gap == "无差额"


@given(st.lists(CHAINS, max_size=8))
def test_sum_of_chains_adds_each_step(chains):
    whole = sum(chains, Chain())
    for name in chain.STEPS:
        known = [getattr(one, name) for one in chains if getattr(one, name) is not None]
        assert getattr(whole, name) == (sum(known) if known else None)


@given(CHAINS)
def test_ratio_and_gap_agree(one):
    for name in chain.RATIOS:
        ratio, gap = one.ratio(name), one.gap(name)
        if ratio is not None:
            assert (ratio > 1, ratio == 1) == (gap < 0, gap == 0)
        assert all(link.number for link in chain.links(one))


@pytest.fixture
def desk(client, db):
    made = make_desk()
    client.force_login(made.leader)
    return made


def make_chain(desk, name, unit, by, *, signed, filed=None, arrived=None):
    """Return a project with its sums."""
    company = make_company(desk, f"{name}公司", unit=unit)
    project = make_contract(desk, name=name, unit=unit, by=by, amount=signed, company=company).project
    if filed is not None:
        make_milestone(desk, project, "filing", amount=Decimal(filed), by=by)
    if arrived is not None:
        make_milestone(desk, project, "funding", amount=Decimal(arrived), by=by)
    return project


def test_units_add_up_to_the_total_and_a_shared_project_counts_once(client, desk):
    shared = make_chain(desk, "甲", desk.units[0], desk.clerk, signed=10000, filed=9000, arrived=2000)
    make_chain(desk, "乙", desk.units[1], desk.other_clerk, signed=5000)
    make_project(desk, name="线索", company=shared.company)
    roles = Credit.Role
    actions.set_shares(
        project=shared, reason="六四分成", document="会议纪要", by=desk.editor,
        shares=[(desk.units[0], roles.INTRODUCING, Decimal(60)), (desk.units[1], roles.LANDING, Decimal(40))],
    )  # fmt: skip

    rows = chain.lines(Project.objects.visible_to(desk.leader))
    assert [(row.unit, row.projects, row.chain, row.counts) for row in rows] == [
        (
            "商务局",
            2,
            Chain(Decimal(10000), Decimal(9000), Decimal(2000)),
            {"contracted": 1, "filed": 1, "arrived": 1},
        ),
        ("工信局", 1, Chain(Decimal(5000)), {"contracted": 1}),
    ]
    total = chain.total(rows)
    assert (total.projects, total.chain) == (3, Chain(Decimal(15000), Decimal(9000), Decimal(2000)))

    text = client.get("/projects/chain/").content.decode()
    assert "90%" in text
    assert f'/projects/?unit={desk.units[0].pk}"' in text
    sheet = rows_of(client.get("/projects/chain/?export=xlsx"))
    assert sheet[-1][:4] == ["合计", 3, 2, 15000]


def test_filter_travels_to_the_list_and_nonsense_does_no_harm(client, desk):
    make_chain(desk, "甲", desk.units[0], desk.clerk, signed=10000)
    make_project(desk, name="线索")
    response = client.get("/projects/chain/?stage=signed")
    assert response.context["total"].projects == 1
    assert "/projects/?stage=signed&amp;unit=" in response.content.decode()
    for name in ("q", "stage", "unit", "signed_from", "overdue", "carried", "flag"):
        for text in NONSENSE:
            assert client.get("/projects/chain/", {name: text}).status_code == 200, (name, text)


def test_empty_page_says_what_to_do(client, desk):
    assert "还没有项目" in client.get("/projects/chain/").content.decode()
    make_project(desk)
    assert "没有符合筛选条件的项目" in client.get("/projects/chain/?stage=signed").content.decode()


def test_page_costs_the_same_at_any_length(client, desk):
    counts = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            unit, by = ((desk.units[0], desk.clerk), (desk.units[1], desk.other_clerk))[number % 2]
            make_chain(desk, f"项目{number}", unit, by, signed=100 + number, arrived=50)
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/chain/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_filing_takes_its_amount(client, desk):
    contract = make_contract(desk)
    client.force_login(desk.clerk)
    form = client.get(f"/projects/{contract.project.pk}/milestones/new/?kind=filing").context["form"]
    assert "amount" in form.fields
    assert not form.fields["amount"].required
    project = client.get(f"/projects/{contract.project.pk}/")
    assert [link.number for link in project.context["links"]] == ["5000", "—", "—", "—"]


# --- carried over from former years


def test_carried_are_signed_in_former_years_until_production(desk):
    days = {"旧": date(2024, 5, 1), "去年": date(2025, 12, 31), "今年": date(2026, 1, 1)}
    made = {
        name: make_contract(desk, name=name, on=day, company=make_company(desk, name)).project
        for name, day in days.items()
    }
    make_milestone(desk, made["旧"], "groundbreaking", on=date(2025, 1, 1))
    make_milestone(desk, made["旧"], "production", on=date(2026, 6, 1))

    def carried(day):
        found = cohorts.members(Cohort.CARRIED, day)
        return set(Project.objects.filter(pk__in=found).values_list("name", flat=True))

    assert carried(date(2025, 12, 31)) == {"旧"}
    assert carried(date(2026, 5, 31)) == {"旧", "去年"}
    assert carried(date(2026, 6, 1)) == {"去年"}
    assert carried(date(2027, 1, 1)) == {"去年", "今年"}
    make_milestone(desk, made["去年"], "termination", on=date(2026, 7, 1), note="解除协议")
    assert carried(date(2026, 7, 1)) == set()


def test_list_narrows_to_carried_projects_and_their_page_says_so(client, desk):
    old = make_contract(desk, name="结转", on=date(desk.today.year - 1, 6, 1)).project
    make_contract(desk, name="今年", on=desk.today, company=make_company(desk, "别家"))
    response = client.get("/projects/?carried=1")
    assert [row.record for row in response.context["table"].rows] == [old]
    assert f"往年结转 · {desk.today.year - 1} 年签约" in client.get(f"/projects/{old.pk}/").content.decode()
    make_milestone(desk, old, "groundbreaking", on=desk.today - timedelta(days=1))
    make_milestone(desk, old, "production", on=desk.today)
    assert (
        "往年结转"
        not in client.get(f"/projects/{old.pk}/").content.decode().partition("<h1>")[2].partition("</h1>")[0]
    )
    assert client.get("/projects/?carried=1").context["totals"].count == 0
