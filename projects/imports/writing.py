"""Writing the plans of a sheet in bulk, in the caller's transaction: records, ledger, trail."""

import json
from collections import defaultdict

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import ledger, periods
from projects import counting
from projects.imports.lookups import chunks
from projects.imports.plans import text_of
from projects.imports.table_rows import tagged
from projects.models import Company, Contact, Credit, Duty, ImportRow, Milestone, Problem, Project, Trip, Visit
from projects.stages import furthest
from units import audit
from units.search import refreshed

BATCH = 2000  # sources a posting, rows a query
UPDATED = 500  # rows of one UPDATE … CASE
DERIVING = {"sector", "company", "outside"}  # what of a project its facts count by
ORDER = (Company, Contact, Project, Duty, Milestone, Visit, Trip, Problem)  # what is written before what refers to it
VERBS = {  # what the trail calls the making of a record, and the change of a field, where they go by another name
    Trip: ("filed", {"ended_at": "ended"}),
    Problem: ("created", {"done_on": "settled"}),
}


class Writer:
    """Writes the parts of plans; tell(done, total) says how far it is."""

    def __init__(self, batch, user, look, tell):
        self.batch, self.user, self.look, self.tell = batch, user, look, tell
        self.now = timezone.now()
        self.trail = []
        self.steps, self.done = len(ORDER) + 3, 0

    def write(self, plans):
        """Write everything the plans make or change; each plan's row keeps what undoing it needs."""
        parts = defaultdict(list)
        for plan in plans:
            for part in plan.parts:
                parts[type(part.record)].append(part)
        for model in ORDER:
            self._save(model, parts[model])
            if model is Project:
                self._share(parts[Project])
            self._step()
        self._tag(plans)
        projects = self._settle_stages(parts)
        self._step()
        self._post(parts, projects)
        self._step()
        audit.record_many(self.trail)
        self._keep_undo(plans)
        self._step()

    def _step(self):
        self.done += 1
        self.tell(self.done, self.steps)

    # --- records ---------------------------------------------------------------------------------

    def _save(self, model, parts):
        fresh = [part for part in parts if part.is_new]
        changed = [part for part in parts if not part.is_new]
        name, (made, turned) = model._meta.model_name, VERBS.get(model, ("created", {}))
        model._base_manager.bulk_create([part.record for part in fresh], batch_size=BATCH)
        reason = _("导入 %s") % self.batch.receipt
        if model is Contact:
            self._tell_contacts(fresh, changed, reason)
            self._update(model, changed)
            return
        for part in fresh:
            changes = audit.difference({}, audit.snapshot(part.record) | getattr(part.record, "told", {}))
            self.trail.append(audit.entry(self.user, f"{name}.{made}", part.record, changes=changes, reason=reason))
        self._update(model, changed)
        for part in changed:
            verb = next((word for key, word in turned.items() if key in part.before), "changed")
            self.trail.append(
                audit.entry(self.user, f"{name}.{verb}", part.record, changes=changes_of(part), reason=reason)
            )

    def _tell_contacts(self, fresh, changed, reason):
        """Tell contacts with their company; that of a company that is new has told them already."""
        for part in fresh:
            company, told = part.record.company, audit.snapshot(part.record)
            if not hasattr(company, "told"):
                changes = audit.difference({}, {key: value for key, value in told.items() if key != "company"})
                self.trail.append(
                    audit.entry(self.user, "company.contact_added", company, changes=changes, reason=reason)
                )
        for part in changed:
            company, changes = part.record.company, changes_of(part)
            self.trail.append(
                audit.entry(self.user, "company.contact_changed", company, changes=changes, reason=reason)
            )

    def _update(self, model, parts):
        """Save what changed; rows with the same fields go together."""
        groups = defaultdict(list)
        names = {row.name for row in model._meta.concrete_fields}
        for part in parts:
            fields = refreshed(part.record, part.before)
            if "version" in names:
                part.record.version += 1
                fields.add("version")
            if "updated_at" in names:
                part.record.updated_at = self.now
                fields.add("updated_at")
            groups[tuple(sorted(fields))].append(part.record)
        for fields, records in groups.items():
            model._base_manager.bulk_update(records, fields, batch_size=UPDATED)

    def _share(self, parts):
        """Give each new project to the unit that introduced it."""
        credits = [
            Credit(project=part.record, unit=part.record.introducing, share=counting.WHOLE)
            for part in parts
            if part.is_new
        ]
        Credit.objects.bulk_create(credits, batch_size=BATCH)

    def _tag(self, plans):
        through = Project.tags.through
        rows = [
            through(project_id=plan.record.pk, tag_id=tag)
            for plan in plans
            if plan.tags
            for tag in set(plan.tags[1]) - set(plan.tags[0])
        ]
        through.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)

    # --- what follows from them ------------------------------------------------------------------

    def _settle_stages(self, parts):
        """Put every project that got a milestone or a visit on the stage it leads to; return their ids."""
        ids = {part.record.project_id for part in parts[Milestone]}
        ids |= {part.record.project_id for part in parts[Visit] if part.record.project_id}
        ids |= {
            part.before["project"].pk
            for part in parts[Visit]
            if part.before and part.before.get("project") is not None
        }
        settle_stages(ids, self.now)
        return ids

    def _post(self, parts, projects):
        rules = counting.Rules()
        milestones = {part.record.pk for part in parts[Milestone]}
        visits = {part.record.pk for part in parts[Visit]}
        derived = {part.record.pk for part in parts[Project] if part.before and DERIVING & set(part.before)}
        facts_of_projects(derived, milestones, visits)
        facts_of_companies(
            {part.record.pk for part in parts[Company] if part.before and "origin" in part.before}, milestones, visits
        )
        trips = {part.record.pk for part in parts[Trip]}
        post({Milestone: milestones, Visit: visits, Trip: trips}, rules)

    def _keep_undo(self, plans):
        rows = []
        for plan in plans:
            if plan.row is None or not (plan.parts or plan.tags):
                continue
            plan.row.undo = json.dumps(
                {"parts": [undo_of(part) for part in plan.parts], "tags": plan.tags}, default=tagged
            )
            plan.row.record_id = plan.record.pk
            rows.append(plan.row)
        ImportRow.objects.bulk_update(rows, ["undo", "record_id"], batch_size=UPDATED)


