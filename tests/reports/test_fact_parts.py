"""What parts say of facts beside the indicators: none, one and many read naturally, and nothing is ever blank."""

from dataclasses import replace
from datetime import date

import pytest

from reports.figures.cautions import Caution, Cautions
from reports.figures.deals import Deal, Deals, Shape
from reports.figures.dues import Due, Dues
from reports.figures.fairs import Fair, Fairs
from reports.figures.outings import Outings, Receptions
from reports.figures.quotas import Group, GroupQuota, Quotas
from reports.sentences.parts import PARTS
from tests.reports.figure_samples import campaign

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
NOBODY = Outings(FIRST, LAST, 0, 0, 0, (), 0, 0, "0", 0, (), 0, 0)
SHAPE = Shape("下半年", 0, 0, 0, 0, 0, 0, 0, 0, (), ())
FAIR = Fair("推介会", "/events/1/", date(2026, 9, 24), "省会", "省级", False, "", 0, None, None, (), "", 0)
DEAL = Deal("物流枢纽项目", "/projects/1/", "甲镇", "商贸物流", "4.2亿元", date(2026, 9, 8), "签约", "", "")
DUE = Due("底盘部件项目", "/projects/2/", "879万欧元", date(2026, 12, 10), "分期出资", "", False)
CAUTION = Caution(
    "黄牌警告", "/rules/1/", "完成率低于时序进度的 70%", "予以黄牌警告", "办法第六条", True, "70%", (), ()
)


def said(part, **facets):
    """Return the paragraphs of a part as one text."""
    return "\n".join(block.text for block in PARTS[part].compose(campaign(facets=facets)))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, ""),
        (
            {"teams": 1, "team_units": 1, "leaders": 1},
            "“走出去”方面，1个单位组建招商小分队1支。",
        ),
        (
            {"trips": 3, "heads": "9", "places": ("广东",), "visited": 2, "calls": 2},
            "“走出去”方面，外出招商3批次、9人次，前往广东；走访企业2家。",
        ),
        (
            {
                "teams": 15, "team_units": 14, "leaders": 15, "titles": (("区级领导", 12),), "trips": 20,
                "heads": "120", "led_by_top": 4, "places": tuple("甲乙丙丁戊己"), "visited": 50, "calls": 60,
            },
            "“走出去”方面，14个单位组建招商小分队15支，由15名领导分别带队（其中区级领导12名）；外出招商20批次、120人次，"
            "其中党政主要领导带队4批次，前往甲、乙、丙、丁、戊等地；走访企业50家，会见60次。",
        ),
    ],
)  # fmt: skip
def test_outings_say_who_went_where(facts, told):
    assert said("outings", outings=replace(NOBODY, **facts)) == told


def test_receptions_say_nothing_of_nobody_and_name_another_basis():
    nobody = Receptions(FIRST, LAST, "上报", 0, "0", 0, 0)
    some = replace(nobody, batches=130, heads="400", companies=46, units=16)

    assert said("receptions", receptions=nobody) == ""
    assert said("receptions", receptions=some) == (
        "“请进来”方面，16个单位共邀请接待客商130批次、400人，涉及企业46家。"
    )
    (block,) = PARTS["receptions"].compose(campaign(basis="", facets={"receptions": some}))
    assert "400人（上报数）" in block.text


def test_fairs_say_only_what_was_written_down():
    full = replace(
        FAIR,
        leader="区委副书记",
        leaflets=3000,
        published=40,
        projects=("甲项目", "乙项目"),
        amount="5.4亿元",
        frameworks=1,
    )
    own = replace(FAIR, name="恳谈会", is_own=True)

    assert said("fairs", fairs=Fairs(())) == ""
    assert said("fairs", fairs=Fairs((full, own))).splitlines() == [
        "9月24日，由区委副书记带队参加推介会，发放资料3000份、发布项目40个，现场签约甲项目、乙项目，共2个、金额5.4亿元，"
        "签订框架协议1个，未计入签约数。",
        "9月24日，举办恳谈会。",
    ]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, ""),
        (1, "签约项目1个，为物流枢纽项目（4.2亿元）。"),
        (2, "签约项目有：物流枢纽项目（4.2亿元）、物流枢纽项目（4.2亿元）2个项目，合同总额9亿元。"),
        (6, f"签约项目主要有：{'、'.join(['物流枢纽项目（4.2亿元）'] * 5)}等6个项目，合同总额9亿元。"),
    ],
)
def test_signed_projects_are_named_up_to_five(count, told):
    assert said("signed", deals=Deals("上报", "9亿元", (DEAL,) * count, ())) == told


