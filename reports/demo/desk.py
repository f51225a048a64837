"""What is owed by a day in the demo: meetings, problems, joint reviews, complaints, land, the table of holidays."""

from datetime import date, timedelta

from projects.actions import (
    answer_complaint,
    change_meeting,
    conclude_step,
    create_meeting,
    decide,
    file_complaint,
    put_off,
    raise_problem,
    record_parcel,
    set_holidays,
    set_rhythm,
    settle,
    start_procedure,
)
from projects.models import Company, Problem
from reports.demo import tables

LISTED = ("area", "cost_per_mu", "price_per_mu")
DAYS = ("handed_over_on", "build_by", "built_on", "use_by", "used_on")


def enter_holidays(office, today: date):
    """Take the year's list of holidays into the table."""
    days = []
    for row in tables.rows("holidays"):
        first, last = tables.day(row["from_on"]), tables.day(row["to_on"])
        span = range((last - first).days + 1)
        days += [(first + timedelta(days=n), bool(row["works"]), row["name"]) for n in span]
    set_holidays(days=days, by=office.editor, today=today)


class Desk:
    """Enters the tables of one campaign's folder; facts knows its projects and days."""

    def __init__(self, facts, today: date):
        self.facts, self.office, self.today = facts, facts.office, today
        self.meetings = {}

    def enter(self):
        """Enter everything, in the order in which one thing needs another."""
        for row in self._rows("rhythms"):
            set_rhythm(kind=row["kind"], every=row["every"], times=int(row["times"]), by=self.office.editor)
        self.enter_meetings()
        self.enter_problems()
        self.enter_decisions()
        self.enter_procedures()
        self.enter_complaints()
        self.enter_parcels()

    def enter_meetings(self):
        """Call the meetings; a record says that one was held."""
        for row in self._rows("meetings"):
            self.meetings[row["key"]] = create_meeting(
                unit=self.office.top,
                units=self._units(row["units"]),
                projects=[self.facts.project(name) for name in row["projects"].split()],
                on=self._day(row["on"]),
                agenda=row["agenda"].replace("|", "\n"),
                record=row["record"].replace("|", "\n"),
                by=self.office.editor,
                **tables.filled(row, "kind", "title", "place", "chair"),
            )

    def enter_problems(self):
        """Raise the problems; one was put off, then settled; some are taken up at a meeting."""
        taken_up = {}
        for row in self._rows("problems"):
            problem = raise_problem(
                project=self.facts.project(row["project"]),
                unit=self.office.units[row["unit"]],
                found_on=self._day(row["found_on"]),
                due_on=self._day(row["due_on"]),
                meeting=self.meetings.get(row["meeting"]),
                by=self.office.editor,
                **tables.filled(row, "title", "detail", "person"),
            )
            if row["taken_up"]:
                taken_up.setdefault(row["taken_up"], []).append(problem)
            if row["extended_to"]:
                put_off(
                    promise=problem, to_on=self._day(row["extended_to"]), reason=row["extension_reason"],
                    allowed_by=row["extension_allowed_by"], by=self.office.editor, today=self.today,
                )  # fmt: skip
            self._settle(Problem.objects.get(pk=problem.pk), row)
        for key, problems in taken_up.items():
            change_meeting(meeting=self.meetings[key], taken_up=problems, by=self.office.editor)

    def enter_decisions(self):
        """Write down what the meetings decided."""
        for row in self._rows("decisions"):
            decision = decide(
                meeting=self.meetings[row["meeting"]],
                unit=self.office.units[row["unit"]],
                due_on=self._day(row["due_on"]),
                project=self.facts.project(row["project"]) if row["project"] else None,
                by=self.office.editor,
                **tables.filled(row, "text", "person"),
            )
            self._settle(decision, row)

    def enter_procedures(self):
        """Start the joint reviews and licences; whoever says nothing has agreed once his days are over."""
        grouped = {}
        for row in self._rows("steps"):
            grouped.setdefault((row["project"], row["procedure"]), []).append(row)
        for (project, name), rows in grouped.items():
            procedure = start_procedure(
                project=self.facts.project(project),
                name=name,
                kind=rows[0]["kind"],
                agent=rows[0]["agent"],
                started_on=self._day(rows[0]["started_on"]),
                steps=[self._step(row) for row in rows],
                by=self.office.editor,
            )
            for step, row in zip(procedure.steps.order_by("pk"), rows, strict=True):
                on = self._day(row["on"])
                if on and on <= step.due_on:
                    conclude_step(
                        step=step, result=row["result"], on=on, outcome=row["outcome"], by=self.office.editor,
                        today=on,
                    )  # fmt: skip

    def enter_complaints(self):
        """Take in the complaints; one waits for its answer."""
        for row in self._rows("complaints"):
            complaint = file_complaint(
                company=Company.objects.select_related("entered_for").get(name=row["company"]),
                project=self.facts.project(row["project"]) if row["project"] else None,
                unit=self.office.units[row["unit"]],
                received_on=self._day(row["received_on"]),
                due_on=self._day(row["due_on"]),
                by=self.office.editor,
                **tables.filled(row, "title", "detail"),
            )
            if row["answer"]:
                on = self._day(row["answered_on"])
                complaint = answer_complaint(
                    complaint=complaint, answer=row["answer"], on=on, by=self.office.editor, today=self.today
                )
            self._settle(complaint, row)

    def enter_parcels(self):
        """Write down the land."""
        for row in self._rows("parcels"):
            facts = {name: tables.number(row[name]) for name in LISTED}
            days = {name: self._day(row[name]) for name in DAYS}
            record_parcel(
                project=self.facts.project(row["project"]), name=row["name"], by=self.office.editor, **facts, **days
            )

    def _settle(self, promise, row):
        """Say that a promise was kept, where it was."""
        if row["done_on"]:
            settle(
                promise=promise, on=self._day(row["done_on"]), outcome=row["outcome"], by=self.office.editor,
                today=self.today,
            )  # fmt: skip

    def _step(self, row):
        return {
            "unit": self.office.units[row["unit"]], "name": row["name"], "working_days": int(row["working_days"]),
        }  # fmt: skip

    def _units(self, names):
        return [self.office.units[name] for name in names.split()]

    def _rows(self, table):
        return self.facts.rows(table)

    def _day(self, text):
        return self.facts.day(text)
