"""What was promised to projects and at meetings, and what of it was kept by a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from campaigns.lines import Standings
from projects.models import Decision, Problem
from projects.models.projects import shared_under
from reports.figures.values import Number, Window
from units.models import under


@dataclass(frozen=True)
class Kept:
    """Promises of one sort: how many, how many were kept, in time, and how many are open though their day is past."""

    count: int
    done: int
    in_time: int
    late: int  # kept behind their day
    overdue: tuple[str, ...]  # open though their day is past: what each is about

    @property
    def waiting(self) -> int:
        """How many are open and not due yet."""
        return self.count - self.done - len(self.overdue)


@dataclass(frozen=True)
class Promises:
    """The problems of projects and the decisions of meetings of a window."""

    problems: Kept
    decisions: Kept

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        for name, kept in (("项目问题", self.problems), ("议定事项", self.decisions)):
            word = "项" if name == "议定事项" else "个"
            yield name, Number(f"{kept.count}{word}")
            yield f"{name}·已办结", Number(f"{kept.done}{word}")
            yield f"{name}·按期办结", Number(f"{kept.in_time}{word}")
            yield f"{name}·超期未办", Number(f"{len(kept.overdue)}{word}")


def read(state: Standings, window: Window) -> Promises:
    """Read the problems found and the decisions taken in the window: two queries."""
    path, days = state.campaign.organiser.path, (window.first, state.as_of)
    problems = Problem.objects.filter(project__in=shared_under([path]), found_on__range=days)
    decisions = Decision.objects.filter(under([path], "meeting__unit__"), meeting__on__range=days)
    return Promises(
        problems=_kept(problems.select_related("project").order_by("due_on", "pk"), state.as_of),
        decisions=_kept(decisions.order_by("due_on", "pk"), state.as_of),
    )


def _kept(rows: Iterable, as_of: date) -> Kept:
    rows = list(rows)
    done = [row for row in rows if row.done_on and row.done_on <= as_of]
    late = sum(row.done_on > row.due_on for row in done)
    overdue = [row for row in rows if row not in done and row.due_on < as_of]
    return Kept(len(rows), len(done), len(done) - late, late, tuple(_about(row) for row in overdue))


def _about(row: Problem | Decision) -> str:
    return f"{row.project}“{row.title}”" if isinstance(row, Problem) else row.text
