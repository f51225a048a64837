"""What each row of a sheet would do to the ledger: worked out in memory, by the same rules as the forms."""

import json
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from campaigns.actions.figures import refuse_settled
from campaigns.numbers import ExactField, plain
from projects.actions.companies import tidy_name
from projects.actions.milestones import blocked_by
from projects.actions.rates import settle_amount
from projects.imports.sheets import address
from projects.models import Company, Contact, Currency, Duty, ImportBatch, ImportRow, Milestone, Project, Tag, Visit
from projects.stages import Kind
from units import audit

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)  # a day outside is a slip of the pen, as in forms
Outcome = ImportRow.Outcome
ONCE_KINDS = (
    Kind.LEAD, Kind.INTENT, Kind.CONTRACT, Kind.FILING, Kind.REGISTRATION, Kind.GROUNDBREAKING, Kind.COMPLETION,
    Kind.PRODUCTION,
)  # fmt: skip
PROJECT_FIELDS = tuple(
    row.name
    for row in Project._meta.concrete_fields
    if row.editable and not row.primary_key and not row.is_relation and not getattr(row, "auto_now", False)
    and not getattr(row, "auto_now_add", False)
)  # fmt: skip
COMPANY_FIELDS = ("credit_code", "origin")  # of a company that is new
FOLLOWS = ("rate", "rate_row", "amount_cny", "recorded_by")  # of a milestone whose amount changes
FUND_FIELDS = ("due_on", "promised_amount", "in_cash", "form", "nature", "note")
VISIT_FIELDS = ("place", "heads", "led_by_top", "note")


@dataclass(slots=True)
class Part:
    """One record that a row makes or changes: before holds {field: value} of what changes, None for a new one."""

    record: models.Model
    before: dict | None = None

    @property
    def is_new(self):
        """Whether the record is made by the row."""
        return self.before is None


@dataclass(slots=True)
class Plan:
    """What one row does: its parts in the order of writing, and what a page tells of it."""

    number: int
    values: dict
    title: str = ""
    parts: list = field(default_factory=list)
    changes: list = field(default_factory=list)  # [label, old, new]
    reasons: list = field(default_factory=list)  # [cell address, why it is refused]
    notes: list = field(default_factory=list)  # [cell address, what was not taken]
    record: models.Model | None = None
    tags: tuple | None = None  # (ids before, ids after)
    company: Company | None = None  # whom it names
    contact: Contact | None = None  # who speaks for a company it makes
    key: tuple | None = None  # what no second row may name
    row: ImportRow | None = None  # where it is kept
    matched: int | None = None  # the standing record that no second row may take

    @property
    def outcome(self):
        """What becomes of the row."""
        if self.reasons:
            return Outcome.REFUSED
        if self.record is not None and self.record.pk is None:
            return Outcome.NEW
        return Outcome.CHANGED if self.parts or self.tags else Outcome.UNCHANGED

    @property
    def told(self):
        """Return the JSON that a page shows, by which a changed record shows before it is written."""
        return json.dumps(
            {"title": self.title, "changes": self.changes, "reasons": self.reasons, "notes": self.notes},
            ensure_ascii=False,
        )


@cache
def label_of(model, name):
    """Return what a field of a model is called."""
    return str(model._meta.get_field(name).verbose_name)


@cache
def labels_of(model, name):
    """Return {value: label} of the choices of a field."""
    return {value: str(label) for value, label in model._meta.get_field(name).flatchoices}


def text_of(row_field, value):
    """Return a field's value as the trail and the pages tell it."""
    if row_field.choices:
        return labels_of(row_field.model, row_field.name).get(value, value or "")
    return audit.text_of(value)


def faults_of(record, names):
    """Yield (field name, why) of values that the model's own rules refuse; no query."""
    for name in names:
        row_field, value = record._meta.get_field(name), getattr(record, name)
        if isinstance(value, str) and row_field.max_length and len(value) > row_field.max_length:
            yield name, _("“%(label)s”最多 %(most)d 字，这里有 %(n)d 字") % {
                "label": row_field.verbose_name, "most": row_field.max_length, "n": len(value)
            }  # fmt: skip
        elif isinstance(row_field, ExactField) and value is not None and value < 0:
            yield name, _("“%s”不能为负") % row_field.verbose_name
        elif name == "local_share" and value is not None and value > 100:
            yield name, _("本地投资占比须在 0 到 100 之间")


