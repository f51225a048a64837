"""Flags on projects: what deserves a second look, each with its arithmetic in words; none refuses anything (I9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter

from django.db import models
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactField, percent_text, plain, round_half_up, spaced_money
from projects.duplicates import core
from projects.models import Complaint, Credit, Evidence, Milestone, Parcel, Project, Threshold, Visit
from projects.stages import Kind, Stage

Name = Threshold.Name
PARTIES = ("company", "company__name", "local_partner")  # of a project, as twins_of takes them
FEW = 50  # beginnings of names up to which companies are looked up by them; beyond, all are read


@dataclass(frozen=True)
class Twin:
    """Another project's contract with the same parties; name and address only where the reader may see it."""

    amount: Decimal
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What the flags read of one project; amounts in 万元, None where nothing was recorded."""

    contracted: Decimal | None = None
    filed: Decimal | None = None
    arrived: Decimal | None = None
    shares: Decimal = Decimal(100)
    last_on: date | None = None
    is_waiting: bool = False  # for a next milestone: neither in production nor terminated
    start_due: date | None = None
    twins: tuple[Twin, ...] = ()
    papers: tuple[tuple[str, int], ...] = ()  # name of a file, on how many records it stands
    unbuilt: tuple[tuple[str, Decimal, date], ...] = ()  # land: its name, mu, the day agreed for its building
    unused: tuple[tuple[str, Decimal, date], ...] = ()  # the same of its use
    unanswered: tuple[tuple[str, date], ...] = ()  # complaints: what about, the day of the answer


@dataclass(frozen=True)
class Flag:
    """One flag: says(facts, thresholds, as_of) gives its arithmetic in words, "" where it is not raised.

    rule says what it looks for, reads which part of the facts it needs beyond the sums and days, links(facts,
    thresholds) leads to the other projects it speaks of.
    """

    name: str
    label: str
    tone: str
    rule: str
    says: Callable[[Facts, Mapping, date], str]
    reads: str = ""
    links: Callable[[Facts, Mapping], tuple] | None = None


def filed_for_less(facts, limits, as_of):
    """Say that less was filed than a share of what was agreed; a filing at just that share is enough."""
    if not facts.contracted or facts.filed is None:
        return ""
    ratio, limit = Fraction(facts.filed) / Fraction(facts.contracted), Fraction(limits[Name.FILED_RATIO]) / 100
    if ratio >= limit:
        return ""
    return _("协议 %(signed)s，备案 %(filed)s，备案为协议的 %(ratio)s（阈值 %(limit)s%%）") % {
        "signed": spaced_money(facts.contracted), "filed": spaced_money(facts.filed),
        "ratio": percent_text(ratio, thresholds=(limit,)), "limit": plain(limits[Name.FILED_RATIO]),
    }  # fmt: skip


def signed_many_times(facts, limits, as_of):
    """Say that at least so many times as much was agreed as was filed."""
    if not facts.contracted or not facts.filed:
        return ""
    times = Fraction(facts.contracted) / Fraction(facts.filed)
    if times < Fraction(limits[Name.SIGNED_TIMES]):
        return ""
    return _("协议 %(signed)s，备案 %(filed)s，相差 %(times)s 倍（阈值 %(limit)s 倍）") % {
        "signed": spaced_money(facts.contracted), "filed": spaced_money(facts.filed),
        "times": plain(round_half_up(times, 1)), "limit": plain(limits[Name.SIGNED_TIMES]),
    }  # fmt: skip


def paid_above(facts, limits, as_of):
    """Say that more has arrived than was agreed."""
    if facts.contracted is None or facts.arrived is None or facts.arrived <= facts.contracted:
        return ""
    return _("协议 %(signed)s，到位 %(arrived)s，多 %(more)s") % {
        "signed": spaced_money(facts.contracted), "arrived": spaced_money(facts.arrived),
        "more": spaced_money(facts.arrived - facts.contracted),
    }  # fmt: skip


def twins_near(facts, limits):
    """Return the twins whose sum is similar."""
    return [twin for twin in facts.twins if is_similar(facts.contracted, twin.amount, limits[Name.SIMILAR_SUM])]


def twin_links(facts, limits):
    """Return (name, address) of the twins that the reader may see."""
    return tuple((twin.name, twin.url) for twin in twins_near(facts, limits) if twin.url)


def signed_again(facts, limits, as_of):
    """Say which other project has the same parties and a similar sum."""
    near = twins_near(facts, limits)
    if not near:
        return ""
    limit = plain(limits[Name.SIMILAR_SUM])
    named = [
        _("「%(name)s」%(sum)s，相差 %(off)s")
        % {
            "name": twin.name,
            "sum": spaced_money(twin.amount),
            "off": percent_text(apart(facts.contracted, twin.amount)),
        }
        for twin in near
        if twin.name
    ]  # fmt: skip
    if hidden := sum(not twin.name for twin in near):
        named.append(_("其他单位的 %(n)s 个项目金额相近") % {"n": hidden})
    return _("协议 %(signed)s，同一投资方另有%(others)s（阈值 %(limit)s%%）") % {
        "signed": spaced_money(facts.contracted), "others": "、".join(str(one) for one in named), "limit": limit,
    }  # fmt: skip


def apart(one, other):
    """Return by which share of the larger one two sums differ."""
    return Fraction(abs(one - other)) / Fraction(max(one, other))


def is_similar(one, other, limit):
    """Say whether two sums differ by no more than a percentage of the larger one."""
    return bool(one and other) and apart(one, other) * 100 <= Fraction(limit)


def stalled(facts, limits, as_of):
    """Say for how many days nothing was recorded of a project that still has a way to go."""
    if not facts.is_waiting or facts.last_on is None:
        return ""
    days = (as_of - facts.last_on).days
    if days < limits[Name.STALLED_DAYS]:
        return ""
    return _("最近一次进展或走访在 %(day)s，已 %(n)s 天（阈值 %(limit)s 天）") % {
        "day": facts.last_on.isoformat(), "n": days, "limit": plain(limits[Name.STALLED_DAYS]),
    }  # fmt: skip


def shares_off(facts, limits, as_of):
    """Say that the units' shares do not add up."""
    if facts.shares == 100:
        return ""
    return _("各单位份额合计 %(sum)s%%，应为 100%%") % {"sum": plain(facts.shares)}


