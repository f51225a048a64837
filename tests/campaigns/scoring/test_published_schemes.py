"""Published rule sets as data (fixtures/schemes), with cases worked by hand; the arithmetic is in the test."""

import pytest

from campaigns.scoring.plain_data import scheme_from_json
from tests.campaigns.scoring.units import SCHEMES, F, case, figure, fixture, one, points, scored, unit


@pytest.mark.parametrize("path", sorted(SCHEMES.glob("*.json")), ids=lambda path: path.stem)
def test_every_fixture_is_a_scheme_whose_rows_carry_their_clause(path):
    rows = scheme_from_json(path.read_text()).rows
    assert rows
    assert all(row.clause or row.within for row in rows)


# --- B1: per full 10 %, proportional below, tiers, half for the unit where a project of the district lands


def test_b1_counts_whole_tens_above_the_quota_and_proportion_below():
    result = one(fixture("b01"), unit(figures={"合同外资": (1290, 1000), "实际外资": (875, 1000)}))
    # 129 % is 29 points above: two whole tens, 10 + 2 × 1 = 12; 87.5 % is 12.5 points below: 40 − 12.5 × 0.4 = 35
    assert result == (47, {"1": 12, "2": 35, "3": 0})


def test_b1_project_brought_by_the_district_counts_half_where_it_lands_and_once_in_its_highest_tier():
    cases = (
        case("甲项目", 500, role="引进"),  # 300万美元以上: 2
        case("乙项目", 800, role="引进", tags=frozenset({"500强"})),  # also above 300, highest tier only: 3
        case("丙项目", 400, role="落地"),  # brought by the district: 2 × 50 % = 1
        case("丁项目", 299, role="引进"),  # below 300: nothing
    )
    facts = unit(figures={"合同外资": (10, 10), "实际外资": (10, 10)}, cases={"外资项目": cases})
    # 3 × 1 + 2 × (1 + 0.5) = 6; 10 + 40 + 6 = 56
    assert one(fixture("b01"), facts) == (56, {"1": 10, "2": 40, "3": 6})


def test_b1_first_row_holds_for_townships_and_parks_only():
    facts = unit(group="区直部门", figures={"合同外资": (1, 10), "实际外资": (10, 10)})
    assert one(fixture("b01"), facts) == (40, {"2": 40, "3": 0})


# --- B2: 功效系数法 over the group, shortfall by class -------------------------------------------------


def test_b2_best_gets_100_worst_60_others_in_proportion():
    rates = {"甲镇": 120, "乙镇": 90, "丙镇": 60}
    results = scored(
        fixture("b02"),
        *(
            unit(
                name,
                figures={"省外资金": (done, 100), "亿元项目": (1, 2), "书记外出": (12, 12), "乡镇长外出": (10, 12)},
            )
            for name, done in rates.items()
        ),
    )
    # 省外资金: 100, (0.9 − 0.6)/(1.2 − 0.6) × 40 + 60 = 80, 60, each × 30 %; 亿元项目: all level, 100 × 30 % = 30
    # 外出: the secretary misses none, the mayor two: 40 − 2 × 2 = 36
    assert {name: points(result) for name, result in results.items()} == {
        "甲镇": {"1": 30, "2": 30, "3": 36},
        "乙镇": {"1": 24, "2": 30, "3": 36},
        "丙镇": {"1": 18, "2": 30, "3": 36},
    }
    assert {name: (result.score, result.rank) for name, result in results.items()} == {
        "甲镇": (96, 1), "乙镇": (90, 2), "丙镇": (84, 3),
    }  # fmt: skip


def test_b2_surplus_of_one_leader_does_not_cover_the_other():
    facts = unit(figures={"书记外出": (20, 12), "乡镇长外出": (9, 12)})
    # no quota on the rates: not applicable; max(0, 12 − 20) + max(0, 12 − 9) = 3, 40 − 3 × 2 = 34
    assert one(fixture("b02"), facts) == (34, {"1": None, "2": None, "3": 34})


# --- B4: phased quota, marks of two kinds of raters, capped bonuses, tiers with a condition -------


