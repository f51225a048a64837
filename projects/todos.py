"""What every promise has in common: its clock, what became of it by default, and one list of all of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from campaigns.models import Finding, Holiday, Instruction, Order, SelfSheet
from campaigns.workdays import working_day
from projects.models import Complaint, Decision, Extension, Milestone, PlanDue, Problem, Step
from projects.models.projects import introducing_unit
from projects.stages import Kind
from units.models import Role, Unit, User

AT_ONCE = 1000  # promises whose words are loaded together
MILESTONES = {kind.value: str(kind.label) for kind in Kind}  # get_kind_display() hashes every label anew
DEFAULTS = {Step.Result.SILENT.value, Step.Result.ABSENT.value}
UNANSWERED = "unanswered"
SAID = {  # what was said so far, of the kinds that have a word to say
    Step: F("result"),
    Complaint: models.Case(models.When(answered_on=None, then=Value(UNANSWERED)), default=Value("")),
}


@dataclass(frozen=True)
class Family:
    """One kind of promise: its rows, what it is called, which fields make up its title, who sees to it.

    within is the record whose page it stands on, where it has none of its own. first and kept are the fields of the
    first day and of the day it was kept; may_wait says whether extensions of it are on record.
    """

    model: type[models.Model]
    name: str
    titles: tuple[str, ...]
    person: str = "person"
    within: str = "pk"
    first: str = "first_due_on"
    kept: str = "done_on"
    may_wait: bool = True


FAMILIES = (
    Family(Problem, _("问题"), ("title",)),
    Family(Decision, _("议定事项"), ("text",), within="meeting_id"),
    Family(Step, _("会审代办"), ("procedure__project__name", "procedure__name", "name"), within="procedure_id"),
    Family(Complaint, _("投诉"), ("title",)),
    Family(Milestone, _("项目节点"), ("project__name", "kind"), person="project__leader"),
    Family(
        Finding,
        _("规则触发"),
        ("rule__name", "rule__campaign__name"),
        first="due_on",
        kept="settled_on",
        may_wait=False,
    ),
    Family(Order, _("督办单"), ("title",), kept="replied_on", may_wait=False),
    Family(
        SelfSheet,
        _("自评"),
        ("scheme__name", "scheme__campaign__name"),
        first="due_on",
        kept="submitted_on",
        may_wait=False,
    ),
    Family(Instruction, _("批示"), ("text",), kept="replied_on", may_wait=False),
    Family(PlanDue, _("方案报送"), ("campaign__name",), person="leader", within="campaign_id", may_wait=False),
)


def state_of(row, as_of: date) -> str:
    """Return done, overdue, today, or due."""
    if row.done_on:
        return "done"
    if row.due_on < as_of:
        return "overdue"
    return "today" if row.due_on == as_of else "due"


class Line(NamedTuple):
    """One promise as it is sorted and counted: what is open and due first on top; no words but its title.

    default is how a step was settled by nobody's word: Step.Result.SILENT or ABSENT, else "".
    """

    is_done: bool
    due_on: date
    title: str
    place: int  # of its kind in FAMILIES
    pk: int
    done_on: date | None
    first_due_on: date
    unit_id: int
    default: str
    is_unanswered: bool  # a complaint that the company has had no answer to
    person: str
    within: int

    state = state_of


@dataclass(frozen=True)
class Todo:
    """One promise as the to-do list shows it: what, whose, by when, and by how many days it is late."""

    key: str  # tells it from all others for good
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
    default: str = ""  # 超时默认 or 缺席默认: settled, but nobody kept it
    is_unanswered: bool = False

    state = state_of


def due_by(starts_on: date, working_days: int, table=None) -> date:
    """Return the last day of a step that takes so many working days, the day of acceptance not counted."""
    return working_day(starts_on, working_days, Holiday.objects.table() if table is None else table)


def outcome_of(said: str, done_on: date | None, due_on: date, as_of: date) -> tuple[str, date | None]:
    """Return what became of a step by a day and since when: what was said, else 超时默认 from its last day on.

    ("", None) while it is open.
    """
    if said or as_of <= due_on:
        return said, done_on
    return Step.Result.SILENT.value, due_on


def result_of(step: Step, as_of: date) -> str:
    """Return what became of a step by a day; "" while it is open."""
    return outcome_of(step.result, step.done_on, step.due_on, as_of)[0]


def settled_on(step: Step, as_of: date) -> date | None:
    """Return the day a step was settled on, of one that ran out its last day; None while it is open."""
    return outcome_of(step.result, step.done_on, step.due_on, as_of)[1]


def todos(user: User, as_of: date, *, unit=None, since: date | None = None) -> list[Todo]:
    """Return every promise that the user may see: open, or settled since a day; what is due first on top.

    unit narrows to what that unit and the units below it owe.
    """
    return list(load(lines(user, as_of, since=since, paths=None if unit is None else [unit.path]), as_of))


def lines(
    user: User, as_of: date, *, since: date | None = None, due: tuple[date, date] | None = None,
    paths: Sequence[str] | None = None, kind: str = "", person: str = "",
) -> list[Line]:  # fmt: skip
    """Return in order, without their words, the promises that the user may see: one query for each kind.

    They are open, or settled since a day; due narrows to a span of last days, paths to the trees of units that owe
    them, kind and person to what is called so.
    """
    made = []
    for place, family in enumerate(FAMILIES):
        if kind in ("", family.name):
            rows = owed(family).filter(pk__in=family.model.objects.visible_to(user).order_by().values("pk"))
            rows = narrowed(rows.filter(lasting(family.model, as_of, since)), family, due, paths, person)
            made += [line_of(place, as_of, row) for row in rows]
    return sorted(made)


def owed(family):
    """Return the promises of one kind, each with the unit that owes it, its first day and the day it was kept.

    The unit named as responsible owes a milestone, else the one that introduced the project. What was withdrawn, and
    what a project that came to an end still owed, is no promise any more.
    """
    rows = family.model.objects.order_by()
    if family.model is PlanDue:
        return rows.owed().annotate(owing=F("unit_id"), first=F("due_on"), said=Value(""))
    if family.model is not Milestone:
        result = SAID.get(family.model, Value(""))
        return rows.annotate(owing=F("unit_id"), first=F(family.first), kept=F(family.kept), said=result)
    put_off = Extension.objects.filter(milestone=OuterRef("pk")).order_by("pk").values("from_on")[:1]
    owing = Coalesce(
        "responsible_unit_id", introducing_unit("project", "unit"), output_field=models.BigIntegerField()
    )
    rows = rows.live().filter(Q(on__isnull=False) | Q(project__terminated=False), due_on__isnull=False)
    return rows.annotate(
        owing=owing, first=Coalesce(Subquery(put_off), F("due_on")), kept=F("on"), said=Value(""),
    )  # fmt: skip


def lasting(model, as_of: date, since: date | None) -> Q:
    """Return the condition of what is open on a day, or was settled since another.

    A step settles itself; nobody is asked for the plan of a campaign that is over.
    """
    ends = {Step: "due_on__gte", PlanDue: "campaign__ends_on__gte"}.get(model)
    runs = Q(kept__isnull=True, **({ends: as_of} if ends else {}))
    if since is None:
        return runs
    return runs | Q(kept__gte=since) | (Q(kept__isnull=True, due_on__gte=since) if ends else Q())


def narrowed(rows, family, due=None, paths=None, person=""):
    """Narrow promises of one kind, and return what a line needs of them."""
    if due is not None:
        rows = rows.filter(due_on__range=due)
    if paths is not None:
        rows = rows.filter(owing__in=Unit.objects.within(paths).values("pk"))
    if person:
        rows = rows.filter(**{f"{family.person}__icontains": person})
    return rows.values_list(
        "pk", "due_on", "first", "kept", "owing", "said", family.person, family.within, *family.titles
    )


def line_of(place: int, as_of: date, row: tuple) -> Line:
    """Return a row as a line; a step that nobody spoke to was settled on its last day once that is over."""
    pk, due_on, first, kept, owing, said, person, within, *titles = row
    model, default = FAMILIES[place].model, ""
    if model is Milestone:
        titles[1] = MILESTONES[titles[1]]
    elif model is Step:
        result, kept = outcome_of(said, kept, due_on, as_of)
        default = result if result in DEFAULTS else ""
    return Line(
        kept is not None, due_on, " · ".join(titles), place, pk, kept, first, owing or 0, default,
        said == UNANSWERED, person, within,
    )  # fmt: skip


def load(rows: Sequence[Line], as_of: date) -> Iterable[Todo]:
    """Yield promises as the list shows them, in the order given: two queries for each thousand."""
    for first in range(0, len(rows), AT_ONCE):
        yield from told(rows[first : first + AT_ONCE], as_of)


def told(rows: Sequence[Line], as_of: date) -> Iterable[Todo]:
    """Yield promises with the names of their units, and how often each was put off."""
    names = dict(Unit.objects.filter(pk__in={row.unit_id for row in rows}).values_list("pk", "name"))
    put_off = times_put_off(rows)
    for row in rows:
        family = FAMILIES[row.place]
        record = family.model(pk=row.pk)
        setattr(record, family.within, row.within)
        yield Todo(
            key=f"{family.model._meta.model_name}-{row.pk}",
            kind=str(family.name),
            title=row.title,
            unit=names.get(row.unit_id, ""),
            unit_id=row.unit_id,
            person=row.person,
            due_on=row.due_on,
            first_due_on=row.first_due_on,
            done_on=row.done_on,
            late=max(((row.done_on or as_of) - row.due_on).days, 0),
            times_put_off=put_off[row.place, row.pk],
            url=record.get_absolute_url(),
            default=str(Step.Result(row.default).label) if row.default else "",
            is_unanswered=row.is_unanswered,
        )


def times_put_off(rows: Sequence[Line]) -> Counter:
    """Count the extensions of promises by (place of the kind, key): one query."""
    names = {place: family.model._meta.model_name for place, family in enumerate(FAMILIES) if family.may_wait}
    wanted = Q(pk__in=())
    for place, name in names.items():
        if keys := [row.pk for row in rows if row.place == place]:
            wanted |= Q(**{f"{name}__in": keys})
    found = Extension.objects.filter(wanted).order_by().values_list(*names.values()) if rows else ()
    return Counter((place, pk) for row in found for place, pk in zip(names, row, strict=True) if pk)


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


def own_paths(user: User) -> tuple[str, ...]:
    """Return the paths of the units whose promises are the user's own: as their clerk, else as leader or editor."""
    return user.paths(Role.CLERK) or user.paths(Role.EDITOR, Role.LEADER)


