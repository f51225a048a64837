"""Signed → filed → arrived → built: the four sums of a project or of many, their ratios and gaps (I9)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import percent_text, plain, round_half_up
from projects.models import Credit, Milestone
from projects.project_page import number_and_measure, spaced
from projects.stages import Kind

STEPS = {  # the four sums, in the order in which money becomes a plant
    "contracted": (Kind.CONTRACT, _("签约")),
    "filed": (Kind.FILING, _("备案")),
    "arrived": (Kind.FUNDING, _("到位")),
    "built": (Kind.FIXED_INVESTMENT, _("固投")),
}
NAMES = {kind: name for name, (kind, _label) in STEPS.items()}
RATIOS = {"filed": _("备案/签约"), "arrived": _("到位/签约"), "built": _("固投/到位")}


@dataclass(frozen=True)
class Chain:
    """What was agreed, filed, has arrived and was built, in 万元; None where nothing was recorded."""

    contracted: Decimal | None = None
    filed: Decimal | None = None
    arrived: Decimal | None = None
    built: Decimal | None = None

    def ratio(self, name: str) -> Fraction | None:
        """Return a sum over the one it is measured by: built by what arrived, the others by what was agreed."""
        part, whole = getattr(self, name), self.arrived if name == "built" else self.contracted
        return None if part is None or not whole else Fraction(part) / Fraction(whole)

    def gap(self, name: str) -> Decimal | None:
        """Return what a sum lacks of the one it is measured by; below zero where it has more."""
        part, whole = getattr(self, name), self.arrived if name == "built" else self.contracted
        return None if part is None or whole is None else whole - part

    def __add__(self, other):
        """Add two chains; nothing and nothing stays nothing."""
        return Chain(*(plus(getattr(self, name), getattr(other, name)) for name in STEPS))


def plus(one, other):
    """Add two amounts of which either may be missing."""
    return other if one is None else one if other is None else one + other


def chain_of(milestones) -> Chain:
    """Add up the milestones of one project that happened and were not withdrawn."""
    sums = {}
    for row in milestones:
        name = NAMES.get(row.kind)
        if name and row.on is not None and not row.is_withdrawn:
            sums[name] = plus(sums.get(name), row.amount_cny)
    return Chain(**sums)


@dataclass(frozen=True)
class Link:
    """One step of a printed chain: its sum, the ratio and the gap to the step it is measured by."""

    name: str
    label: str
    number: str
    measure: str
    of: str
    ratio: str
    gap: str
    bar: dict | None
    tone: str
    count: int | None = None


def links(chain: Chain, counts: dict[str, int] | None = None) -> list[Link]:
    """Print a chain; a missing sum is a dash."""
    printed = []
    for name, (_kind, label) in STEPS.items():
        amount, ratio, gap = getattr(chain, name), None, None
        if name in RATIOS:
            ratio, gap = chain.ratio(name), chain.gap(name)
        number, measure = ("—", "") if amount is None else number_and_measure(amount)
        of, text = str(RATIOS.get(name, "")), "" if ratio is None else percent_text(ratio)
        printed.append(
            Link(
                name=name,
                label=str(label),
                number=number,
                measure=measure,
                of=of,
                ratio=text,
                gap=gap_text(gap),
                bar=bar_of(ratio, f"{of} {text}"),
                tone="warn" if gap is not None and gap < 0 else "",
                count=None if counts is None else counts.get(name, 0),
            )
        )
    return printed


def bar_of(ratio, text):
    """Return the bar of a ratio as _progress.html takes it; None where there is none."""
    if ratio is None:
        return None
    width = min(round_half_up(ratio * 100, 1), Decimal(100))
    return {"text": text, "width": plain(width), "pace": "", "ahead": True, "tone": "warn" if ratio > 1 else "ok"}


def gap_text(gap: Decimal | None) -> str:
    """Say how much is missing, or how much there is too much."""
    if gap is None:
        return ""
    if gap == 0:
        return str(_("无差额"))
    return str((_("差 %(n)s") if gap > 0 else _("超 %(n)s")) % {"n": spaced(abs(gap))})


@dataclass(frozen=True)
class Line:
    """The chain of one unit's projects: how many projects stand in each step, and the sums."""

    unit_id: int
    unit: str
    chain: Chain
    counts: dict[str, int]
    projects: int


def lines(projects) -> list[Line]:
    """Return the chain of each introducing unit over a queryset of projects, in the units' order: two queries.

    A project belongs whole to the unit that introduced it, so that the lines add up to the total.
    """
    owners = Credit.objects.filter(project__in=projects.order_by().values("pk"), role=Credit.Role.INTRODUCING)
    owners = owners.order_by("unit__path").values_list("unit", "unit__name", "unit__path")
    sums = Milestone.objects.live().done().filter(project__in=projects.order_by().values("pk"), kind__in=NAMES)
    sums = sums.filter(project__credits__role=Credit.Role.INTRODUCING, project__credits__until_on__isnull=True)
    sums = sums.order_by().values_list("project__credits__unit", "kind")
    found, counts = {}, {}
    for unit, kind, amount, count in sums.annotate(Sum("amount_cny"), Count("project", distinct=True)):
        found.setdefault(unit, {})[NAMES[kind]] = amount
        counts.setdefault(unit, {})[NAMES[kind]] = count
    return [
        Line(unit, name, Chain(**found.get(unit, {})), counts.get(unit, {}), number)
        for unit, name, _path, number in owners.annotate(Count("project"))
    ]


def total(rows: Iterable[Line]) -> Line:
    """Add up the lines of units."""
    whole, counts, projects = Chain(), dict.fromkeys(STEPS, 0), 0
    for row in rows:
        whole += row.chain
        projects += row.projects
        counts = {name: counts[name] + row.counts.get(name, 0) for name in STEPS}
    return Line(0, str(_("合计")), whole, counts, projects)


def sheet(rows: list[Line]) -> Iterator[list]:
    """Yield the lines as a workbook, amounts in 万元, the sum last."""
    heads = [_("单位"), _("项目（个）")]
    for _kind, label in STEPS.values():
        heads += [_("%(step)s（个）") % {"step": label}, _("%(step)s（万元）") % {"step": label}]
    yield [str(text) for text in (*heads, *RATIOS.values())]
    for row in [*rows, total(rows)]:
        cells = [row.unit, row.projects]
        for name in STEPS:
            cells += [row.counts.get(name, 0), getattr(row.chain, name)]
        ratios = [row.chain.ratio(name) for name in RATIOS]
        yield [*cells, *("" if ratio is None else percent_text(ratio) for ratio in ratios)]