def test_stage_and_news_of_projects_are_told():
    started = replace(DEAL, stage="开工")
    moved = (replace(started, note="一期工程完工"), started)
    deals = Deals("上报", "4.2亿元", (started,), moved)

    assert said("signed", deals=deals) == "签约项目1个，为物流枢纽项目（4.2亿元，已开工）。"
    assert said("carried", deals=deals) == (
        "年内此前签约的项目继续跟踪，本期有2个取得新进展："
        "物流枢纽项目（4.2亿元）一期工程完工；物流枢纽项目（4.2亿元）已开工。"
    )
    assert said("carried", deals=replace(deals, carried=())) == ""
    (table,) = PARTS["signed_table"].compose(campaign(facets={"deals": deals}))
    assert table.rows == (("1", "物流枢纽项目", "甲镇", "商贸物流", "4.2亿元", "9月8日", "开工"),)
    assert list(PARTS["signed_table"].compose(campaign(facets={"deals": replace(deals, signed=())}))) == []


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, ""),
        (
            {
                "tracked": 46, "intents": 34, "signed": 12, "started": 5, "signed_large": 2,
                "sectors": (("服务业", 30), ("工业", 16)), "idle_units": ("水利局", "教育局"),
            },
            "一是有行动，行动不够有力。水利局、教育局手里有在谈或意向项目，但截至目前均没有一个正式签约或开工。\n"
            "二是有进展，进展不够快。在跟踪洽谈的项目46个，其中意向项目34个，正式签约的12个，开工建设的5个。\n"
            "三是有项目，项目不够大。12个签约项目中5000万元以下的10个；在跟踪的项目按产业分，服务业30个、工业16个；"
            "下半年以来还没有一个5000万元以上项目新开工。",
        ),
        (
            {"tracked": 3, "half_started_large": 1},
            "有进展，进展不够快。在跟踪洽谈的项目3个，正式签约的一个也没有，开工建设的一个也没有。",
        ),
        ({"tracked": 4, "signed": 4, "started": 4, "signed_large": 4, "half_started_large": 4}, ""),
        (
            {"tracked": 4, "signed": 4, "started": 2, "signed_large": 4},
            "有项目，大项目开工不够快。下半年以来还没有一个5000万元以上项目新开工。",
        ),
    ],
)  # fmt: skip
def test_bottlenecks_are_named_only_where_they_are(facts, told):
    assert said("bottlenecks", shape=replace(SHAPE, **facts)) == told


def test_quotas_are_told_by_class_of_unit():
    even = GroupQuota("新签项目", 8, "1个", "1个", "8个")
    uneven = GroupQuota("签约合同资金", 3, "3000万元", "1亿元", "2亿元")
    groups = (
        Group("乡镇组", tuple("甲乙"), (even, uneven)),
        Group("园区组", ("丙",), (even,)),
        Group("其他", ("丁",), ()),
    )

    assert said("quotas", quotas=Quotas((), ())) == ""
    assert said("quotas", quotas=Quotas(groups, (("乡镇", 2), ("园区", 1), ("部门", 1)))) == (
        "参战单位中，乡镇2个、园区1个、部门1个。目标任务按类别下达：乡镇组2个单位，各须完成新签项目1个、"
        "签约合同资金3000万元至1亿元；园区组1个单位，须完成新签项目1个。"
    )


def test_dues_tell_what_is_late_apart():
    late = replace(DUE, due_on=date(2026, 8, 20), amount="5500万元", nature="", note="合同约定", is_late=True)

    assert said("dues", dues=Dues(())) == ""
    assert said("dues", dues=Dues((late, DUE))).splitlines() == [
        "按约定尚待到位的资金有1笔：底盘部件项目（分期出资），12月10日前879万欧元。",
        "已过约定日期仍未到位的有1笔：底盘部件项目（合同约定），8月20日前5500万元。",
    ]


def test_cautions_say_whom_they_find_by_the_figures_so_far():
    hit = replace(CAUTION, units=("甲镇", "乙镇"), spared=("丙镇",), at_end=False, name="离岗招商")

    assert said("cautions", cautions=Cautions(())) == ""
    assert said("cautions", cautions=Cautions((CAUTION,))) == (
        "黄牌警告：期末完成率低于时序进度的70%的，予以黄牌警告（办法第六条）。按目前数据，尚无单位触及这一条。"
    )
    assert said("cautions", cautions=Cautions((CAUTION, hit))).splitlines()[1] == (
        "二是离岗招商：完成率低于时序进度的70%的，予以黄牌警告（办法第六条）。甲镇、乙镇已触及这一条（丙镇经批准豁免）。"
    )