def facts_of_projects(ids, milestones, visits):
    """Add the milestones and visits of some projects, which count by what the projects are."""
    for part in chunks(ids):
        milestones |= set(Milestone.objects.filter(project__in=part).values_list("pk", flat=True))
        visits |= set(Visit.objects.filter(project__in=part).values_list("pk", flat=True))


def facts_of_companies(ids, milestones, visits):
    """Add the milestones and visits of some companies, which count by where they are from."""
    for part in chunks(ids):
        milestones |= set(Milestone.objects.filter(project__company__in=part).values_list("pk", flat=True))
        visits |= set(Visit.objects.filter(company__in=part).values_list("pk", flat=True))


def settle_stages(ids, now):
    """Put locked projects on the furthest stage that their live milestones and visits lead to, a batch at a time."""
    ids = sorted(ids)
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        kinds = defaultdict(set)
        for pk, kind in Milestone.objects.live().done().filter(project__in=part).values_list("project", "kind"):
            kinds[pk].add(kind)
        visited = set(Visit.objects.live().filter(project__in=part).order_by().values_list("project", flat=True))
        projects = list(Project.objects.filter(pk__in=part).only("stage", "terminated"))
        for project in projects:
            project.stage = furthest(kinds[project.pk], project.pk in visited)
            project.terminated = "termination" in kinds[project.pk]
            project.updated_at = now
        Project.objects.bulk_update(projects, ["stage", "terminated", "updated_at"], batch_size=UPDATED)


def post(facts, rules):
    """Derive the entries of some facts {model: ids} anew and post what differs, a batch at a time.

    All their months are locked first and in order, so that two imports never wait for each other.
    """
    batches = []
    for model, found in facts.items():
        if model is Milestone:
            for part in chunks(found):
                found = found | counting.dependents(Milestone.objects.filter(pk__in=part), rules)
        ids = sorted(found)
        for start in range(0, len(ids), BATCH):
            part = model.objects.filter(pk__in=ids[start : start + BATCH])
            batches.append((model._meta.label_lower, counting.DERIVE[model](part, rules)))
    periods.lock(
        key.fact_on.replace(day=1) for _kind, wanted in batches for amounts in wanted.values() for key in amounts
    )
    for kind, wanted in batches:
        ledger.post_many(kind, wanted)


def changes_of(part):
    """Return {label: [before, after]} of a changed record, as the trail keeps it."""
    changes = {}
    for name, old in part.before.items():
        row_field = part.record._meta.get_field(name)
        changes[str(row_field.verbose_name)] = [
            text_of(row_field, old),
            text_of(row_field, getattr(part.record, name)),
        ]
    return changes


def undo_of(part):
    """Return what undoing a record needs: which it is, at which version, and what stood there before."""
    record = part.record
    kept = {"model": record._meta.model_name, "id": record.pk, "version": getattr(record, "version", None)}
    kept["before"] = None if part.before is None else {name: _bare(value) for name, value in part.before.items()}
    if isinstance(record, Duty):  # has no version: it is known by whom it names
        kept["unit"] = record.unit_id
    return kept


def _bare(value):
    return value.pk if isinstance(value, models.Model) else value
