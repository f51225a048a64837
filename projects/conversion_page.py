"""Conversions as rows a template can print, with the companies they open down to; every text is finished here."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.numbers import percent_text, plain
from projects import conversion
from projects.conversion import Case, Conversion
from projects.models import Company, Delegation
from projects.outings import Table
from units.models import Unit, User

TEAM, UNIT = "team", "unit"
WAYS = ((TEAM, gettext_lazy("按小分队")), (UNIT, gettext_lazy("按单位")))
STEPS = (gettext_lazy("会见企业"), gettext_lazy("形成线索"), gettext_lazy("签约"), gettext_lazy("资金到位"))
HEADS = (
    gettext_lazy("外出（次）"), gettext_lazy("在外（天）"),
    gettext_lazy("会面（次）"), gettext_lazy("重复会面（次）"),
    gettext_lazy("会见企业（家）"), gettext_lazy("新面孔（家）"), gettext_lazy("形成线索（家）"),
    gettext_lazy("签约（家）"), gettext_lazy("资金到位（家）"), gettext_lazy("费用（万元）"),
)  # fmt: skip
SHARED = range(
    5, 9
)  # places of the heads that are also shares: new faces of the companies met, steps of the one before
WITHIN = (3, 6, 12)  # months offered
MONTHS = 6  # unless asked otherwise
ALL = "all"


@dataclass(frozen=True)
class Cell:
    """One figure: what it opens to, and its share of the step before."""

    head: str
    text: str
    url: str = ""
    share: str = ""


@dataclass(frozen=True)
class Line:
    """A team, a unit or all of them."""

    key: str
    name: str
    cells: tuple[Cell, ...]
    note: str
    found: Conversion


@dataclass(frozen=True)
class Opened:
    """A company that was met and what came of it, as a row."""

    company: str
    url: str
    met_on: date
    times: str
    tone: str
    word: str
    projects: tuple[tuple[str, str, str], ...]  # (name, url, days of the steps)


def share_of(part: int, base: int) -> str:
    """Print a part of a step before, nothing where there is none."""
    return percent_text(Fraction(part, base)) if base else ""


def line_of(key: str, name: str, found: Conversion, url_of) -> Line:
    """Print one line; url_of(step) leads to the companies of a step, "new" to the new faces."""
    counts = [len(companies) for companies in found.by_step]
    new = len(found.new_faces)
    heads = [str(head) for head in HEADS]
    cells = [
        Cell(heads[0], str(found.trips)),
        Cell(heads[1], str(found.days_out)),
        Cell(heads[2], str(found.meetings)),
        Cell(heads[3], str(found.repeats)),
        Cell(heads[4], str(counts[0]), url_of(0) if counts[0] else ""),
        Cell(heads[5], str(new), url_of("new") if new else "", share_of(new, counts[0])),
    ]
    for step in (1, 2, 3):
        url = url_of(step) if counts[step] else ""
        cells.append(Cell(heads[5 + step], str(counts[step]), url, share_of(counts[step], counts[step - 1])))
    cells.append(Cell(heads[9], cost_text(found)))
    return Line(key, name, tuple(cells), note_of(found), found)


def cost_text(found: Conversion) -> str:
    """Print what the trips cost, as far as it is known."""
    if found.cost is None:
        return "—"
    text = plain(found.cost)
    return _("%(sum)s（%(n)s 次未填）") % {"sum": text, "n": found.without_cost} if found.without_cost else text


def note_of(found: Conversion) -> str:
    """Say what the shares leave out: months not over yet, projects known before."""
    notes = []
    if found.still_open:
        notes.append(_("%d 家观察期未满") % len(found.still_open))
    if found.known_before:
        notes.append(_("%d 家会面前已有项目") % len(found.known_before))
    return "，".join(notes)


def opened(case: Case, seen: set[int]) -> Opened:
    """Print one company of a line; its address only where the user may see it."""
    word, tone = ((_("未成线索"), "muted"), (_("线索"), "info"), (_("已签约"), "ok"), (_("已到资"), "ok"))[
        case.reached
    ]
    times = _("首次会面") if case.is_new else _("老朋友")
    if case.times > 1:
        times += _("，共 %d 次") % case.times
    return Opened(
        company=case.company,
        url=reverse("projects:company", args=[case.company_id]) if case.company_id in seen else "",
        met_on=case.met_on,
        times=times,
        tone=tone,
        word=word,
        projects=tuple(
            (row.course.name, reverse("projects:project", args=[row.course.project_id]), days_text(row))
            for row in case.catches
        ),
    )


def days_text(catch) -> str:
    """Print when a project was heard of, signed and funded."""
    told = [_("线索 %s") % catch.lead_on.isoformat()]
    if catch.signed_on:
        told.append(_("签约 %s") % catch.signed_on.isoformat())
    if catch.funded_on:
        told.append(_("到资 %s") % catch.funded_on.isoformat())
    return " → ".join(told)


def companies_of(found: Conversion, step: str, user: User) -> list[Opened]:
    """Return the companies of a step ("0" to "3", "new"), those met last on top: one query."""
    if step == "new":
        cases = [case for case in found.cases if case.is_new]
    else:
        cases = [case for case in found.cases if case.reached >= int(step)]
    seen = set(
        Company.objects.visible_to(user)
        .filter(pk__in={case.company_id for case in cases})
        .values_list("pk", flat=True)
    )
    return [opened(case, seen) for case in sorted(cases, key=lambda case: (case.met_on, case.company), reverse=True)]


def table(user: User, *, by: str, since: date, until: date, months: int, as_of: date) -> Table:
    """Count the conversions of a period by team or unit; a fixed number of queries."""
    narrow = {"trip__delegation__isnull": False} if by == TEAM else {}
    rows = conversion.read(user, as_of, since=since, until=until, **narrow)
    asked = {"by": by, "since": since.isoformat(), "until": until.isoformat(), "months": months,
             "as_of": as_of.isoformat()}  # fmt: skip

    def key_of(meeting):
        return meeting.team_id if by == TEAM else meeting.unit_id

    def url_for(key):
        return lambda step: f"?{urlencode({**asked, 'pick': key, 'step': step})}#companies"

    field = "delegation_id" if by == TEAM else "unit_id"
    trips = [trip for trip in rows.trips.values() if trip[field] is not None]
    keys = {key_of(row) for row in rows.meetings} | {trip[field] for trip in trips}
    model = Delegation if by == TEAM else Unit
    names = {row.pk: str(row) for row in model.objects.filter(pk__in=keys)}
    options = {"months": months, "as_of": as_of}
    lines = []
    for key in sorted(keys, key=lambda key: names[key]):
        own = [trip for trip in trips if trip[field] == key]
        found = rows.conversion((row for row in rows.meetings if key_of(row) == key), trips=own, **options)
        lines.append(line_of(str(key), names[key], found, url_for(key)))
    total = line_of(ALL, _("合计"), rows.conversion(rows.meetings, trips=trips, **options), url_for(ALL))
    lines.sort(key=lambda line: [-len(step) for step in reversed(line.found.by_step)])
    return Table(tuple(lines), total)


def block(user: User, as_of: date, **narrow) -> dict:
    """Return the context of _conversion.html: what came of one trip (trip=) or team (trip__delegation=) so far."""
    rows = conversion.read(user, as_of, **narrow)
    found = rows.conversion(rows.meetings, months=MONTHS, as_of=as_of)
    line = line_of(ALL, "", found, lambda step: "")
    return {"line": line, "companies": companies_of(found, "0", user), "months": MONTHS, "steps": picture(found)}


def picture(found: Conversion) -> list[tuple[str, str, str]]:
    """Return (name, count, share of the step before) of the four steps."""
    counts = [len(companies) for companies in found.by_step]
    shares = ["", *(share_of(counts[step], counts[step - 1]) for step in (1, 2, 3))]
    return [(str(name), str(count), share) for name, count, share in zip(STEPS, counts, shares, strict=True)]
