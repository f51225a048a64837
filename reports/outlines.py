"""Outlines: rows moved as a block with those below them, made deeper or shallower, added, removed."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reports.models.kinds import HEADING_LEVELS, OutlineRow

ORDERS = ("up", "down", "deeper", "shallower", "remove", "add")
MOST_ROWS = 60


def read_order(text: str) -> tuple[str, int | None]:
    """Read what a button says: ("up", number of a row); "add:" alone adds to the end."""
    word, _colon, number = text.partition(":")
    if (
        word not in ORDERS
        or (number and (not number.isdecimal() or len(number) > 18))
        or (not number and word != "add")
    ):
        raise ValidationError(_("不认识这项操作"))
    return word, int(number) if number else None


def rearranged(rows: Sequence[OutlineRow], order: str, make) -> list[OutlineRow]:
    """Return an outline after one order, positions counted anew; make(**facts) gives a new unsaved row.

    A row moves with those that stand below it; body and annexes stay apart.
    """
    word, number = read_order(order)
    rows = list(rows)
    place = next((index for index, row in enumerate(rows) if row.pk == number), None)
    if place is None and number is not None:
        raise ValidationError(_("这一段已不在提纲中，请刷新后再试"))
    if word == "add":
        rows = _added(rows, place, make)
    elif word == "remove":
        del rows[place]
    elif word in ("up", "down"):
        rows = _moved(rows, place, word)
    else:
        _sunk(rows, place, 1 if word == "deeper" else -1)
    return counted(rows)


def counted(rows: Sequence[OutlineRow]) -> list[OutlineRow]:
    """Number the rows of an outline from 1, annexes behind the body."""
    ordered = sorted(rows, key=lambda row: row.is_annex)
    for position, row in enumerate(ordered, start=1):
        row.position = position
    return ordered


def _block(rows, place):
    """Return the end of the block that a row opens: itself and the deeper rows below it."""
    end = place + 1
    while end < len(rows) and rows[end].level > rows[place].level and rows[end].place == rows[place].place:
        end += 1
    return end


def _added(rows, place, make):
    if len(rows) >= MOST_ROWS:
        raise ValidationError(_("提纲最多 %(most)s 段") % {"most": MOST_ROWS})
    if place is None:
        body = [row for row in rows if not row.is_annex]
        return [*body, make(level=1, heading=str(_("新的一节"))), *(row for row in rows if row.is_annex)]
    row, end = rows[place], _block(rows, place)
    new = make(
        level=max(row.level, 1), heading=str(_("新的附表") if row.is_annex else _("新的一节")), place=row.place
    )
    return [*rows[:end], new, *rows[end:]]


def _moved(rows, place, word):
    end = _block(rows, place)
    block, level = rows[place:end], rows[place].level
    if word == "up":
        before = place - 1
        while before > 0 and rows[before].level > level:
            before -= 1
        if before < 0 or rows[before].place != rows[place].place:
            raise ValidationError(_("已经是第一段"))
        return [*rows[:before], *block, *rows[before:place], *rows[end:]]
    if end >= len(rows) or rows[end].place != rows[place].place:
        raise ValidationError(_("已经是最后一段"))
    after = _block(rows, end)
    return [*rows[:place], *rows[end:after], *block, *rows[after:]]


def _sunk(rows, place, step):
    end = _block(rows, place)
    levels = [row.level + step for row in rows[place:end]]
    if rows[place].is_annex or min(levels) < 1 or max(levels) > HEADING_LEVELS:
        raise ValidationError(_("标题只有一至四级"))
    for row, level in zip(rows[place:end], levels, strict=True):
        row.level = level
