"""Writing companies, what belongs to them, and events."""

import unicodedata

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns import ledger
from projects import counting
from projects.models import Company, CompanyName, Contact, Event, Listing, Milestone, Project, Visit
from units import audit, versions
from units.access import require, require_role
from units.models import Role, Unit, User


def tidy_name(name):
    """Return a company's name as it is kept: half width, no spaces around."""
    return unicodedata.normalize("NFKC", name).replace("(", "（").replace(")", "）").strip()


@transaction.atomic
def create_company(*, name: str, unit: Unit, by: User, contact: str = "", phone: str = "", **facts) -> Company:
    """Enter a company for a unit, with its first contact where one is named."""
    require(by, Role.CLERK, unit)
    company = Company(name=tidy_name(name), entered_for=unit, **facts)
    company.full_clean()
    company.save()
    changes = audit.difference({}, audit.snapshot(company))
    if contact or phone:
        person = Contact(company=company, name=contact or str(_("联系人")), phone=phone)
        changes |= audit.difference({}, told(person))
        save(person)
    audit.record(by, "company.created", company, changes=changes)
    return company


def known_company(name: str) -> Company | None:
    """Return the company of that name, of an absorbed one the company it went into."""
    known = Company.objects.select_related("merged_into").filter(name=tidy_name(name)).first()
    return known and (known.merged_into or known)


@transaction.atomic
def find_company(*, name: str, unit: Unit, by: User, **facts) -> Company:
    """Return the company of that name, entering it for the unit where it is new."""
    return known_company(name) or create_company(name=name, unit=unit, by=by, **facts)


def locked(company: Company, by: User, version: int | None = None) -> Company:
    """Return a company's locked row; refuses who is no clerk of the unit that entered it, and an absorbed one."""
    company = Company.objects.select_for_update(of=("self",)).select_related("entered_for").get(pk=company.pk)
    require(by, Role.CLERK, company.entered_for)
    if company.merged_into_id:
        raise ValidationError(_("这家企业已并入「%(name)s」，请到那一家的页面上改") % {"name": company.merged_into})
    versions.check(company, version)
    return company


@transaction.atomic
def change_company(*, company: Company, by: User, version: int | None = None, **facts) -> Company:
    """Change a company; a changed origin derives the entries of all its facts anew."""
    company = locked(company, by, version)
    before = audit.snapshot(company)
    for name, value in facts.items():
        setattr(company, name, tidy_name(value) if name == "name" else value)
    versions.bump(company)
    company.full_clean()
    company.save()
    repost(company)
    audit.record(by, "company.changed", company, before=before)
    return company


def save(row):
    """Check and save a row that belongs to a company."""
    row.full_clean()
    row.save()
    return row


def told(row):
    """Return a snapshot of what belongs to a company, for the trail of the company; numbers are masked."""
    return {name: value for name, value in audit.snapshot(row).items() if name != "company"}


# --- contacts


@transaction.atomic
def add_contact(*, company: Company, by: User, **facts) -> Contact:
    """Add a person to talk to."""
    company = locked(company, by)
    contact = save(Contact(company=company, **facts))
    audit.record(by, "company.contact_added", company, changes=audit.difference({}, told(contact)))
    return contact


@transaction.atomic
def change_contact(*, contact: Contact, by: User, version: int | None = None, **facts) -> Contact:
    """Change a person to talk to."""
    company = locked(contact.company, by)
    contact = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    versions.check(contact, version)
    before, old_phone = told(contact), contact.phone
    for name, value in facts.items():
        setattr(contact, name, value)
    versions.bump(contact)
    save(contact)
    changes = audit.difference(before, told(contact))
    if old_phone != contact.phone:  # the hidden middle may be all that differs
        label, masked = before["phone"]
        changes[label] = [masked, contact.masked_phone]
    audit.record(by, "company.contact_changed", company, changes=changes, reason=contact.name)
    return contact


@transaction.atomic
def remove_contact(*, contact: Contact, by: User) -> None:
    """Take a person off a company."""
    company = locked(contact.company, by)
    audit.record(by, "company.contact_removed", company, changes=audit.difference(told(contact), {}))
    contact.delete()


def may_see_phone(company: Company, user: User) -> bool:
    """Say whether a phone number shows to a user: to clerks of the unit that entered it and to editors."""
    return user.holds(Role.CLERK, company.entered_for) or user.holds(Role.EDITOR, company.entered_for)


@transaction.atomic
def show_phone(*, contact: Contact, by: User) -> str:
    """Return a contact's phone number, leaving one row in the trail."""
    if not may_see_phone(contact.company, by):
        raise PermissionDenied("only clerks of the unit that entered it and editors see a phone number")
    who = {str(Contact._meta.verbose_name): ["", contact.name]}
    audit.record(by, "company.phone_shown", contact.company, changes=who)
    return contact.phone


# --- other names and listings


@transaction.atomic
def add_name(*, company: Company, kind: str, name: str, by: User) -> CompanyName:
    """Add a former or short name."""
    company = locked(company, by)
    if tidy_name(name) == company.name:
        raise ValidationError({"name": _("这就是它现在的名称")})
    row = save(CompanyName(company=company, kind=kind, name=tidy_name(name)))
    audit.record(by, "company.name_added", company, changes={row.get_kind_display(): ["", row.name]})
    return row


@transaction.atomic
def remove_name(*, name: CompanyName, by: User) -> None:
    """Take a former or short name off a company."""
    company = locked(name.company, by)
    audit.record(by, "company.name_removed", company, changes={name.get_kind_display(): [name.name, ""]})
    name.delete()


@transaction.atomic
def add_listing(*, company: Company, by: User, **facts) -> Listing:
    """Add a company's place on a top-500 list of a year; the entries of its facts are derived anew."""
    company = locked(company, by)
    row = save(Listing(company=company, **facts))
    repost(company)  # a rule may ask for companies of the list
    audit.record(by, "company.listing_added", company, changes={str(Listing._meta.verbose_name): ["", str(row)]})
    return row


@transaction.atomic
def remove_listing(*, listing: Listing, by: User) -> None:
    """Take a place on a top-500 list off a company; the entries of its facts are derived anew."""
    company = locked(listing.company, by)
    label = str(Listing._meta.verbose_name)
    audit.record(by, "company.listing_removed", company, changes={label: [str(listing), ""]})
    listing.delete()
    repost(company)


# --- entries


def lock_facts(*companies):
    """Lock the visits of locked companies, then their projects, as by whoever corrects a visit about a project."""
    for model in (Visit, Project):
        rows = model.objects.filter(company__in=companies).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk"))


def repost(company):
    """Derive the entries of all projects and visits of a locked company anew."""
    lock_facts(company)
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
    require_role(by, Role.EDITOR)
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
    ledger.post_many("projects.attendance", counting.attendance_entries(event.attendance.all()))
    audit.record(by, "event.changed", event, before=before)
    return event
