"""What would lift a unit to a place, and where it stood over the weeks."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import actions
from campaigns.clock import days_back
from campaigns.courses import place_courses
from campaigns.lifts import fewest, lift, lifts, place_among, score_with
from campaigns.lines import Column, Line, Place, Rate, Score, composite, held, quotient
from campaigns.scoring.methods import Cliff, Linear, MinMax, PerUnit, RankPoints, Steps
from campaigns.scoring.values import Reading
from tests.campaigns.drives import day, make_drive
from tests.campaigns.test_schemes import add, enforce
from units.models import User

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


def by_scheme(drive, *rows, starts_on=None):
    """Put rules in force; rows are (method, parameters)."""
    by = User.objects.system()
    scheme = actions.create_scheme(campaign=drive.campaign, name="办法", by=by)
    for code, (method, parameters) in enumerate(rows, start=1):
        actions.set_row(
            scheme=scheme, code=str(code), label=method, method=method, parameters=parameters, clause="见办法", by=by,
            indicator=drive.indicators["签约"], source={"reads": "rate"},
        )  # fmt: skip
    actions.enforce_scheme(scheme=scheme, starts_on=starts_on or day(7, 1), document="1号", by=by)


@pytest.fixture
def signings(db):
    """Return a drive of three townships that owe ten signings each."""
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇", "丙镇"]}, indicators={"签约": "个", "信息": "条"})
    drive.owe("签约", 甲镇=10, 乙镇=10, 丙镇=10)
    drive.read("签约", day(7, 10), 甲镇=8, 乙镇=6, 丙镇=3)
    return drive


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (("linear", {"full": "100"}), (2, 80, 1)),  # 8/10, level with 甲镇
        (("steps", {"rows": [["60%", "10"], ["90%", "20"]]}), None),  # level already, both in the step of 60 %
        (("cliff", {"full": "50"}), None),  # nobody has reached it
        (("min_max", {}), (2, 100, 1)),  # 8, 8, 3: both are the best
        (("linear", {"full": "100", "cap": "70%"}), (1, 70, 1)),  # 甲镇 is held at 7/10, too
    ],
)
def test_lift_under_a_scheme_scores_again_by_its_rules(signings, row, wanted):
    by_scheme(signings, row)
    state = signings.standings(day(8, 10))
    own = signings.units["乙镇"].pk
    if wanted is None:
        assert (state.scores[own].rank, state.scores[own].tied) == (1, True)
        return
    (found,) = lifts(state, own, 1)
    assert (found.amount, found.score, found.place) == wanted


def test_lift_that_the_rules_do_not_give_says_so(signings):
    by_scheme(signings, ("steps", {"rows": [["30%", "10"], ["60%", "20"], ["80%", "30"]]}))
    state = signings.standings(day(8, 10))
    (found,) = lifts(state, signings.units["丙镇"].pk, 2)
    assert (found.amount, found.score, found.place) == (3, 20, 2)
    by_scheme(signings, ("rank_points", {"rows": [["1", "9"]], "less_is_better": True}), starts_on=day(7, 2))
    (none,) = lifts(signings.standings(day(8, 10)), signings.units["乙镇"].pk, 1)
    assert (none.amount, none.place) == (None, 2)


def test_course_is_scored_by_the_rules_of_each_day(signings):
    signings.read("签约", day(8, 5), 丙镇=12)
    by_scheme(signings, ("cliff", {"full": "50"}), starts_on=day(8, 1))
    state = signings.standings(day(8, 10))
    courses = place_courses(state, [day(7, 20), day(8, 4), day(8, 10)])
    told = {name: [(place.rank, place.score) for place in courses[unit.pk]] for name, unit in signings.units.items()}
    # weighted until July ended; then 50 or nothing
    assert told == {
        "甲镇": [(1, 80), (1, 0), (2, 0)], "乙镇": [(2, 60), (1, 0), (2, 0)], "丙镇": [(3, 30), (1, 0), (1, 50)],
    }  # fmt: skip


@pytest.mark.parametrize("indicator", ["招商信息", "到位资金"])
def test_doing_what_a_lift_asks_for_in_fact_gives_the_place(drive, indicator):
    drive.owe("招商信息", 甲镇=20)
    on, unit = day(7, 27), drive.unit("乙镇")
    asked = {row.line.column.name: row for row in lifts(drive.standings(on), unit.pk, 1)}[indicator]
    assert asked.amount is not None
    done = drive.done(indicator, "乙镇", on)
    drive.read(indicator, on, 乙镇=done + asked.amount - 1)
    assert drive.standings(on).scores[unit.pk].rank == 2
    drive.read(indicator, on, 乙镇=done + asked.amount)
    own = drive.standings(on).scores[unit.pk]
    assert (own.rank, own.score) == (1, asked.score) == (asked.place, asked.score)


# --- under a scheme ---------------------------------------------------------------------------------


def scheme_of(drive, *rows):
    """Put a scheme in force: rows (indicator, method, parameters, further facts)."""
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=User.objects.system())
    for n, (indicator, method, parameters, facts) in enumerate(rows, start=1):
        facts = {"source": {"reads": "rate"}, **facts}
        add(drive, scheme, str(n), indicator, method=method, parameters=parameters, **facts)
    enforce(scheme, day(7, 1))


@pytest.mark.parametrize(
    ("method", "parameters", "amount", "score"),
    [
        # 甲 has 80 % of the leads and half of the money, 乙 50 % and 20 %, 丙 70 % and nothing
        ("linear", {"full": "60"}, 5, Fraction(68)),  # 甲 68; 乙 38, with all leads 68
        ("cliff", {"full": "60", "at": "0.9"}, 4, Fraction(68)),  # 甲 20; 乙 8, with 90 % of the leads 68
        ("steps", {"rows": [["0.8", "60"]]}, 5, None),  # 80 % gives 甲 and 乙 the same, money decides: never
        ("min_max", {"best": "60", "worst": "0"}, 4, Fraction(68)),  # at 90 % 甲 falls to 30 + 20
        ("rank_points", {"rows": [["1", "60"], ["2", "30"]]}, 4, Fraction(68)),  # ahead of 甲's 8
    ],
)
def test_lift_under_a_scheme_is_the_smallest_amount_that_takes_the_place(drive, method, parameters, amount, score):
    scheme_of(
        drive, ("招商信息", method, parameters, {}), ("到位资金", "linear", {"full": "40"}, {}),
    )  # fmt: skip
    on, unit = day(7, 27), drive.unit("乙镇")
    leads, money = lifts(drive.standings(on), unit.pk, 1)
    assert (leads.worth, money.worth) == (60, 40)
    if score is None:
        assert (leads.amount, leads.tried, leads.score) == (None, 95, 68)
        return
    assert (leads.amount, leads.score, leads.place) == (amount, score, 1)
    drive.read("招商信息", on, 乙镇=5 + amount - 1)
    assert drive.standings(on).scores[unit.pk].rank > 1
    drive.read("招商信息", on, 乙镇=5 + amount)
    own = drive.standings(on).scores[unit.pk]
    assert (own.rank, own.score) == (1, score)


@pytest.mark.parametrize(
    ("method", "parameters", "facts", "told"),
    [
        ("min_max", {"less_is_better": True}, {}, "“招商信息”的得分不一定随完成数上升"),
        ("linear", {"full": "10"}, {"kind": "penalty"}, "“招商信息”的得分不一定随完成数上升"),
        ("per_count", {"each": "1"}, {"source": {"reads": "case_count"}}, "“招商信息”按逐笔项目计分，要看是什么项目"),
    ],
)
def test_what_need_not_lift_is_said_in_words(drive, method, parameters, facts, told):
    scheme_of(drive, ("招商信息", method, parameters, facts), ("到位资金", "linear", {"full": "40"}, {}))
    state = drive.standings(day(7, 27))
    last = max(state.scores.values(), key=lambda row: row.rank or 0)
    leads, money = lifts(state, last.unit_id, 1)
    assert (leads.why, leads.amount, leads.place) == (told, None, last.rank)
    assert money.why == ""


values = st.fractions(0, 3, max_denominator=12)
points = st.fractions(-20, 100, max_denominator=4)
methods = st.one_of(
    st.builds(Linear, full=points),
    st.builds(Cliff, full=points, below=points),
    st.builds(Steps, rows=st.lists(st.tuples(values, points), min_size=1, max_size=4).map(tuple), below=points),
    st.builds(PerUnit, points=points, step=st.just(Fraction(1, 10)), base=values, start=points, minus=points),
    st.builds(MinMax, less_is_better=st.booleans()),
    st.builds(
        RankPoints, rest=points, averaged=st.booleans(), less_is_better=st.booleans(),
        rows=st.dictionaries(st.integers(1, 4).map(Fraction), points, min_size=1).map(lambda d: tuple(d.items())),
    ),
)  # fmt: skip


@given(methods, values, values, st.lists(values, max_size=3))
def test_method_that_rises_never_gives_less_for_more_nor_more_to_others(method, one, other, group):
    if method.problem() or not method.rises:
        return
    low, high = sorted([one, other])

    def results(value):
        own, others = Reading(value), [Reading(held) for held in group]
        everyone = (own, *others)
        return method.score(own, everyone).points, [method.score(row, everyone).points for row in others]

    (before, others_before), (after, others_after) = results(low), results(high)
    assert after >= before
    assert all(now <= then for now, then in zip(others_after, others_before, strict=True))


def test_course_under_a_scheme_goes_by_the_scheme_of_each_day(drive):
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=User.objects.system())
    add(drive, scheme, "1", "招商信息", method="linear", parameters={"full": "60"}, source={"reads": "rate"})
    enforce(scheme, day(7, 20))
    days = days_back(drive.campaign, day(7, 27))
    courses = place_courses(drive.standings(day(7, 27)), days)
    for on, places in zip(days, zip(*courses.values(), strict=True), strict=True):
        scores = drive.standings(on).scores.values()
        assert [(row.rank, row.tied, row.score) for row in places] == [
            (row.rank, row.tied, row.score) for row in scores
        ]  # fmt: skip
    assert [row.score for row in courses[drive.unit("丙镇").pk]] == [0, 10, 42, 42]
