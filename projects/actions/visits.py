"""Writing visits."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import ledger
from campaigns.actions import settle_recognition
from campaigns.actions.figures import refuse_settled, settle_withdrawal
from campaigns.models import Recognition
from projects import counting
from projects.actions.projects import settle_stage
from projects.models import Company, Credit, Project, Trip, Visit
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User


def _settle(*projects):
    for project in sorted({project for project in projects if project}, key=lambda row: row.pk):
        settle_stage(Project.objects.select_for_update().get(pk=project.pk))


def _check(visit, today, standing=None):
    if today is not None and visit.on > today:
        raise ValidationError({"on": _("日期不能晚于今天")})
    if visit.heads is not None and visit.heads != visit.heads.to_integral_value():
        raise ValidationError({"heads": _("人数须为整数")})
    if visit.trip:
        _check_trip(visit)
    if visit.project == standing:
        return  # it was one of the unit's when it was named
    if visit.project:
        ever = Credit.ever.filter(project=visit.project)  # a former unit may still enter a visit of its days
        if not ever.filter(Q(unit__in=visit.unit.lineage) | Q(unit__path__startswith=visit.unit.path)).exists():
            raise ValidationError({"project": _("该项目不归本单位，不能挂在这次走访上")})


def _check_trip(visit):
    """A visit on a trip is the trip's unit's, goes out, and lies within its days."""
    trip = visit.trip
    if visit.unit_id != trip.unit_id:
        raise ValidationError({"trip": _("这次外出不是本单位的")})
    if visit.direction != Visit.Direction.OUTBOUND:
        raise ValidationError({"trip": _("请进来的会面不挂外出行程")})
    if not trip.starts_on <= visit.on <= trip.ends_on:
        days = {"first": trip.starts_on.isoformat(), "last": trip.ends_on.isoformat()}
        raise ValidationError({"trip": _("会面日期不在这次外出的 %(first)s 至 %(last)s 之间") % days})


def _locked_trip(trip, standing=None):
    """Return a trip that takes a visit, locked; refuses one called off, unless the visit stood there already."""
    if trip is None:
        return None
    trip = Trip.objects.select_for_update(of=("self",)).select_related("unit").get(pk=trip.pk)
    if trip.cancelled_at and trip.pk != standing:
        raise ValidationError({"trip": _("这次外出已取消")})
    return trip


@transaction.atomic
def record_visit(
    *, unit: Unit, company: Company, direction: str, on: date, by: User, today: date | None = None, **facts
) -> Visit:
    """Record a meeting with a company; the first visit about a project moves it to 走访考察."""
    require(by, Role.CLERK, unit)
    facts["trip"] = _locked_trip(facts.get("trip"))
    visit = Visit(unit=unit, company=company, direction=direction, on=on, recorded_by=by, **facts)
    _check(visit, today)
    visit.full_clean()
    visit.save()
    _settle(visit.project)
    ledger.post(visit, counting.entries_for(visit))
    audit.record(by, "visit.created", visit, before={})
    return visit


def _locked(visit):
    return (
        Visit.objects.select_for_update(of=("self",))
        .select_related("unit", "company", "project", "trip__unit")
        .get(pk=visit.pk)
    )


@transaction.atomic
def correct_visit(
    *,
    visit: Visit,
    reason: str,
    by: User,
    version: int | None = None,
    today: date | None = None,
    **facts,
) -> Visit:
    """Correct a visit that was not recognised yet."""
    visit = _locked(visit)
    require(by, Role.CLERK, visit.unit)
    versions.check(visit, version)
    refuse_settled(visit)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明更正理由")})
    before, old_project = audit.snapshot(visit), visit.project
    if "trip" in facts:
        facts["trip"] = _locked_trip(facts["trip"], standing=visit.trip_id)
    if visit.recognition == Recognition.REFUSED:  # a corrected visit waits again
        visit.recognition, visit.recognised_by, visit.recognition_reason = Recognition.WAITING, None, ""
    for name, value in facts.items():
        setattr(visit, name, value)
    visit.recorded_by = by
    _check(visit, today, standing=old_project)
    versions.bump(visit)
    visit.full_clean()
    visit.save()
    _settle(old_project, visit.project)
    ledger.post(visit, counting.entries_for(visit))
    audit.record(by, "visit.changed", visit, before=before, reason=reason)
    return visit


@transaction.atomic
def withdraw_visit(*, visit: Visit, reason: str, by: User, version: int | None = None) -> Visit:
    """Take a visit back; its entries are reversed, the row stays."""
    visit = _locked(visit)
    require(by, Role.CLERK, visit.unit)
    before = audit.snapshot(visit)
    settle_withdrawal(visit, reason=reason, version=version)
    visit.save()
    _settle(visit.project)
    ledger.post(visit, counting.entries_for(visit))
    audit.record(by, "visit.withdrawn", visit, before=before, reason=reason)
    return visit


@transaction.atomic
def recognise_visit(
    *,
    visit: Visit,
    verdict: str,
    on: date | None,
    by: User,
    amount: Decimal | None = None,
    number: str = "",
    reason: str = "",
    version: int | None = None,
) -> Visit:
    """Recognise a visit in full, for fewer heads, or not at all; or send it back to waiting."""
    visit = _locked(visit)
    require(by, Role.VERIFIER, visit.unit)
    versions.check(visit, version)
    before = audit.snapshot(visit)
    settle_recognition(
        visit, verdict=verdict, reported=visit.heads, amount=amount, on=on, number=number, reason=reason, by=by
    )
    visit.save()
    ledger.post(visit, counting.entries_for(visit))
    audit.record(by, "visit.recognised", visit, before=before, reason=reason)
    return visit
