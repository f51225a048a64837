"""The wall chart: promised days against done ones, drawn over months, for many projects or for one."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import NullIf
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import money_text
from projects import promises
from projects.models import Credit, Extension, Milestone, Project
from projects.stages import KINDS, Kind, Stage

SHORT = {  # what a mark is called; the others by their own name
    Kind.LEAD: _("线索"), Kind.INTENT: _("意向"), Kind.FRAMEWORK: _("框架"), Kind.CONTRACT: _("签约"),
    Kind.FILING: _("备案"), Kind.REGISTRATION: _("注册"), Kind.FUNDING: _("到资"), Kind.FIXED_INVESTMENT: _("固投"),
    Kind.ABOVE_SCALE: _("升规"),
}  # fmt: skip
NAMES = {kind.value: SHORT.get(kind, kind.label) for kind in Kind}  # get_kind_display() hashes every label anew
BACK, AHEAD = 4, 7  # months shown before and after the month of the day
LANE, PAD = 20, 12  # pixels of a lane, and above and below the lanes
WIDE = 900  # pixels the chart has at least; labels are laid out for that


@dataclass(frozen=True)
class Window:
    """The months a chart shows, each equally wide."""

    year: int
    month: int
    months: int

    @classmethod
    def around(cls, as_of: date, back=BACK, ahead=AHEAD):
        """Return the months around a day."""
        number = as_of.year * 12 + as_of.month - 1 - back
        return cls(number // 12, number % 12 + 1, back + ahead + 1)

    @classmethod
    def over(cls, days, as_of: date, longest=24):
        """Return the months from the first of some days to the last, the day itself among them."""
        first, last = min([*days, as_of]), max([*days, as_of])
        number = min(last.year * 12 + last.month - 1, as_of.year * 12 + as_of.month + AHEAD)
        start = max(first.year * 12 + first.month - 1, number - longest + 1)
        months = max(number - start + 1, 6)
        return cls(start // 12, start % 12 + 1, months)

    def x(self, day: date) -> float:
        """Return where a day stands, from 0 (left) to 100 (right); beyond, outside."""
        number = (day.year - self.year) * 12 + day.month - self.month
        length = calendar.monthrange(day.year, day.month)[1]
        return 100 * (number + (day.day - 0.5) / length) / self.months

    def labels(self) -> list[tuple[int, int]]:
        """Return (year, month) of each column."""
        start = self.year * 12 + self.month - 1
        return [(number // 12, number % 12 + 1) for number in range(start, start + self.months)]


@dataclass(frozen=True)
class Item:
    """One milestone as a chart and a card show it."""

    kind: str
    label: str
    text: str
    tone: str
    title: str
    url: str
    first: date | None
    due: date | None
    on: date | None
    is_overdue: bool
    amount: str


def item_of(row: Milestone, as_of: date) -> Item | None:
    """Return a milestone as it stands on a day; None where it neither was promised nor had happened by then."""
    stood = promises.standing(row, as_of)
    on = row.on if row.on is not None and row.on <= as_of else None
    if stood is None and on is None:
        return None
    kind = str(NAMES[row.kind])
    amount = row.amount_cny if on else row.promised_amount
    parts = [kind, money_text(amount) if amount is not None else ""]
    if stood:
        told = [_("承诺 %(day)s") % {"day": stood.due.isoformat()}]
        if stood.is_extended:
            told = [_("承诺 %(first)s，延至 %(due)s") % {"first": stood.first, "due": stood.due}]
        told.append(_("完成 %(day)s") % {"day": on.isoformat()} if on else "")
        told.append(stood.text)
    else:
        told = [on.isoformat()]
    return Item(
        kind=row.kind, label=" ".join(part for part in parts if part), text=stood.text if stood else "",
        tone=stood.tone if stood else "", title=f"{kind}：" + "，".join(str(one) for one in told if one),
        url=row.get_absolute_url(), first=stood.first if stood else None, due=stood.due if stood else None,
        on=on, is_overdue=bool(stood and stood.is_overdue), amount=parts[1],
    )  # fmt: skip


# --- drawing


@dataclass(frozen=True)
class Span:
    """Where an item lies in the chart: from left to right in percent, with its label."""

    item: Item
    left: float
    right: float
    label: str


def span_of(item: Item, window: Window, as_of: date) -> Span | None:
    """Return where an item lies; None where it is not among the months shown.

    What is overdue is always shown: it reaches from the promised day to the day itself.
    """
    days = [day for day in (item.first, item.due, item.on) if day]
    if item.is_overdue:
        days.append(as_of)
    left, right = window.x(min(days)), window.x(max(days))
    if right < 0 or left > 100:
        return None
    label = item.label
    if item.is_overdue or item.tone == "warn":
        label += f" {item.text.partition('，')[0]}"
    elif item.due is None and KINDS[item.kind].repeats:
        label = ""
    return Span(item, max(left, 0.4), min(right, 99.6), label)


def lanes_of(spans) -> list[list[Span]]:
    """Put spans into as few lanes as keep their labels apart."""
    lanes: list[tuple[float, list[Span]]] = []
    for span in sorted(spans, key=lambda one: (one.left, one.right)):
        room = width_of(span.label)
        start = span.left - 1 if not flips(span) else min(span.left, span.right - room) - 1
        end = span.right + 1.5 if flips(span) else span.right + room + 1.5
        for place, (filled, lane) in enumerate(lanes):
            if filled <= start:
                lane.append(span)
                lanes[place] = (end, lane)
                break
        else:
            lanes.append((end, [span]))
    return [lane for _end, lane in lanes]


def width_of(label):
    """Return how wide a label is, in percent of the chart; a Chinese character is as wide as two others."""
    return sum(12.5 if char > "⺀" else 7 for char in label) / WIDE * 100 + 1.2


def flips(span):
    """Say whether a label stands at the left of its mark, for want of room at the right."""
    return span.right + width_of(span.label) > 100


def chart(items, window: Window, as_of: date) -> SafeString:
    """Draw one project's items: hollow what is promised, filled what is done, red what is overdue."""
    lanes = lanes_of([span for item in items if (span := span_of(item, window, as_of))])
    height = max(len(lanes), 1) * LANE + 2 * PAD
    drawn = [
        drawing(span, window, as_of, PAD + LANE * number + LANE // 2)
        for number, lane in enumerate(lanes)
        for span in lane
    ]
    return format_html(
        '<svg class="zs-plan" width="100%" height="{}">{}{}</svg>',
        height, grid(window, as_of, height), mark_safe("".join(drawn)),  # noqa: S308 made of escaped pieces
    )  # fmt: skip


def grid(window, as_of, height):
    """Draw the months' borders and the line of the day."""
    step = 100 / window.months
    rows = [("zs-plan-grid", tenth(step * n), height) for n in range(1, window.months)]
    rows.append(("zs-plan-now", tenth(window.x(as_of)), height))
    return format_html_join("", '<line class="{0}" x1="{1}%" x2="{1}%" y1="0" y2="{2}"/>', rows)


def head(window: Window, as_of: date) -> SafeString:
    """Draw the months above the charts; the year stands at the first of each."""
    step, every, seen, drawn = 100 / window.months, ceil(window.months / 12), None, []
    for number, (year, month) in enumerate(window.labels()):
        if number % every:
            continue
        text = _("%(m)s月") % {"m": month} if year == seen else _("%(y)s年%(m)s月") % {"y": year, "m": month}
        is_now = (year, month) == (as_of.year, as_of.month)
        css = "zs-plan-month is-now" if is_now else "zs-plan-month"
        place = ("0.3", "start") if number == 0 else (tenth(step * (number + 0.5)), "middle")
        drawn.append((*place, css, text))
        seen = year
    texts = format_html_join("", '<text class="{2}" x="{0}%" y="18" text-anchor="{1}">{3}</text>', drawn)
    return format_html('<svg class="zs-plan" width="100%" height="27" aria-hidden="true">{}</svg>', texts)


def drawing(span: Span, window: Window, as_of: date, y: int) -> SafeString:
    """Draw one item in its lane."""
    item, parts = span.item, []
    state = "is-late" if item.is_overdue else "is-slow" if item.tone == "warn" else ""

    def at(day):
        return tenth(min(max(window.x(day), 0.4), 99.6))

    if item.due and item.first != item.due:
        parts.append(line("zs-plan-put-off", at(item.first), at(item.due), y))
        parts.append(arrow(at(item.due), y))
        parts.append(ring("zs-plan-first", at(item.first), y, 3))
    end = item.on or (as_of if item.is_overdue else None)
    if item.due and end and end != item.due:
        parts.append(line(f"zs-plan-span {state}", at(min(item.due, end)), at(max(item.due, end)), y))
    if item.due:
        parts.append(ring(f"zs-plan-due {state}", at(item.due), y, 5))
    if item.on:
        parts.append(ring(f"zs-plan-done {state}" if item.due else "zs-plan-done is-plain", at(item.on), y, 4.5))
    if span.label:
        anchor, shift = ("end", -10) if flips(span) else ("start", 10)
        x = tenth(span.left if flips(span) else span.right)
        parts.append(
            format_html(
                '<text class="zs-plan-label {}" x="{}%" y="{}" dx="{}" text-anchor="{}">{}</text>',
                state,
                x,
                y + 4,
                shift,
                anchor,
                span.label,
            )  # fmt: skip
        )
    body = mark_safe("".join(parts))  # noqa: S308 made of escaped pieces
    return format_html('<a href="{}"><title>{}</title>{}</a>', item.url, item.title, body)


def line(css, left, right, y):
    """Draw a line along a lane."""
    return format_html('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>', css, left, right, y, y)


def ring(css, x, y, radius):
    """Draw a mark; the class says whether it is hollow or filled."""
    return format_html('<circle class="{}" cx="{}%" cy="{}" r="{}"/>', css, x, y, radius)


def arrow(x, y):
    """Draw the tip of an extension's arrow, left of the new day's mark."""
    return format_html(
        '<svg x="{}%" y="{}" overflow="visible"><path class="zs-plan-tip" d="M-11 -3.5L-5.5 0L-11 3.5"/></svg>', x, y
    )


def tenth(number) -> str:
    """Print a place in the chart."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


# --- reading


@dataclass(frozen=True)
class Row:
    """One project of the chart; items are what a card shows: what it still owes, and what it did last."""

    project: Project
    note: str
    svg: SafeString
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Group:
    """The projects of one leader or unit: how many there are on all pages, and how many are overdue."""

    name: str
    projects: int
    late: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sums:
    """What the whole filter leaves: open projects, promises that still stand, overdue ones, ones put off."""

    projects: int
    promised: int
    late: int
    late_projects: int
    put_off: int


def chosen(user, as_of: date, *, by, unit=None, leader=None, kind=None, tag=None, overdue=False):
    """Return the open projects that a filter leaves, with owner and next_due, in the order of the chart.

    Open is what is neither terminated nor in production, unless it still owes something.
    """
    promised = Milestone.objects.outstanding(as_of).filter(project=OuterRef("pk")).order_by()
    if kind:
        promised = promised.filter(kind=kind)
    projects = Project.objects.visible_to(user).filter(terminated=False)
    projects = projects.annotate(
        next_due=Subquery(promised.values("project").annotate(x=Min("due")).values("x")), owner=owner_of(by)
    ).filter(~Q(stage=Stage.PRODUCING) | Q(next_due__isnull=False))
    if unit:
        projects = projects.filter(pk__in=Credit.objects.filter(unit__path__startswith=unit.path).values("project"))
    if leader:
        projects = projects.filter(leader=leader)
    if tag:
        projects = projects.filter(tags=tag)
    if kind:
        live = Milestone.objects.live().filter(kind=kind)
        projects = projects.filter(pk__in=live.values("project"))
    if overdue:
        projects = projects.filter(next_due__lt=as_of)
    return projects.order_by(F("owner").asc(nulls_last=True), F("next_due").asc(nulls_last=True), "name", "pk")


def owner_of(by):
    """Return the expression a chart is grouped by: the leader, or the name of the introducing unit."""
    if by == "unit":
        rows = Credit.objects.filter(project=OuterRef("pk"), role=Credit.Role.INTRODUCING).order_by()
        return Subquery(rows.values("unit__name")[:1])
    return NullIf("leader", Value(""))


def sums_of(projects, as_of: date, kind=None) -> Sums:
    """Count what a filter leaves: two queries."""
    pks = projects.order_by().values("pk")
    extended = Exists(Extension.objects.filter(milestone=OuterRef("pk")))
    promised = Milestone.objects.outstanding(as_of).filter(project__in=pks).annotate(is_put_off=extended)
    if kind:
        promised = promised.filter(kind=kind)
    late = Q(due__lt=as_of)
    counted = promised.order_by().aggregate(
        promised=Count("pk"), late=Count("pk", filter=late),
        late_projects=Count("project", filter=late, distinct=True),
        put_off=Count("pk", filter=Q(is_put_off=True)),
    )  # fmt: skip
    return Sums(projects=projects.count(), **counted)


def groups_of(projects, page, window: Window, as_of: date, kind=None) -> list[Group]:
    """Return a page of projects in its groups: one query for the groups' sizes, three for the rows."""
    late = Count("pk", filter=Q(next_due__lt=as_of))
    sizes = {
        owner: (count, late)
        for owner, count, late in projects.order_by().values_list("owner").annotate(count=Count("pk"), late=late)
    }
    groups: dict[str | None, list[Row]] = {}
    for project in loaded(page, kind):
        items = [item for row in project.marks if (item := item_of(row, as_of))]
        groups.setdefault(project.owner, []).append(row_of(project, items, window, as_of))
    return [
        Group(str(owner or _("未明确挂包领导")), *sizes.get(owner, (len(rows), 0)), tuple(rows))
        for owner, rows in groups.items()
    ]


def loaded(projects, kind=None):
    """Load the milestones that a chart draws, as `marks`."""
    rows = Milestone.objects.live().prefetch_related("extensions").order_by("due_on", "on", "pk")
    if kind:
        rows = rows.filter(kind=kind)
    credits = Prefetch("credits", Credit.objects.select_related("unit"))
    return projects.select_related("company").prefetch_related(Prefetch("milestones", rows, to_attr="marks"), credits)


def row_of(project, items, window, as_of) -> Row:
    """Draw one project."""
    note = " · ".join(str(part) for part in (project.get_stage_display(), project.introducer or "") if part)
    owed = sorted((item for item in items if item.due and not item.on), key=lambda item: item.due)
    done = sorted((item for item in items if item.on), key=lambda item: item.on)
    return Row(project, note, chart(items, window, as_of), (*owed, *done[-1:]))


def sheet(projects, as_of: date, kind=None) -> Iterator[list]:
    """Yield the rows of the chart as a workbook: one line for each promise and each thing done."""
    yield [
        str(text)
        for text in (
            _("分组"), _("项目"), _("投资方"), _("招引单位"), _("节点"), _("最初承诺"), _("现承诺"), _("延期次数"),
            _("承诺金额（万元）"), _("完成日期"), _("完成金额（万元）"), _("情况"),
        )
    ]  # fmt: skip
    for project in loaded(projects, kind):
        for row in project.marks:
            item = item_of(row, as_of)
            if item is None:
                continue
            yield [
                str(project.owner or ""), project.name, project.company.name, str(project.introducer or ""),
                str(Kind(row.kind).label), item.first, item.due, len(row.extensions.all()), row.promised_amount,
                item.on, row.amount_cny if item.on else None, item.text,
            ]  # fmt: skip
