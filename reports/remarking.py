"""Remarks on a draft: comments and suggested words, answered, settled; an accepted suggestion changes the text."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports import draft_versions, drafting
from reports.composing import name_of
from reports.models import Remark, RemarkAnswer, Report
from units import audit, versions
from units.access import DESKS, require
from units.models import Role, User


def may_remark(user: User, report: Report) -> bool:
    """Say whether the user says something to a draft: an editor or a leader of the organiser."""
    return user.is_system or any(user.holds(role, report.campaign.organiser) for role in DESKS)


def lock_for_remark(report: Report, by: User) -> Report:
    """Lock a draft that somebody says something to; refuse what went out."""
    report = Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=report.pk)
    if not may_remark(by, report):
        raise PermissionDenied(f"{by} neither writes nor leads {report.campaign.organiser}")
    drafting.refuse_issued(report)
    return report


@transaction.atomic
def remark(
    *,
    report: Report,
    section: int,
    by: User,
    text: str = "",
    quote: str = "",
    is_suggestion: bool = False,
    replacement: str = "",
) -> Remark:
    """Say something to a section of a draft; a suggestion names words that stand there now."""
    report = lock_for_remark(report, by)
    row = report.sections.filter(pk=section).first()
    if row is None:
        raise ValidationError({"section": _("这一段已不在提纲中，请刷新后再试")})
    if not text.strip() and not is_suggestion:
        raise ValidationError({"text": _("请写下意见")})
    if is_suggestion and quote == replacement:
        raise ValidationError({"replacement": _("改后的文字与原文相同")})
    if is_suggestion and quote not in row.text:
        raise ValidationError({"quote": _("这段文字不在本节撰写的内容里；系统写出的数字和句子不能改")})
    made = Remark(
        report=report,
        section=row,
        heading=name_of(row)[:60],
        text=text.strip(),
        quote=quote,
        is_suggestion=is_suggestion,
        replacement=replacement if is_suggestion else "",
        by=by,
        made_at=timezone.now(),
    )
    made.full_clean()
    made.save()
    changes = {name_of(row): [quote, replacement if is_suggestion else made.text]}
    audit.record(by, "report.remarked", report, changes=changes, reason=made.text)
    return made


@transaction.atomic
def answer(*, remark: Remark, text: str, by: User) -> RemarkAnswer:
    """Answer a remark."""
    report = lock_for_remark(remark.report, by)
    made = RemarkAnswer(remark=remark, text=text.strip(), by=by, made_at=timezone.now())
    made.full_clean()
    made.save()
    audit.record(by, "report.answered", report, changes={str(remark): ["", made.text]})
    return made


@transaction.atomic
def resolve(*, remark: Remark, by: User) -> Remark:
    """Settle a comment: whoever writes the draft, or made it."""
    report = lock_for_remark(remark.report, by)
    remark = locked(remark)
    if remark.by_id != by.pk:
        require(by, Role.EDITOR, report.campaign.organiser)
    return settle(remark, report, Remark.State.RESOLVED, by, "report.resolved")


@transaction.atomic
def accept(*, remark: Remark, by: User, version: int | None = None) -> Remark:
    """Put the suggested words in place of those quoted, once; refused where these do not stand there any more."""
    report = drafting.lock_draft(remark.report, by=by, version=version)
    remark = locked(remark)
    if not remark.is_suggestion:
        raise ValidationError(_("这条意见没有写出改后的文字"))
    row = remark.section
    if row is None or remark.quote not in row.text:
        raise ValidationError(_("原文已经改动，找不到要改的文字，请手工修改后办结"))
    row.text, row.is_stale = row.text.replace(remark.quote, remark.replacement, 1), False
    row.save(update_fields=["text", "is_stale"])
    versions.bump(report)
    report.save()
    draft_versions.keep(report, by=by)
    return settle(remark, report, Remark.State.ACCEPTED, by, "report.accepted")


@transaction.atomic
def decline(*, remark: Remark, by: User) -> Remark:
    """Leave the words as they are."""
    report = drafting.lock_draft(remark.report, by=by, version=None)
    return settle(locked(remark), report, Remark.State.DECLINED, by, "report.turned_down")


def locked(remark: Remark) -> Remark:
    """Lock a remark; refuse one that is settled."""
    remark = Remark.objects.select_for_update(of=("self",)).select_related("section").get(pk=remark.pk)
    if not remark.is_open:
        raise ValidationError(_("这条意见已经处理过"))
    return remark


def settle(remark: Remark, report: Report, state: str, by: User, action: str) -> Remark:
    """Write what became of a remark, and the trail of its report."""
    remark.state, remark.settled_by, remark.settled_at = state, by, timezone.now()
    remark.save()
    told = [remark.quote, remark.replacement] if remark.is_suggestion else [remark.text, remark.get_state_display()]
    audit.record(by, action, report, changes={remark.heading: told})
    return remark
