"""What a row of a list of companies does: a company and whom one talks to there."""

from django.utils.translation import gettext as _

from projects.actions.companies import tidy_name
from projects.imports.plans.base import CONTACT_FIELDS, CONTACT_KEYS, Planner
from projects.imports.plans.rows import Part, faults_of, label_of, same, text_of
from projects.models import Contact

LISTED_FIELDS = ("name", "credit_code", "origin", "place")  # of a company in a list of companies


class CompanyPlanner(Planner):
    """Plans the rows of a list of companies."""

    def title_of(self, values):
        """Name the company, else its code."""
        return values.get("company") or values.get("credit_code") or ""

    def work_out(self, row):
        """Plan a company that is new or has changed."""
        held = self._held_company(row)
        if row.reasons:
            return
        if held is None:
            self._new_company(row)
        else:
            self._changed_company(row, held)

    def _held_company(self, row):
        """Return the company that a row speaks of, by number, credit code or name; None for a new one."""
        values, company = row.values, None
        if code := values.get("company_code"):
            company = self.look.companies.get(code)
            if company is None or code not in self.look.known_companies:
                self._refuse(row, "company_code", _("没有这个编号的企业，或不归您查看"))
                return None
            if company.merged_into_id:
                self._refuse(row, "company_code", _("这家企业已并入另一家，请按合并后的企业填写"))
                return None
        else:
            name, code = tidy_name(values.get("company", "")), values.get("credit_code", "")
            if not name and not code:
                self._refuse(row, "company", _("没有填企业名称"))
                return None
            if name in self.look.by_name or self.look.by_alias(name) or code in self.look.by_code:
                notes = list(row.notes)
                company = self._company(row, None)
                row.notes = notes  # what differs is written here, not noted
        if company is not None and company.pk not in self.look.known_companies:
            self._refuse(row, "company", _("该企业已由其他单位登记，不归您查看"))
        return company

    def _new_company(self, row):
        values, unit = row.values, self._unit(row)
        name, code = tidy_name(values.get("company", "")), values.get("credit_code", "")
        if not name:
            self._refuse(row, "company", _("没有填企业名称"))
        if row.reasons or not self._names_once(row, ("name", name), ("code", code)):
            return
        company = self._fresh_company(row, name, code, unit)
        company.place = values.get("place", "")
        for _name, why in faults_of(company, ("place",)):
            self._refuse(row, "place", why)
        for record, names in ((company, LISTED_FIELDS[1:]), (row.contact, CONTACT_FIELDS)):
            for name in names:
                if value := getattr(record, name, ""):
                    row.changes.append(
                        [label_of(type(record), name), "", text_of(record._meta.get_field(name), value)]
                    )
        row.record, row.title = company, company.name

    def _changed_company(self, row, company):
        values = row.values
        row.record, row.title = company, company.name
        said = {"name": values.get("company"), **{name: values.get(name) for name in LISTED_FIELDS[1:]}}
        if said["name"] and not same(company.name, said["name"]):
            said["name"] = tidy_name(said["name"])
        if said["name"] and said["name"] != company.name and not values.get("company_code"):
            self._note(row, "company", _("台账中叫“%s”，未改名；改名须带编号") % company)
            said["name"] = None
        fresh, before = self._set(
            row, LISTED_FIELDS, company, said, reason_key=lambda name: "company" if name == "name" else name
        )
        name, code = fresh.name if "name" in before else "", fresh.credit_code if "credit_code" in before else ""
        if not self._names_once(row, (company.pk,), ("name", name), ("code", code)):
            return
        if "name" in before and fresh.name in self.look.by_name:
            self._refuse(row, "company", _("已有同名企业"))
        if "credit_code" in before and fresh.credit_code in self.look.by_code:
            self._refuse(row, "credit_code", _("已有企业使用这一信用代码"))
        if before:
            row.parts.append(Part(fresh, before))
        row.record = fresh
        self._spoken_to(row, company)
        guessed = "*" not in values.get("phone", "*")  # whether a hidden number is right is not said
        if (row.parts or guessed) and not self.look.may_write_company(company):
            self._refuse(row, "company", _("该企业由“%s”登记，不归您填报") % company.entered_for)
        if values.get("unit") and values["unit"] != company.entered_for.name:
            self._note(row, "unit", _("登记单位在台账中为“%s”，未改") % company.entered_for)

    def _spoken_to(self, row, company):
        """Plan whom one talks to: the contact of that name, the first one where a row names none; else one more."""
        values, people = row.values, self.look.contacts.get(company.pk, ())
        name, phone = values.get("contact", ""), values.get("phone", "")
        if not name and not phone and not values.get("contact_title"):
            return
        held = next((contact for contact in people if not name or same(contact.name, name)), None)
        hidden = "*" in phone
        if hidden and (held is None or held.masked_phone != phone):
            self._note(row, "phone", _("号码中间几位已隐去，未写入"))
        facts = {"name": name, "title": values.get("contact_title", ""), "phone": "" if hidden else phone}
        if held is not None:
            fresh, before = self._set(
                row, CONTACT_FIELDS, held, facts, _("联系人") + "·", reason_key=CONTACT_KEYS.__getitem__
            )
            if before:
                row.parts.append(Part(fresh, before))
            return
        if not name and not facts["phone"]:
            return
        contact = Contact(company=company)
        facts["name"] = name or _("联系人")
        self._set(row, CONTACT_FIELDS, contact, facts, reason_key=CONTACT_KEYS.__getitem__)
        row.parts.append(Part(contact))

    def _names_once(self, row, *keys):
        """Refuse a row that speaks of what an earlier one speaks of; else keep it for later ones."""
        keys = tuple(key for key in keys if key[-1])
        if first := next((self.taken[key] for key in keys if key in self.taken), None):
            self._refuse(row, "company", _("与第 %d 行是同一家企业，或用了同一个名称、信用代码") % first)
            return False
        row.also = keys
        return True
