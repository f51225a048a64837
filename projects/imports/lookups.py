"""Everything the rows of a sheet may refer to, read in a few queries whatever their number."""

from collections import defaultdict

from projects import claiming, duplicates
from projects.actions.companies import tidy_name
from projects.actions.rates import held_rates
from projects.imports import drafts
from projects.models import (
    Company,
    CompanyName,
    Contact,
    Credit,
    Duty,
    ExchangeRate,
    Extension,
    ImportBatch,
    Milestone,
    Project,
    Visit,
)
from projects.stages import Kind
from units.access import IMPORTERS
from units.models import Unit, User

MET = ("unit", "company", "project", "recorded_by")
FUNDS = ImportBatch.Kind.INSTALMENT
REAL = {ImportBatch.Kind.VISIT, ImportBatch.Kind.PROBLEM}  # few, and they name what they are about
CHUNK = 2000  # ids or names in one query


def chunks(values):
    """Yield some values in an order that is the same for everybody, a query's fill at a time."""
    values = sorted(values)
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def lock(model, ids):
    """Lock the rows of some records in the order of their keys."""
    for part in chunks(ids):
        list(model.objects.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk"))


def importable_units(user):
    """Return the units for which a user may import: a clerk's own, an editor's, and those below them."""
    if user.is_system:
        return Unit.objects.all()
    return Unit.objects.within(user.paths(*IMPORTERS)) if user.is_authenticated else Unit.objects.none()


def kinds_told_of(kind, rows):
    """Return the kinds of milestones that some rows speak of."""
    if kind == ImportBatch.Kind.INSTALMENT:
        return set(Kind.values)
    keys = {key for row in rows for key in row} if kind == ImportBatch.Kind.PROJECT else set()
    told = {key.rpartition("_")[0] for key in keys if key.endswith(("_on", "_amount"))} & set(Kind.values)
    return told | ({Kind.FUNDING.value} if "arrived" in keys else set())


class UnitLookups:
    """The units that the values of some rows name; with lock=True what is read beside them is locked before.

    units are those that a row may name, unit_by_id those that the user may import for.
    """

    def __init__(self, batch, user, *, lock=False):
        self.unit, self.user, self.kind, self.locking = batch.unit, user, batch.kind, lock
        self.unit_by_id = {unit.pk: unit for unit in importable_units(user).order_by("path")}
        self.units = defaultdict(list)
        for unit in self.nameable_units(user).order_by("path"):
            self.units[unit.name].append(unit)

    @staticmethod
    def nameable_units(user):
        """Return the units that a row may name."""
        return importable_units(user)


class Lookups(UnitLookups):
    """What the values of some rows refer to; with lock=True the records are locked before they are read.

    Records are locked as everywhere: companies, visits, projects.
    """

    def __init__(self, batch, user, rows, *, lock=False):
        super().__init__(batch, user, lock=lock)
        self.real = lock or batch.kind in REAL
        self.people, self.cores = {}, None
        self._read_companies(rows)
        self._read_records(rows)

    def _load(self, queryset):
        """Return records where they will be written, stand-ins in a preview."""
        return list(queryset) if self.real else drafts.load(queryset)

    def make(self, model, **facts):
        """Return a new record to be written, or its stand-in."""
        return (model if self.real else drafts.draft_class(model))(**facts)

    # --- companies -------------------------------------------------------------------------------

    def _read_companies(self, rows):
        names = {tidy_name(row["company"]) for row in rows if row.get("company")}
        codes = {row["credit_code"] for row in rows if row.get("credit_code")}
        self.aliases = defaultdict(set)
        ids = {row["company_code"] for row in rows if row.get("company_code")}
        for part in chunks(names):
            ids.update(Company.objects.filter(name__in=part).values_list("pk", flat=True))
            for name, pk in CompanyName.objects.filter(name__in=part).values_list("name", "company_id"):
                self.aliases[name].add(pk)
                ids.add(pk)
        for part in chunks(codes):
            ids.update(Company.objects.filter(credit_code__in=part).values_list("pk", flat=True))
        if self.locking:
            lock(Company, ids)
        self.companies = {}
        while ids:  # a company that was merged leads to the one that was kept
            for part in chunks(ids):
                found = Company.objects.filter(pk__in=part).select_related("entered_for")
                self.companies |= {row.pk: row for row in found}
            ids = {row.merged_into_id for row in self.companies.values() if row.merged_into_id} - set(self.companies)
        self.by_name = {row.name: self._kept(row) for row in self.companies.values()}
        self.by_code = {row.credit_code: self._kept(row) for row in self.companies.values() if row.credit_code}
        self.known_companies, self.contacts = set(), defaultdict(list)
        if self.kind == ImportBatch.Kind.COMPANY:
            self._read_known_companies()

    def _read_known_companies(self):
        """Read which of the companies the user may see, and whom one talks to there."""
        seen = Company.objects.all() if self.user.is_system else Company.objects.visible_to(self.user)
        for part in chunks(self.companies):
            self.known_companies.update(seen.filter(pk__in=part).values_list("pk", flat=True))
            for contact in Contact.objects.filter(company__in=part).order_by("pk"):
                contact.company = self.companies[contact.company_id]
                self.contacts[contact.company_id].append(contact)

    def _kept(self, company):
        while company.merged_into_id:
            company = self.companies[company.merged_into_id]
        return company

    def by_alias(self, name):
        """Return the companies that go or went by a name."""
        found = [self._kept(self.companies[pk]) for pk in self.aliases.get(name, ())]
        return list({company.pk: company for company in found}.values())

    # --- projects, milestones, visits -------------------------------------------------------------

    def _read_records(self, rows):
        visits = self._visit_ids(rows) if self.kind == ImportBatch.Kind.VISIT else set()
        ids = {row["project_code"] for row in rows if row.get("project_code")}
        key = "name" if self.kind == ImportBatch.Kind.PROJECT else "project"
        names = {row[key] for row in rows if row.get(key)}
        for part in chunks(names):
            ids.update(Project.objects.filter(name__in=part).values_list("pk", flat=True))
        for part in chunks({row["number"] for row in rows if row.get("number")}):
            ids.update(self._projects_of(part))
        if self.locking:
            if self.kind == ImportBatch.Kind.PROJECT:  # a changed sector derives the entries of its visits anew
                for part in chunks(ids):
                    visits.update(Visit.objects.filter(project__in=part).values_list("pk", flat=True))
            counted = set(ids)
            for part in chunks(self._moved_companies(rows)):  # a changed origin derives all that counts by it anew
                visits.update(Visit.objects.filter(company__in=part).values_list("pk", flat=True))
                counted.update(Project.objects.filter(company__in=part).values_list("pk", flat=True))
            lock(Visit, visits)
            lock(Project, counted)
        self.rates = held_rates() if self.locking else list(ExchangeRate.objects.order_by("-from_on", "-pk"))
        self.projects, self.named = {}, defaultdict(list)
        self.credits, self.introducers, self.introducer_names = defaultdict(list), {}, {}
        self.milestones, self.done, self.told_of = defaultdict(list), defaultdict(set), kinds_told_of(self.kind, rows)
        self.seen, self.duties, self.tags, self.landing = set(), {}, defaultdict(set), defaultdict(set)
        self.all_units = defaultdict(list)
        if self.kind == ImportBatch.Kind.PROJECT and any(row.get("lead_unit") for row in rows):
            for unit in Unit.objects.order_by("path"):
                self.all_units[unit.name].append(unit)
        for part in chunks(ids):
            self._read_projects(part)
        self.extended = set()
        for part in chunks({row.pk for rows in self.milestones.values() for row in rows if row.due_on}):
            self.extended.update(Extension.objects.filter(milestone__in=part).values_list("milestone", flat=True))
        self.facts = {row.pk: row for rows in self.milestones.values() for row in rows}
        self.visits, self.met = {}, defaultdict(list)
        for part in chunks(visits if self.kind == ImportBatch.Kind.VISIT else ()):
            for visit in Visit.objects.filter(pk__in=part).select_related(*MET).order_by("pk"):
                self.visits[visit.pk] = visit
                if not visit.is_withdrawn:
                    self.met[visit.unit_id, visit.company_id, visit.on, visit.direction].append(visit)

    def _projects_of(self, numbers):
        """Return the ids of the projects of the records that rows name by their own number."""
        if self.kind != FUNDS:
            return ()
        return Milestone.objects.filter(pk__in=numbers).values_list("project", flat=True)

    def _moved_companies(self, rows):
        """Return the ids of the companies of a list that rows may give another origin."""
        said = {row["origin"] for row in rows if row.get("origin")} if self.kind == ImportBatch.Kind.COMPANY else ()
        return {row.pk for row in self.companies.values() if said and {row.origin} != said}

    def _read_projects(self, ids):
        projects = self._load(Project.objects.filter(pk__in=ids).order_by("pk"))
        self.companies |= Company.objects.in_bulk({row.company_id for row in projects} - set(self.companies))
        for project in projects:
            project.company = self.companies[project.company_id]
            self.projects[project.pk] = project
            self.named[project.name].append(project)
        seen = Project.objects.all() if self.user.is_system else Project.objects.visible_to(self.user)
        self.seen.update(seen.filter(pk__in=ids).values_list("pk", flat=True))
        for pk, role, unit, path, name, until in Credit.ever.filter(project__in=ids).values_list(
            "project", "role", "unit", "unit__path", "unit__name", "until_on"
        ):
            self.credits[pk].append((unit, path))  # a former unit may still enter a visit of its days
            if until is None and role == Credit.Role.INTRODUCING:
                self.introducers[pk] = unit
                self.introducer_names[pk] = name
            if until is None and role == Credit.Role.LANDING:
                self.landing[pk].add(name)
        live = Milestone.objects.live().filter(project__in=ids)
        for pk, kind in live.done().order_by().values_list("project", "kind"):
            self.done[pk].add(kind)
        milestones = self._load(live.filter(kind__in=self.told_of).order_by("pk"))
        self.people |= User.objects.in_bulk({row.recorded_by_id for row in milestones} - set(self.people))
        rates = {rate.pk: rate for rate in self.rates}
        for milestone in milestones:
            milestone.recorded_by = self.people[milestone.recorded_by_id]
            milestone.rate_row = rates.get(milestone.rate_row_id)
            self.milestones[milestone.project_id].append(milestone)
        if self.kind == ImportBatch.Kind.PROJECT:
            for duty in Duty.objects.filter(project__in=ids, kind=Duty.Kind.LEAD).select_related("unit"):
                self.duties[duty.project_id] = duty
            for pk, tag in Project.tags.through.objects.filter(project__in=ids).values_list("project_id", "tag_id"):
                self.tags[pk].add(tag)

    def _visit_ids(self, rows):
        ids = {row["number"] for row in rows if row.get("number")}
        companies = {self._kept(company).pk for company in self.companies.values()}
        days = [row["on"] for row in rows if row.get("on")]
        if days:
            for part in chunks(companies):
                own = Visit.objects.live().filter(company__in=part, unit__in=list(self.unit_by_id))
                ids.update(own.filter(on__gte=min(days), on__lte=max(days)).values_list("pk", flat=True))
        return ids

    def kinds_done(self, project):
        """Return the kinds of milestones that happened to a project."""
        return set(self.done.get(project.pk, ()))

    def once(self, project, kind):
        """Return the standing milestone of a kind that does not repeat; None without one."""
        return next((row for row in self.milestones.get(project.pk, ()) if row.kind == kind), None)

    def of_kind(self, project, kind):
        """Return the milestones of a kind of a project, in the order they were entered."""
        return [row for row in self.milestones.get(project.pk, ()) if row.kind == kind]

    def fundings(self, project):
        """Return the money that arrived for a project, in the order it was entered."""
        return self.of_kind(project, Kind.FUNDING)

    def rate(self, currency, day):
        """Return the rate in force of a currency on a day, None without one; a rate fixed for a time goes first."""
        rows = [row for row in self.rates if row.currency == currency and row.from_on <= day]
        fixed = next((row for row in rows if row.until_on and row.until_on >= day), None)
        return fixed or next((row for row in rows if row.until_on is None), None)

    def claims(self, today):
        """Return {company id: claims that hold} of the companies that the rows name: two queries."""
        return claiming.holding_on(list(self.companies), today, claiming.claim_days())

    def alike(self, name):
        """Return the name of a company that differs in place and legal form alone; None without one."""
        if self.cores is None:
            names = Company.objects.live().order_by("pk").values_list("name", flat=True)
            self.cores = {duplicates.core(known): known for known in names}
        return self.cores.get(duplicates.core(name))

    def may_write_company(self, company):
        """Say whether the unit that entered a company is one the user may import for."""
        return company.entered_for_id in self.unit_by_id

    def may_write(self, project):
        """Say whether the unit that introduced a project is one the user may import for."""
        return self.introducers.get(project.pk) in self.unit_by_id
