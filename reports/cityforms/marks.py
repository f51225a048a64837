"""The marks of a form: how they are written, and what each stands for in its row."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.cityforms.names import Names, Value, count

MARK = re.compile(r"\{([^{}\n]{1,120})\}")
ROW, WHOLE, UNIT = "单位名称", "合计", "单位"  # what makes a row repeat; whose figure it is, where that must be said
NUMBER = "序号"


class UnknownMark(Exception):
    """A mark that stands for nothing; the message says why."""


@dataclass(frozen=True)
class Seat:
    """A unit with its place in a repeating row."""

    unit_id: int
    number: int


def tidy(mark: str) -> str:
    """Return a mark as names are written: no blanks, colons of half width."""
    return "".join(mark.split()).replace("：", ":").replace("•", "·").replace("・", "·")


def marks_of(text: str) -> list[str]:
    """Return the marks of a text, in their order."""
    return [tidy(mark) for mark in MARK.findall(text)]


def group_of(texts) -> str | None:
    """Return the group whose units a row repeats for, "" for all; None for a row that does not repeat."""
    for text in texts:
        for mark in marks_of(text):
            if mark == ROW or mark.startswith(f"{ROW}:"):
                return mark.partition(":")[2]
    return None


def value_of(mark: str, names: Names, seat: Seat | None) -> Value:
    """Return what a mark stands for; in a repeating row first of its unit, then of the whole campaign."""
    head, colon, rest = mark.partition(":")
    if colon and head == WHOLE:
        return known(rest, names.whole)
    if colon and head == UNIT:
        return of_named_unit(rest, names)
    if seat:
        if head == ROW:
            return names.of_unit(seat.unit_id)[ROW]
        if mark == NUMBER:
            return count(seat.number, "")
        own = names.of_unit(seat.unit_id)
        if mark in own:
            return own[mark]
    if mark in names.whole:
        return names.whole[mark]
    return of_named_unit(mark, names)


def known(name, named):
    """Return the value of a name."""
    if name not in named:
        raise UnknownMark(_("没有这个数"))
    return named[name]


def of_named_unit(name, names):
    """Return the figure of a unit that the mark names: 城东街道·签约金额·完成率."""
    for unit, keys in names.units.items():
        if name.startswith(f"{unit}·"):
            if len(keys) > 1:
                raise UnknownMark(_("参战单位中有两个“%s”，分不清是哪一个") % unit)
            return known(name.removeprefix(f"{unit}·"), names.of_unit(keys[0]))
    raise UnknownMark(_("没有这个指标、单位或数"))
