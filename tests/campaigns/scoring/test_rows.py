"""What a scheme makes of its rows: missing values, sub-parts, limits, rounding, exclusion, traces."""

from datetime import date

import pytest

from campaigns.scoring.methods import METHODS
from campaigns.scoring.parameters import ParameterError, build, exact_fraction, plain_parameters
from campaigns.scoring.plain_data import row_of, scheme_from_json
from campaigns.scoring.scheme import SchemeError, printed
from tests.campaigns.scoring.units import F, case, figure, one, row, scheme, scored, unit

RATE = ("rate", "签约额")


def traced(rules, facts, code="1"):
    """Return (inputs, formula, steps, note) of a row of a unit that stands alone."""
    result = scored(rules, facts)[facts.unit]
    trace = next(found.trace for found in result.all_rows() if found.row.code == code)
    inputs = [(value.key, value.label, value.text) for value in trace.inputs]
    return inputs, trace.formula, [f"{step.label}：{step.text}" for step in trace.steps], trace.note


# --- missing is not zero ----------------------------------------------------------------------------


@pytest.mark.parametrize("figures", [{}, {"签约额": (5, None)}, {"签约额": (5, 0)}])
def test_unit_without_a_quota_has_no_score_and_no_place(figures):
    result = scored(scheme(row("linear", RATE, parameters={"full": 60})), unit(figures=figures))["甲镇"]
    assert (result.score, result.rank, result.why) == (None, None, "没有可计分的项目")
    assert result.rows[0].trace.note == "没有任务，不计此项"
    assert printed(result.score) == "—"


def test_figure_that_is_owed_and_not_reported_counts_zero_or_not_at_all():
    facts = unit(figures={"签约额": (None, 10)})
    assert one(scheme(row("linear", RATE, parameters={"full": 60})), facts) == (0, {"1": 0})
    assert one(scheme(row("linear", RATE, parameters={"full": 60}, unreported="na")), facts) == (None, {"1": None})
    assert traced(scheme(row("linear", RATE, parameters={"full": 60})), facts) == (
        [("签约额", "签约额完成数", "—"), ("签约额", "签约额目标", "10")], "", [], "未填报，按 0 分计",
    )  # fmt: skip


def test_written_zero_is_a_value():
    assert one(scheme(row("linear", RATE, parameters={"full": 60})), unit(figures={"签约额": (0, 10)})) == (
        0,
        {"1": 0},
    )


def test_event_that_did_not_happen_is_zero_and_mark_that_was_not_given_is_none():
    rules = scheme(
        row("fixed", code="1", parameters={"points": 10}),
        row("per_count", ("count", "迟报"), code="2", kind="penalty", parameters={"each": 1}),
        row("marked", ("mark", "评议"), code="3", parameters={"full": 20}),
    )
    assert one(rules, unit()) == (10, {"1": 10, "2": 0, "3": None})


def test_one_kind_of_rater_missing_leaves_the_mark_open():
    source = {"reads": "mark", "key": "评议", "raters": [["园区", "70%"], ["乡镇", "30%"]]}
    rules = scheme(row("marked", source, parameters={"full": 20}))
    assert one(rules, unit(items={"评议": [(90, "园区")]})) == (None, {"1": None})


# --- what is read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reads", "value", "told"),
    [
        ("rate", F(3, 4), "完成率：3 ÷ 4 = 75%"),
        ("excess", -1, "超欠任务数：3 − 4 = -1"),
        ("gap", F(1, 4), "超欠时序：75% − 50% = 25%"),
        ("pace", F(3, 2), "进度比：75% ÷ 50% = 1.5"),
        ("growth", F(1, 2), "同比增幅：（3 − 2）÷ 2 = 50%"),
        ("increase", 1, "同比增量：3 − 2 = 1"),
    ],
)
def test_value_is_read_with_its_arithmetic(reads, value, told):
    facts = unit(figures={"签约额": figure(3, 4, previous=2)}, time="0.5")
    rules = scheme(
        row("per_unit", (reads, "签约额"), parameters={"points": 1, "step": 1, "minus": 1, "whole": False})
    )
    assert one(rules, facts)[0] == value
    assert told in traced(rules, facts)[2]


