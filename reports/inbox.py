"""The inbox: what happened of late that concerns a user, read off the trail, in digests by day and kind.

Nobody writes messages: a line of the trail is one, where the table below says that its action concerns those who
have a role for its record. What one did oneself is no news. Only the lines that somebody has seen are kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Exemption, Finding, Instruction, Order, Recognition, Tally
from projects import recognition
from projects.models import Complaint, Milestone, Plan, Problem, Visit
from reports.models import Delivery, Objection, Reading, Report
from units import audit
from units.access import DESKS
from units.models import AuditEntry, Role, User, under

DAYS = 30  # what is older has left the inbox
SHOWN = 600  # lines that the page lines up; the digests of older ones are read as the newer ones are
FIRST = 5  # lines of a digest that stand open
VOICES = (Role.CLERK, Role.LEADER)  # who says for a unit that it knows
CUT = (Recognition.REFUSED, Recognition.REDUCED)


def of_unit(*roles: str, way: str = "unit__") -> Callable[[type[Model], User], QuerySet]:
    """Return what narrows rows to those of units in which a user holds one of the roles; way leads to the unit."""
    return lambda model, user: model.objects.filter(under(user.paths(*roles), way))


def seen(model: type[Model], user: User) -> QuerySet:
    """Narrow to what the user may see."""
    return model.objects.visible_to(user)


def decided(model: type[Model], user: User) -> QuerySet:
    """Narrow to the facts of a clerk's units that were refused or cut."""
    facts = recognition.facts_of(model._meta.model_name, user.paths(Role.CLERK))
    return facts.filter(recognition__in=CUT)


def waiting(model: type[Model], user: User) -> QuerySet:
    """Narrow to the facts that wait for a verifier."""
    return recognition.in_scope(model._meta.model_name, user).filter(recognition=Recognition.WAITING)


def unopened(model: type[Model], user: User) -> QuerySet:
    """Narrow to the deliveries that still wait for a user to open the bulletin."""
    return model.objects.unread().read_for(user)


@dataclass(frozen=True)
class Part:
    """Which actions on which records are news, and to whom: rows narrows the records to those of a user."""

    model: type[Model]
    actions: tuple[str, ...]
    rows: Callable[[type[Model], User], QuerySet]

    @property
    def names(self) -> list[str]:
        """The actions as the trail names them."""
        return [f"{self.model._meta.model_name}.{action}" for action in self.actions]


@dataclass(frozen=True)
class Kind:
    """One kind of news: what a digest of n says, and of what it is made."""

    key: str
    words: str
    tone: str
    parts: tuple[Part, ...]


KINDS = (
    Kind("ordered", _("%d 件督办单"), "bad", (
        Part(Order, ("issued", "sent_back", "raised"), of_unit(*VOICES)),
    )),
    Kind("instructed", _("%d 条批示"), "bad", (Part(Instruction, ("created",), of_unit(*VOICES)),)),
    Kind("found", _("%d 条规则触发"), "bad", (Part(Finding, ("created",), of_unit(*VOICES)),)),
    Kind("refused", _("%d 条填报被退回或核减"), "bad", tuple(
        Part(model, ("recognised",), decided) for model in (Tally, Milestone, Visit)
    )),
    Kind("asked", _("%d 件新交办的问题和投诉"), "warn", tuple(
        Part(model, ("created",), of_unit(Role.CLERK)) for model in (Problem, Complaint)
    )),
    Kind("answered", _("%d 条办理答复"), "info", (
        Part(Finding, ("answered",), of_unit(Role.EDITOR, way="rule__campaign__organiser__")),
        Part(Order, ("replied",), of_unit(Role.EDITOR, way="campaign__organiser__")),
        Part(Instruction, ("replied",), of_unit(*DESKS, way="from_unit__")),
    )),
    Kind("waiting", _("%d 条填报待认定"), "warn", tuple(
        Part(model, ("created",), waiting) for model in (Tally, Milestone, Visit)
    )),
    Kind("planned", _("%d 份工作方案报送"), "info", (
        Part(Plan, ("filed",), of_unit(Role.EDITOR, way="campaign__organiser__")),
    )),
    Kind("targets", _("%d 次目标任务下达"), "info", (Part(Campaign, ("targets_issued",), seen),)),
    Kind("handed_in", _("%d 期稿件送审"), "warn", (
        Part(Report, ("submitted",), of_unit(*DESKS, way="campaign__organiser__")),
    )),
    Kind("drafted", _("%d 期稿件审核或退回"), "info", (
        Part(Report, ("approved", "sent_back"), of_unit(Role.EDITOR, way="campaign__organiser__")),
    )),
    Kind("remarked", _("%d 条稿件意见"), "warn", (
        Part(Report, ("remarked", "answered"), of_unit(*DESKS, way="campaign__organiser__")),
    )),
    Kind("open", _("%d 期公示"), "warn", (Part(Report, ("laid_open", "pinned"), seen),)),
    Kind("objected", _("%d 件异议待处理"), "warn", (
        Part(Objection, ("created",), of_unit(*DESKS, way="report__campaign__organiser__")),
    )),
    Kind("objections", _("%d 件异议有了结果"), "info", (Part(Objection, ("decided",), of_unit(*VOICES)),)),
    Kind("reminded", _("%d 期通报催阅"), "warn", (Part(Delivery, ("reminded",), unopened),)),
    Kind("report", _("%d 期通报印发"), "info", (Part(Report, ("issued",), seen),)),
    Kind("settled", _("%d 件已解除、豁免或办结"), "ok", (
        Part(Finding, ("cleared", "exempted"), of_unit(*VOICES)),
        Part(Exemption, ("created", "ended"), of_unit(*VOICES)),
        Part(Order, ("settled",), of_unit(*VOICES)),
        Part(Instruction, ("settled",), of_unit(*VOICES)),
    )),
)  # fmt: skip
KIND_OF = {name: kind for kind in KINDS for part in kind.parts for name in part.names}
MODEL_OF = {part.model._meta.label_lower: part.model for kind in KINDS for part in kind.parts}


