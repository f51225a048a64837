"""From draft to what may be issued: proofread, handed in, approved or sent back, laid open to objections.

Who wrote a bulletin does not approve it where the organiser has a leader: a leader, or another editor, does. Without
one, an editor goes on alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models import Holiday
from campaigns.workdays import working_day
from reports.composing import Composed, compose_report, document_of
from reports.differing import differences, text_of
from reports.documents.content import Document, from_json, to_json
from reports.drafting import refuse_issued, stale, unwritten
from reports.figures import MissingFigures
from reports.models import Pin, Report
from reports.models.workflow import DESK
from reports.proofreading import Claim, Verdict, claims_of
from reports.proofreading.ledger import ledger_notes
from reports.proofreading.slips import Note, notes_of
from units import audit, versions
from units.access import require
from units.models import Member, Role, User


@dataclass(frozen=True)
class Check:
    """What stands in the way of a draft, and what somebody should look at."""

    missing: tuple[str, ...]
    unwritten: tuple[str, ...]
    claims: tuple[Claim, ...]
    notes: tuple[Note, ...]
    stale: tuple[str, ...] = ()

    @cached_property
    def wrong(self) -> tuple[Claim, ...]:
        """The claims that follow from none of the figures beside them."""
        return tuple(claim for claim in self.claims if claim.verdict == Verdict.WRONG)

    @property
    def stops(self) -> list[str]:
        """What keeps it from going on, in words."""
        made = [tell("请先写好：%(names)s") % {"names": "、".join(self.unwritten)}] if self.unwritten else []
        if self.stale:
            told = tell("这些段落沿用上期旧稿，请核对后修改或确认沿用：%(names)s")
            made.append(told % {"names": "、".join(self.stale)})
        if self.missing:
            made += MissingFigures(self.missing).messages
        return made

    def refuse(self, excuse: str) -> None:
        """Refuse what may not go on; a wrong claim goes on with a reason."""
        if self.stops:
            raise ValidationError(self.stops)
        if self.wrong and not excuse.strip():
            raise ValidationError(
                _("校对有 %(n)d 处不符，请改正，或写明为什么仍这样写：%(first)s")
                % {"n": len(self.wrong), "first": self.wrong[0].text}
            )


def check(report: Report, today: date, *, composed: Composed | None = None, ledger: bool = True) -> Check:
    """Proofread the whole text of a draft as it reads now, and name what is missing or unwritten."""
    sections = list(report.sections.all())
    empty, old = tuple(unwritten(sections)), tuple(stale(sections))
    try:
        composed = composed or compose_report(report)
    except ValidationError as error:
        return Check(tuple(getattr(error, "names", error.messages)), empty, (), (), old)
    text = text_of(composed.document)
    notes = notes_of(text, today=today)
    if ledger:
        notes += ledger_notes(text, report.campaign, report.as_of)
    return Check(composed.missing, empty, tuple(claims_of(text)), tuple(notes), old)


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of what went out."""
    return hashlib.sha256(content).hexdigest()


# --- who ----------------------------------------------------------------------------------------


def is_desk(user: User, report: Report) -> bool:
    """Say whether the user decides in the organiser's name: an editor or a leader there."""
    return user.is_system or any(user.holds(role, report.campaign.organiser) for role in DESK)


def require_desk(user: User, report: Report) -> None:
    """Refuse (403) who is neither editor nor leader of the organiser."""
    if not is_desk(user, report):
        raise PermissionDenied(f"{user} is neither editor nor leader of {report.campaign.organiser}")


def goes_alone(user: User, report: Report) -> bool:
    """Say whether the user needs nobody's approval: the organiser has no other person who leads it."""
    leaders = Member.objects.filter(
        role=Role.LEADER, unit__in=report.campaign.organiser.lineage, user__is_active=True
    )
    return user.is_system or not leaders.exclude(user=user).exists()


def may_approve(user: User, report: Report) -> bool:
    """Say whether the user approves what was handed in."""
    return is_desk(user, report) and (report.handed_in_by_id != user.pk or goes_alone(user, report))


# --- steps --------------------------------------------------------------------------------------


def hand_in(*, report: Report, by: User, today: date, excuse: str = "", version: int | None = None) -> Report:
    """Hand a draft in for approval; what is missing, unwritten or does not add up stops it.

    The reason for which a wrong claim stays is kept. Reads outside the transaction; what changed meanwhile stops it.
    """
    require(by, Role.EDITOR, report.campaign.organiser)
    refuse_issued(report)
    versions.check(report, version)
    found = check(report, today, ledger=False)
    found.refuse(excuse)
    with transaction.atomic():
        report, before = _locked(report, report.version, Report.Status.DRAFT)
        report.status, report.handed_in_by = Report.Status.REVIEW, by
        report.excuse = excuse.strip() if found.wrong else ""
        return _written(report, before, by, "submitted", report.excuse)


@transaction.atomic
def approve(*, report: Report, by: User, version: int | None = None) -> Report:
    """Approve what was handed in."""
    require_desk(by, report)
    report, before = _locked(report, version, Report.Status.REVIEW)
    if not may_approve(by, report):
        raise ValidationError(_("送审人不能审核自己送审的稿件，请领导或其他编报员审核"))
    if report.approved_by is not None:
        raise ValidationError(_("该期已审核通过"))
    report.approved_by = by
    return _written(report, before, by, "approved")


