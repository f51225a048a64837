"""The board: projects as cards in the columns of their stages, and what it takes to move one."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Sum, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import money_text
from projects.models import Milestone, Project, Visit
from projects.project_facts import missing_links
from projects.readiness import gaps
from projects.stages import ENTRANCE, KINDS, ORDER, Kind, Stage
from units.models import Role

SHOWN = 12  # cards of a column; more on demand
LONG = 90  # days in one stage after which the number is shown in amber


@dataclass(frozen=True)
class Card:
    """One project on the board, printed."""

    pk: int
    name: str
    url: str
    company: str
    unit: str
    amount: str
    days: str
    is_long: bool
    move_url: str


@dataclass(frozen=True)
class Column:
    """One stage: how many projects, how much money, the first cards, and where the next ones are."""

    stage: str
    name: str
    count: int
    amount: str
    cards: tuple[Card, ...]
    more: int = 0
    more_url: str = ""
    list_url: str = ""


@dataclass(frozen=True)
class Move:
    """What moving a project onto a stage takes: a form (kind), or advice and the ways to mend what is missing."""

    stage: str
    name: str
    kind: str | None
    advice: str = ""
    links: tuple[tuple[str, str], ...] = ()


def columns(projects, user, as_of: date, query) -> list[Column]:
    """Return a column for each stage; query is what the page is filtered by. Five queries, whatever the number."""
    sums = totals(projects)
    cards = cards_of(projects, user, as_of)
    return [column_of(stage, cards.get(stage, []), sums.get(stage, (0, None)), query, page=1) for stage in Stage]


def column(projects, user, as_of: date, query, stage, page) -> Column:
    """Return one column from a later page on."""
    projects = projects.filter(stage=stage)
    count = totals(projects).get(stage, (0, None))
    return column_of(stage, cards_of(projects, user, as_of, page).get(stage, []), count, query, page=page)


def totals(projects):
    """Return {stage: (number, money)}; money as contracted, else as planned: one query."""
    rows = (
        projects.order_by().values("stage").annotate(n=Count("pk"), money=Sum(Coalesce("contracted", "investment")))
    )
    return {row["stage"]: (row["n"], row["money"]) for row in rows}


def column_of(stage, cards, total, query, *, page):
    """Print a column."""
    count, money = total
    more = max(count - page * SHOWN, 0)
    wanted = query.copy()
    wanted.pop("page", None)
    wanted["stage"] = stage
    listed = wanted.urlencode()
    wanted.pop("stage")
    wanted["column"], wanted["page"] = stage, str(page + 1)
    return Column(
        stage=str(stage),
        name=str(Stage(stage).label),
        count=count,
        amount=money_text(money) if money else "",
        cards=tuple(cards),
        more=more,
        more_url=f"{reverse('projects:board')}?{wanted.urlencode()}" if more else "",
        list_url=f"{reverse('projects:project_list')}?{listed}",
    )


def cards_of(projects, user, as_of, page=1):
    """Return {stage: cards} of a page of each column, the one touched last first."""
    newest = [F("updated_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=[F("stage")], order_by=newest)
    rows = projects.annotate(row_place=place).filter(row_place__gt=(page - 1) * SHOWN, row_place__lte=page * SHOWN)
    rows = list(rows.order_by("row_place", "pk"))
    days, cards = reached(rows), {}
    for row in rows:
        cards.setdefault(row.stage, []).append(card_of(row, days.get(row.pk), user, as_of))
    return cards


def reached(projects):
    """Return {project id: first day on its stage} of some projects: two queries."""
    stages = {row.pk: row.stage for row in projects}
    met = Visit.objects.live().filter(project__in=stages).order_by().values_list("project")
    days = {key: day for key, day in met.annotate(first=Min("on")) if stages[key] == Stage.VISIT}
    facts = Milestone.objects.live().done().filter(project__in=stages).order_by().values_list("project", "kind")
    for key, kind, day in facts.annotate(first=Min("on")):
        if KINDS[kind].stage == stages[key]:
            days[key] = min(day, days.get(key, day))
    return {row.pk: timezone.localdate(row.recorded_at) for row in projects if row.stage == Stage.LEAD} | days


def card_of(row: Project, since, user, as_of) -> Card:
    """Print a card; who introduced the project may move it."""
    amount = row.contracted if row.contracted is not None else row.investment
    days = (as_of - since).days if since and since <= as_of else None
    mine = row.introducer is not None and user.holds(Role.CLERK, row.introducer)
    return Card(
        pk=row.pk,
        name=row.name,
        url=row.get_absolute_url(),
        company=row.company.name,
        unit=str(row.introducer or ""),
        amount=money_text(amount) if amount is not None else "",
        days=str(_("%(n)s 天") % {"n": days}) if days is not None else "",
        is_long=days is not None and days > LONG,
        move_url=reverse("projects:project_move", args=[row.pk]) if mine and not row.terminated else "",
    )


# --- moving


def move_of(project: Project, stage: str, done, as_of: date) -> Move:
    """Say what it takes to move a project onto a stage, after the kinds done so far; nothing is written here."""
    name = str(Stage(stage).label)
    page = project.get_absolute_url()
    if project.terminated:
        return Move(stage, name, None, str(_("项目已终止；终止有误的，请先撤回终止记录")), ((_("项目页"), page),))
    if ORDER[stage] == ORDER[project.stage]:
        return Move(stage, name, None, str(_("项目已在这一阶段")), ((_("项目页"), page),))
    if ORDER[stage] < ORDER[project.stage]:
        advice = _("阶段由已登记的事实决定，不能往回拖。登记有误的，请到项目页更正或撤回那一条记录，阶段随之退回")
        return Move(stage, name, None, str(advice), ((_("到项目页撤回或更正"), page),))
    if stage == Stage.VISIT:
        visit = f"{reverse('projects:visit_create')}?project={project.pk}"
        return Move(stage, name, None, str(_("登记一次走访或来访，项目就到「走访考察」")), ((_("登记走访"), visit),))
    kind = ENTRANCE[stage]
    return blocked(project, stage, name, kind, done, as_of) or Move(stage, name, kind)


def blocked(project, stage, name, kind, done, as_of):
    """Return the move with what stops it, None where nothing does."""
    form = reverse("projects:milestone_create", args=[project.pk])
    rule = KINDS[kind]
    if rule.after and not set(rule.after) & set(done):
        links = tuple(
            (_("先登记%(kind)s") % {"kind": Kind(first).label}, f"{form}?kind={first}") for first in rule.after
        )
        words = "、".join(str(Kind(first).label) for first in rule.after)
        return Move(
            stage, name, None, str(_("到「%(stage)s」须先登记：%(kinds)s") % {"stage": name, "kinds": words}), links
        )
    if missing := gaps(project, kind, as_of):
        words = "、".join(item.label for item in missing)
        advice = _("到「%(stage)s」还缺：%(needs)s。补齐后再移") % {"stage": name, "needs": words}
        return Move(stage, name, None, str(advice), tuple(missing_links(project, missing)))
    return None


def choices(project: Project) -> list[tuple[str, str, bool]]:
    """Return (name, address, whether it lies ahead) of every stage but the project's own."""
    page = reverse("projects:project_move", args=[project.pk])
    place = ORDER[project.stage]
    return [
        (str(stage.label), f"{page}?to={stage}", ORDER[stage] > place) for stage in Stage if stage != project.stage
    ]
