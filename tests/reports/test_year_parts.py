"""What a year's parts say: more, less and as much as last year, both bases, none, one and many."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from reports.documents.content import Table
from reports.figures import Number
from reports.figures.land import Land
from reports.figures.major import Major, MajorProject
from reports.figures.meetings import Meetings
from reports.figures.next_year import Aim, NextYear
from reports.figures.promises import Kept, Promises
from reports.figures.year import Beside, Year
from reports.sentences import clauses
from reports.sentences.parts import PARTS
from tests.reports.figure_samples import campaign, indicator

FUNDS = indicator("到位资金", "50000", "60000", "亿元", progress=Fraction(3, 4))
BESIDE = Beside(
    "到位资金", Number("5亿元"), True, False, True, "上报", "", "认定", "", 0, "", "", "", False, ""
)  # fmt: skip
PROJECT = MajorProject(
    "电控项目", "霁岫公司", "汽车零部件", "16亿元", "", "区长", "已开工建设", True, False, "", "/p/1/"
)  # fmt: skip
NOBODY = Major((), (), "0万元", (), "0万元", 0, 0)
AIM = Aim("到位资金", "", "7亿元", "", "", "", "", "6亿元", "5亿元")


def said(part, *, indicators=(FUNDS,), **facets):
    """Return the paragraphs of a part as one text."""
    figures = campaign(indicators=indicators, facets=facets)
    return "\n".join(block.text for block in PARTS[part].compose(figures))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "到位资金5亿元，占目标任务6亿元的83.3%。"),
        (
            {"before": "4亿元", "trend": 1, "change": "1亿元", "growth": "25%"},
            "到位资金5亿元，占目标任务6亿元的83.3%，同比增加1亿元，增长25%。",
        ),
        (
            {"before": "8亿元", "trend": -1, "change": "3亿元", "growth": "37.5%"},
            "到位资金5亿元，占目标任务6亿元的83.3%，同比减少3亿元，下降37.5%。",
        ),
        (
            {"before": "0亿元", "trend": 1, "change": "5亿元"},
            "到位资金5亿元，占目标任务6亿元的83.3%，同比增加5亿元（上年同期0亿元）。",
        ),
        ({"before": "5亿元"}, "到位资金5亿元，占目标任务6亿元的83.3%，与上年同期持平。"),
        (
            {"expected": "6.2亿元", "will_meet": True, "to_come": "1.2亿元"},
            "到位资金5亿元，占目标任务6亿元的83.3%，预计全年达到6.2亿元，年内可完成目标任务。",
        ),
        (
            {"expected": "5.5亿元", "to_come": "0.5亿元"},
            "到位资金5亿元，占目标任务6亿元的83.3%，预计全年达到5.5亿元，与目标任务仍有差距。",
        ),
    ],
)
def test_year_totals_tell_last_year_and_the_end(facts, told):
    assert said("year_totals", year=Year((replace(BESIDE, **facts),))) == told


def test_year_totals_of_nothing_yet_name_what_is_expected():
    none = indicator("实际利用外资", "0", None, "万美元")
    beside = replace(BESIDE, name="实际利用外资", done=Number("0万美元"), expected="300万美元")

    told = said("year_totals", indicators=(none,), year=Year((beside,)))
    assert told == "实际利用外资尚未实现零的突破，预计全年300万美元。"


def test_capital_is_told_on_both_bases_where_they_differ():
    beside = replace(BESIDE, other="3亿元")

    told = said("domestic_capital", year=Year((beside,)))
    assert told == "到位资金认定3亿元、上报5亿元，占目标任务6亿元的83.3%。"
    assert said("foreign_capital", year=Year((beside,))) == ""
    assert said("domestic_capital", year=Year((replace(beside, is_drafted=False),))) == ""


@pytest.mark.parametrize(
    ("rows", "joints"),
    [
        ([("甲", "")], [""]),
        ([("甲", ""), ("乙", "")], ["", "；"]),
        ([("甲", ""), ("乙", "甲"), ("丙", "甲")], ["", "，其中", "、"]),
        ([("甲", ""), ("乙", "甲"), ("丙", "乙"), ("丁", "乙"), ("戊", "")], ["", "，其中", "，含", "、", "；"]),
        ([("乙", "甲")], [""]),
    ],
)
def test_parts_are_joined_to_their_wholes(rows, joints):
    assert clauses.joints([replace(AIM, name=name, part_of=whole) for name, whole in rows]) == joints


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 1, 1), date(2026, 8, 31), "2026年1至8月"),
        (date(2026, 2, 1), date(2026, 2, 28), "2026年2月"),
        (date(2026, 1, 1), date(2026, 8, 30), "2026年1月1日至8月30日"),
        (date(2025, 12, 1), date(2026, 1, 31), "2025年12月1日至2026年1月31日"),
    ],
)
def test_span_of_whole_months_is_told_by_months(first, last, told):
    assert clauses.span_text(first, last) == told


def test_projects_are_named_by_industry_and_those_followed_up():
    foreign = replace(PROJECT, name="风电项目", is_signed=False, is_foreign=True, company="海外公司")
    major = replace(
        NOBODY, projects=(PROJECT, foreign), industries=(("汽车零部件", (PROJECT,)),), followed=(foreign,),
        followed_investment="16亿元",
    )  # fmt: skip

    assert said("major_by_industry", major=major) == "汽车零部件方面，电控项目（计划总投资16亿元）已开工建设。"
    assert said("followed", major=major) == (
        "锁定重点跟进项目1个，计划总投资16亿元：外资项目1个，为风电项目（海外公司）。"
    )
    assert [said(part, major=NOBODY) for part in ("major_by_industry", "followed", "major_table")] == ["", "", ""]


def test_many_projects_of_an_industry_are_not_all_named():
    rows = tuple(replace(PROJECT, name=f"项目{place}") for place in range(10))

    told = said("major_by_industry", major=replace(NOBODY, industries=(("汽车零部件", rows),)))
    assert told.endswith("；另有两个项目正在推进。")
    assert "项目7" in told
    assert "项目8" not in told


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (Kept(0, 0, 0, 0, ()), ""),
        (Kept(2, 2, 2, 0, ()), "收集项目问题2个，已办结2个（均按期办结）。"),
        (Kept(3, 1, 0, 1, ("缺地",)), "收集项目问题3个，已办结1个（逾期办结），未到期1个，超期未办1个（缺地）。"),
        (Kept(3, 3, 2, 1, ()), "收集项目问题3个，已办结3个（按期办结2个，逾期办结1个）。"),
        (Kept(4, 0, 0, 0, tuple("甲乙丙丁")), "收集项目问题4个，超期未办4个（甲、乙、丙等四个）。"),
    ],
)  # fmt: skip
def test_promises_say_what_was_kept(kept, told):
    assert said("promises", promises=Promises(kept, Kept(0, 0, 0, 0, ()))) == told


def test_meetings_and_land_say_nothing_of_nothing():
    assert said("meetings", meetings=Meetings(())) == ""
    assert said("meetings", meetings=Meetings((("调度会", 3),))) == "先后召开调度会3次。"
    assert said("land", land=Land(0, "", "", "", "", 0, "")) == ""
    assert said("land", land=Land(1, "80亩", "", "", "", 0, "")) == "向1个地块供地80亩。"


def test_next_year_names_what_counts_and_how_far_it_grows():
    plan = NextYear("2027", "示范〔2026〕1号", (
        replace(AIM, name="亿元项目", floor="3个", counts="1亿元或1000万美元以上"),
        replace(AIM, growth="10%", base="6亿元", floor="6.6亿元"),
        replace(AIM, name="外资", floor="200万美元", stretch="300万美元"),
    ))  # fmt: skip

    assert said("next_year", next_year=plan) == (
        "2027年主要预期目标为：亿元项目（1亿元或1000万美元以上）3个；到位资金由6亿元增加到6.6亿元，增长10%；"
        "外资确保200万美元、力争300万美元。"
    )
    assert said("next_year", next_year=NextYear("2027", "", ())) == ""


def test_tables_have_a_row_for_each_and_only_columns_that_say_something():
    year = Year((replace(BESIDE, before="4亿元", trend=-1, change="1亿元", growth="20%"),))
    table = next(iter(PARTS["indicator_table"].compose(campaign(indicators=(FUNDS,), facets={"year": year}))))

    assert isinstance(table, Table)
    assert table.heads == ("指标", "依据", "目标任务", "完成", "完成率", "上年同期", "同比")
    assert table.rows == (("到位资金", "上报", "6亿元", "5亿元", "83.3%", "4亿元", "−20%"),)
