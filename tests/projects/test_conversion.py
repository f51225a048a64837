"""What came of meetings: each step is a part of the one before, and figures open to their companies."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from projects import actions, conversion
from projects.conversion import Meeting, convert
from projects.courses import Course, Step, months_after
from projects.models import Milestone
from tests.projects.factories import make_company, make_desk, make_visit
from units.models import User

START = date(2026, 3, 2)
DAYS = st.integers(0, 500).map(lambda number: START + timedelta(days=number))
MEETINGS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 5), DAYS, st.booleans()), max_size=20)
COURSES = st.lists(
    st.tuples(
        st.integers(1, 5), st.integers(1, 3), DAYS, st.lists(DAYS, max_size=3), st.lists(DAYS, max_size=3)
    ),
    max_size=15,
)  # fmt: skip


def meeting_of(number, unit, company, on, is_first):
    """Return a meeting; units lie side by side."""
    return Meeting(number, unit, f"/{unit}/", company, f"公司{company}", on, is_first=is_first)


def courses_by_company(rows):
    """Return {company: courses}."""
    made = {}
    for number, (company, unit, known_on, signed, funded) in enumerate(rows):
        days = {Step.SIGNED: tuple(sorted(signed)), Step.FUNDED: tuple(sorted(funded))}
        course = Course(number, f"项目{number}", company, known_on, (f"/{unit}/",), unit, days)
        made.setdefault(company, []).append(course)
    return made


@given(meetings=MEETINGS, courses=COURSES, months=st.integers(1, 24), as_of=DAYS)
def test_no_step_exceeds_the_one_before_and_sums_open_to_their_companies(meetings, courses, months, as_of):
    rows = [meeting_of(number, *row) for number, row in enumerate(meetings)]
    found = convert(rows, courses_by_company(courses), [], months=months, as_of=as_of)
    met, leads, signed, funded = found.by_step
    assert funded <= signed <= leads <= met == {row.company_id for row in rows}
    assert found.new_faces <= met
    assert found.meetings == len(rows)
    assert found.meetings - found.repeats == sum(row.is_first for row in rows)
    for step, companies in enumerate(found.by_step):
        assert companies == {case.company_id for case in found.cases if case.reached >= step}
    for case in found.cases:
        until = min(months_after(case.met_on, months), as_of)
        for row in case.catches:
            for on in filter(None, (row.lead_on, row.signed_on, row.funded_on)):
                assert case.met_on <= on <= until
            assert row.course.is_of(f"/{case.unit_id}/")


@given(meetings=MEETINGS, courses=COURSES, as_of=DAYS)
def test_more_months_never_convert_less(meetings, courses, as_of):
    rows, known = [meeting_of(n, *row) for n, row in enumerate(meetings)], courses_by_company(courses)
    shorter, longer = (convert(rows, known, [], months=months, as_of=as_of) for months in (3, 9))
    assert all(few <= many for few, many in zip(shorter.by_step, longer.by_step, strict=True))


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
    ],
)
def test_months_end_on_the_last_day_there_is(day, months, result):
    assert months_after(day, months) == result


# --- rows of the database


@pytest.fixture
def desk(client, db):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def make_lead(desk, company, on, *, unit=None, kinds=()):
    """Return a project heard of on a day, with milestones of kinds on the days after it."""
    by = User.objects.system()
    project = actions.create_project(name=f"{company}项目", company=company, unit=unit or desk.unit, by=by)
    for number, kind in enumerate(("lead", *kinds)):
        amounts = {"amount": Decimal(100), "amount_cny": Decimal(100)} if kind in {"contract", "funding"} else {}
        Milestone.objects.create(
            project=project, kind=kind, on=on + timedelta(days=number), recorded_by=by, **amounts
        )
    return project


def make_team(desk, name="一队", days_before=40, companies=(), cost=None):
    """Return a team with one trip on which it met some companies."""
    by, start = User.objects.system(), desk.today - timedelta(days=days_before)
    team = actions.create_delegation(kind="team", name=name, unit=desk.unit, leader="王局长", formed_on=start, by=by)
    trip = actions.file_trip(
        unit=desk.unit, delegation=team, purpose=f"{name}赴外走访", leader="王局长", starts_on=start,
        ends_on=start + timedelta(days=2), heads=Decimal(3), cost=cost, by=by,
    )  # fmt: skip
    for company in companies:
        actions.record_visit(
            unit=desk.unit, company=company, direction="outbound", on=start, heads=Decimal(3), trip=trip, by=by
        )
    return team, trip


def counts(found):
    """Return how many companies reached each step."""
    return [len(step) for step in found.by_step]


def test_meetings_become_leads_contracts_and_funds_of_the_own_unit(desk):
    start = desk.today - timedelta(days=40)
    names = ("甲公司", "乙公司", "丙公司", "丁公司", "戊公司")
    first, second, third, fourth, fifth = companies = [make_company(desk, name) for name in names]
    _team, trip = make_team(desk, companies=companies, cost=Decimal("1.5"))
    make_lead(desk, first, start + timedelta(days=5), kinds=("contract", "funding"))
    make_lead(desk, second, start + timedelta(days=5), kinds=("contract", "funding", "termination"))
    make_lead(desk, third, start - timedelta(days=1), kinds=("contract",))  # known before
    make_lead(desk, fourth, start + timedelta(days=5), unit=desk.units[1], kinds=("contract",))  # another unit's

    rows = conversion.read(User.objects.system(), desk.today)
    assert rows.meetings == ()  # the system sees no unit's visits
    rows = conversion.read(desk.clerk, desk.today, trip=trip)
    found = rows.conversion(rows.meetings, months=6, as_of=desk.today)

    assert counts(found) == [5, 2, 1, 1]
    assert (found.known_before, found.new_faces) == ({third.pk}, {company.pk for company in companies})
    assert (found.trips, found.days_out, found.cost, found.without_cost) == (1, 3, Decimal("1.5"), 0)
    assert fifth.pk in found.met


def test_a_second_meeting_is_a_repeat_and_no_second_company(desk):
    company = make_company(desk)
    make_visit(desk, company=company, on=desk.today - timedelta(days=200))
    _team, trip = make_team(desk, companies=[company, company])
    rows = conversion.read(desk.clerk, desk.today, trip=trip)
    found = rows.conversion(rows.meetings, months=6, as_of=desk.today)
    assert (counts(found)[0], found.meetings, found.repeats, found.new_faces) == (1, 2, 2, frozenset())


def test_withdrawn_visit_is_no_meeting(desk):
    visit = make_visit(desk, on=desk.today)
    actions.withdraw_visit(visit=visit, reason="重复", by=desk.clerk)
    assert conversion.read(desk.clerk, desk.today).meetings == ()


def test_page_shows_teams_and_units_and_opens_figures(client, desk):
    start = desk.today - timedelta(days=40)
    company, other = make_company(desk, "甲公司"), make_company(desk, "乙公司")
    team, _trip = make_team(desk, companies=[company])
    make_visit(desk, company=other, on=start)  # on no trip
    project = make_lead(desk, company, start + timedelta(days=3))
    period = f"since={start - timedelta(days=1)}&until={desk.today}"

    page = client.get(f"/conversion/?{period}")
    [line] = page.context["table"].lines
    assert (line.name, [cell.text for cell in line.cells][4:8]) == ("一队", ["1", "1", "1", "0"])
    assert (line.cells[6].share, line.cells[7].share) == ("100%", "0%")
    [unit] = client.get(f"/conversion/?{period}&by=unit").context["table"].lines
    assert (unit.name, [cell.text for cell in unit.cells][4:7]) == (str(desk.unit), ["2", "2", "1"])

    opened = client.get("/conversion/" + line.cells[6].url.split("#")[0]).content.decode()
    assert project.get_absolute_url() in opened
    assert company.get_absolute_url() in opened
    assert "一队 · 形成线索 1 家" in opened
    assert "转化" in client.get(team.get_absolute_url()).content.decode()


def test_other_units_see_nothing_of_it(client, desk):
    make_team(desk, companies=[make_company(desk, "甲公司")])
    client.force_login(desk.other_clerk)
    page = client.get("/conversion/?by=unit&since=2020-01-01")
    assert page.context["table"].lines == ()
    assert "甲公司" not in page.content.decode()
    assert "这段时间没有外出走访" in page.content.decode()


def test_export_is_the_table_of_the_page(client, desk):
    make_team(desk, companies=[make_company(desk, "甲公司")], cost=Decimal(2))
    answer = client.get(f"/conversion/?since={desk.today - timedelta(days=60)}&export=xlsx")
    head, line, total = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert (head[0], head[5], head[7]) == ("名称", "会见企业（家）", "新面孔（家）占比")
    assert (line[0], line[5], line[7], total[0], total[5]) == ("一队", 1, "100%", "合计", 1)


@pytest.mark.parametrize("name", ["since", "until", "as_of", "months", "by", "pick", "step"])
@pytest.mark.parametrize("text", ["abc", "９", "-1", "0", "9" * 40, "2026-02-30", "a\x00b", "1e9", "<b>", "all"])
def test_nonsense_in_the_address_is_answered(client, desk, name, text):
    make_team(desk, companies=[make_company(desk, "甲公司")])
    assert client.get("/conversion/", {name: text}).status_code == 200


@pytest.mark.parametrize("query", ["", "?by=unit", "?pick=all&step=0"])
def test_page_costs_the_same_with_one_company_and_with_thirty(client, desk, query):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/conversion/{query}").status_code == 200
        return len(queries)

    make_team(desk, "零队", companies=[make_company(desk, "零公司")])
    client.get("/conversion/")
    before = cost()
    for number in range(1, 10):
        companies = [make_company(desk, f"公司{number}之{place}") for place in range(3)]
        make_team(desk, f"{number}队", companies=companies)
        make_lead(desk, companies[0], desk.today - timedelta(days=9), kinds=("contract",))
    assert cost() == before
