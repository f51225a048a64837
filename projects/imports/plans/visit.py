"""What a row of a list of visits does: one meeting with a company."""

from django.utils.translation import gettext as _

from campaigns.actions.figures import refuse_settled
from projects.imports.plans.base import Planner
from projects.imports.plans.rows import Part, moved
from projects.models import Visit

VISIT_FIELDS = ("place", "heads", "led_by_top", "note")


class VisitPlanner(Planner):
    """Plans the rows of a list of visits."""

    def work_out(self, row):
        """Plan a visit that is new or has changed."""
        values = row.values
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
        self._take(row, visit)
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
            self._refused_by(row, "on", refuse_settled, held)
            fresh.recorded_by = self.user
            row.parts.append(Part(fresh, before | moved(held, fresh, ("recorded_by",))))