def test_growth_over_nothing_is_not_comparable():
    rules = scheme(row("linear", ("growth", "签约额"), parameters={"full": 10}))
    assert one(rules, unit(figures={"签约额": figure(3, 4, previous=0)})) == (None, {"1": None})


def test_amounts_are_read_in_the_measure_of_the_row():
    source = {"reads": "done", "key": "到位资金", "measure": "亿元", "factor": 10000}
    rules = scheme(row("per_unit", source, parameters={"points": "0.1", "step": 1}))
    assert one(rules, unit(figures={"到位资金": (35000, None)})) == (F("0.3"), {"1": F("0.3")})
    assert traced(rules, unit(figures={"到位资金": (35000, None)})) == (
        [("到位资金", "到位资金完成数", "3.5 亿元")],
        "达到 0 亿元 得 0 分，每超 1 亿元 加 0.1 分（不足一个单位不计）",
        ["超基数：3.5 亿元 与 0 亿元 相差 3.5 亿元，折 3 个 1 亿元", "得分：0 + 0.1 × 3 = 0.3"],
        "",
    )


def test_doubled_credit_counts_a_shared_project_in_full_for_both():
    def rules(**more):
        return scheme(row("linear", {"reads": "case_rate", "key": "签约额", **more}, parameters={"full": 100}))

    def shared(name):
        return unit(name, figures={"签约额": (5, 10)}, cases={"签约额": (case("甲项目", 10, share=F(1, 2)),)})

    units = (shared("甲镇"), shared("乙镇"))
    assert {name: row.score for name, row in scored(rules(), *units).items()} == {"甲镇": 50, "乙镇": 50}
    assert {name: row.score for name, row in scored(rules(doubled=True), *units).items()} == {
        "甲镇": 100,
        "乙镇": 100,
    }


def test_cap_that_is_left_empty_is_no_cap():
    facts = unit(figures={"签约额": (30, 10)})
    assert one(scheme(row("linear", RATE, parameters={"full": 60})), facts)[0] == 60
    assert one(scheme(row("linear", RATE, parameters={"full": 60, "cap": ""})), facts)[0] == 180


# --- sub-parts, limits, weights ---------------------------------------------------------------------


def test_part_is_held_before_it_is_weighted():
    rules = scheme(
        row("fixed", code="1", parameters={}),
        row(
            "linear",
            ("rate", "甲"),
            code="1.1",
            within="1",
            weight="40%",
            parameters={"full": 100, "cap": ""},
            high=100,
        ),
        row(
            "linear",
            ("rate", "乙"),
            code="1.2",
            within="1",
            weight="60%",
            parameters={"full": 100, "cap": ""},
            high=100,
        ),
    )
    facts = unit(figures={"甲": (300, 100), "乙": (50, 100)})
    # min(100, 100) × 40 % + 50 × 60 %: 300 % on one does not cover the other
    assert one(rules, facts) == (70, {"1": 70, "1.1": 40, "1.2": 30})


def test_head_of_rows_that_do_not_apply_does_not_apply():
    rules = scheme(
        row("fixed", code="1"), row("linear", ("rate", "甲"), code="1.1", within="1", parameters={"full": 100})
    )
    assert one(rules, unit()) == (None, {"1": None, "1.1": None})


def test_order_of_rows_does_not_matter():
    rows = [
        row("fixed", code="1", parameters={"points": 5}, high=4),
        row("per_count", ("count", "迟报"), code="1.1", within="1", kind="penalty", parameters={"each": 2}),
        row("per_count", ("count", "好评"), code="2", kind="bonus", parameters={"each": 1}),
    ]
    facts = unit(items={"迟报": 1, "好评": 3})
    assert one(scheme(*rows), facts) == (6, {"1": 3, "1.1": 2, "2": 3})
    assert one(scheme(*reversed(rows)), facts) == (6, {"2": 3, "1": 3, "1.1": 2})


