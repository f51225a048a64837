"""Leaders: what each one heads, and how the units of each stand together (R46).

A leader is known by a name as people typed it: a roster line, a project, a team or a member of one is this leader's
where its own field holds exactly that text, nothing more and nothing less. Several names in one field are one name;
a title or a space makes another. Nobody is guessed to be the same person.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q

from campaigns import ranking
from campaigns.lines import Line, Standings, light, quotient
from campaigns.links import leader_url
from campaigns.models import CampaignUnit, Finding, Instruction, Order
from projects import todos
from projects.models import Credit, Delegation, Milestone, Posting, Project
from projects.stages import Kind
from units.models import Unit, User

AHEAD = 30  # days for which a leader's page names what is due
ASKED = {Finding, Order, Instruction}  # what is asked of units stands in a list of its own
NAMES = {kind.value: str(kind.label) for kind in Kind}


@dataclass(frozen=True)
class Headed:
    """A leader in a campaign: the units, and what they do together on each indicator.

    on_pace of owing quotas of the units have reached the time progress; due once it runs.
    """

    name: str
    url: str
    units: tuple[ranking.RankingRow, ...]
    cells: tuple[ranking.Cell, ...]
    on_pace: int
    owing: int

    @property
    def share(self) -> Fraction:
        """Which part of the quotas keeps pace; nothing owed stands last."""
        return Fraction(self.on_pace, self.owing) if self.owing else Fraction(-1)


def together(lines: list[Line], campaign) -> Line:
    """Add up the lines of some units on one indicator: done ÷ quota of those that owe something, one division.

    Where none of them owes anything, it is what all have done; a level or a ratio is never added, and has no figure.
    """
    first = lines[0]
    if first.column.is_level or first.column.ratio_of:
        return replace(first, target=None, done=None, completion=None, light="")
    counted = [line for line in lines if line.target] or lines
    target = sum((line.target for line in counted if line.target), Decimal(0)) or None
    known = [line.done for line in counted if line.done is not None]
    done = sum(known, Decimal(0)) if known else None
    completion = quotient(done, target) if target and done is not None else None
    added = replace(first, target=target, done=done, completion=completion)
    return replace(added, light=light(campaign, added.pace))


def headed(state: Standings, rows_url: Callable, unit_url: Callable, *, names: Iterable[str] = ()) -> list[Headed]:
    """Return the leaders of a roster (only those named), whose units keep pace most on top."""
    wanted, by_name = set(names), {}
    for group in ranking.ranking_rows(state, rows_url, unit_url):
        for row in group.rows:
            if row.leader and (not wanted or row.leader in wanted):
                by_name.setdefault(row.leader, []).append(row)
    made = [one_headed(state, name, rows) for name, rows in by_name.items()]
    return sorted(made, key=lambda row: (-row.share, row.name))


def one_headed(state: Standings, name: str, rows: list[ranking.RankingRow]) -> Headed:
    """Return one leader with the units."""
    lines = [state.lines[row.unit_id, column.line_id] for row in rows for column in state.columns]
    owed = [line for line in lines if line.target]
    cells = []
    for column in state.columns:
        added = together([state.lines[row.unit_id, column.line_id] for row in rows], state.campaign)
        cells.append(ranking.heat_cell(added, ""))
    on_pace = sum(line.lead is not None and line.lead >= 0 for line in owed)
    return Headed(name, leader_url(name), tuple(rows), tuple(cells), on_pace, len(owed))


def unled(state: Standings) -> int:
    """Count the lines of a roster that nobody heads."""
    return sum(not score.leader for score in state.scores.values())


def seats_of(name: str, campaigns: list) -> list[CampaignUnit]:
    """Return the roster lines that a leader heads in some campaigns: one query."""
    rows = CampaignUnit.objects.filter(campaign__in=campaigns, leader=name)
    return list(rows.select_related("campaign__organiser", "unit").order_by("-campaign__starts_on", "order", "pk"))


@dataclass(frozen=True)
class Headship:
    """A project that a leader heads, with its next promised day; late is how many promises of it are past theirs."""

    project: Project
    next_kind: str
    next_on: date | None
    late: int


def projects_of(name: str, user: User, as_of: date) -> list[Headship]:
    """Return the open projects of a leader that the user may see, what is late on top: three queries.

    The next day is the earliest promised one from the day on.
    """
    rows = Project.objects.visible_to(user).filter(leader=name, terminated=False).for_list()
    promised: dict[int, list[tuple[date, str]]] = {}
    found = Milestone.objects.live().filter(project__in=rows.order_by().values("pk"), on__isnull=True)
    for project_id, due_on, kind in found.filter(due_on__isnull=False).values_list("project", "due_on", "kind"):
        promised.setdefault(project_id, []).append((due_on, kind))
    made = []
    for project in rows:
        days = sorted(promised.get(project.pk, ()))
        coming = [day for day in days if day[0] >= as_of]
        next_on, kind = coming[0] if coming else (None, "")
        made.append(Headship(project, NAMES.get(kind, ""), next_on, sum(day[0] < as_of for day in days)))
    return sorted(made, key=lambda row: (-row.late, row.next_on or date.max, row.project.name, row.project.pk))


def due_of(name: str, units: list[Unit], user: User, as_of: date) -> list[todos.Todo]:
    """Return what falls due until AHEAD days from a day, or is late, in a leader's name or of the units headed."""
    span = (date.min, as_of + timedelta(days=AHEAD))
    found = {row for row in todos.lines(user, as_of, due=span, person=name) if row.person == name}
    if units:
        found |= set(todos.lines(user, as_of, due=span, paths=[unit.path for unit in units]))
    kept = [row for row in found if todos.FAMILIES[row.place].model not in ASKED and not row.is_done]
    return list(todos.load(sorted(kept), as_of))


def asked_of(name: str, units: list[Unit], user: User) -> dict[str, list]:
    """Return the findings, orders and instructions that are open on a leader or on the units: three queries."""
    mine = Q(person=name) | Q(unit__in=units)
    return {
        "findings": list(Finding.objects.visible_to(user).open().filter(mine).for_list()),
        "orders": list(Order.objects.visible_to(user).open().filter(mine).for_list()),
        "instructions": list(Instruction.objects.visible_to(user).open().filter(mine).for_list()),
    }


def teams_of(name: str, user: User, as_of: date) -> list[Delegation]:
    """Return the teams that a leader heads and that stand on a day, with members and trips: one query."""
    return list(Delegation.objects.visible_to(user).standing(as_of).filter(leader=name).with_counts(as_of).for_list())


def postings(user: User, as_of: date, **narrow):
    """Return who left the own desk for promotion on a day: posted to a task force or an office (离岗招商, R51)."""
    away = (Delegation.Kind.TASK_FORCE, Delegation.Kind.OFFICE)
    seen = Delegation.objects.visible_to(user).filter(kind__in=away)
    rows = Posting.objects.holding_on(as_of).filter(delegation__in=seen.values("pk"), **narrow)
    return rows.select_related("delegation__unit").order_by("from_on", "pk")


def is_known(name: str, user: User) -> bool:
    """Say whether the user may see a project or a team that is headed under a name, or has somebody called so."""
    teams = Delegation.objects.visible_to(user).filter(Q(leader=name) | Q(postings__person=name))
    return Project.objects.visible_to(user).filter(leader=name).exists() or teams.exists()


def introducer_name(project: Project) -> str:
    """Name the unit that introduced a loaded project."""
    return next((row.unit.name for row in project.credits.all() if row.role == Credit.Role.INTRODUCING), "")
