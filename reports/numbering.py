"""Numbers of issues, counted by kind, issuing unit and year in the form of the kind: 〔2026〕7号, 2026年第7期."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.drafting import refuse_issued
from reports.kinds import worded
from reports.models import Report, ReportKind
from units import audit, versions
from units.models import User


def taken(kind: ReportKind, issuer: str, year: int) -> dict[int, str]:
    """Return {count: number} of a year: what went out, and what a draft holds since its files failed."""
    rows = Report.objects.filter(Q(number_year=year) | Q(number_year=None, issued_on__year=year))
    form = re.escape(worded(kind.number_form, year=year)).replace(re.escape("{n}"), r"(\d+)")
    found = {}
    for number in rows.filter(kind=kind, issuer=issuer).exclude(number="").values_list("number", flat=True):
        if kind.number_form and (match := re.fullmatch(form, number)) and match.groups():
            found[int(match[1])] = number
    return found


def next_number(kind: ReportKind, issuer: str, year: int) -> str:
    """Return the number that the next issue of a kind gets; "" for a kind that is not numbered."""
    if not kind.number_form:
        return ""
    return worded(kind.number_form, year=year, n=max(taken(kind, issuer, year), default=0) + 1)


def gaps(kind: ReportKind, issuer: str, year: int) -> list[str]:
    """Name the numbers of a year that were left out."""
    counts = taken(kind, issuer, year)
    return [worded(kind.number_form, year=year, n=n) for n in range(1, max(counts, default=0)) if n not in counts]


@transaction.atomic
def reserve(*, report: Report, by: User, today: date) -> Report:
    """Give a report the number it goes out under; the kind is locked, so that two at once get different ones.

    A typed number stays, where no other issue of its kind, unit and year has it; a revision keeps that of what it
    revises.
    """
    kind = ReportKind.objects.select_for_update().get(pk=report.kind_id)
    locked = Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser", "kind", "revises")
    locked = locked.get(pk=report.pk)
    refuse_issued(locked)
    versions.check(locked, report.version)
    before, year = audit.snapshot(locked), today.year
    if locked.revises is not None:
        number, year = locked.revises.number, locked.revises.number_year or locked.revises.issued_on.year
    else:
        number = locked.number or next_number(kind, locked.issuer, year)
        _refuse_taken(locked, number, year)
    if not number or (number, year) == (locked.number, locked.number_year):
        return locked
    locked.number, locked.number_year = number, year
    versions.bump(locked)
    locked.save()
    audit.record(by, "report.numbered", locked, before=before)
    return locked


def _refuse_taken(report, number, year):
    others = Report.objects.filter(kind=report.kind, issuer=report.issuer, number=number).exclude(pk=report.pk)
    if number and others.filter(Q(number_year=year) | Q(number_year=None, issued_on__year=year)).exists():
        raise ValidationError(
            _("%(year)d 年已有 %(number)s，请改用别的编号，或留空由系统编号") % {"year": year, "number": number}
        )