def digest(user: User, as_of: date) -> Digest:
    """Count what the user's units owe by today and have not done: one query."""
    paths = own_paths(user)
    if not paths:
        return Digest(0, 0)
    found = []
    for family in FAMILIES:
        rows = owed(family).filter(lasting(family.model, as_of, None), due_on__lte=as_of)
        rows = rows.filter(owing__in=Unit.objects.within(paths).values("pk"))
        found.append(rows.values_list("due_on", flat=True))
    days = list(found[0].union(*found[1:], all=True))
    return Digest(sum(day < as_of for day in days), sum(day == as_of for day in days))


@dataclass(frozen=True)
class Kept:
    """Promises of one unit that fell due in one month: how many were kept in time, and how many were not.

    Among those not kept are by_default, of which the department said nothing or stayed away; put_off says how many
    of all had been put off before.
    """

    unit_id: int
    unit: str
    month: date
    kept: int
    broken: int
    by_default: int
    put_off: int

    @property
    def due(self):
        """How many fell due."""
        return self.kept + self.broken


def kept_and_broken(user: User, as_of: date, since: date) -> list[Kept]:
    """Return by month and unit how many promises with a day from since to before as_of were kept (I10).

    A promise is judged by its present last day. A step that counts as agreed by default was not kept by anybody.
    """
    found: dict[tuple[date, int], Counter] = {}
    for row in fallen_due(user, as_of, since):
        cell = found.setdefault((row.due_on.replace(day=1), row.unit_id), Counter())
        cell["kept" if is_kept(row) else "broken"] += 1
        cell["by_default"] += bool(row.default)
        cell["put_off"] += row.due_on != row.first_due_on
    units = dict(Unit.objects.filter(pk__in={unit for _month, unit in found}).values_list("pk", "name"))
    return [
        Kept(
            unit_id, units.get(unit_id, ""), month, cell["kept"], cell["broken"], cell["by_default"], cell["put_off"]
        )
        for (month, unit_id), cell in sorted(found.items(), key=lambda item: item[0])
    ]


def fallen_due(user: User, as_of: date, since: date) -> list[Line]:
    """Return the promises whose last day lies from since to before as_of, without their words."""
    return lines(user, as_of, since=date.min, due=(since, as_of - timedelta(days=1)))


def is_kept(row: Line) -> bool:
    """Say whether a promise was kept by its last day; what was settled by default was not."""
    return row.done_on is not None and row.done_on <= row.due_on and not row.default
