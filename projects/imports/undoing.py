"""Taking an import back: what nobody touched since is removed, withdrawn or set back; the rest stays and is said."""

import hashlib
import json
from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import ledger
from projects import counting
from projects.actions.trips import check_met
from projects.imports.lookups import chunks, lock
from projects.imports.plans import Outcome, text_of
from projects.imports.plans.rows import refusals
from projects.imports.table_rows import untagged
from projects.imports.trip_lookups import days_met
from projects.imports.writing import (
    BATCH,
    DERIVING,
    ORDER,
    UPDATED,
    facts_of_companies,
    facts_of_projects,
    post,
    settle_stages,
)
from projects.models import (
    Company,
    Contact,
    Credit,
    Duty,
    ImportBatch,
    ImportRow,
    Milestone,
    Problem,
    Project,
    Trip,
    Visit,
)
from projects.stages import KINDS, Kind
from units import audit
from units.search import refreshed

MODELS = {model._meta.model_name: model for model in ORDER}

RELATED = {  # what the trail names of a record
    "company": ("entered_for",),
    "contact": ("company",),
    "project": ("company",),
    "duty": ("project", "unit"),
    "milestone": ("project", "recorded_by"),
    "visit": ("unit", "company", "project", "recorded_by"),
    "trip": ("unit", "delegation", "recorded_by"),
    "problem": ("unit", "project", "meeting", "recorded_by"),
}


@dataclass(slots=True)
class Step:
    """What becomes of one row of the import: undone, or kept with the reasons why."""

    row: ImportRow
    parts: list
    tags: list | None
    title: str
    reasons: list = field(default_factory=list)

    @property
    def is_undone(self):
        """Whether everything the row wrote can be taken back."""
        return not self.reasons


def digest(steps) -> str:
    """Return what tells one decision from another."""
    told = [(step.row.number, step.reasons) for step in steps]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def plan(batch: ImportBatch, *, lock: bool = False) -> list[Step]:
    """Say of each row that was written whether it can be taken back; with lock=True on locked records."""
    return Planner(batch, lock).plan()


