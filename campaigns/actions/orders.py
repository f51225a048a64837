"""Writing what leaders ask of units: supervision orders from issue to close, instructions from text to close."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from campaigns.actions.rulebook import locked_finding, saved
from campaigns.escalation import ladders
from campaigns.models import Campaign, Finding, Instruction, Order
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User
from units.reasons import stated


def locked_demand(row, version=None):
    """Return the locked row of an order or an instruction."""
    row = type(row).objects.select_for_update(of=("self",)).with_parts().get(pk=row.pk)
    versions.check(row, version)
    return row


def saved_demand(row, by, action, before, *, reason="", **facts):
    """Save some facts of an order or an instruction and write the trail."""
    for name, value in facts.items():
        setattr(row, name, value)
    versions.bump(row)
    row.full_clean()
    row.save()
    audit.record(by, f"{type(row).__name__.lower()}.{action}", row, before=before, reason=reason)
    return row


def may_instruct(user: User, unit: Unit) -> bool:
    """Say whether the user asks units for something in a unit's name: a leader or an editor there."""
    return user.is_system or user.holds(Role.LEADER, unit) or user.holds(Role.EDITOR, unit)


def require_desk(by, unit):
    """Refuse (403) who is neither leader nor editor of the unit that asks."""
    if not may_instruct(by, unit):
        raise PermissionDenied(f"{by} is neither leader nor editor of {unit}")


# --- orders ---------------------------------------------------------------------------------------


@transaction.atomic
def issue_order(
    *, campaign: Campaign, unit: Unit, title: str, demand: str, issued_on: date, due_on: date, by: User,
    finding: Finding | None = None, **facts,
) -> Order:  # fmt: skip
    """Issue a supervision order, numbered within the campaign; a finding it comes from is turned into it.

    A leader or an editor of the organiser does; the campaign's row is locked, so that no number is given twice.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organiser").get(pk=campaign.pk)
    require_desk(by, campaign.organiser)
    if not unit.path.startswith(campaign.organiser.path):
        raise ValidationError({"unit": _("只能向组织单位及其下属单位签发")})
    last = campaign.orders.aggregate(last=Max("number"))["last"] or 0
    order = Order(
        campaign=campaign, unit=unit, number=last + 1, title=title.strip(), demand=demand.strip(), finding=finding,
        issued_on=issued_on, due_on=due_on, first_due_on=due_on, issued_by=by, **facts,
    )  # fmt: skip
    order.full_clean()
    order.save()
    audit.record(by, "order.issued", order, before={})
    if finding is not None:
        row = locked_finding(finding)
        if row.rule.campaign_id != campaign.pk or row.unit_id != unit.pk:
            raise ValidationError(_("督办单须发给被认定的单位"))
        if row.state in {Finding.State.CLEARED, Finding.State.EXEMPTED}:
            raise ValidationError(_("已解除或已豁免，不能转督办"))
        facts = {"state": Finding.State.ORDERED, "settled_on": row.settled_on or issued_on}
        saved(row, by, "finding.ordered", audit.snapshot(row), **facts)
    return order


@transaction.atomic
def sign_for_order(*, order: Order, on: date, by: User) -> Order:
    """Sign for an order (签收); the unit's clerk does."""
    row = locked_demand(order)
    require(by, Role.CLERK, row.unit)
    if row.signed_on:
        raise ValidationError(_("已经签收"))
    return saved_demand(row, by, "signed_for", audit.snapshot(row), signed_on=on, signed_by=by)


@transaction.atomic
def reply_to_order(*, order: Order, reply: str, on: date, by: User, version: int | None = None) -> Order:
    """Reply to an order that was signed for; it then waits for its review."""
    row = locked_demand(order, version)
    require(by, Role.CLERK, row.unit)
    if not row.signed_on:
        raise ValidationError(_("请先签收，再回复"))
    if row.replied_on:
        raise ValidationError(_("已经回复，等待复核"))
    reply = stated(reply, "reply", _("请写明办理情况"))
    return saved_demand(row, by, "replied", audit.snapshot(row), reply=reply, replied_on=on, replied_by=by)


