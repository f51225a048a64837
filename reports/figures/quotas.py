"""What units were asked for, group by group: quotas differ by class of unit (R35)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.lines import Standings
from campaigns.numbers import amount_text, measure_of, money_text
from reports.figures.values import Number, Window
from units.models import Unit


@dataclass(frozen=True)
class GroupQuota:
    """What one indicator asks of a group: each the same, or between the least and the most."""

    indicator: str
    owing: int
    least: str
    most: str
    total: str

    @property
    def is_even(self) -> bool:
        """Whether each unit owes the same."""
        return self.least == self.most


@dataclass(frozen=True)
class Group:
    """A group of the roster and its quotas."""

    name: str
    units: tuple[str, ...]
    quotas: tuple[GroupQuota, ...]


@dataclass(frozen=True)
class Quotas:
    """The groups in roster order, and how many units of each kind are on the roster."""

    groups: tuple[Group, ...]
    kinds: tuple[tuple[str, int], ...]

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for kind, count in self.kinds:
            yield f"参战单位·{kind}", Number(f"{count}个")
        for group in self.groups:
            yield f"{group.name}·单位", Number(f"{len(group.units)}个")
            for quota in group.quotas:
                yield f"{group.name}·{quota.indicator}·每单位目标", Number(quota.least, denominator=quota.total)


def read(state: Standings, window: Window) -> Quotas:
    """Take the quotas in force from the standings, and ask what the units are: one query."""
    units: dict[str, list[int]] = {}
    for unit_id, score in state.scores.items():
        units.setdefault(score.group, []).append(unit_id)
    kinds = Counter(Unit.objects.filter(pk__in=state.unit_ids).values_list("kind", flat=True))
    return Quotas(
        groups=tuple(
            Group(name=name, units=tuple(state.scores[pk].unit for pk in ids), quotas=tuple(_quotas(state, ids)))
            for name, ids in units.items()
        ),
        kinds=tuple((str(kind.label), kinds[kind]) for kind in Unit.Kind if kinds[kind]),
    )


def _quotas(state, unit_ids):
    for column in state.columns:
        owed = [line.target for pk in unit_ids if (line := state.lines[pk, column.line_id]).target]
        if owed:
            yield GroupQuota(
                indicator=column.name,
                owing=len(owed),
                least=_text(min(owed), column),
                most=_text(max(owed), column),
                total=_text(sum(owed), column),
            )


def _text(value, column):
    """Print what is owed; a small sum of money in 万元, though the indicator is printed in 亿元."""
    is_money = measure_of(column.measure).dimension == "money"
    return money_text(value) if is_money else amount_text(value, column.measure)