class Planner:
    """Plans the rows of one sheet, one after the other; what earlier rows make, later ones know."""

    def __init__(self, batch, user, look, today):
        self.batch, self.user, self.look, self.today = batch, user, look, today
        self.places = {key: place for place, key in batch.columns.items()}
        self.fresh_companies, self.taken = {}, {}
        self.kinds = [
            (kind.value, f"{kind}_on", f"{kind}_amount", str(kind.label))
            for kind in ONCE_KINDS
            if {f"{kind}_on", f"{kind}_amount"} & set(self.places)
        ]
        self.used = set()
        self.claimed = set()
        self.tags = self.claims = None

    def plan(self, number, values, reasons, notes):
        """Return the Plan of one row; what could not be read already refuses it."""
        row = Plan(number, values, reasons=list(reasons), notes=list(notes))
        {
            ImportBatch.Kind.PROJECT: self._project,
            ImportBatch.Kind.VISIT: self._visit,
            ImportBatch.Kind.INSTALMENT: self._instalment,
        }[self.batch.kind](row)
        if row.reasons:
            row.parts, row.changes, row.tags, row.record = [], [], None, None
        else:
            self._keep(row)
        return row

    def _keep(self, row):
        """Let later rows know what a row that is taken makes; a refused row leaves no trace."""
        if row.company is not None and row.company.pk is None:
            self.fresh_companies[row.company.name] = row.company
            if id(row.company) not in self.claimed:
                self.claimed.add(id(row.company))
                row.parts.insert(0, Part(row.company))
                if row.contact is not None:
                    row.parts.insert(1, Part(row.contact))
                self._say_new(row)
        if row.key is not None:
            self.taken[row.key] = row.number
        if row.matched is not None:
            self.used.add(row.matched)

    # --- what the kinds share --------------------------------------------------------------------

    def _say_new(self, row):
        """Say that a company is entered, and which one it is likely to be."""
        alike = self.look.alike(row.company.name)
        said = _("新登记企业“%s”") % row.company
        self._note(row, "company", said + (_("；已有“%s”，请核对是不是同一家") % alike if alike else ""))

    def _say_claimed(self, row, unit):
        """Say that another unit claimed the company of a new record first, and since when."""
        if self.claims is None:
            self.claims = self.look.claims(self.today)
        others = [claim for claim in self.claims.get(row.company.pk, ()) if claim.unit_id != unit.pk]
        if others:
            self._note(row, "company", _("该企业已有其他单位首报首谈（%s 起）") % others[0].on.isoformat())

    def _at(self, row, key):
        place = self.places.get(key)
        return address(row.number, place) if place is not None else _("第 %d 行") % row.number

    def _refuse(self, row, key, why):
        row.reasons.append([self._at(row, key), str(why)])

    def _note(self, row, key, what):
        row.notes.append([self._at(row, key), str(what)])

    def _day(self, row, key):
        """Return a day that happened; refuses one to come and one nobody means."""
        day = row.values.get(key)
        if day is None:
            return None
        if not FIRST <= day <= LAST:
            self._refuse(row, key, _("日期须在 2000 年至 2100 年之间"))
        elif day > self.today:
            self._refuse(row, key, _("日期不能晚于今天；还没有发生的请填承诺日期"))
        return day

    def _unit(self, row):
        """Return the unit that a row names, else that of the import."""
        name = row.values.get("unit")
        if not name:
            return self.batch.unit
        found = self.look.units.get(name, ())
        if len(found) > 1:
            found = [unit for unit in found if unit.path.startswith(self.batch.unit.path)] or found
        if len(found) != 1:
            self._refuse(
                row, "unit",
                _("有几个单位都叫“%s”，请在该单位名下导入") % name if found
                else _("没有叫“%s”的单位，或不归您填报") % name,
            )  # fmt: skip
            return None
        return found[0]

    def _company(self, row, unit):
        """Return the company by credit code, name, or a short or former name; a new one where it is not known."""
        code, name = row.values.get("credit_code", ""), tidy_name(row.values.get("company", ""))
        known = self.look.by_code.get(code) if code else None
        named = self.look.by_name.get(name)
        if known is None and named is None and name and (aliased := self.look.by_alias(name)):
            if len(aliased) > 1:
                self._refuse(row, "company", _("有几家企业都用过“%s”这个名称，请填全称") % name)
                return None
            named = aliased[0]
        if known and named and known.pk != named.pk:
            self._refuse(
                row, "credit_code",
                _("这个信用代码是“%(known)s”的，不是“%(named)s”的") % {"known": known, "named": named},
            )  # fmt: skip
            return None
        if company := known or named:
            self._compare_company(row, company)
            row.company = company
            return company
        if not name:
            self._refuse(row, "company", _("没有填企业名称"))
            return None
        return self._fresh_company(row, name, code, unit)

    def _compare_company(self, row, company):
        """Note what the sheet says of a company otherwise than the ledger; a company is changed on its own page."""
        for name in ("credit_code", "origin"):
            said = row.values.get(name)
            if said and said != getattr(company, name):
                told = {"company": company, "label": label_of(Company, name)}
                self._note(row, name, _("企业“%(company)s”的%(label)s与台账不同，未改；请到企业页核对") % told)

    def _fresh_company(self, row, name, code, unit):
        company = self.fresh_companies.get(name)
        if company is None:
            facts = {key: row.values[key] for key in COMPANY_FIELDS if row.values.get(key)}
            company = Company(name=name, entered_for=unit or self.batch.unit, **facts)
            for key, why in faults_of(company, ("name", *COMPANY_FIELDS)):
                self._refuse(row, "company" if key == "name" else key, why)
            if code and code in {other.credit_code for other in self.fresh_companies.values()}:
                self._refuse(row, "credit_code", _("表中另有一家企业用了这个信用代码"))
        elif code and company.credit_code != code:
            self._refuse(row, "credit_code", _("与表中前面一行同一企业的信用代码不同"))
        row.company = company
        self._contact(row, company)
        return company

    def _contact(self, row, company):
        facts = {"name": row.values.get("contact", ""), "title": row.values.get("contact_title", ""),
                 "phone": row.values.get("phone", "")}  # fmt: skip
        if not facts["name"] and not facts["phone"]:
            return
        row.contact = Contact(company=company, **{**facts, "name": facts["name"] or _("联系人")})
        for name, why in faults_of(row.contact, ("name", "title", "phone")):
            self._refuse(row, {"name": "contact", "title": "contact_title"}.get(name, name), why)
        company.told = {key: value for key, value in audit.snapshot(row.contact).items() if key != "company"}

    def _named_project(self, row, company):
        """Return the project that a row names by number, or by name and investor, among those one may see."""
        code, name = row.values.get("project_code"), row.values.get("project")
        if code:
            found = [self.look.projects[code]] if code in self.look.seen else []
        else:
            found = [project for project in self.look.named.get(name, ()) if project.pk in self.look.seen]
            if company is not None:
                found = [project for project in found if project.company_id == company.pk]
        if len(found) == 1:
            return found[0]
        key = "project_code" if code else "project"
        if not code and not name:
            self._refuse(row, "project", _("没有填项目名称"))
        elif found:
            self._refuse(
                row, key, _("有 %(n)d 个项目叫“%(name)s”，请填投资方或编号") % {"n": len(found), "name": name}
            )
        else:
            self._refuse(row, key, _("台账中没有这个项目，请先登记或导入项目"))
        return None

    def _tell_new(self, row, record, names):
        """Tell what was read of a new record; refuse what its own rules refuse."""
        for name in names:
            if name != "name":
                told = text_of(record._meta.get_field(name), getattr(record, name))
                row.changes.append([label_of(record._meta.model, name), "", told])
        for name, why in faults_of(record, names):
            self._refuse(row, name, why)

    def _set(self, row, part_fields, record, values, label="", reason_key=lambda name: name):
        """Write differing values into a copy of a record; return (copy, {field: value before})."""
        before = {
            name: getattr(record, name)
            for name in part_fields
            if (said := values.get(name)) is not None and said != "" and not same(getattr(record, name), said)
        }
        if not before:
            return record, before
        fresh = copy(record) if record.pk else record
        for name, old in before.items():
            setattr(fresh, name, values[name])
            row_field = record._meta.get_field(name)
            told = label + label_of(record._meta.model, name)
            row.changes.append([told, text_of(row_field, old), text_of(row_field, values[name])])
        for name, why in faults_of(fresh, before):
            self._refuse(row, reason_key(name), why)
        return fresh, before

    # --- project ledger --------------------------------------------------------------------------

    def _project(self, row):
        values = row.values
        row.title = values.get("name") or values.get("company") or ""
        if row.reasons:
            return
        project = self._known_project(row)
        if row.reasons:
            return
        if project is None:
            project = self._new_project(row)
        else:
            project = self._changed_project(row, project)
        if project is None:
            return
        row.record, row.title = project, project.name
        row.key = (project.pk,) if project.pk else (project.company.name, project.name)
        if first := self.taken.get(row.key):
            self._refuse(row, "name", _("与第 %d 行是同一个项目") % first)
            return
        self._milestones(row, project)
        self._lead_unit(row, project)
        self._tags(row, project)
        self._compare(row, project)
        self._check_owner(row, project)

    def _known_project(self, row):
        values = row.values
        if code := values.get("project_code"):
            if code not in self.look.seen:
                self._refuse(row, "project_code", _("没有这个编号的项目，或不归您查看"))
                return None
            return self.look.projects[code]
        if not values.get("name"):
            self._refuse(row, "name", _("没有填项目名称"))
        if not values.get("company") and not values.get("credit_code"):
            self._refuse(row, "company", _("没有填投资方"))
        if row.reasons:
            return None
        company = self._company(row, next(iter(self.look.units.get(values.get("unit"), ())), None))
        if company is None or row.reasons:
            return None
        named = self.look.named.get(values["name"], ())
        known = next((project for project in named if project.company_id == company.pk and company.pk), None)
        if known is not None and known.pk not in self.look.seen:
            self._refuse(row, "name", _("该企业已有同名项目，由其他单位登记"))
        return known

    def _new_project(self, row):
        values = row.values
        unit = self._unit(row)
        if unit is None:
            return None
        project = self.look.make(Project, name=values["name"].strip(), company=row.company)
        said = [name for name in PROJECT_FIELDS if values.get(name) not in (None, "")]
        for name in said:
            setattr(project, name, values[name])
        self._tell_new(row, project, said)
        project.introducing = unit
        self._say_claimed(row, unit)
        row.parts.append(Part(project))
        return project

    def _changed_project(self, row, project):
        values = row.values
        fresh, before = self._set(row, PROJECT_FIELDS, project, values)
        if values.get("project_code") and values.get("company"):
            company = self._company(row, self.batch.unit)
            if company is None:
                return None
            if company.pk != project.company_id:
                before["company"], fresh.company = project.company, company
                row.changes.append([_("投资方"), str(project.company), str(company)])
        if before:
            row.parts.append(Part(fresh, before))
        unit, introducer = values.get("unit"), self.look.introducer_names.get(project.pk, "")
        if unit and unit != introducer and project.pk in self.look.seen:
            self._note(row, "unit", _("招引单位在台账中为“%s”，未改；归属由编报员设定") % introducer)
        return fresh

    def _check_owner(self, row, project):
        """Refuse to change a project that another unit introduced."""
        if project.pk and (row.parts or row.tags) and not self.look.may_write(project):
            self._refuse(row, "name", _("该项目不是您单位招引的，不能改"))

    def _milestones(self, row, project):
        """Plan the milestones that the date columns speak of, by the rules of the stage table."""
        values = row.values
        dated = [kind for kind in self.kinds if kind[1] in values or kind[2] in values]
        if not dated:
            return
        done = self.look.kinds_done(project)
        done.update(kind for kind, on_key, _amount, _label in dated if on_key in values)
        for kind, on_key, amount_key, label in dated:
            on, money = self._day(row, on_key), values.get(amount_key)
            known = self.look.once(project, kind) if project.pk else None
            if known is None and on is None:
                self._refuse(row, amount_key, _("填了金额，还须填「%s」的日期") % label)
                continue
            made = {"project": project, "kind": kind, "recorded_by": self.user}
            milestone = known or self.look.make(Milestone, **made)
            milestone.project = project
            facts = {"on": on}
            if money is not None and not in_yuan(known, money):
                facts |= {"amount": money[0], "currency": money[1]}
            self._milestone(row, milestone, ("on", "amount", "currency"), facts, done, label)

    def _milestone(self, row, milestone, names, values, done, label):
        """Plan a milestone that is new or has changed; done are the kinds that happened once the row is written."""
        kind = milestone.kind
        keys = {"on": f"{kind}_on", "amount": f"{kind}_amount", "currency": f"{kind}_amount", "rate": "rate"}
        if self.batch.kind == ImportBatch.Kind.INSTALMENT:
            keys = {name: name for name in names}
        is_new = milestone.pk is None
        fresh, before = self._set(row, names, milestone, values, label + "·", lambda name: keys.get(name, name))
        if not is_new and not before:
            return milestone
        if not is_new:
            fresh.recorded_by = self.user
        held = None if is_new else (milestone.currency, milestone.on, milestone.rate_row, milestone.rate)
        if "rate" in before:  # the workbook names one
            fresh.rate_row = fresh.rate_row_id = None
        self._settle(row, fresh, held, keys)
        if "due_on" in before and fresh.pk in self.look.extended:
            self._refuse(row, "due_on", _("这项承诺已有延期记录，改期请用「延期」"))
        try:
            if not is_new:
                refuse_settled(milestone)
        except ValidationError as error:
            self._refuse(row, keys["on"], "；".join(error.messages))
        if fresh.amount is not None and fresh.amount <= 0:
            self._refuse(row, keys["amount"], _("金额须大于 0"))
        others = done - ({kind} if kind in ONCE_KINDS else set())
        for why in blocked_by(fresh, others, known=lambda: False, checks=False):
            self._refuse(row, keys["on"], why)
        row.parts.append(Part(fresh, None if is_new else before | moved(milestone, fresh, FOLLOWS)))
        return fresh

    def _settle(self, row, milestone, held, keys):
        """Convert the amount at the rate that was typed, or at the table's of its day."""
        try:
            settle_amount(milestone, held, self.look.rate)
        except ValidationError as error:
            self._refuse(row, keys["amount"], "；".join(error.messages))

    def _lead_unit(self, row, project):
        """Plan who leads the project, which is no share of it."""
        name = row.values.get("lead_unit")
        if not name:
            return
        held = self.look.duties.get(project.pk) if project.pk else None
        if held is not None and held.unit is not None and held.unit.name == name:
            return
        found = self.look.all_units.get(name, ())
        if len(found) != 1:
            self._note(row, "lead_unit", _("没有叫“%s”的单位，牵头单位未写入") % name)
            return
        duty = copy(held) if held else Duty(project=project, kind=Duty.Kind.LEAD)
        old, duty.unit = held and held.unit, found[0]
        row.changes.append([_("牵头单位"), str(old or ""), name])
        row.parts.append(Part(duty, {"unit": old} if held else None))

    def _tags(self, row, project):
        """Plan the labels: those named are added, none is taken away."""
        names = row.values.get("tags")
        if not names:
            return
        if self.tags is None:
            self.tags = {}
            for tag in Tag.objects.order_by("pk"):
                self.tags.setdefault(tag.name, tag)
                self.tags[f"{tag.group}·{tag.name}"] = tag
        held = self.look.tags.get(project.pk, set()) if project.pk else set()
        wanted = set()
        for name in names:
            if tag := self.tags.get(name):
                wanted.add(tag.pk)
            else:
                self._note(row, "tags", _("没有标签“%s”，未加") % name)
        if wanted - held:
            row.tags = (sorted(held), sorted(held | wanted))
            told = {tag.pk: str(tag) for tag in self.tags.values()}
            row.changes.append(
                [_("标签"), "、".join(told[pk] for pk in sorted(held)), "、".join(told[pk] for pk in row.tags[1])]
            )

    def _compare(self, row, project):
        """Note where columns that follow from facts say something else than the ledger."""
        said = row.values.get("arrived")
        if said is not None:
            facts = self.look.fundings(project) if project.pk else ()
            held = sum((fact.amount_cny for fact in facts if fact.on and fact.amount_cny), Decimal(0))
            if said[0] != held or said[1] != Currency.CNY:
                self._note(row, "arrived", _("台账中累计到位 %s 万元；到资请用“到资明细”导入") % plain(held))
        if (landing := row.values.get("landing_unit")) and landing not in self.look.landing.get(project.pk, ()):
            self._note(row, "landing_unit", _("落地单位“%s”未写入；归属由编报员设定") % landing)

    # --- instalments -----------------------------------------------------------------------------

    def _instalment(self, row):
        values = row.values
        row.title = values.get("project") or ""
        if values.get("kind") not in (None, "", Kind.FUNDING.label):
            self._refuse(row, "kind", _("只导入“%s”") % Kind.FUNDING.label)
        if row.reasons:
            return
        held = self._numbered_fact(row) if values.get("number") else None
        project = held.project if held else self._paid_project(row) if not row.reasons else None
        if project is None or row.reasons:
            return
        row.title = project.name
        facts = self._fact_values(row, held)
        if row.reasons:
            return
        self._fact(row, project, facts, held)
        if row.parts and not self.look.may_write(project):
            self._refuse(row, "project", _("该项目不是您单位招引的，不能改"))

    def _numbered_fact(self, row):
        """Return the instalment of the number that the row gives."""
        number = row.values["number"]
        fact = self.look.facts.get(number)
        if fact is None or fact.project_id not in self.look.seen:
            self._refuse(row, "number", _("没有这个编号的到资记录，或已撤回"))
            return None
        fact.project = self.look.projects[fact.project_id]
        if (row.values.get("project") or fact.project.name) != fact.project.name:
            self._refuse(row, "project", _("这个编号的到资记录属于项目“%s”") % fact.project)
        if fact.pk in self.used:
            self._refuse(row, "number", _("表中另有一行用了这个编号"))
        row.matched = fact.pk
        return fact

    def _paid_project(self, row):
        name, company = tidy_name(row.values.get("company", "")), None
        if name:
            company = self.look.by_name.get(name) or next(iter(self.look.by_alias(name)), None)
            if company is None:
                self._refuse(row, "company", _("台账中没有这家企业"))
                return None
        return self._named_project(row, company)

    def _fact_values(self, row, held):
        """Return what the row says of the money, by field."""
        values, on = row.values, self._day(row, "on")
        if on is None and held is not None:
            on = held.on
        facts = {name: values[name] for name in FUND_FIELDS if values.get(name) not in (None, "")}
        facts["on"] = on
        if money := values.get("amount"):
            currency = values.get("currency") or money[1]
            if money[1] not in (Currency.CNY, currency):
                self._refuse(row, "amount", _("金额里写的币种与“币种”一列不同"))
            facts |= {"amount": money[0], "currency": currency}
        if values.get("rate"):
            facts["rate"] = values["rate"]
        if on is None and facts.get("due_on") is None and held is None:
            self._refuse(row, "on", _("没有填到账日期；还没有到账的请填承诺到位日期"))
        return facts

    def _fact(self, row, project, facts, held):
        """Match an instalment with one of the same day and sum that no row took; else it is new."""
        on, due = facts["on"], facts.get("due_on")
        same_day = [
            fact for fact in self.look.fundings(project)
            if fact.pk not in self.used and fact.on == on
            and (fact.due_on == due if on is None else True)
            and (fact.amount, fact.currency) == (facts.get("amount"), facts.get("currency", Currency.CNY))
        ]  # fmt: skip
        milestone = held or self._taken(row, same_day, facts)
        if milestone is None:
            milestone = self.look.make(Milestone, project=project, kind=Kind.FUNDING.value, recorded_by=self.user)
            others = [fact for fact in self.look.fundings(project) if fact.on == on and on]
            if others:
                held = "、".join(plain(fact.amount_cny or Decimal(0)) for fact in others[:3])
                self._note(row, "on", _("同一天已有到资 %s 万元，这一笔按新的登记") % held)
        names = ("on", "amount", "currency", "rate", *FUND_FIELDS)
        row.record = self._milestone(row, milestone, names, facts, self.look.kinds_done(project), "")

    def _taken(self, row, same, facts):
        """Return the record that a row stands for among those alike, the one that says the same first."""
        if not same:
            return None
        said = facts.items()
        found = next((fact for fact in same if all(getattr(fact, name) == value for name, value in said)), same[0])
        row.matched = found.pk
        return found

    # --- visits ----------------------------------------------------------------------------------

    def _visit(self, row):
        values = row.values
        row.title = values.get("company") or ""
        if row.reasons:
            return
        held = self._numbered_visit(row) if values.get("number") else None
        if row.reasons:
            return
        unit = held.unit if held and not values.get("unit") else self._unit(row)
        on = held.on if held and not values.get("on") else self._day(row, "on")
        if on is None:
            self._refuse(row, "on", _("没有填日期"))
        company = held.company if held and not values.get("company") else self._company(row, unit)
        if row.reasons or company is None:
            return
        row.title = company.name
        if held and (held.company_id, held.unit_id) != (company.pk, unit.pk):
            told = {"unit": held.unit, "company": held.company}
            self._refuse(row, "number", _("这个编号是“%(unit)s”与“%(company)s”的那一次") % told)
        facts = {name: values[name] for name in VISIT_FIELDS if values.get(name) not in (None, "")}
        facts["direction"] = values.get("direction") or (held.direction if held else Visit.Direction.OUTBOUND.value)
        if "heads" in facts and (facts["heads"] != facts["heads"].to_integral_value() or facts["heads"] < 1):
            self._refuse(row, "heads", _("人数须为整数，至少 1 人"))
        project = self._visited_project(row, unit, company, held)
        if not row.reasons:
            self._meeting(row, unit, company, on, project, facts, held)

    def _numbered_visit(self, row):
        """Return the visit of the number that the row gives."""
        visit = self.look.visits.get(row.values["number"])
        if visit is None or visit.unit_id not in self.look.unit_by_id:
            self._refuse(row, "number", _("没有这个编号的走访来访，或不归您填报"))
            return None
        if visit.pk in self.used:
            self._refuse(row, "number", _("表中另有一行用了这个编号"))
        row.matched = visit.pk
        return visit

    def _visited_project(self, row, unit, company, held):
        if held is not None and held.project is not None and row.values.get("project") == held.project.name:
            return held.project
        if not row.values.get("project") and not row.values.get("project_code"):
            return None
        project = self._named_project(row, company)
        if project is None:
            return None
        owners = self.look.credits[project.pk]
        if not any(pk in unit.lineage or path.startswith(unit.path) for pk, path in owners):
            self._refuse(row, "project", _("该项目不归本单位，不能挂在这次走访上"))
        return project

    def _meeting(self, row, unit, company, on, project, facts, held):
        """Match a visit of the same unit, company, day and direction that no row took; else it is new."""
        met = self.look.met.get((unit.pk, company.pk, on, facts["direction"]), ()) if company.pk else ()
        held = held or self._taken(row, [visit for visit in met if visit.pk not in self.used], facts)
        if held is None:
            visit = Visit(unit=unit, company=company, on=on, project=project, recorded_by=self.user, **facts)
            self._tell_new(row, visit, ("on", *facts))
            row.record = visit
            row.parts.append(Part(visit))
            self._say_claimed(row, unit)
            return
        row.record = held
        if held.is_withdrawn:
            self._note(row, "number", _("这次走访来访已撤回，未改"))
            return
        fresh, before = self._set(row, ("on", "direction", *VISIT_FIELDS), held, facts | {"on": on})
        if project is not None and held.project_id != project.pk:
            before["project"], fresh.project = held.project, project
            row.changes.append([_("有关项目"), str(held.project or ""), str(project)])
        row.record = fresh
        if before:
            try:
                refuse_settled(held)
            except ValidationError as error:
                self._refuse(row, "on", "；".join(error.messages))
            fresh.recorded_by = self.user
            row.parts.append(Part(fresh, before | moved(held, fresh, ("recorded_by",))))


def in_yuan(milestone, money):
    """Say whether an amount in yuan is that of a milestone in another currency, as our own lists write it."""
    foreign = milestone is not None and milestone.currency != Currency.CNY and money[1] == Currency.CNY
    return foreign and milestone.amount_cny == money[0]


def same(held, said):
    """Say whether a cell says what is held; a text is read in one line."""
    return held == said or (isinstance(held, str) and isinstance(said, str) and " ".join(held.split()) == said)


def moved(old, new, names):
    """Return {field: old value} of what follows from a change."""
    attributes = [(name, old._meta.get_field(name).attname) for name in names]
    return {name: getattr(old, name) for name, attr in attributes if getattr(old, attr) != getattr(new, attr)}
