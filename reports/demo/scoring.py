"""The rules of scoring in the demo: a scheme with its counts and marks, what units give themselves; or a draft."""

from datetime import date
from decimal import Decimal

from campaigns import actions
from campaigns.appraisal import figure_source
from campaigns.models import Scheme, ScoreItem, SelfSheet
from reports.demo import tables


class Scoring:
    """Enters scheme.json of a folder, where there is one; days like +12 count from the campaign's start."""

    def __init__(self, facts, today: date):
        self.campaign, self.office, self.today = facts.campaign, facts.office, today
        self.day = facts.day
        self.plan = tables.outline(f"{facts.folder}/scheme") if tables.has(f"{facts.folder}/scheme") else None
        self.items = {}

    def enter(self):
        """Write the scheme and, where it has a first day, put it in force and enter what it scores."""
        if self.plan is None:
            return
        scheme = self.write()
        if not self.plan["starts_on"]:
            return
        scheme = actions.enforce_scheme(
            scheme=scheme, starts_on=self.day(self.plan["starts_on"]), document=self.plan["document"],
            by=self.office.editor,
        )  # fmt: skip
        self.enter_marks()
        self.assess_themselves(scheme)

    def write(self):
        """Write the draft, row by row."""
        by, plan = self.office.editor, self.plan
        for name, kind in plan["items"].items():
            self.items[name] = ScoreItem.objects.filter(name=name).first() or actions.create_item(
                name=name, kind=kind, by=by
            )
        facts = {**plan["facts"], "high": Decimal(plan["facts"]["high"])}
        facts |= {name: Decimal(facts[name]) for name in ("bonus_cap",) if name in facts}
        scheme = actions.create_scheme(campaign=self.campaign, name=plan["name"], by=by, **facts)
        lines = {line.indicator.name: line for line in self.campaign.lines.select_related("indicator")}
        for row in plan["rows"]:
            actions.set_row(scheme=scheme, by=by, **self.row(row, lines))
        if plan.get("tie_break"):
            actions.change_scheme(scheme=scheme, by=by, tie_break=plan["tie_break"])
        return Scheme.objects.get(pk=scheme.pk)

    def row(self, row, lines):
        """Return a row as the action takes it: its indicator or item by name."""
        facts = dict(row)
        if "indicator" in facts:
            facts["indicator"] = lines[facts["indicator"]].indicator
        if "item" in facts:
            facts["item"] = self.items[facts["item"]]
        if "weight" in facts:
            facts["weight"] = Decimal(facts["weight"])
        if need := facts.get("needs"):
            line = lines[need["indicator"]]
            source = {"reads": need["reads"], **figure_source(line.indicator, line.measure)}
            facts["needs"] = [{"source": source, "op": need["op"], "at": need["at"]}]
        return facts

    def enter_marks(self):
        """Enter what was counted and marked; take back what was wrong."""
        for row in self.plan["marks"]:
            mark = actions.record_mark(
                campaign=self.campaign, item=self.items[row["item"]], unit=self.office.units[row["unit"]],
                on=self.day(row["on"]), value=Decimal(row["value"]), rater=row.get("rater", ""),
                evidence=row["evidence"], by=self.office.editor,
            )  # fmt: skip
            if "withdrawal" in row:
                actions.withdraw_mark(mark=mark, reason=row["withdrawal"], by=self.office.editor)

    def assess_themselves(self, scheme):
        """Ask the units to assess themselves; some have handed in, one keeps a draft, the rest is still to do so."""
        plan, codes = self.plan["self"], {row.code: row.pk for row in scheme.rows.all()}
        days = {name: self.day(plan[name]) for name in ("as_of", "opens_on", "due_on")}
        actions.ask_for_self_scores(scheme=scheme, by=self.office.editor, **days)
        for row in plan["sheets"]:
            unit = self.office.units[row["unit"]]
            sheet = SelfSheet.objects.get(scheme=scheme, unit=unit, as_of=days["as_of"])
            scores = {codes[code]: (Decimal(points), told) for code, (points, told) in row["scores"].items()}
            sheet = actions.fill_self_sheet(
                sheet=sheet, scores=scores, submit="draft" not in row, on=self.day(row["on"]),
                by=self.office.clerk(unit),
            )  # fmt: skip
            if "opinions" in row:
                told = {codes[code]: text for code, text in row["opinions"].items()}
                actions.review_self_sheet(sheet=sheet, opinions=told, by=self.office.editor)
