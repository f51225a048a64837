"""Standings as plain values for scripts: what the command `standings` prints as JSON, CSV or a table."""

import csv
import io
import json
from fractions import Fraction
from unicodedata import east_asian_width

from campaigns.lines import Line, Score, Standings
from campaigns.models import Basis
from campaigns.numbers import fraction12, in_measure, percent_text, plain, points_text
from units.lists import safe_cell

LINE_KEYS = (
    "group", "unit", "is_total", "indicator", "measure", "basis", "target", "done", "completion",
    "completion_text", "lead_points_text", "rank",
)  # fmt: skip
HEADS = ("组别", "单位", "目标", "完成", "完成率", "进度", "名次")
SCORE_HEADS = ("组别", "单位", "综合得分", "名次", "上次名次")
NAMES = ("group", "unit", "indicator", "measure")  # columns of text typed by people


def decimal_text(value: Fraction) -> str:
    """Print a fraction as a decimal: all its places where they end, else twelve, half-up."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return fraction12(value)
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).zfill(places + 1)
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if value < 0 else "") + whole + (f".{part}" if part else "")


def line_value(line: Line) -> dict:
    """Return one line; amounts in the measure of its indicator in the campaign."""

    def amount(value):
        return None if value is None else plain(in_measure(value, line.column.measure))

    return {
        "group": line.group,
        "unit": line.unit,
        "is_total": line.is_total,
        "indicator": line.column.name,
        "measure": line.column.measure,
        "basis": line.basis,
        "target": amount(line.target),
        "done": amount(line.done),
        "completion": None if line.completion is None else fraction12(line.completion),
        "completion_text": percent_text(line.completion),
        "lead_points_text": str(points_text(line.lead)),
        "rank": line.rank,
    }


def score_value(score: Score) -> dict:
    """Return the composite of one unit."""
    return {
        "group": score.group,
        "unit": score.unit,
        "score": None if score.score is None else decimal_text(score.score),
        "rank": score.rank,
        "previous_rank": score.previous_rank,
    }


def value_of(standings: Standings, *, indicator: str | None = None) -> dict:
    """Return everything: indicators in their order, on each the roster units in theirs, the organiser last.

    indicator narrows the lines to the indicators of that name; scores always read them all.
    """
    lines = []
    for column in standings.columns:
        if indicator is None or column.name == indicator:
            lines += map(line_value, standings.of_column(column.line_id))
            lines.append(line_value(standings.totals[column.line_id]))
    return {
        "campaign": standings.campaign.name,
        "as_of": standings.as_of.isoformat(),
        "basis": standings.basis,
        "time_progress": fraction12(standings.time_progress),
        "lines": lines,
        "scores": [score_value(score) for score in standings.scores.values()],
    }


def to_json(value: dict) -> str:
    """Print the value as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def to_csv(value: dict) -> str:
    """Print the lines as CSV: is_total is 1 or 0, what is null is empty, text never becomes a formula."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, LINE_KEYS, lineterminator="\n")
    writer.writeheader()
    for line in value["lines"]:
        names = {key: safe_cell(line[key]) for key in NAMES}
        writer.writerow({**line, **names, "is_total": int(line["is_total"])})
    return buffer.getvalue().rstrip("\n")


def to_table(value: dict) -> str:
    """Print the lines by indicator, then the scores, for people to read in a terminal."""
    progress = percent_text(Fraction(value["time_progress"]))
    parts = [f"{value['campaign']}　截至 {value['as_of']}　时序进度 {progress}"]
    by_indicator = {}
    for line in value["lines"]:
        by_indicator.setdefault((line["indicator"], line["measure"], line["basis"]), []).append(line)
    for (name, measure, basis), lines in by_indicator.items():
        rows = [
            (
                "合计" if line["is_total"] else line["group"],
                line["unit"],
                _shown(line["target"]),
                _shown(line["done"]),
                line["completion_text"],
                line["lead_points_text"],
                _shown(line["rank"]),
            )
            for line in lines
        ]
        word = Basis(basis).label
        parts.append(f"{name}（{measure}，{word}）\n" + _aligned(HEADS, rows, {2, 3, 4, 6}))
    scores = [
        (score["group"], score["unit"], _score(score["score"]), _shown(score["rank"]), _shown(score["previous_rank"]))
        for score in value["scores"]
    ]
    parts.append("综合得分\n" + _aligned(SCORE_HEADS, scores, {2, 3, 4}))
    return "\n\n".join(parts)


FORMATS = {"table": to_table, "json": to_json, "csv": to_csv}


def _shown(value):
    return "—" if value is None else str(value)


def _score(text):
    return "—" if text is None else percent_text(Fraction(text) / 100, decimals=2, thresholds=()).rstrip("%")


def _width(text):
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _aligned(heads, rows, right):
    widths = [max(_width(row[i]) for row in (heads, *rows)) for i in range(len(heads))]

    def cell(text, i):
        gap = " " * (widths[i] - _width(text))
        return gap + text if i in right else text + gap

    return "\n".join("  ".join(cell(text, i) for i, text in enumerate(row)).rstrip() for row in (heads, *rows))
