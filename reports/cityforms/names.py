"""What the marks of a form stand for: the names of reports.figures.catalogue, as values that a cell can hold."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.utils.translation import gettext as _

from campaigns.lines import Line, Standings
from campaigns.models import Basis
from campaigns.numbers import amount_text, in_measure, percent_text, plain, points_text, round_half_up
from reports.figures.campaign import quota_of

NONE = "—"
Held = Decimal | Fraction | date | str  # a Fraction is a share, shown in percent


@dataclass(frozen=True)
class Value:
    """What a mark stands for: what a cell of its own holds, and how it reads among other words."""

    held: Held
    text: str


UNKNOWN = Value(NONE, NONE)  # nothing was reported, nothing is owed: never 0


def words(text: str) -> Value:
    """Return text as a value; none is a dash."""
    return Value(text, text) if text else UNKNOWN


def count(number: int, word: str) -> Value:
    """Return a count."""
    return Value(Decimal(number), f"{number}{word}")


def amount(value: Decimal | None, measure: str) -> Value:
    """Return an amount of the store in the measure that it is printed in."""
    return UNKNOWN if value is None else Value(in_measure(value, measure), amount_text(value, measure))


def share(ratio: Fraction | None) -> Value:
    """Return a share."""
    return UNKNOWN if ratio is None else Value(ratio, percent_text(ratio))


class Names:
    """The figures of a campaign as of a day by name: those of the whole and those of each unit."""

    def __init__(self, state: Standings):
        self.state = state
        self._units = {}

    @cached_property
    def whole(self) -> dict[str, Value]:
        """The names of the whole campaign."""
        state, campaign = self.state, self.state.campaign
        bases = {line.basis for line in state.totals.values()}
        basis = str(Basis(bases.pop()).label) if len(bases) == 1 else _("各指标依据")
        named = {
            "战役": words(campaign.name),
            "组织单位": words(campaign.organiser.name),
            "截至日期": Value(state.as_of, f"{state.as_of.year}年{state.as_of.month}月{state.as_of.day}日"),
            "计数依据": words(basis),
            "参战单位": count(len(state.unit_ids), "个"),
            "时序进度": share(state.time_progress),
            "活动天数": count(campaign.days, "天"),
            "已过天数": count(campaign.day_number(state.as_of), "天"),
        }
        for column in state.columns:
            named |= self.indicator(state.totals[column.line_id])
            lines, (met, _owing) = state.of_column(column.line_id), state.met(column.line_id)
            zero = sum(bool(line.target) and line.done == 0 for line in lines)
            if not column.is_level:
                named[f"{column.name}·完成任务单位"] = count(met, "个")
                named[f"{column.name}·零单位"] = count(zero, "个")
        return named

    def of_unit(self, unit_id: int) -> dict[str, Value]:
        """Return the names of one unit."""
        if unit_id not in self._units:
            score = self.state.scores[unit_id]
            points = None if score.score is None else round_half_up(score.score, 2)
            named = {
                "单位名称": words(score.unit),
                "组别": words(score.group),
                "领导": words(score.leader),
                "位次": UNKNOWN if score.rank is None else Value(Decimal(score.rank), f"第{score.rank}位"),
                "得分": UNKNOWN if points is None else Value(points, f"{plain(points)}分"),
            }
            for line in self.state.of_unit(unit_id):
                named |= self.indicator(line)
                place = UNKNOWN if line.rank is None else Value(Decimal(line.rank), f"第{line.rank}位")
                named[f"{line.column.name}·位次"] = place
            self._units[unit_id] = named
        return self._units[unit_id]

    def indicator(self, line: Line) -> dict[str, Value]:
        """Return the names of one line; a level is compared with its target, never a share of it."""
        column, quota = line.column, quota_of(self.state, line)
        done = amount(line.done, column.measure)
        named = {"": done, "·完成": done, "·目标": amount(quota, column.measure)}
        named["·力争"] = amount(line.stretch, column.measure)
        if not column.is_level:
            completion = Fraction(line.done) / Fraction(quota) if quota and line.done is not None else None
            beyond = None if completion is None else line.done - quota
            lead = None if completion is None else completion - line.time_progress
            named["·完成率"] = share(completion)
            named["·超欠序时"] = (
                UNKNOWN if lead is None else Value(lead, points_text(lead, word="序时进度", space=False))
            )
            named["·尚差"] = amount(None if beyond is None else max(-beyond, Decimal(0)), column.measure)
            named["·超额"] = amount(None if beyond is None else max(beyond, Decimal(0)), column.measure)
        return {column.name + end: value for end, value in named.items()}

    @cached_property
    def units(self) -> dict[str, list[int]]:
        """The roster units by name; two that are called the same cannot be told apart by it."""
        found = {}
        for score in self.state.scores.values():
            found.setdefault(score.unit, []).append(score.unit_id)
        return found

    def of_group(self, group: str) -> list[int]:
        """Return the roster units of a group in roster order; "" for all."""
        return [score.unit_id for score in self.state.scores.values() if not group or score.group == group]
