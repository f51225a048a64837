"""What every promise has in common: its clock, what became of it by default, and one list of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from projects.models import Complaint, Decision, Holiday, Milestone, Problem, Step
from projects.workdays import working_day
from units.models import User, under

KINDS = ((Problem, _("问题")), (Decision, _("议定事项")), (Step, _("会审代办")), (Complaint, _("投诉")))


@dataclass(frozen=True)
class Todo:
    """One promise as the to-do list shows it: what, whose, by when, and by how many days it is late."""

    kind: str
    title: str
    unit: str
    person: str
    due_on: date
    first_due_on: date
    done_on: date | None
    late: int  # days, 0 where it is not
    times_put_off: int
    url: str

    def state(self, as_of: date) -> str:
        """Return done, overdue, today, or due."""
        if self.done_on:
            return "done"
        if self.due_on < as_of:
            return "overdue"
        return "today" if self.due_on == as_of else "due"


def holidays() -> dict[date, bool]:
    """Return {day: whether it is worked} of the table of holidays: one query."""
    return dict(Holiday.objects.values_list("on", "works"))


def due_by(starts_on: date, working_days: int, table=None) -> date:
    """Return the last day of a step that takes so many working days, the day of acceptance not counted."""
    return working_day(starts_on, working_days, holidays() if table is None else table)


def result_of(step: Step, as_of: date) -> str:
    """Return what became of a step by a day: what was said, else 超时默认 once its last day is over, else ""."""
    if step.result:
        return step.result
    return Step.Result.SILENT if as_of > step.due_on else ""


def settled_on(step: Step, as_of: date) -> date | None:
    """Return the day a step was settled on, of one that ran out its last day; None while it is open."""
    if step.done_on:
        return step.done_on
    return step.due_on if as_of > step.due_on else None


def todos(user: User, as_of: date, *, unit=None, since: date | None = None) -> list[Todo]:
    """Return every promise that the user may see: open, or settled since a day; what is due first on top.

    Two queries a kind, however many rows. unit narrows to what that unit and the units below it owe.
    """
    made = []
    for kind, name in (
        (Problem, _("问题")),
        (Decision, _("议定事项")),
        (Step, _("会审代办")),
        (Complaint, _("投诉")),
    ):
        rows = kind.objects.visible_to(user).select_related("unit").prefetch_related("extensions")
        if unit is not None:
            rows = rows.filter(unit__path__startswith=unit.path)
        if kind is Step:
            rows = rows.select_related("procedure__project")
        made += [todo_of(row, str(name), as_of) for row in rows]
    made += milestones(user, as_of, unit)
    kept = [row for row in made if row.done_on is None or (since is not None and row.done_on >= since)]
    return sorted(kept, key=lambda row: (row.done_on is not None, row.due_on, row.title))


def todo_of(row, kind: str, as_of: date) -> Todo:
    """Return a promise as the list shows it."""
    done_on = settled_on(row, as_of) if isinstance(row, Step) else row.done_on
    return Todo(
        kind=kind,
        title=str(row),
        unit=row.unit.name,
        person=row.person,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        done_on=done_on,
        late=max(((done_on or as_of) - row.due_on).days, 0),
        times_put_off=len(row.extensions.all()),
        url=row.get_absolute_url(),
    )


def milestones(user: User, as_of: date, unit=None) -> Iterable[Todo]:
    """Return the promised milestones of open projects; the introducing unit owes them."""
    rows = Milestone.objects.visible_to(user).live().filter(on__isnull=True, project__terminated=False)
    if unit is not None:
        mine = under([unit.path], "project__credits__unit__")
        rows = rows.filter(mine, project__credits__role="introducing", project__credits__until_on__isnull=True)
    rows = rows.select_related("project").prefetch_related("project__credits__unit", "extensions")
    for row in rows:
        put_off = list(row.extensions.all())
        yield Todo(
            kind=str(_("项目节点")),
            title=f"{row.project} · {row.get_kind_display()}",
            unit=str(row.project.introducer or ""),
            person=row.project.leader,
            due_on=row.due_on,
            first_due_on=put_off[0].from_on if put_off else row.due_on,
            done_on=None,
            late=max((as_of - row.due_on).days, 0),
            times_put_off=len(put_off),
            url=row.get_absolute_url(),
        )


@dataclass(frozen=True)
class Kept:
    """Promises of one unit that fell due in one month: how many were kept in time, broken, still open."""

    unit_id: int
    unit: str
    month: date
    kept: int
    broken: int
    put_off: int

    @property
    def due(self):
        """How many fell due."""
        return self.kept + self.broken


def kept_and_broken(user: User, as_of: date, since: date) -> list[Kept]:
    """Return by unit and month how many promises with a day from since to as_of were kept (I10).

    A promise is judged by its present last day; put_off says how many of them had been put off before.
    """
    found: dict[tuple[int, date], list] = {}
    for model, _name in KINDS:
        rows = model.objects.visible_to(user).filter(due_on__gte=since, due_on__lt=as_of).select_related("unit")
        for row in rows:
            done_on = settled_on(row, as_of) if isinstance(row, Step) else row.done_on
            cell = found.setdefault((row.unit_id, row.due_on.replace(day=1)), [row.unit.name, 0, 0, 0])
            cell[1 if done_on and done_on <= row.due_on else 2] += 1
            cell[3] += row.due_on != row.first_due_on
    return [
        Kept(unit_id, name, month, kept, broken, put_off)
        for (unit_id, month), (name, kept, broken, put_off) in sorted(found.items(), key=lambda item: item[0][::-1])
    ]