@transaction.atomic
def review_order(
    *, order: Order, passed: bool, review: str, on: date, by: User, due_on: date | None = None,
    version: int | None = None,
) -> Order:  # fmt: skip
    """Review a reply: what is done is closed, what is not goes back to the unit with another day."""
    row = locked_demand(order, version)
    require_desk(by, row.campaign.organiser)
    if not row.replied_on:
        raise ValidationError(_("承办单位还没有回复"))
    if row.closed_on:
        raise ValidationError(_("已经办结"))
    review, before = stated(review, "review", _("请写明复核意见")), audit.snapshot(row)
    if passed:
        return saved_demand(row, by, "settled", before, review=review, closed_on=on)
    if due_on is None or due_on < on:
        raise ValidationError({"due_on": _("退回重办须给出今天以后的新期限")})
    again = {"reply": "", "replied_on": None, "replied_by": None, "raised_to": None, "raised_on": None}
    return saved_demand(row, by, "sent_back", before, reason=review, review=review, due_on=due_on, **again)


@transaction.atomic
def raise_orders(*, as_of: date, by: User) -> list[Order]:
    """Raise every overdue order to the next leader above its unit, and to one further up each week after.

    The organiser's leaders are the last; a unit without a leader is passed over (escalation.ladders says so).
    Running it twice on a day raises nothing twice.
    """
    raised = []
    late = list(Order.objects.overdue(as_of).select_for_update(of=("self",)).with_parts().order_by("pk"))
    for row, ladder in zip(late, ladders(late), strict=True):
        step = ladder.step_on(row.due_on, as_of)
        if step is not None and row.raised_to_id != step.pk:
            facts = {"raised_to": step, "raised_on": as_of}
            raised.append(saved_demand(row, by, "raised", audit.snapshot(row), **facts))
    return raised


# --- instructions ---------------------------------------------------------------------------------


@transaction.atomic
def give_instruction(*, from_unit: Unit, unit: Unit, due_on: date, by: User, **facts) -> Instruction:
    """Write down a leader's instruction to a unit of the same tree, with the day it is due."""
    require_desk(by, from_unit)
    if not unit.path.startswith(from_unit.path):
        raise ValidationError({"unit": _("只能批示给本单位及其下属单位")})
    row = Instruction(from_unit=from_unit, unit=unit, due_on=due_on, first_due_on=due_on, recorded_by=by, **facts)
    row.full_clean()
    row.save()
    audit.record(by, "instruction.created", row, before={})
    return row


@transaction.atomic
def reply_to_instruction(
    *, instruction: Instruction, reply: str, on: date, by: User, version: int | None = None
) -> Instruction:
    """Reply to an instruction for the unit that it went to."""
    row = locked_demand(instruction, version)
    require(by, Role.CLERK, row.unit)
    if row.replied_on:
        raise ValidationError(_("已经回复"))
    reply = stated(reply, "reply", _("请写明办理情况"))
    return saved_demand(row, by, "replied", audit.snapshot(row), reply=reply, replied_on=on, replied_by=by)


@transaction.atomic
def close_instruction(
    *, instruction: Instruction, outcome: str, on: date, by: User, version: int | None = None
) -> Instruction:
    """Close an instruction that was replied to."""
    row = locked_demand(instruction, version)
    require_desk(by, row.from_unit)
    if not row.replied_on:
        raise ValidationError(_("承办单位还没有回复"))
    if row.closed_on:
        raise ValidationError(_("已经办结"))
    outcome = stated(outcome, "outcome", _("请写明办结意见"))
    return saved_demand(row, by, "settled", audit.snapshot(row), outcome=outcome, closed_on=on)
