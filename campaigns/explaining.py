"""The making of a unit's score as rows a page can print: inputs with links, formula, values in between, points."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from campaigns.lines import Standings
from campaigns.ranking import group_label
from campaigns.scoring.scheme import KINDS, SIGNS, Kind, Result, RowResult, printed
from campaigns.scoring.values import READS, Reads

PLACES = 4  # decimals of the points of a row


@dataclass(frozen=True)
class InputLine:
    """One value that was read, and where it opens."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Line:
    """One row of the rules for one unit."""

    code: str
    label: str
    depth: int
    kind: str
    clause: str
    method: str
    value: str
    inputs: tuple[InputLine, ...]
    formula: str
    steps: tuple[tuple[str, str], ...]
    note: str
    read: str
    worth: str
    points: str
    self_score: str
    difference: str
    is_missing: bool


@dataclass(frozen=True)
class Explanation:
    """A unit's score from its rows to its place."""

    unit: str
    group: str
    score: str
    why: str
    place: str
    grade: str
    barred: tuple[str, ...]
    promoted: tuple[str, ...]
    lines: tuple[Line, ...]
    steps: tuple[tuple[str, str], ...]
    is_self_scored: bool
    self_score: str
    difference: str


def nowhere(key: str) -> str:
    """Say that what was read opens nowhere."""
    return ""


def explanation(result: Result, url_for: Callable[[str], str] = nowhere) -> Explanation:
    """Return a result as a page prints it; url_for says where what was read opens, "" where nowhere."""
    place = "—" if result.rank is None else f"第 {result.rank} 名" + ("（并列）" if result.tied else "")
    return Explanation(
        unit=result.name,
        group=group_label(result.group),
        score=printed(result.score, PLACES),
        why=result.why,
        place=place,
        grade=result.grade,
        barred=result.barred,
        promoted=result.promoted,
        lines=tuple(_line(row, depth, url_for) for row, depth in _walk(result.rows)),
        steps=tuple((step.label, step.text) for step in result.steps),
        is_self_scored=result.self_score is not None,
        self_score=printed(result.self_score, PLACES),
        difference=apart(result.difference),
    )


def _walk(rows, depth=0):
    for row in rows:
        yield row, depth
        yield from _walk(row.below, depth + 1)


def points_of(found: RowResult) -> str:
    """Print the points of a row with their sign; a rule says whether it holds."""
    if found.row.kind == Kind.RULE:
        return "成立" if found.holds else "不成立"
    return signed(found.points, found.row.kind)


def signed(points: Fraction | None, kind: Kind) -> str:
    """Print the points of a row with the sign of its kind."""
    text = printed(points, PLACES)
    if points is None or points <= 0:
        return text
    return {Kind.BONUS: "+", Kind.PENALTY: "−"}.get(kind, "") + text


def apart(difference: Fraction | None, kind: Kind = Kind.ITEM) -> str:
    """Print what the assessed points move the score beside the self-assessed; "—" where either is missing."""
    moved = None if difference is None else SIGNS.get(kind, 1) * difference
    text = printed(moved, PLACES)
    return f"+{text}" if moved is not None and moved > 0 else text.replace("-", "−")


def _line(found, depth, url_for):
    row, trace = found.row, found.trace
    reads = row.source.told if row.source.reads != Reads.NOTHING else READS[Reads.NOTHING]
    return Line(
        code=row.code,
        label=row.label,
        depth=depth,
        kind=KINDS[row.kind],
        clause=row.clause,
        method=row.method.label,
        value=reads,
        inputs=tuple(InputLine(value.label, value.text, url_for(value.key)) for value in trace.inputs),
        formula=trace.formula,
        steps=tuple((step.label, step.text) for step in trace.steps),
        note=trace.note,
        read=found.read,
        worth=printed(row.worth, PLACES),
        points=points_of(found),
        self_score=signed(found.self_score, row.kind),
        difference=apart(found.difference, row.kind),
        is_missing=found.points is None and row.kind != Kind.RULE,
    )


@dataclass(frozen=True)
class Compared:
    """One unit as it stands today and by the rules that are tried."""

    unit_id: int
    unit: str
    score: str
    place: str
    tried_score: str
    tried_place: str
    moved: int
    grade: str
    barred: str


def compared(now: Standings, tried: Standings) -> list[tuple[str, list[Compared]]]:
    """Return (group, units by their place under the tried rules), with the places of the rules that hold now."""
    groups = []
    for name, scores in tried.groups.items():
        rows = []
        for score in scores:
            result, held = tried.results[score.unit_id], now.scores[score.unit_id]
            moved = held.rank - score.rank if held.rank and score.rank else 0
            rows.append(
                Compared(
                    score.unit_id, score.unit, printed(held.score), str(held.rank or "—"),
                    printed(result.score, PLACES), str(score.rank or "—"), moved, result.grade,
                    "、".join(result.barred) or result.why,
                )
            )  # fmt: skip
        groups.append((group_label(name), rows))
    return groups