def test_b4_reads_the_phased_quota_and_weighs_the_raters():
    facts = unit(
        figures={
            "亿元项目": figure(3, 20, phase=5),
            "到位资金": figure(90, 400, phase=80),
            "契合度": figure("0.75"),
        },
        items={
            "服务评价": [(90, "园区"), (94, "园区"), (80, "乡镇")],
            "协同评价": [(100, "园区"), (100, "乡镇")],
            "走访企业": 7,
            "推介活动": 2,
        },
    )
    # 30 × 3/5 = 18; 90/80 is full: 20; 20 × 75 % = 15; (92 × 70 % + 80 × 30 %) ÷ 100 × 15 = 88.4 × 0.15 = 13.26; 15
    # 7 × 0.5 = 3.5 → 3; 2 × 3 = 6; no project. 18 + 20 + 15 + 13.26 + 15 + 3 + 6 = 90.26
    assert one(fixture("b04"), facts) == (
        F("90.26"), {"1": 18, "2": 20, "3": 15, "4": F("13.26"), "5": 15, "6": 3, "7": 6, "8": 0},
    )  # fmt: skip


def test_b4_large_project_needs_five_percent_in_the_ground_and_counts_once():
    cases = (
        case("甲", 60, invested=F(3)),  # 5 %: 8, not 8 + 4
        case("乙", 12, invested=F("0.6")),  # 5 %: 4
        case("丙", 55, invested=F(2)),  # 3.6 %: nothing
        case("丁", 20),  # nobody knows: nothing
    )
    result = scored(fixture("b04"), unit(figures={"契合度": figure(1)}, cases={"重大项目": cases}))["甲镇"]
    # 20 for the fit, 8 + 4; rows without a quota and without marks are not applicable, which is not 0
    assert points(result) == {"1": None, "2": None, "3": 20, "4": None, "5": None, "6": 0, "7": 0, "8": 12}
    assert result.score == 32


# --- B5: ±0.2 for every full 10 points, bonus to 10, total to 110 ---------------------------------


@pytest.mark.parametrize(
    ("done", "gifts", "score"),
    [
        (1599, 0, F(101)),  # 159.9 %: five whole tens, 100 + 5 × 0.2
        (1600, 0, F("101.2")),  # 160 %: six
        (709, 0, F("99.6")),  # 70.9 %: 29.1 below, two whole tens, 100 − 2 × 0.2
        (6000, 12, F(110)),  # 100 + 50 × 0.2 = 110, and 12 gifts held at 10: 120, held at 110
    ],
)
def test_b5_adds_and_takes_two_tenths_for_ten_percent(done, gifts, score):
    assert one(fixture("b05"), unit(figures={"引进资金": (done, 1000)}, items={"特别贡献": gifts}))[0] == score


# --- B6: coefficient by the size of the quota, deductions until the item is exhausted -------------


@pytest.mark.parametrize(
    ("quota", "bonus"),
    [
        (8000, F("7.2")),  # 12 whole points × 0.6
        (5000, F("3.6")),  # × 0.3
        (4999, F("2.4")),  # × 0.2
        (1000, F("1.2")),  # × 0.1
        (900, F(0)),  # below every band
    ],
)
def test_b6_bonus_depends_on_the_size_of_the_quota(quota, bonus):
    done = F(quota) * F("1.129")  # 12.9 % above: 12 whole points
    assert one(fixture("b06"), unit(figures={"到位资金": (done, quota), "开工": (4, 5)})) == (
        60 + 16 + 20 + bonus,  # 60 full, 20 × 4/5 = 16, nothing late
        {"1": 60, "2": 16, "3": 20, "3.1": 0, "3.2": 0, "4": bonus},
    )


def test_b6_deductions_stop_when_the_item_is_exhausted():
    facts = unit(figures={"到位资金": (3000, 6000), "开工": (5, 5)}, items={"迟报": 18, "缺项": 7})
    result = scored(fixture("b06"), facts)["甲镇"]
    # 60 × 50 % = 30; 20; 20 − 18 × 1 − 7 × 0.5 = −1.5, not below 0; no excess. 30 + 20 + 0 = 50
    assert (result.score, points(result)) == (
        50, {"1": 30, "2": 20, "3": 0, "3.1": 18, "3.2": F("3.5"), "4": 0},
    )  # fmt: skip
    assert result.rows[2].trace.steps[-1].text == "-1.5 按限计 0，扣完为止"


# --- B7: nothing below the quota ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (1000, (60, {"1": 60, "2": 0})),
        ("999.999999", (0, {"1": 0, "2": 0})),  # 99.9999999 % prints 100 % and is not
        (1357, (F("61.5"), {"1": 60, "2": F("1.5")})),  # 35.7 % above: three whole tens × 0.5
        (4000, (70, {"1": 60, "2": 10})),  # 30 × 0.5 = 15, held at 10
    ],
)
def test_b7_cliff(done, told):
    assert one(fixture("b07"), unit(figures={"引资额": (done, 1000)})) == told


# --- B8: steps, deductions, self-assessed beside assessed -----------------------------------------


