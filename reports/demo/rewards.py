"""Rewards in the demo: the clauses of a campaign, what facts earned by them, what was approved, paid and refused."""

from datetime import date

from projects import actions
from projects.models import Project, Reward
from reports.demo import tables

AMOUNTS = ("threshold", "prize", "rate", "cap")


class Rewards:
    """Enters rewards.json of a folder, where there is one; nothing of a day still to come."""

    def __init__(self, facts, today: date):
        self.campaign, self.office, self.today, self.day = facts.campaign, facts.office, today, facts.day
        self.plan = tables.outline(f"{facts.folder}/rewards") if tables.has(f"{facts.folder}/rewards") else None

    def enter(self):
        """Write the clauses, judge them on each day, then decide and pay."""
        if self.plan is None:
            return
        for row in self.plan["rules"]:
            facts = row | {name: tables.number(row[name]) for name in AMOUNTS if name in row}
            actions.write_reward_rule(
                campaign=self.campaign, from_on=self.campaign.starts_on, by=self.office.editor, **facts
            )
        self.name_introducers()
        for text in self.plan["judged_on"]:
            if (day := self.day(text)) <= self.today:
                actions.propose_rewards(campaign=self.campaign, as_of=day, by=self.office.editor)
        for row in self.plan["decisions"]:
            self.decide(row)

    def name_introducers(self):
        """Write down who introduced some projects without being a unit."""
        for name, kind, helper in self.plan["introducers"]:
            project = Project.objects.get(name=name)
            actions.change_project(
                project=project, introducer_kind=kind, introducer_name=helper,
                by=self.office.clerk(project.introducer),
            )  # fmt: skip

    def decide(self, row):
        """Approve a reward by a document, or refuse it with a reason; pay it on its day."""
        named = {"rule__campaign": self.campaign, "rule__name": row["rule"], "project__name": row["project"]}
        reward, on = Reward.objects.filter(**named).first(), self.day(row["on"])
        if reward is None or on > self.today:
            return
        reward = actions.decide_reward(
            reward=reward, approved="document" in row, document=row.get("document", ""), on=on,
            reason=row.get("reason", ""), by=self.office.editor,
        )  # fmt: skip
        paid_on = self.day(row.get("paid_on", ""))
        if paid_on and paid_on <= self.today:
            actions.pay_reward(
                reward=reward, on=paid_on, amount=reward.amount, today=self.today, by=self.office.editor
            )
