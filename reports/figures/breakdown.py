"""What figures are made of: industry, origin, event, and parts of a whole (R99)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from campaigns.lines import Standings, quotient
from campaigns.numbers import percent_text
from projects.breakdowns import SIDES, breakdowns
from reports.figures.campaign import done_number
from reports.figures.month import told
from reports.figures.values import Number, Window

WORDS = {"industry": "产业", "origin": "来源", "event": "活动"}


@dataclass(frozen=True)
class Piece:
    """One part of a figure, with its share of the whole; label "" is what belongs to none."""

    label: str
    amount: Number
    value: Decimal
    share: Fraction | None
    percent: str


@dataclass(frozen=True)
class Side:
    """An indicator seen from one side, the largest part first."""

    name: str
    side: str  # industry, origin, event
    whole: Number
    pieces: tuple[Piece, ...]

    @property
    def is_telling(self) -> bool:
        """Whether at least half of it belongs somewhere; an event is worth a word in any case."""
        loose = sum(piece.value for piece in self.pieces if not piece.label)
        return self.side == "event" or loose * 2 <= sum(piece.value for piece in self.pieces)


@dataclass(frozen=True)
class Breakdowns:
    """Every indicator that can be taken apart, from each side; and of-which indicators with their share."""

    sides: tuple[Side, ...]
    parts: tuple[Side, ...]  # side "part": the indicators that are part of another

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited: {签约合同资金·产业·工业}, {签约合同资金·产业·工业·占比}."""
        for side in self.sides:
            for piece in side.pieces:
                if piece.label:
                    name = f"{side.name}·{WORDS[side.side]}·{piece.label}"
                    yield name, piece.amount
                    if piece.share is not None:
                        yield f"{name}·占比", replace(piece.amount, text=piece.percent)
        for side in self.parts:
            for piece in side.pieces:
                if piece.share is not None:
                    yield f"{piece.label}·占{side.name}", replace(piece.amount, text=piece.percent)


def read(state: Standings, window: Window) -> Breakdowns:
    """Take the organiser's figures apart: one query."""
    found = {row.line_id: row for row in breakdowns(state)}
    sides = [
        _side(state, state.totals[line_id], side, getattr(row, side))
        for line_id, row in found.items()
        for side in SIDES
        if set(getattr(row, side)) - {""}
    ]
    return Breakdowns(tuple(sides), tuple(_parts(state)))


def _side(state, line, side, amounts):
    whole = done_number(state, line)
    pieces = [piece(whole, label, amount, line) for label, amount in amounts.items()]
    return Side(line.column.name, side, whole, tuple(sorted(pieces, key=_in_order)))


def _in_order(row):
    return (not row.label, -row.value, row.label)


def piece(whole: Number, label: str, value: Decimal, line) -> Piece:
    """Freeze one part of a line's figure; a share only of what is above zero."""
    share = quotient(value, line.done) if line.done and line.done > 0 else None
    amount = replace(whole, text=told(value, line.column.measure), denominator=whole.text)
    return Piece(label, amount, value, share, percent_text(share))


def _parts(state):
    by_indicator = {column.indicator_id: column for column in state.columns}
    for column in state.columns:
        whole = state.totals[column.line_id]
        parts = [
            state.totals[row.line_id]
            for row in by_indicator.values()
            if row.part_of_id == column.indicator_id and row.basis == column.basis
        ]
        parts = [line for line in parts if line.done is not None]
        if parts and whole.done is not None:
            number = done_number(state, whole)
            pieces = [
                replace(piece(number, line.column.name, line.done, whole), amount=done_number(state, line))
                for line in parts
            ]
            yield Side(column.name, "part", number, tuple(pieces))
