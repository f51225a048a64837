"""What the page of a project shows: its stage line, its money, what happened, and what may happen next."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Entry, Recognition
from campaigns.numbers import amount_text, money_text, percent_text, plain, round_half_up
from projects import promises
from projects.models import Currency, Milestone, Project, Visit
from projects.recognition import TONES
from projects.stages import KINDS, RECOGNISED, Kind, Stage, next_kinds
from units.models import User


@dataclass(frozen=True)
class Step:
    """One stage of the pipeline: whether it was reached, when, and for how long it lasted."""

    name: str
    css: str
    note: str


@dataclass(frozen=True)
class Moment:
    """One line of the timeline, printed."""

    on: date
    title: str
    amount: str
    tone: str
    state: str
    notes: tuple[str, ...]
    css: str
    url: str
    happened_url: str = ""
    papers: int = 0


@dataclass(frozen=True)
class Money:
    """Sums of a project, printed; amounts are (number, measure)."""

    figures: tuple[tuple[str, str], ...]
    bar: dict | None
    line: str
    waiting: str


def facts_of(project: Project, user: User):
    """Return (milestones, visits) of a project that the user may see: three queries."""
    papers = Count("evidence", filter=Q(evidence__withdrawn_at__isnull=True))
    shown = project.milestones.select_related("event", "recorded_by", "rate_row", "responsible_unit")
    milestones = shown.annotate(papers=papers)
    visits = Visit.objects.visible_to(user).filter(project=project)
    visits = visits.select_related("company", "unit", "recorded_by").annotate(papers=papers)
    milestones = milestones.prefetch_related("extensions").order_by("-on", "-pk")
    return list(milestones), list(visits.order_by("-on", "-pk"))


def stage_line(project: Project, milestones, visits, as_of: date) -> list[Step]:
    """Return the pipeline with the day each stage was reached and the days it lasted."""
    reached = first_days(project, milestones, visits)
    planned = first_days(project, milestones, (), promised=True)
    steps = []
    for number, stage in enumerate(Stage, start=1):
        day, is_now = reached.get(stage), stage == project.stage
        if is_now and not project.terminated:
            lasted = _("已 %(n)s 天") % {"n": (as_of - day).days} if day and day <= as_of else ""
        elif is_now:
            lasted = _("%(n)s 天") % {"n": (last_day(milestones, as_of) - day).days} if day else ""
        else:
            later = [other for other in reached.values() if day and other > day]
            lasted = _("%(n)s 天") % {"n": (min(later) - day).days} if later else ""
        if day and number <= project.stage_number:
            note = " · ".join(
                part
                for part in (f"{day:%m-%d}" if day.year == as_of.year else f"{day:%Y-%m-%d}", str(lasted))
                if part
            )
        elif stage in planned:
            note = _("计划 %(day)s") % {"day": f"{planned[stage]:%Y-%m-%d}"}
        else:
            note = "" if number > project.stage_number else _("未登记")
        css = "is-now" if is_now else "is-done" if day and number < project.stage_number else ""
        steps.append(Step(str(stage.label), css, str(note)))
    return steps


def last_day(milestones, as_of: date) -> date:
    """Return the day on which a project ended, if it has by a day, else that day: what was owed is owed no longer."""
    ends = [row.on for row in milestones if row.kind == Kind.TERMINATION and row.on and not row.is_withdrawn]
    return min([as_of, *ends])


def first_days(project, milestones, visits, *, promised=False):
    """Return {stage: first day} of what happened, or of what is promised."""
    days = {}
    for row in milestones:
        day = row.due_on if promised else row.on
        stage = KINDS[row.kind].stage
        if stage and day and not row.is_withdrawn and (row.on is None) == promised:
            days[stage] = min(day, days.get(stage, day))
    met = [visit.on for visit in visits if not visit.is_withdrawn]
    if met:
        days[Stage.VISIT] = min(met)
    if not promised:
        days.setdefault(Stage.LEAD, min([timezone.localdate(project.recorded_at), *days.values()]))
    return days


def money_of(milestones) -> Money:
    """Add up what was agreed, what has arrived, what of it was recognised, and what still waits."""
    live = [row for row in milestones if not row.is_withdrawn and row.on is not None]
    contracted = total(row.amount_cny for row in live if row.kind == Kind.CONTRACT)
    funds = [row for row in live if row.kind == Kind.FUNDING]
    arrived = total(row.amount_cny for row in funds)
    recognised = total(row.recognised_amount for row in funds)
    waiting = total(row.amount_cny for row in funds if row.recognition == Recognition.WAITING)
    cut = arrived - recognised - waiting
    figures = [(_("协议投资"), contracted), (_("累计到位"), arrived), (_("已认定到位"), recognised)]
    if cut:
        figures.append((_("核减和不予认定"), cut))
    parts = []
    if contracted:
        parts.append(_("到位率 %(p)s") % {"p": percent_text(Fraction(arrived) / Fraction(contracted))})
    if arrived:
        parts.append(_("认定率 %(p)s") % {"p": percent_text(Fraction(recognised) / Fraction(arrived))})
    return Money(
        figures=tuple((str(label), *number_and_measure(amount)) for label, amount in figures),
        bar=bar_of(arrived, contracted, parts[0] if parts else ""),
        line="，".join(str(part) for part in parts),
        waiting=_("%(n)s 待认定") % {"n": spaced(waiting)} if waiting else "",
    )


def total(amounts):
    """Add up amounts, leaving out what is missing."""
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def bar_of(part, whole, text):
    """Return a bar of a part of a whole as _progress.html takes it; None without a whole."""
    if not whole:
        return None
    width = min(round_half_up(Fraction(part) / Fraction(whole) * 100, 1), Decimal(100))
    return {"text": str(text), "width": plain(width), "pace": "", "ahead": True, "tone": "ok"}


def number_and_measure(amount):
    """Split money into number and measure, 亿元 from one 亿 up."""
    text = money_text(amount)
    return text[:-2], text[-2:]


def spaced(amount):
    """Print money with a blank before its measure."""
    return " ".join(number_and_measure(amount))


def amount_text_of(row: Milestone) -> str:
    """Print what a milestone reported, a foreign amount with its own currency; nothing where it has none."""
    if row.amount is None:
        return ""
    if row.currency == Currency.CNY:
        return spaced(row.amount_cny)
    own = amount_text(row.amount, f"万{row.get_currency_display()}", space=True)
    return _("%(own)s（折 %(cny)s）") % {"own": own, "cny": spaced(row.amount_cny)}


def rate_text_of(row: Milestone) -> str:
    """Say at which rate a foreign amount was converted and where the rate comes from; nothing for yuan."""
    if row.rate is None:
        return ""
    source = row.rate_row.in_words if row.rate_row else _("登记时填写")
    return f"{plain(row.rate)}（{source}）"


def timeline(milestones, visits, as_of: date, may_change: bool) -> list[Moment]:
    """Return everything that happened and is promised, the newest day first."""
    as_of = last_day(milestones, as_of)
    rows = [(row.on or row.due_on, 1, row.pk, moment_of(row, as_of, may_change)) for row in milestones]
    rows += [(row.on, 0, row.pk, visit_moment(row)) for row in visits]
    return [moment for *_key, moment in sorted(rows, key=lambda row: row[:3], reverse=True)]


def moment_of(row: Milestone, as_of: date, may_change: bool) -> Moment:
    """Print one milestone."""
    tone, state = state_of(row, as_of)
    is_promised = row.on is None
    amount = amount_text_of(row)
    if is_promised and row.promised_amount is not None:
        amount = spaced(row.promised_amount)
    notes = [row.note, str(row.event or "")]
    if rate := rate_text_of(row):
        notes.append(_("折算汇率 %(rate)s") % {"rate": rate})
    if row.recognition_reason:
        notes.append(_("认定理由：%(why)s") % {"why": row.recognition_reason})
    notes.append("，".join(promises.nature_of(row)))
    if row.responsible_unit_id:
        notes.append(_("责任单位：%(unit)s") % {"unit": row.responsible_unit})
    if not is_promised and row.due_on:
        stood = promises.standing(row, max(as_of, row.on))
        notes.append(_("承诺 %(day)s，%(how)s") % {"day": row.due_on.isoformat(), "how": stood.text})
    if not is_promised and not row.is_withdrawn and row.rule.evidence and not row.papers:
        notes.append(_("还缺凭证：%(paper)s") % {"paper": row.rule.evidence})
    return Moment(
        on=row.on or row.due_on,
        title=(_("承诺%(kind)s") if is_promised else "%(kind)s") % {"kind": row.get_kind_display()},
        amount=str(amount),
        tone=tone,
        state=state,
        notes=tuple(str(note) for note in notes if note),
        css="is-void" if row.is_withdrawn else "is-promised" if is_promised else "",
        url=row.get_absolute_url(),
        happened_url=happened_url(row) if is_promised and not row.is_withdrawn and may_change else "",
        papers=row.papers,
    )


def happened_url(row):
    """Return the address of the form that says a promise came true."""
    return f"{reverse('projects:milestone_correct', args=[row.pk])}?happened=1"


def state_of(row: Milestone, as_of: date):
    """Return (tone, words) of what became of a milestone."""
    if row.is_withdrawn:
        return "muted", str(_("已撤回"))
    if row.on is None:
        late = (as_of - row.due_on).days
        return promises.words(late, late, is_done=False)
    if row.kind not in RECOGNISED:
        return "", ""
    return TONES[row.recognition], str(row.get_recognition_display())


def visit_moment(row: Visit) -> Moment:
    """Print one visit."""
    notes = [row.note, row.place]
    if row.recognition_reason:
        notes.append(_("认定理由：%(why)s") % {"why": row.recognition_reason})
    gone = row.is_withdrawn
    return Moment(
        on=row.on,
        title=f"{row.get_direction_display()} · {row.unit}",
        amount=_("%(n)s 人") % {"n": plain(row.heads)},
        tone="muted" if gone else TONES[row.recognition],
        state=str(_("已撤回") if gone else row.get_recognition_display()),
        notes=tuple(str(note) for note in notes if note),
        css="is-void" if gone else "",
        url=row.get_absolute_url(),
        papers=row.papers,
    )


def counts_toward(milestones, visits) -> list[str]:
    """Return the names of the indicators that live entries of a project stand under: one query."""
    facts = Q(source_kind="projects.milestone", source_id__in=[row.pk for row in milestones])
    facts |= Q(source_kind="projects.visit", source_id__in=[row.pk for row in visits])
    names = Entry.objects.live().filter(facts).values_list("indicator__name", flat=True)
    return sorted(set(names))


def buttons(project: Project, milestones) -> list[tuple[str, str]]:
    """Return (label, address) of the milestones that may be recorded next."""
    live = [row for row in milestones if not row.is_withdrawn]
    done = {row.kind for row in live if row.on is not None}
    held = {row.kind for row in live if row.on is None}
    page = reverse("projects:milestone_create", args=[project.pk])
    return [
        (str(kind.label), f"{page}?kind={kind.value}")
        for kind in next_kinds(done)
        if KINDS[kind].repeats or kind not in held
    ]
