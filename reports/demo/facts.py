"""What happened in the demo: clerks enter, colleagues correct and withdraw, the verifier recognises."""

from campaigns.actions import correct_tally, recognise_tally, record_tally, withdraw_tally
from campaigns.models import Recognition
from projects import fair_competition
from projects.actions import (
    add_listing,
    correct_milestone,
    correct_visit,
    create_event,
    create_project,
    create_tag,
    extend_promise,
    fill_fair_competition,
    find_company,
    recognise_milestone,
    recognise_visit,
    record_milestone,
    record_visit,
    register_claim,
    set_shares,
    set_tags,
    sign_fair_competition,
    withdraw_milestone,
    withdraw_visit,
)
from projects.models import Company, Event, Project, Tag
from projects.stages import RECOGNISED, Kind
from reports.demo import scheme, tables
from reports.demo.outings import Outings

PROJECT_FACTS = ("sector", "industry", "place", "leader", "summary", "chain", "nature", "built_years", "team", "plan",
                 "registered_name", "legal_person", "capacity", "jobs")  # fmt: skip
PROJECT_AMOUNTS = ("investment", "first_phase", "land", "registered_capital", "output", "tax_expected")
COMPANY_FACTS = ("credit_code", "origin", "place", "contact", "phone")


class Facts:
    """Enters the tables of one campaign's folder; days like +12 count from the campaign's start.

    folders are the campaigns of the same place: a project may have come in with one of them.
    """

    def __init__(self, folder, campaign, office, folders):
        self.folder, self.campaign, self.office = folder, campaign, office
        self.companies = {row["name"]: row for row in office.rows("companies")}
        self.investors = {row["name"]: row["company"] for one in folders for row in self.rows("projects", one)}
        self.projects = {}
        self.outings = Outings(self)

    def enter(self):
        """Enter everything, in the order in which one thing needs another."""
        self.enter_events()
        self.enter_projects()
        self.enter_milestones()
        self.enter_extensions()
        self.outings.enter_teams()
        self.outings.file_trips()
        self.enter_visits()
        self.outings.end_trips()
        self.outings.enter_attendance()
        self.outings.plan_contacts()
        self.enter_claims()
        self.enter_tallies()

    def enter_events(self):
        """Enter the fairs and signing events."""
        for row in self.rows("events"):
            create_event(
                name=row["name"],
                on=self.day(row["on"]),
                place=row["place"],
                level=row["level"],
                ends_on=self.day(row.get("ends_on")),
                by=self.office.editor,
                **{name: int(row[name]) for name in ("leaflets", "published") if row.get(name)},
            )

    def enter_projects(self):
        """Register the projects; where several units share one, the editor sets the shares."""
        for row in self.rows("projects"):
            unit = self.office.units[row["unit"]]
            project = create_project(
                name=row["name"],
                company=self._company(row["company"], unit),
                unit=unit,
                is_key=bool(row["is_key"]),
                by=self.office.clerk(unit),
                **{name: tables.number(row[name]) for name in PROJECT_AMOUNTS},
                **tables.filled(row, *PROJECT_FACTS),
            )
            set_tags(project=project, tags=self._tags(row["tags"].split()), by=self.office.clerk(unit))
            self.projects[row["name"]] = project
        shared = {}
        for row in self.rows("shares"):
            share = (self.office.units[row["unit"]], row["role"], tables.number(row["share"]))
            agreed = (row["project"], row["from_on"], row["document"], row["reason"])
            shared.setdefault(agreed, []).append(share)
        for (name, since, document, reason), shares in shared.items():
            set_shares(
                project=self.project(name), shares=shares, from_on=self.day(since), document=document,
                reason=reason, by=self.office.editor,
            )  # fmt: skip

    def enter_milestones(self):
        """Record what was promised and what was done."""
        for row in self.rows("milestones"):
            project = self.project(row["project"])
            unit = project.introducer
            if row["kind"] == Kind.CONTRACT and row["on"]:
                self._sign_off(project, unit, self.day(row["on"]))
            facts = {
                "due_on": self.day(row["due_on"]),
                "promised_amount": tables.number(row["promised_amount"]),
                "rate": tables.number(row["rate"]),
                "event": Event.objects.get(name=row["event"]) if row["event"] else None,
                "in_cash": bool(row["in_cash"]),
                "responsible_unit": self.office.units.get(row.get("responsible_unit")),
                **tables.filled(row, "currency", "note", "form", "nature", "source_origin"),
            }
            milestone = record_milestone(
                project=project,
                kind=row["kind"],
                on=self.day(row["on"]),
                amount=tables.number(row["first_amount"] or row["amount"]),
                by=self.office.clerk(unit),
                **facts,
            )
            if row["correction"]:
                amount = tables.number(row["amount"])
                correct = {"amount": amount, "reason": row["correction"], "by": self.office.colleague(unit)}
                milestone = correct_milestone(milestone=milestone, **correct)
            if row["withdrawal"]:
                withdraw_milestone(milestone=milestone, reason=row["withdrawal"], by=self.office.colleague(unit))
            elif milestone.kind in RECOGNISED:
                self._recognise(recognise_milestone, "milestone", milestone, row)

    def enter_extensions(self):
        """Put promised days off; some come true after that."""
        for row in self.rows("extensions"):
            project = self.project(row["project"])
            clerk = self.office.clerk(project.introducer)
            milestone = project.milestones.live().get(kind=row["kind"], on=None)
            extend_promise(
                milestone=milestone,
                to_on=self.day(row["to_on"]),
                reason=row["reason"],
                allowed_by=row["allowed_by"],
                by=clerk,
            )
            if row["came_on"]:
                came = {"on": self.day(row["came_on"]), "reason": "承诺的事项已发生"}
                correct_milestone(milestone=milestone, by=self.office.colleague(project.introducer), **came)

    def enter_visits(self):
        """Record who went to whom."""
        for row in self.rows("visits"):
            unit = self.office.units[row["unit"]]
            visit = record_visit(
                unit=unit,
                company=self._company(row["company"], unit),
                direction=row["direction"],
                on=self.day(row["on"]),
                heads=tables.number(row["first_heads"] or row["heads"]),
                led_by_top=bool(row["led_by_top"]),
                project=self.project(row["project"]) if row["project"] else None,
                trip=self.outings.trips[row["trip"]] if row.get("trip") else None,
                by=self.office.clerk(unit),
                **tables.filled(row, "place", "note"),
            )
            if row["correction"]:
                correct = {"heads": tables.number(row["heads"]), "reason": row["correction"]}
                visit = correct_visit(visit=visit, by=self.office.colleague(unit), **correct)
            if row["withdrawal"]:
                withdraw_visit(visit=visit, reason=row["withdrawal"], by=self.office.colleague(unit))
            else:
                self._recognise(recognise_visit, "visit", visit, row)

    def enter_claims(self):
        """Register who was in touch with a company first, and which companies stand on a top-500 list."""
        for row in self.rows("claims"):
            unit = self.office.units[row["unit"]]
            register_claim(
                company=self._company(row["company"], unit),
                unit=unit,
                on=self.day(row["on"]),
                contact=row["contact"],
                note=row["note"],
                by=self.office.clerk(unit),
            )
        for row in self.rows("listings"):
            company = Company.objects.select_related("entered_for").get(name=row["company"])
            place = tables.number(row["place"])
            add_listing(
                company=company,
                chart=row["chart"],
                year=int(row["year"]),
                place=place and int(place),
                by=self.office.clerk(company.entered_for),
            )

    def enter_tallies(self):
        """Enter the figures that units fill in themselves."""
        known = scheme.indicators(self.office)
        for row in self.rows("tallies"):
            unit, on = self.office.units[row["unit"]], self.day(row["on"])
            tally = record_tally(
                campaign=self.campaign,
                indicator=known[row["indicator"]],
                unit=unit,
                on=on,
                amount=tables.number(row["first_amount"] or row["amount"]),
                is_reading=bool(row["is_reading"]),
                note=row["note"],
                by=self.office.clerk(unit),
            )
            if row["correction"]:
                correct = {"amount": tables.number(row["amount"]), "on": on, "reason": row["correction"]}
                tally = correct_tally(tally=tally, by=self.office.colleague(unit), **correct)
            if row["withdrawal"]:
                withdraw_tally(tally=tally, reason=row["withdrawal"], by=self.office.colleague(unit))
            else:
                self._recognise(recognise_tally, "tally", tally, row)

    def _recognise(self, action, name, fact, row):
        """Say what the verifier said; without a verdict the fact waits."""
        if not row["verdict"]:
            return
        action(
            **{name: fact},
            verdict=row["verdict"],
            on=self.day(row["recognised_on"]),
            amount=tables.number(row["recognised_amount"]) if row["verdict"] == Recognition.REDUCED else None,
            number=row["number"],
            reason=row["verdict_reason"],
            by=self.office.verifier,
        )

    def _sign_off(self, project, unit, on):
        """Check the terms of a contract before it is signed: the clerk fills in, the verifier signs."""
        answers = dict.fromkeys(fair_competition.NAMES, fair_competition.Answer.NO)
        by = self.office.clerk(unit)
        fill_fair_competition(project=project, answers=answers, opinion="协议条款未发现限制竞争内容", by=by)
        sign_fair_competition(project=project, on=on, by=self.office.verifier)

    def _tags(self, names):
        """Return the tags "group·name", made by the editor where they are missing."""
        made = []
        for text in names:
            group, _dot, name = text.partition("·")
            known = Tag.objects.filter(group=group, name=name).first()
            made.append(known or create_tag(group=group, name=name, by=self.office.editor))
        return made

    def rows(self, table, folder=None):
        """Return the rows of one of the folder's tables."""
        return tables.rows(f"{folder or self.folder}/{table}")

    def day(self, text):
        """Read a day of this campaign."""
        return tables.day(text, self.campaign.starts_on)

    def _company(self, name, unit):
        facts = tables.filled(self.companies[name], *COMPANY_FACTS)
        return find_company(name=name, unit=unit, by=self.office.clerk(unit), **facts)

    def project(self, name):
        """Return a project of this campaign or of one loaded before, by its name and investor."""
        if name not in self.projects:
            self.projects[name] = Project.objects.get(name=name, company__name=self.investors[name])
        return self.projects[name]
