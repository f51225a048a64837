"""The light markup of typed text: what is cleaned of it, what its headings lose, what it is read as."""

import pytest

from reports.documents.content import Heading, Paragraph, Span, Table
from reports.figures import Number
from reports.markup import blocks, cites, cleaned

NAMED = {"签约": Number("16个", href="/rows/")}


def read(text):
    missing = []
    return blocks(text, NAMED, missing), missing


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("　　领导带队。", "领导带队。"),
        ("上门\u00a0对接\u3000企业", "上门 对接 企业"),
        ("零\u200b宽\ufeff字\u00ad符\u2060", "零宽字符"),
        ("\uf06c建立台账\n• 上门服务\n· 跟踪", "建立台账\n上门服务\n跟踪"),
        ("一\r\n二\r三\u2028四", "一\n二\n三\n四"),
        ("空\n\n\n\n\n\n行", "空\n\n\n行"),
        ("控\x00制\x0b字\x1f符", "控制字符"),
        ("正在写 ", "正在写 "),
        ("| 单位\t| 数 |\n| --- | --- |", "| 单位 | 数 |\n| --- | --- |"),
        ("**加粗**、{签约}、㎡②𠮷", "**加粗**、{签约}、㎡②𠮷"),
    ],
)
def test_typed_text_is_cleaned(typed, kept):
    assert cleaned(typed) == kept
    assert cleaned(kept) == kept


@pytest.mark.parametrize("number", ["一、", "（一）", "1.", "1、", "（1）", "12．"])
def test_a_heading_loses_the_number_that_was_typed(number):
    assert read(f"## {number}强化调度") == ([Heading(2, "强化调度")], [])


def test_a_figure_at_the_start_of_a_heading_stays():
    assert read("# 16.5亿元项目落地") == ([Heading(1, "16.5亿元项目落地")], [])


def test_paragraphs_bold_cites_and_tables_are_read():
    text = "共{签约}，**再{没有}**。\n| 单位 | 数 |\n| --- | --- |\n| 甲镇 | 3 |"
    assert read(text) == (
        [
            Paragraph(
                (
                    Span("共"),
                    Span("16个", "/rows/"),
                    Span("，"),
                    Span("再〔缺：没有〕", strong=True),
                    Span("。"),
                )
            ),
            Table(title="", heads=("单位", "数"), rows=(("甲镇", "3"),), numeric=(False, True)),
        ],
        ["没有"],
    )
    assert cites(text) == ["签约", "没有"]