def test_bonus_and_penalty_have_limits_of_their_own():
    rules = scheme(
        row("fixed", code="1", parameters={"points": 50}),
        row("per_count", ("count", "好评"), code="2", kind="bonus", parameters={"each": 4}),
        row("per_count", ("count", "迟报"), code="3", kind="penalty", parameters={"each": 3}),
        bonus_cap=10,
        penalty_cap=6,
    )
    assert one(rules, unit(items={"好评": 5, "迟报": 4}))[0] == 50 + 10 - 6


@pytest.mark.parametrize(("decimals", "score"), [(None, F(200, 3)), (0, 67), (1, F("66.7")), (2, F("66.67"))])
def test_total_is_rounded_half_up(decimals, score):
    rules = scheme(row("linear", RATE, parameters={"full": 100}), decimals=decimals)
    assert one(rules, unit(figures={"签约额": (2, 3)}))[0] == score


def test_half_goes_up():
    rules = scheme(row("linear", RATE, parameters={"full": 100}, decimals=2), decimals=1)
    # 4901/40000 = 12.2525 %: the row 12.2525 → 12.25, the total 12.25 → 12.3
    assert one(rules, unit(figures={"签约额": (4901, 40000)})) == (F("12.3"), {"1": F("12.25")})


def test_veto_may_limit_the_total_and_says_so():
    rules = scheme(
        row("fixed", code="1", parameters={"points": 90}),
        row("veto", ("count", "造假"), code="2", label="弄虚作假", kind="rule",
            parameters={"op": ">=", "at": 1, "effect": "limit", "limit": 59}),
    )  # fmt: skip
    assert one(rules, unit(items={"造假": 1})) == (59, {"1": 90, "2": None})
    assert one(rules, unit()) == (90, {"1": 90, "2": None})
    result = scored(rules, unit(items={"造假": 1}))["甲镇"]
    assert result.steps[-1].text == "90 限为 59"


def test_failing_veto_gives_the_lowest_grade_and_leaves_the_score():
    rules = scheme(
        row("fixed", code="1", parameters={"points": 95}),
        row("veto", RATE, code="2", kind="rule", parameters={"effect": "fail"}),
        grades=[[90, "优秀"], [60, "合格"], [0, "不合格"]],
    )
    failed = scored(rules, unit(figures={"签约额": (9999, 10000)}))["甲镇"]
    met = scored(rules, unit(figures={"签约额": (1, 1)}))["甲镇"]
    not_owed = scored(rules, unit())["甲镇"]
    assert [(row.score, row.grade) for row in (failed, met, not_owed)] == [(95, "不合格"), (95, "优秀"), (95, "优秀")]


# --- who and when -----------------------------------------------------------------------------------


def test_excluded_unit_has_no_place_and_is_no_measure_for_the_others():
    rules = scheme(row("min_max", RATE, parameters={}), excluded=[["丙镇", "飞地"]])
    units = [unit(name, figures={"签约额": (done, 10)}) for name, done in {"甲镇": 8, "乙镇": 6, "丙镇": 1}.items()]
    results = scored(rules, *units)
    assert {name: (row.score, row.rank, row.why) for name, row in results.items()} == {
        "甲镇": (100, 1, ""), "乙镇": (60, 2, ""), "丙镇": (None, None, "不参加考核：飞地"),
    }  # fmt: skip


def test_groups_are_measured_and_ranked_apart():
    rules = scheme(row("min_max", RATE, parameters={}))
    units = [
        unit(name, group, figures={"签约额": (done, 10)})
        for name, group, done in [("甲镇", "镇街", 8), ("乙镇", "镇街", 6), ("甲局", "部门", 1)]
    ]
    results = scored(rules, *units)
    assert {name: (row.score, row.rank) for name, row in results.items()} == {
        "甲镇": (100, 1), "乙镇": (60, 2), "甲局": (100, 1),
    }  # fmt: skip