@pytest.mark.parametrize(("done", "score"), [(100, 100), (80, 75), ("79.99", 50), (50, 50), (49, 0), (None, 0)])
def test_b8_steps(done, score):
    assert one(fixture("b08"), unit(figures={"引资额": (done, 100)}))[0] == score


def test_b8_deductions_have_limits_and_the_total_stops_at_zero():
    facts = unit(figures={"引资额": (85, 100)}, items={"缺计划": 1, "缺月报": 15})
    assert one(fixture("b08"), facts) == (75 - 5 - 12, {"1": 75, "2": 5, "3": 0, "4": 12})
    low = unit(figures={"引资额": (40, 100)}, items={"缺计划": 1})
    assert one(fixture("b08"), low)[0] == 0


def test_b8_keeps_what_the_unit_gave_itself_beside_what_it_is_given():
    facts = unit(figures={"引资额": (85, 100)}, items={"缺月报": 2}, self_scores={"1": F(100), "4": F(0)})
    result = scored(fixture("b08"), facts)["甲镇"]
    assert [(row.row.code, row.points, row.self_score, row.difference) for row in result.rows] == [
        ("1", 75, 100, -25), ("2", 0, None, None), ("3", 0, None, None), ("4", 2, 0, 2),
    ]  # fmt: skip
    assert (result.score, result.self_score) == (73, 100)


# --- B9: min(50, …) + min(30, …) + 20, tie-break --------------------------------------------------


def test_b9_each_part_is_held_before_it_is_added():
    facts = unit(figures={"到位金额": (180, 100), "龙头企业": (4, 6)}, items={"其他工作": [(85, "")]})
    # min(50, 90) + 30 × 4/6 + 20 × 85 ÷ 100 = 50 + 20 + 17
    assert one(fixture("b09"), facts) == (87, {"1": 50, "2": 20, "3": 17})


def test_b9_level_scores_are_told_apart_by_the_uncapped_first_row():
    def facts(name, done):
        return unit(name, figures={"到位金额": (done, 100), "龙头企业": (6, 6)}, items={"其他工作": [(80, "")]})

    results = scored(fixture("b09"), facts("甲镇", 100), facts("乙镇", 150), facts("丙镇", 100), facts("丁镇", 50))
    assert {name: (result.score, result.rank, result.tied) for name, result in results.items()} == {
        "乙镇": (96, 1, False), "甲镇": (96, 2, True), "丙镇": (96, 2, True), "丁镇": (71, 4, False),
    }  # fmt: skip


# --- B11: shared projects, ±, veto ----------------------------------------------------------------


def test_b11_shared_project_counts_by_share_and_below_the_quota_bars_from_awards():
    cases = (case("甲项目", 600, share=F(1, 2)), case("乙项目", 655))
    facts = unit(figures={"引资额": (955, 1000)}, cases={"引资额": cases})
    result = scored(fixture("b11"), facts)["甲镇"]
    # 600 × 50 % + 655 = 955 of 1000: 4.5 points below, four whole ones, 100 − 4 = 96
    assert (result.score, result.barred) == (96, ("未完成任务",))


def test_b11_excess_is_held_at_twenty():
    met = unit(figures={"引资额": (0, 1000)}, cases={"引资额": (case("甲项目", 3500),)})
    result = scored(fixture("b11"), met)["甲镇"]
    # 350 %: 25 whole tens, 100 + 25 = 125, held at 120
    assert (result.score, result.barred) == (120, ())


# --- B14: weights by class, cap at twice the weight, rescaling, places gained ---------------------


def test_b14_weights_differ_by_class_and_an_item_is_held_at_twice_its_weight():
    facts = {"到位外资": (500, 100), "产业投入": figure(90, 100, previous=50)}
    general = unit("甲区", "开发区", figures=facts, classes=frozenset({"综合型"}))
    special = unit("乙区", "开发区", figures=facts, classes=frozenset({"特色型"}))
    results = scored(fixture("b14"), general, special)
    # 500 % held at 200 %: 20 × 2 = 40 and 10 × 2 = 20; 30 × 90 % = 27; both level before and after: no shift
    assert {name: points(result) for name, result in results.items()} == {
        "甲区": {"1": 40, "2": 27, "3": 0}, "乙区": {"1'": 20, "2": 27, "3": 0},
    }  # fmt: skip


def test_b14_item_that_is_not_owed_is_spread_over_the_others():
    facts = unit("甲区", "开发区", figures={"产业投入": (80, 100)}, classes=frozenset({"综合型"}))
    result = scored(fixture("b14"), facts)["甲区"]
    # 30 × 80 % = 24 of the 30 that are owed; 24 ÷ 30 × 50 = 40
    assert (result.score, points(result)) == (40, {"1": None, "2": 24, "3": 0})
    assert [step.text for step in result.steps[:2]] == ["24 = 24", "24 ÷ 30 × 50 = 40"]