def paper_used_twice(facts, limits, as_of):
    """Say which file proves several records."""
    return "；".join(
        str(_("凭证「%(name)s」同时用于 %(n)s 条记录") % {"name": name, "n": count}) for name, count in facts.papers
    )


def start_missed(facts, limits, as_of):
    """Say by how many days the promised start is past (R57)."""
    if facts.start_due is None or facts.start_due >= as_of or not facts.is_waiting:
        return ""
    days = (as_of - facts.start_due).days
    return _("承诺 %(day)s 开工，逾期 %(n)s 天") % {"day": facts.start_due.isoformat(), "n": days}


def land_unbuilt(facts, limits, as_of):
    """Say which land was handed over and not built on by the day agreed (R42, R57)."""
    return idle(facts.unbuilt, _("开工"), as_of)


def land_unused(facts, limits, as_of):
    """Say which land is occupied and was not used by the day agreed (R42, R57)."""
    return idle(facts.unused, _("投用"), as_of)


def idle(parcels, what, as_of):
    """Say of each piece of land how big it is, what was agreed, and by how many days that is past."""
    words = _("「%(name)s」%(area)s 亩，约定 %(day)s %(what)s，逾期 %(n)s 天")
    return "；".join(
        str(words) % {
            "name": name, "area": plain(area), "day": day.isoformat(), "what": what, "n": (as_of - day).days,
        }
        for name, area, day in parcels
    )  # fmt: skip


def complaint_unanswered(facts, limits, as_of):
    """Say which complaints should have been answered by now, and since when (R95)."""
    words = _("「%(title)s」应于 %(day)s 答复，逾期 %(n)s 天")
    return "；".join(
        str(words) % {"title": title, "day": day.isoformat(), "n": (as_of - day).days}
        for title, day in facts.unanswered
    )


FLAGS = (
    Flag("start", _("限时未开工"), "bad", _("承诺的开工日期已过，还没有开工"), start_missed),
    Flag("filed_less", _("签多备少"), "bad", _("备案额低于协议额的一定比例，差额不能计入考核"), filed_for_less),
    Flag("signed_big", _("签大备小"), "bad", _("协议额达到备案额的若干倍"), signed_many_times),
    Flag("paid_above", _("到位超协议"), "warn", _("累计到位超过协议投资"), paid_above),
    Flag(
        "signed_again", _("重复签约"), "bad", _("同一投资方另有项目，协议额相近"), signed_again, reads="twins",
        links=twin_links,
    ),
    Flag("stalled", _("停滞"), "warn", _("多日没有新节点，也没有走访"), stalled),
    Flag("shares", _("份额不符"), "warn", _("各单位份额合计不是 100%"), shares_off),
    Flag("paper", _("凭证重复"), "warn", _("同一份凭证文件用于两条以上记录"), paper_used_twice, reads="papers"),
    Flag("unbuilt", _("圈而不建"), "bad", _("交地后过了约定开工期限，还没有开工"), land_unbuilt, reads="lapsed"),
    Flag("unused", _("占而不用"), "bad", _("占用的地过了约定投用期限，还没有投用"), land_unused, reads="lapsed"),
    Flag(
        "unanswered", _("投诉未答复"), "bad", _("投诉过了答复期限，还没有答复企业"), complaint_unanswered,
        reads="lapsed",
    ),
)  # fmt: skip
BY_NAME = {flag.name: flag for flag in FLAGS}
CHOICES = [(flag.name, flag.label) for flag in FLAGS]