def test_row_counts_while_its_clause_is_in_effect():
    rules = scheme(
        row("fixed", code="1", parameters={"points": 10}, ends_on="2026-06-30"),
        row("fixed", code="2", parameters={"points": 20}, starts_on="2026-07-01"),
    )
    assert [scored(rules, unit(), on=day)["甲镇"].score for day in (date(2026, 6, 30), date(2026, 7, 1))] == [10, 20]


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.6, True, None, "六成", "1e3", "1/3", "", "60 %%", float("nan")])
def test_only_exact_numbers_are_read(value):
    with pytest.raises(ParameterError):
        exact_fraction(value)


def test_numbers_in_a_json_text_never_become_floats():
    rules = scheme_from_json(
        '{"name": "甲", "rows": [{"code": "1", "label": "甲", "method": "fixed", "parameters": {"points": 0.1}}]}'
    )
    assert rules.rows[0].method.points == F(1, 10)


@pytest.mark.parametrize(
    ("method", "parameters", "told"),
    [
        ("linear", {}, "请填写“满分”"),
        ("linear", {"full": 10, "top": 1}, "“按比例（封顶保底）”没有参数“top”"),
        ("linear", {"full": 10, "cap": 1, "floor": 2}, "完成率上限不能低于下限"),
        ("steps", {"rows": [[1, 2], [1, 3]]}, "分档界线不能重复"),
        ("steps", {"rows": [[1]]}, "“分档”缺少“得分”"),
        ("per_unit", {"points": 1, "step": 0}, "一个单位必须大于 0"),
        ("rank_points", {"rows": [["1.5", 3]]}, "名次须为 1、2、3 这样的整数"),
        ("veto", {"effect": "limit"}, "请填写总分限额"),
        ("veto", {"op": "≥"}, "“条件”没有“≥”这个选项"),
        ("guess", {}, "没有“guess”这种计分方法"),
    ],
)
def test_bad_parameters_are_refused_with_what_to_do(method, parameters, told):
    with pytest.raises(ParameterError, match=told):
        row_of({"code": "1", "label": "甲", "method": method, "parameters": parameters})


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("fixed"), row("fixed")], "编号不能重复"),
        ([row("fixed", within="9")], "上级“9”不是本办法的一行"),
        ([row("fixed", code="1", within="2"), row("fixed", code="2", within="1")], "绕成了圈"),
        ([row("fixed", kind="rule")], "否决与晋档方法只能用于"),
        ([row("marked", RATE, parameters={"full": 1})], "不能按所选的取数方式计算"),
    ],
)
def test_scheme_that_contradicts_itself_is_refused(rows, told):
    with pytest.raises(SchemeError, match=told):
        scheme(*rows)


EXAMPLES = {
    "linear": {"full": "40", "cap": "1.2"}, "cliff": {"full": "60"}, "steps": {"rows": [["1", "100"], ["0.8", "75"]]},
    "per_unit": {"points": "1", "step": "0.1", "whole": False}, "band": {"rows": [["5000", "0.3"]]},
    "min_max": {"worst": "50"}, "rank_points": {"rows": [["1", "10"]], "averaged": True},
    "place_shift": {"factor": "5"}, "shortfall": {"full": "20", "each": "2"},
    "tiers": {"rows": [["大项目", "10", "", "4", None]]}, "per_count": {"each": "0.5", "high": "3"},
    "marked": {"full": "20"}, "fixed": {"points": "5"}, "veto": {"effect": "limit", "limit": "59"},
    "promotion": {"at": "3"},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(METHODS))
def test_parameters_survive_being_stored(name):
    method = build(METHODS[name], EXAMPLES[name])
    assert plain_parameters(method) == EXAMPLES[name]
    assert build(METHODS[name], plain_parameters(method)) == method