@transaction.atomic
def send_back(*, report: Report, by: User, reason: str, version: int | None = None) -> Report:
    """Send back what was handed in, or take it back, in words: it is a draft again; its pins and objections stay."""
    require_desk(by, report)
    report, before = _locked(report, version, Report.Status.REVIEW, Report.Status.OBJECTION)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明退回的意见")})
    report.status, report.handed_in_by, report.approved_by = Report.Status.DRAFT, None, None
    report.excuse, report.objections_until = "", None
    return _written(report, before, by, "sent_back", reason.strip())


def lay_open(*, report: Report, by: User, today: date, excuse: str = "", version: int | None = None) -> Report:
    """Lay a bulletin open to objections for the working days of its kind: its text is pinned."""
    require(by, Role.EDITOR, report.campaign.organiser)
    refuse_issued(report)
    versions.check(report, version)
    if not report.kind.objection_days:
        raise ValidationError(_("这类期次不公示，直接印发"))
    refuse_unapproved(report, by)
    composed = compose_report(report)
    check(report, today, composed=composed, ledger=False).refuse(excuse or report.excuse)
    with transaction.atomic():
        report, before = _locked(report, report.version, Report.Status.DRAFT, Report.Status.REVIEW)
        report.status, report.excuse = Report.Status.OBJECTION, excuse.strip() or report.excuse
        report.objections_until = working_day(today, report.kind.objection_days, Holiday.objects.table())
        pin = _pin(report, composed.document, by)
        told = {str(_("公示稿指纹")): ["", pin.sha256]}
        return _written(report, before, by, "laid_open", changes=told)


def pin_anew(*, report: Report, by: User, version: int | None = None) -> Report:
    """Read the figures of what lies open anew; the difference is kept."""
    require(by, Role.EDITOR, report.campaign.organiser)
    versions.check(report, version)
    if not report.is_open:
        raise ValidationError(_("只有公示中的期次可以重新取数"))
    composed = compose_report(report)
    if composed.missing:
        raise MissingFigures(composed.missing)
    with transaction.atomic():
        report, before = _locked(report, report.version, Report.Status.OBJECTION)
        last = report.pinned
        changes = differences(from_json(last.text), composed.document)
        pin = _pin(report, composed.document, by, change="\n".join(map(str, changes)))
        told = {str(_("公示稿指纹")): [last.sha256, pin.sha256]} | {
            each.where: [each.old, each.new] for each in changes
        }
        return _written(report, before, by, "pinned", changes=told)


def moved_since(report: Report) -> list:
    """Return what the ledger would say otherwise than the pinned text of what lies open; nothing where it cannot."""
    try:
        return differences(document_of(report), compose_report(report).document)
    except ValidationError:
        return []


# --- what may be issued -------------------------------------------------------------------------


def refuse_unapproved(report: Report, by: User) -> None:
    """Refuse what nobody approved; who needs no approval goes on from the draft."""
    if report.status == Report.Status.REVIEW and report.approved_by is None:
        raise ValidationError(_("该期已送审，还没有审核通过"))
    if report.is_draft and not goes_alone(by, report):
        raise ValidationError(_("请先送审；领导或其他编报员审核通过后再印发"))


def waits_for(report: Report, today: date) -> list[str]:
    """Say what still keeps a bulletin that lies open, or should have, from being issued."""
    if not report.is_open:
        return [tell("这类期次须先公示")] if report.kind.objection_days else []
    made = []
    if today <= report.objections_until:
        made.append(tell("公示到 %(day)s 截止") % {"day": report.objections_until.isoformat()})
    if count := report.objections.open().count():
        made.append(tell("还有 %(n)d 件异议没有处理") % {"n": count})
    return made


def approved_document(report: Report, by: User, today: date, excuse: str) -> Document:
    """Return what a report will say: its pinned text, or its figures as they stand; refuse what may not go out."""
    refuse_unapproved(report, by)
    if waiting := waits_for(report, today):
        raise ValidationError(waiting)
    if report.is_open:
        return document_of(report)
    composed = compose_report(report)
    check(report, today, composed=composed, ledger=False).refuse(excuse or report.excuse)
    return composed.document


def _locked(report, version, *statuses):
    """Return a report locked in one of the states, and what it was."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser", "kind")
    report = rows.get(pk=report.pk)
    refuse_issued(report)
    versions.check(report, version)
    if report.status not in statuses:
        raise ValidationError(_("该期现在是“%(status)s”，不能这样办理") % {"status": report.get_status_display()})
    return report, audit.snapshot(report)


def _written(report, before, by, action, reason="", changes=None):
    versions.bump(report)
    report.save()
    told = audit.difference(before, audit.snapshot(report)) | (changes or {})
    audit.record(by, f"report.{action}", report, changes=told, reason=reason)
    return report


def _pin(report, document, by, change=""):
    text = to_json(document)
    return Pin.objects.create(
        report=report, text=text, sha256=hash_of(text.encode()), change=change,
        pinned_at=timezone.now(), pinned_by=by,
    )  # fmt: skip
