"""What the page of a report shows beside its text: how far it is, what may be done, objections, who opened it."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as tell

from reports import objections, workflow
from reports.models import Objection, Report
from units.models import Role, User

TONES = {"draft": "warn", "review": "info", "objection": "info", "issued": "ok"}
STATES = {"open": "warn", "accepted": "ok", "refused": "muted"}


@dataclass(frozen=True)
class Stage:
    """A stage of the way: its name, whether it is over or now, what is to be said of it."""

    name: str
    state: str  # is-done, is-now or ""
    told: str


@dataclass(frozen=True)
class Step:
    """Something that may be done now."""

    label: str
    url: str
    is_main: bool = False


@dataclass(frozen=True)
class ObjectionRow:
    """An objection as the page shows it: with what may be done with it."""

    objection: Objection
    tone: str
    file_url: str
    decide_url: str


def context(report: Report, user: User, today: date, *, is_desk: bool) -> dict:
    """Return what the page shows besides the text."""
    rows, hidden = objection_rows(report, user, is_desk)
    receivers = (
        list(report.deliveries.values_list("unit", "user", "opened_at")) if report.is_issued and is_desk else []
    )
    here = [row for row in receivers if row[0] or row[1]]
    return {
        "tone": TONES[report.status],
        "stages": stages(report),
        "steps": steps(report, user, is_desk),
        "waiting": workflow.waits_for(report, today) if is_desk and report.is_open else (),
        "objections": rows,
        "hidden": hidden,
        "delivered": len(here),
        "opened": sum(row[2] is not None for row in here),
        "pins": list(report.pins.select_related("pinned_by").defer("text")) if is_desk else (),
    }


def stages(report: Report) -> list[Stage]:
    """Return the way of a report; a kind that is not laid open has no such stage."""
    names = dict(Report.Status.choices)
    way = ["draft", "review", "objection", "issued"]
    if not report.kind.objection_days and not report.objections_until:
        way.remove("objection")
    now = way.index(report.status)
    told = {
        "review": str(report.approved_by or report.handed_in_by or ""),
        "objection": tell("至 %s") % report.objections_until.isoformat() if report.objections_until else "",
        "issued": report.issued_on.isoformat() if report.issued_on else "",
    }
    if report.status == "review":
        told["review"] = tell("已通过") if report.approved_by_id else tell("待审核")
    return [
        Stage(
            str(names[key]),
            "is-done" if place < now or report.is_issued else "is-now" if place == now else "",
            told.get(key, ""),
        )
        for place, key in enumerate(way)
    ]


def steps(report: Report, user: User, is_desk: bool) -> list[Step]:
    """Return what the user may do now, the main step last."""
    editor = user.holds(Role.EDITOR, report.campaign.organiser)

    def step(label, name, is_main=False):
        return Step(tell(label), reverse(f"reports:{name}", args=[report.pk]), is_main)

    onwards = step("公示", "report_open", True) if report.kind.objection_days else step("印发", "report_issue", True)
    made = []
    if report.is_draft and editor:
        made.append(step("撰写", "report_change"))
        if workflow.goes_alone(user, report):
            made += [step("送审", "report_hand_in"), onwards]
        else:
            made.append(step("送审", "report_hand_in", True))
    elif report.status == Report.Status.REVIEW and is_desk:
        approved = report.approved_by_id is not None
        may = not approved and workflow.may_approve(user, report)
        made.append(step("审核" if may else "退回", "report_review", may))
        if approved and editor:
            made.append(onwards)
    elif report.is_open:
        if is_desk:
            made.append(step("退回", "report_review"))
        if editor:
            made += [step("重新取数", "report_pin"), step("印发", "report_issue", True)]
        if objections.units_of(report, user):
            made.append(step("提出异议", "objection_create", not editor))
    elif report.is_issued and is_desk:
        made += [step("分发与阅知", "report_receivers"), step("隐名公开版", "report_masked")]
        if editor and getattr(report, "revised_by", None) is None:
            made.append(step("修订", "report_revise"))
    return made


def objection_rows(report: Report, user: User, is_desk: bool) -> tuple[list[ObjectionRow], int]:
    """Return the objections the user may see, those decided for everybody, and how many others wait."""
    rows, hidden = [], 0
    own = set(report.objections.visible_to(user).values_list("pk", flat=True))
    for row in report.objections.for_list():
        if row.pk not in own and row.is_open:
            hidden += 1
            continue
        file_url = reverse("reports:objection_file", args=[row.pk]) if row.file_name and row.pk in own else ""
        decides = is_desk and row.is_open and report.is_open
        decide_url = reverse("reports:objection_decide", args=[row.pk]) if decides else ""
        rows.append(ObjectionRow(row, STATES[row.state], file_url, decide_url))
    return rows, hidden