@dataclass(frozen=True)
class Raised:
    """A flag that a project raises, printed."""

    name: str
    label: str
    tone: str
    words: str
    links: tuple[tuple[str, str], ...] = field(default=())


def raised(facts: Facts, limits: Mapping, as_of: date, flags=FLAGS) -> list[Raised]:
    """Return the flags that a project raises, in the table's order."""
    found = []
    for flag in flags:
        if words := flag.says(facts, limits, as_of):
            links = flag.links(facts, limits) if flag.links else ()
            found.append(Raised(flag.name, str(flag.label), flag.tone, str(words), links))
    return found


# --- reading the facts


def of_projects(projects, user, as_of: date, names=None, limits=None) -> dict[int, list[Raised]]:
    """Return {project: its flags} of those projects of a queryset that raise some; a fixed number of queries."""
    flags = FLAGS if names is None else tuple(BY_NAME[name] for name in names)
    limits = Threshold.values() if limits is None else limits
    facts = read(projects, user, as_of, {flag.reads for flag in flags}, limits)
    found = {pk: raised(one, limits, as_of, flags) for pk, one in facts.items()}
    return {pk: rows for pk, rows in found.items() if rows}


def read(projects, user, as_of: date, parts, limits) -> dict[int, Facts]:
    """Return {project: facts} of a queryset: one query, two more for repeated contracts, one for papers.

    Land and complaints take one more together. Terminated projects have none: there is nothing left to look at.
    """
    pks = projects.order_by().values("pk")
    done = Milestone.objects.live().filter(project=OuterRef("pk"), on__lte=as_of).order_by()
    met = Visit.objects.live().filter(project=OuterRef("pk"), on__lte=as_of).order_by()
    starts = Milestone.objects.outstanding(as_of).filter(project=OuterRef("pk"), kind=Kind.GROUNDBREAKING)
    credits = Credit.objects.filter(project=OuterRef("pk")).order_by()
    rows = Project.objects.filter(pk__in=pks, terminated=False).order_by()
    rows = rows.annotate(
        contracted=summed(done.filter(kind=Kind.CONTRACT), "amount_cny"),
        filed=summed(done.filter(kind=Kind.FILING), "amount_cny"),
        arrived=summed(done.filter(kind=Kind.FUNDING), "amount_cny"),
        share_sum=summed(credits, "share"),
        done_on=Subquery(done.values("project").annotate(x=Max("on")).values("x")),
        met_on=Subquery(met.values("project").annotate(x=Max("on")).values("x")),
        start_due=Subquery(starts.order_by().values("project").annotate(x=Min("due")).values("x")),
    )
    rows = list(rows.values_list("pk", "stage", "recorded_at", *rows.query.annotations, *PARTIES, named=True))
    signed = {row.pk: (row[-3:], row.contracted) for row in rows if row.contracted}
    twins = twins_of(signed, user, limits) if "twins" in parts else {}
    papers = papers_of(pks) if "papers" in parts else {}
    lapsed = lapsed_of(pks, as_of) if "lapsed" in parts else {}
    return {
        row.pk: Facts(
            contracted=row.contracted,
            filed=row.filed,
            arrived=row.arrived,
            shares=row.share_sum or Decimal(0),
            last_on=max([day for day in (row.done_on, row.met_on) if day] or [timezone.localdate(row.recorded_at)]),
            is_waiting=row.stage != Stage.PRODUCING,
            start_due=row.start_due,
            twins=tuple(twins.get(row.pk, ())),
            papers=tuple(papers.get(row.pk, ())),
            unbuilt=tuple(lapsed.get((row.pk, "unbuilt"), ())),
            unused=tuple(lapsed.get((row.pk, "unused"), ())),
            unanswered=tuple((name, day) for name, _mu, day in lapsed.get((row.pk, "unanswered"), ())),
        )
        for row in rows
    }


def summed(rows, name):
    """Return a subquery that adds up a field of a project's rows."""
    return Subquery(rows.values("project").annotate(x=Sum(name)).values("x"))


