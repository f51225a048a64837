"""What would lift a unit to a place, and where it stood over the weeks."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.clock import days_back
from campaigns.lifts import fewest, lift, lifts, place_among, score_with
from campaigns.lines import Column, Line, Place, Rate, Score, composite, held, quotient
from campaigns.courses import place_courses
from tests.campaigns.drives import day, make_drive

CAP = Fraction(1)


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_fewest_finds_the_first_number_that_reaches_it(first, most):
    found = fewest(lambda steps: steps >= first, most)
    assert found == (first if first <= most else None)


def make_line(line_id, target, done, weight, kind="sum"):
    """Return a line of a unit that owes something on an indicator, no row of a database behind it."""
    column = Column(line_id, line_id, f"指标{line_id}", "个", "reported", weight, kind, "tally", None, True, False)
    completion = None if done is None else quotient(done, target)
    return Line(1, "甲镇", "", False, column, "reported", target, None, done, 1, None, completion, Fraction(1, 2), "")


amounts = st.integers(0, 400).map(lambda n: Decimal(n) / 4)
cases = st.lists(
    st.tuples(st.integers(1, 60).map(Decimal), st.none() | amounts, st.integers(0, 5)), min_size=1, max_size=4
)
rivals = st.lists(st.fractions(0, 100, max_denominator=40), max_size=6)


@given(cases, rivals, st.integers(1, 7), st.sampled_from(["sum", "level"]))
def test_lift_is_the_smallest_amount_that_takes_the_place(case, others, place, kind):
    lines = [make_line(n, target, done, Decimal(w), kind) for n, (target, done, w) in enumerate(case)]
    rates = tuple(
        Rate(n, w, held(line.completion, CAP)) for n, (line, (_t, _d, w)) in enumerate(zip(lines, case, strict=True))
    )
    value = composite(rates, Decimal(100))
    if value is None:
        return
    own = Score(1, "甲镇", "", "", value, place_among(value, others), False, None, rates)
    step = Decimal(1) if kind == "sum" else Decimal("0.01")
    for line in lines:
        found = lift(own, line, others, place, CAP)
        assert found.place == place_among(found.score, others)
        if found.amount is None:  # the whole quota would not do
            whole = line.target * 2
            assert place_among(score_with(own, line, whole, CAP), others) in {found.place}
            assert found.place > place or not line.target > (line.done or 0)
        else:
            assert found.place <= place
            before = found.amount - step
            assert before == 0 or place_among(score_with(own, line, before, CAP), others) > place


@pytest.fixture
def drive(db):
    """Return three townships that owe leads (weight 1) and money, and one that owes nothing."""
    drive = make_drive(
        groups={"乡镇": ["甲镇", "乙镇", "丙镇", "丁镇"]}, indicators={"招商信息": "条", "到位资金": "亿元"}
    )
    drive.owe("招商信息", 甲镇=10, 乙镇=10, 丙镇=10)
    drive.owe("到位资金", 甲镇=2, 乙镇=2, 丙镇=2)
    drive.read("招商信息", day(7, 8), 甲镇=8, 乙镇=5, 丙镇=2)
    drive.read("招商信息", day(7, 20), 丙镇=7)
    drive.read("到位资金", day(7, 20), 甲镇=10000, 乙镇=4000)
    return drive


def test_lifts_of_a_unit_by_hand(drive):
    state = drive.standings(day(7, 27))
    # 甲 (80 % + 50 %) ÷ 2 = 65, 乙 (50 % + 20 %) ÷ 2 = 35, 丙 (70 % + 0) ÷ 2 = 35: 乙 and 丙 share place 2
    assert [(row.rank, row.score) for row in state.scores.values()] == [(1, 65), (2, 35), (2, 35), (None, None)]
    leads, money = lifts(state, drive.unit("丙镇").pk, 1)
    # leads: at most +3, (100 % + 0) ÷ 2 = 50, still below 65; money: 65 × 2 − 70 = 60 % of 20000
    assert (leads.amount, leads.score, leads.place) == (None, 50, 2)
    assert (money.amount, money.score, money.place) == (12000, 65, 1)
    assert lifts(state, drive.unit("丁镇").pk, 1) == ()


def test_courses_hold_the_places_of_every_week(drive):
    state = drive.standings(day(7, 27))
    days = days_back(drive.campaign, day(7, 27))
    assert days == [day(7, 6), day(7, 13), day(7, 20), day(7, 27)]
    courses = place_courses(state, days)
    third, fourth = courses[drive.unit("丙镇").pk], courses[drive.unit("丁镇").pk]
    assert third == [
        Place(day(7, 6), 1, True, Fraction(0)),
        Place(day(7, 13), 3, False, Fraction(10)),
        Place(day(7, 20), 2, True, Fraction(35)),
        Place(day(7, 27), 2, True, Fraction(35)),
    ]
    assert [(row.rank, row.score) for row in fourth] == [(None, None)] * 4


def test_last_day_of_a_course_is_what_standings_says(drive):
    for until in (day(7, 8), day(7, 19), day(7, 20), day(8, 2)):
        state = drive.standings(until)
        courses = place_courses(state, [until], group="乡镇")
        told = {unit_id: [(row.rank, row.tied, row.score) for row in places] for unit_id, places in courses.items()}
        assert told == {pk: [(row.rank, row.tied, row.score)] for pk, row in state.scores.items()}


def test_courses_read_levels_as_the_newest_reading(db):
    drive = make_drive(indicators={"满意度": "分"}, kinds={"满意度": {"kind": "level"}})
    drive.owe("满意度", 甲镇=100, 乙镇=100)
    drive.read("满意度", day(7, 2), 甲镇=60, 乙镇=50)
    drive.read("满意度", day(7, 12), 甲镇=40)
    state = drive.standings(day(7, 14))
    courses = place_courses(state, [day(7, 7), day(7, 14)])
    assert [row.score for row in courses[drive.unit("甲镇").pk]] == [60, 40]
    assert [row.rank for row in courses[drive.unit("甲镇").pk]] == [1, 2]


def test_courses_cost_one_query(drive, django_assert_num_queries):
    state = drive.standings(day(8, 30))
    with django_assert_num_queries(1):
        place_courses(state, days_back(drive.campaign, date(2026, 8, 30)))
