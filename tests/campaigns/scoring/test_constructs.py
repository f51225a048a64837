"""One case worked by hand for each construct that published rules use; the arithmetic is in the comment."""

import pytest

from tests.campaigns.scoring.units import F, case, figure, one, points, row, scheme, scored, unit

RATE = ("rate", "签约额")
FULL = {"full": 100}


def rated(*rates, **more):
    """Return units that did so much of a quota of 100."""
    return [
        unit(name, figures={"签约额": (rate, 100)}, **more) for name, rate in zip("甲乙丙丁", rates, strict=False)
    ]


@pytest.mark.parametrize(
    ("done", "score"),
    [
        (150, 72),  # 60 × 120 %, the cap
        (90, 54),  # 60 × 90 %
        (10, 18),  # 60 × 30 %, the floor
        (-40, 18),  # a negative figure, too
    ],
)
def test_linear_has_a_cap_and_a_floor(done, score):
    rules = scheme(row("linear", RATE, parameters={"full": 60, "cap": "120%", "floor": "30%"}))
    assert one(rules, rated(done)[0])[0] == score


@pytest.mark.parametrize(("done", "score"), [(100, 60), ("99.96", 20), (0, 20)])
def test_cliff_reads_the_unrounded_value(done, score):
    # 99.96 % prints 100.0 and has not reached 100 %
    rules = scheme(row("cliff", RATE, parameters={"full": 60, "below": 20}))
    assert one(rules, rated(done)[0])[0] == score


@pytest.mark.parametrize(("done", "score"), [(120, 100), (100, 100), (80, 75), (79, 50), (50, 50), (49, 0)])
def test_steps_give_the_highest_that_is_reached(done, score):
    rules = scheme(row("steps", RATE, parameters={"rows": [["50%", 50], ["100%", 100], ["80%", 75]]}))
    assert one(rules, rated(done)[0])[0] == score


@pytest.mark.parametrize(
    ("whole", "done", "score"),
    [
        (True, 127, 44),  # 27 points above: two whole tens, 40 + 2 × 2
        (False, 127, F("45.4")),  # 2.7 tens, 40 + 2.7 × 2
        (True, 88, 38),  # 12 below: two whole fives, 40 − 2 × 1
        (False, 88, F("37.6")),  # 2.4 fives
        (True, 300, 50),  # held at 50
    ],
)
def test_per_unit_counts_whole_steps_or_in_proportion(whole, done, score):
    parameters = {
        "start": 40, "points": 2, "step": "10%", "base": "100%", "minus": 1, "minus_step": "5%", "high": 50,
        "whole": whole,
    }  # fmt: skip
    assert one(scheme(row("per_unit", RATE, parameters=parameters)), rated(done)[0])[0] == score


@pytest.mark.parametrize(("quota", "score"), [(5000, 6), (3000, 2), (100, 0)])
def test_band_takes_the_coefficient_of_the_size_of_the_quota(quota, score):
    # 10 % above the quota: 10 × 0.6, 10 × 0.2, and nothing below the lowest band
    rules = scheme(row("band", RATE, parameters={"rows": [[5000, "0.6"], [1000, "0.2"]]}))
    assert one(rules, unit(figures={"签约额": (quota * F("1.1"), quota)}))[0] == score


def test_min_max_spreads_the_group_from_60_to_100():
    rules = scheme(row("min_max", RATE))
    # (90 − 60)/(140 − 60) × 40 + 60 = 75
    results = scored(rules, *rated(140, 90, 60))
    assert {name: result.score for name, result in results.items()} == {"甲": 100, "乙": 75, "丙": 60}
    fewer = scheme(row("min_max", RATE, parameters={"less_is_better": True}))
    # (140 − 90)/(140 − 60) × 40 + 60 = 85
    results = scored(fewer, *rated(140, 90, 60))
    assert {name: result.score for name, result in results.items()} == {"甲": 60, "乙": 85, "丙": 100}


