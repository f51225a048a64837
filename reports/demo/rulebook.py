"""The rule books of campaigns in the demo: rules, what they found, an answer, an order, an instruction."""

from datetime import date, timedelta

from campaigns import actions
from campaigns.models import Campaign, Finding
from projects.actions import commend, find_shortcoming, record_inspection
from reports.demo import tables
from units.models import Role


class RuleBook:
    """Enters rulebook.json of a folder, where there is one; days like +12 count from the campaign's start."""

    def __init__(self, facts, today: date):
        self.campaign, self.office, self.today = facts.campaign, facts.office, today
        self.day = facts.day
        self.plan = tables.outline(f"{facts.folder}/rulebook") if tables.has(f"{facts.folder}/rulebook") else None

    def enter(self):
        """Write the rules, judge them on each day, then let people act on what was found."""
        if self.plan is None:
            return
        rules = self.write_rules()
        if "exemption" in self.plan:
            self.let_off(rules)
        for text in self.plan["judged_on"]:
            if (day := self.day(text)) <= self.today:
                actions.evaluate_rules(campaign=self.campaign, as_of=day, by=self.office.editor)
        for part, enter in (
            ("answer", self.act),
            ("instruction", self.instruct),
            ("rolls", self.list_units),
            ("inspection", self.inspect),
        ):
            if part in self.plan:
                enter()
        actions.raise_orders(as_of=self.today, by=self.office.editor)

    def write_rules(self):
        """Write the rules; return them by name."""
        lines = {line.indicator.name: line.indicator for line in self.campaign.lines.select_related("indicator")}
        made = {}
        for row in self.plan["rules"]:
            facts = dict(row)
            facts["threshold"] = tables.number(facts.get("threshold"))
            facts["indicator"] = lines[facts["indicator"]] if "indicator" in facts else None
            facts["earlier"] = Campaign.objects.get(name=facts["earlier"]) if "earlier" in facts else None
            facts["from_on"] = self.campaign.starts_on
            made[row["name"]] = actions.write_rule(campaign=self.campaign, by=self.office.editor, **facts)
        return made

    def let_off(self, rules):
        """Let one unit off one rule."""
        row = dict(self.plan["exemption"])
        actions.exempt(
            campaign=self.campaign, rule=rules[row.pop("rule")], unit=self.office.units[row.pop("unit")],
            from_on=self.day(row.pop("from_on")), until_on=self.day(row.pop("until_on")), today=self.today,
            by=self.office.editor, **row,
        )  # fmt: skip

    def act(self):
        """One unit knows, one answers, one is given an order and signs for it."""
        found = Finding.objects.filter(rule__campaign=self.campaign, state=Finding.State.FOUND).with_rule()
        known, answered, ordered = list(found.order_by("rule__order", "unit__path"))[:3]
        actions.acknowledge_finding(finding=known, by=self.office.clerk(known.unit))
        actions.answer_finding(
            finding=answered, answer=self.plan["answer"], on=self.today, by=self.office.clerk(answered.unit)
        )
        order = actions.issue_order(
            campaign=self.campaign, unit=ordered.unit, person=ordered.person, title=str(ordered),
            demand=self.plan["demand"], issued_on=self.today, finding=ordered, by=self.office.editor,
            due_on=self.today + timedelta(days=self.plan["order_days"]),
        )  # fmt: skip
        actions.sign_for_order(order=order, on=self.today, by=self.office.clerk(order.unit))

    def list_units(self):
        """Write the red and the black list, and let one unit off the black one."""
        made = {}
        for row in self.plan["rolls"]:
            facts = row | {"at_least": tables.number(row.get("at_least")), "from_on": self.campaign.starts_on}
            made[row["name"]] = actions.write_roll(campaign=self.campaign, by=self.office.editor, **facts)
        row = dict(self.plan["spared"])
        actions.exempt(
            campaign=self.campaign, roll=made[row.pop("roll")], unit=self.office.units[row.pop("unit")],
            from_on=self.day(row.pop("from_on")), until_on=self.day(row.pop("until_on")), today=self.today,
            by=self.office.editor, **row,
        )  # fmt: skip

    def inspect(self):
        """Write an inspection down; what it found comes as far as its course says, a day for each step."""
        row = dict(self.plan["inspection"])
        found, praised, by = row.pop("found"), row.pop("praised"), self.office.editor
        row |= {name: self.day(row[name]) for name in ("starts_on", "ends_on")}
        row["units"] = [self.office.units[name] for name in row["units"]]
        inspection = record_inspection(campaign=self.campaign, by=by, **row)
        for one in found:
            on, unit = row["ends_on"], self.office.units[one["unit"]]
            facts = {"text": one["text"], "due_on": self.day(one["due_on"]), "on": on, "by": by}
            order = find_shortcoming(inspection=inspection, unit=unit, **facts).order
            for step in one["course"]:
                on += timedelta(days=1)
                self.go_on(order, step, on, one)
        for one in praised:
            facts = {"deed": one["deed"], "on": self.day(one["on"]), "document": row["document"]}
            commend(inspection=inspection, unit=self.office.units[one["unit"]], by=by, **facts)

    def go_on(self, order, step, on, told):
        """Take an order one step further."""
        clerk = self.office.clerk(order.unit)
        if step == "sign":
            actions.sign_for_order(order=order, on=on, by=clerk)
        elif step == "reply":
            actions.reply_to_order(order=order, reply=told["reply"], on=on, by=clerk)
        else:
            facts = {"review": told["review"], "on": on, "by": self.office.editor}
            actions.review_order(order=order, passed=True, **facts)

    def instruct(self):
        """Write down what a leader instructed."""
        row = dict(self.plan["instruction"])
        leader = self.office.desks[self.office.top.name, Role.LEADER][0]
        actions.give_instruction(
            from_unit=self.office.top, unit=self.office.units[row.pop("unit")], campaign=self.campaign,
            given_on=self.day(row.pop("given_on")), due_on=self.day(row.pop("due_on")), by=leader, **row,
        )  # fmt: skip
