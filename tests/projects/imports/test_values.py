"""Every word that stands in real ledgers, by kind of column: taken, taken with a notice, empty, or refused."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.numbers import grouped, in_measure
from projects.imports import columns
from projects.imports.columns import Column
from projects.imports.reading import Cell
from projects.imports.values import Reading, Refused, check_character, read_cell, read_value
from projects.models.projects import Currency
from tests.projects.factories import NONSENSE

TEXT = Column("x", "X")
MONEY = Column("x", "X", columns.MONEY)
LAND = Column("x", "X", columns.NUMBER, measure="亩")
JOBS = Column("x", "X", columns.NUMBER, measure="人")
RATE = Column("x", "X", columns.NUMBER)
SHARE = Column("x", "X", columns.PERCENT)
DAY = Column("x", "X", columns.DATE)
FLAG = Column("x", "X", columns.YES_NO)
CODE = Column("x", "X", columns.CODE)
SECTOR = Column("x", "X", columns.CHOICE, choices=columns.SECTORS)
EVERY = (TEXT, MONEY, LAND, SHARE, DAY, FLAG, CODE, SECTOR)


def why(value, column, **options):
    """Return why a value is refused."""
    with pytest.raises(Refused) as caught:
        read_value(value, column, **options)
    return "；".join(caught.value.messages)


# --- money --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "measure", "amount", "currency"),
    [
        ("9.29亿元", "", "92900", "CNY"),
        ("9.29亿元", "万元", "92900", "CNY"),
        ("5000万", "亿元", "5000", "CNY"),
        ("5000万", "", "5000", "CNY"),
        ("5000万元", "亿元", "5000", "CNY"),
        ("300万美元", "", "300", "USD"),
        ("300万美元", "万元", "300", "USD"),
        ("300万美金", "万元", "300", "USD"),
        ("USD 300万", "万元", "300", "USD"),
        ("US$300万", "", "300", "USD"),
        ("879万欧元", "", "879", "EUR"),
        ("1,100万港元", "", "1100", "HKD"),
        ("1，100萬港幣", "", "1100", "HKD"),
        ("HK$1100万", "", "1100", "HKD"),
        ("2亿日元", "", "20000", "JPY"),
        ("人民币5000万元", "", "5000", "CNY"),
        ("5000万元人民币", "", "5000", "CNY"),
        ("￥12345.67", "", "1.234567", "CNY"),
        ("9.29", "亿元", "92900", "CNY"),
        (" ９．２９ ", "亿元", "92900", "CNY"),
        ("1,599", "万元", "1599", "CNY"),
        ("\u200b1599\u00a0", "万元", "1599", "CNY"),
        ("300", "万美元", "300", "USD"),
        ("300", "美元", "0.03", "USD"),
        ("八千万", "", "8000", "CNY"),
        ("8000元", "万元", "0.8", "CNY"),
        ("0", "万元", "0", "CNY"),
    ],
)
def test_money_in_words(words, measure, amount, currency):
    assert read_value(words, MONEY, measure=measure) == Reading(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("number", "measure", "amount", "currency"),
    [("9.29", "亿元", "92900", "CNY"), ("5000", "万元", "5000", "CNY"), ("3", "百万美元", "300", "USD")],
)
def test_plain_number_of_money_is_in_the_measure_of_the_heading(number, measure, amount, currency):
    if measure == "百万美元":
        assert "没有写明" in why(Decimal(number), MONEY, measure=measure)
        return
    assert read_value(Decimal(number), MONEY, measure=measure) == Reading(Decimal(amount), currency)


@pytest.mark.parametrize("value", [Decimal("9.29"), "9.29", Decimal(0)])
def test_plain_number_of_money_without_measure_is_refused(value):
    assert "没有写明是元、万元还是亿元" in why(value, MONEY)
    assert "没有写明是元、万元还是亿元" in why(value, MONEY, measure="亩")


@pytest.mark.parametrize(
    ("words", "amount", "notice"),
    [
        ("约3亿", "30000", "“约3亿”按 3亿 读取"),
        ("大约3亿元", "30000", "“大约3亿元”按 3亿元 读取"),
        ("3亿元左右", "30000", "“3亿元左右”按 3亿元 读取"),
        ("预计5000万元", "5000", "“预计5000万元”按 5000万元 读取"),
        ("5000万元（含设备）", "5000", "括号里的“含设备”没有采用"),
        ("USD300", "300", "“USD300”按 300万美元 读取"),
    ],
)
def test_money_taken_with_a_notice(words, amount, notice):
    found = read_value(words, MONEY, measure="万元")
    assert (found.value, found.notice) == (Decimal(amount), notice)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("1.2-1.5亿", "是一个范围"),
        ("1.2～1.5亿元", "是一个范围"),
        ("3至5亿元", "是一个范围"),
        ("1亿-2亿元", "是一个范围"),
        ("近3亿元", "不是确定的数"),
        ("超3亿元", "不是确定的数"),
        ("3亿多元", "不是确定的数"),
        ("3亿余元", "不是确定的数"),
        ("3亿元以上", "不是确定的数"),
        ("≥3亿元", "不是确定的数"),
        ("上百万", "不是确定的数"),
        ("300万美元（约2000万元）", "不止一个数"),
        ("300万美元人民币", "不止一种货币"),
        ("500万英镑", "不认识币种“英镑”"),
        ("5000万新台币", "不认识币种“新台币”"),
        ("30%", "不是同一种计量"),
        ("120亩", "不是同一种计量"),
        ("已开工", "不是数"),
        ("在建", "不是数"),
        ("未动工", "不是数"),
        ("全部到位", "不是数"),
        ("×", "不是数"),
        ("万元", "不是数"),
        ("#REF!", "不是数"),
        ("1 100", "不是同一种计量"),
        ("三万五", "无法读出"),
        ("9.29.1亿", "不是同一种计量"),
        ("1e9", "不是同一种计量"),
        ("99999999999亿元", "过大"),
        ("0.00000001万元", "小数"),
    ],
)
def test_money_that_is_refused(words, said):
    assert said in why(words, MONEY, measure="万元")


def test_day_or_truth_is_no_money():
    assert "不是金额" in why(date(2012, 11, 10), MONEY, measure="万元")
    assert "不是金额" in why(True, MONEY, measure="万元")


# --- other numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "column", "number"),
    [
        (Decimal("120.5"), LAND, "120.5"),
        ("120.5亩", LAND, "120.5"),
        ("1,200", LAND, "1200"),
        ("约120亩", LAND, "120"),
        ("500人", JOBS, "500"),
        ("500", JOBS, "500"),
        ("12人次", JOBS, "12"),
        ("30%", SHARE, "30"),
        ("33.33％", SHARE, "33.33"),
        ("30", SHARE, "30"),
        (Decimal(30), SHARE, "30"),
        ("0.5%", SHARE, "0.5"),
        ("100", SHARE, "100"),
        ("0", SHARE, "0"),
    ],
)
def test_numbers(value, column, number):
    assert read_value(value, column).value == Decimal(number)


@pytest.mark.parametrize(
    ("value", "column", "said"),
    [
        ("8公顷", LAND, "不是同一种计量"),
        ("120余亩", LAND, "不是确定的数"),
        ("100-120亩", LAND, "范围"),
        ("×", LAND, "不是数"),
        ("若干人", JOBS, "不是数"),
        (Decimal("0.3"), SHARE, "分不清是 0.3% 还是 30%"),
        ("1", SHARE, "分不清是 1% 还是 100%"),
        ("3‰", SHARE, "千分比"),
        ("三成", SHARE, "不是同一种计量"),
        ("6.48元", RATE, "请只填写数字"),
        (date(2012, 1, 1), LAND, "不是数"),
    ],
)
def test_numbers_that_are_refused(value, column, said):
    assert said in why(value, column)


# --- dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["2012.11.10", "2012年11月10日", "2012-11-10", "2012/11/10", "20121110", "２０１２．１１．１０",
     "2012 年 11 月 10 日", "2012、11、10", "二〇一二年十一月十日", "2012年11月10号", "2012.11. 10"],
)  # fmt: skip
def test_dates_in_words(words):
    assert read_value(words, DAY) == Reading(date(2012, 11, 10))


@pytest.mark.parametrize(
    ("value", "day", "said"),
    [
        ("201211", date(2012, 11, 1), "按当月 1 日读取"),
        ("2012-11", date(2012, 11, 1), "按当月 1 日读取"),
        ("2012.1", date(2012, 1, 1), "按当月 1 日读取"),
        ("2012年11月", date(2012, 11, 1), "按当月 1 日读取"),
        ("2012年11月份", date(2012, 11, 1), "按当月 1 日读取"),
        (Decimal(201211), date(2012, 11, 1), "按当月 1 日读取"),
        (Decimal("2012.11"), date(2012, 11, 1), "按当月 1 日读取"),
        (Decimal("2012.2"), date(2012, 2, 1), "按当月 1 日读取"),
        (Decimal(41223), date(2012, 11, 10), "数字 41223 按日期序号读作 2012-11-10"),
        ("41223", date(2012, 11, 10), "数字 41223 按日期序号读作 2012-11-10"),
        ("12年11月10日", date(2012, 11, 10), "按 2012-11-10 读取"),
        ("98年5月", date(1998, 5, 1), "按 1998-05-01 读取"),
        ("2012-11-10 09:30", date(2012, 11, 10), "时间 09:30 没有采用"),
        (datetime(2012, 11, 10, 9, 30), date(2012, 11, 10), "时间 09:30 没有采用"),
        ("未动工", None, "按尚未发生"),
        ("尚未开工", None, "按尚未发生"),
        ("筹备中", None, "按尚未发生"),
        ("×", None, "按尚未发生"),
        ("待定", None, "按空白读取"),
    ],
)
def test_dates_taken_with_a_notice(value, day, said):
    found = read_value(value, DAY)
    assert found.value == day
    assert said in found.notice


def test_dates_that_are_plain():
    assert read_value(date(2012, 11, 10), DAY) == Reading(date(2012, 11, 10))
    assert read_value(Decimal(20121110), DAY) == Reading(date(2012, 11, 10))


def test_serial_of_the_1904_system():
    assert read_value(Decimal(39761), DAY, date1904=True).value == date(2012, 11, 10)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2012年底", "不是确定的日期"),
        ("2012年上半年", "不是确定的日期"),
        ("2012年11月上旬", "不是确定的日期"),
        ("预计2012年11月", "不是确定的日期"),
        ("一季度", "不是确定的日期"),
        ("已开工", "只说明已经发生"),
        ("全部开工", "只说明已经发生"),
        ("在建", "只说明已经发生"),
        ("已签约", "只说明已经发生"),
        ("√", "只说明已经发生"),
        ("是", "只说明已经发生"),
        ("12.11.10", "分不清年月日的次序"),
        ("10/11/2012", "分不清年月日的次序"),
        ("2012-13-01", "这一天不存在"),
        ("2012-02-30", "这一天不存在"),
        ("201213", "这一天不存在"),
        ("20120230", "这一天不存在"),
        ("121110", "年份不在"),
        (date(1905, 7, 4), "年份不在"),
        (date(9999, 1, 1), "年份不在"),
        ("2012", "只有年份"),
        ("2012年", "只有年份"),
        (Decimal(2012), "只有年份"),
        (Decimal("2012.1"), "1 月还是 10 月"),
        (Decimal(-1), "不是日期"),
        (Decimal("1E+300"), "不是日期"),
        (True, "不是日期"),
        ("张三", "不是日期"),
        ("5000万元", "不是日期"),
    ],
)
def test_dates_that_are_refused(value, said):
    assert said in why(value, DAY)


# --- yes and no, choices, codes, text ------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        ("是", True), ("√", True), ("有", True), ("Y", True), (Decimal(1), True), (True, True), ("已纳入", True),
        ("否", False), ("×", False), ("无", False), ("n", False), (Decimal(0), False), (False, False), ("未", False),
        ("—", None), ("/", None), ("", None), ("待定", None), ("在建", True), ("已开工", True), ("未动工", False),
    ],
)  # fmt: skip
def test_yes_and_no(value, truth):
    assert read_value(value, FLAG).value is truth


@pytest.mark.parametrize("value", ["也许", "2", Decimal(2), "半"])
def test_what_is_neither_yes_nor_no_is_refused(value):
    assert "请填写 是 或 否" in why(value, FLAG)


@pytest.mark.parametrize(
    ("words", "stored"),
    [("工业", "industry"), ("第三产业", "services"), ("服 务 业", "services"), ("農業", "agriculture"), ("—", None)],
)
def test_choices(words, stored):
    assert read_value(words, SECTOR).value == stored


def test_choice_that_is_unknown_names_the_choices():
    assert why("工业企业", SECTOR) == "“工业企业”不在可选范围内，是不是“工业”，请填写 工业、农业、服务业 之一"
    assert why("已开工", SECTOR) == "“已开工”不在可选范围内，请填写 工业、农业、服务业 之一"


GOOD_CODE = "91350100M000100Y43"  # the example of the standard


def test_credit_code():
    assert read_value(GOOD_CODE, CODE) == Reading(GOOD_CODE)
    assert read_value(" ９1350100-m000100y43", CODE) == Reading(GOOD_CODE)
    assert check_character(GOOD_CODE) == "3"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("91350100M000100Y4", "有 17 位，应为 18 位"),
        ("91350100M000100Y44", "第 18 位校验码应为“3”，现为“4”"),
        ("91350100M000100O43", "第 16 位是“O”"),
        ("350100400012345", "15 位的工商注册号"),
        (Decimal("913501000000000000"), "第 15 位以后已丢失"),
        ("9.135E+17", "科学计数法"),
        ("已注册", "有 3 位"),
    ],
)
def test_credit_codes_that_are_refused(value, said):
    assert said in why(value, CODE)


@given(st.text(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"), min_size=17, max_size=17))
def test_every_code_has_one_check_character(body):
    right = check_character(body)
    assert read_value(body + right, CODE).value == body + right
    for wrong in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {right}:
        with pytest.raises(Refused):
            read_value(body + wrong, CODE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  甲\n项目  ", "甲 项目"),
        ("甲\u200b项目", "甲项目"),
        (Decimal(13812345678), "13812345678"),
        (Decimal("1.50"), "1.5"),
        (date(2012, 11, 10), "2012-11-10"),
        (True, "是"),
        ("已开工", "已开工"),
        ("在建", "在建"),
        ("未动工", "未动工"),
        ("—", None),
        ("无", None),
        ("待定", None),
        ("×", None),
        ("=1+1", "=1+1"),
    ],
)
def test_text(value, text):
    assert read_value(value, TEXT).value == text


def test_text_that_has_lost_digits_is_refused():
    assert "科学计数法" in why("1.38E+10", TEXT)
    assert "第 15 位以后已丢失" in why(Decimal("622202100000000000"), TEXT)


# --- every kind ---------------------------------------------------------------------------------


@pytest.mark.parametrize("column", EVERY, ids=lambda column: column.kind)
@pytest.mark.parametrize("words", ["", "  ", "—", "——", "-", "/", "\u3000", None])
def test_marks_of_nothing_are_empty(column, words):
    assert read_value(words, column) == Reading(None)


@pytest.mark.parametrize("column", EVERY, ids=lambda column: column.kind)
def test_undecided_is_empty_with_a_notice(column):
    assert read_value("待定", column) == Reading(None, notice="“待定”按空白读取")


@pytest.mark.parametrize("column", [column for column in EVERY if column is not FLAG], ids=lambda column: column.kind)
def test_none_is_empty_and_never_zero(column):
    assert read_value("无", column) == Reading(None)


@pytest.mark.parametrize("column", EVERY, ids=lambda column: column.kind)
@pytest.mark.parametrize("words", [*NONSENSE, *"(%元万$年", "十月", "二十年", "--1", "1/0", "()"])
def test_nonsense_is_refused_or_read_but_never_fails(column, words):
    messages = []
    try:
        found = read_value(words, column, measure="万元" if column is MONEY else "").value
    except Refused as refused:
        found, messages = None, refused.messages
    assert not isinstance(found, float)
    assert all(re.search("[\u4e00-\u9fff]", message) for message in messages)


def test_fault_of_a_cell_is_its_refusal():
    with pytest.raises(Refused, match="公式没有计算结果"):
        read_cell(Cell(None, "C7", fault="公式没有计算结果"), MONEY, measure="万元")


def test_amount_of_a_merged_cell_is_not_counted_again_but_its_text_is_read():
    with pytest.raises(Refused, match="与 C6 是合并单元格"):
        read_cell(Cell(Decimal(5), "C7", filled_from="C6"), MONEY, measure="万元")
    assert read_cell(Cell("甲", "B7", filled_from="B6"), TEXT) == Reading("甲")
    assert read_cell(Cell(None, "C7", filled_from="C6"), MONEY, measure="万元") == Reading(None)


@given(st.decimals(0, 10**7, places=4, allow_nan=False), st.sampled_from(["万元", "亿元", "元", "万美元", "万港元"]))
def test_amount_that_was_printed_is_read(amount, measure):
    currency = {"万美元": "USD", "万港元": "HKD"}.get(measure, "CNY")
    printed = grouped(in_measure(amount, measure))
    assert read_value(printed, MONEY, measure=measure) == Reading(amount, currency)
    assert read_value(printed + measure, MONEY, measure="万元") == Reading(amount, currency)


def test_currencies_are_those_of_the_models():
    assert set(columns.CURRENCIES) == set(Currency.values)
