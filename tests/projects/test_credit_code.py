"""The check character of GB 32100 and what is said about a wrong code."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from projects.credit_code import ALPHABET, check_character, read_credit_code

GOOD = "91350100M000100Y43"  # the example of the standard


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.lower(),
        f" {GOOD} ",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100 M000100Y 43",
        "9135-0100-M000100Y-43",
    ],
)
def test_code_is_kept_in_one_form(text):
    assert read_credit_code(text) == GOOD


@pytest.mark.parametrize("text", ["", "  ", None])
def test_nothing_is_no_code(text):
    assert read_credit_code(text) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("91350100M000100Y44", "应为「3」，现为「4」"),
        ("91350100M00O100Y43", "第 12 位「O」"),
        ("9135A100M000100Y43", "第 5 位「A」不对：第 3 至 8 位是数字"),
        ("91350100M000100Y4", "18 位，现为 17 位"),
        ("91350100M000100Y431", "18 位，现为 19 位"),
        ("蓝天公司", "第 1 位「蓝」"),
    ],
)
def test_wrong_code_is_refused_with_the_place(text, told):
    with pytest.raises(ValidationError) as refused:
        read_credit_code(text)
    assert told in refused.value.messages[0]


@given(
    st.tuples(
        st.text(ALPHABET, min_size=2, max_size=2),
        st.text("0123456789", min_size=6, max_size=6),
        st.text(ALPHABET, min_size=9, max_size=9),
    ),
    st.integers(0, 17),
    st.sampled_from(ALPHABET),
)
def test_one_wrong_character_is_always_found(parts, place, other):
    body = "".join(parts)
    code = body + check_character(body)
    assert read_credit_code(code) == code
    if other != code[place]:
        with pytest.raises(ValidationError):
            read_credit_code(code[:place] + other + code[place + 1 :])
