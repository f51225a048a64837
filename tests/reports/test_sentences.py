"""What the summary says: every turn of a figure reads naturally, and nothing is ever blank."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import composing, kinds
from reports.documents.content import Heading, Paragraph, from_json, to_json
from reports.models import Report, ReportKind, ReportSection
from reports.sentences import clauses
from reports.sentences.parts import summary
from tests.reports.figure_samples import best_unit, campaign, indicator, level, signings

TYPED = {"主要做法": "（一）压实责任\n一抓到底。", "下一步打算": "再接再厉。"}

LARGEST = "签约额最大的是汽车热管理部件项目，为1.4亿元。"


def compose(figures, dated=None, **typed):
    """Compose a summary without a database; typed texts by heading."""
    told, texts = kinds.shipped()[kinds.MAIN], TYPED | typed
    sections = [ReportSection(**row, text=texts.get(row.get("heading"), "")) for row in told["sections"]]
    report = Report(kind=ReportKind(head=told["head"]), title="示范区百日会战总结", issuer="示范区")
    composed = composing.compose(figures, sections, report, dated=dated)
    assert composed.missing == ()
    return composed.document


def texts(document):
    return [block.text for block in document.blocks]


def said(figures, **typed):
    return "\n".join(texts(compose(figures, **typed)))


def opening(figures):
    """Return the first paragraph."""
    return "".join(block.text for block in summary.opening(figures))


def told(parts):
    return "".join(getattr(part, "text", part) for part in parts)


# --- one indicator ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        (indicator(), "招商信息171条，占目标任务358条的47.8%"),
        (indicator(done="0", target="26"), "招商信息0条，占目标任务26条的0%"),
        (indicator(done="10", target="10"), "招商信息10条，完成目标任务10条的100%"),
        (indicator(done="1528000", target="1300000", measure="亿元"),
         "招商信息152.8亿元，为目标任务130亿元的117.5%，超额17.5%"),
        (indicator(done="9996", target="10000"), "招商信息9996条，占目标任务10000条的99.96%"),
        (indicator(done="10001", target="10000"), "招商信息10001条，完成目标任务10000条的100%"),
        (indicator(done="-3", target="10"), "招商信息-3条，未完成目标任务10条"),
        (indicator(target=None), "招商信息171条"),
        (indicator(quota_from_units=True), "招商信息171条，占各单位任务合计358条的47.8%"),
        (level(), "满意度为92%，比目标95%低3个百分点"),
        (level(done="95"), "满意度为95%，达到目标95%"),
        (level(done="96.5"), "满意度为96.5%，比目标95%高1.5个百分点"),
        (level(done="-2.3", target="5"), "满意度为-2.3%，比目标5%低7.3个百分点"),
        (level(target=None), "满意度为92%"),
    ],
)  # fmt: skip
def test_done_clause_changes_with_the_number(figure, sentence):
    assert told(clauses.done_clause(figure, name_basis=False)) == sentence


def test_done_clause_names_the_basis_where_bases_are_mixed():
    figure = indicator(basis="认定")
    assert told(clauses.done_clause(figure, name_basis=True)) == "招商信息（认定数）171条，占目标任务358条的47.8%"


def test_done_clause_links_the_number_to_its_rows():
    spans = [part for part in clauses.done_clause(indicator(), name_basis=False) if getattr(part, "href", "")]
    assert [(span.text, span.href) for span in spans] == [("171条", "/campaigns/1/rows/?line=1")]


def test_a_part_is_told_as_such_only_behind_its_whole():
    whole, part = indicator("到位资金"), indicator("省外到位资金", "55", "68", part_of="到位资金")
    other = indicator("新签项目")
    assert "；其中省外到位资金55条，占目标任务68条的80.9%" in said(campaign(whole, part, other))
    assert "其中" not in said(campaign(whole, other, part))
    second = indicator("境外到位资金", "3", "10", part_of="到位资金")
    assert said(campaign(whole, part, second)).count("其中") == 2


def test_a_part_that_is_called_so_is_not_called_so_twice():
    part = indicator("其中：省外到位资金", part_of="到位资金")
    assert told(clauses.done_clause(part, False, within=True)).startswith("其中省外到位资金171条")


# --- verdicts over indicators -------------------------------------------------------------------

DONE, MISSED = indicator("签约", "10", "10"), indicator("走访", "57", "720")


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ([MISSED, indicator()], "两项目标任务无一完成"),
        ([DONE, DONE], "两项目标任务全部完成"),
        ([DONE, MISSED, indicator()], "三项目标任务完成一项（签约）"),
        ([DONE, MISSED, replace(DONE, name="开工")], "三项目标任务完成两项（签约、开工）"),
        ([DONE], "签约已完成目标任务"),
        ([MISSED], "走访未完成目标任务"),
        ([indicator("信息", "9996", "10000"), MISSED], "两项目标任务无一完成"),
    ],
)
def test_verdict_reads_the_exact_value(figures, sentence):
    assert clauses.verdict(figures) == sentence


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ([indicator(), MISSED], "完成比例最高的是招商信息，为47.8%；最低的是走访，为7.9%"),
        ([DONE, replace(DONE, name="开工"), MISSED], "完成比例最高的是签约、开工，均为100%；最低的是走访，为7.9%"),
        ([DONE, MISSED, replace(MISSED, name="来访")], "完成比例最高的是签约，为100%；最低的是走访、来访，均为7.9%"),
        ([DONE, replace(DONE, name="开工")], "各项完成比例均为100%"),
        ([indicator("甲", "7995", "10000"), indicator("乙", "7996", "10000")],
         "完成比例最高的是乙，为79.96%；最低的是甲，为79.95%"),
    ],
)  # fmt: skip
def test_extremes_name_ties_together_and_tell_near_ones_apart(figures, sentence):
    assert clauses.extremes(figures) == sentence


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"met": 0}, "招商信息：48个有任务的单位无一完成"),
        ({"met": 48}, "招商信息：48个有任务的单位全部完成"),
        ({"met": 11}, "招商信息：48个有任务的单位中11个完成任务"),
        ({"met": 0, "owing": 1}, "招商信息：有任务的1个单位未完成"),
        ({"met": 1, "owing": 1}, "招商信息：有任务的1个单位已完成"),
        ({"best": (best_unit("甲镇", Fraction(6, 5)),)},
         "招商信息：48个有任务的单位中11个完成任务，甲镇完成比例最高（120%）"),
        ({"best": (best_unit("甲镇", Fraction(1)), best_unit("乙镇", Fraction(1)))},
         "招商信息：48个有任务的单位中11个完成任务，甲镇、乙镇完成比例最高（均为100%）"),
        ({"best": tuple(best_unit(f"{n}镇", Fraction(1)) for n in range(11))},
         "招商信息：48个有任务的单位中11个完成任务"),
        ({"met": 2, "owing": 2, "best": (best_unit("甲镇", Fraction(1)), best_unit("乙镇", Fraction(1)))},
         "招商信息：2个有任务的单位全部完成"),
    ],
)  # fmt: skip
def test_met_clause_counts_units(changes, sentence):
    assert clauses.met_clause(indicator(**changes)) == sentence


def test_an_indicator_without_quota_stands_in_no_verdict():
    text = said(campaign(indicator(), MISSED, indicator("新签项目", "16", None, "个")))
    assert "新签项目16个。" in text
    assert "两项目标任务无一完成" in text
    assert text.count("新签项目") == 1


def test_without_any_quota_there_is_no_verdict():
    text = said(campaign(indicator(target=None)))
    assert "任务完成面" not in text
    assert "各项指标未下达目标任务，从数据看未发现明显短板。" in text


# --- the opening --------------------------------------------------------------------------------


def test_opening_of_a_campaign_that_is_over():
    assert opening(campaign(indicator())) == (
        "2026年7月1日至9月30日，示范区组织48个单位开展“百日会战”活动。截至9月30日，活动已结束。"
        "现将有关情况总结如下（文中数据均为上报数）。"
    )


def test_opening_of_a_running_campaign_across_years_on_mixed_bases():
    figures = campaign(
        indicator(), starts_on=date(2026, 10, 12), ends_on=date(2027, 1, 19), as_of=date(2026, 11, 22),
        is_over=False, day_number=42, days=100, time_progress=Fraction(42, 100), basis="", campaign="“百日竞赛”",
    )  # fmt: skip
    assert opening(figures) == (
        "2026年10月12日至2027年1月19日，示范区组织48个单位开展“百日竞赛”活动。"
        "截至2026年11月22日，活动进行到第42天（共100天），时序进度42%。"
        "现将有关情况总结如下（文中各项数据注明上报数或认定数）。"
    )


def test_opening_counts_months_where_the_clock_does():
    figures = campaign(
        indicator(), is_over=False, as_of=date(2026, 8, 31), months=12, months_over=8, time_progress=Fraction(2, 3)
    )
    assert "活动已过8个月（共12个月），时序进度66.7%。" in opening(figures)


# --- problems -----------------------------------------------------------------------------------


def problems(figures):
    return [block.text for block in summary.shortfalls(figures)]


def test_what_is_missing_at_the_end():
    assert problems(campaign(indicator(), MISSED)) == [
        "一是目标任务没有完成。招商信息尚差187条、走访尚差663条。",
        "二是完成比例偏低。各项目标任务完成比例均未过半。",
    ]


def test_what_is_missing_where_some_is_reached():
    assert problems(campaign(DONE, indicator(), MISSED, level())) == [
        "一是部分目标任务没有完成。招商信息尚差187条、走访尚差663条、满意度比目标低3个百分点。",
        "二是完成比例偏低。招商信息、走访2项目标任务完成比例均未过半。",
    ]


def test_six_indicators_under_half_are_not_called_units():
    low = [indicator(f"指标{n}", "1", "10") for n in range(6)]
    assert "个单位" not in "".join(problems(campaign(DONE, *low)))


def test_what_is_behind_while_time_is_left():
    half = Fraction(1, 2)
    running = {"is_over": False, "time_progress": half, "as_of": date(2026, 8, 15), "day_number": 46}
    figures = campaign(indicator(progress=half), indicator("走访", "60", "100", progress=half), **running)
    assert problems(figures) == ["部分指标进度落后于时序。招商信息欠序时进度2.2个百分点。"]


def test_equal_to_the_clock_is_not_behind():
    half = Fraction(1, 2)
    figures = campaign(indicator("走访", "50", "100", progress=half), is_over=False, time_progress=half)
    assert problems(figures) == ["从各项数据看，进度均不落后于时序，未发现明显短板。"]


def test_everything_reached():
    assert problems(campaign(DONE)) == ["从各项数据看，目标任务均已完成，未发现明显短板。"]


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        (replace(DONE, zero_units=("甲镇", "乙镇")), "单位之间不平衡。签约有2个单位为零。"),
        (replace(DONE, owing=2, zero_units=("甲镇", "乙镇")), "有的任务尚未破零。签约有任务的单位均为零。"),
        (replace(DONE, owing=1, zero_units=("甲镇",)), "有的任务尚未破零。签约有任务的1个单位为零。"),
        (replace(DONE, unreported_units=("甲镇", "乙镇")), "报数不全。签约甲镇、乙镇未报数。"),
        (replace(DONE, unreported_units=tuple("甲乙丙丁戊己")), "报数不全。签约甲、乙、丙、丁、戊等6个单位未报数。"),
    ],
)
def test_zero_and_silence_are_told_apart(figure, sentence):
    assert problems(campaign(figure)) == [sentence]


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (signings(16, 1), "大项目偏少。16个签约项目中，1亿元以上的只有1个。"),
        (signings(16, 0), "缺少大项目。签约项目中没有1亿元以上项目。"),
        (signings(0, 0, intents=(("甲项目", "30亿美元"),)),
         "意向项目尚待转化。甲项目（30亿美元）只签订了意向性协议，未计入签约数。"),
        (signings(5, 1, intents=(("甲项目", "30亿美元"), ("乙项目", "3亿元"))),
         "意向项目尚待转化。甲项目（30亿美元）、乙项目（3亿元）等两个项目只签订了意向性协议，未计入签约数。"),
    ],
)  # fmt: skip
def test_contracts_and_intents(shown, sentence):
    assert problems(campaign(DONE, signings=shown)) == [sentence]


@pytest.mark.parametrize(
    ("shown", "basis", "sentence"),
    [
        (signings(16, 1), "上报", "活动期间正式签约项目16个，其中1亿元以上项目1个；" + LARGEST),
        (signings(3, 0), "上报", "活动期间正式签约项目3个，其中没有1亿元以上项目；" + LARGEST),
        (signings(1, 1), "上报", "活动期间正式签约项目1个，为汽车热管理部件项目，签约额1.4亿元。"),
        (signings(16, 1), "", "活动期间正式签约项目16个（上报数），其中1亿元以上项目1个；" + LARGEST),
    ],
)  # fmt: skip
def test_what_contracts_show(shown, basis, sentence):
    assert sentence in texts(compose(campaign(DONE, signings=shown, basis=basis)))


def test_no_contract_no_sentence_about_contracts():
    text = said(campaign(DONE, signings=signings(0, 0, intents=(("甲项目", "3亿元"),))))
    assert "正式签约项目" not in text
    assert "大项目" not in text


# --- the whole document -------------------------------------------------------------------------


def test_the_outline_is_numbered_and_ends_with_the_annex():
    document = compose(campaign(indicator(), MISSED, signings=signings()))
    assert [(block.level, block.text) for block in document.blocks if isinstance(block, Heading)] == [
        (1, "一、主要成效"), (2, "（一）总体完成情况"), (2, "（二）任务完成面"), (1, "二、主要做法"),
        (2, "（一）压实责任"), (1, "三、存在问题"), (1, "四、下一步打算"),
    ]  # fmt: skip
    assert document.date_text == "2026年9月30日"
    assert document.annexes[0].rows[0] == ("", "合计", "358条", "171条", "47.8", "720条", "57条", "7.9", "—", "—")
    assert document.annexes[0].heads[:4] == ("组别", "单位", "招商信息（条）\n目标", "招商信息（条）\n完成")


def test_an_annex_column_without_quota_has_figures_only():
    document = compose(campaign(indicator(), indicator("新签项目", "16", None, "个")))
    assert document.annexes[0].heads[5:] == ("新签项目（个）\n完成", "综合得分", "组内位次")


def test_the_day_of_issue_is_printed_where_there_is_one():
    assert compose(campaign(indicator()), dated=date(2026, 10, 9)).date_text == "2026年10月9日"


def test_what_people_wrote_stands_as_they_wrote_it():
    document = compose(
        campaign(DONE),
        存在问题="　作风不实。\n\n",
        下一步打算="（一）这一行是一个完整的句子，所以它不是标题。\n（二）抓开工",
    )
    blocks = document.blocks
    assert Paragraph((replace(blocks[0].spans[0], text="作风不实。"),)) in blocks
    assert blocks[-2:] == (
        Paragraph((replace(blocks[0].spans[0], text="（一）这一行是一个完整的句子，所以它不是标题。"),)),
        Heading(2, "（一）抓开工"),  # numbered anew
    )


def test_an_unwritten_section_says_so():
    assert texts(compose(campaign(DONE), 主要做法=" \n")).count("（本节待编报单位填写）") == 1


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "零"), (2, "二"), (10, "十"), (11, "十一"), (20, "二十"), (48, "四十八"), (99, "九十九"), (100, "100")],
)
def test_chinese_number(number, text):
    assert clauses.chinese_number(number) == text


def test_counted_says_liang():
    assert (clauses.counted(2, "个"), clauses.counted(12, "项")) == ("两个", "十二项")


# --- never a blank ------------------------------------------------------------------------------

AMOUNTS = st.decimals("-1000", "100000", places=2, allow_nan=False)
QUOTAS = st.none() | st.decimals("0.01", "100000", places=2, allow_nan=False)
UNITS = st.lists(st.sampled_from(["甲镇", "乙镇", "丙局", "丁园区"]), unique=True, max_size=4).map(tuple)


@st.composite
def made_indicators(draw):
    """Make an indicator with any done, quota and units."""
    name = draw(st.sampled_from(["招商信息", "到位资金", "省外到位资金", "走访企业"]))
    measure = draw(st.sampled_from(["条", "亿元", "万元", "%"]))
    make = level if measure == "%" else indicator
    owing = draw(st.integers(1, 4))
    zero = draw(UNITS)[:owing]
    return make(
        name, str(draw(AMOUNTS)), draw(QUOTAS.map(lambda value: value and str(value))), measure,
        owing=owing, met=draw(st.integers(0, owing)), zero_units=zero,
        unreported_units=draw(UNITS)[: owing - len(zero)], quota_from_units=draw(st.booleans()),
        best=tuple(best_unit(unit, Fraction(6, 5)) for unit in draw(UNITS)[:owing]),
        part_of=draw(st.sampled_from(["", "到位资金"])),
    )  # fmt: skip


made_signings = st.none() | st.builds(
    lambda count, above, intents: signings(count, min(above, count), intents=intents),
    st.integers(0, 30),
    st.integers(0, 30),
    st.lists(st.tuples(st.just("甲项目"), st.sampled_from(["3亿元", "30亿美元"])), max_size=3).map(tuple),
)
made_campaigns = st.builds(
    lambda rows, shown, basis, over: campaign(
        *rows, signings=shown, basis=basis, is_over=over, time_progress=Fraction(1 if over else Decimal("0.5"))
    ),
    st.lists(made_indicators(), min_size=1, max_size=5),
    made_signings,
    st.sampled_from(["上报", "认定", ""]),
    st.booleans(),
)
NEVER = re.compile(r"None|，，|。。|；；|、、|：；|：。|，。|、。|；。|（）|“”|\{|\}|Decimal|Fraction|E\+|nan")


@given(made_campaigns)
def test_no_sentence_is_ever_broken(figures):
    document = compose(figures)
    for text in texts(document):
        assert text
        assert not NEVER.search(text), text
    for block in document.blocks:
        if isinstance(block, Paragraph):
            assert block.text.endswith(("。", "）")), block.text
    assert from_json(to_json(document)) == document


@given(made_campaigns)
def test_every_figure_is_told_and_nothing_is_missing_by_zero(figures):
    text = said(figures)
    for figure in figures.indicators:
        assert figure.done.text in text
    assert not re.search(r"(尚差|低|高)0(?![.\d])|超额0%", text)


@given(made_campaigns)
def test_without_a_quota_no_share_is_told(figures):
    bare = replace(
        figures,
        indicators=tuple(
            replace(figure, target=None, completion=None, percent="—", lead=None, gap="", surplus="", owing=0)
            for figure in figures.indicators
        ),
    )
    text = said(bare)
    assert not re.search(r"占|超额|尚差|完成比例|无一完成|—", text)