def test_rank_points_are_shared_by_units_that_are_level():
    rules = scheme(row("rank_points", RATE, parameters={"rows": [[1, 10], [2, 8], [3, 6]], "rest": 2}))
    results = scored(rules, *rated(90, 80, 80, 10))
    assert {name: result.score for name, result in results.items()} == {"甲": 10, "乙": 8, "丙": 8, "丁": 2}


def test_place_shift_is_in_proportion_to_the_place_before():
    rules = scheme(row("place_shift", ("done", "签约额"), parameters={"factor": 10}))
    was = {"甲": (90, 100), "乙": (80, 200), "丙": (95, 50)}  # now, before
    units = [unit(name, figures={"签约额": figure(now, previous=before)}) for name, (now, before) in was.items()]
    # 甲 2 → 2: 0; 乙 1 → 3: (1 − 3)/1 × 10 = −20; 丙 3 → 1: (3 − 1)/3 × 10 = 20/3
    results = scored(rules, *units)
    assert {name: result.score for name, result in results.items()} == {"甲": 0, "乙": -20, "丙": F(20, 3)}


def test_sub_parts_are_held_before_they_are_weighted():
    parts = [
        row(
            "linear",
            ("rate", name),
            code=f"1.{n}",
            within="1",
            weight=weight,
            parameters={**FULL, "cap": ""},
            high=100,
        )
        for n, (name, weight) in enumerate({"甲": "30%", "乙": "70%"}.items())
    ]
    facts = unit(figures={"甲": (250, 100), "乙": (60, 100)})
    # min(250, 100) × 30 % + 60 × 70 %
    assert one(scheme(row("fixed", code="1"), *parts), facts)[0] == 72


def test_shortfall_of_one_class_is_not_covered_by_another():
    source = {"reads": "done", "key": "工业", "more": [["服务业", "服务业"]]}
    rules = scheme(row("shortfall", source, parameters={"full": 30, "each": 5}))
    # 工业 has two too many, 服务业 three too few: 30 − 5 × (0 + 3)
    assert one(rules, unit(figures={"工业": (6, 4), "服务业": (1, 4)}))[0] == 15


def test_bonus_takes_the_highest_tier_of_each_project_only():
    tiers = {
        "rows": [["10亿元以上", 10, "", 4, None], ["50亿元以上", 50, "", 8, 8], ["世界500强", None, "500强", 6, None]]
    }
    rules = scheme(
        row("fixed", code="1", parameters={"points": 50}),
        row("tiers", ("case_count", "项目"), code="2", kind="bonus", parameters=tiers),
    )
    cases = (case("甲", 60), case("乙", 55, tags=frozenset({"500强"})), case("丙", 12), case("丁", 3))
    # 甲 and 乙 8 each, held at 8; 丙 4; 丁 none: 乙 gets neither 6 nor 4 on top
    assert one(rules, unit(cases={"项目": cases}))[0] == 50 + 8 + 4


def test_penalties_stop_when_the_item_is_exhausted():
    rules = scheme(
        row("fixed", code="1", parameters={"points": 10}),
        row("per_count", ("count", "迟报"), code="1.1", within="1", kind="penalty", parameters={"each": 3}),
        row("fixed", code="2", parameters={"points": 20}),
    )
    # 10 − 5 × 3 stops at 0
    assert one(rules, unit(items={"迟报": 5})) == (20, {"1": 0, "1.1": 15, "2": 20})


def test_veto_bars_and_leaves_the_score():
    rules = scheme(
        row("linear", RATE, parameters=FULL), row("veto", ("count", "造假"), code="2", kind="rule", label="造假",
            parameters={"op": ">=", "at": 1}),
        grades=[[90, "优秀"], [0, "一般"]],
    )  # fmt: skip
    result = scored(rules, unit(figures={"签约额": (95, 100)}, items={"造假": 1}))["甲镇"]
    assert (result.score, result.grade, result.barred) == (95, "优秀", ("造假",))


