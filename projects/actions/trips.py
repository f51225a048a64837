"""Writing delegations, who is posted where, trips, attendance at events, planned contacts."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import ledger
from projects import counting
from projects.models import (
    Attendance,
    Company,
    Delegation,
    Event,
    Leave,
    PlannedContact,
    Posting,
    Stop,
    Trip,
    Visit,
)
from units import audit, versions
from units.access import require, require_promiser
from units.models import Role, Unit, User

LONGEST = 366  # days of one trip; who is away for longer is posted


@transaction.atomic
def create_delegation(*, unit: Unit, name: str, by: User, **facts) -> Delegation:
    """Set up a delegation, a task force or an office away from home."""
    require(by, Role.CLERK, unit)
    delegation = Delegation(unit=unit, name=name.strip(), **facts)
    delegation.full_clean()
    delegation.save()
    audit.record(by, "delegation.created", delegation, before={})
    return delegation


@transaction.atomic
def change_delegation(*, delegation: Delegation, by: User, version: int | None = None, **facts) -> Delegation:
    """Change a delegation, or dissolve it by naming its last day."""
    delegation = _locked_delegation(delegation, by)
    versions.check(delegation, version)
    before = audit.snapshot(delegation)
    for name, value in facts.items():
        setattr(delegation, name, value)
    versions.bump(delegation)
    delegation.full_clean()
    delegation.save()
    audit.record(by, "delegation.changed", delegation, before=before)
    return delegation


def _locked_delegation(delegation, by):
    row = Delegation.objects.select_for_update(of=("self",)).select_related("unit", "campaign").get(pk=delegation.pk)
    require(by, Role.CLERK, row.unit)
    return row


@transaction.atomic
def add_posting(*, delegation: Delegation, person: str, from_on: date, by: User, **facts) -> Posting:
    """Put a person into a delegation, or post them to an office, from a day on."""
    delegation = _locked_delegation(delegation, by)
    posting = Posting(delegation=delegation, person=person.strip(), from_on=from_on, **facts)
    _check_posting(posting)
    posting.save()
    audit.record(by, "delegation.posted", delegation, changes={str(_("成员")): ["", _posting_told(posting)]})
    return posting


@transaction.atomic
def end_posting(*, posting: Posting, until_on: date, by: User) -> Posting:
    """Say until which day a person belongs to the delegation."""
    delegation = _locked_delegation(posting.delegation, by)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    old = _posting_told(posting)
    posting.until_on = until_on
    _check_posting(posting)
    if posting.leaves.filter(until_on__gt=until_on).exists():
        raise ValidationError({"until_on": _("此后还登记有离岗，请核对截止日期")})
    posting.save()
    audit.record(by, "delegation.posted", delegation, changes={str(_("成员")): [old, _posting_told(posting)]})
    return posting


def _check_posting(posting):
    posting.full_clean()
    same = posting.delegation.postings.filter(person=posting.person).exclude(pk=posting.pk)
    meeting = same.filter(Q(until_on__isnull=True) | Q(until_on__gte=posting.from_on))
    if posting.until_on:
        meeting = meeting.filter(from_on__lte=posting.until_on)
    if meeting.exists():
        raise ValidationError({"person": _("该成员在这段时间已经在队")})


def _posting_told(posting):
    until = posting.until_on.isoformat() if posting.until_on else "至今"
    return f"{posting.person} {posting.from_on.isoformat()}—{until}"


@transaction.atomic
def record_leave(*, posting: Posting, from_on: date, until_on: date, reason: str, allowed_by: str, by: User) -> Leave:
    """Record that a posted person left the post for some days, why, and who allowed it (R50)."""
    delegation = _locked_delegation(posting.delegation, by)
    leave = Leave(posting=posting, from_on=from_on, until_on=until_on, reason=reason, allowed_by=allowed_by)
    leave.full_clean()
    if from_on < posting.from_on or (posting.until_on and until_on > posting.until_on):
        raise ValidationError({"from_on": _("离岗日期须在驻点期间内")})
    if posting.leaves.filter(from_on__lte=until_on, until_on__gte=from_on).exists():
        raise ValidationError({"from_on": _("与已登记的离岗日期重叠")})
    leave.save()
    told = f"{posting.person} {from_on.isoformat()}—{until_on.isoformat()}（{allowed_by}批准）"
    audit.record(by, "delegation.leave_recorded", delegation, changes={str(_("离岗")): ["", told]}, reason=reason)
    return leave


@transaction.atomic
def file_trip(*, unit: Unit, by: User, stops: Sequence[dict] = (), **facts) -> Trip:
    """File a trip beforehand with its itinerary: [{on, place, plan}]."""
    require(by, Role.CLERK, unit)
    trip = Trip(unit=unit, recorded_by=by, **facts)
    check_trip(trip)
    trip.full_clean()
    trip.save()
    _set_stops(trip, stops)
    audit.record(by, "trip.filed", trip, before={})
    return trip


@transaction.atomic
def change_trip(
    *,
    trip: Trip,
    by: User,
    version: int | None = None,
    stops: Sequence[dict] | None = None,
    today: date | None = None,
    **facts,
) -> Trip:
    """Change a trip that was not called off; one that counts already is counted anew."""
    trip = _locked_trip(trip, by, version)
    before = audit.snapshot(trip)
    for name, value in facts.items():
        setattr(trip, name, value)
    if trip.ended_at and today:
        check_over(trip, today, _("已销差的行程，返回日期不能晚于今天"))
    check_trip(trip)
    versions.bump(trip)
    trip.full_clean()
    _check_days(trip)
    trip.save()
    if stops is not None:
        _set_stops(trip, stops)
    ledger.post(trip, counting.entries_for(trip))
    audit.record(by, "trip.changed", trip, before=before)
    return trip


@transaction.atomic
def end_trip(*, trip: Trip, results: str, by: User, today: date, version: int | None = None, **facts) -> Trip:
    """Say what came of a trip once it is over; from then on it counts."""
    trip = _locked_trip(trip, by, version)
    if trip.ended_at:
        raise ValidationError(_("这次外出已经销差，要改成果请修改行程"))
    if not results.strip():
        raise ValidationError({"results": _("请写明成果；没有成果也请写“无”并说明情况")})
    before = audit.snapshot(trip)
    for name, value in facts.items():
        setattr(trip, name, value)
    check_over(trip, today)
    trip.results, trip.ended_at = results.strip(), timezone.now()
    check_trip(trip)
    versions.bump(trip)
    trip.full_clean()
    _check_days(trip)
    trip.save()
    ledger.post(trip, counting.entries_for(trip))
    audit.record(by, "trip.ended", trip, before=before)
    return trip


@transaction.atomic
def cancel_trip(*, trip: Trip, reason: str, by: User, version: int | None = None) -> Trip:
    """Call a trip off; its row and its visits stay, it counts no more."""
    trip = _locked_trip(trip, by, version)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明取消理由")})
    before = audit.snapshot(trip)
    trip.cancelled_at, trip.ended_at, trip.cancel_reason = timezone.now(), None, reason.strip()
    versions.bump(trip)
    trip.save()
    ledger.post(trip, counting.entries_for(trip))
    audit.record(by, "trip.cancelled", trip, before=before, reason=reason)
    return trip


def _locked_trip(trip, by, version):
    trip = Trip.objects.select_for_update(of=("self",)).select_related("unit", "delegation").get(pk=trip.pk)
    require(by, Role.CLERK, trip.unit)
    versions.check(trip, version)
    check_standing(trip)
    return trip


def check_standing(trip):
    """Refuse to write on a trip that was called off."""
    if trip.cancelled_at:
        raise ValidationError(_("该行程已取消，不能再改"))


def check_over(trip, today, why=""):
    """Refuse to end a trip that is not over."""
    if trip.ends_on > today:
        raise ValidationError({"ends_on": why or _("还没有返回，不能销差")})


def check_trip(trip):
    """Count the days of a trip; refuse what its own fields say wrong."""
    trip.days_out = (trip.ends_on - trip.starts_on).days + 1
    if trip.days_out > LONGEST:
        raise ValidationError({"ends_on": _("一次外出不超过 %(n)s 天，长期在外请登记驻点") % {"n": LONGEST}})
    if trip.heads is not None and len(trip.names) > trip.heads:
        raise ValidationError({"heads": _("写明姓名的有 %(n)s 人，多于填报人数") % {"n": len(trip.names)}})
    if trip.heads is not None and trip.heads != trip.heads.to_integral_value():
        raise ValidationError({"heads": _("人数须为整数")})
    if trip.delegation and trip.delegation.unit_id != trip.unit_id:
        raise ValidationError({"delegation": _("小分队不属于这个单位")})


def _check_days(trip):
    """Refuse days that leave a visit of the trip outside."""
    check_met(trip, trip.visits.live().order_by("on").values_list("on", flat=True))


def check_met(trip, days):
    """Refuse days of a trip that leave one of the days of its visits outside."""
    if outside := next((day for day in days if not trip.starts_on <= day <= trip.ends_on), None):
        raise ValidationError({"ends_on": _("行程中 %(day)s 的走访会落在日期之外") % {"day": outside.isoformat()}})


def _set_stops(trip, stops):
    outside = [stop for stop in stops if not trip.starts_on <= stop["on"] <= trip.ends_on]
    if outside:
        raise ValidationError(
            {"stops": _("行程日期须在出发和返回之间：%(day)s") % {"day": outside[0]["on"].isoformat()}}
        )
    trip.stops.all().delete()
    for stop in stops:
        row = Stop(trip=trip, **stop)
        row.full_clean()
        row.save()


@transaction.atomic
def set_attendance(*, event: Event, unit: Unit, heads: int, by: User, leader: str = "") -> Attendance | None:
    """Say with how many people a unit was at an event; 0 takes it back."""
    require_promiser(by, unit)
    event = Event.objects.select_for_update().get(pk=event.pk)
    row = Attendance.objects.select_for_update().filter(event=event, unit=unit).first()
    old = str(row.heads) if row else ""
    if heads == 0:
        if row is None:
            return None
        ledger.post(row, {})
        row.delete()
    else:
        row = row or Attendance(event=event, unit=unit)
        row.heads, row.leader = heads, leader.strip()
        row.full_clean()
        row.save()
        ledger.post(row, counting.entries_for(row))
    audit.record(by, "event.attendance_set", event, changes={str(unit): [old, str(heads) if heads else ""]})
    return row if heads else None


@transaction.atomic
def plan_contact(*, unit: Unit, company: Company, by: User, **facts) -> PlannedContact:
    """Plan who calls or visits a company next, by which day."""
    require(by, Role.CLERK, unit)
    contact = PlannedContact(unit=unit, company=company, recorded_by=by, **facts)
    if contact.project and contact.project.company_id != company.pk:
        raise ValidationError({"project": _("这个项目的投资方不是所填企业")})
    contact.full_clean()
    contact.save()
    audit.record(by, "contact_plan.created", contact, before={})
    return contact


@transaction.atomic
def settle_contact(
    *, contact: PlannedContact, by: User, on: date | None = None, visit: Visit | None = None, dropped: str = "",
    version: int | None = None, today: date | None = None,
) -> PlannedContact:  # fmt: skip
    """Say that a planned contact took place (on a day, perhaps as a visit), or that it was dropped and why."""
    contact = (
        PlannedContact.objects.select_for_update(of=("self",))
        .select_related("unit", "company", "project", "visit")
        .get(pk=contact.pk)
    )
    require(by, Role.CLERK, contact.unit)
    versions.check(contact, version)
    if contact.done_on or contact.dropped:
        raise ValidationError(_("这项联系已有结果"))
    if visit and visit.company_id != contact.company_id:
        raise ValidationError({"company_name": _("联系计划里的企业是“%(name)s”") % {"name": contact.company}})
    if on and today and on > today:
        raise ValidationError({"on": _("日期不能晚于今天")})
    if not on and not dropped.strip():
        raise ValidationError({"dropped": _("请填完成日期，或写明取消理由")})
    before = audit.snapshot(contact)
    contact.done_on, contact.visit, contact.dropped = on, visit, "" if on else dropped.strip()
    versions.bump(contact)
    contact.full_clean()
    contact.save()
    audit.record(by, "contact_plan.settled", contact, before=before)
    return contact