def test_b14_places_gained_count_in_proportion_to_the_place_before():
    done = {"甲区": (90, 10), "乙区": (60, 40), "丙区": (30, 20), "丁区": (20, 30)}
    results = scored(
        fixture("b14"),
        *(
            unit(name, "开发区", figures={"产业投入": figure(now, 100, previous=before)})
            for name, (now, before) in done.items()
        ),
    )
    # before: 乙1 丁2 丙3 甲4; now: 甲1 乙2 丙3 丁4
    # 甲 (4 − 1)/4 × 5 = 3.75; 乙 (1 − 2)/1 × 5 = −5; 丙 0; 丁 (2 − 4)/2 × 5 = −5
    assert {name: points(result)["3"] for name, result in results.items()} == {
        "甲区": F("3.75"), "乙区": -5, "丙区": 0, "丁区": -5,
    }  # fmt: skip


# --- B16: grades and direct promotion -------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "extra", "cases", "grade", "promoted"),
    [
        (17, 0, (), "二等", ()),  # 17 of 20: 85
        (17, 5, (), "二等", ()),  # three more, but the quota is not met
        (20, 0, (), "一等", ()),
        (13, 0, (case("甲", 15),), "三等", ()),  # 65, not met
    ],
)
def test_b16_promotion_needs_the_quota(done, extra, cases, grade, promoted):
    facts = unit(figures={"亿元项目": (done, 20)}, items={"新增亿元项目": extra}, cases={"亿元项目": cases})
    result = scored(fixture("b16"), facts)["甲镇"]
    assert (result.grade, result.promoted) == (grade, promoted)


def test_b16_met_quota_goes_up_one_grade_once_even_for_two_reasons():
    rules = fixture("b16")
    facts = unit(
        figures={"亿元项目": (4, 4), "实际外资": (3000, None)},
        items={"新增亿元项目": 3},
        cases={"亿元项目": (case("甲", 9), case("乙", 10))},
    )
    strict = type(rules)(**{**rules.__dict__, "grades": ((F(101), "特等"), (F(100), "一等"), (F(0), "等外"))})
    result = scored(strict, facts)["甲镇"]
    assert (result.score, result.grade) == (100, "特等")
    assert result.promoted == ("再引进 3 个亿元项目", "引进 10 亿元项目", "外资 3000 万美元")


# --- B19: points by place -------------------------------------------------------------------------


def test_b19_ties_share_the_mean_of_their_places_or_the_same_points():
    rates = {"甲镇": (100, 90), "乙镇": (100, 90), "丙镇": (80, 80), "丁镇": (70, 10), "戊镇": (None, 5)}
    results = scored(
        fixture("b19"),
        *(
            unit(name, figures={"签约额": (signed, 100), "开工项目": (begun, 100)}, time="0.5")
            for name, (signed, begun) in rates.items()
        ),
    )
    # 签约额: 甲 and 乙 share places 1 and 2, (10 + 6) ÷ 2 = 8; 丙 3; 丁 fourth 1; 戊 did not report: 0
    # 开工: 甲 and 乙 both first, 10 each; 丙 third 3; the rest 1
    assert {name: (*points(result).values(), result.score) for name, result in results.items()} == {
        "甲镇": (8, 10, 18), "乙镇": (8, 10, 18), "丙镇": (3, 3, 6), "丁镇": (1, 1, 2), "戊镇": (0, 1, 1),
    }  # fmt: skip


# --- B22: ±0.1 held at ±3, grades down by failed item, two bar from awards ------------------------


@pytest.mark.parametrize(
    ("projects", "money", "told"),
    [
        # 85 + 5 × 0.1 + 2.5 × 0.1 = 85.75: 良好
        ((25, 20), ("102.5", 100), (F("85.75"), "良好", ())),
        # 85 + 3 (40 more would be 4) + 0 = 88
        ((60, 20), (100, 100), (88, "良好", ())),
        # 85 − 0.4 + 0.1 = 84.7; one item failed: 良好 → 合格
        ((16, 20), (101, 100), (F("84.7"), "合格", ())),
        # 85 − 0.1 − 3 = 81.9; both failed: two grades down, and barred
        ((19, 20), (50, 100), (F("81.9"), "不合格", ("2 项不达标",))),
    ],
)
def test_b22_plus_and_minus(projects, money, told):
    result = scored(fixture("b22"), unit(figures={"项目个数": projects, "完成投资": money}))["甲镇"]
    assert (result.score, result.grade, result.barred) == told
