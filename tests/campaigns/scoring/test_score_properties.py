"""Properties of scores: bounds, order, one-unit groups; and no binary float anywhere in a result."""

from dataclasses import fields, is_dataclass, replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from campaigns.scoring.methods import METHODS
from campaigns.scoring.plain_data import scheme_from_json
from campaigns.scoring.scheme import evaluate
from campaigns.scoring.values import Case, Entry, Facts, Figure
from tests.campaigns.scoring.test_rows import EXAMPLES
from tests.campaigns.scoring.units import SCHEMES, row, scheme

NAMES = ["甲镇", "乙镇", "丙镇", "丁镇", "戊镇"]
amounts = st.fractions(min_value=-500, max_value=5000, max_denominator=1000)
owed = st.none() | st.fractions(min_value=0, max_value=2000, max_denominator=100)
figures = st.builds(Figure, st.none() | amounts, owed, owed, owed, st.none() | amounts)
cases = st.lists(
    st.builds(
        Case,
        key=st.sampled_from("abcdef"),
        amount=st.fractions(min_value=0, max_value=1000, max_denominator=10),
        share=st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3, 10)]),
        role=st.sampled_from(["引进", "落地", ""]),
        tags=st.sampled_from([frozenset(), frozenset({"500强"})]),
        invested=st.none() | st.fractions(min_value=0, max_value=100, max_denominator=10),
    ),
    max_size=4,
).map(tuple)
entries = st.lists(
    st.builds(Entry, st.fractions(min_value=0, max_value=100, max_denominator=2), st.sampled_from(["园区", "乡镇"])),
    max_size=3,
).map(tuple)
RULES = [scheme_from_json(path.read_text()) for path in sorted(SCHEMES.glob("*.json"))]
READS = {
    "linear": "rate", "cliff": "rate", "steps": "rate", "per_unit": "rate", "band": "rate", "min_max": "rate",
    "rank_points": "rate", "place_shift": "done", "shortfall": "done", "tiers": "case_count", "per_count": "count",
    "marked": "mark",
}  # fmt: skip


def keys(rules):
    """Return the keys of everything a scheme reads."""
    sources = [row.source for row in rules.rows] + [need.source for row in rules.rows for need in row.needs]
    return {source.key for source in sources} | {key for source in sources for key, _label in source.more}


@st.composite
def drives(draw, rules=None):
    """Return (a published scheme, units with whatever figures, cases and marks)."""
    rules = rules or draw(st.sampled_from(RULES))
    units = []
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        read = sorted(keys(rules))
        units.append(
            Facts(
                name,
                name,
                draw(st.sampled_from(["镇街", "园区"])),
                draw(st.sampled_from([frozenset({"综合型"}), frozenset({"特色型"})])),
                draw(st.none() | st.fractions(0, 1, max_denominator=365)),
                {key: draw(figures) for key in read if draw(st.booleans())},
                {key: draw(cases) for key in read},
                {key: draw(entries) for key in read},
            )
        )
    return rules, units


def floats(value):
    """Return every float in a value."""
    if isinstance(value, float):
        return [value]
    if is_dataclass(value):
        return [found for part in fields(value) for found in floats(getattr(value, part.name))]
    if isinstance(value, (tuple, list, frozenset)):
        return [found for part in value for found in floats(part)]
    return []


@given(drives())
def test_score_stays_within_the_limits_of_its_scheme_and_is_exact(drive):
    rules, units = drive
    for result in evaluate(rules, units).values():
        assert floats(result) == []
        if result.score is not None:
            assert rules.low is None or result.score >= rules.low
            assert rules.high is None or result.score <= rules.high
            assert isinstance(result.score, Fraction)
        for found in result.all_rows():
            assert found.points is None or found.trace.formula or found.trace.note


def test_every_method_that_gives_points_is_tried():
    assert set(READS) | {"fixed"} == {name for name, method in METHODS.items() if not method.condition}


@given(st.fractions(-50, 150, max_denominator=10), st.fractions(-20, 20), st.fractions(0, 200))
def test_fixed_points_are_held_between_the_limits_of_their_row(points, low, high):
    rules = scheme(row("fixed", parameters={"points": points}, low=low, high=max(low, high)))
    assert low <= evaluate(rules, [Facts("甲镇")])["甲镇"].score <= max(low, high)


@given(drives())
def test_places_follow_the_unrounded_scores(drive):
    rules, units = drive
    results = list(evaluate(rules, units).values())
    ranked = [result for result in results if result.rank is not None]
    assert all(result.score is not None for result in ranked)
    for one in ranked:
        for other in ranked:
            if one.group == other.group and one.ranked > other.ranked:
                assert one.rank < other.rank


@given(st.data())
def test_points_stay_within_the_limits_of_their_method(data):
    name = data.draw(st.sampled_from(sorted(READS)))
    parameters = EXAMPLES[name] | ({"low": -3, "high": 30} if name == "per_unit" else {})
    rules = scheme(row(name, (READS[name], "签约额"), parameters=parameters))
    _rules, units = data.draw(drives(rules))
    low, high = rules.rows[0].method.bounds
    for result in evaluate(rules, units).values():
        for found in result.rows:
            if found.points is not None and not found.trace.note:
                assert low is None or found.points >= low
                assert high is None or found.points <= high


@given(drives(), st.randoms())
def test_order_of_units_and_rows_is_irrelevant(drive, chance):
    rules, units = drive
    told = {
        unit: (result.score, result.rank, result.tied, result.grade, result.barred)
        for unit, result in evaluate(rules, units).items()
    }
    mixed, rows = list(units), list(rules.rows)
    chance.shuffle(mixed)
    chance.shuffle(rows)
    again = evaluate(replace(rules, rows=tuple(rows)), mixed)
    assert {
        unit: (result.score, result.rank, result.tied, result.grade, tuple(sorted(result.barred)))
        for unit, result in again.items()
    } == {unit: (*values[:4], tuple(sorted(values[4]))) for unit, values in told.items()}


@given(figures, st.booleans())
def test_min_max_of_one_unit_is_defined(figure, less):
    rules = scheme(row("min_max", ("done", "签约额"), parameters={"less_is_better": less}))
    result = evaluate(rules, [Facts("甲镇", figures={"签约额": figure})])["甲镇"]
    assert result.score == (0 if figure.done is None else 100)


@given(st.lists(amounts, min_size=2, max_size=6))
def test_min_max_gives_the_best_100_and_the_worst_60(values):
    rules = scheme(row("min_max", ("done", "签约额")))
    units = [Facts(n, figures={"签约额": Figure(value)}) for n, value in enumerate(values)]
    scores = {values[n]: result.score for n, result in evaluate(rules, units).items()}
    assert scores[max(values)] == 100
    assert scores[min(values)] == (100 if len(set(values)) == 1 else 60)


@given(drives())
def test_what_is_never_entered_is_never_printed_as_zero(drive):
    rules, _units = drive
    result = evaluate(rules, [Facts("甲镇", group="镇街")])["甲镇"]
    for found in result.all_rows():
        if any(value.value is None for value in found.trace.inputs):
            assert found.points is None or found.trace.note
