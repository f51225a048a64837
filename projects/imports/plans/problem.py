"""What a row of a list of problems does: a difficulty that is put on the list, changed or settled."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.actions.promises import check_settling
from projects.days import check_day
from projects.imports.plans.base import Planner
from projects.imports.plans.rows import Part, same, words_of
from projects.imports.problem_lookups import ProblemLookups, title_and_day
from projects.models import Problem

DAYS = ("found_on", "due_on", "done_on")
SAID = ("title", "detail", "person", "unit", "meeting")  # what may be changed; the days are not
NEEDED = {
    "title": gettext_lazy("没有填问题"),
    "found_on": gettext_lazy("没有填提出日期"),
    "due_on": gettext_lazy("没有填承诺期限"),
}
SETTLING = {"on": "done_on"}  # field of the action: its column


class ProblemPlanner(Planner):
    """Plans the rows of a list of problems, by the rules of raising, changing and settling one."""

    lookups = ProblemLookups
    unknown_unit = gettext_lazy("没有叫“%s”的单位")

    def title_of(self, values):
        """Name the problem."""
        return values.get("title") or ""

    def work_out(self, row):
        """Plan a problem that is new or has changed."""
        values = row.values
        for name in DAYS:
            if values.get(name):
                self._refused_by(row, name, check_day, values[name])
        held = self._numbered(row) if values.get("number") else None
        project = held.project if held else self._project_of(row) if not row.reasons else None
        if row.reasons:
            return
        held = held or self._standing(row, project)
        unit = held.unit if held and not values.get("unit") else self._unit(row)
        facts = {name: values[name] for name in ("title", "detail", "person") if values.get(name)}
        facts["unit"] = unit
        if values.get("meeting"):
            facts["meeting"] = self._meeting(row, held)
        if row.reasons:
            return
        if held is None:
            self._raised(row, project, facts)
        else:
            self._changed(row, held, facts)

    def _numbered(self, row):
        """Return the problem of the number that the row gives."""
        values, problem = row.values, self.look.problems.get(row.values["number"])
        if problem is None:
            self._refuse(row, "number", _("没有这个编号的问题，或不归您查看"))
            return None
        named, code = values.get("project"), values.get("project_code")
        if (named and not same(problem.project.name, named)) or (code and code != problem.project_id):
            self._refuse(row, "project", _("这个编号的问题属于项目“%s”") % problem.project)
        self._take(row, problem)
        return problem

    def _standing(self, row, project):
        """Return the problem of that name on the project; one that was settled may come up again on a later day."""
        values = row.values
        title, found_on = " ".join((values.get("title") or "").split()), values.get("found_on")
        if not title:
            return None
        rows = [
            problem for problem in self.look.standing.get((project.pk, title), ())
            if not (found_on and problem.done_on and problem.found_on < problem.done_on < found_on)
        ]  # fmt: skip
        row.key = (project.pk, title, found_on)
        rows.sort(key=lambda problem: (problem.found_on != found_on, problem.done_on is not None))
        return self._known(row, "title", rows, {"found_on": found_on}, _("与第 %d 行是同一个问题"))

    def _meeting(self, row, held):
        """Return the meeting that a row names among those one may see; the one that stands there is known."""
        text = row.values["meeting"]
        if held and held.meeting and same(held.meeting.title, title_and_day(text)[0]):
            return held.meeting
        found = self.look.meetings_named(text)
        if len(found) == 1:
            return found[0]
        told = {"n": len(found), "name": text, "written": f"{found[0].on} {text}" if found else ""}
        self._refuse(
            row, "meeting",
            _("有 %(n)d 次会议都叫“%(name)s”，请写上日期，如“%(written)s”") % told if found
            else _("没有叫“%s”的会议，或不归您查看") % text,
        )  # fmt: skip
        return None

    def _raised(self, row, project, facts):
        """Plan a problem that is new, perhaps settled already."""
        values = row.values
        for name, why in NEEDED.items():
            if not values.get(name):
                self._refuse(row, name, why)
        if row.reasons:
            return
        days = {name: values[name] for name in ("found_on", "due_on")}
        problem = Problem(project=project, recorded_by=self.user, first_due_on=days["due_on"], **facts, **days)
        row.record = problem
        self._tell_new(row, problem, (*facts, *days))
        if problem.due_on < problem.found_on:
            self._refuse(row, "due_on", words_of(Problem, "problem_is_due_after_it_was_found"))
        self._settle(row, problem)
        self._check_owner(row, project, problem.unit)
        row.parts.append(Part(problem))

    def _changed(self, row, held, facts):
        """Plan what differs from a problem on the list; its days move by an extension alone."""
        values = row.values
        row.record, row.title = held, held.title
        for name, why in (
            ("found_on", _("台账中的提出日期是 %s，登记后不改")),
            ("due_on", _("台账中的承诺期限是 %s，导入不改期限；要改期请在问题页延期")),
        ):
            if values.get(name) and values[name] != getattr(held, name):
                self._refuse(row, name, why % getattr(held, name).isoformat())
        fresh, before = self._set(row, SAID, held, facts)
        if before and held.done_on:
            self._refuse(row, next(iter(before)), _("已办结，要改请先重新办理"))
        if "unit" in before and not self.look.may_write(held.project):
            self._refuse(row, "unit", _("改换责任单位由项目的招引单位办理"))
        settled = self._settle(row, fresh, held)
        if settled is not None:
            fresh, before = settled, before | {"done_on": None, "outcome": ""}
        if before:
            self._check_owner(row, held.project, held.unit)
            row.parts.append(Part(fresh, before))
        row.record, row.title = fresh, fresh.title

    def _settle(self, row, problem, held=None):
        """Settle a problem by its day and outcome; return it settled, None where the row says nothing new."""
        on, outcome = row.values.get("done_on"), row.values.get("outcome") or ""
        if problem.done_on:
            said = (on or problem.done_on, outcome or problem.outcome)
            if said[0] != problem.done_on or not same(problem.outcome, said[1]):
                key = "done_on" if said[0] != problem.done_on else "outcome"
                self._refuse(row, key, _("已办结；办结日期和结果不同的，请先在问题页重新办理"))
            return None
        if not on:
            if outcome:
                self._refuse(row, "done_on", _("填了办理结果，还须填办结日期"))
            return None
        self._check(row, check_settling, problem, on=on, outcome=outcome, today=self.today, keys=SETTLING)
        settled, _before = self._set(row, ("done_on", "outcome"), problem, {"done_on": on, "outcome": outcome})
        return settled

    def _check_owner(self, row, project, unit):
        """Refuse who imports neither for the unit that owes it nor for the one that introduced the project."""
        if unit.pk not in self.look.unit_by_id and not self.look.may_write(project):
            self._refuse(row, "unit", _("只能登记本单位招引的项目的问题，或由本单位负责的问题"))
