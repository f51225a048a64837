"""To whom an issued bulletin goes, who opened it, and who is reminded."""

import re
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models import Delivery, Report
from reports.workflow import require_desk
from units import audit
from units.models import Unit, User

BETWEEN = re.compile(r"[，,、;；\s]+")


def distribute(report: Report, by: User) -> None:
    """Send an issue to the units of its roster and to those it is copied to, in the caller's transaction."""
    top = report.campaign.organiser.lineage[0]
    names = [name for name in BETWEEN.split(report.cc) if name]
    copied = Unit.objects.within([f"/{top}/"]).standing().filter(name__in=names)
    units = {unit.pk: unit for unit in Unit.objects.filter(seats__campaign=report.campaign).order_by("path")}
    units |= {unit.pk: unit for unit in copied}
    known = {unit.name for unit in units.values()}
    outside = [name for name in dict.fromkeys(names) if name not in known]
    rows = [Delivery(report=report, unit=unit) for unit in units.values()]
    rows += [Delivery(report=report, name=name[:100]) for name in outside]
    _send(report, rows, by)


@transaction.atomic
def add_receivers(*, report: Report, by: User, units: Iterable[Unit] = (), users: Iterable[User] = ()) -> int:
    """Send an issue to further units and persons; who has it already is passed over. Returns how many were added."""
    require_desk(by, report)
    report = Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=report.pk)
    if not report.is_issued:
        raise ValidationError(_("印发后才能分发"))
    held = list(report.deliveries.values_list("unit", "user"))
    has_units, has_users = {unit for unit, _user in held}, {user for _unit, user in held}
    rows = [Delivery(report=report, unit=unit) for unit in units if unit.pk not in has_units]
    rows += [Delivery(report=report, user=user) for user in users if user.pk not in has_users]
    _send(report, rows, by)
    return len(rows)


def _send(report, rows, by):
    if rows:
        Delivery.objects.bulk_create(rows)
        told = "、".join(row.receiver for row in rows)
        audit.record(by, "report.distributed", report, changes={str(_("分发")): ["", told]})


def note_opening(*, report: Report, by: User) -> int:
    """Keep that a unit, or a person, opened an issue for the first time; return for how many it was the first.

    Whoever opens it again takes no lock.
    """
    rows = Delivery.objects.filter(report=report, opened_at=None).read_for(by).select_related("unit", "user")
    if not rows.exists():
        return 0
    with transaction.atomic():
        found = list(rows.select_for_update(of=("self",)))
        for row in found:
            row.opened_at, row.opened_by = timezone.now(), by
            row.save(update_fields=["opened_at", "opened_by"])
        if found:
            told = "、".join(row.receiver for row in found)
            audit.record(by, "report.opened", report, changes={str(_("首次打开")): ["", told]})
    return len(found)


@transaction.atomic
def remind(*, report: Report, by: User, today: date) -> int:
    """Remind those who have not opened an issue, in their inbox, once a day; return how many."""
    require_desk(by, report)
    rows = report.deliveries.unread().exclude(reminded_on=today).select_related("unit", "user", "report")
    found = list(rows.select_for_update(of=("self",)))
    if not found:
        raise ValidationError(_("没有要催阅的：都已打开，或今天已经催过"))
    for row in found:
        row.reminded_on = today
        row.save(update_fields=["reminded_on"])
    audit.record_many(
        audit.entry(by, "delivery.reminded", row, changes={str(_("催阅日期")): ["", today.isoformat()]})
        for row in found
    )
    return len(found)