def since(today: date) -> datetime:
    """Return the moment from which the trail is read."""
    return timezone.make_aware(datetime.combine(today - timedelta(days=DAYS), time.min))


def news(user: User, today: date) -> QuerySet:
    """Return the lines of the trail that concern a user, the newest first."""
    wanted = Q(pk__in=())
    for kind in KINDS:
        for part in kind.parts:
            rows = part.rows(part.model, user).order_by().values("pk")
            wanted |= Q(action__in=part.names, object_id__in=rows)
    return AuditEntry.objects.filter(wanted, at__gte=since(today)).exclude(by=user).for_list()


def read_by(user: User) -> Exists:
    """Return the condition that a user has seen a line."""
    return Exists(Reading.objects.filter(user=user, entry=OuterRef("pk")))


def unread(user: User, today: date) -> QuerySet:
    """Return the lines that a user has not seen."""
    return news(user, today).filter(~read_by(user))


@dataclass(frozen=True)
class Message:
    """One line of the inbox: what happened to which record, by whom, why."""

    pk: int
    text: str
    who: str
    at: datetime
    reason: str
    is_read: bool


@dataclass(frozen=True)
class Digest:
    """What happened on one day of one kind; the first lines stand open, the rest below."""

    kind: Kind
    on: date
    lines: tuple[Message, ...]

    @property
    def text(self) -> str:
        """Say how many of what."""
        return str(self.kind.words) % len(self.lines)

    @property
    def unread(self) -> int:
        """How many of them are unread."""
        return sum(not line.is_read for line in self.lines)

    @property
    def first(self) -> tuple[Message, ...]:
        """The lines that stand open."""
        return self.lines[:FIRST]

    @property
    def rest(self) -> tuple[Message, ...]:
        """The other lines."""
        return self.lines[FIRST:]


def days(user: User, today: date, *, only_unread: bool) -> list[tuple[date, list[Digest]]]:
    """Return (day, its digests) of what concerns a user, the latest day first: one query."""
    rows = unread(user, today) if only_unread else news(user, today)
    made: dict[tuple[date, str], list[Message]] = {}
    for row in rows.annotate(is_read=read_by(user))[:SHOWN]:
        line = Message(row.pk, row.label, str(row.by or ""), timezone.localtime(row.at), row.reason, row.is_read)
        made.setdefault((line.at.date(), KIND_OF[row.action].key), []).append(line)
    places = {kind.key: place for place, kind in enumerate(KINDS)}
    digests = [Digest(KINDS[places[key]], on, tuple(lines)) for (on, key), lines in made.items()]
    digests.sort(key=lambda digest: (-digest.on.toordinal(), places[digest.kind.key]))
    return [(on, list(group)) for on, group in groupby(digests, key=lambda digest: digest.on)]


def of_digest(user: User, today: date, on: date, key: str) -> QuerySet:
    """Return the unread lines of one digest."""
    names = [name for name, kind in KIND_OF.items() if kind.key == key]
    first = timezone.make_aware(datetime.combine(on, time.min))
    return unread(user, today).filter(action__in=names, at__gte=first, at__lt=first + timedelta(days=1))


@transaction.atomic
def mark_read(*, entries: Iterable[AuditEntry], by: User) -> int:
    """Keep that a user has seen some lines of the inbox; those seen before change nothing. Returns how many."""
    keys = [row.pk for row in entries]
    known = set(Reading.objects.filter(user=by, entry__in=keys).values_list("entry", flat=True))
    fresh = [Reading(user=by, entry_id=key) for key in keys if key not in known]
    Reading.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        audit.record(by, "inbox.read", changes={tell("消息"): ["", tell("%d 条") % len(fresh)]})
    return len(fresh)


def record_of(entry: AuditEntry) -> Model | None:
    """Return the record that a line of the inbox speaks of; None where it is gone."""
    return MODEL_OF[entry.model].objects.filter(pk=entry.object_id).first()
