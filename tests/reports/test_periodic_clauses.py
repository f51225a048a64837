"""Clauses of periodic issues: zero, one, all, none, equal, negative, unknown and unreported each read naturally."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.numbers import amount_text, percent_text, points_text
from reports import periods
from reports.documents.content import Place
from reports.figures import Number
from reports.figures.breakdown import Piece, Side
from reports.figures.month import Gain, GainRow, Month, told
from reports.figures.moves import GroupMoves, Move
from reports.figures.pace import Need, PaceRow, UnitPace
from reports.figures.years import Forecast, YearFigure, expected
from reports.figures.zero import ZeroRow
from reports.sentences import comparing, pacing
from reports.sentences.parts import period, places, tables, years

BROKEN = re.compile(r"None|nan|\s|[，。；：、]{2}|（）|^[，。；：、]|\{|\}|--")


def text_of(parts):
    return "".join(getattr(part, "text", part) for part in parts)


def whole(text):
    """Say that a text is no broken sentence."""
    assert text
    assert not BROKEN.search(text), text
    return True


# --- the period ---------------------------------------------------------------------------------


def gain(value, unit="", measure="条"):
    value = None if value is None else Decimal(value)
    number = None if value is None else Number(told(value, measure), "/rows/", basis="上报")
    return Gain(unit, "乡镇", number, value, number)


def gained(value, before=None, units=(), measure="条"):
    before = None if before is None else Decimal(before)
    apart = Decimal(value) - before if before is not None and value is not None else Decimal(0)
    return GainRow(
        name="招商信息",
        measure=measure,
        whole=gain(value, measure=measure),
        before=None if before is None else Number(told(before, measure)),
        before_value=before,
        more=told(abs(apart), measure) if apart else "",
        units=tuple(gain(amount, f"{n}镇", measure) for n, amount in enumerate(units)),
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (gained("14"), "招商信息新增14条"),
        (gained("14", "12"), "招商信息新增14条，比上月多2条"),
        (gained("12", "14"), "招商信息新增12条，比上月少2条"),
        (gained("12", "12"), "招商信息新增12条，与上月持平"),
        (gained("12", "0"), "招商信息新增12条，比上月多12条"),
        (gained("0"), "招商信息无新增"),
        (gained("0", "0"), "招商信息无新增，上月也无新增"),
        (gained("0", "3"), "招商信息无新增，比上月少3条"),
        (gained("-3"), "招商信息核减3条"),
        (gained("-3", "2"), "招商信息核减3条，比上月少5条"),
        (gained(None), "招商信息未报数"),
        (gained("5100", "12300", measure="亿元"), "招商信息新增5100万元，比上月少7200万元"),
        (gained("152800", "3000", measure="亿元"), "招商信息新增15.28亿元，比上月多14.98亿元"),
    ],
)
def test_gain_clause_changes_with_the_number(row, sentence):
    assert text_of(comparing.gain_clause(row, False, "上月")) == sentence


def test_gain_clause_names_the_basis_and_opens_to_its_rows():
    parts = comparing.gain_clause(gained("14"), True)
    assert text_of(parts) == "招商信息（上报数）新增14条"
    assert [part.href for part in parts if getattr(part, "href", "")] == ["/rows/"]


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        (("3", "1", "2"), "招商信息新增最多的是0镇（3条）"),
        (("3", "3", "2"), "招商信息新增最多的是0镇、1镇（均3条）"),
        (("3", "3"), ""),
        (("0", "0", "-1"), ""),
        ((None, "1"), "招商信息新增最多的是1镇（1条）"),
        (("1", "1", "1", "1", "0"), ""),
        (("4",), "招商信息新增最多的是0镇（4条）"),
        ((), ""),
    ],
)
def test_top_clause_names_who_added_most(units, sentence):
    assert comparing.top_clause(gained("9", units=units)) == sentence


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 9, 1), date(2026, 9, 20), "9月1日至20日"),
        (date(2026, 8, 31), date(2026, 9, 6), "8月31日至9月6日"),
        (date(2025, 12, 29), date(2026, 1, 4), "2025年12月29日至2026年1月4日"),
        (date(2026, 9, 1), date(2026, 9, 1), "9月1日"),
    ],
)
def test_days_of_a_period_repeat_neither_month_nor_year(first, last, days):
    assert period.days_of(Month("本期", first, last, "", False, ())) == days


@pytest.mark.parametrize(
    ("rhythm", "first", "last", "before"),
    [
        ("monthly", date(2026, 9, 1), date(2026, 9, 30), ("上月", date(2026, 8, 1), date(2026, 8, 31))),
        ("monthly", date(2026, 9, 1), date(2026, 9, 20), ("上月同期", date(2026, 8, 1), date(2026, 8, 20))),
        ("monthly", date(2026, 3, 1), date(2026, 3, 31), ("上月", date(2026, 2, 1), date(2026, 2, 28))),
        ("monthly", date(2026, 3, 1), date(2026, 3, 30), ("上月同期", date(2026, 2, 1), date(2026, 2, 28))),
        ("half_monthly", date(2026, 9, 1), date(2026, 9, 15), ("上期", date(2026, 8, 16), date(2026, 8, 31))),
        ("half_monthly", date(2026, 9, 16), date(2026, 9, 20), ("上期同期", date(2026, 9, 1), date(2026, 9, 5))),
        ("weekly", date(2026, 9, 14), date(2026, 9, 20), ("上周", date(2026, 9, 7), date(2026, 9, 13))),
        ("weekly", date(2026, 9, 14), date(2026, 9, 16), ("上周同期", date(2026, 9, 7), date(2026, 9, 9))),
    ],
)
def test_span_before_is_as_far_into_its_period(rhythm, first, last, before):
    assert periods.span_before(rhythm, first, last) == periods.Span(*before)


def test_span_before_needs_a_rhythm_and_its_first_day():
    assert periods.span_before("none", date(2026, 9, 1), date(2026, 9, 30)) is None
    assert periods.span_before("monthly", date(2026, 8, 20), date(2026, 9, 30)) is None


@given(st.sampled_from(["weekly", "half_monthly", "monthly"]), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_day_is_within_its_period_and_the_one_before_ends_before_it(rhythm, day):
    first = periods.first_of_period(rhythm, day)
    assert first <= day <= periods.last_of_period(rhythm, first)
    span = periods.span_before(rhythm, first, day)
    assert span.first <= span.last < first


# --- last year, the end -------------------------------------------------------------------------


def year(now, before, measure="条"):
    now, before = (None if value is None else Decimal(value) for value in (now, before))
    change = None if now is None or before is None else now - before
    return YearFigure(
        name="招商信息",
        measure=measure,
        unit="",
        group="",
        now=None if now is None else Number(told(now, measure)),
        before=None if before is None else Number(told(before, measure)),
        before_value=before,
        change=change,
        change_text="" if change is None else told(abs(change), measure),
        growth=Fraction(change) / Fraction(before) if change is not None and before > 0 else None,
    )


@pytest.mark.parametrize(
    ("row", "sentence", "cell"),
    [
        (year("171", "152"), "同比增长12.5%", "12.5"),
        (year("150", "200"), "同比下降25%", "-25"),
        (year("150", "150"), "同比持平", "0"),
        (year("100001", "100000"), "同比增长0.001%", "0.001"),
        (year("300", "100"), "同比增长200%", "200"),
        (year("0", "100"), "同比下降100%", "-100"),
        (year("-3", "100"), "同比下降103%", "-103"),
        (year("9", "0"), "去年同期为零，增加9条", "—"),
        (year("-2", "0"), "去年同期为零，减少2条", "—"),
        (year("0", "0"), "与去年同期均为零", "—"),
        (year("5", "-3"), "去年同期为-3条，增加8条", "—"),
        (year("-3", "-3"), "与去年同期（-3条）持平", "—"),
        (year("5", None), "去年同期没有台账记录", "—"),
        (year(None, "5"), "今年未报数，去年同期5条", "—"),
    ],
)
def test_growth_clause_changes_with_the_number(row, sentence, cell):
    assert comparing.growth_clause(row) == sentence
    assert tables.growth_cell(row) == cell


@pytest.mark.parametrize(
    ("amount", "measure", "text"),
    [
        (Fraction(1638, 10), "条", "164条"),
        (Fraction(898, 100), "个", "9个"),
        (Fraction(1, 3), "个", "0.33个"),
        (Fraction(78123), "亿元", "7.81亿元"),
        (Fraction(0), "个", "0个"),
    ],
)
def test_expectations_of_what_is_counted_are_whole(amount, measure, text):
    assert expected(amount, measure) == text


def test_forecast_clause_says_who_expects_it():
    row = Forecast("招商信息", Number("164条", denominator="358条"), Fraction(164, 358), "45.8%", "", "")
    assert comparing.forecast_clause(row) == "招商信息约164条（目标任务358条）"
    said = Forecast("到位资金", Number("12亿元"), None, "—", "区商务局", "2026-09-01")
    assert comparing.forecast_clause(said) == "到位资金区商务局预计12亿元"


@pytest.mark.parametrize(
    ("short", "owed", "sentence"),
    [
        ([], [], ""),
        ([], ["甲"], "照此进度，目标任务可以如期完成。"),
        ([], ["甲", "乙"], "照此进度，各项目标任务均可如期完成。"),
        (["甲"], ["甲"], "照此进度，甲的目标任务难以如期完成。"),
        (["甲"], ["甲", "乙"], "照此进度，甲的目标任务难以如期完成。"),
        (["甲", "乙"], ["甲", "乙"], "照此进度，各项目标任务均难以如期完成。"),
    ],
)
def test_verdict_on_the_end(short, owed, sentence):
    assert years.verdict(short, owed) == sentence


# --- places -------------------------------------------------------------------------------------


def move(rank, before=None, unit="甲镇", tied=False, score="90"):
    return Move(Place(1, unit, "乡镇", rank or 0, tied, score if rank else "—"), before)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], ""),
        ([move(1)], ""),
        ([move(1, 1)], "甲镇位次持平"),
        ([move(1, 1), move(2, 2, "乙镇")], "2个单位位次均持平"),
        ([move(1, 2), move(2, 1, "乙镇")],
         "位次1个上升、1个下降，上升最多的是甲镇（上升1位）；下降最多的是乙镇（下降1位）"),
        ([move(1, 3), move(2, 4, "乙镇"), move(3, 3, "丙镇")],
         "位次2个上升、1个持平，上升最多的是甲镇、乙镇（均上升2位）"),
        ([move(1, 2), move(2, None, "乙镇")], "位次1个上升，上升最多的是甲镇（上升1位）；1个上期没有位次"),
    ],
)  # fmt: skip
def test_moves_clause_counts_and_names_the_ends(rows, sentence):
    assert comparing.moves_clause(rows) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([move(None)], "各单位未下达任务或未报数，不参加排位"),
        ([move(1)], "甲镇（90分）列第1位"),
        ([move(1), move(None, unit="乙镇")], "甲镇（90分）列第1位；1个单位未下达任务或未报数，不参加排位"),
        ([move(1, tied=True), move(1, tied=True, unit="乙镇")], "2个单位得分相同，均为90分"),
        ([move(1, score="95"), move(2, unit="乙镇")], "得分由高到低依次为甲镇（95分）、乙镇（90分）"),
        ([move(1, score="95"), move(2, unit="乙镇", tied=True), move(2, unit="丙镇", tied=True)],
         "得分由高到低依次为甲镇（95分）、乙镇（90分，并列第2位）、丙镇（90分，并列第2位）"),
        ([move(n, unit=f"{n}镇", score=str(100 - n)) for n in range(1, 8)],
         "列前三位的是1镇（99分）、2镇（98分）、3镇（97分）；列后三位的是5镇（95分）、6镇（94分）、7镇（93分）"),
    ],
)  # fmt: skip
def test_order_clause_lists_a_small_group_and_the_ends_of_a_large_one(rows, sentence):
    assert places.order_clause(GroupMoves("乡镇", tuple(rows))) == sentence


# --- pace and zero ------------------------------------------------------------------------------


def at(lead, unit="甲镇"):
    lead = Fraction(lead)
    return UnitPace(unit, lead, points_text(lead, word="序时进度", space=False), percent_text(lead))


def pace(keeping=(), behind=(), silent=()):
    return PaceRow("招商信息", tuple(keeping), tuple(behind), tuple(silent))


MANY = [at("-0.5", f"{n}镇") for n in range(4)]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (pace([at("0.1")]), "招商信息有任务的1个单位（甲镇）超序时进度10个百分点"),
        (pace([], [at("-0.1")]), "招商信息有任务的1个单位（甲镇）欠序时进度10个百分点"),
        (pace([at(0)]), "招商信息有任务的1个单位（甲镇）与序时进度持平"),
        (pace([], [], ["甲镇"]), "招商信息有任务的1个单位（甲镇）未报数"),
        (pace([at("0.1"), at(0)]), "招商信息2个单位全部达到序时进度"),
        (pace([at("0.1")], [at("-0.2", "乙镇")]),
         "招商信息1个单位达到序时进度、1个落后，乙镇欠序时进度20个百分点"),
        (pace([at("0.1")], [at("-0.3", "丙镇"), at("-0.2", "乙镇")]),
         "招商信息1个单位达到序时进度、2个落后，丙镇欠序时进度30个百分点，差距最大"),
        (pace([], [at("-0.3", "丙镇"), at("-0.2", "乙镇")]),
         "招商信息2个单位全部落后，丙镇欠序时进度30个百分点，差距最大"),
        (pace([], [at("-0.3", "丙镇"), at("-0.3", "乙镇")]), "招商信息2个单位全部落后，均欠序时进度30个百分点"),
        (pace([at(0)], [*MANY, at("-0.1", "末镇")]),
         "招商信息1个单位达到序时进度、5个落后，差距最大的4个单位均欠序时进度50个百分点"),
        (pace([at(0)], [], ["乙镇"]), "招商信息1个单位达到序时进度、1个未报数"),
        (pace([], [], ["甲镇", "乙镇"]), "招商信息2个单位未报数"),
    ],
)  # fmt: skip
def test_pace_clause_reads_naturally_at_every_turn(row, sentence):
    assert pacing.pace_clause(row) == sentence


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (ZeroRow("签约", 3, (), ()), ""),
        (ZeroRow("签约", 3, ("甲镇",), ()), "签约1个（甲镇）为零"),
        (ZeroRow("签约", 2, ("甲镇", "乙镇"), ()), "签约有任务的单位均为零"),
        (ZeroRow("签约", 1, ("甲镇",), ()), "签约有任务的1个单位（甲镇）为零"),
        (ZeroRow("签约", 3, ("甲镇",), ("乙镇",)), "签约1个（甲镇）为零，1个（乙镇）未报数"),
        (ZeroRow("签约", 2, (), ("甲镇", "乙镇")), "签约有任务的单位均未报数"),
        (ZeroRow("签约", 20, tuple(f"{n}镇" for n in range(12)), ()),
         f"签约12个（{'、'.join(f'{n}镇' for n in range(10))}等）为零"),
    ],
)  # fmt: skip
def test_nothing_clause_counts_and_names(row, sentence):
    assert pacing.nothing_clause(row) == sentence


def test_need_clause_says_what_is_missing():
    assert pacing.need_clause(Need("招商信息", Number("12条"), "每周需6条", True)) == "招商信息尚差12条，每周需6条"
    assert pacing.need_clause(Need("招商信息", Number("12条"), "", True)) == "招商信息尚差12条"


# --- pieces, the rule book ----------------------------------------------------------------------


def side(*pieces, name="event"):
    rows = tuple(
        Piece(label, Number(f"{value}个"), Decimal(value), share, percent_text(share))
        for label, value, share in pieces
    )
    return Side("新签项目", name, Number("3个"), rows)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (side(("对接会", 3, Fraction(1))), "全部为对接会"),
        (side(("对接会", 2, Fraction(2, 3)), ("", 1, Fraction(1, 3))), "对接会2个，占66.7%；活动以外的1个，占33.3%"),
        (side(("对接会", 2, None), ("签约式", 0, None)), "全部为对接会"),
        (side(("", 3, Fraction(1))), "活动以外的3个，占100%"),
        (side(), ""),
    ],
)
def test_pieces_clause_tells_parts_with_their_share(row, sentence):
    assert comparing.pieces_clause(row) == sentence


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("截至 2026-11-22 综合得分 78.64 分", "截至2026年11月22日综合得分78.64分"),
        ("完成 0 条 ÷ 目标 10 条 = 0%，低于 30%", "完成0条÷目标10条=0%，低于30%"),
        ("2026-11-02 至 2026-12-12", "2026年11月2日至2026年12月12日"),
        ("ABC company 与 甲镇", "ABC company与甲镇"),
    ],
)
def test_sentences_of_the_rule_book_are_set_as_official_papers(text, written):
    assert comparing.official(text) == written


# --- properties ---------------------------------------------------------------------------------

AMOUNTS = st.one_of(
    st.none(), st.integers(-(10**6), 10**9).map(Decimal), st.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)
)
MEASURES = st.sampled_from(["条", "亿元", "万元", "万美元", "人次"])


@given(AMOUNTS, AMOUNTS, st.lists(AMOUNTS, max_size=5), MEASURES)
def test_no_sentence_on_a_period_is_broken(value, before, units, measure):
    row = gained(value, before, units, measure)
    whole(text_of(comparing.gain_clause(row, False, "上月")))
    if told_top := comparing.top_clause(row):
        whole(told_top)


@given(AMOUNTS, AMOUNTS, MEASURES)
def test_no_sentence_on_last_year_is_broken_and_none_says_nothing_grew(now, before, measure):
    row = year(now, before, measure)
    sentence = comparing.growth_clause(row)
    whole(sentence)
    assert not re.search(r"(增长|下降)0%", sentence)
    assert ("持平" in sentence or "均为零" in sentence) == (now is not None and now == before), sentence


PLACES = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(1, 9)), st.one_of(st.none(), st.integers(1, 9)), st.booleans()),
    min_size=1,
    max_size=12,
)


@given(PLACES)
def test_no_sentence_on_places_is_broken(rows):
    ranked = sorted((row for row in rows if row[0]), key=lambda row: row[0])
    made = [move(rank, before, f"{n}镇", tied) for n, (rank, before, tied) in enumerate(ranked)]
    made += [move(None, None, f"无{n}镇") for n in range(len(rows) - len(ranked))]
    group = GroupMoves("乡镇", tuple(made))
    whole(places.order_clause(group))
    if moved := comparing.moves_clause(group.ranked):
        whole(moved)


LEADS = st.lists(st.fractions(-3, 5), max_size=9)


@given(LEADS, st.integers(0, 4))
def test_no_sentence_on_pace_is_broken(leads, silent):
    told = sorted((at(lead, f"{n}镇") for n, lead in enumerate(leads)), key=lambda row: row.lead)
    row = pace(
        [row for row in told if row.lead >= 0],
        [row for row in told if row.lead < 0],
        [f"无{n}镇" for n in range(silent)],
    )
    if row.owing:
        whole(pacing.pace_clause(row))


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_no_sentence_on_nothing_is_broken(zero, silent, others):
    row = ZeroRow(
        "签约", zero + silent + others, tuple(f"{n}镇" for n in range(zero)), tuple(f"无{n}镇" for n in range(silent))
    )
    sentence = pacing.nothing_clause(row)
    assert bool(sentence) == bool(zero or silent)
    if sentence:
        whole(sentence)


@given(st.lists(st.tuples(st.sampled_from(["工业", "农业", "", "服务业"]), st.integers(0, 10**6)), max_size=4))
def test_no_sentence_on_parts_is_broken(pieces):
    total = sum(value for _label, value in pieces)
    told = [(label, value, Fraction(value, total) if total else None) for label, value in dict(pieces).items()]
    sentence = comparing.pieces_clause(side(*told, name="industry"))
    assert bool(sentence) == any(value for _label, value, _share in told)
    if sentence:
        whole(sentence)


@given(st.integers(0, 10**9).map(Decimal), st.sampled_from(["亿元", "万元"]))
def test_money_that_was_added_is_exact(value, measure):
    text = told(value, measure)
    word = "亿元" if text.endswith("亿元") else "万元"
    assert Decimal(text.removesuffix(word)) * (10000 if word == "亿元" else 1) == value
    assert amount_text(value, word) == text
