"""Writing what happened to a project, and what was promised."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions import settle_recognition
from campaigns.actions.figures import refuse_settled, settle_withdrawal
from projects import counting
from projects.actions.projects import locked, settle_stage
from projects.actions.rates import settle_amount
from projects.models import Milestone, Project
from projects.readiness import gaps
from projects.stages import KINDS, NEED_NAMES, Kind
from units import audit, versions
from units.access import require
from units.models import Role, User


def blockers(project, milestone):
    """Say what stops a milestone from being recorded; an empty list, if nothing does."""
    others = project.milestones.live().exclude(pk=milestone.pk)
    done = set(others.done().values_list("kind", flat=True))
    return blocked_by(milestone, done, known=lambda: others.filter(kind=milestone.kind).exists())


def blocked_by(milestone, done, *, known, checks=True):
    """Say what stops a milestone beside the kinds done already; known() says whether another of its kind stands.

    What must stand on the project is asked only of what is done, from the day on which the rule holds. A ledger that
    was kept elsewhere comes in without the checks that no sheet holds (checks=False); the project page names them.
    """
    rule = KINDS[milestone.kind]
    problems = []
    if milestone.on is not None:
        if rule.after and not set(rule.after) & done:
            earlier = "、".join(str(Kind(kind).label) for kind in rule.after)
            problems.append(_("须先登记「%(earlier)s」") % {"earlier": earlier})
        for name in rule.needs:
            if getattr(milestone, name) in (None, ""):
                problems.append(
                    _("登记「%(kind)s」须填写%(need)s")
                    % {"kind": milestone.get_kind_display(), "need": NEED_NAMES[name]}
                )
        if missing := gaps(milestone.project, milestone.kind, milestone.on, checks=checks):
            problems.append(
                _("登记「%(kind)s」前，须先完成：%(needs)s")
                % {"kind": milestone.get_kind_display(), "needs": "、".join(item.label for item in missing)}
            )
    if not rule.repeats and known():
        problems.append(_("该项目已登记「%(kind)s」，请更正原来的记录") % {"kind": milestone.get_kind_display()})
    if Kind.TERMINATION in done and milestone.kind != Kind.TERMINATION:
        problems.append(_("项目已终止，不能再登记节点"))
    return problems


def _check(project, milestone, today, held=None):
    if milestone.amount is not None and milestone.amount <= 0:
        raise ValidationError({"amount": _("金额须大于 0")})
    if milestone.on is not None and today is not None and milestone.on > today:
        raise ValidationError({"on": _("发生日期不能晚于今天；还没有发生的请填承诺日期")})
    settle_amount(milestone, held)
    if problems := blockers(project, milestone):
        raise ValidationError(problems)


@transaction.atomic
def record_milestone(
    *, project: Project, kind: str, by: User, on: date | None = None, today: date | None = None, **facts
) -> Milestone:
    """Record that something happened to a project (on) or is promised (due_on), and post what it counts toward.

    A foreign amount without a rate is converted at the table's rate of its day.
    """
    project = locked(project, by)
    milestone = Milestone(project=project, kind=kind, on=on, recorded_by=by, **facts)
    _check(project, milestone, today)
    milestone.full_clean()
    milestone.save()
    settle_stage(project)
    counting.post(milestone)
    audit.record(by, "milestone.created", milestone, before={})
    return milestone


@transaction.atomic
def correct_milestone(
    *,
    milestone: Milestone,
    reason: str,
    by: User,
    version: int | None = None,
    today: date | None = None,
    **facts,
) -> Milestone:
    """Correct a milestone that was not recognised yet, or say that what was promised has happened."""
    project = locked(milestone.project, by)
    milestone = Milestone.objects.select_for_update(of=("self",)).select_related("event").get(pk=milestone.pk)
    milestone.project = project
    versions.check(milestone, version)
    refuse_settled(milestone)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明更正理由")})
    if facts.get("due_on", milestone.due_on) != milestone.due_on and milestone.extensions.exists():
        raise ValidationError({"due_on": _("这项承诺已有延期记录，改期请用「延期」")})
    before = audit.snapshot(milestone)
    held = (milestone.currency, milestone.on, milestone.rate_row, milestone.rate)
    if facts.get("rate") is not None:  # typed
        milestone.rate_row = None
    for name, value in facts.items():
        setattr(milestone, name, value)
    milestone.recorded_by = by
    _check(project, milestone, today, held)
    versions.bump(milestone)
    milestone.full_clean()
    milestone.save()
    settle_stage(project)
    counting.post(milestone)
    audit.record(by, "milestone.changed", milestone, before=before, reason=reason)
    return milestone


@transaction.atomic
def withdraw_milestone(*, milestone: Milestone, reason: str, by: User, version: int | None = None) -> Milestone:
    """Take a milestone back; its entries are reversed, the row stays."""
    project = locked(milestone.project, by)
    milestone = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
    before = audit.snapshot(milestone)
    settle_withdrawal(milestone, reason=reason, version=version)
    done = set(project.milestones.live().done().exclude(pk=milestone.pk).values_list("kind", flat=True))
    for kind in done:
        if KINDS[kind].after and not set(KINDS[kind].after) & done:
            raise ValidationError(_("「%(later)s」以它为前提，请先撤回「%(later)s」") % {"later": Kind(kind).label})
    milestone.save()
    settle_stage(project)
    counting.post(milestone)
    audit.record(by, "milestone.withdrawn", milestone, before=before, reason=reason)
    return milestone


@transaction.atomic
def recognise_milestone(
    *,
    milestone: Milestone,
    verdict: str,
    on: date | None,
    by: User,
    amount: Decimal | None = None,
    number: str = "",
    reason: str = "",
    version: int | None = None,
) -> Milestone:
    """Recognise a milestone in full, for less (in 万元), or not at all; or send it back to waiting."""
    project = Project.objects.select_for_update().get(pk=milestone.project_id)
    milestone = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
    credits = list(project.credits.select_related("unit"))
    for credit in credits:
        if credit.role == credit.Role.INTRODUCING:
            require(by, Role.VERIFIER, credit.unit)
    versions.check(milestone, version)
    if milestone.on is None:
        raise ValidationError(_("还没有发生的节点不能认定"))
    before = audit.snapshot(milestone)
    settle_recognition(
        milestone,
        verdict=verdict,
        reported=milestone.amount_cny,
        amount=amount,
        on=on,
        number=number,
        reason=reason,
        by=by,
    )
    milestone.save()
    counting.post(milestone)
    audit.record(by, "milestone.recognised", milestone, before=before, reason=reason)
    return milestone
