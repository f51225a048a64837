"""What pages show of promises: their clocks in words, the arithmetic of steps, the land; pure printing."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import Holiday
from campaigns.numbers import plain
from campaigns.workdays import working_days_between
from projects import promises, todos
from projects.models import Complaint, Decision, Parcel, Problem, Procedure, Project, Step
from units.access import may_promise

KINDS = {"problem": Problem, "decision": Decision, "step": Step, "complaint": Complaint}
TONES = {
    Step.Result.AGREED: "ok", Step.Result.CONDITIONAL: "warn", Step.Result.REFUSED: "bad",
    Step.Result.ABSENT: "info", Step.Result.SILENT: "info", "": "muted",
}  # fmt: skip
SHOWN = 5  # promises on the page of a project


@dataclass(frozen=True)
class Line:
    """One promise as a page shows it, with what the reader may do; urls are empty where he may not."""

    key: str
    title: str
    url: str
    unit: str
    person: str
    due_on: date
    first_due_on: date
    done_on: date | None
    outcome: str
    tone: str
    state: str
    notes: tuple[str, ...] = ()
    extend_url: str = ""
    settle_url: str = ""
    reopen_url: str = ""


def clock(row, as_of: date) -> tuple[str, str]:
    """Return (tone, words) of how a promise stands on a day: kept, late, overdue, and against its first day."""
    tone, text = promises.words_of(row, as_of)
    if row.done_on is None and row.due_on != row.first_due_on:
        text = _("%(text)s（已延期）") % {"text": text}
    if isinstance(row, Complaint) and row.answered_on is None:
        text = _("%(text)s，未答复") % {"text": text}
    return tone, str(_("%(text)s办结") % {"text": text}) if row.done_on else str(text)


def line_of(row, as_of: date, *, title="", may_write=False) -> Line:
    """Print a problem, a decision or a complaint."""
    tone, state = clock(row, as_of)
    return Line(
        key=f"{row._meta.model_name}-{row.pk}",
        title=title or str(row),
        url=row.get_absolute_url(),
        unit=row.unit.name,
        person=row.person,
        due_on=row.due_on,
        first_due_on=row.first_due_on,
        done_on=row.done_on,
        outcome=row.outcome,
        tone=tone,
        state=state,
        notes=tuple(promises.history(row)),
        **urls_of(row, may_write),
    )


def urls_of(row, may_write: bool) -> dict[str, str]:
    """Return the addresses of what may be done with a promise; a complaint is settled only once it is answered."""
    if not may_write:
        return {}
    args = [row._meta.model_name, row.pk]
    if row.done_on:
        return {"reopen_url": reverse("projects:promise_reopen", args=args)}
    urls = {"extend_url": reverse("projects:promise_extend", args=args)}
    if not isinstance(row, Complaint) or row.answered_on:
        urls["settle_url"] = reverse("projects:promise_settle", args=args)
    return urls


# --- steps ---


def days_between(step: Step, table: dict[date, Holiday]) -> list[str]:
    """Name the days between acceptance and the last day that are not what their weekday says."""
    span = (step.first_due_on - step.starts_on).days
    days = (step.starts_on + timedelta(days=n) for n in range(1, span + 1))
    return [
        (_("%(day)s 上班") if table[day].works else _("%(day)s 放假")) % {"day": f"{day:%m-%d}"}
        for day in days
        if day in table and table[day].works == (day.weekday() >= 5)
    ]


def arithmetic(step: Step, table: dict[date, Holiday]) -> str:
    """Say how the last day of a step follows: 受理 11-16，7 个工作日，11-20 放假，期限 11-26；次日起视为同意."""
    parts = [
        _("受理 %(day)s") % {"day": f"{step.starts_on:%m-%d}"},
        _("%(n)s 个工作日") % {"n": step.working_days},
        *days_between(step, table),
        _("期限 %(day)s") % {"day": f"{step.first_due_on:%m-%d}"},
    ]
    if step.due_on != step.first_due_on:
        parts.append(_("延至 %(day)s") % {"day": f"{step.due_on:%m-%d}"})
    return _("%(parts)s；次日起视为同意") % {"parts": "，".join(str(part) for part in parts)}


def step_state(step: Step, as_of: date, table: dict[date, Holiday]) -> tuple[str, str]:
    """Return (tone, words) of what became of a step by a day."""
    result = todos.result_of(step, as_of)
    if result:
        return TONES[result], str(Step.Result(result).label)
    left = working_days_between(as_of, step.due_on, {day: row.works for day, row in table.items()})
    days = (step.due_on - as_of).days
    text = _("今天到期") if days == 0 else _("还有 %(n)s 个工作日") % {"n": left}
    return ("warn" if left <= 1 else "info"), str(text)


def step_line(step: Step, as_of: date, table: dict[date, Holiday], *, may_write=False) -> Line:
    """Print a step of a procedure."""
    tone, state = step_state(step, as_of, table)
    args, urls = ["step", step.pk], {}
    if may_write and step.result and as_of <= step.due_on:
        urls = {"reopen_url": reverse("projects:promise_reopen", args=args)}
    elif may_write and not todos.result_of(step, as_of):
        urls = {
            "extend_url": reverse("projects:promise_extend", args=args),
            "settle_url": reverse("projects:step_conclude", args=[step.pk]),
        }
    return Line(
        key=f"step-{step.pk}",
        title=step.name,
        url="",
        unit=step.unit.name,
        person=step.person,
        due_on=step.due_on,
        first_due_on=step.first_due_on,
        done_on=todos.settled_on(step, as_of),
        outcome=step.outcome,
        tone=tone,
        state=state,
        notes=(arithmetic(step, table), *promises.history(step)),
        **urls,
    )


def calendar_table() -> dict[date, Holiday]:
    """Return {day: its row} of the table of holidays: one query."""
    return {row.on: row for row in Holiday.objects.all()}


def progress(procedure: Procedure, as_of: date) -> tuple[str, str]:
    """Return (tone, words) of how far a procedure is; its steps are loaded."""
    steps = list(procedure.steps.all())
    results = [todos.result_of(step, as_of) for step in steps]
    done = sum(bool(result) for result in results)
    words = _("%(done)s / %(all)s 个环节办结") % {"done": done, "all": len(steps)}
    if Step.Result.REFUSED in results:
        return "bad", _("%(words)s，有不同意") % {"words": words}
    if not steps:
        return "muted", _("还没有环节")
    return ("ok" if done == len(steps) else "info"), words


# --- land ---


@dataclass(frozen=True)
class Land:
    """One piece of land, printed; amounts in 万元 a mu."""

    name: str
    area: str
    cost: str
    price: str
    subsidy: str
    days: tuple[tuple[str, date], ...]
    tone: str
    state: str
    change_url: str = ""


def number(value) -> str:
    """Print a number; "—" where it is unknown."""
    return "—" if value is None else plain(value)


def land_state(row: Parcel, as_of: date) -> tuple[str, str]:
    """Return (tone, words): taken back, 圈而不建 or 占而不用 with the days over the deadline, used, built on."""
    if row.reclaimed_on and row.reclaimed_on <= as_of:
        return "muted", _("已收回")
    if not row.handed_over_on or row.handed_over_on > as_of:
        return "muted", _("未交地")
    is_built, is_used = (bool(day and day <= as_of) for day in (row.built_on, row.used_on))
    if not is_built and row.build_by and row.build_by < as_of:
        return "bad", _("圈而不建，逾期 %(n)s 天") % {"n": (as_of - row.build_by).days}
    if not is_used and row.use_by and row.use_by < as_of:
        return "bad", _("占而不用，逾期 %(n)s 天") % {"n": (as_of - row.use_by).days}
    if is_used:
        return "ok", _("已投用")
    return "info", _("在建") if is_built else _("待建")


def land_of(row: Parcel, as_of: date, *, may_write=False) -> Land:
    """Print one piece of land."""
    tone, state = land_state(row, as_of)
    days = (
        (_("交地"), row.handed_over_on), (_("约定开工"), row.build_by), (_("开工"), row.built_on),
        (_("约定投用"), row.use_by), (_("投用"), row.used_on), (_("收回"), row.reclaimed_on),
    )  # fmt: skip
    return Land(
        name=row.name,
        area=plain(row.area),
        cost=number(row.cost_per_mu),
        price=number(row.price_per_mu),
        subsidy=number(row.subsidy_per_mu),
        days=tuple((label, day) for label, day in days if day),
        tone=tone,
        state=str(state),
        change_url=reverse("projects:parcel_change", args=[row.pk]) if may_write else "",
    )


# --- on the page of a project ---


@dataclass(frozen=True)
class Desk:
    """What a project is held up by and on what land: its problems, procedures and parcels."""

    problems: tuple[Line, ...]
    problem_count: int
    problem_open: int
    procedures: tuple[tuple[Procedure, str, str], ...]
    parcels: tuple[Land, ...]
    may_write: bool
    list_url: str


def desk_of(project: Project, user, as_of: date) -> Desk:
    """Return the problems, procedures and land of a project: six queries at most."""
    may_write = may_promise(user, project.introducer)
    problems = list(project.problems.visible_to(user).for_list().prefetch_related("extensions"))
    return Desk(
        problems=tuple(line_of(row, as_of) for row in problems[:SHOWN]),
        problem_count=len(problems),
        problem_open=sum(row.done_on is None for row in problems),
        procedures=tuple((row, *progress(row, as_of)) for row in project.procedures.prefetch_related("steps")),
        parcels=tuple(land_of(row, as_of, may_write=may_write) for row in project.parcels.order_by("pk")),
        may_write=may_write,
        list_url=f"{reverse('projects:problem_list')}?project={project.pk}",
    )