class Planner:
    """Reads what the rows wrote as it stands now, in a few queries."""

    def __init__(self, batch, locking):
        self.steps, self.of_companies = [], batch.kind == ImportBatch.Kind.COMPANY
        for row in batch.rows.exclude(undo="[]").order_by("number"):
            kept = json.loads(row.undo, object_hook=untagged)
            self.steps.append(Step(row, kept["parts"], kept["tags"], json.loads(row.told)["title"]))
        self.ids = defaultdict(set)
        self.fresh = defaultdict(set)
        for step in self.steps:
            for part in step.parts:
                self.ids[part["model"]].add(part["id"])
                if part["before"] is None:
                    self.fresh[part["model"]].add(part["id"])
        self._read(locking)

    def _read(self, locking):
        projects = set(self.ids["project"])
        for part in chunks(self.ids["milestone"]):
            projects.update(Milestone.objects.filter(pk__in=part).values_list("project", flat=True))
        for part in chunks(self.ids["visit"]):
            named = Visit.objects.filter(pk__in=part, project__isnull=False)
            projects.update(named.values_list("project", flat=True))
        if locking:
            visits = set(self.ids["visit"])
            for part in chunks(self.ids["project"]):
                visits.update(Visit.objects.filter(project__in=part).values_list("pk", flat=True))
            for part in chunks(self.ids["company"] - self.fresh["company"]):
                visits.update(Visit.objects.filter(company__in=part).values_list("pk", flat=True))
                projects.update(Project.objects.filter(company__in=part).values_list("pk", flat=True))
            companies = set(self.ids["company"])
            for part in chunks(self.ids["contact"]):
                companies.update(Contact.objects.filter(pk__in=part).values_list("company", flat=True))
            lock(Company, companies)
            lock(Visit, visits)
            lock(Project, projects)
            lock(Trip, self.ids["trip"])
            lock(Problem, self.ids["problem"])
        self.records = {name: {} for name in MODELS}
        for name, model in MODELS.items():
            for part in chunks(self.ids[name]):
                self.records[name] |= model._base_manager.in_bulk(part)
        self.done = defaultdict(dict)
        for part in chunks(projects):
            live = Milestone.objects.live().done().filter(project__in=part)
            for project, pk, kind in live.values_list("project", "pk", "kind"):
                self.done[project][pk] = kind
        told = ("company",) if self.of_companies else ("project", "milestone", "visit", "trip", "problem")
        self.touched = {name: self._references(MODELS[name]) for name in told}

    def _references(self, model):
        """Return {id of a record that is new: names of what others have attached to it since}."""
        found = defaultdict(set)
        for relation in model._meta.get_fields(include_hidden=True):
            other = relation.related_model
            if not relation.auto_created or relation.concrete or relation.many_to_many or other is Credit:
                continue
            owner_model = other._meta.auto_created  # whose many-to-many field a table is, False where it is none's
            if owner_model is model:
                continue
            own = self.fresh[other._meta.model_name] if other._meta.model_name in MODELS else ()
            for part in chunks(self.fresh[model._meta.model_name]):
                rows = other._base_manager.filter(**{f"{relation.field.name}__in": part})
                for pk, owner in rows.values_list("pk", relation.field.attname):
                    if pk not in own:
                        found[owner].add(str((owner_model or other)._meta.verbose_name))
        return found

    def plan(self):
        """Decide row by row; a company that came with another record stays where it is named, and refuses no row."""
        for step in self.steps:
            for part in step.parts:
                if self.of_companies or part["model"] not in ("company", "contact"):
                    step.reasons += self._touched(part)
            if step.tags and step.parts == [] and not Project.objects.filter(pk=step.row.record_id).exists():
                step.reasons.append(_("项目已不存在"))
        self._check_order()
        self._check_trips()
        return self.steps

    def _touched(self, part):
        record = self.records[part["model"]].get(part["id"])
        label = MODELS[part["model"]]._meta.verbose_name
        if record is None:
            return [_("%s已不存在") % label]
        if isinstance(record, Duty):
            return [] if record.unit_id == part["unit"] else [_("牵头单位之后有变动")]
        if getattr(record, "withdrawn_at", None):
            return [_("%s之后已撤回") % label]
        if getattr(record, "is_recognised", False):
            return [_("%s之后已认定") % label]
        if record.version != part["version"]:
            return [_("%s之后有变动") % label]
        attached = self.touched.get(part["model"], {}).get(part["id"]) if part["before"] is None else None
        return (
            [_("%(label)s之后添了%(what)s") % {"label": label, "what": "、".join(sorted(attached))}]
            if attached
            else []
        )

    def _check_order(self):
        """Keep what a milestone that stays was recorded upon."""
        gone = defaultdict(dict)  # project → {milestone: step}
        for step in self.steps:
            for part in step.parts:
                record = self.records["milestone"].get(part["id"]) if part["model"] == "milestone" else None
                vanishes = part["before"] is None or part["before"].get("on", 0) is None
                if record is not None and vanishes and step.is_undone:
                    gone[record.project_id][record.pk] = step
        for project, steps in gone.items():
            stays = {kind for pk, kind in self.done[project].items() if pk not in steps}
            for kind in stays:
                if KINDS[kind].after and not set(KINDS[kind].after) & stays:
                    for pk, step in steps.items():
                        if self.done[project].get(pk) in KINDS[kind].after:
                            step.reasons.append(_("「%s」以它为前提") % Kind(kind).label)

    def _check_trips(self):
        """Keep a changed trip whose former days would leave a visit of it outside."""
        met = days_met(self.ids["trip"])
        for step in self.steps:
            for part in step.parts:
                if part["model"] == "trip" and part["before"] and step.is_undone:
                    trip = copy(self.records["trip"][part["id"]])
                    trip.starts_on = part["before"].get("starts_on", trip.starts_on)
                    trip.ends_on = part["before"].get("ends_on", trip.ends_on)
                    for error in refusals(check_met, trip, met.get(trip.pk, ())):
                        step.reasons += error.messages


