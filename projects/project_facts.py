"""What the page of a project says of its ledger fields: groups by stage, what is next, 五个一, duties, gates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects import crosschecks
from projects.ledger_groups import GROUP_OF, GROUPS, label_of
from projects.models import Credit, Duty, Project, Review
from projects.project_page import spaced
from projects.readiness import Item, check_of, item_of
from projects.stages import KINDS, NEED_NAMES, ON_CHECK, ON_COMPANY, Kind, Need, prepared

MEASURES = {"land": _("亩"), "local_share": "%", "jobs": _("人")}  # what is not money
FORM_IDS = {"company": "company_name"}
GATE_TONES = {Review.Result.PASSED: "ok", Review.Result.CONDITIONAL: "warn", Review.Result.FAILED: "bad"}


@dataclass(frozen=True)
class Block:
    """One group of fields, printed: what is filled in, and the names of what is not."""

    name: str
    lines: tuple[tuple[str, str], ...]
    empty: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Todo:
    """One line of what the next milestone needs."""

    label: str
    tone: str
    state: str
    url: str
    is_filled: bool


@dataclass(frozen=True)
class Step:
    """What a coming milestone needs of the project, and what its own form will ask."""

    name: str
    lines: tuple[Todo, ...]
    asks: str
    missing: int


@dataclass(frozen=True)
class Gate:
    """One gate of the way, with what it said."""

    key: str
    name: str
    tone: str
    state: str
    note: str
    opinion: str = ""
    papers: int = 0
    url: str = ""
    paper_url: str = ""


@dataclass(frozen=True)
class Ledger:
    """All of it, for one project."""

    blocks: tuple[Block, ...]
    tags: tuple[str, ...]
    five: tuple[tuple[str, str], ...]
    duties: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    hints: tuple[tuple[str, str], ...]
    fair: tuple[str, str, str]  # tone, words, address


def ledger_of(project: Project, milestones, last_on: date | None, as_of: date, *, may_change: bool) -> Ledger:
    """Put the page together: four queries, however much there is."""
    reviews = list(project.reviews.for_list())
    duties = list(project.duties.select_related("unit"))
    case = crosschecks.case_of(project, milestones, reviews)
    done = {row.kind for row in milestones if row.on is not None and not row.is_withdrawn}
    return Ledger(
        blocks=tuple(block_of(project, group, may_change) for group in GROUPS),
        tags=tuple(str(tag) for tag in project.tags.all()),
        five=five_of(project, duties, last_on, as_of),
        duties=tuple((row.get_kind_display(), who(row)) for row in duties if row.kind != Duty.Kind.LEAD),
        steps=tuple(
            step_of(project, kind, as_of, is_next=place == 0, may_change=may_change)
            for place, kind in enumerate(prepared(done))
        ),
        gates=gates_of(project, reviews, may_change),
        hints=tuple(
            (hint.words, field_url(project, hint.field) if may_change else "") for hint in crosschecks.hints(case)
        ),
        fair=fair_of(project),
    )


# --- fields


def block_of(project, group, may_change) -> Block:
    """Print a group: fields that hold something, and the names of the others."""
    values = [(label_of(name), value_text(project, name)) for name in group.fields]
    return Block(
        name=str(group.name),
        lines=tuple((label, text) for label, text in values if text),
        empty=tuple(label for label, text in values if not text),
        url=f"{reverse('projects:project_change', args=[project.pk])}?group={group.key}" if may_change else "",
    )


def value_text(project, name):
    """Print a field of the project; nothing where it is empty."""
    value = getattr(project, name)
    if value is None or value == "" or value is False:
        return ""
    if value is True:
        return str(_("是"))
    if project._meta.get_field(name).choices:
        return str(getattr(project, f"get_{name}_display")())
    if name in MEASURES:
        return f"{plain(value)}{'' if name == 'local_share' else ' '}{MEASURES[name]}"
    return spaced(value) if isinstance(value, Decimal) else str(value)


def field_url(project, name):
    """Return the address of the form field that a value is mended in; the page of the whole form without one."""
    page = reverse("projects:project_change", args=[project.pk])
    if name not in GROUP_OF:
        return ""
    return f"{page}?group={GROUP_OF[name]}#id_{FORM_IDS.get(name, name)}"


# --- what is next


def step_of(project, kind, as_of, *, is_next, may_change) -> Step:
    """Say what a milestone dated as_of needs, what helps (of the next one only), and what its form asks."""
    rule = KINDS[kind]
    items = [item_of(project, need) for need in rule.before if need.holds_on(as_of)]
    if is_next:
        items += [item_of(project, Need(name), is_needed=False) for name in rule.helps]
    asks = [str(NEED_NAMES[name]) for name in rule.needs] + ([str(rule.evidence)] if rule.evidence else [])
    return Step(
        name=str(Kind(kind).label),
        lines=tuple(todo_of(project, item, may_change) for item in items),
        asks="、".join(asks),
        missing=sum(item.is_needed and not item.is_filled for item in items),
    )


def todo_of(project, item: Item, may_change) -> Todo:
    """Print an item, with the way to it for who may fill it in; everybody may read the check."""
    if item.is_filled:
        tone, state = "ok", _("已填")
    elif item.is_needed:
        tone, state = "bad", _("还缺")
    else:
        tone, state = "muted", _("选填")
    url = item_url(project, item) if may_change or item.of == ON_CHECK else ""
    return Todo(item.label, tone, str(state), url, item.is_filled)


def item_url(project, item: Item):
    """Return the address where an item is filled in."""
    if item.of == ON_CHECK:
        return reverse("projects:fair_competition", args=[project.pk])
    if item.of == ON_COMPANY:
        return f"{reverse('projects:company_change', args=[project.company_id])}#id_{item.name}"
    return field_url(project, item.name)


def missing_links(project, items):
    """Return (label, address) of what a milestone still needs."""
    return [(item.label, item_url(project, item)) for item in items]


# --- who


def who(duty):
    """Print the unit and the person of a duty."""
    return " ".join(part for part in (str(duty.unit or ""), duty.person) if part)


def five_of(project, duties, last_on, as_of):
    """Return the five of 五个一: leader, lead unit, team, plan, followed through (R47)."""
    lead = next((who(row) for row in duties if row.kind == Duty.Kind.LEAD), "")
    if not lead:
        lead = "、".join(str(row.unit) for row in project.credits.all() if row.role == Credit.Role.LEADING)
    days = (
        "" if last_on is None else _("最近进展 %(day)s，%(n)s 天前") % {"day": last_on, "n": (as_of - last_on).days}
    )
    return (
        (str(_("一个挂包领导")), project.leader),
        (str(_("一个牵头单位")), lead),
        (str(_("一套工作班子")), project.team),
        (str(_("一个推进计划")), project.plan),
        (str(_("一跟到底")), str(days)),
    )


# --- gates


def gates_of(project, reviews, may_change):
    """Return the nine gates in their order, with what each said."""
    said = {row.gate: row for row in reviews}
    return tuple(gate_of(project, gate, said.get(gate), may_change) for gate in Review.Gate)


def gate_of(project, gate, review, may_change) -> Gate:
    """Print one gate."""
    url = reverse("projects:review_change", args=[project.pk, gate.value]) if may_change else ""
    if review is None:
        return Gate(gate.value, str(gate.label), "muted", str(_("未登记")), "", url=url)
    person = " ".join(part for part in (str(review.unit or ""), review.person) if part)
    return Gate(
        key=gate.value,
        name=str(gate.label),
        tone=GATE_TONES[review.result],
        state=str(review.get_result_display()),
        note=f"{review.on:%Y-%m-%d} {person}",
        opinion=review.opinion,
        papers=review.papers,
        url=url,
        paper_url=reverse("projects:evidence_add", args=["review", review.pk]) if may_change else "",
    )


def fair_of(project):
    """Return (tone, words, address) of the fair-competition check."""
    check, url = check_of(project), reverse("projects:fair_competition", args=[project.pk])
    if check is None:
        return "muted", str(_("未填写")), url
    if check.signed_on is None:
        return "warn", str(_("已填写，待签字")), url
    return "ok", str(_("%(who)s %(day)s 签字") % {"who": check.signed_by, "day": check.signed_on}), url
