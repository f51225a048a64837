"""Traditional editions, and charts: what stays, what changes, what is drawn."""

import re
from dataclasses import fields

import pytest

from reports.documents import DOCUMENTS as KINDS
from reports.documents import fonts
from reports.documents.content import Chart, Paragraph, Series, Span, from_json, to_json
from reports.documents.drawing import said, to_svg
from reports.documents.glyphs import check_glyphs
from reports.documents.png import to_png
from reports.documents.script import to_traditional
from tests.reports.document_samples import plain_report
from tests.reports.head_samples import BARS, LINES, PACE, SAMPLES


def said_of(*texts: str) -> str:
    document = plain_report(Paragraph(tuple(Span(text, "/rows/1/") for text in texts)))
    (made,) = to_traditional(document).blocks
    assert [span.href for span in made.spans] == ["/rows/1/"] * len(texts)
    assert [len(span.text) for span in made.spans] == [len(text) for text in texts]
    return made.text


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        (
            "临江区完成签约资金9.29亿元，占目标任务20亿元的46.5%",
            "臨江區完成簽約資金9.29億元，佔目標任務20億元的46.5%",
        ),
        ("干部作风干净，发展头发，里程碑在千里之外", "幹部作風乾淨，發展頭髮，里程碑在千里之外"),
        ("范局长、于某某书记和余镇长", "范局長、于某某書記和余鎮長"),
        ("由于书记带队，关于主任会议", "由於書記帶隊，關於主任會議"),
        ("软件、网络、信息、项目", "軟件、網絡、信息、項目"),
        ("临招办发〔2026〕18号", "臨招辦發〔2026〕18號"),
    ],
)
def test_words_become_traditional_and_stay_the_words_they_are(simplified, traditional):
    assert said_of(simplified) == traditional


def test_a_word_across_two_spans_is_read_as_one():
    assert said_of("头", "发") == "頭髮"


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_whole_document_is_converted_and_its_figures_stay(name):
    document = SAMPLES[name]()
    made = to_traditional(document)

    def numbers(value):
        return re.findall(r"\d[\d,.]*", to_json(value))

    kept = ("head", "draft", "schema", "figures", "places")
    assert [getattr(made, each) for each in kept] == [getattr(document, each) for each in kept]
    assert numbers(made) == numbers(document)
    assert from_json(to_json(made)) == made
    assert made.language == "zh-Hant"
    assert not re.search("[总单区关为与专业务项标资议组]", to_json(made))
    assert {field.name for field in fields(made)} == {field.name for field in fields(document)}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_fonts_hold_every_traditional_character(name):
    check_glyphs(to_traditional(SAMPLES[name]()), fonts.find())


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_fixed_words_of_a_file_are_traditional_too(kind):
    content = KINDS[kind][0](to_traditional(SAMPLES["newsletter"]()))

    assert content
    if kind == "html":
        page = content.decode()
        assert '<html lang="zh-Hant">' in page
        assert "（初步統計，截至2026年9月30日，認定數）" in page
        assert "（共印60份）" in page


# --- charts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("chart", [BARS, PACE, LINES], ids=["bar", "pace", "line"])
def test_a_chart_is_drawn_with_attributes_only_and_says_its_numbers(chart):
    drawn = str(to_svg(chart))

    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" class="zs-chart" viewBox="0 0 560 ')
    assert "style=" not in drawn
    assert f"<title>{chart.title}</title>" in drawn
    assert "<desc>" in drawn
    assert all(series.name in drawn for series in chart.series)
    assert "font-family" not in drawn
    assert '<g font-family="A,B">' in str(to_svg(chart, "A,B"))


@pytest.mark.parametrize("chart", [BARS, PACE, LINES], ids=["bar", "pace", "line"])
def test_a_picture_for_word_is_a_png_of_270_to_the_inch(chart):
    picture = to_png(chart)

    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture[16:20], "big") == 560 * 3


def test_bars_reach_as_far_as_their_numbers_say():
    chart = Chart("bar", "图", ("甲", "乙", "丙", "丁"), (Series("数", ("10", "5", "-5", "")),), "个")
    bar = r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="[\d.]+" fill="#1f5299" stroke="#1f5299"'
    bars = re.findall(bar, str(to_svg(chart)))
    assert len(bars) == 4  # the first is the key
    (first, ten), (second, five), (third, below) = [(float(x), float(width)) for x, width in bars[1:]]

    assert first == second
    assert ten == pytest.approx(2 * five, abs=0.2)
    assert below == pytest.approx(five, abs=0.2)
    assert third + below == pytest.approx(first, abs=0.2)
    assert ">—</text>" in str(to_svg(chart))


def test_a_chart_of_nothing_says_so_and_a_long_one_stays_on_its_page():
    nothing = Chart("bar", "图", (), (Series("数", ()),), "个")
    many = Chart("pace", "图", ("某单位",) * 90, (Series("率", ("5",) * 90), Series("钟", ("9",) * 90)), "%")

    assert "还没有数据" in str(to_svg(nothing))
    assert float(re.search(r'viewBox="0 0 560 ([\d.]+)"', str(to_svg(many)))[1]) <= 730


def test_a_chart_is_a_table_where_it_cannot_be_drawn():
    assert BARS.table.heads == ("单位", "今年（亿元）", "去年同期（亿元）")
    assert BARS.table.rows[5] == ("石门镇", "—", "1.5")
    assert said(PACE).startswith("临江街道 完成率117.5%、时序进度75%；")


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "pie"},
        {"series": ()},
        {"series": (Series("数", ("1", "2")),)},
        {"kind": "pace"},
    ],
)
def test_a_chart_that_cannot_be_drawn_is_refused(facts):
    values = {"kind": "bar", "title": "图", "categories": ("甲",), "series": (Series("数", ("1",)),), "measure": "个"}
    with pytest.raises(ValueError):
        Chart(**values | facts)
