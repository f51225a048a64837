"""Sharing a quota out: the parts add up, no part is off by more than a step."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.quotas import class_weights, harder, pressed, result_weights, shared_out

STEPS = [Decimal(text) for text in ("1", "0.1", "0.01", "5", "0.000001", "10000")]
TOTALS = st.integers(0, 10**12).map(lambda n: Decimal(n).scaleb(-6)) | st.integers(0, 10**6).map(Decimal)
WEIGHTS = st.lists(st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-3)), min_size=1, max_size=60).filter(any)


@given(TOTALS, WEIGHTS, st.sampled_from(STEPS))
def test_shared_out_adds_up_exactly_in_whole_steps(total, weights, step):
    parts = shared_out(total, weights, step)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert all(part >= 0 for part in parts)
    broken = [i for i, part in enumerate(parts) if part % step]
    assert broken in ([], [weights.index(max(weights))])


@given(TOTALS, WEIGHTS, st.sampled_from(STEPS))
def test_shared_out_is_within_a_step_of_the_exact_share(total, weights, step):
    whole = sum(map(Fraction, weights))
    for part, weight in zip(shared_out(total, weights, step), weights, strict=True):
        assert abs(Fraction(part) - Fraction(total) * Fraction(weight) / whole) < 2 * step
        assert weight or not part


@given(TOTALS, st.integers(1, 40), st.sampled_from(STEPS))
def test_equal_shares_differ_by_less_than_two_steps(total, units, step):
    parts = shared_out(total, [Decimal(1)] * units, step)
    assert max(parts) - min(parts) < 2 * step


@pytest.mark.parametrize(
    ("total", "weights", "step", "parts"),
    [
        ("10", [1, 1, 1], "1", ["4", "3", "3"]),
        ("105", [40, 40, 20], "1", ["42", "42", "21"]),
        ("10.5", [1, 3], "1", ["3", "7.5"]),  # half a project is nobody's but the heaviest's
        ("3", [1, 1, 1, 1], "1", ["1", "1", "1", "0"]),
        ("1", [0, 2, 1], "0.1", ["0", "0.7", "0.3"]),
    ],
)
def test_shared_out_by_hand(total, weights, step, parts):
    assert shared_out(Decimal(total), [Decimal(w) for w in weights], Decimal(step)) == [Decimal(p) for p in parts]


@pytest.mark.parametrize(("total", "weights", "step"), [("1", [0, 0], "1"), ("1", [-1, 2], "1"), ("-1", [1], "1")])
def test_shared_out_refuses_what_has_no_answer(total, weights, step):
    with pytest.raises(ValueError):
        shared_out(Decimal(total), [Decimal(w) for w in weights], Decimal(step))


def test_weights_of_classes_and_results():
    assert class_weights(["镇街", "园区", "部门"], {"镇街": Decimal(2), "园区": Decimal(5)}) == [2, 5, 0]
    assert result_weights([Decimal("3.5"), None, Decimal(-2), Decimal(0)]) == [Decimal("3.5"), 0, 0, 0]


def test_pressure_is_rounded_up_to_a_whole_step():
    assert pressed(Decimal(105), Decimal(108), Decimal(1)) == 114  # 113.4
    assert pressed(Decimal(100), Decimal("100"), Decimal(1)) == 100
    assert pressed(Decimal("9.29"), Decimal(110), Decimal("0.1")) == Decimal("10.3")


def test_harder_is_the_growth_over_the_earlier_quota():
    assert harder(Decimal(12), Decimal(10)) == Fraction(1, 5)
    assert harder(Decimal(0), Decimal(10)) == -1
    assert (harder(None, Decimal(1)), harder(Decimal(1), None), harder(Decimal(1), Decimal(0))) == (None, None, None)