class Undoer:
    """Takes back the rows that can be, in bulk; leaves a batch of its own with a receipt."""

    def __init__(self, batch, user, tell):
        self.batch, self.user, self.tell = batch, user, tell
        self.now, self.trail = timezone.now(), []
        self.receipt = f"CX{timezone.localdate():%Y%m%d}-{batch.pk:06d}"
        self.reason = _("撤销导入 %s") % batch.receipt

    def undo(self, steps):
        """Take back what the steps say."""
        undone = [step for step in steps if step.is_undone]
        parts = defaultdict(list)
        for step in reversed(undone):
            for part in reversed(step.parts):
                parts[part["model"]].append(part)
        records = {name: self._load(name, parts[name]) for name in MODELS}
        self.tell(1, 6)
        self._untag(undone)
        self._withdraw(records, parts)
        self.tell(2, 6)
        touched = self._set_back(records, parts)
        self.tell(3, 6)
        self._settle(records, parts, touched)
        self.tell(4, 6)
        self._remove(records, parts)
        self.tell(5, 6)
        self._keep(steps, undone)
        audit.record_many(self.trail)

    def _load(self, name, parts):
        found = {}
        for ids in chunks({part["id"] for part in parts}):
            found |= MODELS[name]._base_manager.select_related(*RELATED[name]).in_bulk(ids)
        return found

    def _tell(self, action, record, changes):
        self.trail.append(audit.entry(self.user, action, record, changes=changes, reason=self.reason))

    def _untag(self, undone):
        through = Project.tags.through
        for step in undone:
            if step.tags:
                added = set(step.tags[1]) - set(step.tags[0])
                through.objects.filter(project=step.row.record_id, tag__in=added).delete()

    def _fresh(self, records, parts, name):
        return [records[name][part["id"]] for part in parts[name] if part["before"] is None]

    def _withdraw(self, records, parts):
        """Withdraw visits and milestones that are new; those of a project that is new go with it."""
        self.removed = {record.pk for record in self._fresh(records, parts, "project")}
        for name in ("visit", "milestone"):
            rows = [
                record
                for record in self._fresh(records, parts, name)
                if name == "visit" or record.project_id not in self.removed
            ]
            for record in rows:
                before = audit.snapshot(record)
                record.withdrawn_at, record.version = self.now, record.version + 1
                changes = audit.difference(before, audit.snapshot(record))
                self._tell(f"{name}.withdrawn", record, changes)
            MODELS[name].objects.bulk_update(rows, ["withdrawn_at", "version"], batch_size=UPDATED)

    def _set_back(self, records, parts):
        """Set changed records back; return the ids of the projects and companies whose facts count otherwise now."""
        derived = {"project": set(), "company": set()}
        for name in MODELS:
            groups = defaultdict(list)
            for part in parts[name]:
                if part["before"] is None:
                    continue
                record, changes = records[name][part["id"]], {}
                for key, old in part["before"].items():
                    row_field = record._meta.get_field(key)
                    new = text_of(row_field, getattr(record, key))
                    setattr(record, row_field.attname, old)
                    changes[str(row_field.verbose_name)] = [new, text_of(row_field, getattr(record, key))]
                fields = refreshed(record, part["before"])
                if name in derived and (DERIVING if name == "project" else {"origin"}) & fields:
                    derived[name].add(record.pk)
                if name != "duty":
                    record.version += 1
                    fields.add("version")
                groups[tuple(sorted(fields))].append(record)
                if name == "contact":
                    self._tell("company.contact_changed", record.company, changes)
                else:
                    self._tell(f"{name}.changed", record, changes)
            for fields, rows in groups.items():
                MODELS[name].objects.bulk_update(rows, fields, batch_size=UPDATED)
        return derived

    def _settle(self, records, parts, derived):
        """Reverse what no longer holds, and put the projects back on their stage."""
        gone = {pk: {} for pk, row in records["milestone"].items() if row.project_id in self.removed}
        trips = {row.pk for row in self._fresh(records, parts, "trip")}
        self.others = counting.dependents(Milestone.objects.filter(pk__in=gone)) - set(gone)
        for kind, removed in (("projects.milestone", gone), ("projects.trip", trips)):
            ids = sorted(removed)
            for start in range(0, len(ids), BATCH):
                ledger.post_many(kind, {pk: {} for pk in ids[start : start + BATCH]})
        milestones, visits = set(records["milestone"]) - set(gone), set(records["visit"])
        facts_of_companies(derived["company"], milestones, visits)
        facts_of_projects(derived["project"], milestones, visits)
        facts = {Milestone: milestones, Visit: visits, Trip: set(records["trip"]) - trips}
        post(facts, counting.Rules())
        projects = {row.project_id for row in records["milestone"].values()} | set(records["project"])
        projects |= {row.project_id for row in records["visit"].values() if row.project_id}
        projects |= {
            part["before"]["project"] for part in parts["visit"] if part["before"] and part["before"].get("project")
        }
        settle_stages(projects - self.removed, self.now)

    def _remove(self, records, parts):
        """Remove duties, problems, trips, projects with milestones, and companies that nothing names any more."""
        gone = {name: self._fresh(records, parts, name) for name in ("duty", "problem", "trip", "project")}
        for name, rows in gone.items():
            for record in rows:
                before = audit.snapshot(record)
                self._tell(f"{name}.removed", record, {label: [text, ""] for label, text in before.values() if text})
        for name in ("duty", "problem", "trip"):
            for part in chunks({record.pk for record in gone[name]}):
                MODELS[name].objects.filter(pk__in=part).delete()
        for part in chunks(self.removed):
            Milestone.objects.filter(project__in=part).delete()
            Project.objects.filter(pk__in=part).delete()
        post({Milestone: self.others}, counting.Rules())  # what counts otherwise without them
        contacts = self._fresh(records, parts, "contact")
        fresh = {row.pk for row in self._fresh(records, parts, "company")}
        added = [row for row in contacts if row.company_id not in fresh]
        for record in added:
            before = audit.snapshot(record)
            changes = {label: [text, ""] for name, (label, text) in before.items() if name != "company" and text}
            self._tell("company.contact_removed", record.company, changes)
        for part in chunks({record.pk for record in added}):
            Contact.objects.filter(pk__in=part).delete()
        own = {row.pk for row in contacts if row.version == 1}
        self._remove_companies(self._fresh(records, parts, "company"), own)

    def _remove_companies(self, companies, contacts):
        """Remove those that nothing names but the contacts they came in with."""
        named = set()
        for part in chunks({company.pk for company in companies}):
            for relation in Company._meta.get_fields(include_hidden=True):
                if relation.auto_created and not relation.concrete and not relation.many_to_many:
                    rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": part})
                    if relation.related_model is Contact:
                        rows = rows.exclude(pk__in=contacts)
                    named.update(rows.values_list(relation.field.attname, flat=True))
        gone = [company for company in companies if company.pk not in named and company.version == 1]
        for company in gone:
            before = audit.snapshot(company)
            self._tell("company.removed", company, {label: [text, ""] for label, text in before.values() if text})
        for part in chunks({company.pk for company in gone}):
            Company.objects.filter(pk__in=part).delete()

    def _keep(self, steps, undone):
        """Leave the undoing as a batch of its own, with its rows and a receipt."""
        batch = ImportBatch.objects.create(
            kind=self.batch.kind, unit=self.batch.unit, file=self.batch.file.name, name=self.batch.name,
            sha256=self.batch.sha256, sheet=self.batch.sheet, outline=self.batch.outline, mapping=self.batch.mapping,
            state=ImportBatch.State.DONE, undoes=self.batch, receipt=self.receipt, changed_count=len(undone),
            refused_count=len(steps) - len(undone), uploaded_by=self.user, done_by=self.user, done_at=self.now,
        )  # fmt: skip
        ImportRow.objects.bulk_create(
            [
                ImportRow(
                    batch=batch,
                    number=step.row.number,
                    outcome=Outcome.UNDONE if step.is_undone else Outcome.KEPT,
                    told=json.dumps(
                        {
                            "title": step.title,
                            "changes": [],
                            "reasons": [["", reason] for reason in step.reasons],
                            "notes": [],
                        },
                        ensure_ascii=False,
                    ),
                    record_id=step.row.record_id,
                )
                for step in steps
            ],
            batch_size=BATCH,
        )
        changes = {
            str(_("回执号")): ["", self.receipt],
            str(_("已撤销")): ["", str(len(undone))],
            str(_("保留")): ["", str(len(steps) - len(undone))],
        }
        self.trail.append(audit.entry(self.user, "import.undone", self.batch, changes=changes))
