"""Writing what companies complain of, and what they were answered."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.actions.promises import locked_promise
from projects.models import Company, Complaint
from units import audit, versions
from units.access import require_promiser
from units.models import Unit, User
from units.reasons import stated


@transaction.atomic
def file_complaint(
    *, company: Company, unit: Unit, title: str, received_on: date, due_on: date, by: User, **facts
) -> Complaint:
    """Take in what a company complains of, with the unit that answers and by when (R95)."""
    require_promiser(by, unit, company.entered_for)
    complaint = Complaint(
        company=company, unit=unit, title=title.strip(), received_on=received_on, due_on=due_on,
        first_due_on=due_on, recorded_by=by, **facts,
    )  # fmt: skip
    complaint.full_clean()
    if due_on < received_on:
        raise ValidationError({"due_on": _("期限不能早于受理日期")})
    complaint.save()
    audit.record(by, "complaint.created", complaint, before={})
    return complaint


@transaction.atomic
def answer_complaint(
    *, complaint: Complaint, answer: str, on: date, by: User, today: date, version: int | None = None
) -> Complaint:
    """Write down what the company was answered, and when."""
    complaint = locked_promise(complaint, by, version)
    if complaint.done_on:
        raise ValidationError(_("已办结"))
    if on > today:
        raise ValidationError({"on": _("答复日期不能晚于今天")})
    if on < complaint.received_on:
        raise ValidationError({"on": _("答复日期不能早于受理日期")})
    before = audit.snapshot(complaint)
    complaint.answer = stated(answer, "answer", _("请写明答复内容"))
    complaint.answered_on = on
    versions.bump(complaint)
    complaint.full_clean()
    complaint.save()
    audit.record(by, "complaint.answered", complaint, before=before)
    return complaint
