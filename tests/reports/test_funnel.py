"""The funnel of a campaign: nested steps, by month and unit, against another campaign, open to its projects."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from projects import actions
from projects.funnel import ORDER, Lead, funnel_of, grouped, leads_of
from projects.models import Milestone
from reports import charts, funnel
from tests.projects.factories import make_campaign, make_company, make_desk, make_tally
from units.models import User

LEADS = st.lists(
    st.builds(
        Lead, st.integers(), st.just("项目"), st.integers(1, 3),
        st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(0, len(ORDER) - 1),
    )
)  # fmt: skip


@given(leads=LEADS)
def test_no_step_is_larger_than_the_one_before_and_parts_add_up(leads):
    whole = funnel_of(leads)
    assert whole.counts[0] == len(leads)
    assert all(before >= after for before, after in zip(whole.counts, whole.counts[1:], strict=False))
    for key in (lambda lead: lead.month, lambda lead: lead.unit_id):
        parts = [funnel_of(rows).counts for rows in grouped(leads, key).values()]
        assert [sum(column) for column in zip(*parts, strict=True)] == (list(whole.counts) if leads else [])


def test_larger_later_count_is_called_a_shape():
    counts = [
        funnel.Count(name, Decimal(n), f"{n} 家", "—") for name, n in (("走访", 57), ("邀请", 93), ("签约", 16))
    ]
    [told] = funnel.oddities(counts)
    assert told == "邀请 93 家，而走访 57 家：两项各自计数，不是前一步的一部分，这是数的形态，不是差错。"


def test_picture_tells_two_campaigns_apart_without_colour_and_keeps_to_the_csp():
    steps, others = [("线索", 10, "10"), ("签约", 4, "4 40%")], [(20, "20"), (5, "5 25%")]
    picture = charts.funnel(steps, others, label="漏斗", names=("<甲>", "乙"), width=340)
    assert "style" not in picture
    assert "&lt;甲&gt;" in picture
    assert picture.count('stroke-dasharray="4 3"') == 3
    assert "线索 10；签约 4 40%" in picture
    assert charts.funnel([("线索", 0, "0")], label="漏斗")


@pytest.fixture
def desk(client, db):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def make_lead(desk, name, *, unit=None, before=10, kinds=()):
    """Return a project heard of some days ago, with milestones on the days after."""
    by = User.objects.system()
    company = make_company(desk, f"{name}公司")
    project = actions.create_project(name=name, company=company, unit=unit or desk.unit, by=by)
    for number, kind in enumerate(("lead", *kinds)):
        on = desk.today - timedelta(days=before - number)
        amounts = {"amount": Decimal(10), "amount_cny": Decimal(10)} if kind in {"contract", "funding"} else {}
        Milestone.objects.create(project=project, kind=kind, on=on, recorded_by=by, **amounts)
    return project


def test_furthest_step_counts_and_steps_left_out_are_passed(desk):
    make_lead(desk, "甲", kinds=("contract", "groundbreaking"))
    make_lead(desk, "乙", kinds=("talks",))
    visited = make_lead(desk, "丙")
    make_lead(desk, "丁", kinds=("contract", "termination"))
    make_lead(desk, "戊", before=400)  # before the campaign
    actions.record_visit(
        unit=desk.unit, company=visited.company, direction="inbound", on=desk.today, heads=Decimal(1), by=desk.clerk
    )
    leads = leads_of(desk.campaign, desk.today)
    assert {lead.name: ORDER[lead.reached].value for lead in leads} == {
        "甲": "started", "乙": "talks", "丙": "met", "丁": "lead",
    }  # fmt: skip
    assert funnel_of(leads).counts == (4, 3, 2, 1, 1, 1)
    assert funnel_of(leads).narrowest == 1


def test_page_names_units_months_and_the_plain_counts(client, desk):
    make_lead(desk, "甲", kinds=("talks",))
    make_lead(desk, "乙", unit=desk.units[1])
    make_tally(desk, amount=7)
    page = client.get(f"/campaigns/{desk.campaign.pk}/funnel/")
    assert [(row.name, row.cells[0].count, row.cells[2].count) for row in page.context["units"]] == [
        ("商务局", 1, 1), ("工信局", 1, 0),
    ]  # fmt: skip
    assert page.context["total"].cells[0].count == 2
    assert ("招商信息", "7 条") in [(row.name, row.text) for row in page.context["counts"]]
    assert "到位资金" not in [row.name for row in page.context["counts"]]
    assert "满意度" not in [row.name for row in page.context["counts"]]


def test_figure_opens_to_the_projects_one_may_see(client, desk):
    own, foreign = make_lead(desk, "本局项目"), make_lead(desk, "别家项目", unit=desk.units[1])
    page = client.get(f"/campaigns/{desk.campaign.pk}/funnel/?step=lead")
    text = page.content.decode()
    assert (page.context["opened_count"], page.context["hidden_count"]) == (2, 1)
    assert own.get_absolute_url() in text
    assert foreign.name not in text
    one = client.get(f"/campaigns/{desk.campaign.pk}/funnel/?step=lead&unit={desk.unit.pk}")
    assert (one.context["opened_count"], one.context["hidden_count"]) == (1, 0)


def test_another_campaign_is_compared_on_the_same_day_of_its_course(client, desk):
    earlier = make_campaign(
        desk.district, desk.units, name="去年会战", start=desk.today - timedelta(days=400),
        end=desk.today - timedelta(days=301),
    )  # fmt: skip
    make_lead(desk, "甲", before=398, kinds=("contract",))
    make_lead(desk, "乙", before=310)
    page = client.get(f"/campaigns/{desk.campaign.pk}/funnel/?against={earlier.pk}")
    assert page.context["other_day"] == earlier.starts_on + timedelta(days=41)
    assert page.context["total"].other == ("", "100%", "100%", "100%", "0%", "—")
    assert "去年会战" in page.context["wide"]


def test_empty_funnel_says_what_to_do(client, desk):
    text = client.get(f"/campaigns/{desk.campaign.pk}/funnel/").content.decode()
    assert "还没有形成线索" in text
    assert "/projects/" in text


@pytest.mark.parametrize("name", ["as_of", "against", "step", "unit", "month"])
@pytest.mark.parametrize("text", ["abc", "９", "-1", "9" * 40, "2026-02-30", "a\x00b", "lead", "<b>"])
def test_nonsense_in_the_address_is_answered(client, desk, name, text):
    make_lead(desk, "甲")
    assert client.get(f"/campaigns/{desk.campaign.pk}/funnel/", {"step": "lead", name: text}).status_code == 200


def test_campaign_of_others_is_not_there(client, desk):
    assert client.get("/campaigns/999999/funnel/").status_code == 404


def test_page_costs_the_same_with_one_lead_and_with_thirty(client, desk):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/campaigns/{desk.campaign.pk}/funnel/?step=lead").status_code == 200
        return len(queries)

    make_lead(desk, "零")
    client.get(f"/campaigns/{desk.campaign.pk}/funnel/")
    before = cost()
    for number in range(29):
        make_lead(desk, f"项目{number}", unit=desk.units[number % 3], kinds=("contract",))
    assert cost() == before
