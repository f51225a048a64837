"""What every promise has in common: its clock, what became of it by default, and one list of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Complaint, Credit, Decision, Holiday, Milestone, Problem, Step
from projects.workdays import working_day
from units.models import Role, User, under

KINDS = ((Problem, _("问题")), (Decision, _("议定事项")), (Step, _("会审代办")), (Complaint, _("投诉")))


@dataclass(frozen=True)
class Todo:
    """One promise as the to-do list shows it: what, whose, by when, and by how many days it is late."""

    kind: str
    title: str
    unit: str
    unit_id: int
    person: str
    due_on: date
    first_due_on: date
    done_on: date | None
    late: int  # days, 0 where it is not
    times_put_off: int
    url: str
    result: str = ""  # of a step (Step.Result): what was said, or what holds by default

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

    A fixed number of queries, however many rows. unit narrows to what that unit and the units below it owe.
    """
    made = []
    for kind, name in KINDS:
        rows = kind.objects.visible_to(user).filter(lasting(kind, as_of, since))
        if unit is not None:
            rows = rows.filter(unit__path__startswith=unit.path)
        made += [todo_of(row, str(name), as_of) for row in loaded(rows)]
    made += milestones(user, as_of, unit, since)
    return sorted(made, key=lambda row: (row.done_on is not None, row.due_on, row.title))


def lasting(kind, as_of: date, since: date | None) -> Q:
    """Return the condition of what is open on a day, or was settled since another; a step settles itself."""
    runs = Q(done_on__isnull=True, due_on__gte=as_of) if kind is Step else Q(done_on__isnull=True)
    if since is None:
        return runs
    return runs | Q(done_on__gte=since) | (Q(done_on__isnull=True, due_on__gte=since) if kind is Step else Q())


def loaded(rows):
    """Load what todo_of reads of promises of one kind."""
    rows = rows.select_related("unit").prefetch_related("extensions")
    return rows.select_related("procedure__project") if rows.model is Step else rows


def todo_of(row, kind: str, as_of: date) -> Todo:
    """Return a promise as the list shows it."""
    is_step = isinstance(row, Step)
    done_on = settled_on(row, as_of) if is_step else row.done_on
    return Todo(
        kind=kind,
        title=str(row),
        unit=row.unit.name,
        unit_id=row.unit_id,
        person=row.person,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        done_on=done_on,
        late=max(((done_on or as_of) - row.due_on).days, 0),
        times_put_off=len(row.extensions.all()),
        url=row.get_absolute_url(),
        result=result_of(row, as_of) if is_step else "",
    )


def milestones(user: User, as_of: date, unit=None, since: date | None = None) -> Iterable[Todo]:
    """Return the promised milestones of open projects, and those that came true since a day.

    The unit named as responsible owes them, else the one that introduced the project.
    """
    runs = Q(on__isnull=True, project__terminated=False)
    if since is not None:
        runs |= Q(on__gte=since, due_on__isnull=False)
    rows = Milestone.objects.visible_to(user).live().filter(runs)
    if unit is not None:
        introduced = Credit.objects.filter(under([unit.path]), role=Credit.Role.INTRODUCING).order_by()
        owes = Q(responsible_unit__isnull=True, project__in=introduced.values("project"))
        rows = rows.filter(owes | under([unit.path], "responsible_unit__"))
    rows = rows.select_related("project", "responsible_unit")
    for row in rows.prefetch_related("project__credits__unit", "extensions"):
        put_off, owing = list(row.extensions.all()), row.responsible_unit or row.project.introducer
        yield Todo(
            kind=str(_("项目节点")),
            title=f"{row.project} · {row.get_kind_display()}",
            unit=owing.name if owing else "",
            unit_id=owing.pk if owing else 0,
            person=row.project.leader,
            due_on=row.due_on,
            first_due_on=put_off[0].from_on if put_off else row.due_on,
            done_on=row.on,
            late=max(((row.on or as_of) - row.due_on).days, 0),
            times_put_off=len(put_off),
            url=row.get_absolute_url(),
        )


@dataclass(frozen=True)
class Digest:
    """How many promises of one's own units are late, and how many fall due today."""

    late: int
    today: int

    @property
    def text(self) -> str:
        """Say it in words; "" where there is nothing to remind of."""
        if not (self.late or self.today):
            return ""
        return str(_("今天到期 %(today)s 项，逾期 %(late)s 项") % {"today": self.today, "late": self.late})


def digest(user: User, as_of: date) -> Digest:
    """Count what the user's units owe by today and have not done: one query.

    Promised milestones count where the unit introduced the project or is named as responsible.
    """
    paths = user.paths(Role.CLERK)
    introduced = Credit.objects.filter(under(paths), role=Credit.Role.INTRODUCING).order_by().values("project")
    owed = Q(responsible_unit__isnull=True, project__in=introduced) | under(paths, "responsible_unit__")
    promised = Milestone.objects.live().filter(owed, on__isnull=True, project__terminated=False, due_on__lte=as_of)
    found = promised.order_by().values_list("due_on", flat=True)
    for kind, _name in KINDS:
        rows = kind.objects.filter(under(paths), lasting(kind, as_of, None), due_on__lte=as_of)
        found = found.union(rows.order_by().values_list("due_on", flat=True), all=True)
    days = list(found)
    return Digest(sum(day < as_of for day in days), sum(day == as_of for day in days))


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
    """Return by month and unit how many promises with a day from since to before as_of were kept (I10).

    A promise is judged by its present last day; put_off says how many of them had been put off before.
    """
    found: dict[tuple[date, int], list] = {}
    for row in fallen_due(user, as_of, since):
        cell = found.setdefault((row.due_on.replace(day=1), row.unit_id), [row.unit, 0, 0, 0])
        cell[1 if is_kept(row) else 2] += 1
        cell[3] += row.due_on != row.first_due_on
    return [
        Kept(unit_id, name, month, kept, broken, put_off)
        for (month, unit_id), (name, kept, broken, put_off) in sorted(found.items(), key=lambda item: item[0])
    ]


def fallen_due(user: User, as_of: date, since: date, unit_id: int | None = None) -> list[Todo]:
    """Return the promises whose last day lies from since to before as_of, of one unit where it is named."""
    made = []
    for kind, name in KINDS:
        rows = kind.objects.visible_to(user).filter(due_on__gte=since, due_on__lt=as_of)
        if unit_id is not None:
            rows = rows.filter(unit=unit_id)
        made += [todo_of(row, str(name), as_of) for row in loaded(rows)]
    return sorted(made, key=lambda row: (row.due_on, row.title))


def is_kept(row: Todo) -> bool:
    """Say whether a promise was kept by its last day."""
    return row.done_on is not None and row.done_on <= row.due_on