def test_promotion_goes_up_a_grade():
    rules = scheme(
        row("linear", RATE, parameters=FULL),
        row("promotion", ("case_count", "项目"), code="2", kind="rule", parameters={"at": 3}),
        grades=[[90, "优秀"], [80, "良好"], [0, "一般"]],
    )
    three = unit(figures={"签约额": (80, 100)}, cases={"项目": tuple(case(key) for key in "甲乙丙")})
    assert [scored(rules, facts)["甲镇"].grade for facts in (three, unit(figures={"签约额": (80, 100)}))] == [
        "优秀", "良好",
    ]  # fmt: skip


def test_double_credit_counts_in_full_for_each_unit():
    def rules(**more):
        return scheme(row("per_unit", {"reads": "case_count", "key": "项目", **more}, parameters={
            "points": 2, "step": 1, "whole": False}))  # fmt: skip

    shared = unit(cases={"项目": (case("甲", share=F(3, 10)), case("乙"))})
    # 0.3 + 1 projects; doubled 1 + 1
    assert (one(rules(), shared)[0], one(rules(doubled=True), shared)[0]) == (F("2.6"), 4)


def test_excluded_unit_is_no_measure_for_the_others():
    rules = scheme(row("min_max", RATE), excluded=[["甲", "飞地"]])
    results = scored(rules, *rated(300, 90, 60))
    assert {name: (result.score, result.rank, result.why) for name, result in results.items()} == {
        "甲": (None, None, "不参加考核：飞地"), "乙": (100, 1, ""), "丙": (60, 2, ""),
    }  # fmt: skip


def test_what_a_unit_gave_itself_stands_beside_what_it_is_given():
    rules = scheme(
        row("linear", RATE, parameters=FULL),
        row("per_count", ("count", "迟报"), code="2", kind="penalty", parameters={"each": 3}),
    )
    facts = unit(figures={"签约额": (80, 100)}, items={"迟报": 2}, self_scores={"1": F(95), "2": F(3)})
    result = scored(rules, facts)["甲镇"]
    assert (result.score, result.self_score, [found.difference for found in result.rows]) == (74, 92, [-15, 3])


# --- rounding and places ------------------------------------------------------------------------------


def test_places_and_grades_read_the_unrounded_score():
    rules = scheme(row("linear", RATE, parameters=FULL), decimals=1, grades=[[80, "良好"], [0, "一般"]])
    results = scored(rules, *rated("79.96", "79.98", 80))
    assert {name: (row.score, row.rank, row.tied, row.grade) for name, row in results.items()} == {
        "甲": (80, 3, False, "一般"), "乙": (80, 2, False, "一般"), "丙": (80, 1, False, "良好"),
    }  # fmt: skip
    assert results["甲"].steps[-1].text == "按未取整的 79.96"


def test_scheme_that_rounds_first_ranks_and_grades_what_is_printed():
    rules = scheme(
        row("linear", RATE, parameters=FULL), decimals=1, rank_rounded=True, grades=[[80, "良好"], [0, "一般"]]
    )
    results = scored(rules, *rated("79.96", "79.98", 80))
    assert {name: (row.score, row.rank, row.tied, row.grade) for name, row in results.items()} == dict.fromkeys(
        "甲乙丙", (80, 1, True, "良好")
    )
    assert results["甲"].steps[-1].text == "按取整后的 80"


def test_row_is_rounded_before_it_is_added():
    thirds = [row("linear", RATE, code=code, parameters={"full": 1}, decimals=1) for code in "12"]
    # 2/3 → 0.7 twice, not 4/3 → 1.3
    assert one(scheme(*thirds, decimals=1), unit(figures={"签约额": (2, 3)}))[0] == F("1.4")


def test_points_of_a_row_never_depend_on_units_of_another_group():
    rules = scheme(row("min_max", RATE))
    results = scored(rules, *rated(50, 40), *[unit("乙街", "街道", figures={"签约额": (900, 100)})])
    assert [points(results[name])["1"] for name in ("甲", "乙", "乙街")] == [100, 60, 100]
