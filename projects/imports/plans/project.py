"""What a row of a project ledger does: a project with its milestones, who leads it, its labels."""

from copy import copy
from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.numbers import plain
from projects.imports.plans.milestones import MilestonePlanner
from projects.imports.plans.rows import Part
from projects.models import Currency, Duty, Milestone, Project, Tag
from projects.stages import ONCE, Kind

PROJECT_FIELDS = tuple(
    row.name
    for row in Project._meta.concrete_fields
    if row.editable and not row.primary_key and not row.is_relation and not getattr(row, "auto_now", False)
    and not getattr(row, "auto_now_add", False)
)  # fmt: skip


class ProjectPlanner(MilestonePlanner):
    """Plans the rows of a project ledger."""

    def __init__(self, batch, user, look, today):
        super().__init__(batch, user, look, today)
        self.kinds = [
            (kind, f"{kind}_on", f"{kind}_amount", str(Kind(kind).label))
            for kind in ONCE
            if {f"{kind}_on", f"{kind}_amount"} & set(self.places)
        ]
        self.tags = None

    def title_of(self, values):
        """Name the project, else its investor."""
        return values.get("name") or values.get("company") or ""

    def keys_of(self, kind, names):
        """A kind has a column for its day and one for its amount."""
        return {"on": f"{kind}_on", "amount": f"{kind}_amount", "currency": f"{kind}_amount", "rate": "rate"}

    def work_out(self, row):
        """Plan a project that is new or has changed."""
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


def in_yuan(milestone, money):
    """Say whether an amount in yuan is that of a milestone in another currency, as our own lists write it."""
    foreign = milestone is not None and milestone.currency != Currency.CNY and money[1] == Currency.CNY
    return foreign and milestone.amount_cny == money[0]
