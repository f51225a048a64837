"""Writing companies and events."""

import unicodedata

from django.core.exceptions import PermissionDenied
from django.db import transaction

from campaigns import ledger
from projects import counting
from projects.models import Company, Event, Milestone, Project, Visit
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User


def tidy_name(name):
    """Return a company's name as it is kept: half width, no spaces around."""
    return unicodedata.normalize("NFKC", name).replace("(", "（").replace(")", "）").strip()


@transaction.atomic
def create_company(*, name: str, unit: Unit, by: User, **facts) -> Company:
    """Enter a company for a unit."""
    require(by, Role.CLERK, unit)
    company = Company(name=tidy_name(name), entered_for=unit, **facts)
    company.full_clean()
    company.save()
    audit.record(by, "company.created", company, changes=audit.difference({}, masked(company)))
    return company


@transaction.atomic
def find_company(*, name: str, unit: Unit, by: User, **facts) -> Company:
    """Return the company of that name, entering it for the unit where it is new."""
    known = Company.objects.filter(name=tidy_name(name)).first()
    return known or create_company(name=name, unit=unit, by=by, **facts)


@transaction.atomic
def change_company(*, company: Company, by: User, version: int | None = None, **facts) -> Company:
    """Change a company; a changed origin derives the entries of all its facts anew."""
    company = Company.objects.select_for_update(of=("self",)).select_related("entered_for").get(pk=company.pk)
    require(by, Role.CLERK, company.entered_for)
    versions.check(company, version)
    before, old_phone = masked(company), company.phone
    for name, value in facts.items():
        setattr(company, name, tidy_name(value) if name == "name" else value)
    versions.bump(company)
    company.full_clean()
    company.save()
    repost(company)
    changes = audit.difference(before, masked(company))
    if old_phone != company.phone:  # the hidden middle may be all that differs
        changes[str(Company._meta.get_field("phone").verbose_name)] = [before["phone"][1], company.masked_phone]
    audit.record(by, "company.changed", company, changes=changes)
    return company


def masked(company):
    """Return a snapshot of a company for the trail, with the middle of its phone number hidden."""
    values = audit.snapshot(company)
    return values | {"phone": (values["phone"][0], company.masked_phone)}


def may_see_phone(company: Company, user: User) -> bool:
    """Say whether a phone number shows to a user: to clerks of the unit that entered it and to editors."""
    return user.holds(Role.CLERK, company.entered_for) or user.holds(Role.EDITOR, company.entered_for)


@transaction.atomic
def show_phone(*, company: Company, by: User) -> str:
    """Return a company's phone number, leaving one row in the trail."""
    if not may_see_phone(company, by):
        raise PermissionDenied("only clerks of the unit that entered it and editors see a phone number")
    audit.record(by, "company.phone_shown", company, changes={})
    return company.phone


def repost(company):
    """Derive the entries of all projects and visits of a locked company anew.

    Visits are locked before projects, as by whoever corrects a visit about a project.
    """
    list(company.visits.select_for_update().order_by("pk").values_list("pk"))
    list(company.projects.select_for_update().order_by("pk").values_list("pk"))
    milestones = Milestone.objects.filter(project__company=company)
    ledger.post_many("projects.milestone", counting.milestone_entries(milestones))
    ledger.post_many("projects.visit", counting.visit_entries(Visit.objects.filter(company=company)))


@transaction.atomic
def create_event(*, by: User, **facts) -> Event:
    """Enter a fair or signing event."""
    if not by.is_system and by.roles.isdisjoint({Role.CLERK, Role.EDITOR}):
        raise PermissionDenied("only clerks and editors enter events")
    event = Event(**facts)
    event.full_clean()
    event.save()
    audit.record(by, "event.created", event, before={})
    return event


@transaction.atomic
def change_event(*, event: Event, by: User, version: int | None = None, **facts) -> Event:
    """Change an event; a changed level derives the entries of what happened at it anew."""
    if not by.is_system and Role.EDITOR not in by.roles:
        raise PermissionDenied("only editors change events")
    projects = Project.objects.filter(milestones__event=event)
    list(Project.objects.select_for_update().filter(pk__in=projects.values("pk")).order_by("pk").values_list("pk"))
    event = Event.objects.select_for_update().get(pk=event.pk)  # after its projects, as by who records a milestone
    versions.check(event, version)
    before = audit.snapshot(event)
    for name, value in facts.items():
        setattr(event, name, value)
    versions.bump(event)
    event.full_clean()
    event.save()
    ledger.post_many("projects.milestone", counting.milestone_entries(event.milestones.all()))
    audit.record(by, "event.changed", event, before=before)
    return event