def twins_of(signed: Mapping, user, limits) -> dict[int, list[Twin]]:
    """Return {project: others of the same company or the same parties, for a similar sum}: at most two queries.

    signed is {project: (its parties, sum agreed)}.
    """
    if not signed:
        return {}
    others = Project.objects.filter(terminated=False)
    names = {core(name)[:2] for parties, _sum in signed.values() for name in parties[1:] if name}
    if len(names) <= FEW:
        alike = Q(company__in={parties[0] for parties, _sum in signed.values()})
        for name in names:
            alike |= Q(company__name__icontains=name)
        others = others.filter(alike)
    contracts = Milestone.objects.live().done().filter(project=OuterRef("pk"), kind=Kind.CONTRACT).order_by()
    others = others.annotate(agreed=summed(contracts, "amount_cny")).filter(agreed__isnull=False).order_by()
    groups: dict[tuple, dict] = {}
    for row in others.values_list("pk", "name", "agreed", *PARTIES, named=True):
        for key in keys(row[-3:]):
            groups.setdefault(key, {})[row.pk] = row
    near = {}
    for pk, (parties, amount) in signed.items():
        same = {other: row for key in keys(parties) for other, row in groups.get(key, {}).items() if other != pk}
        near[pk] = [
            same[other] for other in sorted(same) if is_similar(amount, same[other].agreed, limits[Name.SIMILAR_SUM])
        ]
    wanted = {row.pk for rows in near.values() for row in rows}
    seen = set()
    if wanted:
        seen |= set(Project.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    return {pk: [twin_of(row, row.pk in seen) for row in rows] for pk, rows in near.items()}


def keys(parties):
    """Return what two projects share if their parties are the same: the company, or all the names."""
    company, *names = parties
    return {("company", company), ("names", frozenset(core(name) for name in names if name))}


def twin_of(row, is_seen):
    """Return a twin; nameless where the reader may not see it."""
    return Twin(row.agreed, row.name, Project(pk=row.pk).get_absolute_url()) if is_seen else Twin(row.agreed)


def papers_of(pks) -> dict[int, list[tuple[str, int]]]:
    """Return {project: (file, number of records it stands on)} of files that prove several: one query."""
    standing = Evidence.objects.standing()
    same = standing.filter(sha256=OuterRef("sha256")).order_by().values("sha256").annotate(x=Count("pk")).values("x")
    own = models.functions.Coalesce("milestone__project", "visit__project", "review__project")
    rows = standing.annotate(owner=own, records=Subquery(same)).filter(owner__in=pks, records__gt=1)
    found = {}
    for owner, sha, name, count in rows.order_by("pk").values_list("owner", "sha256", "name", "records"):
        found.setdefault(owner, {}).setdefault(sha, (name, count))
    return {owner: list(files.values()) for owner, files in found.items()}


def lapsed_of(pks, as_of: date) -> dict[tuple[int, str], list[tuple[str, Decimal, date]]]:
    """Return {(project, what): [(name, mu, day agreed)]} of idle land and unanswered complaints: one query.

    What is unbuilt, unused or unanswered; a complaint has no mu.
    """
    land = Parcel.objects.filter(project__in=pks).order_by()
    unheard = Complaint.objects.filter(project__in=pks).unanswered().overdue(as_of).order_by()
    parts = (
        ("unbuilt", land.not_built(as_of), "name", F("area"), "build_by"),
        ("unused", land.not_used(as_of), "name", F("area"), "use_by"),
        ("unanswered", unheard, "title", Value(None, output_field=ExactField()), "due_on"),
    )
    columns = [
        rows.annotate(what=Value(what), called=F(name), mu=area, day=F(day)).values_list(
            "project", "what", "called", "mu", "day", "pk"
        )
        for what, rows, name, area, day in parts
    ]
    found: dict[tuple[int, str], list] = {}
    for project, what, name, mu, day, _pk in sorted(columns[0].union(*columns[1:], all=True), key=itemgetter(4, 5)):
        found.setdefault((project, what), []).append((name, mu, day))
    return found


# --- printing many


def piles(found: Mapping[int, list[Raised]]) -> dict[str, list[tuple[int, Raised]]]:
    """Return {flag: [(project, what it says)]} with every flag of the table, the newest project first."""
    made = {flag.name: [] for flag in FLAGS}
    for pk in sorted(found, reverse=True):
        for one in found[pk]:
            made[one.name].append((pk, one))
    return made


def thresholds_text(limits: Mapping) -> str:
    """Say which thresholds hold."""
    return str(
        _("签多备少 %(filed)s%%，签大备小 %(times)s 倍，重复签约相差 %(similar)s%% 以内，停滞 %(days)s 天")
        % {
            "filed": plain(limits[Name.FILED_RATIO]), "times": plain(limits[Name.SIGNED_TIMES]),
            "similar": plain(limits[Name.SIMILAR_SUM]), "days": plain(limits[Name.STALLED_DAYS]),
        }
    )  # fmt: skip
