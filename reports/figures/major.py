"""The district's major projects by name: how large, how far they came by a day, what is in their way."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from campaigns.lines import Standings
from campaigns.numbers import money_text
from projects.models import Milestone, Problem, Project
from projects.models.companies import Origin
from projects.models.projects import shared_under
from projects.stages import Kind
from reports.figures.campaign import BIG
from reports.figures.values import Number, Window

STATES = {  # the furthest of these that happened by the day says how far a project is
    Kind.PRODUCTION: "已投产",
    Kind.COMPLETION: "已竣工",
    Kind.GROUNDBREAKING: "已开工建设",
    Kind.FUNDING: "",  # told with the sum
    Kind.REGISTRATION: "已注册项目公司",
    Kind.FILING: "已立项备案",
    Kind.CONTRACT: "已签约",
    Kind.FRAMEWORK: "已签订框架协议",
    Kind.INTENT: "已签订意向协议",
    Kind.TALKS: "正在洽谈",
    Kind.LEAD: "正在接触",
}
ABROAD = {Origin.HMT, Origin.ABROAD}


@dataclass(frozen=True)
class MajorProject:
    """One major project as of a day."""

    name: str
    company: str
    industry: str
    investment: str  # "" where nobody has said it
    content: str
    leader: str
    state: str
    is_signed: bool
    is_foreign: bool
    problem: str  # the first that is open, "" where there is none
    href: str


@dataclass(frozen=True)
class Major:
    """The major projects, those furthest along first within an industry, and what they come to."""

    projects: tuple[MajorProject, ...]
    industries: tuple[tuple[str, tuple[MajorProject, ...]], ...]
    investment: str
    followed: tuple[MajorProject, ...]  # followed up and not signed yet
    followed_investment: str
    with_problems: int
    frameworks: int  # agreements signed in the window, counted nowhere else

    def numbers(self) -> Iterator[tuple[str, Number]]:
        """Yield what may be cited."""
        yield "重大项目", Number(f"{len(self.projects)}个")
        yield "重大项目计划总投资", Number(self.investment)
        yield "重点跟进项目", Number(f"{len(self.followed)}个")
        yield "重点跟进项目计划总投资", Number(self.followed_investment)
        yield "重点跟进外资项目", Number(f"{sum(row.is_foreign for row in self.followed)}个")
        yield "框架协议", Number(f"{self.frameworks}个")
        yield "有问题的重大项目", Number(f"{self.with_problems}个")


def read(state: Standings, window: Window) -> Major:
    """Read the key projects and those signed in the window for 1亿元 or more: four queries."""
    live = Milestone.objects.live().done().filter(on__lte=state.as_of)
    large = live.filter(kind=Kind.CONTRACT, on__gte=window.first, amount_cny__gte=BIG)
    here = Project.objects.filter(pk__in=shared_under([state.campaign.organiser.path]))
    agreed = live.filter(kind=Kind.FRAMEWORK, on__gte=window.first, project__in=here.order_by().values("pk"))
    rows = (
        here.filter(Q(is_key=True) | Q(pk__in=large.values("project")))
        .filter(pk__in=live.values("project"))
        .exclude(pk__in=live.filter(kind=Kind.TERMINATION).values("project"))
        .select_related("company")
    )
    happened: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in live.filter(project__in=rows.order_by().values("pk")).order_by("on", "pk"):
        happened[row.project_id][row.kind] += row.amount_cny or Decimal(0)
    problems = _problems(rows, state.as_of)
    found = sorted(
        ((_furthest(happened[row.pk]), -(row.investment or 0), row.name, row) for row in rows),
        key=lambda item: item[:3],
    )
    projects = [_project(row, happened[row.pk], problems.get(row.pk, "")) for *_rank, row in found]
    invested = {row.name: row.investment or Decimal(0) for *_rank, row in found}
    followed = tuple(row for row in projects if not row.is_signed)
    return Major(
        projects=tuple(projects),
        industries=_by_industry(projects),
        investment=money_text(sum(invested.values(), Decimal(0))),
        followed=followed,
        followed_investment=money_text(sum((invested[row.name] for row in followed), Decimal(0))),
        with_problems=sum(bool(row.problem) for row in projects),
        frameworks=agreed.count(),
    )


def _problems(projects, as_of: date) -> dict[int, str]:
    """Return the title of the first open problem of each project."""
    rows = Problem.objects.filter(project__in=projects.order_by().values("pk"), found_on__lte=as_of)
    rows = rows.filter(Q(done_on__isnull=True) | Q(done_on__gt=as_of)).order_by("-found_on", "-pk")
    return dict(rows.values_list("project_id", "title"))


def _furthest(happened) -> int:
    return next((place for place, kind in enumerate(STATES) if kind in happened), len(STATES))


def _project(row: Project, happened, problem: str) -> MajorProject:
    kind = next((kind for kind in STATES if kind in happened), Kind.LEAD)
    arrived = happened.get(Kind.FUNDING)
    money = f"到位资金{money_text(arrived)}" if arrived else ""
    return MajorProject(
        name=row.name,
        company=row.company.name,
        industry=row.industry or str(row.get_sector_display()),
        investment="" if row.investment is None else money_text(row.investment),
        content=row.summary,
        leader=row.leader,
        state="，".join(filter(None, (STATES[kind], money))),
        is_signed=Kind.CONTRACT in happened,
        is_foreign=row.company.origin in ABROAD,
        problem=problem,
        href=row.get_absolute_url(),
    )


def _by_industry(projects) -> tuple[tuple[str, tuple[MajorProject, ...]], ...]:
    grouped: dict[str, list[MajorProject]] = {}
    for row in projects:
        grouped.setdefault(row.industry, []).append(row)
    return tuple((name, tuple(rows)) for name, rows in sorted(grouped.items(), key=lambda item: -len(item[1])))
