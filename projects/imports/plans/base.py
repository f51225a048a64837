"""What the planners of all kinds share: units, companies and projects that a row names, refusals by cell address."""

from copy import copy

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.actions.companies import tidy_name
from projects.days import check_day
from projects.imports.lookups import Lookups
from projects.imports.plans.rows import Part, Plan, faults_of, label_of, refusals, same, text_of
from projects.imports.sheets import address
from projects.models import Company, Contact
from units import audit

COMPANY_FIELDS = ("credit_code", "origin")  # of a company that is new
CONTACT_FIELDS = ("name", "title", "phone")
CONTACT_KEYS = {"name": "contact", "title": "contact_title", "phone": "phone"}


class Planner:
    """Plans the rows of one sheet, one after the other; what earlier rows make, later ones know.

    A kind of import is a subclass: `work_out` says what a row that could be read does, lookups what it may refer to.
    """

    lookups = Lookups
    unknown_unit = gettext_lazy("没有叫“%s”的单位，或不归您填报")

    def __init__(self, batch, user, look, today):
        self.batch, self.user, self.look, self.today = batch, user, look, today
        self.places = {key: place for place, key in batch.columns.items()}
        self.fresh_companies, self.taken = {}, {}
        self.used = {}  # standing record → the row that took it
        self.claimed = set()
        self.claims = None

    def plan(self, number, values, reasons, notes):
        """Return the Plan of one row; what could not be read already refuses it."""
        row = Plan(number, values, reasons=list(reasons), notes=list(notes))
        row.title = self.title_of(values)
        if not row.reasons:
            self.work_out(row)
        if row.reasons:
            row.parts, row.changes, row.tags, row.record = [], [], None, None
        else:
            self._keep(row)
        return row

    def title_of(self, values):
        """Return what a row is called before its record is found."""
        return values.get("company") or ""

    def work_out(self, row):
        """Say what a row does: its record and parts, else why it is refused."""
        raise NotImplementedError

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
        for key in filter(None, (row.key, *row.also)):
            self.taken[key] = row.number
        if row.matched is not None:
            self.used[row.matched] = row.number

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
        if not self._refused_by(row, key, check_day, day) and day > self.today:
            self._refuse(row, key, _("日期不能晚于今天；还没有发生的请填承诺日期"))
        return day

    def _refused_by(self, row, key, rule, *values):
        """Refuse a row where a rule refuses some values; say whether it did."""
        errors = list(refusals(rule, *values))
        for error in errors:
            self._refuse(row, key, "；".join(error.messages))
        return bool(errors)

    def _check(self, row, rule, *values, keys=None, **named):
        """Refuse a row by what a rule of the actions says; keys is {field: key of its column} where they differ.

        What is no field's is said of the record's number.
        """
        keys = {NON_FIELD_ERRORS: "number", **(keys or {})}
        for error in refusals(rule, *values, **named):
            for name, whys in error.update_error_dict({}).items():
                for why in ValidationError(whys).messages:
                    self._refuse(row, keys.get(name, name), why)

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
                else self.unknown_unit % name,
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
                 "phone": self._phone(row)}  # fmt: skip
        if not facts["name"] and not facts["phone"]:
            return
        row.contact = Contact(company=company, **{**facts, "name": facts["name"] or _("联系人")})
        for name, why in faults_of(row.contact, CONTACT_FIELDS):
            self._refuse(row, CONTACT_KEYS[name], why)
        company.told = {key: value for key, value in audit.snapshot(row.contact).items() if key != "company"}

    def _phone(self, row):
        """Return the phone number that a row gives; one whose middle is hidden, as in our lists, is none."""
        phone = row.values.get("phone", "")
        if "*" not in phone:
            return phone
        self._note(row, "phone", _("号码中间几位已隐去，未写入"))
        return ""

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

    def _project_of(self, row):
        """Return the project that a row is about; its investor tells those of one name apart."""
        name, company = tidy_name(row.values.get("company", "")), None
        if name:
            company = self.look.by_name.get(name) or next(iter(self.look.by_alias(name)), None)
            if company is None:
                self._refuse(row, "company", _("台账中没有这家企业"))
                return None
        return self._named_project(row, company)

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

    def _take(self, row, record):
        """Let a row have the record whose number it gives; refuse one that a row above has."""
        if record.pk in self.used:
            self._refuse(row, "number", _("表中另有一行用了这个编号"))
        row.matched = record.pk

    def _known(self, row, key, standing, facts, told):
        """Return the standing record that a row without a number means; refuse what a row above means."""
        free = [record for record in standing if record.pk not in self.used]
        first = self.taken.get(row.key) or (self.used[standing[0].pk] if standing and not free else None)
        if first:
            self._refuse(row, key, told % first)
        return self._taken(row, free, facts)

    def _taken(self, row, same, facts):
        """Return the record that a row stands for among those alike, the one that says the same first."""
        if not same:
            return None
        said = facts.items()
        found = next((fact for fact in same if all(getattr(fact, name) == value for name, value in said)), same[0])
        row.matched = found.pk
        return found
