"""Charts: well-formed, free of styles, readable as text, and right at the edges."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from reports.charts import progress_bar, sparkline, trend
from reports.svg import text_width

SVG = "{http://www.w3.org/2000/svg}"
WEEKS = [("07-05", Decimal("3")), ("07-12", Decimal("9")), ("07-19", Decimal("31.5"))]
PACE = [("07-05", 5), ("07-12", 10), ("07-19", 15), ("07-26", 20)]


def parse(svg):
    assert "style=" not in svg
    assert "<script" not in svg
    root = ElementTree.fromstring(svg)  # noqa: S314 our own text
    assert root.get("role") == "img"
    return root


def texts(root):
    return [node.text for node in root.iter(f"{SVG}text")]


def lines(root):
    return [node.get("points").split() for node in root.iter(f"{SVG}polyline")]


@pytest.mark.parametrize(
    ("ratio", "width"),
    [
        (None, "0"),
        (Decimal(0), "0"),
        (Fraction(848, 1050), "80.8"),
        (Decimal("0.00049"), "0"),
        (1, "100"),
        (Decimal("1.175"), "100"),
        (Decimal("-0.2"), "0"),
    ],
)
def test_progress_bar_fills_to_the_ratio(ratio, width):
    root = parse(progress_bar(ratio, Fraction(2, 3)))
    assert [rect.get("width") for rect in root.iter(f"{SVG}rect")] == ["100", width]


@pytest.mark.parametrize(
    ("pace", "places"),
    [
        (None, []),
        (Fraction(1, 3), [("M33.3 0V6", "#fff")]),
        (Fraction(2, 3), [("M66.7 0V6", "#4d5b6a")]),
        (0, [("M1 0V6", "#fff")]),
        (1, [("M99 0V6", "#4d5b6a")]),
    ],
)
def test_progress_bar_has_its_notch_at_the_time_progress(pace, places):
    root = parse(progress_bar(Decimal("0.5"), pace))
    assert [(path.get("d"), path.get("stroke")) for path in root.iter(f"{SVG}path")] == places


def test_progress_bar_says_its_figures():
    assert (
        parse(progress_bar(Fraction(9, 8), Fraction(2, 3))).find(f"{SVG}title").text == "完成 112.5%，时序进度 66.7%"
    )
    assert parse(progress_bar(None, None)).find(f"{SVG}title").text == "未报或无目标"


def test_progress_bar_refuses_an_unknown_tone():
    with pytest.raises(KeyError):
        progress_bar(1, 1, tone="pink")


def test_trend_labels_the_last_point_and_names_its_lines():
    root = parse(trend(WEEKS, PACE, label="招商信息走势", unit="条"))
    assert root.find(f"{SVG}title").text == "招商信息走势"
    assert root.find(f"{SVG}desc").text == "截至 07-19 31.5条。同期时序目标 15条。"
    assert texts(root) == [
        *["条", "累计完成", "时序目标"],
        *["0", "10", "20", "30", "40"],
        *["07-05", "07-12", "07-19", "07-26"],
        "07-19 31.5",
    ]


def test_trend_puts_points_of_one_date_above_each_other():
    target, done = lines(parse(trend(WEEKS, PACE, label="x", unit="条")))
    assert [spot.split(",")[0] for spot in done] == [spot.split(",")[0] for spot in target][:3]


def test_trend_places_points_by_their_dates():
    days = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 15), date(2026, 12, 31)]
    points = [("1月", 1), ("2月", 2), ("3-15", 3)]
    pace = [*points, ("12月", 12)]
    root = parse(trend(points, pace, days=days, label="x", unit="个"))
    target, _done = lines(root)
    start, february, march, end = (float(spot.split(",")[0]) for spot in target)
    assert (february - start) / (end - start) == pytest.approx(28 / 334, abs=0.001)
    assert (march - start) / (end - start) == pytest.approx(43 / 334, abs=0.001)
    assert [text for text in texts(root) if text in {"1月", "2月", "3-15", "12月"}] == ["1月", "12月"]


def test_trend_writes_the_figure_it_is_given():
    assert texts(parse(trend(WEEKS, label="x", unit="亿元", last_text="84.8 亿元")))[-1] == "07-19 84.8 亿元"


def last_figure(svg):
    """Return (left, top, right, bottom) of the last figure, as wide as it is taken to be."""
    *_others, node = parse(svg).iter(f"{SVG}text")
    x, y, wide = float(node.get("x")), float(node.get("y")), float(text_width(node.text))
    left = x - wide if node.get("text-anchor") == "end" else x
    return left, y - 12, left + wide, y + 3


@pytest.mark.parametrize(
    "pace", [(5, 10, 15, 20), (30, 34, 38, 42), (30, 32, 33, 34), (2, 9, 27, 40), (0, 0, 0, 40), (31, 31, 31, 31)]
)
@pytest.mark.parametrize("width", [340, 560, 760])
def test_trend_writes_the_last_figure_clear_of_both_lines(pace, width):
    pace_line = [(label, value) for (label, _value), value in zip(PACE, pace, strict=True)]
    svg = trend(WEEKS, pace_line, label="x", unit="条", width=width)
    left, top, right, bottom = last_figure(svg)
    for line in lines(parse(svg)):
        spots = [tuple(map(float, spot.split(","))) for spot in line]
        for (x, y), (to_x, to_y) in zip(spots, spots[1:], strict=False):
            steps = ((x + (to_x - x) * n / 200, y + (to_y - y) * n / 200) for n in range(201))
            assert not any(left < across < right and top < down < bottom for across, down in steps)
    assert right <= width


def test_trend_draws_last_year_grey_and_says_so():
    past = [("07-05", 2), ("07-12", 4), ("07-19", 11), ("07-26", 16)]
    root = parse(trend(WEEKS, PACE, past, label="x", unit="条"))
    grey, dashed, solid = root.iter(f"{SVG}polyline")
    assert [line.get("stroke-dasharray") for line in (grey, dashed, solid)] == [None, "4 3", None]
    assert [len(line.get("points").split()) for line in (grey, dashed, solid)] == [4, 4, 3]
    assert texts(root)[1:4] == ["累计完成", "时序目标", "去年同期"]
    assert root.find(f"{SVG}desc").text.endswith("同期时序目标 15条。去年同期 11条。")


def test_trend_keeps_all_points_inside_the_picture_with_negative_values():
    (done,) = lines(parse(trend([("a", Decimal("-7.3")), ("b", Decimal("12"))], label="增速", unit="%")))
    heights = [float(spot.split(",")[1]) for spot in done]
    assert 40 <= heights[1] < heights[0] <= 220 - 28


def test_trend_counts_whole_things_in_whole_steps():
    assert texts(parse(trend([("a", 0), ("b", 2)], label="x", unit="个")))[2:5] == ["0", "1", "2"]


def test_trend_of_zeros_lies_on_the_axis():
    (done,) = lines(parse(trend([("a", 0), ("b", 0)], label="x", unit="个")))
    assert {spot.split(",")[1] for spot in done} == {"192"}


def test_trend_of_one_point_is_a_dot_with_its_figure():
    root = parse(trend([("07-05", Decimal("3"))], label="x", unit="条"))
    assert lines(root) == []
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert texts(root)[-2:] == ["07-05", "07-05 3"]


def test_trend_without_points_says_so():
    assert texts(parse(trend([], PACE, label="x", unit="条"))) == ["还没有数据"]


def test_trend_writes_no_more_dates_than_there_is_room_for():
    points = [(f"d{k}", k) for k in range(53)]
    root = parse(trend(points, label="x", unit="个", width=340))
    assert [text for text in texts(root) if text.startswith("d")] == ["d0", "d18", "d36", "d52", "d52 52"]


def test_labels_are_escaped():
    nasty = "</title><script>alert('1')</script>\"&"
    root = parse(trend([(nasty, 1), ("b", 2)], [(nasty, 1), ("b", 2)], label=nasty, unit=nasty))
    assert root.find(f"{SVG}title").text == nasty
    assert texts(root)[0] == nasty
    assert parse(sparkline([1, 2], label=nasty)).find(f"{SVG}title").text == nasty
    assert parse(progress_bar(1, 1, text=nasty)).find(f"{SVG}title").text == nasty


@pytest.mark.parametrize("values", [[], [Decimal(1)]])
def test_sparkline_needs_two_values(values):
    assert sparkline(values) == ""


def test_sparkline_runs_from_left_to_right_within_its_picture():
    (line,) = lines(parse(sparkline([Decimal("-2"), Decimal("1.5"), Fraction(1, 3)])))
    assert line == ["3,19", "48,3", "93,8.3"]
    (flat,) = lines(parse(sparkline([0, 0])))
    assert flat == ["3,11", "93,11"]
